// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Files that are to go with the message: from the camera, the gallery, the disk, the clipboard, or dropped here.

use leptos::ev;
use leptos::prelude::*;
use melder_kit::dom::spawn_local;
use melder_kit::{Icon, dom, t, times, toast};
use melder_port::Time;
use melder_port::view::Place;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Blob, File, FileList, HtmlInputElement, Url};

use crate::chat::body::size_word;
use crate::chat::composer::photo;
use crate::chat::composer::writing::{Writing, writing};

/// More files than this do not go with one message.
const MOST: usize = 10;

/// A file that was picked. Its address in this page ends with it.
#[derive(Debug, Clone)]
pub struct Picked {
    pub number: u32,
    pub blob: Blob,
    pub filename: String,
    pub content_type: String,
    pub description: ArcRwSignal<String>,
    pub preview: Option<(String, Vec<u8>)>,
    pub dimensions: Option<(u32, u32)>,
    pub duration_ms: Option<u64>,
    pub evidence: Option<Proof>,
    /// To show a picture before it is sent.
    pub address: Option<String>,
}

/// What makes a photo evidence, before it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    pub captured_at: Time,
    pub place: Option<Place>,
    pub hash: String,
}

impl Picked {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a file of a browser"
    )]
    #[must_use]
    pub fn size(&self) -> u64 {
        self.blob.size().max(0.0) as u64
    }
}

/// Where files come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Camera,
    Evidence,
    Gallery,
    Disk,
    Sound,
}

/// Lets the person choose.
pub fn choose(way: Way, writing: Writing) {
    let Some(input) = dom::document()
        .create_element("input")
        .ok()
        .and_then(|input| input.dyn_into::<HtmlInputElement>().ok())
    else {
        return;
    };
    input.set_type("file");
    match way {
        Way::Camera | Way::Evidence => {
            input.set_accept("image/*");
            let _ = input.set_attribute("capture", "environment");
        }
        Way::Gallery => input.set_accept("image/*,video/*"),
        Way::Sound => input.set_accept("audio/*"),
        Way::Disk => {}
    }
    input.set_multiple(matches!(way, Way::Gallery | Way::Disk));
    let chosen = input.clone();
    let changed = Closure::once_into_js(move || {
        if let Some(files) = chosen.files() {
            take(&files, way == Way::Evidence, writing);
        }
    });
    input.set_onchange(Some(changed.unchecked_ref()));
    input.click();
}

/// Takes what was chosen, pasted or dropped.
fn take(files: &FileList, evidence: bool, writing: Writing) {
    for at in 0..files.length() {
        let Some(file) = files.item(at) else { continue };
        if writing.picked.with_untracked(Vec::len) + usize::try_from(at).unwrap_or(0) >= MOST {
            toast(t!("files-most", count = MOST));
            return;
        }
        spawn_local(take_one(file, evidence, writing));
    }
}

async fn take_one(file: File, evidence: bool, writing: Writing) {
    let ctx = writing.ctx;
    let place = if evidence
        && ctx
            .policy
            .with_untracked(|policy| policy.as_ref().is_some_and(|policy| policy.location))
    {
        super::place::now_if_allowed().await
    } else {
        None
    };
    let picked = photo::prepare(&file, evidence, place).await;
    if let Some(most) = ctx
        .policy
        .with_untracked(|policy| policy.as_ref().map(|policy| policy.max_attachment))
        && picked.size() > most
    {
        let (name, most) = (picked.filename.as_str(), size_word(most));
        toast(t!("file-too-large", name = name, most = most));
        forget(&picked);
        return;
    }
    add(picked, writing);
}

/// Puts it beside the others.
pub fn add(mut picked: Picked, writing: Writing) {
    let _ = writing.picked.try_update(|all| {
        picked.number = all.iter().map(|other| other.number).max().unwrap_or(0) + 1;
        all.push(picked);
    });
    dom::focus(".composer textarea");
}

fn forget(picked: &Picked) {
    if let Some(address) = &picked.address {
        let _ = Url::revoke_object_url(address);
    }
}

/// Files in the clipboard; texts are the field's own.
pub fn pasted(event: &ev::ClipboardEvent, writing: Writing) {
    if let Some(files) = event.clipboard_data().and_then(|data| data.files())
        && files.length() > 0
    {
        event.prevent_default();
        take(&files, false, writing);
    }
}

fn has_files(event: &ev::DragEvent) -> bool {
    event
        .data_transfer()
        .is_some_and(|data| data.types().includes(&"Files".into(), 0))
}

pub fn over(event: &ev::DragEvent, dropping: RwSignal<bool>) {
    if has_files(event) {
        event.prevent_default();
        if !dropping.get_untracked() {
            dropping.set(true);
        }
    }
}

pub fn out(event: &ev::DragEvent, dropping: RwSignal<bool>) {
    let inside = event
        .related_target()
        .and_then(|to| to.dyn_into::<web_sys::Element>().ok())
        .is_some_and(|to| to.closest(".chat").ok().flatten().is_some());
    if !inside {
        dropping.set(false);
    }
}

pub fn dropped(event: &ev::DragEvent, dropping: RwSignal<bool>, writing: Writing) {
    dropping.set(false);
    if !has_files(event) {
        return;
    }
    event.prevent_default();
    if !untrack(|| writing.ctx.may_write()) {
        toast(t!("composer-no-right"));
        return;
    }
    if let Some(files) = event.data_transfer().and_then(|data| data.files()) {
        take(&files, false, writing);
    }
}

/// What was picked, each with a word for those who do not see it.
#[component]
pub fn PickedFiles() -> impl IntoView {
    let writing = writing();
    view! {
        <ul class="picked" aria-label=t!("picked-files") hidden=move || writing.picked.with(Vec::is_empty)>
            <For each=move || writing.picked.get() key=|picked| picked.number let:picked>
                {tile(picked, writing)}
            </For>
        </ul>
    }
}

fn tile(picked: Picked, writing: Writing) -> impl IntoView {
    let number = picked.number;
    let remove = move |_| {
        writing.picked.update(|all| {
            if let Some(at) = all.iter().position(|other| other.number == number) {
                forget(&all.remove(at));
            }
        });
        dom::focus(".composer textarea");
    };
    let is_photo = picked.address.is_some();
    let picture = match &picked.address {
        Some(address) => view! { <img src=address.clone() alt="" /> }.into_any(),
        None => view! { <span class="file__icon"><Icon name="draft-outline" /></span> }.into_any(),
    };
    let proof = picked.evidence.as_ref().map(|proof| {
        let hash: String = proof.hash.chars().take(16).collect();
        let place = if proof.place.is_some() {
            t!("evidence-with-place")
        } else {
            t!("evidence-without-place")
        };
        view! {
            <span class="picked__proof small">
                <Icon name="verified-user" class="icon--small" />
                <span>{t!("evidence-at", time = times::at(proof.captured_at.0))}" · "{place}<br />
                <span class="mono tiny">{t!("evidence-hash")}" "{hash}"…"</span></span>
            </span>
        }
    });
    let (name, size) = (picked.filename.clone(), size_word(picked.size()));
    let shown = picked.description.clone();
    let set = picked.description.clone();
    view! {
        <li class="picked__one">
            <span class="picked__picture">{picture}</span>
            <span class="grow">
                {if is_photo {
                    view! {
                        <input
                            class="input picked__words"
                            aria-label=t!("photo-description")
                            placeholder=t!("photo-description")
                            prop:value=move || shown.get()
                            on:input=move |event| set.set(event_target_value(&event))
                        />
                    }.into_any()
                } else {
                    view! { <span class="strong cut picked__name">{name.clone()}</span> }.into_any()
                }}
                <span class="small muted">{size.clone()}</span>
                {proof}
            </span>
            <button class="icon-button" aria-label=t!("take-off", what = picked.filename.as_str()) on:click=remove><Icon name="close" /></button>
        </li>
    }
}
