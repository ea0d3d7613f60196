// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The roster, verified: who is meant to be in a group. A managed roster is the organisation's word; a private one
//! is that of its members with the role `manage`. Anybody may leave. The organisation may take accounts out of a
//! private group (deleted accounts), never put any in.

use std::collections::{BTreeMap, BTreeSet};

use melder_protocol::roster::{
    Author, Authority, GroupKind, GroupTerms, Role, RosterChange, RosterMember, RosterStamp,
};
use melder_protocol::signed::Signed;
use melder_protocol::{AccountId, GroupId, Hash, Index, Member, PublicKey, Time, limits};

use crate::sign::{self, StatementError, sha256};

/// Where the keys of devices come from: verified chains.
pub trait DeviceKeys {
    /// The key of a device that is or was in the account's chain.
    fn device_key(&self, member: Member) -> Option<PublicKey>;

    /// May this account be a deleted one, of which no chain is left, or only what was known of it long ago? Then what its
    /// devices once signed is checked with the key that the device's id is the hash of. Only for whoever reads a roster's past (a device that joins): a
    /// forgery shows at the next commit, whose stamp then differs from that of all others.
    fn may_be_gone(&self, _account: AccountId) -> bool {
        false
    }
}

/// A change that does not follow from the roster.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RosterError {
    #[error(transparent)]
    Statement(#[from] StatementError),
    #[error("the roster is empty of changes")]
    Empty,
    #[error("the change is for another group")]
    OtherGroup,
    #[error("the change has the wrong index or does not hold the hash of the one before")]
    NotNext,
    #[error("a roster starts with its genesis, and has only one")]
    Genesis,
    #[error("the author's device is unknown")]
    UnknownAuthor,
    #[error("the author may not make this change")]
    NotAllowed,
    #[error("the change names an account twice, or takes out one that is not there")]
    Contradiction,
    #[error("a direct chat has two members, an own group has one")]
    KindRule,
    #[error("the group is closed")]
    Closed,
    #[error("too many members")]
    TooMany,
}

/// A verified roster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roster {
    group: GroupId,
    terms: GroupTerms,
    genesis: Hash,
    head: Hash,
    len: u32,
    name: Option<String>,
    closed: bool,
    members: BTreeMap<AccountId, Role>,
    past: BTreeSet<AccountId>,
    dismissed: BTreeSet<AccountId>,
}

impl Roster {
    /// Verifies a roster from its genesis on.
    ///
    /// # Errors
    /// When any change does not follow from those before.
    pub fn verify(changes: &[Signed<RosterChange>], keys: &dyn DeviceKeys) -> Result<Self, RosterError> {
        let (first, rest) = changes.split_first().ok_or(RosterError::Empty)?;
        let mut roster = Self::begin(first, keys)?;
        for change in rest {
            roster.apply(change, keys)?;
        }
        Ok(roster)
    }

    /// Verifies a genesis.
    ///
    /// # Errors
    /// When it is not signed by whom its terms say, or contradicts itself.
    pub fn begin(signed: &Signed<RosterChange>, keys: &dyn DeviceKeys) -> Result<Self, RosterError> {
        let change = signed.peek().map_err(StatementError::from)?;
        let terms = change.terms.clone().ok_or(RosterError::Genesis)?;
        if change.index != Index(0) || change.previous != Hash::from_bytes([0; 32]) || !change.unset.is_empty() {
            return Err(RosterError::NotNext);
        }
        match (terms.authority, change.author) {
            (Authority::Managed, Author::Organisation) => {
                sign::verify_statement(signed, &terms.organisation_key)?;
            }
            (Authority::Private, Author::Device(author)) => {
                verify_device(signed, author, keys)?;
                if !change
                    .set
                    .iter()
                    .any(|member| member.account == author.account && member.role == Role::Manage)
                {
                    return Err(RosterError::NotAllowed);
                }
            }
            _ => return Err(RosterError::NotAllowed),
        }
        let hash = sha256(signed.payload.as_slice());
        let mut roster = Self {
            group: change.group,
            terms,
            genesis: hash,
            head: hash,
            len: 1,
            name: change.name.clone(),
            closed: change.closed,
            members: BTreeMap::new(),
            past: BTreeSet::new(),
            dismissed: BTreeSet::new(),
        };
        roster.members = roster.changed(&change)?;
        Ok(roster)
    }

    /// Verifies one more change and takes it; the roster is unchanged when it is refused.
    ///
    /// # Errors
    /// When the change does not follow or its author may not make it.
    pub fn apply(&mut self, signed: &Signed<RosterChange>, keys: &dyn DeviceKeys) -> Result<RosterChange, RosterError> {
        let change = signed.peek().map_err(StatementError::from)?;
        if change.group != self.group {
            return Err(RosterError::OtherGroup);
        }
        if change.index != self.next_index() || change.previous != self.head {
            return Err(RosterError::NotNext);
        }
        if change.terms.is_some() {
            return Err(RosterError::Genesis);
        }
        if self.closed {
            return Err(RosterError::Closed);
        }
        self.authorise(signed, &change, keys)?;
        self.members = self.changed(&change)?;
        self.past.extend(change.unset.iter().copied());
        follow_dismissals(&mut self.dismissed, &change);
        if change.name.is_some() {
            self.name.clone_from(&change.name);
        }
        self.closed = change.closed;
        self.head = sha256(signed.payload.as_slice());
        self.len += 1;
        Ok(change)
    }

    fn authorise(
        &self,
        signed: &Signed<RosterChange>,
        change: &RosterChange,
        keys: &dyn DeviceKeys,
    ) -> Result<(), RosterError> {
        match change.author {
            Author::Organisation => {
                sign::verify_statement(signed, &self.terms.organisation_key)?;
                let only_takes_out = change.set.is_empty() && change.name.is_none();
                if self.terms.authority == Authority::Managed || only_takes_out {
                    Ok(())
                } else {
                    Err(RosterError::NotAllowed)
                }
            }
            Author::Device(author) => {
                verify_device(signed, author, keys)?;
                let leaves = change.set.is_empty()
                    && change.unset == [author.account]
                    && change.name.is_none()
                    && !change.closed;
                let manages = self.terms.authority == Authority::Private
                    && matches!(self.terms.kind, GroupKind::Group | GroupKind::Channel)
                    && self.role(author.account) == Some(Role::Manage);
                if manages || (leaves && self.terms.kind != GroupKind::Own) {
                    Ok(())
                } else {
                    Err(RosterError::NotAllowed)
                }
            }
        }
    }

    fn changed(&self, change: &RosterChange) -> Result<BTreeMap<AccountId, Role>, RosterError> {
        let mut members = self.members.clone();
        for account in &change.unset {
            members.remove(account).ok_or(RosterError::Contradiction)?;
        }
        let mut named = BTreeSet::new();
        for RosterMember { account, role } in &change.set {
            if !named.insert(account) || change.unset.contains(account) {
                return Err(RosterError::Contradiction);
            }
            members.insert(*account, *role);
        }
        if members.len() > limits::MAX_GROUP {
            return Err(RosterError::TooMany);
        }
        if self.terms.authority == Authority::Private && change.name.is_some() {
            // A private group's name is content, never the server's to read.
            return Err(RosterError::NotAllowed);
        }
        let fits = match self.terms.kind {
            GroupKind::Direct if self.len == 1 && change.terms.is_some() => members.len() == 2,
            GroupKind::Direct => change.set.is_empty(),
            GroupKind::Own => members.len() <= 1,
            GroupKind::Group | GroupKind::Channel => true,
        };
        if fits { Ok(members) } else { Err(RosterError::KindRule) }
    }

    #[must_use]
    pub const fn group(&self) -> GroupId {
        self.group
    }

    #[must_use]
    pub const fn terms(&self) -> &GroupTerms {
        &self.terms
    }

    /// The hash of the genesis: stands in the MLS group context.
    #[must_use]
    pub const fn genesis(&self) -> Hash {
        self.genesis
    }

    /// The name of a managed group.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    #[must_use]
    pub const fn closed(&self) -> bool {
        self.closed
    }

    #[must_use]
    pub fn role(&self, account: AccountId) -> Option<Role> {
        self.members.get(&account).copied()
    }

    /// May this account write messages?
    #[must_use]
    pub fn may_write(&self, account: AccountId) -> bool {
        match (self.terms.kind, self.role(account)) {
            (_, None) => false,
            (GroupKind::Channel, Some(role)) => role >= Role::Publisher,
            (_, Some(_)) => true,
        }
    }

    pub fn members(&self) -> impl Iterator<Item = (AccountId, Role)> + '_ {
        self.members.iter().map(|(account, role)| (*account, *role))
    }

    /// Number of accounts.
    #[must_use]
    pub fn count(&self) -> usize {
        self.members.len()
    }

    /// The account was taken out at some time (and may be back).
    #[must_use]
    pub fn was_out(&self, account: AccountId) -> bool {
        self.past.contains(&account)
    }

    /// The organisation took the account out, and it is not back: in a private group that means that it was deleted.
    /// What its devices were then, nobody can say any more; a chain of it that is known may lack the last of them.
    #[must_use]
    pub fn is_dismissed(&self, account: AccountId) -> bool {
        self.dismissed.contains(&account)
    }

    /// The account is or was in the roster.
    #[must_use]
    pub fn ever(&self, account: AccountId) -> bool {
        self.members.contains_key(&account) || self.past.contains(&account)
    }

    #[must_use]
    pub const fn stamp(&self) -> RosterStamp {
        RosterStamp {
            index: Index(self.len - 1),
            hash: self.head,
        }
    }

    #[must_use]
    pub const fn next_index(&self) -> Index {
        Index(self.len)
    }

    /// The next change, empty: fill it, then sign it.
    #[must_use]
    pub const fn change(&self, author: Author, time: Time) -> RosterChange {
        RosterChange {
            group: self.group,
            index: self.next_index(),
            previous: self.head,
            terms: None,
            set: Vec::new(),
            unset: Vec::new(),
            name: None,
            author,
            time,
            closed: false,
        }
    }
}

fn follow_dismissals(dismissed: &mut BTreeSet<AccountId>, change: &RosterChange) {
    if change.author == Author::Organisation {
        dismissed.extend(change.unset.iter().copied());
    }
    for member in &change.set {
        dismissed.remove(&member.account);
    }
}

/// Whom [`Roster::is_dismissed`] will name once these changes are verified: needed before, to verify what they signed.
#[must_use]
pub fn dismissed(changes: &[Signed<RosterChange>]) -> BTreeSet<AccountId> {
    let mut dismissed = BTreeSet::new();
    for change in changes.iter().filter_map(|change| change.peek().ok()) {
        follow_dismissals(&mut dismissed, &change);
    }
    dismissed
}

fn verify_device(signed: &Signed<RosterChange>, author: Member, keys: &dyn DeviceKeys) -> Result<(), RosterError> {
    let key = match keys.device_key(author) {
        Some(key) => key,
        None if keys.may_be_gone(author.account) && sign::device_id(&signed.signer) == author.device => signed.signer,
        None => return Err(RosterError::UnknownAuthor),
    };
    sign::verify_statement(signed, &key)?;
    Ok(())
}

/// A roster's genesis, to be signed.
#[must_use]
pub const fn genesis(
    group: GroupId,
    terms: GroupTerms,
    set: Vec<RosterMember>,
    name: Option<String>,
    author: Author,
    time: Time,
) -> RosterChange {
    RosterChange {
        group,
        index: Index(0),
        previous: Hash::from_bytes([0; 32]),
        terms: Some(terms),
        set,
        unset: Vec::new(),
        name,
        author,
        time,
        closed: false,
    }
}

/// The direct chat of two accounts has the same id whoever starts it.
#[must_use]
pub fn direct_group_id(a: AccountId, b: AccountId) -> GroupId {
    let (low, high) = if a <= b { (a, b) } else { (b, a) };
    let hash = sha256(&[b"Melder direct".as_slice(), low.as_bytes(), high.as_bytes()].concat());
    let mut id = [0; 16];
    id.copy_from_slice(&hash.as_bytes()[..16]);
    GroupId::from_bytes(id)
}
