// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Lies about how far things are: heads, older states, and two histories at once. For the last two the real core is
//! started from a copy of its own disk.

use std::path::{Path, PathBuf};

use melder_engine::api::Misbehaviour;
use melder_protocol::frame::{ServerFrame, Task, TaskKind};
use melder_protocol::request::Response;
use melder_protocol::{Epoch, GroupId, LogId, Sequence};

use super::super::town::Town;
use super::super::{Checked, ensure};
use super::{any_group, author_and_victim};
use crate::device::DeviceNo;
use crate::world::World;

impl World {
    /// A copy of what the server has on its disk now. Everything must be at rest.
    pub(crate) fn copy_of_server(&self, name: &str) -> std::io::Result<PathBuf> {
        let to = self.folder().join(name);
        copy(&self.server_folder(), &to)?;
        Ok(to)
    }

    /// The server's process ends, and starts again on another disk. Everybody is cut off.
    pub(crate) fn server_on(&mut self, folder: &Path) {
        for no in self.devices() {
            self.cut(no);
        }
        if let Some(server) = self.server.take() {
            self.server = Some(server.crash(folder));
        }
    }

    /// The same, on its own disk.
    pub(crate) fn server_on_its_own(&mut self) {
        let folder = self.server_folder();
        self.server_on(&folder);
    }
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

fn reconnect(town: &mut Town, devices: &[DeviceNo]) {
    for device in devices {
        town.world.cut(*device);
        town.world.connect(*device);
    }
    town.world.rest();
}

/// The server says that the log ends earlier than the victim has read it.
pub(super) fn low_head(town: &mut Town) -> Checked {
    let group = any_group(town);
    let (author, victim) = author_and_victim(town, group);
    let device = victim.device;
    let at_ready = town.roll(2) == 0;
    town.scheme(move |to, mut frame| {
        if to == device {
            match &mut frame {
                ServerFrame::Ready(ready) if at_ready => {
                    for head in ready.groups.iter_mut().filter(|head| head.group == group) {
                        head.head = Sequence(head.head.0.saturating_sub(3));
                    }
                }
                ServerFrame::Response {
                    response: Response::Following { head },
                    ..
                } if !at_ready => *head = Sequence(head.0.saturating_sub(3)),
                _ => {}
            }
        }
        vec![frame]
    });
    reconnect(town, &[device]);
    town.must_say(device, group, Misbehaviour::RolledBack)?;
    let (text, _) = town.write(author, group)?;
    town.recover();
    town.must_have(&[author.device], group, &text)
}

/// Who believes in a head beyond the log would wait for ever.
pub(super) fn high_head(town: &mut Town) -> Checked {
    let group = any_group(town);
    let (author, victim) = author_and_victim(town, group);
    let device = victim.device;
    let head = [1_000, u64::MAX][town.roll(2)];
    town.scheme(move |to, mut frame| {
        if to == device
            && let ServerFrame::Response { response, .. } = &mut frame
        {
            match response {
                Response::GroupState(state) => state.head = Sequence(head),
                Response::Following { head: followed } => *followed = Sequence(head),
                _ => {}
            }
        }
        vec![frame]
    });
    // It joins anew, by a state that lies.
    let gap = ServerFrame::Gap {
        log: LogId::Group(group),
        through: Sequence(head),
    };
    town.push(device, &gap);
    reconnect(town, &[device]);
    town.write(author, group).map(drop)
}

/// A backup of the server is played in: everything since is gone from it.
pub(super) fn backup(town: &mut Town) -> Checked {
    let old = town.world.copy_of_server("backup").map_err(|error| error.to_string())?;
    let group = any_group(town);
    let (author, victim) = author_and_victim(town, group);
    let (text, _) = town.write(author, group)?;
    if town.roll(2) == 0 {
        // An epoch is lost, too.
        change_keys(town, author.device, group)?;
        town.pass(2, 500);
    }
    town.world.server_on(&old);
    let everybody: Vec<DeviceNo> = town.world.devices().collect();
    reconnect(town, &everybody);
    town.pass(4, 1_500);
    let told = town.is_said(victim.device, group, Misbehaviour::RolledBack)?;
    ensure!(told, "a server that has less than before is said in the chat");
    town.report.notices += 1;
    // What they have, they keep.
    town.must_have(&[author.device, victim.device], group, &text)
}

/// Two halves of a group are shown two histories, each with its own messages and its own change of keys.
pub(super) fn fork(town: &mut Town) -> Checked {
    let group = town.managed;
    let other = town.world.copy_of_server("other").map_err(|error| error.to_string())?;
    let members = town.members.get(&group).cloned().unwrap_or_default();
    let (left, right) = members.split_at(1);
    let devices = |half: &[crate::city::Account]| half.iter().map(|member| member.device).collect::<Vec<_>>();
    let commits = town.roll(2) == 0;
    for device in devices(right) {
        town.world.cut(device);
    }
    let written_left = half(town, group, left, commits)?;
    town.world.server_on(&other);
    for device in devices(right) {
        town.world.connect(device);
    }
    town.world.rest();
    let written_right = half(town, group, right, commits)?;
    // The halves meet: the server goes on with one history.
    town.world.server_on_its_own();
    let everybody: Vec<DeviceNo> = town.world.devices().collect();
    reconnect(town, &everybody);
    town.pass(4, 1_500);
    town.say_all(group)?;
    town.pass(4, 1_500);
    let mut told = false;
    for member in &members {
        for code in [
            Misbehaviour::Forked,
            Misbehaviour::RolledBack,
            Misbehaviour::BrokenCommit,
            Misbehaviour::FalseReceipt,
            Misbehaviour::ForkedRoster,
            Misbehaviour::Unreadable,
        ] {
            told |= town.is_said(member.device, group, code)?;
        }
    }
    ensure!(told, "a fork is noticed as soon as the halves meet");
    town.report.notices += 1;
    // Each half keeps what it has.
    for (half, texts) in [(left, written_left), (right, written_right)] {
        for text in texts {
            town.must_have(&devices(half), group, &text)?;
        }
    }
    Ok(())
}

/// One half writes; with a change of keys in between, if wanted.
fn half(town: &mut Town, group: GroupId, members: &[crate::city::Account], commits: bool) -> Checked<Vec<String>> {
    let mut texts = Vec::new();
    let all = town.members.insert(group, members.to_vec()).unwrap_or_default();
    for member in members {
        texts.push(town.write(*member, group)?.0);
    }
    if commits {
        change_keys(town, members[0].device, group)?;
        town.pass(2, 500);
    }
    for member in members {
        texts.push(town.write(*member, group)?.0);
    }
    town.members.insert(group, all);
    Ok(texts)
}

/// A device is asked for a commit of its own.
fn change_keys(town: &mut Town, device: DeviceNo, group: GroupId) -> Checked {
    let chat = town.world.at(device).engine().chat(group);
    let epoch = chat.map_err(|error| error.to_string())?.map_or(0, |chat| chat.epoch);
    let task = Task {
        group,
        kind: TaskKind::Commit {
            epoch: Epoch(epoch),
            through: Sequence(0),
        },
        lease_ms: 5_000,
    };
    town.push(device, &ServerFrame::Task(task));
    Ok(())
}
