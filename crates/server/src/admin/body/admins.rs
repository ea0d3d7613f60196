// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Admins, their passkeys and sessions in JSON.

use data_encoding::BASE64URL_NOPAD;
use melder_protocol::{AdminId, UnitId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Stamp;
use crate::directory::types::{Admin, AdminRole, Passkey, Scope};
use crate::webauthn::{Assertion, NewCredential};

/// What an admin may do, and where.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleBody {
    /// Any but `server` and `directory`.
    pub role: Scope,
    /// This unit and all below it; null: the whole organisation. For `accounts` and `groups` only.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub unit: Option<UnitId>,
}

impl From<AdminRole> for RoleBody {
    fn from(role: AdminRole) -> Self {
        Self {
            role: role.role,
            unit: role.unit,
        }
    }
}

impl From<RoleBody> for AdminRole {
    fn from(body: RoleBody) -> Self {
        Self {
            role: body.role,
            unit: body.unit,
        }
    }
}

/// A person who administers.
#[derive(Debug, Serialize, ToSchema)]
pub struct AdminBody {
    #[schema(value_type = String)]
    pub id: AdminId,
    pub name: String,
    pub roles: Vec<RoleBody>,
    /// Is there a recovery code?
    pub recovery: bool,
    pub created: Stamp,
    /// By day only.
    pub last_login: Option<Stamp>,
    pub revision: u32,
}

impl From<Admin> for AdminBody {
    fn from(row: Admin) -> Self {
        Self {
            id: row.id,
            name: row.name,
            roles: row.roles.into_iter().map(RoleBody::from).collect(),
            recovery: row.recovery.is_some(),
            created: Stamp(row.created),
            last_login: row.last_login.map(Stamp),
            revision: row.revision,
        }
    }
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AdminRequest {
    #[schema(max_length = 120)]
    pub name: String,
    pub roles: Vec<RoleBody>,
}

/// What is missing stays as it is.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AdminPatch {
    pub name: Option<String>,
    /// With other roles, all of the admin's sessions end.
    pub roles: Option<Vec<RoleBody>>,
}

/// An admin, and the one-time secret that lets a passkey be made.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewAdminBody {
    pub admin: AdminBody,
    pub enrol: String,
    /// The page that takes the secret.
    pub link: String,
    pub expires: Stamp,
}

/// The first admin of a new organisation.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FirstAdmin {
    #[schema(max_length = 120)]
    pub name: String,
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RegistrationRequest {
    /// The one-time secret, for whoever has no session.
    pub enrol: Option<String>,
}

/// `PublicKeyCredential.toJSON()` after `navigator.credentials.create()`.
#[derive(Debug, Deserialize, ToSchema)]
pub struct CredentialRequest {
    #[serde(flatten)]
    pub credential: NewCredential,
    /// What the passkey is called in lists.
    #[serde(default)]
    pub name: Option<String>,
}

/// `PublicKeyCredential.toJSON()` after `navigator.credentials.get()`.
#[derive(Debug, Deserialize, ToSchema)]
pub struct AssertionRequest {
    #[serde(flatten)]
    pub assertion: Assertion,
}

/// A passkey.
#[derive(Debug, Serialize, ToSchema)]
pub struct PasskeyBody {
    /// The credential's id, in base64url.
    pub id: String,
    pub name: String,
    pub created: Stamp,
    /// By day only.
    pub last_used: Option<Stamp>,
}

impl From<Passkey> for PasskeyBody {
    fn from(row: Passkey) -> Self {
        Self {
            id: BASE64URL_NOPAD.encode(&row.id),
            name: row.name,
            created: Stamp(row.created),
            last_used: row.last_used.map(Stamp),
        }
    }
}

/// A passkey that was just made.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewPasskeyBody {
    pub passkey: PasskeyBody,
    /// The recovery code, for whoever had none; shown this once.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub recovery: Option<String>,
    /// Has a session begun? With a one-time secret it has.
    pub session: bool,
}

/// A session.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionBody {
    pub admin: AdminBody,
    /// When it ends in any case.
    pub expires: Stamp,
    /// After how many seconds without a request it ends before.
    pub idle_seconds: u64,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecoveryRequest {
    pub code: String,
}

/// What a recovery code is exchanged for.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecoveryBody {
    /// The one-time secret for a new passkey.
    pub enrol: String,
    pub expires: Stamp,
    /// The next recovery code: the one that was typed is used up.
    pub recovery: String,
}

/// A recovery code, shown this once.
#[derive(Debug, Serialize, ToSchema)]
pub struct CodeBody {
    pub recovery: String,
}

/// What `PublicKeyCredential.parseCreationOptionsFromJSON()` or `parseRequestOptionsFromJSON()` takes.
#[derive(Debug, Serialize, ToSchema)]
pub struct OptionsBody {
    #[serde(flatten)]
    #[schema(value_type = Object)]
    pub options: serde_json::Value,
}
