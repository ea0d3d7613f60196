// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Device chains: begun at a claim, extended by their own devices, ended by an administrator's reset.

use std::sync::Arc;

use melder_mls::chain::{self, ChainError, DeviceChain};
use melder_mls::sign::{self, device_id};
use melder_protocol::account::DeviceInfo;
use melder_protocol::chain::{KeyUse, Link, LinkAction};
use melder_protocol::entry::{Body, Notice};
use melder_protocol::frame::RECOVERY_LABEL;
use melder_protocol::request::Response;
use melder_protocol::{AccountId, DeviceId, ErrorCode, LogId, Member, PublicKey, Refusal, Signature, limits};

use crate::core::state::Who;
use crate::core::{ConnectionId, Erased, Work};
use crate::directory::{self, Standing};
use crate::store::{DeviceRow, DeviceState, Stored};

/// The name of a key that nobody named.
const UNNAMED: &str = "";

fn refusal(error: ChainError, chain: &DeviceChain) -> Refusal {
    match error {
        ChainError::NotNext => {
            let mut refusal = Refusal::new(ErrorCode::WrongChainIndex);
            refusal.index = Some(chain.next_index());
            refusal
        }
        ChainError::TooManyDevices => Refusal::new(ErrorCode::TooManyDevices),
        other => Refusal::new(ErrorCode::InvalidLink).hint(other.to_string()),
    }
}

fn checked_name(name: &str) -> Result<String, Refusal> {
    let name = name.trim();
    if name.chars().count() > limits::MAX_NAME || name.chars().any(char::is_control) {
        return Err(ErrorCode::InvalidName.into());
    }
    Ok(name.to_owned())
}

impl Work<'_> {
    /// The account's verified chain.
    pub(crate) fn chain(&mut self, account: AccountId) -> Result<Option<Arc<DeviceChain>>, Refusal> {
        if let Some(chain) = self.state.chains.get(&account) {
            return Ok(Some(Arc::clone(chain)));
        }
        let links = self.tx.chain(account)?;
        if links.is_empty() {
            return Ok(None);
        }
        let chain = DeviceChain::verify(account, &links)
            .map_err(|error| Refusal::new(ErrorCode::Internal).hint(format!("stored chain: {error}")))?;
        let chain = Arc::new(chain);
        self.state.chains.put(account, Arc::clone(&chain));
        Ok(Some(chain))
    }

    fn put_chain(&mut self, account: AccountId, chain: DeviceChain) {
        self.staged.touched_accounts.push(account);
        self.state.chains.put(account, Arc::new(chain));
    }

    fn add_device(&mut self, account: AccountId, key: PublicKey, key_use: KeyUse, name: &str) -> Result<(), Refusal> {
        let device = device_id(&key);
        if self.tx.device(device)?.is_some() {
            return Err(Refusal::new(ErrorCode::InvalidLink).hint("the key is known already"));
        }
        self.tx.put_device(&DeviceRow {
            account,
            device,
            key,
            key_use,
            name: checked_name(name)?,
            added: self.now,
            last_used: None,
            state: DeviceState::Current,
        })?;
        Ok(())
    }

    /// Starts an account's chain, or, after a reset, starts it anew.
    ///
    /// # Errors
    /// `InvalidLink` when the link is no valid genesis for the account, or the account has a chain.
    pub fn begin_chain(&mut self, account: AccountId, genesis: &Link, device_name: &str) -> Result<(), Refusal> {
        let invalid = |error: ChainError| Refusal::new(ErrorCode::InvalidLink).hint(error.to_string());
        let links = self.tx.chain(account)?;
        let mut chain = DeviceChain::verify(account, std::slice::from_ref(genesis)).map_err(invalid)?;
        if let Some(old) = self.chain(account)? {
            if self
                .tx
                .devices_of(account)?
                .iter()
                .any(|row| row.state == DeviceState::Current)
            {
                return Err(ErrorCode::Conflict.into());
            }
            chain = (*old).clone();
            chain.reset(genesis).map_err(invalid)?;
            for row in self.tx.devices_of(account)? {
                self.tx.put_device(&DeviceRow {
                    state: DeviceState::Removed,
                    ..row
                })?;
            }
        }
        let body = chain::peek(genesis).map_err(invalid)?;
        let LinkAction::Genesis(key) = body.action else {
            return Err(ErrorCode::InvalidLink.into());
        };
        self.add_device(account, key, KeyUse::Device, device_name)?;
        self.tx
            .add_link(account, u32::try_from(links.len()).unwrap_or(u32::MAX), genesis)?;
        self.put_chain(account, chain);
        Ok(())
    }

    /// Ends an account's chain: its devices are out. The next claim begins a new one.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn reset_chain(&mut self, account: AccountId) -> Result<(), Refusal> {
        self.notify(account, Notice::ChainReset(self.now))?;
        for row in self.tx.devices_of(account)? {
            if row.state == DeviceState::Current {
                self.shut_out(account, row.device)?;
                self.tx.put_device(&DeviceRow {
                    state: DeviceState::Reset,
                    ..row
                })?;
            }
        }
        self.close_account(account, ErrorCode::ChainReset, None);
        Ok(())
    }

    /// Takes away what the server keeps for a device.
    fn shut_out(&mut self, account: AccountId, device: DeviceId) -> Stored<u32> {
        self.drop_subscription(account, device)?;
        self.tx.delete_cursors_of_device(device)?;
        self.tx.settle_welcomes(device, None)?;
        self.state
            .acks
            .retain(|(_, of), (owner, _)| *of != device || *owner != account);
        self.tx.delete_key_packages(device)
    }

    /// Takes the next link of a chain. A repetition is harmless.
    pub(crate) fn extend_chain(&mut self, link: &Link, device_name: Option<&str>) -> Result<(), Refusal> {
        let body = chain::peek(link).map_err(|error| Refusal::new(ErrorCode::InvalidLink).hint(error.to_string()))?;
        let account = body.account;
        match directory::standing(self.tx, account)? {
            Standing::Active { .. } => {}
            Standing::Suspended => return Err(ErrorCode::AccountSuspended.into()),
            Standing::Deleted(_) => return Err(ErrorCode::AccountDeleted.into()),
            Standing::Unknown => return Err(ErrorCode::UnknownAccount.into()),
        }
        let links = self.tx.chain(account)?;
        if links.contains(link) {
            return Ok(());
        }
        let current = self
            .chain(account)?
            .ok_or_else(|| Refusal::new(ErrorCode::UnknownAccount))?;
        // A chain that an administrator has ended is extended by nobody.
        let ended = self
            .tx
            .devices_of(account)?
            .iter()
            .any(|row| row.state == DeviceState::Reset);
        if ended {
            return Err(ErrorCode::ChainReset.into());
        }
        let mut chain = (*current).clone();
        chain.extend(link).map_err(|error| refusal(error, &current))?;
        match body.action {
            LinkAction::Add(key, key_use) => {
                self.add_device(account, key, key_use, device_name.unwrap_or(UNNAMED))?;
            }
            LinkAction::Remove(device) => {
                self.shut_out(account, device)?;
                if let Some(row) = self.tx.device(device)? {
                    self.tx.put_device(&DeviceRow {
                        state: DeviceState::Removed,
                        ..row
                    })?;
                }
                self.close_device(account, device, ErrorCode::DeviceRemoved);
            }
            LinkAction::Genesis(_) => return Err(ErrorCode::InvalidLink.into()),
        }
        self.tx
            .add_link(account, u32::try_from(links.len()).unwrap_or(u32::MAX), link)?;
        self.put_chain(account, chain);
        self.record_changed(account)
    }

    /// The account's record (chain or badge) changed: everybody who talks with it, and its own devices, get the new one.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn record_changed(&mut self, account: AccountId) -> Result<(), Refusal> {
        let Some(record) = directory::record(self.tx, account)? else {
            return Ok(());
        };
        for group in self.tx.groups_of_account(account)? {
            if self.tx.group(group)?.is_some_and(|row| !row.closed) {
                self.append_entry(LogId::Group(group), None, Body::Account { record: record.clone() })?;
                self.mark_group(group);
            }
        }
        self.append_entry(LogId::Inbox(account), None, Body::Account { record })?;
        Ok(())
    }

    /// Why a device that knows its key is out.
    pub(crate) fn removed_because(&mut self, member: Member) -> Result<ErrorCode, Refusal> {
        let chain = self.chain(member.account)?;
        // The links of the chain before a reset come first; a device of that one was not removed by its fellows.
        let links = self.tx.chain(member.account)?;
        let last_genesis = links
            .iter()
            .rposition(|link| chain::peek(link).is_ok_and(|body| matches!(body.action, LinkAction::Genesis(_))));
        let in_last = links.iter().skip(last_genesis.unwrap_or(0)).any(|link| {
            chain::peek(link)
                .is_ok_and(|body| matches!(body.action, LinkAction::Remove(device) if device == member.device))
        });
        Ok(match chain {
            Some(_) if !in_last => ErrorCode::ChainReset,
            _ => ErrorCode::DeviceRemoved,
        })
    }

    pub(crate) fn find_recovery(
        &mut self,
        connection: ConnectionId,
        key: &PublicKey,
        signature: &Signature,
    ) -> Result<Response, Refusal> {
        let unknown = || Refusal::new(ErrorCode::UnknownRecovery);
        let nonce = self.state.connections.get(&connection).ok_or_else(unknown)?.nonce;
        sign::verify(key, RECOVERY_LABEL, nonce.as_bytes(), signature).map_err(|_| unknown())?;
        let account = self.tx.account_of_recovery(key)?.ok_or_else(unknown)?;
        let Standing::Active { organisation, .. } = directory::standing(self.tx, account)? else {
            return Err(unknown());
        };
        let record = directory::record(self.tx, account)?.ok_or_else(unknown)?;
        let organisation = directory::organisation(self.tx, organisation)?
            .ok_or_else(unknown)?
            .info;
        Ok(Response::Recovery { organisation, record })
    }

    pub(crate) fn devices(&mut self, who: Who) -> Result<Response, Refusal> {
        let rows = self.tx.devices_of(who.member.account)?;
        let current = rows
            .into_iter()
            .filter(|row| row.state == DeviceState::Current)
            .map(|row| DeviceInfo {
                device: row.device,
                name: row.name,
                added: row.added,
                last_used: row.last_used,
            });
        Ok(Response::Devices(current.collect()))
    }

    pub(crate) fn rename_device(&mut self, who: Who, device: DeviceId, name: &str) -> Result<Response, Refusal> {
        let name = checked_name(name)?;
        if name.is_empty() {
            return Err(ErrorCode::InvalidName.into());
        }
        let row = self
            .tx
            .device(device)?
            .filter(|row| row.account == who.member.account && row.state == DeviceState::Current)
            .ok_or_else(|| Refusal::new(ErrorCode::NotFound))?;
        self.tx.put_device(&DeviceRow { name, ..row })?;
        Ok(Response::Done)
    }

    /// Everything of an account outside of the directory's own tables goes: rosters, inbox, cursors, chain, key
    /// packages, blobs. Its connections are the caller's to close, with the record.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn erase_account(&mut self, account: AccountId) -> Result<Erased, Refusal> {
        let mut erased = Erased {
            groups: self.tx.groups_of_account(account)?,
            ..Erased::default()
        };
        for group in erased.groups.clone() {
            self.take_out(group, account)?;
        }
        for row in self.tx.devices_of(account)? {
            if row.state == DeviceState::Current && row.key_use == KeyUse::Device {
                erased.devices += 1;
            }
            erased.key_packages += self.shut_out(account, row.device)?;
        }
        self.drop_push_rules(account)?;
        self.tx.delete_chain(account)?;
        self.staged.touched_accounts.push(account);
        self.state.chains.remove(&account);
        erased.inbox_entries = self.tx.delete_log(LogId::Inbox(account))?;
        (erased.blobs, erased.blob_bytes) = self.tx.delete_blobs_of_account(account)?;
        Ok(erased)
    }
}
