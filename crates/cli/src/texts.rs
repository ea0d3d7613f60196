// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! All words for people, from the Fluent files in `locales/`, built into the program. German first.
//!
//! The language is chosen once, at the start (`--lang`, then `LC_ALL`, `LC_MESSAGES`, `LANG`), and holds for the whole process.
//! A missing text shows as its id and never ends the program; a test keeps that from happening.

use std::sync::OnceLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

/// A language that the program speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Language {
    De,
    En,
}

impl Language {
    /// From the surroundings. German where nothing says otherwise.
    #[must_use]
    pub fn from_environment() -> Self {
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"]
            .iter()
            .filter_map(|name| std::env::var(name).ok())
            .find(|value| !value.is_empty())
            .unwrap_or_default();
        Self::from_locale(&locale)
    }

    fn from_locale(locale: &str) -> Self {
        let name = locale.split(['.', '@']).next().unwrap_or_default();
        match name {
            "" | "C" | "POSIX" => Self::De,
            _ if name.to_ascii_lowercase().starts_with("de") => Self::De,
            _ => Self::En,
        }
    }

    pub(crate) const fn sources(self) -> &'static [&'static str] {
        match self {
            Self::De => &[
                include_str!("../../../locales/de/help.ftl"),
                include_str!("../../../locales/de/admin-help.ftl"),
                include_str!("../../../locales/de/errors.ftl"),
                include_str!("../../../locales/de/cli.ftl"),
                include_str!("../../../locales/de/replay.ftl"),
                include_str!("../../../locales/de/bench.ftl"),
                include_str!("../../../locales/de/simulate.ftl"),
                include_str!("../../../locales/de/keeping.ftl"),
            ],
            Self::En => &[
                include_str!("../../../locales/en/help.ftl"),
                include_str!("../../../locales/en/admin-help.ftl"),
                include_str!("../../../locales/en/errors.ftl"),
                include_str!("../../../locales/en/cli.ftl"),
                include_str!("../../../locales/en/replay.ftl"),
                include_str!("../../../locales/en/bench.ftl"),
                include_str!("../../../locales/en/simulate.ftl"),
                include_str!("../../../locales/en/keeping.ftl"),
            ],
        }
    }
}

/// What stands for a `{ $name }` in a text.
#[derive(Debug, Clone)]
pub enum Value {
    Text(String),
    Number(u64),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

macro_rules! numbers {
    ($($type:ty),+) => {$(
        impl From<$type> for Value {
            fn from(number: $type) -> Self {
                Self::Number(u64::try_from(number).unwrap_or(u64::MAX))
            }
        }
    )+};
}
numbers!(u16, u32, u64, usize);

/// The texts of one language.
pub struct Texts {
    bundle: FluentBundle<FluentResource>,
}

impl std::fmt::Debug for Texts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Texts").field("locales", &self.bundle.locales).finish()
    }
}

impl Texts {
    /// A damaged line costs only its own text.
    #[must_use]
    pub fn new(language: Language) -> Self {
        let name = match language {
            Language::De => "de",
            Language::En => "en",
        };
        let id: LanguageIdentifier = name.parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![id]);
        // The marks that isolate right-to-left text show as boxes in terminals.
        bundle.set_use_isolating(false);
        for source in language.sources() {
            let resource = match FluentResource::try_new((*source).to_owned()) {
                Ok(resource) | Err((resource, _)) => resource,
            };
            bundle.add_resource_overriding(resource);
        }
        Self { bundle }
    }

    /// `None`: there is no such text. `id` may name an attribute: `message.attribute`.
    #[must_use]
    pub fn find(&self, id: &str, values: &[(&str, Value)]) -> Option<String> {
        let (message, attribute) = match id.split_once('.') {
            Some((message, attribute)) => (message, Some(attribute)),
            None => (id, None),
        };
        let message = self.bundle.get_message(message)?;
        let pattern = match attribute {
            Some(attribute) => message.get_attribute(attribute)?.value(),
            None => message.value()?,
        };
        let arguments: FluentArgs<'_> = values
            .iter()
            .map(|(name, value)| {
                let value = match value {
                    Value::Text(text) => FluentValue::from(text.as_str()),
                    Value::Number(number) => FluentValue::from(*number),
                };
                (*name, value)
            })
            .collect();
        let mut errors = Vec::new();
        Some(
            self.bundle
                .format_pattern(pattern, Some(&arguments), &mut errors)
                .into_owned(),
        )
    }
}

static TEXTS: OnceLock<Texts> = OnceLock::new();
static LANGUAGE: OnceLock<Language> = OnceLock::new();

/// Sets the language. The first call counts.
pub fn choose(language: Language) {
    LANGUAGE.get_or_init(|| language);
}

/// The language in use.
#[must_use]
pub fn language() -> Language {
    *LANGUAGE.get_or_init(Language::from_environment)
}

fn texts() -> &'static Texts {
    TEXTS.get_or_init(|| Texts::new(language()))
}

/// A text without values.
#[must_use]
pub fn text(id: &str) -> String {
    text_with(id, &[])
}

/// A text with values.
#[must_use]
pub fn text_with(id: &str, values: &[(&str, Value)]) -> String {
    find(id, values).unwrap_or_else(|| id.to_owned())
}

/// A text that may be missing.
#[must_use]
pub fn find(id: &str, values: &[(&str, Value)]) -> Option<String> {
    texts().find(id, values)
}

/// `t!("id")` or `t!("id", name = value, …)`.
#[macro_export]
macro_rules! t {
    ($id:expr) => { $crate::texts::text($id) };
    ($id:expr, $($name:ident = $value:expr),+ $(,)?) => {
        $crate::texts::text_with($id, &[$((stringify!($name), $crate::texts::Value::from($value))),+])
    };
}
