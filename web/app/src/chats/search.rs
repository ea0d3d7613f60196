// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The search over everything on this device.

use leptos::prelude::*;

#[component]
pub fn SearchPane(within: Option<melder_port::GroupId>) -> impl IntoView { let _ = within; }
