// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Mistakes on purpose, each of which the simulator must catch. They need a second build of half the workspace and some
//! minutes, so this is a command of its own and no part of `cargo xtask test`. The build has a folder of its own, too: a
//! program with mistakes in it must never lie where somebody looks for a product.

use crate::setup::{self, Need};
use crate::shell::{Result, cargo, program, run, step, target_dir};

/// Seeds, unless others are asked for.
const SEEDS: [&str; 2] = ["--seeds", "1..500"];

/// Builds with the mistakes in and lets the simulator hunt them; one that is not caught is a failure.
pub fn run_all(args: &[String]) -> Result {
    setup::ensure(&[Need::Build])?;
    let folder = target_dir()?.join("mistakes");
    step("build melder with mistakes in it (minutes the first time)", || {
        let mut build = cargo(["build", "--release", "--package", "melder-cli", "--features", "bugs"]);
        run(build.arg("--target-dir").arg(&folder))
    })?;
    step("every mistake is caught", || {
        let mut hunt = program(folder.join("release").join("melder"));
        hunt.args(["simulate", "--bugs"]);
        if !args.iter().any(|arg| arg.starts_with("--seeds")) {
            hunt.args(SEEDS);
        }
        run(hunt.args(args))
    })
}
