// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! All words, from the Fluent files in `locales/`. German first. The language is the browser's, or what the person chose; a
//! change of it loads the page anew, so that no text stays behind. A missing text shows as its id; a test keeps that from
//! happening.

use std::cell::RefCell;

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

/// A language that the apps speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    De,
    En,
}

impl Language {
    /// The tag for `lang` and for the browser's own formats (RFC 5646).
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::De => "de",
            Self::En => "en",
        }
    }

    /// What a browser's preference means to us: German for German, English for everything else.
    #[must_use]
    pub fn from_tag(tag: &str) -> Self {
        if tag.to_ascii_lowercase().starts_with("de") {
            Self::De
        } else {
            Self::En
        }
    }
}

/// A value in a text.
#[derive(Debug, Clone)]
pub enum Value {
    Text(String),
    Number(f64),
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

macro_rules! number {
    ($($type:ty),*) => {
        $(impl From<$type> for Value {
            fn from(number: $type) -> Self {
                Self::Number(number as f64)
            }
        })*
    };
}
number!(u16, u32, u64, usize);

struct Texts {
    language: Language,
    bundle: FluentBundle<FluentResource>,
}

thread_local! {
    static TEXTS: RefCell<Option<Texts>> = const { RefCell::new(None) };
}

/// Chooses the language and takes in its files. What a file has wrong is left out.
pub fn load(language: Language, sources: &[&str]) {
    let locale = match language {
        Language::De => "de",
        Language::En => "en",
    };
    let locale: LanguageIdentifier = locale.parse().unwrap_or_default();
    let mut bundle = FluentBundle::new(vec![locale]);
    bundle.set_use_isolating(false);
    for source in sources {
        let resource = match FluentResource::try_new((*source).to_owned()) {
            Ok(resource) | Err((resource, _)) => resource,
        };
        let _ = bundle.add_resource(resource);
    }
    TEXTS.with(|texts| *texts.borrow_mut() = Some(Texts { language, bundle }));
}

/// The language in use.
#[must_use]
pub fn language() -> Language {
    TEXTS.with(|texts| texts.borrow().as_ref().map_or(Language::De, |texts| texts.language))
}

/// Is there a text of this name?
#[must_use]
pub fn has(id: &str) -> bool {
    TEXTS.with(|texts| {
        texts
            .borrow()
            .as_ref()
            .is_some_and(|texts| texts.bundle.has_message(id))
    })
}

/// The text of this name. Better called as [`crate::t!`].
#[must_use]
pub fn text(id: &str, values: &[(&str, Value)]) -> String {
    TEXTS.with(|texts| {
        let texts = texts.borrow();
        let Some(texts) = texts.as_ref() else {
            return id.to_owned();
        };
        let Some(pattern) = texts.bundle.get_message(id).and_then(|message| message.value()) else {
            return id.to_owned();
        };
        let mut args = FluentArgs::new();
        for (name, value) in values {
            match value {
                Value::Text(text) => args.set(*name, FluentValue::from(text.as_str())),
                Value::Number(number) => args.set(*name, FluentValue::from(*number)),
            }
        }
        let mut errors = Vec::new();
        texts
            .bundle
            .format_pattern(pattern, Some(&args), &mut errors)
            .into_owned()
    })
}

/// `t!("chat-members", count = 41)`: the text of that name with these values.
#[macro_export]
macro_rules! t {
    ($id:expr) => {
        $crate::texts::text($id, &[])
    };
    ($id:expr, $($name:ident = $value:expr),+ $(,)?) => {
        $crate::texts::text($id, &[$((stringify!($name), $crate::texts::Value::from($value))),+])
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_takes_values_and_counts() {
        load(
            Language::De,
            &["greeting = Hallo { $name }\nwaiting = { $count ->\n    [one] eine\n   *[other] { $count }\n }\n"],
        );
        assert_eq!(crate::t!("greeting", name = "Anna"), "Hallo Anna");
        assert_eq!(crate::t!("waiting", count = 1u32), "eine");
        assert_eq!(crate::t!("waiting", count = 7u32), "7");
        assert_eq!(crate::t!("missing"), "missing");
    }
}
