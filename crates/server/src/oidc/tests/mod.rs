// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The city's own log-in against a small provider of our own: what a token proves ([`tokens`]), and the whole way.

mod admins;
mod flow;
mod issuer;
mod settings;
mod signer;
mod tokens;
mod world;
