// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The HTTP side: one request, one answer, errors with the server's code.

use std::time::Duration;

use melder_protocol::ErrorCode;
use serde_json::Value;
use ureq::Agent;
use ureq::http::Request;

use crate::error::{CliError, Local};
use crate::t;

/// The largest answer: 10,000 invitations.
const MOST: u64 = 64 * 1024 * 1024;
const PAGE: &str = "1000";

/// A server and the token for it.
pub(crate) struct Api {
    agent: Agent,
    server: String,
    token: Option<String>,
}

/// A bad place in a table, or in a request.
#[derive(Debug, serde::Deserialize)]
struct BadRow {
    line: u64,
    column: String,
    reason: String,
}

#[derive(Debug, serde::Deserialize)]
struct Failure {
    code: ErrorCode,
    message: String,
    #[serde(default)]
    field: Option<String>,
    #[serde(default)]
    rows: Vec<BadRow>,
}

impl Api {
    pub fn new(server: &str, token: Option<String>, timeout: u64) -> Result<Self, CliError> {
        let tls = tls()?;
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_connect(Some(Duration::from_secs(timeout)))
            // An import of 10,000 accounts takes its time.
            .timeout_global(Some(Duration::from_secs(timeout.max(300))))
            .max_redirects(0)
            .user_agent(concat!("melder/", env!("CARGO_PKG_VERSION")))
            .tls_config(tls)
            .build();
        Ok(Self {
            agent: Agent::new_with_config(config),
            server: server.trim_end_matches('/').to_owned(),
            token,
        })
    }

    pub fn server(&self) -> &str {
        &self.server
    }

    pub fn get(&self, path: &str) -> Result<Value, CliError> {
        self.call("GET", path, None)
    }

    pub fn post(&self, path: &str, body: &Value) -> Result<Value, CliError> {
        self.call("POST", path, Some((body.to_string().into_bytes(), "application/json")))
    }

    pub fn patch(&self, path: &str, body: &Value) -> Result<Value, CliError> {
        self.call("PATCH", path, Some((body.to_string().into_bytes(), "application/json")))
    }

    pub fn put(&self, path: &str, body: &Value) -> Result<Value, CliError> {
        self.call("PUT", path, Some((body.to_string().into_bytes(), "application/json")))
    }

    pub fn delete(&self, path: &str) -> Result<Value, CliError> {
        self.call("DELETE", path, None)
    }

    pub fn upload(&self, path: &str, bytes: Vec<u8>) -> Result<Value, CliError> {
        self.call("POST", path, Some((bytes, "text/csv")))
    }

    /// All parts of a list.
    pub fn list(&self, path: &str, query: &[(&str, String)]) -> Result<Vec<Value>, CliError> {
        let mut items = Vec::new();
        let mut after: Option<String> = None;
        // Some lists have no parts, and don't take these.
        let paged = path != "/v1/admin/units" && !path.ends_with("/devices");
        loop {
            let mut query = query.to_vec();
            if paged {
                query.push(("limit", PAGE.to_owned()));
            }
            if let Some(after) = &after {
                query.push(("after", after.clone()));
            }
            match self.get(&with_query(path, &query))? {
                Value::Array(all) => return Ok(all),
                mut answer => {
                    if let Some(Value::Array(part)) = answer.get_mut("items").map(Value::take) {
                        items.extend(part);
                    }
                    match answer.get("next").and_then(Value::as_str) {
                        Some(next) => after = Some(next.to_owned()),
                        None => return Ok(items),
                    }
                }
            }
        }
    }

    fn call(&self, method: &str, path: &str, body: Option<(Vec<u8>, &str)>) -> Result<Value, CliError> {
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.server));
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let answer = match body {
            Some((bytes, kind)) => {
                let request = request
                    .header("content-type", kind)
                    .body(bytes)
                    .map_err(CliError::other)?;
                self.agent.run(request)
            }
            None => self.agent.run(request.body(()).map_err(CliError::other)?),
        };
        let mut answer = answer.map_err(|error| self.unreachable(&error))?;
        let status = answer.status();
        let text = answer
            .body_mut()
            .with_config()
            .limit(MOST)
            .read_to_string()
            .map_err(|error| self.unreachable(&error))?;
        if status.is_success() {
            if text.is_empty() {
                return Ok(Value::Null);
            }
            return serde_json::from_str(&text).map_err(|_| self.not_melder());
        }
        let failure: Failure = serde_json::from_str(&text).map_err(|_| self.not_melder())?;
        let mut error = CliError::refused(failure.code);
        if let Some(field) = failure.field {
            error = error.line(t!("admin-field", field = field, message = failure.message));
        } else if !failure.message.is_empty()
            && failure.rows.is_empty()
            && failure.message != failure.code.meaning().trim()
        {
            error = error.line(failure.message);
        }
        Err(failure.rows.iter().fold(error, |error, row| error.line(bad_row(row))))
    }

    fn unreachable(&self, error: &ureq::Error) -> CliError {
        match error {
            ureq::Error::Timeout(_) => CliError::new(Local::TimedOut),
            ureq::Error::BadUri(_) => {
                CliError::new(Local::Usage).with("detail", t!("admin-bad-url", url = &self.server))
            }
            other => CliError::new(Local::Unreachable).line(format!("{}: {other}", self.server)),
        }
    }

    fn not_melder(&self) -> CliError {
        CliError::new(Local::NotMelder).with("server", &self.server)
    }
}

fn bad_row(row: &BadRow) -> String {
    t!(
        "admin-bad-row",
        line = row.line,
        column = &row.column,
        reason = &row.reason
    )
}

/// The bad places that a dry run answers with.
pub(crate) fn bad_rows(value: &Value) -> Vec<String> {
    let rows: Vec<BadRow> = serde_json::from_value(value.clone()).unwrap_or_default();
    rows.iter().map(bad_row).collect()
}

/// `path?name=value&…`
pub(crate) fn with_query(path: &str, query: &[(&str, String)]) -> String {
    let mut text = path.to_owned();
    for (at, (name, value)) in query.iter().enumerate() {
        text.push(if at == 0 { '?' } else { '&' });
        text.push_str(name);
        text.push('=');
        for byte in value.bytes() {
            if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
                text.push(char::from(byte));
            } else {
                text.push_str(&format!("%{byte:02X}"));
            }
        }
    }
    text
}

/// The web's root certificates, or those in the file that `MELDER_CA` names.
fn tls() -> Result<ureq::tls::TlsConfig, CliError> {
    let builder = ureq::tls::TlsConfig::builder();
    let Some(path) = std::env::var_os("MELDER_CA") else {
        return Ok(builder.build());
    };
    let path = std::path::PathBuf::from(path);
    let bytes = std::fs::read(&path).map_err(|error| {
        CliError::new(Local::FileUnreadable)
            .with("path", path.display().to_string())
            .with("detail", error.to_string())
    })?;
    let certificates: Vec<ureq::tls::Certificate<'static>> = ureq::tls::parse_pem(&bytes)
        .filter_map(|item| match item {
            Ok(ureq::tls::PemItem::Certificate(certificate)) => Some(certificate),
            _ => None,
        })
        .collect();
    Ok(builder.root_certs(ureq::tls::RootCerts::from(certificates)).build())
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_query_is_encoded() {
        let query = [("query", "Größe & Co".to_owned()), ("limit", "5".to_owned())];
        assert_eq!(
            super::with_query("/a", &query),
            "/a?query=Gr%C3%B6%C3%9Fe%20%26%20Co&limit=5"
        );
    }
}
