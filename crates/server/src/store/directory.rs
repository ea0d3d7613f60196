// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What the directory keeps. Rows in and out; the rules are in [`crate::directory`].
//!
//! `insert_*` refuses an id that exists, `update_*` writes the whole row. Lists are in a fixed order and begin
//! after `page.after`. Texts that must be unique among siblings are compared folded.

use std::collections::{BTreeMap, BTreeSet};

use melder_protocol::account::AccountKind;
use melder_protocol::roster::Role;
use melder_protocol::{
    AccountId, AdminId, DirectoryGroupId, GroupId, Hash, InvitationId, OperationId, OrganisationId, Time, TokenId,
    UnitId,
};
use zeroize::Zeroizing;

use super::Stored;
use super::ldap::LdapSources;
use crate::directory::approvals::ApprovalRow;
use crate::directory::brand::Brand;
use crate::directory::oidc::OidcSettings;
use crate::directory::types::{
    Account, AccountFilter, AccountStatus, Admin, AdminLogIn, ApiToken, AuditLine, DirectoryGroup, Enrolment,
    Invitation, ManagedGroup, Operation, OrganisationRow, Page, Passkey, Provisioned, Rules, Session, Unit, UnitRule,
};

/// The directory's part of a store's transaction.
pub trait Directory:
    Organisations + Admins + Units + Accounts + Provisioning + LdapSources + LogIns + Managed + Invitations + Records
{
}

/// Organisations, the first start, policies, API tokens.
pub trait Organisations {
    fn insert_organisation(&self, organisation: &OrganisationRow, seed: &[u8; 32]) -> Stored<()>;
    fn update_organisation(&self, organisation: &OrganisationRow) -> Stored<()>;
    fn organisation(&self, id: OrganisationId) -> Stored<Option<OrganisationRow>>;
    /// The seed of the organisation's secret key.
    fn organisation_seed(&self, id: OrganisationId) -> Stored<Option<Zeroizing<[u8; 32]>>>;
    fn organisations(&self, page: Page<OrganisationId>) -> Stored<Vec<OrganisationRow>>;
    /// The hash of the one-time set-up token, while it is unused.
    fn setup_hash(&self) -> Stored<Option<Hash>>;
    fn set_setup_hash(&self, hash: Option<&Hash>) -> Stored<()>;

    /// The encoded `Signed<Policy>` that holds.
    fn policy(&self, organisation: OrganisationId) -> Stored<Option<Vec<u8>>>;
    fn put_policy(&self, organisation: OrganisationId, version: u32, signed: &[u8]) -> Stored<()>;
    /// The standard one until something was chosen.
    fn brand(&self, organisation: OrganisationId) -> Stored<Brand>;
    fn put_brand(&self, organisation: OrganisationId, brand: &Brand) -> Stored<()>;
    /// All of them, oldest first, and when the audit log says that each was put in force.
    fn policy_history(&self, organisation: OrganisationId) -> Stored<Vec<(Vec<u8>, Option<Time>)>>;
    /// Organisations whose new policy is still on its way into the inboxes, and the last account that has it.
    fn policy_rounds(&self) -> Stored<Vec<(OrganisationId, Option<AccountId>)>>;
    /// How far the round is.
    fn put_policy_round(&self, organisation: OrganisationId, after: Option<AccountId>) -> Stored<()>;
    fn end_policy_round(&self, organisation: OrganisationId) -> Stored<()>;

    fn insert_token(&self, token: &ApiToken) -> Stored<()>;
    fn delete_token(&self, id: TokenId) -> Stored<()>;
    fn token(&self, id: TokenId) -> Stored<Option<ApiToken>>;
    /// Newest first; `None`: those of the server.
    fn tokens(&self, organisation: Option<OrganisationId>, page: Page<TokenId>) -> Stored<Vec<ApiToken>>;
    fn touch_token(&self, id: TokenId, day: Time) -> Stored<()>;
}

/// People who administer.
pub trait Admins {
    fn insert_admin(&self, admin: &Admin) -> Stored<()>;
    fn update_admin(&self, admin: &Admin) -> Stored<()>;
    /// With passkeys, sessions, enrolments and the log-in elsewhere.
    fn delete_admin(&self, id: AdminId) -> Stored<()>;
    fn admin(&self, id: AdminId) -> Stored<Option<Admin>>;
    fn admin_by_recovery(&self, code: &Hash) -> Stored<Option<Admin>>;
    /// Oldest first.
    fn admins(&self, organisation: OrganisationId, page: Page<AdminId>) -> Stored<Vec<Admin>>;

    fn insert_passkey(&self, passkey: &Passkey) -> Stored<()>;
    fn passkey(&self, id: &[u8]) -> Stored<Option<Passkey>>;
    /// Oldest first.
    fn passkeys_of(&self, admin: AdminId) -> Stored<Vec<Passkey>>;
    fn touch_passkey(&self, id: &[u8], counter: u32, day: Time) -> Stored<()>;
    fn delete_passkey(&self, id: &[u8]) -> Stored<()>;

    /// Inserts or replaces.
    fn put_session(&self, session: &Session) -> Stored<()>;
    fn session(&self, hash: &Hash) -> Stored<Option<Session>>;
    fn delete_session(&self, hash: &Hash) -> Stored<()>;
    fn delete_sessions_of(&self, admin: AdminId) -> Stored<()>;
    /// Those that began by the city's log-in; of one admin alone, if given.
    fn delete_oidc_sessions(&self, organisation: OrganisationId, admin: Option<AdminId>) -> Stored<()>;
    fn drop_sessions(&self, seen_before: Time, began_before: Time) -> Stored<()>;

    /// Replaces those that the admin has.
    fn put_enrolment(&self, enrolment: &Enrolment) -> Stored<()>;
    fn enrolment(&self, hash: &Hash) -> Stored<Option<Enrolment>>;
    fn delete_enrolments_of(&self, admin: AdminId) -> Stored<()>;
}

/// Units.
pub trait Units {
    fn insert_unit(&self, unit: &Unit) -> Stored<()>;
    fn update_unit(&self, unit: &Unit) -> Stored<()>;
    fn delete_unit(&self, id: UnitId) -> Stored<()>;
    fn unit(&self, id: UnitId) -> Stored<Option<Unit>>;
    /// All of them, in no order.
    fn units(&self, organisation: OrganisationId) -> Stored<Vec<Unit>>;
    fn unit_named(&self, organisation: OrganisationId, parent: Option<UnitId>, name: &str) -> Stored<Option<Unit>>;
    /// Has units below it, accounts, or rules that name it.
    fn unit_in_use(&self, id: UnitId) -> Stored<bool>;
}

/// Accounts and their badges.
pub trait Accounts {
    fn insert_account(&self, account: &Account) -> Stored<()>;
    fn update_account(&self, account: &Account) -> Stored<()>;
    /// Removes the profile, the badge, the warnings, the invitations and the rules that name the account. Returns the
    /// number of invitations.
    fn delete_account(&self, id: AccountId) -> Stored<u32>;
    fn account(&self, id: AccountId) -> Stored<Option<Account>>;
    /// By name. `units`: those in one of these alone (then `filter.unit` does not count).
    fn accounts(
        &self,
        organisation: OrganisationId,
        filter: &AccountFilter,
        units: Option<&BTreeSet<UnitId>>,
        page: Page<AccountId>,
    ) -> Stored<Vec<Account>>;
    /// Those that are not suspended.
    fn accounts_in_unit(&self, unit: UnitId) -> Stored<Vec<AccountId>>;
    fn accounts_of_operation(&self, operation: OperationId) -> Stored<Vec<Account>>;
    fn has_account_named(&self, organisation: OrganisationId, unit: Option<UnitId>, name: &str) -> Stored<bool>;
    fn account_counts(&self, organisation: OrganisationId) -> Stored<Vec<(AccountKind, AccountStatus, u64)>>;
    fn account_count(&self, organisation: OrganisationId) -> Stored<u64>;
    /// Accounts that somebody has joined with, by id: who gets the organisation's notices.
    fn joined_accounts(&self, organisation: OrganisationId, page: Page<AccountId>) -> Stored<Vec<AccountId>>;
    /// All account ids, by id.
    fn account_ids(&self, organisation: OrganisationId) -> Stored<Vec<AccountId>>;
    /// Accounts whose end is at or before `until`, earliest first.
    fn accounts_ending(&self, until: Time, limit: u32) -> Stored<Vec<Account>>;
    /// Joined guests whose next warning is due; see [`Self::set_next_warning`].
    fn warnings_due(&self, now: Time, limit: u32) -> Stored<Vec<AccountId>>;
    /// When the account is to be warned of its end next; `None`: never (again).
    fn set_next_warning(&self, account: AccountId, at: Option<Time>) -> Stored<()>;

    /// The encoded `Signed<Badge>`.
    fn badge(&self, account: AccountId) -> Stored<Option<Vec<u8>>>;
    fn put_badge(&self, account: AccountId, signed: &[u8], renew: Time) -> Stored<()>;
    fn delete_badge(&self, account: AccountId) -> Stored<()>;
    /// The badges of an organisation, or of the accounts directly in one unit, are due at `now`.
    fn renew_badges(&self, organisation: OrganisationId, unit: Option<UnitId>, now: Time) -> Stored<()>;
    fn badges_due(&self, now: Time, limit: u32) -> Stored<Vec<AccountId>>;
}

/// What the authority's own directory provisioned.
pub trait Provisioning {
    /// Inserts or replaces.
    fn put_provisioned(&self, row: &Provisioned) -> Stored<()>;
    fn provisioned(&self, account: AccountId) -> Stored<Option<Provisioned>>;
    fn provisioned_as(&self, organisation: OrganisationId, user_name: &str) -> Stored<Option<Provisioned>>;
    fn provisioned_from(&self, organisation: OrganisationId, external: &str) -> Stored<Vec<Provisioned>>;
    /// By user name.
    fn provisioned_accounts(&self, organisation: OrganisationId, skip: u32, limit: u32) -> Stored<Vec<Provisioned>>;
    /// The same, behind a user name: what is before it costs nothing.
    fn provisioned_after(&self, organisation: OrganisationId, name: &str, limit: u32) -> Stored<Vec<Provisioned>>;
    fn provisioned_count(&self, organisation: OrganisationId) -> Stored<u64>;

    /// Inserts or replaces.
    fn put_directory_group(&self, group: &DirectoryGroup) -> Stored<()>;
    /// With its members, and the rules that name it.
    fn delete_directory_group(&self, id: DirectoryGroupId) -> Stored<()>;
    fn directory_group(&self, id: DirectoryGroupId) -> Stored<Option<DirectoryGroup>>;
    fn directory_group_named(&self, organisation: OrganisationId, name: &str) -> Stored<Option<DirectoryGroup>>;
    /// By name.
    fn directory_groups(&self, organisation: OrganisationId, skip: u32, limit: u32) -> Stored<Vec<DirectoryGroup>>;
    /// The same, behind a name.
    fn directory_groups_after(
        &self,
        organisation: OrganisationId,
        name: &str,
        limit: u32,
    ) -> Stored<Vec<DirectoryGroup>>;
    fn directory_group_count(&self, organisation: OrganisationId) -> Stored<u64>;
    fn directory_groups_of(&self, account: AccountId) -> Stored<Vec<DirectoryGroup>>;
    fn directory_members(&self, id: DirectoryGroupId) -> Stored<Vec<AccountId>>;
    fn set_directory_member(&self, id: DirectoryGroupId, account: AccountId, is_in: bool) -> Stored<()>;
    /// The managed groups with a rule that names it.
    fn groups_following(&self, id: DirectoryGroupId) -> Stored<Vec<GroupId>>;
    /// What an account has from the directory's groups that it is in.
    fn directory_roles_of(&self, account: AccountId) -> Stored<Vec<(GroupId, Role)>>;
}

/// How an organisation's people log in elsewhere.
pub trait LogIns {
    fn oidc(&self, organisation: OrganisationId) -> Stored<Option<OidcSettings>>;
    /// Inserts or replaces.
    fn put_oidc(&self, settings: &OidcSettings) -> Stored<()>;

    /// Replaces the one that the admin has; refuses one that is another admin's.
    fn put_admin_log_in(&self, log_in: &AdminLogIn) -> Stored<()>;
    /// The admin's own.
    fn admin_log_in(&self, admin: AdminId) -> Stored<Option<AdminLogIn>>;
    /// The one that a provider names so.
    fn admin_log_in_of(&self, organisation: OrganisationId, issuer: &str, subject: &str) -> Stored<Option<AdminLogIn>>;
    fn delete_admin_log_in(&self, admin: AdminId) -> Stored<()>;
}

/// Managed groups and the rules that say who is in them.
pub trait Managed {
    fn insert_managed_group(&self, group: &ManagedGroup) -> Stored<()>;
    fn update_managed_group(&self, group: &ManagedGroup) -> Stored<()>;
    fn managed_group(&self, id: GroupId) -> Stored<Option<ManagedGroup>>;
    /// By name; those of one operation only when it is given.
    fn managed_groups(
        &self,
        organisation: OrganisationId,
        operation: Option<OperationId>,
        page: Page<GroupId>,
    ) -> Stored<Vec<ManagedGroup>>;
    /// Open groups of this name.
    fn groups_named(&self, organisation: OrganisationId, name: &str) -> Stored<Vec<GroupId>>;
    fn rules(&self, group: GroupId) -> Stored<Rules>;
    fn set_rules(&self, group: GroupId, rules: &Rules) -> Stored<()>;
    /// Names one account in addition.
    fn put_account_rule(&self, group: GroupId, account: AccountId, role: Role) -> Stored<()>;
    fn unit_rules_of(&self, unit: UnitId) -> Stored<Vec<(GroupId, UnitRule)>>;
    fn account_rules_of(&self, account: AccountId) -> Stored<Vec<(GroupId, Role)>>;
    fn delete_account_rule(&self, group: GroupId, account: AccountId) -> Stored<()>;
    /// What a function gives to those of the organisation who have it.
    fn function_rules_of(&self, organisation: OrganisationId, function: &str) -> Stored<Vec<(GroupId, Role)>>;
    /// Those of the organisation who have this function and are not suspended.
    fn accounts_with_function(&self, organisation: OrganisationId, function: &str) -> Stored<Vec<AccountId>>;
    /// All functions that accounts have, and how many each, by name.
    fn functions(&self, organisation: OrganisationId) -> Stored<Vec<(String, u64)>>;
}

/// Invitations and operations.
pub trait Invitations {
    fn insert_invitation(&self, invitation: &Invitation) -> Stored<()>;
    fn update_invitation(&self, invitation: &Invitation) -> Stored<()>;
    fn invitation(&self, id: InvitationId) -> Stored<Option<Invitation>>;
    fn invitation_by_hash(&self, secret: &Hash) -> Stored<Option<Invitation>>;
    /// Newest first; those of one operation, or for one account, only when it is given.
    fn invitations(
        &self,
        organisation: OrganisationId,
        account: Option<AccountId>,
        operation: Option<OperationId>,
        page: Page<InvitationId>,
    ) -> Stored<Vec<Invitation>>;
    /// Withdraws the account's unused invitations.
    fn withdraw_invitations_for(&self, account: AccountId) -> Stored<u32>;
    fn withdraw_invitations_of(&self, operation: OperationId) -> Stored<u32>;
    /// Remembers that the account took the invitation, with this genesis when it began a chain.
    fn put_use(&self, invitation: InvitationId, account: AccountId, genesis: Option<&Hash>) -> Stored<()>;
    /// Whether the account took the invitation, and with which genesis.
    fn use_of(&self, invitation: InvitationId, account: AccountId) -> Stored<Option<Option<Hash>>>;

    /// Forgets it. Says whether there was one.
    fn delete_use(&self, invitation: InvitationId, account: AccountId) -> Stored<bool>;

    /// Who waits already goes on waiting as they came.
    fn put_approval(&self, row: &ApprovalRow) -> Stored<()>;
    /// Of the organisation's invitations; longest waiting first.
    fn approvals(&self, organisation: OrganisationId) -> Stored<Vec<ApprovalRow>>;
    fn delete_approval(&self, invitation: InvitationId, account: AccountId) -> Stored<()>;

    fn insert_operation(&self, operation: &Operation) -> Stored<()>;
    fn update_operation(&self, operation: &Operation) -> Stored<()>;
    fn operation(&self, id: OperationId) -> Stored<Option<Operation>>;
    /// By end, latest first.
    fn operations(&self, organisation: OrganisationId, page: Page<OperationId>) -> Stored<Vec<Operation>>;
    /// Running operations whose next warning is due; see [`Self::set_operation_warning`].
    fn operations_to_warn(&self, now: Time, limit: u32) -> Stored<Vec<Operation>>;
    /// When to warn of its end next; `None`: never (again).
    fn set_operation_warning(&self, id: OperationId, at: Option<Time>) -> Stored<()>;
    /// Operations past their end that have not been ended.
    fn operations_due(&self, now: Time, limit: u32) -> Stored<Vec<Operation>>;
}

/// What is kept of a deletion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeletionRow {
    pub organisation: OrganisationId,
    pub account: AccountId,
    /// The operation whose end it was.
    pub operation: Option<OperationId>,
    pub time: Time,
    /// The encoded `Signed<DeletionRecord>`.
    pub signed: Vec<u8>,
}

/// What outlives the things it speaks of: deletion records and the audit log.
pub trait Records {
    fn put_deletion(&self, row: &DeletionRow) -> Stored<()>;
    fn deletion(&self, account: AccountId) -> Stored<Option<Vec<u8>>>;
    /// Newest first; with an operation, those of its end alone.
    fn deletions(
        &self,
        organisation: OrganisationId,
        operation: Option<OperationId>,
        page: Page<AccountId>,
    ) -> Stored<Vec<Vec<u8>>>;

    /// What the organisation says of itself in documents, as JSON, and its revision.
    fn privacy_contact(&self, organisation: OrganisationId) -> Stored<Option<(String, u32)>>;
    fn put_privacy_contact(&self, organisation: OrganisationId, contact: &str, revision: u32) -> Stored<()>;

    /// The last line's sequence and hash.
    fn audit_head(&self, organisation: OrganisationId) -> Stored<Option<(u64, Hash)>>;
    fn append_audit(&self, line: &AuditLine) -> Stored<()>;
    /// Lines whose subject names this, oldest first.
    fn audit_about(&self, organisation: OrganisationId, subject: &str, limit: u32) -> Stored<Vec<AuditLine>>;
    /// When the rules of groups were changed last, by the group's id as a text.
    fn group_policies_since(&self, organisation: OrganisationId) -> Stored<BTreeMap<String, Time>>;
    /// Bytes of everything but blobs, and of blobs.
    fn stored_bytes(&self) -> Stored<(u64, u64)>;
    /// Oldest first.
    fn audit(&self, organisation: OrganisationId, page: Page<u64>) -> Stored<Vec<AuditLine>>;
}
