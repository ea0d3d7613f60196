// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A provider that says and signs whatever a test wants.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::signer::Signer;

/// How it behaves.
pub struct Manner {
    pub url: String,
    /// With which it signs.
    pub signer: Signer,
    /// What its set shows besides.
    pub shown: Vec<Value>,
    /// Over the usual claims of the token.
    pub claims: Value,
    /// Over the usual discovery.
    pub discovery: Value,
    pub userinfo: Value,
    pub secret: Option<String>,
    /// How often its keys were asked for.
    pub asked: u32,
    /// What came to the token endpoint last.
    pub form: HashMap<String, String>,
}

#[derive(Clone)]
pub struct Issuer(Arc<Mutex<Manner>>);

impl Issuer {
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = Self(Arc::new(Mutex::new(Manner {
            url: format!("http://{}", listener.local_addr().unwrap()),
            signer: Signer::ed25519("k1"),
            shown: Vec::new(),
            claims: json!({}),
            discovery: json!({}),
            userinfo: json!({}),
            secret: None,
            asked: 0,
            form: HashMap::new(),
        })));
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .route("/me", get(userinfo))
            .with_state(issuer.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        issuer
    }

    pub fn manner(&self) -> MutexGuard<'_, Manner> {
        self.0.lock().unwrap()
    }

    pub fn url(&self) -> String {
        self.manner().url.clone()
    }
}

fn over(mut all: Value, some: &Value) -> Value {
    for (name, value) in some.as_object().unwrap() {
        all[name] = value.clone();
    }
    all
}

async fn discovery(State(issuer): State<Issuer>) -> Json<Value> {
    let manner = issuer.manner();
    let url = &manner.url;
    let usual = json!({
        "issuer": url,
        "authorization_endpoint": format!("{url}/authorize"),
        "token_endpoint": format!("{url}/token"),
        "jwks_uri": format!("{url}/keys"),
        "userinfo_endpoint": format!("{url}/me"),
        "code_challenge_methods_supported": ["S256"],
    });
    Json(over(usual, &manner.discovery))
}

async fn keys(State(issuer): State<Issuer>) -> Json<Value> {
    let mut manner = issuer.manner();
    manner.asked += 1;
    let mut keys = manner.shown.clone();
    keys.push(manner.signer.public());
    Json(json!({"keys": keys}))
}

/// Any code is good, and names the nonce: `NONCE`.
async fn token(State(issuer): State<Issuer>, headers: HeaderMap, body: String) -> Response {
    let mut manner = issuer.manner();
    let form: HashMap<String, String> = form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    let shown = headers.get("authorization").and_then(|value| value.to_str().ok());
    let wanted = manner.secret.as_ref().map(|secret| {
        let both = format!("melder:{secret}");
        format!("Basic {}", data_encoding::BASE64.encode(both.as_bytes()))
    });
    if wanted.as_deref() != shown {
        return (StatusCode::UNAUTHORIZED, Json(json!({"error": "invalid_client"}))).into_response();
    }
    let code = form.get("code").cloned().unwrap_or_default();
    if code.starts_with("melder-test") {
        return (StatusCode::BAD_REQUEST, Json(json!({"error": "invalid_grant"}))).into_response();
    }
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap()
        .as_secs();
    let usual = json!({
        "iss": manner.url, "aud": "melder", "sub": "u-7", "nonce": code, "iat": now, "exp": now + 300,
    });
    let token = manner.signer.token(&over(usual, &manner.claims));
    manner.form = form;
    Json(json!({"id_token": token, "access_token": "access", "token_type": "Bearer"})).into_response()
}

async fn userinfo(State(issuer): State<Issuer>, headers: HeaderMap) -> Response {
    if headers
        .get("authorization")
        .is_none_or(|value| value != "Bearer access")
    {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    Json(issuer.manner().userinfo.clone()).into_response()
}
