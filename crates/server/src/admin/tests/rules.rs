// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Functions, a group's own policy, what holds for whom, the look, phases, and who waits to be let in.

use super::*;

/// With the entity tag that the caller saw.
async fn put(site: &Site, path: &str, tag: Option<&str>, body: Vec<u8>) -> Reply {
    let mut request = request("PUT", path, &site.owner);
    if let Some(tag) = tag {
        request = request.header("if-match", tag);
    }
    site.raw(request.body(Body::from(body)).unwrap()).await
}

fn tag(reply: &Reply) -> String {
    reply.headers["etag"].to_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_group_by_function_says_why_somebody_is_in_it() {
    let site = Site::new().await;
    let hall = site.made("/units", json!({"name": "Hall"})).await;
    let ada = site
        .made(
            "/accounts",
            json!({"kind": "staff", "name": "Ada", "unit": hall, "function": "Streife"}),
        )
        .await;
    let rules = json!({"functions": [{"function": "streife"}], "accounts": [{"account": ada, "role": "publisher"}]});
    let group = site
        .made("/groups", json!({"kind": "channel", "name": "Lage", "rules": rules}))
        .await;
    let told = site.get(&format!("/groups/{group}/rules")).await.ok();
    assert_eq!(told["functions"][0], json!({"function": "streife", "role": "member"}));
    let functions = site.get("/functions").await.ok();
    assert_eq!(functions["items"], json!([{"function": "Streife", "accounts": 1}]));
    let groups = site.get(&format!("/accounts/{ada}/groups")).await.ok();
    let because = json!([{"by": "function", "function": "streife"}, {"by": "named"}]);
    assert_eq!(groups["items"][0]["because"], because);
    assert_eq!(groups["items"][0]["role"], "publisher");
    // Without the function she is named still; without the name, too, she is out.
    let change = json!({"function": null});
    let path = format!("/accounts/{ada}");
    site.send("PATCH", &path, &site.owner, Some(change)).await.ok();
    let groups = site.get(&format!("/accounts/{ada}/groups")).await.ok();
    assert_eq!(groups["items"][0]["because"], json!([{"by": "named"}]));
    let path = format!("/groups/{group}/accounts/{ada}");
    site.send("DELETE", &path, &site.owner, None).await.ok();
    let groups = site.get(&format!("/accounts/{ada}/groups")).await.ok();
    assert_eq!(groups["items"], json!([]));
    site.stop().await;
}

#[tokio::test]
async fn every_rule_says_whom_it_meets_and_since_when_and_two_admins_do_not_overwrite_each_other() {
    let site = Site::new().await;
    let group = site.made("/groups", json!({"kind": "group", "name": "Lage"})).await;
    let path = format!("/groups/{group}/policy");
    let seen = tag(&site.get(&format!("/groups/{group}")).await);
    let strict = json!({"retention_days": 3, "max_attachment": 0, "alarms": "publishers"});
    let first = put(&site, &path, Some(&seen), strict.to_string().into_bytes()).await;
    assert_eq!(first.ok()["policy"], strict);
    put(&site, &path, Some(&seen), b"{}".to_vec())
        .await
        .refused(412, "conflict");
    for (field, wrong) in [("retention_days", json!(0)), ("max_attachment", json!(999_999_999))] {
        let reply = put(&site, &path, None, json!({field: wrong}).to_string().into_bytes()).await;
        reply.refused(422, "invalid_field");
        assert_eq!(reply.json()["field"], *field);
    }
    let facts = site.get("/policy/facts").await.ok();
    assert_eq!(facts["groups"][0]["policy"], strict);
    let rule = |facts: &Value, name: &str| {
        let rules = facts["rules"].as_array().unwrap().clone();
        rules.into_iter().find(|rule| rule["name"] == name).unwrap()
    };
    let before = rule(&facts, "read_receipts");
    assert_eq!(
        (&before["value"], &before["watches"], &before["meets"]),
        (&json!(false), &json!(true), &json!("everybody"))
    );
    site.pass(3 * 24 * 3_600_000);
    let mut policy = site.get("/policy").await.ok();
    policy["read_receipts"] = json!(true);
    policy["minimum_app"] = json!("1.2.0");
    site.send("PUT", "/policy", &site.owner, Some(policy.clone()))
        .await
        .ok();
    let facts = site.get("/policy/facts").await.ok();
    let after = rule(&facts, "read_receipts");
    assert!(after["since"].as_str() > before["since"].as_str(), "{before} {after}");
    assert_eq!(rule(&facts, "export")["since"], rule(&facts, "presence")["since"]);
    assert_eq!(rule(&facts, "minimum_app")["value"], "1.2.0");
    policy["minimum_app"] = json!("neu");
    site.send("PUT", "/policy", &site.owner, Some(policy))
        .await
        .refused(422, "invalid_field");
    site.stop().await;
}

/// The smallest PNG that is taken; its pixels are nobody's concern here.
fn png() -> Vec<u8> {
    let chunk = |name: &[u8], data: &[u8]| {
        let length = u32::try_from(data.len()).unwrap().to_be_bytes();
        [&length[..], name, data, &[0; 4]].concat()
    };
    let head = [0, 0, 0, 16, 0, 0, 0, 16, 8, 6, 0, 0, 0];
    [
        b"\x89PNG\r\n\x1a\n".to_vec(),
        chunk(b"IHDR", &head),
        chunk(b"tEXt", b"Author\0Ada"),
        chunk(b"IDAT", &[1]),
        chunk(b"IEND", &[]),
    ]
    .concat()
}

#[tokio::test]
async fn the_look_is_chosen_by_an_owner_checked_and_shown_to_everybody() {
    let site = Site::new().await;
    let public = crate::admin::brand::router(site.server.handle().clone());
    let ask = async |path: &str| {
        let request = Request::builder().uri(path).body(Body::empty()).unwrap();
        public.clone().oneshot(request).await.unwrap()
    };
    assert_eq!(
        ask("/v1/brand").await.status(),
        StatusCode::NO_CONTENT,
        "nothing was chosen"
    );
    let seen = tag(&site.get("/brand").await);
    let done = put(
        &site,
        "/brand",
        Some(&seen),
        json!({"accent": "violet"}).to_string().into_bytes(),
    )
    .await;
    assert_eq!(done.ok()["accent"], "violet");
    put(&site, "/brand/logo", Some(&seen), png())
        .await
        .refused(412, "conflict");
    put(&site, "/brand", None, b"{\"accent\": \"#ff0000\"}".to_vec())
        .await
        .refused(422, "invalid_field");
    put(&site, "/brand/logo", None, b"<svg onload='x()'/>".to_vec())
        .await
        .refused(422, "invalid_field");
    let done = put(&site, "/brand/logo", None, png()).await.ok();
    assert_eq!(done["logo"]["bytes"], png().len() - 22, "the author's name is gone");
    let shown = ask("/v1/brand").await;
    let shown = shown.into_body().collect().await.unwrap().to_bytes();
    let shown: Value = serde_json::from_slice(&shown).unwrap();
    assert_eq!((&shown["name"], &shown["accent"]), (&json!("City"), &json!("violet")));
    let picture = ask(shown["logo"].as_str().unwrap()).await;
    assert_eq!(picture.headers()["content-type"], "image/png");
    assert_eq!(picture.headers()["x-content-type-options"], "nosniff");
    assert!(
        picture.headers()["content-security-policy"]
            .to_str()
            .unwrap()
            .contains("sandbox")
    );
    let groups = site.token("groups").await;
    site.send("PUT", "/brand", &groups, Some(json!({"accent": "blue"})))
        .await
        .refused(403, "forbidden");
    site.send("DELETE", "/brand/logo", &site.owner, None).await.ok();
    assert_eq!(
        ask(shown["logo"].as_str().unwrap()).await.status(),
        StatusCode::NOT_FOUND
    );
    site.stop().await;
}

#[tokio::test]
async fn an_operation_has_phases_and_its_end_is_said_in_the_log_before_it_comes() {
    let site = Site::new().await;
    // Days from now, as the API has them.
    let day = |days: u64| {
        let time = crate::Clock::now(&crate::SystemClock).plus(days * melder_protocol::Time::DAY);
        crate::directory::calendar::format(time)
    };
    let ask = |begins: String| {
        json!({"name": "Wahl", "ends": day(40), "phases": [
            {"name": "Wahlsonntag", "begins": day(39)},
            {"name": "Schulung", "begins": begins},
        ]})
    };
    site.post("/operations", ask(day(41)))
        .await
        .refused(422, "invalid_field");
    let made = site.post("/operations", ask(day(20))).await.ok();
    assert_eq!(made["phases"][0]["name"], "Schulung", "by their beginnings");
    assert_eq!(made["warnings"].as_array().unwrap().len(), 2);
    let path = format!("/operations/{}", made["id"].as_str().unwrap());
    let change = json!({"phases": [{"name": "Auszählung", "begins": day(30)}]});
    let changed = site.send("PATCH", &path, &site.owner, Some(change)).await.ok();
    assert_eq!(changed["phases"].as_array().unwrap().len(), 1);
    site.stop().await;
}
