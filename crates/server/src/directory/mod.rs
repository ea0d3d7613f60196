// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The directory.

mod calendar;
pub mod problem;
pub mod text;
pub mod types;
