// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Alarms: sending one, watching whom it reached and who confirmed, and confirming.

use std::collections::BTreeMap;
use std::time::Duration;

use console::{Term, style};
use melder_content::{Acknowledgement, Alarm, Content, MessageId, Urgency};
use melder_engine::api::{Action, Draft, MessageView, Outcome};
use melder_protocol::{AccountId, GroupId, Time};
use serde::Serialize;

use super::sending::{in_channel, post, text_or_input};
use crate::args::{AlarmArgs, AllClearArgs, ConfirmArgs, Global, ReachArgs, UrgencyArg};
use crate::error::{CliError, Exit, Local};
use crate::find::{self, short_message};
use crate::output::{self, line, note, safe_line};
use crate::session::{Need, Session, with};
use crate::{t, times};

/// How often the reach is asked for while watching.
const ASK: Duration = Duration::from_secs(2);

pub async fn alarm(global: &Global, args: &AlarmArgs) -> Result<Exit, CliError> {
    let text = text_or_input(&args.text)?;
    if text.is_empty() {
        return Err(CliError::new(Local::NothingToSend));
    }
    let acknowledge_by = args.by.as_deref().map(times::parse_time).transpose()?;
    let urgency = match args.urgency {
        UrgencyArg::Notice => Urgency::Notice,
        UrgencyArg::Urgent => Urgency::Urgent,
        UrgencyArg::Emergency => Urgency::Emergency,
    };
    with(global, Need::Account, async |session| {
        session.catch_up().await;
        let chat = find::chat(session, &args.chat).await?;
        let alarm = Alarm {
            urgency,
            text: text.clone(),
            acknowledge_by,
            ack_key: None,
            on_duty: false,
            over: false,
        };
        let posted = post(session, chat.group, Draft::new(Content::Alarm(alarm)), session.limit())
            .await
            .map_err(|error| in_channel(&chat, error))?;
        if !posted.sent {
            note(t!("alarm-not-sent"));
            return Err(CliError::new(Local::Unreachable));
        }
        if !session.json() {
            line(t!(
                "alarm-sent",
                chat = safe_line(&chat.name),
                id = short_message(&posted.id)
            ));
        }
        report(session, chat.group, posted.id, args.watch).await
    })
    .await
}

pub async fn reach(global: &Global, args: &ReachArgs) -> Result<Exit, CliError> {
    with(global, Need::Account, async |session| {
        session.online().await?;
        session.settle().await;
        let message = find::message(session, &args.message).await?;
        report(session, message.group, message.id, args.watch).await
    })
    .await
}

/// Who has it, who confirmed it, who has not got it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
struct Reach {
    message: String,
    confirmed: Vec<Somebody>,
    /// Has it, and has not confirmed.
    reached: Vec<Somebody>,
    not_reached: Vec<Somebody>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
struct Somebody {
    name: String,
    account: AccountId,
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<Time>,
}

async fn ask(session: &Session, group: GroupId, message: MessageId) -> Result<Reach, CliError> {
    let Outcome::Reach { reached, missing } = session.act(Action::AskReach { group, message }).await? else {
        return Ok(Reach::default());
    };
    let (view, members, own) = session
        .read(move |engine| Ok((engine.message(message)?, engine.members(group)?, engine.own()?)))
        .await?;
    let own = own.map(|own| own.account);
    let names: BTreeMap<AccountId, String> = members
        .into_iter()
        .map(|(contact, _)| (contact.account, safe_line(&contact.name)))
        .collect();
    let confirmed: BTreeMap<AccountId, Time> = view
        .map(|view| view.acknowledged)
        .unwrap_or_default()
        .into_iter()
        .collect();
    let somebody = |account: AccountId, time: Option<Time>| Somebody {
        name: names.get(&account).cloned().unwrap_or_else(|| find::short_id(&account)),
        account,
        time,
    };
    let others = |accounts: Vec<AccountId>| -> Vec<Somebody> {
        let mut list: Vec<Somebody> = accounts
            .into_iter()
            .filter(|account| Some(*account) != own && !confirmed.contains_key(account))
            .map(|account| somebody(account, None))
            .collect();
        list.sort();
        list
    };
    let mut done: Vec<Somebody> = confirmed
        .iter()
        .map(|(account, time)| somebody(*account, Some(*time)))
        .collect();
    done.sort();
    Ok(Reach {
        message: message.to_string(),
        confirmed: done,
        reached: others(reached),
        not_reached: others(missing),
    })
}

async fn report(session: &Session, group: GroupId, message: MessageId, watch: bool) -> Result<Exit, CliError> {
    let mut events = session.client.events();
    let mut last = ask(session, group, message).await?;
    show(session, &last, 0);
    if !watch {
        return Ok(Exit::Ok);
    }
    let mut drawn = height(&last);
    loop {
        if last.reached.is_empty() && last.not_reached.is_empty() {
            if !session.json() {
                line(t!("alarm-all-confirmed"));
            }
            return Ok(Exit::Ok);
        }
        tokio::select! {
            _ = tokio::signal::ctrl_c() => return Ok(Exit::Ok),
            event = events.next() => if event.is_none() { return Err(CliError::new(Local::Unreachable)) },
            () = tokio::time::sleep(ASK) => {}
        }
        // What else has come belongs to the same look.
        while events.try_next().is_some() {}
        match ask(session, group, message).await {
            Ok(now) if now != last => {
                last = now;
                show(session, &last, drawn);
                drawn = height(&last);
            }
            Ok(_) => {}
            // A short dead spot does not end the watch.
            Err(error) if error.exit() == Exit::Offline => {}
            Err(error) => return Err(error),
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

fn lines(reach: &Reach) -> Vec<String> {
    let section = |id: &'static str, people: &[Somebody], mark: &str| -> Vec<String> {
        let mut lines = vec![style(t!(id, count = people.len())).bold().to_string()];
        lines.extend(people.iter().map(|one| match one.time {
            Some(time) => format!("  {mark} {}  {}", one.name, times::short(time)),
            None => format!("  {mark} {}", one.name),
        }));
        lines
    };
    [
        section("alarm-confirmed", &reach.confirmed, "✔"),
        section("alarm-reached", &reach.reached, "•"),
        section("alarm-not-reached", &reach.not_reached, "✘"),
    ]
    .concat()
}

fn height(reach: &Reach) -> usize {
    lines(reach).len()
}

fn show(session: &Session, reach: &Reach, over: usize) {
    if session.json() {
        output::json(reach);
        return;
    }
    let term = Term::stdout();
    if over > 0 && term.is_term() {
        // Nothing to do when the terminal can't: the new state then stands below the old one.
        let _ = term.clear_last_lines(over);
    }
    for text in lines(reach) {
        line(text);
    }
}

pub async fn confirm(global: &Global, args: ConfirmArgs) -> Result<Exit, CliError> {
    with(global, Need::Account, async |session| {
        session.catch_up().await;
        let target = match &args.message {
            Some(text) => find::message(session, text).await?,
            None => only_open(session).await?,
        };
        let content = Content::Acknowledgement(Acknowledgement {
            to: target.id,
            note: args.note.clone(),
        });
        let posted = post(session, target.group, Draft::new(content), session.limit()).await?;
        if session.json() {
            output::json(&serde_json::json!({ "to": target.id.to_string(), "sent": posted.sent }));
        } else {
            let text: String = safe_line(&target.text).chars().take(60).collect();
            line(t!("confirm-done", name = safe_line(&target.sender_name), text = text));
        }
        if !posted.sent {
            note(t!(
                "note-waiting",
                count = session.read(|engine| engine.outbox_len()).await?
            ));
        }
        Ok(Exit::Ok)
    })
    .await
}

/// Ends one's own alarm.
pub async fn all_clear(global: &Global, args: &AllClearArgs) -> Result<Exit, CliError> {
    with(global, Need::Account, async |session| {
        session.catch_up().await;
        let target = find::message(session, &args.message).await?;
        let Outcome::Queued(id) = session.act_anyhow(Action::AllClear(target.id)).await? else {
            return Err(CliError::new(Local::NotSent));
        };
        let sent = session.wait_sent(&[id], session.limit()).await?;
        if session.json() {
            output::json(&serde_json::json!({ "of": target.id.to_string(), "id": id.to_string(), "sent": sent }));
        } else {
            line(t!("all-clear-done", id = short_message(&target.id)));
        }
        if !sent {
            note(t!(
                "note-waiting",
                count = session.read(|engine| engine.outbox_len()).await?
            ));
        }
        Ok(Exit::Ok)
    })
    .await
}

/// The alarm that is open, if there is exactly one.
async fn only_open(session: &Session) -> Result<MessageView, CliError> {
    let open = session.read(|engine| engine.open_alarms()).await?;
    match open.as_slice() {
        [alarm] => Ok(alarm.clone()),
        [] => Err(CliError::new(Local::NoOpenAlarm)),
        several => {
            let error = CliError::new(Local::SeveralOpenAlarms);
            Err(several.iter().fold(error, |error, view| {
                let text: String = safe_line(&view.text).chars().take(40).collect();
                error.line(format!(
                    "{}  {}  {text}",
                    short_message(&view.id),
                    safe_line(&view.sender_name)
                ))
            }))
        }
    }
}
