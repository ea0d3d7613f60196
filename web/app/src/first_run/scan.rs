// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The camera looks for a QR code: a picture with a frame, a light where there is one, and plain words when there is no
//! camera. The picture of a code from a file is the other way in. What is found is handed on as text.

use std::pin::Pin;

use leptos::html;
use leptos::prelude::*;
use melder_kit::camera::{Camera, CameraTrouble, Picture, Reader};
use melder_kit::dom::spawn_local;
use melder_kit::{Icon, dom, t};
use melder_port::{Answer, Ask};
use wasm_bindgen::JsCast;

use crate::fetch;

/// Pause between two looks.
const LOOK_MS: i32 = 160;

/// What the camera is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sight {
    Asking,
    Looking { light: bool },
    Trouble(CameraTrouble),
}

fn say(trouble: CameraTrouble) -> String {
    match trouble {
        CameraTrouble::Refused => t!("camera-refused"),
        CameraTrouble::Missing => t!("camera-missing"),
        CameraTrouble::Busy => t!("camera-busy"),
        CameraTrouble::Unsupported => t!("camera-unsupported"),
    }
}

/// Shows what the camera sees. `found` gets the text of each code that comes into sight, the same one only once.
#[component]
pub fn Scanner(found: Callback<String>) -> impl IntoView {
    let sight = RwSignal::new(Sight::Asking);
    let lit = RwSignal::new(false);
    let video = NodeRef::<html::Video>::new();
    let camera = StoredValue::new_local(None::<Camera>);
    let standing = StoredValue::new(true);
    on_cleanup(move || {
        // Nothing may look on once the screen is gone; dropping the camera switches it off.
        standing.try_update_value(|standing| *standing = false);
        camera.try_update_value(Option::take);
    });
    let open = move || {
        sight.set(Sight::Asking);
        spawn_local(async move {
            match Camera::open().await {
                Ok(opened) => {
                    let Some(screen) = video.try_get_untracked().flatten() else {
                        return;
                    };
                    opened.show(&screen);
                    opened.on_end(move || {
                        let _ = sight.try_update(|sight| *sight = Sight::Trouble(CameraTrouble::Refused));
                    });
                    sight.set(Sight::Looking {
                        light: opened.has_light(),
                    });
                    camera.try_set_value(Some(opened));
                    look(screen, sight, standing, found).await;
                }
                Err(trouble) => {
                    let _ = sight.try_update(|sight| *sight = Sight::Trouble(trouble));
                }
            }
        });
    };
    open();
    let toggle_light = move || {
        lit.update(|lit| *lit = !*lit);
        camera.with_value(|camera| {
            if let Some(camera) = camera {
                camera.light(lit.get_untracked());
            }
        });
    };
    view! {
        <div class="scanner" data-sight=move || if matches!(sight.get(), Sight::Trouble(_)) { "none" } else { "some" }>
            <video class="scanner__picture" node_ref=video aria-hidden="true" prop:muted=true prop:playsInline=true></video>
            <span class="scanner__frame" aria-hidden="true"></span>
            <div class="scanner__word" role="status">
                {move || match sight.get() {
                    Sight::Asking => view! { <p>{t!("camera-asking")}</p> }.into_any(),
                    Sight::Looking { .. } => view! { <p class="kern-sr-only">{t!("camera-looking")}</p> }.into_any(),
                    Sight::Trouble(trouble) => {
                        view! {
                            <Icon name="no-photography-outline" />
                            <p>{say(trouble)}</p>
                            {(trouble != CameraTrouble::Unsupported)
                                .then(|| {
                                    view! {
                                        <button class="button scanner__button" on:click=move |_| open()>{t!("camera-again")}</button>
                                    }
                                })}
                        }
                            .into_any()
                    }
                }}
            </div>
            {move || {
                matches!(sight.get(), Sight::Looking { light: true })
                    .then(|| {
                        view! {
                            <button
                                class="icon-button scanner__light"
                                aria-label=t!("camera-light")
                                title=t!("camera-light")
                                aria-pressed=move || if lit.get() { "true" } else { "false" }
                                on:click=move |_| toggle_light()
                            >
                                <Icon name="flashlight-on-outline" />
                            </button>
                        }
                    })
            }}
        </div>
    }
}

fn read(picture: Picture) -> Pin<Box<dyn Future<Output = Option<String>>>> {
    let Picture { width, light } = picture;
    Box::pin(async move { fetch!(Ask::ReadCode { width, light } => Answer::Code).ok().flatten() })
}

async fn look(
    screen: web_sys::HtmlVideoElement,
    sight: RwSignal<Sight>,
    standing: StoredValue<bool>,
    found: Callback<String>,
) {
    let reader = Reader::new(read);
    let mut last = String::new();
    loop {
        let goes_on = standing.try_get_value() == Some(true)
            && sight
                .try_get_untracked()
                .is_some_and(|sight| matches!(sight, Sight::Looking { .. }));
        if !goes_on {
            return;
        }
        if let Some(text) = reader.video(&screen).await
            && text != last
            && standing.try_get_value() == Some(true)
        {
            last.clone_from(&text);
            found.run(text);
        }
        pause(LOOK_MS).await;
    }
}

async fn pause(ms: i32) {
    let (sender, receiver) = futures_channel::oneshot::channel();
    dom::after(ms, move || {
        let _ = sender.send(());
    });
    let _ = receiver.await;
}

/// A button that takes a picture's file. `found` gets the text of the code in it, or `None`.
#[component]
pub fn PictureButton(class: &'static str, found: Callback<Option<String>>) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    let chosen = move |_| {
        let Some(field) = field.get_untracked() else { return };
        let Some(file) = field.files().and_then(|files| files.get(0)) else {
            return;
        };
        // The same picture may be chosen again.
        field.set_value("");
        spawn_local(async move {
            let text = Reader::new(read).picture(file.unchecked_ref()).await;
            found.run(text);
        });
    };
    view! {
        <button
            type="button"
            class=class
            on:click=move |_| {
                if let Some(field) = field.get_untracked() {
                    field.click();
                }
            }
        >
            <Icon name="image-outline" />
            {t!("picture-choose")}
        </button>
        <input node_ref=field type="file" accept="image/*" hidden aria-label=t!("picture-choose") on:change=chosen />
    }
}
