// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! One action on many accounts: the preview says what will be, and the whole is done or nothing.

use super::*;

struct Hall {
    hall: String,
    desk: String,
    fire: String,
    news: String,
    people: Vec<String>,
    guest: String,
}

async fn hall(site: &Site) -> Hall {
    let hall = site.made("/units", json!({"name": "Hall"})).await;
    let desk = site.made("/units", json!({"name": "Desk", "parent": hall})).await;
    let fire = site.made("/units", json!({"name": "Fire"})).await;
    let rules = json!({"units": [{"unit": hall}]});
    let news = site
        .made("/groups", json!({"kind": "channel", "name": "News", "rules": rules}))
        .await;
    let mut people = Vec::new();
    for name in ["Ada", "Bea", "Cleo"] {
        let account = json!({"kind": "staff", "name": name, "unit": desk});
        people.push(site.made("/accounts", account).await);
    }
    let operation = site
        .made("/operations", json!({"name": "Fair", "ends": "2027-06-10"}))
        .await;
    let guest = json!({"kind": "guest", "name": "Gil", "unit": hall, "operation": operation});
    let guest = site.made("/accounts", guest).await;
    Hall {
        hall,
        desk,
        fire,
        news,
        people,
        guest,
    }
}

async fn members(site: &Site, group: &str) -> usize {
    let list = site.get(&format!("/groups/{group}/members")).await.ok();
    list["items"].as_array().unwrap().len()
}

#[tokio::test]
async fn a_preview_changes_nothing_and_says_what_then_happens() {
    let site = Site::new().await;
    let hall = hall(&site).await;
    let filter = json!({"unit": hall.hall, "below": true});
    for (ask, left, joined) in [
        (
            json!({"filter": filter, "action": "suspend"}),
            json!("News"),
            Value::Null,
        ),
        (
            json!({"filter": filter, "action": "resume"}),
            Value::Null,
            json!("News"),
        ),
        (
            json!({"filter": filter, "action": "move", "unit": hall.fire}),
            json!("News"),
            Value::Null,
        ),
        (
            json!({"accounts": hall.people, "action": "delete"}),
            Value::Null,
            Value::Null,
        ),
    ] {
        let before = site.get("/audit/check").await.ok();
        let mut dry = ask.clone();
        dry["dry_run"] = json!(true);
        let preview = site.post("/accounts/bulk", dry).await.ok();
        assert_eq!(site.get("/audit/check").await.ok(), before, "nothing was done");
        let mut done = site.post("/accounts/bulk", ask).await.ok();
        assert_eq!(done["items"][0]["groups_left"][0]["name"], left);
        assert_eq!(done["items"][0]["groups_joined"][0]["name"], joined);
        done["dry_run"] = json!(true);
        for item in done["items"].as_array_mut().unwrap() {
            item.as_object_mut().unwrap().remove("deletion");
        }
        assert_eq!(preview, done, "the preview was right");
    }
    for id in &hall.people {
        site.get(&format!("/accounts/{id}")).await.refused(404, "not_found");
        site.get(&format!("/deletions/{id}")).await.ok();
    }
    assert_eq!(members(&site, &hall.news).await, 0);
    assert_eq!(site.get("/audit/check").await.ok()["intact"], true);
    site.stop().await;
}

#[tokio::test]
async fn deleting_many_changes_each_groups_roster_once() {
    let site = Site::new().await;
    let hall = hall(&site).await;
    let group: melder_protocol::GroupId = hall.news.parse().unwrap();
    let changes = || async {
        let handle = site.server.handle();
        handle
            .call(move |work| Ok(work.tx.roster_changes(group)?.len()))
            .await
            .unwrap()
    };
    let before = changes().await;
    let done = site
        .post("/accounts/bulk", json!({"accounts": hall.people, "action": "delete"}))
        .await
        .ok();
    assert_eq!((&done["changed"], &done["groups"]), (&json!(3), &json!(1)));
    assert_eq!(done["items"][2]["deletion"]["groups"], json!([hall.news]));
    assert_eq!(changes().await, before + 1);
    assert_eq!(members(&site, &hall.news).await, 1);
    site.stop().await;
}

#[tokio::test]
async fn one_that_can_not_be_is_enough_for_all_to_stay() {
    let site = Site::new().await;
    let hall = hall(&site).await;
    let mut all = hall.people.clone();
    all.push(hall.guest.clone());
    let ask = json!({"accounts": all, "action": "end", "ends": "2027-05-01"});
    let mut dry = ask.clone();
    dry["dry_run"] = json!(true);
    let preview = site.post("/accounts/bulk", dry).await.ok();
    assert_eq!((&preview["problems"], &preview["changed"]), (&json!(3), &json!(1)));
    assert_eq!(preview["operations"].as_array().unwrap().len(), 1);
    let before = site.get("/audit/check").await.ok();
    let refused = site.post("/accounts/bulk", ask).await;
    refused.refused(409, "conflict");
    let rows = refused.json()["rows"].clone();
    assert_eq!(rows.as_array().unwrap().len(), 3);
    assert_eq!(
        (&rows[1]["line"], &rows[1]["column"]),
        (&json!(2), &json!(hall.people[1]))
    );
    assert_eq!(site.get("/audit/check").await.ok(), before);

    let ask = json!({"accounts": [hall.guest], "action": "end", "ends": "2027-05-01"});
    let done = site.post("/accounts/bulk", ask).await.ok();
    assert_eq!(done["items"][0]["account"]["ends"], "2027-05-02T00:00:00Z");
    let invited = site
        .post("/accounts/bulk", json!({"accounts": all, "action": "invite"}))
        .await
        .ok();
    assert!(
        invited["items"][3]["invitation"]["link"]
            .as_str()
            .unwrap()
            .contains("/join#")
    );
    site.stop().await;
}

#[tokio::test]
async fn what_is_asked_wrongly_is_named() {
    let site = Site::new().await;
    let hall = hall(&site).await;
    let works = site
        .send("POST", "/organisations", &site.operator, Some(json!({"name": "Works"})))
        .await
        .ok();
    let works = works["owner_token"].as_str().unwrap();
    let theirs = json!({"accounts": hall.people, "action": "suspend"});
    site.send("POST", "/accounts/bulk", works, Some(theirs))
        .await
        .refused(404, "not_found");
    let theirs = json!({"filter": {}, "action": "delete"});
    let none = site.send("POST", "/accounts/bulk", works, Some(theirs)).await.ok();
    assert_eq!(none["accounts"], 0);
    for bad in [
        json!({"action": "suspend"}),
        json!({"action": "suspend", "accounts": [], "filter": {}}),
        json!({"action": "move", "accounts": hall.people}),
        json!({"action": "end", "accounts": [hall.guest]}),
        json!({"action": "suspend", "accounts": hall.people, "unit": hall.desk}),
        json!({"action": "dance", "accounts": hall.people}),
        json!({"action": "suspend", "accounts": vec!["0".repeat(32); 5_001]}),
    ] {
        assert_eq!(
            site.post("/accounts/bulk", bad.clone()).await.status.as_u16(),
            422,
            "{bad}"
        );
    }
    let token = site.token("groups").await;
    let ask = json!({"accounts": hall.people, "action": "suspend"});
    site.send("POST", "/accounts/bulk", &token, Some(ask))
        .await
        .refused(403, "forbidden");
    site.stop().await;
}
