// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The directory that is pulled: what is set up, what a pull would do, what the last ones did.

use leptos::prelude::*;
use leptos::task::spawn_local;
use melder_kit::{dom, t, times, toast};

use crate::api::{Ask, Problem};
use crate::directory::model::{Plan, Run, Source};
use crate::directory::{plan, runs, setup};
use crate::json::{Json, Object};
use crate::model::Right;
use crate::parts::{Act, button, card, drawer, empty, line, shown, tag};
use crate::state::{Desk, Load, Question, say};

/// What this section works with.
#[derive(Clone, Copy)]
pub struct Pulling {
    pub desk: Desk,
    /// `There(None)`: nothing is set up.
    pub source: RwSignal<Load<Option<Source>>>,
    pub runs: RwSignal<Load<Vec<Run>>>,
    pub plan: RwSignal<Option<Plan>>,
    pub setting: RwSignal<bool>,
    pub act: Act,
}

impl Pulling {
    pub fn read(self) {
        spawn_local(async move {
            let found = Ask::get("directory/ldap").send().await;
            let found = found.map(|json| json.get("settings").is_there().then(|| Source::read(&json)));
            let _ = self.source.try_set(found.into());
        });
        self.read_runs();
    }

    fn read_runs(self) {
        spawn_local(async move {
            let found = Ask::get("directory/ldap/runs").send().await;
            let found = found.map(|json| json.list("items").iter().map(Run::read).collect());
            let _ = self.runs.try_set(found.into());
        });
    }

    /// Asks what a pull would do.
    pub fn look(self) {
        self.act.run(async move { self.looked().await });
    }

    async fn looked(self) -> Result<(), Problem> {
        let body = Object::new().value("dry_run", true);
        let json = Ask::post("directory/ldap/pull").body(&body).send().await?;
        let _ = self.plan.try_set(Some(Plan::read(&json)));
        Ok(())
    }

    /// Takes over the plan that is shown, and no other. Nobody goes by one press.
    pub fn take_over(self, shown: &Plan) {
        let hash = shown.hash.clone();
        let counts = shown.counts;
        if counts.gone() == 0 {
            self.confirm(hash, String::new());
            return;
        }
        let mut lines = vec![t!(
            "leit-dir-brake-ask",
            count = counts.gone(),
            known = counts.known,
            percent = counts.percent()
        )];
        if counts.left > 0 {
            lines.push(t!("leit-dir-brake-later", days = shown.keep_days));
        }
        self.desk.ask(Question {
            title: if shown.held {
                t!("leit-dir-brake-title")
            } else {
                t!("leit-dir-gone-title")
            },
            lines,
            action: t!("leit-dir-brake-go", count = counts.gone()),
            danger: true,
            then: Callback::new(move |reason: String| self.confirm(hash.clone(), reason)),
        });
    }

    fn confirm(self, hash: String, reason: String) {
        self.act.run(async move {
            let body = Object::new().value("confirm", hash);
            let done = Ask::post("directory/ldap/pull")
                .body(&body)
                .because(&reason)
                .send()
                .await;
            self.read_runs();
            match done {
                Ok(_) => {
                    let _ = self.plan.try_set(None);
                    toast(t!("leit-dir-applied"));
                    self.desk.read_units();
                    Ok(())
                }
                Err(problem) if problem.code == "plan_changed" => {
                    // The new plan stands there, and above it why.
                    self.looked().await?;
                    Err(problem)
                }
                Err(problem) => Err(problem),
            }
        });
    }
}

pub fn section(desk: Desk) -> AnyView {
    let pulling = Pulling {
        desk,
        source: RwSignal::new(Load::Waiting),
        runs: RwSignal::new(Load::Waiting),
        plan: RwSignal::new(None),
        setting: RwSignal::new(false),
        act: Act::new(),
    };
    pulling.read();
    // The plan goes with the button that put it away: the keyboard is where it came from.
    Effect::new(move |had: Option<bool>| {
        let has = pulling.plan.with(Option::is_some);
        if had == Some(true) && !has {
            dom::focus_soon("#directory-look");
        }
        has
    });
    let again = Callback::new(move |()| pulling.read());
    let body = shown(pulling.source, again, move |source| match source {
        None => nothing_yet(pulling),
        Some(source) => there(pulling, &source),
    });
    let title = Signal::derive(|| t!("leit-dir-ldap-set-up"));
    view! {
        {card(t!("leit-dir-ldap"), state_of(pulling), body)}
        {move || pulling.plan.get().map(|found| untrack(|| plan::card_of(pulling, &found)))}
        {move || {
            let set_up = pulling.source.with(|source| matches!(source, Load::There(Some(_))));
            set_up.then(|| runs::card_of(pulling))
        }}
        {drawer(pulling.setting, title, move || setup::form(pulling))}
    }
    .into_any()
}

/// How the last pull went, in a word.
fn state_of(pulling: Pulling) -> AnyView {
    (move || {
        let run = pulling
            .runs
            .with(|runs| runs.there().and_then(|runs| runs.first().cloned()))?;
        Some(runs::state(&run.outcome))
    })
    .into_any()
}

fn nothing_yet(pulling: Pulling) -> AnyView {
    let set_up = if pulling.desk.may(Right::Owner) {
        button("main", "add", t!("leit-dir-ldap-set-up"), move || {
            pulling.setting.set(true)
        })
    } else {
        view! { <p class="muted small">{t!("leit-dir-owner-only")}</p> }.into_any()
    };
    view! {
        <div class="stack">
            {empty("group-add-outline", t!("leit-dir-empty"), set_up)}
            <dl class="facts">
                {line(t!("leit-dir-way-ldap"), t!("leit-dir-way-ldap-about").into_any())}
                {line(t!("leit-dir-way-scim"), t!("leit-dir-way-scim-about").into_any())}
                {line(t!("leit-dir-way-csv"), t!("leit-dir-way-csv-about").into_any())}
            </dl>
        </div>
    }
    .into_any()
}

/// When it pulls by itself.
pub fn schedule_word(json: &Json) -> String {
    match json.text("every").as_str() {
        "hour" => t!("leit-dir-every-hour"),
        "day" => t!("leit-dir-every-day", hour = setup::local_hour(json.count("hour"))),
        _ => t!("leit-dir-every-off"),
    }
}

fn there(pulling: Pulling, source: &Source) -> AnyView {
    let json = source.json();
    let brake = json.get("brake");
    let secured = json.text("url").starts_with("ldaps:") || json.flag("start_tls");
    let address = view! {
        <span class="mono">{json.text("url")}</span>
        " "
        {if secured {
            tag("good", "encrypted-outline", t!("leit-dir-secured"))
        } else {
            tag("warning", "lock-open-outline", t!("leit-dir-open"))
        }}
    };
    let next = source
        .next
        .map(|at| line(t!("leit-dir-next"), times::full(at).into_any()));
    let keep = match json.count("keep_days") {
        0 => t!("leit-dir-keep-none"),
        days => t!("leit-dir-keep-some", days = days),
    };
    let brake = t!(
        "leit-dir-brake-fact",
        percent = brake.count("percent"),
        floor = brake.count("floor")
    );
    let is_owner = pulling.desk.may(Right::Owner);
    let forget = move || forget(pulling);
    view! {
        {banner(pulling)}
        <dl class="facts">
            {line(t!("leit-dir-server"), address.into_any())}
            {line(t!("leit-dir-base"), view! { <span class="mono">{json.text("base")}</span> }.into_any())}
            {line(t!("leit-dir-schedule"), schedule_word(&json.get("schedule")).into_any())}
            {next}
            {line(t!("leit-dir-leaving"), keep.into_any())}
            {line(t!("leit-dir-brake"), brake.into_any())}
        </dl>
        {pulling.act.words()}
        <div class="actions">
            {is_owner.then(|| button("danger-plain", "", t!("leit-dir-forget"), forget))}
            {is_owner.then(|| button("plain", "edit-outline", t!("leit-change"), move || pulling.setting.set(true)))}
            <button
                type="button"
                id="directory-look"
                class="button button--main"
                aria-busy=move || pulling.act.busy.get().then_some("true")
                on:click=move |_| pulling.look()
            >
                {move || pulling.act.busy.get().then(|| view! { <melder_kit::Busy /> })}
                <span>{t!("leit-dir-look")}</span>
            </button>
        </div>
    }
    .into_any()
}

/// The brake holds what the schedule wanted: the first thing that is seen.
fn banner(pulling: Pulling) -> AnyView {
    (move || {
        let run = pulling
            .runs
            .with(|runs| runs.there().and_then(|runs| runs.first().cloned()))?;
        let (look, words) = match run.outcome.as_str() {
            "held" => {
                let counts = run.counts;
                let words = t!(
                    "leit-dir-held",
                    count = counts.gone(),
                    known = counts.known,
                    percent = counts.percent()
                );
                ("notice notice--warning", words)
            }
            "failed" => ("notice notice--danger", runs::why(&run)),
            _ => return None,
        };
        Some(view! {
            <p class=look role="status">
                <melder_kit::Icon name="warning-outline" />
                <span>{words}</span>
            </p>
        })
    })
    .into_any()
}

fn forget(pulling: Pulling) {
    pulling.desk.ask(Question {
        title: t!("leit-dir-forget-title"),
        lines: vec![t!("leit-dir-forget-about")],
        action: t!("leit-dir-forget"),
        danger: true,
        then: Callback::new(move |reason: String| {
            spawn_local(async move {
                match Ask::delete("directory/ldap").because(&reason).send().await {
                    Ok(_) => {
                        pulling.plan.set(None);
                        pulling.read();
                    }
                    Err(problem) => say(&problem),
                }
            });
        }),
    });
}
