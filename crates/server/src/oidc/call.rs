// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! One question to a provider, one JSON in answer. No redirects, no cookies, no proxies, and no more of the answer than a
//! provider has to say.

use std::error::Error as _;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::header::{ACCEPT, AUTHORIZATION, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderValue};
use hyper::{Method, Request, StatusCode};
use serde_json::Value;

use crate::push::address::{self, Reach};
use crate::push::dial::{DialError, Dialer};

/// So much of an answer is read.
const MAX_ANSWER: usize = 512 * 1024;
const PATIENCE: Duration = Duration::from_secs(15);

/// Why there is no answer. The words go to the log and to the owner who tries the settings.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoAnswer {
    #[error("the address may not be called: {0}")]
    Address(String),
    #[error("the certificate is not believed: {0}")]
    Certificate(String),
    #[error("not reached: {0}")]
    Unreachable(String),
    #[error("no answer in time")]
    TooLong,
    #[error("the answer is HTTP {0}")]
    Status(u16),
    #[error("the answer is no JSON, or too long")]
    NoJson,
}

impl From<DialError> for NoAnswer {
    fn from(error: DialError) -> Self {
        match error {
            DialError::TooLong => Self::TooLong,
            DialError::Io(error) => match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
                Some(tls) => Self::Certificate(tls.to_string()),
                None => Self::Unreachable(error.to_string()),
            },
            DialError::NoAddress => Self::Unreachable(error.to_string()),
            DialError::Hyper(error) => error.into(),
        }
    }
}

impl From<hyper::Error> for NoAnswer {
    fn from(error: hyper::Error) -> Self {
        match error.source() {
            Some(source) => Self::Unreachable(format!("{error}: {source}")),
            None => Self::Unreachable(error.to_string()),
        }
    }
}

/// What is asked.
pub struct Question<'a> {
    pub address: &'a str,
    /// Fields of a form; without one it is a `GET`.
    pub form: Option<String>,
    /// The header of that name.
    pub authorization: Option<String>,
}

impl<'a> Question<'a> {
    pub const fn get(address: &'a str) -> Self {
        Self {
            address,
            form: None,
            authorization: None,
        }
    }
}

/// Asks, and reads the answer whatever its status.
pub async fn ask(dialer: &Dialer, question: Question<'_>) -> Result<(StatusCode, Value), NoAnswer> {
    tokio::time::timeout(PATIENCE, asked(dialer, question))
        .await
        .map_err(|_| NoAnswer::TooLong)?
}

/// The same; what is no success is no answer.
pub async fn get(dialer: &Dialer, address: &str) -> Result<Value, NoAnswer> {
    match ask(dialer, Question::get(address)).await? {
        (status, value) if status.is_success() => match value {
            Value::Null => Err(NoAnswer::NoJson),
            value => Ok(value),
        },
        (status, _) => Err(NoAnswer::Status(status.as_u16())),
    }
}

async fn asked(dialer: &Dialer, question: Question<'_>) -> Result<(StatusCode, Value), NoAnswer> {
    let bad = || NoAnswer::Address(question.address.to_owned());
    let target = address::check(question.address, Reach::Named).ok_or_else(bad)?;
    let mut connection = dialer.dial::<Full<Bytes>>(&target).await?;
    let body = Bytes::from(question.form.clone().unwrap_or_default());
    let length = body.len();
    let mut request = Request::new(Full::new(body));
    *request.uri_mut() = target.path.parse().map_err(|_| bad())?;
    let headers = request.headers_mut();
    headers.insert(HOST, HeaderValue::from_str(&target.authority()).map_err(|_| bad())?);
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    headers.insert(CONNECTION, HeaderValue::from_static("close"));
    if question.form.is_some() {
        let form = HeaderValue::from_static("application/x-www-form-urlencoded");
        headers.insert(CONTENT_TYPE, form);
        headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    }
    if let Some(text) = &question.authorization {
        let mut value = HeaderValue::from_str(text).map_err(|_| bad())?;
        value.set_sensitive(true);
        headers.insert(AUTHORIZATION, value);
    }
    if question.form.is_some() {
        *request.method_mut() = Method::POST;
    }
    connection.ready().await?;
    let answer = connection.send_request(request).await?;
    let status = answer.status();
    let read = Limited::new(answer.into_body(), MAX_ANSWER).collect().await;
    let bytes = read.map_err(|_| NoAnswer::NoJson)?.to_bytes();
    Ok((status, serde_json::from_slice(&bytes).unwrap_or(Value::Null)))
}
