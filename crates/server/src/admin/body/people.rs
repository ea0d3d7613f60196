// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Units, accounts and devices in JSON.

use melder_protocol::account::AccountKind;
use melder_protocol::{AccountId, DeviceId, OperationId, UnitId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Stamp, account_kind, change};
use crate::directory::devices::{DeviceGone, DeviceLine};
use crate::directory::types::{Account, AccountStatus, Unit};

/// A unit.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnitBody {
    #[schema(value_type = String)]
    pub id: UnitId,
    /// Missing for a root.
    #[schema(value_type = Option<String>)]
    pub parent: Option<UnitId>,
    pub name: String,
    pub revision: u32,
}

impl From<Unit> for UnitBody {
    fn from(row: Unit) -> Self {
        Self {
            id: row.id,
            parent: row.parent,
            name: row.name,
            revision: row.revision,
        }
    }
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UnitRequest {
    #[schema(max_length = 120)]
    pub name: String,
    /// Missing: a root.
    #[schema(value_type = Option<String>)]
    pub parent: Option<UnitId>,
}

/// What is missing stays as it is.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct UnitPatch {
    pub name: Option<String>,
    /// null: becomes a root.
    #[serde(deserialize_with = "change")]
    #[schema(value_type = Option<String>)]
    pub parent: Option<Option<UnitId>>,
}

/// An account.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountBody {
    #[schema(value_type = String)]
    pub id: AccountId,
    #[schema(schema_with = account_kind)]
    pub kind: AccountKind,
    pub status: AccountStatus,
    pub name: String,
    #[schema(value_type = Option<String>)]
    pub unit: Option<UnitId>,
    /// The names of the units, root first, separated by `/`.
    pub unit_path: String,
    pub function: Option<String>,
    #[schema(value_type = Option<String>)]
    pub operation: Option<OperationId>,
    pub ends: Option<Stamp>,
    pub created: Stamp,
    pub revision: u32,
}

impl AccountBody {
    pub(in crate::admin) fn new(row: Account, path: &[String]) -> Self {
        Self {
            status: row.status(),
            id: row.id,
            kind: row.kind,
            name: row.name,
            unit: row.unit,
            unit_path: path.join("/"),
            function: row.function,
            operation: row.operation,
            ends: row.ends.map(Stamp),
            created: Stamp(row.created),
            revision: row.revision,
        }
    }
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountRequest {
    #[schema(schema_with = account_kind)]
    pub kind: AccountKind,
    #[schema(max_length = 120)]
    pub name: String,
    #[schema(value_type = Option<String>)]
    pub unit: Option<UnitId>,
    pub function: Option<String>,
    #[schema(value_type = Option<String>)]
    pub operation: Option<OperationId>,
    /// For guests; without it a guest ends with its operation.
    pub ends: Option<Stamp>,
}

/// What is missing stays as it is.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AccountPatch {
    pub name: Option<String>,
    /// null: in no unit.
    #[serde(deserialize_with = "change")]
    #[schema(value_type = Option<String>)]
    pub unit: Option<Option<UnitId>>,
    #[serde(deserialize_with = "change")]
    #[schema(value_type = Option<String>)]
    pub function: Option<Option<String>>,
    /// Guests only.
    pub ends: Option<Stamp>,
}

/// A device of an account.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeviceBody {
    #[schema(value_type = String)]
    pub id: DeviceId,
    pub name: String,
    pub added: Stamp,
    /// By day only.
    pub last_used: Option<Stamp>,
    /// An administrator has removed it; the account's other devices have not taken it out of their list yet.
    pub removed: Option<DeviceRemovedBody>,
}

/// What an administrator has done with a device.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeviceRemovedBody {
    pub time: Stamp,
    /// It deletes all that Melder keeps there.
    pub wipe: bool,
    /// The word was sent to it, over a connection that was open. Whether it arrived is not known.
    pub told: bool,
}

impl From<DeviceLine> for DeviceBody {
    fn from(line: DeviceLine) -> Self {
        let row = line.row;
        Self {
            id: row.device,
            name: row.name,
            added: Stamp(row.added),
            last_used: row.last_used.map(Stamp),
            removed: line.removed.map(|removed| DeviceRemovedBody {
                time: Stamp(removed.removal.time),
                wipe: removed.removal.wipe,
                told: removed.told,
            }),
        }
    }
}

/// What the removal of a device did.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeviceGoneBody {
    pub device: DeviceBody,
    /// It was connected, and is not any more.
    pub connected: bool,
    /// The account's other devices: they take it out of the account's list, and with that out of all groups, as soon as one of
    /// them is connected. With none, its leaves stay in the groups until the account is started anew; it gets nothing.
    pub others: usize,
}

impl From<DeviceGone> for DeviceGoneBody {
    fn from(gone: DeviceGone) -> Self {
        Self {
            device: gone.line.into(),
            connected: gone.connected,
            others: gone.others,
        }
    }
}
