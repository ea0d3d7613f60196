// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What is kept of an organisation's LDAP source and of what came from it. Rows in and out; the rules are in
//! [`crate::directory::ldap`].

use melder_protocol::{DirectoryGroupId, OrganisationId, Time};
use zeroize::Zeroizing;

use super::Stored;
use crate::directory::ldap::{Link, LinkedPerson, Run, Source};

/// The LDAP source, the accounts and groups from it, and the last pulls.
pub trait LdapSources {
    fn ldap_source(&self, organisation: OrganisationId) -> Stored<Option<Source>>;
    /// Inserts or replaces; the password stays.
    fn put_ldap_source(&self, source: &Source) -> Stored<()>;
    /// With the password. What came from it stays known as such.
    fn delete_ldap_source(&self, organisation: OrganisationId) -> Stored<()>;
    fn ldap_password(&self, organisation: OrganisationId) -> Stored<Option<Zeroizing<String>>>;
    /// Of a source that is there.
    fn set_ldap_password(&self, organisation: OrganisationId, password: Option<&str>) -> Stored<()>;
    /// Whose schedule has come.
    fn ldap_due(&self, now: Time) -> Stored<Vec<OrganisationId>>;

    /// All accounts that came from it, by key.
    fn ldap_people(&self, organisation: OrganisationId) -> Stored<Vec<LinkedPerson>>;
    /// Inserts or replaces.
    fn put_ldap_link(&self, organisation: OrganisationId, link: &Link) -> Stored<()>;
    /// Folded user names that are provisioned otherwise.
    fn other_user_names(&self, organisation: OrganisationId) -> Stored<Vec<String>>;
    fn ldap_groups(&self, organisation: OrganisationId) -> Stored<Vec<(DirectoryGroupId, String)>>;
    fn link_ldap_group(&self, organisation: OrganisationId, group: DirectoryGroupId, key: &str) -> Stored<()>;

    /// Keeps it as the newest; the oldest goes when there are too many. Returns its number.
    fn append_ldap_run(&self, organisation: OrganisationId, run: &Run) -> Stored<u64>;
    /// Newest first.
    fn ldap_runs(&self, organisation: OrganisationId) -> Stored<Vec<(u64, Run)>>;
}
