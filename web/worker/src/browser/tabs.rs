// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Which tab owns the database, and how the tabs talk: a Web Lock that the browser frees when a worker ends, however it
//! ends, and a `BroadcastChannel`.

use js_sys::{Function, Promise, Uint8Array};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{BroadcastChannel, MessageEvent};

use super::{Incoming, Inlet, js};
use crate::envelope::Envelope;

const NAME: &str = "melder";

/// Waits for the lock, and keeps it for as long as this worker lives.
pub(super) fn claim(inlet: &Inlet) {
    let inlet = inlet.clone();
    let granted = Closure::<dyn FnMut(JsValue) -> Promise>::new(move |_lock: JsValue| {
        inlet.send(Incoming::Granted);
        // It never ends, and so the lock is never given back.
        Promise::new(&mut |_: Function, _: Function| {})
    });
    let locks = js::property(&js::scope().navigator(), "locks");
    let asked = js::call(&locks, "request", &[&NAME.into(), granted.as_ref()]);
    if asked.is_err() {
        js::log("this browser has no locks: one tab at a time");
        let _ = granted
            .as_ref()
            .unchecked_ref::<Function>()
            .call1(&JsValue::NULL, &JsValue::NULL);
    }
    granted.forget();
}

/// The way to the other tabs.
pub(super) struct Channel {
    channel: Option<BroadcastChannel>,
    _call: Closure<dyn FnMut(MessageEvent)>,
}

impl Channel {
    pub fn open(inlet: &Inlet) -> Self {
        let inlet = inlet.clone();
        let call = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            // A tab of another version may say what this one does not know.
            if let Ok(bytes) = event.data().dyn_into::<Uint8Array>()
                && let Ok(envelope) = melder_port::decode(&bytes.to_vec())
            {
                inlet.send(Incoming::Word(Box::new(envelope)));
            }
        });
        let channel = BroadcastChannel::new(NAME).ok();
        if let Some(channel) = &channel {
            channel.set_onmessage(Some(call.as_ref().unchecked_ref()));
        }
        Self { channel, _call: call }
    }

    pub fn say(&self, envelope: &Envelope) {
        if let (Some(channel), Ok(bytes)) = (&self.channel, melder_port::encode(envelope)) {
            let _ = channel.post_message(&Uint8Array::from(bytes.as_slice()));
        }
    }
}
