// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The organisation's policy: every rule with what it means, whom it meets, and what it is set to. It is replaced as a whole, signed, and
//! goes to every device. What could watch staff is off unless somebody switches it on.

use js_sys::{Object as Plain, Reflect};
use leptos::prelude::*;
use leptos::task::spawn_local;
use melder_kit::{Icon, Switch, t, toast};
use wasm_bindgen::{JsCast, JsValue};

use crate::api::Ask;
use crate::json::{Json, Object};
use crate::parts::{Act, button, card, decimal, screen, shown, submit, tag, text_field, whole};
use crate::state::{Desk, Load, Question, desk};
use crate::trail;

/// A rule that is on or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Flag {
    name: &'static str,
    /// It could watch staff: for the staff council.
    watches: bool,
}

const FLAGS: [Flag; 7] = [
    flag("read_receipts", true),
    flag("presence", true),
    flag("typing", true),
    flag("location", true),
    flag("private_groups", false),
    flag("export", false),
    flag("quiet_alarms", false),
];

const fn flag(name: &'static str, watches: bool) -> Flag {
    Flag { name, watches }
}

/// Word and meaning of a rule.
pub fn words(name: &str) -> (String, String) {
    match name {
        "read_receipts" => (t!("leit-policy-receipts"), t!("leit-policy-receipts-about")),
        "presence" => (t!("leit-policy-presence"), t!("leit-policy-presence-about")),
        "typing" => (t!("leit-policy-typing"), t!("leit-policy-typing-about")),
        "location" => (t!("leit-policy-location"), t!("leit-policy-location-about")),
        "private_groups" => (t!("leit-policy-groups"), t!("leit-policy-groups-about")),
        "export" => (t!("leit-policy-export"), t!("leit-policy-export-about")),
        "server_retention_days" => (t!("leit-policy-server"), t!("leit-policy-server-about")),
        "device_retention_days" => (t!("leit-policy-device"), t!("leit-policy-device-about")),
        "lock_after_minutes" => (t!("leit-policy-lock"), t!("leit-policy-lock-about")),
        "wipe_after" => (t!("leit-policy-wipe"), t!("leit-policy-wipe-about")),
        "max_attachment" => (t!("leit-policy-attachment"), t!("leit-policy-attachment-about")),
        "hybrid_bound" => (t!("leit-policy-hybrid"), t!("leit-policy-hybrid-about")),
        "quiet_alarms" => (t!("leit-policy-quiet"), t!("leit-policy-quiet-about")),
        "minimum_app" => (t!("leit-policy-app"), t!("leit-policy-app-about")),
        _ => (t!("leit-policy-warning"), t!("leit-policy-warning-about")),
    }
}

/// A rule that is a number; `optional`: may be empty, which means without a limit.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Number {
    name: &'static str,
    optional: bool,
    /// What the field shows is this often the API's.
    factor: f64,
}

const NUMBERS: [Number; 6] = [
    number("server_retention_days", false, 1.0),
    number("device_retention_days", true, 1.0),
    number("lock_after_minutes", true, 1.0),
    number("wipe_after", true, 1.0),
    number("max_attachment", false, 1_048_576.0),
    number("hybrid_bound", false, 1.0),
];

const fn number(name: &'static str, optional: bool, factor: f64) -> Number {
    Number { name, optional, factor }
}

impl Number {
    const fn is_whole(self) -> bool {
        self.factor == 1.0
    }

    /// What stands in its field, as the API has it.
    fn read(self, text: &str) -> Result<Option<f64>, ()> {
        if self.is_whole() {
            return Ok(whole(text)?.map(f64::from));
        }
        Ok(decimal(text)?.map(|value| (value * self.factor).round()))
    }

    fn wanted(self) -> String {
        if self.is_whole() {
            t!("leit-policy-whole")
        } else {
            t!("leit-policy-number")
        }
    }
}

/// As it was read, and as it is in the fields.
#[derive(Clone, Copy)]
struct Draft {
    /// The whole of it as text: what this program does not know stays as it is.
    was: StoredValue<String>,
    version: u32,
    flags: [RwSignal<bool>; FLAGS.len()],
    numbers: [(RwSignal<String>, RwSignal<Option<String>>); NUMBERS.len()],
    warnings: RwSignal<String>,
    app: RwSignal<String>,
    reason: RwSignal<String>,
}

impl Draft {
    fn of(json: &Json) -> Self {
        let days = json.list("guest_warning_days");
        let days: Vec<String> = days
            .iter()
            .filter_map(|day| day.value().as_f64())
            .map(|day| day.to_string())
            .collect();
        Self {
            was: StoredValue::new(json.pretty()),
            version: json.count("version"),
            flags: FLAGS.map(|flag| RwSignal::new(json.flag(flag.name))),
            numbers: NUMBERS.map(|number| {
                let value = json
                    .number(number.name)
                    .map(|value| (value / number.factor).to_string());
                (RwSignal::new(value.unwrap_or_default()), RwSignal::new(None))
            }),
            warnings: RwSignal::new(days.join(", ")),
            app: RwSignal::new(json.text("minimum_app")),
            reason: RwSignal::new(String::new()),
        }
    }

    /// The whole policy as it shall be; nothing while a number is none.
    fn written(self) -> Option<Object> {
        let was = self.was.with_value(|was| Json::parse(was))?;
        let copy = Plain::assign(&Plain::new(), was.value().unchecked_ref::<Plain>());
        let _ = Reflect::delete_property(&copy, &"version".into());
        let mut policy = Object::from(copy);
        for (flag, on) in FLAGS.iter().zip(self.flags) {
            policy = policy.value(flag.name, on.get_untracked());
        }
        let mut complete = true;
        for (number, (field, wrong)) in NUMBERS.iter().zip(self.numbers) {
            let value = match number.read(&field.get_untracked()) {
                Ok(Some(value)) => JsValue::from_f64(value),
                Ok(None) if number.optional => JsValue::NULL,
                _ => {
                    wrong.set(Some(number.wanted()));
                    complete = false;
                    continue;
                }
            };
            policy = policy.value(number.name, value);
        }
        let days = self.warnings.get_untracked();
        let days = days
            .split([',', ' ', ';'])
            .filter_map(|day| day.trim().parse::<u32>().ok());
        let app = self.app.get_untracked();
        let policy = policy.or_null("minimum_app", Some(app.trim()).filter(|app| !app.is_empty()));
        complete.then(|| policy.list("guest_warning_days", days.map(JsValue::from)))
    }

    /// What is kept now and would be deleted by this, in words.
    fn shorter(self) -> Vec<String> {
        let was = self.was.with_value(|was| Json::parse(was)).unwrap_or(Json::NOTHING);
        let all = NUMBERS.iter().zip(self.numbers);
        all.filter_map(|(number, (field, _))| {
            let days = whole(&field.get_untracked()).ok()??;
            let is_shorter = was.number(number.name).is_none_or(|before| f64::from(days) < before);
            match number.name {
                "server_retention_days" if is_shorter => Some(t!("leit-group-retention-shorter", count = days)),
                "device_retention_days" if is_shorter => Some(t!("leit-policy-device-shorter", count = days)),
                _ => None,
            }
        })
        .collect()
    }
}

pub fn policy() -> AnyView {
    let desk = desk();
    if desk.book.with_untracked(|book| !book.is_whole) {
        desk.read_accounts();
    }
    // As text: what the browser holds can't be shared.
    let load = RwSignal::new(Load::<String>::Waiting);
    let read = Callback::new(move |()| {
        spawn_local(async move {
            let answer = Ask::get("policy").send().await.map(|json| json.pretty());
            let _ = load.try_set(answer.into());
        });
    });
    read.run(());
    let body = shown(load, read, move |text| match Json::parse(&text) {
        Some(json) => form(desk, Draft::of(&json), read),
        None => ().into_any(),
    });
    let version = RwSignal::new(0u32);
    // What holds is read anew with each version.
    Effect::new(move |_| {
        if load.with(|load| load.there().is_some()) {
            version.update(|version| *version += 1);
        }
    });
    let facts = move || (version.get() > 0).then(|| untrack(super::facts::card));
    screen(t!("leit-policy"), ().into_any(), view! { {body} {facts} }.into_any())
}

fn form(desk: Desk, draft: Draft, read: Callback<()>) -> AnyView {
    let act = Act::new();
    let save = move |reason: &str| {
        let Some(policy) = draft.written() else { return };
        let ask = Ask::put("policy").body(&policy).seen(draft.version).because(reason);
        act.run(async move {
            trail::sent(ask, Some("policy")).await?;
            toast(t!("leit-policy-saved"));
            read.run(());
            Ok(())
        });
    };
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if draft.written().is_none() {
            melder_kit::dom::focus_soon("[aria-invalid='true']");
            return;
        }
        let lines = draft.shorter();
        if lines.is_empty() {
            return save(&draft.reason.get_untracked());
        }
        desk.ask(Question {
            title: t!("leit-retention-shorter-title"),
            lines,
            action: t!("leit-retention-shorter-go"),
            danger: true,
            then: Callback::new(move |said: String| {
                let reason = draft.reason.get_untracked();
                save(if said.is_empty() { &reason } else { &said });
            }),
        });
    };
    view! {
        <form class="stack" on:submit=send novalidate=true>
            <p class="muted">{t!("leit-policy-version", version = draft.version)}</p>
            <div class="cards">
                {card(t!("leit-policy-watching"), tag("quiet", "gavel", t!("leit-policy-council")), flags(desk, draft, true))}
                {card(t!("leit-policy-use"), ().into_any(), flags(desk, draft, false))}
                {card(t!("leit-policy-limits"), ().into_any(), numbers(desk, draft))}
            </div>
            {text_field("policy-reason", t!("leit-reason"), t!("leit-reason-hint"), draft.reason, None)}
            <p class="notice"><Icon name="info-outline" /><span>{t!("leit-policy-consequence")}</span></p>
            {act.words_or(read)}
            <div class="actions">
                {button("plain", "", t!("leit-discard"), move || read.run(()))}
                {submit("main", t!("leit-policy-save").into(), act.busy)}
            </div>
        </form>
    }
    .into_any()
}

/// How many it meets.
fn meets(desk: Desk, guests: bool) -> String {
    let count = desk.book.with(|book| {
        let all = book.accounts.iter();
        all.filter(|account| !guests || account.kind == "guest").count()
    });
    if guests {
        t!("leit-policy-meets-guests", count = count)
    } else {
        t!("leit-policy-meets", count = count)
    }
}

fn flags(desk: Desk, draft: Draft, watching: bool) -> AnyView {
    let lines = FLAGS
        .into_iter()
        .zip(draft.flags)
        .filter(|(flag, _)| flag.watches == watching);
    let lines = lines.map(|(flag, on)| {
        let (word, about) = words(flag.name);
        view! {
            <div class="switch-line">
                <span class="grow">
                    <b class="strong">{word.clone()}</b>
                    <span class="muted small line__about">{about}</span>
                    <span class="muted small line__about">{move || meets(desk, false)}</span>
                </span>
                <Switch on=on label=word set=move |now| on.set(now) />
            </div>
        }
    });
    lines.collect_view().into_any()
}

fn numbers(desk: Desk, draft: Draft) -> AnyView {
    let lines = NUMBERS.into_iter().zip(draft.numbers).map(|(number, (field, wrong))| {
        let (word, about) = words(number.name);
        text_field(number.name, word, about, field, Some(wrong))
    });
    let (word, about) = words("guest_warning_days");
    view! {
        <p class="muted small">{move || meets(desk, false)}</p>
        {lines.collect_view()}
        {text_field("guest_warning_days", word, about, draft.warnings, None)}
        {text_field("minimum_app", words("minimum_app").0, words("minimum_app").1, draft.app, None)}
        <p class="muted small">{move || meets(desk, true)}</p>
    }
    .into_any()
}
