// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! One HTTP request to a push service. No redirects, no cookies, no proxies; who may be called is the dialer's
//! ([`super::dial`]).

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::client::conn::http1::SendRequest;
use hyper::{Request, Response, body::Incoming};

use super::address::{Reach, Target};
use super::dial::{DialError, Dialer};

/// So much of an answer is read.
const MAX_ANSWER: usize = 16 * 1024;
/// Connections to one push service that wait for their next use.
const IDLE: usize = 8;

type Connection = SendRequest<Empty<Bytes>>;

/// Calls push services.
pub(super) struct Client {
    dialer: Dialer,
    idle: Mutex<HashMap<String, Vec<Connection>>>,
}

impl Client {
    pub fn new(reach: Reach) -> Result<Self, rustls::Error> {
        Ok(Self {
            dialer: Dialer::new(reach, Vec::new())?,
            idle: Mutex::default(),
        })
    }

    /// Sends it, and gives the answer without its body.
    pub async fn send(
        &self,
        target: &Target,
        request: impl Fn() -> Request<Empty<Bytes>>,
    ) -> Result<Response<()>, DialError> {
        while let Some(mut kept) = self.take(target) {
            if kept.ready().await.is_ok()
                && let Ok(answer) = kept.send_request(request()).await
            {
                return Ok(self.read(target, kept, answer).await);
            }
        }
        let mut fresh = self.dialer.dial(target).await?;
        fresh.ready().await?;
        let answer = fresh.send_request(request()).await?;
        Ok(self.read(target, fresh, answer).await)
    }

    fn take(&self, target: &Target) -> Option<Connection> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = idle.get_mut(&target.origin())?;
        kept.retain(|connection| !connection.is_closed());
        kept.pop()
    }

    /// Reads the body away, so that the connection can be used again.
    async fn read(&self, target: &Target, connection: Connection, answer: Response<Incoming>) -> Response<()> {
        let (head, body) = answer.into_parts();
        let whole = Limited::new(body, MAX_ANSWER).collect().await.is_ok();
        if whole && !connection.is_closed() {
            let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
            let kept = idle.entry(target.origin()).or_default();
            if kept.len() < IDLE {
                kept.push(connection);
            }
        }
        Response::from_parts(head, ())
    }
}
