// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Small bridges to what the browser offers a worker.

use std::cell::Cell;
use std::rc::Rc;

use futures_channel::oneshot;
use js_sys::{Function, Reflect};
use melder_port::Time;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::DedicatedWorkerGlobalScope;

pub(super) fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "milliseconds since 1970 are positive and far below 2^53"
)]
pub(super) fn now() -> Time {
    Time(js_sys::Date::now() as u64)
}

/// Milliseconds that no setting of the clock changes.
pub(super) fn ticks() -> f64 {
    scope()
        .performance()
        .map_or_else(js_sys::Date::now, |performance| performance.now())
}

/// For developers. Never with anything of what people write.
pub(super) fn log(text: &str) {
    web_sys::console::warn_1(&JsValue::from_str(text));
}

/// A property of an object; `undefined` if there is none.
pub(super) fn property(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}

/// Calls a method that the bindings do not know.
pub(super) fn call(object: &JsValue, name: &str, arguments: &[&JsValue]) -> Result<JsValue, JsValue> {
    let method: Function = property(object, name).dyn_into()?;
    Reflect::apply(&method, object, &arguments.iter().copied().collect::<js_sys::Array>())
}

/// A timer that can be taken back by dropping it.
pub(super) struct Timer {
    id: i32,
    _call: Closure<dyn FnMut()>,
}

impl Timer {
    pub fn after(milliseconds: u64, call: impl FnMut() + 'static) -> Self {
        let call = Closure::<dyn FnMut()>::new(call);
        let wait = i32::try_from(milliseconds).unwrap_or(i32::MAX);
        let id = scope()
            .set_timeout_with_callback_and_timeout_and_arguments_0(call.as_ref().unchecked_ref(), wait)
            .unwrap_or_default();
        Self { id, _call: call }
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        scope().clear_timeout_with_handle(self.id);
    }
}

pub(super) async fn sleep(milliseconds: u64) {
    let (sender, receiver) = oneshot::channel::<()>();
    let sender = Cell::new(Some(sender));
    let _timer = Timer::after(milliseconds, move || {
        if let Some(sender) = sender.take() {
            let _ = sender.send(());
        }
    });
    let _ = receiver.await;
}

/// Lets what has already come to this worker get its turn first.
pub(super) struct Breath {
    channel: Option<web_sys::MessageChannel>,
    waiting: Rc<Cell<Option<oneshot::Sender<()>>>>,
    _call: Closure<dyn FnMut()>,
}

impl Breath {
    pub fn new() -> Self {
        let waiting: Rc<Cell<Option<oneshot::Sender<()>>>> = Rc::default();
        let waker = Rc::clone(&waiting);
        let call = Closure::<dyn FnMut()>::new(move || {
            if let Some(sender) = waker.take() {
                let _ = sender.send(());
            }
        });
        let channel = web_sys::MessageChannel::new().ok();
        if let Some(channel) = &channel {
            channel.port1().set_onmessage(Some(call.as_ref().unchecked_ref()));
        }
        Self {
            channel,
            waiting,
            _call: call,
        }
    }

    pub async fn take(&self) {
        let Some(channel) = &self.channel else { return };
        let (sender, receiver) = oneshot::channel();
        self.waiting.set(Some(sender));
        if channel.port2().post_message(&JsValue::NULL).is_ok() {
            let _ = receiver.await;
        }
    }
}
