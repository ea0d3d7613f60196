// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The words of papers, from `locales/*/papers.ftl`, built in. Unlike in the programs, each document names its language.

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use serde::{Deserialize, Serialize};
use unic_langid::LanguageIdentifier;

const GERMAN: [&str; 2] = [
    include_str!("../../../locales/de/papers.ftl"),
    include_str!("../../../locales/de/kept.ftl"),
];
const ENGLISH: [&str; 2] = [
    include_str!("../../../locales/en/papers.ftl"),
    include_str!("../../../locales/en/kept.ftl"),
];

/// A language that papers are in. German where nothing says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    #[default]
    De,
    En,
}

impl Language {
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::De => "de",
            Self::En => "en",
        }
    }

    #[must_use]
    pub fn words(self) -> &'static Words {
        static IN_GERMAN: LazyLock<Words> = LazyLock::new(|| Words::new(Language::De));
        static IN_ENGLISH: LazyLock<Words> = LazyLock::new(|| Words::new(Language::En));
        match self {
            Self::De => &IN_GERMAN,
            Self::En => &IN_ENGLISH,
        }
    }
}

/// What stands for a `{ $name }`.
#[derive(Debug, Clone, Copy)]
pub enum Value<'a> {
    Text(&'a str),
    Number(u64),
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(text)
    }
}

impl From<u64> for Value<'_> {
    fn from(number: u64) -> Self {
        Self::Number(number)
    }
}

/// The words of one language.
pub struct Words {
    bundle: FluentBundle<FluentResource>,
}

impl core::fmt::Debug for Words {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Words").field("locales", &self.bundle.locales).finish()
    }
}

impl Words {
    fn new(language: Language) -> Self {
        let sources = match language {
            Language::De => GERMAN,
            Language::En => ENGLISH,
        };
        let id: LanguageIdentifier = language.tag().parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![id]);
        bundle.set_use_isolating(false);
        for source in sources {
            // A damaged line costs only its own text; a test finds it.
            let resource = match FluentResource::try_new(source.to_owned()) {
                Ok(resource) | Err((resource, _)) => resource,
            };
            bundle.add_resource_overriding(resource);
        }
        Self { bundle }
    }

    /// A text; its id where it is missing.
    #[must_use]
    pub fn say(&self, id: &str) -> String {
        self.with(id, &[])
    }

    /// A text with values.
    #[must_use]
    pub fn with(&self, id: &str, values: &[(&str, Value<'_>)]) -> String {
        self.find(id, values).unwrap_or_else(|| id.to_owned())
    }

    /// A text that may be missing.
    #[must_use]
    pub fn find(&self, id: &str, values: &[(&str, Value<'_>)]) -> Option<String> {
        let pattern = self.bundle.get_message(id)?.value()?;
        let arguments: FluentArgs<'_> = values
            .iter()
            .map(|(name, value)| {
                let value = match value {
                    Value::Text(text) => FluentValue::from(*text),
                    Value::Number(number) => FluentValue::from(*number),
                };
                (*name, value)
            })
            .collect();
        let mut errors = Vec::new();
        let text = self.bundle.format_pattern(pattern, Some(&arguments), &mut errors);
        Some(text.into_owned())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    fn ids(source: &str) -> BTreeSet<&str> {
        let lines = source.lines().filter(|line| !line.starts_with([' ', '#', '-']));
        lines
            .filter_map(|line| line.split_once(" ="))
            .map(|(id, _)| id)
            .collect()
    }

    #[test]
    fn both_languages_have_the_same_texts() {
        for (de, en) in super::GERMAN.into_iter().zip(super::ENGLISH) {
            assert_eq!(ids(de), ids(en));
            for source in [de, en] {
                assert!(fluent_bundle::FluentResource::try_new(source.to_owned()).is_ok());
            }
        }
    }
}
