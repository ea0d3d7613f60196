// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What a member says, when it is no honest message.

use melder_content::{Content, Message, MessageId, Origin, Text};
use melder_engine::api::Misbehaviour;
use melder_mls::sign;
use melder_protocol::cbor::Bytes;
use melder_protocol::request::{Request, Response};
use melder_protocol::roster::{Author, Role, RosterChange, RosterMember};
use melder_protocol::{Counter, ErrorCode, GroupId, limits};

use super::super::rogue::Rogue;
use super::super::town::{Said, Town};
use super::super::{Checked, ensure};
use super::honest_members;

fn plain(words: &str) -> Content {
    Content::Text(Text::plain(words))
}

fn encoded(rogue: &Rogue, group: GroupId, salt: u8, content: Content) -> Checked<melder_content::Encoded> {
    let origin = Origin {
        sender: rogue.member.account,
        group,
    };
    Message::new([salt; 16], content)
        .encode(&origin)
        .map_err(|error| error.to_string())
}

fn all_must_say(town: &mut Town, group: GroupId, code: Misbehaviour) -> Checked {
    town.pass(1, 200);
    for member in honest_members(town, group) {
        town.must_say(member.device, group, code)?;
    }
    Ok(())
}

/// What the rogue says rightly is read like anybody's word.
fn may_be_read(town: &mut Town, rogue: &Rogue, group: GroupId, text: &str) {
    let readers = honest_members(town, group)
        .into_iter()
        .map(|member| member.device)
        .collect();
    town.said.push(Said {
        group,
        text: text.to_owned(),
        by: rogue.member.account,
        readers,
    });
}

/// A message that looks right from outside.
pub(super) fn unreadable(town: &mut Town, rogue: &mut Rogue, group: GroupId) -> Checked {
    for number in 0..30_u8 {
        let mut bytes = rogue.encrypt(group, &[number; 50])?;
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        let answer = rogue.append(town, group, bytes)?;
        ensure!(answer.is_ok(), "the server can't know: {answer:?}");
    }
    all_must_say(town, group, Misbehaviour::Unreadable)?;
    // A flood is one line.
    for member in honest_members(town, group) {
        let lines = town.lines(member.device, group)?;
        let refused = melder_engine::api::SystemLine::Refused {
            code: Misbehaviour::Unreadable,
        };
        let count = lines.iter().filter(|line| **line == refused).count();
        ensure!(
            count <= town.report.attacks.values().sum::<u32>() as usize,
            "a flood is one line; it is {count}"
        );
    }
    Ok(())
}

/// One generation for two messages: who has read the first reads no second.
pub(super) fn same_generation(town: &mut Town, rogue: &mut Rogue, group: GroupId) -> Checked {
    let first = format!("{} erstens {}", crate::canary::MARK, town.roll(1_000_000));
    let one = encoded(rogue, group, 1, plain(&first))?.bytes;
    let two = encoded(rogue, group, 2, plain("zweitens"))?.bytes;
    may_be_read(town, rogue, group, &first);
    for bytes in rogue.encrypt_twice(group, [&one, &two])? {
        let answer = rogue.append(town, group, bytes)?;
        ensure!(answer.is_ok(), "the server can't know: {answer:?}");
    }
    all_must_say(town, group, Misbehaviour::Unreadable)
}

pub(super) fn same_message_twice(town: &mut Town, rogue: &mut Rogue, group: GroupId) -> Checked {
    let words = format!("{} noch einmal {}", crate::canary::MARK, town.roll(1_000_000));
    let content = encoded(rogue, group, 3, plain(&words))?.bytes;
    may_be_read(town, rogue, group, &words);
    for _ in 0..3 {
        rogue.say(town, group, &content)?;
    }
    town.pass(1, 200);
    Ok(())
}

pub(super) fn garbage_content(town: &mut Town, rogue: &mut Rogue, group: GroupId) -> Checked {
    for content in [&b""[..], b"hello", &[0x87; 40], &[0xff; 1_000], &[0x9f; 64]] {
        rogue.say(town, group, content)?;
    }
    all_must_say(town, group, Misbehaviour::Malformed)
}

pub(super) fn nested_content(town: &mut Town, rogue: &mut Rogue, group: GroupId) -> Checked {
    for opening in [0x81_u8, 0x9f, 0xa1, 0xbf, 0xc1, 0xd8, 0x5f] {
        let content = vec![opening; 200_000];
        rogue.say(town, group, &content)?;
    }
    // And where there is a message around it.
    let mut content = encoded(rogue, group, 4, plain("x"))?.bytes;
    content.truncate(content.len() / 2);
    content.extend(std::iter::repeat_n(0x81, 100_000));
    rogue.say(town, group, &content)?;
    all_must_say(town, group, Misbehaviour::Malformed)
}

fn somebodys(town: &mut Town, group: GroupId) -> Checked<(MessageId, String)> {
    let author = honest_members(town, group)[0];
    let (text, id) = town.write(author, group)?;
    Ok((id, text))
}

pub(super) fn others_messages(town: &mut Town, rogue: &mut Rogue, group: GroupId) -> Checked {
    let (id, text) = somebodys(town, group)?;
    let edit = Content::Edit {
        replaces: id,
        body: Box::new(plain("gefälscht")),
    };
    let delete = Content::Delete {
        replaces: id,
        in_reply_to: None,
    };
    for (salt, content) in [(5, edit), (6, delete)] {
        let content = encoded(rogue, group, salt, content)?.bytes;
        rogue.say(town, group, &content)?;
    }
    all_must_say(town, group, Misbehaviour::ForgedSender)?;
    let devices: Vec<_> = honest_members(town, group).iter().map(|member| member.device).collect();
    town.must_have(&devices, group, &text)
}

/// Settings and requests for history are between the devices of one account.
pub(super) fn own_devices_content(town: &mut Town, rogue: &mut Rogue, group: GroupId) -> Checked {
    let victim = honest_members(town, group)[0];
    let settings = Content::Settings(melder_content::Settings {
        groups: vec![melder_content::GroupSettings {
            group,
            mute: Some(melder_content::Mute::Always),
            pinned: true,
        }],
        duty: None,
    });
    let request = Content::HistoryRequest(melder_content::HistoryRequest {
        span: melder_content::Span {
            group,
            from: melder_protocol::Sequence(1),
            to: melder_protocol::Sequence(10_000),
        },
    });
    for (salt, content) in [(7, settings), (8, request)] {
        let content = encoded(rogue, group, salt, content)?.bytes;
        rogue.say(town, group, &content)?;
    }
    town.pass(4, 40_000);
    let chat = town.world.at(victim.device).engine().chat(group);
    let chat = chat.map_err(|error| error.to_string())?.ok_or("the chat is there")?;
    ensure!(
        chat.muted_until.is_none() && !chat.pinned,
        "nobody else sets one's chats"
    );
    Ok(())
}

/// A counter that was used gets its first answer, whatever comes with it.
pub(super) fn counter_reuse(town: &mut Town, rogue: &mut Rogue, group: GroupId) -> Checked {
    let words = format!("{} einmal gezählt {}", crate::canary::MARK, town.roll(1_000_000));
    let content = encoded(rogue, group, 9, plain(&words))?.bytes;
    may_be_read(town, rogue, group, &words);
    rogue.say(town, group, &content)?;
    let used = Counter(rogue.counter(town, group).0 - 1);
    let head = |town: &mut Town| {
        town.world
            .server()
            .look(|tx| tx.head(melder_protocol::LogId::Group(group)))
    };
    let before = head(town);
    let bytes = rogue.encrypt(group, b"noch eine unter derselben Nummer")?;
    for (counter, wanted) in [
        (used, true),
        (Counter(0), false),
        (Counter(used.0 + 9), false),
        (Counter(u64::MAX), false),
    ] {
        let answer = rogue.ask(
            town,
            Request::Append {
                group,
                counter,
                bytes: Bytes(bytes.clone()),
                ring: melder_protocol::push::Ring::Message,
            },
        )?;
        let first = matches!(answer, Ok(Response::Appended { .. }));
        ensure!(first == wanted, "counter {counter}: {answer:?}");
    }
    ensure!(head(town) == before, "nothing is taken under a counter that is not due");
    Ok(())
}

pub(super) fn oversized(town: &mut Town, rogue: &mut Rogue, group: GroupId) -> Checked {
    let bytes = rogue.encrypt(group, &vec![0x61; limits::MAX_MESSAGE + 1])?;
    let answer = rogue.append(town, group, bytes)?;
    let refused = matches!(&answer, Err(refusal) if refusal.code == ErrorCode::TooLarge);
    ensure!(refused, "what is too large is refused: {answer:?}");
    // The largest that is taken is read, or refused, and hurts nobody.
    let bytes = rogue.encrypt(group, &vec![0x61; limits::MAX_MESSAGE - 1_000])?;
    let answer = rogue.append(town, group, bytes)?;
    ensure!(answer.is_ok(), "what is just not too large is taken: {answer:?}");
    all_must_say(town, group, Misbehaviour::Malformed)
}

/// A member without the right changes nobody's roster.
pub(super) fn forged_roster(town: &mut Town, rogue: &mut Rogue, group: GroupId) -> Checked {
    let other = honest_members(town, group)[0];
    let stamp = rogue.stamp(town, group)?;
    let next = RosterChange {
        group,
        index: melder_protocol::Index(stamp.index.0 + 1),
        previous: stamp.hash,
        terms: None,
        set: Vec::new(),
        unset: Vec::new(),
        name: None,
        author: Author::Device(rogue.member),
        time: town.world.now,
        closed: false,
    };
    let ghost = town.ghost.member.account;
    let promote = RosterMember {
        account: rogue.member.account,
        role: Role::Manage,
    };
    let changes = [
        RosterChange {
            unset: vec![other.id],
            ..next.clone()
        },
        RosterChange {
            set: vec![promote],
            ..next.clone()
        },
        RosterChange {
            set: vec![RosterMember {
                account: ghost,
                role: Role::Member,
            }],
            ..next.clone()
        },
        RosterChange {
            closed: true,
            ..next.clone()
        },
        RosterChange {
            author: Author::Organisation,
            unset: vec![other.id],
            ..next
        },
    ];
    for change in changes {
        let signed = sign::sign_statement(&rogue.key, &change);
        rogue.refused(
            town,
            Request::ChangeRoster(signed.clone()),
            &[ErrorCode::InvalidRosterChange, ErrorCode::UnknownAccount],
        )?;
    }
    Ok(())
}
