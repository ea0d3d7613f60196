// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The drawings: of Material Symbols Rounded, those that the source names, as one sprite within the page.

use std::fmt::Write as _;

use serde_json::Value;

use super::packages::Packages;
use super::sources::Sources;
use crate::shell::Result;

const SET: &str = "@iconify-json/material-symbols/icons.json";

/// Symbols `i-NAME` for each literal of the source that is a drawing's name, where it may be one. One that an `<Icon>` names and the set
/// doesn't know is an error.
pub fn sprite(packages: &Packages, sources: &Sources) -> Result<String> {
    let set: Value = serde_json::from_str(&super::read(&packages.path(SET))?)?;
    for (name, file) in &sources.icons {
        if body(&set, name).is_none() {
            return Err(format!("{file}: Material Symbols has no `{name}-rounded`").into());
        }
    }
    let mut sprite = String::new();
    let mut count = 0;
    for name in sources.named.iter().filter(|name| could_be(name)) {
        if let Some(body) = body(&set, name) {
            write!(sprite, "<symbol id=\"i-{name}\" viewBox=\"0 0 24 24\">{body}</symbol>")?;
            count += 1;
        }
    }
    println!("    {count} drawings, {} kB", sprite.len() / 1_000);
    Ok(sprite)
}

fn could_be(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

/// The paths of a drawing. An alias that turns another one is none that we could show as it is.
fn body<'s>(set: &'s Value, name: &str) -> Option<&'s str> {
    let mut key = format!("{name}-rounded");
    for _ in 0..4 {
        if let Some(body) = set["icons"][&key]["body"].as_str() {
            return Some(body);
        }
        let alias = set["aliases"][&key].as_object().filter(|alias| alias.len() == 1)?;
        key = alias.get("parent")?.as_str()?.to_owned();
    }
    None
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{body, could_be};

    #[test]
    fn an_alias_is_followed_unless_it_turns() {
        let set = json!({
            "icons": {"chat-rounded": {"body": "<path/>"}},
            "aliases": {"talk-rounded": {"parent": "chat-rounded"}, "tahc-rounded": {"parent": "chat-rounded", "hFlip": true}},
        });
        assert_eq!(body(&set, "chat"), Some("<path/>"));
        assert_eq!(body(&set, "talk"), Some("<path/>"));
        assert_eq!(body(&set, "tahc"), None);
        assert_eq!(body(&set, "none"), None);
    }

    #[test]
    fn only_what_looks_like_a_name_is_looked_up() {
        assert!(could_be("arrow-back") && !could_be("") && !could_be("Arrow back"));
    }
}
