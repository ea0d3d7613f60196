// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What the OpenAPI document says of requests beyond what their Rust types tell `utoipa`: which texts are ids, that a body
//! of nothing but optional fields can be left out, how large a number may be. So whoever sends what fits the document is
//! never refused for its shape, which `xtask/outside/api.py` tries.

use std::collections::BTreeSet;

use utoipa::Number;
use utoipa::openapi::path::{Operation, ParameterIn};
use utoipa::openapi::schema::{ArrayItems, KnownFormat, Object, SchemaFormat};
use utoipa::openapi::{Components, OpenApi, Ref, RefOr, Required, Schema};

/// Fields of requests, and places in paths and queries, that name a thing.
const IDS: [&str; 6] = ["id", "account", "unit", "operation", "parent", "group"];
/// Those that name several.
const LISTS: [&str; 2] = ["accounts", "groups"];
/// As it is given out; capitals are taken, too.
const ID: &str = "^[0-9a-fA-F]{32}$";

pub(super) fn tell(document: &mut OpenApi) {
    let Some(components) = document.components.as_mut() else {
        return;
    };
    let mut asked = BTreeSet::new();
    for (path, item) in &mut document.paths.paths {
        // A passkey has the id that its maker gave it.
        let is_plain = !path.contains("/passkeys/");
        let operations = [
            &mut item.get,
            &mut item.post,
            &mut item.put,
            &mut item.patch,
            &mut item.delete,
        ];
        for operation in operations.into_iter().flatten() {
            parameters(operation, is_plain);
            let Some(body) = &mut operation.request_body else {
                continue;
            };
            let schemas = body.content.values().filter_map(|content| content.schema.as_ref());
            let names: Vec<String> = schemas.filter_map(name).collect();
            if !names.is_empty() && names.iter().all(|name| all_optional(components, name)) {
                body.required = Some(Required::False);
            }
            asked.extend(names);
        }
    }
    let mut waiting: Vec<String> = asked.iter().cloned().collect();
    while let Some(next) = waiting.pop() {
        if let Some(schema) = components.schemas.get_mut(&next) {
            let mut further = Vec::new();
            field(schema, None, &mut further);
            waiting.extend(further.into_iter().filter(|name| asked.insert(name.clone())));
        }
    }
}

/// The name of what is referred to.
fn name(schema: &RefOr<Schema>) -> Option<String> {
    match schema {
        RefOr::Ref(Ref { ref_location, .. }) => ref_location.rsplit('/').next().map(str::to_owned),
        RefOr::T(_) => None,
    }
}

fn all_optional(components: &Components, name: &str) -> bool {
    matches!(components.schemas.get(name), Some(RefOr::T(Schema::Object(object))) if object.required.is_empty())
}

fn parameters(operation: &mut Operation, is_plain: bool) {
    for parameter in operation.parameters.iter_mut().flatten() {
        let names_a_thing = match parameter.parameter_in {
            ParameterIn::Path => is_plain,
            ParameterIn::Query => true,
            _ => false,
        };
        if names_a_thing && IDS.contains(&parameter.name.as_str()) {
            parameter.schema.iter_mut().for_each(id);
        }
    }
}

fn id(schema: &mut RefOr<Schema>) {
    match schema {
        RefOr::T(Schema::Object(object)) if object.properties.is_empty() => object.pattern = Some(ID.to_owned()),
        RefOr::T(Schema::Array(array)) => {
            if let ArrayItems::RefOrSchema(items) = &mut array.items {
                id(items);
            }
        }
        _ => {}
    }
}

/// Looks at a field of this name and at all below it; what they refer to is looked at later.
fn field(schema: &mut RefOr<Schema>, called: Option<&str>, further: &mut Vec<String>) {
    further.extend(name(schema));
    let RefOr::T(schema_of_it) = schema else { return };
    match schema_of_it {
        Schema::Object(object) => {
            for (called, inner) in &mut object.properties {
                field(inner, Some(called), further);
            }
            number(object);
            if object.properties.is_empty() && called.is_some_and(|called| IDS.contains(&called)) {
                id(schema);
            }
        }
        Schema::Array(array) => {
            if let ArrayItems::RefOrSchema(items) = &mut array.items {
                field(items, None, further);
                if called.is_some_and(|called| LISTS.contains(&called)) {
                    id(items);
                }
            }
        }
        Schema::OneOf(some) => some.items.iter_mut().for_each(|item| field(item, called, further)),
        Schema::AllOf(all) => all.items.iter_mut().for_each(|item| field(item, called, further)),
        Schema::AnyOf(any) => any.items.iter_mut().for_each(|item| field(item, called, further)),
        _ => {}
    }
}

/// `int32` without a sign goes twice as far as the format says.
fn number(object: &mut Object) {
    let is_unsigned = match object.minimum {
        Some(Number::Int(least)) => least >= 0,
        Some(Number::UInt(_)) => true,
        Some(Number::Float(least)) => least >= 0.0,
        None => false,
    };
    let is_short = matches!(object.format, Some(SchemaFormat::KnownFormat(KnownFormat::Int32)));
    if is_unsigned && is_short && object.maximum.is_none() {
        object.format = None;
        object.maximum = Some(Number::UInt(u32::MAX as usize));
    }
}
