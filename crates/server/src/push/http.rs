// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! One HTTP request to a push service. No redirects, no cookies, no proxies; a name is looked up here, so that no address is
//! called that may not be.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::client::conn::http1::{self, SendRequest};
use hyper::{Request, Response, body::Incoming};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::address::{self, Reach, Target};

/// So much of an answer is read.
const MAX_ANSWER: usize = 16 * 1024;
const CONNECT: Duration = Duration::from_secs(10);
/// Connections to one push service that wait for their next use.
const IDLE: usize = 8;

#[derive(Debug, thiserror::Error)]
pub(super) enum HttpError {
    #[error("the name stands for no address that may be called")]
    NoAddress,
    #[error("it took too long")]
    TooLong,
    #[error(transparent)]
    Io(#[from] std::io::Error),
    #[error(transparent)]
    Hyper(#[from] hyper::Error),
}

type Connection = SendRequest<Empty<Bytes>>;

/// Calls push services.
pub(super) struct Client {
    reach: Reach,
    tls: TlsConnector,
    idle: Mutex<HashMap<String, Vec<Connection>>>,
}

impl Client {
    pub fn new(reach: Reach) -> Result<Self, rustls::Error> {
        let roots = rustls::RootCertStore {
            roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
        };
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self {
            reach,
            tls: TlsConnector::from(Arc::new(config)),
            idle: Mutex::default(),
        })
    }

    /// Sends it, and gives the answer without its body.
    pub async fn send(
        &self,
        target: &Target,
        request: impl Fn() -> Request<Empty<Bytes>>,
    ) -> Result<Response<()>, HttpError> {
        while let Some(mut kept) = self.take(target) {
            if kept.ready().await.is_ok()
                && let Ok(answer) = kept.send_request(request()).await
            {
                return Ok(self.read(target, kept, answer).await);
            }
        }
        let mut fresh = tokio::time::timeout(CONNECT, self.connect(target))
            .await
            .map_err(|_| HttpError::TooLong)??;
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

    async fn connect(&self, target: &Target) -> Result<Connection, HttpError> {
        let bare = target.host.trim_start_matches('[').trim_end_matches(']');
        let found = tokio::net::lookup_host((bare, target.port)).await?;
        let allowed =
            |address: &std::net::SocketAddr| self.reach == Reach::Anywhere || address::is_public(address.ip());
        let addresses: Vec<_> = found.filter(allowed).collect();
        if addresses.is_empty() {
            return Err(HttpError::NoAddress);
        }
        let stream = TcpStream::connect(addresses.as_slice()).await?;
        stream.set_nodelay(true)?;
        if target.tls {
            let name = ServerName::try_from(bare.to_owned()).map_err(|_| HttpError::NoAddress)?;
            let stream = self.tls.connect(name, stream).await?;
            open(stream).await
        } else {
            open(stream).await
        }
    }
}

async fn open(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) -> Result<Connection, HttpError> {
    let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(async move {
        // Whoever sends hears of it.
        if let Err(error) = connection.await {
            tracing::debug!(%error, "a push service's connection");
        }
    });
    Ok(sender)
}
