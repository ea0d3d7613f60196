// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The server of a replay: a process of its own, started from this very program, that can be ended by `kill -9` and started
//! again on the same data and address. It ends with its handle.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::{Mutex, RwLock, RwLockReadGuard, mpsc};
use tokio::time::{sleep, timeout};

use super::Trouble;
use super::processes::program;

const START: Duration = Duration::from_secs(60);

/// A running server.
pub struct Server {
    /// `http://127.0.0.1:port`
    pub address: String,
    /// The secret of the one-time set-up link.
    pub setup: String,
    data: PathBuf,
    child: Mutex<Child>,
    /// An administrator's call is not cut off in the middle: it would not be known whether it was taken.
    office: RwLock<()>,
}

impl Server {
    /// Starts a server with an empty data folder, and waits until it listens.
    pub async fn start(data: &Path) -> Result<Self, Trouble> {
        let (child, ready) = launch(data, "127.0.0.1:0").await?;
        let setup = ready
            .setup
            .ok_or_else(|| Trouble::new("starting the server", "it has no set-up link"))?;
        Ok(Self {
            address: ready.address,
            setup,
            data: data.to_owned(),
            child: Mutex::new(child),
            office: RwLock::default(),
        })
    }

    /// Where it listens.
    pub fn socket(&self) -> Result<std::net::SocketAddr, Trouble> {
        self.authority()
            .parse()
            .map_err(|error| Trouble::new("the server's address", error))
    }

    fn authority(&self) -> &str {
        self.address.trim_start_matches("http://")
    }

    /// As long as this is held, the server is there for administrators.
    pub async fn office(&self) -> RwLockReadGuard<'_, ()> {
        self.office.read().await
    }

    /// `kill -9`, a pause, and a start on what is on disk.
    pub async fn crash(&self, down: Duration) -> Result<(), Trouble> {
        let _closed = self.office.write().await;
        let mut child = self.child.lock().await;
        child
            .kill()
            .await
            .map_err(|error| Trouble::new("ending the server", error))?;
        sleep(down).await;
        let (started, _) = launch(&self.data, self.authority()).await?;
        *child = started;
        Ok(())
    }
}

/// What a server says when it listens.
#[derive(Debug, PartialEq, Eq)]
struct Ready {
    address: String,
    setup: Option<String>,
}

async fn launch(data: &Path, listen: &str) -> Result<(Child, Ready), Trouble> {
    let mut child = Command::new(program()?)
        .args(["--json", "serve", "--data"])
        .arg(data)
        .args(["--listen", listen])
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
    let ready = timeout(START, listening)
        .await
        .map_err(|_| Trouble::new("starting the server", "it did not say that it is ready"))??;
    // What else it says is read and dropped, so that it never waits for a reader.
    tokio::spawn(async move { while said.recv().await.is_some() {} });
    Ok((child, ready))
}

/// Address and set-up secret, from the line by which the server says that it listens.
fn ready(line: &str) -> Option<Ready> {
    let said: serde_json::Value = serde_json::from_str(line).ok()?;
    let setup = said["setup"].as_str().and_then(|link| link.split_once('#'));
    Some(Ready {
        address: said["url"].as_str()?.to_owned(),
        setup: setup.map(|(_, secret)| secret.to_owned()),
    })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_server_says_where_it_is_and_how_to_set_it_up() {
        let line = r#"{"event":"listening","address":"127.0.0.1:4","url":"http://127.0.0.1:4","setup":"http://127.0.0.1:4/setup#AbC_-9"}"#;
        let first = Ready {
            address: "http://127.0.0.1:4".to_owned(),
            setup: Some("AbC_-9".to_owned()),
        };
        assert_eq!(ready(line), Some(first));
        let again = r#"{"event":"listening","address":"127.0.0.1:4","url":"http://127.0.0.1:4","setup":null}"#;
        assert_eq!(ready(again).map(|ready| ready.setup), Some(None));
        assert_eq!(ready("Bereit."), None);
    }
}
