// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What goes to the terminal: results to standard output, everything else (progress, notes, questions) to standard error, so
//! that a pipe gets results alone. A reader that closes the pipe ends the program quietly.

use std::io::{self, IsTerminal, Write};

use console::{Term, measure_text_width, pad_str, style};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use crate::error::{CliError, Local};
use crate::t;

/// A line of the result.
pub fn line(text: impl AsRef<str>) {
    let mut stdout = io::stdout().lock();
    let written = writeln!(stdout, "{}", text.as_ref()).and_then(|()| stdout.flush());
    if written.is_err() {
        // Nobody reads any more.
        std::process::exit(0);
    }
}

/// A word beside the result, for a person.
pub fn note(text: impl AsRef<str>) {
    // Without a standard error there is nobody to tell.
    let _ = writeln!(io::stderr().lock(), "{}", text.as_ref());
}

/// A result for a program: one JSON value on one line.
pub fn json<T: Serialize + ?Sized>(value: &T) {
    // Our types have string keys only, and so always a JSON form.
    line(serde_json::to_string(value).unwrap_or_default());
}

/// The error, as the last thing said.
pub fn error(error: &CliError, as_json: bool) {
    if as_json {
        let value = serde_json::json!({
            "error": { "code": error.code(), "message": error.message(), "lines": error.lines() }
        });
        note(value.to_string());
    } else {
        note(format!(
            "{} {error}",
            style(t!("error-prefix")).red().bold().for_stderr()
        ));
    }
}

/// Rows under headings, as wide as they need to be.
pub fn table(headings: &[String], rows: &[Vec<String>]) {
    for row in self::rows(headings, rows) {
        line(row);
    }
}

/// The lines of a table.
#[must_use]
pub fn rows(headings: &[String], rows: &[Vec<String>]) -> Vec<String> {
    let mut widths: Vec<usize> = headings.iter().map(|heading| measure_text_width(heading)).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(measure_text_width(cell));
        }
    }
    let print = |cells: &[String], bold: bool| {
        let last = cells.len().saturating_sub(1);
        let text: Vec<String> = cells
            .iter()
            .zip(&widths)
            .enumerate()
            .map(|(at, (cell, width))| {
                let padded = if at == last {
                    cell.clone()
                } else {
                    pad_str(cell, *width, console::Alignment::Left, None).into()
                };
                if bold { style(padded).bold().to_string() } else { padded }
            })
            .collect();
        text.join("  ").trim_end().to_owned()
    };
    let mut lines = vec![print(headings, true)];
    lines.extend(rows.iter().map(|row| print(row, false)));
    lines
}

/// Text from others, safe for a terminal: no escape sequences, no line that looks like ours.
#[must_use]
pub fn safe(text: &str) -> String {
    text.chars()
        .map(|letter| {
            if letter.is_control() && letter != '\n' {
                '\u{fffd}'
            } else {
                letter
            }
        })
        .collect()
}

/// The same on one line.
#[must_use]
pub fn safe_line(text: &str) -> String {
    safe(text).replace('\n', " ")
}

/// A QR code in half blocks, dark on light, whatever the terminal's colours are.
#[must_use]
pub fn qr(text: &str) -> Option<String> {
    let code = qrcode::QrCode::with_error_correction_level(text, qrcode::EcLevel::L).ok()?;
    let image = code
        .render::<qrcode::render::unicode::Dense1x2>()
        .dark_color(qrcode::render::unicode::Dense1x2::Light)
        .light_color(qrcode::render::unicode::Dense1x2::Dark)
        .build();
    Some(image)
}

/// True when a person can be asked.
#[must_use]
pub fn can_ask() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks for a yes. `yes` answers by itself.
///
/// # Errors
/// When the person says no, or there is nobody.
pub fn confirm(question: &str, yes: bool) -> Result<(), CliError> {
    if yes {
        return Ok(());
    }
    if !can_ask() {
        return Err(CliError::new(Local::NotATerminal).with("question", question));
    }
    let term = Term::stderr();
    let asked = term
        .write_str(&format!("{question} {} ", t!("ask-yes-no")))
        .and_then(|()| term.read_line());
    let answer = asked.map_err(CliError::other)?.trim().to_lowercase();
    match answer.as_str() {
        "j" | "ja" | "y" | "yes" => Ok(()),
        _ => Err(CliError::new(Local::Declined)),
    }
}

/// Asks for a line.
///
/// # Errors
/// When there is nobody to ask.
pub fn ask(question: &str) -> Result<String, CliError> {
    if !can_ask() {
        return Err(CliError::new(Local::NotATerminal).with("question", question));
    }
    let term = Term::stderr();
    let asked = term.write_str(&format!("{question} ")).and_then(|()| term.read_line());
    Ok(asked.map_err(CliError::other)?.trim().to_owned())
}

/// Asks for something that nobody should see.
///
/// # Errors
/// When there is nobody to ask.
pub fn ask_secret(question: &str) -> Result<zeroize::Zeroizing<String>, CliError> {
    if !can_ask() {
        return Err(CliError::new(Local::NotATerminal).with("question", question));
    }
    let term = Term::stderr();
    let asked = term
        .write_str(&format!("{question} "))
        .and_then(|()| term.read_secure_line());
    Ok(zeroize::Zeroizing::new(asked.map_err(CliError::other)?))
}

/// A bar for `total` bytes or things; hidden where nobody looks.
#[must_use]
pub fn progress(label: String, total: u64, bytes: bool, hidden: bool) -> ProgressBar {
    if hidden || !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let template = if bytes {
        "{prefix} {wide_bar} {bytes}/{total_bytes} {eta}"
    } else {
        "{prefix} {wide_bar} {pos}/{len}"
    };
    let bar = ProgressBar::new(total).with_prefix(label);
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// `1,5 MB`, in the language's way.
#[must_use]
pub fn size(bytes: u64) -> String {
    let (unit, factor) = match bytes {
        0..1_000 => return format!("{bytes} B"),
        1_000..1_000_000 => ("kB", 1_000),
        1_000_000..1_000_000_000 => ("MB", 1_000_000),
        _ => ("GB", 1_000_000_000),
    };
    let tenths = bytes * 10 / factor;
    let point = match crate::texts::language() {
        crate::texts::Language::De => ',',
        crate::texts::Language::En => '.',
    };
    format!("{}{point}{} {unit}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    #[test]
    fn text_from_others_cannot_steer_the_terminal() {
        assert_eq!(super::safe("a\u{1b}[2Jb\r\nc"), "a\u{fffd}[2Jb\u{fffd}\nc");
        assert_eq!(super::safe_line("a\nb"), "a b");
    }
}
