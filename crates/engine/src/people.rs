// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What this device knows of others: verified records. The server may serve an older record (ignored) or a longer one
//! (taken), never one that contradicts what we know.

use std::collections::{BTreeSet, HashMap};

use melder_mls::badge;
use melder_mls::chain::DeviceChain;
use melder_mls::roster::DeviceKeys;
use melder_mls::rules::Chains;
use melder_mls::sign;
use melder_protocol::account::{AccountRecord, Badge};
use melder_protocol::{AccountId, DeviceId, GroupId, Hash, Member, PublicKey, Sequence, cbor};
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::api::{ContactView, Misbehaviour, SystemLine, Trust};
use crate::error::EngineError;
use crate::store::Id;
use crate::work::{Identity, Work};
use crate::{changes, groups, notices};

/// The chains that a check needs, loaded beforehand.
pub(crate) struct Known<'a>(pub &'a HashMap<AccountId, Option<DeviceChain>>);

impl Chains for Known<'_> {
    fn chain(&self, account: AccountId) -> Option<&DeviceChain> {
        self.0.get(&account)?.as_ref()
    }
}

impl DeviceKeys for Known<'_> {
    fn device_key(&self, member: Member) -> Option<PublicKey> {
        self.chain(member.account)?.past_key(member.device).copied()
    }
}

/// Chains as they stand in one group's log, for what comes next in it: only who is in a chain there may sign.
pub(crate) struct AsOf(HashMap<AccountId, Option<DeviceChain>>);

impl Chains for AsOf {
    fn chain(&self, account: AccountId) -> Option<&DeviceChain> {
        self.0.get(&account)?.as_ref()
    }
}

impl DeviceKeys for AsOf {
    fn device_key(&self, member: Member) -> Option<PublicKey> {
        self.chain(member.account)?.device_key(member.device).copied()
    }
}

/// The chains of these accounts as they stand in the group's log, as far as it is read.
pub(crate) fn as_of(
    work: &mut Work<'_>,
    group: GroupId,
    accounts: impl IntoIterator<Item = AccountId>,
) -> Result<AsOf, EngineError> {
    let mut chains = HashMap::new();
    for account in accounts {
        let latest = chain(work, account)?;
        let links: Option<i64> = work
            .tx
            .prepare_cached("SELECT links FROM chain_views WHERE grp = ?1 AND account = ?2")?
            .query_row(params![group.as_bytes(), account.as_bytes()], |row| row.get(0))
            .optional()?;
        let record = record(work.tx, account)?;
        let links = links.and_then(|links| usize::try_from(links).ok());
        let earlier = match (links, &record) {
            (Some(links), Some(record)) if links < record.chain.len() => {
                Some(DeviceChain::verify(account, &record.chain[..links]).ok())
            }
            _ => None,
        };
        chains.insert(account, earlier.unwrap_or(latest));
    }
    Ok(AsOf(chains))
}

/// An account's devices at a place in a group's log.
pub(crate) struct Devices {
    pub genesis: Hash,
    pub devices: BTreeSet<DeviceId>,
}

/// The devices of an account as they stand in the group's log, if that has told of them.
pub(crate) fn devices_as_of(
    work: &mut Work<'_>,
    group: GroupId,
    account: AccountId,
) -> Result<Option<Devices>, EngineError> {
    let is_told = work
        .tx
        .prepare_cached("SELECT 1 FROM chain_views WHERE grp = ?1 AND account = ?2")?
        .exists(params![group.as_bytes(), account.as_bytes()])?;
    if !is_told {
        return Ok(None);
    }
    let chains = as_of(work, group, [account])?;
    Ok(chains.chain(account).map(|chain| Devices {
        genesis: chain.genesis(),
        devices: chain.devices().collect(),
    }))
}

/// This much of an account's chain stands in the group's log now.
pub(crate) fn seen_in(work: &Work<'_>, group: GroupId, seen: &AccountRecord) -> Result<(), EngineError> {
    let known = record(work.tx, seen.account)?.is_some_and(|known| known.chain.starts_with(&seen.chain));
    if known {
        work.tx
            .prepare_cached(
                "INSERT INTO chain_views (grp, account, links) VALUES (?1, ?2, ?3)
                 ON CONFLICT (grp, account) DO UPDATE SET links = MAX(links, excluded.links)",
            )?
            .execute(params![
                group.as_bytes(),
                seen.account.as_bytes(),
                i64::try_from(seen.chain.len()).unwrap_or(i64::MAX)
            ])?;
    }
    Ok(())
}

/// The same for a roster's past, whose authors may be deleted by now: then no chain is served any more, and one that
/// this device knew may lack the device that signed.
pub(crate) struct KnownOrGone<'a> {
    pub known: Known<'a>,
    pub dismissed: BTreeSet<AccountId>,
}

impl DeviceKeys for KnownOrGone<'_> {
    fn device_key(&self, member: Member) -> Option<PublicKey> {
        self.known.device_key(member)
    }

    fn may_be_gone(&self, account: AccountId) -> bool {
        self.known.chain(account).is_none() || self.dismissed.contains(&account)
    }
}

/// The record as it stands in the database.
pub(crate) fn record(connection: &Connection, account: AccountId) -> Result<Option<AccountRecord>, EngineError> {
    let bytes: Option<Vec<u8>> = connection
        .prepare_cached("SELECT record FROM accounts WHERE account = ?1")?
        .query_row([account.as_bytes()], |row| row.get(0))
        .optional()?;
    Ok(bytes.map(|bytes| cbor::decode(&bytes)).transpose()?)
}

/// Makes sure that the chains of these accounts are in memory.
pub(crate) fn load_chains(
    work: &mut Work<'_>,
    accounts: impl IntoIterator<Item = AccountId>,
) -> Result<(), EngineError> {
    for account in accounts {
        if !work.session.chains.contains_key(&account) {
            let chain = record(work.tx, account)?
                .filter(|record| !record.chain.is_empty())
                .and_then(|record| DeviceChain::verify(account, &record.chain).ok());
            work.session.chains.insert(account, chain);
        }
    }
    Ok(())
}

/// The chain of one account.
pub(crate) fn chain(work: &mut Work<'_>, account: AccountId) -> Result<Option<DeviceChain>, EngineError> {
    load_chains(work, [account])?;
    Ok(work.session.chains.get(&account).cloned().flatten())
}

/// Takes in a record that the server served, if it is genuine and newer than ours. `at`: where it stood in a log.
pub(crate) fn learn(work: &mut Work<'_>, record: &AccountRecord, at: Option<Sequence>) -> Result<(), EngineError> {
    let known = self::record(work.tx, record.account)?;
    if known.as_ref() == Some(record) && work.own_account() != Some(record.account) {
        return Ok(()); // Verified when it came, to the last byte. (Our own may have come before our organisation's key.)
    }
    let known_links = known.as_ref().map_or(&[][..], |known| &known.chain[..]);
    let common = known_links.len().min(record.chain.len());
    if known_links[..common] != record.chain[..common] {
        return notices::about(work, record.account, Misbehaviour::ForkedChain);
    }
    if record.chain.len() < known_links.len() {
        return Ok(()); // An older word; we know more.
    }
    let chain = if record.chain.is_empty() {
        None
    } else {
        match DeviceChain::verify(record.account, &record.chain) {
            Ok(chain) => Some(chain),
            Err(_) => return notices::about(work, record.account, Misbehaviour::ForkedChain),
        }
    };
    let before = work.session.chains.get(&record.account).cloned().flatten().or_else(|| {
        known
            .as_ref()
            .and_then(|known| DeviceChain::verify(known.account, &known.chain).ok())
    });
    let is_reset = match (&before, &chain) {
        (Some(before), Some(after)) => before.genesis() != after.genesis(),
        _ => false,
    };
    if is_reset && !vouched(work, known.as_ref(), record, chain.as_ref()) {
        // A chain begins anew only by the organisation's word, which is a badge for the new one.
        return notices::about(work, record.account, Misbehaviour::ForkedChain);
    }
    let (record, name) = with_best_badge(work, known, record, chain.as_ref())?;
    work.tx
        .prepare_cached(
            "INSERT INTO accounts (account, record, name) VALUES (?1, ?2, COALESCE(?3, ''))
             ON CONFLICT (account) DO UPDATE SET record = excluded.record, name = COALESCE(?3, name)",
        )?
        .execute(params![record.account.as_bytes(), cbor::encode(&record), name])?;
    work.session.chains.insert(record.account, chain.clone());
    if before.as_ref() != chain.as_ref() {
        work.session.chains_version += 1;
    }
    if is_reset {
        changes::note(work, record.account)?;
        for group in groups::of_account(work, record.account)? {
            groups::line(
                work,
                group,
                at,
                &SystemLine::IdentityChanged {
                    account: record.account,
                },
            )?;
        }
    }
    Ok(())
}

/// Does the organisation say that this chain, begun anew, is still the same person? Another organisation's key is the
/// one that signed the badge that we know.
fn vouched(work: &Work<'_>, known: Option<&AccountRecord>, new: &AccountRecord, chain: Option<&DeviceChain>) -> bool {
    let Some(known) = known else { return false };
    let is_own = work
        .session
        .identity
        .as_ref()
        .is_some_and(|own| own.organisation.id == known.organisation);
    let signer = |record: &AccountRecord| record.badge.as_ref().map(|badge| badge.signer);
    known.organisation == new.organisation
        && matches!(genuine_badge(work, new, chain), Ok(Some(_)))
        && (is_own || signer(known) == signer(new))
}

/// The record with the badge that counts, and its name if that is news: a forged badge, an older one or none at all
/// take nothing away from what the organisation has said.
fn with_best_badge(
    work: &mut Work<'_>,
    known: Option<AccountRecord>,
    record: &AccountRecord,
    chain: Option<&DeviceChain>,
) -> Result<(AccountRecord, Option<String>), EngineError> {
    let mut record = record.clone();
    let moved = known
        .as_ref()
        .is_some_and(|known| known.organisation != record.organisation);
    let served = if moved {
        Err(())
    } else {
        genuine_badge(work, &record, chain)
    };
    let Some(known) = known else {
        if served.is_err() {
            record.badge = None;
            notices::about(work, record.account, Misbehaviour::ForgedBadge)?;
        }
        return Ok((record, served.ok().flatten().map(|badge| badge.name)));
    };
    if served.is_err() {
        notices::about(work, record.account, Misbehaviour::ForgedBadge)?;
    }
    record.organisation = known.organisation;
    let kept = AccountRecord {
        badge: known.badge,
        ..record.clone()
    };
    let (served, before) = (served.ok().flatten(), genuine_badge(work, &kept, chain).ok().flatten());
    match (served, before) {
        (Some(served), Some(before)) if served.issued < before.issued => Ok((kept, None)),
        (Some(served), _) => Ok((record, Some(served.name))),
        (None, _) => Ok((kept, None)),
    }
}

/// The badge, if there is one. `Err`: one that its organisation did not sign for this chain.
fn genuine_badge(work: &Work<'_>, record: &AccountRecord, chain: Option<&DeviceChain>) -> Result<Option<Badge>, ()> {
    let (Some(signed), Some(chain)) = (&record.badge, chain) else {
        return Ok(None);
    };
    // Another organisation's key is not pinned: its word is shown, and trusted as little as an unconfirmed name.
    let key = match &work.session.identity {
        Some(own) if own.organisation.id == record.organisation => own.organisation.key,
        _ => signed.signer,
    };
    let badge = sign::verify_statement(signed, &key).map_err(|_| ())?;
    if badge.account == record.account && badge.genesis == chain.genesis() && badge.organisation == record.organisation
    {
        Ok(Some(badge))
    } else {
        Err(())
    }
}

/// A contact for the screen.
pub(crate) fn contact(
    connection: &Connection,
    identity: Option<&Identity>,
    account: AccountId,
    now: melder_protocol::Time,
) -> Result<Option<ContactView>, EngineError> {
    let row: Option<(Vec<u8>, String, Option<Id<Hash>>)> = connection
        .prepare_cached("SELECT record, name, verified FROM accounts WHERE account = ?1")?
        .query_row([account.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let Some((bytes, name, verified)) = row else {
        return Ok(None);
    };
    let record: AccountRecord = cbor::decode(&bytes)?;
    let chain = DeviceChain::verify(account, &record.chain).ok();
    let badge = record.badge.as_ref().and_then(|badge| badge.peek().ok());
    let own = identity.filter(|own| own.organisation.id == record.organisation);
    let confirmed = match (&record.badge, own, &chain) {
        (Some(signed), Some(own), Some(chain)) => {
            badge::verify(signed, &own.organisation.key, chain, now).is_ok_and(|badge| {
                badge.kind == melder_protocol::account::AccountKind::Staff
                    || badge.kind == melder_protocol::account::AccountKind::Bot
            })
        }
        _ => false,
    };
    let compared = chain
        .as_ref()
        .is_some_and(|chain| verified.is_some_and(|Id(genesis)| genesis == chain.genesis()));
    let trust = match (compared, confirmed) {
        (true, _) => Trust::Personal,
        (false, true) => Trust::Service,
        (false, false) => Trust::Unconfirmed,
    };
    Ok(Some(ContactView {
        account,
        name,
        unit: badge.as_ref().map(|badge| badge.unit.clone()).unwrap_or_default(),
        function: badge.as_ref().and_then(|badge| badge.function.clone()),
        kind: badge.as_ref().map(|badge| badge.kind),
        organisation: record.organisation,
        organisation_name: badge.map(|badge| badge.organisation_name).unwrap_or_default(),
        trust,
        absence: crate::duty::absence(connection, account, now)?,
        devices: chain.map(|chain| chain.devices().collect()).unwrap_or_default(),
    }))
}

/// Just the name; empty when unknown.
pub(crate) fn name(connection: &Connection, account: AccountId) -> Result<String, EngineError> {
    Ok(connection
        .prepare_cached("SELECT name FROM accounts WHERE account = ?1")?
        .query_row([account.as_bytes()], |row| row.get(0))
        .optional()?
        .unwrap_or_default())
}

/// The person compared (or takes back having compared) the safety number.
pub(crate) fn set_verified(work: &mut Work<'_>, account: AccountId, verified: bool) -> Result<bool, EngineError> {
    let Some(chain) = chain(work, account)? else {
        return Ok(false);
    };
    let genesis = verified.then(|| chain.genesis());
    work.tx.execute(
        "UPDATE accounts SET verified = ?2 WHERE account = ?1",
        params![account.as_bytes(), genesis.as_ref().map(Hash::as_bytes)],
    )?;
    if verified {
        changes::forget(work, account)?;
    }
    Ok(true)
}
