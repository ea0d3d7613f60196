// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! How this device gets its account: by invitation, by linking, by recovery code. What was begun stands in the
//! database before the server hears of it, so that a crash in between is continued, not repeated with another key.

use melder_mls::badge;
use melder_mls::chain::{self, DeviceChain};
use melder_mls::roster::Roster;
use melder_mls::sign::{self, SigningKey, sha256};
use melder_protocol::account::{AccountRecord, OrganisationInfo};
use melder_protocol::cbor;
use melder_protocol::chain::{KeyUse, Link};
use melder_protocol::frame::{ClientFrame, HELLO_LABEL, Hello, RECOVERY_LABEL};
use melder_protocol::invitation::{InvitationOffer, InvitationToken};
use melder_protocol::request::Request;
use melder_protocol::roster::GroupKind;
use melder_protocol::{AccountId, GroupId, InvitationSecret, Member, Nonce, PROTOCOL_VERSION, Refusal, Time};
use minicbor::{Decode, Encode};
use rusqlite::Connection;
use zeroize::Zeroizing;

use crate::api::{ActionError, ActionId, Event, Invalid, Misbehaviour, Outcome};
use crate::error::EngineError;
use crate::pending::Pending;
use crate::store::{delete_meta, meta, set_meta};
use crate::work::{Identity, Work};
use crate::{groups, people};

const IDENTITY: &str = "identity";
const CLAIM: &str = "claim";
const LINKED: &str = "linked";
/// How long a device that has accepted a link asks the server whether it is known. The other device gives the link to
/// the server in the same moment, or not at all.
const ASKING_MS: u64 = Time::MINUTE;

#[derive(Encode, Decode)]
struct StoredIdentity {
    #[cbor(n(0), with = "minicbor::bytes")]
    seed: [u8; 32],
    #[n(1)]
    account: AccountId,
    #[n(2)]
    organisation: OrganisationInfo,
    #[n(3)]
    own_group: GroupId,
}

/// An invitation that is being taken.
#[derive(Encode, Decode)]
struct StoredClaim {
    #[cbor(n(0), with = "minicbor::bytes")]
    seed: [u8; 32],
    #[n(1)]
    secret: InvitationSecret,
    #[n(2)]
    organisation: OrganisationInfo,
    #[n(3)]
    account: AccountId,
    #[n(4)]
    genesis: Link,
    #[n(5)]
    device_name: String,
    #[n(6)]
    name: Option<String>,
}

/// A link that this device has accepted. The other one gives it to the server, and may not get to say so.
#[derive(Encode, Decode)]
struct StoredLink {
    #[n(0)]
    identity: StoredIdentity,
    /// When this device gives up asking.
    #[n(1)]
    until: Time,
}

/// A recovery that waits for the server to take its link.
#[derive(Debug)]
pub(crate) struct Recovering {
    pub key: SigningKey,
    pub organisation: OrganisationInfo,
    pub account: AccountId,
}

/// The device's identity, if it has one.
pub(crate) fn load(connection: &Connection) -> Result<Option<Identity>, EngineError> {
    let Some(bytes) = meta(connection, IDENTITY)? else {
        return Ok(None);
    };
    let stored: StoredIdentity = cbor::decode(&bytes)?;
    let seed = Zeroizing::new(stored.seed);
    let key = SigningKey::from_seed(&seed);
    Ok(Some(Identity {
        member: Member {
            account: stored.account,
            device: key.device(),
        },
        key,
        organisation: stored.organisation,
        own_group: stored.own_group,
    }))
}

/// From now on this device is `key` of `account`.
pub(crate) fn settle(
    work: &mut Work<'_>,
    key: SigningKey,
    account: AccountId,
    organisation: OrganisationInfo,
) -> Result<(), EngineError> {
    let own_group = GroupId::from_bytes(work.random());
    store(work, &key, account, &organisation, own_group)?;
    delete_meta(work.tx, CLAIM)?;
    delete_meta(work.tx, LINKED)?;
    work.session.identity = Some(Identity {
        member: Member {
            account,
            device: key.device(),
        },
        key,
        organisation,
        own_group,
    });
    work.event(Event::Joined);
    hello(work)
}

/// This device has accepted a link: from here on it is a device of the account as soon as the server says so, also
/// when nobody tells it, and after a crash.
pub(crate) fn accepted(
    work: &mut Work<'_>,
    key: &SigningKey,
    account: AccountId,
    organisation: &OrganisationInfo,
) -> Result<(), EngineError> {
    let link = StoredLink {
        identity: StoredIdentity {
            seed: *key.seed(),
            account,
            organisation: organisation.clone(),
            own_group: GroupId::from_bytes(work.random()),
        },
        until: work.now.plus(ASKING_MS),
    };
    set_meta(work.tx, LINKED, &Zeroizing::new(cbor::encode(&link)))
}

/// Does this device wait to be known to the server?
pub(crate) fn is_accepted(work: &Work<'_>) -> Result<bool, EngineError> {
    Ok(work.session.identity.is_none() && meta(work.tx, LINKED)?.is_some())
}

/// The link that was accepted leads nowhere.
pub(crate) fn forget_link(work: &Work<'_>) -> Result<(), EngineError> {
    delete_meta(work.tx, LINKED)
}

/// The server knows this device: it is the account's.
pub(crate) fn known(work: &mut Work<'_>) -> Result<(), EngineError> {
    if work.session.identity.is_some() {
        return Ok(());
    }
    let Some(bytes) = meta(work.tx, LINKED)? else {
        return Ok(());
    };
    let stored = cbor::decode::<StoredLink>(&bytes)?.identity;
    let key = SigningKey::from_seed(&Zeroizing::new(stored.seed));
    settle(work, key, stored.account, stored.organisation)
}

/// The server does not know this device. `true`: it may yet; ask again.
pub(crate) fn unknown(work: &mut Work<'_>) -> Result<bool, EngineError> {
    let Some(bytes) = meta(work.tx, LINKED)? else {
        return Ok(false);
    };
    let waits = cbor::decode::<StoredLink>(&bytes)?.until > work.now;
    if !waits {
        delete_meta(work.tx, LINKED)?;
    }
    Ok(waits)
}

fn store(
    work: &Work<'_>,
    key: &SigningKey,
    account: AccountId,
    organisation: &OrganisationInfo,
    own_group: GroupId,
) -> Result<(), EngineError> {
    let stored = StoredIdentity {
        seed: *key.seed(),
        account,
        organisation: organisation.clone(),
        own_group,
    };
    set_meta(work.tx, IDENTITY, &Zeroizing::new(cbor::encode(&stored)))
}

/// The account has an own group already: it is this one.
///
/// The server names it, so what it names must not be a group of others: they would get what is only for this account.
pub(crate) fn adopt_own_group(work: &mut Work<'_>, group: GroupId) -> Result<(), EngineError> {
    if groups::load(work.tx, group)?.is_some_and(|known| known.kind != GroupKind::Own) {
        work.misbehaviour(None, Misbehaviour::ForgedRoster);
        return Ok(());
    }
    rename_own_group(work, group)
}

fn rename_own_group(work: &mut Work<'_>, group: GroupId) -> Result<(), EngineError> {
    let Some(identity) = &mut work.session.identity else {
        return Ok(());
    };
    if identity.own_group == group {
        return Ok(());
    }
    identity.own_group = group;
    let identity = identity.clone();
    store(
        work,
        &identity.key,
        identity.member.account,
        &identity.organisation,
        group,
    )
}

/// A roster of a group came. Was that group said to be the account's own, and is none? Then what waits for it is for
/// nobody in it.
pub(crate) fn check_own_group(work: &mut Work<'_>, roster: &Roster) -> Result<(), EngineError> {
    let is_named = work
        .session
        .identity
        .as_ref()
        .is_some_and(|identity| identity.own_group == roster.group());
    if !is_named || roster.terms().kind == GroupKind::Own {
        return Ok(());
    }
    work.misbehaviour(None, Misbehaviour::ForgedRoster);
    work.tx
        .execute("DELETE FROM outbox WHERE grp = ?1", [roster.group().as_bytes()])?;
    let fresh = GroupId::from_bytes(work.random());
    rename_own_group(work, fresh)
}

/// Answers the server's challenge, when there is an account and a challenge.
pub(crate) fn hello(work: &mut Work<'_>) -> Result<(), EngineError> {
    let crate::work::Link::Up(Some(nonce)) = work.session.link else {
        return Ok(());
    };
    if let Some(identity) = &work.session.identity {
        let hello = proof(&nonce, &identity.key, identity.member.account);
        work.frame(&ClientFrame::Hello(hello));
        return Ok(());
    }
    if let Some(bytes) = meta(work.tx, LINKED)? {
        let stored = cbor::decode::<StoredLink>(&bytes)?.identity;
        let key = SigningKey::from_seed(&Zeroizing::new(stored.seed));
        work.frame(&ClientFrame::Hello(proof(&nonce, &key, stored.account)));
        return Ok(());
    }
    if let Some(bytes) = meta(work.tx, CLAIM)? {
        let claim: StoredClaim = cbor::decode(&bytes)?;
        send_claim(work, &claim, None);
    }
    Ok(())
}

fn proof(nonce: &melder_protocol::Nonce, key: &SigningKey, account: AccountId) -> Hello {
    let member = Member {
        account,
        device: key.device(),
    };
    Hello {
        version: PROTOCOL_VERSION,
        account,
        device: member.device,
        signature: key.sign(HELLO_LABEL, &Hello::signed_part(nonce, &member)),
        software: concat!("melder ", env!("CARGO_PKG_VERSION")).to_owned(),
    }
}

fn send_claim(work: &mut Work<'_>, claim: &StoredClaim, action: Option<ActionId>) {
    let request = Request::Claim {
        secret: claim.secret,
        genesis: claim.genesis.clone(),
        device_name: claim.device_name.clone(),
        name: claim.name.clone(),
    };
    work.request(request, Pending::Claim(action));
}

/// This invitation is being taken already, and its answer was lost with a connection: the same claim again, for another key
/// would be refused. `false`: it is not.
pub(crate) fn claim_again(work: &mut Work<'_>, action: ActionId, token: &InvitationToken) -> Result<bool, EngineError> {
    let Some(bytes) = meta(work.tx, CLAIM)? else {
        return Ok(false);
    };
    let claim: StoredClaim = cbor::decode(&bytes)?;
    let is_same = claim.secret == token.secret;
    if is_same {
        send_claim(work, &claim, Some(action));
    }
    Ok(is_same)
}

/// The offer belongs to the organisation that the invitation names.
pub(crate) fn check_offer(token: &InvitationToken, offer: &InvitationOffer) -> Result<(), ActionError> {
    if sha256(offer.organisation.key.as_bytes()) == token.organisation {
        Ok(())
    } else {
        Err(ActionError::Invalid(Invalid::WrongOrganisation))
    }
}

/// Takes an offer: a new key, a new chain.
pub(crate) fn claim(
    work: &mut Work<'_>,
    action: ActionId,
    token: &InvitationToken,
    offer: &InvitationOffer,
    device_name: String,
    name: Option<String>,
) -> Result<(), EngineError> {
    if let Err(error) = check_offer(token, offer) {
        work.failed(action, error);
        return Ok(());
    }
    if claim_again(work, action, token)? {
        return Ok(());
    }
    let key = SigningKey::generate(work.rng);
    let claim = StoredClaim {
        seed: *key.seed(),
        secret: token.secret,
        organisation: offer.organisation.clone(),
        account: offer.account,
        genesis: chain::genesis(&key, offer.account, work.now),
        device_name,
        name,
    };
    set_meta(work.tx, CLAIM, &Zeroizing::new(cbor::encode(&claim)))?;
    send_claim(work, &claim, Some(action));
    Ok(())
}

/// The server took (or refused) the claim.
pub(crate) fn claimed(
    work: &mut Work<'_>,
    action: Option<ActionId>,
    answer: Result<AccountRecord, Refusal>,
) -> Result<(), EngineError> {
    let Some(bytes) = meta(work.tx, CLAIM)? else {
        // The same claim was sent twice, and the first answer settled it.
        if let (Some(action), Some(_)) = (action, &work.session.identity) {
            work.done(action, Outcome::Joined);
        }
        return Ok(());
    };
    let claim: StoredClaim = cbor::decode(&bytes)?;
    let record = match answer {
        Ok(record) => record,
        Err(refusal) => {
            delete_meta(work.tx, CLAIM)?;
            if let Some(action) = action {
                work.failed(action, refusal);
            }
            return Ok(());
        }
    };
    let chain = DeviceChain::verify(claim.account, &record.chain);
    let genuine = chain.is_ok_and(|chain| {
        chain.genesis() == sha256(claim.genesis.body.as_slice())
            && record
                .badge
                .as_ref()
                .is_some_and(|badge| badge::verify(badge, &claim.organisation.key, &chain, work.now).is_ok())
    });
    if record.account != claim.account || !genuine {
        delete_meta(work.tx, CLAIM)?;
        if let Some(action) = action {
            work.failed(action, ActionError::Invalid(Invalid::ServerMisbehaves));
        }
        return Ok(());
    }
    let seed = Zeroizing::new(claim.seed);
    settle(work, SigningKey::from_seed(&seed), claim.account, claim.organisation)?;
    people::learn(work, &record, None)?;
    if let Some(action) = action {
        work.done(action, Outcome::Joined);
    }
    Ok(())
}

/// A recovery code: 12 words for 16 random bytes.
pub(crate) fn new_recovery_code(work: &mut Work<'_>) -> Result<(String, SigningKey), EngineError> {
    let entropy = Zeroizing::new(work.random::<16>());
    let words = bip39::Mnemonic::from_entropy(entropy.as_ref()).map_err(|_| EngineError::Damaged("recovery code"))?;
    Ok((words.to_string(), recovery_key(entropy.as_ref())))
}

/// The key of a recovery code's words; `None` when they are not such words.
pub(crate) fn recovery_words(words: &str) -> Option<SigningKey> {
    let normal = words.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let mnemonic: bip39::Mnemonic = normal.parse().ok()?;
    let entropy = Zeroizing::new(mnemonic.to_entropy());
    (entropy.len() == 16).then(|| recovery_key(&entropy))
}

fn recovery_key(entropy: &[u8]) -> SigningKey {
    let mut seed = Zeroizing::new([0; 32]);
    // 32 bytes are far below HKDF's limit, so this cannot fail.
    let expanded = hkdf::Hkdf::<sha2::Sha256>::new(Some(b"Melder recovery"), entropy).expand(&[], seed.as_mut());
    debug_assert!(expanded.is_ok());
    SigningKey::from_seed(&seed)
}

/// Asks whose recovery key this is.
pub(crate) fn find_recovery(work: &mut Work<'_>, action: ActionId, key: SigningKey, device_name: String, nonce: Nonce) {
    let signature = key.sign(RECOVERY_LABEL, nonce.as_bytes());
    let request = Request::FindRecovery {
        key: key.public(),
        signature,
    };
    work.request(request, Pending::Recovery(action, key, device_name));
}

/// The server named the account: the recovery key adds a new device to its chain.
pub(crate) fn recover(
    work: &mut Work<'_>,
    action: ActionId,
    recovery: &SigningKey,
    device_name: String,
    organisation: OrganisationInfo,
    record: &AccountRecord,
) -> Result<(), EngineError> {
    let chain = DeviceChain::verify(record.account, &record.chain)
        .ok()
        .filter(|chain| chain.recovery_keys().any(|key| *key == recovery.public()));
    let Some(chain) = chain else {
        work.failed(action, ActionError::Invalid(Invalid::ServerMisbehaves));
        return Ok(());
    };
    let key = SigningKey::generate(work.rng);
    let body = chain::add_body(&chain, recovery.device(), key.public(), KeyUse::Device, work.now);
    let accept = chain::accept(&body, &key);
    let link = chain::finish_add(body, recovery, accept);
    let recovering = Recovering {
        key,
        organisation,
        account: record.account,
    };
    work.request(
        Request::ExtendChain {
            link,
            device_name: Some(device_name),
        },
        Pending::Recovered(action, Box::new(recovering)),
    );
    Ok(())
}

/// The number that two people compare, for a pair of accounts: 12 groups of five digits, from both chains' genesis.
pub(crate) fn safety_number(a: &DeviceChain, b: &DeviceChain) -> String {
    let (low, high) = if a.account() <= b.account() { (a, b) } else { (b, a) };
    let digest = |round: u8| {
        sign::sha256(
            &[
                b"Melder safety number".as_slice(),
                &[round],
                low.account().as_bytes(),
                low.genesis().as_bytes(),
                high.account().as_bytes(),
                high.genesis().as_bytes(),
            ]
            .concat(),
        )
    };
    sign::digits(&[*digest(0).as_bytes(), *digest(1).as_bytes()].concat(), 12)
}

/// The number that members of a group compare, from the epoch's authenticator (RFC 9420, 8.7). More than the 20 digits that
/// one would like to read: whoever builds two groups of the same members could look for two that agree in so few.
pub(crate) fn group_number(group: GroupId, authenticator: &[u8]) -> String {
    let digest = |round: u8| {
        sign::sha256(
            &[
                b"Melder group number".as_slice(),
                &[round],
                group.as_bytes(),
                authenticator,
            ]
            .concat(),
        )
    };
    sign::digits(&[*digest(0).as_bytes(), *digest(1).as_bytes()].concat(), 8)
}
