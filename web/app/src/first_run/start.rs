// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The first screen without an invitation: three ways to bring one, two ways to an account that is already there.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use melder_kit::texts::{self, Language};
use melder_kit::{Icon, dom, t};

use crate::first_run::flow::{Flow, Step, Way, Wrong, flow};
use crate::first_run::frame::{Brand, FieldError, Frame};
use crate::first_run::scan::{PictureButton, Scanner};

#[component]
pub fn StartScreen() -> impl IntoView {
    let flow = flow();
    let found = Callback::new(move |text: Option<String>| match text {
        Some(text) => flow.take(&text),
        None => flow.wrong.set(Some(Wrong::NoCode)),
    });
    view! {
        <Frame title=t!("first-start") lead=t!("first-start-lead")>
            <WrongCode />
            <div class="stack">
                <button class="button button--main button-wide" on:click=move |_| flow.go(Step::Scan)>
                    <Icon name="qr-code-scanner" />
                    {t!("first-scan")}
                </button>
                <PictureButton class="button button--second button-wide" found />
                <button class="button button--second button-wide" on:click=move |_| flow.go(Step::Paste)>
                    <Icon name="keyboard-outline" />
                    {t!("first-paste")}
                </button>
            </div>
            <section class="first__rest" aria-labelledby="first-have">
                <h2 class="first__subtitle" id="first-have">{t!("first-have-account")}</h2>
                <div class="panel lines">
                    {line("devices-outline", t!("first-way-link"), t!("first-way-link-detail"), move || flow.begin(Way::Link))}
                    {line("key-outline", t!("first-way-recover"), t!("first-way-recover-detail"), move || flow.begin(Way::Recover))}
                </div>
            </section>
            <OtherLanguage />
        </Frame>
    }
}

fn line(icon: &'static str, word: String, detail: String, press: impl Fn() + 'static) -> impl IntoView {
    view! {
        <button class="line" on:click=move |_| press()>
            <Icon name=icon />
            <span class="grow">
                <span class="strong line__word">{word}</span>
                <span class="small muted line__word">{detail}</span>
            </span>
            <Icon name="chevron-right" />
        </button>
    }
}

/// The language that is not in use, by its own name.
#[component]
fn OtherLanguage() -> impl IntoView {
    let (other, name) = match texts::language() {
        Language::De => (Language::En, "English"),
        Language::En => (Language::De, "Deutsch"),
    };
    view! {
        <button class="button button--plain first__language" lang=other.tag() on:click=move |_| melder_kit::words::choose(other)>
            <Icon name="language" />
            {name}
        </button>
    }
}

/// What is wrong with what was scanned, chosen or typed, and the way on.
#[component]
fn WrongCode() -> impl IntoView {
    let flow = flow();
    view! {
        <div role="alert">
            {move || {
                flow.wrong
                    .get()
                    .map(|wrong| {
                        view! {
                            <div class="notice notice--warning">
                                <Icon name="warning" />
                                <div class="grow stack">{say_wrong(flow, wrong)}</div>
                            </div>
                        }
                    })
            }}
        </div>
    }
}

fn say_wrong(flow: Flow, wrong: Wrong) -> AnyView {
    match wrong {
        Wrong::NoCode => view! { <p>{t!("first-no-code")}</p> }.into_any(),
        Wrong::NewDevice => view! {
            <p>{t!("first-new-device-code")}</p>
            <button class="button button--second" on:click=move |_| flow.begin(Way::Link)>{t!("first-way-link")}</button>
        }
        .into_any(),
        Wrong::Elsewhere { server, link } => view! {
            <p>{t!("first-elsewhere", server = &server)}</p>
            <a class="button button--second" href=link rel="noreferrer">
                <Icon name="open-in-new" />
                {t!("first-elsewhere-open")}
            </a>
        }
        .into_any(),
    }
}

/// The camera, full screen.
#[component]
pub fn ScanScreen() -> impl IntoView {
    let flow = flow();
    dom::focus_soon("#first-title");
    let found = Callback::new(move |text: String| flow.take(&text));
    let picture = Callback::new(move |text: Option<String>| match text {
        Some(text) => flow.take(&text),
        None => flow.wrong.set(Some(Wrong::NoCode)),
    });
    view! {
        <main class="first first--dark on-blue" id="main">
            <header class="first__head">
                <button class="icon-button" aria-label=t!("back") title=t!("back") on:click=move |_| flow.go(Step::Start)>
                    <Icon name="arrow-back" />
                </button>
                <Brand />
                <span class="small first__step">{t!("first-step", at = 1u32, of = 4u32)}</span>
            </header>
            <h1 class="first__title" id="first-title" tabindex="-1">{t!("first-scan-title")}</h1>
            <p class="first__lead">{t!("first-scan-lead")}</p>
            <Scanner found />
            <WrongCode />
            <div class="first__foot first__pair">
                <button class="button button--dark button-wide" on:click=move |_| flow.go(Step::Paste)>
                    <Icon name="keyboard-outline" />
                    {t!("first-paste-short")}
                </button>
                <PictureButton class="button button--dark button-wide" found=picture />
            </div>
        </main>
    }
}

#[component]
pub fn PasteScreen() -> impl IntoView {
    let flow = flow();
    let text = RwSignal::new(String::new());
    let empty = RwSignal::new(false);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        flow.wrong.set(None);
        empty.set(text.with_untracked(|text| text.trim().is_empty()));
        if empty.get_untracked() {
            dom::focus("#first-link");
        } else {
            flow.take(&text.get_untracked());
        }
    };
    let back = Callback::new(move |()| flow.go(Step::Start));
    view! {
        <Frame title=t!("first-paste-title") lead=t!("first-paste-lead") steps=(1, 4) back focus="#first-link">
            <form class="first__form" on:submit=submit novalidate>
                <div class="field">
                    <label for="first-link">{t!("first-link-label")}</label>
                    <textarea
                        class="input mono"
                        id="first-link"
                        rows="4"
                        autocomplete="off"
                        autocapitalize="off"
                        spellcheck="false"
                        aria-describedby="first-link-error"
                        aria-invalid=move || if empty.get() || flow.wrong.get().is_some() { "true" } else { "false" }
                        prop:value=move || text.get()
                        on:input=move |event| text.set(event_target_value(&event))
                    ></textarea>
                    <FieldError
                        id="first-link-error"
                        text=Signal::derive(move || empty.get().then(|| t!("first-link-empty")))
                    />
                </div>
                <WrongCode />
                <div class="first__foot">
                    <button class="button button--main button-wide">{t!("first-open-invitation")}</button>
                </div>
            </form>
        </Frame>
    }
}
