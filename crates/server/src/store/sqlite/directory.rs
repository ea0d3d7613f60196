// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The directory's tables on SQLite (`002_directory.sql`).

use super::SqliteTx;
use crate::store::Directory;

impl Directory for SqliteTx<'_> {}
