// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What a browser loads.

pub mod wasm;
pub mod worker;

use std::path::Path;
use std::process::Command;

use crate::setup::{self, Need};
use crate::shell::{Result, program, root, run, step, target_dir};

/// What drives the worker that [`build`] made in a real browser, against a real server and real devices (`web/worker/tests/browser`).
pub fn worker_test(melder: &Path) -> Result<Command> {
    setup::ensure(&[Need::Browser])?;
    let web = target_dir()?.join("web");
    let tests = root().join("web/worker/tests/browser");
    worker::build_probe(&web.join("probe"))?;
    if !tests.join("node_modules").exists() {
        step("what drives the browser", || {
            run(program("npm")
                .current_dir(&tests)
                .args(["ci", "--no-audit", "--no-fund"]))
        })?;
    }
    let folders: Vec<String> = [tests.clone(), web.join("worker"), web.join("probe")]
        .iter()
        .map(|folder| folder.display().to_string())
        .collect();
    let mut node = program("node");
    node.current_dir(&tests)
        .args(["--test", "--test-reporter=spec", "worker.test.js"])
        .env("MELDER_WEB", folders.join(":"))
        .env("MELDER_BIN", melder);
    Ok(node)
}

/// Builds it into `target/web`.
pub fn build(profile: &str) -> Result {
    let out = target_dir()?.join("web").join("worker");
    let module = worker::build(profile, &out)?;
    let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
    let (Some(script), Some(program)) = (name(&module.script), name(&module.program)) else {
        return Err("wasm-bindgen wrote no files".into());
    };
    let start = worker::write_start(&out, &script, &program)?;
    println!("    {}", start.display());
    Ok(())
}
