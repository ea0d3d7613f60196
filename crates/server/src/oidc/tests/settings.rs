// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The settings: who may see and change them, what is kept of the secret, what a try says.

use serde_json::{Value, json};

use super::world::World;

const PATH: &str = "/directory/oidc";

#[tokio::test]
async fn the_owner_alone_sees_and_sets_it_and_the_secret_never_comes_back() {
    let world = World::unset().await;
    let unset = world.admin("GET", PATH, Value::Null).await;
    assert_eq!(
        (unset.ok()["revision"].clone(), unset.headers["etag"].to_str().unwrap()),
        (json!(0), "\"0\"")
    );
    assert_eq!(unset.ok()["claim"], "sub");
    let set = world.set(json!({"client_secret": "very secret"})).await;
    assert_eq!(set.headers["etag"], "\"1\"");
    let seen = world.admin("GET", PATH, Value::Null).await;
    assert!(!set.text.contains("very secret") && !seen.text.contains("very secret"));
    assert_eq!(seen.ok()["has_secret"], true);
    let here = format!("http://localhost:8080/oidc/callback/{}", world.organisation);
    assert_eq!(seen.ok()["redirect_uri"], here);
    for scope in ["accounts", "groups", "operations", "audit", "directory"] {
        let token = world
            .admin("POST", "/tokens", json!({"name": "x", "scopes": [scope]}))
            .await
            .ok();
        let token = token["text"].as_str().unwrap();
        world.admin_as(token, "GET", PATH, Value::Null).await.refused(403);
        world
            .admin_as(token, "PUT", PATH, world.settings(&json!({})))
            .await
            .refused(403);
        world
            .admin_as(token, "POST", "/directory/oidc/test", json!({}))
            .await
            .refused(403);
    }
    world
        .admin_as(&world.operator, "GET", PATH, Value::Null)
        .await
        .refused(403);
    world.server.stop().await;
}

#[tokio::test]
async fn two_admins_do_not_overwrite_each_other() {
    let world = World::new().await;
    let put = |revision: u32| {
        let body = world.settings(&json!({"claim": "oid"})).to_string();
        axum::http::Request::builder()
            .method("PUT")
            .uri("/v1/admin/directory/oidc")
            .header("host", super::world::HOST)
            .header("authorization", format!("Bearer {}", world.owner))
            .header("if-match", format!("\"{revision}\""))
            .body(axum::body::Body::from(body))
            .unwrap()
    };
    world.send(put(1)).await.ok();
    let refused = world.send(put(1)).await.refused(412);
    assert_eq!(refused["code"], "conflict");
    world.server.stop().await;
}

#[tokio::test]
async fn the_kept_secret_goes_to_no_other_provider() {
    let world = World::new().await;
    world.set(json!({"client_secret": "s"})).await.ok();
    assert_eq!(
        world.set(json!({"claim": "oid"})).await.ok()["has_secret"],
        true,
        "kept"
    );
    for other in [
        json!({"issuer": "https://elsewhere.example"}),
        json!({"client_id": "other"}),
    ] {
        assert_eq!(world.set(other.clone()).await.refused(422)["field"], "client_secret");
        let test = json!({"settings": world.settings(&other)});
        let refused = world.admin("POST", "/directory/oidc/test", test).await.refused(422);
        assert_eq!(refused["field"], "client_secret");
    }
    let other = json!({"issuer": "https://elsewhere.example", "client_secret": null});
    assert_eq!(world.set(other).await.ok()["has_secret"], false);
    world.server.stop().await;
}

#[tokio::test]
async fn what_cannot_be_is_refused_with_its_field() {
    let world = World::unset().await;
    for (some, field) in [
        (json!({"issuer": "http://sso.city.example"}), "issuer"),
        (json!({"issuer": "http://10.0.0.1/"}), "issuer"),
        (json!({"issuer": "https://sso.city.example/?a=b"}), "issuer"),
        (json!({"issuer": "https://me@sso.city.example/"}), "issuer"),
        (json!({"issuer": "file:///etc/passwd"}), "issuer"),
        (json!({"issuer": ""}), "issuer"),
        (json!({"client_id": ""}), "client_id"),
        (json!({"client_id": "a\nb"}), "client_id"),
        (json!({"client_secret": ""}), "client_secret"),
        (json!({"claim": ""}), "claim"),
        (json!({"claim": "a b"}), "claim"),
        (json!({"authority": "none"}), "authority"),
        (
            json!({"authority": "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"}),
            "-",
        ),
    ] {
        let answer = world.set(some.clone()).await;
        // A certificate that is none shows only when it is used: a try says so.
        if field != "-" {
            assert_eq!(answer.refused(422)["field"], field, "{some}");
        }
    }
    world
        .set(json!({"issuer": "", "client_id": "", "enabled": false, "authority": null}))
        .await
        .ok();
    world.server.stop().await;
}

async fn found(world: &World, some: Value) -> Vec<String> {
    let test = json!({"settings": world.settings(&some)});
    let answer = world.admin("POST", "/directory/oidc/test", test).await.ok();
    let found = answer["findings"].as_array().unwrap().iter();
    let found: Vec<String> = found.map(|one| one["code"].as_str().unwrap().to_owned()).collect();
    assert_eq!(answer["ok"], json!(found.is_empty()));
    found
}

#[tokio::test]
async fn a_try_says_what_is_wrong() {
    let world = World::new().await;
    assert!(found(&world, json!({})).await.is_empty());
    let kept = world.admin("POST", "/directory/oidc/test", json!({})).await.ok();
    assert_eq!(kept["ok"], true);
    let slash = format!("{}/", world.issuer.url());
    assert_eq!(found(&world, json!({"issuer": slash})).await, ["other_issuer"]);
    assert_eq!(
        found(&world, json!({"issuer": "http://127.0.0.1:1"})).await,
        ["unreachable"]
    );
    let no_certificate = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----";
    assert_eq!(
        found(&world, json!({"authority": no_certificate})).await,
        ["certificate"]
    );
    let elsewhere = format!("{}/realms/none", world.issuer.url());
    assert_eq!(found(&world, json!({"issuer": elsewhere})).await, ["status"]);
    world.issuer.manner().secret = Some("right".to_owned());
    assert_eq!(found(&world, json!({})).await, ["client"]);
    assert_eq!(found(&world, json!({"client_secret": "wrong"})).await, ["client"]);
    assert!(found(&world, json!({"client_secret": "right"})).await.is_empty());
    world.issuer.manner().secret = None;
    for (discovery, code) in [
        (json!({"code_challenge_methods_supported": ["plain"]}), "no_pkce"),
        (
            json!({"id_token_signing_alg_values_supported": ["HS256"]}),
            "algorithms",
        ),
        (json!({"jwks_uri": null}), "lacks"),
        (json!({"token_endpoint": "http://sso.city.example/token"}), "endpoint"),
        (json!({"issuer": null}), "lacks"),
    ] {
        world.issuer.manner().discovery = discovery;
        assert_eq!(found(&world, json!({})).await, [code]);
    }
    assert!(world.audit().await.contains(&"oidc.test".to_owned()));
    world.server.stop().await;
}
