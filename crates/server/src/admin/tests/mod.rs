// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The REST API against a real server in a folder of its own.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;

mod admins;
mod back;
mod bulk;
mod documents;
mod flow;
mod ldap;
mod overview;
mod papers;
mod refusals;
mod roles;
mod rules;
mod scim;
mod scim_asks;

/// An answer, read to its end.
#[derive(Debug)]
struct Reply {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

impl Reply {
    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {}", self.text))
    }

    fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }

    /// The JSON of a success.
    #[track_caller]
    fn ok(&self) -> Value {
        assert!(self.status.is_success(), "{} {}", self.status, self.text);
        if self.text.is_empty() { Value::Null } else { self.json() }
    }

    #[track_caller]
    fn refused(&self, status: u16, code: &str) {
        assert_eq!(
            (self.status.as_u16(), self.code().as_str()),
            (status, code),
            "{}",
            self.text
        );
    }
}

/// A server with one organisation, and its owner's token.
struct Site {
    router: Router,
    server: crate::ServerHandle,
    owner: String,
    operator: String,
    clock: std::sync::Arc<Clock>,
    _folder: tempfile::TempDir,
}

/// The machine's clock, and so much ahead of it as a test says.
#[derive(Debug, Default)]
struct Clock(std::sync::atomic::AtomicU64);

impl crate::Clock for Clock {
    fn now(&self) -> melder_protocol::Time {
        crate::SystemClock
            .now()
            .plus(self.0.load(std::sync::atomic::Ordering::Relaxed))
    }
}

impl Site {
    async fn empty() -> (Self, String) {
        Self::at(None).await
    }

    /// A server whose public address is this.
    async fn at(public_url: Option<&str>) -> (Self, String) {
        let folder = tempfile::tempdir().unwrap();
        let clock = std::sync::Arc::<Clock>::default();
        let mut config = crate::ServerConfig::new(folder.path().to_owned(), "127.0.0.1:0".parse().unwrap());
        config.public_url = public_url.map(str::to_owned);
        config.clock = clock.clone();
        let server = crate::serve(config).await.unwrap();
        let router = super::router(server.handle().clone());
        let setup = setup_secret(&server).await;
        let site = Self {
            router,
            server,
            owner: String::new(),
            operator: String::new(),
            clock,
            _folder: folder,
        };
        (site, setup)
    }

    async fn new() -> Self {
        let (mut site, setup) = Self::empty().await;
        let reply = site
            .send(
                "POST",
                "/setup",
                "",
                Some(json!({"token": setup, "organisation": "City"})),
            )
            .await;
        let done = reply.ok();
        site.owner = done["owner_token"].as_str().unwrap().to_owned();
        site.operator = done["server_token"].as_str().unwrap().to_owned();
        site
    }

    fn pass(&self, time: u64) {
        self.clock.0.fetch_add(time, std::sync::atomic::Ordering::Relaxed);
    }

    async fn raw(&self, request: Request<Body>) -> Reply {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        Reply {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    async fn send(&self, method: &str, path: &str, token: &str, body: Option<Value>) -> Reply {
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        self.raw(request(method, path, token).body(body).unwrap()).await
    }

    async fn get(&self, path: &str) -> Reply {
        self.send("GET", path, &self.owner, None).await
    }

    async fn post(&self, path: &str, body: Value) -> Reply {
        self.send("POST", path, &self.owner, Some(body)).await
    }

    /// Makes a thing and says its id.
    async fn made(&self, path: &str, body: Value) -> String {
        self.post(path, body).await.ok()["id"].as_str().unwrap().to_owned()
    }

    /// A token with one scope.
    async fn token(&self, scope: &str) -> String {
        let reply = self.post("/tokens", json!({"name": scope, "scopes": [scope]})).await;
        reply.ok()["text"].as_str().unwrap().to_owned()
    }

    async fn stop(self) {
        self.server.stop().await;
    }
}

fn request(method: &str, path: &str, token: &str) -> axum::http::request::Builder {
    let uri = if path.starts_with("/v1") {
        path.to_owned()
    } else {
        format!("/v1/admin{path}")
    };
    let request = Request::builder()
        .method(method)
        .uri(uri)
        .header("host", "melder.test:8080");
    if token.is_empty() {
        request
    } else {
        request.header("authorization", format!("Bearer {token}"))
    }
}

async fn setup_secret(server: &crate::ServerHandle) -> String {
    server
        .handle()
        .call(|work| Ok(crate::directory::tokens::ensure_setup(work)?))
        .await
        .unwrap()
        .unwrap()
}
