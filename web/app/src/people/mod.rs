// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Contacts, profiles, the check of who somebody is, and the founding of groups.

pub mod contact;
mod contacts;
pub mod find;
pub mod group;
pub mod list;
pub mod new_group;
pub mod person;
mod verify;

pub use contact::Away;
pub use contact::ContactPane;
pub use contacts::ContactsPane;
pub use new_group::NewGroupPane;
pub use verify::VerifyPane;
