// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Invitations, on the device's side: what is offered, taking it with a new account, taking it with an existing one.

use melder_mls::chain;
use melder_mls::sign::sha256;
use melder_protocol::account::{AccountRecord, OrganisationInfo};
use melder_protocol::chain::Link;
use melder_protocol::invitation::InvitationOffer;
use melder_protocol::{AccountId, ErrorCode, Hash, InvitationSecret};
use subtle::ConstantTimeEq as _;

use super::desk::random;
use super::problem::{Outcome, Problem};
use super::types::{Account, Invitation, InvitationStatus, InvitationTarget, Template};
use super::{approvals, badges, lifecycle, membership, text};
use crate::core::Work;

fn find(work: &Work<'_>, secret: &InvitationSecret) -> Outcome<Invitation> {
    let hash = sha256(secret.as_bytes());
    work.tx
        .invitation_by_hash(&hash)?
        .filter(|found| found.secret_hash.as_bytes().ct_eq(hash.as_bytes()).into())
        .ok_or_else(|| ErrorCode::InvitationUnknown.into())
}

fn check_open(work: &Work<'_>, invitation: &Invitation) -> Outcome<()> {
    match invitation.status(work.now) {
        InvitationStatus::Open => {}
        InvitationStatus::Used => return Err(ErrorCode::InvitationUsed.into()),
        InvitationStatus::Expired => return Err(ErrorCode::InvitationExpired.into()),
        InvitationStatus::Withdrawn => return Err(ErrorCode::InvitationUnknown.into()),
    }
    let ends = match &invitation.target {
        InvitationTarget::Account { account } => work.tx.account(*account)?.and_then(|account| account.ends),
        InvitationTarget::Open(template) => template.ends,
    };
    if ends.is_some_and(|ends| ends <= work.now) {
        return Err(ErrorCode::InvitationExpired.into());
    }
    Ok(())
}

/// What the invitation offers. A poster's account id is fresh each time and reserves nothing: looking costs the
/// server no storage, and 16 random bytes don't meet by chance.
pub(super) fn open(work: &mut Work<'_>, secret: &InvitationSecret) -> Outcome<InvitationOffer> {
    let invitation = find(work, secret)?;
    check_open(work, &invitation)?;
    let organisation = work
        .tx
        .organisation(invitation.organisation)?
        .ok_or(ErrorCode::InvitationUnknown)?;
    let organisation = OrganisationInfo {
        id: organisation.id,
        name: organisation.name,
        key: organisation.key,
    };
    match invitation.target {
        InvitationTarget::Account { account } => {
            let account = work.tx.account(account)?.ok_or(ErrorCode::InvitationUnknown)?;
            Ok(InvitationOffer {
                organisation,
                account: account.id,
                name: Some(account.name),
                kind: account.kind,
                ends: account.ends,
                for_existing: false,
            })
        }
        InvitationTarget::Open(template) => Ok(InvitationOffer {
            organisation,
            account: AccountId::from_bytes(random(work)),
            name: None,
            kind: template.kind,
            ends: template.ends,
            for_existing: template.for_existing,
        }),
    }
}

/// Takes the invitation: `genesis` starts the account's chain. The same genesis again gives the same answer.
pub(super) fn claim(
    work: &mut Work<'_>,
    secret: &InvitationSecret,
    genesis: &Link,
    device_name: &str,
    name: Option<&str>,
) -> Outcome<AccountRecord> {
    let invitation = find(work, secret)?;
    let id = chain::peek(genesis).map_err(|_| ErrorCode::InvalidLink)?.account;
    let hash = sha256(genesis.body.as_slice());
    if work.tx.use_of(invitation.id, id)? == Some(Some(hash)) {
        return answer(work, id);
    }
    check_open(work, &invitation)?;
    let device_name = text::name("device_name", device_name)?;
    let mut account = match &invitation.target {
        InvitationTarget::Account { account } => prepared(work, *account, id)?,
        InvitationTarget::Open(template) => newcomer(work, &invitation, template, id, name)?,
    };
    work.begin_chain(id, genesis, &device_name)?;
    account.joined = true;
    account.revision += 1;
    work.tx.update_account(&account)?;
    used(work, invitation, id, Some(&hash))?;
    lifecycle::schedule_warning(work, &account)?;
    badges::issue(work, id)?;
    work.record_changed(id)?;
    membership::refresh(work, &[id])?;
    answer(work, id)
}

fn answer(work: &Work<'_>, id: AccountId) -> Outcome<AccountRecord> {
    super::record(work.tx, id)?.ok_or_else(|| ErrorCode::UnknownAccount.into())
}

fn prepared(work: &Work<'_>, account: AccountId, claimed: AccountId) -> Outcome<Account> {
    if account != claimed {
        return Err(Problem::new(
            ErrorCode::WrongInvitation,
            "the chain is for another account than the invitation",
        ));
    }
    let account = work.tx.account(account)?.ok_or(ErrorCode::InvitationUnknown)?;
    if account.suspended {
        return Err(ErrorCode::AccountSuspended.into());
    }
    if account.joined {
        return Err(ErrorCode::InvitationUsed.into());
    }
    Ok(account)
}

fn newcomer(
    work: &Work<'_>,
    invitation: &Invitation,
    template: &Template,
    id: AccountId,
    name: Option<&str>,
) -> Outcome<Account> {
    let name = text::name("name", name.unwrap_or_default())?;
    // The id is the device's choice within the protocol: it must not be anybody's, nor have been.
    if work.tx.account(id)?.is_some() || work.tx.deletion(id)?.is_some() {
        return Err(ErrorCode::WrongInvitation.into());
    }
    let account = Account {
        id,
        organisation: invitation.organisation,
        // Groups follow units: whoever waits is in none until somebody lets them in.
        unit: template.unit.filter(|_| !template.approval),
        name,
        function: None,
        kind: template.kind,
        joined: false,
        suspended: false,
        operation: template.operation,
        ends: template.ends,
        created: work.now,
        revision: 1,
    };
    work.tx.insert_account(&account)?;
    if template.approval {
        approvals::wait(work, invitation, id, true)?;
    } else {
        approvals::let_in(work, template, id)?;
    }
    Ok(account)
}

fn used(work: &Work<'_>, mut invitation: Invitation, account: AccountId, genesis: Option<&Hash>) -> Outcome<()> {
    work.tx.put_use(invitation.id, account, genesis)?;
    invitation.used = invitation.used.saturating_add(1);
    Ok(work.tx.update_invitation(&invitation)?)
}

/// Takes an open invitation with an existing account, of any organisation: it joins the groups, with its consent.
pub(super) fn accept(work: &mut Work<'_>, account: AccountId, secret: &InvitationSecret) -> Outcome<()> {
    let invitation = find(work, secret)?;
    let InvitationTarget::Open(template) = &invitation.target else {
        return Err(ErrorCode::WrongInvitation.into());
    };
    if !template.for_existing {
        return Err(ErrorCode::WrongInvitation.into());
    }
    let row = work.tx.account(account)?.ok_or(ErrorCode::UnknownAccount)?;
    if row.suspended {
        return Err(ErrorCode::AccountSuspended.into());
    }
    let again = work.tx.use_of(invitation.id, account)?.is_some();
    // Somebody who has taken it and left can come back while it holds; it counts once.
    match check_open(work, &invitation) {
        Err(problem) if !(again && problem.code == ErrorCode::InvitationUsed) => {
            return Err(problem);
        }
        _ => {}
    }
    let groups = if template.approval {
        approvals::wait(work, &invitation, account, false)?;
        Vec::new()
    } else {
        approvals::let_in(work, template, account)?
    };
    if !again {
        used(work, invitation.clone(), account, None)?;
    }
    membership::refresh_with(work, &[account], &groups)
}
