// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What a screen reader hears of the open chat: who wrote, gathered so that it speaks once in three seconds at most. How
//! far one's own messages got is silent; that one was not sent is said.

use leptos::prelude::*;
use melder_kit::{dom, t};

/// Between two announcements.
const PAUSE_MS: i32 = 3_000;

/// What waits to be said.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Heard {
    /// Who wrote, and what, in order.
    said: Vec<(String, String)>,
    failed: u32,
}

impl Heard {
    /// In one sentence, or nothing.
    fn sentence(&self) -> Option<String> {
        let failed = (self.failed > 0).then(|| t!("announce-failed", count = self.failed));
        let said = match self.said.as_slice() {
            [] => None,
            [(who, what)] => Some(format!("{who}: {what}")),
            [(first, _), rest @ ..] => {
                let count = self.said.len();
                if rest.iter().all(|(who, _)| who == first) {
                    Some(t!("announce-from-one", count = count, name = first))
                } else {
                    Some(t!("announce-from-many", count = count, name = first))
                }
            }
        };
        match (said, failed) {
            (None, None) => None,
            (Some(one), None) | (None, Some(one)) => Some(one),
            (Some(said), Some(failed)) => Some(format!("{said} {failed}")),
        }
    }
}

/// Gathers and says.
#[derive(Debug, Clone, Copy)]
pub struct Announcer {
    waiting: StoredValue<Heard>,
    pausing: StoredValue<bool>,
    spoken: RwSignal<String>,
}

impl Announcer {
    pub fn new() -> Self {
        Self {
            waiting: StoredValue::new(Heard::default()),
            pausing: StoredValue::new(false),
            spoken: RwSignal::new(String::new()),
        }
    }

    pub fn said(self, who: String, what: String) {
        self.waiting.update_value(|heard| heard.said.push((who, what)));
        self.speak();
    }

    pub fn failed(self) {
        self.waiting.update_value(|heard| heard.failed += 1);
        self.speak();
    }

    fn speak(self) {
        if self.pausing.get_value() {
            return;
        }
        let Some(sentence) = self.waiting.with_value(Heard::sentence) else {
            return;
        };
        self.waiting.set_value(Heard::default());
        self.pausing.set_value(true);
        self.spoken.set(sentence);
        dom::after(PAUSE_MS, move || {
            if self.pausing.try_set_value(false).is_none() {
                self.speak();
            }
        });
    }
}

/// Where it is said.
#[component]
pub fn Announcements(announcer: Announcer) -> impl IntoView {
    view! {
        <div class="kern-sr-only" role="log" aria-live="polite" aria-label=t!("new-messages")>
            <p>{move || announcer.spoken.get()}</p>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_messages_are_one_sentence() {
        melder_kit::texts::load(
            melder_kit::texts::Language::De,
            include_str!("../../../../locales/de/app-chat.ftl").to_owned(),
        );
        let mut heard = Heard::default();
        assert_eq!(heard.sentence(), None);
        heard.said.push(("Jonas Berger".into(), "Bin da".into()));
        assert_eq!(heard.sentence().as_deref(), Some("Jonas Berger: Bin da"));
        heard.said.push(("Jonas Berger".into(), "Und weg".into()));
        assert_eq!(heard.sentence().as_deref(), Some("2 neue Nachrichten von Jonas Berger"));
        heard.said.push(("Anna Huber".into(), "Wo?".into()));
        assert_eq!(
            heard.sentence().as_deref(),
            Some("3 neue Nachrichten von Jonas Berger und anderen")
        );
        heard.failed = 1;
        assert!(
            heard
                .sentence()
                .is_some_and(|text| text.ends_with("1 Nachricht wurde nicht gesendet."))
        );
    }
}
