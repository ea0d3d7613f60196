// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! All words, from the Fluent files in `locales/`. German first. The language is the browser's, or what the person chose; a
//! change of it loads the page anew, so that no text stays behind. A missing text shows as a number; a test keeps that
//! from happening.
//!
//! Of Fluent this reads what our texts need: values, and choices by a number (exact, `one`, the rest) or a word. The whole
//! of Fluent weighs more in a browser than all of our texts; a test holds each text against it.

use std::cell::RefCell;

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

macro_rules! number {
    ($($type:ty),*) => {
        $(impl From<$type> for Value {
            fn from(number: $type) -> Self {
                Self::Number(number as u64)
            }
        })*
    };
}
number!(u16, u32, u64, usize);

/// Slots of the table that finds a text: a power of two, and more than twice as many as there are texts.
const SLOTS: usize = 4096;

/// A text's id as the program knows it: its name would be longer than most texts. FNV-1a; a test sees to it that no two
/// texts share one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TextId(u32);

impl TextId {
    #[must_use]
    pub const fn of(name: &str) -> Self {
        let (bytes, mut hash, mut at) = (name.as_bytes(), 0x811c_9dc5_u32, 0);
        while at < bytes.len() {
            hash = (hash ^ bytes[at] as u32).wrapping_mul(0x0100_0193);
            at += 1;
        }
        Self(hash)
    }
}

/// Where a text lies in the source: after its `=`.
#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    id: TextId,
    /// 0: nothing lies here.
    begin: usize,
}

struct Texts {
    language: Language,
    source: String,
    slots: Vec<Slot>,
}

thread_local! {
    static TEXTS: RefCell<Option<Texts>> = const { RefCell::new(None) };
}

/// Chooses the language and takes in its Fluent file.
pub fn load(language: Language, source: String) {
    let mut slots = vec![Slot::default(); SLOTS];
    let mut at = 0;
    for line in source.split_inclusive('\n') {
        if let Some(name) = id(line) {
            let id = TextId::of(name);
            if let Some(free) =
                places(id).find_map(|place| slots.get(place).filter(|slot| slot.begin == 0).map(|_| place))
            {
                slots[free] = Slot {
                    id,
                    begin: at + name.len() + " =".len(),
                };
            }
        }
        at += line.len();
    }
    let texts = Texts {
        language,
        source,
        slots,
    };
    TEXTS.with(|all| *all.borrow_mut() = Some(texts));
}

/// The id of the text that begins on this line.
fn id(line: &str) -> Option<&str> {
    let (id, _) = line.split_once(" =")?;
    id.starts_with(|first: char| first.is_ascii_alphabetic()).then_some(id)
}

/// The slots in which a text of this id may lie, in turn.
fn places(id: TextId) -> impl Iterator<Item = usize> {
    let first = (id.0 ^ (id.0 >> 15)) as usize;
    (0..SLOTS).map(move |step| first.wrapping_add(step) % SLOTS)
}

impl Texts {
    /// All between a text's `=` and the next text.
    fn pattern(&self, wanted: TextId) -> Option<&str> {
        let slot = places(wanted)
            .filter_map(|place| self.slots.get(place))
            .take_while(|slot| slot.begin != 0)
            .find(|slot| slot.id == wanted)?;
        let pattern = self.source.get(slot.begin..)?;
        let end = pattern
            .match_indices('\n')
            .map(|(at, _)| at)
            .find(|at| pattern[at + 1..].starts_with(|next: char| next.is_ascii_alphabetic() || next == '#'));
        Some(pattern[..end.unwrap_or(pattern.len())].trim())
    }
}

/// Writes a text, or a part of one, with its values.
fn fill(pattern: &str, values: &[(&str, Value)], out: &mut String) {
    let mut rest = pattern;
    while let Some(open) = rest.find('{') {
        out.push_str(&rest[..open]);
        let inside = &rest[open + 1..];
        let close = closing(inside);
        place(inside[..close].trim(), values, out);
        rest = inside.get(close + 1..).unwrap_or_default();
    }
    out.push_str(rest);
}

/// Where the bracket closes that was opened before.
fn closing(text: &str) -> usize {
    let mut depth = 0_u32;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 0 => return at,
            b'}' => depth -= 1,
            _ => {}
        }
    }
    text.len()
}

/// What stands between brackets: a value, or a choice by one.
fn place(inside: &str, values: &[(&str, Value)], out: &mut String) {
    let (name, choice) = match inside.split_once("->") {
        Some((name, choice)) => (name.trim(), Some(choice)),
        None => (inside, None),
    };
    let name = name.strip_prefix('$').unwrap_or(name);
    let value = values.iter().find(|(other, _)| *other == name).map(|(_, value)| value);
    match (choice, value) {
        (Some(choice), value) => fill(chosen(choice, value), values, out),
        (None, Some(Value::Text(text))) => out.push_str(text),
        (None, Some(Value::Number(number))) => out.push_str(&number.to_string()),
        (None, None) => out.push_str(name),
    }
}

/// The first variant that fits, or the one with the star.
fn chosen<'t>(choice: &'t str, value: Option<&Value>) -> &'t str {
    let (mut rest, mut other) = (choice.trim_start(), "");
    loop {
        let (starred, variant) = match rest.strip_prefix('*') {
            Some(variant) => (true, variant),
            None => (false, rest),
        };
        let Some((key, text)) = variant.strip_prefix('[').and_then(|variant| variant.split_once(']')) else {
            return other;
        };
        let end = next_variant(text);
        let found = text[..end].trim();
        if fits(key.trim(), value) {
            return found;
        }
        if starred {
            other = found;
        }
        rest = text[end..].trim_start();
    }
}

/// Where the next variant begins: on a line of its own, outside of brackets.
fn next_variant(text: &str) -> usize {
    let mut depth = 0_i32;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            b'\n' if depth == 0 && text[at..].trim_start().starts_with(['[', '*']) => return at,
            _ => {}
        }
    }
    text.len()
}

fn fits(key: &str, value: Option<&Value>) -> bool {
    match value {
        // Both languages have these two plurals only (CLDR).
        Some(Value::Number(number)) => key.parse() == Ok(*number) || (key == "one" && *number == 1),
        Some(Value::Text(text)) => key == text,
        None => false,
    }
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
            .is_some_and(|texts| texts.pattern(TextId::of(id)).is_some())
    })
}

/// The text of this name. Better called as [`crate::t!`].
#[must_use]
pub fn text(id: TextId, values: &[(&str, Value)]) -> String {
    TEXTS.with(|texts| {
        let texts = texts.borrow();
        let Some(pattern) = texts.as_ref().and_then(|texts| texts.pattern(id)) else {
            return format!("{:08x}", id.0);
        };
        let mut out = String::with_capacity(pattern.len());
        fill(pattern, values, &mut out);
        out
    })
}

/// In small letters. The browser knows them all; the tables that know them weigh as much as a screen.
#[must_use]
pub fn lower(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    #[cfg(target_family = "wasm")]
    {
        String::from(js_sys::JsString::from(text).to_lower_case())
    }
    #[cfg(not(target_family = "wasm"))]
    {
        text.to_lowercase()
    }
}

/// In capitals.
#[must_use]
pub fn upper(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_uppercase();
    }
    #[cfg(target_family = "wasm")]
    {
        String::from(js_sys::JsString::from(text).to_upper_case())
    }
    #[cfg(not(target_family = "wasm"))]
    {
        text.to_uppercase()
    }
}

/// `t!("chat-members", count = 41)`: the text of that name with these values.
#[macro_export]
macro_rules! t {
    ($id:literal) => {
        $crate::texts::text(const { $crate::texts::TextId::of($id) }, &[])
    };
    ($id:expr) => {
        $crate::texts::text($crate::texts::TextId::of($id), &[])
    };
    ($id:literal, $($name:ident = $value:expr),+ $(,)?) => {
        $crate::texts::text(
            const { $crate::texts::TextId::of($id) },
            &[$((stringify!($name), $crate::texts::Value::from($value))),+],
        )
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: &str = "# Words\ngreeting = Hallo { $name }\nwaiting = { $count ->\n    [0] keine\n    [one] eine\n   *[other] { $count } von { $name }\n } da\nlast = Ende\n";

    #[test]
    fn a_text_takes_values_and_counts() {
        load(Language::De, SAMPLE.to_owned());
        assert_eq!(crate::t!("greeting", name = "Anna"), "Hallo Anna");
        assert_eq!(crate::t!("waiting", count = 0u32), "keine da");
        assert_eq!(crate::t!("waiting", count = 1u32), "eine da");
        assert_eq!(crate::t!("waiting", count = 7u32, name = "{x}"), "7 von {x} da");
        assert_eq!(crate::t!("last"), "Ende");
        assert_eq!(crate::t!("missing"), format!("{:08x}", TextId::of("missing").0));
        assert!(has("last") && !has("Ende") && !has("*[other] { $count } von { $name }"));
    }

    #[test]
    fn nothing_that_is_broken_breaks_it() {
        for broken in [
            "a = {",
            "a = { $b ->",
            "a = { $b -> [",
            "a = }{",
            "a =",
            "a = { $b -> [x] *[",
            " =",
            "a = {}",
        ] {
            load(Language::En, broken.to_owned());
            let _ = crate::t!("a", b = 1u32);
        }
    }

    /// Every text of both languages says what Fluent itself would have it say.
    #[test]
    fn each_text_reads_as_fluent_reads_it() {
        use fluent_bundle::{FluentArgs, FluentBundle, FluentResource};

        let locales = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../locales");
        for language in [Language::De, Language::En] {
            let mut files: Vec<_> = std::fs::read_dir(locales.join(language.tag()))
                .expect("the folder is there")
                .map(|entry| entry.expect("a readable entry").path())
                .filter(|path| {
                    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                    name.starts_with("app") || name == "errors.ftl"
                })
                .collect();
            files.sort();
            let source: String = files
                .iter()
                .map(|path| std::fs::read_to_string(path).expect("a readable file") + "\n")
                .collect();
            let mut bundle = FluentBundle::new(vec![language.tag().parse().expect("a language")]);
            bundle.set_use_isolating(false);
            let resource = FluentResource::try_new(source.clone()).expect("Fluent reads it");
            assert!(bundle.add_resource(resource).is_ok());
            let ids: Vec<&str> = source.lines().filter_map(id).collect();
            assert!(ids.len() > 500 && ids.len() * 2 < SLOTS, "{}", ids.len());
            let numbers: std::collections::BTreeSet<u32> = ids.iter().map(|id| TextId::of(id).0).collect();
            assert_eq!(numbers.len(), ids.len(), "two texts share a number: rename one");
            load(language, source.clone());
            let names: std::collections::BTreeSet<&str> = source
                .split('$')
                .skip(1)
                .map(|rest| {
                    rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-')
                        .next()
                        .unwrap_or_default()
                })
                .collect();
            for number in [0_u64, 1, 2, 21] {
                let counted = ["count", "left", "minutes", "days", "done", "of"];
                let mut args = FluentArgs::new();
                let mut values = Vec::new();
                for name in &names {
                    if counted.contains(name) || source.contains(&format!("${name} ->")) {
                        args.set(*name, number);
                        values.push((*name, Value::Number(number)));
                    } else {
                        args.set(*name, format!("<{name}>"));
                        values.push((*name, Value::Text(format!("<{name}>"))));
                    }
                }
                for id in &ids {
                    let message = bundle.get_message(id).expect("Fluent has it").value().expect("a text");
                    let meant = bundle
                        .format_pattern(message, Some(&args), &mut Vec::new())
                        .into_owned();
                    assert_eq!(text(TextId::of(id), &values), meant, "{id} ({number})");
                }
            }
        }
    }
}
