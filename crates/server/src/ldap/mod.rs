// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Reading an organisation's own directory by LDAP. All of it runs beside the core: it asks a server that may be slow or
//! wrong, and hands over a [`Snapshot`] only when everything was said. What follows from it is decided in
//! [`crate::directory::ldap`].
//!
//! ```text
//! schedule, or an admin ─▶ Job ─▶ gate ─▶ client (log-in, pages) ─▶ read (people, groups) ─▶ Snapshot ─▶ core
//! ```
//!
//! A pull that an admin waits for ends with its request; what was read is thrown away then.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use melder_protocol::{ErrorCode, OrganisationId, Refusal};

use crate::Handle;
use crate::directory::Desk;
use crate::directory::ldap::run::{self, Trigger};
use crate::directory::ldap::{Job, Mode, Snapshot};
use crate::directory::problem::Problem;
use crate::stream::Shared;

mod client;
mod gate;
mod read;
#[cfg(test)]
pub(crate) mod tests;

/// People, and groups, of one directory.
const MAX_ENTRIES: usize = 50_000;
/// How long all of it may take.
const WHOLE: Duration = Duration::from_secs(300);
/// How often the schedule is looked at.
const LOOK: Duration = Duration::from_secs(2);

/// Why nothing was read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failed {
    #[error("{0}")]
    Unreachable(String),
    #[error("{0}")]
    Refused(String),
    /// Something was said, but not all.
    #[error("{0}")]
    Incomplete(String),
}

impl From<Failed> for Problem {
    fn from(failed: Failed) -> Self {
        let code = match failed {
            Failed::Unreachable(_) => ErrorCode::DirectoryUnreachable,
            Failed::Refused(_) => ErrorCode::DirectoryRefused,
            Failed::Incomplete(_) => ErrorCode::DirectoryIncomplete,
        };
        Self::new(code, failed.to_string())
    }
}

/// An organisation's directory is read by one at a time.
pub(crate) struct Turn {
    shared: Arc<Shared>,
    organisation: OrganisationId,
}

impl Turn {
    pub fn take(handle: &Handle, organisation: OrganisationId) -> Result<Self, Problem> {
        let shared = Arc::clone(&handle.shared);
        let mut pulls = shared.pulls.lock().unwrap_or_else(PoisonError::into_inner);
        if !pulls.insert(organisation) {
            return Err(ErrorCode::DirectoryBusy.into());
        }
        drop(pulls);
        Ok(Self { shared, organisation })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut pulls = self.shared.pulls.lock().unwrap_or_else(PoisonError::into_inner);
        pulls.remove(&self.organisation);
    }
}

/// Reads the whole directory.
///
/// # Errors
/// When anything of it could not be read.
pub(crate) async fn read(job: Job) -> Result<Snapshot, Failed> {
    let reading = async move {
        let mut client = client::Client::open(&job).await?;
        let snapshot = read::read(&mut client, &job.settings).await?;
        client.close().await;
        Ok(snapshot)
    };
    // A task of its own: a panic in the library is a failure of the reading. Aborted with whoever waits for it.
    let mut tasks = tokio::task::JoinSet::new();
    tasks.spawn(async move {
        tokio::time::timeout(WHOLE, reading)
            .await
            .unwrap_or_else(|_| Err(Failed::Incomplete("it took more than five minutes".to_owned())))
    });
    match tasks.join_next().await {
        Some(Ok(outcome)) => outcome,
        Some(Err(_)) | None => Err(Failed::Incomplete(
            "what the server says can't be understood".to_owned(),
        )),
    }
}

/// Pulls when the schedule says so, until the server stops.
pub(crate) async fn schedule(handle: Handle) {
    let mut interval = tokio::time::interval(LOOK);
    interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        interval.tick().await;
        let due = handle.call(|work| Ok(run::due(work, work.now)?)).await;
        match due {
            Ok(due) => {
                for organisation in due {
                    scheduled(&handle, organisation).await;
                }
            }
            Err(refusal) if refusal.code == ErrorCode::ShuttingDown => return,
            Err(refusal) => tracing::error!(code = refusal.code.code(), "the directories' schedule"),
        }
    }
}

async fn scheduled(handle: &Handle, organisation: OrganisationId) {
    let Ok(_turn) = Turn::take(handle, organisation) else {
        return;
    };
    if let Err(refusal) = pull_scheduled(handle, organisation).await {
        tracing::warn!(code = refusal.code.code(), "a directory was not pulled");
    }
}

async fn pull_scheduled(handle: &Handle, organisation: OrganisationId) -> Result<(), Refusal> {
    let job = handle
        .call(move |work| Ok(Desk::new(work, organisation, None).ldap_scheduled()?))
        .await?;
    let Some(job) = job else { return Ok(()) };
    let revision = job.revision;
    let problem: Problem = match read(job).await {
        Ok(snapshot) => {
            let done = handle.call(move |work| {
                let mut desk = Desk::new(work, organisation, None);
                Ok(desk
                    .ldap_pulled(&snapshot, revision, Mode::Go, Trigger::Schedule)
                    .map(drop)?)
            });
            match done.await {
                Ok(()) => return Ok(()),
                Err(refusal) => refusal.into(),
            }
        }
        Err(failed) => failed.into(),
    };
    handle
        .call(move |work| Ok(Desk::new(work, organisation, None).ldap_failed(&problem, Trigger::Schedule)?))
        .await
}
