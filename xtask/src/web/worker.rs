// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The engine's worker: the program and the script that starts it.

use std::fs;
use std::path::{Path, PathBuf};

use super::wasm::{self, Module, Program};
use crate::shell::Result;

/// What starts the worker. `{script}` and `{program}` are the names of the other two files in the same folder.
const START: &str = include_str!("../../../web/worker/start.js");

/// Builds it into `out`, without the script that starts it.
pub fn build(profile: &str, out: &Path) -> Result<Module> {
    wasm::build("melder-worker", Program::Bin("melder-worker"), profile, out)
}

/// What lets plain JavaScript speak with it, for tests; of the same profile, so that nothing is built twice.
pub fn build_probe(profile: &str, out: &Path) -> Result<Module> {
    wasm::build("melder-worker", Program::Example("probe"), profile, out)
}

/// The script that starts the worker, for files that are called as told and lie beside it.
pub fn start(script: &str, program: &str) -> String {
    START.replace("{script}", script).replace("{program}", program)
}

/// Writes it, for tests that serve the folder as it is.
pub fn write_start(out: &Path, script: &str, program: &str) -> Result<PathBuf> {
    let path = out.join("worker.js");
    fs::write(&path, start(script, program))?;
    Ok(path)
}
