// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Running other programs from the root of the workspace, and saying what is done and how long it took.

use std::env;
use std::error::Error;
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::Instant;

use serde_json::Value;

pub type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

/// The workspace's root: where this crate's folder lies.
pub fn root() -> PathBuf {
    let own =
        env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    own.parent().map_or_else(|| own.clone(), Path::to_path_buf)
}

/// A program that runs in the workspace's root.
///
/// `cargo run` tells a program which package it belongs to, in variables that some build scripts watch. Handed on,
/// they would make the next cargo build those packages again; so they stop here.
pub fn program(name: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(name);
    command.current_dir(root());
    for (key, _) in env::vars_os() {
        let key_text = key.to_string_lossy();
        if key_text.starts_with("CARGO_PKG_") || key_text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&key);
        }
    }
    command
}

/// The cargo that started us, or the one on the path.
pub fn cargo<A: AsRef<OsStr>>(args: impl IntoIterator<Item = A>) -> Command {
    let mut command = program(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(args);
    command
}

/// Does one step, saying its name before and its time after.
pub fn step<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    println!("==> {name}");
    let start = Instant::now();
    let result = work();
    let word = if result.is_ok() { "done" } else { "failed" };
    println!("    {word} in {:.1} s: {name}", start.elapsed().as_secs_f64());
    result
}

/// Runs to the end; anything but success is an error.
pub fn run(command: &mut Command) -> Result {
    let status = status(command)?;
    if status.success() {
        return Ok(());
    }
    Err(format!("{} ended with {status}", describe(command)).into())
}

/// As [`run`], with this on its standard input.
pub fn feed(command: &mut Command, input: &str) -> Result {
    let child = command.stdin(Stdio::piped()).spawn();
    let mut child = child.map_err(|e| format!("{} did not start: {e}", describe(command)))?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(input.as_bytes())?;
    }
    let status = child.wait()?;
    if status.success() {
        return Ok(());
    }
    Err(format!("{} ended with {status}", describe(command)).into())
}

pub fn status(command: &mut Command) -> Result<ExitStatus> {
    command
        .status()
        .map_err(|e| format!("{} did not start: {e}", describe(command)).into())
}

/// What a program prints on standard output; anything but success is an error.
pub fn output(command: &mut Command) -> Result<Vec<u8>> {
    let done = command
        .stderr(Stdio::inherit())
        .output()
        .map_err(|e| format!("{} did not start: {e}", describe(command)))?;
    if done.status.success() {
        return Ok(done.stdout);
    }
    Err(format!("{} ended with {}", describe(command), done.status).into())
}

/// Whether a program starts and succeeds; it prints nothing.
pub fn succeeds(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    Out,
    Err,
}

/// Runs to the end, showing one stream as it comes and handing each of its lines, free of colours, to `see`.
pub fn run_seen(command: &mut Command, stream: Stream, mut see: impl FnMut(&str)) -> Result<ExitStatus> {
    match stream {
        Stream::Out => command.stdout(Stdio::piped()),
        Stream::Err => command.stderr(Stdio::piped()),
    };
    let mut child = command
        .spawn()
        .map_err(|e| format!("{} did not start: {e}", describe(command)))?;
    let pipe: Option<Box<dyn Read>> = match stream {
        Stream::Out => child.stdout.take().map(|p| Box::new(p) as Box<dyn Read>),
        Stream::Err => child.stderr.take().map(|p| Box::new(p) as Box<dyn Read>),
    };
    let mut reader = BufReader::new(pipe.ok_or("no pipe")?);
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line)? > 0 {
        match stream {
            Stream::Out => std::io::stdout().write_all(&line)?,
            Stream::Err => std::io::stderr().write_all(&line)?,
        }
        see(&plain(&String::from_utf8_lossy(&line)));
        line.clear();
    }
    Ok(child.wait()?)
}

/// A line without its terminal colours and line end.
fn plain(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    let mut chars = line.trim_end().chars();
    while let Some(c) = chars.next() {
        if c == '\u{1b}' {
            // A control sequence ends with its first letter.
            for c in chars.by_ref() {
                if c.is_ascii_alphabetic() {
                    break;
                }
            }
        } else {
            text.push(c);
        }
    }
    text
}

/// What `cargo metadata` tells; with `deps`, of every package in the lock file.
pub fn metadata(deps: bool) -> Result<Value> {
    let mut command = cargo(["metadata", "--format-version=1"]);
    if !deps {
        command.arg("--no-deps");
    }
    Ok(serde_json::from_slice(&output(&mut command)?)?)
}

/// Where cargo puts what it builds.
pub fn target_dir() -> Result<PathBuf> {
    let metadata = metadata(false)?;
    let path = metadata["target_directory"]
        .as_str()
        .ok_or("cargo metadata names no target directory")?;
    Ok(PathBuf::from(path))
}

fn describe(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let mut text = program
        .file_name()
        .unwrap_or(program.as_os_str())
        .to_string_lossy()
        .into_owned();
    for arg in command.get_args() {
        text.push(' ');
        text.push_str(&arg.to_string_lossy());
    }
    format!("`{text}`")
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn colours_are_taken_out_of_a_line() {
        assert_eq!(plain("\u{1b}[32;1m  Summary\u{1b}[0m [0.1s]\r\n"), "  Summary [0.1s]");
        assert_eq!(plain("plain\n"), "plain");
    }
}
