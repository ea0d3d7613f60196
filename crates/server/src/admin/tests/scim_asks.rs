// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What a directory asks: searches by a body, filters with and without an index, and what is and isn't there.

use super::scim::{Directory, refused};
use super::*;

async fn city(directory: &Directory<'_>) -> (Vec<String>, String) {
    let mut ids = Vec::new();
    for (name, active) in [("ada", true), ("bo", false), ("cem", true)] {
        let user = json!({"userName": name, "externalId": format!("k-{name}"), "active": active});
        ids.push(directory.made("/Users", user).await);
    }
    let members = json!([{"value": ids[0]}, {"value": ids[1]}]);
    let group = json!({"displayName": "Wahlamt", "members": members});
    let group = directory.made("/Groups", group).await;
    (ids, group)
}

fn names(list: &Value) -> Vec<&str> {
    let list = list["Resources"].as_array().unwrap();
    list.iter()
        .filter_map(|one| one.get("userName").or_else(|| one.get("displayName")))
        .filter_map(Value::as_str)
        .collect()
}

#[tokio::test]
async fn a_search_asks_in_its_body_for_one_kind_or_for_all() {
    let site = Site::new().await;
    let directory = Directory::of(&site).await;
    city(&directory).await;
    let search = async |path: &str, body: Value| directory.send("POST", path, body).await.ok();
    let active = search("/Users/.search", json!({"filter": "active eq true"})).await;
    assert_eq!(
        (names(&active), &active["totalResults"]),
        (vec!["ada", "cem"], &json!(2))
    );
    assert_eq!(names(&search("/Groups/.search", json!({})).await), ["Wahlamt"]);
    let all = search("/.search", json!({})).await;
    assert_eq!(
        (names(&all), &all["totalResults"]),
        (vec!["ada", "bo", "cem", "Wahlamt"], &json!(4))
    );
    // Parts go over from one kind to the next.
    for (start, count, expected) in [
        (1, 2, vec!["ada", "bo"]),
        (3, 2, vec!["cem", "Wahlamt"]),
        (4, 5, vec!["Wahlamt"]),
        (5, 5, vec![]),
    ] {
        let part = search("/.search", json!({"startIndex": start, "count": count})).await;
        assert_eq!((names(&part), &part["totalResults"]), (expected, &json!(4)));
    }
    let lean = search("/Users/.search", json!({"attributes": ["userName"], "count": 1})).await;
    assert_eq!(lean["Resources"][0].get("active"), None);
    refused(
        &directory.send("POST", "/.search", json!([])).await,
        400,
        json!("invalidSyntax"),
    );
    let reply = directory.send("POST", "/.search", json!({"filter": "("})).await;
    refused(&reply, 400, json!("invalidFilter"));
    let reply = directory.send("PUT", "/.search", json!({})).await;
    refused(&reply, 405, Value::Null);
    site.stop().await;
}

#[tokio::test]
async fn an_index_narrows_a_filter_and_the_rest_of_it_still_counts() {
    let site = Site::new().await;
    let directory = Directory::of(&site).await;
    let (ids, group) = city(&directory).await;
    let bo = ids[1].as_str();
    for (filter, expected) in [
        (r#"userName eq "BO" and active eq false"#.to_owned(), vec!["bo"]),
        (r#"userName eq "bo" and active eq true"#.to_owned(), vec![]),
        (r#"active eq false and externalId eq "k-bo""#.to_owned(), vec!["bo"]),
        (format!(r#"id eq "{bo}""#), vec!["bo"]),
        (r#"id eq "nobody""#.to_owned(), vec![]),
        (r#"userName eq "bo" or userName eq "cem""#.to_owned(), vec!["bo", "cem"]),
        (format!(r#"groups.value eq "{group}""#), vec!["ada", "bo"]),
        (r#"emails.value eq "bo@city.example""#.to_owned(), vec![]),
    ] {
        let found = directory.found("Users", &filter).await;
        let found: Vec<&str> = found.iter().filter_map(|user| user["userName"].as_str()).collect();
        assert_eq!(found, expected, "{filter}");
    }
    let with = format!(r#"members.value eq "{bo}""#);
    assert_eq!(directory.found("Groups", &with).await.len(), 1);
    assert_eq!(
        directory
            .found("Groups", &format!(r#"displayName eq "wahlamt" and {with}"#))
            .await
            .len(),
        1
    );
    assert!(
        directory
            .found("Groups", r#"members.value eq "nobody""#)
            .await
            .is_empty()
    );
    site.stop().await;
}

#[tokio::test]
async fn what_was_taken_away_is_not_shown() {
    let site = Site::new().await;
    let directory = Directory::of(&site).await;
    let user = json!({"userName": "ada", "displayName": "Ada König", "active": true, "title": "Streife"});
    let id = directory.made("/Users", user).await;
    let path = format!("/Users/{id}");
    for attribute in ["displayName", "active", "title"] {
        assert!(directory.get(&path).await.get(attribute).is_some(), "{attribute}");
        let remove = json!([{"op": "remove", "path": attribute}]);
        let said = directory.patch(&path, remove).await.ok();
        assert_eq!(said.get(attribute), None, "{attribute}");
    }
    // Suspended by an administrator: that shows, whatever the directory said.
    let suspend = format!("/accounts/{id}/suspend");
    site.send("POST", &suspend, &site.owner, Some(json!({}))).await.ok();
    assert_eq!(directory.get(&path).await["active"], false);
    site.stop().await;
}
