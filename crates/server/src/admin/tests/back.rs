// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Whatever ran out or was lost: there is always a way back in for the owner.

use super::admins::{Browser, owned};
use super::*;
use crate::webauthn::testing::Authenticator;

async fn first_admin(site: &Site, token: &str) -> String {
    let list = site.send("GET", "/admins", token, None).await.ok();
    list["items"][0]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_first_link_that_ran_out_is_made_anew_by_the_owners_token() {
    let (mut site, setup) = Site::empty().await;
    let ask = json!({"token": setup, "organisation": "City", "admin": {"name": "Ada König"}});
    let done = site.send("POST", "/setup", "", Some(ask)).await.ok();
    site.owner = done["owner_token"].as_str().unwrap().to_owned();
    site.pass(10 * melder_protocol::Time::MINUTE);
    let mut browser = Browser::new(&site);
    let late = json!({"enrol": done["enrol"]});
    let reply = browser.send("POST", "/passkeys/registration", late).await;
    reply.refused(404, "invitation_unknown");

    let admin = first_admin(&site, &site.owner).await;
    let path = format!("/admins/{admin}/enrol");
    let link = site.send("POST", &path, &site.owner, Some(json!({}))).await.ok();
    let key = Authenticator::es256(1);
    browser.enrol(&link["enrol"], &key).await.ok();
    browser.get("/me").await.ok();
    // The invitation to be an admin ends after a week, and is made anew in the same way.
    let link = site.send("POST", &path, &site.owner, Some(json!({}))).await.ok();
    site.pass(8 * melder_protocol::Time::DAY);
    let late = json!({"enrol": link["enrol"]});
    let reply = browser.send("POST", "/passkeys/registration", late).await;
    reply.refused(404, "invitation_unknown");
    browser.log_in(&key).await.ok();
    site.stop().await;
}

#[tokio::test]
async fn an_owner_who_lost_passkey_code_and_token_comes_back_by_the_servers_operator() {
    let (site, _, done, _) = owned().await;
    let organisation = done["organisation"]["id"].as_str().unwrap();
    let path = format!("/organisations/{organisation}/tokens");
    // Nobody else opens this door: not even the owner's own token.
    let reply = site.send("POST", &path, &site.owner, Some(json!({}))).await;
    reply.refused(403, "forbidden");
    let rescue = site.send("POST", &path, &site.operator, Some(json!({}))).await.ok();
    let token = rescue["text"].as_str().unwrap();
    let admin = first_admin(&site, token).await;
    let path = format!("/admins/{admin}/enrol");
    let link = site.send("POST", &path, token, Some(json!({}))).await.ok();
    let mut browser = Browser::new(&site);
    let key = Authenticator::ed25519(2);
    browser.enrol(&link["enrol"], &key).await.ok();
    let me = browser.get("/me").await.ok();
    assert_eq!(me["admin"]["name"], "Ada König");
    // It does not go unseen.
    let audit = site.send("GET", "/audit?limit=1000", token, None).await.ok();
    let lines = audit["items"].as_array().unwrap();
    assert!(lines.iter().any(|line| line["action"] == "token.rescue"), "{lines:?}");
    site.stop().await;
}
