// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What opens over the page: a dialog that asks, a sheet that offers. Both are the browser's own `<dialog>`, so focus stays
//! inside, Escape closes, and the page behind is inert.

use leptos::ev;
use leptos::html;
use leptos::prelude::*;

use crate::icon::Icon;
use crate::{dom, toast};

/// Opens and closes the element with the signal; its `close` event must do the other way round.
pub fn bind(node: NodeRef<html::Dialog>, open: RwSignal<bool>) {
    crate::dom::effect(move || {
        let Some(dialog) = node.get() else { return };
        if open.get() && !dialog.open() {
            let _ = dialog.show_modal();
        } else if !open.get() && dialog.open() {
            dialog.close();
        }
        toast::within_reach();
    });
    // When it goes with its screen, it is not there any more a moment later.
    on_cleanup(|| dom::after(0, toast::within_reach));
}

/// Asks or tells. `title` is its name; the actions stand last among the children.
#[component]
pub fn Dialog(
    open: RwSignal<bool>,
    #[prop(into)] title: Signal<String>,
    #[prop(into)] close_label: Signal<String>,
    children: ChildrenFn,
) -> impl IntoView {
    let node = NodeRef::new();
    bind(node, open);
    view! {
        <dialog class="kern-dialog dialog" node_ref=node aria-label=move || title.get() on:close=move |_| { let _ = open.try_set(false); }>
            <header class="kern-dialog__header">
                <h2 class="kern-title">{move || title.get()}</h2>
                <button class="icon-button" aria-label=move || close_label.get() on:click=move |_| open.set(false)>
                    <Icon name="close" />
                </button>
            </header>
            <section class="kern-dialog__body">{move || open.get().then(|| children())}</section>
        </dialog>
    }
}

/// Rises from below on a phone, and stands as a small window elsewhere.
#[component]
pub fn Sheet(
    open: RwSignal<bool>,
    #[prop(into)] title: Signal<String>,
    #[prop(into)] close_label: Signal<String>,
    children: ChildrenFn,
) -> impl IntoView {
    let node = NodeRef::new();
    bind(node, open);
    let outside = move |event: ev::MouseEvent| {
        // A press on the backdrop has the dialog itself as its target.
        if event.target() == event.current_target() {
            open.set(false);
        }
    };
    view! {
        <dialog
            class="sheet"
            node_ref=node
            aria-label=move || title.get()
            on:close=move |_| { let _ = open.try_set(false); }
            on:click=outside
        >
            <div class="sheet__inner">
                <header class="sheet__head">
                    <h2 class="sheet__title">{move || title.get()}</h2>
                    <button class="icon-button" aria-label=move || close_label.get() on:click=move |_| open.set(false)>
                        <Icon name="close" />
                    </button>
                </header>
                {move || open.get().then(|| children())}
            </div>
        </dialog>
    }
}
