// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The network between devices and the server: lines that are slow, end unnoticed, stall, and garble.
//!
//! A [`Line`] is one connection as both ends see it. Each direction is a [`Pipe`] that keeps the order, as TCP does,
//! unless the line is rough: then single frames are lost, doubled or swapped, which no honest network does for long.
//! An end that has gone is noticed by either side in its own time; until then frames still arrive, or vanish.

use std::collections::VecDeque;
use std::ops::RangeInclusive;

use melder_protocol::Time;
use rand_chacha::ChaCha20Rng;
use rand_core::RngCore as _;

use crate::device::DeviceNo;

/// Frames that wait in one direction before the sender is held back.
const WINDOW: usize = 64;

/// How long frames take, in milliseconds.
#[derive(Debug, Clone)]
pub struct Weather {
    pub delay: RangeInclusive<u64>,
}

impl Default for Weather {
    fn default() -> Self {
        Self { delay: 0..=0 }
    }
}

impl Weather {
    /// The frame's way through this weather.
    pub(crate) fn delay(&self, rng: &mut ChaCha20Rng) -> u64 {
        let span = self.delay.end() - self.delay.start() + 1;
        if span == 1 {
            return *self.delay.start();
        }
        self.delay.start() + rng.next_u64() % span
    }
}

/// One direction.
#[derive(Debug, Default)]
pub(crate) struct Pipe {
    frames: VecDeque<(Time, Vec<u8>)>,
    not_before: Option<Time>,
    /// What goes in never comes out.
    lost: bool,
}

impl Pipe {
    pub fn has_room(&self) -> bool {
        self.frames.len() < WINDOW
    }

    pub fn put(&mut self, now: Time, delay: u64, frame: Vec<u8>) {
        if self.lost {
            return;
        }
        let last = self.frames.back().map(|(due, _)| *due);
        let due = [Some(now.plus(delay)), self.not_before, last]
            .into_iter()
            .flatten()
            .max()
            .unwrap_or(now);
        self.frames.push_back((due, frame));
    }

    /// Swaps the two frames that came last.
    fn swap(&mut self) {
        let len = self.frames.len();
        if len >= 2 {
            let due = self.frames[len - 2].0;
            self.frames.swap(len - 2, len - 1);
            self.frames[len - 2].0 = due;
        }
    }

    fn double(&mut self) {
        if let Some(last) = self.frames.back().cloned() {
            self.frames.push_back(last);
        }
    }

    pub fn take(&mut self, now: Time) -> Option<Vec<u8>> {
        self.frames.pop_front_if(|(due, _)| *due <= now).map(|(_, frame)| frame)
    }

    pub fn due(&self) -> Option<Time> {
        self.frames.front().map(|(due, _)| *due)
    }

    /// Nothing moves until then.
    pub fn stall(&mut self, until: Time) {
        self.not_before = Some(until);
        for (due, _) in &mut self.frames {
            *due = (*due).max(until);
        }
    }

    /// Everything in it and everything to come is lost.
    pub fn lose(&mut self) {
        self.lost = true;
        self.frames.clear();
    }
}

/// A connection, as both ends see it.
#[derive(Debug)]
pub(crate) struct Line {
    pub device: DeviceNo,
    pub up: Pipe,
    pub down: Pipe,
    /// The server has not noticed an end.
    pub server_holds: bool,
    /// The device has not noticed an end.
    pub device_holds: bool,
    /// When both have noticed.
    pub ends: Option<Time>,
    /// Of a thousand frames, so many are lost, doubled or swapped.
    pub rough: u32,
}

impl Line {
    pub fn new(device: DeviceNo) -> Self {
        Self {
            device,
            up: Pipe::default(),
            down: Pipe::default(),
            server_holds: true,
            device_holds: true,
            ends: None,
            rough: 0,
        }
    }

    /// Puts a frame on its way, as this line treats frames.
    pub fn send(&mut self, direction: Direction, now: Time, delay: u64, frame: Vec<u8>, rng: &mut ChaCha20Rng) {
        let rough = self.rough;
        let pipe = match direction {
            Direction::Up => &mut self.up,
            Direction::Down => &mut self.down,
        };
        if rough == 0 {
            pipe.put(now, delay, frame);
            return;
        }
        let roll = rng.next_u32() % 1_000;
        if roll >= rough {
            pipe.put(now, delay, frame);
            return;
        }
        match roll % 3 {
            0 => {}
            1 => {
                pipe.put(now, delay, frame);
                pipe.double();
            }
            _ => {
                pipe.put(now, delay, frame);
                pipe.swap();
            }
        }
    }

    /// When something of this line is due next.
    pub fn due(&self) -> Option<Time> {
        let up = self.up.due().filter(|_| self.server_holds);
        let down = self.down.due().filter(|_| self.device_holds);
        [up, down, self.ends].into_iter().flatten().min()
    }
}

/// Which way a frame goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Up,
    Down,
}
