// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! One connection: from an HTTP request to a WebSocket, and the task that reads it and does what can't be done at once.

use std::cell::RefCell;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Poll, ready};
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use hyper_util::rt::TokioIo;
use hyper_util::server::conn::auto::upgrade::downcast;
use melder_protocol::SUBPROTOCOL;
use tokio::io::{AsyncRead as _, ReadBuf};
use tokio::net::TcpStream;
use tokio::net::tcp::OwnedReadHalf;
use tokio::sync::mpsc::error::TrySendError;
use tokio::time::timeout;

use super::line::{Duty, Line};
use super::websocket::{self, Event, Incoming};
use super::{Shared, lock};
use crate::core::{ConnectionId, Input, is_acknowledgement};
use crate::delivery::{Delivery, Next, chunk_answer};

/// How long the other side has to take note of the end.
const FAREWELL: Duration = Duration::from_secs(1);
/// What is read at once. One buffer for each thread, so an idle connection has none.
const READ_BUFFER: usize = 64 * 1024;

thread_local! {
    static BUFFER: RefCell<Vec<u8>> = RefCell::new(vec![0; READ_BUFFER]);
}

pub(crate) async fn upgrade(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    if shared.connections() >= shared.max_connections {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let accept = match handshake(request.method(), request.headers()) {
        Ok(accept) => accept,
        Err(refused) => return refused.into_response(),
    };
    let upgrading = hyper::upgrade::on(request);
    tokio::spawn(async move {
        let Ok(upgraded) = upgrading.await else { return };
        match downcast::<TokioIo<TcpStream>>(upgraded) {
            Ok(parts) => {
                // hyper's buffer is larger than all that a connection needs later.
                let early = parts.read_buf.to_vec();
                drop(parts.read_buf);
                serve(parts.io.into_inner(), early, shared).await;
            }
            Err(_) => tracing::error!("a connection that is no TCP connection"),
        }
    });
    let headers = [
        (header::CONNECTION, "upgrade".to_owned()),
        (header::UPGRADE, "websocket".to_owned()),
        (header::SEC_WEBSOCKET_ACCEPT, accept),
        (header::SEC_WEBSOCKET_PROTOCOL, SUBPROTOCOL.to_owned()),
    ];
    (StatusCode::SWITCHING_PROTOCOLS, headers).into_response()
}

/// Checks the client's handshake (RFC 6455, section 4.2.1); the answer to its key.
fn handshake(method: &Method, headers: &HeaderMap) -> Result<String, (StatusCode, &'static str)> {
    let names = |header: HeaderName, name: &str| {
        headers
            .get_all(header)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .any(|value| value.trim().eq_ignore_ascii_case(name))
    };
    if method != Method::GET {
        return Err((StatusCode::METHOD_NOT_ALLOWED, "a WebSocket begins with GET"));
    }
    if !names(header::CONNECTION, "upgrade") || !names(header::UPGRADE, "websocket") {
        return Err((StatusCode::UPGRADE_REQUIRED, "this is a WebSocket"));
    }
    if !names(header::SEC_WEBSOCKET_VERSION, "13") {
        return Err((StatusCode::BAD_REQUEST, "the WebSocket's version is 13"));
    }
    // A client that speaks another version must not take this one's frames for its own.
    if !names(header::SEC_WEBSOCKET_PROTOCOL, SUBPROTOCOL) {
        return Err((StatusCode::BAD_REQUEST, "the subprotocol is melder.1"));
    }
    match headers.get(header::SEC_WEBSOCKET_KEY) {
        Some(key) => Ok(websocket::accept_key(key.as_bytes())),
        None => Err((StatusCode::BAD_REQUEST, "Sec-WebSocket-Key is missing")),
    }
}

async fn serve(socket: TcpStream, early: Vec<u8>, shared: Arc<Shared>) {
    let id = shared.connection_number();
    let (reader, writer) = socket.into_split();
    let line = Arc::new(Line::new(id, writer, shared.millis()));
    lock(&shared.delivery).open(id, Arc::clone(&line));
    let guard = Registered {
        line: Arc::clone(&line),
        shared: Arc::clone(&shared),
    };
    if shared.input(Input::Opened(id)).await {
        let mut connection = Connection {
            reader,
            incoming: Incoming::default(),
            waiting: Vec::new(),
            shared,
            line,
            id,
        };
        // Whatever ended it, the other side has gone or has been told.
        if connection.run(early).await.is_err() {
            tracing::debug!("a connection broke");
        }
    }
    drop(guard);
}

/// Takes the connection out of everything, however it ends.
struct Registered {
    line: Arc<Line>,
    shared: Arc<Shared>,
}

impl Drop for Registered {
    fn drop(&mut self) {
        self.line.end();
        lock(&self.shared.delivery).remove(self.line.id);
        let closed = Input::Closed(self.line.id);
        if let Err(TrySendError::Full(closed)) = self.shared.to_core.try_send(vec![closed]) {
            let shared = Arc::clone(&self.shared);
            tokio::spawn(async move { shared.inputs(closed).await });
        }
    }
}

/// The connection is over.
struct Over;

struct Connection {
    reader: OwnedReadHalf,
    incoming: Incoming,
    /// What was read and not yet handled.
    waiting: Vec<Event>,
    shared: Arc<Shared>,
    line: Arc<Line>,
    id: ConnectionId,
}

impl Connection {
    async fn run(&mut self, early: Vec<u8>) -> Result<(), Over> {
        let waiting = &mut self.waiting;
        self.incoming.take(&early, |event| waiting.push(event));
        drop(early);
        let mut may_read = self.handle().await?;
        let line = Arc::clone(&self.line);
        loop {
            let blocked = match line.duty() {
                Duty::Over => return Err(Over),
                Duty::Rest => {
                    if line.write_rest(&self.shared) {
                        line.release(&self.shared);
                        continue;
                    }
                    true
                }
                Duty::Todo(Next::Close) => return self.close().await,
                Duty::Todo(todo) => {
                    self.fetch(todo).await?;
                    line.release(&self.shared);
                    false
                }
                Duty::Nothing => false,
            };
            if !may_read {
                line.patient.store(true, Ordering::Release);
                may_read = lock(&self.shared.delivery).may_read(self.id);
                if may_read {
                    line.patient.store(false, Ordering::Release);
                }
            }
            tokio::select! {
                biased;
                read = read(&mut self.reader, &mut self.incoming, &mut self.waiting), if may_read => {
                    read?;
                    self.line.heard(self.shared.millis());
                    may_read = self.handle().await?;
                }
                () = line.news.notified() => {}
                writable = line.socket.writable(), if blocked => writable.map_err(|_| Over)?,
            }
        }
    }

    /// Fetches from the store what is to be written.
    async fn fetch(&self, todo: Next) -> Result<(), Over> {
        let frames = match todo {
            Next::Read { log, after } => {
                let (count, bytes) = Delivery::<Arc<Line>>::read_size();
                let entries = self
                    .shared
                    .read(move |reader| reader.entries(log, after, count, bytes))
                    .await
                    .ok_or(Over)?;
                let entries: Vec<_> = entries.into_iter().map(|entry| (entry.sequence, entry.bytes)).collect();
                // Whether it may still have them is asked now, after the reading.
                lock(&self.shared.delivery).found(self.id, log, after, &entries)
            }
            Next::Chunk { id, blob, index } => {
                let chunk = self
                    .shared
                    .read(move |reader| reader.chunk(blob, index))
                    .await
                    .ok_or(Over)?;
                vec![chunk_answer(id, index, chunk)]
            }
            Next::Write(frames) => frames,
            Next::Close | Next::Idle => Vec::new(),
        };
        if !frames.is_empty() {
            self.line.write_held(&self.shared, &frames);
        }
        Ok(())
    }

    /// Says the end, and waits a moment for the other side to say it too: what is unread when a socket closes could
    /// take the last words with it.
    async fn close(&mut self) -> Result<(), Over> {
        self.line.control(&self.shared, websocket::close());
        let end = async {
            while !self.line.write_rest(&self.shared) {
                if matches!(self.line.duty(), Duty::Over) {
                    return Err(Over);
                }
                self.line.socket.writable().await.map_err(|_| Over)?;
            }
            loop {
                read(&mut self.reader, &mut self.incoming, &mut self.waiting).await?;
                if self.waiting.drain(..).any(|event| event == Event::End) {
                    return Ok(());
                }
            }
        };
        timeout(FAREWELL, end).await.map_err(|_| Over)?
    }

    /// Handles what was read. Says whether more may be read.
    async fn handle(&mut self) -> Result<bool, Over> {
        let mut events = std::mem::take(&mut self.waiting);
        let mut inputs = Vec::new();
        let mut end = false;
        for event in events.drain(..) {
            match event {
                Event::Message(bytes) => {
                    if !(is_acknowledgement(&bytes) && self.shared.acknowledge(self.id, &bytes)) {
                        inputs.push(Input::Frame(self.id, bytes));
                    }
                }
                Event::Ping(payload) => self.line.control(&self.shared, websocket::pong(&payload)),
                Event::Pong => {}
                Event::End => end = true,
            }
        }
        // The room is for the next ones.
        self.waiting = events;
        let mut may_read = true;
        if !inputs.is_empty() {
            may_read = lock(&self.shared.delivery).given_together(self.id, inputs.len());
            // What came together goes into one batch.
            if !self.shared.inputs(inputs).await {
                return Err(Over);
            }
        }
        if end { Err(Over) } else { Ok(may_read) }
    }
}

/// Reads what there is, at least something.
async fn read(reader: &mut OwnedReadHalf, incoming: &mut Incoming, waiting: &mut Vec<Event>) -> Result<(), Over> {
    poll_fn(|context| {
        BUFFER.with_borrow_mut(|buffer| {
            let mut into = ReadBuf::new(buffer);
            ready!(Pin::new(&mut *reader).poll_read(context, &mut into)).map_err(|_| Over)?;
            if into.filled().is_empty() {
                return Poll::Ready(Err(Over));
            }
            incoming.take(into.filled(), |event| waiting.push(event));
            Poll::Ready(Ok(()))
        })
    })
    .await
}
