// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What a browser loads.

pub mod wasm;
pub mod worker;

use crate::shell::{Result, target_dir};

/// Builds it into `target/web`.
pub fn build(profile: &str) -> Result {
    let out = target_dir()?.join("web").join("worker");
    let module = worker::build(profile, &out)?;
    let name = |path: &std::path::Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
    let (Some(script), Some(program)) = (name(&module.script), name(&module.program)) else {
        return Err("wasm-bindgen wrote no files".into());
    };
    let start = worker::write_start(&out, &script, &program)?;
    println!("    {}", start.display());
    Ok(())
}
