// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What the build needs from the machine: checked first, and installed only where it is missing.

use std::process::Command;

use crate::shell::{Result, cargo, feed, program, run, step, succeeds};

/// What the machine is needed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Building `melder`: a C compiler, perl and make, for SQLCipher and its OpenSSL.
    Build,
    /// Running the tests: also cargo-nextest, or else `cargo test` does it.
    Test,
    /// Checking a change: also rustfmt, clippy and cargo-deny.
    Ci,
    /// Building for the browser: also the wasm target, and clang for SQLite.
    Wasm,
    /// Putting the web app together: also Node.js with npm.
    Node,
    /// Driving the web app: also a browser.
    Browser,
    /// Others' tests of the server: also Python, with environments of its own.
    Python,
    /// A real directory for tests: OpenLDAP's server.
    Slapd,
    /// Fuzzing: also a C++ compiler, for libFuzzer.
    Fuzz,
}

impl Need {
    pub fn from_args(args: &[String]) -> Result<Vec<Self>> {
        let mut needs = vec![Self::Build, Self::Wasm, Self::Node, Self::Browser, Self::Slapd];
        for arg in args {
            needs.extend(match arg.as_str() {
                "--test" => vec![Self::Test, Self::Python],
                "--ci" => vec![Self::Test, Self::Python, Self::Ci],
                other => return Err(format!("setup knows no `{other}`").into()),
            });
        }
        Ok(needs)
    }
}

/// A cargo tool, at the version that was tried.
struct Tool {
    name: &'static str,
    version: &'static str,
    features: &'static [&'static str],
}

const NEXTEST: Tool = Tool {
    name: "cargo-nextest",
    version: "0.9.151",
    features: &["default-no-update"],
};

const DENY: Tool = Tool {
    name: "cargo-deny",
    version: "0.20.2",
    features: &[],
};

/// The oldest Node.js that playwright-core takes.
const NODE: u32 = 20;
/// Debian's name for it, and where its package puts it.
pub const CHROMIUM: &str = "/usr/bin/chromium";

/// Where Debian's package puts OpenLDAP's server.
const SLAPD: &str = "/usr/sbin/slapd";

const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// Checks for everything needed and installs what is missing.
pub fn ensure(needs: &[Need]) -> Result {
    for need in needs {
        match need {
            Need::Build => build_tools()?,
            Need::Test => {
                if let Err(error) = ensure_tool(&NEXTEST) {
                    println!("    no cargo-nextest ({error}); `cargo test` runs the tests instead");
                }
            }
            Need::Ci => {
                ensure_component("rustfmt", "fmt")?;
                ensure_component("clippy", "clippy")?;
                ensure_tool(&DENY)?;
            }
            Need::Wasm => wasm_tools()?,
            Need::Node => node()?,
            Need::Browser => {
                if succeeds(program(CHROMIUM).arg("--version")) {
                    println!("==> setup: Chromium is here");
                } else {
                    apt_install(&["chromium"])?;
                }
            }
            Need::Python => {
                if has_python() {
                    println!("==> setup: Python is here");
                } else {
                    apt_install(&["python3", "python3-venv"])?;
                }
            }
            Need::Slapd => slapd()?,
            Need::Fuzz => {
                if !succeeds(program("c++").arg("--version")) {
                    apt_install(&["g++"])?;
                }
            }
        }
    }
    Ok(())
}

pub fn has_nextest() -> bool {
    succeeds(&mut cargo(["nextest", "--version"]))
}

/// What the vendored OpenSSL asks of the machine. Its Configure wants perl's standard modules, which a minimal
/// perl lacks.
fn build_tools() -> Result {
    let missing: Vec<&str> = [
        ("build-essential", succeeds(program("cc").arg("--version"))),
        (
            "perl",
            succeeds(program("perl").args(["-MFindBin", "-MIPC::Cmd", "-MFile::Compare", "-e1"])),
        ),
        ("make", succeeds(program("make").arg("--version"))),
    ]
    .into_iter()
    .filter_map(|(package, present)| (!present).then_some(package))
    .collect();
    if missing.is_empty() {
        println!("==> setup: C compiler, perl and make are here");
        return Ok(());
    }
    apt_install(&missing)
}

/// Can Python make environments here? Debian's package for that is one of its own.
fn has_python() -> bool {
    succeeds(program("python3").args(["-c", "import ensurepip, venv"]))
}

/// Node.js of this version or a later one, and npm.
fn node() -> Result {
    let has_npm = succeeds(program("npm").arg("--version"));
    match installed_node() {
        Some(version) if version >= NODE && has_npm => {
            println!("==> setup: Node.js {version} and npm are here");
            return Ok(());
        }
        Some(version) if version < NODE => return Err(too_old(version).into()),
        _ => apt_install(&["nodejs", "npm"])?,
    }
    // What the system brings may be too old.
    match installed_node() {
        Some(version) if version < NODE => Err(too_old(version).into()),
        _ => Ok(()),
    }
}

fn installed_node() -> Option<u32> {
    let version = program("node").arg("--version").output().ok()?;
    node_version(&String::from_utf8_lossy(&version.stdout))
}

fn too_old(version: u32) -> String {
    format!("Node.js {version} is too old: {NODE} or later is needed (https://nodejs.org)")
}

/// OpenLDAP's server, as a program alone: tests start it in folders of their own. Left unconfigured, Debian's package has no
/// directory to serve and so starts no service.
fn slapd() -> Result {
    if std::path::Path::new(SLAPD).exists() {
        println!("==> setup: slapd is here");
        return Ok(());
    }
    apt_install_answering(&["slapd"], "slapd slapd/no_configuration boolean true\n")
}

/// The first number of `v22.11.0`.
fn node_version(text: &str) -> Option<u32> {
    text.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

fn wasm_tools() -> Result {
    if !succeeds(program("clang").arg("--version")) {
        apt_install(&["clang"])?;
    }
    let installed = program("rustup")
        .args(["target", "list", "--installed"])
        .output()
        .is_ok_and(|done| String::from_utf8_lossy(&done.stdout).contains(WASM_TARGET));
    if installed {
        println!("==> setup: the {WASM_TARGET} target is here");
        return Ok(());
    }
    step(&format!("setup: add the {WASM_TARGET} target"), || {
        run(program("rustup").args(["target", "add", WASM_TARGET]))
    })
}

fn ensure_component(component: &str, subcommand: &str) -> Result {
    if succeeds(&mut cargo([subcommand, "--version"])) {
        println!("==> setup: {component} is here");
        return Ok(());
    }
    step(&format!("setup: add {component}"), || {
        run(program("rustup").args(["component", "add", component]))
    })
}

/// Installs a cargo tool from source, unoptimised: it is built in a minute or two and then waits on the disk.
fn ensure_tool(tool: &Tool) -> Result {
    let subcommand = tool.name.trim_start_matches("cargo-");
    if succeeds(&mut cargo([subcommand, "--version"])) {
        println!("==> setup: {} is here", tool.name);
        return Ok(());
    }
    let name = format!("setup: install {} (once, some minutes)", tool.name);
    step(&name, || {
        run(cargo(["install", tool.name, "--version", tool.version, "--locked"])
            .args(["--profile", "dev", "--no-default-features"])
            .arg(format!("--features={}", tool.features.join(",")))
            .env("CARGO_PROFILE_DEV_DEBUG", "0")
            .env("CARGO_PROFILE_DEV_OPT_LEVEL", "0")
            .env("CARGO_PROFILE_DEV_INCREMENTAL", "false"))
    })
}

/// Installs packages where that needs no password; otherwise names the command that does it.
fn apt_install(packages: &[&str]) -> Result {
    apt_install_answering(packages, "")
}

/// As [`apt_install`], with answers to what a package would ask.
fn apt_install_answering(packages: &[&str], answers: &str) -> Result {
    let list = packages.join(" ");
    let by_hand = format!(
        "missing: {list}. On Debian or Ubuntu: sudo apt-get update && sudo apt-get install {list}. \
         Elsewhere: the same by your system's package manager"
    );
    if !succeeds(program("apt-get").arg("--version")) {
        return Err(by_hand.into());
    }
    let is_root = program("id")
        .arg("-u")
        .output()
        .is_ok_and(|done| done.stdout.trim_ascii() == b"0");
    let as_root = |name: &str| -> Command {
        if is_root {
            return program(name);
        }
        let mut sudo = program("sudo");
        sudo.args(["-n", name]);
        sudo
    };
    let apt = |args: &[&str]| -> Command {
        let mut command = as_root("apt-get");
        command.args(args).env("DEBIAN_FRONTEND", "noninteractive");
        command
    };
    if !is_root && !succeeds(program("sudo").args(["-n", "true"])) {
        return Err(by_hand.into());
    }
    step(&format!("setup: install {list}"), || {
        run(&mut apt(&["update", "-qq"]))?;
        if !answers.is_empty() {
            feed(&mut as_root("debconf-set-selections"), answers)?;
        }
        run(apt(&["install", "-y", "-qq", "--no-install-recommends"]).args(packages))
    })
}
