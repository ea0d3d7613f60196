// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Lies about a group's log: what stands in it, in which order, and from whom.

use melder_engine::api::{MessageState, Misbehaviour, SystemLine};
use melder_protocol::account::AccountRecord;
use melder_protocol::entry::Body;
use melder_protocol::frame::ServerFrame;
use melder_protocol::request::Response;
use melder_protocol::{Epoch, GroupId, LogId, Sequence};

use super::super::town::Town;
use super::super::{Checked, ensure};
use super::{any_group, author_and_victim, is_message, on_entries, once};
use crate::city::Account;

/// A lie about the next message of a chat, and the notice that it must bring.
fn about_message(
    town: &mut Town,
    code: Misbehaviour,
    change: impl FnMut(&mut melder_protocol::entry::Entry) + 'static,
) -> Checked<(GroupId, Account, String)> {
    let group = any_group(town);
    let (author, victim) = author_and_victim(town, group);
    town.scheme(once(victim.device, group, is_message, change));
    let (text, _) = town.write(author, group)?;
    town.must_say(victim.device, group, code)?;
    Ok((group, victim, text))
}

pub(super) fn replay(town: &mut Town) -> Checked {
    town.scheme(|_, frame| match frame {
        ServerFrame::Entries { .. } => vec![frame.clone(), frame],
        frame => vec![frame],
    });
    town.chatter(4)?;
    // Old frames come back much later, too.
    let old: Vec<ServerFrame> = town
        .wire
        .borrow()
        .recorded
        .iter()
        .filter(|frame| {
            matches!(
                frame,
                ServerFrame::Entries {
                    log: LogId::Group(_),
                    ..
                }
            )
        })
        .take(20)
        .cloned()
        .collect();
    let (_, victim) = author_and_victim(town, town.managed);
    for frame in &old {
        town.push(victim.device, frame);
    }
    Ok(())
}

pub(super) fn drop_entries(town: &mut Town) -> Checked {
    let group = any_group(town);
    let (author, victim) = author_and_victim(town, group);
    let mut kept = 0;
    town.scheme(on_entries(victim.device, group, move |entries| {
        if kept < 1 {
            kept += entries.len();
            entries.clear();
        }
    }));
    let (first, _) = town.write(author, group)?;
    town.write(author, group)?;
    town.must_say(victim.device, group, Misbehaviour::BrokenLog)?;
    town.recover();
    town.must_have(&[victim.device], group, &first)
}

pub(super) fn reorder(town: &mut Town) -> Checked {
    let group = any_group(town);
    let (author, victim) = author_and_victim(town, group);
    let (log, device) = (LogId::Group(group), victim.device);
    let mut held: Option<ServerFrame> = None;
    let mut done = false;
    town.scheme(move |to, frame| {
        let is_theirs = to == device && matches!(&frame, ServerFrame::Entries { log: of, .. } if *of == log);
        match (is_theirs && !done, held.take()) {
            (true, None) => {
                held = Some(frame);
                vec![]
            }
            (true, Some(earlier)) => {
                done = true;
                vec![frame, earlier]
            }
            (false, Some(earlier)) if is_theirs => vec![earlier, frame],
            (false, other) => {
                held = other;
                vec![frame]
            }
        }
    });
    let (first, _) = town.write(author, group)?;
    let (second, _) = town.write(author, group)?;
    town.must_say(victim.device, group, Misbehaviour::BrokenLog)?;
    town.recover();
    town.must_have(&[victim.device], group, &first)?;
    town.must_have(&[victim.device], group, &second)
}

pub(super) fn alter(town: &mut Town) -> Checked {
    let place = town.roll(1_000);
    let (group, victim, text) = about_message(town, Misbehaviour::Unreadable, move |entry| {
        if let Body::Message { bytes, .. } = &mut entry.body {
            // Behind the header, wherever in what is sealed.
            let len = bytes.0.len();
            bytes.0[len - 1 - place % (len / 3)] ^= 1;
        }
    })?;
    // The server is honest again: what it hid comes.
    town.recover();
    town.must_have(&[victim.device], group, &text)
}

pub(super) fn alter_commit(town: &mut Town) -> Checked {
    let group = town.managed;
    let (author, victim) = author_and_victim(town, group);
    town.scheme(once(
        victim.device,
        group,
        |body| matches!(body, Body::Commit { .. }),
        |entry| {
            if let Body::Commit { bytes, .. } = &mut entry.body
                && let Some(last) = bytes.0.last_mut()
            {
                *last ^= 1;
            }
        },
    ));
    let newcomer = town.people[3];
    let is_in = town.members[&group].iter().any(|member| member.id == newcomer.id);
    if is_in && victim.id != newcomer.id {
        town.take_out(newcomer)?;
    } else if !is_in {
        town.put_in(newcomer)?;
    }
    town.pass(6, 1_000);
    town.write(author, group)?;
    // Its own commit the victim knows by its hash; then nobody's is missing but the one that it altered.
    let said = town.is_said(victim.device, group, Misbehaviour::BrokenCommit)?;
    let forked = town.is_said(victim.device, group, Misbehaviour::Forked)?;
    ensure!(said || forked, "a commit that does not work out is said in the chat");
    Ok(())
}

pub(super) fn mislabel(town: &mut Town) -> Checked {
    let others = [town.people[3].id, town.people[2].id];
    let (group, victim, text) = about_message(town, Misbehaviour::Mislabelled, move |entry| {
        if let Some(sender) = &mut entry.sender {
            // Who came into the group meanwhile may be its true author.
            sender.account = others[usize::from(sender.account == others[0])];
        }
    })?;
    town.must_have(&[victim.device], group, &text)
}

pub(super) fn mislabel_as_own(town: &mut Town) -> Checked {
    let group = any_group(town);
    let (author, victim) = author_and_victim(town, group);
    let own = town.world.at(victim.device).engine().own();
    let own = own
        .map_err(|error| error.to_string())?
        .ok_or("a colleague has an account")?;
    town.scheme(once(victim.device, group, is_message, move |entry| {
        if let Some(sender) = &mut entry.sender {
            sender.account = own.account;
            sender.device = own.device;
        }
    }));
    let (text, _) = town.write(author, group)?;
    town.must_say(victim.device, group, Misbehaviour::Mislabelled)?;
    town.must_have(&[victim.device], group, &text)
}

/// A place in the log that says something of no use.
pub(super) fn substitute(town: &mut Town) -> Checked {
    let (_, _, _) = about_message(town, Misbehaviour::BrokenLog, |entry| entry.body = Body::Established)?;
    Ok(())
}

/// The server confirms a message, and passes something else on in its place.
pub(super) fn swallow(town: &mut Town) -> Checked {
    let group = any_group(town);
    let (author, victim) = author_and_victim(town, group);
    let nobody = AccountRecord {
        account: town.ghost.member.account,
        organisation: town.office.0,
        chain: Vec::new(),
        badge: None,
    };
    let mut seen: Option<Sequence> = None;
    let log = LogId::Group(group);
    town.scheme(move |_, mut frame| {
        if let ServerFrame::Entries { log: of, entries } = &mut frame
            && *of == log
        {
            for entry in entries.iter_mut().filter(|entry| is_message(&entry.body)) {
                if *seen.get_or_insert(entry.sequence) == entry.sequence {
                    entry.body = Body::Account { record: nobody.clone() };
                    entry.sender = None;
                }
            }
        }
        vec![frame]
    });
    let (text, id) = town.write(author, group)?;
    town.must_say(author.device, group, Misbehaviour::FalseReceipt)?;
    town.pass(3, 2_500);
    let message = town.world.at(author.device).engine().message(id);
    let state = message.map_err(|error| error.to_string())?.map(|message| message.state);
    ensure!(
        state == Some(MessageState::Sent),
        "what was swallowed goes again; it is {state:?}"
    );
    town.must_have(&[author.device, victim.device], group, &text)
}

pub(super) fn wrong_receipt(town: &mut Town) -> Checked {
    let group = any_group(town);
    let (author, victim) = author_and_victim(town, group);
    let device = author.device;
    town.scheme(move |to, mut frame| {
        if to == device
            && let ServerFrame::Response {
                response: Response::Appended { sequence, .. },
                ..
            } = &mut frame
        {
            sequence.0 += 1_000;
        }
        vec![frame]
    });
    let (text, id) = town.write(author, group)?;
    town.honest();
    town.pass(2, 1_000);
    town.must_have(&[author.device, victim.device], group, &text)?;
    let message = town.world.at(device).engine().message(id);
    let message = message
        .map_err(|error| error.to_string())?
        .ok_or("a message is there")?;
    let head = town.world.server().look(|tx| tx.head(LogId::Group(group)));
    ensure!(
        message.sequence.is_some_and(|sequence| sequence <= head),
        "a message stands where the log has it; it is at {:?} of {head}",
        message.sequence
    );
    Ok(())
}

/// The end of a log can be kept back, and nobody knows; it comes when the server lets it.
pub(super) fn withhold_tail(town: &mut Town) -> Checked {
    let group = any_group(town);
    let (author, victim) = author_and_victim(town, group);
    town.scheme(on_entries(victim.device, group, Vec::clear));
    let (text, _) = town.write(author, group)?;
    let shown = town.shown(victim.device, group)?;
    ensure!(!shown.contains(&text), "what is withheld is not there");
    town.recover();
    town.must_have(&[victim.device], group, &text)
}

/// "Gone, by retention": the device joins anew and says what it missed.
pub(super) fn false_gap(town: &mut Town) -> Checked {
    let group = any_group(town);
    let (author, victim) = author_and_victim(town, group);
    town.write(author, group)?;
    let far = [1, 50, u64::MAX][town.roll(3)];
    let head = town.world.server().look(|tx| tx.head(LogId::Group(group)));
    let gap = ServerFrame::Gap {
        log: LogId::Group(group),
        through: Sequence(head.0.saturating_add(far)),
    };
    town.push(victim.device, &gap);
    town.recover();
    let lines = town.lines(victim.device, group)?;
    let told = |line: &SystemLine| {
        matches!(
            line,
            SystemLine::Gap { .. }
                | SystemLine::Refused {
                    code: Misbehaviour::RolledBack
                }
        )
    };
    ensure!(lines.iter().any(told), "a gap is said in the chat: {lines:?}");
    Ok(())
}

/// A commit is labelled as one of long ago, so that the victim passes over it.
pub(super) fn epoch_lie(town: &mut Town) -> Checked {
    let group = town.managed;
    let (author, victim) = author_and_victim(town, group);
    town.scheme(once(
        victim.device,
        group,
        |body| matches!(body, Body::Commit { .. }),
        |entry| {
            if let Body::Commit { epoch, .. } = &mut entry.body {
                *epoch = Epoch(0);
            }
        },
    ));
    let newcomer = town.people[3];
    if !town.members[&group].iter().any(|member| member.id == newcomer.id) {
        town.put_in(newcomer)?;
        town.pass(6, 1_000);
        town.write(author, group)?;
    }
    Ok(())
}
