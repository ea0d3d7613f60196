// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A server with a city, a directory's account and a provider, and a browser that goes between them.

use std::collections::HashMap;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt as _;
use melder_protocol::AccountId;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::issuer::Issuer;
use crate::directory::Desk;
use crate::directory::provisioning::Person;
use crate::directory::types::Attributes;

pub const HOST: &str = "localhost:8080";

pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Reply {
    #[track_caller]
    pub fn ok(&self) -> Value {
        assert!(self.status.is_success(), "{} {}", self.status, self.text);
        serde_json::from_str(&self.text).unwrap_or_default()
    }

    #[track_caller]
    pub fn refused(&self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        serde_json::from_str(&self.text).unwrap_or_default()
    }

    /// Where it sends the browser.
    #[track_caller]
    pub fn location(&self) -> String {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{}", self.text);
        assert_eq!(self.headers["cache-control"], "no-store");
        assert_eq!(self.headers["referrer-policy"], "no-referrer");
        self.headers["location"].to_str().unwrap().to_owned()
    }

    /// The cookie that it sets.
    pub fn cookie(&self) -> String {
        let line = self.headers["set-cookie"].to_str().unwrap();
        line.split(';').next().unwrap().to_owned()
    }
}

/// The query of an address.
pub fn query(address: &str) -> HashMap<String, String> {
    let (_, query) = address.split_once('?').unwrap();
    form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

#[derive(Debug, Default)]
pub struct Clock(pub std::sync::atomic::AtomicU64);

impl crate::Clock for Clock {
    fn now(&self) -> melder_protocol::Time {
        crate::SystemClock
            .now()
            .plus(self.0.load(std::sync::atomic::Ordering::Relaxed))
    }
}

pub struct World {
    pub router: Router,
    pub server: crate::ServerHandle,
    pub issuer: Issuer,
    pub owner: String,
    pub operator: String,
    pub organisation: String,
    pub clock: std::sync::Arc<Clock>,
    _folder: tempfile::TempDir,
}

impl World {
    /// The city with its provider, and the log-in on.
    pub async fn new() -> Self {
        let world = Self::unset().await;
        world.set(json!({})).await.ok();
        world
    }

    pub async fn unset() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = std::sync::Arc::<Clock>::default();
        let mut config = crate::ServerConfig::new(folder.path().to_owned(), "127.0.0.1:0".parse().unwrap());
        config.clock = clock.clone();
        let server = crate::serve(config).await.unwrap();
        let handle = server.handle().clone();
        let setup = handle
            .call(|work| Ok(crate::directory::tokens::ensure_setup(work)?))
            .await
            .unwrap()
            .unwrap();
        let log_ins = crate::oidc::LogIns::new(handle.clone());
        let router = crate::oidc::router(log_ins.clone()).merge(crate::admin::router_with(handle, log_ins));
        let mut world = Self {
            router,
            server,
            issuer: Issuer::start().await,
            owner: String::new(),
            operator: String::new(),
            organisation: String::new(),
            clock,
            _folder: folder,
        };
        let ask = json!({"token": setup, "organisation": "City"});
        let done = world.admin("POST", "/setup", ask).await.ok();
        world.owner = done["owner_token"].as_str().unwrap().to_owned();
        world.operator = done["server_token"].as_str().unwrap().to_owned();
        world.organisation = done["organisation"]["id"].as_str().unwrap().to_owned();
        world
    }

    pub fn settings(&self, some: &Value) -> Value {
        let mut all = json!({"issuer": self.issuer.url(), "client_id": "melder", "enabled": true});
        for (name, value) in some.as_object().unwrap() {
            all[name] = value.clone();
        }
        all
    }

    /// Sets the log-in, as usual but for this.
    pub async fn set(&self, some: Value) -> Reply {
        self.admin("PUT", "/directory/oidc", self.settings(&some)).await
    }

    pub async fn send(&self, request: Request<Body>) -> Reply {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        Reply {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8(bytes.to_vec()).unwrap(),
        }
    }

    pub async fn admin(&self, method: &str, path: &str, body: Value) -> Reply {
        self.admin_as(&self.owner, method, path, body).await
    }

    pub async fn admin_as(&self, token: &str, method: &str, path: &str, body: Value) -> Reply {
        let request = Request::builder()
            .method(method)
            .uri(format!("/v1/admin{path}"))
            .header("host", HOST)
            .header("authorization", format!("Bearer {token}"));
        let body = if body.is_null() {
            Body::empty()
        } else {
            Body::from(body.to_string())
        };
        self.send(request.body(body).unwrap()).await
    }

    /// A browser goes there.
    pub async fn get(&self, path: &str, cookie: &str) -> Reply {
        let mut request = Request::builder().uri(path).header("host", HOST);
        if !cookie.is_empty() {
            request = request.header("cookie", format!("other=1; {cookie}"));
        }
        self.send(request.body(Body::empty()).unwrap()).await
    }

    pub fn callback(&self, state: &str, rest: &str) -> String {
        format!("/oidc/callback/{}?state={state}&{rest}", self.organisation)
    }

    /// To the provider and back, as somebody whom it knows; where the browser ends.
    pub async fn log_in(&self) -> String {
        let gone = self.get("/oidc/start", "").await;
        let asked = query(&gone.location());
        let back = self.callback(&asked["state"], &format!("code={}", asked["nonce"]));
        self.get(&back, &gone.cookie()).await.location()
    }

    /// Somebody whom the directory named.
    pub async fn person(&self, external: &'static str, user_name: &'static str) -> AccountId {
        let organisation = self.organisation.parse().unwrap();
        let person = Person {
            user_name: user_name.to_owned(),
            external: Some(external.to_owned()),
            title: None,
            active: true,
            attributes: Attributes::default(),
        };
        let made = self
            .server
            .handle()
            .call(move |work| Ok(Desk::new(work, organisation, None).provision(&person)?.account.id))
            .await;
        made.unwrap()
    }

    /// The actions in the audit log.
    pub async fn audit(&self) -> Vec<String> {
        let lines = self.admin("GET", "/audit", Value::Null).await.ok();
        let lines = lines["items"].as_array().unwrap().iter();
        lines.map(|line| line["action"].as_str().unwrap().to_owned()).collect()
    }

    pub fn pass(&self, time: u64) {
        self.clock.0.fetch_add(time, std::sync::atomic::Ordering::Relaxed);
    }
}
