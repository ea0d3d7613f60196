// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A plan becomes what is: by the same ways as SCIM, in one transaction, each group's roster changed once.

use std::collections::BTreeMap;

use melder_protocol::{AccountId, UnitId};

use super::plan::{GroupStep, GroupStepKind, Member, Plan, Seat, Step, StepKind, left_name};
use super::{Facts, Link, LinkedGroup, LinkedPerson};
use crate::directory::bulk::{BulkAction, MAX_BULK, Which};
use crate::directory::desk::Desk;
use crate::directory::problem::{Outcome, Problem};
use crate::directory::provisioning::{Circle, Known, Person};
use crate::directory::units::{self, MAX_UNITS};
use crate::directory::{membership, text};

/// What has to follow, and who was made.
#[derive(Default)]
struct Hands {
    affected: Vec<AccountId>,
    made: BTreeMap<String, AccountId>,
}

impl Desk<'_, '_> {
    /// What is here, as far as a plan needs it.
    pub(super) fn ldap_facts(&self) -> Outcome<Facts> {
        self.whole()?;
        let tx = self.work.tx;
        let organisation = self.organisation;
        let mut facts = Facts {
            now: self.work.now,
            people: tx.ldap_people(organisation)?,
            units: tx.units(organisation)?,
            taken_users: tx.other_user_names(organisation)?.into_iter().collect(),
            ..Facts::default()
        };
        let mut keys: BTreeMap<_, String> = tx.ldap_groups(organisation)?.into_iter().collect();
        for group in tx.directory_groups(organisation, 0, u32::MAX)? {
            match keys.remove(&group.id) {
                Some(key) => facts.groups.push(LinkedGroup {
                    key,
                    members: tx.directory_members(group.id)?.into_iter().collect(),
                    group,
                }),
                None => {
                    facts.taken_groups.insert(text::folded(&group.name));
                }
            }
        }
        Ok(facts)
    }

    /// Does what the plan says.
    pub(super) fn apply_ldap(&mut self, plan: &Plan, facts: &Facts) -> Outcome<()> {
        let known: BTreeMap<AccountId, &LinkedPerson> =
            facts.people.iter().map(|known| (known.account.id, known)).collect();
        let mut hands = Hands::default();
        self.delete_gone(plan)?;
        self.make_units(plan, facts)?;
        self.free_names(plan, &known)?;
        for step in &plan.people {
            let before = step.account.and_then(|id| known.get(&id)).copied();
            match (step.kind, before) {
                (StepKind::Delete, _) => {}
                (StepKind::Leave, Some(before)) => self.leave(step, before, &mut hands)?,
                (_, Some(before)) => self.take_over(step, before, &mut hands)?,
                (_, None) => self.take_in(step, &mut hands)?,
            }
        }
        self.apply_groups(plan, facts, &mut hands)?;
        hands.affected.sort_unstable();
        hands.affected.dedup();
        membership::refresh(self.work, &hands.affected)
    }

    fn delete_gone(&mut self, plan: &Plan) -> Outcome<()> {
        let gone = plan.people.iter().filter(|step| step.kind == StepKind::Delete);
        let gone: Vec<AccountId> = gone.filter_map(|step| step.account).collect();
        for part in gone.chunks(MAX_BULK) {
            self.bulk(Which::These(part.to_vec()), BulkAction::Delete, false)?;
        }
        Ok(())
    }

    fn make_units(&mut self, plan: &Plan, facts: &Facts) -> Outcome<()> {
        if facts.units.len() + plan.units.len() > MAX_UNITS {
            return Err(Problem::limit("an organisation has at most 10,000 units"));
        }
        for path in &plan.units {
            let Some((name, above)) = path.split_last() else {
                continue;
            };
            let parent = self.unit_at(above)?;
            let unit = units::insert(self.work, self.organisation, parent, name)?;
            self.note("unit.create", unit.id)?;
        }
        Ok(())
    }

    fn unit_at(&self, path: &[String]) -> Outcome<Option<UnitId>> {
        let mut at = None;
        for name in path {
            let unit = self.work.tx.unit_named(self.organisation, at, name)?;
            at = Some(unit.ok_or_else(|| Problem::missing("unit"))?.id);
        }
        Ok(at)
    }

    /// Two people may have changed names with each other: first nobody has one of those, then each has their own.
    fn free_names(&mut self, plan: &Plan, known: &BTreeMap<AccountId, &LinkedPerson>) -> Outcome<()> {
        for step in &plan.people {
            let Some(before) = step.account.and_then(|id| known.get(&id)) else {
                continue;
            };
            let renamed = step.kind == StepKind::Leave || step.person.user_name != before.row.user_name;
            if renamed && step.kind != StepKind::Delete {
                let mut row = before.row.clone();
                row.user_name = left_name(&row.user_name, &step.key);
                self.work.tx.put_provisioned(&row)?;
            }
        }
        Ok(())
    }

    fn leave(&mut self, step: &Step, before: &LinkedPerson, hands: &mut Hands) -> Outcome<()> {
        let mut row = before.row.clone();
        row.user_name = left_name(&row.user_name, &step.key);
        row.revision += 1;
        row.changed = self.work.now;
        self.work.tx.put_provisioned(&row)?;
        let mut account = before.account.clone();
        account.suspended = true;
        if account != before.account {
            self.follow(&before.account, &mut account)?;
            hands.affected.push(account.id);
        }
        let link = Link {
            left: Some(self.work.now),
            ..before.link.clone()
        };
        Ok(self.work.tx.put_ldap_link(self.organisation, &link)?)
    }

    fn take_over(&mut self, step: &Step, before: &LinkedPerson, hands: &mut Hands) -> Outcome<()> {
        let person = Person {
            title: if step.takes_title {
                step.person.title.clone()
            } else {
                before.account.function.clone()
            },
            active: !step.suspended,
            ..step.person.clone()
        };
        let unit = match &step.seat {
            None => before.account.unit,
            Some(seat) => self.unit_of(seat)?,
        };
        let known = Known {
            account: before.account.clone(),
            row: before.row.clone(),
        };
        let after = self.reprovision_quietly(known, &person, unit)?;
        if after.account != before.account {
            hands.affected.push(after.account.id);
        }
        self.link(step, after.account.id)
    }

    fn take_in(&mut self, step: &Step, hands: &mut Hands) -> Outcome<()> {
        let unit = step.seat.as_ref().map(|seat| self.unit_of(seat)).transpose()?;
        let known = self.provision_quietly(&step.person, unit.flatten())?;
        hands.affected.push(known.account.id);
        hands.made.insert(step.key.clone(), known.account.id);
        self.link(step, known.account.id)
    }

    fn unit_of(&self, seat: &Seat) -> Outcome<Option<UnitId>> {
        match seat {
            Seat::Unit(unit) => Ok(*unit),
            Seat::New(path) => self.unit_at(path),
        }
    }

    fn link(&mut self, step: &Step, account: AccountId) -> Outcome<()> {
        let link = Link {
            account,
            key: step.key.clone(),
            title: step.person.title.clone(),
            active: step.person.active,
            left: None,
        };
        Ok(self.work.tx.put_ldap_link(self.organisation, &link)?)
    }

    fn apply_groups(&mut self, plan: &Plan, facts: &Facts, hands: &mut Hands) -> Outcome<()> {
        let known: BTreeMap<_, &LinkedGroup> = facts.groups.iter().map(|known| (known.group.id, known)).collect();
        for step in &plan.groups {
            let before = step.group.and_then(|id| known.get(&id));
            match (step.kind, before) {
                (GroupStepKind::Delete, Some(before)) => {
                    self.delete_directory_group_quietly(before.group.id, &mut hands.affected)?;
                }
                (GroupStepKind::Change, Some(before)) if before.group.name != step.name => {
                    let mut row = before.group.clone();
                    row.name = left_name(&row.name, &step.key);
                    self.work.tx.put_directory_group(&row)?;
                }
                _ => {}
            }
        }
        for step in plan.groups.iter().filter(|step| step.kind != GroupStepKind::Delete) {
            let circle = circle(step, hands);
            match step.group.and_then(|id| known.get(&id)) {
                Some(before) => {
                    let group = before.group.clone();
                    self.change_directory_group_quietly(group, &circle, &mut hands.affected)?;
                }
                None => {
                    let group = self.create_directory_group_quietly(&circle, &mut hands.affected)?;
                    self.work.tx.link_ldap_group(self.organisation, group.id, &step.key)?;
                }
            }
        }
        Ok(())
    }
}

fn circle(step: &GroupStep, hands: &Hands) -> Circle {
    let members = step.members.iter().filter_map(|member| match member {
        Member::Account(id) => Some(*id),
        Member::New(key) => hands.made.get(key).copied(),
    });
    Circle {
        name: step.name.clone(),
        external: Some(step.key.clone()),
        members: members.collect(),
    }
}
