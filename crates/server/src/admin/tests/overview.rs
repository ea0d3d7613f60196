// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The overview, one person's export, the retention table.

use super::*;

#[tokio::test]
async fn the_overview_counts_and_names_nobody() {
    let site = Site::new().await;
    let unit = site.made("/units", json!({"name": "Hall"})).await;
    for name in ["Ada", "Bea"] {
        site.made("/accounts", json!({"kind": "staff", "name": name, "unit": unit}))
            .await;
    }
    let guest = json!({"kind": "guest", "name": "Gil", "ends": "2027-06-10"});
    let guest = site.made("/accounts", guest).await;
    site.post(&format!("/accounts/{guest}/suspend"), json!({})).await.ok();
    site.made("/operations", json!({"name": "Fair", "ends": "2029-06-10"}))
        .await;
    let rules = json!({"units": [{"unit": unit}]});
    site.made("/groups", json!({"kind": "group", "name": "Team", "rules": rules}))
        .await;
    let reply = site.get("/overview").await;
    let seen = reply.ok();
    assert_eq!(
        seen["accounts"],
        json!([
            {"kind": "staff", "status": "invited", "count": 2},
            {"kind": "guest", "status": "suspended", "count": 1},
        ])
    );
    assert_eq!(
        (&seen["operations"], &seen["groups"]),
        (&json!({"running": 1, "ending": 0}), &json!(1))
    );
    assert_eq!(seen["hours"].as_array().unwrap().len(), 24);
    assert!(seen["storage"]["database_bytes"].as_u64().unwrap() > 0);
    assert_eq!(seen["queue"]["groups"], 1, "the group's first entry waits for somebody");
    assert!(seen["queue"]["oldest_seconds"].is_u64());
    for name in ["Ada", "Gil", "Hall", "Team"] {
        assert!(!reply.text.contains(name), "{name}");
    }
    let directory = site.token("directory").await;
    site.send("GET", "/overview", &directory, None)
        .await
        .refused(403, "forbidden");
    // With others on the server, what it holds is not one's own business.
    site.send("POST", "/organisations", &site.operator, Some(json!({"name": "Works"})))
        .await
        .ok();
    assert_eq!(site.get("/overview").await.ok().get("storage"), None);
    site.stop().await;
}

#[tokio::test]
async fn one_persons_export_is_whole_and_that_it_was_given_is_noted() {
    let site = Site::new().await;
    let unit = site.made("/units", json!({"name": "Hall"})).await;
    let account = json!({"kind": "staff", "name": "Ada", "unit": unit, "function": "Lead"});
    let ada = site.made("/accounts", account).await;
    let other = site
        .made("/accounts", json!({"kind": "staff", "name": "Bea", "unit": unit}))
        .await;
    let rules = json!({"units": [{"unit": unit}]});
    let team = site
        .made("/groups", json!({"kind": "group", "name": "Team", "rules": rules}))
        .await;
    site.post(&format!("/accounts/{ada}/invitations"), json!({})).await.ok();
    let reply = site.get(&format!("/accounts/{ada}/export")).await;
    let export = reply.ok();
    assert_eq!(
        (&export["account"]["name"], &export["account"]["unit_path"]),
        (&json!("Ada"), &json!("Hall"))
    );
    assert_eq!(
        export["groups"],
        json!([{"id": team, "kind": "group", "name": "Team", "role": "member"}])
    );
    assert_eq!(export["invitations"].as_array().unwrap().len(), 1);
    let actions: Vec<&Value> = export["audit"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| &line["action"])
        .collect();
    assert_eq!(actions, ["account.create", "account.export"]);
    assert!(
        !reply.text.contains(&other) && !reply.text.contains("Bea"),
        "nobody else"
    );
    let audit = site.token("audit").await;
    let path = format!("/accounts/{ada}/export");
    site.send("GET", &path, &audit, None).await.refused(403, "forbidden");
    site.stop().await;
}

#[tokio::test]
async fn the_retention_table_is_the_configuration_that_holds() {
    let site = Site::new().await;
    let row = |table: &Value, data: &str| -> Value {
        let rows = table["retention"].as_array().unwrap().iter();
        rows.clone().find(|row| row["data"] == data).unwrap().clone()
    };
    let mut policy = site.get("/policy").await.ok();
    policy["server_retention_days"] = json!(14);
    policy["device_retention_days"] = json!(90);
    site.send("PUT", "/policy", &site.owner, Some(policy)).await.ok();
    let table = site.get("/privacy").await.ok();
    let waiting = row(&table, "messages_waiting");
    assert_eq!(
        (
            &waiting["seconds"],
            &waiting["until"],
            &waiting["readable"],
            &waiting["set_by"]
        ),
        (&json!(14 * 86_400), &json!("fetched"), &json!(false), &json!("policy"))
    );
    let device = row(&table, "messages_on_devices");
    assert_eq!(
        (&device["seconds"], &device["place"]),
        (&json!(90 * 86_400), &json!("device"))
    );
    assert_eq!(row(&table, "admin_sessions")["seconds"], 12 * 3_600);
    assert_eq!(row(&table, "audit_log")["seconds"], Value::Null);
    assert_eq!(
        table["policy"]["read_receipts"], false,
        "what could watch people is off"
    );
    site.stop().await;
}
