// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! All tests in one command, and one line at the end that sums them up.

use std::fs;
use std::io::{IsTerminal, stderr};
use std::path::Path;
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::benches;
use crate::outside;
use crate::sbom;
use crate::setup::{self, Need};
use crate::shell::{Result, Stream, cargo, program, run, run_seen, step, succeeds, target_dir};
use crate::web::{self, Build};

/// What is replayed over real processes and sockets: the name of the run, the scenario, its options.
const REPLAYS: [(&str, &str, &[&str]); 4] = [
    ("europawahl-2019", "europawahl-2019", &[]),
    ("schicht", "schicht", &[]),
    ("landtagswahl-2018", "landtagswahl-2018", &[]),
    (
        "landtagswahl-2018-restarts",
        "landtagswahl-2018",
        &["--network", "good", "--restart-devices"],
    ),
];
const REPLAY_LIMIT: Duration = Duration::from_secs(15 * 60);
/// How long a replay may take to end its own processes after it was asked to stop.
const GRACE: Duration = Duration::from_secs(10);

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    pub passed: u64,
    pub failed: u64,
}

impl Tally {
    pub fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }

    pub fn one(passed: bool) -> Self {
        Self {
            passed: u64::from(passed),
            failed: u64::from(!passed),
        }
    }

    /// A run that failed counts as failed even when it named no failed test, as when it didn't compile.
    pub fn honest(self, success: bool) -> Self {
        let failed = if success { self.failed } else { self.failed.max(1) };
        Self { failed, ..self }
    }
}

/// What failed, and how: said once more before the sum, since a long log is read from its end.
#[derive(Debug, Default)]
pub struct Failures {
    lines: Vec<String>,
    /// How many of the lines that come now still belong to a failure.
    open: usize,
}

/// How many lines of one failure are said again, and of all.
const LINES_OF_ONE: usize = 12;
const LINES_OF_ALL: usize = 150;

impl Failures {
    /// A line of a runner's output, without colours.
    pub fn see(&mut self, line: &str) {
        let trimmed = line.trim_start();
        if trimmed.starts_with("✖ failing tests") {
            self.open = LINES_OF_ALL;
        } else if trimmed.contains(" panicked at ") {
            self.open = self.open.max(LINES_OF_ONE);
        } else if ["FAIL [", "TIMEOUT [", "SIGABRT [", "SIGSEGV ["]
            .iter()
            .any(|start| trimmed.starts_with(start))
        {
            self.open = self.open.max(1);
        }
        if self.open > 0 {
            self.open -= 1;
            self.say(line);
        }
    }

    /// The runner has ended: what comes now belongs to another.
    pub fn close(&mut self) {
        self.open = 0;
    }

    fn say(&mut self, line: &str) {
        if self.lines.len() < LINES_OF_ALL && !line.trim().is_empty() {
            self.lines.push(line.to_owned());
        }
    }

    /// What belongs to no test that failed is not said: a test may well await a panic.
    fn repeat(&self) {
        if !self.lines.is_empty() {
            println!("==> what failed, once more");
        }
        for line in &self.lines {
            println!("{line}");
        }
    }
}

/// Builds once, then runs unit and integration tests, documentation tests and replays. The last line it prints is
/// the sum; whether all passed is the answer.
pub fn run_all(filter: Option<&str>) -> Result<bool> {
    setup::ensure(&[
        Need::Build,
        Need::Test,
        Need::Wasm,
        Need::Node,
        Need::Browser,
        Need::Python,
        Need::Slapd,
    ])?;
    let start = Instant::now();
    let mut failures = Failures::default();
    let built = step("build everything (minutes the first time, seconds after)", || {
        run(&mut cargo(["build", "--workspace", "--tests", "--bins"]))
    });
    let tally = match built {
        Ok(()) => run_built(filter, &mut failures),
        Err(error) => {
            eprintln!("xtask: {error}");
            Tally::one(false)
        }
    };
    if tally.failed > 0 {
        failures.repeat();
    }
    println!("All of it took {:.0} s.", start.elapsed().as_secs_f64());
    println!("{} passed, {} failed", tally.passed, tally.failed);
    Ok(tally.failed == 0)
}

fn run_built(filter: Option<&str>, failures: &mut Failures) -> Tally {
    let mut tally = counted("tests", failures, |failures| cargo_tests(filter, failures));
    if let Err(error) = sbom::write() {
        eprintln!("xtask: {error}");
        tally.add(Tally::one(false));
    }
    if filter.is_none() {
        tally.add(counted("documentation tests", failures, doc_tests));
    }
    tally.add(counted("what a browser loads", failures, |_| {
        match web::build(Build::Shipped) {
            Ok(_) => Ok(Tally::one(true)),
            Err(error) => Err(error),
        }
    }));
    tally.add(counted("browser", failures, |failures| {
        web::browser::test(filter, failures)
    }));
    if filter.is_none_or(|filter| "browser-bench".contains(filter)) {
        tally.add(counted("bench of the app in a browser, for a moment", failures, |_| {
            web::browser::bench_once().map(|()| Tally::one(true))
        }));
    }
    tally.add(outside::run_all(filter, failures));
    for name in benches::names(filter) {
        tally.add(counted(&format!("bench {name}, for a moment"), failures, |_| {
            benches::once(name).map(|()| Tally::one(true))
        }));
    }
    for (name, scenario, options) in REPLAYS {
        if filter.is_none_or(|filter| name.contains(filter)) {
            tally.add(counted(&format!("replay {name}"), failures, |_| {
                replay(name, scenario, options)
            }));
        }
    }
    tally
}

/// A step whose own failure is one failed test.
pub fn counted(name: &str, failures: &mut Failures, work: impl FnOnce(&mut Failures) -> Result<Tally>) -> Tally {
    let tally = step(name, || work(failures));
    failures.close();
    tally.unwrap_or_else(|error| {
        eprintln!("xtask: {error}");
        failures.say(&format!("{name}: {error}"));
        Tally::one(false)
    })
}

fn cargo_tests(filter: Option<&str>, failures: &mut Failures) -> Result<Tally> {
    let mut tally = Tally::default();
    let status = if setup::has_nextest() {
        let mut command = cargo(["nextest", "run", "--workspace", "--no-fail-fast", "--no-tests=pass"]);
        command.args(filter);
        if stderr().is_terminal() {
            command.arg("--color=always");
        }
        run_seen(&mut command, Stream::Err, |line| {
            failures.see(line);
            tally.add(nextest_summary(line));
        })?
    } else {
        let mut command = cargo(["test", "--workspace", "--no-fail-fast", "--lib", "--bins", "--tests"]);
        command.args(filter);
        run_seen(&mut command, Stream::Out, |line| {
            failures.see(line);
            tally.add(cargo_summary(line));
        })?
    };
    Ok(tally.honest(status.success()))
}

fn doc_tests(failures: &mut Failures) -> Result<Tally> {
    let mut tally = Tally::default();
    let status = run_seen(
        &mut cargo(["test", "--workspace", "--doc", "--no-fail-fast"]),
        Stream::Out,
        |line| {
            failures.see(line);
            tally.add(cargo_summary(line));
        },
    )?;
    Ok(tally.honest(status.success()))
}

/// The counts of `Summary [ 1.2s] 5 tests run: 3 passed (1 slow), 1 failed, 1 timed out, 2 skipped`.
fn nextest_summary(line: &str) -> Tally {
    let is_summary = line.trim_start().starts_with("Summary [");
    match line.split_once("run: ") {
        Some((_, counts)) if is_summary => Tally {
            passed: count(counts, ',', "passed"),
            failed: count(counts, ',', "failed") + count(counts, ',', "exec failed") + count(counts, ',', "timed out"),
        },
        _ => Tally::default(),
    }
}

/// The counts of `test result: ok. 3 passed; 0 failed; 1 ignored; …`.
fn cargo_summary(line: &str) -> Tally {
    match line.strip_prefix("test result: ") {
        Some(counts) => {
            let counts = counts.split_once(". ").map_or(counts, |(_, rest)| rest);
            Tally {
                passed: count(counts, ';', "passed"),
                failed: count(counts, ';', "failed"),
            }
        }
        None => Tally::default(),
    }
}

/// The number before `word` in a list like `3 passed (1 slow), 1 failed`.
fn count(list: &str, separator: char, word: &str) -> u64 {
    list.split(separator)
        .filter_map(|part| part.trim().split_once(' '))
        .filter(|(_, rest)| rest.split(" (").next() == Some(word))
        .filter_map(|(number, _)| number.parse::<u64>().ok())
        .sum()
}

/// A scenario over a real server and real clients. It passes when the program says so by its exit status and by the
/// balance it wrote.
fn replay(name: &str, scenario: &str, options: &[&str]) -> Result<Tally> {
    let target = target_dir()?;
    let folder = target.join("replay");
    fs::create_dir_all(&folder)?;
    let balance = folder.join(format!("{name}.json"));
    if balance.exists() {
        fs::remove_file(&balance)?;
    }
    let mut child = program(target.join("debug").join("melder"))
        .args(["replay", scenario])
        .args(options)
        .arg("--json")
        .arg(&balance)
        .stdin(Stdio::null())
        .spawn()?;
    if !ends_well(&mut child)? {
        return Err(format!("replay {name} failed").into());
    }
    let ok = balance_is_ok(&balance)?;
    println!("    balance: {}", balance.display());
    Ok(Tally::one(ok))
}

fn balance_is_ok(path: &Path) -> Result<bool> {
    let text = fs::read(path).map_err(|e| format!("no balance at {}: {e}", path.display()))?;
    let balance: Value = serde_json::from_slice(&text)?;
    Ok(balance["ok"] == true)
}

/// Waits within the limit; past it, asks the program to stop, so that it can end its own processes, and then ends it.
fn ends_well(child: &mut Child) -> Result<bool> {
    if let Some(success) = wait(child, REPLAY_LIMIT)? {
        return Ok(success);
    }
    eprintln!("    still running after {} s: stopped", REPLAY_LIMIT.as_secs());
    if !succeeds(program("kill").args(["-TERM", &child.id().to_string()])) || wait(child, GRACE)?.is_none() {
        child.kill()?;
        child.wait()?;
    }
    Ok(false)
}

fn wait(child: &mut Child, limit: Duration) -> Result<Option<bool>> {
    let start = Instant::now();
    while start.elapsed() < limit {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status.success()));
        }
        sleep(Duration::from_millis(100));
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::{Failures, Tally, cargo_summary, nextest_summary};

    #[test]
    fn a_nextest_summary_is_counted() {
        let line = "     Summary [   0.005s] 9 tests run: 4 passed (1 slow, 1 flaky), 2 failed, 1 exec failed, 2 timed out, 3 skipped";
        assert_eq!(nextest_summary(line), Tally { passed: 4, failed: 5 });
    }

    #[test]
    fn what_failed_is_said_again_and_nothing_else() {
        let mut failures = Failures::default();
        failures.see("        FAIL [   0.005s] melder-engine tests::one");
        failures.see("        PASS [   0.005s] melder-engine tests::two");
        failures.see("✖ failing tests:");
        failures.see("  AssertionError: no draft");
        failures.close();
        failures.see("All went well");
        assert_eq!(failures.lines.len(), 3);
        assert!(
            failures
                .lines
                .iter()
                .all(|line| !line.contains("two") && !line.contains("well"))
        );
    }

    #[test]
    fn an_interrupted_nextest_summary_is_counted() {
        let line = "     Summary [   0.005s] 3/9 tests run: 2 passed, 1 failed, 0 skipped";
        assert_eq!(nextest_summary(line), Tally { passed: 2, failed: 1 });
    }

    #[test]
    fn other_lines_count_nothing() {
        let line = "        PASS [   0.005s] xtask tests::run: 7 passed";
        assert_eq!(nextest_summary(line), Tally::default());
        assert_eq!(cargo_summary("running 3 tests"), Tally::default());
    }

    #[test]
    fn a_cargo_test_summary_is_counted() {
        let ok = "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s";
        let bad = "test result: FAILED. 2 passed; 5 failed; 0 ignored; 0 measured; 0 filtered out";
        assert_eq!(cargo_summary(ok), Tally { passed: 3, failed: 0 });
        assert_eq!(cargo_summary(bad), Tally { passed: 2, failed: 5 });
    }

    #[test]
    fn a_run_that_fails_without_a_count_counts_as_one() {
        assert_eq!(Tally::default().honest(false), Tally { passed: 0, failed: 1 });
        assert_eq!(Tally { passed: 1, failed: 2 }.honest(false).failed, 2);
    }
}
