// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! All that opens above a chat, one at a time.

mod asking;
mod forward;
mod photo;

use std::sync::Arc;

use leptos::prelude::*;
use melder_kit::dom;
use melder_port::MessageId;
use melder_port::view::{Body, File, Message};
use wasm_bindgen::JsCast;

use crate::alarm::ReachPane;
use crate::chat::{Ctx, composer, ctx, menu};
use crate::later::{What, later};

/// What is open.
#[derive(Debug, Clone, PartialEq)]
pub enum Over {
    /// Of a message, at a point of the page.
    Menu(Arc<Message>, (i32, i32)),
    React(MessageId),
    /// A failed message, out of the outbox.
    Discard(MessageId),
    Delete(Arc<Message>),
    Forward(Arc<Message>),
    Reach(Arc<Message>),
    Photo(Arc<Message>, Box<File>),
    Add,
    Emoji,
    Alarm,
    Poll,
    Report,
    Place,
    Later,
    Confirm,
    Expiry,
    Contact,
}

/// A signal for a dialog that stands open until it says otherwise.
#[must_use]
pub fn opened(ctx: Ctx) -> RwSignal<bool> {
    let open = RwSignal::new(true);
    let this = ctx.over.get_untracked();
    melder_kit::dom::effect(move || {
        if !open.get() {
            let this = this.clone();
            // The dialog closes itself first, so that the keyboard goes back to where it came from.
            dom::after(0, move || {
                if ctx.over.try_get_untracked() == Some(this) {
                    ctx.over.set(None);
                }
            });
        }
    });
    open
}

/// What has the keyboard, unless it is nothing in particular.
fn active() -> Option<web_sys::HtmlElement> {
    let element = dom::document().active_element()?;
    let is_page = element.tag_name().eq_ignore_ascii_case("body");
    element.dyn_into().ok().filter(|_| !is_page)
}

/// One opened out of another loses where the keyboard came from: it goes back there.
fn focus_back(to: StoredValue<Option<web_sys::HtmlElement>, LocalStorage>) {
    if active().is_none()
        && let Some(Some(element)) = to.try_update_value(Option::take)
        && element.is_connected()
    {
        let _ = element.focus();
    }
}

#[component]
pub fn Overs() -> impl IntoView {
    let ctx = ctx();
    let before = StoredValue::new_local(None::<web_sys::HtmlElement>);
    Effect::new(move |was_open: Option<bool>| {
        let is_open = ctx.over.with(Option::is_some);
        match (was_open.unwrap_or(false), is_open) {
            (false, true) => before.set_value(active()),
            (true, false) => dom::after(0, move || focus_back(before)),
            _ => {}
        }
        is_open
    });
    move || ctx.over.get().map(|over| later(What::Over(over)))
}

/// One of them, for [`later`].
pub fn draw(over: Over) -> AnyView {
    match over {
        Over::Menu(message, at) => view! { <menu::Menu message at /> }.into_any(),
        Over::React(id) => view! { <composer::emoji::ReactSheet id /> }.into_any(),
        Over::Discard(id) => view! { <asking::Discard id /> }.into_any(),
        Over::Delete(message) => view! { <asking::Delete message /> }.into_any(),
        Over::Forward(message) => view! { <forward::Forward message /> }.into_any(),
        Over::Reach(message) => {
            let alarm = match message.body {
                Body::Alarm { on_duty, .. } => Some(on_duty),
                _ => None,
            };
            view! { <ReachPane open=opened(ctx()) group=message.group message=message.id alarm /> }.into_any()
        }
        Over::Photo(message, file) => view! { <photo::Viewer message file=*file /> }.into_any(),
        Over::Add => view! { <composer::add::AddSheet /> }.into_any(),
        Over::Emoji => view! { <composer::emoji::InsertSheet /> }.into_any(),
        Over::Alarm => view! { <composer::alarm::AlarmDialog /> }.into_any(),
        Over::Poll => view! { <composer::poll::PollDialog /> }.into_any(),
        Over::Report => view! { <composer::report::ReportDialog /> }.into_any(),
        Over::Place => view! { <composer::place::PlaceDialog /> }.into_any(),
        Over::Later => view! { <composer::later::LaterDialog /> }.into_any(),
        Over::Confirm => view! { <composer::later::ConfirmDialog /> }.into_any(),
        Over::Expiry => view! { <composer::later::ExpiryDialog /> }.into_any(),
        Over::Contact => view! { <composer::contact::ContactDialog /> }.into_any(),
    }
}
