// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The full-text search. Every word of the query has to be in the message, at least as a word's beginning; case and
//! accents do not matter, and `ss` finds `ß` and the other way round. The newest hits come first.

use melder_protocol::{AccountId, GroupId};
use rusqlite::{Connection, params};

use super::item::{COLUMNS, Stored};
use super::view;
use crate::api::SearchHit;
use crate::error::EngineError;

/// Words of a query that count, and bytes of each.
const MAX_WORDS: usize = 16;
const MAX_WORD: usize = 64;
const MAX_HITS: u32 = 500;

pub(crate) fn search(
    connection: &Connection,
    own: AccountId,
    query: &str,
    group: Option<GroupId>,
    limit: u32,
) -> Result<Vec<SearchHit>, EngineError> {
    let Some(expression) = expression(query) else {
        return Ok(Vec::new());
    };
    // Snippets are only made of what is shown; and the hits come in the order of the index, without sorting them all.
    let found: Vec<(Stored, String)> = connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS}, hit.snippet FROM (
               SELECT rowid AS row, snippet(fts, 0, '⟦', '⟧', '…', 16) AS snippet FROM fts
               WHERE fts MATCH ?1 AND (?3 IS NULL OR rowid IN (SELECT id FROM messages WHERE grp = ?3))
               ORDER BY rowid DESC LIMIT ?2
             ) AS hit CROSS JOIN messages AS m ON m.id = hit.row ORDER BY m.id DESC"
        ))?
        .query_map(
            params![expression, limit.min(MAX_HITS), group.as_ref().map(GroupId::as_bytes)],
            |row| Ok((Stored::read(row)?, row.get("snippet")?)),
        )?
        .collect::<Result<_, _>>()?;
    found
        .into_iter()
        .map(|(stored, snippet)| {
            Ok(SearchHit {
                message: view::view(connection, own, &stored)?,
                snippet,
            })
        })
        .collect()
}

/// An expression of FTS5, in which nothing of the query is syntax; `None` if there is nothing to look for.
fn expression(query: &str) -> Option<String> {
    let words: Vec<String> = query
        .split_whitespace()
        .map(|word| word.replace(['"', '\0'], "").to_lowercase())
        .filter(|word| word.len() <= MAX_WORD && word.chars().any(char::is_alphanumeric))
        .take(MAX_WORDS)
        .map(|word| {
            let other = if word.contains('ß') {
                word.replace('ß', "ss")
            } else {
                word.replace("ss", "ß")
            };
            if other == word {
                format!("\"{word}\"*")
            } else {
                format!("(\"{word}\"* OR \"{other}\"*)")
            }
        })
        .collect();
    if words.is_empty() {
        None
    } else {
        Some(words.join(" AND "))
    }
}

#[cfg(test)]
mod tests {
    use super::expression;

    #[test]
    fn a_query_is_words_and_never_syntax() {
        assert_eq!(
            expression("Straße 12"),
            Some("(\"straße\"* OR \"strasse\"*) AND \"12\"*".to_owned())
        );
        assert_eq!(
            expression("NOT \"x\" OR* ("),
            Some("\"not\"* AND \"x\"* AND \"or*\"*".to_owned())
        );
        assert_eq!(expression(" -- \"\" "), None);
    }
}
