// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A voice message: play, where one is on the wave, how fast.

use std::sync::Arc;

use leptos::html;
use leptos::prelude::*;
use melder_kit::dom::spawn_local;
use melder_kit::{Icon, t, times, toast};
use melder_port::view::{File, Message};

use crate::chat::{Ctx, media};

/// Larger ones are not fetched for their wave alone.
const AT_ONCE: u64 = 400_000;

pub fn view(ctx: Ctx, message: &Arc<Message>, file: &File) -> AnyView {
    let player = ctx.player;
    let blob = file.blob;
    let length = file.duration_ms.unwrap_or_default();
    let node = NodeRef::<html::Div>::new();
    let stored = StoredValue::new(file.clone());
    let wave = RwSignal::new(media::wave_of(file));
    if wave.with_untracked(Vec::is_empty) && file.size <= AT_ONCE {
        media::when_seen(node, move || {
            spawn_local(async move {
                if let Some(found) = media::wave(&stored.get_value()).await {
                    let _ = wave.try_set(found);
                }
            });
        });
    }
    let mine = Memo::new(move |_| player.current.get() == Some(blob));
    let playing = Memo::new(move |_| mine.get() && player.running.get());
    let at = Memo::new(move |_| {
        if mine.get() {
            player.position.get().min(length)
        } else {
            0
        }
    });
    let toggle = move |_| {
        spawn_local(async move {
            if let Err(trouble) = player.toggle(&stored.get_value()).await {
                toast(trouble.say());
            }
        });
    };
    let seek = move |event| {
        let to: u64 = event_target_value(&event).parse().unwrap_or_default();
        player.seek(blob, to);
    };
    let name = message.sender_name.clone();
    view! {
        <div class="voice" node_ref=node role="group" aria-label=t!("voice-label", name = name.as_str(), length = times::duration(length))>
            <button class="voice__play" on:click=toggle aria-label=move || if playing.get() { t!("voice-pause") } else { t!("voice-play") }>
                {move || if playing.get() {
                    view! { <Icon name="pause" /> }
                } else {
                    view! { <Icon name="play-arrow" /> }
                }}
            </button>
            <span class="voice__wave">
                {move || bars(&wave.get(), at, length)}
                <input
                    type="range"
                    class="voice__seek"
                    min="0"
                    max=length
                    step="1000"
                    aria-label=t!("voice-seek")
                    aria-valuetext=move || times::duration(at.get())
                    prop:value=move || at.get().to_string()
                    on:input=seek
                />
            </span>
            <button class="voice__speed" aria-label=move || t!("voice-speed", speed = player.speed_word()) on:click=move |_| player.faster()>
                {move || player.speed_word()}
            </button>
            <span class="voice__time small">
                {move || if mine.get() {
                    format!("{} / {}", times::duration(at.get()), times::duration(length))
                } else {
                    times::duration(length)
                }}
            </span>
        </div>
    }
    .into_any()
}

/// The wave; what was heard is darker. Until it is known, a flat one.
fn bars(wave: &[u8], at: Memo<u64>, length: u64) -> impl IntoView + use<> {
    let flat = [40; media::BARS];
    let wave = if wave.is_empty() { &flat[..] } else { wave };
    let count = u64::try_from(wave.len()).unwrap_or(1).max(1);
    wave.iter()
        .zip(0u64..)
        .map(|(height, index)| {
            let share = format!("{}%", 12 + u32::from(*height) * 88 / 255);
            let until = length * (index + 1) / count;
            let heard = move || at.get() >= until && length > 0;
            view! { <i style:height=share class:played=heard></i> }
        })
        .collect_view()
}
