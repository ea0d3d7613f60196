// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Who did what: the lines of the audit log, and the chain that proves it whole.

use leptos::prelude::*;
use leptos::task::spawn_local;
use melder_kit::{Icon, t, times};

use crate::api::{self, Ask, Problem};
use crate::json::Json;
use crate::model::Line;
use crate::parts::{Act, button, card, save, shown, tag};
use crate::state::Load;

/// Lines of a page.
const PAGE: u32 = 100;

/// What the check of the chain said.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Chain {
    lines: u32,
    broken_at: Option<u32>,
    head: String,
}

impl Chain {
    async fn read() -> Result<Self, Problem> {
        let json = Ask::get("audit/check").send().await?;
        Ok(Self {
            lines: json.count("lines"),
            broken_at: (!json.flag("intact")).then(|| json.count("broken_at")),
            head: json.text("head"),
        })
    }

    fn tag(&self) -> AnyView {
        match self.broken_at {
            None => tag("good", "link", t!("leit-audit-whole")),
            Some(line) => tag("danger", "link-off", t!("leit-audit-broken", line = line)),
        }
    }
}

/// The lines before `to`, newest first.
async fn lines_before(to: u32) -> Result<Vec<Line>, Problem> {
    let after = to.saturating_sub(PAGE + 1);
    let count = to.saturating_sub(1).saturating_sub(after);
    if count == 0 {
        return Ok(Vec::new());
    }
    let json = Ask::get(format!("audit?limit={count}&after={after}")).send().await?;
    Ok(json.list("items").iter().rev().map(Line::read).collect())
}

pub fn card_of() -> AnyView {
    let act = Act::new();
    let chain = RwSignal::new(Load::<Chain>::Waiting);
    let lines = RwSignal::new(Vec::<Line>::new());
    let read = Callback::new(move |()| {
        spawn_local(async move {
            let checked = Chain::read().await;
            if let Ok(checked) = &checked
                && let Ok(newest) = lines_before(checked.lines + 1).await
            {
                let _ = lines.try_set(newest);
            }
            let _ = chain.try_set(checked.into());
        });
    });
    read.run(());
    let older = move || {
        act.run(async move {
            let from = lines.with_untracked(|lines| lines.last().map_or(1, |line| line.sequence));
            let more = lines_before(from).await?;
            lines.update(|lines| lines.extend(more));
            Ok(())
        });
    };
    let export = move || {
        act.run(async move {
            let all = std::cell::RefCell::new(Vec::new());
            api::list("audit", |items| all.borrow_mut().extend(items.iter().map(Json::pretty))).await?;
            let text = format!("[\n{}\n]\n", all.into_inner().join(",\n"));
            save("melder-protokoll.json", "application/json", &text);
            Ok(())
        });
    };
    let has_older = move || lines.with(|lines| lines.last().is_some_and(|line| line.sequence > 1));
    let body = view! {
        {act.words()}
        {shown(chain, read, move |chain| {
            view! {
                <p class="row row--wrap">{chain.tag()}<span class="muted small">{t!("leit-audit-lines", count = chain.lines)}</span></p>
                <p class="muted small">{t!("leit-audit-head")}" "<span class="mono audit__hash">{chain.head}</span></p>
                <ol class="entries">
                    <For each=move || lines.get() key=|line| line.sequence let:line>{entry(line)}</For>
                </ol>
                {move || has_older().then(|| button("second", "expand-more", t!("leit-audit-older"), older))}
            }
            .into_any()
        })}
    };
    let beside = view! {
        <div class="row row--wrap">
            {button("plain", "fact-check-outline", t!("leit-audit-verify"), move || {
                chain.set(Load::Waiting);
                read.run(());
            })}
            {button("plain", "download", t!("leit-audit-export"), export)}
        </div>
    };
    card(t!("leit-audit"), beside.into_any(), body.into_any())
}

fn entry(line: Line) -> AnyView {
    let who = line
        .actor_name
        .or(line.actor)
        .unwrap_or_else(|| t!("leit-audit-server"));
    let short: String = line.hash.chars().take(8).collect();
    view! {
        <li class="entry audit">
            <span class="muted small audit__time">{times::short(line.time)}</span>
            <Icon name=icon_of(&line.action) />
            <span class="grow">
                <span><b>{who}</b>" "{action(&line.action)}</span>
                {line.reason.map(|reason| view! { <span class="muted small">{t!("leit-audit-reason", reason = reason)}</span> })}
            </span>
            <span class="mono small muted audit__hash" title=line.subject>{short}</span>
        </li>
    }
    .into_any()
}

fn icon_of(action: &str) -> &'static str {
    match action.split('.').next().unwrap_or_default() {
        "account" => "person-outline",
        "unit" => "account-tree-outline",
        "group" => "forum-outline",
        "operation" => "event-outline",
        "invitation" => "qr-code-2",
        "policy" => "tune",
        "token" | "passkey" | "session" | "recovery" | "oidc" => "key-outline",
        "admin" => "admin-panel-settings-outline",
        "directory" => "sync",
        _ => "history",
    }
}

/// What was done, as the rest of a sentence after the name.
fn action(action: &str) -> String {
    match action {
        "account.create" => t!("leit-did-account-create"),
        "account.import" => t!("leit-did-account-import"),
        "account.change" => t!("leit-did-account-change"),
        "account.suspend" => t!("leit-did-account-suspend"),
        "account.resume" => t!("leit-did-account-resume"),
        "account.reset" => t!("leit-did-account-reset"),
        "account.delete" => t!("leit-did-account-delete"),
        "account.expire" => t!("leit-did-account-expire"),
        "unit.create" => t!("leit-did-unit-create"),
        "unit.change" => t!("leit-did-unit-change"),
        "unit.delete" => t!("leit-did-unit-delete"),
        "group.create" => t!("leit-did-group-create"),
        "group.change" => t!("leit-did-group-change"),
        "group.rules" => t!("leit-did-group-rules"),
        "group.close" => t!("leit-did-group-close"),
        "operation.create" => t!("leit-did-operation-create"),
        "operation.change" => t!("leit-did-operation-change"),
        "operation.end" => t!("leit-did-operation-end"),
        "invitation.create" => t!("leit-did-invitation-create"),
        "invitation.withdraw" => t!("leit-did-invitation-withdraw"),
        "policy.set" => t!("leit-did-policy"),
        "token.create" => t!("leit-did-token-create"),
        "token.revoke" => t!("leit-did-token-revoke"),
        "organisation.create" => t!("leit-did-organisation-create"),
        "organisation.rename" => t!("leit-did-organisation-rename"),
        "account.provision" => t!("leit-did-account-provision"),
        "directory.ldap.change" => t!("leit-did-ldap-change"),
        "directory.ldap.remove" => t!("leit-did-ldap-remove"),
        "directory.ldap.test" => t!("leit-did-ldap-test"),
        "directory.ldap.pull" => t!("leit-did-ldap-pull"),
        "oidc.set" => t!("leit-did-oidc-set"),
        "oidc.test" => t!("leit-did-oidc-test"),
        "oidc.log_in" => t!("leit-did-oidc-log-in"),
        "admin.oidc.link" => t!("leit-did-admin-oidc-link"),
        "admin.oidc.unlink" => t!("leit-did-admin-oidc-unlink"),
        "session.begin" => t!("leit-did-session-begin"),
        "session.oidc" => t!("leit-did-session-oidc"),
        "account.export" => t!("leit-did-account-export"),
        "privacy.contact" => t!("leit-did-privacy-contact"),
        other => t!("leit-did-other", action = other),
    }
}
