// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A bad network, made of real sockets: a proxy between each device and the server that does to the connections what a
//! crowded cell does.
//!
//! ```text
//! device 0 ──▶ 127.0.0.1:p0 ┐                 ┌▶ forecast (seeded, for each device)
//! device 1 ──▶ 127.0.0.1:p1 ├─ proxy ── sky ◀─┘ cut, reset, stall, slow, lose
//!    …                …     ┘    └────────────▶ the server's address, also when another process has it
//! ```
//!
//! [`table`] is what a scenario says, [`forecast`] makes a plan for one device of it, [`proxy`] carries the plan out on the
//! connections, [`pipe`] moves the bytes, and [`tally`] counts what was really done: the balance shows that, not the plan.
//! It knows nothing of the protocol; to it a frame is bytes.

mod forecast;
mod pipe;
mod proxy;
mod table;
mod tally;

pub use proxy::Proxy;
pub use table::{Network, Restarts};
pub use tally::Sum;

#[cfg(test)]
mod tests;
