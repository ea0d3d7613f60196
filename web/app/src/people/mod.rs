// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Contacts, profiles, and the founding of groups.

use leptos::prelude::*;
use melder_port::AccountId;

#[component]
pub fn ContactsPane() -> impl IntoView {}

#[component]
pub fn ContactPane(account: AccountId) -> impl IntoView { let _ = account; }

#[component]
pub fn NewGroupPane(channel: bool) -> impl IntoView { let _ = channel; }

#[component]
pub fn VerifyPane(account: AccountId) -> impl IntoView { let _ = account; }
