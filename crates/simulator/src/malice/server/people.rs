// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Lies about people: their devices, their badges.

use melder_engine::Action;
use melder_engine::api::{Misbehaviour, Outcome, SystemLine, Trust};
use melder_mls::chain::{self, DeviceChain};
use melder_mls::sign;
use melder_protocol::account::AccountRecord;
use melder_protocol::chain::KeyUse;
use melder_protocol::entry::Body;
use melder_protocol::{AccountId, LogId};

use super::super::town::Town;
use super::super::{Checked, ensure};
use super::{any_group, author_and_victim};
use crate::city::Account;

fn record(town: &mut Town, account: AccountId) -> Checked<AccountRecord> {
    town.world
        .server()
        .look(|tx| melder_server::directory::record(tx, account))
        .ok_or_else(|| "the server knows the account".to_owned())
}

/// Serves a record to a victim, in a chat's log: between two messages, so that nothing else is lost with it.
fn serve(town: &mut Town, victim: Account, group: melder_protocol::GroupId, record: AccountRecord) {
    let frame = town.made_up(LogId::Group(group), Body::Account { record });
    town.push(victim.device, &frame);
}

/// What the victim knows of a person.
fn seen(town: &mut Town, victim: Account, of: Account) -> Checked<(String, Trust, usize)> {
    let contact = town.world.at(victim.device).engine().contact(of.id);
    let contact = contact
        .map_err(|error| error.to_string())?
        .ok_or_else(|| "the contact is known".to_owned())?;
    Ok((contact.name, contact.trust, contact.devices.len()))
}

fn must_be_unchanged(town: &mut Town, victim: Account, of: Account, before: &(String, Trust, usize)) -> Checked {
    let after = seen(town, victim, of)?;
    ensure!(
        after == *before,
        "what is known of a person stays; {before:?} became {after:?}"
    );
    Ok(())
}

fn lie(
    town: &mut Town,
    code: Misbehaviour,
    forge: impl FnOnce(&mut Town, Account, AccountRecord) -> Checked<AccountRecord>,
) -> Checked {
    let group = any_group(town);
    let (of, victim) = author_and_victim(town, group);
    let before = seen(town, victim, of)?;
    let genuine = record(town, of.id)?;
    let forged = forge(town, of, genuine)?;
    serve(town, victim, group, forged);
    town.must_say(victim.device, group, code)?;
    must_be_unchanged(town, victim, of, &before)
}

pub(super) fn ghost_device(town: &mut Town) -> Checked {
    lie(town, Misbehaviour::ForkedChain, |town, of, mut record| {
        let chain = DeviceChain::verify(of.id, &record.chain).map_err(|error| error.to_string())?;
        let signer = chain.devices().next().ok_or("a chain has a device")?;
        let key = town.ghost.key.public();
        let body = chain::add_body(&chain, signer, key, KeyUse::Device, town.time());
        let accept = chain::accept(&body, &town.ghost.key);
        // In the name of a device in the chain, with the only key that the ghost has.
        record.chain.push(chain::finish_add(body, &town.ghost.other, accept));
        Ok(record)
    })
}

pub(super) fn ghost_reset(town: &mut Town) -> Checked {
    lie(town, Misbehaviour::ForkedChain, |town, of, mut record| {
        record.chain.push(town.ghost.chain(of.id, town.time()));
        Ok(record)
    })
}

pub(super) fn forged_badge(town: &mut Town) -> Checked {
    lie(town, Misbehaviour::ForgedBadge, |town, _, mut record| {
        let badge = record.badge.as_ref().and_then(|badge| badge.peek().ok());
        let mut badge = badge.ok_or("a colleague has a badge")?;
        badge.name = "Bürgermeister".into();
        record.badge = Some(sign::sign_statement(&town.ghost.key, &badge));
        Ok(record)
    })
}

pub(super) fn other_badge(town: &mut Town) -> Checked {
    lie(town, Misbehaviour::ForgedBadge, |town, of, mut mine| {
        let other = town.people.iter().find(|person| person.id != of.id).copied();
        mine.badge = record(town, other.ok_or("there is somebody else")?.id)?.badge;
        Ok(mine)
    })
}

/// A badge that is left out takes nothing away.
pub(super) fn no_badge(town: &mut Town) -> Checked {
    let group = any_group(town);
    let (of, victim) = author_and_victim(town, group);
    let before = seen(town, victim, of)?;
    let mut bare = record(town, of.id)?;
    bare.badge = None;
    serve(town, victim, group, bare);
    must_be_unchanged(town, victim, of, &before)
}

/// An older chain is old, and ignored: what was added stays.
pub(super) fn older_chain(town: &mut Town) -> Checked {
    let group = any_group(town);
    let (of, victim) = author_and_victim(town, group);
    let older = record(town, of.id)?;
    let made = town.perform(of.device, Action::CreateRecoveryCode)?;
    ensure!(
        matches!(made, Ok(Outcome::RecoveryCode(_))),
        "a recovery code is made: {made:?}"
    );
    town.pass(1, 500);
    let before = seen(town, victim, of)?;
    serve(town, victim, group, older);
    must_be_unchanged(town, victim, of, &before)?;
    town.write(of, group).map(drop)
}

/// With the organisation's key the server can do what an administrator can: begin an account anew, on a device of its
/// own. Everybody is told, and nothing from before is read.
pub(super) fn official_reset(town: &mut Town) -> Checked {
    let group = any_group(town);
    let (of, victim) = author_and_victim(town, group);
    let compared = town.perform(
        victim.device,
        Action::Verify {
            account: of.id,
            verified: true,
        },
    )?;
    ensure!(compared.is_ok(), "safety numbers are compared: {compared:?}");
    let token = town
        .world
        .desk(town.office, move |desk| {
            desk.reset_account(of.id, None).map(|invitation| invitation.token)
        })
        .map_err(|refusal| format!("an account is reset: {refusal}"))?;
    let ghost = town.world.device();
    town.hostile.insert(ghost);
    town.world.connect(ghost);
    let joined = town.perform(
        ghost,
        Action::Join {
            token,
            device_name: "Gespenst".into(),
            name: None,
        },
    )?;
    ensure!(
        matches!(joined, Ok(Outcome::Joined)),
        "the ghost takes the account over: {joined:?}"
    );
    town.pass(6, 1_500);
    let changed = SystemLine::IdentityChanged { account: of.id };
    let said = town.says(victim.device, group, &changed)?;
    ensure!(said, "a new chain is said in the chat");
    let (_, trust, _) = seen(town, victim, of)?;
    ensure!(trust != Trust::Personal, "a new chain is not the one that was compared");
    for group in town.groups() {
        let shown = town.shown(ghost, group)?;
        ensure!(
            shown.is_empty(),
            "who comes reads nothing from before; the ghost shows {shown:?}"
        );
    }
    // The person is out; the ghost sits in their place, for all to see.
    town.hostile.insert(of.device);
    for members in town.members.values_mut() {
        for member in members.iter_mut().filter(|member| member.id == of.id) {
            member.device = ghost;
        }
    }
    Ok(())
}
