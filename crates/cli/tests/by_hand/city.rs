// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A server in a temporary folder, an organisation, and people with profiles.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

/// One server and everything around it. Ends with the test.
pub struct City {
    folder: tempfile::TempDir,
    server: Child,
    pub url: String,
}

/// What a command said.
#[derive(Debug)]
pub struct Said {
    pub status: i32,
    pub out: String,
    pub err: String,
}

impl Said {
    fn new(output: Output) -> Self {
        Self {
            status: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// It went well.
    #[track_caller]
    pub fn ok(self) -> Self {
        assert_eq!(self.status, 0, "{self:#?}");
        self
    }

    /// It failed with this status and code.
    #[track_caller]
    pub fn failed(self, status: i32, code: &str) -> Self {
        assert_eq!(self.status, status, "{self:#?}");
        assert!(
            self.err.contains(&format!("[{code}]")) || self.err.contains(&format!("\"{code}\"")),
            "{self:#?}"
        );
        self
    }

    /// The first line as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(self.out.lines().next().unwrap_or_default())
            .unwrap_or_else(|error| panic!("{error}: {self:#?}"))
    }

    #[track_caller]
    pub fn shows(&self, text: &str) -> &Self {
        assert!(self.out.contains(text), "{text:?} is missing in {self:#?}");
        self
    }

    #[track_caller]
    pub fn hides(&self, text: &str) -> &Self {
        assert!(!self.out.contains(text), "{text:?} is in {self:#?}");
        self
    }
}

fn melder() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_melder"));
    command
        .env_clear()
        .env("LANG", "en_GB.UTF-8")
        .env("RUST_BACKTRACE", "0")
        .stdin(Stdio::null());
    command
}

/// Runs one command without a server.
pub fn run(arguments: &[&str]) -> Said {
    let folder = tempfile::tempdir().unwrap();
    let mut command = melder();
    command.env("HOME", folder.path()).args(arguments);
    Said::new(command.output().unwrap())
}

/// The same in German.
pub fn run_in_german(arguments: &[&str]) -> Said {
    let folder = tempfile::tempdir().unwrap();
    let mut command = melder();
    command
        .env("HOME", folder.path())
        .env("LANG", "de_DE.UTF-8")
        .args(arguments);
    Said::new(command.output().unwrap())
}

impl City {
    /// A server with one organisation, set up by the link that it prints.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (server, address, setup) = start(&folder.path().join("server"), "127.0.0.1:0");
        let city = Self {
            folder,
            server,
            url: address,
        };
        city.admin(&["setup", &setup.unwrap(), "--organisation", "Kreisverwaltungsreferat"])
            .ok();
        city
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Ends the server as a crash would, and starts it again at the same address.
    pub fn restart(&mut self) {
        self.server.kill().unwrap();
        self.server.wait().unwrap();
        let listen = self.url.trim_start_matches("http://").to_owned();
        let (server, address, setup) = start(&self.path("server"), &listen);
        assert_eq!((address, setup), (self.url.clone(), None));
        self.server = server;
    }

    fn command(&self) -> Command {
        let mut command = melder();
        command
            .env("HOME", self.folder.path())
            .env("MELDER_ADMIN_CONFIG", self.path("admin.json"));
        command
    }

    pub fn admin(&self, arguments: &[&str]) -> Said {
        Said::new(self.command().arg("admin").args(arguments).output().unwrap())
    }

    /// Somebody's command, in their profile.
    pub fn at(&self, profile: &str, arguments: &[&str]) -> Said {
        Said::new(self.start(profile, arguments).output().unwrap())
    }

    pub fn start(&self, profile: &str, arguments: &[&str]) -> Command {
        let mut command = self.command();
        command
            .arg("--profile")
            .arg(self.path(profile))
            .args(["--timeout", "30"])
            .args(arguments);
        command
    }

    /// A command that goes on, and whose lines are read one after the other.
    pub fn going(&self, profile: &str, arguments: &[&str]) -> Going {
        let mut child = self
            .start(profile, arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        Going { child, lines }
    }

    /// An account with an invitation link.
    pub fn account(&self, name: &str, more: &[&str]) -> String {
        let arguments = [&["--json", "accounts", "create", name, "--invite"], more].concat();
        self.admin(&arguments).ok().json()["link"].as_str().unwrap().to_owned()
    }

    /// An account that somebody has joined with, in a profile of the same name.
    pub fn person(&self, name: &str, more: &[&str]) {
        let link = self.account(name, more);
        self.at(name, &["join", &link]).ok();
    }

    /// The ids of the messages that a profile has in a chat, oldest first, with their texts.
    pub fn messages(&self, profile: &str, chat: &str) -> Vec<(String, String)> {
        let history = self.at(profile, &["--json", "read", chat]).ok().json();
        let messages = history["messages"].as_array().unwrap();
        messages
            .iter()
            .map(|message| {
                (
                    message["id"].as_str().unwrap().to_owned(),
                    message["text"].as_str().unwrap().to_owned(),
                )
            })
            .collect()
    }

    pub fn texts(&self, profile: &str, chat: &str) -> Vec<String> {
        self.messages(profile, chat).into_iter().map(|(_, text)| text).collect()
    }
}

impl Drop for City {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// A process that goes on.
pub struct Going {
    child: Child,
    lines: BufReader<std::process::ChildStdout>,
}

impl Going {
    /// The next line as JSON.
    pub fn next(&mut self) -> Value {
        let mut line = String::new();
        self.lines.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line:?}"))
    }

    /// The next line for which this holds.
    pub fn until(&mut self, wanted: impl Fn(&Value) -> bool) -> Value {
        loop {
            let value = self.next();
            if wanted(&value) {
                return value;
            }
        }
    }

    /// Waits for the end; the status and what it still said.
    pub fn end(mut self) -> (i32, String) {
        let mut rest = String::new();
        self.lines.read_to_string(&mut rest).unwrap();
        (self.child.wait().unwrap().code().unwrap_or(-1), rest)
    }
}

impl Drop for Going {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn start(data: &Path, listen: &str) -> (Child, String, Option<String>) {
    let mut command = melder();
    command
        .args(["--json", "serve", "--listen", listen, "--data"])
        .arg(data);
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let ready: Value = serde_json::from_str(&line).unwrap();
    let text = |name: &str| ready[name].as_str().map(str::to_owned);
    (child, text("url").unwrap(), text("setup"))
}
