// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Who lives in a town, and what they do, in one word each.

use melder_content::{Content, MessageId, Text};
use melder_engine::api::{Action, Draft, Event, Outcome};
use melder_protocol::account::AccountKind;
use melder_protocol::invitation::InvitationToken;
use melder_protocol::linking::LinkCode;
use melder_protocol::roster::{GroupKind, Role};
use melder_protocol::{AccountId, GroupId, OrganisationId, Refusal, Suite, Time};
use melder_server::directory::Desk;
use melder_server::directory::accounts::NewAccount;
use melder_server::directory::groups::NewGroup;
use melder_server::directory::organisations;
use melder_server::directory::problem::Problem;
use melder_server::directory::types::{AccountRule, Rules};

use super::Town;

/// An account with its first device.
#[derive(Debug, Clone, Copy)]
pub struct Person {
    pub id: AccountId,
    pub device: usize,
}

impl Town {
    pub fn organisation(&mut self, name: &'static str) -> OrganisationId {
        let made = self.site.admin(self.now, move |work| {
            organisations::create(work, name, None)
                .map(|(row, _)| row.id)
                .map_err(Refusal::from)
        });
        made.expect("an organisation")
    }

    /// Runs something at an organisation's desk.
    ///
    /// # Errors
    /// What the directory says.
    pub fn desk<T: Send + 'static>(
        &mut self,
        office: OrganisationId,
        run: impl FnOnce(&mut Desk<'_, '_>) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Refusal> {
        self.site.admin(self.now, move |work| {
            run(&mut Desk::new(work, office, None)).map_err(Refusal::from)
        })
    }

    /// An account with an invitation for it.
    pub fn invited(
        &mut self,
        office: OrganisationId,
        name: &'static str,
        kind: AccountKind,
        ends: Option<Time>,
    ) -> (AccountId, InvitationToken) {
        self.desk(office, move |desk| {
            let account = desk.create_account(&NewAccount {
                kind,
                name: name.to_owned(),
                unit: None,
                function: None,
                operation: None,
                ends,
            })?;
            let invitation = desk.invite_account(account.id, None)?;
            Ok((account.id, invitation.token))
        })
        .expect("an invited account")
    }

    /// Somebody who has joined on a connected device.
    pub fn person(&mut self, office: OrganisationId, name: &'static str) -> Person {
        self.somebody(office, name, AccountKind::Staff, None)
    }

    /// Somebody of any kind who has joined on a connected device.
    pub fn somebody(
        &mut self,
        office: OrganisationId,
        name: &'static str,
        kind: AccountKind,
        ends: Option<Time>,
    ) -> Person {
        let (id, token) = self.invited(office, name, kind, ends);
        let device = self.device();
        self.connect(device);
        let offer = self.perform(device, Action::OpenInvitation(token.clone()));
        assert!(offer.is_ok(), "{offer:?}");
        let device_name = "Telefon".to_owned();
        let joined = self.perform(
            device,
            Action::Join {
                token,
                device_name,
                name: None,
            },
        );
        assert!(matches!(joined, Ok(Outcome::Joined)), "{joined:?}");
        Person { id, device }
    }

    /// A managed group or channel of these accounts.
    pub fn managed(
        &mut self,
        office: OrganisationId,
        kind: GroupKind,
        suite: Suite,
        members: &[(AccountId, Role)],
    ) -> GroupId {
        let accounts = members
            .iter()
            .map(|(account, role)| AccountRule {
                account: *account,
                role: *role,
            })
            .collect();
        let new = NewGroup {
            kind,
            name: "Streife".to_owned(),
            operation: None,
            suite: Some(suite),
            rules: Rules {
                units: Vec::new(),
                accounts,
                ..Rules::default()
            },
        };
        let group = self.desk(office, move |desk| desk.create_group(new)).expect("a group");
        self.rest();
        // Additions to a managed group wait a moment for company.
        self.pass(4);
        group.id
    }
}

/// Says something; gives the message's id.
pub fn say(town: &mut Town, from: usize, group: GroupId, draft: Draft) -> MessageId {
    let draft = Box::new(draft);
    match town.perform(from, Action::Send { group, draft }) {
        Ok(Outcome::Queued(id)) => id,
        other => unreachable!("not queued: {other:?}"),
    }
}

/// A text, to be said.
#[must_use]
pub fn text(words: &str) -> Draft {
    Draft::new(Content::Text(Text::plain(words)))
}

/// A second device for the account of `old`, linked by the compared number.
pub fn link_devices(town: &mut Town, old: usize) -> usize {
    let new = town.device();
    town.connect(new);
    let device_name = "Tablet".to_owned();
    town.act(new, Action::StartLink { device_name });
    town.rest();
    let code = town.devices[new].events.iter().find_map(|event| match event {
        Event::LinkCode(code) => Some(code.clone()),
        _ => None,
    });
    let typed = LinkCode {
        offer: None,
        ..code.expect("a code")
    };
    town.perform(old, Action::AnswerLink(typed)).expect("answered");
    town.perform(old, Action::ConfirmLink(true)).expect("linked");
    new
}
