// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! `melder backup`: a copy of everything that a server keeps, while it runs.

use std::path::PathBuf;

use clap::Args;
use melder_server::keeping::backup;

use crate::args::Global;
use crate::error::{CliError, Exit, Local};
use crate::output::{self, line, note};
use crate::{t, times};

#[derive(Debug, Args)]
pub struct BackupArgs {
    #[arg(value_name = "FOLDER")]
    pub to: PathBuf,
    #[arg(long, value_name = "FOLDER", env = "MELDER_DATA", default_value = "melder-data")]
    pub data: PathBuf,
}

/// # Errors
/// When no copy could be made. Then nothing is left of it.
pub fn run(global: &Global, args: &BackupArgs) -> Result<Exit, CliError> {
    let made = backup::make(&args.data, &args.to, times::now());
    let (folder, backup) =
        made.map_err(|error| CliError::new(Local::BackupFailed).with("detail", error.to_string()))?;
    if global.json {
        output::json(&serde_json::json!({
            "folder": folder, "time": times::iso(backup.time), "bytes": backup.bytes,
        }));
    } else {
        let size = output::size(backup.bytes);
        line(t!("backup-made", folder = folder.display().to_string(), size = size));
        note(t!("backup-secret"));
    }
    Ok(Exit::Ok)
}
