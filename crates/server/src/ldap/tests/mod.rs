// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A real slapd, for tests here and of the administration; and what entries are read as.

mod certificates;
mod entries;
pub mod slapd;
