// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! SCIM's PATCH (RFC 7644, 3.5.2), as the big directories really send it: operations in capitals, true in quotes,
//! attributes as keys of a value without a path, members to remove in a list or in the path.

use melder_protocol::AccountId;
use serde_json::{Map, Value};

use super::filter::{self, Compare, Filter, Path, field};
use super::names::ENTERPRISE;
use super::resource::members;
use crate::directory::problem::{Outcome, Problem};
use crate::directory::provisioning::Circle;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verb {
    Add,
    Replace,
    Remove,
}

/// One step of a change.
#[derive(Debug)]
pub struct Step {
    verb: Verb,
    target: Option<Target>,
    value: Value,
}

/// `attribute[filter].part`.
#[derive(Debug)]
struct Target {
    path: Path,
    filter: Option<Filter>,
}

/// Steps of one change.
const MAX_STEPS: usize = 1_000;

fn target(text: &str) -> Outcome<Target> {
    let bad = || Problem::field("path", "is no path to an attribute");
    let (name, rest) = match text.find('[') {
        None => (text, None),
        Some(open) => {
            let close = text.rfind(']').filter(|close| *close > open).ok_or_else(bad)?;
            (&text[..open], Some((&text[open + 1..close], &text[close + 1..])))
        }
    };
    let is_plain = |c: char| c.is_ascii_alphanumeric() || ".:_-$".contains(c);
    if name.is_empty() || !name.chars().all(is_plain) {
        return Err(bad());
    }
    let mut path = filter::path(name);
    let mut found = None;
    if let Some((inside, behind)) = rest {
        found = Some(filter::parse(inside).map_err(|_| bad())?);
        match behind.strip_prefix('.') {
            Some(part) => path.push(part.to_ascii_lowercase()),
            None if behind.is_empty() => {}
            None => return Err(bad()),
        }
    }
    Ok(Target { path, filter: found })
}

/// Reads a change.
///
/// # Errors
/// When it is none.
pub fn steps(body: &Value) -> Outcome<Vec<Step>> {
    let list = field(body, "Operations").and_then(Value::as_array);
    let list = list.ok_or_else(|| Problem::field("syntax", "must have `Operations`, a list"))?;
    if list.is_empty() || list.len() > MAX_STEPS {
        return Err(Problem::field("syntax", "must have from 1 to 1000 operations"));
    }
    let step = |step: &Value| {
        let verb = field(step, "op").and_then(Value::as_str).unwrap_or_default();
        let verb = match verb.to_ascii_lowercase().as_str() {
            "add" => Verb::Add,
            "replace" => Verb::Replace,
            "remove" => Verb::Remove,
            _ => return Err(Problem::field("syntax", "`op` must be add, replace or remove")),
        };
        let path = match field(step, "path") {
            None | Some(Value::Null) => None,
            Some(Value::String(path)) => Some(target(path)?),
            Some(_) => return Err(Problem::field("path", "must be a text")),
        };
        if verb == Verb::Remove && path.is_none() {
            return Err(Problem::field("target", "`remove` needs a `path`"));
        }
        Ok(Step {
            verb,
            target: path,
            value: field(step, "value").cloned().unwrap_or(Value::Null),
        })
    };
    list.iter().map(step).collect()
}

/// The attributes of a user that can be changed, as they are written.
const USER: [&str; 6] = ["userName", "externalId", "displayName", "title", "active", "name"];
const NAME: [&str; 3] = ["formatted", "givenName", "familyName"];
const DEPARTMENT: [&str; 1] = ["department"];
/// What we decide.
const OURS: [&str; 3] = ["id", "meta", "groups"];

fn written<const N: usize>(names: [&'static str; N], lower: &str) -> Option<&'static str> {
    names.into_iter().find(|name| name.eq_ignore_ascii_case(lower))
}

/// Changes what the directory said of a user.
///
/// # Errors
/// When a step asks for what can't be.
pub fn user(said: &mut Value, steps: &[Step]) -> Outcome<()> {
    let Value::Object(map) = said else { return Ok(()) };
    for step in steps {
        match &step.target {
            Some(target) => set(map, &target.path, target.filter.as_ref(), step.verb, &step.value)?,
            None => {
                let values = step.value.as_object();
                let values =
                    values.ok_or_else(|| Problem::field("path", "without a `path`, the value is an object"))?;
                for (key, value) in values {
                    set(map, &filter::path(key), None, step.verb, value)?;
                }
            }
        }
    }
    Ok(())
}

fn set(
    map: &mut Map<String, Value>,
    path: &[String],
    filter: Option<&Filter>,
    verb: Verb,
    value: &Value,
) -> Outcome<()> {
    let [first, rest @ ..] = path else { return Ok(()) };
    if written(OURS, first).is_some() {
        return Err(Problem::field("mutability", "this attribute is not yours to change"));
    }
    let (key, parts) = match written(USER, first) {
        Some("name") => ("name", &NAME[..]),
        Some(key) => (key, &[][..]),
        None if first.eq_ignore_ascii_case(ENTERPRISE) => (ENTERPRISE, &DEPARTMENT[..]),
        // Not kept: passed over.
        None => return Ok(()),
    };
    if filter.is_some() {
        return Err(Problem::field("target", "this attribute has no values to choose from"));
    }
    if parts.is_empty() {
        if !rest.is_empty() {
            return Err(Problem::field("path", "this attribute has no parts"));
        }
        put(map, key, verb, value);
        return Ok(());
    }
    let inner = map
        .entry(key)
        .or_insert_with(|| Value::Object(Map::new()))
        .as_object_mut()
        .ok_or_else(|| Problem::field("path", "this attribute has parts"))?;
    let part = |name: &str| parts.iter().copied().find(|part| part.eq_ignore_ascii_case(name));
    match rest {
        [] if verb == Verb::Remove || value.is_null() => inner.clear(),
        [] => {
            let values = value.as_object();
            let values = values.ok_or_else(|| Problem::field("value", "this attribute is an object"))?;
            if verb == Verb::Replace && values.keys().any(|name| part(name).is_some()) {
                inner.retain(|known, _| !values.keys().any(|name| name.eq_ignore_ascii_case(known)));
            }
            for (name, value) in values {
                if let Some(name) = part(name) {
                    put(inner, name, verb, value);
                }
            }
        }
        [name] => {
            if let Some(name) = part(name) {
                put(inner, name, verb, value);
            }
        }
        _ => return Err(Problem::field("path", "there is no such part")),
    }
    Ok(())
}

fn put(map: &mut Map<String, Value>, key: &str, verb: Verb, value: &Value) {
    if verb == Verb::Remove || value.is_null() {
        map.remove(key);
    } else {
        map.insert(key.to_owned(), value.clone());
    }
}

/// Changes what the directory said of a group.
///
/// # Errors
/// When a step asks for what can't be.
pub fn group(circle: &mut Circle, steps: &[Step]) -> Outcome<()> {
    for step in steps {
        match &step.target {
            Some(target) => group_step(circle, target, step.verb, &step.value)?,
            None => {
                let values = step.value.as_object();
                let values =
                    values.ok_or_else(|| Problem::field("path", "without a `path`, the value is an object"))?;
                for (key, value) in values {
                    let path = filter::path(key);
                    // Some clients repeat the id.
                    if path != ["id"] && path != ["schemas"] {
                        group_step(circle, &Target { path, filter: None }, step.verb, value)?;
                    }
                }
            }
        }
    }
    Ok(())
}

fn group_step(circle: &mut Circle, target: &Target, verb: Verb, value: &Value) -> Outcome<()> {
    let attribute = target.path.first().map(String::as_str).unwrap_or_default();
    let text = || match value {
        Value::String(text) => Ok(Some(text.clone())),
        Value::Null => Ok(None),
        _ => Err(Problem::field("value", "must be a text")),
    };
    match attribute {
        "members" => members_step(circle, target, verb, value),
        "displayname" => {
            let name = text()?.filter(|_| verb != Verb::Remove);
            circle.name = name.ok_or_else(|| Problem::field("displayName", "is required"))?;
            Ok(())
        }
        "externalid" => {
            circle.external = text()?.filter(|_| verb != Verb::Remove);
            Ok(())
        }
        "id" | "meta" => Err(Problem::field("mutability", "this attribute is not yours to change")),
        _ => Ok(()),
    }
}

fn members_step(circle: &mut Circle, target: &Target, verb: Verb, value: &Value) -> Outcome<()> {
    match (&target.filter, verb) {
        (Some(filter), Verb::Remove) => {
            // Whoever is gone already is no mistake: the client repeats itself.
            circle.members.retain(|member| !fits(filter, *member));
        }
        (Some(_), _) => return Err(Problem::field("target", "members can only be removed by a filter")),
        (None, Verb::Add) => circle.members.extend(members(value)?),
        (None, Verb::Replace) => circle.members = members(value)?,
        (None, Verb::Remove) if value.is_null() => circle.members.clear(),
        (None, Verb::Remove) => {
            let gone = members(value)?;
            circle.members.retain(|member| !gone.contains(member));
        }
    }
    Ok(())
}

fn fits(filter: &Filter, member: AccountId) -> bool {
    match filter {
        Filter::Is(path, Compare::Eq, Value::String(id)) if *path == ["value"] => {
            id.parse::<AccountId>().is_ok_and(|id| id == member)
        }
        filter => filter.fits(&serde_json::json!({"value": member, "type": "User"})),
    }
}
