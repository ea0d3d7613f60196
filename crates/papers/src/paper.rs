// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A document as what it says, before it is a page of any kind.

use serde::Serialize;

use crate::Language;

/// A part of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "block", rename_all = "snake_case")]
pub enum Block {
    /// 2 is a chapter, 3 a part of one; 1 is the document's title.
    Heading {
        level: u8,
        text: String,
    },
    Text {
        text: String,
    },
    List {
        items: Vec<String>,
    },
    /// Names and what they are.
    Facts {
        rows: Vec<(String, String)>,
    },
    Table {
        head: Vec<String>,
        rows: Vec<Vec<String>>,
    },
}

impl Block {
    #[must_use]
    pub fn heading(level: u8, text: impl Into<String>) -> Self {
        Self::Heading {
            level,
            text: text.into(),
        }
    }

    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text { text: text.into() }
    }
}

/// A document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Paper {
    pub language: Language,
    pub title: String,
    /// Whose it is and of when.
    pub about: String,
    pub blocks: Vec<Block>,
}
