// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The kinds of resources: users and groups.

use melder_protocol::{AccountId, DirectoryGroupId};
use serde_json::Value;

use super::filter::Filter;
use super::patch::{self, Step};
use super::resource;
use crate::directory::Desk;
use crate::directory::problem::{Outcome, Problem};
use crate::directory::provisioning::Known;
use crate::directory::types::DirectoryGroup;

/// A kind of resource, and what can be done with it.
pub(super) trait Kind: 'static {
    type Row: Send + 'static;
    /// The attribute that costs a look into the store for each resource.
    const COSTLY: &'static str;

    fn find(desk: &Desk<'_, '_>, id: &str) -> Outcome<Self::Row>;
    /// In a lasting order.
    fn some(desk: &Desk<'_, '_>, skip: u32, count: u32) -> Outcome<Vec<Self::Row>>;
    /// How many there are.
    fn total(desk: &Desk<'_, '_>) -> Outcome<u64>;
    /// All that can fit, when an index finds them.
    fn indexed(desk: &Desk<'_, '_>, filter: &Filter) -> Outcome<Option<Vec<Self::Row>>>;
    fn version(row: &Self::Row) -> String;
    fn json(desk: &Desk<'_, '_>, row: &Self::Row, base: &str, costly: bool) -> Outcome<Value>;
    fn create(desk: &mut Desk<'_, '_>, said: &Value) -> Outcome<Self::Row>;
    fn replace(desk: &mut Desk<'_, '_>, row: Self::Row, said: &Value) -> Outcome<Self::Row>;
    fn change(desk: &mut Desk<'_, '_>, row: Self::Row, steps: &[Step]) -> Outcome<Self::Row>;
    fn delete(desk: &mut Desk<'_, '_>, row: &Self::Row) -> Outcome<()>;
}

/// An id in the path or in a filter; what is none names nothing.
fn id<T: std::str::FromStr>(text: &str) -> Option<T> {
    text.parse().ok()
}

/// One that is there.
fn there<T>(found: Outcome<T>) -> Outcome<Vec<T>> {
    match found {
        Ok(row) => Ok(vec![row]),
        Err(problem) if problem.code == melder_protocol::ErrorCode::NotFound => Ok(Vec::new()),
        Err(problem) => Err(problem),
    }
}

pub(super) struct Users;

impl Kind for Users {
    type Row = Known;
    const COSTLY: &'static str = "groups";

    fn find(desk: &Desk<'_, '_>, text: &str) -> Outcome<Known> {
        let id: Option<AccountId> = id(text);
        desk.provisioned(id.ok_or_else(|| Problem::missing("account"))?)
    }

    fn some(desk: &Desk<'_, '_>, skip: u32, count: u32) -> Outcome<Vec<Known>> {
        desk.all_provisioned(skip, count)
    }

    fn total(desk: &Desk<'_, '_>) -> Outcome<u64> {
        Ok(desk.work.tx.provisioned_count(desk.organisation)?)
    }

    fn indexed(desk: &Desk<'_, '_>, filter: &Filter) -> Outcome<Option<Vec<Known>>> {
        desk.whole()?;
        Ok(if let Some(name) = filter.narrow("username") {
            Some(desk.provisioned_as(name)?.into_iter().collect())
        } else if let Some(external) = filter.narrow("externalid") {
            Some(desk.provisioned_from(external)?)
        } else if let Some(text) = filter.narrow("id") {
            Some(there(Self::find(desk, text))?)
        } else {
            None
        })
    }

    fn version(row: &Known) -> String {
        resource::user_version(row)
    }

    fn json(desk: &Desk<'_, '_>, row: &Known, base: &str, costly: bool) -> Outcome<Value> {
        resource::user(desk, row, base, costly)
    }

    fn create(desk: &mut Desk<'_, '_>, said: &Value) -> Outcome<Known> {
        desk.provision(&resource::person(said)?)
    }

    fn replace(desk: &mut Desk<'_, '_>, row: Known, said: &Value) -> Outcome<Known> {
        desk.reprovision(row, &resource::person(said)?)
    }

    fn change(desk: &mut Desk<'_, '_>, row: Known, steps: &[Step]) -> Outcome<Known> {
        let mut said = resource::said(&row);
        patch::user(&mut said, steps)?;
        Self::replace(desk, row, &said)
    }

    fn delete(desk: &mut Desk<'_, '_>, row: &Known) -> Outcome<()> {
        desk.deprovision(row.account.id).map(drop)
    }
}

pub(super) struct Groups;

impl Kind for Groups {
    type Row = DirectoryGroup;
    const COSTLY: &'static str = "members";

    fn find(desk: &Desk<'_, '_>, text: &str) -> Outcome<DirectoryGroup> {
        let id: Option<DirectoryGroupId> = id(text);
        desk.directory_group(id.ok_or_else(|| Problem::missing("group of the directory"))?)
    }

    fn some(desk: &Desk<'_, '_>, skip: u32, count: u32) -> Outcome<Vec<DirectoryGroup>> {
        desk.whole()?;
        Ok(desk.work.tx.directory_groups(desk.organisation, skip, count)?)
    }

    fn total(desk: &Desk<'_, '_>) -> Outcome<u64> {
        Ok(desk.work.tx.directory_group_count(desk.organisation)?)
    }

    fn indexed(desk: &Desk<'_, '_>, filter: &Filter) -> Outcome<Option<Vec<DirectoryGroup>>> {
        desk.whole()?;
        Ok(if let Some(name) = filter.narrow("displayname") {
            let group = desk.work.tx.directory_group_named(desk.organisation, name)?;
            Some(group.into_iter().collect())
        } else if let Some(text) = filter.narrow("id") {
            Some(there(Self::find(desk, text))?)
        } else {
            None
        })
    }

    fn version(row: &DirectoryGroup) -> String {
        resource::group_version(row)
    }

    fn json(desk: &Desk<'_, '_>, row: &DirectoryGroup, base: &str, costly: bool) -> Outcome<Value> {
        resource::group(desk, row, base, costly)
    }

    fn create(desk: &mut Desk<'_, '_>, said: &Value) -> Outcome<DirectoryGroup> {
        desk.create_directory_group(&resource::circle(said)?)
    }

    fn replace(desk: &mut Desk<'_, '_>, row: DirectoryGroup, said: &Value) -> Outcome<DirectoryGroup> {
        desk.change_directory_group(row, &resource::circle(said)?)
    }

    fn change(desk: &mut Desk<'_, '_>, row: DirectoryGroup, steps: &[Step]) -> Outcome<DirectoryGroup> {
        let mut circle = resource::known_circle(desk, &row)?;
        patch::group(&mut circle, steps)?;
        desk.change_directory_group(row, &circle)
    }

    fn delete(desk: &mut Desk<'_, '_>, row: &DirectoryGroup) -> Outcome<()> {
        desk.delete_directory_group(row.id)
    }
}
