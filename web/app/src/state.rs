// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What all screens share: who one is, the chat list, the open alarms, where one is. Filled from the worker's answers, and
//! filled anew when news says that something changed; no screen changes it by itself.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use leptos::prelude::*;
use melder_kit::dom::spawn_local;
use melder_kit::{dom, order, t, toast, toast_with_undo};
use melder_port::view::{Chat, Connection, Lock, Message, Own, Policy};
use melder_port::{Answer, Ask, Failure, GroupId, News};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::CustomEvent;

use crate::fetch;
use crate::port;
use crate::route::Route;

/// News that came within this time are one reading.
const GATHER_MS: i32 = 40;
/// While more and more come.
const STREAM_MS: i32 = 150;

/// What all screens share. A handle: it is copied freely.
#[derive(Debug, Clone, Copy)]
pub struct App {
    /// `None` until the worker has said where we are.
    pub lock: RwSignal<Option<Lock>>,
    pub own: RwSignal<Option<Own>>,
    pub connection: RwSignal<Connection>,
    /// `None` until they were read.
    pub chats: RwSignal<Option<Vec<Chat>>>,
    /// The organisation's, once it has come.
    pub policy: RwSignal<Option<Policy>>,
    /// Alarms that this person has not confirmed, oldest first.
    pub alarms: RwSignal<Vec<Message>>,
    pub route: RwSignal<Route>,
    /// Is the side pane of the open chat shown (where there is room for it)?
    pub info_open: RwSignal<bool>,
    /// The person has read that the clock is wrong.
    pub clock_read: RwSignal<bool>,
    /// The first run is not through yet, although the account is open already.
    pub arriving: RwSignal<bool>,
    /// What a link brought; whoever takes it empties it.
    pub carried: RwSignal<Option<crate::first_run::address::Brought>>,
}

type Listener = Rc<dyn Fn(&News)>;

thread_local! {
    static LISTENERS: RefCell<Vec<(u64, Listener)>> = const { RefCell::new(Vec::new()) };
    static NEXT: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
    static DIRTY: RefCell<Dirty> = const { RefCell::new(Dirty::new()) };
}

/// What is to be read anew.
#[derive(Debug, Default)]
struct Dirty {
    chats: BTreeSet<GroupId>,
    own: bool,
    /// It is being gathered or read.
    busy: bool,
}

impl Dirty {
    const fn new() -> Self {
        Self {
            chats: BTreeSet::new(),
            own: false,
            busy: false,
        }
    }

    /// What there is to do, taken out.
    fn take(&mut self) -> Option<Self> {
        let any = self.own || !self.chats.is_empty();
        let taken = any.then(|| std::mem::take(self));
        self.busy = any;
        taken
    }
}

/// Hears all news as long as the component that asks for it stands.
pub fn on_news(listener: impl Fn(&News) + 'static) {
    let number = NEXT.with(|next| {
        next.set(next.get() + 1);
        next.get()
    });
    let listener: Listener = Rc::new(listener);
    LISTENERS.with(|listeners| listeners.borrow_mut().push((number, listener)));
    on_cleanup(move || LISTENERS.with(|all| all.borrow_mut().retain(|(other, _)| *other != number)));
}

impl App {
    #[must_use]
    pub fn new(route: Route) -> Self {
        Self {
            lock: RwSignal::new(None),
            own: RwSignal::new(None),
            connection: RwSignal::new(Connection::Connecting),
            chats: RwSignal::new(None),
            policy: RwSignal::new(None),
            alarms: RwSignal::new(Vec::new()),
            route: RwSignal::new(route),
            info_open: RwSignal::new(dom::remembered("melder.info").as_deref() == Some("open")),
            clock_read: RwSignal::new(false),
            arriving: RwSignal::new(false),
            carried: RwSignal::new(None),
        }
    }

    /// Takes where we are, and reads the rest if we are in.
    pub fn enter(self, lock: Lock) {
        match &lock {
            Lock::Open(own) => {
                self.connection.set(own.connection);
                self.own.set(Some((**own).clone()));
                self.read_chats();
                self.read_alarms();
                self.read_policy();
            }
            _ => {
                self.own.set(None);
                self.chats.set(None);
                self.policy.set(None);
                self.alarms.set(Vec::new());
            }
        }
        self.lock.set(Some(lock));
    }

    /// What the worker says to all.
    pub fn hear(self, news: &News) {
        match news {
            News::Lock(lock) => self.enter(lock.clone()),
            News::Connection(connection) => {
                self.connection.set(*connection);
                self.read_own();
            }
            News::Own | News::Ends(_) => self.soon(|dirty| dirty.own = true),
            News::Chat(group) => self.refresh(*group),
            News::Message {
                group,
                message,
                is_new,
                by_other,
            } => {
                // What somebody else wrote is no alarm that was confirmed, and nothing of one's own that was sent.
                let touches_own = !(*is_new && *by_other) || message.is_none();
                self.soon(|dirty| {
                    dirty.chats.insert(*group);
                    dirty.own |= touches_own;
                });
                // At once: a page that nobody looks at has slow timers.
                if touches_own && self.alarms.with_untracked(|alarms| !alarms.is_empty()) {
                    self.read_alarms();
                }
            }
            News::Alarm { .. } => self.read_alarms(),
            News::Gone(_) => spawn_local(async move {
                if let Ok(lock) = fetch!(Ask::Standing => Answer::Lock) {
                    self.enter(lock);
                }
            }),
            News::LinkCode(_) | News::LinkNumber(_) | News::Transfer { .. } | News::Misbehaviour { .. } => {}
        }
        // What listens may come and go while it is told.
        let listeners: Vec<Listener> = LISTENERS.with(|listeners| {
            listeners
                .borrow()
                .iter()
                .map(|(_, listener)| Rc::clone(listener))
                .collect()
        });
        for listener in listeners {
            listener(news);
        }
    }

    pub fn read_own(self) {
        spawn_local(self.ask_own());
    }

    async fn ask_own(self) {
        if let Ok(own) = fetch!(Ask::Own => Answer::Own) {
            if self.connection.get_untracked() != own.connection {
                self.connection.set(own.connection);
            }
            if self.own.with_untracked(|before| before.as_ref() != Some(&own)) {
                self.own.set(Some(own));
            }
        }
    }

    pub fn read_policy(self) {
        spawn_local(self.ask_policy());
    }

    async fn ask_policy(self) {
        if let Ok(policy) = fetch!(Ask::Policy => Answer::Policy)
            && self.policy.with_untracked(|before| *before != policy)
        {
            self.policy.set(policy);
        }
    }

    pub fn read_chats(self) {
        spawn_local(async move {
            match fetch!(Ask::Chats => Answer::Chats) {
                Ok(chats) => self.chats.set(Some(chats)),
                Err(Failure::Locked) => {}
                Err(failure) => toast(say(&failure)),
            }
        });
    }

    pub fn read_alarms(self) {
        spawn_local(async move {
            if let Ok(mut alarms) = fetch!(Ask::OpenAlarms => Answer::Messages) {
                order::sort_by_key(&mut alarms, |alarm| (alarm.time, alarm.id));
                if alarms.is_empty() {
                    // What stands on the system's screen about one is over.
                    if let Ok(event) = web_sys::Event::new("melder-no-alarm") {
                        let _ = dom::window().dispatch_event(&event);
                    }
                }
                if self.alarms.with_untracked(|before| *before != alarms) {
                    self.alarms.set(alarms);
                }
            }
        });
    }

    /// Reads one chat's row anew, soon.
    pub fn refresh(self, group: GroupId) {
        self.soon(|dirty| {
            dirty.chats.insert(group);
        });
    }

    /// Reads something anew, soon; what comes meanwhile is one reading.
    fn soon(self, note: impl FnOnce(&mut Dirty)) {
        let busy = DIRTY.with_borrow_mut(|dirty| {
            note(dirty);
            std::mem::replace(&mut dirty.busy, true)
        });
        if !busy {
            dom::after(GATHER_MS, move || spawn_local(self.read_dirty()));
        }
    }

    async fn read_dirty(self) {
        while let Some(dirty) = DIRTY.with_borrow_mut(Dirty::take) {
            let mut rows = Vec::with_capacity(dirty.chats.len());
            for group in dirty.chats {
                if let Ok(chat) = fetch!(Ask::Chat(group) => Answer::Chat) {
                    rows.push((group, chat));
                }
            }
            self.put(rows);
            if dirty.own {
                self.ask_own().await;
                self.ask_policy().await;
            }
            dom::pause(STREAM_MS).await;
        }
    }

    fn put(self, rows: Vec<(GroupId, Option<Chat>)>) {
        let same = self.chats.with_untracked(|chats| {
            let known = |group| chats.iter().flatten().find(|chat| chat.group == group);
            rows.iter().all(|(group, chat)| known(*group) == chat.as_ref())
        });
        if same {
            return;
        }
        self.chats.update(|chats| {
            let Some(chats) = chats else { return };
            chats.retain(|other| !rows.iter().any(|(group, _)| *group == other.group));
            chats.extend(rows.into_iter().filter_map(|(_, chat)| chat));
            order::sort_by(chats, |a, b| {
                let time = |chat: &Chat| chat.last.as_ref().map(|last| last.time);
                (b.pinned, time(b))
                    .cmp(&(a.pinned, time(a)))
                    .then_with(|| a.name.cmp(&b.name))
            });
        });
    }

    /// The row of a chat, as it is now.
    #[must_use]
    pub fn chat(self, group: GroupId) -> Option<Chat> {
        self.chats
            .with(|chats| chats.as_ref()?.iter().find(|chat| chat.group == group).cloned())
    }

    /// Unread messages of all chats that are not muted.
    #[must_use]
    pub fn unread(self) -> u32 {
        let now = melder_kit::times::now();
        self.chats.with(|chats| {
            chats
                .iter()
                .flatten()
                .filter(|chat| chat.muted_until.is_none_or(|until| until.0 < now))
                .map(|chat| chat.unread)
                .sum()
        })
    }
}

/// Does the organisation ask for a newer app than this? Then one reads, and confirms, and writes nothing.
#[must_use]
pub fn is_outdated(policy: RwSignal<Option<Policy>>) -> bool {
    policy.with(|policy| policy.as_ref().is_some_and(|policy| policy.outdated))
}

/// What all screens share.
///
/// # Panics
/// Outside of the app's own tree.
#[must_use]
pub fn app() -> App {
    expect_context()
}

/// Why something did not work, in words.
#[must_use]
pub fn say(failure: &Failure) -> String {
    let code = match failure {
        // The server's refusal, or the engine's.
        // Some of these texts say what to type; for those there is one of the app.
        Failure::Refused(code) => ["refused", "invalid", "error"]
            .map(|kind| format!("{kind}-{code}"))
            .into_iter()
            .find(|id| melder_kit::texts::has(id))
            .unwrap_or_default(),
        other => format!("failure-{other}"),
    };
    if melder_kit::texts::has(&code) {
        t!(&code)
    } else {
        t!("failure-internal")
    }
}

/// A push has no content: what came, the worker finds out, or, locked, that it is an alarm.
pub fn hear_pushes() {
    let woken = Closure::<dyn Fn(CustomEvent)>::new(|event: CustomEvent| {
        let reason = js_sys::Reflect::get(&event.detail(), &"reason".into());
        let alarm = reason.is_ok_and(|reason| reason.as_string().as_deref() == Some("alarm"));
        spawn_local(async move {
            // Nobody asked for it, so nobody is told if it did not work.
            let _ = port::ask(Ask::Woken { alarm }).await;
        });
    });
    let _ = dom::window().add_event_listener_with_callback("melder-push", woken.as_ref().unchecked_ref());
    woken.forget();
}

/// A newer version waits, or one is asked for: it takes over, and the page loads anew.
pub fn update_now() {
    if let Ok(event) = web_sys::Event::new("melder-update-now") {
        let _ = dom::window().dispatch_event(&event);
    }
}

/// Says that a newer version waits.
pub fn hear_updates() {
    let there = Closure::<dyn Fn()>::new(|| toast_with_undo(t!("update-there"), t!("composer-update"), update_now));
    let _ = dom::window().add_event_listener_with_callback("melder-update", there.as_ref().unchecked_ref());
    there.forget();
}

/// Does something that changes, and says why if it did not work.
pub fn act(ask: Ask) {
    act_then(ask, |_| {});
}

/// The same, and goes on with the answer.
pub fn act_then(ask: Ask, then: impl FnOnce(Answer) + 'static) {
    spawn_local(async move {
        match port::ask(ask).await {
            Ok(answer) => then(answer),
            Err(failure) => toast(say(&failure)),
        }
    });
}
