// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A file: what it is called, how big, how far it is on its way, and to the disk by a press.

use leptos::prelude::*;
use melder_kit::dom::spawn_local;
use melder_kit::{Icon, t, toast};
use melder_port::view::File;

use crate::chat::transfers::percent;
use crate::chat::{Ctx, media};

/// "1,4 MB"
#[must_use]
pub fn size(bytes: u64) -> String {
    let mark = t!("decimal-mark");
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{} kB", bytes / 1_000),
        1_000_000..1_000_000_000 => {
            let tenths = bytes / 100_000;
            format!("{}{mark}{} MB", tenths / 10, tenths % 10)
        }
        _ => {
            let tenths = bytes / 100_000_000;
            format!("{}{mark}{} GB", tenths / 10, tenths % 10)
        }
    }
}

fn icon(content_type: &str) -> &'static str {
    match content_type.split_once('/') {
        Some(("image", _)) => "image-outline",
        Some(("audio", _)) => "music-note",
        Some(("video", _)) => "videocam-outline",
        Some((_, "pdf")) => "picture-as-pdf-outline",
        _ => "draft-outline",
    }
}

pub fn view(ctx: Ctx, file: &File) -> AnyView {
    let transfer = ctx.transfers.of(file.blob);
    let busy = RwSignal::new(false);
    let stored = StoredValue::new(file.clone());
    let save = move |_| {
        if !ctx.may_export() {
            toast(t!("export-forbidden"));
            return;
        }
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        spawn_local(async move {
            let result = media::save(&stored.get_value()).await;
            let _ = busy.try_set(false);
            if let Err(trouble) = result {
                toast(trouble.say());
            }
        });
    };
    let name = file.filename.clone();
    let size_word = size(file.size);
    view! {
        <button class="file" on:click=save>
            <span class="file__icon"><Icon name=icon(&file.content_type) /></span>
            <span class="grow">
                <span class="strong file__name">{name.clone()}</span>
                <span class="small file__size">
                    {move || match transfer.get() {
                        Some(going) => t!("file-going", percent = percent(going), size = size_word.as_str()),
                        None if busy.get() => t!("file-loading"),
                        None => size_word.clone(),
                    }}
                </span>
                <span class="kern-sr-only">{t!("file-save")}</span>
            </span>
            <Icon name="download" />
        </button>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_short() {
        melder_kit::texts::load(
            melder_kit::texts::Language::De,
            include_str!("../../../../../locales/de/app-chat.ftl").to_owned(),
        );
        assert_eq!(size(999), "999 B");
        assert_eq!(size(15_300), "15 kB");
        assert_eq!(size(1_449_000), "1,4 MB");
        assert_eq!(size(2_500_000_000), "2,5 GB");
    }
}
