// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The tests in a real browser: `web/tests` drives the app as people see it, `web/worker/tests/browser` the engine's
//! worker alone. Both start real servers and real devices, by the `melder` that was built last.

use std::fs;
use std::path::{Path, PathBuf};

use super::packages::Packages;
use super::{Build, parts, worker};
use crate::setup::{self, Need};
use crate::shell::{Result, Stream, cargo, program, root, run, run_seen, step, target_dir};
use crate::testing::{Failures, Tally};

const FOLDERS: [&str; 2] = ["web/worker/tests/browser", "web/tests"];
const ENDING: &str = ".test.js";

/// `cargo xtask browser`: builds what they need, and tells their sum.
pub fn run_alone(args: &[String]) -> Result<bool> {
    setup::ensure(&[Need::Build, Need::Wasm, Need::Node, Need::Browser, Need::Slapd])?;
    if !args.iter().any(|arg| arg == "--built") {
        step("build melder", || {
            run(&mut cargo(["build", "--package", "melder-cli", "--bin", "melder"]))
        })?;
        super::build(Build::from_args(args))?;
    }
    let filter = args.iter().find(|arg| !arg.starts_with("--"));
    let tally = test(filter.map(String::as_str), &mut Failures::default())?;
    println!("{} passed, {} failed", tally.passed, tally.failed);
    Ok(tally.failed == 0)
}

/// `cargo xtask browser-bench`: how heavy and how quick the app is, with what is shipped and the server as released.
pub fn bench(args: &[String]) -> Result {
    setup::ensure(&[Need::Build, Need::Wasm, Need::Node, Need::Browser])?;
    let built = args.iter().any(|arg| arg == "--built");
    if !built {
        step("build melder", || {
            run(&mut cargo([
                "build",
                "--release",
                "--package",
                "melder-cli",
                "--bin",
                "melder",
            ]))
        })?;
        super::build(Build::Shipped)?;
    }
    let given = args.iter().filter(|arg| *arg != "--built").map(String::as_str);
    run_bench("release", given)
}

/// The bench for a moment and in small, with what was built for tests: only that it comes to its end counts.
pub fn bench_once() -> Result {
    run_bench(
        "debug",
        [
            "--messages",
            "60",
            "--missed",
            "40",
            "--accounts",
            "50",
            "--seconds",
            "1",
        ]
        .into_iter(),
    )
}

fn run_bench<'a>(profile: &str, args: impl Iterator<Item = &'a str>) -> Result {
    Packages::install()?;
    let probe = parts()?.join("probe");
    worker::build_probe(Build::Shipped.profile(), &probe)?;
    let melder = match std::env::var_os("MELDER_BIN") {
        Some(melder) => PathBuf::from(melder),
        None => target_dir()?.join(profile).join("melder"),
    };
    run(program("node")
        .arg(root().join("web/bench/bench.js"))
        .args(args)
        .env("MELDER_BIN", melder)
        .env("MELDER_SITE", super::folder()?)
        .env("MELDER_PROBE", &probe))
}

/// Runs the test files whose path contains `filter`, with what was built.
pub fn test(filter: Option<&str>, failures: &mut Failures) -> Result<Tally> {
    let files: Vec<PathBuf> = files()?
        .into_iter()
        .filter(|file| filter.is_none_or(|filter| file.to_string_lossy().contains(filter)))
        .collect();
    if files.is_empty() {
        return Ok(Tally::default());
    }
    Packages::install()?;
    let target = target_dir()?;
    let shots = target.join("screenshots");
    fs::create_dir_all(&shots)?;
    let mut node = program("node");
    node.args(["--test", "--test-reporter=spec", "--test-concurrency=1"])
        .args(&files)
        .env("MELDER_BIN", target.join("debug").join("melder"))
        .env("MELDER_SITE", super::folder()?)
        .env("MELDER_SHOTS", &shots)
        .env("MELDER_WEB", served_to_the_worker(&files)?);
    let mut tally = Tally::default();
    let status = run_seen(&mut node, Stream::Out, |line| {
        failures.see(line);
        tally.passed += count(line, "pass");
        tally.failed += count(line, "fail") + count(line, "cancelled");
    })?;
    println!("    screenshots: {}", shots.display());
    Ok(tally.honest(status.success()))
}

/// The number in `ℹ pass 12`.
fn count(line: &str, word: &str) -> u64 {
    let mut words = line.strip_prefix("ℹ ").unwrap_or_default().split(' ');
    match (words.next(), words.next(), words.next()) {
        (Some(found), Some(number), None) if found == word => number.parse().unwrap_or_default(),
        _ => 0,
    }
}

fn files() -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for folder in FOLDERS {
        let folder = root().join(folder);
        let mut found = fs::read_dir(&folder)?
            .map(|entry| Ok(entry?.path()))
            .collect::<Result<Vec<_>>>()?;
        found.retain(|path| path.to_string_lossy().ends_with(ENDING));
        found.sort();
        files.extend(found);
    }
    Ok(files)
}

/// The folders that the worker's own tests hand out: their page, the worker, and what speaks with it.
fn served_to_the_worker(files: &[PathBuf]) -> Result<String> {
    let tests = root().join(FOLDERS[0]);
    if !files.iter().any(|file| file.starts_with(&tests)) {
        return Ok(String::new());
    }
    let (worker, probe) = (parts()?.join("worker"), parts()?.join("probe"));
    worker::write_start(&worker, "melder_worker.js", "melder_worker_bg.wasm")?;
    worker::build_probe(Build::Shipped.profile(), &probe)?;
    let folders: Vec<String> = [tests, worker, probe].iter().map(|path| shown(path)).collect();
    Ok(folders.join(":"))
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

#[cfg(test)]
mod tests {
    use super::count;

    #[test]
    fn the_sum_of_a_run_is_read() {
        assert_eq!(count("ℹ pass 12", "pass"), 12);
        assert_eq!(count("ℹ fail 3", "pass"), 0);
        assert_eq!(count("✔ they pass 3 (1.2ms)", "pass"), 0);
    }
}
