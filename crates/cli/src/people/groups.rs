// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Direct chats and private groups: making them, and who is in them.

use melder_engine::api::{Action, Outcome};
use melder_protocol::GroupId;
use melder_protocol::roster::{GroupKind, Role};

use crate::args::{Global, GroupAddArgs, GroupCommand, GroupCreateArgs, GroupRemoveArgs, GroupRenameArgs, RoleArg};
use crate::error::{CliError, Exit};
use crate::find;
use crate::output::{self, confirm, line, safe_line};
use crate::session::{Need, Session, with};
use crate::t;

impl From<RoleArg> for Role {
    fn from(role: RoleArg) -> Self {
        match role {
            RoleArg::Member => Self::Member,
            RoleArg::Publisher => Self::Publisher,
            RoleArg::Manage => Self::Manage,
        }
    }
}

pub async fn run(global: &Global, command: GroupCommand) -> Result<Exit, CliError> {
    match command {
        GroupCommand::Create(args) => create(global, args).await,
        GroupCommand::Add(args) => add(global, args).await,
        GroupCommand::Remove(args) => remove(global, args).await,
        GroupCommand::Rename(args) => rename(global, args).await,
        GroupCommand::Leave(args) => leave(global, &args.chat).await,
    }
}

fn tell(session: &Session, group: GroupId, text: String) {
    if session.json() {
        output::json(&serde_json::json!({ "group": group }));
    } else {
        line(text);
    }
}

pub async fn direct(global: &Global, person: &str) -> Result<Exit, CliError> {
    with(global, Need::Account, async |session| {
        session.catch_up().await;
        let person = find::person(session, person).await?;
        if let Outcome::Group(group) = session.act(Action::StartDirect(person.account)).await? {
            session.settle().await;
            tell(session, group, t!("direct-done", name = safe_line(&person.name)));
        }
        Ok(Exit::Ok)
    })
    .await
}

async fn create(global: &Global, args: GroupCreateArgs) -> Result<Exit, CliError> {
    with(global, Need::Account, async |session| {
        session.catch_up().await;
        let people = find::people(session, &args.persons).await?;
        let kind = if args.channel {
            GroupKind::Channel
        } else {
            GroupKind::Group
        };
        let members = people.iter().map(|person| (person.account, Role::Member)).collect();
        let action = Action::CreateGroup {
            kind,
            name: args.name.clone(),
            description: args.description.clone(),
            members,
        };
        if let Outcome::Group(group) = session.act(action).await? {
            session.wait_sent(&[], session.limit()).await?;
            session.settle().await;
            tell(
                session,
                group,
                t!("group-created", name = safe_line(&args.name), count = people.len() + 1),
            );
        }
        Ok(Exit::Ok)
    })
    .await
}

async fn add(global: &Global, args: GroupAddArgs) -> Result<Exit, CliError> {
    with(global, Need::Account, async |session| {
        session.catch_up().await;
        let chat = find::chat(session, &args.chat).await?;
        let people = find::people(session, &args.persons).await?;
        let set = people.iter().map(|person| (person.account, args.role.into())).collect();
        session
            .act(Action::ChangeRoster {
                group: chat.group,
                set,
                unset: Vec::new(),
            })
            .await?;
        session.settle().await;
        tell(
            session,
            chat.group,
            t!("group-added", chat = safe_line(&chat.name), count = people.len()),
        );
        Ok(Exit::Ok)
    })
    .await
}

async fn remove(global: &Global, args: GroupRemoveArgs) -> Result<Exit, CliError> {
    with(global, Need::Account, async |session| {
        session.catch_up().await;
        let chat = find::chat(session, &args.chat).await?;
        let people = find::people(session, &args.persons).await?;
        let unset = people.iter().map(|person| person.account).collect();
        session
            .act(Action::ChangeRoster {
                group: chat.group,
                set: Vec::new(),
                unset,
            })
            .await?;
        session.settle().await;
        tell(
            session,
            chat.group,
            t!("group-removed", chat = safe_line(&chat.name), count = people.len()),
        );
        Ok(Exit::Ok)
    })
    .await
}

async fn rename(global: &Global, args: GroupRenameArgs) -> Result<Exit, CliError> {
    with(global, Need::Account, async |session| {
        session.catch_up().await;
        let chat = find::chat(session, &args.chat).await?;
        let action = Action::RenameGroup {
            group: chat.group,
            name: args.name.clone(),
            description: args.description.clone().or_else(|| chat.description.clone()),
        };
        session.act_anyhow(action).await?;
        session.wait_sent(&[], session.limit()).await?;
        tell(session, chat.group, t!("group-renamed", name = safe_line(&args.name)));
        Ok(Exit::Ok)
    })
    .await
}

pub async fn leave(global: &Global, chat: &str) -> Result<Exit, CliError> {
    with(global, Need::Account, async |session| {
        session.catch_up().await;
        let chat = find::chat(session, chat).await?;
        confirm(&t!("leave-ask", chat = safe_line(&chat.name)), global.yes)?;
        session.act(Action::LeaveGroup(chat.group)).await?;
        session.settle().await;
        tell(session, chat.group, t!("leave-done", chat = safe_line(&chat.name)));
        Ok(Exit::Ok)
    })
    .await
}
