// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Papers that the server sets: in the language of the page and the time zone of who looks at it.

use js_sys::{Array, Intl, Object as Plain, Reflect};
use melder_kit::{t, texts};
use wasm_bindgen::JsValue;

use crate::api::{Ask, Problem, quoted};
use crate::json::Object;
use crate::parts::save_file;

/// What invitations are printed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Print {
    Sheets,
    Letters,
    Poster,
}

impl Print {
    const fn name(self) -> &'static str {
        match self {
            Self::Sheets => "sheets",
            Self::Letters => "letters",
            Self::Poster => "poster",
        }
    }
}

/// The browser's time zone, by name.
fn zone() -> Option<String> {
    let options = Intl::DateTimeFormat::new(&Array::new(), &Plain::new()).resolved_options();
    Reflect::get(&options, &JsValue::from_str("timeZone")).ok()?.as_string()
}

/// How a paper is asked for.
pub fn asked(format: &str) -> String {
    let zone = zone()
        .map(|zone| format!("&zone={}", quoted(&zone)))
        .unwrap_or_default();
    format!("language={}&format={format}{zone}", texts::language().tag())
}

/// As many as the server sets in one file.
const MOST: usize = 2_000;

/// Invitations as a PDF, or as several where there are many. The links go in the body, and the server keeps none.
pub async fn print<'a>(print: Print, links: impl Iterator<Item = &'a str>) -> Result<(), Problem> {
    let zone = zone();
    let links: Vec<&str> = links.collect();
    let name = file_name(print);
    for (number, part) in links.chunks(MOST).enumerate() {
        let body = Object::new()
            .value("print", print.name())
            .value("language", texts::language().tag())
            .maybe("zone", zone.as_deref())
            .list("links", part.iter().map(|link| JsValue::from_str(link)));
        let file = Ask::post("papers/invitations").body(&body).file().await?;
        let mark = if links.len() > MOST {
            format!("-{}", number + 1)
        } else {
            String::new()
        };
        save_file(&format!("melder-{name}{mark}.pdf"), &file);
    }
    Ok(())
}

fn file_name(print: Print) -> String {
    match print {
        Print::Sheets => t!("leit-file-sheets"),
        Print::Letters => t!("leit-file-letters"),
        Print::Poster => t!("leit-file-poster"),
    }
}
