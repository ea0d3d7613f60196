// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The Leitstand's page: a program, a style sheet and drawings of its own, beside the app's in the same folder. It is no part
//! of what the service worker keeps.

use std::fs;

use super::css;
use super::fluent;
use super::icons;
use super::packages::Packages;
use super::page::{filled, start, text};
use super::site::Site;
use super::sources::Sources;
use super::wasm::Module;
use crate::shell::{Result, root};

/// Where its parts lie.
const FOLDER: &str = "web/leitstand";
/// What of the kit's style sheets it needs.
const KIT: [&str; 2] = ["web/kit/css/1-tokens.css", "web/kit/css/2-base.css"];

/// Adds it; `boot` is the app's script that sets the theme and the policy, `fonts` what `css` says of the fonts.
pub fn add(site: &mut Site, packages: &Packages, built: &Module, fonts: &str) -> Result {
    let sources = Sources::read(&[root().join(FOLDER), root().join("web/kit")])?;
    let mut sheets: Vec<_> = KIT.iter().map(|path| root().join(path)).collect();
    sheets.extend(css::files(&root().join(FOLDER).join("css"))?);
    let css = css::bundle(packages, &sources, fonts, &sheets)?;
    let css = site.asset("leit.css", css.as_bytes())?;
    let program = site.asset("leit.wasm", &fs::read(&built.program)?)?;
    let script = site.asset("leit.js", &fs::read(&built.script)?)?;
    // It has no service worker: without the server there is nothing to administer.
    let start = start(site, fluent::LEITSTAND, "leit-", &script, &program)?;
    let start = site.asset("leit-start.js", start.as_bytes())?;
    let boot = site.asset("boot.js", &fs::read(root().join("web/app/assets/boot.js"))?)?;
    let preload = format!(
        "<link rel=\"modulepreload\" href=\"{script}\" />\n    \
         <link rel=\"preload\" href=\"{program}\" as=\"fetch\" type=\"application/wasm\" crossorigin />"
    );
    let texts = fluent::both("app-page.ftl")?;
    let html = filled(
        &asset("leitstand.html")?,
        &[
            ("noscript_de", text(&texts, "de", "page-noscript")?),
            ("noscript_en", text(&texts, "en", "page-noscript")?),
            ("failed_de", text(&texts, "de", "page-failed")?),
            ("failed_en", text(&texts, "en", "page-failed")?),
            ("boot", &boot),
            ("css", &css),
            ("start", &start),
            ("preload", &preload),
        ],
    );
    if html.replace("{sprite}", "").contains('{') {
        return Err("leitstand.html: a place was not filled in".into());
    }
    let html = html.replace("{sprite}", &icons::sprite(packages, &sources)?);
    site.plain("leitstand.html", html.as_bytes());
    Ok(())
}

fn asset(name: &str) -> Result<String> {
    super::read(&root().join(FOLDER).join("assets").join(name))
}
