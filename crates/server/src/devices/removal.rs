// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A single device, removed by an administrator.
//!
//! The chain is signed by devices, and no client would follow a commit that removes a leaf which stands in its chain. So the
//! server does what is its own to do, at once: it serves the device no more. What it can't do, the account's other devices do:
//! they get the organisation's signed word with their next [`Ready`](melder_protocol::frame::Ready), take the device out of the
//! chain, and with that its leaves go everywhere. Is there none, the leaves stay until the account is started anew; what is
//! encrypted for them is given to nobody.

use melder_protocol::deletion::DeviceRemoval;
use melder_protocol::signed::Signed;
use melder_protocol::{AccountId, DeviceId, ErrorCode, Refusal, cbor};

use crate::core::Work;
use crate::store::{DeviceRow, DeviceState};

impl Work<'_> {
    /// Shuts a device out. Says whether it was connected.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn bar_device(&mut self, row: DeviceRow, removal: &Signed<DeviceRemoval>) -> Result<bool, Refusal> {
        let (account, device) = (row.account, row.device);
        self.shut_out(account, device)?;
        self.tx.put_device(&DeviceRow {
            state: DeviceState::Barred,
            ..row
        })?;
        self.tx.put_device_removal(account, device, &cbor::encode(removal))?;
        let connected = self.close_removed(device, removal);
        if connected {
            self.tx.removal_is_told(device)?;
        }
        // Nobody is asked to add it anywhere any more.
        self.mark_groups_of(account)?;
        // The others hear of it when they come back, which is now.
        for other in self.tx.devices_of(account)? {
            if other.device != device {
                self.close_device(account, other.device, ErrorCode::ShuttingDown);
            }
        }
        Ok(connected)
    }

    /// The removals that the account's devices have not carried out yet.
    pub(crate) fn removals(&mut self, account: AccountId) -> Result<Vec<Signed<DeviceRemoval>>, Refusal> {
        let mut found = Vec::new();
        for device in self.barred(account)? {
            if let Some((bytes, _)) = self.tx.device_removal(device)? {
                found.extend(cbor::decode(&bytes).ok());
            }
        }
        Ok(found)
    }

    fn barred(&self, account: AccountId) -> Result<Vec<DeviceId>, Refusal> {
        let rows = self.tx.devices_of(account)?;
        let barred = rows.into_iter().filter(|row| row.state == DeviceState::Barred);
        Ok(barred.map(|row| row.device).collect())
    }
}
