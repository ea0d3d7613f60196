// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! How far files got that go up or come down while the chat is open.

use std::collections::HashMap;

use leptos::prelude::*;
use melder_port::BlobId;

/// Bytes that are through, and all of them, while it goes on.
type Progress = Option<(u64, u64)>;

/// Bytes done, of how many.
#[derive(Debug, Clone, Copy)]
pub struct Transfers(StoredValue<HashMap<BlobId, ArcRwSignal<Progress>>>);

impl Transfers {
    pub fn new() -> Self {
        Self(StoredValue::new(HashMap::new()))
    }

    /// How far this file is; `None` when nothing is on its way.
    pub fn of(self, blob: BlobId) -> ArcRwSignal<Option<(u64, u64)>> {
        self.0
            .try_update_value(|all| all.entry(blob).or_insert_with(|| ArcRwSignal::new(None)).clone())
            .unwrap_or_else(|| ArcRwSignal::new(None))
    }

    pub fn hear(self, blob: BlobId, done: u64, of: u64) {
        let going = (done < of).then_some((done, of));
        let signal = self.of(blob);
        if signal.get_untracked() != going {
            signal.set(going);
        }
    }
}

/// 0 to 100.
#[must_use]
pub fn percent((done, of): (u64, u64)) -> u64 {
    done.saturating_mul(100).checked_div(of).unwrap_or(100).min(100)
}

#[cfg(test)]
mod tests {
    use super::percent;

    #[test]
    fn a_share_is_never_above_all() {
        assert_eq!(percent((0, 0)), 100);
        assert_eq!(percent((1, 3)), 33);
        assert_eq!(percent((5, 3)), 100);
    }
}
