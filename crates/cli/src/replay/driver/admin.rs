// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The administrators' HTTP API for programs: the client of `melder admin`, without blocking.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::admin::api::Api;
use crate::error::CliError;

/// Seconds that a request may take.
const TIMEOUT: u64 = 30;

/// A server, and the token of one organisation (or of the server). Cheap to clone.
#[derive(Clone)]
pub struct Desk(Arc<Api>);

impl Desk {
    pub fn new(address: &str, token: Option<&str>) -> Result<Self, CliError> {
        Ok(Self(Arc::new(Api::new(address, token.map(str::to_owned), TIMEOUT)?)))
    }

    /// The same server with another token.
    pub fn with(&self, token: &str) -> Result<Self, CliError> {
        Self::new(self.0.server(), Some(token))
    }

    /// `path` is below `/v1/admin`; so with the others.
    pub async fn get(&self, path: &str) -> Result<Value, CliError> {
        self.call(path, Api::get).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Result<Value, CliError> {
        self.call(path, move |api, path| api.post(path, &body)).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Result<Value, CliError> {
        self.call(path, move |api, path| api.patch(path, &body)).await
    }

    pub async fn delete(&self, path: &str) -> Result<Value, CliError> {
        self.call(path, Api::delete).await
    }

    async fn call(
        &self,
        path: &str,
        call: impl FnOnce(&Api, &str) -> Result<Value, CliError> + Send + 'static,
    ) -> Result<Value, CliError> {
        let api = Arc::clone(&self.0);
        let path = format!("/v1/admin{path}");
        let answer = tokio::task::spawn_blocking(move || call(&api, &path).map_err(|error| error.line(path)));
        answer.await.map_err(CliError::other)?
    }
}

/// A text field of an answer; dots lead into objects.
pub fn text(value: &Value, field: &str) -> Result<String, CliError> {
    let found = field.split('.').fold(value, |value, part| &value[part]);
    found
        .as_str()
        .map(str::to_owned)
        .ok_or_else(|| CliError::other(format!("no {field} in the server's answer")))
}

/// Takes the set-up link: the organisation's desk, the server's, and the organisation's token.
pub async fn set_up(address: &str, secret: &str, organisation: &str) -> Result<(Desk, Desk, String), CliError> {
    let nobody = Desk::new(address, None)?;
    let done = nobody
        .post("/setup", json!({ "token": secret, "organisation": organisation }))
        .await?;
    let owner = text(&done, "owner_token")?;
    Ok((nobody.with(&owner)?, nobody.with(&text(&done, "server_token")?)?, owner))
}
