// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! How the server fares: what waits, whether pushes arrive, how much it stores, whether it is backed up, until when its
//! certificate holds. Sums only. Each thing that needs somebody says what to do, with the button or the command that mends it.

use leptos::prelude::*;
use melder_kit::{Icon, t, times};

use crate::api::{Ask, Problem};
use crate::json::Json;
use crate::model::{Right, millis};
use crate::parts::{button, card, copy, line, task};
use crate::route::{self, Route};
use crate::state::{Desk, Load};

const DAY: u64 = 86_400_000;
/// What waits longer waits for a device that nobody uses.
const LONG_WAIT_DAYS: u32 = 7;
/// Backups older than this are too old, and certificates are renewed this long before their end.
const OLD_DAYS: u64 = 7;
const RENEW_DAYS: u64 = 21;
/// Fewer failed pushes than this are chance.
const FAILED: u32 = 10;

/// What the server says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    version: String,
    uptime: u32,
    entries: u32,
    waiting_days: Option<u32>,
    /// Taken, failed, gone.
    pushes: Option<(u32, u32, u32)>,
    /// Kilobytes of messages and the directory, and of attachments.
    stored: Option<(u32, u32)>,
    /// When it was looked at, and until when it holds.
    certificate: Option<Option<u64>>,
    backup: Option<u64>,
    at_risk: u32,
    has_contact: bool,
}

impl Health {
    pub async fn read() -> Result<Self, Problem> {
        let json = Ask::get("overview").send().await?;
        let contact = Ask::get("privacy/contact").send().await?;
        let (queue, pushes, stored) = (json.get("queue"), json.get("pushes"), json.get("storage"));
        let certificate = json.get("certificate");
        let time = |json: &Json, name: &str| json.maybe(name).map(|stamp| millis(&stamp));
        Ok(Self {
            version: json.text("version"),
            uptime: json.count("uptime_seconds"),
            entries: queue.count("entries"),
            waiting_days: queue
                .number("oldest_seconds")
                .map(|_| queue.count("oldest_seconds") / 86_400),
            pushes: pushes
                .is_there()
                .then(|| (pushes.count("taken"), pushes.count("failed"), pushes.count("gone"))),
            stored: stored.is_there().then(|| {
                (
                    kilobytes(&stored, "database_bytes"),
                    kilobytes(&stored, "attachment_bytes"),
                )
            }),
            certificate: certificate.is_there().then(|| time(&certificate, "ends")),
            backup: time(&json.get("backup"), "time"),
            at_risk: json.get("admins").count("at_risk"),
            has_contact: !contact.text("controller").is_empty() && !contact.text("officer").is_empty(),
        })
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "bytes in thousands; `as` keeps to the type's bounds"
)]
fn kilobytes(json: &Json, name: &str) -> u32 {
    (json.number(name).unwrap_or_default() / 1_000.0).ceil() as u32
}

fn size(kilobytes: u32) -> String {
    match kilobytes {
        0..1_000 => t!("leit-size-kb", count = kilobytes),
        1_000..1_000_000 => t!("leit-size-mb", count = kilobytes / 1_000),
        _ => t!("leit-size-gb", count = kilobytes / 1_000_000),
    }
}

/// Something to be mended at the server's machine: what to do there, and the command.
fn errand(icon: &'static str, title: String, about: String, how: String, command: String) -> AnyView {
    let for_copy = command.clone();
    view! {
        <li>
            <details class="record">
                <summary class="entry task">
                    <Icon name=icon />
                    <span class="grow"><b>{title}</b><span class="muted small">{about}</span></span>
                    <span class="button button--second">{t!("leit-how")}</span>
                </summary>
                <p class="small">{how}</p>
                {(!command.is_empty())
                    .then(|| {
                        view! {
                            <p class="once mono">{command}</p>
                            <div class="choices">
                                {button("second", "content-copy-outline", t!("leit-verify-copy"), move || copy(&for_copy))}
                            </div>
                        }
                    })}
            </details>
        </li>
    }
    .into_any()
}

/// What needs somebody.
pub fn tasks(desk: Desk, health: &Health) -> Vec<AnyView> {
    let mut tasks = Vec::new();
    let owner = desk.may(Right::Owner);
    let go = move |to: Route| move || route::go(desk.route, to.clone());
    let now = times::now();
    if health.at_risk > 0 && owner {
        let (title, about) = (t!("leit-todo-risk", count = health.at_risk), t!("leit-todo-risk-about"));
        tasks.push(task(
            "person-alert-outline",
            title,
            about,
            t!("leit-admins"),
            go(Route::Access),
        ));
    }
    match health.certificate {
        Some(None) => tasks.push(errand(
            "lock-clock-outline",
            t!("leit-todo-unreached"),
            t!("leit-todo-unreached-about"),
            t!("leit-todo-unreached-how"),
            String::new(),
        )),
        Some(Some(ends)) if ends < now + RENEW_DAYS * DAY => tasks.push(errand(
            "lock-clock-outline",
            t!("leit-todo-certificate", day = times::long_date(ends)),
            t!("leit-todo-certificate-about"),
            t!("leit-todo-certificate-how"),
            String::new(),
        )),
        _ => {}
    }
    if health.backup.is_none_or(|time| time + OLD_DAYS * DAY < now) {
        let title = match health.backup {
            Some(time) => t!("leit-todo-backup-old", day = times::long_date(time)),
            None => t!("leit-todo-backup-none"),
        };
        let (about, how) = (t!("leit-todo-backup-about"), t!("leit-todo-backup-how"));
        tasks.push(errand(
            "backup-outline",
            title,
            about,
            how,
            t!("leit-todo-backup-command"),
        ));
    }
    if let Some((taken, failed, _)) = health.pushes
        && failed >= FAILED
        && failed > taken
    {
        tasks.push(errand(
            "notifications-off-outline",
            t!("leit-todo-pushes", count = failed),
            t!("leit-todo-pushes-about"),
            t!("leit-todo-pushes-how"),
            String::new(),
        ));
    }
    if let Some(days) = health.waiting_days.filter(|days| *days >= LONG_WAIT_DAYS) {
        let (title, about) = (t!("leit-todo-waiting", count = days), t!("leit-todo-waiting-about"));
        tasks.push(task(
            "schedule-outline",
            title,
            about,
            t!("leit-accounts"),
            go(Route::Accounts),
        ));
    }
    if !health.has_contact && owner {
        let (title, about) = (t!("leit-todo-contact"), t!("leit-todo-contact-about"));
        tasks.push(task(
            "contact-mail-outline",
            title,
            about,
            t!("leit-todo-contact-go"),
            go(Route::Privacy),
        ));
    }
    tasks
}

fn facts(health: Health) -> AnyView {
    let waiting = match health.waiting_days {
        Some(days) => t!(
            "leit-queue-oldest",
            entries = health.entries,
            days = t!("paper-days", count = days)
        ),
        None => t!("leit-queue-none"),
    };
    let pushes = match health.pushes {
        Some((taken, failed, gone)) => t!("leit-pushes-day", taken = taken, failed = failed, gone = gone),
        None => t!("leit-pushes-none"),
    };
    let stored = health
        .stored
        .map(|(messages, files)| t!("leit-stored-both", messages = size(messages), files = size(files)));
    let certificate = health.certificate.flatten().map(times::long_date);
    let backup = health.backup.map_or_else(|| t!("leit-backup-unknown"), times::full);
    view! {
        <dl class="facts">
            {line(t!("leit-queue"), waiting.into_any())}
            {line(t!("leit-pushes"), pushes.into_any())}
            {stored.map(|stored| line(t!("leit-stored"), stored.into_any()))}
            {certificate.map(|day| line(t!("leit-certificate"), day.into_any()))}
            {line(t!("leit-backup"), backup.into_any())}
            {line(t!("leit-uptime"), t!("paper-days", count = health.uptime / 86_400).into_any())}
            {line(t!("leit-version"), health.version.into_any())}
        </dl>
    }
    .into_any()
}

pub fn card_of(health: RwSignal<Load<Health>>, again: Callback<()>) -> AnyView {
    card(
        t!("leit-health"),
        ().into_any(),
        crate::parts::shown(health, again, facts),
    )
}
