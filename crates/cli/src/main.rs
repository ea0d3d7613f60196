// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! `melder`: the server, the messenger and the administrator's desk in one command line.
//!
//! It parses, calls `melder-client` (people), the HTTP API (administrators) or `melder-server` (`serve`), and prints. It
//! keeps no state of its own beyond a profile folder; all words are in `locales/`.

mod error;
mod texts;

fn main() -> std::process::ExitCode {
    error::Exit::Ok.into()
}
