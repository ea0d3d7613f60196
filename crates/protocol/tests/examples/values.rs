// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The parts that the examples are made of. Signatures are bytes here; real ones are in `melder-mls`.

use melder_protocol::account::{AccountKind, AccountRecord, Badge, DeviceInfo, DirectoryEntry, OrganisationInfo};
use melder_protocol::blob::BlobState;
use melder_protocol::cbor::{Bytes, encode};
use melder_protocol::chain::{KeyUse, Link, LinkAction, LinkBody};
use melder_protocol::deletion::{DeletionReason, DeletionRecord, DeviceRemoval};
use melder_protocol::frame::{GroupHead, Hello, Ready};
use melder_protocol::invitation::{InvitationOffer, InvitationToken};
use melder_protocol::policy::Policy;
use melder_protocol::push::{Duty, OffsetChange, PushRules, PushState, PushSubscription, QuietHours, Ring};
use melder_protocol::request::{GroupState, MlsState, Stock};
use melder_protocol::roster::{
    Author, Authority, GroupKind, GroupTerms, Role, RosterChange, RosterMember, RosterStamp,
};
use melder_protocol::signed::{Signed, Statement};
use melder_protocol::{
    AccountId, BlobId, Counter, DeviceId, Epoch, ErrorCode, GroupId, Hash, Index, InvitationSecret, LogId, Member,
    Nonce, OrganisationId, PublicKey, Refusal, Sequence, Signature, Suite, Time,
};

pub const ORGANISATION: OrganisationId = OrganisationId::from_bytes([0x0a; 16]);
pub const ACCOUNT: AccountId = AccountId::from_bytes([0xac; 16]);
pub const OTHER: AccountId = AccountId::from_bytes([0xad; 16]);
pub const DEVICE: DeviceId = DeviceId::from_bytes([0xde; 16]);
pub const GROUP: GroupId = GroupId::from_bytes([0x60; 16]);
pub const BLOB: BlobId = BlobId::from_bytes([0xb1; 16]);
pub const KEY: PublicKey = PublicKey::from_bytes([0x4b; 32]);
pub const HASH: Hash = Hash::from_bytes([0x4a; 32]);
pub const NO_HASH: Hash = Hash::from_bytes([0; 32]);
pub const NONCE: Nonce = Nonce::from_bytes([0x4e; 32]);
pub const SIGNATURE: Signature = Signature::from_bytes([0x51; 64]);
pub const SECRET: InvitationSecret = InvitationSecret::from_bytes([0x5e; 16]);
pub const MEMBER: Member = Member {
    account: ACCOUNT,
    device: DEVICE,
};
/// 2026-03-08T06:00:00Z
pub const TIME: Time = Time(1_772_949_600_000);
pub const GROUP_LOG: LogId = LogId::Group(GROUP);
pub const INBOX: LogId = LogId::Inbox(ACCOUNT);

pub fn bytes(text: &str) -> Bytes {
    Bytes(text.as_bytes().to_vec())
}

pub fn signed<T: Statement>(statement: &T) -> Signed<T> {
    Signed::from_parts(encode(statement), KEY, SIGNATURE)
}

pub fn actions() -> Vec<LinkAction> {
    vec![
        LinkAction::Genesis(KEY),
        LinkAction::Add(KEY, KeyUse::Device),
        LinkAction::Add(KEY, KeyUse::Recovery),
        LinkAction::Remove(DEVICE),
    ]
}

pub fn body(action: LinkAction) -> LinkBody {
    let genesis = matches!(action, LinkAction::Genesis(_));
    LinkBody {
        account: ACCOUNT,
        index: Index(u32::from(!genesis)),
        previous: if genesis { NO_HASH } else { HASH },
        action,
        signer: DEVICE,
        time: TIME,
    }
}

pub fn links() -> Vec<Link> {
    actions()
        .into_iter()
        .map(|action| Link {
            accept: matches!(action, LinkAction::Add(..)).then_some(SIGNATURE),
            body: Bytes(encode(&body(action))),
            signature: SIGNATURE,
        })
        .collect()
}

pub fn badge(kind: AccountKind) -> Badge {
    let guest = kind == AccountKind::Guest;
    Badge {
        account: ACCOUNT,
        organisation: ORGANISATION,
        genesis: HASH,
        name: "Ada König".to_owned(),
        unit: vec!["Ordnungsamt".to_owned(), "Außendienst".to_owned()],
        function: (!guest).then(|| "Streife".to_owned()),
        kind,
        issued: TIME,
        expires: TIME.plus(90 * Time::DAY),
        organisation_name: "Musterstadt".to_owned(),
        ends: guest.then(|| TIME.plus(Time::DAY)),
    }
}

pub fn records() -> Vec<AccountRecord> {
    vec![
        AccountRecord {
            account: ACCOUNT,
            organisation: ORGANISATION,
            chain: links(),
            badge: Some(signed(&badge(AccountKind::Staff))),
        },
        AccountRecord {
            account: OTHER,
            organisation: ORGANISATION,
            chain: Vec::new(),
            badge: None,
        },
    ]
}

pub fn organisation() -> OrganisationInfo {
    OrganisationInfo {
        id: ORGANISATION,
        name: "Musterstadt".to_owned(),
        key: KEY,
    }
}

pub fn directory() -> Vec<DirectoryEntry> {
    vec![
        DirectoryEntry {
            account: ACCOUNT,
            name: "Ada König".to_owned(),
            unit: vec!["Ordnungsamt".to_owned()],
            function: Some("Streife".to_owned()),
            kind: AccountKind::Staff,
            joined: true,
        },
        DirectoryEntry {
            account: OTHER,
            name: "Ben".to_owned(),
            unit: Vec::new(),
            function: None,
            kind: AccountKind::Guest,
            joined: false,
        },
    ]
}

pub fn devices() -> Vec<DeviceInfo> {
    vec![
        DeviceInfo {
            device: DEVICE,
            name: "Diensthandy".to_owned(),
            added: TIME,
            last_used: Some(TIME),
        },
        DeviceInfo {
            device: DEVICE,
            name: String::new(),
            added: TIME,
            last_used: None,
        },
    ]
}

pub fn blob() -> BlobState {
    BlobState {
        blob: BLOB,
        group: GROUP,
        chunks: 3,
        stored: 1,
    }
}

pub fn deletion(reason: DeletionReason) -> DeletionRecord {
    DeletionRecord {
        organisation: ORGANISATION,
        account: ACCOUNT,
        time: TIME,
        reason,
        devices: 2,
        key_packages: 80,
        inbox_entries: 17,
        groups: vec![GROUP],
        blobs: 1,
        blob_bytes: 65_552,
        invitations: 0,
        profile: true,
    }
}

pub fn removal() -> DeviceRemoval {
    DeviceRemoval {
        organisation: ORGANISATION,
        account: ACCOUNT,
        device: DEVICE,
        time: TIME,
        wipe: true,
    }
}

pub fn policies() -> Vec<Policy> {
    let standard = Policy::standard(ORGANISATION);
    let strict = Policy {
        device_retention_days: Some(180),
        version: 2,
        lock_after_minutes: Some(15),
        wipe_after: Some(10),
        quiet_alarms: true,
        minimum_app: Some("1.2.0".to_owned()),
        ..standard.clone()
    };
    vec![standard, strict]
}

pub fn terms(kind: GroupKind, authority: Authority, suite: Suite) -> GroupTerms {
    GroupTerms {
        kind,
        authority,
        organisation: ORGANISATION,
        organisation_key: KEY,
        suite,
    }
}

pub fn all_terms() -> Vec<GroupTerms> {
    vec![
        terms(GroupKind::Direct, Authority::Private, Suite::Hybrid),
        terms(GroupKind::Group, Authority::Managed, Suite::Hybrid),
        terms(GroupKind::Channel, Authority::Managed, Suite::Classical),
        terms(GroupKind::Own, Authority::Private, Suite::Hybrid),
    ]
}

pub fn authors() -> Vec<Author> {
    vec![Author::Organisation, Author::Device(MEMBER)]
}

pub fn changes() -> Vec<RosterChange> {
    vec![
        RosterChange {
            group: GROUP,
            index: Index(0),
            previous: NO_HASH,
            terms: Some(terms(GroupKind::Group, Authority::Managed, Suite::Hybrid)),
            set: [Role::Member, Role::Publisher, Role::Manage]
                .into_iter()
                .map(|role| RosterMember { account: ACCOUNT, role })
                .collect(),
            unset: Vec::new(),
            name: Some("Außendienst Süd".to_owned()),
            author: Author::Organisation,
            time: TIME,
            closed: false,
        },
        RosterChange {
            group: GROUP,
            index: Index(1),
            previous: HASH,
            terms: None,
            set: Vec::new(),
            unset: vec![ACCOUNT],
            name: None,
            author: Author::Device(MEMBER),
            time: TIME,
            closed: false,
        },
    ]
}

pub fn stamp() -> RosterStamp {
    RosterStamp {
        index: Index(1),
        hash: HASH,
    }
}

pub fn offers() -> Vec<InvitationOffer> {
    vec![
        InvitationOffer {
            organisation: organisation(),
            account: ACCOUNT,
            name: Some("Ada König".to_owned()),
            kind: AccountKind::Staff,
            ends: None,
            for_existing: false,
        },
        InvitationOffer {
            organisation: organisation(),
            account: OTHER,
            name: None,
            kind: AccountKind::Guest,
            ends: Some(TIME),
            for_existing: true,
        },
    ]
}

pub fn token() -> InvitationToken {
    InvitationToken {
        organisation: HASH,
        secret: SECRET,
    }
}

pub fn hello() -> Hello {
    Hello {
        version: 1,
        account: ACCOUNT,
        device: DEVICE,
        signature: SIGNATURE,
        software: "melder 0.1.0".to_owned(),
    }
}

pub fn stock() -> Vec<Stock> {
    vec![
        Stock {
            suite: Suite::Hybrid,
            count: 20,
            last_resort: true,
        },
        Stock {
            suite: Suite::Classical,
            count: 0,
            last_resort: false,
        },
    ]
}

pub fn heads() -> Vec<GroupHead> {
    vec![
        GroupHead {
            group: GROUP,
            kind: GroupKind::Group,
            epoch: Some(Epoch(3)),
            head: Sequence(300),
            leaf: true,
        },
        GroupHead {
            group: GROUP,
            kind: GroupKind::Channel,
            epoch: None,
            head: Sequence(2),
            leaf: false,
        },
    ]
}

pub fn ready() -> Ready {
    Ready {
        time: TIME,
        stock: stock(),
        groups: heads(),
        inbox: Sequence(12),
        policy_version: 1,
        counters: vec![(GROUP_LOG, Counter(7)), (INBOX, Counter(1))],
        removals: vec![signed(&removal())],
    }
}

pub fn states() -> Vec<GroupState> {
    let current = MlsState {
        epoch: Epoch(3),
        sequence: Sequence(290),
        group_info: bytes("group info"),
        tree: bytes("tree"),
    };
    let past = MlsState {
        group_info: Bytes::default(),
        ..current.clone()
    };
    let state = |mls| GroupState {
        mls,
        roster: changes().iter().map(signed).collect(),
        accounts: records(),
        head: Sequence(300),
    };
    vec![state(Some(current)), state(Some(past)), state(None)]
}

/// A refusal of each code, and one with all that a refusal can say.
pub fn refusals() -> Vec<Refusal> {
    let full = Refusal {
        code: ErrorCode::WrongEpoch,
        epoch: Some(Epoch(3)),
        sequence: Some(Sequence(290)),
        counter: Some(Counter(8)),
        index: Some(Index(2)),
        group: Some(GROUP),
        hint: Some("for developers".to_owned()),
    };
    let hinted = Refusal::new(ErrorCode::InvalidLink).hint("a signature does not fit");
    let each = ErrorCode::ALL.iter().map(|code| Refusal::new(*code));
    each.chain([Refusal::wrong_epoch(Epoch(3), Sequence(290)), hinted, full])
        .collect()
}

pub fn push_subscription() -> PushSubscription {
    PushSubscription {
        endpoint: "https://push.example/send/abc".to_owned(),
        ticket: HASH,
    }
}

pub fn push_rules() -> PushRules {
    PushRules {
        duty: Duty::Off,
        quiet: Some(QuietHours {
            from: 20 * 60,
            to: 6 * 60,
            days: 0b001_1111,
            offset: 120,
            change: Some(OffsetChange { at: TIME, offset: 60 }),
        }),
    }
}

pub fn push_states() -> Vec<PushState> {
    vec![
        PushState {
            server_key: Some(bytes("a point of P-256")),
            subscribed: true,
            rules: push_rules(),
        },
        PushState {
            server_key: None,
            subscribed: false,
            rules: PushRules {
                duty: Duty::On,
                quiet: None,
            },
        },
    ]
}

pub fn rings() -> Vec<Ring> {
    vec![Ring::Silent, Ring::Message, Ring::Alarm, Ring::AlarmOnDuty]
}
