// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What crosses the wire: ids, stream frames (CBOR), signed statements, errors.
//!
//! This crate is data and codecs. It does no I/O, keeps no state and knows no cryptography: signatures and
//! hashes are bytes here, `melder-mls` makes and checks them. A frame comes in as bytes, [`cbor::decode`] turns it
//! into a type whose sizes are within [`limits`], or into an error; what is past that point is trusted in shape,
//! never in meaning.

pub mod account;
pub mod blob;
pub mod cbor;
pub mod chain;
pub mod deletion;
pub mod entry;
pub mod error;
pub mod frame;
pub mod ids;
pub mod invitation;
pub mod limits;
pub mod linking;
pub mod policy;
pub mod push;
pub mod request;
pub mod roster;
pub mod signed;

pub use error::{ErrorCode, Refusal};
pub use ids::*;

/// The version of the stream protocol that this crate speaks.
pub const PROTOCOL_VERSION: u16 = 1;
/// The WebSocket subprotocol's name (RFC 6455, section 1.9).
pub const SUBPROTOCOL: &str = "melder.1";
/// The path of the stream on a server.
pub const STREAM_PATH: &str = "/v1/stream";
