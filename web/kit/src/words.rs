// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A page's words: in which language, and from where. The page's script fetches the Fluent file of one language
//! (`locales/`, put together by `cargo xtask web`) while it fetches the program, and lays it down as `melderTexts`.

use js_sys::Reflect;

use crate::dom;
use crate::texts::{self, Language};

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
