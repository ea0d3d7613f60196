// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The recovery code: made here, shown once, to be written down or printed. It is kept nowhere on this device.

use leptos::prelude::*;
use melder_kit::dom::spawn_local;
use melder_kit::{Busy, Icon, dom, t, toast};
use melder_port::{Answer, Ask, Failure};

use crate::fetch;
use crate::state::{app, say};

#[derive(Clone, PartialEq, Eq)]
enum Stage {
    Ready,
    Making,
    Shown(Vec<String>),
    Failed(String),
}

/// Makes a code and shows it. `exists`: an older one becomes void. `done`: the person has it on paper.
#[component]
pub fn RecoveryCode(done: Callback<()>, #[prop(default = false)] exists: bool) -> impl IntoView {
    let stage = RwSignal::new(Stage::Ready);
    let make = move || {
        if stage.with_untracked(|stage| *stage == Stage::Making) {
            return;
        }
        stage.set(Stage::Making);
        spawn_local(async move {
            let next = match fetch!(Ask::CreateRecoveryCode => Answer::RecoveryWords) {
                Ok(words) => Stage::Shown(words.split_whitespace().map(str::to_owned).collect()),
                Err(Failure::Refused(code)) if code == "forbidden_by_policy" => Stage::Failed(t!("recovery-forbidden")),
                Err(failure) => Stage::Failed(say(&failure)),
            };
            let _ = stage.try_update(|stage| *stage = next);
            dom::focus_soon("#recovery-words");
        });
    };
    move || match stage.get() {
        Stage::Shown(words) => view! { <Words words done /> }.into_any(),
        Stage::Failed(text) => view! {
            <div class="notice notice--danger" role="alert">
                <Icon name="error-outline" />
                <p class="grow">{text}</p>
            </div>
            <div class="actions">
                <button class="button button--second" on:click=move |_| make()>{t!("try-again")}</button>
            </div>
        }
        .into_any(),
        other => {
            let making = other == Stage::Making;
            view! {
                <p>{t!("recovery-lead")}</p>
                {exists
                    .then(|| {
                        view! {
                            <div class="notice notice--warning">
                                <Icon name="warning" />
                                <p class="grow">{t!("recovery-replaces")}</p>
                            </div>
                        }
                    })}
                <div class="actions">
                    <button
                        class="button button--main"
                        aria-busy=if making { "true" } else { "false" }
                        on:click=move |_| make()
                    >
                        {making.then(|| view! { <Busy /> })}
                        {t!("recovery-make")}
                    </button>
                </div>
            }
            .into_any()
        }
    }
}

#[component]
fn Words(words: Vec<String>, done: Callback<()>) -> impl IntoView {
    let (organisation, server) = app().own.with_untracked(|own| {
        own.as_ref()
            .map(|own| (own.organisation_name.clone(), own.server.clone()))
            .unwrap_or_default()
    });
    let text = words.join(" ");
    let copy = move |_| {
        let promise = dom::window().navigator().clipboard().write_text(&text);
        spawn_local(async move {
            match wasm_bindgen_futures::JsFuture::from(promise).await {
                Ok(_) => toast(t!("recovery-copied")),
                Err(_) => toast(t!("copy-failed")),
            }
        });
    };
    view! {
        <div class="recovery">
            <p class="strong recovery__once" id="recovery-words" tabindex="-1">{t!("recovery-once")}</p>
            <p class="print-only">{t!("recovery-paper", organisation = organisation, server = server)}</p>
            <ol class="recovery__words">
                {words.into_iter().map(|word| view! { <li class="mono">{word}</li> }).collect_view()}
            </ol>
            <p class="small muted">{t!("recovery-care")}</p>
        </div>
        <div class="actions">
            <button class="button button--plain" on:click=copy>
                <Icon name="content-copy-outline" />
                {t!("copy")}
            </button>
            <button
                class="button button--second"
                on:click=move |_| {
                    let _ = dom::window().print();
                }
            >
                <Icon name="print-outline" />
                {t!("print")}
            </button>
            <button class="button button--main" on:click=move |_| done.run(())>{t!("recovery-done")}</button>
        </div>
    }
}
