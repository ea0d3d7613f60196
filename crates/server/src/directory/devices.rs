// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! An account's devices as an administrator sees them: a name that its person gave, since when, and the day of the last use; no
//! address, no place, no model. And one of them removed, with its data if it should lose them. What becomes of it then is in
//! [`crate::devices`].

use melder_mls::sign::sign_statement;
use melder_protocol::chain::KeyUse;
use melder_protocol::deletion::DeviceRemoval;
use melder_protocol::signed::Signed;
use melder_protocol::{AccountId, DeviceId, cbor};

use super::desk::{Desk, signing_key};
use super::problem::{Outcome, Problem};
use crate::store::{DeviceRow, DeviceState, StoreError};

/// An administrator's removal, and whether the device has heard of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removed {
    pub removal: DeviceRemoval,
    pub told: bool,
}

/// A device in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceLine {
    pub row: DeviceRow,
    /// It is shut out; the account's other devices have not taken it out of their list yet.
    pub removed: Option<Removed>,
}

/// What a removal did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceGone {
    pub line: DeviceLine,
    /// It was connected, and is not any more.
    pub connected: bool,
    /// The account's other devices, which take it out of the account's list, and with that out of all groups.
    pub others: usize,
}

impl Desk<'_, '_> {
    /// The account's devices, in the order of their addition; recovery codes are not among them.
    ///
    /// # Errors
    /// When the account is not the organisation's.
    pub fn devices(&self, id: AccountId) -> Outcome<Vec<DeviceLine>> {
        self.account(id)?;
        let mut lines = Vec::new();
        for row in self.work.tx.devices_of(id)? {
            let listed = matches!(row.state, DeviceState::Current | DeviceState::Barred);
            if listed && row.key_use == KeyUse::Device {
                lines.push(self.device_line(row)?);
            }
        }
        Ok(lines)
    }

    fn device_line(&self, row: DeviceRow) -> Outcome<DeviceLine> {
        let removed = match self.work.tx.device_removal(row.device)? {
            Some((bytes, told)) => {
                let signed: Signed<DeviceRemoval> =
                    cbor::decode(&bytes).map_err(|_| StoreError::Damaged("a device's removal"))?;
                let removal = signed.peek().map_err(|_| StoreError::Damaged("a device's removal"))?;
                Some(Removed { removal, told })
            }
            None => None,
        };
        Ok(DeviceLine { row, removed })
    }

    /// Shuts one device out, at once. With `wipe` it deletes all that Melder keeps there as soon as it hears of it, which is at
    /// once if it is connected. A device that was removed can still be told to.
    ///
    /// # Errors
    /// When the device is not the account's.
    pub fn remove_device(&mut self, id: AccountId, device: DeviceId, wipe: bool) -> Outcome<DeviceGone> {
        self.account(id)?;
        let row = self
            .work
            .tx
            .device(device)?
            .filter(|row| row.account == id && row.key_use == KeyUse::Device)
            .filter(|row| matches!(row.state, DeviceState::Current | DeviceState::Barred))
            .ok_or_else(|| Problem::missing("device"))?;
        let known = self.device_line(row.clone())?.removed;
        if known.is_some_and(|known| known.removal.wipe && !wipe) {
            return Err(Problem::conflict(
                "the device was told to delete its data: that can't be taken back",
            ));
        }
        let removal = DeviceRemoval {
            organisation: self.organisation,
            account: id,
            device,
            time: self.work.now,
            wipe,
        };
        let signed = sign_statement(&signing_key(self.work, self.organisation)?, &removal);
        let connected = self.work.bar_device(row, &signed)?;
        let action = if wipe { "device.wipe" } else { "device.remove" };
        self.note(action, format_args!("{id} {device}"))?;
        let lines = self.devices(id)?;
        let others = lines.iter().filter(|line| line.removed.is_none()).count();
        let line = lines
            .into_iter()
            .find(|line| line.row.device == device)
            .ok_or_else(|| Problem::missing("device"))?;
        Ok(DeviceGone {
            line,
            connected,
            others,
        })
    }
}
