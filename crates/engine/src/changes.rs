// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Whose chain began anew (an admin's reset), until the person compares the safety number again. A chat says so by a line
//! at its place; this is what stands where one is about to write, until it was seen. On this device alone.

use melder_protocol::{AccountId, Time};

use crate::Engine;
use crate::error::EngineError;
use crate::store::{delete_meta, meta, set_meta};
use crate::work::Work;

const PREFIX: &str = "changed ";

/// Somebody's chain began anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    pub account: AccountId,
    /// When this device learned of it.
    pub time: Time,
    /// The person was told where they write, and said so.
    pub seen: bool,
}

impl Change {
    fn key(account: AccountId) -> String {
        format!("{PREFIX}{account}")
    }

    fn read(account: AccountId, value: &[u8]) -> Option<Self> {
        let (time, seen) = value.split_first_chunk::<8>()?;
        Some(Self {
            account,
            time: Time(u64::from_be_bytes(*time)),
            seen: seen.first() == Some(&1),
        })
    }

    fn value(self) -> Vec<u8> {
        let mut value = self.time.0.to_be_bytes().to_vec();
        value.push(u8::from(self.seen));
        value
    }
}

/// It happened.
pub(crate) fn note(work: &Work<'_>, account: AccountId) -> Result<(), EngineError> {
    let change = Change {
        account,
        time: work.now,
        seen: false,
    };
    set_meta(work.tx, &Change::key(account), &change.value())
}

/// The new chain was compared.
pub(crate) fn forget(work: &Work<'_>, account: AccountId) -> Result<(), EngineError> {
    delete_meta(work.tx, &Change::key(account))
}

impl Engine {
    /// Did this account's chain begin anew since it was compared?
    ///
    /// # Errors
    /// When the database fails; so with all here.
    pub fn change(&self, account: AccountId) -> Result<Option<Change>, EngineError> {
        Ok(meta(&self.database, &Change::key(account))?.and_then(|value| Change::read(account, &value)))
    }

    /// All of them.
    pub fn changes(&self) -> Result<Vec<Change>, EngineError> {
        let found: Vec<(String, Vec<u8>)> = self
            .database
            .prepare_cached("SELECT key, value FROM meta WHERE key >= 'changed ' AND key < 'changed!'")?
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<_, _>>()?;
        Ok(found
            .iter()
            .filter_map(|(key, value)| Change::read(key.strip_prefix(PREFIX)?.parse().ok()?, value))
            .collect())
    }

    /// The person has seen it where they write.
    pub fn see_change(&mut self, account: AccountId) -> Result<(), EngineError> {
        match self.change(account)? {
            Some(change) => {
                let seen = Change { seen: true, ..change };
                set_meta(&self.database, &Change::key(account), &seen.value())
            }
            None => Ok(()),
        }
    }
}
