// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A hostile server: a real engine with an account, groups, a history and a file gets whatever frames there are.
//!
//! It must not fall, and must not fail: an error would mean that its database did. Whatever came, what was shown stays
//! shown, the database opens again, and where the group still stands where it stood, the next genuine message is read
//! and shown once.

use melder_content::{Acknowledgement, Content, Text};
use melder_engine::api::{Action, Draft, GroupStatus};
use melder_engine::{ActionId, Effect, Engine, Input as EngineInput};
use melder_protocol::entry::Entry;
use melder_protocol::frame::{ClientFrame, ServerFrame};
use melder_protocol::invitation::InvitationToken;
use melder_protocol::linking::LinkCode;
use melder_protocol::request::Response;
use melder_protocol::roster::{GroupKind, Role};
use melder_protocol::{Hash, InvitationSecret, LogId, RequestId, Sequence, Time, cbor};
use minicbor::Encoder;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;

use crate::input::{Input, patched, put_piece};
use crate::town::fixture::{Fixture, NEWS, PAST, fixture};
use crate::town::open;

/// Steps of one input.
const MAX_STEPS: usize = 24;
struct Attack<'a> {
    fixture: &'a Fixture,
    /// Whose device is under attack: Anna's, who publishes in the channel, or Bela's, who reads it.
    victim: usize,
    engine: Engine,
    rng: ChaCha20Rng,
    now: Time,
    /// Requests that wait for an answer.
    asked: Vec<RequestId>,
    next_frame: usize,
    next_action: u64,
    is_wiped: bool,
}

/// The first byte says whose device it is, and whether it has an account; the rest is a sequence of steps.
pub fn feed(bytes: &[u8]) {
    let fixture = fixture();
    let mut input = Input(bytes);
    let first = input.byte();
    let (victim, is_fresh) = (usize::from(first >> 4 & 1), first & 0x0f == 0x0f);
    let mut attack = Attack::begin(fixture, victim, is_fresh);
    for _ in 0..MAX_STEPS {
        if input.is_empty() {
            break;
        }
        let kind = input.byte();
        attack.step(kind % 16, &mut input);
    }
    if is_fresh {
        attack.input(EngineInput::Disconnected);
    } else {
        attack.end();
    }
}

impl<'a> Attack<'a> {
    fn begin(fixture: &'a Fixture, victim: usize, is_fresh: bool) -> Self {
        let engine = if is_fresh {
            let database = rusqlite::Connection::open_in_memory().expect("memory");
            Engine::open(database, fixture.now).expect("a new database opens")
        } else {
            open(&fixture.devices[victim], fixture.now)
        };
        let mut attack = Self {
            fixture,
            victim,
            engine,
            rng: ChaCha20Rng::from_seed([3; 32]),
            now: fixture.now,
            asked: Vec::new(),
            next_frame: 0,
            next_action: 1,
            is_wiped: false,
        };
        attack.input(EngineInput::Connected);
        attack
    }

    fn input(&mut self, input: EngineInput) {
        let effects = self
            .engine
            .handle(self.now, &mut self.rng, input)
            .expect("nothing from a server makes the engine fail");
        for effect in effects {
            match effect {
                Effect::Send(bytes) => match cbor::decode(&bytes).expect("our own frames can be read") {
                    ClientFrame::Request { id, .. } => self.asked.push(id),
                    ClientFrame::Hello(_) | ClientFrame::Ack(_) => {}
                },
                Effect::Wipe => self.is_wiped = true,
                Effect::Reconnect | Effect::Stop | Effect::WakeAt(_) | Effect::Event(_) => {}
            }
        }
    }

    fn frame(&mut self, bytes: Vec<u8>) {
        self.input(EngineInput::Frame(bytes));
    }

    fn genuine(&self) -> &'a [Vec<u8>] {
        &self.fixture.to_device[self.victim]
    }

    fn log(&self, input: &mut Input<'_>) -> (LogId, Sequence) {
        let group = match input.choice(4) {
            0 | 1 => self.fixture.group,
            2 => self.fixture.channel,
            _ => {
                return (
                    LogId::Inbox(self.fixture.members[self.victim].account),
                    Sequence(u64::from(input.byte())),
                );
            }
        };
        (LogId::Group(group), Sequence(u64::from(input.byte())))
    }

    fn step(&mut self, kind: u8, input: &mut Input<'_>) {
        match kind {
            0 => {
                let frame = self.fixture.names.show(input.piece());
                self.frame(frame);
            }
            1..=3 => {
                let asked = input.choice(self.asked.len());
                let id = self.asked.get(asked).copied().unwrap_or(RequestId(1));
                let answer = self.fixture.names.show(input.piece());
                self.frame(response(id, &answer));
            }
            4..=6 => {
                let (log, delta) = self.log(input);
                let sender = input.choice(self.fixture.members.len() + 1);
                let body = self.fixture.names.show(input.piece());
                let sequence = self.head(log).0.saturating_add(1 + (delta.0 & 0x80) * delta.0);
                self.frame(self.entry(log, Sequence(sequence), sender, &body));
            }
            7 | 8 => {
                if let Some(frame) = self.genuine().get(self.next_frame) {
                    self.next_frame += 1;
                    self.frame(frame.clone());
                }
            }
            9 | 10 => {
                let frames = &self.fixture.to_device[input.choice(self.fixture.to_device.len())];
                let frame = &frames[usize::from(input.byte()) % frames.len()];
                let changed = patched(frame, &mut Input(input.piece()));
                self.frame(changed);
            }
            11 => {
                const PAUSES: [u64; 6] = [
                    100,
                    6 * Time::SECOND,
                    Time::MINUTE,
                    Time::HOUR,
                    40 * Time::DAY,
                    4_000 * Time::DAY,
                ];
                self.now = self.now.plus(PAUSES[input.choice(PAUSES.len())]);
                self.input(EngineInput::Tick);
            }
            12 | 13 => {
                let action = self.action(input);
                let id = ActionId(self.next_action);
                self.next_action += 1;
                self.input(EngineInput::Do(id, Box::new(action)));
            }
            14 => {
                self.input(EngineInput::Disconnected);
                self.asked.clear();
                self.input(EngineInput::Connected);
            }
            _ => self.input(EngineInput::Tick),
        }
    }

    /// Where a log stands, as the engine has it.
    fn head(&mut self, log: LogId) -> Sequence {
        match log {
            LogId::Group(group) => self.chat_head(group),
            LogId::Inbox(_) => Sequence(0),
        }
    }

    fn chat_head(&mut self, group: melder_protocol::GroupId) -> Sequence {
        let chat = self.engine.chat(group).expect("the database");
        chat.map_or(Sequence(0), |chat| chat.head)
    }

    /// An entry with any body, at this place.
    fn entry(&self, log: LogId, sequence: Sequence, sender: usize, body: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = Encoder::new(&mut bytes);
        let written = (|| {
            encoder.array(2)?.u8(4)?.array(2)?.encode(log)?;
            encoder.array(1)?.array(4)?.encode(sequence)?.encode(self.now)?;
            encoder.encode(self.fixture.members.get(sender).copied())?;
            Ok::<_, minicbor::encode::Error<std::convert::Infallible>>(())
        })();
        written.expect("a vector takes it");
        bytes.extend(body);
        bytes
    }

    /// Something that a person does meanwhile, and that wants answers.
    fn action(&mut self, input: &mut Input<'_>) -> Action {
        let fixture = self.fixture;
        let token = InvitationToken {
            organisation: Hash::from_bytes([1; 32]),
            secret: InvitationSecret::from_bytes([2; 16]),
        };
        let account = fixture.members[1].account;
        let device_name = "Telefon".to_owned();
        match input.choice(19) {
            0 => Action::OpenInvitation(token),
            1 => Action::Join {
                token,
                device_name,
                name: None,
            },
            2 => Action::AcceptInvitation(token),
            3 => Action::StartLink { device_name },
            4 => Action::AnswerLink(LinkCode {
                server: "https://melder.example".to_owned(),
                code: "ABCD2345".to_owned(),
                offer: (input.byte() & 1 == 0).then(|| Hash::from_bytes([4; 32])),
            }),
            5 => Action::ConfirmLink(true),
            6 => Action::CreateRecoveryCode,
            7 => Action::Recover {
                words: "abandon ".repeat(11) + "about",
                device_name,
            },
            8 => Action::ListDevices,
            9 => Action::FindAccounts {
                query: "Anna".to_owned(),
                after: None,
            },
            10 => Action::StartDirect(account),
            11 => Action::CreateGroup {
                kind: GroupKind::Group,
                name: "Kaffee".to_owned(),
                description: None,
                members: vec![(account, Role::Member)],
            },
            12 => Action::Send {
                group: fixture.group,
                draft: Box::new(Draft::new(Content::Text(Text::plain("Ja")))),
            },
            13 => match fixture.blob {
                Some(blob) => Action::Download(blob),
                None => Action::ListDevices,
            },
            14 => match fixture.blob {
                Some(blob) => Action::FetchChunk {
                    blob,
                    index: u32::from(input.byte()),
                },
                None => Action::ListDevices,
            },
            15 => Action::RemoveDevice(fixture.members[self.victim].device),
            16 => Action::MarkRead {
                group: fixture.group,
                through: Sequence(u64::from(input.byte())),
            },
            17 => {
                let seen = self.engine.messages(fixture.channel, None, 10).expect("the database");
                let Some(notice) = seen.first() else {
                    return Action::ListDevices;
                };
                let confirmed = Acknowledgement {
                    to: notice.id,
                    note: None,
                };
                Action::Send {
                    group: fixture.channel,
                    draft: Box::new(Draft::new(Content::Acknowledgement(confirmed))),
                }
            }
            _ => Action::ChangeRoster {
                group: fixture.group,
                set: vec![(account, Role::Manage)],
                unset: Vec::new(),
            },
        }
    }

    fn shown(&self, words: &str) -> usize {
        let messages = self
            .engine
            .messages(self.fixture.group, None, 1_000)
            .expect("the database");
        messages.iter().filter(|message| message.text == words).count()
    }

    /// What was there is there, and goes on.
    fn end(mut self) {
        self.input(EngineInput::Disconnected);
        let gone = self.engine.gone().expect("the database").is_some();
        // After its retention time a message vanishes; that is as it should be.
        let is_late = self.now.since(self.fixture.now) > Time::DAY;
        assert!(!self.is_wiped, "only the organisation makes a device forget");
        if !is_late {
            assert_eq!(self.shown(PAST), 1, "what was shown stays");
        }
        self.look_around();
        if gone || is_late {
            return;
        }
        // The server is honest again.
        self.input(EngineInput::Connected);
        for frame in self.genuine().iter().take(2) {
            self.frame(frame.clone());
        }
        if self.victim != 0 {
            return;
        }
        let entry = self.fixture.news.clone();
        let chat = self.engine.chat(self.fixture.group).expect("the database");
        let stands = chat.is_some_and(|chat| chat.status == GroupStatus::Active && chat.head.next() == entry.sequence);
        if stands {
            self.frame(cbor::encode(&ServerFrame::Entries {
                log: LogId::Group(self.fixture.group),
                entries: vec![entry],
            }));
            assert_eq!(self.shown(NEWS), 1, "a genuine message is read after all junk");
        } else {
            assert!(self.shown(NEWS) <= 1, "nothing is shown twice");
        }
    }

    /// Everything that a screen asks.
    fn look_around(&mut self) {
        let group = self.fixture.group;
        let looks = (|| {
            self.engine.own()?;
            self.engine.policy()?;
            for chat in self.engine.chats()? {
                self.engine.members(chat.group)?;
                self.engine.messages(chat.group, None, 1_000)?;
                self.engine.system_lines(chat.group)?;
            }
            for member in &self.fixture.members {
                self.engine.contact(member.account)?;
                self.engine.safety_number(member.account)?;
            }
            self.engine.search("Abend", 10)?;
            self.engine.open_alarms()?;
            self.engine.epoch_authenticator(group)?;
            Ok::<_, melder_engine::EngineError>(())
        })();
        looks.expect("what is in the database can be read");
    }
}

/// An answer's bytes as a frame.
fn response(id: RequestId, answer: &[u8]) -> Vec<u8> {
    // [2, [id, response]]
    let mut bytes = vec![0x82, 0x02, 0x82];
    bytes.extend(cbor::encode(&id));
    bytes.extend(answer);
    bytes
}

/// The recorded morning, and each kind of frame by itself, as seeds.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let fixture = fixture();
    let frames = &fixture.to_device[0];
    let mut seeds = vec![[&[0][..], &[7].repeat(frames.len().min(MAX_STEPS))].concat()];
    // After the beginning each action, answered by a genuine answer to something.
    let begin = [0, 7, 7, 7, 7, 7];
    for action in 0..19 {
        seeds.push([&[0x10, 7, 7, 7, 7, 7], &[12, action, 0, 7, 7, 11, 1][..]].concat());
        seeds.push([&begin[..], &[12, action, 0, 7, 7, 11, 1]].concat());
        seeds.push([&[0x0f, 7][..], &[12, action, 0]].concat());
    }
    for number in 0..frames.len().min(60) {
        let Ok(number) = u8::try_from(number) else { continue };
        let mut seed = [&begin[..], &[9, 0, number]].concat();
        put_piece(&mut seed, &[0, 0, 20, 1]);
        seeds.push(seed);
    }
    seeds
}

/// A seed from an answer that was recorded elsewhere.
#[must_use]
pub fn response_seed(response: &Response) -> Vec<u8> {
    let mut seed = vec![0, 7, 7, 12, 8, 1, 0];
    put_piece(&mut seed, &fixture().names.hide(&cbor::encode(response)));
    seed
}

/// A seed from an entry that was recorded elsewhere: its body, in the log of the group and in the inbox.
#[must_use]
pub fn entry_seed(entry: &Entry) -> Vec<u8> {
    let mut seed = vec![0, 7, 7];
    let body = fixture().names.hide(&cbor::encode(&entry.body));
    for log in [0, 3] {
        seed.extend([4, log, 0, 1]);
        put_piece(&mut seed, &body);
    }
    seed
}
