// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The task that calls push services: a bounded queue, few at a time, and every outcome goes back to the core.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Empty;
use hyper::header::{AUTHORIZATION, CONTENT_LENGTH, HOST, HeaderValue, RETRY_AFTER};
use hyper::{Request, StatusCode};
use melder_protocol::Time;
use tokio::sync::{Semaphore, mpsc};

use super::address::{Reach, Target};
use super::http::Client;
use super::rings::Reason;
use super::vapid::VapidKey;
use super::{Order, PushOutcome};
use crate::Clock;
use crate::core::Input;
use crate::stream::Shared;

/// Pushes that wait. More are given up: the core hears nothing of them, and rings again.
const QUEUE: usize = 8_192;
const AT_ONCE: usize = 32;
const PATIENCE: Duration = Duration::from_secs(30);
/// A push service that asks for more patience than this is asked again all the same.
const LONGEST_WAIT_MS: u64 = Time::HOUR;
/// Tokens are kept for so many push services: there are a handful in the world.
const MOST_TOKENS: usize = 64;
/// A token is not used in its last minutes.
const TOKEN_MARGIN_MS: u64 = 10 * Time::MINUTE;

/// Who this server is to a push service.
pub(crate) struct Sender {
    pub key: VapidKey,
    /// Whom a push service writes to when something is wrong: a `mailto:` or `https:` address.
    pub contact: String,
    pub reach: Reach,
    pub clock: Arc<dyn Clock>,
}

/// The way into the queue.
#[derive(Debug, Clone)]
pub(crate) struct Post(mpsc::Sender<Order>);

impl Post {
    pub fn send(&self, order: Order) {
        if self.0.try_send(order).is_err() {
            tracing::warn!("too many pushes are waiting: one was given up");
        }
    }
}

/// What all pushes share.
pub(crate) struct Office {
    sender: Sender,
    client: Client,
    tokens: Mutex<HashMap<String, (HeaderValue, Time)>>,
}

/// Starts the task; it ends when the last [`Post`] is gone.
///
/// # Errors
/// When TLS can't be set up.
pub(crate) fn start(sender: Sender, shared: Arc<Shared>) -> Result<Post, rustls::Error> {
    let (give, mut orders) = mpsc::channel::<Order>(QUEUE);
    let office = Arc::new(Office::new(sender)?);
    tokio::spawn(async move {
        let permits = Arc::new(Semaphore::new(AT_ONCE));
        while let Some(order) = orders.recv().await {
            let Ok(permit) = Arc::clone(&permits).acquire_owned().await else {
                break;
            };
            let office = Arc::clone(&office);
            let shared = Arc::clone(&shared);
            tokio::spawn(async move {
                let outcome = office.push(&order.target, order.reason).await;
                drop(permit);
                // A server that stops needs no outcome.
                shared.input(Input::Pushed(Box::new(order), outcome)).await;
            });
        }
    });
    Ok(Post(give))
}

/// How long a push service keeps a push for a device that it can't reach, in seconds; and how urgent it is.
const fn terms(reason: Reason) -> (&'static str, &'static str) {
    match reason {
        Reason::Message => ("86400", "normal"),
        Reason::Test => ("60", "high"),
        Reason::Alarm => ("3600", "high"),
    }
}

impl Office {
    pub fn new(sender: Sender) -> Result<Self, rustls::Error> {
        Ok(Self {
            client: Client::new(sender.reach)?,
            sender,
            tokens: Mutex::default(),
        })
    }

    pub async fn push(&self, target: &Target, reason: Reason) -> PushOutcome {
        let Some(token) = self.token(&target.origin()) else {
            return PushOutcome::Failed(None);
        };
        let (ttl, urgency) = terms(reason);
        let authority = target.authority();
        let request = || {
            let mut request = Request::new(Empty::<Bytes>::new());
            *request.method_mut() = hyper::Method::POST;
            // Checked when the target was made.
            *request.uri_mut() = target.path.parse().unwrap_or_default();
            let headers = request.headers_mut();
            if let Ok(host) = HeaderValue::from_str(&authority) {
                headers.insert(HOST, host);
            }
            headers.insert(AUTHORIZATION, token.clone());
            headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
            headers.insert("ttl", HeaderValue::from_static(ttl));
            headers.insert("urgency", HeaderValue::from_static(urgency));
            headers.insert("topic", HeaderValue::from_static(reason.word()));
            request
        };
        let answer = match tokio::time::timeout(PATIENCE, self.client.send(target, request)).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) => {
                tracing::debug!(%error, "a push service can't be reached");
                return PushOutcome::Failed(None);
            }
            Err(_) => return PushOutcome::Failed(None),
        };
        match answer.status() {
            status if status.is_success() => PushOutcome::Taken,
            StatusCode::NOT_FOUND | StatusCode::GONE => PushOutcome::Gone,
            status => {
                tracing::warn!(status = status.as_u16(), "a push service did not take a push");
                let wait = answer.headers().get(RETRY_AFTER).and_then(|wait| wait.to_str().ok());
                let seconds = wait.and_then(|wait| wait.trim().parse::<u64>().ok());
                PushOutcome::Failed(seconds.map(|seconds| seconds.saturating_mul(Time::SECOND).min(LONGEST_WAIT_MS)))
            }
        }
    }

    fn token(&self, origin: &str) -> Option<HeaderValue> {
        let now = self.sender.clock.now();
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((token, expires)) = tokens.get(origin)
            && now.plus(TOKEN_MARGIN_MS) < *expires
        {
            return Some(token.clone());
        }
        let (token, expires) = self.sender.key.authorization(origin, &self.sender.contact, now);
        let mut token = HeaderValue::from_str(&token).ok()?;
        token.set_sensitive(true);
        if tokens.len() >= MOST_TOKENS {
            tokens.clear();
        }
        tokens.insert(origin.to_owned(), (token.clone(), expires));
        Some(token)
    }
}
