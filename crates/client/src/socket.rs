// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! One connection to the server, as a task of its own: it dials after a pause and reads frames until the end, which is also
//! when [`Pulse`] says that the other side is gone. Frames out go through a second small task, so that a slow uplink never
//! stops the reading.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use melder_protocol::limits::MAX_FRAME;
use melder_protocol::{STREAM_PATH, SUBPROTOCOL};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::{Notify, mpsc};
use tokio::time::{Instant, sleep_until, timeout};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{Connector, MaybeTlsStream, WebSocketStream, client_async_tls_with_config};

use crate::pulse::{Next, Passed, Pulse};

type Stream = WebSocketStream<MaybeTlsStream<Counted>>;

/// A server that says nothing for so long while a connection is made is not there. On the slowest network a round trip takes
/// two seconds.
const DIAL_SILENCE: Duration = Duration::from_secs(7);
/// Four round trips (TCP, two of TLS, the upgrade) and a certificate chain, on the slowest network.
const DIAL: Duration = Duration::from_secs(30);
/// Frames that wait for the engine. More stay in the kernel's buffers, and so slow the server down.
const BACKLOG: usize = 32;

/// What a connection tells its owner. The number says which connection: an old one may still speak.
#[derive(Debug)]
pub(crate) enum Net {
    Up(u64, Outlet),
    Frame(u64, Vec<u8>),
    Down(u64),
}

/// What goes out.
#[derive(Debug)]
enum Out {
    Frame(Vec<u8>),
    Ping,
}

/// Where the owner puts frames. The connection ends with it.
#[derive(Debug)]
pub(crate) struct Outlet {
    frames: mpsc::UnboundedSender<Out>,
    meter: Arc<Meter>,
}

impl Outlet {
    pub(crate) fn send(&self, frame: Vec<u8>) {
        self.meter.said.fetch_add(frame.len() as u64, Ordering::Relaxed);
        // A connection that is over is reported as such; the engine keeps what it needs, and sends again.
        let _ = self.frames.send(Out::Frame(frame));
        if !self.meter.spoke.swap(true, Ordering::Relaxed) {
            self.meter.wake.notify_one();
        }
    }
}

/// What has gone over one connection.
#[derive(Debug, Default)]
struct Meter {
    heard: AtomicU64,
    said: AtomicU64,
    /// Something was said since the pulse was looked at.
    spoke: AtomicBool,
    wake: Notify,
}

impl Meter {
    fn passed(&self) -> Passed {
        self.spoke.store(false, Ordering::Relaxed);
        Passed {
            heard: self.heard.load(Ordering::Relaxed),
            said: self.said.load(Ordering::Relaxed),
        }
    }
}

/// A socket that counts what comes in, byte by byte: a large frame on a slow network is a sign of life before it is whole.
#[derive(Debug)]
struct Counted {
    tcp: TcpStream,
    meter: Arc<Meter>,
}

impl AsyncRead for Counted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.tcp).poll_read(cx, buffer);
        let more = buffer.filled().len() - before;
        self.meter.heard.fetch_add(more as u64, Ordering::Relaxed);
        polled
    }
}

impl AsyncWrite for Counted {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.tcp).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[std::io::IoSlice<'_>],
    ) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.tcp).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.tcp.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.tcp).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.tcp).poll_shutdown(cx)
    }
}

/// Bytes and frames since the client was opened.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub bytes_in: AtomicU64,
    pub bytes_out: AtomicU64,
    pub frames_in: AtomicU64,
    pub frames_out: AtomicU64,
    pub connections: AtomicU64,
}

pub(crate) fn channel() -> (mpsc::Sender<Net>, mpsc::Receiver<Net>) {
    mpsc::channel(BACKLOG)
}

/// Dials after `pause`, then reads until the end. The last word is always [`Net::Down`].
pub(crate) async fn run(number: u64, server: String, pause: Duration, net: mpsc::Sender<Net>, counters: Arc<Counters>) {
    tokio::time::sleep(pause).await;
    let meter = Arc::new(Meter::default());
    let dialled = tokio::select! {
        dialled = timeout(DIAL, dial(&server, &meter)) => dialled,
        () = silence(&meter) => return drop(net.send(Net::Down(number)).await),
    };
    match dialled {
        Ok(Ok(stream)) => {
            counters.connections.fetch_add(1, Ordering::Relaxed);
            let (sink, stream) = stream.split();
            let (frames, to_write) = mpsc::unbounded_channel();
            let outlet = Outlet {
                frames: frames.clone(),
                meter: Arc::clone(&meter),
            };
            if net.send(Net::Up(number, outlet)).await.is_ok() {
                // The writer ends when the reader does.
                let writer = tokio::spawn(write(sink, to_write, Arc::clone(&counters)));
                let abort = AbortOnDrop(writer);
                read(number, stream, &net, &frames, &meter, &counters).await;
                drop(abort);
            }
        }
        Ok(Err(error)) => tracing::debug!(%error, "no connection"),
        Err(_) => tracing::debug!("no connection in time"),
    }
    // The owner may be gone, and then nobody needs to know.
    let _ = net.send(Net::Down(number)).await;
}

/// Until nothing was heard for a while.
async fn silence(meter: &Meter) {
    let mut before = None;
    loop {
        let heard = meter.heard.load(Ordering::Relaxed);
        if before == Some(heard) {
            return;
        }
        before = Some(heard);
        tokio::time::sleep(DIAL_SILENCE).await;
    }
}

/// Ends a task with its owner.
#[derive(Debug)]
pub(crate) struct AbortOnDrop<T>(pub tokio::task::JoinHandle<T>);

impl<T> Drop for AbortOnDrop<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn dial(server: &str, meter: &Arc<Meter>) -> Result<Stream, tungstenite::Error> {
    let address = match server.split_once("://") {
        Some(("https", host)) => format!("wss://{host}{STREAM_PATH}"),
        Some((_, host)) => format!("ws://{host}{STREAM_PATH}"),
        None => format!("wss://{server}{STREAM_PATH}"),
    };
    let mut request = address.into_client_request()?;
    request
        .headers_mut()
        .insert("sec-websocket-protocol", HeaderValue::from_static(SUBPROTOCOL));
    let secure = request.uri().scheme_str() == Some("wss");
    let host = request
        .uri()
        .host()
        .unwrap_or_default()
        .trim_matches(['[', ']'])
        .to_owned();
    let port = request.uri().port_u16().unwrap_or(if secure { 443 } else { 80 });
    let tcp = TcpStream::connect((host.as_str(), port)).await?;
    tcp.set_nodelay(true)?;
    let config = WebSocketConfig::default()
        .read_buffer_size(4 * 1024)
        .write_buffer_size(4 * 1024)
        .max_write_buffer_size(MAX_FRAME * 2)
        .max_message_size(Some(MAX_FRAME))
        .max_frame_size(Some(MAX_FRAME));
    let connector = if secure { tls::connector()? } else { Connector::Plain };
    let counted = Counted {
        tcp,
        meter: Arc::clone(meter),
    };
    let (stream, response) = client_async_tls_with_config(request, counted, Some(config), Some(connector)).await?;
    let agreed = response
        .headers()
        .get("sec-websocket-protocol")
        .is_some_and(|value| value == SUBPROTOCOL);
    if agreed {
        Ok(stream)
    } else {
        Err(tungstenite::Error::Protocol(
            tungstenite::error::ProtocolError::SecWebSocketSubProtocolError(
                tungstenite::error::SubProtocolError::InvalidSubProtocol,
            ),
        ))
    }
}

async fn read(
    number: u64,
    mut stream: SplitStream<Stream>,
    net: &mpsc::Sender<Net>,
    out: &mpsc::UnboundedSender<Out>,
    meter: &Meter,
    counters: &Counters,
) {
    let mut pulse = Pulse::new(Instant::now());
    loop {
        let next = pulse.look(Instant::now(), meter.passed());
        let due = match next {
            Next::Wait(due) => due,
            Next::Ping => {
                if out.send(Out::Ping).is_err() {
                    return;
                }
                pulse.pinged(Instant::now());
                continue;
            }
            Next::Dead => Instant::now(),
        };
        let message = tokio::select! {
            biased;
            message = stream.next() => message,
            // Only if there is nothing to read: this task may have come late.
            () = std::future::ready(()), if next == Next::Dead => {
                if pulse.hears(meter.passed()) {
                    continue;
                }
                return tracing::debug!("the other side is gone");
            }
            () = meter.wake.notified() => continue,
            () = sleep_until(due) => continue,
        };
        match message {
            Some(Ok(Message::Binary(bytes))) => {
                counters.bytes_in.fetch_add(bytes.len() as u64, Ordering::Relaxed);
                counters.frames_in.fetch_add(1, Ordering::Relaxed);
                let read = Instant::now();
                if net.send(Net::Frame(number, bytes.into())).await.is_err() {
                    return;
                }
                // While the engine is busy nobody looks at the socket: that is not the other side's silence.
                pulse.looked_away(read.elapsed());
            }
            Some(Ok(Message::Pong(_))) => pulse.answered(Instant::now()),
            Some(Ok(Message::Close(_))) | None => return,
            // Pongs to the server's pings are tungstenite's work.
            Some(Ok(_)) => {}
            Some(Err(error)) => return tracing::debug!(%error, "connection lost"),
        }
    }
}

async fn write(
    mut sink: SplitSink<Stream, Message>,
    mut frames: mpsc::UnboundedReceiver<Out>,
    counters: Arc<Counters>,
) {
    while let Some(out) = frames.recv().await {
        let message = match out {
            Out::Frame(bytes) => {
                counters.frames_out.fetch_add(1, Ordering::Relaxed);
                Message::Binary(bytes.into())
            }
            Out::Ping => Message::Ping(tungstenite::Bytes::new()),
        };
        counters.bytes_out.fetch_add(message.len() as u64, Ordering::Relaxed);
        // Several frames that are ready go in one write.
        let result = if frames.is_empty() {
            sink.send(message).await
        } else {
            sink.feed(message).await
        };
        if result.is_err() {
            return;
        }
    }
    // The owner has dropped its side: a clean goodbye, if the network still takes one.
    let _ = timeout(Duration::from_secs(1), sink.close()).await;
}

mod tls {
    //! TLS by rustls and ring, with the web's root certificates and, if `MELDER_CA` names a file, those in it.

    use std::sync::{Arc, OnceLock};

    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject;
    use tokio_tungstenite::Connector;
    use tokio_tungstenite::tungstenite::{Error, error::TlsError};

    static CONFIG: OnceLock<Arc<rustls::ClientConfig>> = OnceLock::new();

    pub(super) fn connector() -> Result<Connector, Error> {
        if let Some(config) = CONFIG.get() {
            return Ok(Connector::Rustls(Arc::clone(config)));
        }
        let mut roots = rustls::RootCertStore::empty();
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        if let Some(path) = std::env::var_os("MELDER_CA") {
            for certificate in CertificateDer::pem_file_iter(path).map_err(std::io::Error::other)? {
                let certificate = certificate.map_err(std::io::Error::other)?;
                roots
                    .add(certificate)
                    .map_err(|error| Error::Tls(TlsError::Rustls(Box::new(error))))?;
            }
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| Error::Tls(TlsError::Rustls(Box::new(error))))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Connector::Rustls(Arc::clone(CONFIG.get_or_init(|| Arc::new(config)))))
    }
}
