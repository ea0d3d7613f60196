// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What one can do with a message: a small menu beside it, a sheet on a phone. It opens by its button, by the context menu
//! (right press, long press, the key for it), and by Enter on a message.

use std::sync::Arc;

use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use melder_kit::{Icon, dom, t, toast};
use melder_port::Ask;
use melder_port::view::{Body, Message, State};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::Element;

use crate::chat::body::text;
use crate::chat::composer::emoji::QUICK;
use crate::chat::over::{self, Over};
use crate::chat::{Ctx, bubble, ctx};
use crate::state::act_then;

/// A finger rests after this time.
const LONG_MS: i32 = 550;

/// The button beside a bubble.
#[component]
pub fn MenuButton(message: Signal<Arc<Message>>) -> impl IntoView {
    let ctx = ctx();
    let open = move |event: ev::MouseEvent| {
        event.stop_propagation();
        let beside = event
            .current_target()
            .and_then(|target| target.dyn_into::<Element>().ok())
            .map(|element| element.get_bounding_client_rect());
        #[expect(clippy::cast_possible_truncation, reason = "pixels")]
        let at = beside.map_or((0, 0), |rect| (rect.left() as i32, rect.bottom() as i32));
        ctx.over.set(Some(Over::Menu(message.get_untracked(), at)));
    };
    view! {
        <button class="icon-button message__menu" aria-label=t!("message-menu") title=t!("message-menu") aria-haspopup="dialog" on:click=open>
            <Icon name="more-vert" />
        </button>
    }
}

/// A right press or a long press. Marked text and links keep the browser's own menu.
pub fn by_pointer(event: &ev::MouseEvent, ctx: Ctx, message: Signal<Arc<Message>>) {
    let on_link = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok())
        .and_then(|element| element.closest("a, input, textarea").ok().flatten())
        .is_some();
    let marked = dom::window()
        .get_selection()
        .ok()
        .flatten()
        .is_some_and(|selection| !selection.is_collapsed());
    if on_link || (marked && event.buttons() != 0) {
        return;
    }
    event.prevent_default();
    ctx.over.set(Some(Over::Menu(
        message.get_untracked(),
        (event.client_x(), event.client_y()),
    )));
}

/// A finger that rests on a message: some browsers have no context menu for it.
#[derive(Debug, Clone, Copy)]
pub struct LongPress(StoredValue<Option<(i32, i32)>>);

impl LongPress {
    pub fn new() -> Self {
        Self(StoredValue::new(None))
    }

    pub fn begin(self, event: &ev::PointerEvent, ctx: Ctx, message: Signal<Arc<Message>>) {
        if event.pointer_type() != "touch" {
            return;
        }
        let at = (event.client_x(), event.client_y());
        self.0.set_value(Some(at));
        dom::after(LONG_MS, move || {
            let rests = self.0.try_update_value(Option::take).flatten() == Some(at);
            if rests && ctx.over.with_untracked(Option::is_none) {
                ctx.over.set(Some(Over::Menu(message.get_untracked(), at)));
            }
        });
    }

    /// It was lifted, or it scrolls.
    pub fn end(self) {
        self.0.set_value(None);
    }
}

/// Enter on a message.
pub fn by_key(event: &ev::KeyboardEvent, ctx: Ctx, message: Signal<Arc<Message>>) {
    if event.key() != "Enter" || event.target() != event.current_target() {
        return;
    }
    event.prevent_default();
    let rect = event
        .current_target()
        .and_then(|target| target.dyn_into::<Element>().ok())
        .map(|element| element.get_bounding_client_rect());
    #[expect(clippy::cast_possible_truncation, reason = "pixels")]
    let at = rect.map_or((0, 0), |rect| ((rect.left() + 48.0) as i32, rect.top().max(0.0) as i32));
    ctx.over.set(Some(Over::Menu(message.get_untracked(), at)));
}

/// Can it be edited? Only one's own text that was sent, and only here.
#[must_use]
fn editable(message: &Message) -> bool {
    message.own
        && matches!(message.body, Body::Text(_))
        && message.confirmation.is_none()
        && matches!(message.state, State::Sent | State::Delivered | State::Pending)
}

/// What is put into the clipboard.
fn copied(message: &Message) -> Option<String> {
    match &message.body {
        Body::Text(spans) => Some(text::plain(spans)),
        Body::Files { caption, .. } if !caption.is_empty() => Some(text::plain(caption)),
        Body::Alarm { text, .. } | Body::Operation { text } => Some(text.clone()),
        Body::Location { place, .. } => Some(crate::chat::body::coordinates(*place)),
        Body::Poll(_) | Body::Report { .. } | Body::Contact { .. } => Some(bubble::gist(message)),
        Body::Files { .. } | Body::Deleted | Body::Unknown => None,
    }
}

/// The menu itself.
#[component]
pub fn Menu(message: Arc<Message>, at: (i32, i32)) -> impl IntoView {
    let ctx = ctx();
    let open = over::opened(ctx);
    let node = NodeRef::<html::Dialog>::new();
    melder_kit::dom::effect(move || {
        let Some(dialog) = node.get() else { return };
        if open.get() && !dialog.open() {
            let _ = dialog.show_modal();
        } else if !open.get() && dialog.open() {
            dialog.close();
        }
    });
    let outside = move |event: ev::MouseEvent| {
        if event.target() == event.current_target() {
            open.set(false);
        }
    };
    let keys = move |event: ev::KeyboardEvent| {
        let down = match event.key().as_str() {
            "ArrowDown" => true,
            "ArrowUp" => false,
            _ => return,
        };
        event.prevent_default();
        if let Some(from) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) {
            dom::rove(&from, ".menu", "button", down);
        }
    };
    let deleted = matches!(message.body, Body::Deleted);
    let may_write = untrack(|| ctx.may_write());
    let label = bubble::gist(&message);
    view! {
        <dialog
            class="menu"
            node_ref=node
            aria-label=t!("message-menu-of", text = label.as_str())
            style:left=format!("min({}px, calc(100vw - 18.5rem))", at.0.max(8))
            style:top=format!("min({}px, calc(100dvh - 29rem))", at.1.max(8))
            on:close=move |_| { let _ = open.try_set(false); }
            on:click=outside
            on:keydown=keys
        >
            <div class="menu__inner">
                {(may_write && !deleted && message.sequence.is_some()).then(|| quick_row(ctx, &message, open))}
                {items(ctx, &message, open, may_write && !deleted)}
            </div>
        </dialog>
    }
}

fn quick_row(ctx: Ctx, message: &Arc<Message>, open: RwSignal<bool>) -> AnyView {
    let id = message.id;
    let own: Vec<String> = message
        .reactions
        .iter()
        .filter(|reaction| reaction.own)
        .map(|reaction| reaction.emoji.clone())
        .collect();
    let buttons = QUICK
        .iter()
        .map(|emoji| {
            let is_own = own.iter().any(|other| other == emoji);
            view! {
                <button
                    aria-pressed=if is_own { "true" } else { "false" }
                    aria-label=t!("react-with", emoji = *emoji)
                    on:click=move |_| {
                        bubble::react(ctx, id, emoji, is_own);
                        open.set(false);
                    }
                >
                    {*emoji}
                </button>
            }
        })
        .collect_view();
    view! {
        <div class="emoji-row" role="group" aria-label=t!("react")>
            {buttons}
            <button aria-label=t!("react-more") title=t!("react-more") on:click=move |_| ctx.over.set(Some(Over::React(id)))>
                <Icon name="add-reaction-outline" />
            </button>
        </div>
    }
    .into_any()
}

fn items(ctx: Ctx, message: &Arc<Message>, open: RwSignal<bool>, may_write: bool) -> AnyView {
    let reply = (may_write && message.sequence.is_some()).then(|| {
        let message = Arc::clone(message);
        item("reply", t!("message-reply"), move || {
            open.set(false);
            ctx.edit.set(None);
            ctx.reply.set(Some(Arc::clone(&message)));
            dom::focus_soon(".composer textarea");
        })
    });
    let copy = copied(message).map(|text| {
        item("content-copy-outline", t!("message-copy"), move || {
            open.set(false);
            if ctx
                .policy
                .with_untracked(|policy| policy.as_ref().is_some_and(|policy| !policy.export))
            {
                toast(t!("export-forbidden"));
            } else {
                copy_text(text.clone());
            }
        })
    });
    let may_forward = !matches!(message.body, Body::Deleted | Body::Unknown) && !untrack(|| ctx.is_outdated());
    let forward = (may_forward && message.sequence.is_some()).then(|| {
        let message = Arc::clone(message);
        item("forward", t!("message-forward"), move || {
            if ctx
                .policy
                .with_untracked(|policy| policy.as_ref().is_some_and(|policy| !policy.export))
            {
                open.set(false);
                toast(t!("export-forbidden"));
            } else {
                ctx.over.set(Some(Over::Forward(Arc::clone(&message))));
            }
        })
    });
    let edit = (may_write && editable(message)).then(|| {
        let message = Arc::clone(message);
        item("edit-outline", t!("message-edit"), move || {
            open.set(false);
            ctx.reply.set(None);
            ctx.edit.set(Some(Arc::clone(&message)));
            dom::focus_soon(".composer textarea");
        })
    });
    let info = (message.own && message.sequence.is_some() && !matches!(message.body, Body::Deleted)).then(|| {
        let message = Arc::clone(message);
        item("info-outline", t!("message-reach"), move || {
            ctx.over.set(Some(Over::Reach(Arc::clone(&message))))
        })
    });
    let cancel = matches!(message.state, State::Scheduled(_) | State::Pending).then(|| {
        let id = message.id;
        item("close", t!("do-not-send"), move || {
            open.set(false);
            act_then(Ask::Cancel(id), |_| toast(t!("not-sent-now")));
        })
    });
    let delete = (message.own && message.sequence.is_some() && !matches!(message.body, Body::Deleted)).then(|| {
        let message = Arc::clone(message);
        item("delete-outline", t!("message-delete"), move || {
            ctx.over.set(Some(Over::Delete(Arc::clone(&message))))
        })
    });
    view! { {reply} {copy} {forward} {edit} {info} {cancel} {delete} }.into_any()
}

fn item(icon: &'static str, word: String, act: impl Fn() + 'static) -> AnyView {
    view! {
        <button class="menu__item" on:click=move |_| act()>
            <Icon name=icon />
            {word}
        </button>
    }
    .into_any()
}

fn copy_text(text: String) {
    melder_kit::dom::spawn_local(async move {
        let writing = dom::window().navigator().clipboard().write_text(&text);
        match JsFuture::from(writing).await {
            Ok(_) => toast(t!("message-copied")),
            Err(_) => toast(t!("browser-refused")),
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::testing::message;

    #[test]
    fn only_ones_own_sent_text_is_edited() {
        let mut own = message(1);
        own.own = true;
        own.state = State::Sent;
        assert!(editable(&own));
        own.state = State::Failed("offline".into());
        assert!(!editable(&own));
        let mut other = message(2);
        other.state = State::Sent;
        assert!(!editable(&other));
    }

    #[test]
    fn a_text_is_copied_as_it_was_typed() {
        assert_eq!(copied(&message(3)).as_deref(), Some("Nachricht 3"));
        let mut gone = message(3);
        gone.body = Body::Deleted;
        assert_eq!(copied(&gone), None);
    }
}
