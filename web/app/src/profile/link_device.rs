// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Lets a new device in: its code is scanned or typed, then both compare a number.
//!
//! What the new device shows as a QR code also proves that it is the one in front of the camera. That holds for the camera
//! alone: a code that came as a link or was pasted may come from a stranger, so of it only the short part is used, and the
//! number must be compared.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use melder_kit::dom::spawn_local;
use melder_kit::{Busy, Icon, dom, t};
use melder_port::{Ask, Failure, News};

use crate::first_run::address::{self, Brought, Reading};
use crate::first_run::link::{spaced_number, typed_part};
use crate::first_run::scan::{PictureButton, Scanner};
use crate::first_run::why;
use crate::port;
use crate::profile::PaneBar;
use crate::route::{self, Route};
use crate::state::{app, on_news};

#[derive(Debug, Clone, PartialEq, Eq)]
enum Stage {
    /// A link asked for it: does the person want that?
    Asked(String),
    Enter {
        camera: bool,
    },
    /// The devices speak with each other.
    Talking,
    Compare(String),
    Done,
    Failed(Failure),
}

#[derive(Debug, Clone, Copy)]
struct Linking {
    stage: RwSignal<Stage>,
    /// What was read is no code of a new device.
    wrong: RwSignal<bool>,
}

impl Linking {
    fn answer(self, code: String) {
        self.wrong.set(false);
        self.stage.set(Stage::Talking);
        self.ask(Ask::AnswerLink { code });
    }

    fn confirm(self, equal: bool) {
        if equal {
            self.stage.set(Stage::Talking);
            self.ask(Ask::ConfirmLink { equal });
        } else {
            spawn_local(async move {
                let _ = port::ask(Ask::ConfirmLink { equal }).await;
            });
            self.stage
                .set(Stage::Failed(Failure::Refused("link_numbers_differ".into())));
        }
    }

    fn ask(self, ask: Ask) {
        let confirms = matches!(ask, Ask::ConfirmLink { .. });
        spawn_local(async move {
            let answer = port::ask(ask).await;
            let _ = self.stage.try_update(|stage| match answer {
                // Answered, and a number is there: the person's turn. Without one it was scanned whole and is done.
                Ok(_) if !confirms && matches!(stage, Stage::Compare(_)) => {}
                Ok(_) => *stage = Stage::Done,
                Err(failure) => *stage = Stage::Failed(failure),
            });
        });
    }

    fn read(self, text: &str, by_camera: bool) {
        match address::read(text, &address::origin()) {
            Reading::Here(Brought::NewDevice(code)) if by_camera => self.answer(code),
            Reading::Here(Brought::NewDevice(code)) => self.answer(typed_part(&code)),
            _ => self.wrong.set(true),
        }
    }
}

#[component]
pub fn LinkDevicePane() -> impl IntoView {
    let app = app();
    let linking = Linking {
        stage: RwSignal::new(Stage::Enter { camera: true }),
        wrong: RwSignal::new(false),
    };
    melder_kit::dom::effect(move || {
        if let Some(Brought::NewDevice(code)) = app.carried.get() {
            app.carried.set(None);
            linking.stage.set(Stage::Asked(typed_part(&code)));
        }
    });
    on_news(move |news| {
        if let News::LinkNumber(number) = news {
            linking.stage.set(Stage::Compare(number.clone()));
        }
    });
    view! {
        <PaneBar title=t!("device-link") to=Route::Devices />
        <div class="page">
            <div class="page__inner" aria-live="polite">
                {move || match linking.stage.get() {
                    Stage::Asked(code) => view! { <Asked linking code /> }.into_any(),
                    Stage::Enter { camera } => view! { <Enter linking camera /> }.into_any(),
                    Stage::Talking => view! { <p class="link-card" role="status"><Busy />{t!("link-talking")}</p> }.into_any(),
                    Stage::Compare(number) => view! { <Compare linking number /> }.into_any(),
                    Stage::Done => view! { <Linked /> }.into_any(),
                    Stage::Failed(failure) => view! { <Failed linking failure /> }.into_any(),
                }}
            </div>
        </div>
    }
}

/// A link must not let a stranger in with one press.
#[component]
fn Asked(linking: Linking, code: String) -> impl IntoView {
    let app = app();
    let shown = typed_part(&code);
    view! {
        <div class="notice notice--warning">
            <Icon name="warning" />
            <div class="grow">
                <p class="strong">{t!("link-asked")}</p>
                <p>{t!("link-asked-text")}</p>
            </div>
        </div>
        <p class="link-card__code mono">{shown}</p>
        <button class="button button--main button-wide" on:click=move |_| linking.answer(code.clone())>{t!("link-asked-go")}</button>
        <button class="button button--second button-wide" on:click=move |_| route::replace(app.route, Route::Devices)>
            {t!("link-asked-no")}
        </button>
    }
}

#[component]
fn Enter(linking: Linking, camera: bool) -> impl IntoView {
    let text = RwSignal::new(String::new());
    let found = Callback::new(move |text: String| linking.read(&text, true));
    let picture = Callback::new(move |text: Option<String>| linking.read(&text.unwrap_or_default(), true));
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        linking.read(&text.get_untracked(), false);
        if linking.wrong.get_untracked() {
            dom::focus("#link-code");
        }
    };
    view! {
        <ol class="numbered">
            <li>{t!("link-new-1")}</li>
            <li>{t!("link-new-2")}</li>
            <li>{t!("link-new-3")}</li>
        </ol>
        {if camera {
            view! {
                <Scanner found />
                <PictureButton class="button button--second button-wide" found=picture />
            }
                .into_any()
        } else {
            view! {
                <button class="button button--second button-wide" on:click=move |_| linking.stage.set(Stage::Enter { camera: true })>
                    <Icon name="qr-code-scanner" />
                    {t!("link-scan-instead")}
                </button>
            }
                .into_any()
        }}
        <form class="stack" on:submit=submit novalidate>
            <div class="field">
                <label for="link-code">{t!("link-code-label")}</label>
                <input
                    class="input mono"
                    id="link-code"
                    autocomplete="off"
                    autocapitalize="characters"
                    spellcheck="false"
                    aria-describedby="link-code-error"
                    aria-invalid=move || if linking.wrong.get() { "true" } else { "false" }
                    prop:value=move || text.get()
                    on:input=move |event| {
                        linking.wrong.set(false);
                        text.set(event_target_value(&event));
                    }
                />
                <span class="hint">{t!("link-code-hint")}</span>
                <p class="field__error" id="link-code-error" role="alert">
                    {move || linking.wrong.get().then(|| view! { <Icon name="error" />{t!("link-code-wrong")} })}
                </p>
            </div>
            <button class="button button--main button-wide">{t!("next")}</button>
        </form>
    }
}

#[component]
fn Compare(linking: Linking, number: String) -> impl IntoView {
    dom::focus_soon("#link-compare");
    view! {
        <div class="link-card">
            <h2 id="link-compare" tabindex="-1">{t!("link-compare")}</h2>
            <p class="link-card__number">{spaced_number(&number)}</p>
            <p class="small muted">{t!("link-compare-why")}</p>
        </div>
        <button class="button button--main button-wide" on:click=move |_| linking.confirm(true)>{t!("link-equal")}</button>
        <button class="button button--second-danger button-wide" on:click=move |_| linking.confirm(false)>{t!("link-differs")}</button>
    }
}

/// The new device is in; the history goes over while this one stays open.
#[component]
fn Linked() -> impl IntoView {
    let app = app();
    let sent = RwSignal::new(None::<(u64, u64)>);
    on_news(move |news| {
        if let News::Transfer {
            done, of, upload: true, ..
        } = news
        {
            sent.set(Some((*done, *of)));
        }
    });
    dom::focus_soon("#link-done");
    let percent = move || {
        sent.get()
            .map(|(done, of)| done.saturating_mul(100).checked_div(of).unwrap_or(100).min(100))
    };
    view! {
        <div class="link-card">
            <Icon name="check-circle" class="icon--large icon--success" />
            <h2 id="link-done" tabindex="-1">{t!("link-done")}</h2>
            <p class="muted">{t!("link-history")}</p>
            {move || {
                percent()
                    .map(|percent| {
                        view! {
                            <div
                                class="progress link-card__progress"
                                role="progressbar"
                                aria-label=t!("link-history-progress")
                                aria-valuenow=percent.to_string()
                                aria-valuemin="0"
                                aria-valuemax="100"
                            >
                                <i style:width=format!("{percent}%")></i>
                            </div>
                        }
                    })
            }}
        </div>
        <button class="button button--main button-wide" on:click=move |_| route::go(app.route, Route::Devices)>
            {t!("link-to-devices")}
        </button>
    }
}

#[component]
fn Failed(linking: Linking, failure: Failure) -> impl IntoView {
    let differs = matches!(&failure, Failure::Refused(code) if code == "link_numbers_differ");
    let text = if differs {
        t!("link-differs-text")
    } else {
        why(&failure)
    };
    view! {
        <div class="notice notice--danger" role="alert">
            <Icon name="error-outline" />
            <p class="grow">{text}</p>
        </div>
        <button
            class="button button--second button-wide"
            on:click=move |_| linking.stage.set(Stage::Enter { camera: false })
        >
            {t!("try-again")}
        </button>
    }
}
