// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The whole way: to the provider and back to an invitation, and every way that must not lead there.

use melder_mls::chain;
use melder_mls::sign::SigningKey;
use melder_protocol::invitation::InvitationLink;
use melder_protocol::{InvitationSecret, Time};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;
use serde_json::json;

use super::signer::Signer;
use super::world::{World, query};
use crate::directory;

/// The secret of an invitation's link.
fn invitation(location: &str) -> InvitationSecret {
    assert!(location.starts_with("http://localhost:8080/join#"), "{location}");
    location.parse::<InvitationLink>().unwrap().token.secret
}

/// Takes it with a first device.
async fn join(world: &World, secret: InvitationSecret) -> Result<(), melder_protocol::Refusal> {
    let call = world.server.handle().call(move |work| {
        let offer = directory::open_invitation(work, &secret)?;
        let key = SigningKey::generate(&mut ChaCha20Rng::seed_from_u64(3));
        let genesis = chain::genesis(&key, offer.account, work.now);
        directory::claim(work, &secret, &genesis, "Phone", None).map(drop)
    });
    call.await
}

#[tokio::test]
async fn whoever_the_provider_names_gets_an_invitation_for_the_directorys_account() {
    let world = World::new().await;
    let account = world.person("u-7", "ada").await;
    let offer = world.get("/v1/log-in", "").await.ok();
    assert_eq!(offer["organisation"]["name"], "City");
    let gone = world.get(offer["start"].as_str().unwrap(), "").await;
    let asked = query(&gone.location());
    let url = world.issuer.url();
    assert!(gone.location().starts_with(&format!("{url}/authorize?")));
    assert_eq!(
        (asked["response_type"].as_str(), asked["code_challenge_method"].as_str()),
        ("code", "S256")
    );
    assert_eq!(
        (asked["client_id"].as_str(), asked["scope"].as_str()),
        ("melder", "openid")
    );
    let back_to = format!("http://localhost:8080/oidc/callback/{}", world.organisation);
    assert_eq!(asked["redirect_uri"], back_to);
    let set = gone.headers["set-cookie"].to_str().unwrap();
    for part in [
        "melder-login=",
        "; HttpOnly",
        "; SameSite=Lax",
        "; Path=/",
        "; Max-Age=600",
    ] {
        assert!(set.contains(part), "{set}");
    }
    let back = world.callback(&asked["state"], &format!("code={}", asked["nonce"]));
    let came = world.get(&back, &gone.cookie()).await;
    assert!(came.headers["set-cookie"].to_str().unwrap().contains("Max-Age=0"));
    let secret = invitation(&came.location());
    {
        let manner = world.issuer.manner();
        let challenge = melder_mls::sign::sha256(manner.form["code_verifier"].as_bytes());
        assert_eq!(asked["code_challenge"], super::signer::text(challenge.as_bytes()));
        assert_eq!(manner.form["redirect_uri"], back_to);
    }
    let of = world
        .server
        .handle()
        .call(move |work| directory::open_invitation(work, &secret))
        .await
        .unwrap();
    assert_eq!((of.account, of.name.as_deref()), (account, Some("ada")));
    let audit = world.audit().await;
    assert!(audit.contains(&"oidc.set".to_owned()) && audit.contains(&"oidc.log_in".to_owned()));

    // Joined: a second device is linked from the first, not made by the provider.
    join(&world, secret).await.unwrap();
    assert_eq!(
        world.log_in().await,
        format!("/?login=joined&organisation={}", world.organisation)
    );
    world
        .admin("POST", &format!("/accounts/{account}/reset"), json!({}))
        .await
        .ok();
    invitation(&world.log_in().await);
    world.server.stop().await;
}

#[tokio::test]
async fn an_invitation_from_a_log_in_holds_for_half_an_hour() {
    let world = World::new().await;
    world.person("u-7", "ada").await;
    let secret = invitation(&world.log_in().await);
    world.pass(30 * Time::MINUTE);
    let refusal = join(&world, secret).await.unwrap_err();
    assert_eq!(refusal.code, melder_protocol::ErrorCode::InvitationExpired);
    world.server.stop().await;
}

#[tokio::test]
async fn an_answer_counts_once_in_its_browser_in_time_and_for_its_organisation() {
    let world = World::new().await;
    world.person("u-7", "ada").await;
    let over = format!("/?login=over&organisation={}", world.organisation);
    let gone = world.get("/oidc/start", "").await;
    let asked = query(&gone.location());
    let back = world.callback(&asked["state"], &format!("code={}", asked["nonce"]));
    invitation(&world.get(&back, &gone.cookie()).await.location());
    assert_eq!(world.get(&back, &gone.cookie()).await.location(), over, "replayed");
    for how in ["no cookie", "another's cookie", "another state", "too late"] {
        let gone = world.get("/oidc/start", "").await;
        let other = world.get("/oidc/start", "").await;
        let asked = query(&gone.location());
        let cookie = match how {
            "no cookie" => String::new(),
            "another's cookie" => other.cookie(),
            _ => gone.cookie(),
        };
        let state = if how == "another state" { "x" } else { &asked["state"] };
        if how == "too late" {
            world.pass(10 * Time::MINUTE);
        }
        let back = world.callback(state, &format!("code={}", asked["nonce"]));
        assert_eq!(world.get(&back, &cookie).await.location(), over, "{how}");
    }
    // An answer that comes to another organisation's address is not for this one: no provider gets another's.
    let ask = json!({"name": "Town"});
    let town = world
        .admin_as(&world.operator, "POST", "/organisations", ask)
        .await
        .ok();
    let town = town["organisation"]["id"].as_str().unwrap().to_owned();
    let gone = world
        .get(&format!("/oidc/start?organisation={}", world.organisation), "")
        .await;
    let asked = query(&gone.location());
    let back = format!("/oidc/callback/{town}?state={}&code={}", asked["state"], asked["nonce"]);
    let came = world.get(&back, &gone.cookie()).await.location();
    assert_eq!(came, format!("/?login=over&organisation={town}"));
    world.server.stop().await;
}

#[tokio::test]
async fn a_token_that_is_not_for_this_log_in_leads_nowhere() {
    let world = World::new().await;
    world.person("u-7", "ada").await;
    for claims in [
        json!({"aud": "other"}),
        json!({"nonce": "other"}),
        json!({"iss": "https://elsewhere.example"}),
        json!({"exp": 1, "iat": 0}),
    ] {
        world.issuer.manner().claims = claims.clone();
        let failed = format!("/?login=failed&organisation={}", world.organisation);
        assert_eq!(world.log_in().await, failed, "{claims}");
    }
    world.issuer.manner().claims = json!({});
    invitation(&world.log_in().await);
    world.server.stop().await;
}

#[tokio::test]
async fn new_keys_are_learned_and_not_asked_for_without_end() {
    let world = World::new().await;
    world.person("u-7", "ada").await;
    invitation(&world.log_in().await);
    assert_eq!(world.issuer.manner().asked, 1);
    // Rotated: the next token is signed with what nobody has seen yet.
    world.issuer.manner().signer = Signer::p256("k2");
    invitation(&world.log_in().await);
    invitation(&world.log_in().await);
    assert_eq!(world.issuer.manner().asked, 2);
    // Tokens whose key never comes.
    for _ in 0..10 {
        let mut strange = Signer::ed25519("strange");
        strange.hide();
        world.issuer.manner().signer = strange;
        assert!(world.log_in().await.starts_with("/?login=failed"));
    }
    let asked = world.issuer.manner().asked;
    assert!(asked <= 7, "{asked}");
    world.server.stop().await;
}

#[tokio::test]
async fn an_unknown_a_suspended_and_a_doubled_person_get_none() {
    let world = World::new().await;
    let organisation = world.organisation.clone();
    let answer = |why: &str| format!("/?login={why}&organisation={organisation}");
    assert_eq!(world.log_in().await, answer("unknown"));
    let account = world.person("u-7", "ada").await;
    world
        .admin("POST", &format!("/accounts/{account}/suspend"), json!({}))
        .await
        .ok();
    assert_eq!(world.log_in().await, answer("suspended"));
    world
        .admin("POST", &format!("/accounts/{account}/resume"), json!({}))
        .await
        .ok();
    invitation(&world.log_in().await);
    world.person("u-7", "bo").await;
    assert_eq!(world.log_in().await, answer("unknown"), "either could be meant");
    assert_eq!(
        world
            .audit()
            .await
            .iter()
            .filter(|action| *action == "oidc.log_in")
            .count(),
        1
    );
    world.server.stop().await;
}

#[tokio::test]
async fn somebody_who_turns_round_is_told_so_and_another_providers_answer_is_none() {
    let world = World::new().await;
    world.person("u-7", "ada").await;
    world.issuer.manner().discovery = json!({"authorization_response_iss_parameter_supported": true});
    let iss: String = form_urlencoded::byte_serialize(world.issuer.url().as_bytes()).collect();
    for (rest, ends) in [
        (format!("error=access_denied&iss={iss}"), "cancelled"),
        (format!("error=server_error&iss={iss}"), "failed"),
        (
            "error=access_denied&iss=https%3A%2F%2Felsewhere.example".to_owned(),
            "failed",
        ),
        ("code=NONCE".to_owned(), "failed"),
        ("iss=x".to_owned(), "failed"),
    ] {
        let gone = world.get("/oidc/start", "").await;
        let asked = query(&gone.location());
        let back = world.callback(&asked["state"], &rest.replace("NONCE", &asked["nonce"]));
        let came = world.get(&back, &gone.cookie()).await.location();
        assert_eq!(
            came,
            format!("/?login={ends}&organisation={}", world.organisation),
            "{rest}"
        );
    }
    let gone = world.get("/oidc/start", "").await;
    let asked = query(&gone.location());
    let back = world.callback(&asked["state"], &format!("code={}&iss={iss}", asked["nonce"]));
    invitation(&world.get(&back, &gone.cookie()).await.location());
    world.server.stop().await;
}

#[tokio::test]
async fn other_claims_name_the_account_by_its_user_name() {
    let world = World::new().await;
    world.person("x", "ada@city.example").await;
    world.set(json!({"claim": "email", "matches": "user_name"})).await.ok();
    assert!(world.log_in().await.starts_with("/?login=unknown"), "nobody says it");
    world.issuer.manner().claims = json!({"email": "Ada@City.Example", "email_verified": true});
    invitation(&world.log_in().await);
    world.issuer.manner().claims = json!({"email": "ada@city.example"});
    assert!(
        world.log_in().await.starts_with("/?login=unknown"),
        "nobody has verified it"
    );
    // Some say it elsewhere.
    world.issuer.manner().claims = json!({});
    let said = json!({"sub": "u-7", "email": "ada@city.example", "email_verified": true});
    world.issuer.manner().userinfo = said;
    invitation(&world.log_in().await);
    world.issuer.manner().userinfo["sub"] = json!("u-8");
    assert!(world.log_in().await.starts_with("/?login=unknown"), "of somebody else");
    world.server.stop().await;
}

#[tokio::test]
async fn a_provider_that_is_away_and_a_log_in_that_is_off_are_told_apart() {
    let world = World::new().await;
    world.set(json!({"issuer": "http://127.0.0.1:1"})).await.ok();
    let away = format!("/?login=unreachable&organisation={}", world.organisation);
    assert_eq!(world.get("/oidc/start", "").await.location(), away);
    world.set(json!({"enabled": false})).await.ok();
    assert_eq!(world.get("/oidc/start", "").await.location(), "/?login=off");
    assert_eq!(world.get("/v1/log-in", "").await.ok(), json!({}));
    assert_eq!(
        world.get("/oidc/start?organisation=x", "").await.location(),
        "/?login=off"
    );
    // It was switched off while somebody was there.
    world.set(json!({})).await.ok();
    let gone = world.get("/oidc/start", "").await;
    let asked = query(&gone.location());
    world.set(json!({"enabled": false})).await.ok();
    let back = world.callback(&asked["state"], &format!("code={}", asked["nonce"]));
    let came = world.get(&back, &gone.cookie()).await.location();
    assert_eq!(came, format!("/?login=off&organisation={}", world.organisation));
    world.server.stop().await;
}

#[tokio::test]
async fn a_server_with_several_organisations_tells_nobody_which() {
    let world = World::new().await;
    world
        .admin_as(&world.operator, "POST", "/organisations", json!({"name": "Town"}))
        .await
        .ok();
    assert_eq!(world.get("/v1/log-in", "").await.ok(), json!({}));
    assert_eq!(world.get("/v1/log-in?organisation=zz", "").await.ok(), json!({}));
    let named = world
        .get(&format!("/v1/log-in?organisation={}", world.organisation), "")
        .await
        .ok();
    assert_eq!(named["organisation"]["name"], "City");
    assert_eq!(world.get("/oidc/start", "").await.location(), "/?login=off");
    world.server.stop().await;
}

#[tokio::test]
async fn somebody_who_logs_in_without_end_is_stopped() {
    let world = World::new().await;
    world.person("u-7", "ada").await;
    let mut ends = Vec::new();
    for number in 0..40 {
        // Over several minutes, so that it is not the address that is counted.
        world.pass(if number % 10 == 0 { Time::MINUTE } else { 0 });
        let end = world.log_in().await;
        ends.push(end.contains("/join#"));
    }
    assert_eq!(ends.iter().filter(|came| **came).count(), 20);
    let mut busy = false;
    for _ in 0..40 {
        busy |= world
            .get("/oidc/start", "")
            .await
            .location()
            .starts_with("/?login=busy");
    }
    assert!(busy);
    world.server.stop().await;
}
