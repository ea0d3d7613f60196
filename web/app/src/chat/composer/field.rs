// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The field itself: it grows with its text, Enter sends where there is a real keyboard, `@` offers the people of the chat.

use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use melder_kit::{Avatar, Icon, avatar, dom, t};
use melder_port::AccountId;

use crate::chat::composer::writing::{Writing, writing};
use crate::chat::composer::{files, mentions};
use crate::chat::over::Over;
use crate::chat::{Ctx, ctx};

/// People that are offered at once.
const OFFERED: usize = 6;
/// Rows that the field grows to, in pixels of text.
const TALLEST: i32 = 160;

/// Is there a keyboard of glass only? Then Enter is a new line.
fn touch_only() -> bool {
    dom::window()
        .match_media("(hover: none) and (pointer: coarse)")
        .ok()
        .flatten()
        .is_some_and(|query| query.matches())
}

/// Who is offered behind an `@`, and which of them is lit.
#[derive(Debug, Clone, Copy)]
struct Offer {
    ctx: Ctx,
    writing: Writing,
    people: RwSignal<Vec<(String, AccountId, String)>>,
    lit: RwSignal<usize>,
}

impl Offer {
    /// Looks again at what stands before the caret.
    fn look(self) {
        let found = self.writing.text.with_untracked(|text| {
            let caret = mentions::byte_at(text, self.writing.caret.get_value());
            let (_, typed) = mentions::asked(text, caret)?;
            Some(self.ctx.members.with_untracked(|members| {
                members
                    .iter()
                    .filter(|member| !member.own && mentions::fits(&member.contact.name, typed))
                    .take(OFFERED)
                    .map(|member| {
                        let more = member.contact.function.clone().unwrap_or_default();
                        (member.contact.name.clone(), member.contact.account, more)
                    })
                    .collect::<Vec<_>>()
            }))
        });
        let found = found.unwrap_or_default();
        if self.people.with_untracked(|people| *people != found) {
            self.lit.set(0);
            self.people.set(found);
        }
    }

    fn choose(self, at: usize) {
        let Some((name, account, _)) = self.people.with_untracked(|people| people.get(at).cloned()) else {
            return;
        };
        let text = self.writing.text.get_untracked();
        let caret = mentions::byte_at(&text, self.writing.caret.get_value());
        let Some((start, _)) = mentions::asked(&text, caret) else {
            return;
        };
        let (before, after) = (
            text.get(..start).unwrap_or_default(),
            text.get(caret..).unwrap_or_default(),
        );
        let with = format!("{before}@{name} ");
        let place = mentions::utf16_at(&with, with.len());
        self.writing.text.set(format!("{with}{after}"));
        self.writing.named.update(|named| named.push((name, account)));
        self.people.set(Vec::new());
        self.writing.put_caret(place);
        self.writing.keep();
    }

    /// Keys that move in the offer; `true`: taken.
    fn key(self, key: &str) -> bool {
        let count = self.people.with_untracked(Vec::len);
        if count == 0 {
            return false;
        }
        match key {
            "ArrowDown" => self.lit.update(|lit| *lit = (*lit + 1) % count),
            "ArrowUp" => self.lit.update(|lit| *lit = (*lit + count - 1) % count),
            "Enter" | "Tab" => self.choose(self.lit.get_untracked()),
            "Escape" => self.people.set(Vec::new()),
            _ => return false,
        }
        true
    }
}

#[component]
pub fn Field() -> impl IntoView {
    let ctx = ctx();
    let writing = writing();
    let node = NodeRef::<html::Textarea>::new();
    let offer = Offer {
        ctx,
        writing,
        people: RwSignal::new(Vec::new()),
        lit: RwSignal::new(0),
    };
    melder_kit::dom::effect(move || {
        writing.text.track();
        if let Some(field) = node.get() {
            // Once the text stands in it.
            dom::after(0, move || grow(&field));
        }
    });
    let note_caret = move || {
        if let Some(field) = node.get_untracked()
            && let Ok(Some(caret)) = field.selection_end()
        {
            writing.caret.set_value(caret);
            offer.look();
        }
    };
    let typed = move |event: ev::Event| {
        writing.text.set(event_target_value(&event));
        note_caret();
        writing.keep();
    };
    let keys = move |event: ev::KeyboardEvent| {
        let key = event.key();
        if event.is_composing() {
            return;
        }
        if offer.key(&key) {
            event.prevent_default();
            event.stop_propagation();
            return;
        }
        match key.as_str() {
            "Enter" if !event.shift_key() && !event.alt_key() && (event.ctrl_key() || !touch_only()) => {
                event.prevent_default();
                writing.send();
            }
            "Escape" if ctx.edit.with_untracked(Option::is_some) || ctx.reply.with_untracked(Option::is_some) => {
                event.prevent_default();
                ctx.edit.set(None);
                ctx.reply.set(None);
            }
            _ => {}
        }
    };
    let placeholder = move || match ctx.chat.with(|chat| chat.as_ref().map(|chat| chat.name.clone())) {
        Some(name) => t!("message-to", name = name),
        None => t!("message-word"),
    };
    view! {
        <div class="composer__field">
            <Suggestions offer />
            <Icon name="lock-outline" class="composer__lock" />
            <textarea
                rows="1"
                node_ref=node
                aria-label=placeholder
                placeholder=t!("message-word")
                aria-autocomplete="list"
                aria-controls="people-offered"
                aria-activedescendant=move || offer.people.with(|people| (!people.is_empty()).then(|| format!("offered-{}", offer.lit.get())))
                prop:value=move || writing.text.get()
                on:input=typed
                on:keydown=keys
                on:keyup=move |_| note_caret()
                on:click=move |_| note_caret()
                on:blur=move |_| {
                    writing.keep_now();
                    dom::after(150, move || { let _ = offer.people.try_set(Vec::new()); });
                }
                on:paste=move |event| files::pasted(&event, writing)
            ></textarea>
            <button class="icon-button only-wide" aria-label=t!("emoji") title=t!("emoji") aria-haspopup="dialog" on:click=move |_| ctx.over.set(Some(Over::Emoji))>
                <Icon name="mood-outline" />
            </button>
            <button class="icon-button" aria-label=t!("take-photo") title=t!("take-photo") on:click=move |_| files::choose(files::Way::Camera, writing)>
                <Icon name="photo-camera-outline" />
            </button>
        </div>
    }
}

/// As tall as its text, up to a limit.
fn grow(field: &web_sys::HtmlTextAreaElement) {
    let style = web_sys::HtmlElement::style(field);
    let _ = style.set_property("height", "auto");
    let height = field.scroll_height().min(TALLEST);
    let _ = style.set_property("height", &format!("{height}px"));
}

#[component]
fn Suggestions(offer: Offer) -> impl IntoView {
    let entry = move |at: usize, name: String, account: AccountId, more: String| {
        view! {
            <li
                id=format!("offered-{at}")
                role="option"
                class="offered"
                aria-selected=move || if offer.lit.get() == at { "true" } else { "false" }
                on:mousedown=move |event| {
                    event.prevent_default();
                    offer.choose(at);
                }
            >
                <Avatar name=name.clone() hue=avatar::hue(account.as_bytes()) size=32 />
                <span class="strong">{name.clone()}</span>
                <span class="small muted cut">{more.clone()}</span>
            </li>
        }
    };
    view! {
        <ul
            class="people-offered"
            id="people-offered"
            role="listbox"
            aria-label=t!("people-to-mention")
            hidden=move || offer.people.with(Vec::is_empty)
        >
            {move || {
                offer
                    .people
                    .get()
                    .into_iter()
                    .enumerate()
                    .map(|(at, (name, account, more))| entry(at, name, account, more))
                    .collect_view()
            }}
        </ul>
    }
}
