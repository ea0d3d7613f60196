// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A crate as a program for the browser: built for wasm32, then given its JavaScript by wasm-bindgen, which is used as a
//! library in exactly the version that the crate is built with (pinned in the workspace).

use std::fs;
use std::path::{Path, PathBuf};

use wasm_bindgen_cli_support::Bindgen;

use super::split;
use crate::setup::{self, Need};
use crate::shell::{Result, cargo, run, step, target_dir};

const TARGET: &str = "wasm32-unknown-unknown";

/// What a build gave: a module of JavaScript and the program that it loads.
#[derive(Debug, Clone)]
pub struct Module {
    pub script: PathBuf,
    pub program: PathBuf,
    /// What the program fetches later, by the names that the script calls them.
    pub parts: Vec<PathBuf>,
}

/// Which program of a crate.
#[derive(Debug, Clone, Copy)]
pub enum Program<'a> {
    Bin(&'a str),
    Example(&'a str),
}

/// Builds a program of `package` with a profile of cargo (`web` for what people load, `release` for quick tries)
/// and writes `NAME.js` and `NAME_bg.wasm` into `out`, as an ES module whose default export loads the program.
pub fn build(package: &str, program: Program<'_>, profile: &str, out: &Path) -> Result<Module> {
    setup::ensure(&[Need::Wasm])?;
    let (kind, name, inside) = match program {
        Program::Bin(name) => ("--bin", name, ""),
        Program::Example(name) => ("--example", name, "examples"),
    };
    step(&format!("{package} for the browser ({profile})"), || {
        run(&mut cargo([
            "build",
            "--package",
            package,
            kind,
            name,
            "--target",
            TARGET,
            "--profile",
            profile,
        ]))
    })?;
    let folder = if profile == "dev" { "debug" } else { profile };
    let folder = target_dir()?.join(TARGET).join(folder).join(inside);
    let built = folder.join(format!("{name}.wasm"));
    fs::create_dir_all(out)?;
    let stem = name.replace('-', "_");
    let split = split::cut(&built, &out.join("parts"))?;
    let built = split.as_ref().map_or(built, |split| split.main.clone());
    step(&format!("{package}: its JavaScript"), || {
        Bindgen::new()
            .input_path(&built)
            .out_name(&stem)
            .web(true)
            .and_then(|bindgen| {
                bindgen
                    .typescript(false)
                    .remove_name_section(profile == "web")
                    .remove_producers_section(true)
                    .omit_default_module_path(true)
                    // The parts use the table and the memory of the whole.
                    .keep_lld_exports(split.is_some())
                    .generate(out)
            })
            .map_err(|error| format!("wasm-bindgen: {error:#}").into())
    })?;
    let script = out.join(format!("{stem}.js"));
    if let Some(split) = &split {
        split.link(&script)?;
    }
    Ok(Module {
        script,
        program: out.join(format!("{stem}_bg.wasm")),
        parts: split.map(|split| split.parts).unwrap_or_default(),
    })
}
