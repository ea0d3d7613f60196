// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The stock of key packages that lets a device be added to groups while it is away.

use melder_mls::key_package;
use melder_protocol::cbor::Bytes;
use melder_protocol::frame::ServerFrame;
use melder_protocol::request::{Response, Stock};
use melder_protocol::{ErrorCode, Member, Refusal, Suite, limits};

use crate::core::Work;
use crate::core::state::Who;
use crate::store::KeyPackageRow;

/// Below this many single-use packages of a suite the device is asked for more.
const LOW: u32 = 10;

impl Work<'_> {
    pub(crate) fn publish_key_packages(
        &mut self,
        who: Who,
        packages: Vec<Bytes>,
        last_resort: Vec<Bytes>,
    ) -> Result<Response, Refusal> {
        if packages.len() > Suite::ALL.len() * limits::MAX_KEY_PACKAGES || last_resort.len() > Suite::ALL.len() {
            return Err(ErrorCode::StockFull.into());
        }
        let device = who.member.device;
        let key = self
            .tx
            .device(device)?
            .ok_or_else(|| Refusal::new(ErrorCode::DeviceRemoved))?
            .key;
        let kinds = packages
            .into_iter()
            .map(|package| (package, false))
            .chain(last_resort.into_iter().map(|package| (package, true)));
        for (Bytes(bytes), last_resort) in kinds {
            if bytes.len() > limits::MAX_KEY_PACKAGE {
                return Err(ErrorCode::TooLarge.into());
            }
            let info = key_package::check(&bytes)
                .map_err(|error| Refusal::new(ErrorCode::InvalidKeyPackage).hint(error.to_string()))?;
            if info.member != who.member || info.key != key || info.last_resort != last_resort {
                return Err(Refusal::new(ErrorCode::InvalidKeyPackage).hint("not this device's, or of the other kind"));
            }
            self.tx.add_key_package(
                device,
                &KeyPackageRow {
                    suite: info.suite,
                    hash: info.hash,
                    last_resort,
                    bytes,
                },
            )?;
        }
        let stock = self.tx.stock(device)?;
        if stock
            .iter()
            .any(|stock| stock.count as usize > limits::MAX_KEY_PACKAGES)
        {
            return Err(ErrorCode::StockFull.into());
        }
        // Groups may have waited for a package to add this device with.
        for group in self.tx.groups_of_account(who.member.account)? {
            if !self.tx.is_leaf(group, who.member)? {
                self.mark_group(group);
            }
        }
        Ok(Response::Stock(stock))
    }

    /// Takes a package of a device, and tells the device when few are left.
    pub(crate) fn take_key_package(&mut self, member: Member, suite: Suite) -> Result<Option<KeyPackageRow>, Refusal> {
        let Some(package) = self.tx.take_key_package(member.device, suite)? else {
            return Ok(None);
        };
        if let Some(connection) = self.state.by_device.get(&member.device).copied() {
            let low: Vec<Stock> = self
                .tx
                .stock(member.device)?
                .into_iter()
                .filter(|stock| stock.suite == suite && (stock.count == LOW - 1 || package.last_resort))
                .collect();
            if !low.is_empty() {
                self.send(connection, &ServerFrame::StockLow(low));
            }
        }
        Ok(Some(package))
    }
}
