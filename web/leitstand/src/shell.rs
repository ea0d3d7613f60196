// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What stands around a screen: the side bar, the bar above, the question before something final, what was said.

use leptos::prelude::*;
use melder_kit::{Avatar, Dialog, Icon, Sign, Toasts, avatar, dom, t};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

use crate::api::{self, Ask};
use crate::model::Right;
use crate::parts::{icon_button, text_field};
use crate::route::{self, Route};
use crate::state::{Desk, Stage, desk};
use crate::{accounts, directory, enter, find, groups, operations, rules};

/// All there is.
pub fn root(desk: Desk) -> AnyView {
    provide_context(desk);
    let back = Closure::<dyn Fn()>::new(move || desk.route.set(route::current()));
    let _ = dom::window().add_event_listener_with_callback("popstate", back.as_ref().unchecked_ref());
    back.forget();
    view! {
        {move || {
            let stage = desk.stage.get();
            untrack(|| match stage {
                Stage::Starting => starting(),
                Stage::LogIn => enter::login(),
                Stage::SetUp => enter::setup(),
                Stage::Invited => enter::invited(),
                Stage::Open => shell(),
            })
        }}
        {question()}
        <Toasts />
    }
    .into_any()
}

fn starting() -> AnyView {
    view! { <main class="enter" aria-busy="true" aria-label=t!("starting")><div class="skeleton enter__card"></div></main> }.into_any()
}

fn shell() -> AnyView {
    let desk = desk();
    let menu = RwSignal::new(false);
    desk.read_units();
    let section = Memo::new(move |_| desk.route.with(Route::section));
    // A new screen begins at its heading.
    Effect::new(move |before: Option<Route>| {
        let now = section.get();
        if before.is_some_and(|before| before != now) {
            dom::focus_soon("#main h1");
        }
        menu.set(false);
        now
    });
    let keys = window_event_listener(leptos::ev::keydown, move |event| {
        if event.key() == "Escape" && menu.get_untracked() {
            menu.set(false);
            dom::focus("#menu");
        }
    });
    on_cleanup(move || keys.remove());
    let (find, found) = find::find();
    view! {
        <a class="skip-link" href="#main">{t!("skip-to-content")}</a>
        <div class="desk" data-menu=move || if menu.get() { "open" } else { "closed" }>
            {side(section, menu)}
            {above(section, menu, find)}
            <main class="desk__main" id="main" tabindex="-1">
                <div class="desk__inner">
                    {move || {
                        let route = section.get();
                        untrack(|| screen_of(&route))
                    }}
                </div>
            </main>
        </div>
        {found}
    }
    .into_any()
}

fn screen_of(route: &Route) -> AnyView {
    let desk = desk();
    if desk
        .me
        .with_untracked(|me| me.as_ref().is_none_or(|me| me.organisation.is_none()))
    {
        return crate::parts::empty("domain-disabled", t!("leit-no-organisation"), ().into_any());
    }
    match route {
        Route::Accounts => accounts::accounts(),
        Route::Units => accounts::units(),
        Route::Groups => groups::groups(),
        Route::Operations => operations::operations(),
        Route::Privacy => rules::privacy(),
        Route::Policy => rules::policy(),
        Route::Access => rules::access(),
        Route::Look => rules::look(),
        Route::Directory => directory::directory(),
        _ => rules::overview(),
    }
}

/// Whose place it is: those who have none of the rights don't see it.
const PLACES: [(&str, &str, Route, &[Right]); 10] = [
    ("dashboard-outline", "dashboard", Route::Overview, &Right::ALL),
    (
        "group-outline",
        "group",
        Route::Accounts,
        &[Right::Accounts, Right::Groups, Right::Operations],
    ),
    ("account-tree-outline", "account-tree", Route::Units, &[Right::Accounts]),
    (
        "forum-outline",
        "forum",
        Route::Groups,
        &[Right::Groups, Right::Operations],
    ),
    ("event-outline", "event", Route::Operations, &[Right::Operations]),
    (
        "policy-outline",
        "policy",
        Route::Privacy,
        &[Right::Audit, Right::Accounts, Right::Owner],
    ),
    ("devices-outline", "devices", Route::Policy, &[Right::Owner]),
    ("key-outline", "key", Route::Access, &Right::ALL),
    ("palette-outline", "palette", Route::Look, &[Right::Owner]),
    ("sync", "sync", Route::Directory, &[Right::Owner, Right::Accounts]),
];
/// From here on it is about administration itself.
const REST: usize = 5;

/// The screens that are somebody's to see.
pub fn places(desk: Desk) -> impl Iterator<Item = (&'static str, Route)> {
    PLACES
        .iter()
        .filter(move |(_, _, _, rights)| rights.iter().any(|right| desk.may(*right)))
        .map(|(icon, _, route, _)| (*icon, route.clone()))
}

fn side(section: Memo<Route>, menu: RwSignal<bool>) -> AnyView {
    let desk = desk();
    let mine = |from: usize, to: usize| {
        let places = PLACES.iter().take(to).skip(from);
        places
            .filter(|(_, _, _, rights)| rights.iter().any(|right| desk.may(*right)))
            .map(|(icon, lit, route, _)| view! { <li on:click=move |_| menu.set(false)>{place(icon, lit, route.clone(), section)}</li> })
            .collect_view()
    };
    view! {
        <nav class="side on-blue" aria-label=t!("navigation")>
            <p class="side__brand">
                <Sign class="logo" />
                <span class="side__word"><b>"Melder"</b><span>{t!("leit-leitstand")}</span></span>
            </p>
            <ul>
                {mine(0, REST)}
                <li>{alarms()}</li>
            </ul>
            <p class="side__part side__word">{t!("leit-administration")}</p>
            <ul>{mine(REST, PLACES.len())}</ul>
            <span class="grow"></span>
            {who(desk)}
        </nav>
    }
    .into_any()
}

/// Whom one's own alarms reached: in the app, since only one's own device knows.
fn alarms() -> AnyView {
    view! {
        <a class="side__place" href="/alarms" title=t!("leit-alarms")>
            <Icon name="e911-emergency" />
            <span class="side__word">{t!("leit-alarms")}</span>
        </a>
    }
    .into_any()
}

fn place(icon: &'static str, lit: &'static str, to: Route, section: Memo<Route>) -> AnyView {
    let desk = desk();
    let word = to.title();
    let tip = word.clone();
    let target = to.clone();
    let here = Memo::new({
        let to = to.clone();
        move |_| section.with(|section| *section == to)
    });
    view! {
        <a
            class="side__place"
            href=to.path()
            title=tip
            aria-current=move || here.get().then_some("page")
            on:click=move |event| route::follow(&event, desk.route, target.clone())
        >
            <Icon name=Signal::derive(move || if here.get() { lit } else { icon }) />
            <span class="side__word">{word}</span>
        </a>
    }
    .into_any()
}

/// Who is at work, and the way out.
fn who(desk: Desk) -> AnyView {
    let name = desk
        .me
        .with_untracked(|me| me.as_ref().map(|me| me.name.clone()).unwrap_or_default());
    let how = if api::has_token() {
        t!("leit-by-token")
    } else {
        t!("leit-by-person")
    };
    let out = move |_| {
        leptos::task::spawn_local(async move {
            if !api::has_token() {
                // A session that the server can't be told to end ends by itself.
                let _ = Ask::delete("session").send().await;
            }
            desk.leave(false);
        });
    };
    view! {
        <div class="side__who">
            <Avatar name=name.clone() hue=avatar::hue(name.as_bytes()) size=40 />
            <span class="side__word grow"><b>{name}</b><span>{how}</span></span>
            {icon_button("logout", t!("leit-logout"), out)}
        </div>
    }
    .into_any()
}

fn above(section: Memo<Route>, menu: RwSignal<bool>, find: AnyView) -> AnyView {
    let desk = desk();
    let organisation = move || {
        let me = desk.me.get();
        me.and_then(|me| me.organisation)
            .map(|(_, name)| name)
            .unwrap_or_default()
    };
    view! {
        <header class="above">
            <button
                type="button"
                id="menu"
                class="icon-button above__menu"
                aria-label=t!("leit-menu")
                aria-expanded=move || if menu.get() { "true" } else { "false" }
                on:click=move |_| menu.update(|open| *open = !*open)
            >
                <Icon name=Signal::derive(move || if menu.get() { "close" } else { "menu" }) />
            </button>
            <p class="above__where">
                <span class="above__organisation">{organisation}</span>
                <Icon name="chevron-right" class="icon--small" />
                <b>{move || section.with(Route::title)}</b>
            </p>
            <span class="grow"></span>
            {find}
            {icon_button("contrast", t!("leit-theme"), |_| turn_theme())}
        </header>
    }
    .into_any()
}

/// The other theme, from now on.
fn turn_theme() {
    let html = dom::document().document_element();
    let dark = html.and_then(|html| html.get_attribute("data-kern-theme")).as_deref() == Some("dark");
    dom::remember("melder.theme", if dark { "light" } else { "dark" });
    if let Ok(event) = web_sys::Event::new("melder-theme") {
        let _ = dom::window().dispatch_event(&event);
    }
}

/// Asks before something that can't be taken back; a reason goes into the audit log.
fn question() -> AnyView {
    let desk = desk();
    let open = RwSignal::new(false);
    let reason = RwSignal::new(String::new());
    Effect::new(move |_| {
        let asked = desk.question.with(Option::is_some);
        if asked != open.get_untracked() {
            reason.set(String::new());
            open.set(asked);
        }
    });
    Effect::new(move |_| {
        if !open.get() && desk.question.with_untracked(Option::is_some) {
            desk.question.set(None);
        }
    });
    let title = Signal::derive(move || {
        let question = desk.question.get();
        question.map(|question| question.title).unwrap_or_default()
    });
    view! {
        <Dialog open=open title=title close_label=t!("close")>
            {move || desk.question.get().map(|asked| untrack(|| asking(desk, asked, reason)))}
        </Dialog>
    }
    .into_any()
}

fn asking(desk: Desk, asked: crate::state::Question, reason: RwSignal<String>) -> AnyView {
    let look = if asked.danger {
        "button button--danger"
    } else {
        "button button--main"
    };
    let then = asked.then;
    let go = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        desk.question.set(None);
        then.run(reason.get_untracked());
    };
    view! {
        <form class="stack" on:submit=go>
            {asked.lines.into_iter().map(|line| view! { <p>{line}</p> }).collect_view()}
            {text_field("reason", t!("leit-reason"), t!("leit-reason-hint"), reason, None)}
            <div class="actions">
                <button type="button" class="button button--plain" on:click=move |_| desk.question.set(None)>{t!("cancel")}</button>
                <button type="submit" class=look>{asked.action}</button>
            </div>
        </form>
    }
    .into_any()
}
