// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! From a request to the function that answers it, and who may ask what.

use melder_protocol::frame::ClientFrame;
use melder_protocol::request::{Request, Response};
use melder_protocol::{AccountId, Cursor, ErrorCode, GroupId, LogId, Refusal, RequestId, Sequence, Time, cbor};

use super::Work;
use super::io::{ConnectionId, Effect};
use super::limits;
use super::state::{State, Who};
use super::work::Appended;
use crate::directory;

/// Accounts in one question.
const MAX_ASKED: usize = 1_000;

/// Takes an acknowledgement, if the bytes are one. They stay in memory until the next flush: a lost one costs a
/// longer stay of an entry, nothing else.
pub(super) fn acknowledge(state: &mut State, id: ConnectionId, bytes: &[u8]) -> bool {
    if !super::is_acknowledgement(bytes) {
        return false;
    }
    let Some(connection) = state.connections.get(&id) else {
        return true;
    };
    let (Some(who), Ok(ClientFrame::Ack(cursors))) = (connection.who, cbor::decode(bytes)) else {
        return false;
    };
    for Cursor { log, sequence } in cursors {
        if connection.follows.contains(&log) {
            let known = state
                .acks
                .entry((log, who.member.device))
                .or_insert((who.member.account, Sequence(0)));
            known.1 = known.1.max(sequence);
        }
    }
    true
}

/// May this connection ask this now?
pub(super) fn admit(state: &mut State, id: ConnectionId, request: &Request, now: Time) -> Result<(), Refusal> {
    let Some(connection) = state.connections.get_mut(&id) else {
        return Err(ErrorCode::NotAuthenticated.into());
    };
    if !connection.bucket.take(limits::cost(request), now) {
        return Err(ErrorCode::RateLimited.into());
    }
    let open = matches!(
        request,
        Request::OpenInvitation(_)
            | Request::Claim { .. }
            | Request::FindRecovery { .. }
            | Request::ExtendChain { .. }
            | Request::OpenMailbox
            | Request::PutMailbox(_)
    );
    if open || connection.who.is_some() {
        Ok(())
    } else {
        Err(ErrorCode::NotAuthenticated.into())
    }
}

/// Answers a request. `None`: an effect answers it.
pub(super) fn request(
    work: &mut Work<'_>,
    connection: ConnectionId,
    id: RequestId,
    request: Request,
) -> Result<Option<Response>, Refusal> {
    let open = match request {
        Request::OpenInvitation(secret) => Response::Offer(directory::open_invitation(work, &secret)?),
        Request::Claim {
            secret,
            genesis,
            device_name,
            name,
        } => Response::Claimed {
            record: directory::claim(work, &secret, &genesis, &device_name, name.as_deref())?,
        },
        Request::FindRecovery { key, signature } => work.find_recovery(connection, &key, &signature)?,
        Request::ExtendChain { link, device_name } => {
            work.extend_chain(&link, device_name.as_deref())?;
            Response::Done
        }
        Request::OpenMailbox => work.open_mailbox(connection)?,
        Request::PutMailbox(bytes) => work.put_mailbox(connection, bytes)?,
        other => {
            let who = work
                .state
                .who(connection)
                .ok_or_else(|| Refusal::new(ErrorCode::NotAuthenticated))?;
            return device_request(work, connection, who, id, other);
        }
    };
    Ok(Some(open))
}

fn device_request(
    work: &mut Work<'_>,
    connection: ConnectionId,
    who: Who,
    id: RequestId,
    request: Request,
) -> Result<Option<Response>, Refusal> {
    let response = match request {
        Request::Append {
            group,
            counter,
            bytes,
            ring,
        } => appended(work.append_message(who, group, counter, bytes, ring)?),
        Request::Seal {
            account,
            counter,
            bytes,
        } => appended(work.seal(who, account, counter, bytes)?),
        Request::Commit {
            group,
            commit,
            welcome,
            group_info,
        } => appended(work.commit(who, group, commit, welcome, &group_info)?),
        Request::Establish {
            group,
            genesis,
            group_info,
            tree,
        } => appended(work.establish(who, connection, group, genesis, &group_info, &tree)?),
        Request::ChangeRoster(change) => appended(work.change_private_roster(who, &change)?),
        Request::Follow(cursor) => work.follow(connection, who, cursor)?,
        Request::Unfollow(log) => {
            if work.state.unfollow(connection, log) {
                work.staged.effects.push(Effect::Unfollow(connection, log));
            }
            Response::Done
        }
        Request::GroupState { group, epoch } => Response::GroupState(work.group_state(who, group, epoch)?),
        Request::PublishKeyPackages { packages, last_resort } => {
            work.publish_key_packages(who, packages, last_resort)?
        }
        Request::Accounts(accounts) => work.accounts(who, &accounts)?,
        Request::FindAccounts { query, after } => {
            Response::Directory(directory::find_accounts(work.tx, who.member.account, &query, after)?)
        }
        Request::Reach { group, sequence } => work.reach(who, group, sequence)?,
        Request::Devices => work.devices(who)?,
        Request::RenameDevice { device, name } => work.rename_device(who, device, &name)?,
        Request::AcceptInvitation(secret) => {
            directory::accept(work, who.member.account, &secret)?;
            Response::Done
        }
        Request::Policy => Response::Policy(directory::signed_policy(work.tx, who.organisation)?),
        Request::JoinMailbox(code) => work.join_mailbox(connection, &code)?,
        Request::CreateBlob { blob, group, chunks } => work.create_blob(who, blob, group, chunks)?,
        Request::PutChunk { blob, index, bytes } => work.put_chunk(who, blob, index, &bytes)?,
        Request::BlobState(blob) => work.blob_state(who, blob)?,
        Request::GetChunk { blob, index } => {
            work.check_chunk(who, blob, index)?;
            work.staged.effects.push(Effect::Chunk {
                connection,
                id,
                blob,
                index,
            });
            return Ok(None);
        }
        Request::DeleteBlob(blob) => work.delete_blob(who, blob)?,
        Request::DeleteAccount => {
            directory::delete_own(work, who.member.account)?;
            Response::Done
        }
        Request::Push => work.push_state(who)?,
        Request::Subscribe(subscription) => work.subscribe(who, subscription)?,
        Request::TestPush => {
            work.test_push(connection, who, id)?;
            return Ok(None);
        }
        Request::SetPushRules(rules) => work.set_push_rules(who, &rules)?,
        Request::OnDuty(group) => work.on_duty(who, group)?,
        Request::OpenInvitation(_)
        | Request::Claim { .. }
        | Request::FindRecovery { .. }
        | Request::ExtendChain { .. }
        | Request::OpenMailbox
        | Request::PutMailbox(_) => return Err(ErrorCode::Internal.into()),
    };
    Ok(Some(response))
}

const fn appended(at: Appended) -> Response {
    Response::Appended {
        sequence: at.sequence,
        time: at.time,
    }
}

impl Work<'_> {
    fn follow(&mut self, connection: ConnectionId, who: Who, cursor: Cursor) -> Result<Response, Refusal> {
        let allowed = match cursor.log {
            LogId::Group(group) => self.tx.role(group, who.member.account)?.is_some(),
            LogId::Inbox(account) => account == who.member.account,
        };
        if !allowed {
            return Err(ErrorCode::UnknownLog.into());
        }
        let head = self.tx.head(cursor.log)?;
        self.state.follow(connection, cursor.log);
        self.staged.effects.push(Effect::Follow {
            connection,
            log: cursor.log,
            after: cursor.sequence.min(head),
            head,
        });
        if let LogId::Group(group) = cursor.log
            && !self.state.settled(group)
        {
            self.mark_group(group);
        }
        Ok(Response::Following { head })
    }

    fn accounts(&mut self, who: Who, accounts: &[AccountId]) -> Result<Response, Refusal> {
        if accounts.len() > MAX_ASKED {
            return Err(ErrorCode::TooLarge.into());
        }
        let mut records = Vec::new();
        for account in accounts {
            if self.sees(who.member.account, *account)?
                && let Some(record) = directory::record(self.tx, *account)?
            {
                records.push(record);
            }
        }
        Ok(Response::Accounts(records))
    }

    /// May the one see the other?
    pub(crate) fn sees(&self, who: AccountId, other: AccountId) -> Result<bool, Refusal> {
        Ok(who == other || self.tx.share_group(who, other)? || directory::visible(self.tx, who, other)?)
    }

    /// Who has an own entry: accounts of which a device has acknowledged it.
    fn reach(&mut self, who: Who, group: GroupId, sequence: Sequence) -> Result<Response, Refusal> {
        let log = LogId::Group(group);
        if self.tx.role(group, who.member.account)?.is_none() {
            return Err(ErrorCode::UnknownGroup.into());
        }
        if sequence.0 == 0 || sequence > self.tx.head(log)? {
            return Err(ErrorCode::NotFound.into());
        }
        let own = match self.tx.entry(log, sequence)? {
            Some(entry) => Some(entry.sender.is_some_and(|sender| sender.account == who.member.account)),
            None => None,
        };
        if own == Some(false) {
            return Err(ErrorCode::NotAllowed.into());
        }
        let mut reached: std::collections::BTreeSet<AccountId> = self
            .tx
            .cursors(log)?
            .into_iter()
            .filter(|cursor| cursor.sequence >= sequence)
            .map(|cursor| cursor.account)
            .collect();
        let first = (log, melder_protocol::DeviceId::from_bytes([0; 16]));
        reached.extend(
            self.state
                .acks
                .range(first..)
                .take_while(|((of, _), _)| *of == log)
                .filter(|(_, (_, through))| *through >= sequence)
                .map(|(_, (account, _))| *account),
        );
        let others = self.tx.members(group)?.into_iter().map(|member| member.account);
        let (reached, missing): (Vec<_>, Vec<_>) = others
            .filter(|account| *account != who.member.account)
            .partition(|account| reached.contains(account));
        // An entry that is gone because everybody has it needs no sender's right; any other would tell on readers.
        if own.is_none() && !missing.is_empty() {
            return Err(ErrorCode::EntriesGone.into());
        }
        Ok(Response::Reach { reached, missing })
    }
}
