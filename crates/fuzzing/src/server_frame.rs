// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The server's frame handler as a whole: the real core on a real store, with an organisation, accounts, devices and
//! groups; hostile clients, known and unknown, send it what they like, in batches, over time.
//!
//! It must not fall (a panic that becomes a refusal is one, too), and what it promises holds: no answer before the
//! commit, no gap in a log, and whoever did nothing is served as before.

use std::collections::BTreeMap;

use bytes::Bytes;
use melder_protocol::cbor;
use melder_protocol::frame::{ClientFrame, ServerFrame};
use melder_protocol::request::{Request, Response};
use melder_protocol::{ErrorCode, LogId, RequestId, Sequence, Time};
use melder_server::core::{ConnectionId, Input as CoreInput};
use melder_server::store::Reader as _;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;

use crate::input::{Input, patched, put_piece};
use crate::town::fixture::{Fixture, MORNING, fixture};
use crate::town::{Out, Seen, Site};

/// Steps of one input.
const MAX_STEPS: usize = 24;
/// Connections at the beginning: one for each device, then an open one.
const OPEN: usize = 4;
/// Dora's connection: nobody else uses it.
const WITNESS: usize = 3;

struct Attack<'a> {
    fixture: &'a Fixture,
    site: Site,
    now: Time,
    connections: Vec<ConnectionId>,
    /// How far each device's own frames are used up.
    next: Vec<usize>,
    batch: Vec<CoreInput>,
    heads: BTreeMap<LogId, Sequence>,
    /// What the witness got.
    answers: Vec<ServerFrame>,
}

/// The input is a sequence of steps.
pub fn feed(bytes: &[u8]) {
    let fixture = fixture();
    let mut attack = Attack::begin(fixture);
    let mut input = Input(bytes);
    for _ in 0..MAX_STEPS {
        if input.is_empty() {
            break;
        }
        let kind = input.byte();
        attack.step(kind & 0x0f, &mut input);
        if kind & 0x80 == 0 {
            attack.flush();
        }
    }
    attack.flush();
    attack.end();
}

impl<'a> Attack<'a> {
    fn begin(fixture: &'a Fixture) -> Self {
        let mut attack = Self {
            fixture,
            site: Site::start(&fixture.server, ChaCha20Rng::seed_from_u64(MORNING)),
            now: fixture.now,
            connections: Vec::new(),
            next: vec![1; fixture.devices.len()],
            batch: Vec::new(),
            heads: BTreeMap::new(),
            answers: Vec::new(),
        };
        for _ in 0..fixture.devices.len() {
            let id = attack.site.open(fixture.now);
            attack.connections.push(id);
        }
        for no in 0..fixture.devices.len() {
            attack.frame(no, fixture.to_server[no][0].clone());
        }
        attack.flush();
        let id = attack.site.open(fixture.now);
        attack.connections.push(id);
        attack.deliver();
        let ready = |frame: &ServerFrame| matches!(frame, ServerFrame::Ready(_));
        assert!(
            attack.answers.iter().any(ready),
            "the recorded hello fits: {:?}",
            attack.answers
        );
        attack
    }

    fn frame(&mut self, connection: usize, bytes: Vec<u8>) {
        let id = self.connections[connection];
        self.batch.push(CoreInput::Frame(id, Bytes::from(bytes)));
    }

    /// Any connection but the witness's.
    fn connection(&self, input: &mut Input<'_>) -> usize {
        match input.choice(self.connections.len() - 1) {
            no if no < WITNESS => no,
            no => no + 1,
        }
    }

    fn step(&mut self, kind: u8, input: &mut Input<'_>) {
        match kind {
            0 => {
                let (connection, piece) = (self.connection(input), input.piece());
                self.frame(connection, self.fixture.names.show(piece));
            }
            1..=4 => {
                let (connection, id, piece) = (self.connection(input), input.byte(), input.piece());
                self.frame(connection, request(id, &self.fixture.names.show(piece)));
            }
            5 | 6 => {
                // A device's own next frame.
                let device = input.choice(WITNESS);
                if let Some(frame) = self.fixture.to_server[device].get(self.next[device]) {
                    self.next[device] += 1;
                    self.frame(device, frame.clone());
                }
            }
            7 | 8 => {
                // One of a device's frames, changed, from anybody.
                let frames = &self.fixture.to_server[input.choice(WITNESS)];
                let frame = &frames[usize::from(input.byte()) % frames.len()];
                let (connection, piece) = (self.connection(input), input.piece());
                self.frame(connection, patched(frame, &mut Input(piece)));
            }
            9 => {
                const PAUSES: [u64; 8] = [
                    100,
                    Time::SECOND,
                    6 * Time::SECOND,
                    Time::MINUTE,
                    Time::HOUR,
                    Time::DAY,
                    40 * Time::DAY,
                    400 * Time::DAY,
                ];
                self.flush();
                self.now = self.now.plus(PAUSES[input.choice(PAUSES.len())]);
                self.batch.push(CoreInput::Tick);
            }
            10 => {
                let id = self.site.number();
                self.connections.push(id);
                self.batch.push(CoreInput::Opened(id));
            }
            11 => {
                let connection = self.connection(input);
                let id = self.connections[connection];
                self.flush();
                self.site.forget(id);
                self.batch.push(CoreInput::Closed(id));
            }
            12 => {
                // Somebody's hello, once more, or on another's connection.
                let hello = self.fixture.to_server[input.choice(WITNESS + 1)][0].clone();
                let connection = self.connection(input);
                self.frame(connection, hello);
            }
            _ => self.batch.push(CoreInput::Tick),
        }
    }

    fn flush(&mut self) {
        let batch = std::mem::take(&mut self.batch);
        if batch.is_empty() {
            return;
        }
        let seen = self.site.handle(self.now, batch);
        self.check(&seen);
        self.deliver();
    }

    /// What came out is on the disk.
    fn check(&mut self, seen: &[Seen]) {
        for effect in seen {
            match effect {
                Seen::Appended { log, sequence, bytes } => {
                    if let Some(head) = self.heads.insert(*log, *sequence) {
                        assert_eq!(*sequence, head.next(), "no gap in {log}");
                    }
                    let before = Sequence(sequence.0.saturating_sub(1));
                    let stored = self.site.reader.entries(*log, before, 1, usize::MAX).expect("the disk");
                    // What is appended and deleted in one batch is gone: its log was taken away.
                    if let Some(entry) = stored.first() {
                        assert_eq!(entry.sequence, *sequence, "told only when on the disk");
                        assert_eq!(entry.bytes[..], bytes[..], "told as it is on the disk");
                    }
                }
                Seen::Sent(_, bytes) => {
                    let frame = cbor::decode::<ServerFrame>(bytes).expect("the server's frames can be read");
                    if let ServerFrame::Refused { refusal, .. } = &frame {
                        assert_ne!(refusal.code, ErrorCode::Internal, "nothing fails inside: {refusal:?}");
                    }
                }
            }
        }
    }

    /// Everybody reads what there is.
    fn deliver(&mut self) {
        for no in 0..self.connections.len() {
            for _ in 0..1_000 {
                match self.site.next(self.connections[no]) {
                    Out::Frames(frames) => {
                        for frame in frames {
                            let frame = cbor::decode(&frame).expect("the server's frames can be read");
                            if no == WITNESS {
                                self.answers.push(frame);
                            }
                        }
                    }
                    Out::Closed | Out::Nothing => break,
                }
            }
        }
    }

    /// The witness did nothing: it is served as ever.
    fn end(&mut self) {
        self.answers.clear();
        let ask = ClientFrame::Request {
            id: RequestId(77),
            request: Request::Devices,
        };
        self.frame(WITNESS, cbor::encode(&ask));
        self.flush();
        let served = self.answers.iter().any(|frame| match frame {
            ServerFrame::Response { id, response } => *id == RequestId(77) && matches!(response, Response::Devices(_)),
            _ => false,
        });
        assert!(served, "whoever did nothing is served: {:?}", self.answers);
        self.gap_free();
    }

    fn gap_free(&mut self) {
        let fixture = self.fixture;
        let logs = [LogId::Group(fixture.group), LogId::Group(fixture.channel)]
            .into_iter()
            .chain(fixture.members.iter().map(|member| LogId::Inbox(member.account)))
            .chain(self.heads.keys().copied())
            .collect::<Vec<_>>();
        for log in logs {
            let entries = self
                .site
                .reader
                .entries(log, Sequence(0), 10_000, usize::MAX)
                .expect("the disk");
            for pair in entries.windows(2) {
                assert_eq!(pair[1].sequence, pair[0].sequence.next(), "no gap in {log}");
            }
        }
    }
}

/// A request's bytes as a frame.
fn request(id: u8, request: &[u8]) -> Vec<u8> {
    // [1, [id, request]]
    [&[0x82, 0x01, 0x82, 0x18, id.max(24)], request].concat()
}

/// Recorded sessions as seeds: each device's own frames, and each kind of request by itself.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let fixture = fixture();
    let mut seeds = Vec::new();
    for device in 0..3_u8 {
        let frames = &fixture.to_server[usize::from(device)];
        seeds.push([5, device].repeat(frames.len().min(MAX_STEPS)));
        for (number, frame) in frames.iter().enumerate() {
            let Ok(number) = u8::try_from(number) else { continue };
            let mut seed = vec![7, device, number, device];
            put_piece(&mut seed, &[0, 0, 30, 1]);
            seeds.push(seed);
            if let Ok(ClientFrame::Request { request, .. }) = cbor::decode(frame) {
                let mut seed = vec![1, device, 30];
                put_piece(&mut seed, &fixture.names.hide(&cbor::encode(&request)));
                seeds.push(seed);
            }
        }
    }
    seeds.push(vec![9, 6, 9, 4, 10, 12, 0, 4, 11, 1, 9, 2]);
    seeds
}

/// A seed from a request that was recorded elsewhere, sent by Anna and by somebody unknown.
#[must_use]
pub fn seed(request: &Request) -> Vec<u8> {
    let bytes = cbor::encode(request);
    let mut seed = vec![1, 0, 30];
    put_piece(&mut seed, &bytes);
    seed.extend([1, u8::try_from(OPEN - 1).unwrap_or(0), 31]);
    put_piece(&mut seed, &bytes);
    seed
}
