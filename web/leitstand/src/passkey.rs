// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Passkeys by the browser's own WebAuthn: options come from the server as JSON, the answer goes back as JSON. What is secret stays in
//! the security key or the phone.

use js_sys::{Function, Object as Plain, Reflect};
use melder_kit::dom;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{CredentialCreationOptions, CredentialRequestOptions};

use crate::json::{Json, Object};

/// Why there is no passkey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// This browser has none, or not here: they need HTTPS.
    Unable,
    /// The person said no, or was not asked in time.
    Declined,
}

const CLASS: &str = "PublicKeyCredential";

fn class() -> Option<JsValue> {
    Reflect::get(&dom::window(), &CLASS.into())
        .ok()
        .filter(|class| class.is_function())
}

/// Can this browser do it?
pub fn is_able() -> bool {
    class().is_some_and(|class| Reflect::has(&class, &"parseCreationOptionsFromJSON".into()).unwrap_or_default())
}

/// The server's options as the browser takes them.
fn parsed(how: &str, options: &Json) -> Result<Plain, Refused> {
    let class = class().ok_or(Refused::Unable)?;
    let parse: Function = Reflect::get(&class, &how.into())
        .ok()
        .and_then(|parse| parse.dyn_into().ok())
        .ok_or(Refused::Unable)?;
    let inner = options.get("publicKey");
    let options = if inner.is_there() { &inner } else { options };
    let parsed = parse.call1(&class, options.value()).map_err(|_| Refused::Unable)?;
    let whole: JsValue = Object::new().value("publicKey", parsed).into();
    whole.dyn_into().map_err(|_| Refused::Unable)
}

/// The credential as JSON, to be sent.
fn told(credential: &JsValue) -> Result<Object, Refused> {
    let told = Reflect::get(credential, &"toJSON".into())
        .ok()
        .and_then(|tell| tell.dyn_into::<Function>().ok())
        .and_then(|tell| tell.call0(credential).ok())
        .and_then(|told| told.dyn_into::<Plain>().ok());
    told.map(Object::from).ok_or(Refused::Unable)
}

/// Makes one.
pub async fn create(options: &Json) -> Result<Object, Refused> {
    let options: CredentialCreationOptions = parsed("parseCreationOptionsFromJSON", options)?.unchecked_into();
    let asked = dom::window().navigator().credentials().create_with_options(&options);
    let credential = JsFuture::from(asked.map_err(|_| Refused::Unable)?).await;
    told(&credential.map_err(|_| Refused::Declined)?)
}

/// Shows that one is there.
pub async fn get(options: &Json) -> Result<Object, Refused> {
    let options: CredentialRequestOptions = parsed("parseRequestOptionsFromJSON", options)?.unchecked_into();
    let asked = dom::window().navigator().credentials().get_with_options(&options);
    let credential = JsFuture::from(asked.map_err(|_| Refused::Unable)?).await;
    told(&credential.map_err(|_| Refused::Declined)?)
}
