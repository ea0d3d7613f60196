// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Oneself: name, duty, devices, security, notifications, help.

use leptos::prelude::*;

#[component]
pub fn ProfilePane() -> impl IntoView {}

#[component]
pub fn DevicesPane() -> impl IntoView {}

#[component]
pub fn LinkDevicePane() -> impl IntoView {}

#[component]
pub fn SecurityPane() -> impl IntoView {}

#[component]
pub fn NotificationsPane() -> impl IntoView {}

#[component]
pub fn HelpPane() -> impl IntoView {}
