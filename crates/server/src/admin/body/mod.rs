// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The bodies of the REST API: how the directory's nouns look in JSON. Ids are 32 hexadecimal characters, times are
//! RFC 3339 in UTC. Unknown fields are refused, so that a typing mistake is not taken for a wish.

use melder_mls::sign::fingerprint;
use melder_protocol::policy::Policy;
use melder_protocol::{OrganisationId, PublicKey, Time, TokenId};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::ToSchema;
use utoipa::openapi::schema::{ArrayBuilder, Object, ObjectBuilder, Type};

use crate::directory::calendar;
use crate::directory::tokens::NewToken;
use crate::directory::types::{ApiToken, OrganisationRow, Scope};

mod admins;
mod bulk;
mod groups;
mod invitations;
mod ldap;
mod oidc;
mod overview;
mod people;
mod records;
mod rules;

pub use admins::*;
pub use bulk::*;
pub use groups::*;
pub use invitations::*;
pub use ldap::*;
pub use oidc::*;
pub use overview::*;
pub use people::*;
pub use records::*;
pub use rules::*;

/// A point in time: RFC 3339. Also a day (`2029-06-10`), which means its end in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ToSchema)]
#[schema(value_type = String, format = DateTime, example = "2029-06-10T18:00:00Z")]
pub struct Stamp(pub Time);

impl Serialize for Stamp {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&calendar::format(self.0))
    }
}

impl<'de> Deserialize<'de> for Stamp {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
        calendar::parse(&text).map(Self).ok_or_else(|| {
            serde::de::Error::custom("expected a time like 2029-06-10T18:00:00Z or a day like 2029-06-10")
        })
    }
}

/// A field that may be missing (stays as it is), null (is taken away) or set.
pub(super) fn change<'de, T: Deserialize<'de>, D: Deserializer<'de>>(d: D) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(d).map(Some)
}

fn words(values: &[&str]) -> Object {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(values.iter().copied()))
        .build()
}

pub(super) fn account_kind() -> Object {
    words(&["staff", "guest", "bot", "private"])
}

pub(super) fn open_kind() -> Object {
    words(&["guest", "private"])
}

pub(super) fn group_kind() -> Object {
    words(&["group", "channel"])
}

pub(super) fn role() -> Object {
    words(&["member", "publisher"])
}

pub(super) fn suite() -> Object {
    words(&["hybrid", "classical"])
}

pub(super) fn reason() -> Object {
    words(&["administrator", "expired", "operation_ended", "own_wish"])
}

/// A part of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct List<T> {
    pub items: Vec<T>,
    /// `after` for the next part; missing at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub next: Option<String>,
}

impl<T> List<T> {
    pub(in crate::admin) fn new(items: Vec<T>, limit: u32, id: impl Fn(&T) -> String) -> Self {
        let full = items.len() >= limit as usize;
        let next = items.last().filter(|_| full).map(id);
        Self { items, next }
    }
}

/// The set-up of an empty server.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetupRequest {
    /// The part of the set-up link after `#`.
    pub token: String,
    /// The first organisation's name.
    pub organisation: String,
    /// The first owner, who then makes a passkey with `enrol`.
    pub admin: Option<FirstAdmin>,
}

/// What the set-up yields. The tokens are shown this once.
#[derive(Debug, Serialize, ToSchema)]
pub struct SetupAnswer {
    pub organisation: OrganisationBody,
    /// Scope `owner` of the organisation.
    pub owner_token: String,
    /// Scope `server`: to make further organisations.
    pub server_token: String,
    /// With `admin`: the one-time secret for the first passkey, for ten minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub enrol: Option<String>,
    /// With `admin`: the recovery code, to be printed and locked away.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub recovery: Option<String>,
}

/// An organisation.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrganisationBody {
    #[schema(value_type = String)]
    pub id: OrganisationId,
    pub name: String,
    /// The Ed25519 key that signs badges, rosters, policies and deletion records, in hexadecimal.
    #[schema(value_type = String)]
    pub key: PublicKey,
    /// The key as people compare it: thirty digits, as in the app.
    pub fingerprint: String,
    pub created: Stamp,
    pub revision: u32,
}

impl From<OrganisationRow> for OrganisationBody {
    fn from(row: OrganisationRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            fingerprint: fingerprint(&row.key),
            key: row.key,
            created: Stamp(row.created),
            revision: row.revision,
        }
    }
}

/// A new organisation with its owner's token, which is shown this once.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewOrganisation {
    pub organisation: OrganisationBody,
    pub owner_token: String,
}

/// A name.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NameRequest {
    #[schema(max_length = 120)]
    pub name: String,
}

/// The caller: an admin or a token.
#[derive(Debug, Serialize, ToSchema)]
pub struct Me {
    /// Null for an admin.
    pub token: Option<TokenBody>,
    /// Null for a token.
    pub admin: Option<AdminBody>,
    /// What the caller may do somewhere.
    pub scopes: Vec<Scope>,
    /// Missing for the scope `server`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organisation: Option<OrganisationBody>,
    /// How many accounts the organisation has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accounts: Option<u64>,
}

/// An API token without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub struct TokenBody {
    #[schema(value_type = String)]
    pub id: TokenId,
    pub name: String,
    pub scopes: Vec<Scope>,
    pub created: Stamp,
    pub expires: Option<Stamp>,
    /// By day only.
    pub last_used: Option<Stamp>,
}

impl From<ApiToken> for TokenBody {
    fn from(row: ApiToken) -> Self {
        Self {
            id: row.id,
            name: row.name,
            scopes: row.scopes,
            created: Stamp(row.created),
            expires: row.expires.map(Stamp),
            last_used: row.last_used.map(Stamp),
        }
    }
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenRequest {
    pub name: String,
    pub scopes: Vec<Scope>,
    pub expires: Option<Stamp>,
}

/// A token with its text, which is shown this once.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewTokenBody {
    pub token: TokenBody,
    /// `Authorization: Bearer <text>`.
    pub text: String,
}

impl From<NewToken> for NewTokenBody {
    fn from(new: NewToken) -> Self {
        Self {
            token: new.token.into(),
            text: new.text,
        }
    }
}

fn warning_days() -> utoipa::openapi::Array {
    let days = ObjectBuilder::new()
        .schema_type(Type::Integer)
        .minimum(Some(0))
        .maximum(Some(u16::MAX));
    let description = "Days before a guest's end at which it is warned.";
    ArrayBuilder::new().items(days).description(Some(description)).build()
}

/// The organisation's rules. `version` is the entity tag.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyBody {
    /// Grows by one with each change; ignored in a request.
    #[serde(default)]
    pub version: u32,
    /// Days after which the server drops entries and blobs, fetched or not.
    #[schema(minimum = 1, maximum = 3650)]
    pub server_retention_days: u16,
    /// Days after which devices drop messages; null: they keep them.
    #[schema(minimum = 1, maximum = 3650)]
    pub device_retention_days: Option<u16>,
    /// Bytes.
    #[schema(maximum = 104_857_600)]
    pub max_attachment: u64,
    pub read_receipts: bool,
    pub presence: bool,
    pub typing: bool,
    pub location: bool,
    /// New groups with more accounts than this use the classical suite.
    pub hybrid_bound: u32,
    /// Days before a guest's end at which it is warned.
    #[schema(schema_with = warning_days)]
    pub guest_warning_days: Vec<u16>,
    /// Members may create private groups.
    pub private_groups: bool,
    /// Chats may be exported.
    pub export: bool,
    /// Apps under a PIN lock after so many minutes without use; null: when they are closed.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 1440)]
    pub lock_after_minutes: Option<u16>,
    /// Apps delete everything on their device after so many wrong PINs; null: they slow each try down, no more.
    #[serde(default)]
    #[schema(minimum = 3, maximum = 100)]
    pub wipe_after: Option<u8>,
    /// Alarms, too, wake nobody who is off duty or in quiet hours. Otherwise they do, but for those to people on duty, which
    /// wake nobody who is off duty.
    #[serde(default)]
    pub quiet_alarms: bool,
    /// The lowest version of the app that still writes (`1.2.3`); older ones read, and ask to be brought up to date.
    #[serde(default)]
    #[schema(pattern = r"^\d{1,9}\.\d{1,9}\.\d{1,9}$")]
    pub minimum_app: Option<String>,
}

impl From<Policy> for PolicyBody {
    fn from(policy: Policy) -> Self {
        Self {
            version: policy.version,
            server_retention_days: policy.server_retention_days,
            device_retention_days: policy.device_retention_days,
            max_attachment: policy.max_attachment,
            read_receipts: policy.read_receipts,
            presence: policy.presence,
            typing: policy.typing,
            location: policy.location,
            hybrid_bound: policy.hybrid_bound,
            guest_warning_days: policy.guest_warning_days,
            private_groups: policy.private_groups,
            export: policy.export,
            lock_after_minutes: policy.lock_after_minutes,
            wipe_after: policy.wipe_after,
            quiet_alarms: policy.quiet_alarms,
            minimum_app: policy.minimum_app,
        }
    }
}

impl PolicyBody {
    pub(in crate::admin) fn into_policy(self, organisation: OrganisationId) -> Policy {
        Policy {
            organisation,
            version: self.version,
            server_retention_days: self.server_retention_days,
            device_retention_days: self.device_retention_days,
            max_attachment: self.max_attachment,
            read_receipts: self.read_receipts,
            presence: self.presence,
            typing: self.typing,
            location: self.location,
            hybrid_bound: self.hybrid_bound,
            guest_warning_days: self.guest_warning_days,
            private_groups: self.private_groups,
            export: self.export,
            lock_after_minutes: self.lock_after_minutes,
            wipe_after: self.wipe_after,
            quiet_alarms: self.quiet_alarms,
            minimum_app: self.minimum_app,
        }
    }
}
