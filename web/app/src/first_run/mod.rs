// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! From an invitation to the first chat; the lock; and what is shown when nothing goes on.

use leptos::prelude::*;

#[component]
pub fn FirstRun() -> impl IntoView {}

#[component]
pub fn LockScreen() -> impl IntoView {}

#[component]
pub fn Stopped() -> impl IntoView {}

#[component]
pub fn AcceptPane() -> impl IntoView {}
