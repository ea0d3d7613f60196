// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! One WebSocket connection.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::{FutureExt as _, SinkExt as _};
use melder_protocol::SUBPROTOCOL;
use melder_protocol::limits::MAX_FRAME;
use tokio::sync::Notify;
use tokio::time::{Instant, timeout};

use super::{Shared, lock};
use crate::core::{ConnectionId, Input};
use crate::delivery::{Delivery, Next, chunk_answer};

/// A quiet connection is asked whether it is still there.
const PING: Duration = Duration::from_secs(25);
/// And is given up when nothing came for so long.
const IDLE: Duration = Duration::from_secs(70);
/// A write that does not get through in this time won't.
const WRITE: Duration = Duration::from_secs(60);
/// The default of 128 KiB for each connection is most of what an idle one would cost.
const READ_BUFFER: usize = 4 * 1024;
/// What is ready together goes out in one write.
const WRITE_BUFFER: usize = 128 * 1024;
/// Frames that are read between two writes.
const READS_BETWEEN_WRITES: usize = 16;

pub(crate) async fn upgrade(State(shared): State<Arc<Shared>>, upgrade: WebSocketUpgrade) -> Response {
    if shared.connections() >= shared.max_connections {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let upgrade = upgrade
        .protocols([SUBPROTOCOL])
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(WRITE_BUFFER)
        .max_write_buffer_size(4 * MAX_FRAME)
        .max_message_size(MAX_FRAME)
        .max_frame_size(MAX_FRAME);
    // A client that speaks another version must not take this one's frames for its own.
    if upgrade.selected_protocol().is_none() {
        return (StatusCode::BAD_REQUEST, "the subprotocol is melder.1").into_response();
    }
    upgrade.on_upgrade(move |socket| serve(socket, shared))
}

async fn serve(socket: WebSocket, shared: Arc<Shared>) {
    let id = shared.connection_number();
    let waker = Arc::new(Notify::new());
    lock(&shared.delivery).open(id, Arc::clone(&waker));
    let guard = Registered {
        id,
        shared: Arc::clone(&shared),
    };
    if shared.input(Input::Opened(id)).await {
        let mut connection = Connection {
            socket,
            shared,
            id,
            waker,
            heard: Instant::now(),
        };
        // Whatever ended it, the other side has gone or has been told.
        if connection.run().await.is_err() {
            tracing::debug!("a connection broke");
        }
    }
    drop(guard);
}

/// Takes the connection out of everything, however it ends.
struct Registered {
    id: ConnectionId,
    shared: Arc<Shared>,
}

impl Drop for Registered {
    fn drop(&mut self) {
        lock(&self.shared.delivery).remove(self.id);
        let closed = Input::Closed(self.id);
        if let Err(tokio::sync::mpsc::error::TrySendError::Full(closed)) = self.shared.to_core.try_send(closed) {
            let shared = Arc::clone(&self.shared);
            tokio::spawn(async move { shared.input(closed).await });
        }
    }
}

/// The connection is over.
struct Over;

struct Connection {
    socket: WebSocket,
    shared: Arc<Shared>,
    id: ConnectionId,
    waker: Arc<Notify>,
    heard: Instant,
}

impl Connection {
    async fn run(&mut self) -> Result<(), Over> {
        loop {
            let next = lock(&self.shared.delivery).next(self.id);
            match next {
                Next::Write(frames) => {
                    self.write(frames).await?;
                    self.read_waiting().await?;
                }
                Next::Read { log, after } => {
                    let (count, bytes) = Delivery::<Arc<Notify>>::read_size();
                    let entries = self
                        .shared
                        .read(move |reader| reader.entries(log, after, count, bytes))
                        .await
                        .ok_or(Over)?;
                    let entries: Vec<_> = entries.into_iter().map(|entry| (entry.sequence, entry.bytes)).collect();
                    // Whether it may still have them is asked now, after the reading.
                    let frames = lock(&self.shared.delivery).found(self.id, log, after, &entries);
                    self.write(frames).await?;
                    self.read_waiting().await?;
                }
                Next::Chunk { id, blob, index } => {
                    let chunk = self
                        .shared
                        .read(move |reader| reader.chunk(blob, index))
                        .await
                        .ok_or(Over)?;
                    self.write(vec![chunk_answer(id, index, chunk)]).await?;
                }
                Next::Close => {
                    let close = Message::Close(Some(CloseFrame {
                        code: close_code::NORMAL,
                        reason: "".into(),
                    }));
                    timeout(WRITE, self.socket.send(close))
                        .await
                        .map_err(|_| Over)?
                        .map_err(|_| Over)?;
                    return Ok(());
                }
                Next::Idle => self.wait().await?,
            }
        }
    }

    async fn write(&mut self, frames: Vec<Bytes>) -> Result<(), Over> {
        if frames.is_empty() {
            return Ok(());
        }
        let write = async {
            for frame in frames {
                self.socket.feed(Message::Binary(frame)).await?;
            }
            self.socket.flush().await
        };
        timeout(WRITE, write).await.map_err(|_| Over)?.map_err(|_| Over)
    }

    /// Reads what is there already, so that somebody who gets a lot is heard all the same.
    async fn read_waiting(&mut self) -> Result<(), Over> {
        for _ in 0..READS_BETWEEN_WRITES {
            if !lock(&self.shared.delivery).may_read(self.id) {
                break;
            }
            match self.socket.recv().now_or_never() {
                Some(message) => self.take(message).await?,
                None => break,
            }
        }
        Ok(())
    }

    async fn wait(&mut self) -> Result<(), Over> {
        let may_read = lock(&self.shared.delivery).may_read(self.id);
        let quiet_until = self.heard + PING;
        tokio::select! {
            () = self.waker.notified() => Ok(()),
            message = self.socket.recv(), if may_read => self.take(message).await,
            () = tokio::time::sleep_until(quiet_until.max(Instant::now() + Duration::from_secs(1))) => self.ping().await,
        }
    }

    async fn ping(&mut self) -> Result<(), Over> {
        let quiet = self.heard.elapsed();
        if quiet >= IDLE {
            return Err(Over);
        }
        if quiet >= PING {
            let ping = self.socket.send(Message::Ping(Bytes::new()));
            timeout(WRITE, ping).await.map_err(|_| Over)?.map_err(|_| Over)?;
            // The answer counts as hearing from the other side; without one the next look comes in a while.
            let answer = timeout(IDLE.saturating_sub(quiet), async {
                tokio::select! {
                    () = self.waker.notified() => None,
                    message = self.socket.recv() => Some(message),
                }
            })
            .await;
            match answer {
                Ok(Some(message)) => self.take(message).await?,
                Ok(None) => {}
                Err(_) => return Err(Over),
            }
        }
        Ok(())
    }

    async fn take(&mut self, message: Option<Result<Message, axum::Error>>) -> Result<(), Over> {
        self.heard = Instant::now();
        match message {
            Some(Ok(Message::Binary(bytes))) => {
                lock(&self.shared.delivery).given(self.id);
                if self.shared.input(Input::Frame(self.id, bytes)).await {
                    Ok(())
                } else {
                    Err(Over)
                }
            }
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(()),
            Some(Ok(Message::Text(_) | Message::Close(_)) | Err(_)) | None => Err(Over),
        }
    }
}
