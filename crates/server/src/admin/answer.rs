// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What goes back: JSON, entity tags, and errors with a stable code, words, and where the mistake is.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use melder_protocol::{ErrorCode, Refusal};
use serde::Serialize;
use utoipa::ToSchema;

use crate::directory::REVISION;
use crate::directory::problem::Problem;

/// A place in a table that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BadRow {
    /// The line in the file; 1 is the header.
    pub line: u64,
    /// The column's name, or its number when it has none; empty when the whole line is meant.
    pub column: String,
    pub reason: String,
}

impl From<crate::directory::problem::BadRow> for BadRow {
    fn from(row: crate::directory::problem::BadRow) -> Self {
        Self {
            line: row.line,
            column: row.column,
            reason: row.reason,
        }
    }
}

/// The body of every answer that is not a success.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ErrorBody {
    /// Stable, for programs: see docs/errors.md.
    #[schema(example = "invalid_field")]
    pub code: &'static str,
    /// For the person who develops or administers, in English.
    pub message: String,
    /// The field of the request that is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub field: Option<&'static str>,
    /// Every bad place of an imported table.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub rows: Vec<BadRow>,
}

/// A failure on its way out.
#[derive(Debug)]
pub struct Failure(pub Problem);

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self(refusal.into())
    }
}

impl From<ErrorCode> for Failure {
    fn from(code: ErrorCode) -> Self {
        Self(code.into())
    }
}

pub(super) fn status(problem: &Problem) -> StatusCode {
    match problem.code {
        ErrorCode::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        ErrorCode::Unauthorized | ErrorCode::PasskeyRefused => StatusCode::UNAUTHORIZED,
        ErrorCode::BadOrigin | ErrorCode::Forbidden | ErrorCode::NotAllowed | ErrorCode::ForbiddenByPolicy => {
            StatusCode::FORBIDDEN
        }
        ErrorCode::NotFound | ErrorCode::UnknownAccount | ErrorCode::UnknownGroup | ErrorCode::InvitationUnknown => {
            StatusCode::NOT_FOUND
        }
        ErrorCode::Conflict if problem.field == Some(REVISION) => StatusCode::PRECONDITION_FAILED,
        ErrorCode::DirectoryUnreachable | ErrorCode::DirectoryRefused | ErrorCode::DirectoryIncomplete => {
            StatusCode::BAD_GATEWAY
        }
        ErrorCode::PlanChanged | ErrorCode::DirectoryBusy => StatusCode::CONFLICT,
        ErrorCode::Conflict | ErrorCode::GroupClosed | ErrorCode::GroupExists => StatusCode::CONFLICT,
        ErrorCode::InvalidField | ErrorCode::InvalidName | ErrorCode::InvalidCsv | ErrorCode::LimitReached => {
            StatusCode::UNPROCESSABLE_ENTITY
        }
        ErrorCode::SetupDone => StatusCode::GONE,
        ErrorCode::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        ErrorCode::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        ErrorCode::StorageFull => StatusCode::INSUFFICIENT_STORAGE,
        ErrorCode::ShuttingDown => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::BAD_REQUEST,
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let status = status(&self.0);
        let Problem {
            code,
            message,
            field,
            rows,
        } = self.0;
        let rows = rows.into_iter().map(BadRow::from).collect();
        let body = Json(ErrorBody {
            code: code.code(),
            message,
            field,
            rows,
        });
        if status == StatusCode::UNAUTHORIZED {
            return (status, [(header::WWW_AUTHENTICATE, "Bearer")], body).into_response();
        }
        (status, body).into_response()
    }
}

pub type Answer<T> = Result<T, Failure>;

/// A thing with its revision as the entity tag.
#[derive(Debug)]
pub struct Tagged<T> {
    pub status: StatusCode,
    pub revision: u32,
    pub body: T,
}

impl<T> Tagged<T> {
    pub const fn new(revision: u32, body: T) -> Self {
        Self {
            status: StatusCode::OK,
            revision,
            body,
        }
    }

    pub const fn created(revision: u32, body: T) -> Self {
        Self {
            status: StatusCode::CREATED,
            revision,
            body,
        }
    }
}

impl<T: Serialize> IntoResponse for Tagged<T> {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.body)).into_response();
        if let Ok(tag) = HeaderValue::try_from(format!("\"{}\"", self.revision)) {
            response.headers_mut().insert(header::ETAG, tag);
        }
        response
    }
}

/// Made, without a revision of its own.
#[derive(Debug)]
pub struct Created<T>(pub T);

impl<T: Serialize> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        (StatusCode::CREATED, Json(self.0)).into_response()
    }
}
