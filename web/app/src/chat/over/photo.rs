// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A photo as large as the page, with what it shows in words and, for evidence, when and where it was taken.

use std::sync::Arc;

use leptos::html;
use leptos::prelude::*;
use melder_kit::dom::spawn_local;
use melder_kit::{Icon, t, times, toast};
use melder_port::view::{File, Message};

use crate::chat::body::evidence_lines;
use crate::chat::{ctx, media, over};

#[component]
pub fn Viewer(message: Arc<Message>, file: File) -> impl IntoView {
    let ctx = ctx();
    let open = over::opened(ctx);
    let node = NodeRef::<html::Dialog>::new();
    melder_kit::dom::effect(move || {
        let Some(dialog) = node.get() else { return };
        if open.get() && !dialog.open() {
            let _ = dialog.show_modal();
        } else if !open.get() && dialog.open() {
            dialog.close();
        }
    });
    let source = RwSignal::new(
        file.preview
            .as_ref()
            .and_then(|(kind, bytes)| media::preview(file.blob, kind, bytes)),
    );
    let trouble = RwSignal::new(None::<String>);
    let stored = StoredValue::new(file.clone());
    spawn_local(async move {
        match media::url(&stored.get_value()).await {
            Ok(url) => {
                let _ = source.try_set(Some(url));
            }
            Err(why) => {
                let _ = trouble.try_set(Some(why.say()));
            }
        }
    });
    let save = move |_| {
        if !ctx.may_export() {
            toast(t!("export-forbidden"));
            return;
        }
        spawn_local(async move {
            if let Err(why) = media::save(&stored.get_value()).await {
                toast(why.say());
            }
        });
    };
    let words = if file.description.trim().is_empty() {
        t!("photo-undescribed", name = message.sender_name.as_str())
    } else {
        file.description.clone()
    };
    let shown_words = (!file.description.trim().is_empty()).then(|| file.description.clone());
    let evidence = file.evidence.as_ref().map(|evidence| {
        let lines = evidence_lines(evidence)
            .into_iter()
            .map(|(name, value)| view! { <dt>{name}</dt><dd>{value}</dd> })
            .collect_view();
        view! {
            <div class="viewer__evidence">
                <h3><Icon name="verified-user" class="icon--small" />{t!("evidence")}</h3>
                <dl>{lines}</dl>
            </div>
        }
    });
    let who = if message.own {
        t!("you")
    } else {
        message.sender_name.clone()
    };
    view! {
        <dialog class="viewer" node_ref=node aria-label=t!("photo-of", name = who.as_str()) on:close=move |_| { let _ = open.try_set(false); }>
            <header class="viewer__head on-blue">
                <div class="grow">
                    <div class="strong">{who.clone()}</div>
                    <div class="small">{times::full(message.time.0)}</div>
                </div>
                <button class="icon-button" aria-label=t!("save-to-disk") title=t!("save-to-disk") on:click=save><Icon name="download" /></button>
                <button class="icon-button" aria-label=t!("close") title=t!("close") on:click=move |_| open.set(false)><Icon name="close" /></button>
            </header>
            <div class="viewer__stage">
                {move || source.get().map(|url| view! { <img src=url alt=words.clone() /> })}
            </div>
            {move || trouble.get().map(|why| view! { <p class="viewer__words" role="alert">{why}</p> })}
            {shown_words.map(|words| view! { <p class="viewer__words">{words}</p> })}
            {evidence}
        </dialog>
    }
}
