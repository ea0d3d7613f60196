// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Oneself: name, duty, devices, security, notifications, help. [`background`], [`push`], [`recovery`] and [`theme`] serve other parts as well.

pub mod background;
pub mod devices;
mod duty;
mod help;
mod link_device;
mod notice;
mod notifications;
mod pane;
mod passkey;
mod privacy;
pub mod push;
pub mod recovery;
mod security;
pub mod theme;

pub use devices::DevicesPane;
pub use help::HelpPane;
pub use link_device::LinkDevicePane;
pub use notice::Notice;
pub use notifications::NotificationsPane;
pub use pane::ProfilePane;
pub use security::SecurityPane;

use leptos::prelude::*;
use melder_kit::{Icon, dom, t};

use crate::route::{self, Route};
use crate::state::app;

/// Head of a pane, with the way back to where it belongs.
#[component]
fn PaneBar(#[prop(into)] title: String, #[prop(default = Route::Profile)] to: Route) -> impl IntoView {
    let app = app();
    let target = to.clone();
    dom::focus_soon("#pane-title");
    view! {
        <header class="bar bar--line bar--back">
            <a
                class="icon-button"
                href=to.path()
                aria-label=t!("back")
                title=t!("back")
                on:click=move |event| route::follow(&event, app.route, target.clone())
            >
                <Icon name="arrow-back" />
            </a>
            <h1 class="grow" id="pane-title" tabindex="-1">{title}</h1>
        </header>
    }
}
