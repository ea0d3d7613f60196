// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What an administrator hears when something can't be done: a stable code, words, the field, the rows.

use melder_protocol::{ErrorCode, Refusal};

use crate::store::StoreError;

/// A bad place in a CSV.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadRow {
    /// 1 is the header.
    pub line: u64,
    /// The column's name, or its number when it has none.
    pub column: String,
    pub reason: String,
}

/// A typed "no" with words for the person at the desk. Unlike a [`Refusal`] it never goes to a device.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {message}", code.code())]
pub struct Problem {
    pub code: ErrorCode,
    pub message: String,
    /// The field of the body that is wrong.
    pub field: Option<&'static str>,
    pub rows: Vec<BadRow>,
}

impl Problem {
    #[must_use]
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            field: None,
            rows: Vec::new(),
        }
    }

    /// A field that can't have this value.
    #[must_use]
    pub fn field(field: &'static str, message: impl Into<String>) -> Self {
        Self {
            field: Some(field),
            ..Self::new(ErrorCode::InvalidField, message)
        }
    }

    #[must_use]
    pub fn at(mut self, field: &'static str) -> Self {
        self.field = Some(field);
        self
    }

    /// Nothing of this kind in the caller's organisation.
    #[must_use]
    pub fn missing(what: &str) -> Self {
        Self::new(ErrorCode::NotFound, format!("there is no such {what}"))
    }

    #[must_use]
    pub fn conflict(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::Conflict, message)
    }

    #[must_use]
    pub fn limit(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::LimitReached, message)
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        // The words may hold a name that was sent in, and a refusal must not.
        Self::new(problem.code)
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let message = refusal.hint.unwrap_or_else(|| refusal.code.meaning().trim().to_owned());
        Self::new(refusal.code, message)
    }
}

impl From<ErrorCode> for Problem {
    fn from(code: ErrorCode) -> Self {
        Self::new(code, code.meaning().trim())
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        Refusal::from(error).into()
    }
}

pub type Outcome<T> = Result<T, Problem>;
