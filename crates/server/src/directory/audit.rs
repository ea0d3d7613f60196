// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The audit log: which admin or token did what to which thing, when. Append-only, and each line holds the hash of the one
//! before, so a line that was changed or taken out shows. Ids only, no names, no content; but whoever acts may name a
//! reason, and that stands as written.

use melder_mls::sign::sha256;
use melder_protocol::{Hash, OrganisationId};

use super::desk::Desk;
use super::problem::Outcome;
use super::types::{Actor, AuditLine, Page};
use crate::core::Work;

fn hash(previous: Hash, line: &AuditLine) -> Hash {
    let mut bytes = Vec::with_capacity(160);
    bytes.extend_from_slice(b"Melder audit\0");
    bytes.extend_from_slice(previous.as_bytes());
    bytes.extend_from_slice(line.organisation.as_bytes());
    bytes.extend_from_slice(&line.sequence.to_be_bytes());
    bytes.extend_from_slice(&line.time.0.to_be_bytes());
    bytes.extend_from_slice(line.actor.as_ref().map_or(&[0; 16][..], |actor| actor.as_bytes()));
    for text in [&line.action, &line.subject] {
        bytes.extend_from_slice(&(text.len() as u64).to_be_bytes());
        bytes.extend_from_slice(text.as_bytes());
    }
    // Lines from before there were admins and reasons end here; with their lengths written before them, no line can be
    // taken for another.
    let is_admin = matches!(line.actor, Some(Actor::Admin(_)));
    if is_admin || line.reason.is_some() {
        bytes.push(u8::from(is_admin));
        bytes.extend_from_slice(line.reason.as_deref().unwrap_or_default().as_bytes());
    }
    sha256(&bytes)
}

const BEFORE_THE_FIRST: Hash = Hash::from_bytes([0; 32]);

/// Adds a line.
pub(super) fn append(
    work: &Work<'_>,
    organisation: OrganisationId,
    actor: Option<Actor>,
    action: &str,
    subject: &str,
) -> Outcome<()> {
    append_with(work, organisation, actor, action, subject, None)
}

/// Adds a line with a reason.
pub(super) fn append_with(
    work: &Work<'_>,
    organisation: OrganisationId,
    actor: Option<Actor>,
    action: &str,
    subject: &str,
    reason: Option<&str>,
) -> Outcome<()> {
    let (last, previous) = work.tx.audit_head(organisation)?.unwrap_or((0, BEFORE_THE_FIRST));
    let mut line = AuditLine {
        organisation,
        sequence: last + 1,
        time: work.now,
        actor,
        action: action.to_owned(),
        subject: subject.to_owned(),
        reason: reason.map(str::to_owned),
        hash: previous,
    };
    line.hash = hash(previous, &line);
    work.tx.append_audit(&line)?;
    Ok(())
}

/// What a check of the whole log found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditCheck {
    pub lines: u64,
    /// The first line that does not fit the ones before.
    pub broken_at: Option<u64>,
    /// The last line's hash: noted elsewhere, it proves later that nothing before it was changed.
    pub head: Hash,
}

impl Desk<'_, '_> {
    /// Lines, oldest first.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn audit(&self, page: Page<u64>) -> Outcome<Vec<AuditLine>> {
        Ok(self.work.tx.audit(self.organisation, page)?)
    }

    /// Recomputes every hash.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn check_audit(&self) -> Outcome<AuditCheck> {
        let mut check = AuditCheck {
            lines: 0,
            broken_at: None,
            head: BEFORE_THE_FIRST,
        };
        loop {
            let page = Page {
                after: Some(check.lines),
                limit: Page::<u64>::MAX,
            };
            let lines = self.audit(page)?;
            if lines.is_empty() {
                return Ok(check);
            }
            for line in lines {
                if line.sequence != check.lines + 1 || line.hash != hash(check.head, &line) {
                    check.broken_at = Some(check.lines + 1);
                    return Ok(check);
                }
                check.lines = line.sequence;
                check.head = line.hash;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use melder_protocol::{AdminId, Time, TokenId};

    use super::*;

    fn line(actor: Option<Actor>, reason: Option<&str>) -> Hash {
        let line = AuditLine {
            organisation: OrganisationId::from_bytes([1; 16]),
            sequence: 1,
            time: Time(5),
            actor,
            action: "unit.create".to_owned(),
            subject: "x".to_owned(),
            reason: reason.map(str::to_owned),
            hash: BEFORE_THE_FIRST,
        };
        hash(BEFORE_THE_FIRST, &line)
    }

    #[test]
    fn logs_from_before_there_were_admins_and_reasons_still_fit() {
        let token = Some(Actor::Token(TokenId::from_bytes([2; 16])));
        assert_eq!(
            line(token, None).to_string(),
            "0871297b29b47017cc6621c7a535b2b7a5d45166b0d06b836d9b4d0736ea772d"
        );
    }

    #[test]
    fn who_it_was_and_why_can_not_be_changed_unseen() {
        let token = Some(Actor::Token(TokenId::from_bytes([2; 16])));
        let admin = Some(Actor::Admin(AdminId::from_bytes([2; 16])));
        let all = [
            line(None, None),
            line(token, None),
            line(admin, None),
            line(token, Some("why")),
            line(admin, Some("why")),
            line(admin, Some("whyever")),
        ];
        let distinct: std::collections::BTreeSet<Hash> = all.into_iter().collect();
        assert_eq!(distinct.len(), all.len());
    }
}
