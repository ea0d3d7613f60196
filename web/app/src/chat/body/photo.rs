// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A photo: its small picture at once, the whole one once it is seen, and large by a press. Evidence says so.

use std::sync::Arc;

use leptos::html;
use leptos::prelude::*;
use melder_kit::dom::spawn_local;
use melder_kit::{Icon, t, times};
use melder_port::view::{Evidence, File, Message};

use crate::chat::body::place;
use crate::chat::over::Over;
use crate::chat::transfers::percent;
use crate::chat::{Ctx, media};

/// Larger photos come only when one opens them.
const AT_ONCE: u64 = 1_500_000;

pub fn view(ctx: Ctx, message: &Arc<Message>, file: &File) -> AnyView {
    let node = NodeRef::<html::Button>::new();
    let source = RwSignal::new(
        file.preview
            .as_ref()
            .and_then(|(kind, bytes)| media::preview(file.blob, kind, bytes)),
    );
    let stored = StoredValue::new(file.clone());
    let load = move || {
        spawn_local(async move {
            if let Ok(url) = media::url(&stored.get_value()).await {
                let _ = source.try_set(Some(url));
            }
        });
    };
    if let Some(url) = media::known(file.blob) {
        source.set(Some(url));
    } else if file.size <= AT_ONCE {
        media::when_seen(node, load);
    }
    let open = {
        let message = Arc::clone(message);
        let file = file.clone();
        move |_| {
            ctx.over
                .set(Some(Over::Photo(Arc::clone(&message), Box::new(file.clone()))));
        }
    };
    let description = if file.description.trim().is_empty() {
        t!("photo-undescribed", name = message.sender_name.as_str())
    } else {
        file.description.clone()
    };
    let (width, height) = file.dimensions.unwrap_or((4, 3));
    let transfer = ctx.transfers.of(file.blob);
    view! {
        <button class="photo" node_ref=node on:click=open>
            <span class="kern-sr-only">{t!("photo-open", text = description.as_str())}</span>
            <span class="photo__frame" style:aspect-ratio=shape(width, height)>
                {move || match source.get() {
                    Some(url) => view! { <img src=url alt="" decoding="async" /> }.into_any(),
                    None => view! { <span class="photo__none"><Icon name="image-outline" class="icon--large" /></span> }.into_any(),
                }}
            </span>
            {file.evidence.as_ref().map(|evidence| view! {
                <span class="photo__tag"><Icon name="verified-user" class="icon--small" />{t!("evidence-at", time = times::at(evidence.captured_at.0))}</span>
            })}
            {move || transfer.get().map(|going| view! { <span class="photo__going">{format!("{} %", percent(going))}</span> })}
        </button>
    }
    .into_any()
}

/// Width to height, as far as a bubble goes: no tower and no ribbon.
fn shape(width: u32, height: u32) -> String {
    let hundredths = (u64::from(width.max(1)) * 100 / u64::from(height.max(1))).clamp(75, 240);
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

/// What belongs to evidence, name and value.
#[must_use]
pub fn evidence_lines(evidence: &Evidence) -> Vec<(String, String)> {
    let mut lines = vec![(t!("evidence-captured"), times::full(evidence.captured_at.0))];
    if let Some(where_it_was) = evidence.place {
        lines.push((t!("evidence-place"), place::coordinates(where_it_was)));
    }
    lines.push((t!("evidence-hash"), grouped(&evidence.hash)));
    lines
}

/// In groups of eight, to compare.
fn grouped(hash: &str) -> String {
    let letters: Vec<char> = hash.chars().collect();
    letters
        .chunks(8)
        .map(|group| group.iter().collect::<String>())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tower_and_a_ribbon_are_cut() {
        assert_eq!(shape(100, 1_000), "0.75");
        assert_eq!(shape(1_000, 10), "2.40");
        assert_eq!(shape(0, 0), "1.00");
    }

    #[test]
    fn a_hash_can_be_read_aloud() {
        assert_eq!(grouped("0123456789abcdef01"), "01234567 89abcdef 01");
    }
}
