// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What a person would do by hand with the command line, end to end: a real server process, real profiles on disk, every
//! command a process of its own.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that can't go on ends")]

mod city;
mod devices;
mod leaving;
mod talking;
mod usage;
