// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A QR code: dark on white in both themes, square finders, a quiet zone of four modules, level Q. The same text stands
//! beside it wherever it is used. Who computes it is told by the app ([`drawn_by`]): what draws and reads codes lives in
//! the worker, since it weighs more than the screens that show them.

use std::cell::Cell;
use std::pin::Pin;

use leptos::prelude::*;

use crate::dom;

/// A code as a drawing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// The dark modules, one unit each.
    pub path: String,
    /// Its side's length in modules, with the white around it.
    pub side: u32,
}

/// Turns a text into its code; `None`: it is too long, or cannot be asked now.
pub type Draw = fn(String) -> Pin<Box<dyn Future<Output = Option<Code>>>>;

thread_local! {
    static DRAW: Cell<Option<Draw>> = const { Cell::new(None) };
}

/// Says who draws, once for the page.
pub fn drawn_by(draw: Draw) {
    DRAW.set(Some(draw));
}

/// `label`: what it is for.
#[component]
pub fn QrCode(#[prop(into)] text: Signal<String>, #[prop(into)] label: Signal<String>) -> impl IntoView {
    let code = RwSignal::new(None::<Code>);
    dom::effect(move || {
        let wanted = text.get();
        let Some(draw) = DRAW.get() else { return };
        dom::spawn_local(async move {
            let drawn = draw(wanted.clone()).await;
            // Meanwhile it may be gone, or another.
            if text.try_get_untracked() == Some(wanted) {
                let _ = code.try_set(drawn);
            }
        });
    });
    move || {
        code.get().map(|Code { path, side }| {
            view! {
                <svg class="qr" viewBox=format!("0 0 {side} {side}") role="img" aria-label=label.get()>
                    <rect width=side height=side fill="#fff"></rect>
                    <path d=path fill="#131525"></path>
                </svg>
            }
        })
    }
}
