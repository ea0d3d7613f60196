// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The one build tool besides cargo: what a newcomer, a developer and CI run.

mod benches;
mod fuzz;
mod house;
mod layers;
mod metadata;
mod mistakes;
mod outside;
mod sbom;
mod setup;
mod shell;
mod testing;
mod web;

use std::env;
use std::os::unix::process::CommandExt;
use std::process::ExitCode;

use setup::Need;
use shell::{Result, cargo, program, run, step, target_dir};
use web::Build;

const USAGE: &str = "\
cargo xtask COMMAND

  demo [ARGS…]    build melder and the web app, and start a server with a living example city on
                  http://localhost:8080 [--quiet: nobody writes by themselves] [--plain: without the web app]
  test [FILTER]   build everything, run all tests and the two election-day and shift replays;
                  with FILTER only the tests and replays whose name contains it
  ci              everything that must be green before a change lands (.ci/run)
  setup           check what the build needs, install what is missing
                  [--test: and the test runner] [--ci: and the linters]
  fuzz [--seconds N] [TARGET…]
                  every decoder, or those named, against a fuzzer for a while (docs/fuzzing.md)
  bugs [ARGS…]    mistakes on purpose, each of which the simulator must catch (docs/simulator.md);
                  ARGS as for `melder simulate --bugs`
  sbom            write the list of all components (CycloneDX 1.5) to target/sbom.cdx.json
  fmt-check       is every file formatted?
  lint-house      the house rules that no compiler checks: headers, lengths, layers
  web             build what a browser loads into target/www [--quick: not made small]
  browser [FILTER]
                  build all that and the server, and drive it in a real browser; with FILTER only the test files
                  whose name contains it [--built: drive what was built last]
  browser-bench [--messages N] [--missed N] [--seconds N] [--json FILE]
                  how heavy and how quick the app is in a real browser (docs/performance.md) [--built: as built last]
  outside [FILTER]
                  build the server, and let others' tests at it: scim (the public SCIM checks), api (requests made up
                  from the OpenAPI document) [--built: as built last]
  wasm-check      do protocol, content, mls and engine compile for the browser?
";

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    let (command, rest) = match args.split_first() {
        Some((command, rest)) => (command.as_str(), rest),
        None => ("help", &[][..]),
    };
    let result = match command {
        "demo" => demo(rest),
        "test" => match testing::run_all(rest.first().map(String::as_str)) {
            Ok(true) => Ok(()),
            Ok(false) => return ExitCode::FAILURE,
            Err(error) => Err(error),
        },
        "ci" => run(program("bash").arg(".ci/run").args(rest)),
        "setup" => Need::from_args(rest).and_then(|needs| setup::ensure(&needs)),
        "fuzz" => fuzz::run_all(rest),
        "bugs" => mistakes::run_all(rest),
        "sbom" => sbom::write(),
        "fmt-check" => step("formatting", || run(&mut cargo(["fmt", "--all", "--check"]))),
        "lint-house" => house::check(),
        "web" => web::build(Build::from_args(rest)).map(drop),
        "browser" => match web::browser::run_alone(rest) {
            Ok(true) => Ok(()),
            Ok(false) => return ExitCode::FAILURE,
            Err(error) => Err(error),
        },
        "outside" => match outside::run_alone(rest) {
            Ok(true) => Ok(()),
            Ok(false) => return ExitCode::FAILURE,
            Err(error) => Err(error),
        },
        "browser-bench" => web::browser::bench(rest),
        "wasm-check" => wasm_check(),
        "help" | "--help" | "-h" => {
            print!("{USAGE}");
            Ok(())
        }
        other => {
            eprint!("{USAGE}");
            Err(format!("there is no command `{other}`").into())
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::FAILURE
        }
    }
}

/// What runs on every device also compiles for the browser.
fn wasm_check() -> Result {
    setup::ensure(&[Need::Wasm])?;
    step("the engine compiles for the browser", || {
        let mut check = cargo(["check", "--target", "wasm32-unknown-unknown"]);
        for name in ["protocol", "content", "mls", "engine", "port", "worker"] {
            check.args(["--package", &format!("melder-{name}")]);
        }
        run(&mut check)
    })
}

/// Builds `melder` and the web app and becomes `melder`, so that signals and the terminal are its own.
fn demo(args: &[String]) -> Result {
    let has_web = !given(args, "--plain") && !given(args, "--web");
    // All of it before the first build: whoever has to install something by hand hears so at once.
    setup::ensure(if has_web {
        &[Need::Build, Need::Wasm, Need::Node]
    } else {
        &[Need::Build]
    })?;
    step("build melder (minutes the first time, seconds after)", || {
        run(&mut cargo(["build", "--package", "melder-cli", "--bin", "melder"]))
    })?;
    let target = target_dir()?;
    let mut melder = program(target.join("debug").join("melder"));
    melder.arg("demo");
    if has_web {
        melder.arg("--web").arg(web::build(Build::from_args(args))?);
    }
    if !given(args, "--listen") {
        melder.args(["--listen", "127.0.0.1:8080"]);
    }
    if !given(args, "--data") {
        melder.arg("--data").arg(target.join("demo"));
    }
    let ours = ["--plain", "--quick"];
    melder.args(args.iter().filter(|arg| !ours.contains(&arg.as_str())));
    Err(format!("melder did not start: {}", melder.exec()).into())
}

fn given(args: &[String], flag: &str) -> bool {
    args.iter().any(|arg| {
        arg.strip_prefix(flag)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('='))
    })
}
