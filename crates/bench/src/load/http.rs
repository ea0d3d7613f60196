// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A client of the administration: one request, one answer. Its connections are kept, as a browser keeps them.

use std::time::Duration;

use serde_json::Value;
use ureq::Agent;
use ureq::http::Request;

use super::process::Process;
use crate::BenchError;

/// The largest answer: 10,000 invitations.
const MOST: u64 = 64 * 1024 * 1024;
/// Only something that hangs takes so long.
const LIMIT: Duration = Duration::from_secs(600);

/// A server, and a token for it.
#[derive(Debug, Clone)]
pub(crate) struct Http {
    agent: Agent,
    server: String,
    token: String,
}

impl Http {
    pub(crate) fn new(server: &Process, token: &str) -> Self {
        let config = Agent::config_builder()
            .timeout_global(Some(LIMIT))
            .max_idle_connections_per_host(32);
        Self {
            agent: Agent::new_with_config(config.http_status_as_error(false).build()),
            server: format!("http://{}", server.address),
            token: token.to_owned(),
        }
    }

    /// The same with another token.
    pub(crate) fn with(&self, token: &str) -> Self {
        Self {
            token: token.to_owned(),
            ..self.clone()
        }
    }

    pub(crate) fn get(&self, path: &str) -> Result<Value, BenchError> {
        self.call("GET", path, Vec::new())
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Result<Value, BenchError> {
        self.call("POST", path, body.to_string().into_bytes())
    }

    pub(crate) fn put(&self, path: &str, body: &Value) -> Result<Value, BenchError> {
        self.call("PUT", path, body.to_string().into_bytes())
    }

    pub(crate) fn delete(&self, path: &str) -> Result<Value, BenchError> {
        self.call("DELETE", path, Vec::new())
    }

    pub(crate) fn upload(&self, path: &str, table: Vec<u8>) -> Result<Value, BenchError> {
        self.call("POST", path, table)
    }

    fn call(&self, method: &str, path: &str, body: Vec<u8>) -> Result<Value, BenchError> {
        let request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.server))
            .header("authorization", format!("Bearer {}", self.token));
        let answer = if body.is_empty() {
            self.agent.run(request.body(()).map_err(BenchError::failed)?)
        } else {
            self.agent.run(request.body(body).map_err(BenchError::failed)?)
        };
        let mut answer = answer.map_err(BenchError::failed)?;
        let status = answer.status();
        let reading = answer.body_mut().with_config().limit(MOST).read_to_vec();
        let bytes = reading.map_err(BenchError::failed)?;
        if !status.is_success() {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            return Err(BenchError::Failed(format!("{method} {path}: {status} {text}")));
        }
        if bytes.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&bytes).map_err(BenchError::failed)
    }
}
