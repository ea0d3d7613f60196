// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Whom to write to.

use leptos::prelude::*;

#[component]
pub fn NewPane() -> impl IntoView {}
