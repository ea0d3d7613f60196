// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What goes wrong: the network in all its ways, and crashes.

use super::Life;
use crate::device::DeviceNo;
use crate::network::Line;

/// How long a side may take to notice, at most.
const UNNOTICED_MS: u64 = 20_000;

impl Life {
    fn line_of(&mut self, who: usize) -> Option<(DeviceNo, &mut Line)> {
        let device = self.some_device(who)?;
        let id = self.world.at(device).connection?;
        Some((device, self.world.lines.get_mut(&id)?))
    }

    fn moment(what: usize) -> u64 {
        200 + (what as u64).wrapping_mul(7) % UNNOTICED_MS
    }

    pub(super) fn cut(&mut self, who: usize) {
        if let Some(device) = self.some_device(who) {
            self.world.cut(device);
            self.world.retry_soon(device);
        }
    }

    pub(super) fn vanish(&mut self, who: usize, what: usize) {
        let ends = self.world.now.plus(Self::moment(what));
        let Some((device, line)) = self.line_of(who) else {
            return;
        };
        line.device_holds = false;
        line.ends = Some(ends);
        line.down.lose();
        // What the device has said is on its way already.
        self.world.set_off();
        self.world.device_notices(device);
        self.world.retry_soon(device);
    }

    pub(super) fn deaf(&mut self, who: usize, what: usize) {
        let now = self.world.now;
        let ends = now.plus(Self::moment(what));
        let Some((device, line)) = self.line_of(who) else {
            return;
        };
        line.server_holds = false;
        line.ends = Some(ends);
        line.up.lose();
        if let Some(id) = self.world.at(device).connection {
            self.world.server().close(now, id);
        }
    }

    pub(super) fn stall(&mut self, who: usize, what: usize) {
        let until = self.world.now.plus(Self::moment(what));
        if let Some((_, line)) = self.line_of(who) {
            line.up.stall(until);
            line.down.stall(until);
        }
    }

    pub(super) fn swallow(&mut self, who: usize, what: usize) {
        let ends = self.world.now.plus(Self::moment(what));
        if let Some((_, line)) = self.line_of(who) {
            line.ends = Some(ends);
            if !what.is_multiple_of(3) {
                line.up.lose();
            }
            if what % 3 != 1 {
                line.down.lose();
            }
        }
    }

    pub(super) fn rough(&mut self, who: usize, what: usize) {
        let ends = self.world.now.plus(Self::moment(what));
        if let Some((_, line)) = self.line_of(who) {
            line.ends = Some(ends);
            line.rough = 250;
            self.garbled = true;
        }
    }

    pub(super) fn away(&mut self, who: usize) {
        if let Some(device) = self.some_device(who) {
            self.go_offline(device);
        }
    }

    /// The device leaves the network and does not come back by itself, not even from a pause that it was in.
    pub(super) fn go_offline(&mut self, device: DeviceNo) {
        self.world.at(device).wants_online = false;
        self.world.at(device).retry = None;
        self.world.cut(device);
    }

    fn go_online(&mut self, device: DeviceNo) {
        self.world.at(device).wants_online = true;
        if self.world.at(device).connection.is_none() {
            self.world.retry_soon(device);
        }
    }

    pub(super) fn back(&mut self) {
        for device in self.kept_devices() {
            self.go_online(device);
        }
    }

    pub(super) fn partition(&mut self, what: usize) {
        for device in self.kept_devices() {
            if (device.0 + what).is_multiple_of(2) {
                self.go_offline(device);
            }
        }
    }

    pub(super) fn heal(&mut self) {
        self.back();
    }

    pub(super) fn crash_device(&mut self, who: usize) {
        if let Some(device) = self.some_device(who) {
            self.forget_actions(device);
            self.world.crash(device);
            self.world.retry_soon(device);
        }
    }

    pub(super) fn crash_server(&mut self) {
        self.world.crash_server();
        for device in self.kept_devices() {
            self.world.retry_soon(device);
        }
    }
}
