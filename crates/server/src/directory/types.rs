// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The directory's nouns as the store keeps them. Data only. Every one belongs to one organisation, and
//! `revision` grows with each change, so that two administrators don't overwrite each other unseen.

use melder_protocol::account::AccountKind;
use melder_protocol::roster::{GroupKind, Role};
use melder_protocol::{
    AccountId, AdminId, DirectoryGroupId, GroupId, Hash, InvitationId, OperationId, OrganisationId, PublicKey, Suite,
    Time, TokenId, UnitId,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::webauthn::PasskeyKey;

/// A tenant. Its secret key is kept apart ([`crate::store::Directory::organisation_seed`]).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganisationRow {
    pub id: OrganisationId,
    pub name: String,
    pub key: PublicKey,
    pub created: Time,
    pub revision: u32,
}

/// A node in an organisation's tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    pub id: UnitId,
    pub organisation: OrganisationId,
    /// `None`: a root.
    pub parent: Option<UnitId>,
    pub name: String,
    pub revision: u32,
}

/// Where an account stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AccountStatus {
    /// Nobody has taken its invitation yet.
    Invited,
    Active,
    /// Shut out by an administrator, with everything kept.
    Suspended,
}

/// A person, bot or citizen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    pub id: AccountId,
    pub organisation: OrganisationId,
    pub unit: Option<UnitId>,
    pub name: String,
    pub function: Option<String>,
    pub kind: AccountKind,
    /// Somebody has begun a device chain for it.
    pub joined: bool,
    pub suspended: bool,
    /// The operation that it came for, and with whose end it goes (guests).
    pub operation: Option<OperationId>,
    pub ends: Option<Time>,
    pub created: Time,
    pub revision: u32,
}

impl Account {
    #[must_use]
    pub const fn status(&self) -> AccountStatus {
        match (self.suspended, self.joined) {
            (true, _) => AccountStatus::Suspended,
            (false, true) => AccountStatus::Active,
            (false, false) => AccountStatus::Invited,
        }
    }
}

/// Which accounts a list shows. All conditions hold together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccountFilter {
    /// Words; each is the beginning of a word of the name, the function or the unit's name.
    pub query: Option<String>,
    pub unit: Option<UnitId>,
    /// With `unit`: also those in the units below it.
    pub below: bool,
    pub kind: Option<AccountKind>,
    pub status: Option<AccountStatus>,
    pub operation: Option<OperationId>,
}

/// A group or channel of the organisation. Who is in it follows from its rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManagedGroup {
    pub id: GroupId,
    pub organisation: OrganisationId,
    pub kind: GroupKind,
    pub name: String,
    pub operation: Option<OperationId>,
    pub suite: Suite,
    pub policy: GroupPolicy,
    pub closed: bool,
    pub created: Time,
    pub revision: u32,
}

/// What holds in one group beyond the organisation's policy; the stricter of the two counts. All of it is the server's to keep.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct GroupPolicy {
    /// Days after which the server drops the group's entries and blobs, fetched or not.
    pub retention_days: Option<u16>,
    /// Bytes; 0: no attachments at all.
    pub max_attachment: Option<u64>,
    pub alarms: Alarms,
}

/// Whose alarms wake devices. What a message is the server can't read: it refuses to wake for it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Alarms {
    /// Of everybody who may write.
    #[default]
    Everyone,
    Publishers,
    Nobody,
}

/// Everybody in a unit has this role in the group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnitRule {
    pub unit: UnitId,
    /// Also everybody in the units below it.
    pub sub_units: bool,
    pub role: Role,
}

/// This account has this role in the group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccountRule {
    pub account: AccountId,
    pub role: Role,
}

/// A group's membership rules. Where several give an account a role, the highest holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rules {
    pub units: Vec<UnitRule>,
    pub accounts: Vec<AccountRule>,
    pub directory: Vec<DirectoryRule>,
    pub functions: Vec<FunctionRule>,
}

/// Everybody with this function, wherever in the organisation, has this role in the group. Functions are compared folded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionRule {
    pub function: String,
    pub role: Role,
}

/// Everybody in a group of the authority's directory has this role in the group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DirectoryRule {
    pub group: DirectoryGroupId,
    pub role: Role,
}

/// A group of the authority's own directory. Managed groups can follow it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectoryGroup {
    pub id: DirectoryGroupId,
    pub organisation: OrganisationId,
    pub name: String,
    /// What the directory calls it.
    pub external: Option<String>,
    pub created: Time,
    pub changed: Time,
    pub revision: u32,
}

/// An account that the authority's own directory provisioned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provisioned {
    pub account: AccountId,
    pub organisation: OrganisationId,
    pub user_name: String,
    /// What the directory calls it.
    pub external: Option<String>,
    pub attributes: Attributes,
    pub created: Time,
    pub changed: Time,
    pub revision: u32,
}

/// What a directory said of a person and gets back as it said it; of what it said besides, nothing is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Attributes {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub formatted: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub family_name: Option<String>,
    /// The unit: a path, or a name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
    /// Whether it said that the person is active, and what. Nothing said is as good as yes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active: Option<bool>,
}

/// Whom an invitation is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "for", rename_all = "snake_case")]
pub enum InvitationTarget {
    /// One prepared account; once.
    Account { account: AccountId },
    /// A poster: whoever comes gets an account of this shape.
    Open(Template),
}

/// What an open invitation gives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Template {
    /// `guest` or `private`.
    pub kind: AccountKind,
    pub unit: Option<UnitId>,
    pub operation: Option<OperationId>,
    pub groups: Vec<GroupId>,
    /// When the accounts end (guests).
    pub ends: Option<Time>,
    /// How often it can be taken.
    pub limit: u32,
    /// An existing account may take it instead, and joins the groups.
    pub for_existing: bool,
    /// Somebody at the desk lets each of them in.
    #[serde(default)]
    pub approval: bool,
}

/// An invitation. The secret itself is only in the link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    pub id: InvitationId,
    pub organisation: OrganisationId,
    pub secret_hash: Hash,
    pub target: InvitationTarget,
    pub created: Time,
    pub expires: Time,
    pub withdrawn: bool,
    /// How often it was taken.
    pub used: u32,
}

/// Where an invitation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum InvitationStatus {
    Open,
    Used,
    Expired,
    Withdrawn,
}

impl Invitation {
    #[must_use]
    pub const fn limit(&self) -> u32 {
        match &self.target {
            InvitationTarget::Account { .. } => 1,
            InvitationTarget::Open(template) => template.limit,
        }
    }

    #[must_use]
    pub const fn status(&self, now: Time) -> InvitationStatus {
        if self.withdrawn {
            InvitationStatus::Withdrawn
        } else if self.used >= self.limit() {
            InvitationStatus::Used
        } else if self.expires.0 <= now.0 {
            InvitationStatus::Expired
        } else {
            InvitationStatus::Open
        }
    }
}

/// A time-boxed undertaking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    pub id: OperationId,
    pub organisation: OrganisationId,
    pub name: String,
    pub ends: Time,
    /// By their beginnings.
    pub phases: Vec<Phase>,
    /// What the end did, once it came.
    pub summary: Option<OperationSummary>,
    pub created: Time,
    pub revision: u32,
}

/// A part of an operation that has a name and a day: "Schulung", "Wahlsonntag". It says what is when, and does nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Phase {
    pub name: String,
    pub begins: Time,
}

/// What the end of an operation did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperationSummary {
    pub ended: Time,
    /// Guests' accounts that were deleted.
    pub guests_deleted: u32,
    /// Accounts from elsewhere (and own private ones) that left the operation's groups.
    pub accounts_left: u32,
    pub groups_closed: u32,
    pub invitations_withdrawn: u32,
}

/// What a token may do. `owner` includes all others within its organisation; `server` none of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Create and list organisations.
    Server,
    /// Everything in the organisation, its policy and tokens too.
    Owner,
    /// Units, accounts, invitations, import, deletion records.
    Accounts,
    /// Managed groups and channels.
    Groups,
    /// Operations, their posters and their end.
    Operations,
    /// Read the audit log and the deletion records.
    Audit,
    /// Provision accounts and groups by SCIM.
    Directory,
}

impl Scope {
    pub const ALL: [Self; 7] = [
        Self::Server,
        Self::Owner,
        Self::Accounts,
        Self::Groups,
        Self::Operations,
        Self::Audit,
        Self::Directory,
    ];

    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Owner => "owner",
            Self::Accounts => "accounts",
            Self::Groups => "groups",
            Self::Operations => "operations",
            Self::Audit => "audit",
            Self::Directory => "directory",
        }
    }

    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.name() == name)
    }
}

/// An API token. The secret is shown once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiToken {
    pub id: TokenId,
    /// `None` exactly for the scope `server`.
    pub organisation: Option<OrganisationId>,
    pub name: String,
    pub scopes: Vec<Scope>,
    pub secret_hash: Hash,
    pub created: Time,
    pub expires: Option<Time>,
    /// By day only: who works when is nobody's business.
    pub last_used: Option<Time>,
}

impl ApiToken {
    #[must_use]
    pub fn allows(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope) || (scope != Scope::Server && self.scopes.contains(&Scope::Owner))
    }
}

/// Who acts at a desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Actor {
    Token(TokenId),
    Admin(AdminId),
}

impl Actor {
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        match self {
            Self::Token(id) => id.as_bytes(),
            Self::Admin(id) => id.as_bytes(),
        }
    }
}

/// What an admin may do, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdminRole {
    /// Any but `server` and `directory`.
    pub role: Scope,
    /// This unit and all below it; `None`: the whole organisation.
    pub unit: Option<UnitId>,
}

/// A person who administers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admin {
    pub id: AdminId,
    pub organisation: OrganisationId,
    pub name: String,
    pub roles: Vec<AdminRole>,
    /// The hash of the recovery code.
    pub recovery: Option<Hash>,
    pub created: Time,
    /// By day only.
    pub last_login: Option<Time>,
    pub revision: u32,
}

impl Admin {
    #[must_use]
    pub fn is_owner(&self) -> bool {
        self.roles.iter().any(|role| role.role == Scope::Owner)
    }
}

/// An admin's passkey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passkey {
    /// The credential's id, as the authenticator chose it.
    pub id: Vec<u8>,
    pub admin: AdminId,
    pub name: String,
    pub key: PasskeyKey,
    pub counter: u32,
    pub created: Time,
    /// By day only.
    pub last_used: Option<Time>,
}

/// A browser that an admin is logged in with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Session {
    /// Of the cookie's value.
    pub hash: Hash,
    pub admin: AdminId,
    pub began: Time,
    pub seen: Time,
    /// Begun by the city's own log-in: it ends with that way.
    pub oidc: bool,
}

/// Whose log-in at a provider is which admin's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdminLogIn {
    pub admin: AdminId,
    pub organisation: OrganisationId,
    pub issuer: String,
    /// What the provider calls the person (`sub`): never anything else that it says.
    pub subject: String,
    pub since: Time,
}

/// A one-time secret with which an admin makes a passkey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Enrolment {
    pub hash: Hash,
    pub admin: AdminId,
    pub expires: Time,
}

/// One line of the audit log: who did what to which thing. Ids only, but for a reason that somebody named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditLine {
    pub organisation: OrganisationId,
    /// 1 for the organisation's first, gap-free.
    pub sequence: u64,
    pub time: Time,
    /// `None`: the server itself (an end date came).
    pub actor: Option<Actor>,
    pub action: String,
    pub subject: String,
    /// What the admin named as the reason.
    pub reason: Option<String>,
    /// SHA-256 over the hash before and this line's fields.
    pub hash: Hash,
}

/// Which part of a list: up to `limit` after the thing with this id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page<Id> {
    pub after: Option<Id>,
    pub limit: u32,
}

impl<Id> Page<Id> {
    pub const MAX: u32 = 1_000;

    #[must_use]
    pub const fn first(limit: u32) -> Self {
        Self { after: None, limit }
    }
}
