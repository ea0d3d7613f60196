// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Frames, requests, answers, entries, and the messages between two devices that link.

use melder_protocol::cbor::{Bytes, encode};
use melder_protocol::chain::{KeyUse, LinkAction};
use melder_protocol::deletion::DeletionReason;
use melder_protocol::entry::{Body, Entry, Notice, WelcomeEntry};
use melder_protocol::frame::{ClientFrame, MailboxEvent, ServerFrame, Task, TaskKind};
use melder_protocol::linking::LinkMessage;
use melder_protocol::push::{PushRules, Ring};
use melder_protocol::request::{Request, Response};
use melder_protocol::{Counter, Cursor, Epoch, ErrorCode, Refusal, RequestId, Sequence};

use super::Examples;
use super::values::{
    ACCOUNT, BLOB, DEVICE, GROUP, GROUP_LOG, HASH, INBOX, KEY, MEMBER, NONCE, OTHER, SECRET, SIGNATURE, TIME, blob,
    body, bytes, changes, deletion, devices, directory, heads, hello, links, offers, organisation, policies,
    push_rules, push_states, push_subscription, ready, records, rings, signed, states, stock,
};

pub(super) fn add(all: &mut Examples) {
    all.each("request", &requests());
    all.each("response", &responses());
    all.each("notice", &notices());
    all.each("entry-body", &bodies());
    all.several("entry", &entries());
    all.each("link-message", &link_messages());
    all.each("task-kind", &task_kinds());
    all.each("mailbox-event", &mailbox_events());
    all.several("invitation-offer", &offers());
    all.several("group-head", &heads());
    all.several("group-state", &states());
    all.several(
        "mls-state",
        &states().into_iter().filter_map(|state| state.mls).collect::<Vec<_>>(),
    );
    all.several("directory-entry", &directory());
    all.several("device-info", &devices());
    all.several("stock", &stock());
    all.add("hello", "", &hello());
    all.add("ready", "", &ready());
    all.add("log-counter", "", &(GROUP_LOG, Counter(7)));
    all.add("blob-state", "", &blob());
    all.add("welcome", "", &welcome());
    all.several("task", &tasks());
    all.several("ring", &rings());
    all.several("push-rules", &[push_rules(), PushRules::default()]);
    all.several("push-state", &push_states());
    all.several("quiet-hours", &push_rules().quiet.into_iter().collect::<Vec<_>>());
    all.add("push-subscription", "", &push_subscription());
    all.add("duty", "", &push_rules().duty);
    all.each("client-frame", &client_frames());
    all.each("server-frame", &server_frames());
}

fn requests() -> Vec<Request> {
    let [genesis, add, ..] = &links()[..] else {
        return Vec::new();
    };
    let roster = changes();
    vec![
        Request::OpenInvitation(SECRET),
        Request::Claim {
            secret: SECRET,
            genesis: genesis.clone(),
            device_name: "Diensthandy".to_owned(),
            name: Some("Ben".to_owned()),
        },
        Request::Claim {
            secret: SECRET,
            genesis: genesis.clone(),
            device_name: "Diensthandy".to_owned(),
            name: None,
        },
        Request::FindRecovery {
            key: KEY,
            signature: SIGNATURE,
        },
        Request::ExtendChain {
            link: add.clone(),
            device_name: Some("Tablet".to_owned()),
        },
        Request::ExtendChain {
            link: add.clone(),
            device_name: None,
        },
        Request::OpenMailbox,
        Request::JoinMailbox("ABCD2345".to_owned()),
        Request::PutMailbox(bytes("a link message")),
        Request::Append {
            group: GROUP,
            counter: Counter(8),
            bytes: bytes("private message"),
            ring: Ring::Message,
        },
        Request::Seal {
            account: OTHER,
            counter: Counter(1),
            bytes: bytes("sealed"),
        },
        Request::Commit {
            group: GROUP,
            commit: bytes("public message"),
            welcome: Some(bytes("welcome")),
            group_info: bytes("group info"),
        },
        Request::Commit {
            group: GROUP,
            commit: bytes("public message"),
            welcome: None,
            group_info: bytes("group info"),
        },
        Request::Establish {
            group: GROUP,
            genesis: Some(signed(&roster[0])),
            group_info: bytes("group info"),
            tree: bytes("tree"),
        },
        Request::Establish {
            group: GROUP,
            genesis: None,
            group_info: bytes("group info"),
            tree: bytes("tree"),
        },
        Request::ChangeRoster(signed(&roster[1])),
        Request::Follow(Cursor {
            log: GROUP_LOG,
            sequence: Sequence(300),
        }),
        Request::Unfollow(GROUP_LOG),
        Request::GroupState {
            group: GROUP,
            epoch: Some(Epoch(3)),
        },
        Request::GroupState {
            group: GROUP,
            epoch: None,
        },
        Request::PublishKeyPackages {
            packages: vec![bytes("one"), bytes("two")],
            last_resort: vec![bytes("last")],
        },
        Request::Accounts(vec![ACCOUNT, OTHER]),
        Request::FindAccounts {
            query: "kön".to_owned(),
            after: Some(ACCOUNT),
        },
        Request::FindAccounts {
            query: String::new(),
            after: None,
        },
        Request::Reach {
            group: GROUP,
            sequence: Sequence(300),
        },
        Request::Devices,
        Request::RenameDevice {
            device: DEVICE,
            name: "Altes Handy".to_owned(),
        },
        Request::AcceptInvitation(SECRET),
        Request::Policy,
        Request::CreateBlob {
            blob: BLOB,
            group: GROUP,
            chunks: 3,
        },
        Request::PutChunk {
            blob: BLOB,
            index: 1,
            bytes: bytes("a sealed chunk"),
        },
        Request::BlobState(BLOB),
        Request::GetChunk { blob: BLOB, index: 0 },
        Request::DeleteBlob(BLOB),
        Request::DeleteAccount,
        Request::Push,
        Request::Subscribe(Some(push_subscription())),
        Request::Subscribe(None),
        Request::TestPush,
        Request::SetPushRules(push_rules()),
        Request::SetPushRules(PushRules::default()),
        Request::OnDuty(GROUP),
    ]
}

fn responses() -> Vec<Response> {
    let [known, empty] = &records()[..] else {
        return Vec::new();
    };
    let mut responses = vec![
        Response::Done,
        Response::Claimed { record: known.clone() },
        Response::Recovery {
            organisation: organisation(),
            record: known.clone(),
        },
        Response::Mailbox {
            code: "ABCD2345".to_owned(),
            expires: TIME,
        },
        Response::Appended {
            sequence: Sequence(301),
            time: TIME,
        },
        Response::Following { head: Sequence(301) },
        Response::Stock(stock()),
        Response::Accounts(vec![known.clone(), empty.clone()]),
        Response::Directory(directory()),
        Response::Reach {
            reached: vec![ACCOUNT],
            missing: vec![OTHER],
        },
        Response::Devices(devices()),
        Response::Policy(signed(&policies()[0])),
        Response::Blob(blob()),
        Response::Chunk {
            index: 0,
            bytes: bytes("a sealed chunk"),
        },
        Response::OnDuty(Some(23)),
        Response::OnDuty(None),
    ];
    responses.extend(push_states().into_iter().map(Response::Push));
    responses.extend(offers().into_iter().map(Response::Offer));
    responses.extend(states().into_iter().map(Response::GroupState));
    responses
}

fn notices() -> Vec<Notice> {
    vec![
        Notice::Ends(TIME),
        Notice::LeftGroup(GROUP),
        Notice::Policy(signed(&policies()[1])),
        Notice::ChainReset(TIME),
        Notice::Deleted(signed(&deletion(DeletionReason::Expired))),
    ]
}

fn welcome() -> WelcomeEntry {
    WelcomeEntry {
        group: GROUP,
        epoch: Epoch(4),
        sequence: Sequence(302),
        device: DEVICE,
        bytes: bytes("welcome"),
    }
}

fn bodies() -> Vec<Body> {
    let mut bodies = vec![
        Body::Message {
            counter: Counter(8),
            bytes: bytes("private message"),
        },
        Body::Commit {
            epoch: Epoch(3),
            bytes: bytes("public message"),
        },
        Body::Proposal {
            epoch: Epoch(3),
            bytes: bytes("public message"),
        },
        Body::Welcome(welcome()),
        Body::Sealed {
            counter: Counter(1),
            bytes: bytes("sealed"),
        },
        Body::Established,
    ];
    bodies.extend(changes().iter().map(|change| Body::Roster { change: signed(change) }));
    bodies.extend(records().into_iter().map(|record| Body::Account { record }));
    bodies.extend(notices().into_iter().map(Body::Notice));
    bodies
}

fn entries() -> Vec<Entry> {
    let entry = |sender, body| Entry {
        sequence: Sequence(301),
        time: TIME,
        sender,
        body,
    };
    bodies()
        .into_iter()
        .map(|body| match body {
            Body::Message { .. } | Body::Commit { .. } | Body::Sealed { .. } | Body::Established => {
                entry(Some(MEMBER), body)
            }
            _ => entry(None, body),
        })
        .collect()
}

fn link_messages() -> Vec<LinkMessage> {
    vec![
        LinkMessage::Offer {
            key: KEY,
            commitment: HASH,
            name: "Tablet".to_owned(),
        },
        LinkMessage::Answer {
            account: ACCOUNT,
            key: KEY,
            nonce: NONCE,
            organisation: organisation(),
        },
        LinkMessage::Reveal { nonce: NONCE },
        LinkMessage::Chain {
            links: links(),
            add: Bytes(encode(&body(LinkAction::Add(KEY, KeyUse::Device)))),
        },
        LinkMessage::Accept { signature: SIGNATURE },
        LinkMessage::Done,
        LinkMessage::Cancel,
    ]
}

fn task_kinds() -> Vec<TaskKind> {
    vec![
        TaskKind::Establish,
        TaskKind::Commit {
            epoch: Epoch(3),
            through: Sequence(300),
        },
        TaskKind::Join,
    ]
}

fn tasks() -> Vec<Task> {
    let task = |kind| Task {
        group: GROUP,
        kind,
        lease_ms: melder_protocol::limits::LEASE_MS,
    };
    task_kinds().into_iter().map(task).collect()
}

fn mailbox_events() -> Vec<MailboxEvent> {
    vec![
        MailboxEvent::Joined,
        MailboxEvent::Message(bytes("a link message")),
        MailboxEvent::Closed,
    ]
}

fn client_frames() -> Vec<ClientFrame> {
    let mut frames = vec![
        ClientFrame::Hello(hello()),
        ClientFrame::Ack(vec![
            Cursor {
                log: GROUP_LOG,
                sequence: Sequence(301),
            },
            Cursor {
                log: INBOX,
                sequence: Sequence(12),
            },
        ]),
    ];
    // The others are examples of their own.
    let few = [
        Request::Devices,
        Request::Follow(Cursor {
            log: GROUP_LOG,
            sequence: Sequence(300),
        }),
    ];
    frames.extend(few.map(|request| ClientFrame::Request {
        id: RequestId(1),
        request,
    }));
    frames
}

fn server_frames() -> Vec<ServerFrame> {
    let mut frames = vec![
        ServerFrame::Challenge {
            nonce: NONCE,
            time: TIME,
            min_version: 1,
            max_version: 1,
        },
        ServerFrame::Ready(ready()),
        ServerFrame::Entries {
            log: GROUP_LOG,
            entries: entries(),
        },
        ServerFrame::Entries {
            log: INBOX,
            entries: Vec::new(),
        },
        ServerFrame::Gap {
            log: GROUP_LOG,
            through: Sequence(250),
        },
        ServerFrame::Goodbye {
            code: ErrorCode::AccountDeleted,
            record: Some(signed(&deletion(DeletionReason::Administrator))),
            removal: None,
        },
        ServerFrame::Goodbye {
            code: ErrorCode::ShuttingDown,
            record: None,
            removal: None,
        },
        ServerFrame::Goodbye {
            code: ErrorCode::DeviceRemoved,
            record: None,
            removal: Some(signed(&super::values::removal())),
        },
        ServerFrame::StockLow(stock()),
    ];
    frames.extend(tasks().into_iter().map(ServerFrame::Task));
    frames.extend(mailbox_events().into_iter().map(ServerFrame::Mailbox));
    // The others are examples of their own.
    let response = Response::Appended {
        sequence: Sequence(301),
        time: TIME,
    };
    frames.push(ServerFrame::Response {
        id: RequestId(1),
        response,
    });
    let refusal = Refusal::wrong_epoch(Epoch(3), Sequence(290));
    frames.push(ServerFrame::Refused {
        id: RequestId(1),
        refusal,
    });
    frames
}
