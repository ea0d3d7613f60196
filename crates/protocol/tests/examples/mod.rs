// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! An example of every variant of every type that crosses the wire, with the CDDL rule that describes it.

mod messages;
pub mod values;

use core::fmt::Debug;

use melder_protocol::account::AccountKind;
use melder_protocol::cbor::{CborError, decode, encode};
use melder_protocol::chain::{KeyUse, LinkAction};
use melder_protocol::deletion::DeletionReason;
use melder_protocol::entry::{Body, Notice};
use melder_protocol::frame::{ClientFrame, MailboxEvent, ServerFrame, TaskKind};
use melder_protocol::linking::LinkMessage;
use melder_protocol::request::{Request, Response};
use melder_protocol::roster::{Author, Authority, GroupKind, Role};
use melder_protocol::{Cursor, ErrorCode, LogId, Suite};
use minicbor::{Decode, Encode};

/// Decodes as the example's type and encodes again.
pub type Again = fn(&[u8]) -> Result<Vec<u8>, CborError>;

#[derive(Debug)]
pub struct Example {
    /// The CDDL rule, which is named like the type.
    pub rule: &'static str,
    pub name: String,
    pub bytes: Vec<u8>,
    pub again: Again,
}

/// The names of an enum's variants. A new variant does not compile until it is listed in [`variants`], and then fails
/// the tests until it has an example.
pub trait Variants {
    const ALL: &'static [&'static str];
    fn variant(&self) -> &'static str;
}

macro_rules! variants {
    ($($type:ident { $($variant:ident),+ })+) => {$(
        impl Variants for $type {
            const ALL: &'static [&'static str] = &[$(stringify!($variant)),+];

            fn variant(&self) -> &'static str {
                match self {
                    $(Self::$variant { .. } => stringify!($variant)),+
                }
            }
        }
    )+};
}

variants! {
    AccountKind { Staff, Guest, Bot, Private }
    KeyUse { Device, Recovery }
    LinkAction { Genesis, Add, Remove }
    DeletionReason { Administrator, Expired, OperationEnded, OwnWish }
    Body { Message, Commit, Proposal, Roster, Account, Welcome, Sealed, Notice, Established }
    Notice { Ends, LeftGroup, Policy, ChainReset, Deleted }
    ClientFrame { Hello, Request, Ack }
    ServerFrame { Challenge, Ready, Response, Refused, Entries, Gap, Task, Mailbox, Goodbye, StockLow }
    TaskKind { Establish, Commit, Join }
    MailboxEvent { Joined, Message, Closed }
    LogId { Group, Inbox }
    Suite { Classical, Hybrid }
    LinkMessage { Offer, Answer, Reveal, Chain, Accept, Done, Cancel }
    Request {
        OpenInvitation, Claim, FindRecovery, ExtendChain, OpenMailbox, JoinMailbox, PutMailbox, Append, Seal, Commit,
        Establish, ChangeRoster, Follow, Unfollow, GroupState, PublishKeyPackages, Accounts, FindAccounts, Reach,
        Devices, RenameDevice, AcceptInvitation, Policy, CreateBlob, PutChunk, BlobState, GetChunk, DeleteBlob,
        DeleteAccount, Push, Subscribe, TestPush, SetPushRules,
        OnDuty
    }
    Response {
        Done, Offer, Claimed, Recovery, Mailbox, Appended, Following, GroupState, Stock, Accounts, Directory, Reach,
        Devices, Policy, Blob, Chunk, Push, OnDuty
    }
    GroupKind { Direct, Group, Channel, Own }
    Authority { Managed, Private }
    Role { Member, Publisher, Manage }
    Author { Organisation, Device }
}

impl Variants for ErrorCode {
    // The enum may grow for others; it lists itself.
    const ALL: &'static [&'static str] = &[];

    fn variant(&self) -> &'static str {
        self.code()
    }
}

#[derive(Default)]
pub struct Examples(pub Vec<Example>);

impl Examples {
    fn add<T>(&mut self, rule: &'static str, name: &str, value: &T)
    where
        T: Encode<()> + for<'b> Decode<'b, ()> + PartialEq + Debug,
    {
        let bytes = encode(value);
        assert_eq!(
            decode::<T>(&bytes).as_ref(),
            Ok(value),
            "{rule}: decoding gives back what was encoded"
        );
        self.0.push(Example {
            rule,
            name: name.to_owned(),
            bytes,
            again: |bytes| decode::<T>(bytes).map(|value| encode(&value)),
        });
    }

    fn several<T>(&mut self, rule: &'static str, values: &[T])
    where
        T: Encode<()> + for<'b> Decode<'b, ()> + PartialEq + Debug,
    {
        for (number, value) in values.iter().enumerate() {
            self.add(rule, &format!("{number}"), value);
        }
    }

    /// Of an enum: all variants must be there.
    fn each<T>(&mut self, rule: &'static str, values: &[T])
    where
        T: Variants + Encode<()> + for<'b> Decode<'b, ()> + PartialEq + Debug,
    {
        for value in values {
            self.add(rule, value.variant(), value);
        }
        for variant in T::ALL {
            assert!(
                values.iter().any(|value| value.variant() == *variant),
                "no example of {rule} {variant}"
            );
        }
    }
}

/// All of them.
pub fn all() -> Vec<Example> {
    let mut all = Examples::default();
    ids(&mut all);
    statements(&mut all);
    messages::add(&mut all);
    all.0
}

fn ids(all: &mut Examples) {
    use values::{ACCOUNT, GROUP_LOG, HASH, INBOX, KEY, MEMBER, NONCE, SIGNATURE, TIME};
    all.add("id", "account", &ACCOUNT);
    all.add("hash", "", &HASH);
    all.add("public-key", "", &KEY);
    all.add("signature", "", &SIGNATURE);
    all.add("nonce", "", &NONCE);
    all.add("time", "", &TIME);
    all.add("member", "", &MEMBER);
    all.each("log-id", &[GROUP_LOG, INBOX]);
    all.add(
        "cursor",
        "",
        &Cursor {
            log: GROUP_LOG,
            sequence: melder_protocol::Sequence(300),
        },
    );
    all.each("suite", &Suite::ALL);
    all.each(
        "account-kind",
        &[
            AccountKind::Staff,
            AccountKind::Guest,
            AccountKind::Bot,
            AccountKind::Private,
        ],
    );
    all.each("key-use", &[KeyUse::Device, KeyUse::Recovery]);
    all.each(
        "group-kind",
        &[GroupKind::Direct, GroupKind::Group, GroupKind::Channel, GroupKind::Own],
    );
    all.each("authority", &[Authority::Managed, Authority::Private]);
    all.each("role", &[Role::Member, Role::Publisher, Role::Manage]);
    all.each("error-code", ErrorCode::ALL);
    all.several("refusal", &values::refusals());
}

fn statements(all: &mut Examples) {
    let reasons = [
        DeletionReason::Administrator,
        DeletionReason::Expired,
        DeletionReason::OperationEnded,
        DeletionReason::OwnWish,
    ];
    let kinds = [AccountKind::Staff, AccountKind::Guest];
    all.each("deletion-reason", &reasons);
    all.each("link-action", &values::actions());
    let bodies: Vec<_> = values::actions().into_iter().map(values::body).collect();
    all.several("link-body", &bodies);
    all.several("link", &values::links());
    all.several("badge", &kinds.map(values::badge));
    all.several("signed-badge", &kinds.map(|kind| values::signed(&values::badge(kind))));
    all.several("deletion-record", &reasons.map(values::deletion));
    all.several(
        "signed-deletion-record",
        &reasons.map(|reason| values::signed(&values::deletion(reason))),
    );
    all.add("device-removal", "", &values::removal());
    all.add("signed-device-removal", "", &values::signed(&values::removal()));
    all.several("policy", &values::policies());
    all.several(
        "signed-policy",
        &values::policies().iter().map(values::signed).collect::<Vec<_>>(),
    );
    all.several("group-terms", &values::all_terms());
    all.each("author", &values::authors());
    all.several("roster-change", &values::changes());
    all.several(
        "signed-roster-change",
        &values::changes().iter().map(values::signed).collect::<Vec<_>>(),
    );
    all.several("roster-member", &values::changes()[0].set);
    all.add("roster-stamp", "", &values::stamp());
    all.several("account-record", &values::records());
    all.add("organisation-info", "", &values::organisation());
    all.add("invitation-token", "", &values::token());
}
