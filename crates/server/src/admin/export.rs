// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! One person's export as a document to be read: the same that the JSON says, in words.

use axum::extract::State;
use axum::response::Response;
use melder_papers::{Block, Clock, Language, Paper, Value, Words};
use melder_protocol::AccountId;

use super::Here;
use super::answer::Answer;
use super::ask::{Ask, Caller, Id};
use super::body::{AuditBody, ExportBody, Stamp};
use super::overview::exported;
use super::papers::{PaperQuery, code, file, set};
use crate::directory::types::Scope;

const ACCOUNTS: &[Scope] = &[Scope::Accounts];

/// The same as a PDF to be read (PDF/UA-1), in German or English. Scope `accounts`.
#[utoipa::path(get, path = "/v1/admin/accounts/{id}/export.pdf", tag = "privacy", operation_id = "export_account_pdf", params(("id" = String, Path), PaperQuery),
    responses((status = 200, description = "The PDF.", content_type = "application/pdf", body = String)))]
pub async fn pdf(
    State(api): Here,
    caller: Caller,
    Id(id): Id<AccountId>,
    Ask(ask): Ask<PaperQuery>,
) -> Answer<Response> {
    let (organisation, export) = api
        .desk(caller, ACCOUNTS, move |desk| {
            let export = desk.export_account(id)?;
            Ok((desk.own_organisation()?.name, exported(desk, export)))
        })
        .await?;
    let clock = ask.clock();
    let bytes = set(move || melder_papers::pdf(&paper(&organisation, &export, &clock))).await?;
    Ok(file("application/pdf", &format!("melder-auskunft-{id}.pdf"), bytes))
}

struct Writer<'a> {
    words: &'static Words,
    clock: &'a Clock,
}

impl Writer<'_> {
    fn say(&self, id: &str) -> String {
        self.words.say(id)
    }

    /// A word of the API in the reader's language; as it is where there is none.
    fn word(&self, group: &str, value: &impl serde::Serialize) -> String {
        let code = code(value);
        self.words.find(&format!("{group}-{code}"), &[]).unwrap_or(code)
    }

    fn moment(&self, stamp: &Stamp) -> String {
        self.clock.moment(stamp.0.0)
    }

    fn heading(&self, id: &str) -> Block {
        Block::heading(2, self.say(id))
    }

    /// Without those that say nothing.
    fn facts(&self, rows: Vec<(&str, Option<String>)>) -> Block {
        let said = rows.into_iter().filter_map(|(id, value)| Some((self.say(id), value?)));
        Block::Facts {
            rows: said.filter(|(_, value)| !value.is_empty()).collect(),
        }
    }

    fn table(&self, head: &[&str], rows: Vec<Vec<String>>) -> Block {
        if rows.is_empty() {
            return Block::text(self.say("export-nothing"));
        }
        Block::Table {
            head: head.iter().map(|id| self.say(id)).collect(),
            rows,
        }
    }

    fn account(&self, export: &ExportBody) -> Block {
        let account = &export.account;
        self.facts(vec![
            ("export-name", Some(account.name.clone())),
            ("export-id", Some(account.id.to_string())),
            ("export-kind", Some(self.word("kind", &account.kind))),
            ("export-status", Some(self.word("status", &account.status))),
            ("export-unit", Some(account.unit_path.replace('/', " › "))),
            ("export-function", account.function.clone()),
            ("export-operation", export.operation_name.clone()),
            ("export-ends", account.ends.as_ref().map(|ends| self.moment(ends))),
            ("export-created", Some(self.moment(&account.created))),
        ])
    }

    fn badge(&self, export: &ExportBody) -> Vec<Block> {
        let Some(badge) = &export.badge else {
            return Vec::new();
        };
        vec![
            self.heading("export-badge"),
            Block::text(self.say("export-badge-about")),
            self.facts(vec![
                ("export-name", Some(badge.name.clone())),
                ("export-unit", Some(badge.unit.join(" › "))),
                ("export-function", badge.function.clone()),
                ("export-issued", Some(self.moment(&badge.issued))),
                ("export-expires", Some(self.moment(&badge.expires))),
            ]),
        ]
    }

    fn devices(&self, export: &ExportBody) -> Block {
        let rows = export.devices.iter().map(|device| {
            let used = device.last_used.as_ref().map(|day| self.clock.day(day.0.0));
            vec![
                device.name.clone(),
                self.moment(&device.added),
                used.unwrap_or_default(),
            ]
        });
        self.table(&["export-device", "export-added", "export-used"], rows.collect())
    }

    fn groups(&self, export: &ExportBody) -> Block {
        let rows = export.groups.iter().map(|group| {
            let name = group.name.clone().unwrap_or_else(|| self.say("export-private-group"));
            vec![name, self.word("group", &group.kind), self.word("role", &group.role)]
        });
        self.table(&["export-group", "export-kind", "export-role"], rows.collect())
    }

    fn invitations(&self, export: &ExportBody) -> Block {
        let rows = export.invitations.iter().map(|invitation| {
            vec![
                self.moment(&invitation.created),
                self.moment(&invitation.expires),
                self.word("invitation", &invitation.status),
            ]
        });
        self.table(&["export-created", "export-expires", "export-status"], rows.collect())
    }

    fn directory(&self, export: &ExportBody) -> Vec<Block> {
        let Some(row) = &export.directory else {
            return Vec::new();
        };
        let names = [&row.formatted, &row.given_name, &row.family_name]
            .into_iter()
            .flatten();
        let names: Vec<&str> = names.map(String::as_str).collect();
        let groups: Vec<&str> = row.groups.iter().map(|group| group.name.as_str()).collect();
        vec![
            self.heading("export-directory"),
            self.facts(vec![
                ("export-directory-user", Some(row.user_name.clone())),
                ("export-id", row.external_id.clone()),
                ("export-name", row.display_name.clone()),
                ("export-name", Some(names.join(", "))),
                ("export-unit", row.department.clone()),
                ("export-directory-groups", Some(groups.join(", "))),
            ]),
        ]
    }

    fn sealed(&self, export: &ExportBody) -> Block {
        // In tenths, without a float.
        let tenths = (export.attachment_bytes * 10).div_ceil(1024 * 1024);
        let comma = match self.clock.language() {
            Language::De => ',',
            Language::En => '.',
        };
        let mib = format!("{}{comma}{}", tenths / 10, tenths % 10);
        let values: [(&str, Value<'_>); 2] = [("mib", (&mib).into()), ("count", u64::from(export.attachments).into())];
        self.facts(vec![
            ("export-inbox", Some(export.inbox_entries.to_string())),
            ("export-attachments", Some(self.words.with("export-bytes", &values))),
        ])
    }

    fn audit(&self, lines: &[AuditBody]) -> Block {
        let rows = lines.iter().map(|line| {
            let reason = line.reason.clone().unwrap_or_default();
            vec![
                self.moment(&line.time),
                self.word("did", &line.action.replace('.', "-")),
                reason,
            ]
        });
        self.table(&["export-time", "export-action", "export-reason"], rows.collect())
    }
}

fn paper(organisation: &str, export: &ExportBody, clock: &Clock) -> Paper {
    let words = clock.language().words();
    let writer = Writer { words, clock };
    let day = clock.moment(export.exported.0.0);
    let mut blocks = vec![
        Block::text(words.with("export-intro", &[("organisation", organisation.into())])),
        writer.heading("export-account"),
        writer.account(export),
    ];
    blocks.extend(writer.badge(export));
    blocks.extend([
        writer.heading("export-devices"),
        writer.devices(export),
        writer.heading("export-groups"),
        writer.groups(export),
        writer.heading("export-invitations"),
        writer.invitations(export),
    ]);
    blocks.extend(writer.directory(export));
    blocks.extend([
        writer.heading("export-sealed"),
        writer.sealed(export),
        writer.heading("export-audit"),
        writer.audit(&export.audit),
    ]);
    let about: [(&str, Value<'_>); 3] = [
        ("organisation", organisation.into()),
        ("day", (&day).into()),
        ("version", env!("CARGO_PKG_VERSION").into()),
    ];
    Paper {
        language: clock.language(),
        title: words.with("export-title", &[("name", (&export.account.name).into())]),
        about: words.with("paper-about", &about),
        blocks,
    }
}
