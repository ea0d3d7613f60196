// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Setting up where people are pulled from, in four steps: the server, the people, units and groups, when and how
//! carefully. What is not filled in is as is usual for that kind of directory. It can be tried before it is kept.

use js_sys::Object as Plain;
use leptos::prelude::*;
use melder_kit::{Icon, dom, t, toast};
use wasm_bindgen::{JsCast, JsValue};

use crate::api::Ask;
use crate::directory::ldap::Pulling;
use crate::directory::model::{Found, Source};
use crate::directory::plan::troubles;
use crate::json::{Json, Object};
use crate::parts::{Act, Choice, button, check, choose, label, long_field, secret_field, steps, submit, text_field};
use crate::state::Load;
use crate::trail;

type Field = RwSignal<String>;
type Wrong = RwSignal<Option<String>>;

/// Attributes that can be named, with what they are called in the API.
const ATTRIBUTES: [&str; 7] = [
    "user_name",
    "name",
    "given_name",
    "family_name",
    "function",
    "id",
    "disabled",
];

/// What stands in the fields.
#[derive(Clone, Copy)]
struct Draft {
    /// As it was read: what is not shown stays as it is.
    was: StoredValue<Option<Source>>,
    kind: Field,
    host: Field,
    security: Field,
    ca: Field,
    bind_dn: Field,
    password: Field,
    base: Field,
    filter: Field,
    attributes: [Field; ATTRIBUTES.len()],
    unit: Field,
    unit_attribute: Field,
    create_units: RwSignal<bool>,
    groups: RwSignal<bool>,
    groups_base: Field,
    groups_filter: Field,
    members: Field,
    every: Field,
    hour: Field,
    percent: Field,
    floor: Field,
    keep_days: Field,
    wrong_host: Wrong,
    wrong_base: Wrong,
    wrong_number: RwSignal<bool>,
}

impl Draft {
    fn of(source: Option<Source>) -> Self {
        let json = source.as_ref().map_or(Json::NOTHING, Source::json);
        let url = json.text("url");
        let (scheme, host) = url.split_once("://").unwrap_or(("ldaps", ""));
        let is_new = source.is_none();
        let security = match (scheme, json.flag("start_tls")) {
            ("ldap", true) => "start_tls",
            ("ldap", false) => "plain",
            _ => "tls",
        };
        let or = |text: String, usual: &str| RwSignal::new(if text.is_empty() { usual.to_owned() } else { text });
        let number = |json: &Json, name: &str, usual: u32| {
            let count = if is_new { usual } else { json.count(name) };
            RwSignal::new(count.to_string())
        };
        let (attributes, groups, brake) = (json.get("attributes"), json.get("groups"), json.get("brake"));
        let schedule = json.get("schedule");
        Self {
            kind: or(json.text("kind"), "openldap"),
            host: RwSignal::new(host.to_owned()),
            security: RwSignal::new(security.to_owned()),
            ca: RwSignal::new(json.text("ca")),
            bind_dn: RwSignal::new(json.text("bind_dn")),
            password: RwSignal::new(String::new()),
            base: RwSignal::new(json.text("base")),
            filter: RwSignal::new(json.text("filter")),
            attributes: ATTRIBUTES.map(|name| RwSignal::new(attributes.text(name))),
            unit: or(json.get("unit").text("from"), "place"),
            unit_attribute: RwSignal::new(json.get("unit").text("attribute")),
            create_units: RwSignal::new(is_new || json.flag("create_units")),
            groups: RwSignal::new(groups.is_there()),
            groups_base: RwSignal::new(groups.text("base")),
            groups_filter: RwSignal::new(groups.text("filter")),
            members: or(groups.get("members").text("from"), ""),
            every: or(schedule.text("every"), "day"),
            hour: RwSignal::new(if is_new {
                "1".to_owned()
            } else {
                schedule.count("hour").to_string()
            }),
            percent: number(&brake, "percent", 10),
            floor: number(&brake, "floor", 3),
            keep_days: number(&json, "keep_days", 7),
            wrong_host: RwSignal::new(None),
            wrong_base: RwSignal::new(None),
            wrong_number: RwSignal::new(false),
            was: StoredValue::new(source),
        }
    }

    /// The server's settings as they shall be.
    fn settings(self) -> Object {
        let was = self
            .was
            .with_value(|was| was.as_ref().map_or(Json::NOTHING, Source::json));
        let kind = self.kind.get_untracked();
        // Of another kind of directory, nothing stays that was filled in for the first.
        let same = was.text("kind") == kind;
        let copy = Plain::assign(&Plain::new(), was.value().unchecked_ref::<Plain>());
        let said = |field: Field| field.get_untracked().trim().to_owned();
        let maybe = |field: Field| Some(said(field)).filter(|text| !text.is_empty());
        let security = said(self.security);
        let scheme = if security == "tls" { "ldaps" } else { "ldap" };
        let mut attributes = Object::new();
        for (name, field) in ATTRIBUTES.iter().zip(self.attributes) {
            attributes = attributes.or_null(name, maybe(field).as_deref());
        }
        let unit = match said(self.unit).as_str() {
            "attribute" => maybe(self.unit_attribute).map(|attribute| {
                let from = Object::new().value("from", "attribute");
                from.value("attribute", attribute)
            }),
            from => Some(Object::new().value("from", from)),
        };
        let schedule = Object::new().value("every", said(self.every));
        let schedule = if said(self.every) == "day" {
            schedule.value("hour", said(self.hour).parse::<u32>().unwrap_or_default())
        } else {
            schedule
        };
        let number = |field: Field| said(field).parse::<u32>().unwrap_or_default();
        let brake = Object::new()
            .value("percent", number(self.percent))
            .value("floor", number(self.floor));
        let settings = Object::from(copy)
            .value("kind", kind)
            .value("url", format!("{scheme}://{}", said(self.host)))
            .value("start_tls", security == "start_tls")
            .value("allow_plain", security == "plain")
            .or_null("ca", maybe(self.ca).as_deref())
            .or_null("bind_dn", maybe(self.bind_dn).as_deref())
            .value("base", said(self.base))
            .or_null("filter", maybe(self.filter).as_deref())
            .value("attributes", attributes)
            .value("unit", unit.map_or(JsValue::NULL, Into::into))
            .value("create_units", self.create_units.get_untracked())
            .value("schedule", schedule)
            .value("brake", brake)
            .value("keep_days", number(self.keep_days));
        if !self.groups.get_untracked() {
            return settings.value("groups", JsValue::NULL);
        }
        let known = was.get("groups");
        let groups = if same && known.is_there() {
            Object::from(Plain::assign(&Plain::new(), known.value().unchecked_ref::<Plain>()))
        } else {
            Object::new()
        };
        let before = known.get("members").text("from");
        let members = match said(self.members).as_str() {
            "" => JsValue::NULL,
            now if same && now == before => known.get("members").value().clone(),
            now => {
                let attribute = if now == "person" { "memberOf" } else { "member" };
                Object::new().value("from", now).value("attribute", attribute).into()
            }
        };
        let groups = groups
            .or_null("base", maybe(self.groups_base).as_deref())
            .or_null("filter", maybe(self.groups_filter).as_deref())
            .value("members", members);
        settings.value("groups", groups)
    }

    fn body(self) -> Object {
        let body = Object::new().value("settings", self.settings());
        let password = self.password.get_untracked();
        if password.is_empty() {
            body
        } else {
            body.value("password", password)
        }
    }

    /// Is everything there that has to be, up to this step? Says where the first gap is: the step.
    fn gap(self, up_to: usize) -> Option<usize> {
        let missing = |step: usize, field: Field, wrong: Wrong| {
            let is_missing = step <= up_to && field.get_untracked().trim().is_empty();
            wrong.set(is_missing.then(|| t!("leit-dir-missing")));
            is_missing
        };
        let numbers = [self.percent, self.floor, self.keep_days];
        let odd = numbers
            .iter()
            .any(|field| field.get_untracked().trim().parse::<u32>().is_err());
        let odd = up_to >= 4 && odd;
        self.wrong_number.set(odd);
        let no_host = missing(1, self.host, self.wrong_host);
        let no_base = missing(2, self.base, self.wrong_base);
        [(no_host, 1), (no_base, 2), (odd, 4)]
            .into_iter()
            .find(|(is_missing, _)| *is_missing)
            .map(|(_, step)| step)
    }
}

/// An hour of UTC as the clock here shows it.
pub fn local_hour(hour: u32) -> String {
    let now = js_sys::Date::new_0();
    now.set_utc_hours(hour);
    now.set_utc_minutes(0);
    format!("{:02}:{:02}", now.get_hours(), now.get_minutes())
}

pub fn form(pulling: Pulling) -> AnyView {
    let source = pulling.source.with_untracked(|source| match source {
        Load::There(source) => source.clone(),
        _ => None,
    });
    let (revision, has_password) = source
        .as_ref()
        .map_or((0, false), |source| (source.revision, source.password_set));
    let draft = Draft::of(source);
    // What was filled in for one kind of directory is wrong for another.
    Effect::new(move |before: Option<String>| {
        let kind = draft.kind.get();
        if before.is_some_and(|before| before != kind) {
            let fields = [draft.filter, draft.groups_filter, draft.members];
            for field in fields.into_iter().chain(draft.attributes) {
                field.set(String::new());
            }
        }
        kind
    });
    let step = RwSignal::new(1_usize);
    let act = Act::new();
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if let Some(gap) = draft.gap(step.get_untracked()) {
            step.set(gap);
            dom::focus_soon("dialog[open] [aria-invalid='true']");
            return;
        }
        if step.get_untracked() < 4 {
            step.update(|step| *step += 1);
            dom::focus_soon("dialog[open] .wizard h3");
            return;
        }
        act.run(async move {
            let body = draft.body();
            let ask = Ask::put("directory/ldap").body(&body).seen(revision);
            trail::sent(ask, Some("directory.ldap")).await?;
            draft.password.set(String::new());
            toast(t!("leit-dir-saved"));
            pulling.setting.set(false);
            pulling.plan.set(None);
            pulling.read();
            Ok(())
        });
    };
    let word = Signal::derive(move || {
        if step.get() < 4 {
            t!("leit-next")
        } else {
            t!("leit-dir-save")
        }
    });
    let words = [
        t!("leit-dir-step-server"),
        t!("leit-dir-step-people"),
        t!("leit-dir-step-groups"),
        t!("leit-dir-step-when"),
    ];
    view! {
        {steps(words, step.into())}
        <form class="drawer__body stack wizard" on:submit=send novalidate=true>
            <div hidden=move || step.get() != 1>{server(draft, has_password)}</div>
            <div hidden=move || step.get() != 2>{people(draft)}</div>
            <div hidden=move || step.get() != 3>{units_and_groups(draft)}</div>
            <div hidden=move || step.get() != 4>{when(draft)}</div>
            <div hidden=move || step.get() == 1>{trial(draft, step)}</div>
            {act.words_or(Callback::new(move |()| {
                pulling.setting.set(false);
                pulling.read();
            }))}
            <div class="actions drawer__actions">
                {move || (step.get() > 1).then(|| button("plain", "", t!("back"), move || step.update(|step| *step -= 1)))}
                {submit("main", word, act.busy)}
            </div>
        </form>
    }
    .into_any()
}

fn head(word: String) -> AnyView {
    view! { <h3 class="heading" tabindex="-1">{word}</h3> }.into_any()
}

fn fixed(choices: Vec<(&str, String)>) -> Signal<Vec<Choice>> {
    let choices: Vec<Choice> = choices
        .into_iter()
        .map(|(value, word)| (value.to_owned(), word))
        .collect();
    Signal::derive(move || choices.clone())
}

fn server(draft: Draft, has_password: bool) -> AnyView {
    let kinds = fixed(vec![
        ("openldap", "OpenLDAP".to_owned()),
        ("active_directory", "Active Directory".to_owned()),
    ]);
    let securities = fixed(vec![
        ("tls", t!("leit-dir-security-tls")),
        ("start_tls", t!("leit-dir-security-start")),
        ("plain", t!("leit-dir-security-plain")),
    ]);
    let password_hint = if has_password {
        t!("leit-dir-password-kept")
    } else {
        t!("leit-dir-password-hint")
    };
    view! {
        <div class="stack">
            {head(t!("leit-dir-step-server"))}
            {choose("dir-kind", t!("leit-dir-kind"), draft.kind, kinds)}
            {text_field("dir-host", t!("leit-dir-host"), t!("leit-dir-host-hint"), draft.host, Some(draft.wrong_host))}
            {choose("dir-security", t!("leit-dir-security"), draft.security, securities)}
            {move || {
                (draft.security.get() == "plain")
                    .then(|| {
                        view! {
                            <p class="notice notice--warning">
                                <Icon name="lock-open-outline" />
                                <span>{t!("leit-dir-plain-warning")}</span>
                            </p>
                        }
                    })
            }}
            {text_field("dir-bind", t!("leit-dir-bind"), t!("leit-dir-bind-hint"), draft.bind_dn, None)}
            {secret_field("dir-password", t!("leit-dir-password"), password_hint, draft.password, None)}
            <details class="more">
                <summary>{t!("leit-dir-ca")}</summary>
                {long_field("dir-ca", t!("leit-dir-ca-label"), t!("leit-dir-ca-hint"), draft.ca)}
            </details>
        </div>
    }
    .into_any()
}

/// What an attribute is for, and its field's id.
fn attribute(name: &str) -> (&'static str, String) {
    match name {
        "user_name" => ("dir-at-user", t!("leit-dir-at-user")),
        "name" => ("dir-at-name", t!("leit-dir-at-name")),
        "given_name" => ("dir-at-given", t!("leit-dir-at-given")),
        "family_name" => ("dir-at-family", t!("leit-dir-at-family")),
        "function" => ("dir-at-function", t!("leit-dir-at-function")),
        "id" => ("dir-at-id", t!("leit-dir-at-id")),
        _ => ("dir-at-disabled", t!("leit-dir-at-disabled")),
    }
}

fn people(draft: Draft) -> AnyView {
    let fields = ATTRIBUTES.iter().zip(draft.attributes).map(|(name, field)| {
        let (id, word) = attribute(name);
        text_field(id, word, String::new(), field, None)
    });
    view! {
        <div class="stack">
            {head(t!("leit-dir-step-people"))}
            {text_field("dir-base", t!("leit-dir-base"), t!("leit-dir-base-hint"), draft.base, Some(draft.wrong_base))}
            {text_field("dir-filter", t!("leit-dir-filter"), t!("leit-dir-filter-hint"), draft.filter, None)}
            <details class="more">
                <summary>{t!("leit-dir-attributes")}</summary>
                <div class="stack">
                    <p class="muted small">{t!("leit-dir-attributes-about")}</p>
                    {fields.collect_view()}
                </div>
            </details>
        </div>
    }
    .into_any()
}

fn units_and_groups(draft: Draft) -> AnyView {
    let units = fixed(vec![
        ("place", t!("leit-dir-unit-place")),
        ("attribute", t!("leit-dir-unit-attribute")),
        ("nowhere", t!("leit-dir-unit-nowhere")),
    ]);
    let members = fixed(vec![
        ("", t!("leit-dir-members-usual")),
        ("group", t!("leit-dir-members-group")),
        ("person", t!("leit-dir-members-person")),
    ]);
    view! {
        <div class="stack">
            {head(t!("leit-dir-step-groups"))}
            {choose("dir-unit", t!("leit-dir-unit"), draft.unit, units)}
            <div hidden=move || draft.unit.get() != "attribute">
                {text_field("dir-unit-attribute", t!("leit-dir-unit-name"), t!("leit-dir-unit-hint"), draft.unit_attribute, None)}
            </div>
            {check(t!("leit-dir-create-units"), draft.create_units)}
            {label(t!("leit-dir-groups"))}
            {check(t!("leit-dir-with-groups"), draft.groups)}
            <div class="stack" hidden=move || !draft.groups.get()>
                {text_field("dir-groups-base", t!("leit-dir-groups-base"), t!("leit-dir-groups-base-hint"), draft.groups_base, None)}
                {text_field("dir-groups-filter", t!("leit-dir-groups-filter"), t!("leit-dir-filter-hint"), draft.groups_filter, None)}
                {choose("dir-members", t!("leit-dir-members"), draft.members, members)}
            </div>
        </div>
    }
    .into_any()
}

fn when(draft: Draft) -> AnyView {
    let every = fixed(vec![
        ("off", t!("leit-dir-every-off")),
        ("hour", t!("leit-dir-every-hour")),
        ("day", t!("leit-dir-every-day-at")),
    ]);
    let mut hours: Vec<(String, String)> = (0..24).map(|hour| (local_hour(hour), hour.to_string())).collect();
    hours.sort();
    let hours: Vec<Choice> = hours.into_iter().map(|(word, value)| (value, word)).collect();
    let hours = Signal::derive(move || hours.clone());
    view! {
        <div class="stack">
            {head(t!("leit-dir-step-when"))}
            {choose("dir-every", t!("leit-dir-schedule"), draft.every, every)}
            <div hidden=move || draft.every.get() != "day">{choose("dir-hour", t!("leit-dir-hour"), draft.hour, hours)}</div>
            {text_field("dir-keep", t!("leit-dir-keep"), t!("leit-dir-keep-hint"), draft.keep_days, None)}
            {text_field("dir-percent", t!("leit-dir-percent"), t!("leit-dir-percent-hint"), draft.percent, None)}
            {text_field("dir-floor", t!("leit-dir-floor"), t!("leit-dir-floor-hint"), draft.floor, None)}
            <p class="field__error" role="alert">
                {move || draft.wrong_number.get().then(|| view! { <Icon name="error-outline" /><span>{t!("leit-dir-number")}</span> })}
            </p>
        </div>
    }
    .into_any()
}

/// Tries what stands in the fields; nothing is kept.
fn trial(draft: Draft, step: RwSignal<usize>) -> AnyView {
    let act = Act::new();
    let found = RwSignal::new(None::<Found>);
    let go = move || {
        if let Some(gap) = draft.gap(step.get_untracked()) {
            step.set(gap);
            dom::focus_soon("dialog[open] [aria-invalid='true']");
            return;
        }
        found.set(None);
        act.run(async move {
            let body = draft.body();
            let json = Ask::post("directory/ldap/test").body(&body).send().await?;
            let _ = found.try_set(Some(Found::read(&json)));
            Ok(())
        });
    };
    let show = move |found: Found| {
        let people = t!("leit-dir-found-people", count = found.people);
        let groups = found.groups.map(|count| t!("leit-dir-found-groups", count = count));
        let words: Vec<String> = [Some(people), groups].into_iter().flatten().collect();
        let look = if found.people == 0 {
            "notice notice--warning"
        } else {
            "notice notice--success"
        };
        let count = u32::try_from(found.problems.len()).unwrap_or(u32::MAX);
        view! {
            <div class="stack">
                <p class=look><Icon name="check" /><span>{words.join(", ")}</span></p>
                <ul class="muted small">{found.samples.into_iter().map(|sample| view! { <li>{sample}</li> }).collect_view()}</ul>
                {troubles(&found.problems, count)}
            </div>
        }
    };
    view! {
        <section class="stack trial" aria-live="polite">
            <div class="actions">
                <button
                    type="button"
                    class="button button--second"
                    aria-busy=move || act.busy.get().then_some("true")
                    on:click=move |_| go()
                >
                    {move || act.busy.get().then(|| view! { <melder_kit::Busy /> })}
                    <span>{t!("leit-dir-test")}</span>
                </button>
            </div>
            {act.words()}
            {move || found.get().map(show)}
        </section>
    }
    .into_any()
}
