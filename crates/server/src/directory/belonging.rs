// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! In which of the organisation's groups an account is, and by which rules. Private groups are not the organisation's: they do not
//! show here.

use melder_protocol::roster::Role;
use melder_protocol::{AccountId, DirectoryGroupId, UnitId};

use super::desk::Desk;
use super::problem::Outcome;
use super::types::{Account, ManagedGroup};
use super::{text, units};

/// What brings an account into a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Because {
    Unit {
        unit: UnitId,
        name: String,
    },
    Function {
        function: String,
    },
    Directory {
        group: DirectoryGroupId,
        name: String,
    },
    /// It is named in the rules itself.
    Named,
}

/// A group that an account is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Belonging {
    pub group: ManagedGroup,
    pub role: Role,
    pub because: Vec<Because>,
}

impl Desk<'_, '_> {
    /// The managed groups that the account is in, by name; of a role for a unit those that it reaches.
    ///
    /// # Errors
    /// When the account is not the organisation's.
    pub fn belongings(&self, id: AccountId) -> Outcome<Vec<Belonging>> {
        let account = self.account(id)?;
        let mut found = Vec::new();
        for group in self.work.tx.groups_of_account(id)? {
            let Ok(group) = self.group(group) else { continue };
            let Some(role) = self.work.tx.role(group.id, id)? else {
                continue;
            };
            found.push(Belonging {
                because: self.because(&account, &group)?,
                role,
                group,
            });
        }
        found.sort_by_key(|belonging| text::folded(&belonging.group.name));
        Ok(found)
    }

    fn because(&self, account: &Account, group: &ManagedGroup) -> Outcome<Vec<Because>> {
        let rules = self.work.tx.rules(group.id)?;
        let mut because = Vec::new();
        for above in units::path(self.work.tx, account.unit)? {
            let own = Some(above.id) == account.unit;
            if rules
                .units
                .iter()
                .any(|rule| rule.unit == above.id && (own || rule.sub_units))
            {
                because.push(Because::Unit {
                    unit: above.id,
                    name: above.name,
                });
            }
        }
        let function = account.function.as_deref().map(text::folded);
        for rule in rules.functions {
            if Some(text::folded(&rule.function)) == function {
                because.push(Because::Function {
                    function: rule.function,
                });
            }
        }
        for row in self.work.tx.directory_groups_of(account.id)? {
            if rules.directory.iter().any(|rule| rule.group == row.id) {
                because.push(Because::Directory {
                    group: row.id,
                    name: row.name,
                });
            }
        }
        if rules.accounts.iter().any(|rule| rule.account == account.id) {
            because.push(Because::Named);
        }
        Ok(because)
    }
}
