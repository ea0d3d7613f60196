// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Linking a device through an existing one; the protocol is in `melder_protocol::linking`. Both sides' state lives
//! in memory only: a broken linking is begun anew.

use melder_mls::chain::{self, DeviceChain};
use melder_mls::sign::{SigningKey, device_id, sha256};
use melder_protocol::account::OrganisationInfo;
use melder_protocol::cbor::{self, Bytes};
use melder_protocol::chain::{KeyUse, Link, LinkAction, LinkBody};
use melder_protocol::frame::MailboxEvent;
use melder_protocol::linking::{COMMITMENT_LABEL, LinkCode, LinkMessage, NUMBER_LABEL};
use melder_protocol::request::Request;
use melder_protocol::signed::signing_input;
use melder_protocol::{AccountId, Hash, Nonce, PublicKey, Refusal};

use crate::api::{ActionError, ActionId, Event, Invalid, Outcome};
use crate::error::EngineError;
use crate::pending::Pending;
use crate::store::meta;
use crate::work::Work;
use crate::{identity, people};

/// Where a linking is.
#[derive(Debug)]
pub(crate) enum LinkState {
    /// New device: waits for the other one's answer, or for the chain.
    New(Box<NewDevice>),
    /// Existing device.
    Existing(ExistingDevice),
}

#[derive(Debug)]
pub(crate) struct NewDevice {
    action: ActionId,
    key: SigningKey,
    nonce: Nonce,
    name: String,
    answered: Option<(AccountId, PublicKey, OrganisationInfo)>,
    accepted: bool,
}

#[derive(Debug)]
pub(crate) struct ExistingDevice {
    action: Option<ActionId>,
    nonce: Nonce,
    /// From a QR: the new device's commitment; then no number need be compared.
    expected: Option<Hash>,
    offer: Option<(PublicKey, Hash, String)>,
    body: Option<Vec<u8>>,
    confirmed: bool,
    revealed: bool,
}

fn commitment(key: &PublicKey, nonce: &Nonce) -> Hash {
    sha256(&signing_input(
        COMMITMENT_LABEL,
        &[key.as_bytes().as_slice(), nonce.as_bytes()].concat(),
    ))
}

/// Six digits, which neither the server nor one side alone can steer.
fn number(
    (new_key, new_nonce): (&PublicKey, &Nonce),
    (key, nonce): (&PublicKey, &Nonce),
    account: AccountId,
    organisation: &OrganisationInfo,
) -> String {
    let input = [
        new_key.as_bytes().as_slice(),
        new_nonce.as_bytes(),
        key.as_bytes(),
        nonce.as_bytes(),
        account.as_bytes(),
        organisation.id.as_bytes(),
        organisation.key.as_bytes(),
    ]
    .concat();
    let hash = sha256(&signing_input(NUMBER_LABEL, &input));
    let value = hash.as_bytes()[..8]
        .iter()
        .fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
    format!("{:06}", value % 1_000_000)
}

fn put(work: &mut Work<'_>, message: &LinkMessage) {
    work.request(Request::PutMailbox(Bytes(cbor::encode(message))), Pending::Ignore);
}

/// New device: opens a mailbox.
pub(crate) fn start(work: &mut Work<'_>, action: ActionId, name: String) {
    let key = SigningKey::generate(work.rng);
    let nonce = Nonce::from_bytes(work.random());
    work.session.linking = Some(LinkState::New(Box::new(NewDevice {
        action,
        key,
        nonce,
        name,
        answered: None,
        accepted: false,
    })));
    work.request(Request::OpenMailbox, Pending::Mailbox(action));
}

/// New device: the mailbox is open.
pub(crate) fn opened(work: &mut Work<'_>, code: String) -> Result<(), EngineError> {
    let server = meta(work.tx, "server")?
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .unwrap_or_default();
    if let Some(LinkState::New(new)) = &work.session.linking {
        let offer = Some(commitment(&new.key.public(), &new.nonce));
        work.event(Event::LinkCode(LinkCode { server, code, offer }));
    }
    Ok(())
}

/// Existing device: answers a code.
pub(crate) fn answer(work: &mut Work<'_>, action: ActionId, code: &LinkCode) {
    let nonce = Nonce::from_bytes(work.random());
    work.session.linking = Some(LinkState::Existing(ExistingDevice {
        action: Some(action),
        nonce,
        expected: code.offer,
        offer: None,
        body: None,
        confirmed: false,
        revealed: false,
    }));
    work.request(Request::JoinMailbox(code.code.clone()), Pending::MailboxJoined(action));
}

fn fail(work: &mut Work<'_>, invalid: Invalid) {
    let action = match work.session.linking.take() {
        Some(LinkState::New(new)) => Some(new.action),
        Some(LinkState::Existing(existing)) => existing.action,
        None => None,
    };
    put(work, &LinkMessage::Cancel);
    if let Some(action) = action {
        work.failed(action, ActionError::Invalid(invalid));
    }
}

/// Something came through the mailbox.
pub(crate) fn event(work: &mut Work<'_>, event: MailboxEvent) -> Result<(), EngineError> {
    match event {
        MailboxEvent::Joined => {
            if let Some(LinkState::New(new)) = &work.session.linking {
                let offer = LinkMessage::Offer {
                    key: new.key.public(),
                    commitment: commitment(&new.key.public(), &new.nonce),
                    name: new.name.clone(),
                };
                put(work, &offer);
            }
            Ok(())
        }
        MailboxEvent::Closed => {
            if identity::is_accepted(work)? {
                // The other one has gone without a word. The server knows whether it took us.
                work.effects.push(crate::Effect::Reconnect);
            } else if work.session.linking.is_some() {
                fail(work, Invalid::LinkFailed);
            }
            Ok(())
        }
        MailboxEvent::Message(bytes) => match cbor::decode(bytes.as_slice()) {
            Ok(message) => received(work, message),
            Err(_) => {
                fail(work, Invalid::LinkFailed);
                Ok(())
            }
        },
    }
}

fn received(work: &mut Work<'_>, message: LinkMessage) -> Result<(), EngineError> {
    match work.session.linking.take() {
        None => Ok(()),
        Some(LinkState::New(new)) => received_by_new(work, new, message),
        Some(LinkState::Existing(existing)) => received_by_existing(work, existing, message),
    }
}

fn received_by_new(work: &mut Work<'_>, mut new: Box<NewDevice>, message: LinkMessage) -> Result<(), EngineError> {
    match message {
        LinkMessage::Answer {
            account,
            key,
            nonce,
            organisation,
        } if new.answered.is_none() => {
            let digits = number((&new.key.public(), &new.nonce), (&key, &nonce), account, &organisation);
            new.answered = Some((account, key, organisation));
            let reveal = LinkMessage::Reveal { nonce: new.nonce };
            work.session.linking = Some(LinkState::New(new));
            put(work, &reveal);
            work.event(Event::LinkNumber(digits));
            Ok(())
        }
        LinkMessage::Chain { links, add } => {
            if !genuine(&new, &links, add.as_slice()) {
                work.session.linking = Some(LinkState::New(new));
                fail(work, Invalid::LinkFailed);
                return Ok(());
            }
            let Some((account, _, organisation)) = &new.answered else {
                work.session.linking = Some(LinkState::New(new));
                fail(work, Invalid::LinkFailed);
                return Ok(());
            };
            identity::accepted(work, &new.key, *account, organisation)?;
            let signature = chain::accept(add.as_slice(), &new.key);
            new.accepted = true;
            work.session.linking = Some(LinkState::New(new));
            put(work, &LinkMessage::Accept { signature });
            Ok(())
        }
        LinkMessage::Done => {
            let Some((account, _, organisation)) = new.answered.clone().filter(|_| new.accepted) else {
                work.session.linking = Some(LinkState::New(new));
                fail(work, Invalid::LinkFailed);
                return Ok(());
            };
            identity::settle(work, new.key.clone(), account, organisation)?;
            work.done(new.action, Outcome::Joined);
            Ok(())
        }
        _ => {
            work.session.linking = Some(LinkState::New(new));
            fail(work, Invalid::LinkFailed);
            Ok(())
        }
    }
}

/// The chain is the account's that answered, signed by the device that answered, and the link adds exactly us.
fn genuine(new: &NewDevice, links: &[Link], add: &[u8]) -> bool {
    let Some((account, key, _)) = &new.answered else {
        return false;
    };
    let (account, key) = (*account, *key);
    let (Ok(chain), Ok(body)) = (DeviceChain::verify(account, links), cbor::decode::<LinkBody>(add)) else {
        return false;
    };
    chain.device_key(device_id(&key)) == Some(&key)
        && body.account == account
        && body.index == chain.next_index()
        && body.previous == chain.head()
        && body.signer == device_id(&key)
        && body.action == LinkAction::Add(new.key.public(), KeyUse::Device)
}

fn received_by_existing(
    work: &mut Work<'_>,
    mut existing: ExistingDevice,
    message: LinkMessage,
) -> Result<(), EngineError> {
    let own = work.identity()?.clone();
    match message {
        LinkMessage::Offer { key, commitment, name } if existing.offer.is_none() => {
            if existing.expected.is_some_and(|expected| expected != commitment) {
                work.session.linking = Some(LinkState::Existing(existing));
                fail(work, Invalid::LinkFailed);
                return Ok(());
            }
            existing.offer = Some((key, commitment, name));
            let answer = LinkMessage::Answer {
                account: own.member.account,
                key: own.key.public(),
                nonce: existing.nonce,
                organisation: own.organisation,
            };
            work.session.linking = Some(LinkState::Existing(existing));
            put(work, &answer);
            Ok(())
        }
        LinkMessage::Reveal { nonce } if !existing.revealed => {
            let honest = existing
                .offer
                .as_ref()
                .filter(|(key, committed, _)| commitment(key, &nonce) == *committed)
                .map(|(key, ..)| *key);
            let Some(key) = honest else {
                work.session.linking = Some(LinkState::Existing(existing));
                fail(work, Invalid::LinkFailed);
                return Ok(());
            };
            existing.revealed = true;
            let by_qr = existing.expected.is_some();
            let digits = number(
                (&key, &nonce),
                (&own.key.public(), &existing.nonce),
                own.member.account,
                &own.organisation,
            );
            if !by_qr && let Some(action) = existing.action.take() {
                work.done(action, Outcome::Nothing);
            }
            work.session.linking = Some(LinkState::Existing(existing));
            // By QR this device has checked the other; the number is there for the other's sake.
            work.event(Event::LinkNumber(digits));
            if by_qr { send_chain(work) } else { Ok(()) }
        }
        LinkMessage::Accept { signature } if existing.confirmed => {
            let (Some(body), Some((_, _, name)), Some(action)) =
                (existing.body.take(), existing.offer.clone(), existing.action)
            else {
                return Ok(());
            };
            let link = chain::finish_add(body, &own.key, signature);
            work.session.linking = Some(LinkState::Existing(existing));
            work.request(
                Request::ExtendChain {
                    link,
                    device_name: Some(name),
                },
                Pending::LinkExtended(action),
            );
            Ok(())
        }
        _ => {
            work.session.linking = Some(LinkState::Existing(existing));
            fail(work, Invalid::LinkFailed);
            Ok(())
        }
    }
}

/// Existing device: the person compared the numbers.
pub(crate) fn confirm(work: &mut Work<'_>, action: ActionId, equal: bool) -> Result<(), EngineError> {
    let Some(LinkState::Existing(existing)) = &mut work.session.linking else {
        work.failed(action, ActionError::Invalid(Invalid::NoLinkRunning));
        return Ok(());
    };
    if !existing.revealed || existing.confirmed {
        work.failed(action, ActionError::Invalid(Invalid::NoLinkRunning));
        return Ok(());
    }
    existing.action = Some(action);
    if equal {
        send_chain(work)
    } else {
        fail(work, Invalid::LinkFailed);
        Ok(())
    }
}

fn send_chain(work: &mut Work<'_>) -> Result<(), EngineError> {
    let own = work.identity()?.clone();
    let record = people::record(work.tx, own.member.account)?;
    let (Some(record), Some(chain)) = (record, people::chain(work, own.member.account)?) else {
        fail(work, Invalid::LinkFailed);
        return Ok(());
    };
    let now = work.now;
    let Some(LinkState::Existing(existing)) = &mut work.session.linking else {
        return Ok(());
    };
    let Some((key, ..)) = &existing.offer else {
        return Ok(());
    };
    let body = chain::add_body(&chain, own.member.device, *key, KeyUse::Device, now);
    existing.body = Some(body.clone());
    existing.confirmed = true;
    let message = LinkMessage::Chain {
        links: record.chain,
        add: Bytes(body),
    };
    put(work, &message);
    Ok(())
}

/// The transport is gone, and the mailbox with it. What was accepted goes on: the server knows how it ended.
pub(crate) fn disconnected(work: &mut Work<'_>) -> Result<(), EngineError> {
    let action = match &work.session.linking {
        None => return Ok(()),
        Some(LinkState::New(_)) if identity::is_accepted(work)? => return Ok(()),
        Some(LinkState::New(new)) => Some(new.action),
        Some(LinkState::Existing(existing)) => existing.action,
    };
    work.session.linking = None;
    if let Some(action) = action {
        work.failed(action, ActionError::Offline);
    }
    Ok(())
}

/// The server let us in: if that ends a linking, it has succeeded.
pub(crate) fn known(work: &mut Work<'_>) -> Result<(), EngineError> {
    if !identity::is_accepted(work)? {
        return Ok(());
    }
    identity::known(work)?;
    if let Some(LinkState::New(new)) = work.session.linking.take() {
        work.done(new.action, Outcome::Joined);
    }
    Ok(())
}

/// The server does not know us, yet or at all.
pub(crate) fn unknown(work: &mut Work<'_>) -> Result<(), EngineError> {
    if identity::is_accepted(work)?
        && !identity::unknown(work)?
        && let Some(LinkState::New(new)) = work.session.linking.take()
    {
        work.failed(new.action, ActionError::Invalid(Invalid::LinkFailed));
    }
    Ok(())
}

/// The account that we were to be a device of is gone, or has put us out again.
pub(crate) fn over(work: &mut Work<'_>) -> Result<(), EngineError> {
    identity::forget_link(work)?;
    if let Some(LinkState::New(new)) = work.session.linking.take() {
        work.failed(new.action, ActionError::Invalid(Invalid::LinkFailed));
    }
    Ok(())
}

/// The server took (or refused) the link.
pub(crate) fn extended(work: &mut Work<'_>, action: ActionId, answer: Result<(), Refusal>) {
    match answer {
        Ok(()) => {
            put(work, &LinkMessage::Done);
            work.done(action, Outcome::Nothing);
        }
        Err(refusal) => {
            put(work, &LinkMessage::Cancel);
            work.failed(action, refusal);
        }
    }
    work.session.linking = None;
}
