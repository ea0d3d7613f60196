// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A server's data before the bench: accounts with real device chains, groups with real rosters, logs of any length.
//!
//! It is made by the server's own core, without sockets. Only the ratchet trees are not real: the devices are written
//! down as leaves, since no handshake happens while messages are measured, and founding thousands of MLS groups would
//! take most of the time.

use std::path::Path;

use melder_mls::chain;
use melder_mls::sign::SigningKey;
use melder_protocol::account::AccountKind;
use melder_protocol::cbor::Bytes;
use melder_protocol::entry::Body;
use melder_protocol::roster::{GroupKind, Role, RosterMember};
use melder_protocol::{AccountId, Counter, Epoch, GroupId, LogId, Member, OrganisationId, Refusal, Sequence, Suite};
use melder_server::core::{AdminCall, Core, Effect, Input, RateLimits, Work};
use melder_server::directory::accounts::NewAccount;
use melder_server::directory::problem::Outcome;
use melder_server::directory::{self, Desk, organisations};
use melder_server::store::LeafRow;
use melder_server::store::sqlite::SqliteStore;
use melder_server::{Clock as _, SystemClock};
use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore as _, SeedableRng as _};

use crate::BenchError;

/// Accounts or entries in one transaction.
const AT_ONCE: usize = 1_000;

/// Somebody with one device.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub member: Member,
    pub seed: [u8; 32],
}

impl Person {
    pub(crate) fn key(&self) -> SigningKey {
        SigningKey::from_seed(&self.seed)
    }
}

/// A group, and the log that it has.
#[derive(Debug, Clone)]
pub(crate) struct Group {
    pub id: GroupId,
    pub head: Sequence,
    /// The first person's counter.
    pub written: u64,
}

/// The builder of a server's data.
pub(crate) struct City {
    core: Core<SqliteStore>,
    rng: ChaCha20Rng,
    organisation: OrganisationId,
    owner: String,
}

impl City {
    pub(crate) fn new(folder: &Path) -> Result<Self, BenchError> {
        let store = SqliteStore::open(folder).map_err(BenchError::failed)?;
        let mut city = Self {
            core: Core::new(store, RateLimits::default()),
            rng: ChaCha20Rng::from_rng(rand_core::OsRng).map_err(BenchError::failed)?,
            organisation: OrganisationId::from_bytes([0; 16]),
            owner: String::new(),
        };
        (city.organisation, city.owner) = city.run(|work| {
            let (organisation, token) = organisations::create(work, "Bench", None)?;
            Ok((organisation.id, token.text))
        })?;
        Ok(city)
    }

    /// The token of whoever may do everything in its organisation.
    pub(crate) fn owner(&self) -> &str {
        &self.owner
    }

    /// Runs a function of the administration in the core; what it did is on disk.
    fn run<T: Send + 'static>(
        &mut self,
        run: impl FnOnce(&mut Work<'_>) -> Outcome<T> + Send + 'static,
    ) -> Result<T, BenchError> {
        let call = AdminCall {
            ticket: 1,
            run: Box::new(move |work| Ok(run(work).map(|value| Box::new(value) as _)?)),
        };
        let effects = self
            .core
            .handle(SystemClock.now(), &mut self.rng, vec![Input::Admin(call)]);
        let reply = effects.into_iter().find_map(|effect| match effect {
            Effect::AdminReply { reply, .. } => Some(reply),
            _ => None,
        });
        let value = reply
            .ok_or_else(|| BenchError::Failed("the core did not answer".to_owned()))?
            .map_err(|refusal| BenchError::Failed(format!("{refusal:?}")))?;
        value
            .downcast()
            .map(|value| *value)
            .map_err(|_| BenchError::Failed("another answer than asked for".to_owned()))
    }

    /// People who have taken their invitations.
    pub(crate) fn people(&mut self, count: usize) -> Result<Vec<Person>, BenchError> {
        let organisation = self.organisation;
        let mut people = Vec::with_capacity(count);
        while people.len() < count {
            let seeds: Vec<[u8; 32]> = (0..AT_ONCE.min(count - people.len()))
                .map(|_| {
                    let mut seed = [0; 32];
                    self.rng.fill_bytes(&mut seed);
                    seed
                })
                .collect();
            let first = people.len();
            let more = self.run(move |work| {
                let mut more = Vec::with_capacity(seeds.len());
                for (place, seed) in seeds.into_iter().enumerate() {
                    more.push(person(work, organisation, first + place, seed)?);
                }
                Ok(more)
            })?;
            people.extend(more);
        }
        Ok(people)
    }

    /// An established group of these people, whose log has at least `entries` entries.
    pub(crate) fn group(&mut self, people: &[Person], entries: u64) -> Result<Group, BenchError> {
        let organisation = self.organisation;
        let members: Vec<Member> = people.iter().map(|person| person.member).collect();
        let writer = *members
            .first()
            .ok_or_else(|| BenchError::Failed("a group of nobody".to_owned()))?;
        let id = self.run(move |work| Ok(group(work, organisation, &members)?))?;
        let log = LogId::Group(id);
        let mut head = self.run(move |work| Ok(work.tx.head(log)?))?;
        let mut counter = 0;
        while head.0 < entries {
            let count = (AT_ONCE as u64).min(entries - head.0);
            let message = message(id, &mut self.rng);
            head = self.run(move |work| {
                let mut head = Sequence(0);
                for place in 1..=count {
                    let body = Body::Message {
                        counter: Counter(counter + place),
                        bytes: Bytes(message.clone()),
                    };
                    head = work.append_entry(log, Some(writer), body)?.sequence;
                }
                Ok(head)
            })?;
            counter += count;
        }
        Ok(Group {
            id,
            head,
            written: counter,
        })
    }
}

fn person(work: &mut Work<'_>, organisation: OrganisationId, place: usize, seed: [u8; 32]) -> Outcome<Person> {
    let mut desk = Desk::new(work, organisation, None);
    let account = desk.create_account(&NewAccount {
        kind: AccountKind::Staff,
        name: format!("Person {place}"),
        unit: None,
        function: None,
        operation: None,
        ends: None,
    })?;
    let secret = desk.invite_account(account.id, None)?.token.secret;
    let key = SigningKey::from_seed(&seed);
    let genesis = chain::genesis(&key, account.id, work.now);
    directory::claim(work, &secret, &genesis, "Bench", None)?;
    let member = Member {
        account: account.id,
        device: key.device(),
    };
    Ok(Person { member, seed })
}

fn group(work: &mut Work<'_>, organisation: OrganisationId, members: &[Member]) -> Result<GroupId, Refusal> {
    let roster: Vec<RosterMember> = members
        .iter()
        .map(|member| RosterMember {
            account: member.account,
            role: Role::Member,
        })
        .collect();
    let id = work.create_managed_group(organisation, GroupKind::Group, "Schicht", Suite::Classical, &roster)?;
    if let Some(mut row) = work.tx.group(id)? {
        row.epoch = Some(Epoch(0));
        work.tx.put_group(&row)?;
    }
    for (index, member) in (0..).zip(members) {
        work.tx.set_leaf(id, LeafRow { index, member: *member })?;
    }
    Ok(id)
}

/// The bytes of a message that nobody can read, and whose outside is right: 300 random bytes in a PrivateMessage
/// (RFC 9420, sections 6 and 6.3) of the group's first epoch.
pub(crate) fn message(group: GroupId, rng: &mut impl rand_core::RngCore) -> Vec<u8> {
    const SENDER: usize = 28;
    const PAYLOAD: usize = 300;
    let mut out = vec![0, 1, 0, 2];
    out.push(16);
    out.extend_from_slice(group.as_bytes());
    out.extend_from_slice(&0_u64.to_be_bytes());
    out.push(1);
    // No authenticated data.
    out.push(0);
    out.push(28);
    let at = out.len();
    out.resize(at + SENDER, 0);
    rng.fill_bytes(&mut out[at..]);
    // A length of two bytes, as in QUIC.
    out.extend_from_slice(&(0x4000_u16 | 300).to_be_bytes());
    let at = out.len();
    out.resize(at + PAYLOAD, 0);
    rng.fill_bytes(&mut out[at..]);
    out
}

/// The place of an account that does not matter.
pub(crate) const fn inbox(account: AccountId) -> LogId {
    LogId::Inbox(account)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_outside_of_a_message_is_right() {
        let group = GroupId::from_bytes([3; 16]);
        let bytes = message(group, &mut ChaCha20Rng::seed_from_u64(1));
        let header = melder_mls::message::peek(&bytes).unwrap();
        assert_eq!(header.kind, melder_mls::message::Kind::Application);
        assert_eq!(header.group, Some(group));
        assert_eq!(header.epoch, Some(Epoch(0)));
    }
}
