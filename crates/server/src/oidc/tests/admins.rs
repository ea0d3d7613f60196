// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Administrators and the city's log-in: linking it, coming in by it, and every way that must not lead there.

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use super::world::{HOST, Reply, World, query};
use crate::directory::admins::SESSION_LONGEST;
use crate::webauthn::testing::Authenticator;

/// The browser of somebody who administers.
struct Browser<'w> {
    world: &'w World,
    id: String,
    session: String,
}

impl<'w> Browser<'w> {
    /// A new admin, in by a passkey.
    async fn new(world: &'w World, number: u8) -> Self {
        let ask = json!({"name": format!("Admin {number}"), "roles": [{"role": "owner"}]});
        let made = world.admin("POST", "/admins", ask).await.ok();
        let mut browser = Self {
            world,
            id: made["admin"]["id"].as_str().unwrap().to_owned(),
            session: String::new(),
        };
        let options = browser
            .send("POST", "/passkeys/registration", json!({"enrol": made["enrol"]}))
            .await
            .ok();
        let key = Authenticator::es256(number);
        let came = browser.send("POST", "/passkeys", key.create(&options)).await;
        came.ok();
        browser.session = came.cookie();
        browser
    }

    async fn send(&self, method: &str, path: &str, body: Value) -> Reply {
        let request = Request::builder()
            .method(method)
            .uri(format!("/v1/admin{path}"))
            .header("host", HOST)
            .header("origin", "http://localhost:8080")
            .header("melder-csrf", "1")
            .header("cookie", format!("other=1; {}", self.session));
        let body = if body.is_null() {
            Body::empty()
        } else {
            Body::from(body.to_string())
        };
        self.world.send(request.body(body).unwrap()).await
    }

    async fn is_in(&self) -> bool {
        self.send("GET", "/me", Value::Null).await.status.is_success()
    }

    async fn standing(&self) -> Value {
        self.send("GET", "/session/oidc", Value::Null).await.ok()
    }

    /// Begins to link; the way back, and the browser's cookie.
    async fn leave(&self) -> (String, String) {
        let gone = self.send("POST", "/session/oidc", Value::Null).await;
        let start = gone.ok()["start"].as_str().unwrap().to_owned();
        assert!(start.starts_with(&format!("{}/authorize?", self.world.issuer.url())));
        (self.world.way_back(&start), gone.cookie())
    }

    /// Links what the provider calls this; where the browser ends.
    async fn link(&self, subject: &str) -> String {
        let (back, cookie) = self.leave().await;
        self.world.is_called(subject);
        // The session's cookie does not come along from elsewhere: it is `Strict`.
        self.world.get(&back, &cookie).await.location()
    }
}

impl World {
    /// From now on, the provider names this person.
    fn is_called(&self, subject: &str) {
        self.issuer.manner().claims = json!({"sub": subject});
    }

    /// Where the provider sends the browser back to.
    fn way_back(&self, start: &str) -> String {
        let asked = query(start);
        self.callback(&asked["state"], &format!("code={}", asked["nonce"]))
    }

    /// To the provider and back into the Leitstand.
    async fn enter(&self, subject: &str) -> Reply {
        self.is_called(subject);
        let start = format!("/oidc/start?organisation={}&for=leitstand", self.organisation);
        let gone = self.get(&start, "").await;
        let back = self.way_back(&gone.location());
        self.get(&back, &gone.cookie()).await
    }

    fn told(&self, page: &str, why: &str) -> String {
        format!("{page}?login={why}&organisation={}", self.organisation)
    }

    /// The browser of whoever came in so.
    #[track_caller]
    fn in_by(&self, came: &Reply) -> Browser<'_> {
        assert_eq!(came.location(), "/leitstand");
        Browser {
            world: self,
            id: String::new(),
            session: came.cookie(),
        }
    }
}

/// The log-in, for administrators, too.
fn on() -> Value {
    json!({"admins": true})
}

#[track_caller]
fn not_in(came: &Reply, location: &str) {
    assert_eq!(came.location(), location);
    let set = came.headers.get_all("set-cookie").into_iter();
    for line in set {
        assert!(!line.to_str().unwrap().contains("melder-admin"), "{line:?}");
    }
}

#[tokio::test]
async fn an_administrator_links_their_log_in_and_comes_in_by_it_until_they_unlink_it() {
    let world = World::new().await;
    world.set(on()).await.ok();
    let ada = Browser::new(&world, 1).await;
    assert_eq!(ada.standing().await, json!({"allowed": true, "linked": null}));
    assert_eq!(ada.link("u-1").await, "/leitstand/zugaenge");
    assert!(ada.standing().await["linked"].is_string());
    let offer = world.get("/v1/log-in", "").await.ok();
    let start = offer["leitstand"].as_str().unwrap();
    assert_eq!(
        start,
        format!("/oidc/start?organisation={}&for=leitstand", world.organisation)
    );

    let came = world.enter("u-1").await;
    let browser = world.in_by(&came);
    let set = came.headers["set-cookie"].to_str().unwrap();
    let usual = format!(
        "; Path=/; HttpOnly; SameSite=Strict; Max-Age={}",
        SESSION_LONGEST / 1_000
    );
    assert!(set.starts_with("melder-admin=") && set.ends_with(&usual), "{set}");
    assert_eq!(
        came.headers.get_all("set-cookie").iter().count(),
        2,
        "and the log-in's is gone"
    );
    assert_ne!(browser.session, ada.session, "a fresh one");
    let me = browser.send("GET", "/me", Value::Null).await.ok();
    assert_eq!(me["admin"]["id"], ada.id.as_str());
    assert!(me["admin"]["last_login"].is_string());
    let passkeys = browser.send("GET", "/passkeys", Value::Null).await.ok();
    assert_eq!(passkeys["items"].as_array().unwrap().len(), 1, "none was added");
    let again = browser.send("POST", "/session/oidc", Value::Null).await;
    again.refused(422);

    // What came in by it goes with it; what came in by the passkey stays.
    let unlinked = browser.send("DELETE", "/session/oidc", Value::Null).await;
    assert_eq!(unlinked.status, 204);
    assert!(!browser.is_in().await && ada.is_in().await);
    assert_eq!(ada.standing().await, json!({"allowed": true, "linked": null}));
    not_in(&world.enter("u-1").await, &world.told("/leitstand", "unknown"));
    let log = world.admin("GET", "/audit", Value::Null).await;
    for action in ["admin.oidc.link", "admin.oidc.unlink", "session.oidc"] {
        assert_eq!(log.text.matches(action).count(), 1, "{action}");
    }
    assert!(
        !log.text.contains("u-1"),
        "what the provider calls people stands in no log"
    );
    world.server.stop().await;
}

#[tokio::test]
async fn it_is_off_until_the_owner_says_so() {
    let world = World::new().await;
    let ada = Browser::new(&world, 1).await;
    assert_eq!(
        world.admin("GET", "/directory/oidc", Value::Null).await.ok()["admins"],
        false
    );
    assert_eq!(ada.standing().await, json!({"allowed": false, "linked": null}));
    ada.send("POST", "/session/oidc", Value::Null).await.refused(403);
    assert_eq!(world.get("/v1/log-in", "").await.ok()["leitstand"], Value::Null);
    let start = format!("/oidc/start?organisation={}&for=leitstand", world.organisation);
    not_in(&world.get(&start, "").await, &world.told("/leitstand", "off"));
    // For administrators alone is not offered either: what is off is off.
    world.set(json!({"admins": true, "enabled": false})).await.ok();
    ada.send("POST", "/session/oidc", Value::Null).await.refused(403);
    not_in(&world.get(&start, "").await, &world.told("/leitstand", "off"));
    world.server.stop().await;
}

#[tokio::test]
async fn the_papers_say_so_when_administrators_come_in_by_it() {
    let world = World::new().await;
    let says = async || {
        let page = world.admin("GET", "/papers/measures?language=en", Value::Null).await;
        page.text.contains("once they have linked it themselves")
    };
    assert!(!says().await);
    world.set(on()).await.ok();
    assert!(says().await);
    world.set(json!({"admins": true, "enabled": false})).await.ok();
    assert!(!says().await);
    world.server.stop().await;
}

#[tokio::test]
async fn only_a_session_of_our_own_page_links() {
    let world = World::new().await;
    world.set(on()).await.ok();
    let ada = Browser::new(&world, 1).await;
    let ask = |cookie: &str| {
        let request = Request::builder()
            .method("POST")
            .uri("/v1/admin/session/oidc")
            .header("host", HOST)
            .header("cookie", cookie);
        request.body(Body::empty()).unwrap()
    };
    world.send(ask("")).await.refused(401);
    assert_eq!(world.send(ask(&ada.session)).await.refused(403)["code"], "bad_origin");
    for method in ["GET", "POST", "DELETE"] {
        world.admin(method, "/session/oidc", Value::Null).await.refused(403);
    }
    world.server.stop().await;
}

#[tokio::test]
async fn nobody_else_comes_in_whatever_the_provider_says_of_them() {
    let world = World::new().await;
    world
        .set(json!({"admins": true, "claim": "email", "matches": "user_name"}))
        .await
        .ok();
    let ada = Browser::new(&world, 1).await;
    let unknown = world.told("/leitstand", "unknown");
    not_in(&world.enter("u-1").await, &unknown);
    assert_eq!(ada.link("u-1").await, "/leitstand/zugaenge");
    // The same address, another person.
    let email = |subject: &str| json!({"sub": subject, "email": "ada@city.example", "email_verified": true});
    for (subject, comes_in) in [("u-2", false), ("U-1", false), ("", false), ("u-1", true)] {
        let start = format!("/oidc/start?organisation={}&for=leitstand", world.organisation);
        let gone = world.get(&start, "").await;
        world.issuer.manner().claims = email(subject);
        let came = world.get(&world.way_back(&gone.location()), &gone.cookie()).await;
        if comes_in {
            assert!(world.in_by(&came).is_in().await);
        } else {
            not_in(&came, &unknown);
        }
    }
    let long = "u".repeat(600);
    not_in(&world.enter(&long).await, &unknown);
    world.server.stop().await;
}

#[tokio::test]
async fn switched_off_another_provider_or_a_removed_admin_ends_it_at_once() {
    let world = World::new().await;
    world.set(on()).await.ok();
    let (ada, bo) = (Browser::new(&world, 1).await, Browser::new(&world, 2).await);
    ada.link("u-1").await;
    bo.link("u-2").await;
    for shut in [
        json!({"admins": false}),
        json!({"admins": true, "enabled": false}),
        json!({"admins": true, "issuer": "http://localhost:1"}),
    ] {
        let came = world.enter("u-1").await;
        let browser = world.in_by(&came);
        assert!(browser.is_in().await);
        // Somebody is on their way when it is shut.
        let start = format!("/oidc/start?organisation={}&for=leitstand", world.organisation);
        let gone = world.get(&start, "").await;
        world.set(shut.clone()).await.ok();
        assert!(!browser.is_in().await && ada.is_in().await, "{shut}");
        let late = world.get(&world.way_back(&gone.location()), &gone.cookie()).await;
        not_in(&late, &world.told("/leitstand", "off"));
        if shut["issuer"].is_string() {
            assert_eq!(ada.standing().await["linked"], Value::Null, "it is another provider's");
        }
        world.set(on()).await.ok();
        assert!(!browser.is_in().await, "over is over");
    }
    // Another change leaves those in who are in.
    let browser = world.in_by(&world.enter("u-1").await);
    world.set(json!({"admins": true, "claim": "oid"})).await.ok();
    assert!(browser.is_in().await);
    let path = format!("/admins/{}", ada.id);
    assert_eq!(world.admin("DELETE", &path, Value::Null).await.status, 204);
    assert!(!browser.is_in().await);
    not_in(&world.enter("u-1").await, &world.told("/leitstand", "unknown"));
    // Nothing is left of it: somebody else may link it.
    bo.send("DELETE", "/session/oidc", Value::Null).await;
    assert_eq!(bo.link("u-1").await, "/leitstand/zugaenge");
    world.server.stop().await;
}

#[tokio::test]
async fn a_log_in_at_another_provider_is_not_the_one_that_was_linked() {
    let world = World::new().await;
    world.set(on()).await.ok();
    let ada = Browser::new(&world, 1).await;
    ada.link("u-1").await;
    // Another provider, which calls somebody the same.
    let other = super::issuer::Issuer::start().await;
    world.set(json!({"admins": true, "issuer": other.url()})).await.ok();
    other.manner().claims = json!({"sub": "u-1"});
    not_in(&world.enter("u-1").await, &world.told("/leitstand", "unknown"));
    assert_eq!(ada.standing().await, json!({"allowed": true, "linked": null}));
    world.server.stop().await;
}

#[tokio::test]
async fn a_link_counts_once_in_its_browser_and_while_who_began_it_is_in() {
    let world = World::new().await;
    world.set(on()).await.ok();
    let (ada, bo) = (Browser::new(&world, 1).await, Browser::new(&world, 2).await);
    let over = world.told("/leitstand/zugaenge", "over");
    world.is_called("u-1");
    // Another browser, also one that is on such a way itself.
    let (back, _) = ada.leave().await;
    not_in(&world.get(&back, "").await, &over);
    let (back, cookie) = ada.leave().await;
    let (_, other) = bo.leave().await;
    not_in(&world.get(&back, &other).await, &over);
    not_in(&world.get(&back, &cookie).await, &over);
    // Whoever began it has logged out since.
    let (back, cookie) = ada.leave().await;
    ada.send("DELETE", "/session", Value::Null).await;
    not_in(&world.get(&back, &cookie).await, &over);
    // The same answer twice.
    let (back, cookie) = bo.leave().await;
    assert_eq!(world.get(&back, &cookie).await.location(), "/leitstand/zugaenge");
    not_in(&world.get(&back, &cookie).await, &over);
    // One log-in is one admin's.
    let cy = Browser::new(&world, 3).await;
    assert_eq!(cy.link("u-1").await, world.told("/leitstand/zugaenge", "taken"));
    assert_eq!(cy.standing().await["linked"], Value::Null);
    let me = world
        .in_by(&world.enter("u-1").await)
        .send("GET", "/me", Value::Null)
        .await;
    assert_eq!(me.ok()["admin"]["id"], bo.id.as_str());
    world.server.stop().await;
}

#[tokio::test]
async fn whoever_turns_round_is_told_so_where_they_began() {
    let world = World::new().await;
    world.set(on()).await.ok();
    let ada = Browser::new(&world, 1).await;
    let cancelled = |back: &str| {
        let (address, _) = back.split_once("&code=").unwrap();
        format!("{address}&error=access_denied")
    };
    let start = format!("/oidc/start?organisation={}&for=leitstand", world.organisation);
    let gone = world.get(&start, "").await;
    let back = cancelled(&world.way_back(&gone.location()));
    not_in(
        &world.get(&back, &gone.cookie()).await,
        &world.told("/leitstand", "cancelled"),
    );
    let (back, cookie) = ada.leave().await;
    not_in(
        &world.get(&cancelled(&back), &cookie).await,
        &world.told("/leitstand/zugaenge", "cancelled"),
    );
    assert_eq!(ada.standing().await["linked"], Value::Null);
    // A provider that is away: the browser does not even leave.
    world
        .set(json!({"admins": true, "issuer": "http://localhost:1"}))
        .await
        .ok();
    not_in(&world.get(&start, "").await, &world.told("/leitstand", "unreachable"));
    ada.send("POST", "/session/oidc", Value::Null).await.refused(409);
    world.server.stop().await;
}

#[tokio::test]
async fn what_a_log_in_is_for_is_settled_when_it_begins() {
    let world = World::new().await;
    world.set(on()).await.ok();
    let ada = Browser::new(&world, 1).await;
    ada.link("u-7").await;
    // A device's log-in makes no session, though its person is an administrator's; not even with another letter.
    let begin = || world.get("/oidc/start", "");
    let gone = begin().await;
    let back = world.way_back(&gone.location());
    not_in(&world.get(&back, &gone.cookie()).await, &world.told("/", "unknown"));
    let gone = begin().await;
    let back = world.way_back(&gone.location()).replace("?state=a", "?state=l");
    not_in(
        &world.get(&back, &gone.cookie()).await,
        &world.told("/leitstand", "over"),
    );
    let gone = begin().await;
    let back = world.way_back(&gone.location()) + "&for=leitstand";
    not_in(&world.get(&back, &gone.cookie()).await, &world.told("/", "unknown"));
    // An administrator's makes no invitation, though there is an account of that name.
    world.person("u-8", "bo").await;
    not_in(&world.enter("u-8").await, &world.told("/leitstand", "unknown"));
    world.server.stop().await;
}

#[tokio::test]
async fn an_answer_for_an_administrator_counts_once_in_its_browser_and_for_its_organisation() {
    let world = World::new().await;
    world.set(on()).await.ok();
    let ada = Browser::new(&world, 1).await;
    ada.link("u-1").await;
    let over = world.told("/leitstand", "over");
    let start = format!("/oidc/start?organisation={}&for=leitstand", world.organisation);
    let gone = world.get(&start, "").await;
    let back = world.way_back(&gone.location());
    world.in_by(&world.get(&back, &gone.cookie()).await);
    not_in(&world.get(&back, &gone.cookie()).await, &over);
    let gone = world.get(&start, "").await;
    not_in(&world.get(&world.way_back(&gone.location()), "").await, &over);
    // Another organisation, with a provider of its own, gets nothing of it.
    let town = world
        .admin_as(&world.operator, "POST", "/organisations", json!({"name": "Town"}))
        .await
        .ok();
    let owner = town["owner_token"].as_str().unwrap();
    let town = town["organisation"]["id"].as_str().unwrap();
    world
        .admin_as(owner, "PUT", "/directory/oidc", world.settings(&on()))
        .await
        .ok();
    let gone = world.get(&start, "").await;
    let back = world.way_back(&gone.location()).replace(&world.organisation, town);
    let over = format!("/leitstand?login=over&organisation={town}");
    not_in(&world.get(&back, &gone.cookie()).await, &over);
    // Nor is its administrator one there, with the same provider and the same person.
    let gone = world
        .get(&format!("/oidc/start?organisation={town}&for=leitstand"), "")
        .await;
    let back = world.way_back(&gone.location()).replace(&world.organisation, town);
    let unknown = format!("/leitstand?login=unknown&organisation={town}");
    not_in(&world.get(&back, &gone.cookie()).await, &unknown);
    world.server.stop().await;
}
