// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What the authority's own directory says: who there is, and who is in which of its groups. It speaks SCIM
//! (`crate::admin::scim`); here is what follows. A provisioned account is like any other, and somebody still joins with
//! it by an invitation. Managed groups follow the directory's groups by rules, leaving included.
//!
//! Whatever is said twice changes nothing the second time.

use std::collections::BTreeSet;

use melder_protocol::account::AccountKind;
use melder_protocol::deletion::DeletionRecord;
use melder_protocol::signed::Signed;
use melder_protocol::{AccountId, DirectoryGroupId, ErrorCode, UnitId, limits};

use super::accounts::NewAccount;
use super::desk::{Desk, random};
use super::problem::{Outcome, Problem};
use super::types::{Account, Attributes, DirectoryGroup, Provisioned};
use super::{badges, membership, text};

/// The longest name by which a directory calls something.
const MAX_EXTERNAL: usize = 512;
/// Groups of one directory.
const MAX_GROUPS: u64 = 10_000;

/// A person as the directory says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub user_name: String,
    pub external: Option<String>,
    pub title: Option<String>,
    pub active: bool,
    pub attributes: Attributes,
}

/// An account and what the directory said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    pub account: Account,
    pub row: Provisioned,
}

/// A group as the directory says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Circle {
    pub name: String,
    pub external: Option<String>,
    pub members: BTreeSet<AccountId>,
}

/// What somebody is called: the first that was said.
fn called(user_name: &str, attributes: &Attributes) -> String {
    let both = [&attributes.given_name, &attributes.family_name];
    let both: Vec<&str> = both.into_iter().flatten().map(String::as_str).collect();
    let both = Some(both.join(" ")).filter(|name| !name.is_empty());
    let said = [attributes.display.clone(), attributes.formatted.clone(), both];
    said.into_iter()
        .flatten()
        .find(|name| !name.trim().is_empty())
        .unwrap_or_else(|| user_name.to_owned())
}

fn external(external: Option<&str>) -> Outcome<Option<String>> {
    match external.map(str::trim) {
        None | Some("") => Ok(None),
        Some(text) if text.len() <= MAX_EXTERNAL && text::line(text) => Ok(Some(text.to_owned())),
        Some(_) => Err(Problem::field(
            "externalId",
            "is longer than 512 bytes, or no line of text",
        )),
    }
}

/// Every text is one that a name can be.
fn check(person: &Person) -> Outcome<Person> {
    let attributes = &person.attributes;
    Ok(Person {
        user_name: text::name("userName", &person.user_name)?,
        external: external(person.external.as_deref())?,
        title: text::optional("title", person.title.as_deref())?,
        active: person.active,
        attributes: Attributes {
            display: text::optional("displayName", attributes.display.as_deref())?,
            formatted: text::optional("name.formatted", attributes.formatted.as_deref())?,
            given_name: text::optional("name.givenName", attributes.given_name.as_deref())?,
            family_name: text::optional("name.familyName", attributes.family_name.as_deref())?,
            department: text::optional("department", attributes.department.as_deref())?,
            active: attributes.active,
        },
    })
}

impl Desk<'_, '_> {
    /// A provisioned account.
    ///
    /// # Errors
    /// `NotFound` when the directory has provisioned no such account.
    pub fn provisioned(&self, id: AccountId) -> Outcome<Known> {
        let account = self.account(id)?;
        let row = self.work.tx.provisioned(id)?;
        let row = row.ok_or_else(|| Problem::missing("account"))?;
        Ok(Known { account, row })
    }

    fn known(&self, row: Provisioned) -> Outcome<Known> {
        let account = self.account(row.account)?;
        Ok(Known { account, row })
    }

    /// Provisioned accounts by user name.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn all_provisioned(&self, skip: u32, limit: u32) -> Outcome<Vec<Known>> {
        self.whole()?;
        let rows = self.work.tx.provisioned_accounts(self.organisation, skip, limit)?;
        rows.into_iter().map(|row| self.known(row)).collect()
    }

    /// The provisioned account of this user name.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn provisioned_as(&self, user_name: &str) -> Outcome<Option<Known>> {
        let row = self.work.tx.provisioned_as(self.organisation, user_name)?;
        row.map(|row| self.known(row)).transpose()
    }

    /// The provisioned accounts that the directory calls so.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn provisioned_from(&self, external: &str) -> Outcome<Vec<Known>> {
        let rows = self.work.tx.provisioned_from(self.organisation, external)?;
        rows.into_iter().map(|row| self.known(row)).collect()
    }

    fn free(&self, user_name: &str, but: Option<AccountId>) -> Outcome<()> {
        match self.work.tx.provisioned_as(self.organisation, user_name)? {
            Some(other) if Some(other.account) != but => {
                Err(Problem::conflict("there is an account of this user name").at("userName"))
            }
            _ => Ok(()),
        }
    }

    /// The unit that a department is: by its path, or by its name when only one has it.
    fn department(&self, department: &str) -> Outcome<Option<UnitId>> {
        let mut place = None;
        let mut is_path = true;
        for name in department.split('/').map(str::trim).filter(|name| !name.is_empty()) {
            match self.work.tx.unit_named(self.organisation, place, name)? {
                Some(unit) => place = Some(unit.id),
                None => is_path = false,
            }
        }
        if is_path && place.is_some() {
            return Ok(place);
        }
        let name = text::folded(department);
        let units = self.work.tx.units(self.organisation)?;
        let mut named = units.iter().filter(|unit| text::folded(&unit.name) == name);
        Ok(match (named.next(), named.next()) {
            (Some(unit), None) => Some(unit.id),
            _ => None,
        })
    }

    /// Makes an account for somebody.
    ///
    /// # Errors
    /// `Conflict` when the user name is taken.
    pub fn provision(&mut self, person: &Person) -> Outcome<Known> {
        self.whole()?;
        let person = check(person)?;
        self.free(&person.user_name, None)?;
        let department = person.attributes.department.as_deref();
        let unit = department.map(|name| self.department(name)).transpose()?.flatten();
        let mut account = self.prepare_account(&NewAccount {
            kind: AccountKind::Staff,
            name: called(&person.user_name, &person.attributes),
            unit,
            function: person.title,
            operation: None,
            ends: None,
        })?;
        account.suspended = !person.active;
        self.work.tx.insert_account(&account)?;
        let row = Provisioned {
            account: account.id,
            organisation: self.organisation,
            user_name: person.user_name,
            external: person.external,
            attributes: person.attributes,
            created: self.work.now,
            changed: self.work.now,
            revision: 1,
        };
        self.work.tx.put_provisioned(&row)?;
        membership::refresh(self.work, &[account.id])?;
        self.note("account.provision", account.id)?;
        Ok(Known { account, row })
    }

    /// Somebody is now as the directory says. What an administrator changed here stays, until the directory says
    /// something new of it.
    ///
    /// # Errors
    /// `Conflict` when the user name is taken.
    pub fn reprovision(&mut self, before: Known, person: &Person) -> Outcome<Known> {
        self.whole()?;
        let person = check(person)?;
        let Known { mut account, mut row } = before.clone();
        self.free(&person.user_name, Some(account.id))?;
        let name = called(&person.user_name, &person.attributes);
        if name != called(&row.user_name, &row.attributes) {
            account.name = text::name("displayName", &name)?;
        }
        account.function = person.title;
        account.suspended = !person.active;
        if person.attributes.department != row.attributes.department
            && let Some(department) = &person.attributes.department
            && let Some(unit) = self.department(department)?
        {
            account.unit = Some(unit);
        }
        row.user_name = person.user_name;
        row.external = person.external;
        row.attributes = person.attributes;
        let moved = account != before.account;
        if !moved && row == before.row {
            return Ok(before);
        }
        row.revision += 1;
        row.changed = self.work.now;
        self.work.tx.put_provisioned(&row)?;
        if moved {
            self.follow(&before.account, &mut account)?;
        } else {
            self.note("account.provision", account.id)?;
        }
        Ok(Known { account, row })
    }

    fn follow(&mut self, before: &Account, account: &mut Account) -> Outcome<()> {
        account.revision += 1;
        self.work.tx.update_account(account)?;
        let id = account.id;
        if account.suspended && !before.suspended {
            self.work.close_account(id, ErrorCode::AccountSuspended, None);
        }
        badges::reissue(self.work, id)?;
        membership::refresh(self.work, &[id])?;
        let action = match (before.suspended, account.suspended) {
            (false, true) => "account.suspend",
            (true, false) => "account.resume",
            _ => "account.provision",
        };
        self.note(action, id)
    }

    /// Somebody is gone from the directory: the account is deleted.
    ///
    /// # Errors
    /// `NotFound` when the directory has provisioned no such account.
    pub fn deprovision(&mut self, id: AccountId) -> Outcome<Signed<DeletionRecord>> {
        self.whole()?;
        self.provisioned(id)?;
        self.delete_account(id, None)
    }

    /// # Errors
    /// `NotFound` when it is not the desk's.
    pub fn directory_group(&self, id: DirectoryGroupId) -> Outcome<DirectoryGroup> {
        self.work
            .tx
            .directory_group(id)?
            .filter(|group| group.organisation == self.organisation)
            .ok_or_else(|| Problem::missing("group of the directory"))
    }

    /// The directory's groups by name, and how many there are in all.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn directory_groups(&self, skip: u32, limit: u32) -> Outcome<(Vec<DirectoryGroup>, u64)> {
        let groups = self.work.tx.directory_groups(self.organisation, skip, limit)?;
        Ok((groups, self.work.tx.directory_group_count(self.organisation)?))
    }

    fn check_circle(&self, circle: &Circle, but: Option<DirectoryGroupId>) -> Outcome<(String, Option<String>)> {
        self.whole()?;
        let name = text::name("displayName", &circle.name)?;
        let same = self.work.tx.directory_group_named(self.organisation, &name)?;
        if same.is_some_and(|same| Some(same.id) != but) {
            return Err(Problem::conflict("there is a group of this name").at("displayName"));
        }
        if circle.members.len() > limits::MAX_GROUP {
            return Err(Problem::limit("a group has at most 10,000 accounts"));
        }
        Ok((name, external(circle.external.as_deref())?))
    }

    /// Makes a group of the directory.
    ///
    /// # Errors
    /// `Conflict` when the name is taken.
    pub fn create_directory_group(&mut self, circle: &Circle) -> Outcome<DirectoryGroup> {
        let (name, external) = self.check_circle(circle, None)?;
        if self.work.tx.directory_group_count(self.organisation)? >= MAX_GROUPS {
            return Err(Problem::limit("a directory has at most 10,000 groups"));
        }
        let group = DirectoryGroup {
            id: DirectoryGroupId::from_bytes(random(self.work)),
            organisation: self.organisation,
            name,
            external,
            created: self.work.now,
            changed: self.work.now,
            revision: 1,
        };
        self.work.tx.put_directory_group(&group)?;
        self.set_members(group.id, &circle.members)?;
        self.note("directory.group.create", group.id)?;
        Ok(group)
    }

    /// A group is now as the directory says; what follows it follows.
    ///
    /// # Errors
    /// `Conflict` when the name is taken.
    pub fn change_directory_group(&mut self, before: DirectoryGroup, circle: &Circle) -> Outcome<DirectoryGroup> {
        let (name, external) = self.check_circle(circle, Some(before.id))?;
        let mut group = DirectoryGroup {
            name,
            external,
            ..before.clone()
        };
        let moved = self.set_members(group.id, &circle.members)?;
        if !moved && group == before {
            return Ok(before);
        }
        group.revision += 1;
        group.changed = self.work.now;
        self.work.tx.put_directory_group(&group)?;
        self.note("directory.group.change", group.id)?;
        Ok(group)
    }

    /// Says whether anybody came or went.
    fn set_members(&mut self, id: DirectoryGroupId, members: &BTreeSet<AccountId>) -> Outcome<bool> {
        let is: BTreeSet<AccountId> = self.work.tx.directory_members(id)?.into_iter().collect();
        let mut affected = Vec::new();
        for account in members.difference(&is) {
            self.account(*account).map_err(|problem| problem.at("members"))?;
            self.work.tx.set_directory_member(id, *account, true)?;
            affected.push(*account);
        }
        for account in is.difference(members) {
            self.work.tx.set_directory_member(id, *account, false)?;
            affected.push(*account);
        }
        if !self.work.tx.groups_following(id)?.is_empty() {
            membership::refresh(self.work, &affected)?;
        }
        Ok(!affected.is_empty())
    }

    /// Removes a group of the directory; whoever was somewhere by it alone goes.
    ///
    /// # Errors
    /// `NotFound` when it is not the organisation's.
    pub fn delete_directory_group(&mut self, id: DirectoryGroupId) -> Outcome<()> {
        self.whole()?;
        self.directory_group(id)?;
        let members = self.work.tx.directory_members(id)?;
        self.work.tx.delete_directory_group(id)?;
        membership::refresh(self.work, &members)?;
        self.note("directory.group.delete", id)
    }
}
