// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Where one is: what stands in the address bar. Nothing secret is ever in it; what a link carries after `#` is taken out at
//! once.

use melder_kit::place::Place;
pub use melder_kit::place::{follow, go, replace};
use melder_kit::{dom, t};
use wasm_bindgen::JsValue;

/// A place in the Leitstand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    Overview,
    Accounts,
    Account(String),
    Units,
    Groups,
    Group(String),
    Operations,
    Operation(String),
    Privacy,
    Policy,
    Access,
    /// The first start's link: `/setup#…`.
    SetUp,
    /// An admin's invitation: `/leitstand/einladung#…`.
    Invited,
}

const ROOT: &str = "/leitstand";

impl Route {
    pub fn parse(path: &str) -> Self {
        let mut parts = path.trim_matches('/').split('/');
        if parts.next() == Some("setup") {
            return Self::SetUp;
        }
        let id = |made: fn(String) -> Self, list: Self, id: Option<&str>| match id {
            Some(id) if !id.is_empty() => made(id.to_owned()),
            _ => list,
        };
        match (parts.next(), parts.next()) {
            (Some("konten"), of) => id(Self::Account, Self::Accounts, of),
            (Some("dienststellen"), _) => Self::Units,
            (Some("gruppen"), of) => id(Self::Group, Self::Groups, of),
            (Some("einsaetze"), of) => id(Self::Operation, Self::Operations, of),
            (Some("datenschutz"), _) => Self::Privacy,
            (Some("richtlinien"), _) => Self::Policy,
            (Some("zugaenge"), _) => Self::Access,
            (Some("einladung"), _) => Self::Invited,
            _ => Self::Overview,
        }
    }

    pub fn path(&self) -> String {
        let rest = match self {
            Self::Overview => String::new(),
            Self::Accounts => "/konten".into(),
            Self::Account(id) => format!("/konten/{id}"),
            Self::Units => "/dienststellen".into(),
            Self::Groups => "/gruppen".into(),
            Self::Group(id) => format!("/gruppen/{id}"),
            Self::Operations => "/einsaetze".into(),
            Self::Operation(id) => format!("/einsaetze/{id}"),
            Self::Privacy => "/datenschutz".into(),
            Self::Policy => "/richtlinien".into(),
            Self::Access => "/zugaenge".into(),
            Self::SetUp => return "/setup".into(),
            Self::Invited => "/einladung".into(),
        };
        format!("{ROOT}{rest}")
    }

    /// The screen that it belongs to.
    pub const fn section(&self) -> Self {
        match self {
            Self::Account(_) => Self::Accounts,
            Self::Group(_) => Self::Groups,
            Self::Operation(_) => Self::Operations,
            Self::Accounts => Self::Accounts,
            Self::Units => Self::Units,
            Self::Groups => Self::Groups,
            Self::Operations => Self::Operations,
            Self::Privacy => Self::Privacy,
            Self::Policy => Self::Policy,
            Self::Access => Self::Access,
            Self::Overview | Self::SetUp | Self::Invited => Self::Overview,
        }
    }

    pub fn title(&self) -> String {
        match self.section() {
            Self::Accounts => t!("leit-accounts"),
            Self::Units => t!("leit-units"),
            Self::Groups => t!("leit-groups"),
            Self::Operations => t!("leit-operations"),
            Self::Privacy => t!("leit-privacy"),
            Self::Policy => t!("leit-policy"),
            Self::Access => t!("leit-access"),
            _ => t!("leit-overview"),
        }
    }
}

impl Place for Route {
    fn path(&self) -> String {
        Self::path(self)
    }
}

/// Where the browser is now.
pub fn current() -> Route {
    Route::parse(&dom::window().location().pathname().unwrap_or_default())
}

/// What the address carries after `#`; it does not stay there.
pub fn take_secret() -> Option<String> {
    let location = dom::window().location();
    let secret = location.hash().ok()?.trim_start_matches('#').to_owned();
    if secret.is_empty() {
        return None;
    }
    if let (Ok(history), Ok(path)) = (dom::window().history(), location.pathname()) {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&path));
    }
    Some(secret)
}

#[cfg(test)]
mod tests {
    use super::Route;

    #[test]
    fn every_place_has_an_address_of_its_own() {
        for route in [
            Route::Overview,
            Route::Accounts,
            Route::Account("a1".into()),
            Route::Units,
            Route::Groups,
            Route::Group("b2".into()),
            Route::Operations,
            Route::Operation("c3".into()),
            Route::Privacy,
            Route::Policy,
            Route::Access,
            Route::SetUp,
            Route::Invited,
        ] {
            assert_eq!(Route::parse(&route.path()), route);
        }
        assert_eq!(Route::parse("/leitstand/%20"), Route::Overview);
    }
}
