// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The server: ordered logs of ciphertext, and a directory of who may read and write which.

pub(crate) mod blobs;
pub mod core;
pub mod delivery;
pub(crate) mod devices;
pub mod directory;
pub(crate) mod groups;
pub mod store;
