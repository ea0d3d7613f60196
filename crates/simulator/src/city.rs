// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What an administrator does in a world: through the directory's own functions, inside the core's transaction.

use melder_engine::api::{Action, Outcome};
use melder_protocol::account::AccountKind;
use melder_protocol::invitation::InvitationToken;
use melder_protocol::roster::{GroupKind, Role};
use melder_protocol::{AccountId, GroupId, OrganisationId, Refusal, Time, UnitId};
use melder_server::directory::Desk;
use melder_server::directory::accounts::NewAccount;
use melder_server::directory::groups::NewGroup;
use melder_server::directory::organisations;
use melder_server::directory::types::{AccountRule, Rules};

use crate::device::DeviceNo;
use crate::world::World;

/// An organisation in a world.
#[derive(Debug, Clone, Copy)]
pub struct Office(pub OrganisationId);

/// An account with its first device.
#[derive(Debug, Clone, Copy)]
pub struct Account {
    pub id: AccountId,
    pub device: DeviceNo,
}

impl World {
    /// Makes an organisation.
    pub fn organisation(&mut self, name: &'static str) -> Office {
        let now = self.now;
        let made = self.server().admin(now, move |work| {
            organisations::create(work, name, None)
                .map(|(row, _)| row.id)
                .map_err(Refusal::from)
        });
        Office(made.expect("an organisation"))
    }

    /// Runs something at an organisation's desk.
    ///
    /// # Errors
    /// What the directory says.
    pub fn desk<T: Send + 'static>(
        &mut self,
        office: Office,
        run: impl FnOnce(&mut Desk<'_, '_>) -> Result<T, melder_server::directory::problem::Problem> + Send + 'static,
    ) -> Result<T, Refusal> {
        let now = self.now;
        self.server().admin(now, move |work| {
            let mut desk = Desk::new(work, office.0, None);
            run(&mut desk).map_err(Refusal::from)
        })
    }

    /// An account with an invitation for it.
    pub fn invited(
        &mut self,
        office: Office,
        name: &str,
        kind: AccountKind,
        ends: Option<Time>,
    ) -> (AccountId, InvitationToken) {
        self.invited_to(office, name, kind, ends, None)
    }

    /// An account in a unit, with an invitation for it.
    pub fn invited_to(
        &mut self,
        office: Office,
        name: &str,
        kind: AccountKind,
        ends: Option<Time>,
        unit: Option<UnitId>,
    ) -> (AccountId, InvitationToken) {
        let name = name.to_owned();
        self.desk(office, move |desk| {
            let new = NewAccount {
                kind,
                name,
                unit,
                function: None,
                operation: None,
                ends,
            };
            let account = desk.create_account(&new)?;
            let invitation = desk.invite_account(account.id, None)?;
            Ok((account.id, invitation.token))
        })
        .expect("an invited account")
    }

    /// An account whose person has joined on a connected device.
    pub fn person(&mut self, office: Office, name: &str) -> Account {
        self.somebody(office, name, AccountKind::Staff, None)
    }

    /// An account of any kind whose person has joined on a connected device.
    pub fn somebody(&mut self, office: Office, name: &str, kind: AccountKind, ends: Option<Time>) -> Account {
        let (id, token) = self.invited(office, name, kind, ends);
        let device = self.device();
        self.connect(device);
        let joined = self.perform(
            device,
            Action::Join {
                token,
                device_name: "Telefon".into(),
                name: None,
            },
        );
        assert!(matches!(joined, Ok(Outcome::Joined)), "{joined:?}");
        Account { id, device }
    }

    /// A managed group or channel of these accounts.
    pub fn managed(&mut self, office: Office, kind: GroupKind, name: &str, members: &[(AccountId, Role)]) -> GroupId {
        let name = name.to_owned();
        let accounts = members
            .iter()
            .map(|(account, role)| AccountRule {
                account: *account,
                role: *role,
            })
            .collect();
        let group = self
            .desk(office, move |desk| {
                desk.create_group(NewGroup {
                    kind,
                    name,
                    operation: None,
                    suite: None,
                    rules: Rules {
                        units: Vec::new(),
                        accounts,
                        ..Rules::default()
                    },
                })
            })
            .expect("a managed group");
        self.rest();
        // Additions to a managed group wait a moment for company.
        for _ in 0..4 {
            self.pass(400);
        }
        group.id
    }
}
