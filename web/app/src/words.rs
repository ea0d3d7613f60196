// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The app's words: in which language, and from where. The page's script fetches the Fluent file of one language
//! (`locales/`, put together by `cargo xtask web`) while it fetches the program, and lays it down as `melderTexts`.

use js_sys::Reflect;
use melder_kit::dom;
use melder_kit::texts::{self, Language};

/// Where a person's choice is kept.
const CHOICE: &str = "melder.language";

/// The chosen language, or the browser's, as the page's script has it.
pub fn load() {
    let window = dom::window();
    let found = |name: &str| {
        Reflect::get(&window, &name.into())
            .ok()
            .and_then(|value| value.as_string())
    };
    let language = found("melderLanguage").map_or(Language::De, |tag| Language::from_tag(&tag));
    texts::load(language, found("melderTexts").unwrap_or_default());
}

/// Chooses a language, and loads the page anew.
pub fn choose(language: Language) {
    dom::remember(CHOICE, language.tag());
    let _ = dom::window().location().reload();
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// As the build puts them together (`xtask/src/web/fluent.rs`).
    const FILES: [&str; 7] = [
        "app",
        "app-first",
        "app-city",
        "app-chat",
        "app-people",
        "app-profile",
        "errors",
    ];

    fn source(language: Language, file: &str) -> String {
        let here = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        let path = here.join(format!("../../locales/{}/{file}.ftl", language.tag()));
        std::fs::read_to_string(path).expect("a readable file")
    }

    fn ids(language: Language) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for file in FILES {
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
        assert_eq!(ids(Language::De), ids(Language::En));
    }

    /// `t!("…")` in this app and in the kit.
    fn used() -> BTreeSet<String> {
        fn walk(folder: &std::path::Path, found: &mut BTreeSet<String>) {
            for entry in std::fs::read_dir(folder).expect("the source is there") {
                let path = entry.expect("a readable entry").path();
                if path.is_dir() {
                    walk(&path, found);
                } else if path.extension().is_some_and(|ext| ext == "rs") {
                    let text = std::fs::read_to_string(&path).expect("a readable file");
                    for (at, call) in text.match_indices("t!(") {
                        // `format!(` and `assert!(` end like it.
                        let is_other = text[..at].ends_with(|letter: char| letter.is_alphanumeric() || letter == '_');
                        let rest = text[at + call.len()..].trim_start();
                        if let Some((id, _)) = rest.strip_prefix('"').and_then(|rest| rest.split_once('"'))
                            && !is_other
                            && id
                                .bytes()
                                .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
                        {
                            found.insert(id.to_owned());
                        }
                    }
                }
            }
        }
        let mut found = BTreeSet::new();
        let here = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        walk(&here.join("src"), &mut found);
        walk(&here.join("../kit/src"), &mut found);
        for example in ["…", "a", "last", "chat-members", "greeting", "waiting", "missing"] {
            found.remove(example);
        }
        found
    }

    #[test]
    fn a_refusal_never_tells_what_to_type() {
        for language in [Language::De, Language::En] {
            let there = ids(language);
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

    #[test]
    fn every_text_that_is_used_is_there() {
        let there = ids(Language::De);
        let missing: Vec<String> = used().into_iter().filter(|id| !there.contains(id)).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }
}
