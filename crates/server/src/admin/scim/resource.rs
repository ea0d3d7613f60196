// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Users and groups in SCIM's JSON, both ways. What a client sends beyond what we keep is passed over: e-mail addresses
//! and telephone numbers are no business of a messenger.

use std::collections::BTreeSet;

use melder_protocol::{AccountId, DirectoryGroupId};
use serde_json::{Map, Value, json};

use super::filter::field;
use super::names::{ENTERPRISE, GROUP, USER};
use crate::directory::Desk;
use crate::directory::calendar;
use crate::directory::problem::{Outcome, Problem};
use crate::directory::provisioning::{Circle, Known, Person};
use crate::directory::types::{Attributes, DirectoryGroup};

/// Puts what is there.
fn put(map: &mut Map<String, Value>, name: &str, value: Option<&String>) {
    if let Some(value) = value {
        map.insert(name.to_owned(), Value::String(value.clone()));
    }
}

pub fn user_version(known: &Known) -> String {
    format!("W/\"{}.{}\"", known.account.revision, known.row.revision)
}

pub fn group_version(group: &DirectoryGroup) -> String {
    format!("W/\"{}\"", group.revision)
}

/// What the directory said of somebody: what a change begins with.
pub fn said(known: &Known) -> Value {
    let attributes = &known.row.attributes;
    let mut name = Map::new();
    put(&mut name, "formatted", attributes.formatted.as_ref());
    put(&mut name, "givenName", attributes.given_name.as_ref());
    put(&mut name, "familyName", attributes.family_name.as_ref());
    let mut user = Map::new();
    user.insert("userName".to_owned(), json!(known.row.user_name));
    // Whoever was suspended here is suspended for the directory too; else it gets back what it said.
    if known.account.suspended || attributes.active.is_some() {
        user.insert("active".to_owned(), json!(!known.account.suspended));
    }
    put(&mut user, "externalId", known.row.external.as_ref());
    put(&mut user, "displayName", attributes.display.as_ref());
    put(&mut user, "title", known.account.function.as_ref());
    if !name.is_empty() {
        user.insert("name".to_owned(), Value::Object(name));
    }
    if let Some(department) = &attributes.department {
        user.insert(ENTERPRISE.to_owned(), json!({"department": department}));
    }
    Value::Object(user)
}

/// A user as it is given out.
pub fn user(desk: &Desk<'_, '_>, known: &Known, base: &str, with_groups: bool) -> Outcome<Value> {
    let mut user = said(known);
    let mut schemas = vec![USER];
    if known.row.attributes.department.is_some() {
        schemas.push(ENTERPRISE);
    }
    let id = known.account.id;
    user["schemas"] = json!(schemas);
    user["id"] = json!(id);
    if known.row.attributes.display.is_some() {
        user["displayName"] = json!(known.account.name);
    }
    let groups = match with_groups {
        true => desk.work.tx.directory_groups_of(id)?,
        false => Vec::new(),
    };
    let groups: Vec<Value> = groups
        .iter()
        .map(|group| {
            json!({"value": group.id, "display": group.name, "type": "direct", "$ref": format!("{base}/Groups/{}", group.id)})
        })
        .collect();
    if !groups.is_empty() {
        user["groups"] = json!(groups);
    }
    user["meta"] = json!({
        "resourceType": "User",
        "created": calendar::format(known.row.created),
        "lastModified": calendar::format(known.row.changed),
        "location": format!("{base}/Users/{id}"),
        "version": user_version(known),
    });
    Ok(user)
}

/// A group as it is given out.
pub fn group(desk: &Desk<'_, '_>, row: &DirectoryGroup, base: &str, with_members: bool) -> Outcome<Value> {
    let mut group = json!({
        "schemas": [GROUP],
        "id": row.id,
        "displayName": row.name,
        "meta": {
            "resourceType": "Group",
            "created": calendar::format(row.created),
            "lastModified": calendar::format(row.changed),
            "location": format!("{base}/Groups/{}", row.id),
            "version": group_version(row),
        },
    });
    if let Some(external) = &row.external {
        group["externalId"] = json!(external);
    }
    if with_members {
        // By id alone, as the RFC's own schema has it: who they are is asked for when somebody wants to know.
        let members = desk.work.tx.directory_members(row.id)?.into_iter();
        let shown = members.map(|id| json!({"value": id, "type": "User", "$ref": format!("{base}/Users/{id}")}));
        group["members"] = shown.collect();
    }
    Ok(group)
}

fn text(value: &Value, name: &'static str) -> Outcome<Option<String>> {
    match field(value, name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone()).filter(|text| !text.trim().is_empty())),
        Some(_) => Err(Problem::field(name, "must be a text")),
    }
}

/// True and false, also in quotes, as some clients write them.
fn said_active(value: &Value) -> Outcome<Option<bool>> {
    match field(value, "active") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Bool(truth)) => Ok(Some(*truth)),
        Some(Value::String(text)) if text.eq_ignore_ascii_case("true") => Ok(Some(true)),
        Some(Value::String(text)) if text.eq_ignore_ascii_case("false") => Ok(Some(false)),
        Some(_) => Err(Problem::field("active", "must be true or false")),
    }
}

fn object(value: &Value) -> Outcome<()> {
    if value.is_object() {
        return Ok(());
    }
    Err(Problem::field("schemas", "must be a JSON object"))
}

/// What a user's JSON says.
pub fn person(value: &Value) -> Outcome<Person> {
    object(value)?;
    let nothing = Value::Null;
    let name = field(value, "name").unwrap_or(&nothing);
    let enterprise = field(value, ENTERPRISE).unwrap_or(&nothing);
    Ok(Person {
        user_name: text(value, "userName")?.ok_or_else(|| Problem::field("userName", "is required"))?,
        external: text(value, "externalId")?,
        title: text(value, "title")?,
        active: said_active(value)?.unwrap_or(true),
        attributes: Attributes {
            display: text(value, "displayName")?,
            formatted: text(name, "formatted")?,
            given_name: text(name, "givenName")?,
            family_name: text(name, "familyName")?,
            department: text(enterprise, "department")?,
            active: said_active(value)?,
        },
    })
}

/// Who is named in a list of members, or is the one that is named.
pub fn members(value: &Value) -> Outcome<BTreeSet<AccountId>> {
    let one = |member: &Value| {
        let id = field(member, "value").unwrap_or(member);
        id.as_str()
            .and_then(|id| id.parse().ok())
            .ok_or_else(|| Problem::field("members", "each member needs the `value` that is a user's id"))
    };
    match value {
        Value::Null => Ok(BTreeSet::new()),
        Value::Array(list) => list.iter().map(one).collect(),
        single => Ok(BTreeSet::from([one(single)?])),
    }
}

/// What a group's JSON says.
pub fn circle(value: &Value) -> Outcome<Circle> {
    object(value)?;
    Ok(Circle {
        name: text(value, "displayName")?.ok_or_else(|| Problem::field("displayName", "is required"))?,
        external: text(value, "externalId")?,
        members: field(value, "members").map_or_else(|| Ok(BTreeSet::new()), members)?,
    })
}

/// What the directory said of a group.
pub fn known_circle(desk: &Desk<'_, '_>, group: &DirectoryGroup) -> Outcome<Circle> {
    let id: DirectoryGroupId = group.id;
    Ok(Circle {
        name: group.name.clone(),
        external: group.external.clone(),
        members: desk.work.tx.directory_members(id)?.into_iter().collect(),
    })
}

/// Leaves out what was not asked for. `id` and `schemas` are always there.
pub fn project(resource: &mut Value, only: Option<&str>, without: Option<&str>) {
    let list = |names: &str| -> Vec<String> {
        let names = names.split(',').map(str::trim).filter(|name| !name.is_empty());
        names
            .filter_map(|name| super::filter::path(name).into_iter().next())
            .collect()
    };
    let Some(map) = resource.as_object_mut() else { return };
    let is_kept = |key: &str| ["id", "schemas", "meta"].contains(&key);
    if let Some(only) = only.map(list).filter(|only| !only.is_empty()) {
        map.retain(|key, _| is_kept(key) || only.contains(&key.to_ascii_lowercase()));
    } else if let Some(without) = without.map(list) {
        map.retain(|key, _| is_kept(key) || !without.contains(&key.to_ascii_lowercase()));
    }
}
