// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Many engines and a server in one process, on a seeded clock and network.
//!
//! A [`World`] holds the real server core with its delivery, and real engines with real databases; what stands between
//! them is this crate's: time that moves when told, and a network that carries frames in order, cuts connections, and
//! lets a device crash and come back with what was on its disk. Everything random comes from one seed.

#![expect(clippy::panic, reason = "a world that breaks its own rules is a failed test")]

pub mod campaign;
mod canary;
mod city;
mod device;
mod ledger;
pub mod life;
mod logs;
pub mod malice;
mod network;
pub mod run;
mod server;
mod trace;
mod world;

pub use canary::{Canaries, MARK};
pub use city::{Account, Office};
pub use device::{Device, DeviceNo};
pub use ledger::{GroupLog, Ledger, MessageFact};
pub use network::Weather;
pub use trace::Trace;
pub use world::{Tamper, World};
