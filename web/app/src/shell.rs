// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! How the screens lie beside each other: one pane on a phone, up to three on a desk; the tabs; what stands above all.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use melder_kit::{Avatar, Icon, Toasts, avatar, dom, t};
use melder_port::view::{Connection, Lock};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

use crate::alarm::AlarmScreen;
use crate::chat::ChatPane;
use crate::chats::ListPane;
use crate::first_run::{AutoLock, LockScreen};
use crate::later::{self, What, later};
use crate::profile;
use crate::route::{self, Route, Tab};
use crate::state::{App, app};

/// All there is.
#[component]
pub fn Root(app: App) -> impl IntoView {
    provide_context(app);
    listen_to_history(app);
    let stage = Memo::new(move |_| match app.lock.with(|lock| lock.as_ref().map(Stage::of)) {
        Some(Stage::Open) if app.arriving.get() => Some(Stage::Fresh),
        stage => stage,
    });
    view! {
        {move || match stage.get() {
            None => view! { <Starting /> }.into_any(),
            Some(Stage::Fresh) => later(What::FirstRun),
            Some(Stage::Locked) => view! { <LockScreen /> }.into_any(),
            Some(Stage::Open) => view! { <Shell /> }.into_any(),
            Some(Stage::Stopped) => later(What::Stopped),
        }}
        <Toasts />
        <AutoLock />
    }
}

/// The lock's state as far as it decides what stands on the page: a change inside does not build the page anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Fresh,
    Locked,
    Open,
    Stopped,
}

impl Stage {
    const fn of(lock: &Lock) -> Self {
        match lock {
            Lock::Fresh => Self::Fresh,
            Lock::Locked { .. } => Self::Locked,
            Lock::Open(_) => Self::Open,
            Lock::Gone { .. } | Lock::NoStorage | Lock::Damaged { .. } => Self::Stopped,
        }
    }
}

/// Until the worker has answered: the page's bare shape, after a moment.
#[component]
fn Starting() -> impl IntoView {
    view! {
        <main class="starting" aria-busy="true" aria-label=t!("starting")>
            <div class="skeleton starting__bar"></div>
            <div class="skeleton starting__row"></div>
            <div class="skeleton starting__row"></div>
            <div class="skeleton starting__row"></div>
        </main>
    }
}

fn listen_to_history(app: App) {
    let back = Closure::<dyn Fn()>::new(move || app.route.set(route::current()));
    let _ = dom::window().add_event_listener_with_callback("popstate", back.as_ref().unchecked_ref());
    back.forget();
}

/// Which pane a phone shows.
fn pane(route: &Route) -> &'static str {
    match route {
        Route::Chats | Route::Contacts | Route::Profile => "list",
        Route::Info(_) => "info",
        _ => "main",
    }
}

#[component]
fn Shell() -> impl IntoView {
    let app = app();
    // On the window: a page that was just opened has given the keyboard to nothing.
    let keys = window_event_listener(leptos::ev::keydown, move |event| shortcut(&event, app));
    on_cleanup(move || keys.remove());
    let group = Memo::new(move |_| app.route.with(Route::group));
    profile::background::listen(app);
    later::fetch_soon();
    let online = Memo::new(move |_| app.connection.get() == Connection::Online);
    melder_kit::dom::effect(move || {
        if online.get() {
            profile::push::renew();
        }
    });
    let changed = window_event_listener_untyped("melder-push-changed", |_| profile::push::renew());
    on_cleanup(move || changed.remove());
    let info = move || group.get().is_some() && (app.info_open.get() || matches!(app.route.get(), Route::Info(_)));
    view! {
        <a class="skip-link" href="#main">{t!("skip-to-content")}</a>
        <div
            class="shell"
            data-pane=move || pane(&app.route.get())
            data-info=move || if info() { "true" } else { "false" }
            data-wide=move || app.route.with(|route| matches!(route, Route::Alarms(_))).then_some("true")
        >
            <Tabs />
            <NetBar />
            <section
                class="shell__list"
                role=move || (pane(&app.route.get()) == "list").then_some("main")
                aria-label=move || list_name(&app.route.get())>
                {move || match app.route.with(Route::tab) {
                    Tab::Chats => view! { <ListPane /> }.into_any(),
                    tab => later(What::List(tab)),
                }}
            </section>
            <section
                class="shell__main"
                id="main"
                tabindex="-1"
                role=move || if pane(&app.route.get()) == "main" { "main" } else { "region" }
                aria-label=t!("content")
            >
                <Main group />
            </section>
            <section
                class="shell__info"
                role=move || if pane(&app.route.get()) == "info" { "main" } else { "complementary" }
                aria-label=t!("group-info")
            >
                {move || group.get().filter(|_| info()).map(|group| later(What::Info(group)))}
            </section>
        </div>
        <AlarmScreen />
    }
}

fn list_name(route: &Route) -> String {
    match route.tab() {
        Tab::Chats => t!("tab-chats"),
        Tab::Contacts => t!("tab-contacts"),
        Tab::Profile => t!("tab-profile"),
    }
}

/// What lies in the wide pane. A chat stays as it is while only its place or its side pane changes.
#[component]
fn Main(group: Memo<Option<melder_port::GroupId>>) -> impl IntoView {
    let app = app();
    let other = Memo::new(move |_| {
        let route = app.route.get();
        if route.group().is_some() { Route::Chats } else { route }
    });
    move || match group.get() {
        Some(group) => view! { <ChatPane group /> }.into_any(),
        None => match other.get() {
            Route::Chats | Route::Contacts | Route::Profile => view! { <Nothing /> }.into_any(),
            route => later(What::Main(route)),
        },
    }
}

/// The wide pane while nothing is chosen.
#[component]
fn Nothing() -> impl IntoView {
    view! {
        <div class="empty only-wide grow">
            <Icon name="chat-outline" />
            <p>{t!("nothing-chosen")}</p>
        </div>
    }
}

#[component]
fn Tabs() -> impl IntoView {
    let app = app();
    let unread = Memo::new(move |_| app.unread());
    let name = Signal::derive(move || {
        app.own
            .with(|own| own.as_ref().map(|own| own.name.clone()).unwrap_or_default())
    });
    let hue = app
        .own
        .with_untracked(|own| own.as_ref().map_or(0, |own| avatar::hue(own.account.as_bytes())));
    view! {
        <nav class="shell__rail tabs" aria-label=t!("navigation")>
            <span class="tab__logo" aria-hidden="true">"M"</span>
            <TabLink to=Route::Chats tab=Tab::Chats word=t!("tab-chats") icon="chat-outline" filled="chat">
                {move || {
                    let count = unread.get();
                    (count > 0)
                        .then(|| {
                            view! {
                                <span class="count">
                                    <span aria-hidden="true">{count.min(99)}</span>
                                    <span class="kern-sr-only">{t!("unread-count", count = count)}</span>
                                </span>
                            }
                        })
                }}
            </TabLink>
            <TabLink to=Route::Contacts tab=Tab::Contacts word=t!("tab-contacts") icon="contacts-outline" filled="contacts">
                ""
            </TabLink>
            <span class="tabs__rest only-wide"></span>
            <TabLink to=Route::Profile tab=Tab::Profile word=t!("tab-profile") icon="account-circle-outline" filled="account-circle">
                ""
            </TabLink>
            <span class="only-wide row tabs__self">
                <Avatar name hue size=44 />
            </span>
        </nav>
    }
}

#[component]
fn TabLink(
    to: Route,
    tab: Tab,
    word: String,
    icon: &'static str,
    filled: &'static str,
    children: Children,
) -> impl IntoView {
    let app = app();
    let lit = Memo::new(move |_| app.route.with(Route::tab) == tab);
    let target = to.clone();
    view! {
        <a
            class="tab"
            href=to.path()
            aria-current=move || lit.get().then_some("page")
            on:click=move |event| route::follow(&event, app.route, target.clone())
        >
            <span class="tab__icon">
                <Icon name=Signal::derive(move || if lit.get() { filled } else { icon }) />
                {children()}
            </span>
            {word}
        </a>
    }
}

/// Says that there is no connection and how many messages wait, or that the app catches up.
#[component]
pub fn NetBar() -> impl IntoView {
    let app = app();
    let waiting = Memo::new(move |_| app.own.with(|own| own.as_ref().map_or(0, |own| own.waiting)));
    view! {
        <div class="shell__net" role="status">
            {move || match app.connection.get() {
                Connection::Online => None,
                Connection::Connecting => {
                    Some(view! { <div class="netbar"><Icon name="sync" /><span>{t!("net-connecting")}</span></div> })
                }
                Connection::Offline => {
                    Some(
                        view! {
                            <div class="netbar"><Icon name="cloud-off-outline" /><span>{t!("net-offline", count = waiting.get())}</span></div>
                        },
                    )
                }
            }}
            <Clock />
        </div>
    }
}

/// That this device's clock is wrong by days: until one has read it.
#[component]
fn Clock() -> impl IntoView {
    let app = app();
    let days = Memo::new(move |_| app.own.with(|own| own.as_ref().and_then(|own| own.clock_days)));
    move || {
        let days = days.get().filter(|_| !app.clock_read.get())?;
        let count = days.unsigned_abs();
        let said = if days > 0 {
            t!("clock-ahead", count = count)
        } else {
            t!("clock-behind", count = count)
        };
        Some(view! {
            <div class="netbar">
                <Icon name="schedule" />
                <span class="grow">{said}</span>
                <button class="icon-button" aria-label=t!("close") title=t!("close") on:click=move |_| app.clock_read.set(true)>
                    <Icon name="close" />
                </button>
            </div>
        })
    }
}

/// Ctrl+K searches, Alt+N writes anew, Alt+↑/↓ goes to the next chat, Alt+I shows the side pane, Alt+H helps, Escape goes back.
fn shortcut(event: &KeyboardEvent, app: App) {
    if dom::remembered("melder.shortcuts").as_deref() == Some("off") {
        return;
    }
    // A dialog has its own Escape, and what lies behind it is not to be steered.
    let in_dialog = event
        .target()
        .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
        .and_then(|element| element.closest("dialog").ok().flatten())
        .is_some();
    if in_dialog {
        return;
    }
    let key = event.key();
    let handled = match (event.ctrl_key() || event.meta_key(), event.alt_key(), key.as_str()) {
        (true, false, "k") => {
            route::go(app.route, Route::Search);
            true
        }
        (false, true, "n") => {
            route::go(app.route, Route::New);
            true
        }
        (false, true, "h") => {
            route::go(app.route, Route::Help);
            true
        }
        (false, true, "i") => {
            toggle_info(app);
            true
        }
        (false, true, "ArrowDown" | "ArrowUp") => next_chat(app, key == "ArrowDown"),
        (false, false, "F6") => {
            next_pane();
            true
        }
        (false, false, "Escape") if event.default_prevented() => false,
        (false, false, "Escape") => escape(app),
        _ => false,
    };
    if handled {
        event.prevent_default();
    }
}

/// Shows or hides the side pane, and remembers it.
pub fn toggle_info(app: App) {
    let open = !app.info_open.get_untracked();
    app.info_open.set(open);
    dom::remember("melder.info", if open { "open" } else { "closed" });
}

fn next_chat(app: App, down: bool) -> bool {
    let chats = app
        .chats
        .with_untracked(|chats| chats.iter().flatten().map(|chat| chat.group).collect::<Vec<_>>());
    let at = app
        .route
        .with_untracked(Route::group)
        .and_then(|group| chats.iter().position(|other| *other == group));
    let next = match (at, down) {
        (None, _) => chats.first(),
        (Some(at), true) => chats.get(at + 1),
        (Some(at), false) => at.checked_sub(1).and_then(|at| chats.get(at)),
    };
    if let Some(group) = next {
        route::go(
            app.route,
            Route::Chat {
                group: *group,
                at: None,
            },
        );
    }
    true
}

fn next_pane() {
    let panes = [".shell__list", ".shell__main", ".shell__info"];
    let document = dom::document();
    let active = document.active_element();
    let here = panes.iter().position(|pane| {
        document
            .query_selector(pane)
            .ok()
            .flatten()
            .is_some_and(|pane| pane.contains(active.as_ref().map(AsRef::as_ref)))
    });
    for step in 1..=panes.len() {
        let Some(pane) = panes.get((here.unwrap_or(panes.len() - 1) + step) % panes.len()) else {
            continue;
        };
        let selector = format!("{pane} :is(a, button, input, textarea, [tabindex='0'])");
        let Ok(all) = document.query_selector_all(&selector) else {
            continue;
        };
        // The first that is seen: some stand only where there is less room.
        let seen = (0..all.length())
            .filter_map(|at| all.get(at)?.dyn_into::<web_sys::HtmlElement>().ok())
            .find(|element| element.offset_width() > 0);
        if let Some(element) = seen {
            let _ = element.focus();
            return;
        }
    }
}

fn escape(app: App) -> bool {
    let to = match app.route.get_untracked() {
        Route::Info(group) => Route::Chat { group, at: None },
        Route::Chats | Route::Contacts | Route::Profile => return false,
        Route::Chat { .. } if app.info_open.get_untracked() => {
            toggle_info(app);
            return true;
        }
        other => match other.tab() {
            Tab::Chats => Route::Chats,
            Tab::Contacts => Route::Contacts,
            Tab::Profile => Route::Profile,
        },
    };
    route::go(app.route, to);
    true
}
