// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Tables as files: which encoding, which separator, which cells; and back into a file.

use js_sys::Uint8Array;
use web_sys::{TextDecoder, TextDecoderOptions};

/// A table as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    pub head: Vec<String>,
    /// The line of the file where each row begins, and its cells.
    pub rows: Vec<(u32, Vec<String>)>,
    pub separator: char,
}

/// The text of a file: UTF-8 with or without a byte order mark, UTF-16 with one, or else Windows-1252. Second: the name for people.
pub fn decoded(bytes: &[u8]) -> (String, &'static str) {
    let label = match bytes {
        [0xFF, 0xFE, ..] => "utf-16le",
        [0xFE, 0xFF, ..] => "utf-16be",
        _ => "utf-8",
    };
    let strict = TextDecoderOptions::new();
    strict.set_fatal(true);
    let array = Uint8Array::from(bytes);
    let read = |label: &str, strict: Option<&TextDecoderOptions>| {
        let decoder = match strict {
            Some(strict) => TextDecoder::new_with_label_and_options(label, strict),
            None => TextDecoder::new_with_label(label),
        };
        decoder.ok()?.decode_with_buffer_source(&array).ok()
    };
    if let Some(text) = read(label, Some(&strict)) {
        let name = match label {
            "utf-8" => "UTF-8",
            _ => "UTF-16",
        };
        return (text, name);
    }
    (read("windows-1252", None).unwrap_or_default(), "Windows-1252")
}

/// The separator that the first line has most of.
fn separator(text: &str) -> char {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let count = |separator: char| first.matches(separator).count();
    [';', '\t', ',']
        .into_iter()
        .rev()
        .max_by_key(|separator| count(*separator))
        .unwrap_or(';')
}

/// Reads a table; empty lines are none. Nothing if there is no line at all.
pub fn parse(text: &str) -> Option<Table> {
    let text = text.trim_start_matches('\u{feff}');
    let separator = separator(text);
    let mut lines = records(text, separator).into_iter();
    let (_, head) = lines.next()?;
    Some(Table {
        head: head.into_iter().map(|cell| cell.trim().to_owned()).collect(),
        rows: lines.collect(),
        separator,
    })
}

fn records(text: &str, separator: char) -> Vec<(u32, Vec<String>)> {
    let (mut found, mut cells, mut cell) = (Vec::new(), Vec::new(), String::new());
    let (mut line, mut begun, mut quoted) = (1u32, 1u32, false);
    let mut letters = text.chars().peekable();
    let mut end = |cells: &mut Vec<String>, cell: &mut String, begun: u32| {
        cells.push(std::mem::take(cell));
        let row = std::mem::take(cells);
        if row.iter().any(|cell| !cell.trim().is_empty()) {
            found.push((begun, row));
        }
    };
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                cell.push('"');
            }
            '"' if quoted => quoted = false,
            '"' if cell.trim().is_empty() => {
                cell.clear();
                quoted = true;
            }
            '\r' if !quoted => {
                if letters.peek() != Some(&'\n') {
                    end(&mut cells, &mut cell, begun);
                    line += 1;
                    begun = line;
                }
            }
            '\n' if !quoted => {
                end(&mut cells, &mut cell, begun);
                line += 1;
                begun = line;
            }
            other if other == separator && !quoted => cells.push(std::mem::take(&mut cell)),
            other => {
                if other == '\n' {
                    line += 1;
                }
                cell.push(other);
            }
        }
    }
    end(&mut cells, &mut cell, begun);
    found
}

/// A row of a file, with semicolons.
pub fn row<'c>(cells: impl IntoIterator<Item = &'c str>) -> String {
    let cells = cells.into_iter().map(|cell| {
        // What a spreadsheet would take for a formula stays a text.
        let cell = if cell.starts_with(['=', '+', '-', '@']) {
            format!("'{cell}")
        } else {
            cell.to_owned()
        };
        plain(&cell)
    });
    cells.collect::<Vec<_>>().join(";") + "\r\n"
}

/// A cell as it is, for the server: between quotation marks where it must be.
pub fn plain(cell: &str) -> String {
    if cell.contains([';', '"', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_may_hold_separators_quotes_and_line_breaks() {
        let table =
            parse("Name;Ort\r\n\"Huber; Anna\";\"Halle \"\"A\"\"\"\n\n\"zwei\nZeilen\";x\nletzte").expect("a table");
        assert_eq!(table.separator, ';');
        assert_eq!(table.head, ["Name", "Ort"]);
        assert_eq!(table.rows[0], (2, vec!["Huber; Anna".into(), "Halle \"A\"".into()]));
        assert_eq!(table.rows[1], (4, vec!["zwei\nZeilen".into(), "x".into()]));
        assert_eq!(table.rows[2], (6, vec!["letzte".into()]));
    }

    #[test]
    fn the_separator_is_what_the_first_line_has() {
        assert_eq!(parse("a,b,c\n1;2,3,4").map(|table| table.separator), Some(','));
        assert_eq!(parse("a\tb\n").map(|table| table.separator), Some('\t'));
        assert_eq!(
            parse("\u{feff}name\nx").map(|table| table.head),
            Some(vec!["name".into()])
        );
        assert_eq!(parse(""), None);
    }

    #[test]
    fn a_formula_is_no_formula_in_a_spreadsheet() {
        assert_eq!(row(["=1+1", "a;b"]), "'=1+1;\"a;b\"\r\n");
        assert_eq!(plain("=1"), "=1");
    }
}
