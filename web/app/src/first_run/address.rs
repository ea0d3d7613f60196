// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What a link, a QR code or a typed code brings: an invitation, or the code of a new device that wants to be linked. What
//! stands after `#` is secret: it is taken out of the address bar before anything else happens, kept only in memory, and
//! never logged. Whether it is valid, the engine says.

use leptos::prelude::*;
use melder_kit::dom;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};

/// What was brought, for this page's server.
#[derive(Clone, PartialEq, Eq)]
pub enum Brought {
    /// The whole link.
    Invitation(String),
    /// The whole code, or its eight letters and digits.
    NewDevice(String),
}

/// What a text turned out to be.
#[derive(Clone, PartialEq, Eq)]
pub enum Reading {
    Here(Brought),
    /// For another server, where this link must be opened.
    Elsewhere {
        server: String,
        link: String,
    },
    Nothing,
}

/// `https://host`
fn origin_of(address: &str) -> Option<String> {
    let (scheme, rest) = address.split_once("://")?;
    let scheme = scheme.to_ascii_lowercase();
    let host = rest.split(['/', '?', '#']).next()?.to_ascii_lowercase();
    let plain = !host.is_empty() && !host.contains('@') && !host.contains(char::is_whitespace);
    (plain && matches!(scheme.as_str(), "http" | "https")).then(|| format!("{scheme}://{host}"))
}

/// Reads what was scanned, pasted or typed; `origin` is this page's server.
#[must_use]
pub fn read(text: &str, origin: &str) -> Reading {
    // Mail programs break lines and put brackets around links.
    let text: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '<' | '>' | '\u{ad}' | '\u{200b}'))
        .collect();
    let Some((address, secret)) = text.split_once('#') else {
        return read_typed(&text, origin);
    };
    let Some(server) = origin_of(address).or_else(|| address.is_empty().then(|| origin.to_owned())) else {
        return Reading::Nothing;
    };
    if secret.is_empty() {
        return Reading::Nothing;
    }
    let is_device = address.ends_with("/link");
    let link = format!("{server}/{}#{secret}", if is_device { "link" } else { "join" });
    if server != origin {
        Reading::Elsewhere { server, link }
    } else if is_device {
        Reading::Here(Brought::NewDevice(link))
    } else {
        Reading::Here(Brought::Invitation(link))
    }
}

/// Without a `#`: the eight letters of a new device, or an invitation's part after it.
fn read_typed(text: &str, origin: &str) -> Reading {
    let letters: String = text.chars().filter(char::is_ascii_alphanumeric).collect();
    let rest_is_dashes = text
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '–'));
    if letters.len() == 8 && rest_is_dashes {
        return Reading::Here(Brought::NewDevice(letters.to_ascii_uppercase()));
    }
    let is_base64url = text
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    if text.len() >= 20 && is_base64url {
        Reading::Here(Brought::Invitation(format!("{origin}/join#{text}")))
    } else {
        Reading::Nothing
    }
}

/// This page's server.
#[must_use]
pub fn origin() -> String {
    dom::window().location().origin().unwrap_or_default()
}

/// Takes what the address brought, and what it brings later (a link opened in this tab), out of the address bar.
pub fn watch(carried: RwSignal<Option<Brought>>) {
    take(carried);
    let changed = Closure::<dyn Fn()>::new(move || take(carried));
    let _ = dom::window().add_event_listener_with_callback("hashchange", changed.as_ref().unchecked_ref());
    changed.forget();
}

fn take(carried: RwSignal<Option<Brought>>) {
    let location = dom::window().location();
    let path = location.pathname().unwrap_or_default();
    let hash = location.hash().unwrap_or_default();
    let place = path.trim_matches('/');
    if hash.len() < 2 || !matches!(place, "join" | "link") {
        return;
    }
    if let Ok(history) = dom::window().history() {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&path));
    }
    if let Reading::Here(brought) = read(&format!("{}/{place}{hash}", origin()), &origin()) {
        carried.set(Some(brought));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: &str = "https://melder.example";

    fn invitation(link: &str) -> Reading {
        Reading::Here(Brought::Invitation(link.to_owned()))
    }

    #[test]
    fn a_link_is_read_as_people_paste_it() {
        let link = "https://melder.example/join#o2FhWCDx8mCq-w_9";
        for text in [
            link,
            " <https://melder.example/join#o2FhWCDx\r\n8mCq-w_9> ",
            "HTTPS://Melder.Example/join#o2FhWCDx8mCq-w_9",
            "#o2FhWCDx8mCq-w_9",
        ] {
            assert!(read(text, HERE) == invitation(link), "{text}");
        }
        assert!(
            read("o2FhWCDx8mCq-w_9o2FhWCDx", HERE)
                == invitation("https://melder.example/join#o2FhWCDx8mCq-w_9o2FhWCDx")
        );
    }

    #[test]
    fn another_servers_link_says_where_it_belongs() {
        let Reading::Elsewhere { server, link } = read("https://wahl.example:8443/join#abc", HERE) else {
            panic!("not read as another server's");
        };
        assert_eq!(server, "https://wahl.example:8443");
        assert_eq!(link, "https://wahl.example:8443/join#abc");
    }

    #[test]
    fn a_new_device_is_told_by_its_code() {
        let typed = Reading::Here(Brought::NewDevice("KX729FA4".to_owned()));
        assert!(read("kx72-9fa4", HERE) == typed);
        assert!(read("KX72 9FA4", HERE) == typed);
        let scanned = "https://melder.example/link#KX729FA4.abc";
        assert!(read(scanned, HERE) == Reading::Here(Brought::NewDevice(scanned.to_owned())));
    }

    #[test]
    fn what_is_no_link_is_nothing() {
        for text in [
            "",
            "#",
            "hallo",
            "javascript:alert(1)#abc",
            "https://@evil/join#abc",
            "https://x y",
            "//a#b",
        ] {
            assert!(read(text, HERE) == Reading::Nothing, "{text}");
        }
    }
}
