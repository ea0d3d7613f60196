// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A small set of emoji, by kinds. The browser draws and names them; arrows go through them.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use melder_kit::{Sheet, dom, t};
use melder_port::MessageId;
use wasm_bindgen::JsCast;

use crate::chat::composer::writing::writing;
use crate::chat::{bubble, ctx, over};

/// Offered at once as an answer to a message.
pub const QUICK: [&str; 6] = ["👍", "✅", "🙏", "❤️", "😂", "😮"];

const FACES: &str = "😀 😃 😄 😁 😅 😂 🙂 🙃 😉 😊 😇 😍 😘 😋 😎 🤓 🤔 🤨 😐 😑 🙄 😏 😴 😌 😔 😕 😟 😢 😭 😤 😠 😡 😱 😳 🥵 🥶 🤒 🤕 🤢 😷 🤯 🥳 🤝";
const HANDS: &str = "👍 👎 👌 ✌️ 🤞 👋 ✋ 🖐️ 👏 🙌 🙏 💪 👈 👉 👆 👇 ☝️ ✍️ 👀 🧠 🚶 🏃 👮 👷 👩‍🚒 👨‍🚒 🧑‍⚕️ 🧑‍🔧 👥";
const SIGNS: &str =
    "✅ ☑️ ✔️ ❌ ❗ ❓ ‼️ ⚠️ ⛔ 🚫 🛑 🔴 🟠 🟡 🟢 🔵 ⚪ ⚫ ⬆️ ⬇️ ⬅️ ➡️ 🔁 ➕ ➖ 💯 🆘 ℹ️ 🅿️ ❤️ 💙 💚 💛 🖤";
const WORK: &str = "🚒 🚑 🚓 🚔 🚨 🚧 🚦 🚗 🚙 🚚 🚛 🚲 🛴 🚌 🚇 🚁 🧯 🔥 💧 🌊 ⚡ 🔋 🔌 🔦 🔧 🔨 🛠️ 🔑 🔒 📻 📱 💻 📷 📋 📄 📎 📌 📍 🗺️ 📅 ⏰ ⏳ 🗳️ 📦 🧾";
const THINGS: &str =
    "☀️ ⛅ ☁️ 🌧️ ⛈️ 🌩️ ❄️ 🌬️ 🌈 🌡️ 🌳 🌲 🍂 🌸 🐶 🐱 🐦 🐝 ☕ 🍺 🥨 🍕 🍎 🎂 🎉 🎁 ⚽ 🏆 🎵 🏠 🏢 🏥 🏫 ⛪ 🏟️ 🌍 🇩🇪 🇪🇺";

/// The emoji of a kind.
fn of(kind: &'static str) -> impl Iterator<Item = &'static str> {
    kind.split(' ')
}

/// Puts one into the text.
#[component]
pub fn InsertSheet() -> impl IntoView {
    let ctx = ctx();
    let writing = writing();
    let open = over::opened(ctx);
    view! {
        <Sheet open title=t!("emoji") close_label=t!("close")>
            <Board choose=Callback::new(move |emoji: &'static str| {
                open.set(false);
                dom::after(10, move || writing.insert(emoji));
            }) />
        </Sheet>
    }
}

/// Answers a message with one.
#[component]
pub fn ReactSheet(id: MessageId) -> impl IntoView {
    let ctx = ctx();
    let open = over::opened(ctx);
    view! {
        <Sheet open title=t!("react") close_label=t!("close")>
            <Board choose=Callback::new(move |emoji: &'static str| {
                bubble::react(ctx, id, emoji, false);
                open.set(false);
            }) />
        </Sheet>
    }
}

/// Arrows go from emoji to emoji; up and down by what a row holds.
fn keys(event: &KeyboardEvent) {
    let step: i32 = match event.key().as_str() {
        "ArrowRight" => 1,
        "ArrowLeft" => -1,
        "ArrowDown" => 7,
        "ArrowUp" => -7,
        _ => return,
    };
    event.prevent_default();
    let Some(from) = event
        .target()
        .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
    else {
        return;
    };
    let Some(board) = from.closest(".emoji-board").ok().flatten() else {
        return;
    };
    let Ok(all) = board.query_selector_all(".emoji") else {
        return;
    };
    let count = i32::try_from(all.length()).unwrap_or(0);
    let at = (0..count).find(|at| all.item(at.unsigned_abs()).as_ref() == Some(from.as_ref()));
    let next = (at.unwrap_or(0) + step).clamp(0, count - 1);
    if let Some(element) = all
        .item(next.unsigned_abs())
        .and_then(|node| node.dyn_into::<web_sys::HtmlElement>().ok())
    {
        let _ = element.focus();
    }
}

#[component]
fn Board(choose: Callback<&'static str>) -> impl IntoView {
    let kinds = [
        (t!("emoji-faces"), FACES),
        (t!("emoji-hands"), HANDS),
        (t!("emoji-signs"), SIGNS),
        (t!("emoji-work"), WORK),
        (t!("emoji-things"), THINGS),
    ];
    let mut first = true;
    let kinds = kinds
        .into_iter()
        .map(|(title, kind)| {
            let buttons = of(kind)
                .map(|emoji| {
                    // One stop for the tab key; arrows go on from there.
                    let stop = if std::mem::take(&mut first) { "0" } else { "-1" };
                    view! { <button class="emoji" tabindex=stop on:click=move |_| choose.run(emoji)>{emoji}</button> }
                })
                .collect_view();
            view! {
                <h3 class="small muted">{title.clone()}</h3>
                <div class="emoji-grid" role="group" aria-label=title>{buttons}</div>
            }
        })
        .collect_view();
    view! { <div class="emoji-board" on:keydown=move |event| keys(&event)>{kinds}</div> }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_emoji_stands_twice_in_its_kind() {
        for kind in [FACES, HANDS, SIGNS, WORK, THINGS] {
            let all: Vec<&str> = of(kind).collect();
            assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
            assert!(all.iter().all(|emoji| !emoji.is_ascii()));
        }
    }
}
