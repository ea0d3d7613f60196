// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Light or dark: as the system has it, or as the person chose in this browser. What is chosen is only kept and announced
//! here: the page's own script shows it, before anything is drawn, and follows the system and other tabs.

use melder_kit::dom;

const CHOICE: &str = "melder.theme";
/// What the page's script listens for.
const CHANGED: &str = "melder-theme";

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
        Self::ALL
            .into_iter()
            .find(|theme| theme.name() == name)
            .unwrap_or(Self::System)
    }
}

/// What is chosen in this browser.
#[must_use]
pub fn chosen() -> Theme {
    dom::remembered(CHOICE).map_or(Theme::System, |name| Theme::from_name(&name))
}

pub fn choose(theme: Theme) {
    dom::remember(CHOICE, theme.name());
    if let Ok(event) = web_sys::Event::new(CHANGED) {
        let _ = dom::window().dispatch_event(&event);
    }
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
