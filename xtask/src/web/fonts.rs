// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The typefaces, in the scripts and weights that the app is set in.

use std::fmt::Write as _;
use std::fs;

use serde_json::Value;

use super::packages::Packages;
use super::site::Site;
use crate::shell::Result;

/// Package, family, weights.
const FACES: [(&str, &str, &[u16]); 2] = [
    ("fira-sans", "Fira Sans", &[400, 500, 600]),
    ("fira-mono", "Fira Mono", &[500]),
];
const SCRIPTS: [&str; 2] = ["latin", "latin-ext"];
/// What the first screen is set in: fetched before the style sheet asks for it.
const FIRST: [&str; 2] = ["fira-sans-latin-400", "fira-sans-latin-500"];

#[derive(Debug, Default)]
pub struct Fonts {
    /// What makes them known.
    pub css: String,
    /// The addresses of those to fetch first.
    pub first: Vec<String>,
}

pub fn add(site: &mut Site, packages: &Packages) -> Result<Fonts> {
    let mut fonts = Fonts::default();
    for (package, family, weights) in FACES {
        let folder = packages.path("@fontsource").join(package);
        let ranges: Value = serde_json::from_str(&super::read(&folder.join("unicode.json"))?)?;
        for weight in weights {
            for script in SCRIPTS {
                let name = format!("{package}-{script}-{weight}");
                let bytes = fs::read(folder.join("files").join(format!("{name}-normal.woff2")))?;
                let address = site.asset(&format!("{name}.woff2"), &bytes)?;
                let range = ranges[script].as_str().ok_or("a script without a range")?;
                writeln!(
                    fonts.css,
                    "@font-face{{font-family:\"{family}\";font-style:normal;font-weight:{weight};font-display:swap;\
                     src:url(\"{address}\") format(\"woff2\");unicode-range:{range}}}"
                )?;
                if FIRST.contains(&name.as_str()) {
                    fonts.first.push(address);
                }
            }
        }
    }
    Ok(fonts)
}
