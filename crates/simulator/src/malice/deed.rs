// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! One attack: it is staged, its promises are checked, and it is noted what the honest said of it. What an attack does
//! stands elsewhere ([`server`](super::server), [`member`](super::member)).

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use melder_engine::api::{Misbehaviour, SystemLine};

use super::town::Town;
use super::{Checked, Deed, Failure};

impl Town {
    /// One attack, from the quiet before it to what must hold after it.
    pub(super) fn under(
        &mut self,
        step: usize,
        attack: &'static str,
        part: impl FnOnce(&mut Self) -> Checked,
    ) -> Result<(), Failure> {
        *self.report.attacks.entry(attack).or_default() += 1;
        let before = self.reported();
        self.refused.clear();
        let lived = self.live(part);
        let mut reported = self.reported();
        for (code, count) in &mut reported {
            *count -= before.get(code).copied().unwrap_or_default();
        }
        reported.retain(|_, count| *count > 0);
        let said = self.said_since();
        self.report.deeds.push(Deed {
            attack,
            reported,
            said,
            refused: std::mem::take(&mut self.refused),
        });
        self.report.simulated_ms = self.world.trace().millis(self.world.now);
        lived.map_err(|what| Failure {
            seed: self.report.seed,
            step,
            attack,
            what,
        })
    }

    /// What all engines have reported from the beginning.
    fn reported(&self) -> BTreeMap<Misbehaviour, u64> {
        let mut all = BTreeMap::new();
        for (code, count) in self.world.devices.iter().flat_map(|device| &device.reported) {
            *all.entry(*code).or_default() += count;
        }
        all
    }

    /// What the chats say besides, since the attack began.
    fn said_since(&mut self) -> BTreeMap<&'static str, u64> {
        let mut said = BTreeMap::new();
        for group in self.groups() {
            for device in self.world.devices() {
                let before = self.before.get(&(device, group)).map_or(0, Vec::len);
                let lines = self.lines(device, group).unwrap_or_default();
                for name in lines.get(before..).unwrap_or_default().iter().filter_map(name) {
                    *said.entry(name).or_default() += 1;
                }
            }
        }
        said
    }

    /// Lets something happen; a panic breaks a promise, too.
    fn live(&mut self, part: impl FnOnce(&mut Self) -> Checked) -> Checked {
        catch_unwind(AssertUnwindSafe(|| part(self))).unwrap_or_else(|panic| {
            let tail: Vec<&str> = self.world.trace().tail().collect();
            let last = tail[tail.len().saturating_sub(12)..].join("\n  ");
            Err(format!("nothing panics: {}\n  {last}", message(panic.as_ref())))
        })
    }
}

/// The name of a line, unless it is a notice, which is counted as what was reported.
const fn name(line: &SystemLine) -> Option<&'static str> {
    Some(match line {
        SystemLine::Added { .. } => "added",
        SystemLine::Removed { .. } => "removed",
        SystemLine::Left { .. } => "left",
        SystemLine::IdentityChanged { .. } => "identity_changed",
        SystemLine::DeviceAdded { .. } => "device_added",
        SystemLine::DeviceRemoved { .. } => "device_removed",
        SystemLine::Renamed { .. } => "renamed",
        SystemLine::Gap { .. } => "gap",
        SystemLine::GapFilled { .. } => "gap_filled",
        SystemLine::Closed => "closed",
        SystemLine::Refused { .. } => return None,
    })
}

/// What a panic says.
pub(super) fn message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no message")
        .to_owned()
}
