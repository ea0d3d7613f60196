// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Words for the engine's and the server's nouns.

use melder_engine::api::{GroupStatus, Misbehaviour, SystemLine, Trust};
use melder_protocol::AccountId;
use melder_protocol::account::AccountKind;
use melder_protocol::roster::{GroupKind, Role};

use crate::t;

/// What was refused, and what it means.
#[must_use]
pub fn misbehaviour(code: Misbehaviour) -> String {
    t!(misbehaviour_id(code))
}

const fn misbehaviour_id(code: Misbehaviour) -> &'static str {
    match code {
        Misbehaviour::ForkedChain => "misbehaviour-forked_chain",
        Misbehaviour::ForgedRoster => "misbehaviour-forged_roster",
        Misbehaviour::ForkedRoster => "misbehaviour-forked_roster",
        Misbehaviour::ForgedMembership => "misbehaviour-forged_membership",
        Misbehaviour::ForgedSender => "misbehaviour-forged_sender",
        Misbehaviour::Mislabelled => "misbehaviour-mislabelled",
        Misbehaviour::BrokenLog => "misbehaviour-broken_log",
        Misbehaviour::Malformed => "misbehaviour-malformed",
        Misbehaviour::Unreadable => "misbehaviour-unreadable",
        Misbehaviour::ForgedBadge => "misbehaviour-forged_badge",
        Misbehaviour::ForgedDeletion => "misbehaviour-forged_deletion",
        Misbehaviour::ForgedPolicy => "misbehaviour-forged_policy",
        Misbehaviour::Forked => "misbehaviour-forked",
        Misbehaviour::RolledBack => "misbehaviour-rolled_back",
        Misbehaviour::FalseReceipt => "misbehaviour-false_receipt",
        Misbehaviour::FalseRemoval => "misbehaviour-false_removal",
        Misbehaviour::BrokenCommit => "misbehaviour-broken_commit",
        Misbehaviour::BrokenWelcome => "misbehaviour-broken_welcome",
        Misbehaviour::WrongAnswer => "misbehaviour-wrong_answer",
        Misbehaviour::WrongFile => "misbehaviour-wrong_file",
    }
}

#[must_use]
pub fn role(role: Role) -> String {
    t!(match role {
        Role::Member => "role-member",
        Role::Publisher => "role-publisher",
        Role::Manage => "role-manage",
    })
}

#[must_use]
pub fn kind(kind: GroupKind) -> String {
    t!(match kind {
        GroupKind::Direct => "kind-direct",
        GroupKind::Group => "kind-group",
        GroupKind::Channel => "kind-channel",
        GroupKind::Own => "kind-own",
    })
}

#[must_use]
pub fn account_kind(kind: AccountKind) -> String {
    t!(match kind {
        AccountKind::Staff => "account-staff",
        AccountKind::Guest => "account-guest",
        AccountKind::Bot => "account-bot",
        AccountKind::Private => "account-private",
    })
}

#[must_use]
pub fn trust(trust: Trust) -> String {
    t!(match trust {
        Trust::Unconfirmed => "trust-unconfirmed",
        Trust::Service => "trust-service",
        Trust::Personal => "trust-personal",
    })
}

#[must_use]
pub fn status(status: GroupStatus) -> String {
    t!(match status {
        GroupStatus::Joining => "status-joining",
        GroupStatus::Active => "status-active",
        GroupStatus::Repairing => "status-repairing",
        GroupStatus::Left => "status-left",
    })
}

/// A line of the system in a chat. `name` knows the people.
#[must_use]
pub fn system_line(line: &SystemLine, name: impl Fn(AccountId) -> String) -> String {
    let names = |accounts: &[AccountId]| -> String {
        accounts
            .iter()
            .map(|account| name(*account))
            .collect::<Vec<_>>()
            .join(", ")
    };
    match line {
        SystemLine::Added { accounts } => t!("line-added", names = names(accounts), count = accounts.len()),
        SystemLine::Removed { accounts } => t!("line-removed", names = names(accounts), count = accounts.len()),
        SystemLine::Left { account } => t!("line-left", name = name(*account)),
        SystemLine::IdentityChanged { account } => t!("line-identity_changed", name = name(*account)),
        SystemLine::DeviceAdded { account, .. } => t!("line-device_added", name = name(*account)),
        SystemLine::DeviceRemoved { account, .. } => t!("line-device_removed", name = name(*account)),
        SystemLine::Renamed { name } => t!("line-renamed", name = crate::output::safe_line(name)),
        SystemLine::Gap { from, to } => t!("line-gap", count = to.0.saturating_sub(from.0).saturating_add(1)),
        SystemLine::GapFilled { from, to } => {
            t!("line-gap_filled", count = to.0.saturating_sub(from.0).saturating_add(1))
        }
        SystemLine::Closed => t!("line-closed"),
        SystemLine::Refused { code } => misbehaviour(*code),
    }
}
