// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Which column of a file is which field, and the table that goes to the server. It is written anew from the cells, so that a cell can be
//! put right here, in front of the file.

use melder_kit::t;

use crate::accounts::csv::{Table, plain};
use crate::api::BadRow;

/// What a column can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    Skip,
    Name,
    FirstName,
    LastName,
    Unit,
    Function,
    Kind,
    Ends,
    Groups,
}

impl Field {
    pub const ALL: [Self; 9] = [
        Self::Skip,
        Self::Name,
        Self::FirstName,
        Self::LastName,
        Self::Unit,
        Self::Function,
        Self::Kind,
        Self::Ends,
        Self::Groups,
    ];

    pub const fn id(self) -> &'static str {
        match self {
            Self::Skip => "",
            Self::Name => "name",
            Self::FirstName => "first",
            Self::LastName => "last",
            Self::Unit => "unit",
            Self::Function => "function",
            Self::Kind => "kind",
            Self::Ends => "ends",
            Self::Groups => "groups",
        }
    }

    pub fn of(id: &str) -> Self {
        Self::ALL
            .into_iter()
            .find(|field| field.id() == id)
            .unwrap_or(Self::Skip)
    }

    pub fn word(self) -> String {
        match self {
            Self::Skip => t!("leit-import-skip"),
            Self::Name => t!("leit-column-name"),
            Self::FirstName => t!("leit-import-first"),
            Self::LastName => t!("leit-import-last"),
            Self::Unit => t!("leit-unit"),
            Self::Function => t!("leit-function"),
            Self::Kind => t!("leit-kind"),
            Self::Ends => t!("leit-ends"),
            Self::Groups => t!("leit-import-groups"),
        }
    }

    /// What a heading means, as far as it can be guessed.
    pub fn guess(heading: &str) -> Self {
        let heading: String = heading
            .to_lowercase()
            .chars()
            .filter(|letter| letter.is_alphanumeric())
            .collect();
        match heading.as_str() {
            "name" | "person" | "fullname" | "displayname" | "anzeigename" => Self::Name,
            "vorname" | "firstname" | "givenname" | "rufname" => Self::FirstName,
            "nachname" | "lastname" | "surname" | "familienname" | "zuname" => Self::LastName,
            "dienststelle" | "unit" | "abteilung" | "organisationseinheit" | "oe" | "department" | "amt" => Self::Unit,
            "funktion" | "function" | "rolle" | "role" | "aufgabe" | "titel" => Self::Function,
            "art" | "kind" | "kontoart" | "typ" => Self::Kind,
            "ende" | "ends" | "endet" | "bis" | "gültigbis" | "ablauf" => Self::Ends,
            "gruppen" | "gruppe" | "groups" | "group" | "einsatzort" => Self::Groups,
            _ => Self::Skip,
        }
    }
}

/// What the server's columns are called, in the order in which they are written.
const COLUMNS: [(&str, &[Field]); 6] = [
    ("name", &[Field::Name, Field::FirstName, Field::LastName]),
    ("unit", &[Field::Unit]),
    ("function", &[Field::Function]),
    ("kind", &[Field::Kind]),
    ("ends", &[Field::Ends]),
    ("groups", &[Field::Groups]),
];

/// The first guess for all columns; each field once.
pub fn guessed(table: &Table) -> Vec<Field> {
    let mut taken = Vec::new();
    let guesses = table.head.iter().map(|heading| {
        let field = Field::guess(heading);
        if taken.contains(&field) {
            return Field::Skip;
        }
        taken.push(field);
        field
    });
    guesses.collect()
}

pub fn names_somebody(fields: &[Field]) -> bool {
    fields.contains(&Field::Name) || fields.contains(&Field::LastName)
}

fn cell(row: &[String], fields: &[Field], wanted: Field) -> Option<String> {
    let at = fields.iter().position(|field| *field == wanted)?;
    Some(row.get(at).map(|cell| cell.trim().to_owned()).unwrap_or_default())
}

/// One value of a row, as the server is given it. `kind`: for rows without one.
fn value(row: &[String], fields: &[Field], of: &[Field], kind: &str) -> String {
    let parts: Vec<String> = of
        .iter()
        .filter_map(|field| cell(row, fields, *field))
        .filter(|part| !part.is_empty())
        .collect();
    match of {
        [Field::Kind] if parts.is_empty() => kind.to_owned(),
        _ => parts.join(" "),
    }
}

/// The table for the server: line 1 is its heading, row `n` of ours its line `n + 2`.
pub fn written(table: &Table, fields: &[Field], kind: &str) -> String {
    let mut out = COLUMNS.map(|(name, _)| name).join(";");
    out.push('\n');
    for (_, row) in &table.rows {
        let cells = COLUMNS.map(|(_, of)| plain(&value(row, fields, of, kind).replace(['\n', '\r'], " ")));
        out.push_str(&cells.join(";"));
        out.push('\n');
    }
    out
}

/// Where a bad place is in our table: the row, and the column whose cell can be put right.
pub fn place(bad: &BadRow, fields: &[Field]) -> Option<(usize, Option<usize>)> {
    let row = usize::try_from(bad.line).ok()?.checked_sub(2)?;
    let of = COLUMNS
        .iter()
        .find(|(name, _)| *name == bad.column)
        .map(|(_, of)| *of)?;
    // Of first and last name, the last.
    let column = of
        .iter()
        .rev()
        .find_map(|wanted| fields.iter().position(|field| field == wanted));
    Some((row, column))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::csv::parse;

    #[test]
    fn first_and_last_name_become_one() {
        let table =
            parse("VORNAME;NACHNAME;Einsatzort;Telefon;Ende\nNadia;Rossi;Halle A;089;10.6.2029").expect("a table");
        let fields = guessed(&table);
        assert_eq!(
            fields,
            [
                Field::FirstName,
                Field::LastName,
                Field::Groups,
                Field::Skip,
                Field::Ends
            ]
        );
        assert_eq!(
            written(&table, &fields, "guest"),
            "name;unit;function;kind;ends;groups\nNadia Rossi;;;guest;10.6.2029;Halle A\n"
        );
    }

    #[test]
    fn a_bad_place_is_found_again() {
        let fields = [Field::FirstName, Field::LastName, Field::Unit];
        let bad = |line, column: &str| BadRow {
            line,
            column: column.into(),
            reason: String::new(),
        };
        assert_eq!(place(&bad(3, "unit"), &fields), Some((1, Some(2))));
        assert_eq!(place(&bad(2, "name"), &fields), Some((0, Some(1))));
        assert_eq!(place(&bad(2, "ends"), &fields), Some((0, None)));
        assert_eq!(place(&bad(1, "name"), &fields), None);
    }
}
