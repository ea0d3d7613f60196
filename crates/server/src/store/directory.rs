// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What the store keeps for the directory: organisations, units, accounts, invitations, policies, operations,
//! deletions, tokens, audit.

/// The directory's tables.
pub trait Directory {}
