// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A voice message: a press begins, a press ends, one hears it before it goes. Three minutes at most. Without a microphone,
//! or without leave to use it, it says so and offers a sound from the disk.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::Array;
use leptos::prelude::*;
use melder_kit::dom::spawn_local;
use melder_kit::{Icon, dom, t, times, toast};
use melder_port::view::DraftContent;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, BlobEvent, BlobPropertyBag, HtmlAudioElement, MediaRecorder, MediaRecorderOptions, MediaStream,
    MediaStreamConstraints, MediaStreamTrack, Url,
};

use crate::chat::composer::files::{self, Picked, Way};
use crate::chat::composer::writing::writing;
use crate::chat::{draft, media};

/// Three minutes.
const LONGEST_MS: u64 = 180_000;
/// Shorter was a slip of the finger.
const SHORTEST_MS: u64 = 700;
const TICK: std::time::Duration = std::time::Duration::from_millis(250);
/// What browsers record, the best first.
const TYPES: [&str; 4] = [
    "audio/webm;codecs=opus",
    "audio/ogg;codecs=opus",
    "audio/mp4",
    "audio/webm",
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Idle,
    Asking,
    /// Since then.
    Recording(u64),
    /// So long.
    Ready(u64),
    Refused,
}

/// What the browser calls with a piece of the recording, and at its end.
type Heard = (Closure<dyn Fn(BlobEvent)>, Closure<dyn Fn()>);

struct Tape {
    recorder: MediaRecorder,
    stream: MediaStream,
    parts: Rc<RefCell<Array>>,
    content_type: String,
    _heard: Heard,
}

#[derive(Clone)]
struct Recording {
    blob: Blob,
    address: String,
    content_type: String,
    wave: Vec<u8>,
}

/// The microphone. A handle: it is copied freely.
#[derive(Clone, Copy)]
pub struct Recorder {
    phase: RwSignal<Phase>,
    now: RwSignal<u64>,
    tape: StoredValue<Option<Tape>, LocalStorage>,
    recording: StoredValue<Option<Recording>, LocalStorage>,
    ticking: StoredValue<Option<IntervalHandle>>,
}

impl std::fmt::Debug for Recorder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Recorder")
    }
}

impl Recorder {
    pub fn new() -> Self {
        Self {
            phase: RwSignal::new(Phase::Idle),
            now: RwSignal::new(0),
            tape: StoredValue::new_local(None),
            recording: StoredValue::new_local(None),
            ticking: StoredValue::new(None),
        }
    }

    #[must_use]
    pub fn is_idle(self) -> bool {
        self.phase.get() == Phase::Idle
    }

    /// Asks for the microphone and begins.
    pub fn start(self) {
        self.phase.set(Phase::Asking);
        spawn_local(async move {
            let stream = microphone().await;
            if self.phase.try_get_untracked() != Some(Phase::Asking) {
                if let Some(stream) = stream {
                    silence(&stream);
                }
                return;
            }
            let begun = stream.and_then(|stream| self.record(stream));
            if begun.is_none() {
                self.phase.set(Phase::Refused);
            }
        });
    }

    fn record(self, stream: MediaStream) -> Option<()> {
        let content_type = TYPES
            .iter()
            .find(|kind| MediaRecorder::is_type_supported(kind))
            .copied();
        let options = MediaRecorderOptions::new();
        if let Some(kind) = content_type {
            options.set_mime_type(kind);
        }
        options.set_audio_bits_per_second(24_000);
        let made = MediaRecorder::new_with_media_stream_and_media_recorder_options(&stream, &options);
        let Ok(recorder) = made else {
            silence(&stream);
            return None;
        };
        let parts = Rc::new(RefCell::new(Array::new()));
        let taken = Rc::clone(&parts);
        let data = Closure::<dyn Fn(BlobEvent)>::new(move |event: BlobEvent| {
            if let Some(blob) = event.data() {
                taken.borrow().push(&blob);
            }
        });
        let stopped = Closure::<dyn Fn()>::new(move || self.stopped());
        recorder.set_ondataavailable(Some(data.as_ref().unchecked_ref()));
        recorder.set_onstop(Some(stopped.as_ref().unchecked_ref()));
        if recorder.start_with_time_slice(1_000).is_err() {
            silence(&stream);
            return None;
        }
        self.tape.set_value(Some(Tape {
            recorder,
            stream,
            parts,
            content_type: content_type.unwrap_or("audio/webm").to_owned(),
            _heard: (data, stopped),
        }));
        let since = times::now();
        self.now.set(since);
        self.phase.set(Phase::Recording(since));
        let tick = move || {
            let now = times::now();
            if self.now.try_set(now).is_none() && now.saturating_sub(since) >= LONGEST_MS {
                self.stop();
            }
        };
        self.ticking.set_value(set_interval_with_handle(tick, TICK).ok());
        dom::focus_soon(".recorder__stop");
        Some(())
    }

    /// Ends the recording; it can be heard then.
    pub fn stop(self) {
        self.hush();
        let _ = self.tape.try_with_value(|tape| {
            if let Some(tape) = tape {
                let _ = tape.recorder.stop();
            }
        });
    }

    fn hush(self) {
        if let Some(Some(ticking)) = self.ticking.try_update_value(Option::take) {
            ticking.clear();
        }
    }

    fn stopped(self) {
        let Some(Some(tape)) = self.tape.try_update_value(Option::take) else {
            return;
        };
        silence(&tape.stream);
        let Some(Phase::Recording(since)) = self.phase.try_get_untracked() else {
            return;
        };
        let length = times::now().saturating_sub(since).min(LONGEST_MS);
        if length < SHORTEST_MS {
            self.phase.set(Phase::Idle);
            toast(t!("voice-too-short"));
            return;
        }
        let kind = tape.content_type.split(';').next().unwrap_or("audio/webm").to_owned();
        let options = BlobPropertyBag::new();
        options.set_type(&kind);
        let blob = Blob::new_with_blob_sequence_and_options(&tape.parts.borrow(), &options);
        // The closures of the tape are running: they go once this is through.
        dom::after(0, move || drop(tape));
        let Ok(blob) = blob else {
            self.phase.set(Phase::Refused);
            return;
        };
        let Ok(address) = Url::create_object_url_with_blob(&blob) else {
            return;
        };
        let heard = blob.clone();
        self.recording.set_value(Some(Recording {
            blob,
            address,
            content_type: kind,
            wave: Vec::new(),
        }));
        self.phase.set(Phase::Ready(length));
        dom::focus_soon(".recorder__send");
        spawn_local(async move {
            if let Some(wave) = media::wave_from(&heard).await {
                let _ = self.recording.try_update_value(|recording| {
                    if let Some(recording) = recording {
                        recording.wave = wave;
                    }
                });
            }
        });
    }

    /// Throws it away.
    pub fn cancel(self) {
        self.hush();
        if let Some(Some(tape)) = self.tape.try_update_value(Option::take) {
            tape.recorder.set_onstop(None);
            let _ = tape.recorder.stop();
            silence(&tape.stream);
        }
        self.forget();
        let _ = self.phase.try_set(Phase::Idle);
    }

    fn forget(self) {
        if let Some(Some(recording)) = self.recording.try_update_value(Option::take) {
            let _ = Url::revoke_object_url(&recording.address);
        }
    }
}

async fn microphone() -> Option<MediaStream> {
    let devices = dom::window().navigator().media_devices().ok()?;
    let constraints = MediaStreamConstraints::new();
    constraints.set_audio(&true.into());
    let asking = devices.get_user_media_with_constraints(&constraints).ok()?;
    JsFuture::from(asking).await.ok()?.dyn_into().ok()
}

/// Lets go of the microphone.
fn silence(stream: &MediaStream) {
    for track in stream.get_tracks() {
        if let Ok(track) = track.dyn_into::<MediaStreamTrack>() {
            track.stop();
        }
    }
}

/// Stands in the place of the field while one records.
#[component]
pub fn RecorderBar() -> impl IntoView {
    let recorder = expect_context::<Recorder>();
    move || {
        match recorder.phase.get() {
        Phase::Idle => ().into_any(),
        Phase::Asking => view! {
            <div class="composer__row recorder" role="status">
                <span class="busy" aria-hidden="true"></span>
                <span class="grow">{t!("voice-asking")}</span>
                <button class="button button--plain" on:click=move |_| recorder.cancel()>{t!("cancel")}</button>
            </div>
        }
        .into_any(),
        Phase::Recording(since) => view! {
            <div class="composer__row recorder">
                <button class="icon-button" aria-label=t!("voice-discard") title=t!("voice-discard") on:click=move |_| recorder.cancel()>
                    <Icon name="delete-outline" />
                </button>
                <span class="recorder__dot" aria-hidden="true"></span>
                <span class="grow" role="timer">
                    {move || t!(
                        "voice-recording",
                        now = times::duration(recorder.now.get().saturating_sub(since)),
                        most = times::duration(LONGEST_MS)
                    )}
                </span>
                <button class="composer__send composer__send--voice recorder__stop" aria-label=t!("voice-stop") title=t!("voice-stop") on:click=move |_| recorder.stop()>
                    <Icon name="stop" />
                </button>
            </div>
        }
        .into_any(),
        Phase::Ready(length) => view! { <Ready length /> }.into_any(),
        Phase::Refused => view! { <Refused /> }.into_any(),
    }
    }
}

/// One hears it before it goes.
#[component]
fn Ready(length: u64) -> impl IntoView {
    let recorder = expect_context::<Recorder>();
    let writing = writing();
    let running = RwSignal::new(false);
    let audio = recorder.recording.with_value(|recording| {
        recording
            .as_ref()
            .and_then(|recording| HtmlAudioElement::new_with_src(&recording.address).ok())
    });
    let audio = StoredValue::new_local(audio);
    let ended = Closure::<dyn Fn()>::new(move || {
        let _ = running.try_set(false);
    });
    audio.with_value(|audio| {
        if let Some(audio) = audio {
            audio.set_onended(Some(ended.as_ref().unchecked_ref()));
        }
    });
    let ended = StoredValue::new_local(Some(ended));
    on_cleanup(move || {
        if let Some(Some(audio)) = audio.try_update_value(Option::take) {
            let _ = audio.pause();
            audio.set_onended(None);
        }
        let _ = ended.try_update_value(Option::take);
    });
    let toggle = move |_| {
        audio.with_value(|audio| {
            let Some(audio) = audio else { return };
            if audio.paused() {
                let _ = audio.play();
                running.set(true);
            } else {
                let _ = audio.pause();
                running.set(false);
            }
        });
    };
    let send = move |_| {
        let Some(Some(recording)) = recorder.recording.try_get_value() else {
            return;
        };
        let picked = Picked {
            number: 0,
            blob: recording.blob,
            filename: format!("sprachnachricht.{}", ending(&recording.content_type)),
            content_type: recording.content_type,
            description: ArcRwSignal::new(String::new()),
            preview: (!recording.wave.is_empty()).then(|| (media::WAVE_TYPE.to_owned(), recording.wave)),
            dimensions: None,
            duration_ms: Some(length),
            evidence: None,
            address: None,
        };
        let mut message = draft(DraftContent::Text(String::new()));
        message.reply_to = writing
            .ctx
            .reply
            .with_untracked(|reply| reply.as_ref().map(|reply| reply.id));
        message.expires_in_ms = writing.expires_in.get_untracked();
        spawn_local(async move {
            let sent = writing.take_and_send(message, &[picked]).await;
            let _ = writing.taking.try_set(None);
            match sent {
                Ok(()) => {
                    writing.ctx.reply.set(None);
                    writing.ctx.jump.set(Some(crate::chat::Jump::End));
                    recorder.cancel();
                    dom::focus_soon(".composer textarea");
                }
                Err(why) => toast(why),
            }
        });
    };
    view! {
        <div class="composer__row recorder">
            <button class="icon-button" aria-label=t!("voice-discard") title=t!("voice-discard") on:click=move |_| recorder.cancel()>
                <Icon name="delete-outline" />
            </button>
            <button class="icon-button" aria-label=move || if running.get() { t!("voice-pause") } else { t!("voice-listen") } on:click=toggle>
                {move || if running.get() { view! { <Icon name="pause" /> } } else { view! { <Icon name="play-arrow" /> } }}
            </button>
            <span class="grow">{t!("voice-ready", length = times::duration(length))}</span>
            <button class="composer__send recorder__send" aria-label=t!("composer-send") title=t!("composer-send") on:click=send><Icon name="send" /></button>
        </div>
    }
}

fn ending(content_type: &str) -> &'static str {
    match content_type {
        "audio/mp4" => "m4a",
        "audio/ogg" => "ogg",
        _ => "webm",
    }
}

/// What to do without a microphone.
#[component]
fn Refused() -> impl IntoView {
    let recorder = expect_context::<Recorder>();
    let writing = writing();
    view! {
        <div class="notice notice--warning recorder__no" role="alert">
            <Icon name="mic-off-outline" />
            <div class="grow stack">
                <p>{t!("voice-refused")}</p>
                <div class="actions">
                    <button class="button button--plain" on:click=move |_| recorder.cancel()>{t!("cancel")}</button>
                    <button class="button button--second" on:click=move |_| {
                        files::choose(Way::Sound, writing);
                        recorder.cancel();
                    }>{t!("choose-sound")}</button>
                    <button class="button button--second" on:click=move |_| recorder.start()>{t!("chat-try-again")}</button>
                </div>
            </div>
        </div>
    }
}
