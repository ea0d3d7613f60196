// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The city's own log-in: which provider, under which name it knows this server, what names the account, and a try that says
//! what is wrong. [`card`] stands wherever it is hung. The client's secret is typed in here and never shown again.

use leptos::prelude::*;
use leptos::task::spawn_local;
use melder_kit::{Icon, dom, t, texts, toast};

use crate::api::{Ask, Problem};
use crate::json::{Json, Object};
use crate::parts::{
    Act, Choice, button, card as frame, check, choose, copy, drawer, label, line, long_field, secret_field, shown,
    submit, tag, text_field,
};
use crate::state::Load;
use crate::trail;

const PATH: &str = "directory/oidc";
/// Claim and what it is compared with, as they are common: the standard, the tenant's id of Entra, addresses, names.
const COMMON: [(&str, &str); 4] = [
    ("sub", "external_id"),
    ("oid", "external_id"),
    ("email", "user_name"),
    ("preferred_username", "user_name"),
];

pub fn card() -> AnyView {
    // As text: what the browser holds can't be shared.
    let load = RwSignal::new(Load::<String>::Waiting);
    let read = Callback::new(move |()| {
        spawn_local(async move {
            let answer = Ask::get(PATH).send().await.map(|json| json.pretty());
            let _ = load.try_set(answer.into());
        });
    });
    read.run(());
    let open = RwSignal::new(false);
    let saved = Callback::new(move |()| {
        open.set(false);
        read.run(());
    });
    let body = view! {
        <p class="muted small">{t!("leit-oidc-about")}</p>
        {shown(load, read, |text| Json::parse(&text).map_or_else(|| ().into_any(), |json| standing(&json)))}
        {drawer(
            open,
            Signal::derive(|| t!("leit-oidc")),
            move || match load.get_untracked() {
                Load::There(text) => Json::parse(&text).map_or_else(|| ().into_any(), |json| form(Draft::of(&json), saved)),
                _ => ().into_any(),
            },
        )}
    };
    let set_up = button("second", "settings-outline", t!("leit-oidc-set-up"), move || {
        if load.with_untracked(|load| matches!(load, Load::There(_))) {
            open.set(true);
        }
    });
    frame(t!("leit-oidc"), set_up, body.into_any())
}

/// How it is now, and what the provider has to know.
fn standing(json: &Json) -> AnyView {
    let state = match (json.flag("enabled"), json.text("issuer").is_empty()) {
        (true, _) => tag("good", "check-circle-outline", t!("leit-oidc-on")),
        (false, true) => tag("quiet", "block", t!("leit-oidc-unset")),
        (false, false) => tag("warning", "block", t!("leit-oidc-off")),
    };
    let for_admins = json.flag("enabled") && json.flag("admins");
    let issuer = json.text("issuer");
    view! {
        <p class="row row--wrap">
            {state}
            {for_admins.then(|| tag("quiet", "key-outline", t!("leit-oidc-admins-on")))}
        </p>
        {(!issuer.is_empty())
            .then(|| view! { <dl class="facts">{line(t!("leit-oidc-issuer"), view! { <span class="mono">{issuer}</span> }.into_any())}</dl> })}
        {label(t!("leit-oidc-redirect"))}
        {for_copy(json.text("redirect_uri"))}
        {label(t!("leit-oidc-link"))}
        {for_copy(json.text("app_link"))}
        <p class="muted small">{t!("leit-oidc-link-about")}</p>
    }
    .into_any()
}

fn for_copy(text: String) -> AnyView {
    let copied = text.clone();
    view! {
        <p class="once mono">{text}</p>
        {button("plain", "content-copy-outline", t!("leit-copy"), move || copy(&copied))}
    }
    .into_any()
}

/// What is in the fields.
#[derive(Clone, Copy)]
struct Draft {
    revision: u32,
    has_secret: bool,
    issuer: RwSignal<String>,
    client: RwSignal<String>,
    secret: RwSignal<String>,
    no_secret: RwSignal<bool>,
    /// `claim matches`
    names: RwSignal<String>,
    authority: RwSignal<String>,
    enabled: RwSignal<bool>,
    admins: RwSignal<bool>,
    reason: RwSignal<String>,
    wrong: [RwSignal<Option<String>>; 3],
}

const WRONG: [&str; 3] = ["issuer", "client_id", "client_secret"];

impl Draft {
    fn of(json: &Json) -> Self {
        Self {
            revision: json.count("revision"),
            has_secret: json.flag("has_secret"),
            issuer: RwSignal::new(json.text("issuer")),
            client: RwSignal::new(json.text("client_id")),
            secret: RwSignal::new(String::new()),
            no_secret: RwSignal::new(false),
            names: RwSignal::new([json.text("claim"), json.text("matches")].join(" ")),
            authority: RwSignal::new(json.text("authority")),
            enabled: RwSignal::new(json.flag("enabled")),
            admins: RwSignal::new(json.flag("admins")),
            reason: RwSignal::new(String::new()),
            wrong: WRONG.map(|_| RwSignal::new(None)),
        }
    }

    fn written(self) -> Object {
        let names = self.names.get_untracked();
        let (claim, matches) = names.split_once(' ').unwrap_or(("sub", "external_id"));
        let authority = self.authority.get_untracked();
        let body = Object::new()
            .value("issuer", self.issuer.get_untracked().trim())
            .value("client_id", self.client.get_untracked().trim())
            .value("claim", claim)
            .value("matches", matches)
            .value("enabled", self.enabled.get_untracked())
            .value("admins", self.admins.get_untracked())
            .or_null("authority", Some(authority.trim()).filter(|text| !text.is_empty()));
        let secret = self.secret.get_untracked();
        match (self.no_secret.get_untracked(), secret.as_str()) {
            (true, _) => body.or_null("client_secret", None),
            (false, "") => body,
            (false, secret) => body.value("client_secret", secret),
        }
    }

    /// Says at its field what is wrong; what has none goes on.
    fn refused(self, problem: Problem) -> Result<(), Problem> {
        let at = WRONG.iter().position(|field| problem.field.as_deref() == Some(*field));
        let Some((field, wrong)) = at.and_then(|at| Some((WRONG.get(at)?, self.wrong.get(at)?))) else {
            return Err(problem);
        };
        let words = match *field {
            "issuer" => t!("leit-oidc-issuer-wrong"),
            "client_id" => t!("leit-oidc-client-wrong"),
            _ => t!("leit-oidc-secret-wrong"),
        };
        wrong.set(Some(words));
        dom::focus_soon("[aria-invalid='true']");
        Ok(())
    }
}

fn named(claim: &str, matches: &str) -> String {
    match matches {
        "user_name" => t!("leit-oidc-by-user", claim = claim),
        _ => t!("leit-oidc-by-external", claim = claim),
    }
}

fn choices(now: &str) -> Vec<Choice> {
    let mut choices: Vec<Choice> = COMMON
        .iter()
        .map(|(claim, matches)| ([*claim, *matches].join(" "), named(claim, matches)))
        .collect();
    // What a program has set stays to be chosen.
    if !choices.iter().any(|(value, _)| value == now)
        && let Some((claim, matches)) = now.split_once(' ')
    {
        choices.push((now.to_owned(), named(claim, matches)));
    }
    choices
}

fn form(draft: Draft, saved: Callback<()>) -> AnyView {
    let act = Act::new();
    let trying = Act::new();
    // What a try found: codes and details; nothing while none was made.
    let found = RwSignal::new(None::<Vec<(String, String)>>);
    dom::focus_soon("#oidc-issuer");
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let ask = Ask::put(PATH)
            .body(&draft.written())
            .seen(draft.revision)
            .because(&draft.reason.get_untracked());
        act.run(async move {
            match trail::sent(ask, Some("oidc.set")).await {
                Ok(_) => {
                    toast(t!("leit-oidc-saved"));
                    saved.run(());
                    Ok(())
                }
                Err(problem) => draft.refused(problem),
            }
        });
    };
    let test = move || {
        found.set(None);
        let body = Object::new().value("settings", draft.written());
        trying.run(async move {
            match Ask::post("directory/oidc/test").body(&body).send().await {
                Ok(answer) => {
                    let list = answer.list("findings");
                    found.set(Some(
                        list.iter().map(|one| (one.text("code"), one.text("detail"))).collect(),
                    ));
                    Ok(())
                }
                Err(problem) => draft.refused(problem),
            }
        });
    };
    let options = choices(&draft.names.get_untracked());
    let secret_hint = if draft.has_secret {
        t!("leit-oidc-secret-kept")
    } else {
        t!("leit-oidc-secret-hint")
    };
    let [issuer_wrong, client_wrong, secret_wrong] = draft.wrong;
    view! {
        <div class="drawer__body stack">
            <form class="stack" on:submit=send novalidate=true>
                {text_field("oidc-issuer", t!("leit-oidc-issuer"), t!("leit-oidc-issuer-hint"), draft.issuer, Some(issuer_wrong))}
                {text_field("oidc-client", t!("leit-oidc-client"), t!("leit-oidc-client-hint"), draft.client, Some(client_wrong))}
                {secret_field("oidc-secret", t!("leit-oidc-secret"), secret_hint, draft.secret, Some(secret_wrong))}
                {draft.has_secret.then(|| check(t!("leit-oidc-no-secret"), draft.no_secret))}
                {choose("oidc-names", t!("leit-oidc-names"), draft.names, Signal::derive(move || options.clone()))}
                <p class="muted small">{t!("leit-oidc-names-about")}</p>
                {long_field("oidc-authority", t!("leit-oidc-authority"), t!("leit-oidc-authority-hint"), draft.authority)}
                {check(t!("leit-oidc-enabled"), draft.enabled)}
                <p class="notice"><Icon name="info-outline" /><span>{t!("leit-oidc-first")}</span></p>
                {check(t!("leit-oidc-admins"), draft.admins)}
                <p class="notice notice--warning"><Icon name="key-outline" /><span>{t!("leit-oidc-admins-about")}</span></p>
                {text_field("oidc-reason", t!("leit-reason"), t!("leit-reason-hint"), draft.reason, None)}
                <div role="status">{move || found.get().map(|found| untrack(|| result(&found)))}</div>
                {trying.words()}
                {act.words_or(saved)}
                <div class="actions">
                    {move || {
                        let word = if trying.busy.get() { t!("leit-oidc-testing") } else { t!("leit-oidc-test") };
                        button("second", "", word, test)
                    }}
                    {submit("main", t!("leit-oidc-save").into(), act.busy)}
                </div>
            </form>
        </div>
    }
    .into_any()
}

/// What the provider said to these settings.
fn result(found: &[(String, String)]) -> AnyView {
    if found.is_empty() {
        return view! {
            <p class="notice notice--success"><Icon name="check-circle-outline" /><span>{t!("leit-oidc-good")}</span></p>
        }
        .into_any();
    }
    let lines = found.iter().map(|(code, detail)| {
        let own = ["leit-oidc-found-", &code.replace('_', "-")].concat();
        let id = if texts::has(&own) {
            own.as_str()
        } else {
            "leit-oidc-found-refused"
        };
        let words = texts::text(texts::TextId::of(id), &[("detail", texts::Value::from(detail))]);
        view! { <li>{words}</li> }
    });
    view! {
        <div class="notice notice--danger"><Icon name="error-outline" /><ul>{lines.collect_view()}</ul></div>
    }
    .into_any()
}
