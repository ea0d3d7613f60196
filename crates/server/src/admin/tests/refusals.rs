// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Wrong tokens, wrong bodies, overtaken changes: a typed answer, and nothing changed.

use super::*;

#[tokio::test]
async fn a_scope_covers_its_own_and_no_more() {
    let site = Site::new().await;
    let tries = [
        (
            "GET",
            "/units",
            json!({}),
            vec!["owner", "accounts", "groups", "operations"],
        ),
        ("POST", "/units", json!({"name": "A"}), vec!["owner", "accounts"]),
        (
            "GET",
            "/accounts",
            json!({}),
            vec!["owner", "accounts", "groups", "operations"],
        ),
        (
            "POST",
            "/groups",
            json!({"kind": "group", "name": "G"}),
            vec!["owner", "groups"],
        ),
        (
            "GET",
            "/operations",
            json!({}),
            vec!["owner", "accounts", "groups", "operations"],
        ),
        ("GET", "/audit", json!({}), vec!["owner", "audit"]),
        ("GET", "/deletions", json!({}), vec!["owner", "accounts", "audit"]),
        (
            "GET",
            "/invitations",
            json!({}),
            vec!["owner", "accounts", "operations"],
        ),
        ("GET", "/tokens", json!({}), vec!["owner"]),
        (
            "GET",
            "/policy",
            json!({}),
            vec!["owner", "accounts", "groups", "operations", "audit"],
        ),
        ("GET", "/organisations", json!({}), vec!["server"]),
    ];
    let mut tokens = vec![("server", site.operator.clone()), ("owner", site.owner.clone())];
    for scope in ["accounts", "groups", "operations", "audit"] {
        tokens.push((scope, site.token(scope).await));
    }
    for (method, path, body, allowed) in tries {
        for (scope, token) in &tokens {
            let body = (method == "POST").then(|| body.clone());
            let reply = site.send(method, path, token, body).await;
            if allowed.contains(scope) {
                assert_ne!(reply.status, StatusCode::FORBIDDEN, "{scope} {method} {path}");
            } else {
                reply.refused(403, "forbidden");
            }
        }
    }
    site.stop().await;
}

#[tokio::test]
async fn one_organisations_token_neither_sees_nor_changes_anothers_things() {
    let site = Site::new().await;
    let works = site
        .send("POST", "/organisations", &site.operator, Some(json!({"name": "Works"})))
        .await
        .ok();
    let works = works["owner_token"].as_str().unwrap();
    let unit = site.made("/units", json!({"name": "Hall"})).await;
    let account = site
        .made("/accounts", json!({"kind": "staff", "name": "Ada", "unit": unit}))
        .await;
    let group = site.made("/groups", json!({"kind": "group", "name": "Team"})).await;
    let token = site.get("/tokens").await.ok()["items"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let ends = "2029-06-10";
    let operation = site
        .post("/operations", json!({"name": "Election", "ends": ends}))
        .await;
    let operation = operation.ok()["id"].as_str().unwrap().to_owned();
    let invitation = site
        .post(&format!("/accounts/{account}/invitations"), json!({}))
        .await
        .ok();
    let invitation = invitation["invitation"]["id"].as_str().unwrap().to_owned();
    let before = site.get("/audit/check").await.ok();
    for (method, path) in crate::admin::ROUTES
        .iter()
        .filter(|(_, path)| path.contains('{') && !path.contains("organisations"))
        // Admins and their passkeys: see `roles`.
        .filter(|(_, path)| !path.contains("/admins/") && !path.contains("/passkeys/"))
        // A document is named by its kind, and is of the own organisation whoever asks.
        .filter(|(_, path)| !path.contains("/papers/"))
    {
        let id = match path.split('/').nth(3) {
            Some("units") => &unit,
            Some("accounts" | "deletions") => &account,
            Some("groups") => &group,
            Some("invitations" | "approvals") => &invitation,
            Some("operations") => &operation,
            Some("tokens") => &token,
            other => panic!("a kind of thing that this test does not know: {other:?}"),
        };
        let path = path
            .replace("{id}", id)
            .replace("{invitation}", id)
            .replace("{account}", &account);
        let reply = site.send(&method.to_uppercase(), &path, works, None).await;
        reply.refused(404, "not_found");
    }
    for path in [
        "/units",
        "/accounts",
        "/groups",
        "/invitations",
        "/operations",
        "/deletions",
    ] {
        assert_eq!(
            site.send("GET", path, works, None).await.ok()["items"],
            json!([]),
            "{path}"
        );
    }
    assert_eq!(site.get("/audit/check").await.ok(), before, "nothing was done here");
    site.stop().await;
}

#[tokio::test]
async fn a_body_that_is_wrong_is_named() {
    let site = Site::new().await;
    let send = |text: &'static str| {
        site.raw(
            request("POST", "/accounts", &site.owner)
                .body(Body::from(text))
                .unwrap(),
        )
    };
    send("{").await.refused(400, "malformed");
    send("[]").await.refused(422, "invalid_field");
    send("{}").await.refused(422, "invalid_field");
    send(r#"{"kind":"staff","name":"Ada","nmae":1}"#)
        .await
        .refused(422, "invalid_field");
    send(r#"{"kind":"king","name":"Ada"}"#)
        .await
        .refused(422, "invalid_field");
    send(r#"{"kind":"staff","name":"Ada","unit":"xyz"}"#)
        .await
        .refused(422, "invalid_field");
    send(r#"{"kind":"guest","name":"Ada","ends":"soon"}"#)
        .await
        .refused(422, "invalid_field");
    let empty = send(r#"{"kind":"staff","name":" "}"#).await;
    empty.refused(422, "invalid_name");
    assert_eq!(empty.json()["field"], "name");
    let unknown = send(r#"{"kind":"staff","name":"Ada","unit":"00000000000000000000000000000000"}"#).await;
    unknown.refused(404, "not_found");
    assert_eq!(unknown.json()["field"], "unit");
    let large = Body::from(format!(r#"{{"name":"{}"}}"#, "x".repeat(3_000_000)));
    site.raw(request("POST", "/accounts", &site.owner).body(large).unwrap())
        .await
        .refused(413, "too_large");
    site.get("/accounts?limit=0").await.refused(422, "invalid_field");
    site.get("/accounts?limit=1001").await.refused(422, "invalid_field");
    site.get("/accounts?after=xyz").await.refused(422, "invalid_field");
    site.get("/accounts?colour=red").await.refused(422, "invalid_field");
    site.get("/accounts/xyz").await.refused(404, "not_found");
    site.get("/nothing").await.refused(404, "not_found");
    site.send("DELETE", "/accounts", &site.owner, None)
        .await
        .refused(405, "not_found");
    assert_eq!(site.get("/accounts").await.ok()["items"], json!([]));
    site.stop().await;
}

#[tokio::test]
async fn a_change_that_somebody_else_has_overtaken_is_refused() {
    let site = Site::new().await;
    let unit = site.made("/units", json!({"name": "Hall"})).await;
    let change = |tag: &'static str, name: &'static str| {
        let request = request("PATCH", &format!("/units/{unit}"), &site.owner).header("if-match", tag);
        site.raw(request.body(Body::from(json!({"name": name}).to_string())).unwrap())
    };
    let first = change("\"1\"", "Town hall").await;
    assert_eq!(
        (first.ok()["name"].as_str(), &first.headers["etag"]),
        (Some("Town hall"), &"\"2\"".parse().unwrap())
    );
    change("\"1\"", "City hall").await.refused(412, "conflict");
    change("1", "City hall").await.refused(422, "invalid_field");
    assert!(change("*", "City hall").await.status.is_success());
    site.stop().await;
}

#[tokio::test]
async fn a_revoked_or_damaged_token_opens_nothing() {
    let site = Site::new().await;
    let text = site.token("accounts").await;
    assert!(site.send("GET", "/accounts", &text, None).await.status.is_success());
    let tokens = site.get("/tokens").await.ok();
    let id = tokens["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["name"] == "accounts")
        .unwrap()["id"]
        .clone();
    let path = format!("/tokens/{}", id.as_str().unwrap());
    assert_eq!(
        site.send("DELETE", &path, &site.owner, None).await.status,
        StatusCode::NO_CONTENT
    );
    for token in [text.as_str(), "melder_x_y", "nonsense", &"x".repeat(5_000)] {
        site.send("GET", "/accounts", token, None)
            .await
            .refused(401, "unauthorized");
    }
    assert!(
        !tokens.to_string().contains(text.rsplit('_').next().unwrap()),
        "a list shows no secret"
    );
    let basic = request("GET", "/accounts", "").header("authorization", "Basic YTpi");
    site.raw(basic.body(Body::empty()).unwrap())
        .await
        .refused(401, "unauthorized");
    site.stop().await;
}
