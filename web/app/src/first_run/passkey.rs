// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A passkey in place of the PIN: what the browser's authenticator makes of a salt opens the database (WebAuthn's `prf`
//! extension). This asks the authenticator and hands the worker what it gave; nothing is kept here, and no server is asked:
//! the challenge is not checked by anybody, since it is the secret that opens or does not.

use js_sys::{Array, Function, Promise, Reflect, Uint8Array};
use leptos::prelude::*;
use melder_kit::dom::spawn_local;
use melder_kit::{Icon, dom, t, times};
use melder_port::ask::{Passkey, PasskeySecret};
use melder_port::{Answer, Ask, Failure};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::fetch;
use crate::first_run::lock;
use crate::state::{app, say};

const PATIENCE_MS: u32 = 60_000;
/// ES256, EdDSA, RS256: which one signs does not matter here.
const ALGORITHMS: [i32; 3] = [-7, -8, -257];

/// Why there is no secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The person or the browser said no.
    Cancelled,
    /// This authenticator can't.
    NoSecret,
}

impl Trouble {
    pub fn text(self) -> String {
        match self {
            Self::Cancelled => t!("passkey-cancelled"),
            Self::NoSecret => t!("passkey-unable"),
        }
    }
}

/// Does this browser know passkeys?
#[must_use]
pub fn available() -> bool {
    Reflect::has(&dom::window(), &"PublicKeyCredential".into()).unwrap_or(false)
}

fn get(object: &JsValue, path: &[&str]) -> JsValue {
    path.iter().fold(object.clone(), |object, name| {
        Reflect::get(&object, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
    })
}

fn object(pairs: &[(&str, JsValue)]) -> JsValue {
    let object = js_sys::Object::new();
    for (name, value) in pairs {
        // A plain object takes everything.
        let _ = Reflect::set(&object, &JsValue::from_str(name), value);
    }
    object.into()
}

fn bytes(bytes: &[u8]) -> JsValue {
    Uint8Array::from(bytes).into()
}

fn random<const N: usize>() -> Result<[u8; N], Trouble> {
    let mut bytes = [0; N];
    let crypto = dom::window().crypto().map_err(|_| Trouble::NoSecret)?;
    crypto
        .get_random_values_with_u8_array(&mut bytes)
        .map_err(|_| Trouble::NoSecret)?;
    Ok(bytes)
}

/// `navigator.credentials.METHOD({ publicKey })`.
async fn ask(method: &str, options: &[(&str, JsValue)]) -> Result<JsValue, Trouble> {
    let credentials = get(&dom::window().navigator(), &["credentials"]);
    let call: Function = get(&credentials, &[method]).dyn_into().map_err(|_| Trouble::NoSecret)?;
    let options = object(&[("publicKey", object(options))]);
    let promise: Promise = call
        .call1(&credentials, &options)
        .and_then(JsCast::dyn_into)
        .map_err(|_| Trouble::NoSecret)?;
    JsFuture::from(promise).await.map_err(|_| Trouble::Cancelled)
}

fn wishes(salt: &[u8; 32]) -> JsValue {
    object(&[("prf", object(&[("eval", object(&[("first", bytes(salt))]))]))])
}

/// What the authenticator made of the salt; and whether it can at all.
fn result(credential: &JsValue) -> (Option<PasskeySecret>, bool) {
    let results = get(credential, &["getClientExtensionResults"])
        .dyn_into::<Function>()
        .and_then(|call| call.call0(credential))
        .unwrap_or(JsValue::UNDEFINED);
    let prf = get(&results, &["prf"]);
    let first = get(&prf, &["results", "first"]);
    let secret = first
        .is_object()
        .then(|| PasskeySecret(Uint8Array::new(&first).to_vec()))
        .filter(|secret| secret.0.len() == 32);
    (secret, get(&prf, &["enabled"]).is_truthy())
}

/// Makes a passkey, named after the person.
///
/// # Errors
/// When the person says no, or the authenticator makes no secrets.
pub async fn create(name: &str) -> Result<(Passkey, PasskeySecret), Trouble> {
    let salt = random::<32>()?;
    let name = JsValue::from_str(name);
    let user = [
        ("id", bytes(&random::<16>()?)),
        ("name", name.clone()),
        ("displayName", name),
    ];
    let kinds: Array = ALGORITHMS
        .iter()
        .map(|number| object(&[("type", "public-key".into()), ("alg", (*number).into())]))
        .collect();
    let selection = object(&[
        ("userVerification", "required".into()),
        ("residentKey", "preferred".into()),
    ]);
    let made = ask(
        "create",
        &[
            ("challenge", bytes(&random::<32>()?)),
            ("rp", object(&[("name", "Melder".into())])),
            ("user", object(&user)),
            ("pubKeyCredParams", kinds.into()),
            ("authenticatorSelection", selection),
            ("timeout", PATIENCE_MS.into()),
            ("extensions", wishes(&salt)),
        ],
    )
    .await?;
    let credential = Uint8Array::new(&get(&made, &["rawId"])).to_vec();
    let passkey = Passkey { credential, salt };
    match result(&made) {
        (Some(secret), _) => Ok((passkey, secret)),
        // Some say what they make only when they are asked again.
        (None, true) => use_it(&passkey).await.map(|secret| (passkey, secret)),
        (None, false) => Err(Trouble::NoSecret),
    }
}

/// # Errors
/// When the person says no, or the passkey is gone.
pub async fn use_it(passkey: &Passkey) -> Result<PasskeySecret, Trouble> {
    let known = object(&[("type", "public-key".into()), ("id", bytes(&passkey.credential))]);
    let given = ask(
        "get",
        &[
            ("challenge", bytes(&random::<32>()?)),
            ("allowCredentials", Array::of1(&known).into()),
            ("userVerification", "required".into()),
            ("timeout", PATIENCE_MS.into()),
            ("extensions", wishes(&passkey.salt)),
        ],
    )
    .await?;
    result(&given).0.ok_or(Trouble::NoSecret)
}

/// On the lock screen, where there is a passkey. The PIN pad stays beside it.
#[component]
pub fn UnlockByPasskey() -> impl IntoView {
    let app = app();
    let passkey = RwSignal::new(None::<Passkey>);
    let trouble = RwSignal::new(None::<String>);
    let busy = RwSignal::new(false);
    spawn_local(async move {
        if available()
            && let Ok(found) = fetch!(Ask::Passkey => Answer::Passkey)
        {
            passkey.try_set(found);
        }
    });
    let unlock = move |_| {
        let Some(passkey) = passkey.get_untracked().filter(|_| !busy.get_untracked()) else {
            return;
        };
        busy.set(true);
        trouble.set(None);
        spawn_local(async move {
            let failed = match use_it(&passkey).await {
                Ok(secret) => match fetch!(Ask::UnlockByPasskey(secret) => Answer::Lock) {
                    Ok(lock) => {
                        lock::active_now(times::now());
                        app.enter(lock);
                        return;
                    }
                    Err(Failure::WrongPin { .. }) => t!("passkey-other"),
                    Err(failure) => say(&failure),
                },
                Err(trouble) => trouble.text(),
            };
            trouble.try_set(Some(failed));
            busy.try_set(false);
        });
    };
    move || {
        passkey.with(Option::is_some).then(|| {
            let button = view! {
                <button type="button" class="button button--second button-wide" on:click=unlock>
                    <Icon name="passkey" />
                    {t!("passkey-unlock")}
                </button>
                <p class="pin__remark" role="alert">{move || trouble.get()}</p>
            };
            button.into_any()
        })
    }
}
