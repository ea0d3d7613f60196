// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! For the sender of an alarm, or of a message that asks to be confirmed: who confirmed, whom it reached, whom not. The
//! names are read anew as confirmations come in.

use leptos::prelude::*;
use melder_kit::dom::spawn_local;
use melder_kit::{Avatar, BarKind, Busy, Dialog, Icon, StackBar, avatar, dom, t, times, toast};
use melder_port::view::{Body, Draft, DraftContent, Message, Reach};
use melder_port::{AccountId, Answer, Ask, Failure, GroupId, MessageId, News};

use super::over::AllClear;
use crate::fetch;
use crate::people::person::{SHOWN, fold};
use crate::route::{self, Route};
use crate::state::{app, is_outdated, on_news, say};

/// Devices that a message reaches are no news: asked for again now and then.
const AGAIN_MS: i32 = 10_000;
/// Several confirmations within this time are one reading.
const GATHER_MS: i32 = 500;

/// Which of the three.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Missing,
    Reached,
    Confirmed,
}

/// What both views of it share: the dialog over a chat, and the wide one (`desk`).
#[derive(Clone, Copy)]
pub(super) struct View {
    pub group: GroupId,
    pub message: MessageId,
    pub reach: RwSignal<Option<Reach>>,
    pub failed: RwSignal<Option<Failure>>,
    pub part: RwSignal<Part>,
    /// Was the all-clear given? `None`: not read yet, or no alarm.
    pub over: RwSignal<Option<bool>>,
    turn: StoredValue<u32>,
}

impl View {
    /// Reads it, and anew as long as the component that asks for it stands.
    pub fn new(group: GroupId, message: MessageId) -> Self {
        let view = Self {
            group,
            message,
            reach: RwSignal::new(None),
            failed: RwSignal::new(None),
            part: RwSignal::new(Part::Missing),
            over: RwSignal::new(None),
            turn: StoredValue::new(0),
        };
        view.read();
        view.read_over();
        on_news(move |news| {
            if let News::Message { group, message, .. } = news
                && *group == view.group
            {
                view.again(view.turn.get_value(), GATHER_MS);
                if *message == Some(view.message) {
                    view.read_over();
                }
            }
        });
        view
    }

    fn read_over(self) {
        spawn_local(async move {
            if let Ok(Some(Message { body, .. })) = fetch!(Ask::Message(self.message) => Answer::Message) {
                let _ = self.over.try_set(match body {
                    Body::Alarm { over, .. } => Some(over),
                    _ => None,
                });
            }
        });
    }

    fn read(self) {
        let (group, message) = (self.group, self.message);
        let mine = self.turn.get_value().wrapping_add(1);
        self.turn.set_value(mine);
        spawn_local(async move {
            let answer = fetch!(Ask::Reach { group, message } => Answer::Reach);
            if self.turn.try_get_value() != Some(mine) {
                return;
            }
            match answer {
                Ok(reach) => {
                    self.failed.set(None);
                    if self.reach.with_untracked(|old| old.as_ref() != Some(&reach)) {
                        self.reach.set(Some(reach));
                    }
                }
                Err(failure) => self.failed.set(Some(failure)),
            }
            self.again(mine, AGAIN_MS);
        });
    }

    /// Reads anew later, unless it was read meanwhile.
    fn again(self, turn: u32, pause: i32) {
        dom::after(pause, move || {
            if self.turn.try_get_value() == Some(turn) {
                self.read();
            }
        });
    }

    pub fn counts(self) -> [u32; 3] {
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        self.reach.with(|reach| {
            reach.as_ref().map_or([0; 3], |reach| {
                [
                    number(reach.confirmed.len()),
                    number(reach.reached.len()),
                    number(reach.missing.len()),
                ]
            })
        })
    }
}

/// Opens with the signal. The one who asks owns the message. `alarm`: it is one, whether only for those on duty; and there
/// is a wide view of it.
#[component]
pub fn ReachPane(open: RwSignal<bool>, group: GroupId, message: MessageId, alarm: Option<bool>) -> impl IntoView {
    let app = app();
    let wide = move |event: leptos::ev::MouseEvent| {
        open.set(false);
        route::follow(&event, app.route, Route::Alarms(Some(message)));
    };
    view! {
        <Dialog open title=t!("reach-title") close_label=t!("close")>
            <Content group message alarm=alarm.is_some() />
            {(alarm == Some(true)).then(|| view! { <p class="small muted">{t!("alarms-on-duty")}</p> })}
            {alarm.is_some().then(|| view! {
                <a class="button button--plain button-wide" href=Route::Alarms(Some(message)).path() on:click=wide>
                    <Icon name="open-in-full" />
                    {t!("alarms-all")}
                </a>
            })}
        </Dialog>
    }
}

#[component]
fn Content(group: GroupId, message: MessageId, alarm: bool) -> impl IntoView {
    let view = View::new(group, message);
    let counts = Memo::new(move |_| view.counts());
    view! {
        <div class="reach" aria-busy=move || view.reach.with(Option::is_none).then_some("true")>
            <p class="reach__sum" role="status">
                {move || {
                    view.reach.with(Option::is_some).then(|| {
                        let [done, reached, missing] = counts.get();
                        t!("reach-sum", done = done, of = done.saturating_add(reached).saturating_add(missing))
                    })
                }}
            </p>
            <StackBar parts=counts kind=BarKind::Reach />
            <div class="reach__tabs" role="group" aria-label=t!("filter")>
                <Tab view counts at=0 part=Part::Confirmed icon="check-circle" word=t!("reach-confirmed") />
                <Tab view counts at=1 part=Part::Reached icon="mobile-friendly-outline" word=t!("reach-reached") />
                <Tab view counts at=2 part=Part::Missing icon="mobile-off-outline" word=t!("reach-missing") />
            </div>
            {move || {
                view.failed
                    .get()
                    .map(|failure| {
                        view! {
                            <div class="notice notice--warning" role="status">
                                <Icon name="cloud-off-outline" />
                                <p>{say(&failure)}</p>
                            </div>
                        }
                    })
            }}
            <Names view />
            <CallAgain view counts />
            {alarm.then(|| view! { <AllClear view /> })}
        </div>
    }
}

#[component]
fn Tab(view: View, counts: Memo<[u32; 3]>, at: usize, part: Part, icon: &'static str, word: String) -> impl IntoView {
    let class = match part {
        Part::Confirmed => "reach__tab reach__tab--1",
        Part::Reached => "reach__tab reach__tab--2",
        Part::Missing => "reach__tab reach__tab--3",
    };
    view! {
        <button
            type="button"
            class=class
            aria-pressed=move || if view.part.get() == part { "true" } else { "false" }
            on:click=move |_| view.part.set(part)
        >
            <span class="reach__word"><Icon name=icon />{word}</span>
            <b class="reach__number">{move || counts.get().get(at).copied().unwrap_or_default()}</b>
        </button>
    }
}

/// Somebody, with the time of the tap and what was said with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Somebody {
    pub account: AccountId,
    pub name: String,
    pub time: Option<u64>,
    pub note: Option<String>,
}

/// Who stands in the chosen part: who asked for help first, then by name.
pub(super) fn people(reach: &Reach, part: Part) -> Vec<Somebody> {
    let plain = |all: &[(AccountId, String)]| -> Vec<Somebody> {
        let all = all.iter().map(|(account, name)| Somebody {
            account: *account,
            name: name.clone(),
            time: None,
            note: None,
        });
        all.collect()
    };
    let mut people: Vec<Somebody> = match part {
        Part::Confirmed => {
            let all = reach.confirmed.iter().map(|by| Somebody {
                account: by.account,
                name: by.name.clone(),
                time: Some(by.time.0),
                note: by.note.clone(),
            });
            all.collect()
        }
        Part::Reached => plain(&reach.reached),
        Part::Missing => plain(&reach.missing),
    };
    melder_kit::order::sort_by_key(&mut people, |one| (one.note.is_none(), fold(&one.name)));
    people
}

#[component]
fn Names(view: View) -> impl IntoView {
    let query = RwSignal::new(String::new());
    let limit = RwSignal::new(SHOWN);
    let found = Memo::new(move |_| {
        let query = fold(query.get().trim());
        let part = view.part.get();
        let mut people = view
            .reach
            .with(|reach| reach.as_ref().map(|reach| people(reach, part)).unwrap_or_default());
        people.retain(|one| fold(&one.name).contains(&query));
        people
    });
    let long = Memo::new(move |_| view.counts().into_iter().any(|count| count > 12));
    let row = |one: Somebody| {
        view! {
            <li class="line reach__person">
                <Avatar name=one.name.clone() hue=avatar::hue(one.account.as_bytes()) size=40 />
                <span class="grow wrap">{one.name} {one.note.map(said)}</span>
                {one.time.map(|time| view! { <time class="small muted">{times::short(time)}</time> })}
            </li>
        }
    };
    view! {
        {move || {
            long.get()
                .then(|| {
                    view! {
                        <div class="search-field" role="search">
                            <Icon name="search" />
                            <input
                                type="search"
                                autocomplete="off"
                                aria-label=t!("reach-find")
                                placeholder=t!("reach-find")
                                prop:value=move || query.get()
                                on:input=move |event| query.set(event_target_value(&event))
                            />
                        </div>
                    }
                })
        }}
        <ul class="lines reach__list" tabindex="0" aria-label=t!("reach-people")>
            {move || found.get().into_iter().take(limit.get()).map(row).collect_view()}
        </ul>
        {below(view, found, limit)}
    }
}

/// Below a list of people: the way to those that are not shown yet, or that there is nobody.
pub(super) fn below(view: View, found: Memo<Vec<Somebody>>, limit: RwSignal<usize>) -> AnyView {
    view! {
        {move || {
            let rest = found.with(Vec::len).saturating_sub(limit.get());
            (rest > 0)
                .then(|| {
                    view! {
                        <button type="button" class="button button--plain" on:click=move |_| limit.update(|limit| *limit += SHOWN)>
                            {t!("people-more", count = rest)}
                        </button>
                    }
                })
        }}
        {move || {
            (view.reach.with(Option::is_some) && found.with(Vec::is_empty))
                .then(|| view! { <p class="muted reach__none">{t!("reach-none")}</p> })
        }}
    }
    .into_any()
}

/// What somebody said with the confirmation.
pub(super) fn said(note: String) -> AnyView {
    view! { <span class="reach__note"><Icon name="sos" />{note}</span> }.into_any()
}

/// What is sent once more, to one person.
fn again(message: &Message) -> Draft {
    let (content, confirm) = match &message.body {
        Body::Alarm {
            urgency, text, on_duty, ..
        } => {
            let by = message.confirmation.as_ref().and_then(|confirmation| confirmation.by);
            let by = by.filter(|by| by.0 > times::now());
            (
                DraftContent::Alarm {
                    urgency: *urgency,
                    text: text.clone(),
                    confirm_by: by,
                    on_duty: *on_duty,
                },
                None,
            )
        }
        _ => (DraftContent::Forward(message.id), Some(None)),
    };
    Draft {
        content,
        reply_to: None,
        files: Vec::new(),
        expires_in_ms: None,
        confirm,
        at: None,
    }
}

/// Calls those whom it did not reach once more, each for themselves; asks first.
#[component]
pub(super) fn CallAgain(view: View, counts: Memo<[u32; 3]>) -> impl IntoView {
    let app = app();
    let asking = RwSignal::new(false);
    let progress = RwSignal::new(None::<(u32, u32)>);
    let missing = move || counts.get()[2];
    let call = move || {
        if progress.get_untracked().is_some() {
            return;
        }
        let accounts: Vec<AccountId> = view.reach.with_untracked(|reach| {
            reach
                .iter()
                .flat_map(|reach| &reach.missing)
                .map(|(account, _)| *account)
                .collect()
        });
        spawn_local(async move {
            let of = u32::try_from(accounts.len()).unwrap_or(u32::MAX);
            progress.set(Some((0, of)));
            let mut sent = 0u32;
            if let Ok(Some(message)) = fetch!(Ask::Message(view.message) => Answer::Message) {
                for account in accounts {
                    if let Ok(group) = fetch!(Ask::StartDirect(account) => Answer::Group)
                        && fetch!(Ask::Send { group, draft: again(&message) } => Answer::Queued).is_ok()
                    {
                        sent += 1;
                    }
                    progress.try_update(|progress| {
                        if let Some((done, _)) = progress {
                            *done += 1;
                        }
                    });
                }
            }
            progress.try_set(None);
            asking.try_set(false);
            app.read_chats();
            toast(if sent == of {
                t!("reach-called", count = sent)
            } else {
                t!("reach-called-some", count = sent, of = of)
            });
        });
    };
    move || {
        (missing() > 0 && view.over.get() != Some(true) && !is_outdated(app.policy)).then(|| {
            if !asking.get() {
                return view! {
                    <button type="button" class="button button--second button-wide" on:click=move |_| asking.set(true)>
                        <Icon name="notifications-active-outline" />
                        {t!("reach-call", count = missing())}
                    </button>
                }
                .into_any();
            }
            let words = view! {
                <p>{t!("reach-call-then", count = missing())}</p>
                <p role="status">
                    {move || progress.get().map(|(done, of)| t!("reach-calling", done = done, of = of))}
                </p>
            };
            ask_first(AskFirst {
                class: "notice notice--warning",
                icon: "notifications-active-outline",
                name: t!("reach-call", count = missing()),
                words: words.into_any(),
                action: t!("reach-call-now", count = missing()),
                busy: Signal::derive(move || progress.get().is_some()),
                asking,
                then: Callback::new(move |()| call()),
            })
        })
    }
}

/// What [`ask_first`] says and does.
pub(super) struct AskFirst {
    pub class: &'static str,
    pub icon: &'static str,
    pub name: String,
    pub words: AnyView,
    pub action: String,
    pub busy: Signal<bool>,
    pub asking: RwSignal<bool>,
    pub then: Callback<()>,
}

/// Asks where it was pressed, before everybody hears it.
pub(super) fn ask_first(it: AskFirst) -> AnyView {
    let AskFirst { busy, asking, then, .. } = it;
    view! {
        <div class=it.class role="alertdialog" aria-label=it.name>
            <Icon name=it.icon />
            <div class="grow stack">
                {it.words}
                <div class="actions">
                    <button type="button" class="button button--plain" on:click=move |_| asking.set(false)>
                        {t!("cancel")}
                    </button>
                    <button
                        type="button"
                        class="button button--main"
                        aria-busy=move || busy.get().then_some("true")
                        on:click=move |_| then.run(())
                    >
                        {move || busy.get().then(|| view! { <Busy /> })}
                        {it.action}
                    </button>
                </div>
            </div>
        </div>
    }
    .into_any()
}
