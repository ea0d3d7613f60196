// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The server's heart, without I/O: inputs go in, effects come out.

pub mod work;

pub use work::Work;
