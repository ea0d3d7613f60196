// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The directory as administrators and devices meet it: through the core, over a store in memory.

use melder_mls::chain;
use melder_mls::sign::SigningKey;
use melder_protocol::account::{AccountKind, AccountRecord};
use melder_protocol::entry::{Body, Entry, Notice};
use melder_protocol::{
    AccountId, ErrorCode, GroupId, InvitationSecret, LogId, OrganisationId, Sequence, Time, UnitId, cbor,
};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;

use super::accounts::NewAccount;
use super::groups::NewGroup;
use super::invitations::NewInvitation;
use super::problem::Outcome;
use super::types::{Account, ManagedGroup, Rules, Unit};
use super::{Desk, organisations};
use crate::core::io::AdminCall;
use crate::core::{Core, Effect, Input, RateLimits, Work};
use crate::store::sqlite::SqliteStore;

mod import;
mod joining;
mod lifecycle;
mod membership;
mod organisation;
mod units;

/// A server without sockets, on a clock that the test sets.
struct Server {
    core: Core<SqliteStore>,
    rng: ChaCha20Rng,
    now: Time,
}

/// Noon of 1 June 2029.
const NOON: Time = Time(1_875_009_600_000);

impl Server {
    fn new() -> Self {
        Self {
            core: Core::new(SqliteStore::in_memory().unwrap(), RateLimits::default()),
            rng: ChaCha20Rng::seed_from_u64(7),
            now: NOON,
        }
    }

    /// Runs a function in the core's transaction; a problem leaves nothing.
    fn run<T: Send + 'static>(&mut self, run: impl FnOnce(&mut Work<'_>) -> Outcome<T> + Send + 'static) -> Outcome<T> {
        let (sender, receiver) = std::sync::mpsc::channel();
        let call = AdminCall {
            ticket: 1,
            run: Box::new(move |work| {
                let outcome = run(work);
                let refusal = outcome.as_ref().err().map(|problem| problem.code);
                sender.send(outcome).unwrap();
                refusal.map_or_else(|| Ok(Box::new(()) as _), |code| Err(code.into()))
            }),
        };
        let effects = self.core.handle(self.now, &mut self.rng, vec![Input::Admin(call)]);
        assert!(effects.iter().any(|effect| matches!(effect, Effect::AdminReply { .. })));
        receiver.recv().unwrap()
    }

    fn organisation(&mut self, name: &'static str) -> Tenant {
        let (row, _) = self.run(move |work| organisations::create(work, name, None)).unwrap();
        Tenant(row.id)
    }

    /// What the core's tick does once a minute.
    fn tick(&mut self) {
        let now = self.now;
        for duty in self.run(move |work| Ok(super::due(work.tx, now)?)).unwrap() {
            self.run(move |work| Ok(super::fulfil(work, duty)?)).unwrap();
        }
    }

    fn at(&mut self, now: Time) -> &mut Self {
        self.now = now;
        self
    }

    /// The account that the invitation leads to, with a first device.
    fn claim(&mut self, new: &NewInvitation, name: Option<&'static str>) -> Outcome<AccountRecord> {
        let key = SigningKey::generate(&mut self.rng);
        self.claim_with(&new.token.secret, &key, name)
    }

    fn claim_with(
        &mut self,
        secret: &InvitationSecret,
        key: &SigningKey,
        name: Option<&'static str>,
    ) -> Outcome<AccountRecord> {
        let (secret, now) = (*secret, self.now);
        let offer = self.run(move |work| Ok(super::open_invitation(work, &secret)?))?;
        let genesis = chain::genesis(key, offer.account, now);
        self.run(move |work| Ok(super::claim(work, &secret, &genesis, "Phone", name)?))
    }

    /// An account that somebody has joined with.
    fn member(&mut self, tenant: Tenant, name: &'static str, unit: Option<UnitId>) -> AccountId {
        let account = tenant.account(self, name, unit);
        let invitation = tenant
            .desk(self, move |desk| desk.invite_account(account.id, None))
            .unwrap();
        self.claim(&invitation, None).unwrap().account
    }

    fn inbox(&mut self, account: AccountId) -> Vec<Body> {
        let entries = self
            .run(move |work| {
                Ok(work
                    .tx
                    .entries(LogId::Inbox(account), Sequence(0), 10_000, usize::MAX)?)
            })
            .unwrap();
        entries
            .iter()
            .map(|stored| cbor::decode::<Entry>(&stored.bytes).unwrap().body)
            .collect()
    }

    fn notices(&mut self, account: AccountId) -> Vec<Notice> {
        self.inbox(account)
            .into_iter()
            .filter_map(|body| match body {
                Body::Notice(notice) => Some(notice),
                _ => None,
            })
            .collect()
    }

    /// Who is in the group's roster, with the role's first letter, in the order of names.
    fn roster(&mut self, group: GroupId) -> Vec<String> {
        self.run(move |work| {
            let mut names = Vec::new();
            for member in work.tx.members(group)? {
                let name = work
                    .tx
                    .account(member.account)?
                    .map_or_else(|| "?".to_owned(), |account| account.name);
                names.push(format!("{name} {:?}", member.role));
            }
            names.sort();
            Ok(names)
        })
        .unwrap()
    }
}

/// One organisation in a test.
#[derive(Clone, Copy)]
struct Tenant(OrganisationId);

impl Tenant {
    fn desk<T: Send + 'static>(
        self,
        server: &mut Server,
        run: impl FnOnce(&mut Desk<'_, '_>) -> Outcome<T> + Send + 'static,
    ) -> Outcome<T> {
        server.run(move |work| run(&mut Desk::new(work, self.0, None)))
    }

    fn unit(self, server: &mut Server, parent: Option<UnitId>, name: &'static str) -> Unit {
        self.desk(server, move |desk| desk.create_unit(parent, name)).unwrap()
    }

    fn account(self, server: &mut Server, name: &'static str, unit: Option<UnitId>) -> Account {
        self.desk(server, move |desk| desk.create_account(&staff(name, unit)))
            .unwrap()
    }

    fn group(self, server: &mut Server, name: &'static str, rules: Rules) -> ManagedGroup {
        self.desk(server, move |desk| desk.create_group(group(name, rules)))
            .unwrap()
    }
}

fn staff(name: &str, unit: Option<UnitId>) -> NewAccount {
    NewAccount {
        kind: AccountKind::Staff,
        name: name.to_owned(),
        unit,
        function: None,
        operation: None,
        ends: None,
    }
}

fn guest(name: &str, ends: Time) -> NewAccount {
    NewAccount {
        kind: AccountKind::Guest,
        ends: Some(ends),
        ..staff(name, None)
    }
}

fn group(name: &str, rules: Rules) -> NewGroup {
    NewGroup {
        kind: melder_protocol::roster::GroupKind::Group,
        name: name.to_owned(),
        operation: None,
        suite: None,
        rules,
    }
}

fn code<T: std::fmt::Debug>(outcome: Outcome<T>) -> ErrorCode {
    outcome.unwrap_err().code
}
