// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! RFC 9420 for Melder: OpenMLS behind our own types, and the rules of who may add or remove whom.
//!
//! The server's side ([`public`]) and the device's side ([`member`]) of a group stand beside each other, and both ask
//! [`rules`] whether a commit is allowed: what an account is comes from its device chain ([`chain`]) and badge
//! ([`badge`]), what a group should be from its roster ([`roster`]). Bytes come in from `melder-protocol` types,
//! verified types go out. No I/O, no clock; randomness is handed in; storage is a key-value store that the caller
//! opens inside its own transaction.

pub mod badge;
pub mod chain;
pub mod context;
pub mod error;
pub mod key_package;
mod key_values;
pub mod member;
pub mod message;
pub mod provider;
pub mod public;
pub mod roster;
pub mod rules;
pub mod sealed;
pub mod sign;
pub mod storage;

pub use error::MlsError;
