// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The administrators' part: organisations, units, accounts, invitations, groups, posters, the operation and its end.

use melder_protocol::Time;
use serde_json::{Value, json};

use super::admin::{Desk, set_up, text};
use super::record::Record;
use super::server::Server;
use crate::error::CliError;
use crate::replay::plan::Plan;
use crate::replay::scenario::{Kind, Scenario};
use crate::replay::wire::now;

/// An operation must lie in the future until its time has come.
const A_DAY: u64 = Time::DAY;
/// Between the word that the operation ends and its end.
const SOON: u64 = 2 * Time::SECOND;

/// What stands at the server.
pub struct City {
    /// One desk for each organisation.
    desks: Vec<Desk>,
    units: Vec<String>,
    operation: Option<String>,
    /// The organisation that owns the groups: the operation's, else the first.
    home: usize,
    /// Ids of the plan's groups.
    pub groups: Vec<String>,
    /// Links of the plan's posters.
    pub posters: Vec<String>,
}

impl City {
    /// Organisations, units and the operation.
    pub async fn found(server: &Server, scenario: &Scenario) -> Result<Self, CliError> {
        let first = scenario
            .organisation
            .first()
            .ok_or_else(|| CliError::other("no organisation"))?;
        let (owner, machine, _) = set_up(&server.address, &server.setup, &first.name).await?;
        let mut desks = vec![owner.clone()];
        for organisation in &scenario.organisation[1..] {
            let made = machine
                .post("/organisations", json!({ "name": organisation.name }))
                .await?;
            desks.push(owner.with(&text(&made, "owner_token")?)?);
        }
        let mut units: Vec<String> = Vec::new();
        for unit in &scenario.unit {
            let desk = &desks[scenario.organisation_at(&unit.organisation).unwrap_or(0)];
            let parent = unit
                .parent
                .as_deref()
                .and_then(|key| scenario.unit_at(key))
                .and_then(|at| units.get(at));
            let made = desk
                .post("/units", json!({ "name": unit.name, "parent": parent }))
                .await?;
            units.push(text(&made, "id")?);
        }
        let mut home = 0;
        let mut operation = None;
        if let Some(it) = &scenario.operation {
            home = scenario.organisation_at(&it.organisation).unwrap_or(0);
            let made = desks[home]
                .post("/operations", json!({ "name": it.name, "ends": stamp(in_ms(A_DAY)) }))
                .await?;
            operation = Some(text(&made, "id")?);
        }
        Ok(Self {
            desks,
            units,
            operation,
            home,
            groups: Vec::new(),
            posters: Vec::new(),
        })
    }

    /// Makes a person's account. → its id and its invitation's link.
    pub async fn invite(&self, plan: &Plan, person: usize) -> Result<(String, String), CliError> {
        let it = &plan.people[person];
        let desk = &self.desks[it.organisation];
        let account = json!({
            "kind": if it.kind == Kind::Private { "private" } else { "staff" },
            "name": it.name,
            "unit": it.unit.and_then(|unit| self.units.get(unit)),
            "function": if it.kind == Kind::Staff { Value::from(it.role.clone()) } else { Value::Null },
        });
        let made = desk.post("/accounts", account).await?;
        let id = text(&made, "id")?;
        let invitation = desk.post(&format!("/accounts/{id}/invitations"), json!({})).await?;
        Ok((id, text(&invitation, "link")?))
    }

    /// Groups and channels, with everybody who has an account already.
    pub async fn make_groups(&mut self, plan: &Plan, record: &Record) -> Result<(), CliError> {
        let accounts = record.lock().accounts.clone();
        for (index, group) in plan.groups.iter().enumerate() {
            let role = |publisher: bool| if publisher { "publisher" } else { "member" };
            let units: Vec<Value> = group
                .units
                .iter()
                .map(|(unit, sub_units, publisher)| {
                    json!({ "unit": self.units[*unit], "sub_units": sub_units, "role": role(*publisher) })
                })
                .collect();
            // Whoever comes by a unit needs no rule of their own, and whoever comes by a poster comes later.
            let named: Vec<Value> = group
                .members
                .iter()
                .filter(|(person, _)| plan.people[*person].comes.is_none() && group.named.contains(person))
                .filter_map(|(person, publisher)| {
                    Some(json!({ "account": accounts[*person].as_ref()?, "role": role(*publisher) }))
                })
                .collect();
            let made = self.desks[self.home]
                .post(
                    "/groups",
                    json!({
                        "kind": if group.channel { "channel" } else { "group" },
                        "name": group.name,
                        "operation": self.operation,
                        "suite": "hybrid",
                        "rules": { "units": units, "accounts": named },
                    }),
                )
                .await?;
            let id = text(&made, "id")?;
            record.made(&id, index);
            self.groups.push(id);
        }
        Ok(())
    }

    /// The plan's posters.
    pub async fn hang_posters(&mut self, plan: &Plan) -> Result<(), CliError> {
        for poster in &plan.posters {
            let groups: Vec<&String> = poster.groups.iter().map(|group| &self.groups[*group]).collect();
            let made = self.desks[self.home]
                .post(
                    "/invitations",
                    json!({
                        "kind": "guest",
                        "operation": self.operation,
                        "groups": groups,
                        "limit": poster.limit,
                        "for_existing": poster.kind == Kind::Private,
                    }),
                )
                .await?;
            self.posters.push(text(&made, "link")?);
        }
        Ok(())
    }

    /// Takes an account out of a group.
    pub async fn take_out(&self, group: usize, account: &str) -> Result<(), CliError> {
        self.desks[self.home]
            .delete(&format!("/groups/{}/accounts/{account}", self.groups[group]))
            .await
            .map(drop)
    }

    /// The operation's end comes, in a moment.
    pub async fn end(&self) -> Result<(), CliError> {
        let Some(operation) = &self.operation else {
            return Ok(());
        };
        let ends = json!({ "ends": stamp(in_ms(SOON)) });
        self.desks[self.home]
            .patch(&format!("/operations/{operation}"), ends)
            .await
            .map(drop)
    }

    /// Accounts with a deletion record.
    pub async fn deleted(&self) -> Result<Vec<String>, CliError> {
        let list = self.desks[self.home].get("/deletions?limit=1000").await?;
        let items = list["items"].as_array().map(Vec::as_slice).unwrap_or_default();
        items.iter().map(|item| text(item, "account")).collect()
    }
}

fn in_ms(millis: u64) -> Time {
    Time(now() / 1_000 + millis)
}

/// RFC 3339, in UTC.
#[must_use]
pub fn stamp(time: Time) -> String {
    let at = i64::try_from(time.0)
        .ok()
        .and_then(|millis| jiff::Timestamp::from_millisecond(millis).ok());
    at.unwrap_or_default().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_as_the_server_reads_it() {
        assert_eq!(stamp(Time(1_558_850_400_000)), "2019-05-26T06:00:00Z");
    }
}
