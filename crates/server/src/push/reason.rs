// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! `GET /v1/push`: what the last push was for. The service worker shows the ticket that its device made, and learns one
//! word: `message`, `alarm` or `test`. After `message` come the chats, a line each, so that the device can keep those
//! quiet that are muted on it: which ones are, the server does not know.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use data_encoding::BASE64URL_NOPAD;
use melder_protocol::{ErrorCode, Hash};
use sha2::{Digest as _, Sha256};

use crate::stream::Handle;

/// Where it is asked.
pub const PATH: &str = "/v1/push";
/// Bytes of a ticket.
const TICKET: usize = 32;

fn ticket(headers: &HeaderMap) -> Option<Hash> {
    let shown = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let secret = BASE64URL_NOPAD.decode(shown.strip_prefix("Bearer ")?.as_bytes()).ok()?;
    (secret.len() == TICKET).then(|| Hash::from_bytes(Sha256::digest(&secret).into()))
}

pub(crate) async fn answer(State(handle): State<Handle>, headers: HeaderMap) -> Response {
    let Some(ticket) = ticket(&headers) else {
        return StatusCode::UNAUTHORIZED.into_response();
    };
    match handle.call(move |work| work.push_reason(&ticket)).await {
        Ok((reason, groups)) => {
            let mut told = reason.word().to_owned();
            for group in groups {
                told.push('\n');
                told.push_str(&group.to_string());
            }
            ([(header::CACHE_CONTROL, "no-store")], told).into_response()
        }
        Err(refusal) if refusal.code == ErrorCode::NotFound => StatusCode::NOT_FOUND.into_response(),
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}
