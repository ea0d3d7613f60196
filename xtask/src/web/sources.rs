// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What stands in the app's source between quotation marks: the names of classes and drawings that it uses.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::shell::Result;

/// What stands before a literal that is no drawing's name.
const NO_DRAWING: [&str; 8] = [
    "class=",
    "role=",
    "type=",
    "t!(",
    "matches!(",
    "(Some(",
    "get_context(",
    ".contains(",
];

/// All string literals of all sources.
#[derive(Debug, Default)]
pub struct Sources {
    /// Each literal, whole.
    pub literals: BTreeSet<String>,
    /// Each that stands where a drawing may be named: not as a class, a role, a text's id.
    pub named: BTreeSet<String>,
    /// What `<Icon name="…">` names, and where.
    pub icons: Vec<(String, String)>,
}

impl Sources {
    /// Reads every Rust file below these folders.
    pub fn read(folders: &[PathBuf]) -> Result<Self> {
        let mut sources = Self::default();
        for folder in folders {
            sources.walk(folder)?;
        }
        Ok(sources)
    }

    fn walk(&mut self, folder: &Path) -> Result {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                if path.file_name().is_none_or(|name| name != "node_modules") {
                    self.walk(&path)?;
                }
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                self.add(&path.display().to_string(), &super::read(&path)?);
            }
        }
        Ok(())
    }

    fn add(&mut self, file: &str, text: &str) {
        let mut after = String::new();
        for (code, literal) in pieces(text) {
            after.push_str(code);
            let in_icon = after.rfind("<Icon").is_some_and(|at| !after[at..].contains('>'));
            if in_icon && after.trim_end().ends_with("name=") {
                self.icons.push((literal.clone(), file.to_owned()));
            }
            if !NO_DRAWING.iter().any(|before| after.trim_end().ends_with(before)) {
                self.named.insert(literal.clone());
            }
            after.push_str("\"\"");
            self.literals.insert(literal);
        }
    }

    /// Every word of every literal: what may be a class.
    pub fn words(&self) -> BTreeSet<&str> {
        let words = self
            .literals
            .iter()
            .flat_map(|literal| literal.split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_'));
        words.collect()
    }
}

/// The code before each string literal, and the literal.
fn pieces(text: &str) -> Vec<(&str, String)> {
    let bytes = text.as_bytes();
    let (mut found, mut from, mut at) = (Vec::new(), 0, 0);
    while at < bytes.len() {
        match bytes[at] {
            b'/' if bytes.get(at + 1) == Some(&b'/') => {
                at = text[at..].find('\n').map_or(bytes.len(), |line| at + line);
                // A comment is no code.
                from = at;
            }
            // A quotation mark as a character is none.
            b'\'' if text[at..].starts_with("'\"'") => at += 3,
            b'\'' if text[at..].starts_with("'\\\"'") => at += 4,
            b'r' if is_raw(bytes, at) => {
                let hashes = bytes[at + 1..].iter().take_while(|byte| **byte == b'#').count();
                let start = at + 2 + hashes;
                let close = format!("\"{}", "#".repeat(hashes));
                let end = text[start..].find(&close).map_or(bytes.len(), |end| start + end);
                found.push((&text[from..at], text[start..end].to_owned()));
                at = (end + close.len()).min(bytes.len());
                from = at;
            }
            b'"' => {
                let end = end_of_literal(bytes, at + 1);
                found.push((&text[from..at], text[at + 1..end].to_owned()));
                at = (end + 1).min(bytes.len());
                from = at;
            }
            _ => at += 1,
        }
    }
    found
}

/// Does a raw string begin here?
fn is_raw(bytes: &[u8], at: usize) -> bool {
    let fresh = at == 0 || !(bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] == b'_');
    let mut rest = bytes[at + 1..].iter().skip_while(|byte| **byte == b'#');
    fresh && rest.next() == Some(&b'"')
}

fn end_of_literal(bytes: &[u8], mut at: usize) -> usize {
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => return at,
            _ => at += 1,
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::Sources;

    fn read(text: &str) -> Sources {
        let mut sources = Sources::default();
        sources.add("x.rs", text);
        sources
    }

    #[test]
    fn literals_are_found_and_comments_are_not() {
        let sources = read("let a = \"one\"; // \"two\"\nlet b = '\"'; let c = r#\"th\"ree\"#; let d = \"fo\\\"ur\";");
        let found: Vec<&str> = sources.literals.iter().map(String::as_str).collect();
        assert_eq!(found, ["fo\\\"ur", "one", "th\"ree"]);
    }

    #[test]
    fn an_icons_name_is_known_from_an_inputs() {
        let sources =
            read("view! { <input name=\"pin\" /> <Icon name=\"chat\" class=\"big\" /> <b class=\"x\">{y}</b> }");
        let icons: Vec<&str> = sources.icons.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(icons, ["chat"]);
    }

    #[test]
    fn classes_are_words_within_literals() {
        let sources = read("<b class=\"button button--main\">");
        assert!(sources.words().contains("button--main"));
    }
}
