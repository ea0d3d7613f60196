// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The packages that `web/package.json` names, as npm's lock file fixes them.

use std::fs;
use std::path::{Path, PathBuf};

use crate::shell::{Result, program, root, run, step};

/// A copy of the lock file by which they were installed.
const MARK: &str = ".melder-lock.json";

/// Where they lie.
#[derive(Debug, Clone)]
pub struct Packages(PathBuf);

impl Packages {
    /// Installs what `web/` needs.
    pub fn install() -> Result<Self> {
        Self::install_in(&root().join("web"))
    }

    /// Installs what a folder's lock file names, unless just that is there.
    pub fn install_in(folder: &Path) -> Result<Self> {
        let modules = folder.join("node_modules");
        let mark = modules.join(MARK);
        let lock = fs::read(folder.join("package-lock.json"))?;
        if fs::read(&mark).is_ok_and(|installed| installed == lock) {
            return Ok(Self(modules));
        }
        step("packages of npm", || {
            run(program("npm")
                .current_dir(folder)
                .args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"]))
        })?;
        fs::write(&mark, &lock)?;
        Ok(Self(modules))
    }

    pub fn path(&self, file: &str) -> PathBuf {
        self.0.join(file)
    }
}
