// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! One pull, as far as it happens inside the core: what it needs to begin, what is done with what was read, and what is
//! remembered of it. What is remembered are numbers: the names are in the plan, which is shown and not kept.

use melder_protocol::{ErrorCode, Hash, OrganisationId, Time};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use zeroize::Zeroizing;

use super::plan::{Counts, Plan, plan};
use super::settings::{Password, Settings};
use super::{Snapshot, Source};
use crate::directory::desk::Desk;
use crate::directory::problem::{self, Problem};

/// What a reading needs.
pub struct Job {
    pub organisation: OrganisationId,
    pub settings: Settings,
    pub password: Option<Zeroizing<String>>,
    /// Of the settings.
    pub revision: u32,
}

impl core::fmt::Debug for Job {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Job")
            .field("organisation", &self.organisation)
            .finish_non_exhaustive()
    }
}

/// What is to be done with what was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// It is only looked at.
    Dry,
    /// It is taken over, unless the brake holds it.
    Go,
    /// This very plan is taken over.
    Confirm(Hash),
}

/// Who began it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = LdapTrigger)]
pub enum Trigger {
    Schedule,
    Admin,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = LdapOutcome)]
pub enum Outcome {
    /// A dry run.
    Planned,
    Applied,
    /// There was nothing to do.
    Unchanged,
    /// The brake: it waits for an admin's word.
    Held,
    Failed,
}

/// What is remembered of a pull.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// Milliseconds since 1970.
    pub time: u64,
    pub trigger: Trigger,
    pub outcome: Outcome,
    pub counts: Counts,
    /// Of the plan.
    pub hash: Option<String>,
    /// Why it failed.
    pub code: Option<ErrorCode>,
    pub message: Option<String>,
}

/// What a pull came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pulled {
    pub outcome: Outcome,
    pub plan: Plan,
    /// Would the brake hold it?
    pub held: bool,
    pub settings: Settings,
}

impl Desk<'_, '_> {
    /// What a pull needs.
    ///
    /// # Errors
    /// `NotFound` when nothing is set up.
    pub fn ldap_job(&self) -> problem::Outcome<Job> {
        let source = self.ldap_source()?.ok_or_else(|| Problem::missing("LDAP source"))?;
        Ok(Job {
            organisation: self.organisation,
            password: self.work.tx.ldap_password(self.organisation)?,
            settings: source.settings,
            revision: source.revision,
        })
    }

    /// Somebody tries these settings, or those that are kept: a server is about to be called.
    ///
    /// # Errors
    /// When a field can't be so.
    pub fn ldap_trial(&mut self, draft: Option<(Settings, Password)>) -> problem::Outcome<Job> {
        self.whole()?;
        let job = match draft {
            None => self.ldap_job()?,
            Some((settings, password)) => {
                let settings = settings.complete()?;
                Job {
                    organisation: self.organisation,
                    password: self.ldap_password_for(&settings, &password)?,
                    settings,
                    revision: 0,
                }
            }
        };
        self.note("directory.ldap.test", self.organisation)?;
        Ok(job)
    }

    /// What the schedule pulls now; the next time is settled before anything can go wrong.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn ldap_scheduled(&mut self) -> problem::Outcome<Option<Job>> {
        let Some(source) = self.ldap_source()? else {
            return Ok(None);
        };
        let source = Source {
            next: source.settings.schedule.next(self.work.now),
            ..source
        };
        self.work.tx.put_ldap_source(&source)?;
        self.ldap_job().map(Some)
    }

    /// Does with what was read as is wished. All of it or nothing.
    ///
    /// # Errors
    /// `PlanChanged` when it is not the plan that was confirmed.
    pub fn ldap_pulled(
        &mut self,
        snapshot: &Snapshot,
        revision: u32,
        mode: Mode,
        trigger: Trigger,
    ) -> problem::Outcome<Pulled> {
        let source = self.ldap_source()?.ok_or_else(|| Problem::missing("LDAP source"))?;
        if source.revision != revision {
            return Err(ErrorCode::PlanChanged.into());
        }
        let facts = self.ldap_facts()?;
        let plan = plan(snapshot, &facts, &source.settings);
        let held = plan.is_held(source.settings.brake);
        let hash = plan.hash();
        let outcome = match mode {
            Mode::Confirm(confirmed) if confirmed != hash => return Err(ErrorCode::PlanChanged.into()),
            Mode::Dry => Outcome::Planned,
            _ if plan.is_empty() => Outcome::Unchanged,
            Mode::Go if held => Outcome::Held,
            Mode::Go | Mode::Confirm(_) => Outcome::Applied,
        };
        if outcome == Outcome::Applied {
            self.apply_ldap(&plan, &facts)?;
        }
        if outcome != Outcome::Planned {
            let run = Run {
                time: self.work.now.0,
                trigger,
                outcome,
                counts: plan.counts(),
                hash: Some(hash.to_string()),
                code: None,
                message: None,
            };
            let number = self.work.tx.append_ldap_run(self.organisation, &run)?;
            if outcome == Outcome::Applied {
                self.note("directory.ldap.pull", number)?;
            }
        }
        Ok(Pulled {
            outcome,
            plan,
            held,
            settings: source.settings,
        })
    }

    /// Remembers that nothing could be read.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn ldap_failed(&mut self, problem: &Problem, trigger: Trigger) -> problem::Outcome<()> {
        let run = Run {
            time: self.work.now.0,
            trigger,
            outcome: Outcome::Failed,
            counts: Counts::default(),
            hash: None,
            code: Some(problem.code),
            message: Some(problem.message.clone()),
        };
        self.work.tx.append_ldap_run(self.organisation, &run)?;
        Ok(())
    }

    /// The last pulls, newest first.
    ///
    /// # Errors
    /// `Forbidden` without a role for the whole organisation.
    pub fn ldap_runs(&self) -> problem::Outcome<Vec<(u64, Run)>> {
        self.whole()?;
        Ok(self.work.tx.ldap_runs(self.organisation)?)
    }
}

/// Now is when the schedule wants them.
///
/// # Errors
/// When the storage fails.
pub fn due(work: &crate::core::Work<'_>, now: Time) -> problem::Outcome<Vec<OrganisationId>> {
    Ok(work.tx.ldap_due(now)?)
}
