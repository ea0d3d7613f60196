// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! From an invitation to the first chat; the lock; and what is shown when nothing goes on.
//!
//! [`flow`] is what the steps of the first run share: what was entered so far, and the one question to the worker at its
//! end. [`city`] is the log-in that needs no invitation; [`address`] takes what a link brings out of the address bar. [`scan`] and [`choose_pin`] serve the profile as well.

pub mod address;
pub mod choose_pin;
mod city;
pub mod device_name;
mod done;
mod flow;
mod frame;
mod join;
pub mod link;
mod lock;
pub mod passkey;
mod recover;
pub mod scan;
mod start;
mod stopped;

pub use flow::{FirstRun, why};
pub use join::AcceptPane;
pub use lock::{AutoLock, CHOICES, LockScreen, capped, lock_after, set_lock_after};
pub use stopped::Stopped;
