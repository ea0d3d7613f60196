// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Where the people come from: the authority's own directory, pulled by LDAP or provisioning by itself by SCIM, and how they come
//! in by its log-in. A page of sections; each reads and does its own.

mod ldap;
mod model;
mod plan;
mod runs;
mod scim;
mod setup;

use leptos::prelude::*;
use melder_kit::t;

use crate::model::Right;
use crate::parts::screen;
use crate::state::desk;

pub fn directory() -> AnyView {
    let desk = desk();
    let body = view! {
        <p class="muted directory__about">{t!("leit-directory-about")}</p>
        <div class="stack">
            {ldap::section(desk)}
            {scim::section(desk)}
            {desk.may(Right::Owner).then(crate::oidc::card)}
        </div>
    };
    screen(t!("leit-directory"), ().into_any(), body.into_any())
}
