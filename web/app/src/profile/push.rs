// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What the browser says about notifications, and the subscription to Web Push (RFC 8030). A push carries nothing: what it
//! wakes is the service worker, which asks the server.

use js_sys::{ArrayBuffer, Reflect, Uint8Array};
use leptos::task::spawn_local;
use melder_kit::dom;
use melder_port::ask::Subscription;
use melder_port::{Answer, Ask, Failure};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Notification, NotificationPermission, PushEncryptionKeyName, PushManager, PushSubscription,
    PushSubscriptionOptionsInit, ServiceWorkerRegistration,
};

use crate::{fetch, port};

/// May this page notify?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    /// The browser can't, or not here.
    Unsupported,
    /// Nobody was asked yet.
    Open,
    Granted,
    Denied,
}

/// Why there is no subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PushTrouble {
    NotAllowed,
    /// The app's background part is not installed (first visit, private window).
    NoWorker,
    /// The server has no push.
    NoServer,
    /// The browser's push service did not take it.
    Refused,
    Failed(Failure),
}

fn has(object: &JsValue, name: &str) -> bool {
    Reflect::has(object, &JsValue::from_str(name)).unwrap_or(false)
}

/// An iPhone or iPad in the browser, where only an installed app may notify.
#[must_use]
pub fn needs_install() -> bool {
    let navigator = dom::window().navigator();
    let agent = navigator.user_agent().unwrap_or_default();
    (agent.contains("iPhone") || agent.contains("iPad")) && !has(&dom::window(), "PushManager")
}

#[must_use]
pub fn permission() -> Permission {
    let window = dom::window();
    let able = has(&window, "Notification") && has(&window, "PushManager") && has(&window.navigator(), "serviceWorker");
    if !able {
        return Permission::Unsupported;
    }
    match Notification::permission() {
        NotificationPermission::Granted => Permission::Granted,
        NotificationPermission::Denied => Permission::Denied,
        _ => Permission::Open,
    }
}

/// Asks the person, and subscribes if they allow it. `then` gets what they said.
pub fn allow(then: impl FnOnce(Permission) + 'static) {
    spawn_local(async move {
        if let Ok(promise) = Notification::request_permission() {
            let _ = JsFuture::from(promise).await;
        }
        let now = permission();
        if now == Permission::Granted {
            // What does not work here, the notifications' own screen diagnoses.
            let _ = subscribe().await;
        }
        then(now);
    });
}

async fn registration() -> Option<ServiceWorkerRegistration> {
    let promise = dom::window().navigator().service_worker().get_registration();
    JsFuture::from(promise).await.ok()?.dyn_into().ok()
}

/// Is the app's background part installed?
pub async fn has_worker() -> bool {
    permission() != Permission::Unsupported && registration().await.is_some()
}

async fn manager() -> Option<PushManager> {
    registration().await?.push_manager().ok()
}

/// The browser's subscription, if there is one.
pub async fn has_subscription() -> bool {
    if permission() == Permission::Unsupported {
        return false;
    }
    let Some(manager) = manager().await else { return false };
    let Ok(promise) = manager.get_subscription() else {
        return false;
    };
    JsFuture::from(promise).await.is_ok_and(|found| found.is_object())
}

/// Subscribes with the server's key, and tells the server.
///
/// # Errors
/// Why it did not work.
pub async fn subscribe() -> Result<(), PushTrouble> {
    if permission() != Permission::Granted {
        return Err(PushTrouble::NotAllowed);
    }
    let about = fetch!(Ask::Notifications => Answer::Notifications).map_err(|failure| match failure {
        Failure::Refused(code) if code == "not_available" => PushTrouble::NoServer,
        failure => PushTrouble::Failed(failure),
    })?;
    let key = about.server_key.ok_or(PushTrouble::NoServer)?;
    let manager = manager().await.ok_or(PushTrouble::NoWorker)?;
    let options = PushSubscriptionOptionsInit::new();
    options.set_user_visible_only(true);
    options.set_application_server_key(&Uint8Array::from(key.as_slice()));
    let promise = manager
        .subscribe_with_options(&options)
        .map_err(|_| PushTrouble::Refused)?;
    let found = JsFuture::from(promise).await.map_err(|_| PushTrouble::Refused)?;
    let subscription: PushSubscription = found.dyn_into().map_err(|_| PushTrouble::Refused)?;
    let told = Subscription {
        endpoint: subscription.endpoint(),
        key: bytes(&subscription, PushEncryptionKeyName::P256dh).ok_or(PushTrouble::Refused)?,
        auth: bytes(&subscription, PushEncryptionKeyName::Auth).ok_or(PushTrouble::Refused)?,
    };
    port::ask(Ask::Subscribe(Some(told)))
        .await
        .map(|_| ())
        .map_err(PushTrouble::Failed)
}

fn bytes(subscription: &PushSubscription, name: PushEncryptionKeyName) -> Option<Vec<u8>> {
    let buffer: ArrayBuffer = subscription.get_key(name).ok()??;
    Some(Uint8Array::new(&buffer).to_vec())
}
