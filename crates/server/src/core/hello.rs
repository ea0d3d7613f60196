// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The beginning of a connection: challenge, proof, what the device needs to know.

use melder_mls::sign;
use melder_protocol::deletion::DeviceRemoval;
use melder_protocol::frame::{GroupHead, HELLO_LABEL, Hello, Ready, ServerFrame};
use melder_protocol::signed::Signed;
use melder_protocol::{DeviceId, ErrorCode, LogId, Member, Nonce, PROTOCOL_VERSION, Refusal, Time, cbor};

use super::io::ConnectionId;
use super::limits::Bucket;
use super::state::{Connection, Who};
use super::{Batch, Work};
use crate::directory::{self, Standing};
use crate::store::{DeviceState, StoreError, Transaction};
use melder_protocol::chain::KeyUse;

pub(super) fn opened(batch: &mut Batch<'_>, id: ConnectionId) {
    let mut nonce = [0; Nonce::LEN];
    batch.rng.fill_bytes(&mut nonce);
    let nonce = Nonce::from_bytes(nonce);
    let limits = batch.state.limits;
    batch.state.connections.insert(
        id,
        Connection {
            nonce,
            opened: batch.now,
            who: None,
            follows: std::collections::HashSet::new(),
            bucket: Bucket::new(limits.open_per_second, limits.open_burst, batch.now),
        },
    );
    batch.send(
        id,
        &ServerFrame::Challenge {
            nonce,
            time: batch.now,
            min_version: PROTOCOL_VERSION,
            max_version: PROTOCOL_VERSION,
        },
    );
}

pub(super) fn hello(batch: &mut Batch<'_>, id: ConnectionId, hello: &Hello) -> Result<(), StoreError> {
    match batch.attempt(|work| work.authenticate(id, hello))? {
        Ok(ready) => {
            // A device has one connection: an older one is dead, or would be served twice.
            let device = hello.device;
            if let Some(old) = batch.state.by_device.get(&device).copied().filter(|old| *old != id) {
                batch.close(old);
            }
            let limits = batch.state.limits;
            if let Some(connection) = batch.state.connections.get_mut(&id) {
                connection.who = Some(ready.who);
                connection.bucket = Bucket::new(limits.device_per_second, limits.device_burst, batch.now);
            }
            batch.state.by_device.insert(device, id);
            batch.state.by_account.entry(hello.account).or_default().insert(id);
            batch.send(id, &ServerFrame::Ready(ready.frame));
        }
        Err(refusal) => {
            let record = match directory::standing(batch.tx, hello.account)? {
                Standing::Deleted(record) => record,
                _ => None,
            };
            let removal = told_removal(batch.tx, hello.device, refusal.code)?;
            batch.send(
                id,
                &ServerFrame::Goodbye {
                    code: refusal.code,
                    record,
                    removal,
                },
            );
            batch.close(id);
        }
    }
    Ok(())
}

/// An administrator's removal of a device that has proved itself. Then it hears of it now.
fn told_removal(
    tx: &dyn Transaction,
    device: DeviceId,
    code: ErrorCode,
) -> Result<Option<Signed<DeviceRemoval>>, StoreError> {
    if !matches!(code, ErrorCode::DeviceRemoved | ErrorCode::ChainReset) {
        return Ok(None);
    }
    let Some((bytes, told)) = tx.device_removal(device)? else {
        return Ok(None);
    };
    if !told {
        tx.removal_is_told(device)?;
    }
    Ok(cbor::decode(&bytes).ok())
}

struct Welcomed {
    who: Who,
    frame: Ready,
}

impl Work<'_> {
    fn authenticate(&mut self, id: ConnectionId, hello: &Hello) -> Result<Welcomed, Refusal> {
        let connection = self
            .state
            .connections
            .get(&id)
            .ok_or_else(|| Refusal::new(ErrorCode::Internal))?;
        if hello.version != PROTOCOL_VERSION {
            return Err(ErrorCode::UnsupportedVersion.into());
        }
        if connection.who.is_some() {
            return Err(ErrorCode::Malformed.into());
        }
        let nonce = connection.nonce;
        let member = Member {
            account: hello.account,
            device: hello.device,
        };
        // First what holds for everybody who knows the id: a deleted account's devices have no key here any more.
        let (organisation, kind) = match directory::standing(self.tx, member.account)? {
            Standing::Active { organisation, kind } => (organisation, kind),
            Standing::Deleted(_) => return Err(ErrorCode::AccountDeleted.into()),
            Standing::Suspended => return Err(ErrorCode::AccountSuspended.into()),
            Standing::Unknown => return Err(ErrorCode::AuthenticationFailed.into()),
        };
        let mut device = self
            .tx
            .device(member.device)?
            .filter(|row| row.account == member.account && row.key_use == KeyUse::Device)
            .ok_or_else(|| Refusal::new(ErrorCode::AuthenticationFailed))?;
        sign::verify(
            &device.key,
            HELLO_LABEL,
            &Hello::signed_part(&nonce, &member),
            &hello.signature,
        )
        .map_err(|_| Refusal::new(ErrorCode::AuthenticationFailed))?;
        match device.state {
            DeviceState::Current => {}
            DeviceState::Reset => return Err(ErrorCode::ChainReset.into()),
            DeviceState::Barred => return Err(ErrorCode::DeviceRemoved.into()),
            DeviceState::Removed => return Err(self.removed_because(member)?.into()),
        }
        let today = Time(self.now.0 - self.now.0 % Time::DAY);
        if device.last_used != Some(today) {
            device.last_used = Some(today);
            self.tx.put_device(&device)?;
        }
        let who = Who {
            member,
            organisation,
            kind,
        };
        Ok(Welcomed {
            who,
            frame: self.ready(who)?,
        })
    }

    fn ready(&mut self, who: Who) -> Result<Ready, Refusal> {
        let member = who.member;
        let mut groups = Vec::new();
        for group in self.tx.groups_of_account(member.account)? {
            let Some(row) = self.tx.group(group)? else { continue };
            let leaf = self.tx.is_leaf(group, member)?;
            // Something may be waiting for a device of this group to come, or for this one.
            if !row.closed && (!leaf || !self.state.settled(group)) {
                self.mark_group(group);
            }
            groups.push(GroupHead {
                group,
                kind: row.kind,
                epoch: row.epoch,
                head: self.tx.head(LogId::Group(group))?,
                leaf,
            });
        }
        Ok(Ready {
            time: self.now,
            stock: self.tx.stock(member.device)?,
            groups,
            inbox: self.tx.head(LogId::Inbox(member.account))?,
            policy_version: directory::policy(self.tx, who.organisation)?.version,
            counters: self.tx.counters(member.device)?,
            removals: self.removals(member.account)?,
        })
    }
}
