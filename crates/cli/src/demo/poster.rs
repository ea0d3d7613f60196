// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A poster with the QR code of the role that joins by one: a page in the demo's folder, to be scanned from the screen by
//! another browser.

use std::path::{Path, PathBuf};

use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};

use super::city::City;
use super::script::Script;
use crate::error::CliError;
use crate::t;

/// Writes the page; the answer is where.
///
/// # Errors
/// When the folder can't be written to.
pub(super) fn write(folder: &Path, city: &City, script: &Script) -> Result<PathBuf, CliError> {
    let (role, link) = city
        .links(script)
        .find(|(role, _)| !role.groups.is_empty())
        .ok_or_else(|| CliError::other("no role joins by a poster"))?;
    let code = QrCode::with_error_correction_level(link, EcLevel::Q).map_err(CliError::other)?;
    let picture = code.render::<svg::Color<'_>>().min_dimensions(480, 480).build();
    let picture = picture.split_once("?>").map_or(picture.as_str(), |(_, svg)| svg);
    let (organisation, role) = (&script.organisation, &role.name);
    let how = t!("demo-poster-how");
    let page = format!(
        "<!doctype html><html><head><meta charset=\"utf-8\"><title>{organisation}</title>\
<style>body{{font:1.5rem/1.4 system-ui,sans-serif;text-align:center;color:#131525;background:#fff}}</style></head>\
<body><h1>{organisation}: {role}</h1>{picture}<p>{how}</p></body></html>"
    );
    let file = folder.join("poster.html");
    std::fs::write(&file, page).map_err(CliError::other)?;
    std::fs::canonicalize(&file).map_err(CliError::other)
}
