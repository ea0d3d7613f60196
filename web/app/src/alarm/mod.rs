// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The alarm that fills the screen until it is confirmed.

use leptos::prelude::*;

#[component]
pub fn AlarmScreen() -> impl IntoView {}
