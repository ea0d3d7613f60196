// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What holds for all, and who may do what: policies, access, data protection, the overview.

mod access;
mod admins;
mod city;
mod facts;
mod health;
mod look;
mod overview;
mod passkeys;
mod policy;
mod privacy;

pub use access::access;
pub use look::{look, settings as look_settings};
pub use overview::overview;
pub use policy::policy;
pub use privacy::privacy;
