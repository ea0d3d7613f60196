// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What the browser says about notifications, and the subscription to Web Push (RFC 8030). A push carries nothing: what it
//! wakes is the service worker, which asks the server.

use js_sys::{Object, Reflect, Uint8Array};
use melder_kit::dom;
use melder_kit::dom::spawn_local;
use melder_port::ask::Subscription;
use melder_port::{Answer, Ask, Failure};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Notification, NotificationPermission, PushManager, PushSubscription, PushSubscriptionOptionsInit,
    ServiceWorkerRegistration,
};

use crate::{fetch, port};

/// Told to the window when [`renew`] has tried: what a screen says of the subscription may be old.
pub const RENEWED: &str = "melder-push-renewed";

/// Bytes of a ticket, and of its hash.
const TICKET: usize = 32;

/// So often it is looked for the background part, and so long between.
const PATIENCE: u32 = 40;
const PAUSE_MS: i32 = 250;

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

/// The app's background part. On a first visit it may still be on its way.
async fn registration() -> Option<ServiceWorkerRegistration> {
    for _ in 0..PATIENCE {
        let promise = dom::window().navigator().service_worker().get_registration();
        let found = JsFuture::from(promise)
            .await
            .ok()?
            .dyn_into::<ServiceWorkerRegistration>();
        match found {
            Ok(found) if found.active().is_some() => return Some(found),
            // Never installed, or not allowed: there is nothing to wait for.
            Err(_) => return None,
            Ok(_) => dom::pause(PAUSE_MS).await,
        }
    }
    None
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
    let about = fetch!(Ask::Notifications => Answer::Notifications).map_err(PushTrouble::Failed)?;
    let key = about.server_key.ok_or(PushTrouble::NoServer)?;
    let manager = manager().await.ok_or(PushTrouble::NoWorker)?;
    let subscription = match subscribe_with(&manager, &key).await {
        Some(subscription) => subscription,
        // One of another server's key stands in the way.
        None if drop_old(&manager).await => subscribe_with(&manager, &key).await.ok_or(PushTrouble::Refused)?,
        None => return Err(PushTrouble::Refused),
    };
    let ticket = new_ticket().await.ok_or(PushTrouble::NoWorker)?;
    let told = Subscription {
        endpoint: subscription.endpoint(),
        ticket,
    };
    port::ask(Ask::Subscribe(Some(told)))
        .await
        .map(|_| ())
        .map_err(|failure| match failure {
            Failure::Refused(code) if code == "no_push" => PushTrouble::NoServer,
            failure => PushTrouble::Failed(failure),
        })
}

async fn subscribe_with(manager: &PushManager, key: &[u8]) -> Option<PushSubscription> {
    let options = PushSubscriptionOptionsInit::new();
    options.set_user_visible_only(true);
    options.set_application_server_key(&Uint8Array::from(key));
    let promise = manager.subscribe_with_options(&options).ok()?;
    // By its shape: what a browser's extension puts in its place is as good.
    JsFuture::from(promise)
        .await
        .ok()
        .filter(|found| has(found, "endpoint"))
        .map(JsCast::unchecked_into)
}

async fn drop_old(manager: &PushManager) -> bool {
    let Ok(promise) = manager.get_subscription() else {
        return false;
    };
    let Ok(found) = JsFuture::from(promise).await else {
        return false;
    };
    if !found.is_object() {
        return false;
    }
    let old: PushSubscription = found.unchecked_into();
    match old.unsubscribe() {
        Ok(promise) => JsFuture::from(promise).await.is_ok(),
        Err(_) => false,
    }
}

/// A new ticket: the service worker keeps it, the server gets its hash.
async fn new_ticket() -> Option<[u8; TICKET]> {
    let crypto = dom::window().crypto().ok()?;
    let mut secret = [0; TICKET];
    crypto.get_random_values_with_u8_array(&mut secret).ok()?;
    let digest = crypto.subtle().digest_with_str_and_u8_array("SHA-256", &secret).ok()?;
    let digest = Uint8Array::new(&JsFuture::from(digest).await.ok()?).to_vec();
    let text = dom::window().btoa(&secret.iter().map(|byte| char::from(*byte)).collect::<String>());
    let text = text.ok()?.replace('+', "-").replace('/', "_").replace('=', "");
    tell_worker("ticket", "ticket", &text).await?;
    digest.try_into().ok()
}

/// Says something to the service worker.
async fn tell_worker(kind: &str, name: &str, value: &str) -> Option<()> {
    let worker = registration().await?.active()?;
    let message = Object::new();
    Reflect::set(&message, &"type".into(), &kind.into()).ok()?;
    Reflect::set(&message, &name.into(), &value.into()).ok()?;
    worker.post_message(&message).ok()
}

/// Has the service worker show what a push for this would.
pub fn show(kind: &'static str) {
    spawn_local(async move {
        // Without one nothing is shown, as nothing is pushed.
        let _ = tell_worker("show", "kind", kind).await;
    });
}

/// Tells the service worker which chats are muted and until when, as `[["id", milliseconds], …]`: the server does not know.
pub fn mute(chats: String) {
    spawn_local(async move {
        let _ = tell_worker("muted", "chats", &chats).await;
    });
}

/// Subscribes again, without a word, when the browser or the server has forgotten: only where the person allowed it.
pub fn renew() {
    if permission() != Permission::Granted {
        return;
    }
    spawn_local(async {
        let Ok(about) = fetch!(Ask::Notifications => Answer::Notifications) else {
            return;
        };
        if about.server_key.is_some() && !(about.subscribed && has_subscription().await) {
            // What does not work here, the notifications' own screen diagnoses.
            let _ = subscribe().await;
            if let Ok(event) = web_sys::Event::new(RENEWED) {
                let _ = dom::window().dispatch_event(&event);
            }
        }
    });
}
