// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Devices: their chains, their key packages, and the mailboxes in which a new one meets an old one.
//!
//! A chain proves itself, so the server only checks and keeps it. What hangs on it (who may connect, who should be
//! a leaf) follows from the rows that are written with each link.

pub(crate) mod chain;
pub(crate) mod mailbox;
pub(crate) mod packages;
pub(crate) mod removal;
