// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Every decoder, by families: each takes any bytes and must not fall. [`TARGETS`] lists them.
//!
//! The same functions are driven by libFuzzer (`fuzz/`, `cargo xtask fuzz`), for as long as one likes, and by this
//! crate's tests, with the recorded corpus and mutations of it, at every push. [`record`] makes the corpus. What a
//! family promises beyond not falling stands in its module: mostly that what is accepted is written and read again as
//! the same.
//!
//! Nothing that ships needs this crate.

pub mod admin;
pub mod content;
pub mod engine_frame;
pub mod history;
pub mod input;
pub mod mls;
pub mod names;
pub mod protocol;
pub mod record;
pub mod server_frame;
pub mod text;
pub mod town;

/// A family of decoders: takes any bytes, panics when it falls or a promise is broken.
pub type Feed = fn(&[u8]);

/// All families, by the names of their folders in `fuzz/corpus`.
pub const TARGETS: [(&str, Feed); 8] = [
    ("admin", admin::feed),
    ("content", content::feed),
    ("engine_frame", engine_frame::feed),
    ("history", history::feed),
    ("mls", mls::feed),
    ("protocol", protocol::feed),
    ("server_frame", server_frame::feed),
    ("text", text::feed),
];
