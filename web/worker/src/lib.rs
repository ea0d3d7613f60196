// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The engine in the browser: a dedicated worker that owns the database and the connection, and serves pages.
//!
//! What comes in is a page's question ([`melder_port::Question`]), a frame of the server, a timer, or a word of another
//! tab; what goes out is answers and news to the pages and frames to the server. In between stands one
//! [`melder_engine::Engine`], as on every other device.
//!
//! | module | what it does |
//! |---|---|
//! | [`actions`] | questions that change something → the engine's actions, and what came of them → answers |
//! | [`reading`] | questions that only read → the engine's queries → the port's views |
//! | [`views`] | the engine's views → the port's |
//! | [`code`] | QR codes in pictures, read for the page |
//! | [`vault`] | the database's key under the PIN |
//! | [`passkey`] | the same under a passkey, where there is one |
//! | [`envelope`] | what the workers of several tabs say to each other |
//! | `browser` | everything that only a browser has: OPFS, IndexedDB, WebSocket, locks, timers |
//!
//! Not here: any logic of the messenger (the engine's), anything that a person sees (the page's).
//!
//! **Several tabs.** Every tab runs this worker; the one that holds a Web Lock owns the database, the others pass on what
//! their page asks. Until the answer comes they keep the question; a new owner is told it anew, and knows by its token
//! whether it was already done.

pub mod actions;
#[cfg(target_family = "wasm")]
mod browser;
pub mod code;
pub mod envelope;
pub mod passkey;
pub mod reading;
pub mod vault;
pub mod views;

#[cfg(target_family = "wasm")]
pub use browser::start;
