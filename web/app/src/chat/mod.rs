// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! One chat: timeline, composer, side pane.

use leptos::prelude::*;
use melder_port::GroupId;

mod info;

pub use info::InfoPane;

#[component]
pub fn ChatPane(group: GroupId) -> impl IntoView { let _ = group; }
