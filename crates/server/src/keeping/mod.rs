// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What keeps a server going beside its work: backups, and the end of the certificate that people reach it under. Neither
//! is done by the core; the overview shows what is known of both.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

pub mod backup;
pub(crate) mod certificate;

use backup::Backup;
use certificate::Seen;

/// What is known.
#[derive(Debug)]
pub(crate) struct Keeping {
    folder: PathBuf,
    certificate: Mutex<Option<Seen>>,
}

impl Keeping {
    pub const fn new(folder: PathBuf) -> Self {
        Self {
            folder,
            certificate: Mutex::new(None),
        }
    }

    /// The last backup, as the command left word of it.
    pub async fn last_backup(&self) -> Option<Backup> {
        let folder = self.folder.clone();
        let read = tokio::task::spawn_blocking(move || backup::last(&folder)).await;
        read.ok().flatten()
    }

    /// What the last look at the certificate saw.
    pub fn certificate(&self) -> Option<Seen> {
        *self.certificate.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn saw(&self, seen: Seen) {
        *self.certificate.lock().unwrap_or_else(PoisonError::into_inner) = Some(seen);
    }
}
