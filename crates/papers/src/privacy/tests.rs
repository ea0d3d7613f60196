// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The documents, as somebody reads them.

use super::*;
use crate::{Language, html, pdf};

fn facts() -> Facts {
    Facts {
        organisation: "Stadt Musterstadt".into(),
        version: "1.0",
        now: 1_876_000_000_000,
        policy_version: 3,
        contact: Contact::default(),
        switches: Switches {
            receipts: false,
            presence: false,
            typing: true,
            location: false,
            export: true,
            alarms_break_quiet: true,
            push: true,
            directory: true,
            shared: true,
        },
        url: Some("https://melder.example".into()),
        ldap: Some("ldaps://ldap.stadt.example".into()),
        oidc: Some("https://sso.stadt.example".into()),
        oidc_admins: true,
        server_days: 30,
        device_days: None,
        guest_days: 366,
        hybrid_bound: 200,
        lock_minutes: Some(5),
        wipe_after: Some(10),
        retention: vec![Retention {
            data: "messages_waiting",
            place: "server",
            readable: false,
            until: Some("fetched"),
            seconds: Some(30 * 86_400),
            set_by: "policy",
        }],
        accounts: vec![("staff".into(), 812), ("guest".into(), 40)],
        roles: vec![("owner", 2), ("audit", 1)],
        admins: 3,
        operations: 1,
        last_backup: Some(1_876_000_000_000),
    }
}

#[test]
fn every_document_comes_in_both_languages_as_page_and_pdf_without_a_word_missing() {
    for language in [Language::De, Language::En] {
        let clock = Clock::new(language, Some("Europe/Berlin"));
        for kind in [Kind::Record, Kind::Measures, Kind::Impact, Kind::Notice] {
            for contact in [
                Contact::default(),
                Contact {
                    officer: "Ada König".into(),
                    ..Contact::default()
                },
            ] {
                let mut facts = facts();
                facts.contact = contact;
                let paper = paper(kind, &facts, &clock);
                let page = html(&paper);
                for word in page.split(|letter: char| letter.is_whitespace() || "<>\"".contains(letter)) {
                    let is_id = [
                        "record-",
                        "measures-",
                        "impact-",
                        "notice-",
                        "paper-",
                        "keep-",
                        "data-",
                        "until-",
                        "{",
                    ];
                    assert!(!is_id.iter().any(|id| word.starts_with(id)), "{word} in {kind:?}");
                }
                assert!(pdf(&paper).unwrap().starts_with(b"%PDF-1.7"), "{kind:?}");
            }
        }
    }
}

#[test]
fn what_is_switched_changes_what_is_said() {
    let clock = Clock::new(Language::De, Some("UTC"));
    let measures = html(&paper(Kind::Measures, &facts(), &clock));
    assert!(measures.contains("ldaps://ldap.stadt.example") && measures.contains("https://sso.stadt.example"));
    let with = html(&paper(Kind::Notice, &facts(), &clock));
    assert!(with.contains("Dienst Ihres Browsers") && with.contains("höchstens 30 Tage"));
    let mut without = facts();
    without.switches.push = false;
    without.server_days = 7;
    without.contact.authority = "LfDI Musterland".into();
    let page = html(&paper(Kind::Notice, &without, &clock));
    assert!(!page.contains("Dienst Ihres Browsers") && page.contains("höchstens 7 Tage"));
    assert!(page.contains("LfDI Musterland"));
}
