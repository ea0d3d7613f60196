// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The accounts' CSV, from bytes to rows of text. As office programs write it: comma, semicolon or tab, with or
//! without a byte order mark, German or English headings. UTF-8 unless the caller says Windows-1252; text in the
//! wrong encoding is named as such, never guessed. Any bytes give rows or bad rows.

use super::problem::BadRow;

/// Rows of one import.
pub const MAX_ROWS: usize = 10_000;

/// How the bytes are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Encoding {
    #[default]
    Utf8,
    Windows1252,
}

/// A column that an import knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    Name,
    Unit,
    Function,
    Kind,
    Ends,
    Groups,
}

impl Column {
    const ALL: [Self; 6] = [
        Self::Name,
        Self::Unit,
        Self::Function,
        Self::Kind,
        Self::Ends,
        Self::Groups,
    ];

    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Unit => "unit",
            Self::Function => "function",
            Self::Kind => "kind",
            Self::Ends => "ends",
            Self::Groups => "groups",
        }
    }

    const fn german(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Unit => "dienststelle",
            Self::Function => "funktion",
            Self::Kind => "art",
            Self::Ends => "ende",
            Self::Groups => "gruppen",
        }
    }

    fn from_heading(heading: &str) -> Option<Self> {
        let heading = heading.trim().to_lowercase();
        Self::ALL
            .into_iter()
            .find(|column| heading == column.name() || heading == column.german())
    }
}

/// One row of text, trimmed; a missing column is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    pub line: u64,
    pub name: String,
    pub unit: String,
    pub function: String,
    pub kind: String,
    pub ends: String,
    pub groups: String,
}

impl Row {
    const fn cell(&mut self, column: Column) -> &mut String {
        match column {
            Column::Name => &mut self.name,
            Column::Unit => &mut self.unit,
            Column::Function => &mut self.function,
            Column::Kind => &mut self.kind,
            Column::Ends => &mut self.ends,
            Column::Groups => &mut self.groups,
        }
    }
}

fn bad(line: u64, column: impl Into<String>, reason: impl Into<String>) -> BadRow {
    BadRow {
        line,
        column: column.into(),
        reason: reason.into(),
    }
}

/// What Windows-1252 has in 0x80–0x9F; the rest is Latin-1.
const WINDOWS: [char; 32] = [
    '€', '\u{fffd}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{fffd}', 'Ž', '\u{fffd}', '\u{fffd}',
    '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{fffd}', 'ž', 'Ÿ',
];

fn decode(bytes: &[u8], encoding: Encoding) -> Result<String, BadRow> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) || bytes.iter().take(200).any(|b| *b == 0) {
        return Err(bad(1, "", "this is UTF-16 or no text: save the table as \"CSV UTF-8\""));
    }
    match encoding {
        Encoding::Windows1252 => Ok(bytes
            .iter()
            .map(|byte| match byte {
                0x80..=0x9f => WINDOWS[usize::from(byte - 0x80)],
                other => char::from(*other),
            })
            .collect()),
        Encoding::Utf8 => {
            let text = bytes.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(bytes);
            std::str::from_utf8(text).map(str::to_owned).map_err(|error| {
                let line = text
                    .iter()
                    .take(error.valid_up_to())
                    .filter(|byte| **byte == b'\n')
                    .count() as u64
                    + 1;
                bad(
                    line,
                    "",
                    "this is not UTF-8, probably Windows-1252 (\"ANSI\"): save the table as \"CSV UTF-8\", or say that \
                     the encoding is windows-1252",
                )
            })
        }
    }
}

/// The delimiter that occurs most in the first line, outside quotes.
fn delimiter(text: &str) -> u8 {
    let mut counts = [(b';', 0_u32), (b',', 0), (b'\t', 0)];
    let mut quoted = false;
    for byte in text.bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted => break,
            _ if !quoted => {
                if let Some((_, count)) = counts.iter_mut().find(|(delimiter, _)| *delimiter == byte) {
                    *count += 1;
                }
            }
            _ => {}
        }
    }
    counts
        .iter()
        .rev()
        .max_by_key(|(_, count)| *count)
        .map_or(b',', |(delimiter, _)| *delimiter)
}

/// The line of a quotation mark that is never closed.
fn unclosed(text: &str, delimiter: u8) -> Option<u64> {
    let (mut line, mut open, mut begins) = (1, None, true);
    let mut bytes = text.bytes().peekable();
    while let Some(byte) = bytes.next() {
        match (byte, open) {
            (b'"', None) if begins => open = Some(line),
            // Two of them are one that stands in the text.
            (b'"', Some(_)) if bytes.next_if_eq(&b'"').is_none() => open = None,
            _ => {}
        }
        let ends = byte == b'\n' || (byte == b'\r' && bytes.peek() != Some(&b'\n'));
        begins = open.is_none() && (ends || byte == delimiter);
        line += u64::from(ends);
    }
    open
}

fn headings(record: &csv::StringRecord) -> Result<Vec<Column>, Vec<BadRow>> {
    let mut columns = Vec::new();
    let mut wrong = Vec::new();
    for heading in record {
        match Column::from_heading(heading) {
            None => wrong.push(bad(
                1,
                heading.trim(),
                "unknown column: there are name, unit, function, kind, ends, groups",
            )),
            Some(column) if columns.contains(&column) => wrong.push(bad(1, column.name(), "the column is there twice")),
            Some(column) => columns.push(column),
        }
    }
    if !columns.contains(&Column::Name) {
        wrong.push(bad(
            1,
            "name",
            "the column is missing: the first line must hold the columns' names",
        ));
    }
    if wrong.is_empty() { Ok(columns) } else { Err(wrong) }
}

/// Counts lines as an editor does. (The reader's own count is one short where lines end in CR LF.)
struct Lines<'t> {
    text: &'t [u8],
    byte: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line of the first text at or after `start`, which never goes back.
    fn at(&mut self, start: u64) -> u64 {
        let start = usize::try_from(start).unwrap_or(usize::MAX);
        while let Some(byte) = self.text.get(self.byte) {
            let ends = matches!(byte, b'\n' | b'\r');
            if self.byte >= start && !ends {
                break;
            }
            let pair = *byte == b'\r' && self.text.get(self.byte + 1) == Some(&b'\n');
            self.line += u64::from(ends && !pair);
            self.byte += 1;
        }
        self.line
    }
}

/// Reads the rows.
///
/// # Errors
/// Every place that is wrong in shape.
pub fn parse(bytes: &[u8], encoding: Encoding) -> Result<Vec<Row>, Vec<BadRow>> {
    let text = decode(bytes, encoding).map_err(|bad| vec![bad])?;
    let delimiter = delimiter(&text);
    if let Some(line) = unclosed(&text, delimiter) {
        let reason = "a quotation mark opens here and never closes: the file may have been cut off";
        return Err(vec![bad(line, "", reason)]);
    }
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut records = reader.records();
    let columns = match records.next() {
        None => return Err(vec![bad(1, "name", "the file is empty")]),
        Some(Ok(record)) => headings(&record)?,
        Some(Err(_)) => return Err(vec![bad(1, "", "the first line can't be read")]),
    };
    let mut rows = Vec::new();
    let mut wrong = Vec::new();
    let mut short = None;
    let mut lines = Lines {
        text: text.as_bytes(),
        byte: 0,
        line: 1,
    };
    for record in records {
        let Ok(record) = record else {
            wrong.push(bad(0, "", "a row can't be read"));
            continue;
        };
        let line = lines.at(record.position().map_or(0, csv::Position::byte));
        // A row of nothing but delimiters is how office programs write an empty one.
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        short = (record.len() < columns.len()).then_some(line);
        if rows.len() + wrong.len() >= MAX_ROWS {
            wrong.push(bad(line, "", "more than 10,000 rows: split the file"));
            break;
        }
        if record.len() > columns.len() && record.iter().skip(columns.len()).any(|cell| !cell.trim().is_empty()) {
            let column = (columns.len() + 1).to_string();
            wrong.push(bad(
                line,
                column,
                "more cells than columns: text with the delimiter in it must be in quotes",
            ));
            continue;
        }
        let mut row = Row { line, ..Row::default() };
        for (column, cell) in columns.iter().zip(record.iter()) {
            cell.trim().clone_into(row.cell(*column));
        }
        rows.push(row);
    }
    if let Some(line) = short.filter(|_| !text.ends_with(['\n', '\r'])) {
        let reason = "the last row has fewer cells than there are columns, and no end: the file may have been cut off";
        wrong.push(bad(line, "", reason));
    }
    if wrong.is_empty() { Ok(rows) } else { Err(wrong) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn names(bytes: &[u8]) -> Vec<String> {
        parse(bytes, Encoding::Utf8)
            .unwrap()
            .into_iter()
            .map(|row| row.name)
            .collect()
    }

    #[test]
    fn comma_semicolon_and_tab_are_understood_with_and_without_a_byte_order_mark() {
        for text in [
            "name,unit\nAda,A/B\n",
            "name;unit\r\nAda;A/B\r\n",
            "\u{feff}Name\tDienststelle\nAda\tA/B",
        ] {
            let rows = parse(text.as_bytes(), Encoding::Utf8).unwrap();
            assert_eq!(
                rows,
                [Row {
                    line: 2,
                    name: "Ada".into(),
                    unit: "A/B".into(),
                    ..Row::default()
                }],
                "{text}"
            );
        }
    }

    #[test]
    fn a_quoted_cell_may_hold_the_delimiter_and_a_line_break() {
        let rows = parse(b"name,function\n\"K\xc3\xb6nig, Ada\",\"a\nb\"\nBo,x\n", Encoding::Utf8).unwrap();
        assert_eq!(
            (rows[0].name.as_str(), rows[0].function.as_str()),
            ("König, Ada", "a\nb")
        );
        assert_eq!(rows[1].line, 4, "the line in the file, not the number of the row");
    }

    #[test]
    fn empty_rows_are_passed_over() {
        assert_eq!(names(b"name;unit\n\n;;\nAda;\n;\n"), ["Ada"]);
        let rows = parse(b"name\r\n\r\n\r\nAda\r\n\r\nBo\r\n", Encoding::Utf8).unwrap();
        assert_eq!(
            rows.iter().map(|row| row.line).collect::<Vec<_>>(),
            [4, 6],
            "their lines count all the same"
        );
    }

    #[test]
    fn windows_1252_is_named_and_read_when_asked_for() {
        let bytes = b"name;unit\nAda;X\nJ\xfcrgen \x84M\xfcller\x93;X\n";
        let wrong = parse(bytes, Encoding::Utf8).unwrap_err();
        assert_eq!(wrong[0].line, 3);
        assert!(wrong[0].reason.contains("Windows-1252"));
        assert_eq!(parse(bytes, Encoding::Windows1252).unwrap()[1].name, "Jürgen „Müller“");
        assert!(
            parse(b"\xff\xfen\0a\0", Encoding::Utf8).unwrap_err()[0]
                .reason
                .contains("UTF-16")
        );
    }

    #[test]
    fn every_wrong_heading_and_every_row_of_the_wrong_shape_is_named() {
        let wrong = parse(b"nme,unit,unit,shoe size\nAda\n", Encoding::Utf8).unwrap_err();
        let columns: Vec<&str> = wrong.iter().map(|bad| bad.column.as_str()).collect();
        assert_eq!(columns, ["nme", "unit", "shoe size", "name"]);
        let wrong = parse(b"name,unit\nAda,X,surplus\nBo,X\nCy,X,surplus\n", Encoding::Utf8).unwrap_err();
        assert_eq!(wrong.iter().map(|bad| bad.line).collect::<Vec<_>>(), [2, 4]);
    }

    #[test]
    fn half_a_table_is_no_table() {
        let whole = "name;unit;function\nAda;Hall;Warden\nBo;\"Hall/Team;\n \"\"A\"\"\";Clerk\nCy;;\n";
        assert_eq!(names(whole.as_bytes()), ["Ada", "Bo", "Cy"]);
        assert_eq!(names(b"name;unit\n5\" pipe;X\nAda;X"), ["5\" pipe", "Ada"]);
        assert_eq!(names(b"name;unit\nAda\nBo\n"), ["Ada", "Bo"], "short, but ended");
        let cut = |end: &str| {
            let at = whole.find(end).unwrap() + end.len();
            parse(&whole.as_bytes()[..at], Encoding::Utf8).unwrap_err()[0].line
        };
        assert_eq!(
            (cut("Bo;\"Hall"), cut("\n \"\"A"), cut("Ada;Ha"), cut("\nCy")),
            (3, 3, 2, 5)
        );
        let letter = "name\nJörg".as_bytes();
        let half = &letter[..letter.len() - 3];
        assert_eq!(
            parse(half, Encoding::Utf8).unwrap_err()[0].line,
            2,
            "in the middle of a letter"
        );
    }

    #[test]
    fn ten_thousand_rows_and_no_more() {
        let rows = |count: usize| format!("name\n{}", "Ada\n".repeat(count));
        assert_eq!(names(rows(10_000).as_bytes()).len(), 10_000);
        assert!(parse(rows(10_001).as_bytes(), Encoding::Utf8).is_err());
    }

    proptest! {
        #[test]
        fn any_bytes_give_rows_or_bad_rows(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            for encoding in [Encoding::Utf8, Encoding::Windows1252] {
                if let Err(wrong) = parse(&bytes, encoding) {
                    prop_assert!(!wrong.is_empty());
                }
            }
        }

        #[test]
        fn any_cells_come_back_as_they_were(cells in proptest::collection::vec("[^\u{0}\u{fffd}]{1,20}", 1..20)) {
            let mut writer = csv::WriterBuilder::new().delimiter(b';').from_writer(Vec::new());
            writer.write_record(["name", "unit"]).unwrap();
            for cell in &cells {
                writer.write_record([cell.as_str(), "X"]).unwrap();
            }
            let rows = parse(&writer.into_inner().unwrap(), Encoding::Utf8).unwrap();
            prop_assert_eq!(rows.iter().map(|row| row.name.as_str()).collect::<Vec<_>>(),
                cells.iter().map(|cell| cell.trim()).collect::<Vec<_>>());
        }
    }
}
