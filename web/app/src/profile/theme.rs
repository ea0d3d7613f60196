// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Light or dark: as the system has it, or as the person chose in this browser.

use melder_kit::dom;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

const CHOICE: &str = "melder.theme";
const DARK: &str = "(prefers-color-scheme: dark)";

/// What can be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    System,
    Light,
    Dark,
}

impl Theme {
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    fn from_name(name: &str) -> Self {
        Self::ALL.into_iter().find(|theme| theme.name() == name).unwrap_or(Self::System)
    }
}

/// What is chosen in this browser.
#[must_use]
pub fn chosen() -> Theme {
    dom::remembered(CHOICE).map_or(Theme::System, |name| Theme::from_name(&name))
}

pub fn choose(theme: Theme) {
    dom::remember(CHOICE, theme.name());
    apply();
}

fn system_is_dark() -> bool {
    dom::window()
        .match_media(DARK)
        .ok()
        .flatten()
        .is_some_and(|query| query.matches())
}

fn apply() {
    let dark = match chosen() {
        Theme::Dark => true,
        Theme::Light => false,
        Theme::System => system_is_dark(),
    };
    if let Some(html) = dom::document().document_element() {
        let _ = html.set_attribute("data-kern-theme", if dark { "dark" } else { "light" });
    }
}

/// Takes the theme, and follows the system and what another tab chooses.
pub fn start() {
    apply();
    let changed = Closure::<dyn Fn()>::new(apply);
    let listener = changed.as_ref().unchecked_ref();
    if let Ok(Some(query)) = dom::window().match_media(DARK) {
        let _ = query.add_event_listener_with_callback("change", listener);
    }
    let _ = dom::window().add_event_listener_with_callback("storage", listener);
    changed.forget();
}

#[cfg(test)]
mod tests {
    use super::Theme;

    #[test]
    fn what_is_kept_is_read_again() {
        for theme in Theme::ALL {
            assert_eq!(Theme::from_name(theme.name()), theme);
        }
        assert_eq!(Theme::from_name("pink"), Theme::System);
    }
}
