// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The colleagues: they write what is in the script, answer each other and the visitor, react, report and confirm alarms.

use std::collections::HashSet;
use std::path::Path;
use std::time::Duration;

use melder_client::vault::Profile;
use melder_client::{Client, ClientConfig, Link};
use melder_content::{Acknowledgement, Content, Report, ReportField, Text};
use melder_engine::api::{Action, Draft, Event, MessageChange, MessageView};
use melder_protocol::invitation::InvitationLink;
use melder_protocol::{AccountId, GroupId};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::city::City;
use super::script::{Script, Texts};
use crate::error::CliError;
use crate::output::{line, safe_line};
use crate::replay::plan::Dice;
use crate::replay::wire::now;

const START: Duration = Duration::from_secs(60);
/// Between two things that a colleague does, in milliseconds.
const PAUSE: (u64, u64) = (15_000, 90_000);
/// Before somebody answers, in milliseconds.
const THINKING: (u64, u64) = (1_500, 6_000);
const EMOJI: &[&str] = &["👍", "🙏", "✅", "😊"];

/// A colleague with a device.
#[derive(Clone)]
pub(super) struct Colleague {
    pub client: Client,
    pub name: String,
    pub account: AccountId,
}

/// Opens everybody's device; those who have none yet take their invitation.
pub(super) async fn wake(
    folder: &Path,
    address: &str,
    city: &City,
    script: &Script,
) -> Result<Vec<Colleague>, CliError> {
    let mut tasks = JoinSet::new();
    for (index, person) in script.person.iter().enumerate() {
        let profile = Profile::take(&folder.join(format!("colleague-{index}")))?;
        let link = city
            .account(&person.name)
            .map(|account| account.link.clone())
            .unwrap_or_default();
        let (name, address) = (person.name.clone(), address.to_owned());
        tasks.spawn(async move {
            let mut config = ClientConfig::file(profile.database(), profile.key(None)?);
            config.server = Some(address);
            let client = Client::open(config).await?;
            if client.query(|engine| engine.own()).await??.is_none() {
                let link: InvitationLink = link.parse().map_err(CliError::other)?;
                client.wait_link(Link::Open, START).await.map_err(CliError::other)?;
                client
                    .action(Action::Join {
                        token: link.token,
                        device_name: "Diensthandy".to_owned(),
                        name: None,
                    })
                    .await?;
            }
            client.wait_link(Link::Online, START).await.map_err(CliError::other)?;
            let own = client
                .query(|engine| engine.own())
                .await??
                .ok_or_else(|| CliError::other("no account"))?;
            // The profile's lock is held as long as the program runs.
            std::mem::forget(profile);
            Ok::<_, CliError>((
                index,
                Colleague {
                    client,
                    name,
                    account: own.account,
                },
            ))
        });
    }
    let mut colleagues = Vec::new();
    while let Some(done) = tasks.join_next().await {
        colleagues.push(done.map_err(CliError::other)??);
    }
    colleagues.sort_by_key(|(index, _)| *index);
    Ok(colleagues.into_iter().map(|(_, colleague)| colleague).collect())
}

/// The groups of the script, and who writes in them.
pub(super) fn places(city: &City, script: &Script) -> Vec<Place> {
    script
        .group
        .iter()
        .filter_map(|group| {
            let id = city.group(&group.key)?.parse().ok()?;
            let texts = script.texts.get(&group.texts)?.clone();
            // In a channel only publishers write, everywhere else everybody in the units.
            let units = if group.channel { &group.publishers } else { &group.units };
            let writers = script
                .person
                .iter()
                .filter(|person| units.contains(&person.unit))
                .map(|person| person.name.clone())
                .collect();
            Some(Place {
                id,
                key: group.key.clone(),
                name: group.name.clone(),
                channel: group.channel,
                texts,
                writers,
            })
        })
        .collect()
}

/// Runs until it is dropped.
pub(super) async fn bustle(colleagues: &[Colleague], city: &City, script: &Script) {
    let accounts: HashSet<AccountId> = colleagues.iter().map(|colleague| colleague.account).collect();
    let mut groups = places(city, script);
    // There stands how it all works, and nothing else.
    groups.retain(|place| place.key != script.welcome.group);
    let answers = script.texts.get("answers").cloned().unwrap_or_default();
    let mut tasks = JoinSet::new();
    for (index, colleague) in colleagues.iter().enumerate() {
        let own: Vec<Place> = groups
            .iter()
            .filter(|group| group.writers.contains(&colleague.name))
            .cloned()
            .collect();
        let life = Life {
            colleague: colleague.clone(),
            groups: own,
            colleagues: accounts.clone(),
            answers: answers.clone(),
            dice: Dice::new(now() ^ index as u64, "demo"),
        };
        tasks.spawn(life.live());
    }
    while tasks.join_next().await.is_some() {}
}

/// A group in which colleagues write.
#[derive(Clone)]
pub(super) struct Place {
    pub id: GroupId,
    pub key: String,
    pub name: String,
    pub channel: bool,
    pub texts: Texts,
    pub writers: Vec<String>,
}

/// One colleague's day.
struct Life {
    colleague: Colleague,
    groups: Vec<Place>,
    colleagues: HashSet<AccountId>,
    answers: Texts,
    dice: Dice,
}

impl Life {
    async fn live(mut self) {
        let mut events = self.colleague.client.events();
        let mut pause = self.dice.between(1_000, PAUSE.1);
        let mut since = tokio::time::Instant::now();
        loop {
            let rest = Duration::from_millis(pause).saturating_sub(since.elapsed());
            match timeout(rest, events.next()).await {
                Ok(Some(event)) => self.hear(&event).await,
                Ok(None) => return,
                Err(_) => {
                    self.act().await;
                    pause = self.dice.between(PAUSE.0, PAUSE.1);
                    since = tokio::time::Instant::now();
                }
            }
        }
    }

    async fn hear(&mut self, event: &Event) {
        match event {
            Event::Alarm { message, group } => {
                sleep(Duration::from_millis(self.dice.between(3_000, 20_000))).await;
                let confirmed = Content::Acknowledgement(Acknowledgement {
                    to: *message,
                    note: None,
                });
                self.send(*group, confirmed).await;
            }
            Event::MessageChanged {
                message,
                change: MessageChange::New,
                ..
            } => {
                let id = *message;
                let Ok(Ok(Some(view))) = self.colleague.client.query(move |engine| engine.message(id)).await else {
                    return;
                };
                if !self.colleagues.contains(&view.sender) {
                    self.answer(&view).await;
                }
            }
            _ => {}
        }
    }

    /// A visitor wrote. One colleague answers, another one nods, the others are polite enough not to.
    async fn answer(&mut self, view: &MessageView) {
        let Some(place) = self.groups.iter().find(|place| place.id == view.group).cloned() else {
            return self.answer_directly(view).await;
        };
        let count = place.writers.len().max(1);
        let turn = usize::from(view.id.as_bytes()[31]) % count;
        let own = place.writers.iter().position(|name| *name == self.colleague.name);
        let (answers, nods) = (own == Some(turn), own == Some((turn + 1) % count));
        if !answers && !nods {
            return;
        }
        sleep(Duration::from_millis(self.dice.between(THINKING.0, THINKING.1))).await;
        if nods {
            let emoji = self.dice.pick(EMOJI).copied().unwrap_or("👍").to_owned();
            self.send(view.group, Content::Reaction { to: view.id, emoji }).await;
        }
        if answers && let Some(text) = self.dice.pick(&self.answers.lines).cloned() {
            self.say(&place, &text);
            let body = Box::new(Content::Text(Text::plain(text)));
            self.send(view.group, Content::Reply { to: view.id, body }).await;
        }
    }

    /// Written to this colleague alone, or in a group that the visitor made: those are answered by whoever is asked.
    async fn answer_directly(&mut self, view: &MessageView) {
        sleep(Duration::from_millis(self.dice.between(THINKING.0, THINKING.1))).await;
        if let Some(text) = self.dice.pick(&self.answers.lines).cloned() {
            self.send(view.group, Content::Text(Text::plain(text))).await;
        }
    }

    async fn act(&mut self) {
        let Some(place) = self.dice.pick(&self.groups).cloned() else {
            return;
        };
        // Channels are for what matters.
        if place.channel && !self.dice.chance(25) {
            return;
        }
        let id = place.id;
        let last = self
            .colleague
            .client
            .query(move |engine| engine.messages(id, None, 5))
            .await;
        let others: Vec<MessageView> = match last {
            Ok(Ok(views)) => views
                .into_iter()
                .filter(|view| view.sender != self.colleague.account && !view.deleted)
                .collect(),
            _ => Vec::new(),
        };
        let other = self.dice.pick(&others).map(|view| view.id);
        let content = match (self.dice.between(0, 9), other) {
            (0..=1, Some(to)) if !place.channel => {
                let emoji = self.dice.pick(EMOJI).copied().unwrap_or("👍").to_owned();
                Some(Content::Reaction { to, emoji })
            }
            (2..=4, Some(to)) if !place.texts.replies.is_empty() => {
                self.dice.pick(&place.texts.replies).cloned().map(|text| {
                    self.say(&place, &text);
                    Content::Reply {
                        to,
                        body: Box::new(Content::Text(Text::plain(text))),
                    }
                })
            }
            (5, _) if !place.texts.reports.is_empty() => self.report(&place),
            _ => self.dice.pick(&place.texts.lines).cloned().map(|text| {
                self.say(&place, &text);
                Content::Text(Text::plain(text))
            }),
        };
        if let Some(content) = content {
            self.send(place.id, content).await;
        }
    }

    fn report(&mut self, place: &Place) -> Option<Content> {
        let report = self.dice.pick(&place.texts.reports)?;
        self.say(place, &report.title);
        let field = |[key, label, value]: &[String; 3]| ReportField {
            key: key.clone(),
            label: label.clone(),
            value: value.clone(),
        };
        Some(Content::Report(Report {
            form: "demo".to_owned(),
            title: report.title.clone(),
            fields: report.fields.iter().map(field).collect(),
            attachments: Vec::new(),
        }))
    }

    /// Shows on the terminal what happens.
    fn say(&self, place: &Place, text: &str) {
        line(format!(
            "{} · {}: {}",
            safe_line(&place.name),
            safe_line(&self.colleague.name),
            safe_line(text)
        ));
    }

    async fn send(&self, group: GroupId, content: Content) {
        // Not in the group yet, or no connection: the next word will do.
        let _ = self
            .colleague
            .client
            .action(Action::Send {
                group,
                draft: Box::new(Draft::new(content)),
            })
            .await;
    }
}
