// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The engine on tokio and a WebSocket: what the command line, bots, tests and replays use.
//!
//! A [`Client`] is a handle to one task that owns one [`melder_engine::Engine`]. Actions, queries, frames from the socket
//! and the timer meet in that task; the engine itself runs on tokio's threads for blocking work, a few at a time, so
//! hundreds of clients share one runtime. This crate decides nothing about messages, groups or keys: it carries bytes and
//! time to the engine and does what its effects say. [`vault`] keeps a device's key and database in a folder.

mod client;
mod clock;
mod config;
mod driver;
mod pool;
mod pulse;
mod socket;
pub mod vault;

pub use client::{Client, Events, Link, Offline, Stopped, Traffic};
pub use clock::{Clock, SystemClock};
pub use config::{ClientConfig, Database, OpenError, open_database};
pub use driver::End;
