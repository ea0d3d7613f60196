// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What an admin may do where, and who tries more: between organisations, between units, and upwards.

use super::admins::{Browser, owned};
use super::*;
use crate::webauthn::testing::Authenticator;

/// An admin with these roles, in a browser of their own.
async fn admin<'s>(owner: &mut Browser<'s>, number: u8, roles: Value) -> (Browser<'s>, String) {
    let new = owner
        .send("POST", "/admins", json!({"name": "Bo", "roles": roles}))
        .await
        .ok();
    let link = new["link"].as_str().unwrap();
    let secret = link.strip_prefix("http://localhost:8080/leitstand/einladung#").unwrap();
    let mut browser = Browser::new(owner.site);
    let made = browser
        .enrol(&json!(secret), &Authenticator::ed25519(number))
        .await
        .ok();
    assert_eq!(
        made["recovery"].as_str().unwrap().len(),
        35,
        "whoever has none gets one"
    );
    (browser, new["admin"]["id"].as_str().unwrap().to_owned())
}

async fn made(browser: &mut Browser<'_>, path: &str, body: Value) -> String {
    let reply = browser.send("POST", path, body).await.ok();
    reply["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn roles_open_what_tokens_scopes_open_and_no_more() {
    let (site, _, _, cookie) = owned().await;
    let mut owner = Browser::new(&site);
    owner.cookie = cookie;
    let tries = [
        ("GET", "/accounts", json!({}), &["accounts", "groups", "operations"][..]),
        ("POST", "/units", json!({"name": "A"}), &["accounts"]),
        ("POST", "/groups", json!({"kind": "group", "name": "G"}), &["groups"]),
        ("GET", "/operations", json!({}), &["accounts", "groups", "operations"]),
        ("GET", "/audit", json!({}), &["audit"]),
        ("GET", "/admins", json!({}), &[]),
        (
            "POST",
            "/admins",
            json!({"name": "X", "roles": [{"role": "owner"}]}),
            &[],
        ),
        ("GET", "/tokens", json!({}), &[]),
        ("POST", "/tokens", json!({"name": "X", "scopes": ["owner"]}), &[]),
        ("GET", "/organisations", json!({}), &[]),
        (
            "GET",
            "/policy",
            json!({}),
            &["accounts", "groups", "operations", "audit"],
        ),
    ];
    for (number, role) in ["accounts", "groups", "operations", "audit"].into_iter().enumerate() {
        let number = 10 + u8::try_from(number).unwrap();
        let (mut browser, id) = admin(&mut owner, number, json!([{"role": role}])).await;
        for (method, path, body, allowed) in &tries {
            let reply = browser.send(method, path, body.clone()).await;
            if allowed.contains(&role) {
                assert_ne!(reply.status, StatusCode::FORBIDDEN, "{role} {method} {path}");
            } else {
                reply.refused(403, "forbidden");
            }
        }
        // Nobody lifts themselves.
        let own = format!("/admins/{id}");
        browser
            .send("PATCH", &own, json!({"roles": [{"role": "owner"}]}))
            .await
            .refused(403, "forbidden");
    }
    // An owner of one organisation is nothing on the server.
    owner.get("/organisations").await.refused(403, "forbidden");
    site.stop().await;
}

#[tokio::test]
async fn privilege_escalation_between_organisations_finds_nothing() {
    let (site, _, _, cookie) = owned().await;
    let mut owner = Browser::new(&site);
    owner.cookie = cookie;
    let works = site
        .send("POST", "/organisations", &site.operator, Some(json!({"name": "Works"})))
        .await
        .ok();
    let works = works["owner_token"].as_str().unwrap();
    let theirs = site
        .send(
            "POST",
            "/admins",
            works,
            Some(json!({"name": "Cy", "roles": [{"role": "owner"}]})),
        )
        .await
        .ok();
    let mut other = Browser::new(&site);
    other.enrol(&theirs["enrol"], &Authenticator::es256(7)).await.ok();

    let unit = made(&mut owner, "/units", json!({"name": "Hall"})).await;
    let account = made(
        &mut owner,
        "/accounts",
        json!({"kind": "staff", "name": "Ada", "unit": unit}),
    )
    .await;
    let group = made(&mut owner, "/groups", json!({"kind": "group", "name": "Team"})).await;
    let operation = made(&mut owner, "/operations", json!({"name": "Fair", "ends": "2029-06-10"})).await;
    let me = owner.get("/me").await.ok()["admin"]["id"].as_str().unwrap().to_owned();
    let token = owner.get("/tokens").await.ok()["items"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let invitation = owner
        .send("POST", &format!("/accounts/{account}/invitations"), json!({}))
        .await
        .ok();
    let invitation = invitation["invitation"]["id"].as_str().unwrap().to_owned();
    let before = owner.get("/audit/check").await.ok();
    for (method, path) in crate::admin::ROUTES
        .iter()
        .filter(|(_, path)| path.contains('{') && !path.contains("organisations") && !path.contains("/papers/"))
    {
        let id = match path.split('/').nth(3) {
            Some("units") => &unit,
            Some("accounts" | "deletions") => &account,
            Some("groups") => &group,
            Some("invitations" | "approvals") => &invitation,
            Some("operations") => &operation,
            Some("tokens") => &token,
            Some("admins") => &me,
            // Each sees their own alone.
            Some("passkeys") => &"AQEBAQEBAQEBAQEBAQEBAQEBAQE".to_owned(),
            found => panic!("a kind of thing that this test does not know: {found:?}"),
        };
        let path = path
            .replace("{id}", id)
            .replace("{invitation}", id)
            .replace("{account}", &account);
        let path = path.strip_prefix("/v1/admin").unwrap();
        other
            .send(&method.to_uppercase(), path, json!({}))
            .await
            .refused(404, "not_found");
    }
    // Nor can a role reach over.
    let reaching = json!({"name": "Di", "roles": [{"role": "accounts", "unit": unit}]});
    other.send("POST", "/admins", reaching).await.refused(404, "not_found");
    assert_eq!(owner.get("/audit/check").await.ok(), before, "nothing was done here");
    site.stop().await;
}

#[tokio::test]
async fn privilege_escalation_between_units_finds_nothing() {
    let (site, _, _, cookie) = owned().await;
    let mut owner = Browser::new(&site);
    owner.cookie = cookie;
    let hall = made(&mut owner, "/units", json!({"name": "Hall"})).await;
    let desk = made(&mut owner, "/units", json!({"name": "Desk", "parent": hall})).await;
    let fire = made(&mut owner, "/units", json!({"name": "Fire"})).await;
    let mine = made(
        &mut owner,
        "/accounts",
        json!({"kind": "staff", "name": "Ada", "unit": desk}),
    )
    .await;
    let theirs = made(
        &mut owner,
        "/accounts",
        json!({"kind": "staff", "name": "Bea", "unit": fire}),
    )
    .await;
    let nobodys = made(&mut owner, "/accounts", json!({"kind": "staff", "name": "Cleo"})).await;
    let rules = |unit: &str| json!({"units": [{"unit": unit}]});
    let ours = made(
        &mut owner,
        "/groups",
        json!({"kind": "group", "name": "Ours", "rules": rules(&hall)}),
    )
    .await;
    let brigade = made(
        &mut owner,
        "/groups",
        json!({"kind": "group", "name": "Brigade", "rules": rules(&fire)}),
    )
    .await;
    let both = json!({"units": [{"unit": hall}, {"unit": fire}]});
    let both = made(
        &mut owner,
        "/groups",
        json!({"kind": "group", "name": "Both", "rules": both}),
    )
    .await;
    for id in [&theirs, &nobodys] {
        owner
            .send("POST", &format!("/accounts/{id}/invitations"), json!({}))
            .await
            .ok();
    }
    let roles = json!([{"role": "accounts", "unit": hall}, {"role": "groups", "unit": hall}]);
    let (mut bo, _) = admin(&mut owner, 20, roles).await;
    let before = owner.get("/audit/check").await.ok();

    // What is elsewhere is not there.
    let names = |list: Value| -> Vec<String> {
        let items = list["items"].as_array().unwrap().iter();
        items.map(|item| item["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(bo.get("/accounts").await.ok()), ["Ada"]);
    assert_eq!(names(bo.get("/accounts?query=bea").await.ok()), Vec::<String>::new());
    assert_eq!(
        names(bo.get(&format!("/accounts?unit={fire}&below=true")).await.ok()),
        Vec::<String>::new()
    );
    assert_eq!(names(bo.get("/units").await.ok()), ["Hall", "Desk"]);
    assert_eq!(names(bo.get("/groups").await.ok()), ["Ours"]);
    assert_eq!(bo.get("/invitations").await.ok()["items"], json!([]));
    for account in [&theirs, &nobodys] {
        for (method, path, body) in [
            ("GET", "", json!({})),
            ("PATCH", "", json!({"name": "Eve"})),
            ("DELETE", "", json!({})),
            ("POST", "/suspend", json!({})),
            ("POST", "/resume", json!({})),
            ("POST", "/reset", json!({})),
            ("POST", "/invitations", json!({})),
            ("GET", "/devices", json!({})),
        ] {
            bo.send(method, &format!("/accounts/{account}{path}"), body)
                .await
                .refused(404, "not_found");
        }
        let path = format!("/groups/{ours}/accounts/{account}");
        bo.send("PUT", &path, json!({})).await.refused(404, "not_found");
        let rules = json!({"accounts": [{"account": account}]});
        bo.send("PUT", &format!("/groups/{ours}/rules"), rules)
            .await
            .refused(404, "not_found");
    }
    for group in [&brigade, &both] {
        bo.get(&format!("/groups/{group}/members"))
            .await
            .refused(404, "not_found");
        let path = format!("/groups/{group}/accounts/{mine}");
        bo.send("PUT", &path, json!({})).await.refused(404, "not_found");
        bo.send("POST", &format!("/groups/{group}/close"), json!({}))
            .await
            .refused(404, "not_found");
        let poster = json!({"kind": "private", "unit": desk, "groups": [group], "limit": 1});
        bo.send("POST", "/invitations", poster).await.refused(404, "not_found");
    }
    // Nothing is put where they don't administer, and nothing of theirs is moved out.
    let new = |unit: Value| json!({"kind": "staff", "name": "Eve", "unit": unit});
    bo.send("POST", "/accounts", new(json!(fire)))
        .await
        .refused(404, "not_found");
    bo.send("POST", "/accounts", new(Value::Null))
        .await
        .refused(403, "forbidden");
    let path = format!("/accounts/{mine}");
    bo.send("PATCH", &path, json!({"unit": fire}))
        .await
        .refused(404, "not_found");
    bo.send("PATCH", &path, json!({"unit": null}))
        .await
        .refused(403, "forbidden");
    bo.send("POST", "/units", json!({"name": "New"}))
        .await
        .refused(403, "forbidden");
    bo.send("POST", "/units", json!({"name": "New", "parent": fire}))
        .await
        .refused(404, "not_found");
    bo.send("PATCH", &format!("/units/{desk}"), json!({"parent": null}))
        .await
        .refused(403, "forbidden");
    bo.send("PATCH", &format!("/units/{desk}"), json!({"parent": fire}))
        .await
        .refused(404, "not_found");
    bo.send("PATCH", &format!("/units/{fire}"), json!({"name": "X"}))
        .await
        .refused(404, "not_found");
    bo.send(
        "POST",
        "/groups",
        json!({"kind": "group", "name": "X", "rules": rules(&fire)}),
    )
    .await
    .refused(404, "not_found");
    bo.send("POST", "/groups", json!({"kind": "group", "name": "X"}))
        .await
        .refused(422, "invalid_field");
    let poster = json!({"kind": "private", "unit": fire, "limit": 1});
    bo.send("POST", "/invitations", poster).await.refused(404, "not_found");
    bo.get("/deletions").await.refused(403, "forbidden");
    for table in [
        "name;unit\nEve;Fire\n",
        "name;unit\nEve;\n",
        "name;unit\nEve;New\n",
        "name;unit;groups\nEve;Hall;Brigade\n",
    ] {
        let request = bo.builder("POST", "/accounts/import?create_units=true");
        site.raw(request.body(Body::from(table)).unwrap())
            .await
            .refused(422, "invalid_csv");
    }
    assert_eq!(owner.get("/audit/check").await.ok(), before, "nothing was done");

    // And what is theirs works.
    bo.send("PATCH", &path, json!({"unit": hall})).await.ok();
    let request = bo.builder("POST", "/accounts/import?create_units=true&invitations=true");
    let done = site
        .raw(request.body(Body::from("name;unit\nFay;Hall/Annex\n")).unwrap())
        .await
        .ok();
    assert_eq!((&done["accounts"], &done["units"]), (&json!(1), &json!(["Hall/Annex"])));
    assert_eq!(names(bo.get(&format!("/accounts?unit={hall}")).await.ok()), ["Ada"]);
    assert_eq!(
        names(bo.get(&format!("/accounts?unit={hall}&below=true")).await.ok()),
        ["Ada", "Fay"]
    );
    let body = json!({"kind": "group", "name": "X", "rules": rules(&desk)});
    made(&mut bo, "/groups", body).await;
    site.stop().await;
}

#[tokio::test]
async fn other_roles_and_a_removal_end_all_sessions_and_the_last_owner_stays() {
    let (site, _, _, cookie) = owned().await;
    let mut owner = Browser::new(&site);
    owner.cookie = cookie;
    let me = owner.get("/me").await.ok()["admin"]["id"].as_str().unwrap().to_owned();
    let own = format!("/admins/{me}");
    let (mut bo, id) = admin(&mut owner, 20, json!([{"role": "accounts"}])).await;
    let path = format!("/admins/{id}");
    owner.send("PATCH", &path, json!({"name": "Bob"})).await.ok();
    assert!(bo.get("/me").await.status.is_success(), "a name is no role");
    owner
        .send("PATCH", &path, json!({"roles": [{"role": "audit"}]}))
        .await
        .ok();
    bo.get("/me").await.refused(401, "unauthorized");
    bo.log_in(&Authenticator::ed25519(20)).await.ok();
    assert_eq!(bo.get("/me").await.ok()["scopes"], json!(["audit"]));

    owner.send("DELETE", &own, json!({})).await.refused(409, "conflict");
    let roles = json!({"roles": [{"role": "audit"}]});
    owner.send("PATCH", &own, roles.clone()).await.refused(409, "conflict");
    // An owner who has not come in is nobody to rely on.
    let waiting = json!({"name": "Di", "roles": [{"role": "owner"}]});
    let waiting = owner.send("POST", "/admins", waiting).await.ok();
    owner.send("DELETE", &own, json!({})).await.refused(409, "conflict");
    let mut di = Browser::new(&site);
    di.enrol(&waiting["enrol"], &Authenticator::es256(30)).await.ok();
    let seen = owner.send("GET", &path, json!({})).await;
    let stale = owner.builder("DELETE", &path).header("if-match", "\"1\"");
    site.raw(stale.body(Body::empty()).unwrap())
        .await
        .refused(412, "conflict");
    assert_eq!(seen.headers["etag"], "\"3\"");
    owner.send("DELETE", &path, json!({})).await;
    bo.get("/me").await.refused(401, "unauthorized");
    bo.log_in(&Authenticator::ed25519(20))
        .await
        .refused(401, "passkey_refused");
    owner.send("PATCH", &own, roles).await.ok();
    owner.get("/me").await.refused(401, "unauthorized");
    for bad in [
        json!([]),
        json!([{"role": "server"}]),
        json!([{"role": "directory"}]),
        json!([{"role": "owner", "unit": "00000000000000000000000000000000"}]),
    ] {
        di.send("POST", "/admins", json!({"name": "X", "roles": bad}))
            .await
            .refused(422, "invalid_field");
    }
    site.stop().await;
}
