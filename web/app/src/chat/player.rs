// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Plays one voice message at a time. It outlives the bubble that started it, so a reaction that comes meanwhile does not
//! cut a voice off.

use leptos::prelude::*;
use melder_port::BlobId;
use melder_port::view::File;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use wasm_bindgen_futures::JsFuture;
use web_sys::HtmlAudioElement;

use crate::chat::media::{self, Trouble};

/// Speeds, in tenths.
const SPEEDS: [u8; 3] = [10, 15, 20];

type Heard = Closure<dyn Fn()>;

/// What sounds now.
#[derive(Debug, Clone, Copy)]
pub struct Player {
    audio: StoredValue<Option<(HtmlAudioElement, Heard)>, LocalStorage>,
    pub current: RwSignal<Option<BlobId>>,
    pub running: RwSignal<bool>,
    /// Milliseconds.
    pub position: RwSignal<u64>,
    speed: RwSignal<u8>,
}

impl Player {
    pub fn new() -> Self {
        Self {
            audio: StoredValue::new_local(None),
            current: RwSignal::new(None),
            running: RwSignal::new(false),
            position: RwSignal::new(0),
            speed: RwSignal::new(10),
        }
    }

    fn element(self) -> Option<HtmlAudioElement> {
        self.audio
            .try_with_value(|audio| audio.as_ref().map(|(audio, _)| audio.clone()))
            .flatten()
    }

    /// Plays it, or pauses it.
    pub async fn toggle(self, file: &File) -> Result<(), Trouble> {
        if self.current.get_untracked() == Some(file.blob)
            && let Some(audio) = self.element()
        {
            if audio.paused() {
                start(&audio).await?;
            } else {
                let _ = audio.pause();
            }
            return Ok(());
        }
        self.stop();
        self.current.set(Some(file.blob));
        self.position.set(0);
        let url = media::url(file).await?;
        if self.current.try_get_untracked() != Some(Some(file.blob)) {
            return Ok(());
        }
        let audio = HtmlAudioElement::new_with_src(&url).map_err(|_| Trouble::Unplayable)?;
        audio.set_playback_rate(f64::from(self.speed.get_untracked()) / 10.0);
        self.listen(audio.clone());
        start(&audio).await
    }

    fn listen(self, audio: HtmlAudioElement) {
        let element = audio.clone();
        let heard = Closure::<dyn Fn()>::new(move || {
            let ended = element.ended();
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a place in a short recording"
            )]
            let at = if ended {
                0
            } else {
                (element.current_time().max(0.0) * 1000.0) as u64
            };
            let _ = self.position.try_set(at);
            let running = !element.paused() && !ended;
            if self.running.try_get_untracked() == Some(!running) {
                self.running.set(running);
            }
        });
        for event in ["timeupdate", "play", "pause", "ended"] {
            let _ = audio.add_event_listener_with_callback(event, heard.as_ref().unchecked_ref());
        }
        self.audio.set_value(Some((audio, heard)));
    }

    /// Ends what sounds.
    pub fn stop(self) {
        if let Some(Some((audio, heard))) = self.audio.try_update_value(Option::take) {
            for event in ["timeupdate", "play", "pause", "ended"] {
                let _ = audio.remove_event_listener_with_callback(event, heard.as_ref().unchecked_ref());
            }
            let _ = audio.pause();
        }
        let _ = self.running.try_set(false);
        let _ = self.current.try_set(None);
    }

    #[expect(clippy::cast_precision_loss, reason = "a place in a short recording")]
    pub fn seek(self, blob: BlobId, to: u64) {
        if self.current.get_untracked() != Some(blob) {
            return;
        }
        if let Some(audio) = self.element() {
            audio.set_current_time(to as f64 / 1000.0);
            self.position.set(to);
        }
    }

    /// The next speed.
    pub fn faster(self) {
        let now = self.speed.get_untracked();
        let next = SPEEDS.iter().copied().find(|speed| *speed > now).unwrap_or(10);
        self.speed.set(next);
        if let Some(audio) = self.element() {
            audio.set_playback_rate(f64::from(next) / 10.0);
        }
    }

    /// "1,5×"
    #[must_use]
    pub fn speed_word(self) -> String {
        match self.speed.get() {
            15 => format!("1{}5×", melder_kit::t!("decimal-mark")),
            20 => "2×".into(),
            _ => "1×".into(),
        }
    }
}

async fn start(audio: &HtmlAudioElement) -> Result<(), Trouble> {
    let playing = audio.play().map_err(|_| Trouble::Unplayable)?;
    JsFuture::from(playing).await.map_err(|_| Trouble::Unplayable)?;
    Ok(())
}
