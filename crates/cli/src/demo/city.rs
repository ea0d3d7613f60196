// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The demo's administration: makes what is missing, and remembers what it made in `demo.json`. Every step is saved, so that a start
//! that was cut off goes on where it stopped.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use melder_protocol::Time;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::script::{Role, Script};
use crate::error::CliError;
use crate::replay::driver::admin::{Desk, set_up, text};
use crate::replay::wire::now;

/// How often a poster can be taken.
const POSTER: u32 = 1_000;

#[derive(Debug, Default, Serialize, Deserialize)]
struct State {
    token: String,
    units: BTreeMap<String, String>,
    groups: BTreeMap<String, String>,
    operation: Option<String>,
    /// By name: id and invitation link.
    accounts: BTreeMap<String, Account>,
    /// Who administers in the Leitstand.
    #[serde(default)]
    admin: Option<String>,
    /// By the role's key.
    roles: BTreeMap<String, Invitation>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Account {
    pub id: String,
    pub link: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Invitation {
    id: String,
    link: String,
    /// How many of the role's people have been used up.
    nth: usize,
}

/// The city at the server.
pub(super) struct City {
    file: PathBuf,
    desk: Desk,
    state: State,
    /// Where the administrator makes a passkey, new at each start: not kept.
    admin_link: String,
}

impl City {
    /// Takes up what is there and makes the rest.
    pub(super) async fn open(
        folder: &Path,
        address: &str,
        setup: Option<&str>,
        script: &Script,
    ) -> Result<Self, CliError> {
        let file = folder.join("demo.json");
        let state = match std::fs::read(&file) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(CliError::other)?,
            Err(_) => State::default(),
        };
        let mut city = Self {
            file,
            desk: Desk::new(address, Some(&state.token))?,
            state,
            admin_link: String::new(),
        };
        if let Some(secret) = setup {
            let (owner, _, token) = set_up(address, secret, &script.organisation).await?;
            city.state = State {
                token,
                ..State::default()
            };
            city.desk = owner;
            city.save()?;
        }
        city.make_units(script).await?;
        city.make_people(script).await?;
        city.make_groups(script).await?;
        for role in &script.role {
            city.invite(role).await?;
        }
        city.enrol_admin(script).await?;
        Ok(city)
    }

    fn save(&self) -> Result<(), CliError> {
        let json = serde_json::to_vec_pretty(&self.state).map_err(CliError::other)?;
        // It holds the administrator's token.
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&self.file).map_err(CliError::other)?;
        std::io::Write::write_all(&mut file, &json).map_err(CliError::other)
    }

    async fn make_units(&mut self, script: &Script) -> Result<(), CliError> {
        for unit in &script.unit {
            if self.state.units.contains_key(&unit.key) {
                continue;
            }
            let parent = unit.parent.as_ref().and_then(|key| self.state.units.get(key));
            let made = self
                .desk
                .post("/units", json!({ "name": unit.name, "parent": parent }))
                .await?;
            self.state.units.insert(unit.key.clone(), text(&made, "id")?);
            self.save()?;
        }
        Ok(())
    }

    async fn make_account(
        &self,
        name: &str,
        unit: Option<&String>,
        function: Option<&String>,
    ) -> Result<(Account, String), CliError> {
        let unit = unit.and_then(|key| self.state.units.get(key));
        let made = self
            .desk
            .post(
                "/accounts",
                json!({ "kind": "staff", "name": name, "unit": unit, "function": function }),
            )
            .await?;
        let id = text(&made, "id")?;
        let invitation = self
            .desk
            .post(&format!("/accounts/{id}/invitations"), json!({}))
            .await?;
        Ok((
            Account {
                id,
                link: text(&invitation, "link")?,
            },
            text(&invitation, "invitation.id")?,
        ))
    }

    async fn make_people(&mut self, script: &Script) -> Result<(), CliError> {
        for person in &script.person {
            if self.state.accounts.contains_key(&person.name) {
                continue;
            }
            let (account, _) = self
                .make_account(&person.name, Some(&person.unit), Some(&person.function))
                .await?;
            self.state.accounts.insert(person.name.clone(), account);
            self.save()?;
        }
        Ok(())
    }

    async fn make_groups(&mut self, script: &Script) -> Result<(), CliError> {
        if self.state.operation.is_none() {
            let ends = Time(now() / 1_000 + script.operation_days * Time::DAY);
            let made = self
                .desk
                .post(
                    "/operations",
                    json!({ "name": script.operation, "ends": crate::replay::driver::stamp(ends) }),
                )
                .await?;
            self.state.operation = Some(text(&made, "id")?);
            self.save()?;
        }
        for group in &script.group {
            if self.state.groups.contains_key(&group.key) {
                continue;
            }
            let rule = |key: &String, role: &str| json!({ "unit": self.state.units.get(key), "sub_units": true, "role": role });
            let units: Vec<Value> = group
                .units
                .iter()
                // A unit is named once, with its highest role.
                .filter(|key| !group.publishers.contains(key))
                .map(|key| rule(key, "member"))
                .chain(group.publishers.iter().map(|key| rule(key, "publisher")))
                .collect();
            let made = self
                .desk
                .post(
                    "/groups",
                    json!({
                        "kind": if group.channel { "channel" } else { "group" },
                        "name": group.name,
                        "operation": self.state.operation.as_ref().filter(|_| group.operation),
                        "rules": { "units": units },
                    }),
                )
                .await?;
            self.state.groups.insert(group.key.clone(), text(&made, "id")?);
            self.save()?;
        }
        Ok(())
    }

    /// A link that can still be taken.
    async fn invite(&mut self, role: &Role) -> Result<(), CliError> {
        let mut nth = 0;
        if let Some(invitation) = self.state.roles.get(&role.key) {
            let now = self.desk.get(&format!("/invitations/{}", invitation.id)).await?;
            if now["status"] == "open" {
                return Ok(());
            }
            nth = invitation.nth + 1;
        }
        let (id, link) = if role.groups.is_empty() {
            let name = match role.people.get(nth % role.people.len().max(1)) {
                Some(name) if nth >= role.people.len() => format!("{name} {}", nth / role.people.len() + 1),
                Some(name) => name.clone(),
                None => role.name.clone(),
            };
            let (account, invitation) = self
                .make_account(&name, role.unit.as_ref(), role.function.as_ref())
                .await?;
            (invitation, account.link)
        } else {
            let groups: Vec<&String> = role
                .groups
                .iter()
                .filter_map(|key| self.state.groups.get(key))
                .collect();
            let body = json!({
                "kind": "guest", "operation": self.state.operation, "groups": groups, "limit": POSTER, "for_existing": true,
            });
            let made = self.desk.post("/invitations", body).await?;
            (text(&made, "invitation.id")?, text(&made, "link")?)
        };
        self.state.roles.insert(role.key.clone(), Invitation { id, link, nth });
        self.save()
    }

    /// Whoever opens it makes a passkey and is in the Leitstand. An administrator who has one may make another.
    async fn enrol_admin(&mut self, script: &Script) -> Result<(), CliError> {
        let enrolled = if let Some(id) = &self.state.admin {
            self.desk.post(&format!("/admins/{id}/enrol"), json!({})).await?
        } else {
            let owner = json!({ "name": script.administrator, "roles": [{ "role": "owner" }] });
            let made = self.desk.post("/admins", owner).await?;
            self.state.admin = Some(text(&made, "admin.id")?);
            self.save()?;
            made
        };
        self.admin_link = text(&enrolled, "link")?;
        Ok(())
    }

    pub(super) fn admin_link(&self) -> &str {
        &self.admin_link
    }

    pub(super) fn token(&self) -> &str {
        &self.state.token
    }

    pub(super) fn account(&self, name: &str) -> Option<&Account> {
        self.state.accounts.get(name)
    }

    pub(super) fn group(&self, key: &str) -> Option<&str> {
        self.state.groups.get(key).map(String::as_str)
    }

    /// Where visitors reach it now. A link that was made at another address leads here all the same.
    pub(super) fn reached_at(&mut self, public: &str) {
        let links = self.state.roles.values_mut().map(|invitation| &mut invitation.link);
        for link in links.chain([&mut self.admin_link]) {
            if let Some(at) = link.find("/join#").or_else(|| link.find("/leitstand/")) {
                link.replace_range(..at, public);
            }
        }
    }

    /// One link for each role.
    pub(super) fn links<'c>(&'c self, script: &'c Script) -> impl Iterator<Item = (&'c Role, &'c str)> {
        script
            .role
            .iter()
            .filter_map(|role| Some((role, self.state.roles.get(&role.key)?.link.as_str())))
    }
}
