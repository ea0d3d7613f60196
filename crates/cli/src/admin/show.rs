// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! JSON answers as tables, and names as ids.

use serde_json::Value;

use super::Desk;
use crate::error::{CliError, Local};
use crate::output::{self, note, safe_line, table};
use crate::t;

/// A column: the id of its heading, and where its value is.
pub(crate) type Column<'a> = (&'a str, &'a dyn Fn(&Value) -> String);

/// A field's value as people read it.
pub(crate) fn field(value: &Value, name: &str) -> String {
    match value.get(name) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => safe_line(text),
        Some(Value::Bool(true)) => t!("yes"),
        Some(Value::Bool(false)) => t!("no"),
        Some(Value::Array(items)) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        Some(other) => other.to_string(),
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => safe_line(text),
        other => other.to_string(),
    }
}

/// A word of the API in the chosen language: `prefix-<word>`.
pub(crate) fn word(value: &Value, name: &str, prefix: &str) -> String {
    let text = field(value, name);
    if text.is_empty() {
        text
    } else {
        crate::texts::find(&format!("{prefix}-{text}"), &[]).unwrap_or(text)
    }
}

/// A time of the API in the chosen language.
pub(crate) fn time(value: &Value, name: &str) -> String {
    let text = field(value, name);
    match text.parse::<jiff::Timestamp>() {
        Ok(timestamp) => {
            let millis = u64::try_from(timestamp.as_millisecond()).unwrap_or_default();
            crate::times::long(melder_protocol::Time(millis))
        }
        Err(_) => text,
    }
}

pub(crate) fn id(value: &Value) -> String {
    value.get("id").and_then(Value::as_str).unwrap_or_default().to_owned()
}

impl Desk<'_> {
    /// A list as a table, or as JSON.
    pub fn show(&self, items: &[Value], columns: &[Column<'_>]) {
        if self.global.json {
            output::json(items);
            return;
        }
        if items.is_empty() {
            note(t!("list-empty"));
            return;
        }
        let headings: Vec<String> = columns.iter().map(|(heading, _)| t!(heading)).collect();
        let rows: Vec<Vec<String>> = items
            .iter()
            .map(|item| columns.iter().map(|(_, cell)| cell(item)).collect())
            .collect();
        table(&headings, &rows);
    }

    /// The id of the thing that `text` names: an id, a name, or its unique beginning. `names` says what a thing is called.
    fn resolve(&self, items: &[Value], text: &str, names: impl Fn(&Value) -> Vec<String>) -> Result<String, CliError> {
        let wanted = text.trim().to_lowercase();
        let by = |fits: &dyn Fn(&str) -> bool| -> Vec<&Value> {
            items
                .iter()
                .filter(|item| names(item).iter().any(|name| fits(&name.to_lowercase())))
                .collect()
        };
        let mut hits: Vec<&Value> = items.iter().filter(|item| id(item) == wanted).collect();
        if hits.is_empty() {
            hits = by(&|name| name == wanted);
        }
        if hits.is_empty() {
            hits = by(&|name| name.starts_with(&wanted));
        }
        if hits.is_empty() && wanted.len() >= 4 {
            hits = items.iter().filter(|item| id(item).starts_with(&wanted)).collect();
        }
        match hits.as_slice() {
            [one] => Ok(id(one)),
            [] => Err(CliError::new(Local::PersonUnknown).with("text", text)),
            several => {
                let error = CliError::new(Local::PersonAmbiguous).with("text", text);
                Err(several.iter().take(20).fold(error, |error, item| {
                    error.line(format!("{}  {}", id(item), names(item).join("  ")))
                }))
            }
        }
    }

    fn by_name(&self, path: &str, text: &str) -> Result<String, CliError> {
        let items = self.api.list(path, &[])?;
        self.resolve(&items, text, |item| vec![field(item, "name")])
    }

    pub fn account(&self, text: &str) -> Result<String, CliError> {
        if is_id(text) {
            return Ok(text.to_lowercase());
        }
        // Names may be thousands: the server searches first.
        let words: String = text
            .chars()
            .map(|letter| if letter.is_alphanumeric() { letter } else { ' ' })
            .collect();
        let mut items = self.api.list("/v1/admin/accounts", &[("query", words)])?;
        if items.is_empty() {
            items = self.api.list("/v1/admin/accounts", &[])?;
        }
        self.resolve(&items, text, |item| vec![field(item, "name")])
    }

    pub fn group(&self, text: &str) -> Result<String, CliError> {
        if is_id(text) {
            Ok(text.to_lowercase())
        } else {
            self.by_name("/v1/admin/groups", text)
        }
    }

    pub fn operation(&self, text: &str) -> Result<String, CliError> {
        if is_id(text) {
            Ok(text.to_lowercase())
        } else {
            self.by_name("/v1/admin/operations", text)
        }
    }

    pub fn token(&self, text: &str) -> Result<String, CliError> {
        if is_id(text) {
            Ok(text.to_lowercase())
        } else {
            self.by_name("/v1/admin/tokens", text)
        }
    }

    pub fn organisation(&self, text: &str) -> Result<String, CliError> {
        if is_id(text) {
            Ok(text.to_lowercase())
        } else {
            self.by_name("/v1/admin/organisations", text)
        }
    }

    pub fn invitation(&self, text: &str) -> Result<String, CliError> {
        if is_id(text) {
            return Ok(text.to_lowercase());
        }
        let items = self.api.list("/v1/admin/invitations", &[])?;
        self.resolve(&items, text, |_| Vec::new())
    }

    /// A unit by its name, or by its path where names repeat: `Ordnung/Verkehr`.
    pub fn unit(&self, text: &str) -> Result<String, CliError> {
        if is_id(text) {
            return Ok(text.to_lowercase());
        }
        let units = self.api.list("/v1/admin/units", &[])?;
        self.resolve(&units, text, |unit| vec![field(unit, "name"), path_of(unit, &units)])
    }
}

fn is_id(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The names from the root down, with `/` between.
pub(crate) fn path_of(unit: &Value, units: &[Value]) -> String {
    let mut names = vec![field(unit, "name")];
    let mut parent = unit.get("parent").and_then(Value::as_str);
    // A tree is never deeper than its units are many.
    for _ in 0..units.len() {
        let Some(above) = parent.and_then(|parent| units.iter().find(|unit| id(unit) == parent)) else {
            break;
        };
        names.push(field(above, "name"));
        parent = above.get("parent").and_then(Value::as_str);
    }
    names.reverse();
    names.join("/")
}

/// A point in time for the API: a day as it is (its end), a clock time or `+2h` in the computer's time zone.
pub(crate) fn moment(text: &str) -> Result<String, CliError> {
    let text = text.trim();
    let day = !text.contains([':', '+', 'T', ' ']) && text.contains(['-', '.']);
    if day {
        Ok(text.to_owned())
    } else {
        crate::times::parse_time(text).map(crate::times::iso)
    }
}
