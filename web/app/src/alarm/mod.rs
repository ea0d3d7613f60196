// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The alarm that fills the screen until it is confirmed.

use leptos::prelude::*;

#[component]
pub fn AlarmScreen() -> impl IntoView {}

/// Who got an own message, who confirmed it. For its sender.
#[component]
pub fn ReachPane(open: RwSignal<bool>, group: melder_port::GroupId, message: melder_port::MessageId) -> impl IntoView {
    let _ = (open, group, message);
}
