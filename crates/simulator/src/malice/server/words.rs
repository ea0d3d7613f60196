// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Lies in the server's own words: notices, goodbyes, answers and silences.

use melder_content::{Content, Text};
use melder_engine::api::{Draft, FileDraft, GroupStatus, Misbehaviour, Outcome, SystemLine};
use melder_engine::{Action, Event};
use melder_mls::sign;
use melder_protocol::deletion::{DeletionReason, DeletionRecord, DeviceRemoval};
use melder_protocol::entry::{Body, Notice};
use melder_protocol::frame::{ServerFrame, Task, TaskKind};
use melder_protocol::policy::Policy;
use melder_protocol::request::Response;
use melder_protocol::signed::Signed;
use melder_protocol::{AccountId, Counter, Epoch, ErrorCode, LogId, Refusal, Sequence};

use super::super::town::Town;
use super::super::{Checked, ensure};
use super::{any_group, author_and_victim};
use crate::city::Account;
use crate::device::DeviceNo;

fn forged_record(town: &Town, account: AccountId) -> Signed<DeletionRecord> {
    let record = DeletionRecord {
        organisation: town.office.0,
        account,
        time: town.time(),
        reason: DeletionReason::Administrator,
        devices: 1,
        key_packages: 0,
        inbox_entries: 0,
        groups: vec![],
        blobs: 0,
        blob_bytes: 0,
        invitations: 0,
        profile: true,
    };
    sign::sign_statement(&town.ghost.key, &record)
}

pub(super) fn false_deletion(town: &mut Town) -> Checked {
    let (_, victim) = author_and_victim(town, town.managed);
    let goodbye = ServerFrame::Goodbye {
        code: ErrorCode::AccountDeleted,
        record: Some(forged_record(town, victim.id)),
        removal: None,
    };
    town.push(victim.device, &goodbye);
    town.must_tell(victim.device, Misbehaviour::ForgedDeletion)?;
    ensure!(
        !town.world.at(victim.device).wiped,
        "only the organisation makes a device forget"
    );
    Ok(())
}

pub(super) fn false_deletion_of_other(town: &mut Town) -> Checked {
    let (other, victim) = author_and_victim(town, town.managed);
    let organisation = town.organisation_key()?.public();
    let mut record = forged_record(town, other.id);
    // In the organisation's name, without its key.
    record.signer = organisation;
    let frame = town.made_up(LogId::Inbox(victim.id), Body::Notice(Notice::Deleted(record)));
    town.push(victim.device, &frame);
    town.must_tell(victim.device, Misbehaviour::ForgedDeletion)
}

/// An order to delete everything that nobody gave: signed by a stranger, or in the organisation's name without its key.
fn forged_removal(town: &mut Town, victim: Account) -> Checked<Signed<DeviceRemoval>> {
    let own = town.world.at(victim.device).engine().own();
    let own = own.map_err(|error| error.to_string())?;
    let removal = DeviceRemoval {
        organisation: town.office.0,
        account: victim.id,
        device: own.ok_or("the victim has an account")?.device,
        time: town.time(),
        wipe: true,
    };
    let mut signed = sign::sign_statement(&town.ghost.key, &removal);
    if town.time().0.is_multiple_of(2) {
        signed.signer = town.organisation_key()?.public();
    }
    Ok(signed)
}

/// The device stops, as told, and says so, and deletes nothing; opened again, it goes on.
pub(super) fn false_device_removal(town: &mut Town) -> Checked {
    let group = any_group(town);
    let (author, victim) = author_and_victim(town, group);
    let code = [
        ErrorCode::DeviceRemoved,
        ErrorCode::ChainReset,
        ErrorCode::AccountSuspended,
        ErrorCode::UnsupportedVersion,
    ][town.roll(4)];
    let removal = Some(forged_removal(town, victim)?);
    town.push(
        victim.device,
        &ServerFrame::Goodbye {
            code,
            record: None,
            removal,
        },
    );
    ensure!(
        !town.world.at(victim.device).wiped,
        "only the organisation makes a device forget"
    );
    let gone = town.world.events(victim.device);
    let told = gone
        .iter()
        .any(|event| matches!(event, Event::Gone(said) if *said == code));
    ensure!(told, "a device that is shut out says so");
    let (text, _) = town.write(author, group)?;
    town.recover();
    let gone = town.world.at(victim.device).engine().gone();
    ensure!(
        gone.map_err(|error| error.to_string())?.is_none(),
        "a device that the server takes again is not gone"
    );
    town.must_have(&[victim.device], group, &text)
}

fn must_be_back(town: &mut Town, victim: DeviceNo, group: melder_protocol::GroupId) -> Checked {
    let chat = town.world.at(victim).engine().chat(group);
    let status = chat.map_err(|error| error.to_string())?.map(|chat| chat.status);
    ensure!(
        status == Some(GroupStatus::Left),
        "the device is told that it is out; it is {status:?}"
    );
    town.recover();
    town.must_say(victim, group, Misbehaviour::FalseRemoval)
}

pub(super) fn false_removal(town: &mut Town) -> Checked {
    let group = any_group(town);
    let (author, victim) = author_and_victim(town, group);
    let frame = town.made_up(LogId::Inbox(victim.id), Body::Notice(Notice::LeftGroup(group)));
    town.push(victim.device, &frame);
    town.write(author, group)?;
    must_be_back(town, victim.device, group)?;
    let lines = town.lines(victim.device, group)?;
    let told = lines.iter().any(|line| matches!(line, SystemLine::Gap { .. }));
    ensure!(told, "what was missed is said in the chat: {lines:?}");
    Ok(())
}

pub(super) fn unknown_log(town: &mut Town) -> Checked {
    let group = any_group(town);
    let (_, victim) = author_and_victim(town, group);
    let device = victim.device;
    let head = town.world.server().look(|tx| tx.head(LogId::Group(group)));
    let mut done = false;
    town.scheme(move |to, frame| match frame {
        // Answers come in the order of the questions; this one is known by its head.
        ServerFrame::Response {
            id,
            response: Response::Following { head: of },
        } if to == device && of == head && !done => {
            done = true;
            vec![ServerFrame::Refused {
                id,
                refusal: Refusal::new(ErrorCode::UnknownLog),
            }]
        }
        frame => vec![frame],
    });
    town.world.cut(device);
    town.world.connect(device);
    town.world.rest();
    town.honest();
    town.recover();
    let groups = town.groups();
    let mut told = false;
    for group in groups {
        told |= town.is_said(device, group, Misbehaviour::FalseRemoval)?;
    }
    // Two logs may have had the same head: then it was the inbox, or the own group, of which no screen tells.
    if told {
        town.report.notices += 1;
    }
    Ok(())
}

pub(super) fn wrong_answers(town: &mut Town) -> Checked {
    let group = any_group(town);
    let (author, victim) = author_and_victim(town, group);
    let device = author.device;
    town.scheme(move |to, mut frame| {
        if to == device
            && let ServerFrame::Response { response, .. } = &mut frame
        {
            *response = match response {
                Response::Done => Response::Following { head: Sequence(1) },
                _ => Response::Done,
            };
        }
        vec![frame]
    });
    let (text, _) = town.write(author, group)?;
    town.must_say(device, group, Misbehaviour::WrongAnswer)?;
    let asked = town.perform(device, Action::ListDevices)?;
    ensure!(asked.is_err(), "an answer of another kind is none: {asked:?}");
    town.recover();
    town.must_have(&[device, victim.device], group, &text)
}

pub(super) fn wrong_refusals(town: &mut Town) -> Checked {
    let group = any_group(town);
    let (author, victim) = author_and_victim(town, group);
    let device = author.device;
    let lies = [
        Refusal::wrong_epoch(Epoch(0), Sequence(0)),
        Refusal::wrong_epoch(Epoch(10_000), Sequence(1)),
        Refusal {
            counter: Some(Counter(1)),
            ..Refusal::new(ErrorCode::WrongCounter)
        },
        Refusal {
            counter: Some(Counter(u64::MAX)),
            ..Refusal::new(ErrorCode::WrongCounter)
        },
        Refusal::new(ErrorCode::CommitFirst),
        Refusal::new(ErrorCode::RateLimited),
        Refusal::new(ErrorCode::ShuttingDown),
    ];
    let lie = lies[town.roll(lies.len())].clone();
    let mut left = 3;
    town.scheme(move |to, frame| match frame {
        ServerFrame::Response {
            id,
            response: Response::Appended { .. },
        } if to == device && left > 0 => {
            left -= 1;
            vec![ServerFrame::Refused {
                id,
                refusal: lie.clone(),
            }]
        }
        frame => vec![frame],
    });
    let (text, _) = town.write(author, group)?;
    town.pass(3, 2_500);
    town.recover();
    town.must_have(&[device, victim.device], group, &text)
}

pub(super) fn no_answers(town: &mut Town) -> Checked {
    let group = any_group(town);
    let (author, victim) = author_and_victim(town, group);
    let device = author.device;
    town.scheme(move |to, frame| {
        let answers = matches!(frame, ServerFrame::Response { .. } | ServerFrame::Refused { .. });
        if to == device && answers { vec![] } else { vec![frame] }
    });
    let (text, _) = town.write(author, group)?;
    town.pass(4, 10_000);
    town.recover();
    town.must_have(&[device, victim.device], group, &text)
}

pub(super) fn high_counters(town: &mut Town) -> Checked {
    let group = any_group(town);
    let (author, victim) = author_and_victim(town, group);
    let device = author.device;
    let counter = [7, 100_000, u64::MAX][town.roll(3)];
    town.scheme(move |to, mut frame| {
        if to == device
            && let ServerFrame::Ready(ready) = &mut frame
        {
            for (_, of) in &mut ready.counters {
                *of = Counter(counter);
            }
        }
        vec![frame]
    });
    town.world.cut(device);
    town.world.connect(device);
    town.world.rest();
    let (text, _) = town.write(author, group)?;
    town.recover();
    town.must_have(&[device, victim.device], group, &text)
}

pub(super) fn garbage(town: &mut Town) -> Checked {
    let (_, victim) = author_and_victim(town, town.managed);
    let mut nested = vec![0x82, 0x04];
    nested.extend(std::iter::repeat_n(0x81, 200_000));
    for bytes in [vec![], vec![0xff; 100], b"GET / HTTP/1.1".to_vec(), nested] {
        town.push_bytes(victim.device, bytes);
        town.must_tell(victim.device, Misbehaviour::Malformed)?;
    }
    Ok(())
}

pub(super) fn forged_policy(town: &mut Town) -> Checked {
    let (_, victim) = author_and_victim(town, town.managed);
    let before = town.world.at(victim.device).engine().policy();
    let before = before.map_err(|error| error.to_string())?;
    let mut policy = Policy::standard(town.office.0);
    policy.version = 1_000;
    policy.location = true;
    policy.device_retention_days = Some(1);
    let policy = sign::sign_statement(&town.ghost.key, &policy);
    let frame = town.made_up(LogId::Inbox(victim.id), Body::Notice(Notice::Policy(policy)));
    town.push(victim.device, &frame);
    town.must_tell(victim.device, Misbehaviour::ForgedPolicy)?;
    let after = town.world.at(victim.device).engine().policy();
    ensure!(
        before == after.map_err(|error| error.to_string())?,
        "the organisation alone makes its rules"
    );
    Ok(())
}

/// Every chunk that comes to the victim is altered.
fn spoil(town: &mut Town, device: DeviceNo) {
    town.scheme(move |to, mut frame| {
        if to == device
            && let ServerFrame::Response {
                response: Response::Chunk { bytes, .. },
                ..
            } = &mut frame
            && let Some(last) = bytes.0.last_mut()
        {
            *last ^= 1;
        }
        vec![frame]
    });
}

pub(super) fn wrong_file(town: &mut Town) -> Checked {
    let group = any_group(town);
    let (author, victim) = author_and_victim(town, group);
    let content = vec![0x61; 100_000];
    let started = town.perform(author.device, Action::StartFile { size: 100_000 })?;
    let Ok(Outcome::File(file)) = started else {
        return Err(format!("a file is taken in: {started:?}"));
    };
    let added = town.perform(
        author.device,
        Action::AddFileChunk {
            file,
            bytes: content.clone(),
        },
    )?;
    ensure!(added.is_ok(), "a file is taken in: {added:?}");
    let mut draft = Draft::new(Content::Text(Text::plain("")));
    draft.files.push(FileDraft {
        file,
        filename: "Lageplan.txt".into(),
        content_type: "text/plain".into(),
        description: String::new(),
        preview: None,
        dimensions: None,
        duration_ms: None,
        evidence: None,
    });
    let draft = Box::new(draft);
    let sent = town.perform(author.device, Action::Send { group, draft })?;
    let Ok(Outcome::Queued(id)) = sent else {
        return Err(format!("a file is sent: {sent:?}"));
    };
    town.pass(2, 500);
    spoil(town, victim.device);
    let view = town.world.at(victim.device).engine().message(id);
    let view = view.map_err(|error| error.to_string())?.ok_or("the message has come")?;
    let blob = view.attachments.first().ok_or("with its attachment")?.blob;
    town.perform(victim.device, Action::Download(blob)).map(drop)?;
    town.must_say(victim.device, group, Misbehaviour::WrongFile)?;
    let chunk = town.world.at(victim.device).engine().file_chunk(blob, 0);
    ensure!(
        chunk.map_err(|error| error.to_string())?.is_none(),
        "wrong bytes are shown to nobody"
    );
    town.recover();
    town.perform(victim.device, Action::Download(blob)).map(drop)?;
    let chunk = town.world.at(victim.device).engine().file_chunk(blob, 0);
    ensure!(
        chunk
            .map_err(|error| error.to_string())?
            .is_some_and(|bytes| content.starts_with(&bytes)),
        "the right bytes come in the end"
    );
    Ok(())
}

/// A new device gets the history of its account from an archive; the server serves it wrongly, then rightly.
pub(super) fn wrong_archive(town: &mut Town) -> Checked {
    let group = town.managed;
    let (owner, _) = author_and_victim(town, group);
    let (text, _) = town.write(owner, group)?;
    let new = town.world.device();
    spoil(town, new);
    link(town, owner.device, new)?;
    town.pass(10, 3_000);
    let told = town.world.events(new);
    let told = told.iter().any(|event| {
        matches!(
            event,
            Event::Misbehaviour {
                code: Misbehaviour::WrongFile,
                ..
            }
        )
    });
    ensure!(told, "an archive with wrong bytes is told of");
    let shown = town.shown(new, group)?;
    ensure!(!shown.contains(&text), "nothing comes from an archive that was altered");
    town.recover();
    town.pass(6, 60_000);
    town.must_have(&[new], group, &text)
}

fn link(town: &mut Town, old: DeviceNo, new: DeviceNo) -> Checked {
    town.world.connect(new);
    let joining = town.world.act(
        new,
        Action::StartLink {
            device_name: "Tablet".into(),
        },
    );
    town.world.rest();
    let code = town.world.events(new).into_iter().find_map(|event| match event {
        Event::LinkCode(code) => Some(code),
        _ => None,
    });
    let code = code.ok_or("a new device shows a code")?;
    let answered = town.perform(old, Action::AnswerLink(code))?;
    ensure!(answered.is_ok(), "a device is linked: {answered:?}");
    let joined = town.world.outcome(new, joining);
    ensure!(
        matches!(joined, Some(Ok(Outcome::Joined))),
        "a device is linked: {joined:?}"
    );
    Ok(())
}

/// The victim is asked to commit and to join, over and over.
pub(super) fn task_flood(town: &mut Town) -> Checked {
    let group = any_group(town);
    let (author, victim) = author_and_victim(town, group);
    for number in 0..20_u64 {
        let kind = match number % 3 {
            0 => TaskKind::Join,
            1 => TaskKind::Establish,
            _ => TaskKind::Commit {
                epoch: Epoch(number),
                through: Sequence(0),
            },
        };
        let task = Task {
            group,
            kind,
            lease_ms: 1,
        };
        town.push(victim.device, &ServerFrame::Task(task));
    }
    let (text, _) = town.write(author, group)?;
    town.must_have(&[victim.device], group, &text)
}
