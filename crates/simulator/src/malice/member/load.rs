// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Too much of everything: limits hold, and honest people are served.

use melder_engine::Action;
use melder_protocol::cbor::Bytes;
use melder_protocol::frame::ClientFrame;
use melder_protocol::request::Request;
use melder_protocol::roster::{Author, Role, RosterChange};
use melder_protocol::{BlobId, Counter, Cursor, ErrorCode, GroupId, Index, LogId, RequestId, Sequence, Suite};

use super::super::rogue::Rogue;
use super::super::town::Town;
use super::super::{Checked, ensure};
use super::{honest_member, honest_members};

/// The server starts anew, with the limits that it has in the city. What the rogue floods it with, it does not carry.
fn with_limits(town: &mut Town, rogue: &mut Rogue) -> Checked {
    for no in town.world.devices() {
        town.world.cut(no);
    }
    let folder = town.world.server_folder();
    if let Some(server) = town.world.server.take() {
        town.world.server = Some(server.limited(&folder));
    }
    for no in town.world.devices() {
        if !town.hostile.contains(&no) {
            town.world.connect(no);
        }
    }
    town.world.rest();
    rogue.reconnect(town)
}

/// Everybody else writes and reads while it goes on.
fn others_are_served(town: &mut Town, group: GroupId) -> Checked {
    for author in honest_members(town, group) {
        let (text, _) = town.write(author, group)?;
        let devices: Vec<_> = honest_members(town, group).iter().map(|member| member.device).collect();
        town.must_have(&devices, group, &text)?;
    }
    Ok(())
}

pub(super) fn lying_acks(town: &mut Town, rogue: &mut Rogue, group: GroupId) -> Checked {
    let own = LogId::Inbox(rogue.member.account);
    let others = LogId::Inbox(honest_member(town, group).id);
    let far = [Sequence(u64::MAX), Sequence(1 << 63), Sequence(1_000_000), Sequence(0)];
    rogue.follow(town, group)?;
    for log in [LogId::Group(group), own, others] {
        for sequence in far {
            rogue.send(town, &ClientFrame::Ack(vec![Cursor { log, sequence }; 100]));
            rogue.hear(town);
        }
    }
    // Somebody who is away still gets everything.
    let away = honest_members(town, group)[0];
    town.world.cut(away.device);
    let author = honest_members(town, group)[1];
    let (text, _) = town.write(author, group)?;
    town.pass(4, 1_000);
    town.world.connect(away.device);
    town.pass(1, 500);
    town.must_have(&[away.device], group, &text)
}

pub(super) fn flood(town: &mut Town, rogue: &mut Rogue, group: GroupId) -> Checked {
    with_limits(town, rogue)?;
    let bytes = rogue.encrypt(group, b"Flut")?;
    let first = rogue.counter(town, group);
    let mut limited = false;
    for round in 0..26_u64 {
        // A thousand at once; the counter is right only for the first, which costs the same.
        for number in 0..1_000_u64 {
            let request = Request::Append {
                group,
                counter: Counter(first.0 + number),
                bytes: Bytes(bytes.clone()),
                ring: melder_protocol::push::Ring::Message,
            };
            let id = RequestId(u32::try_from(1_000_000 + round * 1_000 + number).unwrap_or(0));
            rogue.send(town, &ClientFrame::Request { id, request });
        }
        limited |= rogue.hear(town).iter().any(|frame| {
            matches!(frame, melder_protocol::frame::ServerFrame::Refused { refusal, .. } if refusal.code == ErrorCode::RateLimited)
        });
        if limited {
            break;
        }
    }
    ensure!(limited, "a flood meets its limit");
    others_are_served(town, group)
}

pub(super) fn request_flood(town: &mut Town, rogue: &mut Rogue, group: GroupId) -> Checked {
    with_limits(town, rogue)?;
    let mut limited = false;
    for number in 0..3_000_u32 {
        let request = match number % 4 {
            0 => Request::GroupState { group, epoch: None },
            1 => Request::FindAccounts {
                query: "a".into(),
                after: None,
            },
            2 => Request::CreateBlob {
                blob: BlobId::from_bytes([u8::try_from(number % 256).unwrap_or(0); 16]),
                group,
                chunks: 1,
            },
            _ => Request::Devices,
        };
        let answer = rogue.ask(town, request)?;
        if matches!(answer, Err(refusal) if refusal.code == ErrorCode::RateLimited) {
            limited = true;
            break;
        }
    }
    ensure!(limited, "a flood meets its limit");
    others_are_served(town, group)
}

pub(super) fn key_package_flood(town: &mut Town, rogue: &mut Rogue, group: GroupId) -> Checked {
    // Not one's own, of no suite, garbage, and more than there is room for.
    let ghost = town.ghost.member;
    let foreign = town.ghost.key_package(ghost, Suite::Classical)?;
    let publish = |packages: Vec<Vec<u8>>| Request::PublishKeyPackages {
        packages: packages.into_iter().map(Bytes).collect(),
        last_resort: Vec::new(),
    };
    let bad = [ErrorCode::InvalidKeyPackage, ErrorCode::TooLarge];
    rogue.refused(town, publish(vec![foreign]), &bad)?;
    rogue.refused(town, publish(vec![vec![0x5a; 1_000]]), &bad)?;
    rogue.refused(town, publish(vec![vec![0x5a; 20_000]]), &bad)?;
    let mut full = false;
    for _ in 0..120 {
        let package = rogue.key_package(Suite::Classical)?;
        match rogue.ask(town, publish(vec![package]))? {
            Ok(_) => {}
            Err(refusal) if refusal.code == ErrorCode::StockFull => {
                full = true;
                break;
            }
            Err(refusal) => return Err(format!("one's own key packages are taken: {refusal}")),
        }
    }
    ensure!(full, "a stock has its limit");
    others_are_served(town, group)
}

pub(super) fn seal_flood(town: &mut Town, rogue: &mut Rogue, group: GroupId) -> Checked {
    let victim = honest_member(town, group);
    let log = LogId::Inbox(victim.id);
    for number in 0..60_u8 {
        let device = rogue.member.device;
        let counter = town.world.server().look(|tx| tx.counter(log, device)).next();
        let request = Request::Seal {
            account: victim.id,
            counter,
            bytes: Bytes(vec![number; 300]),
        };
        rogue.taken(town, request)?;
    }
    town.pass(1, 200);
    others_are_served(town, group)
}

pub(super) fn garbage_frames(town: &mut Town, rogue: &mut Rogue, group: GroupId) -> Checked {
    let mut nested = vec![0x82, 0x01];
    nested.extend(std::iter::repeat_n(0x81, 500_000));
    for bytes in [
        vec![],
        vec![0xff; 1_000],
        nested,
        vec![0x9f; 100_000],
        b"GET / HTTP/1.1\r\n\r\n".to_vec(),
    ] {
        rogue.send_bytes(town, bytes);
        rogue.hear(town);
        rogue.reconnect(town)?;
    }
    others_are_served(town, group)
}

/// In and out of a private group, until everybody has heard of it.
pub(super) fn join_leave_loop(town: &mut Town, rogue: &mut Rogue, _: GroupId) -> Checked {
    let group = town.private;
    let anna = town.people[0];
    for round in 0..4 {
        let stamp = rogue.stamp(town, group)?;
        let leave = RosterChange {
            group,
            index: Index(stamp.index.0 + 1),
            previous: stamp.hash,
            terms: None,
            set: Vec::new(),
            unset: vec![rogue.member.account],
            name: None,
            author: Author::Device(rogue.member),
            time: town.world.now,
            closed: false,
        };
        let leave = melder_mls::sign::sign_statement(&rogue.key, &leave);
        rogue.taken(town, Request::ChangeRoster(leave))?;
        town.pass(2, 900);
        // Who is out reads nothing of this.
        let all = town
            .members
            .insert(group, honest_members(town, group))
            .unwrap_or_default();
        let (text, _) = town.write(anna, group)?;
        town.members.insert(group, all);
        town.must_have(&[town.people[1].device], group, &text)?;
        let back = town.perform(
            anna.device,
            Action::ChangeRoster {
                group,
                set: vec![(rogue.member.account, Role::Member)],
                unset: Vec::new(),
            },
        )?;
        ensure!(
            back.is_ok(),
            "round {round}: who manages lets somebody back in: {back:?}"
        );
        town.pass(2, 900);
    }
    Ok(())
}
