// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The other processes of a replay: a server and some workers, started from this very program. They end with it, however it ends:
//! workers when their standard input closes, all of them when their handles are dropped.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWriteExt, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use super::Trouble;
use crate::replay::wire::{Answer, Ask, Order, Say, Sighting};

const START: Duration = Duration::from_secs(60);

fn program() -> Result<PathBuf, Trouble> {
    std::env::current_exe().map_err(|error| Trouble::new("starting", error))
}

/// A running server.
pub struct Server {
    /// `http://127.0.0.1:port`
    pub address: String,
    /// The secret of the one-time set-up link.
    pub setup: String,
    _child: Child,
}

impl Server {
    /// Starts a server with an empty data folder, and waits until it listens.
    pub async fn start(data: &Path) -> Result<Self, Trouble> {
        let mut child = Command::new(program()?)
            .args(["--json", "serve", "--data"])
            .arg(data)
            .args(["--listen", "127.0.0.1:0"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| Trouble::new("starting the server", error))?;
        let (lines, mut said) = mpsc::unbounded_channel();
        if let Some(out) = child.stdout.take() {
            forward(out, lines.clone());
        }
        if let Some(err) = child.stderr.take() {
            forward(err, lines);
        }
        let listening = async {
            let mut all = Vec::new();
            while let Some(line) = said.recv().await {
                if let Some(found) = ready(&line) {
                    return Ok(found);
                }
                all.push(line);
            }
            Err(Trouble::new(
                "starting the server",
                format!("it ended: {}", all.join(" / ")),
            ))
        };
        let (address, setup) = timeout(START, listening)
            .await
            .map_err(|_| Trouble::new("starting the server", "it did not say that it is ready"))??;
        // What else it says is read and dropped, so that it never waits for a reader.
        tokio::spawn(async move { while said.recv().await.is_some() {} });
        Ok(Self {
            address,
            setup,
            _child: child,
        })
    }
}

/// Address and set-up secret, from the line by which the server says that it listens.
fn ready(line: &str) -> Option<(String, String)> {
    let said: serde_json::Value = serde_json::from_str(line).ok()?;
    let (_, secret) = said["setup"].as_str()?.split_once('#')?;
    Some((said["url"].as_str()?.to_owned(), secret.to_owned()))
}

fn forward(stream: impl AsyncRead + Unpin + Send + 'static, lines: mpsc::UnboundedSender<String>) {
    tokio::spawn(async move {
        let mut reader = BufReader::new(stream).lines();
        while let Ok(Some(line)) = reader.next_line().await {
            if lines.send(line).is_err() {
                // Nobody listens any more; reading goes on.
            }
        }
    });
}

type Pending = Arc<Mutex<HashMap<u64, oneshot::Sender<Result<Answer, String>>>>>;

/// A process full of devices.
pub struct Worker {
    orders: mpsc::UnboundedSender<Vec<u8>>,
    pending: Pending,
    next: AtomicU64,
    _child: Child,
}

impl Worker {
    pub fn start(sightings: mpsc::UnboundedSender<Sighting>) -> Result<Self, Trouble> {
        let failed = |error| Trouble::new("starting a worker", error);
        let mut child = Command::new(program()?)
            .arg("replay-worker")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .kill_on_drop(true)
            .spawn()
            .map_err(failed)?;
        let (Some(mut stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(Trouble::new("starting a worker", "it has no standard streams"));
        };
        let (orders, mut to_write) = mpsc::unbounded_channel::<Vec<u8>>();
        tokio::spawn(async move {
            while let Some(line) = to_write.recv().await {
                if stdin.write_all(&line).await.is_err() {
                    break;
                }
            }
        });
        let pending = Pending::default();
        let waiting = Arc::clone(&pending);
        tokio::spawn(async move {
            let mut lines = BufReader::new(stdout).lines();
            while let Ok(Some(line)) = lines.next_line().await {
                match serde_json::from_str(&line) {
                    Ok(Say::Answer { id, answer }) => settle(&waiting, id, Ok(answer)),
                    Ok(Say::Failed { id, why }) => settle(&waiting, id, Err(why)),
                    Ok(Say::Seen { seen }) => seen.into_iter().for_each(|one| drop(sightings.send(one))),
                    Err(error) => tracing::error!(%error, "a worker speaks in tongues"),
                }
            }
            // Whoever still waits is told that nothing will come.
            waiting.lock().unwrap_or_else(PoisonError::into_inner).clear();
        });
        Ok(Self {
            orders,
            pending,
            next: AtomicU64::new(1),
            _child: child,
        })
    }

    /// Has a device do something.
    pub async fn ask(&self, device: usize, ask: Ask) -> Result<Answer, String> {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let (sender, answer) = oneshot::channel();
        self.pending
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(id, sender);
        let mut line = serde_json::to_vec(&Order { id, device, ask }).map_err(|error| error.to_string())?;
        line.push(b'\n');
        self.orders
            .send(line)
            .map_err(|_| "the worker process has ended".to_owned())?;
        answer
            .await
            .unwrap_or_else(|_| Err("the worker process has ended".to_owned()))
    }
}

fn settle(pending: &Pending, id: u64, result: Result<Answer, String>) {
    let waiting = pending.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
    if let Some(waiting) = waiting {
        // The asker may have stopped waiting.
        let _ = waiting.send(result);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_server_says_where_it_is_and_how_to_set_it_up() {
        let line = r#"{"event":"listening","address":"127.0.0.1:4","url":"http://127.0.0.1:4","setup":"http://127.0.0.1:4/setup#AbC_-9"}"#;
        assert_eq!(
            ready(line),
            Some(("http://127.0.0.1:4".to_owned(), "AbC_-9".to_owned()))
        );
        assert_eq!(ready("Bereit."), None);
    }
}
