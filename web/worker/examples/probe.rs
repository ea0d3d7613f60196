// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! For tests: lets plain JavaScript speak the port. `globalThis.port` gets two functions: `question` (JSON to bytes) and
//! `reply` (bytes to JSON).

fn main() {
    #[cfg(target_family = "wasm")]
    browser::main();
}

#[cfg(target_family = "wasm")]
mod browser {
    use js_sys::{Object, Reflect, Uint8Array};
    use melder_port::{Question, Reply};
    use wasm_bindgen::JsValue;
    use wasm_bindgen::closure::Closure;

    pub fn main() {
        let question = Closure::<dyn FnMut(String) -> JsValue>::new(|json: String| {
            match serde_json::from_str::<Question>(&json) {
                Ok(question) => {
                    let bytes = melder_port::encode(&question).unwrap_or_default();
                    Uint8Array::from(bytes.as_slice()).into()
                }
                Err(error) => JsValue::from_str(&error.to_string()),
            }
        });
        let reply = Closure::<dyn FnMut(Uint8Array) -> String>::new(|bytes: Uint8Array| {
            match melder_port::decode::<Reply>(&bytes.to_vec()) {
                Ok(reply) => serde_json::to_string(&reply).unwrap_or_default(),
                Err(error) => error.to_string(),
            }
        });
        let port = Object::new();
        let _ = Reflect::set(&port, &"question".into(), question.as_ref());
        let _ = Reflect::set(&port, &"reply".into(), reply.as_ref());
        let _ = Reflect::set(&js_sys::global(), &"port".into(), &port);
        question.forget();
        reply.forget();
    }
}
