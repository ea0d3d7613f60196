// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What everybody in a world writes into the log, at the highest level of detail: searched for what must not be in it.

use std::io::Write;
use std::sync::{Arc, Mutex};

use memchr::memmem;
use tracing::Level;

use crate::canary::MARK;

/// No message, no name of a person, no name of a group.
const NEVER: [&str; 4] = [MARK, "Mensch ", "Gruppe ", "Geheimbund"];

/// The first line that says too much.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ears(Arc<Mutex<Option<String>>>);

impl Ears {
    /// Listens while `run` runs on this thread.
    pub fn listen<T>(&self, run: impl FnOnce() -> T) -> T {
        let ears = self.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(Level::TRACE)
            .with_ansi(false)
            .with_writer(move || ears.clone())
            .finish();
        tracing::subscriber::with_default(subscriber, run)
    }

    /// What was heard that should not have been said.
    pub fn heard(&self) -> Option<String> {
        self.0.lock().ok().and_then(|heard| heard.clone())
    }
}

impl Write for Ears {
    fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
        if NEVER.iter().any(|word| memmem::find(line, word.as_bytes()).is_some())
            && let Ok(mut heard) = self.0.lock()
        {
            heard.get_or_insert_with(|| String::from_utf8_lossy(line).trim_end().to_owned());
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
