// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A connection from this server to a machine elsewhere: a push service, or a city's log-in. A name is looked up here, so
//! that no address is called that may not be.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::body::Body;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use rustls::pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::address::{Reach, Target};

const CONNECT: Duration = Duration::from_secs(10);

#[derive(Debug, thiserror::Error)]
pub(crate) enum DialError {
    #[error("the name stands for no address that may be called")]
    NoAddress,
    #[error("it took too long")]
    TooLong,
    #[error(transparent)]
    Io(#[from] std::io::Error),
    #[error(transparent)]
    Hyper(#[from] hyper::Error),
}

/// Knows who may be called, and whose certificates are believed.
#[derive(Clone)]
pub(crate) struct Dialer {
    reach: Reach,
    tls: TlsConnector,
}

impl Dialer {
    /// Certificates of the web's authorities are believed, and of these.
    ///
    /// # Errors
    /// When TLS can't be set up, or one of `own` is no certificate of an authority.
    pub fn new(reach: Reach, own: Vec<CertificateDer<'static>>) -> Result<Self, rustls::Error> {
        let mut roots = rustls::RootCertStore {
            roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
        };
        for certificate in own {
            roots.add(certificate)?;
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self {
            reach,
            tls: TlsConnector::from(Arc::new(config)),
        })
    }

    /// Connects, in some seconds or not at all.
    pub async fn dial<B>(&self, target: &Target) -> Result<SendRequest<B>, DialError>
    where
        B: Body<Error: Into<Box<dyn std::error::Error + Send + Sync>>, Data: Send> + Send + 'static,
    {
        tokio::time::timeout(CONNECT, self.connect(target))
            .await
            .map_err(|_| DialError::TooLong)?
    }

    async fn connect<B>(&self, target: &Target) -> Result<SendRequest<B>, DialError>
    where
        B: Body<Error: Into<Box<dyn std::error::Error + Send + Sync>>, Data: Send> + Send + 'static,
    {
        let bare = target.host.trim_start_matches('[').trim_end_matches(']');
        let found = tokio::net::lookup_host((bare, target.port)).await?;
        let allowed = |address: &SocketAddr| self.reach.allows(address.ip(), target.tls);
        let addresses: Vec<_> = found.filter(allowed).collect();
        if addresses.is_empty() {
            return Err(DialError::NoAddress);
        }
        let stream = TcpStream::connect(addresses.as_slice()).await?;
        stream.set_nodelay(true)?;
        if target.tls {
            let name = ServerName::try_from(bare.to_owned()).map_err(|_| DialError::NoAddress)?;
            let stream = self.tls.connect(name, stream).await?;
            open(stream).await
        } else {
            open(stream).await
        }
    }
}

async fn open<B>(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) -> Result<SendRequest<B>, DialError>
where
    B: Body<Error: Into<Box<dyn std::error::Error + Send + Sync>>, Data: Send> + Send + 'static,
{
    let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(async move {
        // Whoever sends hears of it.
        if let Err(error) = connection.await {
            tracing::debug!(%error, "a connection to elsewhere");
        }
    });
    Ok(sender)
}
