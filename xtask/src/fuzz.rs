// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Fuzzing: builds the targets of `fuzz/` for libFuzzer, runs each for a while, two at once, and says in one line each
//! what came of it. How to go on from a finding stands in `docs/fuzzing.md`.
//!
//! It needs no nightly compiler: the instrumentation is LLVM's, asked for by flags that the stable compiler takes, and
//! the memory is bounded by an allocator of the targets' own instead of a sanitizer.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::thread;

use crate::setup::{self, Need};
use crate::shell::{Result, cargo, program, root, run, step, target_dir};

/// What libFuzzer wants of a program: counters at each edge, and the operands of comparisons.
const INSTRUMENTED: &str = "-Cpasses=sancov-module \
     -Cllvm-args=-sanitizer-coverage-level=4 \
     -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
     -Cllvm-args=-sanitizer-coverage-pc-table \
     -Cllvm-args=-sanitizer-coverage-trace-compares";

/// An input that takes longer than this is a finding.
const SLOW_MS: u64 = 1_000;
/// What a target may take from the machine, in MiB.
const MEMORY: u32 = 1_024;
/// The longest input. Whole frames are larger, but teach nothing more.
const LONGEST: u32 = 16 * 1024;
const AT_ONCE: usize = 2;
const DEFAULT_SECONDS: u64 = 60;

/// Where a target's things lie.
struct Place {
    name: String,
    program: PathBuf,
    seeds: PathBuf,
    work: PathBuf,
    artifacts: PathBuf,
}

/// What came of one target.
#[derive(Debug, Default, PartialEq, Eq)]
struct Outcome {
    executions: u64,
    first_coverage: u64,
    coverage: u64,
    corpus: u64,
}

/// `--seconds N [TARGET…]`
pub fn run_all(args: &[String]) -> Result {
    let (seconds, wanted) = arguments(args)?;
    setup::ensure(&[Need::Build, Need::Fuzz])?;
    let names = targets(&fs::read_to_string(root().join("fuzz/Cargo.toml"))?);
    if let Some(unknown) = wanted.iter().find(|name| !names.contains(name)) {
        return Err(format!("there is no target `{unknown}`; there are {}", names.join(", ")).into());
    }
    let chosen: Vec<String> = names
        .into_iter()
        .filter(|name| wanted.is_empty() || wanted.contains(name))
        .collect();
    record_missing(&chosen)?;
    let folder = build(&chosen)?;
    let places: Vec<Place> = chosen.into_iter().map(|name| Place::new(&folder, name)).collect();
    let fell = step(&format!("{} targets, {seconds} s each", places.len()), || {
        fuzz(&places, seconds)
    })?;
    if fell == 0 {
        return Ok(());
    }
    Err(format!("{fell} findings in fuzz/artifacts: docs/fuzzing.md says how to go on").into())
}

fn arguments(args: &[String]) -> Result<(u64, Vec<String>)> {
    let (mut seconds, mut names) = (DEFAULT_SECONDS, Vec::new());
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        if arg == "--seconds" {
            let number = args.next().ok_or("--seconds wants a number")?;
            seconds = number
                .parse()
                .map_err(|_| format!("`{number}` is no number of seconds"))?;
        } else if arg.starts_with('-') {
            return Err(format!("fuzz knows no `{arg}`").into());
        } else {
            names.push(arg.clone());
        }
    }
    Ok((seconds, names))
}

/// The programs that the manifest names.
fn targets(manifest: &str) -> Vec<String> {
    manifest
        .split("[[bin]]")
        .skip(1)
        .filter_map(|bin| bin.lines().find_map(|line| line.strip_prefix("name = ")))
        .map(|name| name.trim_matches('"').to_owned())
        .collect()
}

/// Seeds are recorded anew where there are none.
fn record_missing(names: &[String]) -> Result {
    let corpus = root().join("fuzz/corpus");
    let is_empty = |name: &String| fs::read_dir(corpus.join(name)).map_or(true, |mut files| files.next().is_none());
    if !names.iter().any(is_empty) {
        return Ok(());
    }
    step("record the seeds", || {
        let record = ["run", "--package", "melder-fuzzing", "--bin", "record", "--"];
        run(cargo(record).arg(&corpus))
    })
}

/// Builds the targets; gives the folder with the programs.
fn build(names: &[String]) -> Result<PathBuf> {
    let host = host()?;
    let target = target_dir()?.join("fuzz");
    step("build the targets (minutes the first time)", || {
        let mut build = cargo(["build", "--release", "--manifest-path", "fuzz/Cargo.toml"]);
        // With a target named, the flags are not for build scripts and macros.
        build.args(["--target", &host]).env("RUSTFLAGS", INSTRUMENTED);
        build.arg("--target-dir").arg(&target);
        for name in names {
            build.args(["--bin", name]);
        }
        run(&mut build)
    })?;
    Ok(target.join(host).join("release"))
}

fn host() -> Result<String> {
    let told = program("rustc").arg("-vV").output()?;
    let text = String::from_utf8_lossy(&told.stdout).into_owned();
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.ok_or("rustc names no host")?.to_owned())
}

impl Place {
    fn new(folder: &Path, name: String) -> Self {
        let fuzz = root().join("fuzz");
        Self {
            program: folder.join(&name),
            seeds: fuzz.join("corpus").join(&name),
            work: fuzz.join("work").join(&name),
            artifacts: fuzz.join("artifacts").join(&name),
            name,
        }
    }

    fn command(&self) -> Command {
        let mut command = program(&self.program);
        command.env("RUST_BACKTRACE", "1");
        // Databases of a moment need no disk.
        if Path::new("/dev/shm").is_dir() {
            command.env("TMPDIR", "/dev/shm");
        }
        command
    }

    fn found(&self) -> BTreeSet<PathBuf> {
        let files = fs::read_dir(&self.artifacts).into_iter().flatten().flatten();
        files.map(|file| file.path()).collect()
    }
}

/// Runs all targets; says how much fell.
fn fuzz(places: &[Place], seconds: u64) -> Result<usize> {
    let queue = Mutex::new(places.iter());
    let fell = Mutex::new(0);
    let failed = Mutex::new(None);
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let next = queue.lock().ok().and_then(|mut queue| queue.next());
                    let Some(place) = next else { return };
                    match fuzz_one(place, seconds) {
                        Ok(found) => {
                            if let Ok(mut fell) = fell.lock() {
                                *fell += found;
                            }
                        }
                        Err(error) => {
                            if let Ok(mut failed) = failed.lock() {
                                *failed = Some(error.to_string());
                            }
                        }
                    }
                }
            });
        }
    });
    match failed.into_inner()? {
        Some(error) => Err(error.into()),
        None => Ok(fell.into_inner()?),
    }
}

/// Runs one target for its time; says how much fell.
fn fuzz_one(place: &Place, seconds: u64) -> Result<usize> {
    fs::create_dir_all(&place.work)?;
    fs::create_dir_all(&place.artifacts)?;
    let before = place.found();
    let done = place
        .command()
        .args([&place.work, &place.seeds])
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-artifact_prefix={}/", place.artifacts.display()))
        .args([format!("-max_len={LONGEST}"), format!("-rss_limit_mb={MEMORY}")])
        // On a busy machine time passes by itself: what was slow is tried again, alone.
        .args(["-timeout=10", "-report_slow_units=1", "-print_final_stats=1"])
        .output()?;
    let text = String::from_utf8_lossy(&done.stderr).into_owned();
    fs::write(place.work.with_extension("log"), &text)?;
    let mut found = Vec::new();
    for path in place.found().difference(&before) {
        if is_finding(place, path)? {
            found.push(path.clone());
        } else {
            fs::remove_file(path)?;
        }
    }
    let outcome = Outcome::read(&text);
    if outcome.executions == 0 && found.is_empty() {
        return Err(format!("{} did not run: see fuzz/work/{}.log", place.name, place.name).into());
    }
    println!("    {}", outcome.line(&place.name, found.len()));
    for path in &found {
        println!("      {}", path.strip_prefix(root()).unwrap_or(path).display());
    }
    Ok(found.len())
}

/// A slow input is one only if it is slow again, the second time in a process.
fn is_finding(place: &Place, path: &Path) -> Result<bool> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    if !name.starts_with("slow-unit-") && !name.starts_with("timeout-") {
        return Ok(true);
    }
    let done = place.command().args(["-timeout=60"]).args([path, path]).output()?;
    let text = String::from_utf8_lossy(&done.stderr).into_owned();
    Ok(last_duration(&text).is_none_or(|millis| millis > SLOW_MS))
}

/// From `Executed FILE in 12 ms`.
fn last_duration(text: &str) -> Option<u64> {
    let line = text.lines().rev().find(|line| line.starts_with("Executed "))?;
    line.strip_suffix(" ms")?.rsplit(' ').next()?.parse().ok()
}

impl Outcome {
    /// From what libFuzzer tells.
    fn read(text: &str) -> Self {
        let after = |line: &str, word: &str| -> Option<u64> {
            let rest = line.split_once(word)?.1.trim_start();
            rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
        };
        let mut outcome = Self::default();
        for line in text.lines() {
            if let Some(coverage) = after(line, " cov:") {
                if outcome.first_coverage == 0 {
                    outcome.first_coverage = coverage;
                }
                outcome.coverage = coverage;
                outcome.corpus = after(line, " corp:").unwrap_or(outcome.corpus);
            }
            if let Some(executions) = after(line, "stat::number_of_executed_units:") {
                outcome.executions = executions;
            }
        }
        outcome
    }

    fn line(&self, name: &str, fell: usize) -> String {
        let word = match fell {
            0 => "nothing fell".to_owned(),
            count => format!("{count} FELL"),
        };
        format!(
            "{name:<14}{:>12} executions   coverage {:>6} → {:<6}  {:>6} inputs kept   {word}",
            self.executions, self.first_coverage, self.coverage, self.corpus
        )
    }
}

#[cfg(test)]
mod tests {
    use super::{Outcome, arguments, last_duration, targets};

    #[test]
    fn what_libfuzzer_tells_is_read() {
        let text = "#3\tINITED cov: 120 ft: 130 corp: 2/3b exec/s: 0 rss: 30Mb\n\
                    #900\tDONE   cov: 345 ft: 800 corp: 77/12Kb lim: 957 exec/s: 14 rss: 32Mb\n\
                    stat::number_of_executed_units: 900\n";
        let outcome = Outcome::read(text);
        assert_eq!(
            outcome,
            Outcome {
                executions: 900,
                first_coverage: 120,
                coverage: 345,
                corpus: 77
            }
        );
    }

    #[test]
    fn the_second_time_counts() {
        let text = "Executed a in 1200 ms\nRunning: a\nExecuted a in 7 ms\n***\n";
        assert_eq!(last_duration(text), Some(7));
    }

    #[test]
    fn targets_stand_in_the_manifest() {
        let manifest = "[package]\nname = \"x\"\n[[bin]]\nname = \"a\"\npath = \"a.rs\"\n[[bin]]\nname = \"b\"\n";
        assert_eq!(targets(manifest), ["a", "b"]);
    }

    #[test]
    fn seconds_and_names_in_any_order() {
        let args = ["text", "--seconds", "7"].map(str::to_owned);
        assert_eq!(arguments(&args).ok(), Some((7, vec!["text".to_owned()])));
        assert!(arguments(&["--minutes".to_owned()]).is_err());
    }
}
