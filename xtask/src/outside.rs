// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What others' tests say of the server: the public SCIM checks, and a tester that makes up requests from the OpenAPI
//! document. They are Python; each has a virtual environment of its own in the target folder, at pinned versions
//! (`xtask/outside`), and a fresh server on an empty folder. Nothing of them is shipped.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

use serde_json::Value;

use crate::setup::{self, Need};
use crate::shell::{Result, Stream, cargo, program, root, run, run_seen, step, succeeds, target_dir};
use crate::testing::{Failures, Tally, counted};

/// One of them: its name, also of its script and of the list of what it needs.
const TESTS: [&str; 2] = ["scim", "api"];

/// `cargo xtask outside`: builds the server, and tells the sum.
pub fn run_alone(args: &[String]) -> Result<bool> {
    setup::ensure(&[Need::Build, Need::Python])?;
    if !args.iter().any(|arg| arg == "--built") {
        step("build melder", || {
            run(&mut cargo(["build", "--package", "melder-cli", "--bin", "melder"]))
        })?;
    }
    let filter = args.iter().find(|arg| !arg.starts_with("--"));
    let tally = run_all(filter.map(String::as_str), &mut Failures::default());
    println!("{} passed, {} failed", tally.passed, tally.failed);
    Ok(tally.failed == 0)
}

/// Runs those whose name (`outside scim`) contains `filter`, against what was built.
pub fn run_all(filter: Option<&str>, failures: &mut Failures) -> Tally {
    let mut tally = Tally::default();
    for name in TESTS {
        let name_seen = format!("outside {name}");
        if filter.is_none_or(|filter| name_seen.contains(filter)) {
            tally.add(counted(&name_seen, failures, |failures| one(name, failures)));
        }
    }
    tally
}

fn one(name: &str, failures: &mut Failures) -> Result<Tally> {
    let target = target_dir()?;
    let python = environment(name, &target)?;
    let folder = target.join("outside").join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    let server = Server::start(&target.join("debug").join("melder"), &folder.join("data"))?;
    let mut tester = program(python);
    tester
        .arg(root().join("xtask/outside").join(format!("{name}.py")))
        .current_dir(&folder)
        .env("MELDER_SERVER", &server.url)
        .env("MELDER_SETUP", &server.setup)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdin(Stdio::null());
    let mut tally = Tally::default();
    let status = run_seen(&mut tester, Stream::Out, |line| {
        failures.see(line);
        tally.add(summary(line));
    })?;
    Ok(tally.honest(status.success()))
}

/// The counts of `outside result: 3 passed; 1 failed`.
fn summary(line: &str) -> Tally {
    let counts = line.strip_prefix("outside result: ").unwrap_or_default();
    let count = |word: &str| {
        counts
            .split("; ")
            .filter_map(|part| part.split_once(' '))
            .find(|(_, what)| *what == word)
            .and_then(|(number, _)| number.parse().ok())
            .unwrap_or(0)
    };
    Tally {
        passed: count("passed"),
        failed: count("failed"),
    }
}

/// The Python of an environment that holds exactly what is listed; made anew when the list has changed.
fn environment(name: &str, target: &Path) -> Result<PathBuf> {
    let list = root().join("xtask/outside").join(format!("{name}.txt"));
    let wanted = fs::read_to_string(&list)?;
    let folder = target.join("outside").join(format!("{name}-python"));
    let python = folder.join("bin").join("python");
    let stamp = folder.join("installed.txt");
    if fs::read_to_string(&stamp).is_ok_and(|has| has == wanted) && succeeds(program(&python).arg("--version")) {
        return Ok(python);
    }
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    step(&format!("install what {name}.py needs"), || {
        run(program("python3").args(["-m", "venv"]).arg(&folder))?;
        let pip = [
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--requirement",
        ];
        run(program(&python).args(pip).arg(&list))
    })?;
    fs::write(&stamp, wanted)?;
    Ok(python)
}

/// A server on an empty folder and a free port; it ends with its owner.
struct Server {
    child: Child,
    url: String,
    /// What sets it up, once.
    setup: String,
}

impl Server {
    fn start(melder: &Path, data: &Path) -> Result<Self> {
        let mut command = program(melder);
        command
            .args(["serve", "--json", "--no-push", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        let mut server = Self {
            child: command.spawn()?,
            url: String::new(),
            setup: String::new(),
        };
        let mut first = String::new();
        let stdout = server.child.stdout.take().ok_or("no pipe")?;
        BufReader::new(stdout).read_line(&mut first)?;
        let told: Value = serde_json::from_str(&first).map_err(|_| "the server did not start")?;
        let setup = told["setup"].as_str().and_then(|link| link.split_once('#'));
        // Passkeys are for names, not for numbers; on this machine for this one.
        let address = told["address"].as_str().unwrap_or_default();
        server.url = format!("http://{}", address.replace("127.0.0.1", "localhost"));
        server.setup = setup.ok_or("the server told no link for its set-up")?.1.to_owned();
        Ok(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself: then the tester has failed.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

#[cfg(test)]
mod tests {
    use super::summary;
    use crate::testing::Tally;

    #[test]
    fn what_an_outside_test_tells_is_counted() {
        assert_eq!(
            summary("outside result: 48 passed; 2 failed"),
            Tally { passed: 48, failed: 2 }
        );
        assert_eq!(summary("48 passed; 2 failed"), Tally::default());
    }
}
