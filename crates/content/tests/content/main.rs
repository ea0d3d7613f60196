// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What the crate promises, in one test binary.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cddl;
mod encoding;
mod examples;
mod limits;
mod mimi;
mod origin;
mod properties;
mod reading;
mod words;
