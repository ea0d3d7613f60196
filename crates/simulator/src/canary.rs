// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Canaries: words that must never be seen outside of devices. Every text that anybody writes in a world carries
//! [`MARK`]; secrets are added as they come up. Frames, the server's files and log lines are searched for them.

use std::path::Path;

use memchr::memmem;

/// Stands in every text that is written.
pub const MARK: &str = "Kanarie";

/// What is looked for.
#[derive(Debug, Default)]
pub struct Canaries {
    secrets: Vec<(&'static str, Vec<u8>)>,
}

impl Canaries {
    /// From now on nobody but devices may have this.
    pub fn add(&mut self, what: &'static str, secret: impl Into<Vec<u8>>) {
        self.secrets.push((what, secret.into()));
    }

    /// Which canary sings in these bytes?
    #[must_use]
    pub fn find(&self, bytes: &[u8]) -> Option<&'static str> {
        if memmem::find(bytes, MARK.as_bytes()).is_some() {
            return Some("a message's text");
        }
        self.secrets
            .iter()
            .find(|(_, secret)| memmem::find(bytes, secret).is_some())
            .map(|(what, _)| *what)
    }

    /// Searches the files of a folder.
    pub(crate) fn find_in_folder(&self, folder: &Path) -> std::io::Result<Option<(&'static str, String)>> {
        for file in std::fs::read_dir(folder)? {
            let file = file?;
            let bytes = std::fs::read(file.path())?;
            if let Some(what) = self.find(&bytes) {
                return Ok(Some((what, file.file_name().to_string_lossy().into_owned())));
            }
        }
        Ok(None)
    }
}
