// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What an administrator does in a day, over HTTP.

use melder_protocol::invitation::InvitationLink;

use super::*;

#[tokio::test]
async fn the_set_up_link_works_once() {
    let (site, setup) = Site::empty().await;
    site.send(
        "POST",
        "/setup",
        "",
        Some(json!({"token": "guess", "organisation": "City"})),
    )
    .await
    .refused(410, "setup_done");
    let ask = json!({"token": setup, "organisation": "City"});
    let reply = site.send("POST", "/setup", "", Some(ask.clone())).await;
    assert_eq!(reply.status, StatusCode::CREATED);
    let done = reply.ok();
    assert_eq!(done["organisation"]["name"], "City");
    site.send("POST", "/setup", "", Some(ask))
        .await
        .refused(410, "setup_done");
    let me = site
        .send("GET", "/me", done["owner_token"].as_str().unwrap(), None)
        .await
        .ok();
    assert_eq!(
        (&me["token"]["scopes"], &me["organisation"]["name"], &me["accounts"]),
        (&json!(["owner"]), &json!("City"), &json!(0))
    );
    let me = site
        .send("GET", "/me", done["server_token"].as_str().unwrap(), None)
        .await
        .ok();
    assert_eq!(
        (&me["token"]["scopes"], me.get("organisation")),
        (&json!(["server"]), None)
    );
    site.stop().await;
}

#[tokio::test]
async fn units_accounts_groups_and_invitations() {
    let site = Site::new().await;
    let hall = site.made("/units", json!({"name": "Hall"})).await;
    let desk = site.made("/units", json!({"name": "Desk", "parent": hall})).await;
    let ada = site
        .post("/accounts", json!({"kind": "staff", "name": "Ada König", "unit": desk}))
        .await;
    assert_eq!(
        (ada.status, &ada.headers["etag"]),
        (StatusCode::CREATED, &"\"1\"".parse().unwrap())
    );
    let ada = ada.ok();
    assert_eq!(
        (&ada["unit_path"], &ada["status"]),
        (&json!("Hall/Desk"), &json!("invited"))
    );
    let id = ada["id"].as_str().unwrap();

    let rules = json!({"units": [{"unit": hall}]});
    let group = site
        .post("/groups", json!({"kind": "channel", "name": "News", "rules": rules}))
        .await
        .ok();
    assert_eq!((&group["suite"], &group["closed"]), (&json!("hybrid"), &json!(false)));
    let group = group["id"].as_str().unwrap();
    let members = site.get(&format!("/groups/{group}/members")).await.ok();
    assert_eq!(
        members["items"][0],
        json!({"account": id, "role": "member", "name": "Ada König", "foreign": false})
    );
    let put = site
        .send(
            "PUT",
            &format!("/groups/{group}/accounts/{id}"),
            &site.owner,
            Some(json!({"role": "publisher"})),
        )
        .await;
    assert_eq!(put.status, StatusCode::NO_CONTENT);
    let rules = site.get(&format!("/groups/{group}/rules")).await.ok();
    assert_eq!(rules["accounts"], json!([{"account": id, "role": "publisher"}]));
    assert_eq!(
        rules["units"],
        json!([{"unit": hall, "sub_units": true, "role": "member"}])
    );

    let new = site.post(&format!("/accounts/{id}/invitations"), json!({})).await.ok();
    let link: InvitationLink = new["link"].as_str().unwrap().parse().unwrap();
    assert_eq!(link.server, "http://melder.test:8080");
    assert!(new["qr_svg"].as_str().unwrap().contains("<svg"));
    let listed = site.get(&format!("/invitations?account={id}")).await.ok();
    assert_eq!(
        (&listed["items"][0]["id"], &listed["items"][0]["status"]),
        (&new["invitation"]["id"], &json!("open"))
    );
    assert!(!listed.to_string().contains(&link.token.secret.to_string()));
    let path = format!("/invitations/{}", new["invitation"]["id"].as_str().unwrap());
    assert_eq!(
        site.send("DELETE", &path, &site.owner, None).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(site.get(&path).await.ok()["status"], "withdrawn");

    let patched = site
        .send(
            "PATCH",
            &format!("/accounts/{id}"),
            &site.owner,
            Some(json!({"unit": null, "function": "Lead"})),
        )
        .await
        .ok();
    assert_eq!(
        (&patched["unit"], &patched["function"], &patched["revision"]),
        (&Value::Null, &json!("Lead"), &json!(2))
    );
    assert_eq!(
        site.post(&format!("/accounts/{id}/suspend"), json!({})).await.ok()["status"],
        "suspended"
    );
    assert_eq!(
        site.post(&format!("/accounts/{id}/resume"), json!({})).await.ok()["status"],
        "invited"
    );
    assert_eq!(
        site.get(&format!("/accounts/{id}/devices")).await.ok()["items"],
        json!([])
    );

    let gone = site
        .send("DELETE", &format!("/accounts/{id}"), &site.owner, None)
        .await
        .ok();
    assert_eq!(
        (&gone["account"], &gone["reason"], &gone["profile"]),
        (&json!(id), &json!("administrator"), &json!(true))
    );
    assert_eq!(site.get(&format!("/deletions/{id}")).await.ok(), gone);
    site.get(&format!("/accounts/{id}")).await.refused(404, "not_found");
    let check = site.get("/audit/check").await.ok();
    assert_eq!(check["intact"], true);
    let actions = site.get("/audit?limit=1000").await.ok();
    let actions: Vec<&str> = actions["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|line| line["action"].as_str())
        .collect();
    assert_eq!(actions.last(), Some(&"account.delete"));
    assert_eq!(actions.len(), 13, "{actions:?}");
    site.stop().await;
}

#[tokio::test]
async fn an_operation_with_a_poster_ends_with_a_summary() {
    let site = Site::new().await;
    site.post("/operations", json!({"name": "Election", "ends": "2999-06-10"}))
        .await
        .refused(422, "invalid_field");
    let ends = crate::directory::calendar::format(soon());
    let operation = site
        .made("/operations", json!({"name": "Election", "ends": ends}))
        .await;
    let group = json!({"kind": "group", "name": "Station 4", "operation": operation});
    let group = site.made("/groups", group).await;
    let poster = json!({
        "kind": "guest", "operation": operation, "groups": [group], "limit": 100, "for_existing": true
    });
    let new = site.post("/invitations", poster).await.ok();
    assert_eq!(
        new["invitation"]["template"]["ends"], ends,
        "guests end with the operation"
    );
    assert_eq!(
        (&new["invitation"]["limit"], &new["invitation"]["used"]),
        (&json!(100), &json!(0))
    );
    let done = site.post(&format!("/operations/{operation}/end"), json!({})).await.ok();
    let summary = &done["summary"];
    assert_eq!(
        (&summary["groups_closed"], &summary["invitations_withdrawn"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(site.get(&format!("/groups/{group}")).await.ok()["closed"], true);
    site.post(&format!("/operations/{operation}/end"), json!({}))
        .await
        .refused(409, "conflict");
    site.stop().await;
}

fn soon() -> melder_protocol::Time {
    use crate::Clock as _;
    let day = melder_protocol::Time::DAY;
    let now = crate::SystemClock.now().plus(3 * day);
    melder_protocol::Time(now.0 - now.0 % day)
}

#[tokio::test]
async fn an_import_is_tried_first_and_then_done() {
    let site = Site::new().await;
    let send = |query: &'static str, table: &'static str, accept: &'static str| {
        let request = request("POST", &format!("/accounts/import{query}"), &site.owner).header("accept", accept);
        site.raw(request.body(Body::from(table)).unwrap())
    };
    let good = "name,unit\nAda,Hall/Desk\n=Bo,Hall\n";
    let bad = "name,unit\n,Hall\nBo,Nowhere\n";

    let dry = send("?dry_run=true", bad, "*/*").await.ok();
    let lines: Vec<_> = dry["bad_rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["line"].clone(), row["column"].clone()))
        .collect();
    assert_eq!(
        lines,
        [
            (json!(2), json!("name")),
            (json!(2), json!("unit")),
            (json!(3), json!("unit"))
        ]
    );
    let refused = send("", bad, "*/*").await;
    refused.refused(422, "invalid_csv");
    assert_eq!(refused.json()["rows"].as_array().unwrap().len(), 3);

    let dry = send("?dry_run=true&create_units=true&invitations=true", good, "*/*")
        .await
        .ok();
    assert_eq!(
        (&dry["accounts"], &dry["units"], &dry["invitations"]),
        (&json!(2), &json!(["Hall", "Hall/Desk"]), &json!([]))
    );
    assert_eq!(
        site.get("/accounts").await.ok()["items"],
        json!([]),
        "a dry run changes nothing"
    );
    assert_eq!(site.get("/units").await.ok()["items"], json!([]));

    let table = send("?create_units=true&invitations=true", good, "text/csv").await;
    assert_eq!(table.headers["content-type"], "text/csv; charset=utf-8");
    let lines: Vec<&str> = table.text.lines().collect();
    assert_eq!((lines.len(), lines[0]), (3, "name,account,link,expires"));
    assert!(lines[1].starts_with("Ada,") && lines[1].contains(",http://melder.test:8080/join#"));
    assert!(lines[2].starts_with("'=Bo,"), "no spreadsheet runs a name");
    assert_eq!(site.get("/accounts").await.ok()["items"].as_array().unwrap().len(), 2);

    let ansi = request("POST", "/accounts/import?encoding=windows-1252", &site.owner);
    let reply = site
        .raw(ansi.body(Body::from(&b"name\nJ\xfcrgen\n"[..])).unwrap())
        .await
        .ok();
    assert_eq!(reply["accounts"], 1);
    let found = site.get("/accounts?query=j%C3%BCr").await.ok();
    assert_eq!(found["items"][0]["name"], "Jürgen");
    site.stop().await;
}

#[tokio::test]
async fn lists_come_in_parts() {
    let site = Site::new().await;
    for name in ["Cy", "Ada", "Bo"] {
        site.made("/accounts", json!({"kind": "staff", "name": name})).await;
    }
    let first = site.get("/accounts?limit=2").await.ok();
    let names = |list: &Value| {
        list["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["name"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(names(&first), ["Ada", "Bo"]);
    let rest = site
        .get(&format!("/accounts?limit=2&after={}", first["next"].as_str().unwrap()))
        .await
        .ok();
    assert_eq!((names(&rest), rest.get("next")), (vec![json!("Cy")], None));
    site.stop().await;
}

#[tokio::test]
async fn the_policy_is_replaced_as_a_whole() {
    let site = Site::new().await;
    let shown = site.get("/policy").await;
    let mut policy = shown.ok();
    policy["server_retention_days"] = json!(7);
    let put = site.raw(
        request("PUT", "/policy", &site.owner)
            .header("if-match", shown.headers["etag"].clone())
            .body(Body::from(policy.to_string()))
            .unwrap(),
    );
    let put = put.await.ok();
    assert_eq!((&put["version"], &put["server_retention_days"]), (&json!(2), &json!(7)));
    site.stop().await;
}
