// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What this server's SCIM can: its configuration, its kinds of resources, their attributes.

use serde_json::{Value, json};

use super::names::{ENTERPRISE, GROUP, PROVIDER, RESOURCE_TYPE, SCHEMA, USER};

/// The most that one answer lists.
pub const MAX_RESULTS: u32 = 200;

pub fn provider(base: &str) -> Value {
    json!({
        "schemas": [PROVIDER],
        "patch": {"supported": true},
        "bulk": {"supported": false, "maxOperations": 0, "maxPayloadSize": 0},
        "filter": {"supported": true, "maxResults": MAX_RESULTS},
        "changePassword": {"supported": false},
        "sort": {"supported": false},
        "etag": {"supported": true},
        "authenticationSchemes": [{
            "type": "oauthbearertoken",
            "name": "API token",
            "description": "A token with the scope `directory`, as Authorization: Bearer.",
            "primary": true,
        }],
        "meta": {"resourceType": "ServiceProviderConfig", "location": format!("{base}/ServiceProviderConfig")},
    })
}

pub fn resource_types(base: &str) -> Vec<Value> {
    vec![
        json!({
            "schemas": [RESOURCE_TYPE],
            "id": "User",
            "name": "User",
            "description": "A person with an account.",
            "endpoint": "/Users",
            "schema": USER,
            "schemaExtensions": [{"schema": ENTERPRISE, "required": false}],
            "meta": {"resourceType": "ResourceType", "location": format!("{base}/ResourceTypes/User")},
        }),
        json!({
            "schemas": [RESOURCE_TYPE],
            "id": "Group",
            "name": "Group",
            "description": "A group of the directory, which groups and channels can follow.",
            "endpoint": "/Groups",
            "schema": GROUP,
            "meta": {"resourceType": "ResourceType", "location": format!("{base}/ResourceTypes/Group")},
        }),
    ]
}

/// A text of which there is one.
fn text(name: &str, description: &str) -> Value {
    json!({
        "name": name, "type": "string", "multiValued": false, "description": description, "required": false,
        "caseExact": false, "mutability": "readWrite", "returned": "default", "uniqueness": "none",
    })
}

/// The same, with some of it said otherwise.
fn with(mut attribute: Value, other: Value) -> Value {
    if let (Some(map), Value::Object(other)) = (attribute.as_object_mut(), other) {
        map.extend(other);
    }
    attribute
}

fn reference(name: &str, kinds: &[&str], mutability: &str) -> Value {
    let other = json!({"type": "reference", "referenceTypes": kinds, "mutability": mutability, "caseExact": true});
    with(text(name, "Its address."), other)
}

fn user() -> Value {
    let name = json!([
        text("formatted", "The whole name."),
        text("familyName", "The family name."),
        text("givenName", "The given name."),
    ]);
    let read_only = |name: &str| with(text(name, "Follows from the group."), json!({"mutability": "readOnly"}));
    json!([
        with(
            text("userName", "By what the directory knows the person."),
            json!({"required": true, "uniqueness": "server"})
        ),
        with(
            text("name", "The parts of the name."),
            json!({"type": "complex", "subAttributes": name})
        ),
        text("displayName", "What others see."),
        text("title", "The function."),
        with(text("active", "Not suspended."), json!({"type": "boolean"})),
        with(
            text("groups", "The directory's groups that the person is in."),
            json!({
                "type": "complex", "multiValued": true, "mutability": "readOnly",
                "subAttributes": [
                    read_only("value"), read_only("display"),
                    with(read_only("type"), json!({"canonicalValues": ["direct"]})),
                    reference("$ref", &["Group"], "readOnly"),
                ],
            })
        ),
    ])
}

fn group() -> Value {
    let fixed = |name: &str, description: &str| with(text(name, description), json!({"mutability": "immutable"}));
    json!([
        with(
            text("displayName", "The group's name."),
            json!({"required": true, "uniqueness": "server"})
        ),
        with(
            text("members", "Who is in it."),
            json!({
                "type": "complex", "multiValued": true,
                "subAttributes": [
                    with(fixed("value", "A user's id."), json!({"caseExact": true})),
                    with(fixed("type", "The kind of member."), json!({"canonicalValues": ["User"]})),
                    reference("$ref", &["User"], "immutable"),
                ],
            })
        ),
    ])
}

pub fn schemas(base: &str) -> Vec<Value> {
    let schema = |id: &str, name: &str, description: &str, attributes: Value| {
        json!({
            "schemas": [SCHEMA], "id": id, "name": name, "description": description, "attributes": attributes,
            "meta": {"resourceType": "Schema", "location": format!("{base}/Schemas/{id}")},
        })
    };
    let department = text(
        "department",
        "The unit: a path `A/B/C`, or the name of a unit that only one has.",
    );
    vec![
        schema(USER, "User", "A person with an account.", user()),
        schema(GROUP, "Group", "A group of the directory.", group()),
        schema(
            ENTERPRISE,
            "EnterpriseUser",
            "Where somebody works.",
            json!([department]),
        ),
    ]
}
