// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! `melder`: the server, the messenger and the administrator's desk in one command line.
//!
//! It parses, calls `melder-client` (people), the HTTP API (administrators) or `melder-server` (`serve`), and prints. It
//! keeps no state of its own beyond a profile folder; all words are in `locales/`.

mod admin;
mod args;
mod backup;
mod bench;
mod deletion;
mod demo;
mod error;
mod find;
mod help;
mod output;
mod people;
mod replay;
mod serve;
mod session;
mod simulate;
mod texts;
mod times;
mod words;

#[cfg(test)]
mod tests;

use std::future::Future;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches};

use args::{Cli, Command};
use error::{CliError, Exit};
use texts::Language;

/// Enough for the deepest part of a post-quantum tree in a debug build.
const STACK: usize = 8 * 1024 * 1024;

fn main() -> ExitCode {
    log();
    let arguments: Vec<std::ffi::OsString> = std::env::args_os().collect();
    texts::choose(language(&arguments));
    let matches = match help::localize(Cli::command()).try_get_matches_from(&arguments) {
        Ok(matches) => matches,
        Err(error) => return complain(&error, &arguments),
    };
    let cli = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(error) => return complain(&error, &arguments),
    };
    let as_json = cli.global.json;
    match run(cli) {
        Ok(exit) => exit.into(),
        Err(error) => {
            output::error(&error, as_json);
            error.exit().into()
        }
    }
}

/// Help goes out as it is, an error in our words.
fn complain(error: &clap::Error, arguments: &[std::ffi::OsString]) -> ExitCode {
    match help::usage_error(error) {
        Some(usage) => {
            output::error(&usage, arguments.iter().any(|argument| argument == "--json"));
            Exit::Usage.into()
        }
        None => {
            let missing = error.use_stderr();
            // Nobody may be listening.
            let _ = error.print();
            if missing { Exit::Usage.into() } else { Exit::Ok.into() }
        }
    }
}

fn run(cli: Cli) -> Result<Exit, CliError> {
    match cli.command {
        Command::Completions(args) => {
            let mut command = help::localize(Cli::command());
            clap_complete::generate(args.shell, &mut command, "melder", &mut std::io::stdout());
            Ok(Exit::Ok)
        }
        Command::Admin(args) => admin::run(&cli.global, args),
        Command::Serve(args) => block_on(serve::run(&cli.global, args)),
        Command::Demo(args) => block_on(demo::run(&cli.global, args)),
        Command::Replay(args) => block_on(replay::run(&cli.global, args)),
        Command::Simulate(args) => simulate::run(&cli.global, &args),
        Command::Bench(args) => bench::run(&cli.global, &args),
        Command::Backup(args) => backup::run(&cli.global, &args),
        Command::VerifyDeletion(args) => deletion::run(&cli.global, &args),
        Command::ReplayWorker => block_on(replay::run_worker()),
        _ => block_on(people::run(cli)),
    }
}

fn block_on(work: impl Future<Output = Result<Exit, CliError>>) -> Result<Exit, CliError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_stack_size(STACK)
        .build()
        .map_err(CliError::other)?;
    runtime.block_on(work)
}

/// The language must be known before anything is parsed, since the help is in it.
fn language(arguments: &[std::ffi::OsString]) -> Language {
    let mut arguments = arguments.iter().filter_map(|argument| argument.to_str());
    let mut chosen = None;
    while let Some(argument) = arguments.next() {
        if argument == "--" {
            break;
        }
        if argument == "--lang" {
            chosen = arguments.next().map(str::to_owned);
        } else if let Some(value) = argument.strip_prefix("--lang=") {
            chosen = Some(value.to_owned());
        }
    }
    match chosen.or_else(|| std::env::var("MELDER_LANG").ok()).as_deref() {
        Some("de") => Language::De,
        Some("en") => Language::En,
        _ => Language::from_environment(),
    }
}

/// Technical words, for developers: `MELDER_LOG=debug`. Silent otherwise.
fn log() {
    let Ok(filter) = tracing_subscriber::EnvFilter::try_from_env("MELDER_LOG") else {
        return;
    };
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
}
