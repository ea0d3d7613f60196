// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The words of the Leitstand: which Fluent files it speaks with, and in which language.

use melder_kit::dom;
use melder_kit::texts::{self, Language};

/// Where a person's choice is kept.
const CHOICE: &str = "melder.language";

const DE: &[&str] = &[
    include_str!("../../../locales/de/app.ftl"),
    include_str!("../../../locales/de/leit.ftl"),
    include_str!("../../../locales/de/leit-accounts.ftl"),
    include_str!("../../../locales/de/leit-groups.ftl"),
    include_str!("../../../locales/de/leit-rules.ftl"),
    include_str!("../../../locales/de/errors.ftl"),
];
const EN: &[&str] = &[
    include_str!("../../../locales/en/app.ftl"),
    include_str!("../../../locales/en/leit.ftl"),
    include_str!("../../../locales/en/leit-accounts.ftl"),
    include_str!("../../../locales/en/leit-groups.ftl"),
    include_str!("../../../locales/en/leit-rules.ftl"),
    include_str!("../../../locales/en/errors.ftl"),
];

/// The chosen language, or the browser's.
pub fn load() {
    let chosen = dom::remembered(CHOICE).or_else(|| dom::window().navigator().language());
    let language = chosen.as_deref().map_or(Language::De, Language::from_tag);
    texts::load(language, sources(language));
}

const fn sources(language: Language) -> &'static [&'static str] {
    match language {
        Language::De => DE,
        Language::En => EN,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn ids(language: Language) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for source in sources(language) {
            for line in source.lines() {
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

    /// `t!("…")` in the Leitstand and in the kit.
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
        for example in ["…", "chat-members", "greeting", "waiting", "missing"] {
            found.remove(example);
        }
        found
    }

    #[test]
    fn every_text_that_is_used_is_there() {
        let there = ids(Language::De);
        let missing: Vec<String> = used().into_iter().filter(|id| !there.contains(id)).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }
}
