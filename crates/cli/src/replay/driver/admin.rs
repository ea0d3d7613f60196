// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The administrators' HTTP API, as far as a replay and the demo need it: JSON out, JSON in, an error with the server's code.

use serde_json::{Value, json};

use super::Trouble;

/// A desk: a server's address and the token of one organisation (or of the server).
#[derive(Debug, Clone)]
pub struct Desk {
    agent: ureq::Agent,
    address: String,
    token: Option<String>,
}

impl Desk {
    #[must_use]
    pub fn new(address: &str, token: Option<&str>) -> Self {
        let config = ureq::Agent::config_builder().http_status_as_error(false).build();
        Self { agent: config.into(), address: address.to_owned(), token: token.map(str::to_owned) }
    }

    /// The same server with another token.
    #[must_use]
    pub fn with(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    pub async fn get(&self, path: &str) -> Result<Value, Trouble> {
        self.call("GET", path, None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Result<Value, Trouble> {
        self.call("POST", path, Some(body)).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Result<Value, Trouble> {
        self.call("PATCH", path, Some(body)).await
    }

    pub async fn delete(&self, path: &str) -> Result<Value, Trouble> {
        self.call("DELETE", path, None).await
    }

    async fn call(&self, method: &'static str, path: &str, body: Option<Value>) -> Result<Value, Trouble> {
        let desk = self.clone();
        let what = format!("{method} {path}");
        let path = format!("{}/v1/admin{path}", self.address);
        let answer = tokio::task::spawn_blocking(move || desk.send(method, &path, body.as_ref()));
        match answer.await {
            Ok(Ok((status, text))) => read(&what, status, &text),
            Ok(Err(error)) => Err(Trouble::new(what, error)),
            Err(error) => Err(Trouble::new(what, error)),
        }
    }

    fn send(&self, method: &str, address: &str, body: Option<&Value>) -> Result<(u16, String), ureq::Error> {
        let mut request = ureq::http::Request::builder().method(method).uri(address);
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let text = body.map(Value::to_string).unwrap_or_default();
        if body.is_some() {
            request = request.header("content-type", "application/json");
        }
        let request = request.body(text).map_err(ureq::Error::from)?;
        let mut response = self.agent.run(request)?;
        let status = response.status().as_u16();
        let text = response.body_mut().with_config().limit(64 * 1024 * 1024).read_to_string()?;
        Ok((status, text))
    }
}

fn read(what: &str, status: u16, text: &str) -> Result<Value, Trouble> {
    let value = if text.is_empty() { Value::Null } else { serde_json::from_str(text).unwrap_or(Value::Null) };
    if (200..300).contains(&status) {
        return Ok(value);
    }
    let (code, message) = (&value["code"], &value["message"]);
    Err(Trouble::new(what, format!("{status} {} {}", code.as_str().unwrap_or_default(), message.as_str().unwrap_or_default())))
}

/// A text field of an answer.
pub fn text(value: &Value, field: &str) -> Result<String, Trouble> {
    let found = field.split('.').fold(value, |value, part| &value[part]);
    found.as_str().map(str::to_owned).ok_or_else(|| Trouble::new("reading an answer", format!("it has no field {field}")))
}

/// Takes the set-up link: the organisation's token and the server's.
pub async fn set_up(address: &str, secret: &str, organisation: &str) -> Result<(Desk, Desk), Trouble> {
    let nobody = Desk::new(address, None);
    let done = nobody.post("/setup", json!({ "token": secret, "organisation": organisation })).await?;
    Ok((nobody.with(&text(&done, "owner_token")?), nobody.with(&text(&done, "server_token")?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_keeps_the_servers_code_and_words() {
        let error = read("POST /x", 409, r#"{"code":"conflict","message":"is there already"}"#).unwrap_err();
        assert!(error.to_string().contains("409 conflict is there already"), "{error}");
        assert_eq!(read("DELETE /x", 204, "").unwrap(), Value::Null);
    }
}
