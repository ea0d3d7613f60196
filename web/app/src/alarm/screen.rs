// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The screen itself.

use std::collections::BTreeSet;

use leptos::prelude::*;
use melder_kit::dom::spawn_local;
use melder_kit::{Icon, dom, t, times, toast};
use melder_port::view::{Body, Draft, DraftContent, Message, Urgency};
use melder_port::{AccountId, Answer, Ask, Failure, GroupId, MessageId};

use super::frame::{Caller, Frame, NoSound, SoundButton};
use super::sound;
use crate::fetch;
use crate::route::{self, Route};
use crate::state::{App, app, say};

/// How long the confirmation stands before the next alarm, or what was there before.
const DONE_MS: i32 = 2_500;
/// A heading longer than this is text.
const HEADING: usize = 80;

/// Heading and the text below. The heading is the first line, or the first sentence.
pub(super) fn headline(text: &str) -> (Option<String>, String) {
    let text = text.trim();
    let short = |piece: &str| !piece.is_empty() && piece.chars().count() <= HEADING;
    if let Some((first, rest)) = text.split_once('\n')
        && short(first.trim())
    {
        return (Some(first.trim().to_owned()), rest.trim().to_owned());
    }
    if short(text) && !text.contains('\n') {
        return (Some(text.to_owned()), String::new());
    }
    for (at, _) in text.match_indices(['.', '!', ':']) {
        let (first, rest) = text.split_at(at);
        let sign = rest.get(..1).unwrap_or_default();
        let rest = rest.get(1..).unwrap_or_default();
        if rest.starts_with(char::is_whitespace) && short(first) {
            let first = if sign == "!" {
                format!("{first}!")
            } else {
                first.to_owned()
            };
            return (Some(first), rest.trim().to_owned());
        }
    }
    (None, text.to_owned())
}

/// Those that wait, the most urgent first, then the oldest.
fn waiting(mut alarms: Vec<Message>, done: &BTreeSet<MessageId>) -> Vec<Message> {
    alarms.retain(|alarm| {
        !alarm.own
            && !done.contains(&alarm.id)
            && matches!(alarm.body, Body::Alarm { .. })
            && alarm
                .confirmation
                .as_ref()
                .is_none_or(|confirmation| confirmation.own.is_none())
    });
    let rank = |alarm: &Message| match alarm.body {
        Body::Alarm {
            urgency: Urgency::Emergency,
            ..
        } => 0,
        Body::Alarm {
            urgency: Urgency::Urgent,
            ..
        } => 1,
        _ => 2,
    };
    melder_kit::order::sort_by_key(&mut alarms, |alarm| (rank(alarm), alarm.time, alarm.id));
    alarms
}

/// Stays with what is on the screen as long as it waits: what a person is about to press does not change under the finger.
fn stay(before: Option<&Message>, waiting: &[Message]) -> Option<Message> {
    before
        .and_then(|before| waiting.iter().find(|alarm| alarm.id == before.id))
        .or_else(|| waiting.first())
        .cloned()
}

#[derive(Clone, Copy)]
struct Screen {
    app: App,
    waiting: Memo<Vec<Message>>,
    current: Memo<Option<Message>>,
    /// Confirmed on this screen, before the engine has said so.
    done: RwSignal<BTreeSet<MessageId>>,
    /// When the last one was confirmed; shown for a moment.
    at: RwSignal<Option<u64>>,
    busy: RwSignal<bool>,
    failed: RwSignal<Option<Failure>>,
    caller: Caller,
}

#[component]
pub fn AlarmScreen() -> impl IntoView {
    let app = app();
    sound::prepare();
    let done = RwSignal::new(BTreeSet::new());
    let waiting = Memo::new(move |_| waiting(app.alarms.get(), &done.get()));
    let current = Memo::new(move |before: Option<&Option<Message>>| {
        waiting.with(|waiting| stay(before.and_then(Option::as_ref), waiting))
    });
    let screen = Screen {
        app,
        waiting,
        current,
        done,
        at: RwSignal::new(None),
        busy: RwSignal::new(false),
        failed: RwSignal::new(None),
        caller: Caller::new(),
    };
    let open = Memo::new(move |_| screen.current.with(Option::is_some) || screen.at.with(Option::is_some));
    screen.ring_on_change();
    view! {
        <Frame open=open.into() caller=screen.caller>
            {move || {
                if let Some(at) = screen.at.get() {
                    return Some(view! { <Confirmed screen at /> }.into_any());
                }
                let id = screen.current.with(|current| current.as_ref().map(|alarm| alarm.id))?;
                let alarm = screen.current.get_untracked().filter(|alarm| alarm.id == id)?;
                Some(view! { <Alarm screen alarm /> }.into_any())
            }}
        </Frame>
    }
}

impl Screen {
    /// Rings whenever another alarm comes to the front, and every half minute until it is gone.
    fn ring_on_change(self) {
        Effect::new(move |before: Option<Option<MessageId>>| {
            let now = self.current.with(|current| current.as_ref().map(|alarm| alarm.id));
            if before.flatten() == now {
                return now;
            }
            self.caller.quiet.set(false);
            self.failed.set(None);
            if now.is_some() {
                self.caller.begin(move || self.words());
            } else {
                self.caller.end();
            }
            if let Some(gone) = before
                .flatten()
                .filter(|gone| self.done.with_untracked(|done| !done.contains(gone)))
            {
                spawn_local(say_if_over(gone));
            }
            now
        });
    }

    /// What a screen reader says of the alarm in front.
    fn words(self) -> Option<String> {
        match self.current.try_get_untracked()?? {
            Message {
                body: Body::Alarm { text, .. },
                sender_name,
                ..
            } => Some(t!("alarm-said", name = &sender_name, text = &text)),
            _ => None,
        }
    }

    fn confirm(self, alarm: &Message, help: bool) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.failed.set(None);
        let (group, id, sender) = (alarm.group, alarm.id, alarm.sender);
        let draft = Draft {
            content: DraftContent::Confirm {
                to: id,
                note: help.then(|| t!("alarm-help-note")),
            },
            reply_to: None,
            files: Vec::new(),
            expires_in_ms: None,
            confirm: None,
            at: None,
        };
        spawn_local(async move {
            let sent = fetch!(Ask::Send { group, draft } => Answer::Queued);
            self.busy.set(false);
            match sent {
                Ok(_) => {
                    sound::hush();
                    let more = self.waiting.with_untracked(Vec::len) > 1;
                    self.done.update(|done| {
                        done.insert(id);
                    });
                    self.app.read_alarms();
                    if help {
                        self.call_for_help(group, id, sender).await;
                    }
                    if !help || more {
                        self.show_done();
                    }
                }
                Err(failure) => self.failed.set(Some(failure)),
            }
        });
    }

    /// Says it where the alarm came from, so that whoever is near reads it too; where one may only read, to the sender alone.
    async fn call_for_help(self, group: GroupId, alarm: MessageId, sender: AccountId) {
        let may_write = self.app.chat(group).is_some_and(|chat| chat.may_write);
        let direct = || async move { fetch!(Ask::StartDirect(sender) => Answer::Group) };
        let (to, reply_to) = if may_write {
            (Ok(group), Some(alarm))
        } else {
            (direct().await, None)
        };
        let draft = Draft {
            content: DraftContent::Text(t!("alarm-help-note")),
            reply_to,
            files: Vec::new(),
            expires_in_ms: None,
            confirm: None,
            at: None,
        };
        let sent = match to {
            Ok(to) => fetch!(Ask::Send { group: to, draft } => Answer::Queued).map(|_| to),
            Err(failure) => Err(failure),
        };
        match sent {
            Ok(to) => route::go(self.app.route, Route::Chat { group: to, at: None }),
            Err(failure) => toast(say(&failure)),
        }
    }

    fn show_done(self) {
        let now = times::now();
        self.at.set(Some(now));
        dom::focus_soon("#alarm-title");
        dom::after(DONE_MS, move || {
            if self.at.try_get_untracked().flatten() == Some(now) {
                self.go_on();
            }
        });
    }

    fn go_on(self) {
        self.at.set(None);
        dom::focus_soon("#alarm-title");
    }
}

#[component]
fn Confirmed(screen: Screen, at: u64) -> impl IntoView {
    let left = move || screen.waiting.with(Vec::len);
    view! {
        <div class="alarm__inner alarm__inner--done">
            <span class="alarm__sign"><Icon name="check-circle" /></span>
            <h1 id="alarm-title" class="alarm__title" tabindex="-1">{t!("alarm-confirmed", time = times::clock(at))}</h1>
            <p id="alarm-text" class="alarm__text" role="status">
                {move || if left() > 0 { t!("alarm-left", count = left()) } else { t!("alarm-confirmed-then") }}
            </p>
            <button type="button" class="alarm__help" on:click=move |_| screen.go_on()>{t!("alarm-go-on")}</button>
        </div>
    }
}

/// It went by itself: whoever looked at it hears why.
async fn say_if_over(id: MessageId) {
    if let Ok(Some(message)) = fetch!(Ask::Message(id) => Answer::Message)
        && matches!(message.body, Body::Alarm { over: true, .. })
    {
        toast(t!("alarm-over-said", name = message.sender_name));
    }
}

#[component]
fn Alarm(screen: Screen, alarm: Message) -> impl IntoView {
    let Body::Alarm { urgency, text, .. } = &alarm.body else {
        return ().into_any();
    };
    let (title, text) = headline(text);
    let (word, icon) = match urgency {
        Urgency::Emergency => (t!("alarm-emergency"), "e911-emergency"),
        Urgency::Urgent => (t!("alarm-urgent"), "priority-high"),
        Urgency::Notice => (t!("alarm-notice"), "info-outline"),
    };
    let title = title.unwrap_or(word);
    let sent = alarm.clone();
    let help = alarm.clone();
    view! {
        <div class="alarm__rings" aria-hidden="true"><i></i><i></i><i></i></div>
        <div class="alarm__inner">
            <Top screen alarm=alarm.clone() />
            <span class="alarm__sign"><Icon name=icon /></span>
            <h1 id="alarm-title" class="alarm__title" tabindex="-1">{title}</h1>
            <p id="alarm-text" class="alarm__text">{text}</p>
            {alarm
                .unconfirmed_sender
                .then(|| view! { <p class="alarm__card"><Icon name="gpp-maybe" />{t!("alarm-unconfirmed")}</p> })}
            <div class="alarm__rest"></div>
            <p class="alarm__failed" role="alert">
                {move || screen.failed.get().map(|failure| view! { <Icon name="error-outline" />{say(&failure)} })}
            </p>
            <button
                type="button"
                class="alarm__confirm"
                aria-busy=move || screen.busy.get().then_some("true")
                on:click=move |_| screen.confirm(&sent, false)
            >
                <Icon name="check-circle" />
                {t!("alarm-confirm")}
            </button>
            <button type="button" class="alarm__help" on:click=move |_| screen.confirm(&help, true)>
                <Icon name="sos" />
                {t!("alarm-help")}
            </button>
            <Bottom screen alarm />
        </div>
    }
    .into_any()
}

/// That it is an alarm, whose, when; and that others wait.
#[component]
fn Top(screen: Screen, alarm: Message) -> impl IntoView {
    let chat = screen
        .app
        .chat(alarm.group)
        .map(|chat| chat.name)
        .filter(|name| *name != alarm.sender_name);
    let others = move || screen.waiting.with(Vec::len);
    view! {
        <div class="alarm__top">
            <span class="alarm__tag"><Icon name="e911-emergency" />{t!("alarm-tag")}</span>
            <span class="alarm__from">
                <b>{alarm.sender_name.clone()}</b>
                " · "
                <time>{times::ago(alarm.time.0)}</time>
                {chat.map(|name| view! { <span class="alarm__chat">{name}</span> })}
            </span>
        </div>
        <p class="alarm__count">{move || (others() > 1).then(|| t!("alarm-waiting", count = others()))}</p>
    }
}

/// How many confirmed, and the tone.
#[component]
fn Bottom(screen: Screen, alarm: Message) -> impl IntoView {
    let id = alarm.id;
    let counts = move || {
        let now = screen.current.get().filter(|current| current.id == id);
        let confirmation = now.and_then(|now| now.confirmation)?;
        Some(t!("alarm-count", done = confirmation.confirmed, of = confirmation.of))
    };
    view! {
        <div class="alarm__bottom">
            <span class="grow">{counts}</span>
            <SoundButton caller=screen.caller />
        </div>
        <NoSound caller=screen.caller />
    }
}

#[cfg(test)]
mod tests {
    use melder_port::Time;
    use melder_port::view::State;

    use super::*;

    fn alarm(number: u8, time: u64, urgency: Urgency) -> Message {
        let mut id = [number; 32];
        id[0] = 1;
        Message {
            id: MessageId::from_bytes(id).expect("an id"),
            group: GroupId::from_bytes([1; 16]),
            sender: AccountId::from_bytes([2; 16]),
            sender_name: "Leitstand".to_owned(),
            own: false,
            sequence: None,
            time: Time(time),
            state: State::Received,
            body: Body::Alarm {
                urgency,
                text: "Unwetter".to_owned(),
                on_duty: true,
                over: false,
            },
            reply: None,
            edited: false,
            expires: None,
            reactions: Vec::new(),
            confirmation: None,
            unconfirmed_sender: false,
        }
    }

    #[test]
    fn the_first_line_or_sentence_is_the_heading() {
        assert_eq!(headline("Unwetter"), (Some("Unwetter".into()), String::new()));
        assert_eq!(
            headline("Unwetter – Einsatz abbrechen\nGewitterfront gegen 15:05 Uhr."),
            (
                Some("Unwetter – Einsatz abbrechen".into()),
                "Gewitterfront gegen 15:05 Uhr.".into()
            )
        );
        let long =
            "Gewitter um 15:05 Uhr! Beenden Sie den Rundgang, gehen Sie in ein festes Gebäude und melden Sie sich.";
        let (title, text) = headline(long);
        assert_eq!(title.as_deref(), Some("Gewitter um 15:05 Uhr!"));
        assert!(text.starts_with("Beenden"));
        let endless = "ä".repeat(200);
        assert_eq!(headline(&endless), (None, endless.clone()));
    }

    #[test]
    fn what_is_on_the_screen_does_not_change_under_the_finger() {
        let first = alarm(1, 10, Urgency::Urgent);
        let worse = alarm(2, 20, Urgency::Emergency);
        let all = waiting(vec![first.clone(), worse.clone()], &BTreeSet::new());
        assert_eq!(
            all.first().map(|alarm| alarm.id),
            Some(worse.id),
            "the most urgent comes first"
        );
        assert_eq!(stay(Some(&first), &all).map(|alarm| alarm.id), Some(first.id));
        let rest = waiting(all, &BTreeSet::from([first.id]));
        assert_eq!(stay(Some(&first), &rest).map(|alarm| alarm.id), Some(worse.id));
        assert_eq!(stay(Some(&first), &[]), None);
    }

    #[test]
    fn an_own_alarm_does_not_ring() {
        let mut own = alarm(1, 10, Urgency::Emergency);
        own.own = true;
        assert!(waiting(vec![own], &BTreeSet::new()).is_empty());
    }
}
