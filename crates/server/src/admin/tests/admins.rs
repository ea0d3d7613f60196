// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Passkeys, sessions and recovery, and who tries to come in another way.

use super::*;
use crate::directory::admins::{SESSION_IDLE, SESSION_LONGEST};
use crate::webauthn::testing::Authenticator;

/// A browser on the server's own page.
pub(super) struct Browser<'s> {
    pub site: &'s Site,
    pub cookie: String,
    pub origin: &'static str,
}

impl<'s> Browser<'s> {
    pub(super) fn new(site: &'s Site) -> Self {
        Self {
            site,
            cookie: String::new(),
            origin: "http://localhost:8080",
        }
    }

    pub(super) fn builder(&self, method: &str, path: &str) -> axum::http::request::Builder {
        let host = self.origin.split_once("://").unwrap().1;
        let mut builder = Request::builder()
            .method(method)
            .uri(format!("/v1/admin{path}"))
            .header("host", host);
        if method != "GET" {
            builder = builder.header("origin", self.origin).header("melder-csrf", "1");
        }
        if self.cookie.is_empty() {
            builder
        } else {
            builder.header("cookie", format!("other=1; {}", self.cookie))
        }
    }

    pub(super) async fn send(&mut self, method: &str, path: &str, body: Value) -> Reply {
        let body = if method == "GET" {
            Body::empty()
        } else {
            Body::from(body.to_string())
        };
        let reply = self.site.raw(self.builder(method, path).body(body).unwrap()).await;
        if let Some(set) = reply.headers.get("set-cookie") {
            let pair = set.to_str().unwrap().split(';').next().unwrap();
            self.cookie = if pair.ends_with('=') {
                String::new()
            } else {
                pair.to_owned()
            };
        }
        reply
    }

    pub(super) async fn get(&mut self, path: &str) -> Reply {
        self.send("GET", path, Value::Null).await
    }

    pub(super) async fn enrol(&mut self, secret: &Value, key: &Authenticator) -> Reply {
        let options = self
            .send("POST", "/passkeys/registration", json!({"enrol": secret}))
            .await
            .ok();
        self.send("POST", "/passkeys", key.create(&options)).await
    }

    pub(super) async fn log_in(&mut self, key: &Authenticator) -> Reply {
        let options = self.send("POST", "/session/challenge", json!({})).await.ok();
        self.send("POST", "/session", key.get(&options)).await
    }

    async fn is_in(&mut self) -> bool {
        self.get("/me").await.status.is_success()
    }
}

/// A server with a first owner, whose browser has a session; what the set-up said.
pub(super) async fn owned() -> (Site, Authenticator, Value, String) {
    let (mut site, setup) = Site::empty().await;
    let ask = json!({"token": setup, "organisation": "City", "admin": {"name": "Ada König"}});
    let done = site.send("POST", "/setup", "", Some(ask)).await.ok();
    site.owner = done["owner_token"].as_str().unwrap().to_owned();
    site.operator = done["server_token"].as_str().unwrap().to_owned();
    let key = Authenticator::es256(1);
    let mut browser = Browser::new(&site);
    let made = browser.enrol(&done["enrol"], &key).await;
    assert_eq!(made.status, StatusCode::CREATED);
    assert_eq!((&made.ok()["session"], made.ok().get("recovery")), (&json!(true), None));
    let cookie = browser.cookie;
    (site, key, done, cookie)
}

#[tokio::test]
async fn the_first_owner_comes_in_by_the_set_up_and_again_by_the_passkey() {
    let (site, key, done, cookie) = owned().await;
    let mut browser = Browser::new(&site);
    assert!(!browser.is_in().await);
    browser.cookie = cookie;
    let me = browser.get("/me").await.ok();
    assert_eq!(
        (&me["admin"]["name"], &me["token"]),
        (&json!("Ada König"), &Value::Null)
    );
    assert_eq!(
        (&me["scopes"], &me["organisation"]["name"]),
        (&json!(["owner"]), &json!("City"))
    );
    assert_eq!(done["recovery"].as_str().unwrap().len(), 35);
    // The secret of the set-up is used up.
    let mut other = Browser::new(&site);
    other
        .send("POST", "/passkeys/registration", json!({"enrol": done["enrol"]}))
        .await
        .refused(404, "invitation_unknown");

    let answer = other.log_in(&key).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    let set = answer.headers["set-cookie"].to_str().unwrap();
    assert!(
        set.starts_with("melder-admin=") && set.contains("HttpOnly; SameSite=Strict"),
        "{set}"
    );
    assert!(set.contains("Path=/;") && !set.contains("Secure"), "{set}");
    assert!(other.is_in().await);
    assert_eq!(other.get("/passkeys").await.ok()["items"].as_array().unwrap().len(), 1);
    let out = other.send("DELETE", "/session", Value::Null).await;
    assert_eq!(out.status, StatusCode::NO_CONTENT);
    assert!(other.cookie.is_empty() && !other.is_in().await);
    assert!(browser.is_in().await, "the other browser stays in");
    site.stop().await;
}

#[tokio::test]
async fn over_tls_the_cookie_is_bound_to_the_host() {
    let (site, setup) = Site::at(Some("https://melder.example")).await;
    let ask = json!({"token": setup, "organisation": "City", "admin": {"name": "Ada"}});
    let done = site.send("POST", "/setup", "", Some(ask)).await.ok();
    let mut key = Authenticator::ed25519(1);
    key.origin = "https://melder.example".to_owned();
    key.host = "melder.example".to_owned();
    let mut browser = Browser::new(&site);
    browser.origin = "https://melder.example";
    let made = browser.enrol(&done["enrol"], &key).await;
    let set = made.headers["set-cookie"].to_str().unwrap();
    assert!(
        set.starts_with("__Host-melder-admin=") && set.ends_with("; Secure"),
        "{set}"
    );
    assert!(browser.is_in().await);
    browser.cookie = browser.cookie.replace("__Host-", "");
    assert!(!browser.is_in().await, "a cookie that a neighbour could have set");
    site.stop().await;
}

#[tokio::test]
async fn csrf_a_foreign_page_changes_nothing() {
    let (site, _, _, cookie) = owned().await;
    let mut browser = Browser::new(&site);
    browser.cookie.clone_from(&cookie);
    let before = browser.get("/audit/check").await.ok();
    let plain = |headers: &'static [(&'static str, &'static str)]| {
        let mut builder = Request::builder()
            .method("POST")
            .uri("/v1/admin/units")
            .header("host", "localhost:8080")
            .header("cookie", &cookie);
        for (name, value) in headers {
            builder = builder.header(*name, *value);
        }
        site.raw(builder.body(Body::from(r#"{"name":"Hall"}"#)).unwrap())
    };
    const OWN: (&str, &str) = ("origin", "http://localhost:8080");
    for headers in [
        &[][..],
        &[OWN][..],
        &[("melder-csrf", "1")],
        &[("melder-csrf", "1"), ("origin", "http://evil.example")],
        &[("melder-csrf", "1"), ("origin", "null")],
        &[("melder-csrf", "1"), ("origin", "http://localhost:8081")],
        &[("melder-csrf", "0"), OWN],
        &[("melder-csrf", "1"), ("origin", "http://localhost:8080.evil.example")],
    ] {
        plain(headers).await.refused(403, "bad_origin");
    }
    // Logging somebody in unseen, with the attacker's own passkey, does not go either.
    let challenge = Request::post("/v1/admin/session/challenge")
        .header("host", "localhost:8080")
        .header("origin", "http://evil.example");
    site.raw(challenge.body(Body::empty()).unwrap())
        .await
        .refused(403, "bad_origin");
    assert_eq!(browser.get("/audit/check").await.ok(), before, "nothing was done");
    // No answer lets another page read it.
    let read = browser.builder("GET", "/me").header("origin", "http://evil.example");
    let read = site.raw(read.body(Body::empty()).unwrap()).await;
    assert!(
        read.headers
            .keys()
            .all(|name| !name.as_str().starts_with("access-control"))
    );
    assert!(
        browser
            .send("POST", "/units", json!({"name": "Hall"}))
            .await
            .status
            .is_success()
    );
    // A token comes from no browser by itself.
    assert!(site.post("/units", json!({"name": "Desk"})).await.status.is_success());
    site.stop().await;
}

#[tokio::test]
async fn clickjacking_nothing_of_the_administration_is_framed() {
    let (site, _, _, cookie) = owned().await;
    let mut browser = Browser::new(&site);
    for (path, cookie) in [
        ("/me", cookie.as_str()),
        ("/me", ""),
        ("/nothing", ""),
        ("/session/challenge", ""),
    ] {
        browser.cookie = cookie.to_owned();
        let reply = browser.get(path).await;
        assert_eq!(
            reply.headers["content-security-policy"],
            "default-src 'none'; frame-ancestors 'none'"
        );
        assert_eq!(reply.headers["x-frame-options"], "DENY");
        assert_eq!(reply.headers["x-content-type-options"], "nosniff");
        assert_eq!(reply.headers["cross-origin-resource-policy"], "same-origin");
        assert_eq!(reply.headers["cache-control"], "no-store");
    }
    site.stop().await;
}

#[tokio::test]
async fn session_fixation_a_cookie_that_was_laid_is_nobodys() {
    let (site, key, _, cookie) = owned().await;
    let mut victim = Browser::new(&site);
    let laid = format!("melder-admin={}", "A".repeat(43));
    victim.cookie.clone_from(&laid);
    assert!(!victim.is_in().await);
    assert_eq!(victim.log_in(&key).await.status, StatusCode::CREATED);
    assert_ne!(victim.cookie, laid, "a log-in gives a new one");
    let mut attacker = Browser::new(&site);
    attacker.cookie = laid;
    assert!(!attacker.is_in().await);
    // Who logs in again has a new one, and the one before is void.
    let first = victim.cookie.clone();
    victim.log_in(&key).await.ok();
    assert_ne!(victim.cookie, first);
    attacker.cookie = first;
    assert!(!attacker.is_in().await);
    attacker.cookie = cookie;
    assert!(attacker.is_in().await, "that of another browser stays");
    site.stop().await;
}

#[tokio::test]
async fn brute_force_tries_are_few_and_challenges_work_once() {
    let (site, key, done, _) = owned().await;
    let mut browser = Browser::new(&site);
    let options = browser.send("POST", "/session/challenge", json!({})).await.ok();
    let answer = key.get(&options);
    // A wrong answer uses the challenge up.
    let other = Authenticator {
        id: key.id.clone(),
        ..Authenticator::es256(9)
    };
    let reply = browser.send("POST", "/session", other.get(&options)).await;
    reply.refused(401, "passkey_refused");
    browser
        .send("POST", "/session", answer)
        .await
        .refused(401, "passkey_refused");
    let options = browser.send("POST", "/session/challenge", json!({})).await.ok();
    let answer = key.get(&options);
    browser.send("POST", "/session", answer.clone()).await.ok();
    browser.cookie.clear();
    browser
        .send("POST", "/session", answer)
        .await
        .refused(401, "passkey_refused");
    // One that the attacker made up, one that is too old, one for something else.
    let invented = json!({"challenge": data_encoding::BASE64URL_NOPAD.encode(&[7; 32])});
    let reply = browser.send("POST", "/session", key.get(&invented)).await;
    reply.refused(401, "passkey_refused");
    let options = browser.send("POST", "/session/challenge", json!({})).await.ok();
    site.pass(5 * melder_protocol::Time::MINUTE);
    browser
        .send("POST", "/session", key.get(&options))
        .await
        .refused(401, "passkey_refused");
    let options = browser.send("POST", "/session/challenge", json!({})).await.ok();
    browser
        .send("POST", "/passkeys", key.create(&options))
        .await
        .refused(401, "passkey_refused");

    let mut codes = Vec::new();
    for number in 0..12 {
        let guess = format!("{number:08}-aaaaaaaa-aaaaaaaa-aaaaaaaa");
        codes.push(browser.send("POST", "/recovery", json!({"code": guess})).await.code());
    }
    assert_eq!(
        (codes[9].as_str(), codes[10].as_str()),
        ("unknown_recovery", "rate_limited")
    );
    let mut limited = 0;
    for _ in 0..40 {
        limited += u32::from(
            browser
                .send("POST", "/session/challenge", json!({}))
                .await
                .status
                .as_u16()
                == 429,
        );
    }
    assert!(limited >= 9, "{limited}");
    // And later the right one is heard.
    site.pass(10 * melder_protocol::Time::MINUTE);
    browser
        .send("POST", "/recovery", json!({"code": done["recovery"]}))
        .await
        .ok();
    site.stop().await;
}

#[tokio::test]
async fn a_session_ends_when_nobody_uses_it_and_in_any_case_after_twelve_hours() {
    let (site, key, _, cookie) = owned().await;
    let mut browser = Browser::new(&site);
    browser.cookie = cookie;
    let mut gone = 0;
    while gone + SESSION_IDLE / 2 < SESSION_LONGEST {
        assert!(browser.is_in().await);
        site.pass(SESSION_IDLE / 2);
        gone += SESSION_IDLE / 2;
    }
    site.pass(SESSION_IDLE / 2);
    assert!(!browser.is_in().await, "twelve hours");
    browser.log_in(&key).await.ok();
    site.pass(SESSION_IDLE - 1_000);
    assert!(browser.is_in().await);
    site.pass(SESSION_IDLE + 1_000);
    assert!(!browser.is_in().await, "nobody used it");
    site.stop().await;
}

#[tokio::test]
async fn a_lost_passkey_is_no_lost_organisation() {
    let (site, _, done, cookie) = owned().await;
    let mut browser = Browser::new(&site);
    browser.cookie = cookie;
    let own = browser.get("/passkeys").await.ok()["items"][0]["id"].clone();
    let gone = browser
        .send("DELETE", &format!("/passkeys/{}", own.as_str().unwrap()), Value::Null)
        .await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT, "there is a recovery code");

    // As somebody types it: in capitals, with spaces.
    let typed = done["recovery"].as_str().unwrap().to_uppercase().replace('-', " ");
    let mut anew = Browser::new(&site);
    let recovered = anew.send("POST", "/recovery", json!({"code": typed})).await.ok();
    assert!(!browser.is_in().await, "a recovery ends all sessions");
    anew.send("POST", "/recovery", json!({"code": typed}))
        .await
        .refused(400, "unknown_recovery");
    let key = Authenticator::ed25519(2);
    anew.enrol(&recovered["enrol"], &key).await.ok();
    assert!(anew.is_in().await);
    anew.log_in(&key).await.ok();
    let code = anew.send("POST", "/recovery/code", json!({})).await.ok()["recovery"].clone();
    anew.send("POST", "/recovery", json!({"code": recovered["recovery"]}))
        .await
        .refused(400, "unknown_recovery");
    let late = anew.send("POST", "/recovery", json!({"code": code})).await.ok();
    site.pass(10 * melder_protocol::Time::MINUTE);
    anew.send("POST", "/passkeys/registration", json!({"enrol": late["enrol"]}))
        .await
        .refused(404, "invitation_unknown");
    site.stop().await;
}

#[tokio::test]
async fn passkeys_are_added_by_their_owner_alone_and_each_once() {
    let (site, key, _, cookie) = owned().await;
    let mut browser = Browser::new(&site);
    browser.cookie = cookie;
    let options = browser.send("POST", "/passkeys/registration", json!({})).await.ok();
    assert_eq!(
        (&options["rp"], &options["attestation"]),
        (&json!({"id": "localhost", "name": "City"}), &json!("none"))
    );
    assert_eq!(options["authenticatorSelection"]["userVerification"], "required");
    assert_eq!(options["excludeCredentials"].as_array().unwrap().len(), 1);
    let reply = browser.send("POST", "/passkeys", key.create(&options)).await;
    reply.refused(409, "conflict");
    let options = browser.send("POST", "/passkeys/registration", json!({})).await.ok();
    let mut named = Authenticator::es256(5).create(&options);
    named["name"] = json!("Schlüssel am Bund");
    // Without the session that asked, the answer is worth nothing.
    let mut other = Browser::new(&site);
    other
        .send("POST", "/passkeys", named.clone())
        .await
        .refused(401, "unauthorized");
    let options = browser.send("POST", "/passkeys/registration", json!({})).await.ok();
    let mut named = Authenticator::es256(5).create(&options);
    named["name"] = json!("Schlüssel am Bund");
    let made = browser.send("POST", "/passkeys", named).await.ok();
    assert_eq!(
        (&made["passkey"]["name"], &made["session"]),
        (&json!("Schlüssel am Bund"), &json!(false))
    );
    other.log_in(&Authenticator::es256(5)).await.ok();
    // A token is nobody's.
    site.get("/passkeys").await.refused(403, "forbidden");
    site.stop().await;
}

#[tokio::test]
async fn the_audit_log_names_who_and_why() {
    let (site, _, _, cookie) = owned().await;
    let mut browser = Browser::new(&site);
    browser.cookie = cookie;
    let reason = browser
        .builder("POST", "/units")
        .header("melder-reason", "Umzug%20ins%20Rathaus%20%E2%80%93%20Ticket%204711");
    site.raw(reason.body(Body::from(r#"{"name":"Hall"}"#)).unwrap())
        .await
        .ok();
    site.post("/units", json!({"name": "Desk"})).await.ok();
    let lines = browser.get("/audit?limit=1000").await.ok();
    let lines = lines["items"].as_array().unwrap();
    let [.., hall, desk] = lines.as_slice() else { panic!() };
    assert_eq!(
        (
            &hall["action"],
            &hall["actor_kind"],
            &hall["actor_name"],
            &hall["reason"]
        ),
        (
            &json!("unit.create"),
            &json!("admin"),
            &json!("Ada König"),
            &json!("Umzug ins Rathaus – Ticket 4711")
        )
    );
    assert_eq!(
        (&desk["actor_kind"], &desk["actor_name"], desk.get("reason")),
        (&json!("token"), &json!("owner"), None)
    );
    assert!(lines.iter().any(|line| line["action"] == "passkey.add"));
    assert_eq!(browser.get("/audit/check").await.ok()["intact"], true);
    for bad in ["%", "%zz", "%ff", "a%00b", &"x".repeat(201)] {
        let request = browser.builder("POST", "/units").header("melder-reason", bad);
        let reply = site.raw(request.body(Body::from(r#"{"name":"Bad"}"#)).unwrap()).await;
        reply.refused(422, "invalid_field");
    }
    site.stop().await;
}
