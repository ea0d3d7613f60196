// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! SCIM, as the directories that authorities have speak it.

use super::*;

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// A directory with its token.
pub(super) struct Directory<'s> {
    site: &'s Site,
    token: String,
}

impl<'s> Directory<'s> {
    pub(super) async fn of(site: &'s Site) -> Self {
        let token = site.token("directory").await;
        Self { site, token }
    }

    pub(super) async fn send(&self, method: &str, path: &str, body: Value) -> Reply {
        let body = (!body.is_null()).then_some(body);
        let path = format!("/v1/scim/v2{path}");
        let reply = self.site.send(method, &path, &self.token, body).await;
        if !reply.text.is_empty() {
            assert_eq!(reply.headers["content-type"], "application/scim+json", "{}", reply.text);
        }
        reply
    }

    pub(super) async fn get(&self, path: &str) -> Value {
        self.send("GET", path, Value::Null).await.ok()
    }

    pub(super) async fn found(&self, kind: &str, filter: &str) -> Vec<Value> {
        let escaped: String = filter.bytes().map(|byte| format!("%{byte:02x}")).collect();
        let list = self.get(&format!("/{kind}?filter={escaped}")).await;
        let found = list["Resources"].as_array().unwrap().clone();
        assert_eq!(list["totalResults"], found.len());
        found
    }

    pub(super) async fn made(&self, kind: &str, body: Value) -> String {
        let reply = self.send("POST", kind, body).await;
        assert_eq!(reply.status, StatusCode::CREATED, "{}", reply.text);
        assert!(
            reply.headers["location"]
                .to_str()
                .unwrap()
                .contains(&format!("/v1/scim/v2{kind}/"))
        );
        reply.ok()["id"].as_str().unwrap().to_owned()
    }

    pub(super) async fn patch(&self, path: &str, operations: Value) -> Reply {
        let body = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations});
        self.send("PATCH", path, body).await
    }
}

#[track_caller]
pub(super) fn refused(reply: &Reply, status: u16, kind: Value) {
    assert_eq!(
        (
            reply.status.as_u16(),
            &reply.json()["scimType"],
            &reply.json()["status"]
        ),
        (status, &kind, &json!(status.to_string())),
        "{}",
        reply.text
    );
    assert_eq!(
        reply.json()["schemas"],
        json!(["urn:ietf:params:scim:api:messages:2.0:Error"])
    );
}

fn ada() -> Value {
    json!({"schemas": [USER], "userName": "ada.koenig", "externalId": "k-1", "active": true,
        "name": {"givenName": "Ada", "familyName": "König"}, "emails": [{"value": "ada@city.example", "primary": true}]})
}

#[tokio::test]
async fn what_the_server_can_is_told_to_anybody_and_the_rest_needs_the_scope() {
    let site = Site::new().await;
    let nobody = Directory {
        site: &site,
        token: String::new(),
    };
    let config = nobody.get("/ServiceProviderConfig").await;
    assert_eq!(
        (&config["patch"]["supported"], &config["etag"]["supported"]),
        (&json!(true), &json!(true))
    );
    assert_eq!(nobody.get("/ResourceTypes").await["totalResults"], 2);
    assert_eq!(nobody.get("/ResourceTypes/User").await["endpoint"], "/Users");
    assert_eq!(nobody.get("/Schemas").await["totalResults"], 3);
    assert_eq!(nobody.get(&format!("/Schemas/{USER}")).await["id"], USER);
    refused(&nobody.send("GET", "/Schemas/x", Value::Null).await, 404, Value::Null);
    refused(&nobody.send("GET", "/Me", Value::Null).await, 404, Value::Null);
    for (method, path) in [
        ("GET", "/Users"),
        ("POST", "/Users"),
        ("GET", "/Groups"),
        ("DELETE", "/Users/x"),
    ] {
        refused(&nobody.send(method, path, Value::Null).await, 401, Value::Null);
        for scope in ["accounts", "groups", "audit"] {
            let other = Directory {
                site: &site,
                token: site.token(scope).await,
            };
            refused(&other.send(method, path, Value::Null).await, 403, Value::Null);
        }
    }
    // And the scope opens nothing else.
    let token = site.token("directory").await;
    for path in ["/accounts", "/units", "/groups", "/audit", "/tokens"] {
        site.send("GET", path, &token, None).await.refused(403, "forbidden");
    }
    site.stop().await;
}

#[tokio::test]
async fn keycloaks_way_of_provisioning() {
    let site = Site::new().await;
    let hall = site.made("/units", json!({"name": "Hall"})).await;
    let desk = site.made("/units", json!({"name": "Desk", "parent": hall})).await;
    let directory = Directory::of(&site).await;
    assert!(directory.found("Users", r#"userName eq "ada.koenig""#).await.is_empty());
    let id = directory.made("/Users", ada()).await;
    // It repeats itself.
    refused(&directory.send("POST", "/Users", ada()).await, 409, json!("uniqueness"));
    let found = directory.found("Users", r#"userName eq "ADA.koenig""#).await;
    assert_eq!((found.len(), &found[0]["id"]), (1, &json!(id)));
    let user = &found[0];
    assert_eq!(
        (
            user.get("displayName"),
            &user["name"]["familyName"],
            &user["active"],
            &user["externalId"]
        ),
        (None, &json!("König"), &json!(true), &json!("k-1")),
        "it gets back what it said"
    );
    assert_eq!(
        user.get("emails"),
        None,
        "what a messenger does not need it does not keep"
    );
    let account = site.get(&format!("/accounts/{id}")).await.ok();
    assert_eq!(
        (&account["name"], &account["status"]),
        (&json!("Ada König"), &json!("invited"))
    );

    let mut moved = ada();
    moved["title"] = json!("Streife");
    moved["name"]["familyName"] = json!("Kaiser");
    moved[ENTERPRISE] = json!({"department": "Hall/Desk"});
    directory.send("PUT", &format!("/Users/{id}"), moved.clone()).await.ok();
    let account = site.get(&format!("/accounts/{id}")).await.ok();
    assert_eq!(
        (&account["name"], &account["function"], &account["unit"]),
        (&json!("Ada Kaiser"), &json!("Streife"), &json!(desk))
    );
    let before = site.get("/audit/check").await.ok();
    directory.send("PUT", &format!("/Users/{id}"), moved.clone()).await.ok();
    assert_eq!(site.get("/audit/check").await.ok(), before, "said twice is said once");
    // What an administrator changes stays until the directory says something new of it.
    let name = json!({"name": "A. Kaiser"});
    site.send("PATCH", &format!("/accounts/{id}"), &site.owner, Some(name))
        .await
        .ok();
    moved["title"] = json!("Leitung");
    directory.send("PUT", &format!("/Users/{id}"), moved.clone()).await.ok();
    assert_eq!(site.get(&format!("/accounts/{id}")).await.ok()["name"], "A. Kaiser");

    moved["active"] = json!(false);
    directory.send("PUT", &format!("/Users/{id}"), moved).await.ok();
    let account = site.get(&format!("/accounts/{id}")).await.ok();
    assert_eq!(account["status"], "suspended");

    let gone = directory.send("DELETE", &format!("/Users/{id}"), Value::Null).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    refused(
        &directory.send("DELETE", &format!("/Users/{id}"), Value::Null).await,
        404,
        Value::Null,
    );
    assert_eq!(
        site.get(&format!("/deletions/{id}")).await.ok()["reason"],
        "administrator"
    );
    let again = directory.made("/Users", ada()).await;
    assert_ne!(again, id, "somebody new");
    site.stop().await;
}

#[tokio::test]
async fn entras_way_of_provisioning() {
    let site = Site::new().await;
    let hall = site.made("/units", json!({"name": "Hall"})).await;
    let directory = Directory::of(&site).await;
    let id = directory.made("/Users", ada()).await;
    let bo = directory
        .made(
            "/Users",
            json!({"userName": "bo", "displayName": "Bo", "active": "True"}),
        )
        .await;
    let path = format!("/Users/{id}");
    let said = directory
        .patch(
            &path,
            json!([
                {"op": "Replace", "path": "active", "value": "False"},
                {"op": "Add", "path": "emails[type eq \"work\"].value", "value": "ada@city.example"},
                {"op": "Replace", "path": format!("{ENTERPRISE}:department"), "value": "hall"},
                {"op": "Replace", "value": {"displayName": "König, Ada", "name.givenName": "Adele", "title": "Chefin"}},
            ]),
        )
        .await
        .ok();
    assert_eq!(
        (
            &said["active"],
            &said["displayName"],
            &said["name"]["givenName"],
            &said[ENTERPRISE]["department"]
        ),
        (&json!(false), &json!("König, Ada"), &json!("Adele"), &json!("hall"))
    );
    let account = site.get(&format!("/accounts/{id}")).await.ok();
    assert_eq!(
        (&account["status"], &account["unit"], &account["function"]),
        (&json!("suspended"), &json!(hall), &json!("Chefin"))
    );
    directory
        .patch(&path, json!([{"op": "Replace", "path": "active", "value": "True"}]))
        .await
        .ok();
    assert_eq!(site.get(&format!("/accounts/{id}")).await.ok()["status"], "invited");
    let without = directory
        .patch(&path, json!([{"op": "Remove", "path": "title"}]))
        .await
        .ok();
    assert_eq!(without.get("title"), None);

    let group = directory
        .made(
            "/Groups",
            json!({"displayName": "Wahlamt", "externalId": "g-1", "members": []}),
        )
        .await;
    let path = format!("/Groups/{group}");
    let add = json!([{"op": "Add", "path": "members", "value": [{"value": id}, {"value": bo}]}]);
    let said = directory.patch(&path, add.clone()).await.ok();
    assert_eq!(said["members"].as_array().unwrap().len(), 2);
    let version = said["meta"]["version"].clone();
    let again = directory.patch(&path, add).await.ok();
    assert_eq!(again["meta"]["version"], version, "said twice is said once");
    assert_eq!(
        directory.get(&format!("/Users/{id}")).await["groups"][0]["display"],
        "Wahlamt"
    );
    let lean = directory.get(&format!("{path}?excludedAttributes=members")).await;
    assert_eq!((lean.get("members"), &lean["displayName"]), (None, &json!("Wahlamt")));
    let found = directory.found("Groups", r#"displayName eq "wahlamt""#).await;
    assert_eq!(found[0]["id"], json!(group));
    let remove = json!([{"op": "Remove", "path": format!("members[value eq \"{bo}\"]")}]);
    for _ in 0..2 {
        let said = directory.patch(&path, remove.clone()).await.ok();
        assert_eq!(said["members"].as_array().unwrap().len(), 1);
    }
    // The older way.
    let remove = json!([{"op": "Remove", "path": "members", "value": [{"value": id}]}]);
    assert_eq!(directory.patch(&path, remove).await.ok()["members"], json!([]));
    let renamed = json!([{"op": "Replace", "value": {"id": group, "displayName": "Wahlen"}}]);
    assert_eq!(directory.patch(&path, renamed).await.ok()["displayName"], "Wahlen");
    site.stop().await;
}

#[tokio::test]
async fn groups_follow_the_directory_leaving_included() {
    let site = Site::new().await;
    let directory = Directory::of(&site).await;
    let ada = directory.made("/Users", ada()).await;
    let bo = directory.made("/Users", json!({"userName": "bo"})).await;
    let circle = json!({"displayName": "Wahlamt", "members": [{"value": ada}]});
    let circle = directory.made("/Groups", circle).await;
    let listed = site.get("/directory").await.ok();
    assert_eq!(
        (&listed["items"][0]["name"], &listed["items"][0]["members"]),
        (&json!("Wahlamt"), &json!(1))
    );
    let rules = json!({"directory": [{"group": circle, "role": "publisher"}]});
    let chat = site
        .made("/groups", json!({"kind": "channel", "name": "Lage", "rules": rules}))
        .await;
    let members = || async {
        let list = site.get(&format!("/groups/{chat}/members")).await.ok();
        let mut names: Vec<String> = list["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| format!("{} {}", item["name"].as_str().unwrap(), item["role"].as_str().unwrap()))
            .collect();
        names.sort();
        names
    };
    assert_eq!(members().await, ["Ada König publisher"]);
    let path = format!("/Groups/{circle}");
    directory
        .patch(
            &path,
            json!([{"op": "add", "path": "members", "value": [{"value": bo}]}]),
        )
        .await
        .ok();
    assert_eq!(members().await, ["Ada König publisher", "bo publisher"]);
    directory
        .patch(
            &format!("/Users/{ada}"),
            json!([{"op": "replace", "path": "active", "value": false}]),
        )
        .await
        .ok();
    assert_eq!(members().await, ["bo publisher"]);
    directory
        .patch(
            &format!("/Users/{ada}"),
            json!([{"op": "replace", "path": "active", "value": true}]),
        )
        .await
        .ok();
    directory.send("DELETE", &format!("/Users/{bo}"), Value::Null).await;
    assert_eq!(members().await, ["Ada König publisher"]);
    assert_eq!(directory.get(&path).await["members"].as_array().unwrap().len(), 1);
    let rules = site.get(&format!("/groups/{chat}/rules")).await.ok();
    assert_eq!(rules["directory"], json!([{"group": circle, "role": "publisher"}]));
    let gone = directory.send("DELETE", &path, Value::Null).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    assert!(members().await.is_empty());
    site.stop().await;
}

#[tokio::test]
async fn filters_and_pages() {
    let site = Site::new().await;
    let directory = Directory::of(&site).await;
    for number in 1..=5 {
        let active = number % 2 == 1;
        let user = json!({"userName": format!("user{number}"), "active": active, "externalId": format!("x{number}")});
        directory.made("/Users", user).await;
    }
    // What was made here is none of the directory's business.
    site.made("/accounts", json!({"kind": "staff", "name": "Ada"})).await;
    for (filter, count) in [
        (r#"active eq true"#, 3),
        (r#"active eq "False""#, 2),
        (r#"userName sw "user" and not (userName co "3")"#, 4),
        (r#"externalId eq "x4" or userName eq "user1""#, 2),
        (r#"externalId eq "x4""#, 1),
        (r#"title pr"#, 0),
        (r#"meta.created gt "2001-01-01T00:00:00Z""#, 5),
    ] {
        assert_eq!(directory.found("Users", filter).await.len(), count, "{filter}");
    }
    let page = directory.get("/Users?startIndex=2&count=2").await;
    let names: Vec<&Value> = page["Resources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|user| &user["userName"])
        .collect();
    assert_eq!(names, ["user2", "user3"]);
    assert_eq!(
        (&page["totalResults"], &page["startIndex"], &page["itemsPerPage"]),
        (&json!(5), &json!(2), &json!(2))
    );
    let none = directory.get("/Users?count=0").await;
    assert_eq!((&none["totalResults"], &none["Resources"]), (&json!(5), &json!([])));
    assert_eq!(directory.get("/Users?startIndex=-3&count=-1").await["itemsPerPage"], 0);
    assert_eq!(directory.get("/Users?startIndex=99").await["Resources"], json!([]));
    let lean = directory.get("/Users?attributes=userName&count=1").await;
    assert_eq!(lean["Resources"][0].get("active"), None);
    for bad in ["/Users?filter=userName", "/Users?filter=%28", "/Groups?filter=x+is+y"] {
        refused(
            &directory.send("GET", bad, Value::Null).await,
            400,
            json!("invalidFilter"),
        );
    }
    refused(
        &directory.send("GET", "/Users?count=many", Value::Null).await,
        400,
        json!("invalidValue"),
    );
    site.stop().await;
}

#[tokio::test]
async fn two_who_change_the_same_do_not_overwrite_each_other() {
    let site = Site::new().await;
    let directory = Directory::of(&site).await;
    let id = directory.made("/Users", ada()).await;
    let path = format!("/v1/scim/v2/Users/{id}");
    let seen = site.send("GET", &path, &directory.token, None).await;
    let tag = seen.headers["etag"].clone();
    assert_eq!(tag, seen.json()["meta"]["version"].as_str().unwrap());
    let with = |method: &'static str, name: &'static str, tag: &axum::http::HeaderValue, body: Value| {
        let request = request(method, &path, &directory.token).header(name, tag);
        site.raw(request.body(Body::from(body.to_string())).unwrap())
    };
    let known = with("GET", "if-none-match", &tag, Value::Null).await;
    assert_eq!(known.status, StatusCode::NOT_MODIFIED);
    // An administrator was quicker.
    let name = json!({"name": "A. König"});
    site.send("PATCH", &format!("/accounts/{id}"), &site.owner, Some(name))
        .await
        .ok();
    refused(&with("PUT", "if-match", &tag, ada()).await, 412, Value::Null);
    refused(&with("DELETE", "if-match", &tag, Value::Null).await, 412, Value::Null);
    let tag = site.send("GET", &path, &directory.token, None).await.headers["etag"].clone();
    with("PUT", "if-match", &tag, ada()).await.ok();
    site.stop().await;
}

#[tokio::test]
async fn what_is_wrong_is_said_in_scims_way_and_nothing_is_half_done() {
    let site = Site::new().await;
    let directory = Directory::of(&site).await;
    let id = directory.made("/Users", ada()).await;
    let bo = directory.made("/Users", json!({"userName": "bo"})).await;
    let group = directory.made("/Groups", json!({"displayName": "Team"})).await;
    directory.made("/Groups", json!({"displayName": "Other"})).await;
    let before = site.get("/audit/check").await.ok();
    let (user, group) = (format!("/Users/{id}"), format!("/Groups/{group}"));
    let change = |operation: Value| json!({"Operations": [operation]});
    let nobody = "0".repeat(32);
    for (method, path, body, status, kind) in [
        (
            "POST",
            "/Users",
            json!({"displayName": "Nameless"}),
            400,
            json!("invalidValue"),
        ),
        ("POST", "/Users", json!({"userName": 7}), 400, json!("invalidValue")),
        (
            "POST",
            "/Users",
            json!({"userName": "x\u{0}y"}),
            400,
            json!("invalidValue"),
        ),
        (
            "POST",
            "/Users",
            json!({"userName": "x", "active": "maybe"}),
            400,
            json!("invalidValue"),
        ),
        ("POST", "/Users", json!([]), 400, json!("invalidSyntax")),
        ("PUT", &user, json!({"userName": "BO"}), 409, json!("uniqueness")),
        ("PATCH", &user, json!({}), 400, json!("invalidSyntax")),
        (
            "PATCH",
            &user,
            change(json!({"op": "dance", "path": "title"})),
            400,
            json!("invalidSyntax"),
        ),
        ("PATCH", &user, change(json!({"op": "remove"})), 400, json!("noTarget")),
        (
            "PATCH",
            &user,
            change(json!({"op": "remove", "path": "userName"})),
            400,
            json!("invalidValue"),
        ),
        (
            "PATCH",
            &user,
            change(json!({"op": "replace", "path": "id", "value": "x"})),
            400,
            json!("mutability"),
        ),
        (
            "PATCH",
            &user,
            change(json!({"op": "replace", "path": "title[", "value": "x"})),
            400,
            json!("invalidPath"),
        ),
        (
            "PATCH",
            &user,
            change(json!({"op": "replace", "value": "x"})),
            400,
            json!("invalidPath"),
        ),
        (
            "POST",
            "/Groups",
            json!({"displayName": "team"}),
            409,
            json!("uniqueness"),
        ),
        (
            "POST",
            "/Groups",
            json!({"displayName": "X", "members": [{"value": bo}, {"value": nobody}]}),
            400,
            json!("invalidValue"),
        ),
        (
            "PUT",
            &group,
            json!({"displayName": "Team", "members": [{"value": "me"}]}),
            400,
            json!("invalidValue"),
        ),
        (
            "PATCH",
            &group,
            change(json!({"op": "add", "path": "members", "value": [{"value": nobody}]})),
            400,
            json!("invalidValue"),
        ),
        (
            "PATCH",
            &group,
            change(json!({"op": "remove", "path": "displayName"})),
            400,
            json!("invalidValue"),
        ),
        ("GET", &format!("/Users/{nobody}"), Value::Null, 404, Value::Null),
        ("GET", "/Users/me", Value::Null, 404, Value::Null),
        (
            "PUT",
            &format!("/Groups/{nobody}"),
            json!({"displayName": "Y"}),
            404,
            Value::Null,
        ),
    ] {
        refused(&directory.send(method, path, body).await, status, kind);
    }
    let broken = request("POST", "/v1/scim/v2/Users", &directory.token)
        .body(Body::from("{"))
        .unwrap();
    refused(&site.raw(broken).await, 400, json!("invalidSyntax"));
    assert_eq!(site.get("/audit/check").await.ok(), before, "nothing was done");
    assert_eq!(directory.get("/Groups").await["totalResults"], 2);

    // Another organisation's directory sees none of it.
    let works = site
        .send("POST", "/organisations", &site.operator, Some(json!({"name": "Works"})))
        .await
        .ok();
    let works = Directory {
        site: &site,
        token: works["owner_token"].as_str().unwrap().to_owned(),
    };
    assert_eq!(works.get("/Users").await["totalResults"], 0);
    assert_eq!(works.get("/Groups").await["totalResults"], 0);
    for (method, path) in [("GET", &user), ("DELETE", &user), ("GET", &group), ("DELETE", &group)] {
        refused(&works.send(method, path, Value::Null).await, 404, Value::Null);
    }
    let theirs = json!({"displayName": "Spies", "members": [{"value": id}]});
    refused(&works.send("POST", "/Groups", theirs).await, 400, json!("invalidValue"));
    works.made("/Users", ada()).await;
    site.stop().await;
}
