// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What Melder is, in three sentences; the keys; version and licence.

use leptos::prelude::*;
use melder_kit::{Icon, Switch, dom, t};

use crate::profile::PaneBar;

const SHORTCUTS: &str = "melder.shortcuts";

#[component]
pub fn HelpPane() -> impl IntoView {
    let on = RwSignal::new(dom::remembered(SHORTCUTS).as_deref() != Some("off"));
    let set = move |now: bool| {
        dom::remember(SHORTCUTS, if now { "on" } else { "off" });
        on.set(now);
    };
    let key = |keys: &[String], what: String| {
        let keys = keys
            .iter()
            .map(|key| view! { <kbd class="key">{key.clone()}</kbd> })
            .collect_view();
        view! { <div class="keys__row"><dt class="row">{keys}</dt><dd>{what}</dd></div> }
    };
    let alt = || t!("key-alt");
    view! {
        <PaneBar title=t!("help-title") />
        <div class="page">
            <div class="page__inner">
                <section class="stack">
                    <p>{t!("help-what")}</p>
                    <p>{t!("help-who-reads")}</p>
                    <p>{t!("help-ask")}</p>
                </section>
                <section class="stack" aria-labelledby="help-keys">
                    <div class="row">
                        <h2 class="grow" id="help-keys">{t!("help-keys")}</h2>
                        <Switch on label=t!("help-keys-on") set />
                    </div>
                    <p class="small muted">{move || if on.get() { t!("help-keys-are-on") } else { t!("help-keys-are-off") }}</p>
                    <dl class="panel lines keys">
                        {key(&[t!("key-ctrl"), "K".into()], t!("help-key-search"))}
                        {key(&[alt(), "N".into()], t!("help-key-new"))}
                        {key(&[alt(), "↑".into()], t!("help-key-previous"))}
                        {key(&[alt(), "↓".into()], t!("help-key-next"))}
                        {key(&[alt(), "B".into()], t!("help-key-confirm"))}
                        {key(&[alt(), "I".into()], t!("help-key-info"))}
                        {key(&[alt(), "H".into()], t!("help-key-help"))}
                        {key(&["F6".into()], t!("help-key-pane"))}
                        {key(&["Esc".into()], t!("help-key-back"))}
                    </dl>
                </section>
                <section class="stack" aria-labelledby="help-about">
                    <h2 id="help-about">{t!("help-about")}</h2>
                    <dl class="panel lines">
                        <div class="line"><dt class="grow">{t!("help-version")}</dt><dd class="mono">{env!("CARGO_PKG_VERSION")}</dd></div>
                        <div class="line"><dt class="grow">{t!("help-licence")}</dt><dd>"EUPL-1.2"</dd></div>
                    </dl>
                    <p class="small muted">
                        <Icon name="info-outline" class="icon--small" />
                        " "
                        {t!("help-licence-text")}
                    </p>
                </section>
            </div>
        </div>
    }
}
