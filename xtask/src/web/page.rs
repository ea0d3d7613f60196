// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The page, what starts it, the service worker and what a phone needs to install it: the files of `web/app/assets`
//! with the addresses of this build filled in.

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::fluent;
use super::site::Site;
use crate::shell::{Result, root};

/// The first parts of the app's addresses (`web/app/src/route.rs`): the server answers them with the page, and so does
/// the service worker. The server has them in its module `web`.
const PAGES: [&str; 13] = [
    "",
    "join",
    "link",
    "chat",
    "contacts",
    "contact",
    "profile",
    "devices",
    "security",
    "notifications",
    "help",
    "search",
    "new",
];

/// What the page loads.
#[derive(Debug)]
pub struct Page {
    pub script: String,
    pub program: String,
    pub worker: String,
    pub css: String,
    pub preload: Vec<String>,
    pub sprite: String,
}

/// The logo, where it has been put.
struct Logo {
    svg: String,
    small: String,
    large: String,
    maskable: String,
    touch: String,
    badge: String,
}

impl Page {
    /// Adds all of it; the service worker last, since it lists what else there is.
    pub fn add(&self, site: &mut Site) -> Result {
        let texts = fluent::both("app-page.ftl")?;
        let logo = add_logo(site)?;
        let start = start(site, fluent::APP, "", &self.script, &self.program)? + &template("start.js")?;
        let start = site.asset("start.js", start.as_bytes())?;
        let boot = site.asset("boot.js", &asset("boot.js")?)?;
        let html = self.html(&texts, &logo, &boot, &start)?;
        site.plain("index.html", html.as_bytes());
        let manifest = filled(
            &template("manifest.webmanifest")?,
            &[
                ("description", text(&texts, "de", "page-description")?),
                ("icon_svg", &logo.svg),
                ("icon_192", &logo.small),
                ("icon_512", &logo.large),
                ("icon_maskable", &logo.maskable),
            ],
        );
        let manifest: Value = serde_json::from_str(&manifest)?;
        site.plain("manifest.webmanifest", &serde_json::to_vec(&manifest)?);
        add_service_worker(site, &html, &logo)
    }

    fn html(&self, texts: &Value, logo: &Logo, boot: &str, start: &str) -> Result<String> {
        let mut preload = vec![
            format!("<link rel=\"modulepreload\" href=\"{}\" />", self.script),
            format!(
                "<link rel=\"preload\" href=\"{}\" as=\"fetch\" type=\"application/wasm\" crossorigin />",
                self.program
            ),
        ];
        preload.extend(self.preload.iter().map(|font| {
            format!("<link rel=\"preload\" href=\"{font}\" as=\"font\" type=\"font/woff2\" crossorigin />")
        }));
        let html = filled(
            &template("index.html")?,
            &[
                ("description", text(texts, "de", "page-description")?),
                ("noscript_de", text(texts, "de", "page-noscript")?),
                ("noscript_en", text(texts, "en", "page-noscript")?),
                ("failed_de", text(texts, "de", "page-failed")?),
                ("failed_en", text(texts, "en", "page-failed")?),
                ("worker", &self.worker),
                ("touch_icon", &logo.touch),
                ("boot", boot),
                ("css", &self.css),
                ("start", start),
                ("preload", &preload.join("\n    ")),
            ],
        );
        if html.replace("{sprite}", "").contains('{') {
            return Err("index.html: a place was not filled in".into());
        }
        Ok(html.replace("{sprite}", &self.sprite))
    }
}

fn add_service_worker(site: &mut Site, html: &str, logo: &Logo) -> Result {
    let mut files = vec![
        "/".to_owned(),
        "/manifest.webmanifest".to_owned(),
        "/favicon.svg".to_owned(),
    ];
    files.extend(site.assets());
    // All that it keeps has a hash in its name or is named by the page.
    let version: String = Sha256::digest(format!("{html}{files:?}"))[..8]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let script = filled(
        &template("sw.js")?,
        &[
            ("version", &version),
            ("files", &json!(files).to_string()),
            ("texts", &fluent::both("app-push.ftl")?.to_string()),
            ("pages", &json!(PAGES).to_string()),
            ("icon", &logo.small),
            ("badge", &logo.badge),
        ],
    );
    site.plain("sw.js", script.as_bytes());
    Ok(())
}

fn add_logo(site: &mut Site) -> Result<Logo> {
    site.plain("favicon.svg", &asset("icon.svg")?);
    let mut add = |name: &str| site.asset(name, &asset(name)?);
    Ok(Logo {
        svg: add("icon.svg")?,
        small: add("icon-192.png")?,
        large: add("icon-512.png")?,
        maskable: add("icon-maskable.png")?,
        touch: add("icon-touch.png")?,
        badge: add("badge.png")?,
    })
}

fn path(name: &str) -> PathBuf {
    root().join("web/app/assets").join(name)
}

fn asset(name: &str) -> Result<Vec<u8>> {
    let path = path(name);
    fs::read(&path).map_err(|error| format!("{}: {error}", path.display()).into())
}

fn template(name: &str) -> Result<String> {
    super::read(&path(name))
}

/// What starts a page's program with its texts, which are added under names that begin so.
pub(super) fn start(site: &mut Site, files: &[&str], name: &str, script: &str, program: &str) -> Result<String> {
    let mut start = super::read(&root().join("web/kit/assets/start.js"))?;
    for language in fluent::LANGUAGES {
        let texts = fluent::joined(files, language)?;
        let texts = site.asset(&format!("{name}{language}.ftl"), texts.as_bytes())?;
        start = start.replace(&format!("{{texts_{language}}}"), &texts);
    }
    Ok(filled(&start, &[("script", script), ("program", program)]))
}

/// With each `{place}` filled in.
pub(super) fn filled(template: &str, places: &[(&str, &str)]) -> String {
    places.iter().fold(template.to_owned(), |text, (place, value)| {
        text.replace(&format!("{{{place}}}"), value)
    })
}

/// A text that stands in markup.
pub(super) fn text<'t>(texts: &'t Value, language: &str, id: &str) -> Result<&'t str> {
    let text = texts[language][id].as_str().ok_or_else(|| format!("no text `{id}`"))?;
    if text.contains(['<', '&', '"']) {
        return Err(format!("`{id}` stands in markup: it may not hold any").into());
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::{PAGES, filled};

    #[test]
    fn places_are_filled_in() {
        assert_eq!(
            filled("<a href=\"{x}\">{y}</a>", &[("x", "/"), ("y", "z")]),
            "<a href=\"/\">z</a>"
        );
    }

    #[test]
    fn the_server_answers_the_same_pages() {
        let server = include_str!("../../../crates/server/src/web/mod.rs");
        for page in PAGES {
            assert!(server.contains(&format!("\"{page}\"")), "{page}");
        }
    }

    #[test]
    fn the_server_answers_the_same_addresses() {
        let server = include_str!("../../../crates/server/src/web/mod.rs");
        let list = server
            .split_once("const PAGES")
            .and_then(|(_, rest)| rest.split_once("];"));
        let (list, _) = list.expect("the server has its list");
        let theirs: Vec<&str> = list.split('"').skip(1).step_by(2).collect();
        assert_eq!(theirs, super::PAGES);
    }
}
