// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Papers, the documents for data protection and what they are made of, deletion records as a file.

use melder_mls::sign::{fingerprint, verify_statement};
use melder_protocol::deletion::DeletionRecord;
use melder_protocol::signed::Signed;
use melder_protocol::{PublicKey, cbor};

use super::*;

impl Site {
    /// A new account's invitation.
    async fn invited(&self, name: &str) -> String {
        let id = self.made("/accounts", json!({"kind": "staff", "name": name})).await;
        let made = self.post(&format!("/accounts/{id}/invitations"), json!({})).await.ok();
        made["link"].as_str().unwrap().to_owned()
    }

    async fn print(&self, token: &str, body: Value) -> Reply {
        self.send("POST", "/papers/invitations", token, Some(body)).await
    }
}

#[track_caller]
fn is_pdf(reply: &Reply) {
    assert!(reply.status.is_success(), "{} {}", reply.status, reply.text);
    assert_eq!(reply.headers["content-type"], "application/pdf");
    assert!(reply.text.starts_with("%PDF-1.7"));
    // What a reader of the pages needs: their language, their title, what each part is.
    for part in ["/StructTreeRoot", "/Lang", "/MarkInfo", "pdfuaid"] {
        assert!(reply.text.contains(part), "{part}");
    }
}

#[tokio::test]
async fn invitations_are_printed_and_their_secrets_are_kept_nowhere() {
    let site = Site::new().await;
    let links = [site.invited("Ada").await, site.invited("Bea").await];
    for print in ["sheets", "letters"] {
        let body = json!({"print": print, "links": links, "language": "de", "zone": "Europe/Berlin"});
        is_pdf(&site.print(&site.owner, body).await);
    }
    let poster = json!({"kind": "guest", "ends": "2027-06-10", "limit": 5});
    let poster = site.post("/invitations", poster).await.ok()["link"].clone();
    is_pdf(
        &site
            .print(&site.owner, json!({"print": "poster", "links": [poster]}))
            .await,
    );
    let secret = links[0].split_once('#').unwrap().1;
    let mut looked = 0;
    for entry in std::fs::read_dir(site._folder.path()).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains(secret), "{}", path.display());
        looked += 1;
    }
    assert!(looked > 1);
    site.stop().await;
}

#[tokio::test]
async fn only_ones_own_open_invitations_are_printed() {
    let site = Site::new().await;
    let link = site.invited("Ada").await;
    let one = |link: &str| json!({"print": "letters", "links": [link]});
    for wrong in ["", "https://elsewhere.example/join#AAAA", &format!("{link}A")] {
        site.print(&site.owner, one(wrong))
            .await
            .refused(404, "invitation_unknown");
    }
    site.print(&site.token("groups").await, one(&link))
        .await
        .refused(403, "forbidden");
    // Another organisation's.
    let other = site
        .send("POST", "/organisations", &site.operator, Some(json!({"name": "Works"})))
        .await
        .ok();
    let other = other["owner_token"].as_str().unwrap().to_owned();
    site.print(&other, one(&link)).await.refused(404, "invitation_unknown");
    // One that was replaced.
    let list = site.get("/accounts").await.ok();
    let id = list["items"][0]["id"].as_str().unwrap();
    site.post(&format!("/accounts/{id}/invitations"), json!({})).await.ok();
    site.print(&site.owner, one(&link))
        .await
        .refused(404, "invitation_unknown");
    site.print(&site.owner, json!({"print": "sheets", "links": []}))
        .await
        .refused(422, "invalid_field");
    let two = json!({"print": "poster", "links": ["a", "b"]});
    site.print(&site.owner, two).await.refused(422, "invalid_field");
    site.stop().await;
}

#[tokio::test]
async fn the_documents_say_what_is_configured() {
    let site = Site::new().await;
    let mut policy = site.get("/policy").await.ok();
    policy["server_retention_days"] = json!(17);
    policy["presence"] = json!(true);
    site.send("PUT", "/policy", &site.owner, Some(policy)).await.ok();
    let audit = site.token("audit").await;
    for kind in ["record", "measures", "impact", "notice"] {
        let page = site
            .send("GET", &format!("/papers/{kind}?language=de"), &audit, None)
            .await;
        assert_eq!(page.headers["content-type"], "text/html; charset=utf-8");
        assert!(page.text.contains("17 Tage"), "{kind}");
        is_pdf(
            &site
                .send("GET", &format!("/papers/{kind}?format=pdf&language=en"), &audit, None)
                .await,
        );
    }
    let groups = site.token("groups").await;
    site.send("GET", "/papers/record", &groups, None)
        .await
        .refused(403, "forbidden");
    site.get("/papers/novel").await.refused(404, "not_found");
    site.get("/papers/record?format=docx")
        .await
        .refused(422, "invalid_field");
    site.stop().await;
}

#[tokio::test]
async fn what_the_organisation_says_of_itself_stands_in_its_notice_for_everybody() {
    let site = Site::new().await;
    let own = site.get("/organisation").await.ok();
    let notice = format!("/v1/notice/{}?language=de", own["id"].as_str().unwrap());
    let before = site.send("GET", &notice, "", None).await;
    assert!(before.ok()["blocks"].as_array().unwrap().len() > 10);
    assert_eq!(before.headers["cache-control"], "public, max-age=300");
    let answers = json!({"controller": "City, Square 1", "officer": "dpo@city.example", "authority": "", "basis": ""});
    let first = site.get("/privacy/contact").await;
    assert_eq!(first.headers["etag"], "\"0\"");
    let put = |revision: &str| {
        request("PUT", "/privacy/contact", &site.owner)
            .header("if-match", format!("\"{revision}\""))
            .body(Body::from(answers.to_string()))
            .unwrap()
    };
    assert_eq!(site.raw(put("0")).await.ok()["revision"], 1);
    site.raw(put("0")).await.refused(412, "conflict");
    let after = site.send("GET", &notice, "", None).await;
    assert!(after.text.contains("City, Square 1") && after.text.contains("dpo@city.example"));
    let audit = site.token("audit").await;
    site.send("PUT", "/privacy/contact", &audit, Some(answers))
        .await
        .refused(403, "forbidden");
    let long = json!({"controller": "x".repeat(501)});
    site.send("PUT", "/privacy/contact", &site.owner, Some(long))
        .await
        .refused(422, "invalid_field");
    let unknown = format!("/v1/notice/{}", "0".repeat(32));
    site.send("GET", &unknown, "", None).await.refused(404, "not_found");
    site.stop().await;
}

#[tokio::test]
async fn one_persons_export_comes_as_pages_and_stands_in_the_log() {
    let site = Site::new().await;
    let ada = site
        .made(
            "/accounts",
            json!({"kind": "staff", "name": "Ada König", "function": "Lead"}),
        )
        .await;
    is_pdf(
        &site
            .get(&format!("/accounts/{ada}/export.pdf?language=de&zone=Europe/Berlin"))
            .await,
    );
    let log = site.get("/audit").await.ok();
    let last = log["items"].as_array().unwrap().last().unwrap();
    assert_eq!(
        (&last["action"], &last["subject"]),
        (&json!("account.export"), &json!(ada))
    );
    let audit = site.token("audit").await;
    site.send("GET", &format!("/accounts/{ada}/export.pdf"), &audit, None)
        .await
        .refused(403, "forbidden");
    site.stop().await;
}

#[tokio::test]
async fn an_operations_records_are_a_file_that_the_organisations_key_proves() {
    let site = Site::new().await;
    let mut ids = Vec::new();
    for name in ["Fair", "Election"] {
        let id = site
            .made("/operations", json!({"name": name, "ends": "2027-06-10"}))
            .await;
        for guest in ["a", "b"] {
            let guest = format!("{name} {guest}");
            site.made("/accounts", json!({"kind": "guest", "name": guest, "operation": id}))
                .await;
        }
        ids.push(id);
    }
    let gone = site.made("/accounts", json!({"kind": "staff", "name": "Ada"})).await;
    site.send("DELETE", &format!("/accounts/{gone}"), &site.owner, None)
        .await
        .ok();
    // Both end in one moment.
    site.pass(366 * melder_protocol::Time::DAY);
    for id in &ids {
        let path = format!("/operations/{id}");
        // The clock may have ended them already.
        site.post(&format!("{path}/end"), json!({})).await;
        assert!(site.get(&path).await.ok()["summary"].is_object());
    }
    let key: PublicKey = site.get("/organisation").await.ok()["key"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    for id in &ids {
        let reply = site.get(&format!("/deletions/file?operation={id}")).await;
        let file = reply.ok();
        assert_eq!(file["format"], "melder-deletions-1");
        assert_eq!(file["organisation"]["fingerprint"], fingerprint(&key));
        assert_eq!(file["operation"]["id"], json!(id));
        let records = file["records"].as_array().unwrap();
        assert_eq!(records.len(), 2, "its own guests and nobody else's");
        for record in records {
            let bytes = data_encoding::BASE64
                .decode(record["signed"].as_str().unwrap().as_bytes())
                .unwrap();
            let signed: Signed<DeletionRecord> = cbor::decode(&bytes).unwrap();
            let proved = verify_statement(&signed, &key).unwrap();
            assert_eq!(record["account"], json!(proved.account.to_string()));
        }
    }
    let all = site.get("/deletions/file").await.ok();
    assert_eq!(all["records"].as_array().unwrap().len(), 5);
    // Who runs operations has the records of one's end, and no others.
    let operations = site.token("operations").await;
    let of_one = format!("/deletions/file?operation={}", ids[0]);
    site.send("GET", &of_one, &operations, None).await.ok();
    site.send("GET", "/deletions/file", &operations, None)
        .await
        .refused(403, "forbidden");
    let groups = site.token("groups").await;
    site.send("GET", "/deletions/file", &groups, None)
        .await
        .refused(403, "forbidden");
    site.get(&format!("/deletions/file?operation={}", "0".repeat(32)))
        .await
        .refused(404, "not_found");
    site.stop().await;
}

#[tokio::test]
async fn the_overview_knows_of_a_backup_once_there_is_one() {
    let site = Site::new().await;
    assert_eq!(site.get("/overview").await.ok()["backup"], Value::Null);
    let copies = tempfile::tempdir().unwrap();
    let data = site._folder.path();
    let now = crate::Clock::now(&crate::SystemClock);
    crate::keeping::backup::make(data, copies.path(), now).unwrap();
    let seen = site.get("/overview").await.ok();
    assert!(seen["backup"]["bytes"].as_u64().unwrap() > 0);
    assert_eq!(seen["pushes"], json!({"taken": 0, "failed": 0, "gone": 0}));
    assert_eq!(seen.get("certificate"), None, "without https there is none to look at");
    site.stop().await;
}

#[tokio::test]
async fn a_paper_that_nobody_waits_for_any_more_keeps_its_turn() {
    use crate::admin::papers::{SETTING, set};
    let (begun, has_begun) = tokio::sync::oneshot::channel();
    let (go_on, wait) = std::sync::mpsc::channel();
    let first = tokio::spawn(set(move || {
        begun.send(()).unwrap();
        wait.recv().unwrap();
        Ok(Vec::new())
    }));
    has_begun.await.unwrap();
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    assert!(SETTING.try_acquire().is_err());
    go_on.send(()).unwrap();
    assert_eq!(set(|| Ok(vec![1])).await.unwrap(), [1]);
}
