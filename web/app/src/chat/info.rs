// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What stands beside a chat: who is in it, how far they are trusted, how it is kept.

use leptos::prelude::*;
use melder_port::GroupId;

#[component]
pub fn InfoPane(group: GroupId) -> impl IntoView {
    view! { <crate::people::group::Pane group /> }
}
