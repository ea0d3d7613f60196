// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Questions that change something: as the engine's actions, and what came of them as answers.

use melder_content::{
    Acknowledgement, Alarm, ContactCard, Content, Location, MessageId, Poll, Preview, Report, ReportField, Text, Vote,
};
use melder_engine::api::{self, Action, ActionError, Outcome};
use melder_engine::{Engine, EngineError};
use melder_port::ask::{Failure, FileId};
use melder_port::view::{Confirmed, Draft, DraftContent, DraftFile, Notifications};
use melder_port::{AccountId, Answer, Ask, BlobId, DeviceId, GroupId};
use melder_protocol::Hash;
use melder_protocol::linking::LinkCode;
use melder_protocol::push::PushSubscription;
use melder_protocol::roster::{GroupKind, Role};

use crate::views;

/// How an outcome becomes an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// The outcome says all.
    Plain,
    /// One's own device is marked.
    Devices(DeviceId),
    /// Who confirmed is known here.
    Reach(MessageId),
    /// The chunk is read when it is here.
    Chunk(BlobId, u32),
}

/// What to do about a question.
#[derive(Debug)]
pub enum Plan {
    Act(Box<Action>, Shape),
    Answer(Box<Result<Answer, Failure>>),
    /// It is none of the engine's.
    Other,
}

fn refused(code: &str) -> Plan {
    Plan::Answer(Box::new(Err(Failure::Refused(code.to_owned()))))
}

fn act(action: Action) -> Plan {
    Plan::Act(Box::new(action), Shape::Plain)
}

/// What a question that changes something, or needs the server, wants of the engine.
///
/// # Errors
/// When the database fails.
pub fn plan(engine: &mut Engine, ask: Ask) -> Result<Plan, EngineError> {
    Ok(match ask {
        Ask::ConfirmLink { equal } => act(Action::ConfirmLink(equal)),
        Ask::AnswerLink { code } => {
            let server = engine.server()?.unwrap_or_default();
            match LinkCode::parse(&code, &server) {
                Some(code) if code.server == server => act(Action::AnswerLink(code)),
                Some(_) => refused("wrong_server"),
                None => Plan::Answer(Box::new(Err(Failure::BadLink))),
            }
        }
        Ask::CreateRecoveryCode => act(Action::CreateRecoveryCode),
        Ask::FindPeople { query, after } => act(Action::FindAccounts { query, after }),
        Ask::Reach { group, message } => {
            Plan::Act(Box::new(Action::AskReach { group, message }), Shape::Reach(message))
        }
        Ask::OnDuty(group) => act(Action::AskOnDuty(group)),
        Ask::Devices => match engine.own()? {
            Some(own) => Plan::Act(Box::new(Action::ListDevices), Shape::Devices(own.device)),
            None => refused("no_account_yet"),
        },
        Ask::Send { group, draft } => send(engine, group, draft)?,
        Ask::Retry(message) => act(Action::Retry(message)),
        Ask::Cancel(message) => act(Action::Cancel(message)),
        Ask::SaveComposer {
            group,
            text,
            reply_to,
            known,
        } => act(Action::SaveComposer {
            group,
            text,
            reply_to,
            known,
        }),
        Ask::MarkRead { group, through } => act(Action::MarkRead { group, through }),
        Ask::Mute { group, until } => act(Action::Mute { group, until }),
        Ask::Pin { group, pinned } => act(Action::Pin { group, pinned }),
        Ask::StartFile { size } => act(Action::StartFile { size }),
        Ask::AddFileChunk { file, bytes } => act(Action::AddFileChunk {
            file: api::FileId(file.0),
            bytes,
        }),
        Ask::FileChunk { blob, index } => match engine.file_chunk(blob, index)? {
            Some(bytes) => Plan::Answer(Box::new(Ok(Answer::Chunk(Some(bytes))))),
            None => Plan::Act(Box::new(Action::FetchChunk { blob, index }), Shape::Chunk(blob, index)),
        },
        Ask::Download(blob) => act(Action::Download(blob)),
        Ask::StartDirect(account) => act(Action::StartDirect(account)),
        Ask::CreateGroup {
            channel,
            name,
            description,
            members,
        } => act(Action::CreateGroup {
            kind: if channel { GroupKind::Channel } else { GroupKind::Group },
            name,
            description,
            members: members.into_iter().map(|account| (account, Role::Member)).collect(),
        }),
        Ask::ChangeRoster { group, set, unset } => act(Action::ChangeRoster {
            group,
            set: set
                .into_iter()
                .map(|(account, role)| (account, views::their_role(role)))
                .collect(),
            unset,
        }),
        Ask::RenameGroup {
            group,
            name,
            description,
        } => act(Action::RenameGroup {
            group,
            name,
            description,
        }),
        Ask::LeaveGroup(group) => act(Action::LeaveGroup(group)),
        Ask::ForgetChat(group) => act(Action::ForgetChat(group)),
        Ask::Verify { account, verified } => act(Action::Verify { account, verified }),
        Ask::RemoveDevice(device) => act(Action::RemoveDevice(device)),
        Ask::RenameDevice { device, name } => act(Action::RenameDevice { device, name }),
        Ask::DeleteAccount => act(Action::DeleteAccount),
        Ask::SeeChange(account) => {
            engine.see_change(account)?;
            Plan::Answer(Box::new(Ok(Answer::Nothing)))
        }
        Ask::Notifications => Plan::Act(Box::new(Action::AskPush), Shape::Plain),
        Ask::Subscribe(subscription) => act(Action::Subscribe(subscription.map(|to| PushSubscription {
            endpoint: to.endpoint,
            ticket: Hash::from_bytes(to.ticket),
        }))),
        Ask::TestPush => act(Action::TestPush),
        Ask::SetDuty { on } => act(Action::SetDuty { on }),
        Ask::SetAbsence(absence) => act(Action::SetAbsence(absence.map(|absence| api::AbsenceView {
            note: absence.note,
            until: absence.until,
        }))),
        _ => Plan::Other,
    })
}

fn send(engine: &mut Engine, group: GroupId, draft: Draft) -> Result<Plan, EngineError> {
    let content = match draft.content {
        DraftContent::Forward(message) => return Ok(act(Action::Forward { message, group })),
        DraftContent::Unreact { to, emoji } => match engine.own_reaction(to, &emoji)? {
            Some(reaction) => Content::Unreaction { reaction, to: Some(to) },
            None => return Ok(refused("unknown_message")),
        },
        DraftContent::Delete(message) => Content::Delete {
            replaces: message,
            in_reply_to: engine.message(message)?.and_then(|view| view.reply_to),
        },
        DraftContent::Edit { of, text } => match engine.message(of)? {
            Some(view) => edit(&view, of, compose(text)),
            None => return Ok(refused("unknown_message")),
        },
        DraftContent::AllClear(of) => return Ok(act(Action::AllClear(of))),
        DraftContent::MoveLocation { of, place, live_until } => match engine.message(of)? {
            Some(view) => moved(&view, of, views::their_place(place), live_until),
            None => return Ok(refused("unknown_message")),
        },
        DraftContent::Contact { account } => match engine.contact(account)? {
            Some(contact) => Content::ContactCard(ContactCard {
                name: contact.name,
                account: Some(account),
                organisation: Some(contact.organisation_name).filter(|name| !name.is_empty()),
                unit: contact.unit.last().cloned(),
                phones: Vec::new(),
                mails: Vec::new(),
                note: contact.function,
            }),
            None => return Ok(refused("unknown_account")),
        },
        other => simple(other),
    };
    let content = match (draft.reply_to, content) {
        (Some(to), body) if is_body(&body) => Content::Reply {
            to,
            body: Box::new(body),
        },
        (_, content) => content,
    };
    let draft = api::Draft {
        content,
        files: draft.files.into_iter().map(file).collect(),
        expires_in_ms: draft.expires_in_ms,
        acknowledge: draft.confirm,
        at: draft.at,
    };
    Ok(act(Action::Send {
        group,
        draft: Box::new(draft),
    }))
}

/// What may stand in a reply.
fn is_body(content: &Content) -> bool {
    content.in_reply_to().is_none() && content.replaces().is_none()
}

/// What needs no look into the database.
fn simple(draft: DraftContent) -> Content {
    match draft {
        DraftContent::React { to, emoji } => Content::Reaction { to, emoji },
        DraftContent::Confirm { to, note } => Content::Acknowledgement(Acknowledgement { to, note }),
        DraftContent::Vote { poll, choices } => Content::Vote(Vote { poll, choices }),
        DraftContent::Alarm {
            urgency,
            text,
            confirm_by,
            on_duty,
        } => Content::Alarm(Alarm {
            urgency: views::their_urgency(urgency),
            text,
            acknowledge_by: confirm_by,
            ack_key: None,
            on_duty,
            over: false,
        }),
        DraftContent::Location {
            place,
            label,
            live_until,
        } => Content::Location(Location {
            place: views::their_place(place),
            live_until,
            label,
        }),
        DraftContent::Poll {
            question,
            options,
            multiple,
        } => Content::Poll(Poll {
            question,
            options,
            multiple,
        }),
        DraftContent::Report { form, title, fields } => Content::Report(Report {
            form,
            title,
            fields: fields
                .into_iter()
                .map(|(key, label, value)| ReportField { key, label, value })
                .collect(),
            attachments: Vec::new(),
        }),
        DraftContent::Text(text) => Content::Text(compose(text)),
        // The rest was taken before; an empty text is refused by the engine.
        _ => Content::Text(Text::plain(String::new())),
    }
}

/// A new version of what a message says; its files and what it answers stay.
fn edit(view: &api::MessageView, of: MessageId, text: Text) -> Content {
    let body = match view.message.as_ref().map(|message| message.content.body()) {
        Some(Content::Attachments(attachments)) => {
            let mut attachments = attachments.clone();
            attachments.caption = (!text.text.is_empty()).then_some(text);
            Content::Attachments(attachments)
        }
        _ => Content::Text(text),
    };
    replace(view, of, body)
}

fn moved(
    view: &api::MessageView,
    of: MessageId,
    place: melder_content::Place,
    live_until: Option<melder_port::Time>,
) -> Content {
    let label = match view.message.as_ref().map(|message| message.content.body()) {
        Some(Content::Location(location)) => location.label.clone(),
        _ => None,
    };
    let location = Location {
        place,
        live_until,
        label,
    };
    replace(view, of, Content::Location(location))
}

fn replace(view: &api::MessageView, of: MessageId, body: Content) -> Content {
    let body = match view.reply_to {
        Some(to) => Content::Reply {
            to,
            body: Box::new(body),
        },
        None => body,
    };
    Content::Edit {
        replaces: of,
        body: Box::new(body),
    }
}

fn file(file: DraftFile) -> api::FileDraft {
    api::FileDraft {
        file: api::FileId(file.file.0),
        filename: file.filename,
        content_type: file.content_type,
        description: file.description,
        preview: file.preview.map(|(content_type, bytes)| Preview {
            content_type,
            bytes: bytes.into(),
        }),
        dimensions: file.dimensions,
        duration_ms: file.duration_ms,
        evidence: file
            .evidence
            .map(|(captured_at, place)| (captured_at, place.map(views::their_place))),
    }
}

/// What a person typed. Only mentions are Markdown, and only then is the text; what else looks like it is escaped, so that
/// it is shown as it was typed.
#[must_use]
pub fn compose(text: String) -> Text {
    let mut markdown = String::with_capacity(text.len());
    let mut mentions = 0;
    let mut rest = text.as_str();
    while let Some(letter) = rest.chars().next() {
        let length = mention(rest);
        if length > 0 {
            markdown.push_str(&rest[..length]);
            mentions += 1;
            rest = &rest[length..];
            continue;
        }
        if matches!(letter, '\\' | '`' | '*' | '_' | '~' | '[' | ']' | '<' | '>' | '#') {
            markdown.push('\\');
        }
        markdown.push(letter);
        rest = &rest[letter.len_utf8()..];
    }
    if mentions == 0 {
        Text::plain(text)
    } else {
        Text::markdown(markdown)
    }
}

/// The length of `[@Name](melder:account/<id>)` at the start; 0: there is none.
fn mention(text: &str) -> usize {
    const TARGET: &str = "](melder:account/";
    if !text.starts_with("[@") {
        return 0;
    }
    let Some(middle) = text.find(TARGET).filter(|at| is_label(&text[2..*at])) else {
        return 0;
    };
    let id = &text[middle + TARGET.len()..];
    let Some(end) = id.find(')') else { return 0 };
    if id[..end].parse::<AccountId>().is_err() {
        return 0;
    }
    middle + TARGET.len() + end + 1
}

/// On one line, and no bracket that is not escaped: else the mention begins later, and what stands before it is only text.
fn is_label(label: &str) -> bool {
    let mut escaped = false;
    label.chars().all(|letter| {
        let was = escaped;
        escaped = letter == '\\' && !was;
        was || !matches!(letter, '\n' | '[' | ']')
    })
}

/// What came of an action, as its question wants it; `None`: [`Shape::Chunk`], which is to be read now.
///
/// # Errors
/// When the database fails.
pub fn answer(engine: &mut Engine, shape: &Shape, outcome: Outcome, server: &str) -> Result<Answer, EngineError> {
    Ok(match (shape, outcome) {
        (Shape::Chunk(blob, index), _) => Answer::Chunk(engine.file_chunk(*blob, *index)?),
        (Shape::Devices(this), Outcome::Devices(devices)) => {
            let mut devices: Vec<_> = devices.into_iter().map(|info| views::device(info, *this)).collect();
            if engine.has_recovery_code()? {
                devices.push(views::recovery());
            }
            Answer::Devices(devices)
        }
        (Shape::Reach(message), Outcome::Reach { reached, missing }) => {
            Answer::Reach(self::reach(engine, *message, reached, missing)?)
        }
        (_, Outcome::Push(state)) => Answer::Notifications(Notifications {
            server_key: state.server_key.map(|key| key.0),
            subscribed: state.subscribed,
        }),
        (_, Outcome::OnDuty(count)) => Answer::OnDuty(count),
        (_, Outcome::Offer(offer)) => Answer::Offer(views::offer(offer, server)),
        (_, Outcome::RecoveryCode(words)) => Answer::RecoveryWords(words),
        (_, Outcome::Directory(people)) => Answer::Directory(people.into_iter().map(views::person).collect()),
        (_, Outcome::Group(group)) => Answer::Group(group),
        (_, Outcome::Queued(message)) => Answer::Queued(message),
        (_, Outcome::File(file)) => Answer::File(FileId(file.0)),
        _ => Answer::Nothing,
    })
}

fn reach(
    engine: &mut Engine,
    message: MessageId,
    reached: Vec<AccountId>,
    missing: Vec<AccountId>,
) -> Result<melder_port::view::Reach, EngineError> {
    let own = engine.own()?.map(|own| own.account);
    let view = engine.message(message)?;
    let group = view.as_ref().map(|view| view.group);
    let acknowledged = view.map(|view| view.acknowledged).unwrap_or_default();
    let is_open =
        |account: &AccountId| Some(*account) != own && !acknowledged.iter().any(|(confirmed, _)| confirmed == account);
    let notes = match group {
        Some(group) => engine.confirmation_notes(group, message)?,
        None => Vec::new(),
    };
    let mut confirmed = Vec::new();
    for (account, time) in acknowledged.iter().filter(|(account, _)| Some(*account) != own) {
        let note = notes.iter().find(|(by, _)| by == account);
        confirmed.push(Confirmed {
            account: *account,
            name: engine.name(*account)?,
            time: *time,
            note: note.map(|(_, note)| note.clone()),
        });
    }
    let named = |accounts: Vec<AccountId>| -> Result<Vec<(AccountId, String)>, EngineError> {
        accounts
            .into_iter()
            .filter(is_open)
            .map(|account| Ok((account, engine.name(account)?)))
            .collect()
    };
    Ok(melder_port::view::Reach {
        reached: named(reached)?,
        missing: named(missing)?,
        confirmed,
    })
}

/// Why an action failed, for a page.
#[must_use]
pub fn failure(error: &ActionError) -> Failure {
    match error {
        ActionError::Offline => Failure::Offline,
        ActionError::Refused(refusal) => Failure::Refused(refusal.code.code().to_owned()),
        ActionError::Invalid(invalid) => Failure::Refused(invalid.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use melder_content::TextFormat;

    use super::{AccountId, Text, compose};

    #[test]
    fn a_text_without_a_mention_stays_as_it_was_typed() {
        let text = compose("2 * 3 = 6, siehe `a_b` [x](y)".into());
        assert_eq!(text, Text::plain("2 * 3 = 6, siehe `a_b` [x](y)"));
    }

    #[test]
    fn beside_a_mention_nothing_else_becomes_markup() {
        let account = AccountId::from_bytes([9; 16]);
        let typed = format!("*wichtig* {} # 1_2_3 <b>", Text::mention("Huber (Nord)", account));
        let text = compose(typed);
        assert_eq!(text.format, TextFormat::Markdown);
        assert_eq!(text.mentions(), [account]);
        assert_eq!(text.words(), "*wichtig* @Huber (Nord) # 1_2_3 <b>");
    }

    #[test]
    fn whatever_stands_around_a_mention_is_shown_as_it_was_typed() {
        let account = AccountId::from_bytes([9; 16]);
        let mention = Text::mention("Anna [Nord]", account);
        for around in [
            "[@*fett* ",
            "> Zitat\n# kein Titel\n- a\n",
            "`` ` ~~x~~ __y__ \\* ",
            "[a](https://b.example) <c> ",
            "https://b.example/x_y_z ",
            "[@[@",
        ] {
            let text = compose(format!("{around}{mention}{around}"));
            assert_eq!(text.mentions(), [account], "{around}");
            assert_eq!(text.words(), format!("{around}@Anna [Nord]{around}"));
        }
    }
}
