// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The server: ordered logs of ciphertext, and a directory of who may read and write which.

pub mod core;
pub mod directory;
pub mod store;
