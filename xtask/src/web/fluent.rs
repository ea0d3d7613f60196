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

/// What the app speaks with (`web/kit/src/words.rs` reads it).
pub const APP: &[&str] = &[
    "app",
    "app-first",
    "app-city",
    "app-chat",
    "app-people",
    "app-profile",
    "app-more",
    "errors",
];
/// What the Leitstand speaks with.
pub const LEITSTAND: &[&str] = &[
    "app",
    "leit",
    "leit-accounts",
    "leit-administration",
    "leit-groups",
    "leit-rules",
    "leit-oidc",
    "leit-directory",
    "leit-data",
    "kept",
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
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use super::{APP, LANGUAGES, LEITSTAND, parse};
    use crate::shell::root;

    /// What a page speaks with, and where it says so.
    const PAGES: [(&[&str], &str); 2] = [(APP, "web/app/src"), (LEITSTAND, "web/leitstand/src")];

    #[test]
    fn a_plain_text_is_read_and_anything_else_refused() {
        let texts = parse("# words\n\nnew-message = Neue Nachricht\n").unwrap();
        assert_eq!(texts["new-message"], "Neue Nachricht");
        assert!(parse("hello = Hallo { $name }\n").is_err());
        assert!(parse("hello =\n    Hallo\n").is_err());
    }

    fn source(language: &str, file: &str) -> String {
        fs::read_to_string(root().join("locales").join(language).join(file).with_extension("ftl")).unwrap()
    }

    fn ids(language: &str, files: &[&str]) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for file in files {
            for line in source(language, file).lines() {
                if let Some((id, _)) = line.split_once(" =")
                    && !line.starts_with([' ', '#', '-'])
                {
                    assert!(found.insert(id.to_owned()), "{id} stands twice");
                }
            }
        }
        found
    }

    #[test]
    fn both_languages_have_the_same_texts() {
        for (files, _) in PAGES {
            assert_eq!(ids(LANGUAGES[0], files), ids(LANGUAGES[1], files));
        }
    }

    /// Finds each `t!("…")`.
    fn used(folder: &Path, found: &mut BTreeSet<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                used(&path, found);
            } else if path.extension().is_some_and(|ext| ext == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                for (at, call) in text.match_indices("t!(") {
                    // `format!(` and `assert!(` end like it.
                    let is_other = text[..at].ends_with(|letter: char| letter.is_alphanumeric() || letter == '_');
                    let rest = text[at + call.len()..].trim_start();
                    let is_plain = |id: &str| id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
                    if let Some((id, _)) = rest.strip_prefix('"').and_then(|rest| rest.split_once('"'))
                        && !is_other
                        && is_plain(id)
                    {
                        found.insert(id.to_owned());
                    }
                }
            }
        }
    }

    #[test]
    fn every_text_that_is_used_is_there() {
        for (files, folder) in PAGES {
            let there = ids(LANGUAGES[0], files);
            let mut asked = BTreeSet::new();
            used(&root().join(folder), &mut asked);
            used(&root().join("web/kit/src"), &mut asked);
            // Those of examples and of the kit's own tests.
            for example in ["a", "last", "chat-members", "greeting", "waiting", "missing"] {
                asked.remove(example);
            }
            let missing: Vec<&String> = asked.difference(&there).collect();
            assert!(missing.is_empty(), "{folder}: {missing:?}");
        }
    }

    #[test]
    fn a_refusal_never_tells_what_to_type() {
        for language in LANGUAGES {
            let there = ids(language, APP);
            let errors = source(language, "errors");
            for (id, text) in errors.lines().filter_map(|line| line.split_once(" = ")) {
                let Some(code) = id.strip_prefix("error-").or_else(|| id.strip_prefix("invalid-")) else {
                    continue;
                };
                let typed = text.contains("melder ") || text.contains("--");
                assert!(!typed || there.contains(&format!("refused-{code}")), "{id}: {text}");
            }
        }
    }
}
