// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! An authority's directory, pulled from a real slapd.

use std::collections::{HashMap, HashSet};

use ldap3::Mod;
use melder_protocol::Time;

use super::*;
use crate::ldap::tests::slapd::{BASE, PASSWORD, SHORT, Slapd, dn, many, who};

const STREIFE: &str = "ou=Streife,ou=Ordnungsamt";

impl Site {
    async fn set(&self, settings: Value) -> Reply {
        let body = json!({"settings": settings, "password": PASSWORD});
        self.send("PUT", "/directory/ldap", &self.owner, Some(body)).await
    }

    async fn pull(&self, body: Value) -> Reply {
        self.post("/directory/ldap/pull", body).await
    }

    async fn names(&self) -> Vec<(String, String)> {
        let list = self.get("/accounts?limit=1000").await.ok();
        let one = |account: &Value| {
            let unit = account["unit"].to_string();
            (account["name"].as_str().unwrap().to_owned(), unit)
        };
        list["items"].as_array().unwrap().iter().map(one).collect()
    }

    async fn last_run(&self) -> Value {
        self.get("/directory/ldap/runs").await.ok()["items"][0].clone()
    }

    async fn status_of(&self, name: &str) -> Option<String> {
        let list = self.get("/accounts?limit=1000").await.ok();
        let found = list["items"]
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["name"] == name)?;
        Some(found["status"].as_str().unwrap().to_owned())
    }
}

fn counted(plan: &Value) -> HashMap<&str, u64> {
    let counts = plan["counts"].as_object().unwrap().iter();
    counts
        .filter(|(name, count)| *name != "known" && count.as_u64() != Some(0))
        .map(|(name, count)| (name.as_str(), count.as_u64().unwrap()))
        .collect()
}

#[tokio::test]
async fn a_directory_of_over_a_thousand_is_looked_at_taken_over_and_followed() {
    let mut people = many(1_200, "ou=Ordnungsamt");
    people.push(who("ada", "Ada König", STREIFE));
    let lage = [
        dn("ada", STREIFE),
        dn("u00001", "ou=Ordnungsamt"),
        "cn=reader,dc=stadt,dc=example".to_owned(),
    ];
    let slapd = Slapd::with(&["ou=Ordnungsamt", STREIFE, "ou=Bauamt"], &people, &[("Lage", &lage)]).await;
    let site = Site::new().await;
    let own = site
        .made("/accounts", json!({"kind": "staff", "name": "Von Hand"}))
        .await;
    site.set(slapd.settings()).await.ok();

    let plan = site.pull(json!({"dry_run": true})).await.ok();
    assert_eq!(plan["outcome"], "planned");
    let expected = [("added", 1_201), ("units", 2), ("groups_added", 1), ("joined", 2)];
    assert_eq!(
        counted(&plan),
        HashMap::from(expected),
        "pages of 500, and the reader may have no more at once"
    );
    assert_eq!(site.names().await.len(), 1, "it was only looked at");

    let done = site.pull(json!({"confirm": plan["hash"]})).await.ok();
    assert_eq!(done["outcome"], "applied");
    let again = site.pull(json!({})).await.ok();
    assert_eq!(
        (&again["outcome"], counted(&again)),
        (&json!("unchanged"), HashMap::new())
    );
    let units = site.get("/units").await.ok();
    let names: Vec<_> = units["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|unit| unit["name"].clone())
        .collect();
    assert_eq!(names, ["Ordnungsamt", "Streife"], "only those that somebody is in");

    // A channel follows the directory's group.
    let groups = site.get("/directory").await.ok();
    let rule = json!({"directory": [{"group": groups["items"][0]["id"]}]});
    let channel = site
        .made("/groups", json!({"kind": "channel", "name": "Lage", "rules": rule}))
        .await;
    let members = format!("/groups/{channel}/members");
    assert_eq!(site.get(&members).await.ok()["items"].as_array().unwrap().len(), 2);

    let mut ldap = slapd.admin().await;
    let above = format!("ou=Bauamt,ou=people,{BASE}");
    let moved = ldap.modifydn(&dn("ada", STREIFE), "uid=ada", true, Some(&above)).await;
    moved.unwrap().success().unwrap();
    let lage = format!("cn=Lage,ou=groups,{BASE}");
    let ada: HashSet<String> = HashSet::from([dn("ada", STREIFE)]);
    ldap.modify(&lage, vec![Mod::Delete("member".to_owned(), ada)])
        .await
        .unwrap()
        .success()
        .unwrap();
    let title: HashSet<&str> = HashSet::from(["Leitung"]);
    ldap.modify(&dn("u00001", "ou=Ordnungsamt"), vec![Mod::Add("title", title)])
        .await
        .unwrap()
        .success()
        .unwrap();
    ldap.delete(&dn("u00002", "ou=Ordnungsamt"))
        .await
        .unwrap()
        .success()
        .unwrap();
    let done = site.pull(json!({})).await.ok();
    let expected = [
        ("moved", 1),
        ("changed", 1),
        ("left", 1),
        ("units", 1),
        ("groups_changed", 1),
        ("parted", 1),
    ];
    assert_eq!(
        (&done["outcome"], counted(&done)),
        (&json!("applied"), HashMap::from(expected))
    );
    let step = done["people"]
        .as_array()
        .unwrap()
        .iter()
        .find(|step| step["kind"] == "move")
        .unwrap();
    assert_eq!(
        (&step["unit_from"], &step["unit_to"]),
        (&json!("Ordnungsamt/Streife"), &json!("Bauamt"))
    );
    let members = site.get(&members).await.ok();
    assert_eq!(
        members["items"].as_array().unwrap().len(),
        1,
        "the channel follows, leaving included"
    );
    assert_eq!(site.status_of("Person 00002").await.as_deref(), Some("suspended"));
    assert_eq!(
        site.get(&format!("/accounts/{own}")).await.ok()["status"],
        "invited",
        "none of the directory's"
    );
    assert_eq!(site.pull(json!({})).await.ok()["outcome"], "unchanged");

    // After a week the one who left is deleted, and the record says so.
    site.pass(8 * Time::DAY);
    let done = site.pull(json!({})).await.ok();
    assert_eq!(
        (&done["outcome"], counted(&done)),
        (&json!("applied"), HashMap::from([("deleted", 1)]))
    );
    assert_eq!(site.status_of("Person 00002").await, None);
    assert_eq!(site.get("/deletions").await.ok()["items"].as_array().unwrap().len(), 1);
    let audit = site.get("/audit?limit=1000").await.ok();
    assert!(
        audit["items"]
            .as_array()
            .unwrap()
            .iter()
            .any(|line| line["action"] == "directory.ldap.change")
    );
    site.stop().await;
}

#[tokio::test]
async fn a_server_that_is_killed_in_the_middle_changes_nothing() {
    let slapd = Slapd::with(&["ou=Ordnungsamt"], &many(1_200, "ou=Ordnungsamt"), &[]).await;
    let site = Site::new().await;
    site.set(slapd.settings()).await.ok();
    site.pull(json!({})).await.ok();
    let before = site.get("/accounts?limit=1000").await.text;
    // After some of the second page.
    let port = slapd.dying_after(150_000).await;
    let mut settings = slapd.settings();
    settings["url"] = json!(format!("ldap://127.0.0.1:{port}"));
    site.set(settings).await.ok();
    site.pull(json!({})).await.refused(502, "directory_incomplete");
    let run = site.last_run().await;
    assert_eq!(
        (&run["outcome"], &run["code"]),
        (&json!("failed"), &json!("directory_incomplete"))
    );
    assert_eq!(site.get("/accounts?limit=1000").await.text, before);
    // And when it does not come back.
    site.set(slapd.settings()).await.ok();
    site.pull(json!({})).await.refused(502, "directory_unreachable");
    assert_eq!(site.get("/accounts?limit=1000").await.text, before);
    site.stop().await;
}

#[tokio::test]
async fn a_limit_and_a_referral_are_not_read_as_everybody_else_is_gone() {
    let slapd = Slapd::with(&["ou=Ordnungsamt"], &many(200, "ou=Ordnungsamt"), &[]).await;
    let site = Site::new().await;
    site.set(slapd.settings()).await.ok();
    site.pull(json!({})).await.ok();
    let mut short = slapd.settings();
    short["bind_dn"] = json!(SHORT);
    site.set(short).await.ok();
    let refused = site.pull(json!({})).await;
    refused.refused(502, "directory_incomplete");
    site.set(slapd.settings()).await.ok();
    let mut ldap = slapd.admin().await;
    let attributes = vec![
        ("objectClass", HashSet::from(["referral", "extensibleObject"])),
        ("ou", HashSet::from(["Bauamt"])),
        ("ref", HashSet::from(["ldap://other.example/ou=Bauamt"])),
    ];
    let dn = format!("ou=Bauamt,ou=people,{BASE}");
    ldap.add(&dn, attributes).await.unwrap().success().unwrap();
    let refused = site.pull(json!({})).await;
    refused.refused(502, "directory_incomplete");
    assert!(refused.text.contains("refers to another"), "{}", refused.text);
    assert_eq!(site.names().await.len(), 200);
    site.stop().await;
}

#[tokio::test]
async fn the_brake_holds_until_an_admin_confirms_that_very_plan() {
    let slapd = Slapd::with(&["ou=Ordnungsamt"], &many(50, "ou=Ordnungsamt"), &[]).await;
    let site = Site::new().await;
    let mut settings = slapd.settings();
    settings["schedule"] = json!({"every": "hour"});
    site.set(settings).await.ok();
    site.pull(json!({})).await.ok();
    let mut ldap = slapd.admin().await;
    for number in 0..6 {
        let dn = dn(&format!("u{number:05}"), "ou=Ordnungsamt");
        ldap.delete(&dn).await.unwrap().success().unwrap();
    }
    site.pass(2 * Time::HOUR);
    let run = loop {
        let run = site.last_run().await;
        if run["trigger"] == "schedule" {
            break run;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    };
    assert_eq!(
        (&run["outcome"], &run["counts"]["left"], &run["counts"]["known"]),
        (&json!("held"), &json!(6), &json!(50))
    );
    assert_eq!(site.status_of("Person 00000").await.as_deref(), Some("invited"));

    let held = site.pull(json!({})).await.ok();
    assert_eq!(
        (&held["outcome"], &held["held"], &held["hash"]),
        (&json!("held"), &json!(true), &run["hash"])
    );
    let title: HashSet<&str> = HashSet::from(["Leitung"]);
    let changed = dn("u00040", "ou=Ordnungsamt");
    ldap.modify(&changed, vec![Mod::Add("title", title)])
        .await
        .unwrap()
        .success()
        .unwrap();
    site.pull(json!({"confirm": held["hash"]}))
        .await
        .refused(409, "plan_changed");
    assert_eq!(
        site.status_of("Person 00000").await.as_deref(),
        Some("invited"),
        "it is another plan by now"
    );

    let plan = site.pull(json!({"dry_run": true})).await.ok();
    assert_eq!(
        (&plan["held"], plan["people"][0]["kind"].as_str()),
        (&json!(true), Some("leave"))
    );
    let done = site.pull(json!({"confirm": plan["hash"]})).await.ok();
    assert_eq!(done["outcome"], "applied");
    assert_eq!(site.status_of("Person 00000").await.as_deref(), Some("suspended"));
    site.stop().await;
}

#[tokio::test]
async fn names_may_go_round_and_an_entry_made_anew_is_somebody_else() {
    let people = [
        who("ada", "Ada König", ""),
        who("bo", "Bo Adam", ""),
        who("cy", "Cy Dorn", ""),
        who("di", "Di Ernst", ""),
    ];
    let slapd = Slapd::with(&[], &people, &[]).await;
    let site = Site::new().await;
    site.set(slapd.settings()).await.ok();
    site.pull(json!({})).await.ok();
    let mut ldap = slapd.admin().await;
    for (from, to) in [("ada", "x"), ("bo", "ada"), ("x", "bo")] {
        let renamed = ldap.modifydn(&dn(from, ""), &format!("uid={to}"), true, None).await;
        renamed.unwrap().success().unwrap();
    }
    ldap.delete(&dn("cy", "")).await.unwrap().success().unwrap();
    let attributes = vec![
        ("objectClass", HashSet::from(["inetOrgPerson"])),
        ("uid", HashSet::from(["cy"])),
        ("cn", HashSet::from(["Cy Neu"])),
        ("sn", HashSet::from(["Neu"])),
    ];
    ldap.add(&dn("cy", ""), attributes).await.unwrap().success().unwrap();
    let done = site.pull(json!({})).await.ok();
    let expected = HashMap::from([("added", 1), ("left", 1), ("changed", 2)]);
    assert_eq!(
        (&done["outcome"], counted(&done)),
        (&json!("applied"), expected),
        "{done}"
    );
    assert_eq!(site.status_of("Cy Dorn").await.as_deref(), Some("suspended"));
    assert_eq!(site.status_of("Cy Neu").await.as_deref(), Some("invited"));
    assert_eq!(site.pull(json!({})).await.ok()["outcome"], "unchanged");
    site.stop().await;
}

#[tokio::test]
async fn encrypted_connections_are_made_with_the_authority_s_own_ca_and_with_none_other() {
    let slapd = Slapd::with(&[], &[who("ada", "Ada König", "")], &[]).await;
    let site = Site::new().await;
    for (url, start_tls) in [
        (format!("ldaps://127.0.0.1:{}", slapd.tls_port), false),
        (format!("ldap://localhost:{}", slapd.port), true),
    ] {
        let mut settings = slapd.settings();
        settings["url"] = json!(url);
        settings["start_tls"] = json!(start_tls);
        let body = json!({"settings": settings, "password": PASSWORD});
        let refused = site.post("/directory/ldap/test", body).await;
        refused.refused(502, "directory_unreachable");
        assert!(refused.text.contains("certificate"), "{}", refused.text);
        settings["ca"] = json!(Slapd::ca());
        let body = json!({"settings": settings, "password": PASSWORD});
        let found = site.post("/directory/ldap/test", body).await.ok();
        assert_eq!(
            (&found["people"], &found["samples"][0]["name"]),
            (&json!(1), &json!("Ada König"))
        );
    }
    site.stop().await;
}

#[tokio::test]
async fn the_password_stays_in_and_goes_to_no_other_server() {
    let slapd = Slapd::with(&[], &[who("ada", "Ada König", "")], &[]).await;
    let site = Site::new().await;
    assert_eq!(
        site.get("/directory/ldap").await.ok(),
        json!({"password_set": false, "revision": 0})
    );
    let set = site.set(slapd.settings()).await;
    assert_eq!(set.headers["etag"], "\"1\"");
    let shown = site.get("/directory/ldap").await;
    assert_eq!(shown.ok()["password_set"], true);
    assert!(!shown.text.contains(PASSWORD) && !set.text.contains(PASSWORD));
    assert_eq!(
        shown.ok()["settings"]["attributes"]["id"],
        "entryUUID",
        "what was not said is filled in"
    );

    let settings = shown.ok()["settings"].clone();
    let keep = json!({"settings": settings});
    let put = |body: Value, tag: &'static str| {
        let request = request("PUT", "/directory/ldap", &site.owner).header("if-match", tag);
        site.raw(request.body(Body::from(body.to_string())).unwrap())
    };
    put(keep.clone(), "\"1\"").await.ok();
    put(keep, "\"1\"").await.refused(412, "conflict");
    site.pull(json!({"dry_run": true})).await.ok();
    let mut elsewhere = settings.clone();
    elsewhere["url"] = json!("ldaps://evil.example");
    put(json!({"settings": elsewhere}), "*")
        .await
        .refused(422, "invalid_field");
    site.post("/directory/ldap/test", json!({"settings": elsewhere}))
        .await
        .refused(422, "invalid_field");
    let mut open = settings.clone();
    open["url"] = json!("ldap://ldap.example");
    put(json!({"settings": open, "password": "x"}), "*")
        .await
        .refused(422, "invalid_field");

    let wrong = site
        .post(
            "/directory/ldap/test",
            json!({"settings": settings, "password": "wrong"}),
        )
        .await;
    wrong.refused(502, "directory_refused");
    let mut nowhere = settings.clone();
    nowhere["base"] = json!("ou=nowhere,dc=stadt,dc=example");
    let body = json!({"settings": nowhere, "password": PASSWORD});
    site.post("/directory/ldap/test", body)
        .await
        .refused(502, "directory_refused");
    site.post("/directory/ldap/test", json!({})).await.ok();
    let audit = site.get("/audit?limit=1000").await.ok();
    let tries = audit["items"].as_array().unwrap().iter();
    assert_eq!(
        tries.filter(|line| line["action"] == "directory.ldap.test").count(),
        3,
        "whoever has a server called is named"
    );
    for bad in ["a\nb", "a\u{0}", "a\u{7f}"] {
        site.post("/directory/ldap/test", json!({"settings": settings, "password": bad}))
            .await
            .refused(422, "invalid_field");
    }

    site.send("DELETE", "/directory/ldap", &site.owner, None).await.ok();
    assert_eq!(site.get("/directory/ldap").await.ok()["settings"], Value::Null);
    site.pull(json!({})).await.refused(404, "not_found");
    site.stop().await;
}

#[tokio::test]
async fn owners_set_it_roles_for_all_accounts_use_it_and_nobody_else() {
    let slapd = Slapd::with(&[], &[who("ada", "Ada König", "")], &[]).await;
    let site = Site::new().await;
    site.set(slapd.settings()).await.ok();
    let body = json!({"settings": slapd.settings(), "password": PASSWORD});
    let accounts = site.token("accounts").await;
    let send = |method: &'static str, path: &'static str, body: Option<Value>| site.send(method, path, &accounts, body);
    send("GET", "/directory/ldap", None).await.ok();
    send("POST", "/directory/ldap/pull", Some(json!({}))).await.ok();
    send("GET", "/directory/ldap/runs", None).await.ok();
    send("PUT", "/directory/ldap", Some(body.clone()))
        .await
        .refused(403, "forbidden");
    send("POST", "/directory/ldap/test", Some(body.clone()))
        .await
        .refused(403, "forbidden");
    send("DELETE", "/directory/ldap", None).await.refused(403, "forbidden");
    let groups = site.token("groups").await;
    site.send("GET", "/directory/ldap", &groups, None)
        .await
        .refused(403, "forbidden");
    site.send("POST", "/directory/ldap/pull", &groups, Some(json!({})))
        .await
        .refused(403, "forbidden");
    // Another organisation has none.
    let other = site
        .send("POST", "/organisations", &site.operator, Some(json!({"name": "Other"})))
        .await
        .ok();
    let owner = other["owner_token"].as_str().unwrap();
    let theirs = site.send("GET", "/directory/ldap", owner, None).await.ok();
    assert_eq!(theirs["settings"], Value::Null);
    site.send("POST", "/directory/ldap/pull", owner, Some(json!({})))
        .await
        .refused(404, "not_found");
    site.stop().await;
}
