// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What an alarm does besides its screen: a tone of two notes, vibration, and the screen that stays on. A browser lets a
//! page sound only after somebody has touched it; [`prepare`] waits for that touch, and [`sounds`] says whether it came.

use std::cell::RefCell;

use melder_kit::dom;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AudioContext, AudioContextState, GainNode, OscillatorNode, OscillatorType};

/// Two notes, a fourth apart, as sirens on streets have them.
const NOTES: [f32; 2] = [440.0, 585.0];
const NOTE_SECONDS: f64 = 0.45;
/// Notes of one call.
const CALL: u32 = 16;
const LOUD: f32 = 0.5;

thread_local! {
    static AUDIO: RefCell<Option<AudioContext>> = const { RefCell::new(None) };
    static PLAYING: RefCell<Option<(OscillatorNode, GainNode)>> = const { RefCell::new(None) };
    static AWAKE: RefCell<Option<JsValue>> = const { RefCell::new(None) };
    static PREPARED: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

/// From now on, the first touch or key lets the page sound.
pub fn prepare() {
    if PREPARED.with(|prepared| prepared.replace(true)) {
        return;
    }
    let touched = Closure::<dyn Fn()>::new(|| {
        let _ = unlock();
    });
    let options = web_sys::AddEventListenerOptions::new();
    options.set_capture(true);
    options.set_passive(true);
    for event in ["pointerdown", "keydown"] {
        let _ = dom::window().add_event_listener_with_callback_and_add_event_listener_options(
            event,
            touched.as_ref().unchecked_ref(),
            &options,
        );
    }
    touched.forget();
}

/// The page's one audio context, asked to run.
fn unlock() -> Option<AudioContext> {
    AUDIO.with(|audio| {
        let mut audio = audio.borrow_mut();
        if audio.is_none() {
            *audio = AudioContext::new().ok();
        }
        let context = audio.clone()?;
        if context.state() != AudioContextState::Running {
            let _ = context.resume();
        }
        Some(context)
    })
}

/// Does the browser let us be heard?
#[must_use]
pub fn sounds() -> bool {
    AUDIO.with(|audio| {
        audio
            .borrow()
            .as_ref()
            .is_some_and(|context| context.state() == AudioContextState::Running)
    })
}

/// Sounds and shakes once; ends by itself.
pub fn call() {
    hush();
    let Some(context) = unlock() else { return };
    let _ = play(&context);
    vibrate(&[400.0, 200.0, 400.0, 200.0, 800.0]);
}

fn play(context: &AudioContext) -> Result<(), JsValue> {
    let (oscillator, gain) = (context.create_oscillator()?, context.create_gain()?);
    oscillator.set_type(OscillatorType::Triangle);
    oscillator.connect_with_audio_node(&gain)?;
    gain.connect_with_audio_node(&context.destination())?;
    let start = context.current_time();
    for note in 0..CALL {
        let frequency = if note % 2 == 0 { NOTES[0] } else { NOTES[1] };
        oscillator
            .frequency()
            .set_value_at_time(frequency, start + f64::from(note) * NOTE_SECONDS)?;
    }
    let end = start + f64::from(CALL) * NOTE_SECONDS;
    // Without a ramp, start and end would crack.
    gain.gain().set_value_at_time(0.0, start)?;
    gain.gain().linear_ramp_to_value_at_time(LOUD, start + 0.03)?;
    gain.gain().set_value_at_time(LOUD, end - 0.05)?;
    gain.gain().linear_ramp_to_value_at_time(0.0, end)?;
    oscillator.start()?;
    oscillator.stop_with_when(end)?;
    PLAYING.with(|playing| *playing.borrow_mut() = Some((oscillator, gain)));
    Ok(())
}

/// Ends what sounds and shakes.
pub fn hush() {
    if let Some((oscillator, gain)) = PLAYING.with(|playing| playing.borrow_mut().take()) {
        let _ = gain.disconnect();
        // It may have ended by itself.
        let _ = oscillator.disconnect();
    }
    vibrate(&[0.0]);
}

/// Phones; elsewhere nothing happens.
fn vibrate(pattern: &[f64]) {
    let navigator = dom::window().navigator();
    // Before anybody has touched the page, a browser only complains.
    let touched = js_sys::Reflect::get(&navigator, &"userActivation".into())
        .and_then(|activation| js_sys::Reflect::get(&activation, &"hasBeenActive".into()));
    if touched.is_ok_and(|touched| touched.is_falsy() && !touched.is_undefined()) {
        return;
    }
    let Some(vibrate) = js_sys::Reflect::get(&navigator, &"vibrate".into())
        .ok()
        .and_then(|found| found.dyn_into::<js_sys::Function>().ok())
    else {
        return;
    };
    let pattern: js_sys::Array = pattern.iter().map(|ms| JsValue::from_f64(*ms)).collect();
    let _ = vibrate.call1(&navigator, &pattern);
}

/// Keeps the screen on, where the browser can (Screen Wake Lock).
pub async fn stay_awake() {
    let navigator = dom::window().navigator();
    let request = || -> Result<js_sys::Promise, JsValue> {
        let lock = js_sys::Reflect::get(&navigator, &"wakeLock".into())?;
        let request: js_sys::Function = js_sys::Reflect::get(&lock, &"request".into())?.dyn_into()?;
        request.call1(&lock, &"screen".into())?.dyn_into()
    };
    if let Ok(promise) = request()
        && let Ok(sentinel) = JsFuture::from(promise).await
    {
        AWAKE.with(|awake| *awake.borrow_mut() = Some(sentinel));
    }
}

/// The screen may go dark again.
pub fn sleep() {
    if let Some(sentinel) = AWAKE.with(|awake| awake.borrow_mut().take())
        && let Ok(release) = js_sys::Reflect::get(&sentinel, &"release".into())
        && let Ok(release) = release.dyn_into::<js_sys::Function>()
    {
        let _ = release.call0(&sentinel);
    }
}
