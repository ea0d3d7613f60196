// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The first start, once per server: the organisation and the first admin, a passkey, the recovery code, the first unit, the first
//! people. Each step is done when it is pressed; whoever stops in between goes on in the Leitstand.

use leptos::prelude::*;
use melder_kit::{Icon, Stepper, dom, t, toast};

use crate::accounts::sheets;
use crate::api::{self, Ask, Problem};
use crate::enter::{enrol, once, plain};
use crate::json::{Json, Object};
use crate::model::Link;
use crate::parts::{Act, button, check, long_field, save, submit, text_field};
use crate::passkey;
use crate::state::{Stage, desk};

/// What the server gave, shown this once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Given {
    owner_token: String,
    server_token: String,
    enrol: String,
    recovery: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Organisation,
    Passkey(Given),
    Keep(Given),
    Look,
    Unit,
    People,
    Links(Vec<Link>),
}

impl Step {
    const OF: usize = 6;

    const fn number(&self) -> usize {
        match self {
            Self::Organisation => 1,
            Self::Passkey(_) => 2,
            Self::Keep(_) => 3,
            Self::Look => 4,
            Self::Unit => 5,
            Self::People | Self::Links(_) => 6,
        }
    }
}

pub fn setup() -> AnyView {
    let desk = desk();
    if desk.secret.with_value(Option::is_none) {
        return plain(
            t!("leit-setup"),
            String::new(),
            view! {
                <p class="notice notice--warning"><Icon name="link-off" /><span>{t!("leit-setup-broken")}</span></p>
                {button("second", "", t!("leit-login"), move || desk.stage.set(Stage::LogIn))}
            }
            .into_any(),
        );
    }
    let step = RwSignal::new(Step::Organisation);
    let unit = RwSignal::new(None::<String>);
    let at = Signal::derive(move || step.with(Step::number));
    let body = view! {
        <Stepper at=at of=Step::OF word=Signal::derive(move || t!("leit-step", at = at.get(), of = Step::OF)) />
        {move || match step.get() {
            Step::Organisation => organisation(step),
            Step::Passkey(given) => make_passkey(step, given),
            Step::Keep(given) => keep(step, given),
            Step::Look => choose_look(step),
            Step::Unit => first_unit(step, unit),
            Step::People => people(step, unit),
            Step::Links(links) => links_made(links),
        }}
    };
    plain(t!("leit-setup"), t!("leit-setup-about"), body.into_any())
}

/// A server that knows no admins yet gives tokens alone.
async fn begin(token: String, organisation: String, name: String) -> Result<Json, Problem> {
    let ask = || {
        Object::new()
            .value("token", token.as_str())
            .value("organisation", organisation.as_str())
    };
    let with_admin = ask().value("admin", Object::new().value("name", name.as_str()));
    match Ask::post("setup").body(&with_admin).send().await {
        Err(problem) if problem.code == "invalid_field" && problem.message.contains("admin") => {
            Ask::post("setup").body(&ask()).send().await
        }
        other => other,
    }
}

fn organisation(step: RwSignal<Step>) -> AnyView {
    let desk = desk();
    let act = Act::new();
    let (organisation, name) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let (no_organisation, no_name) = (RwSignal::new(None), RwSignal::new(None));
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let (said, own) = (organisation.get_untracked(), name.get_untracked());
        no_organisation.set(said.trim().is_empty().then(|| t!("leit-setup-organisation-missing")));
        no_name.set(own.trim().is_empty().then(|| t!("leit-setup-name-missing")));
        let Some(token) = desk
            .secret
            .get_value()
            .filter(|_| !said.trim().is_empty() && !own.trim().is_empty())
        else {
            return;
        };
        act.run(async move {
            let answer = begin(token, said.trim().to_owned(), own.trim().to_owned()).await?;
            desk.secret.set_value(None);
            let given = Given {
                owner_token: answer.text("owner_token"),
                server_token: answer.text("server_token"),
                enrol: answer.text("enrol"),
                recovery: answer.text("recovery"),
            };
            step.set(if given.enrol.is_empty() || !passkey::is_able() {
                api::use_token(Some(given.owner_token.clone()));
                Step::Keep(given)
            } else {
                Step::Passkey(given)
            });
            Ok(())
        });
    };
    view! {
        <form class="stack" on:submit=send novalidate=true>
            {text_field(
                "organisation",
                t!("leit-setup-organisation"),
                t!("leit-setup-organisation-hint"),
                organisation,
                Some(no_organisation),
            )}
            {text_field("own-name", t!("leit-setup-name"), t!("leit-setup-name-hint"), name, Some(no_name))}
            {act.words()}
            {submit("main button-wide", t!("leit-setup-go").into(), act.busy)}
        </form>
    }
    .into_any()
}

fn make_passkey(step: RwSignal<Step>, given: Given) -> AnyView {
    let act = Act::new();
    let later = given.clone();
    let make = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let given = given.clone();
        act.run(async move {
            let recovery = enrol(&given.enrol).await?;
            step.set(Step::Keep(Given {
                recovery: recovery.unwrap_or(given.recovery),
                ..given
            }));
            Ok(())
        });
    };
    let without = move || {
        api::use_token(Some(later.owner_token.clone()));
        step.set(Step::Keep(later.clone()));
    };
    view! {
        <form class="stack" on:submit=make>
            <h2>{t!("leit-setup-passkey")}</h2>
            <p>{t!("leit-setup-passkey-about")}</p>
            {act.words()}
            {submit("main button-wide", t!("leit-passkey-make").into(), act.busy)}
        </form>
        <div class="enter__other">{button("plain", "", t!("leit-setup-without"), without)}</div>
    }
    .into_any()
}

fn keep(step: RwSignal<Step>, given: Given) -> AnyView {
    let kept = RwSignal::new(false);
    let missing = RwSignal::new(false);
    let go = move || {
        if kept.get_untracked() {
            step.set(Step::Look);
        } else {
            missing.set(true);
        }
    };
    let file = t!(
        "leit-setup-file",
        owner = &given.owner_token,
        server = &given.server_token,
        recovery = &given.recovery
    );
    view! {
        <section class="stack">
            <h2>{t!("leit-setup-keep")}</h2>
            {(!given.recovery.is_empty()).then(|| once(&given.recovery))}
            <p>{t!("leit-setup-tokens")}</p>
            <div class="actions">
                {button("second", "download", t!("leit-setup-tokens-save"), move || save("melder-zugang.txt", "text/plain", &file))}
            </div>
            {check(t!("leit-setup-kept"), kept)}
            <p class="field__error" role="alert">
                {move || (missing.get() && !kept.get()).then(|| view! { <Icon name="error-outline" />{t!("leit-setup-keep-first")} })}
            </p>
            {button("main button-wide", "", t!("leit-next"), go)}
        </section>
    }
    .into_any()
}

/// Logo and hue: whoever wants none goes on.
fn choose_look(step: RwSignal<Step>) -> AnyView {
    view! {
        <section class="stack">
            <h2>{t!("leit-setup-look")}</h2>
            <p>{t!("leit-setup-look-about")}</p>
            {crate::rules::look_settings()}
            {button("main button-wide", "", t!("leit-next"), move || step.set(Step::Unit))}
        </section>
    }
    .into_any()
}

fn first_unit(step: RwSignal<Step>, unit: RwSignal<Option<String>>) -> AnyView {
    let act = Act::new();
    let name = RwSignal::new(String::new());
    let missing = RwSignal::new(None);
    dom::focus_soon("#unit-name");
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let said = name.get_untracked().trim().to_owned();
        if said.is_empty() {
            missing.set(Some(t!("leit-unit-name-missing")));
            return;
        }
        act.run(async move {
            let made = Ask::post("units")
                .body(&Object::new().value("name", said.as_str()))
                .send()
                .await?;
            toast(t!("leit-unit-made", name = said));
            unit.set(made.maybe("id"));
            step.set(Step::People);
            Ok(())
        });
    };
    view! {
        <form class="stack" on:submit=send novalidate=true>
            <h2>{t!("leit-setup-unit")}</h2>
            {text_field("unit-name", t!("leit-unit-name"), t!("leit-unit-name-hint"), name, Some(missing))}
            {act.words()}
            {submit("main button-wide", t!("leit-unit-make").into(), act.busy)}
        </form>
        {later()}
    }
    .into_any()
}

/// Straight into the Leitstand.
fn later() -> AnyView {
    let desk = desk();
    let act = Act::new();
    view! {
        <div class="enter__other">
            {act.words()}
            {button("plain", "", t!("leit-setup-later"), move || act.run(async move { desk.enter().await }))}
        </div>
    }
    .into_any()
}

fn people(step: RwSignal<Step>, unit: RwSignal<Option<String>>) -> AnyView {
    let act = Act::new();
    let names = RwSignal::new(String::new());
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let said = names.get_untracked();
        act.run(async move {
            let mut links = Vec::new();
            for name in said.lines().map(str::trim).filter(|name| !name.is_empty()) {
                let ask = Object::new()
                    .value("kind", "staff")
                    .value("name", name)
                    .maybe("unit", unit.get_untracked().as_deref());
                let made = Ask::post("accounts").body(&ask).send().await?;
                let path = format!("accounts/{}/invitations", made.text("id"));
                let invited = Ask::post(path).body(&Object::new()).send().await?;
                links.push(Link::made(&invited, name, &made.text("unit_path")));
                // Those that are made are not made again after an error.
                names.update(|names| {
                    let rest: Vec<&str> = names.lines().filter(|line| line.trim() != name).collect();
                    *names = rest.join("\n");
                });
            }
            if !links.is_empty() {
                step.set(Step::Links(links));
            }
            Ok(())
        });
    };
    view! {
        <form class="stack" on:submit=send novalidate=true>
            <h2>{t!("leit-setup-people")}</h2>
            {long_field("people", t!("leit-setup-people-names"), t!("leit-setup-people-hint"), names)}
            {act.words()}
            {submit("main button-wide", t!("leit-setup-people-go").into(), act.busy)}
        </form>
        {later()}
    }
    .into_any()
}

fn links_made(links: Vec<Link>) -> AnyView {
    let desk = desk();
    let act = Act::new();
    view! {
        <section class="stack">
            <h2>{t!("leit-links-made", count = links.len())}</h2>
            {sheets::offer(links)}
            {act.words()}
            {button("main button-wide", "", t!("leit-setup-done"), move || act.run(async move { desk.enter().await }))}
        </section>
    }
    .into_any()
}
