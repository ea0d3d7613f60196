// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The timeline on the page: the scrolling part, what stands in it while nothing is loaded, the way to the newest, and the
//! keys that go from message to message. `feed` fills it.

use leptos::html;
use leptos::prelude::*;
use melder_kit::dom::spawn_local;
use melder_kit::{Icon, dom, t};
use melder_port::{MessageId, Sequence};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

use crate::chat::announce::Announcements;
use crate::chat::feed::{Feed, Phase};
use crate::chat::rows::RowView;
use crate::chat::{Jump, ctx, scroll};
use crate::route::Route;
use crate::state::{app, on_news};

/// Keeps the place when anything in or around the timeline changes its size.
fn watch_sizes(feed: Feed, scroller: &web_sys::HtmlElement) {
    let changed = Closure::<dyn Fn()>::new(move || feed.place.keep());
    let Ok(observer) = web_sys::ResizeObserver::new(changed.as_ref().unchecked_ref()) else {
        return;
    };
    observer.observe(scroller);
    if let Some(inner) = scroller.first_element_child() {
        observer.observe(&inner);
    }
    let kept = StoredValue::new_local(Some((observer, changed)));
    on_cleanup(move || {
        if let Some(Some((observer, _))) = kept.try_update_value(Option::take) {
            observer.disconnect();
        }
    });
}

/// What was seen while the page was hidden is told once it is shown.
fn watch_page(feed: Feed) {
    let shown = Closure::<dyn Fn()>::new(move || feed.seen());
    let document = dom::document();
    let _ = document.add_event_listener_with_callback("visibilitychange", shown.as_ref().unchecked_ref());
    let kept = StoredValue::new_local(Some(shown));
    on_cleanup(move || {
        if let Some(Some(shown)) = kept.try_update_value(Option::take) {
            let _ =
                dom::document().remove_event_listener_with_callback("visibilitychange", shown.as_ref().unchecked_ref());
        }
    });
}

#[component]
pub fn Timeline() -> impl IntoView {
    let app = app();
    let ctx = ctx();
    let feed = Feed::new(ctx);
    provide_context(Found(feed.found));
    let scroller = NodeRef::<html::Div>::new();
    let at = move || match app.route.get() {
        Route::Chat { group, at } if group == ctx.group => at,
        _ => None,
    };
    feed.open(untrack(at));
    Effect::new(move |before: Option<Option<Sequence>>| {
        let at = at();
        if let (Some(before), Some(at)) = (before, at)
            && before != Some(at)
        {
            spawn_local(feed.go(at));
        }
        at
    });
    melder_kit::dom::effect(move || match ctx.jump.get() {
        None => {}
        Some(jump) => {
            ctx.jump.set(None);
            match jump {
                Jump::To(at) => spawn_local(feed.go(at)),
                Jump::End => feed.to_end(),
            }
        }
    });
    on_news(move |news| feed.hear(news));
    watch_page(feed);
    melder_kit::dom::effect(move || {
        if let Some(element) = scroller.get() {
            feed.place.set_scroller((*element).clone().unchecked_into());
            watch_sizes(feed, &element);
        }
    });
    let unread = Memo::new(move |_| ctx.chat.with(|chat| chat.as_ref().map_or(0, |chat| chat.unread)));
    view! {
        <Announcements announcer=feed.announcer />
        <div class="timeline-frame">
            <div
                class="timeline"
                role="region"
                aria-label=t!("chat-messages")
                tabindex="0"
                node_ref=scroller
                on:scroll=move |_| feed.scrolled()
                on:keydown=move |event| rove(&event, feed)
            >
                <div class="timeline__inner">
                    <For each=move || feed.rows.get() key=|cell| cell.key let:cell>
                        <RowView row=cell.row />
                    </For>
                </div>
            </div>
            {move || match feed.phase.get() {
                Phase::Loading => Some(view! { <Loading /> }.into_any()),
                Phase::Failed(why) => {
                    let again = move |_| {
                        feed.phase.set(Phase::Loading);
                        feed.open(None);
                    };
                    Some(view! {
                        <div class="timeline__cover">
                            <div class="empty" role="alert">
                                <Icon name="error-outline" />
                                <p>{why}</p>
                                <button class="button button--second" on:click=again><Icon name="replay" />{t!("chat-try-again")}</button>
                            </div>
                        </div>
                    }.into_any())
                }
                Phase::Shown if feed.empty.get() => Some(view! {
                    <div class="timeline__cover">
                        <div class="empty"><Icon name="forum-outline" /><p>{t!("chat-empty")}</p></div>
                    </div>
                }.into_any()),
                Phase::Shown => None,
            }}
            {move || {
                (feed.phase.get() == Phase::Shown && (!feed.place.at_end.get() || feed.more_after.get())).then(|| view! {
                    <button class="to-end" aria-label=move || match unread.get() {
                        0 => t!("to-newest"),
                        count => t!("to-newest-unread", count = count),
                    } on:click=move |_| feed.to_end()>
                        <Icon name="keyboard-arrow-down" />
                        {move || (unread.get() > 0).then(|| view! { <span class="count" aria-hidden="true">{unread.get().min(999)}</span> })}
                    </button>
                })
            }}
        </div>
    }
}

/// Which message was looked for, for a moment.
#[derive(Debug, Clone, Copy)]
pub struct Found(pub RwSignal<Option<MessageId>>);

/// Arrows go from message to message, Home and End to the first and last that are loaded.
fn rove(event: &leptos::ev::KeyboardEvent, feed: Feed) {
    let Some(target) = event
        .target()
        .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
    else {
        return;
    };
    let key = event.key();
    let on_row = target.class_list().contains("message") || target.class_list().contains("timeline");
    if !on_row || event.alt_key() || event.ctrl_key() || event.meta_key() {
        return;
    }
    match key.as_str() {
        "ArrowUp" | "ArrowDown" if target.class_list().contains("message") => {
            dom::rove(&target, ".timeline", ".message", key == "ArrowDown");
        }
        "ArrowUp" | "ArrowDown" => focus_seen(feed),
        "End" => {
            feed.to_end();
            scroll::before_painting(move || focus_seen(feed));
        }
        _ => return,
    }
    event.prevent_default();
}

/// Gives the keyboard to the last message that is seen.
fn focus_seen(feed: Feed) {
    let mut row = feed.place.last_seen();
    while let Some(element) = row {
        if element.class_list().contains("message") {
            if let Ok(element) = element.dyn_into::<web_sys::HtmlElement>() {
                let _ = element.focus();
            }
            return;
        }
        row = element.previous_element_sibling();
    }
}

/// The true shape of a chat, after a moment.
#[component]
fn Loading() -> impl IntoView {
    view! {
        <div class="timeline__cover timeline__cover--loading" aria-busy="true" aria-label=t!("chat-loading")>
            <div class="skeleton skeleton--bubble"></div>
            <div class="skeleton skeleton--bubble skeleton--own"></div>
            <div class="skeleton skeleton--bubble skeleton--long"></div>
            <div class="skeleton skeleton--bubble skeleton--own skeleton--long"></div>
        </div>
    }
}

/// The place of an entry as the page remembers it.
#[must_use]
pub fn place_of(entry: Option<Sequence>) -> Option<String> {
    entry.map(|place| place.0.to_string())
}
