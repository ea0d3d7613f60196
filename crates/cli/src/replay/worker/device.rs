// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! One device: what a person does with it, by the client's actions.

use std::path::PathBuf;
use std::time::Duration;

use melder_client::{Client, ClientConfig, Database, Link};
use melder_content::{Acknowledgement, Alarm, Content, MessageId, Text, Urgency};
use melder_engine::api::{Action, ActionError, Draft, Event, FileDraft, GroupStatus, Invalid, Outcome};
use melder_engine::{Engine, EngineError};
use melder_protocol::invitation::InvitationLink;
use melder_protocol::linking::LinkCode;
use melder_protocol::{GroupId, Time};
use tokio::sync::{Mutex, mpsc, oneshot, watch};
use tokio::time::{Instant, sleep, timeout};
use zeroize::Zeroizing;

use super::{Failure, reading, seeing};
use crate::replay::wire::{Answer, Ask, Sighting, Writing, now, photo};

/// How long something may take that comes by itself: a group's Welcome, a message, an answer of the server.
const LIMIT: Duration = Duration::from_secs(120);
const FIRST_LOOK: Duration = Duration::from_millis(5);
const LAST_LOOK: Duration = Duration::from_millis(100);
/// Bytes of a photo that go to the engine at once.
const PIECE: usize = 256 * 1024;

type Running = oneshot::Receiver<Result<Outcome, ActionError>>;

/// A device.
pub(super) struct Device {
    pub(super) client: Client,
    server: String,
    /// A linking that was begun.
    linking: Mutex<Option<Running>>,
    /// The number that the linking shows.
    number: watch::Sender<Option<String>>,
}

pub(super) fn failed(error: impl std::fmt::Display) -> Failure {
    error.to_string()
}

fn group_id(text: &str) -> Result<GroupId, Failure> {
    text.parse().map_err(failed)
}

pub(super) fn message_id(text: &str) -> Result<MessageId, Failure> {
    text.parse().map_err(failed)
}

impl Device {
    pub(super) async fn open(
        number: usize,
        server: String,
        file: Option<PathBuf>,
        online: bool,
        sightings: mpsc::UnboundedSender<Sighting>,
    ) -> Result<Self, Failure> {
        let mut config = ClientConfig::memory();
        config.online = online;
        if let Some(file) = file {
            // The folder is thrown away, or kept to be looked into: the key is no secret.
            config.database = Database::File(file);
            config.key = Some(Zeroizing::new([7; 32]));
        }
        config.server = Some(server.clone());
        let client = Client::open(config).await.map_err(failed)?;
        seeing::watch(number, client.clone(), sightings);
        Ok(Self {
            client,
            server,
            linking: Mutex::default(),
            number: watch::Sender::new(None),
        })
    }

    pub(super) async fn carry_out(&self, ask: Ask) -> Result<Answer, Failure> {
        match ask {
            Ask::Open { .. } => Err("is open already".to_owned()),
            Ask::Join {
                link,
                device_name,
                name,
            } => self.join(&link, device_name, name).await,
            Ask::Accept { link } => {
                let link: InvitationLink = link.parse().map_err(failed)?;
                self.ask_server(|| Action::AcceptInvitation(link.token.clone())).await?;
                Ok(Answer::Done)
            }
            Ask::StartLink { device_name, by_qr } => self.start_link(device_name, by_qr).await,
            Ask::FinishLink => self.finish_link().await,
            Ask::AnswerLink { code } => self.answer_link(&code).await,
            Ask::ConfirmLink => self.act(Action::ConfirmLink(true)).await.map(|_| Answer::Done),
            Ask::ReadNumber => self.read_number().await,
            Ask::Offline => {
                self.client.go_offline();
                // A query waits behind the order, so the connection is cut when it is answered.
                self.client.query(|_| ()).await.map_err(failed)?;
                Ok(Answer::Done)
            }
            Ask::Online => {
                self.client.go_online();
                self.client.wait_link(Link::Online, LIMIT).await.map_err(failed)?;
                Ok(Answer::Done)
            }
            Ask::Write {
                group,
                text,
                writing,
                again,
            } => {
                let group = group_id(&group)?;
                let written = if again {
                    reading::written(&self.client, group, &text).await?
                } else {
                    None
                };
                match written {
                    Some(answer) => Ok(answer),
                    None => self.write(group, text, writing).await,
                }
            }
            Ask::React { message, emoji } => {
                let to = message_id(&message)?;
                self.respond(to, Content::Reaction { to, emoji }).await
            }
            Ask::Edit { message, text } => {
                let replaces = message_id(&message)?;
                self.edit(replaces, text).await
            }
            Ask::Delete { message } => {
                let replaces = message_id(&message)?;
                // People take back what they see as sent.
                match reading::taking_back(&self.sent(replaces).await?) {
                    Some(content) => self.respond(replaces, content).await,
                    None => Ok(Answer::Done),
                }
            }
            Ask::Confirm { message } => {
                let to = message_id(&message)?;
                self.respond(to, Content::Acknowledgement(Acknowledgement { to, note: None }))
                    .await
            }
            Ask::OpenPhoto { message, seed, bytes } => self.open_photo(message_id(&message)?, seed, bytes).await,
            Ask::BeIn { group } => {
                self.be_in(group_id(&group)?).await?;
                Ok(Answer::Done)
            }
            Ask::Have { messages } => {
                for message in messages {
                    self.find(message_id(&message)?).await?;
                }
                Ok(Answer::Done)
            }
            Ask::HaveSent => {
                self.until("everything is sent", |engine| {
                    Ok((engine.outbox_len()? == 0).then_some(()))
                })
                .await?;
                Ok(Answer::Done)
            }
            Ask::Status => Ok(Answer::Status {
                status: reading::status(&self.client).await,
            }),
            Ask::History { group } => reading::history(&self.client, group_id(&group)?).await,
            Ask::Reach { group, message } => self.reach(group_id(&group)?, message_id(&message)?).await,
            Ask::BeGone => match timeout(LIMIT, self.client.ended()).await {
                Ok(melder_client::End::Wiped) => Ok(Answer::Done),
                Ok(end) => Err(format!("ended as {end:?}, not wiped")),
                Err(_) => Err("the account is still there".to_owned()),
            },
        }
    }

    /// Asks the server for something that can be asked twice, again when the network was gone.
    async fn ask_server(&self, action: impl Fn() -> Action) -> Result<Outcome, Failure> {
        let deadline = Instant::now() + LIMIT;
        loop {
            self.client.wait_link(Link::Online, LIMIT).await.map_err(failed)?;
            match timeout(LIMIT, self.client.action(action())).await.map_err(failed)? {
                Err(ActionError::Offline) if Instant::now() < deadline => {}
                result => return result.map_err(failed),
            }
        }
    }

    async fn act(&self, action: Action) -> Result<Outcome, Failure> {
        match timeout(LIMIT, self.client.action(action)).await {
            Ok(result) => result.map_err(failed),
            Err(_) => Err(format!("no answer within {} s", LIMIT.as_secs())),
        }
    }

    /// Asks the engine again and again, at last ten times a second, until there is what is looked for.
    async fn until<T: Send + 'static>(
        &self,
        what: &str,
        look: impl Fn(&mut Engine) -> Result<Option<T>, EngineError> + Clone + Send + 'static,
    ) -> Result<T, Failure> {
        let deadline = Instant::now() + LIMIT;
        let mut pause = FIRST_LOOK;
        loop {
            if let Some(found) = self.client.query(look.clone()).await.map_err(failed)?.map_err(failed)? {
                return Ok(found);
            }
            if Instant::now() >= deadline {
                return Err(format!("waited {} s until {what}", LIMIT.as_secs()));
            }
            sleep(pause).await;
            pause = (pause * 2).min(LAST_LOOK);
        }
    }

    async fn has_account(&self) -> Result<bool, Failure> {
        let own = self.client.query(|engine| engine.own()).await.map_err(failed)?;
        own.map(|own| own.is_some()).map_err(failed)
    }

    async fn account(&self) -> Result<Answer, Failure> {
        let own = self
            .client
            .query(|engine| engine.own())
            .await
            .map_err(failed)?
            .map_err(failed)?;
        own.map(|own| Answer::Account {
            account: own.account.to_string(),
        })
        .ok_or_else(|| "there is no account".to_owned())
    }

    /// Takes an invitation; as people do, again when the network was gone.
    async fn join(&self, link: &str, device_name: String, name: Option<String>) -> Result<Answer, Failure> {
        let link: InvitationLink = link.parse().map_err(failed)?;
        let deadline = Instant::now() + LIMIT;
        loop {
            self.client.wait_link(Link::Open, LIMIT).await.map_err(failed)?;
            let action = Action::Join {
                token: link.token.clone(),
                device_name: device_name.clone(),
                name: name.clone(),
            };
            match timeout(LIMIT, self.client.action(action)).await.map_err(failed)? {
                Ok(_) => break,
                // The answer to the first try may come with a later connection.
                Err(ActionError::Offline) if Instant::now() < deadline => {}
                Err(ActionError::Invalid(Invalid::AccountExists)) => break,
                Err(error) => return Err(failed(error)),
            }
        }
        self.client.wait_link(Link::Online, LIMIT).await.map_err(failed)?;
        self.account().await
    }

    async fn start_link(&self, device_name: String, by_qr: bool) -> Result<Answer, Failure> {
        self.client.wait_link(Link::Open, LIMIT).await.map_err(failed)?;
        if self.has_account().await? {
            // An earlier try went through, and only its end was not heard.
            return self.account().await;
        }
        let mut events = self.client.events();
        let running = self.client.start(Action::StartLink { device_name });
        *self.linking.lock().await = Some(running);
        let code = loop {
            match timeout(LIMIT, events.next()).await.map_err(failed)?.as_deref() {
                Some(Event::LinkCode(code)) => break code.clone(),
                Some(_) => {}
                None => return Err("ended while linking".to_owned()),
            }
        };
        let number = self.number.clone();
        tokio::spawn(async move {
            while let Some(event) = events.next().await {
                if let Event::LinkNumber(digits) = event.as_ref() {
                    number.send_replace(Some(digits.clone()));
                    break;
                }
            }
        });
        Ok(Answer::Code {
            code: if by_qr { code.to_string() } else { code.code },
        })
    }

    async fn finish_link(&self) -> Result<Answer, Failure> {
        let running = self.linking.lock().await.take().ok_or("no linking was begun")?;
        timeout(LIMIT, running)
            .await
            .map_err(failed)?
            .map_err(failed)?
            .map_err(failed)?;
        self.client.wait_link(Link::Online, LIMIT).await.map_err(failed)?;
        self.account().await
    }

    /// The number comes as an event; the driver asks for it when both sides have it.
    async fn read_number(&self) -> Result<Answer, Failure> {
        let mut shown = self.number.subscribe();
        let number = timeout(LIMIT, shown.wait_for(Option::is_some))
            .await
            .map_err(failed)?
            .map_err(failed)?;
        number
            .clone()
            .map(|number| Answer::Number { number })
            .ok_or_else(|| "no number".to_owned())
    }

    async fn answer_link(&self, code: &str) -> Result<Answer, Failure> {
        let code = LinkCode::parse(code, &self.server).ok_or("not a code for linking")?;
        let by_qr = code.offer.is_some();
        let mut events = self.client.events();
        self.act(Action::AnswerLink(code)).await?;
        if by_qr {
            return Ok(Answer::Done);
        }
        loop {
            match timeout(LIMIT, events.next()).await.map_err(failed)?.as_deref() {
                Some(Event::LinkNumber(number)) => return Ok(Answer::Number { number: number.clone() }),
                Some(_) => {}
                None => return Err("ended while linking".to_owned()),
            }
        }
    }

    /// Waits until this device is in the group.
    async fn be_in(&self, group: GroupId) -> Result<(), Failure> {
        self.until("the device is in the group", move |engine| {
            Ok(engine
                .chat(group)?
                .filter(|chat| chat.status == GroupStatus::Active)
                .map(drop))
        })
        .await
    }

    /// Waits until a message shows.
    pub(super) async fn find(&self, id: MessageId) -> Result<melder_engine::api::MessageView, Failure> {
        self.until("a message shows", move |engine| engine.message(id)).await
    }

    /// Waits until an own message has its place in the log.
    async fn sent(&self, id: MessageId) -> Result<melder_engine::api::MessageView, Failure> {
        self.until("the message is sent", move |engine| {
            Ok(engine.message(id)?.filter(|view| view.sequence.is_some()))
        })
        .await
    }

    async fn send(&self, group: GroupId, draft: Draft) -> Result<Answer, Failure> {
        let at = now();
        match self
            .act(Action::Send {
                group,
                draft: Box::new(draft),
            })
            .await?
        {
            Outcome::Queued(id) => Ok(Answer::Queued { id: id.to_string(), at }),
            other => Err(format!("was not queued: {other:?}")),
        }
    }

    async fn write(&self, group: GroupId, text: String, writing: Writing) -> Result<Answer, Failure> {
        self.be_in(group).await?;
        let draft = match writing {
            Writing::Text => Draft::new(Content::Text(Text::plain(text))),
            Writing::Reply { to } => {
                let to = message_id(&to)?;
                self.find(to).await?;
                Draft::new(Content::Reply {
                    to,
                    body: Box::new(Content::Text(Text::plain(text))),
                })
            }
            Writing::AskConfirmation => {
                let mut draft = Draft::new(Content::Text(Text::plain(text)));
                draft.acknowledge = Some(None);
                draft
            }
            Writing::Alarm => Draft::new(Content::Alarm(alarm(text))),
            Writing::Photo { seed, bytes } => {
                let mut draft = Draft::new(Content::Text(Text::plain(text)));
                draft.files.push(self.take_photo(seed, bytes).await?);
                draft
            }
        };
        self.send(group, draft).await
    }

    async fn take_photo(&self, seed: u64, bytes: u64) -> Result<FileDraft, Failure> {
        let Outcome::File(file) = self.act(Action::StartFile { size: bytes }).await? else {
            return Err("no file was begun".to_owned());
        };
        for piece in photo(seed, bytes).chunks(PIECE) {
            self.act(Action::AddFileChunk {
                file,
                bytes: piece.to_vec(),
            })
            .await?;
        }
        Ok(FileDraft {
            file,
            filename: format!("IMG_{seed:08x}.jpg"),
            content_type: "image/jpeg".to_owned(),
            description: "Foto vom Einsatzort".to_owned(),
            preview: None,
            dimensions: Some((1600, 1200)),
            duration_ms: None,
            evidence: Some((Time(now() / 1_000), None)),
        })
    }

    /// Something that hangs on another message, in its group.
    async fn respond(&self, to: MessageId, content: Content) -> Result<Answer, Failure> {
        let group = self.find(to).await?.group;
        self.send(group, Draft::new(content)).await
    }

    async fn edit(&self, replaces: MessageId, text: String) -> Result<Answer, Failure> {
        let view = self.find(replaces).await?;
        let text = Content::Text(Text::plain(text));
        let body = match view.reply_to {
            Some(to) => Content::Reply {
                to,
                body: Box::new(text),
            },
            None => text,
        };
        self.send(
            view.group,
            Draft::new(Content::Edit {
                replaces,
                body: Box::new(body),
            }),
        )
        .await
    }

    async fn open_photo(&self, id: MessageId, seed: u64, bytes: u64) -> Result<Answer, Failure> {
        let view = self.find(id).await?;
        let attachment = view.attachments.first().ok_or("the message has no photo")?;
        let (blob, evidence) = (attachment.blob, attachment.evidence);
        if !evidence {
            return Err("the photo is not marked as evidence".to_owned());
        }
        self.act(Action::Download(blob)).await?;
        let last =
            u32::try_from(bytes.div_ceil(melder_protocol::limits::BLOB_CHUNK as u64).max(1) - 1).map_err(failed)?;
        self.until("the photo is here", move |engine| {
            Ok(engine.file_chunk(blob, last)?.map(drop))
        })
        .await?;
        let mut got = Vec::new();
        for index in 0..=last {
            let chunk = self
                .client
                .query(move |engine| engine.file_chunk(blob, index))
                .await
                .map_err(failed)?
                .map_err(failed)?;
            got.extend(chunk.ok_or_else(|| format!("chunk {index} of the photo is missing"))?);
        }
        if got == photo(seed, bytes) {
            Ok(Answer::Done)
        } else {
            Err("the photo is not the one that was sent".to_owned())
        }
    }

    async fn reach(&self, group: GroupId, message: MessageId) -> Result<Answer, Failure> {
        // Before that it has reached nobody.
        self.sent(message).await?;
        let asked = self.ask_server(|| Action::AskReach { group, message });
        let Outcome::Reach { reached, missing } = asked.await? else {
            return Err("no answer to the question who was reached".to_owned());
        };
        let confirmed = self.find(message).await?.acknowledged.len();
        Ok(Answer::Reach {
            reached: reached.len(),
            missing: missing.len(),
            confirmed,
        })
    }
}

fn alarm(text: String) -> Alarm {
    Alarm {
        urgency: Urgency::Emergency,
        text,
        acknowledge_by: None,
        ack_key: None,
        on_duty: false,
        over: false,
    }
}
