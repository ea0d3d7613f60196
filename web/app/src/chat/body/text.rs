// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A text: links that open elsewhere and tell nobody where one came from, mentions, and emoji that stand alone.

use leptos::prelude::*;
use melder_port::view::Span;

use crate::route::{self, Route};
use crate::state::app;

/// More emoji than this are a text.
const FEW: usize = 4;

/// As it was typed.
#[must_use]
pub fn plain(spans: &[Span]) -> String {
    spans
        .iter()
        .map(|span| match span {
            Span::Plain(text) | Span::Link(text) => text.clone(),
            Span::Mention { name, .. } => format!("@{name}"),
        })
        .collect()
}

/// One to three emoji and nothing else?
#[must_use]
pub fn only_emoji(spans: &[Span]) -> bool {
    match spans {
        [Span::Plain(text)] => (1..FEW).contains(&emoji(text.trim()).unwrap_or(0)),
        _ => false,
    }
}

/// How many emoji a text is, if it is nothing else. Signs that belong to the one before (skin, gender, joiners) do not
/// count.
fn emoji(text: &str) -> Option<usize> {
    let mut count: usize = 0;
    let mut joined = false;
    let mut half_flag = false;
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let is_keycap = matches!(letter, '0'..='9' | '#' | '*')
            && letters
                .peek()
                .is_some_and(|next| matches!(next, '\u{fe0f}' | '\u{20e3}'));
        match letter {
            '\u{200d}' => {
                joined = true;
                continue;
            }
            '\u{fe0f}' | '\u{20e3}' | '\u{1f3fb}'..='\u{1f3ff}' | '\u{e0020}'..='\u{e007f}' if count > 0 => continue,
            '\u{1f1e6}'..='\u{1f1ff}' => {
                half_flag = !half_flag;
                count += usize::from(half_flag);
            }
            _ if is_keycap || is_emoji(letter) => count += usize::from(!joined),
            letter if letter.is_whitespace() => {}
            _ => return None,
        }
        joined = false;
    }
    Some(count)
}

const fn is_emoji(letter: char) -> bool {
    matches!(letter,
        '\u{1f300}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}' | '\u{2b05}'..='\u{2b55}' | '\u{231a}'..='\u{23ff}'
        | '\u{2934}' | '\u{2935}' | '\u{3030}' | '\u{303d}' | '\u{203c}' | '\u{2049}' | '\u{1f004}' | '\u{1f0cf}')
}

/// The text with its links and mentions.
pub fn view(spans: &[Span]) -> AnyView {
    let class = if only_emoji(spans) {
        "bubble__text only-emoji"
    } else {
        "bubble__text"
    };
    let parts = spans.iter().map(span).collect_view();
    view! { <p class=class>{parts}</p> }.into_any()
}

fn span(span: &Span) -> AnyView {
    match span {
        Span::Plain(text) => text.clone().into_any(),
        Span::Link(address) => view! {
            <a href=address.clone() target="_blank" rel="noopener noreferrer">{address.clone()}</a>
        }
        .into_any(),
        Span::Mention { account, name, own } => {
            let app = app();
            let to = Route::Contact(*account);
            let class = if *own { "mention mention--own" } else { "mention" };
            view! {
                <a class=class href=to.path() on:click=move |event| route::follow(&event, app.route, to.clone())>
                    {format!("@{name}")}
                </a>
            }
            .into_any()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emoji_are_counted_as_one_sees_them() {
        for (text, count) in [
            ("👍", Some(1)),
            ("👍🏽", Some(1)),
            ("👩‍🚒", Some(1)),
            ("👩‍🚒 🚒", Some(2)),
            ("🇩🇪🇫🇷", Some(2)),
            ("1️⃣", Some(1)),
            ("❤️", Some(1)),
            ("✅✅✅✅", Some(4)),
            ("", Some(0)),
            ("ok 👍", None),
            ("12", None),
        ] {
            assert_eq!(emoji(text), count, "{text}");
        }
    }

    #[test]
    fn a_few_emoji_alone_are_big() {
        let said = |text: &str| vec![Span::Plain(text.into())];
        assert!(only_emoji(&said("👍 👍")));
        assert!(!only_emoji(&said("👍👍👍👍")));
        assert!(!only_emoji(&said(" ")));
        assert!(!only_emoji(&[]));
    }
}
