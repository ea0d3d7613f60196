// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What people get on paper: documents as PDF/UA-1 or HTML, invitation sheets, letters and posters.
//!
//! ```text
//! facts ─▶ Paper (headings, texts, lists, tables) ─┬▶ html ─▶ one page without scripts
//!          Invitation, Poster ─────────────────────┴▶ layout ─▶ pages of lines and boxes, and a tree of what they are ─▶ pdf
//! ```
//!
//! It knows nothing of the server: whoever calls it brings plain values. It keeps nothing and logs nothing, since what is
//! printed may hold an invitation's secret. Its words are in `locales/*/papers.ftl`.

mod flow;
mod fonts;
mod html;
mod layout;
mod paper;
mod pdf;
pub mod privacy;
mod sheets;
mod times;
mod words;

pub use html::html;
pub use paper::{Block, Paper};
pub use sheets::{Invitation, Poster, letters, poster, sheets};
pub use times::Clock;
pub use words::{Language, Value, Words};

/// Why there is no paper.
#[derive(Debug, thiserror::Error)]
pub enum PaperError {
    #[error("the typeface can't be read")]
    Typeface,
    #[error("a link does not fit into a QR code")]
    Code,
    #[error("a page has no size")]
    Page,
    #[error("the PDF can't be written: {0}")]
    Written(String),
}

/// A document as PDF/UA-1.
///
/// # Errors
/// When it can't be written.
pub fn pdf(paper: &Paper) -> Result<Vec<u8>, PaperError> {
    let mut layout = layout::Layout::new(paper.language)?;
    flow::paper(&mut layout, paper);
    pdf::written(layout, &paper.title)
}
