// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Before something goes that cannot come back: asks, and says what follows.

use std::sync::Arc;

use leptos::prelude::*;
use melder_kit::{Dialog, t};
use melder_port::view::{DraftContent, Message};
use melder_port::{Ask, MessageId};

use crate::chat::{ctx, over};
use crate::state::act;

/// Takes a message back from everybody.
#[component]
pub fn Delete(message: Arc<Message>) -> impl IntoView {
    let ctx = ctx();
    let open = over::opened(ctx);
    let id = message.id;
    let delete = move |_| {
        ctx.send(DraftContent::Delete(id));
        open.set(false);
    };
    view! {
        <Dialog open title=t!("delete-message-title") close_label=t!("close")>
            <p>{t!("delete-message-text")}</p>
            <div class="actions">
                <button class="button button--plain" on:click=move |_| open.set(false)>{t!("cancel")}</button>
                <button class="button button--danger" on:click=delete>{t!("delete-for-all")}</button>
            </div>
        </Dialog>
    }
}

/// Takes a message that was never sent out of the outbox.
#[component]
pub fn Discard(id: MessageId) -> impl IntoView {
    let ctx = ctx();
    let open = over::opened(ctx);
    let discard = move |_| {
        act(Ask::Cancel(id));
        open.set(false);
    };
    view! {
        <Dialog open title=t!("discard-title") close_label=t!("close")>
            <p>{t!("discard-text")}</p>
            <div class="actions">
                <button class="button button--plain" on:click=move |_| open.set(false)>{t!("cancel")}</button>
                <button class="button button--danger" on:click=discard>{t!("message-delete")}</button>
            </div>
        </Dialog>
    }
}
