// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The texts: all that the app says, which it reads itself, as one file a language; and the few that stand outside of it,
//! on the page before it runs and in the service worker. Those are whole sentences on one line, without anything to fill
//! in, so that no Fluent is needed to read them.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::shell::{Result, root};

pub type Texts = BTreeMap<String, String>;

pub const LANGUAGES: [&str; 2] = ["de", "en"];

/// A file of `locales/`, in both languages: `{"de": {"id": "text"}, "en": …}`.
pub fn both(file: &str) -> Result<Value> {
    let mut all = serde_json::Map::new();
    for language in LANGUAGES {
        all.insert(language.to_owned(), json!(texts(language, file)?));
    }
    let ids = |language: &str| {
        all[language]
            .as_object()
            .map(|texts| texts.keys().cloned().collect::<Vec<_>>())
    };
    if ids(LANGUAGES[0]) != ids(LANGUAGES[1]) {
        return Err(format!("{file}: one language lacks a text of the other").into());
    }
    Ok(Value::Object(all))
}

/// What the app speaks with (`web/app/src/words.rs`), and in which languages.
pub const APP: &[&str] = &[
    "app",
    "app-first",
    "app-city",
    "app-chat",
    "app-people",
    "app-profile",
    "errors",
];
/// What the Leitstand speaks with (`web/leitstand/src/words.rs`).
pub const LEITSTAND: &[&str] = &[
    "app",
    "leit",
    "leit-accounts",
    "leit-groups",
    "leit-rules",
    "leit-oidc",
    "errors",
];

/// All of these texts in one language, as one Fluent file without what only its writers read.
pub fn joined(files: &[&str], language: &str) -> Result<String> {
    let mut all = String::new();
    for file in files {
        let path = root().join("locales").join(language).join(file).with_extension("ftl");
        for line in super::read(&path)?.lines() {
            if !line.starts_with('#') && !line.trim().is_empty() {
                all.push_str(line.trim_end());
                all.push('\n');
            }
        }
    }
    Ok(all)
}

/// A file of `locales/` in one language.
pub fn texts(language: &str, file: &str) -> Result<Texts> {
    let path = root().join("locales").join(language).join(file);
    parse(&super::read(&path)?).map_err(|error| format!("{}: {error}", path.display()).into())
}

fn parse(text: &str) -> std::result::Result<Texts, String> {
    let mut texts = Texts::new();
    let lines = text
        .lines()
        .filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
    for line in lines {
        let (id, text) = line
            .split_once(" = ")
            .ok_or_else(|| format!("not one text on one line: {line}"))?;
        if text.contains('{') || id.starts_with([' ', '-', '.']) {
            return Err(format!("nothing can be filled in here: {line}"));
        }
        texts.insert(id.trim().to_owned(), text.trim().to_owned());
    }
    Ok(texts)
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn a_plain_text_is_read_and_anything_else_refused() {
        let texts = parse("# words\n\nnew-message = Neue Nachricht\n").unwrap();
        assert_eq!(texts["new-message"], "Neue Nachricht");
        assert!(parse("hello = Hallo { $name }\n").is_err());
        assert!(parse("hello =\n    Hallo\n").is_err());
    }
}
