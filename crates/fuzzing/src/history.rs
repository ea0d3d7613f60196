// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Behind the encryption: what a hostile member, or a stolen own device, can put into contents, archives, sealed
//! letters and the chunks of files. A real engine with a history takes it in.

use melder_content::{Message, Origin, Span};
use melder_engine::fuzzing::opens_chunk;
use melder_engine::{Engine, Input as EngineInput};
use melder_protocol::cbor::Bytes;
use melder_protocol::{AccountId, GroupId, Member, Sequence, Time, cbor};
use minicbor::{Decode, Encode};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;

use crate::input::{Input, put_piece};
use crate::town::fixture::{Fixture, PAST, fixture};
use crate::town::open;

/// Steps of one input.
const MAX_STEPS: usize = 16;

struct Device<'a> {
    fixture: &'a Fixture,
    engine: Engine,
    rng: ChaCha20Rng,
    now: Time,
    next: u64,
}

/// The input is a sequence of things that arrive.
pub fn feed(bytes: &[u8]) {
    let fixture = fixture();
    let mut device = Device {
        fixture,
        engine: open(&fixture.devices[0], fixture.now),
        rng: ChaCha20Rng::from_seed([4; 32]),
        now: fixture.now,
        next: 1_000,
    };
    let mut input = Input(bytes);
    for _ in 0..MAX_STEPS {
        if input.is_empty() {
            break;
        }
        device.step(&mut input);
    }
    device.end();
}

impl Device<'_> {
    fn step(&mut self, input: &mut Input<'_>) {
        let kind = input.byte();
        let sender = self.fixture.members[input.choice(self.fixture.members.len())];
        match kind % 8 {
            0..=3 => {
                let group = self.group(input);
                let bytes = self.fixture.names.show(input.piece());
                self.next += 1;
                let place = (group, sender, Sequence(self.next));
                self.engine
                    .fuzz_content(self.now, &mut self.rng, place, &bytes)
                    .expect("no content makes the engine fail");
            }
            4 => {
                let span = (input.byte() & 1 == 0).then(|| Span {
                    group: self.fixture.group,
                    from: Sequence(0),
                    to: Sequence(u64::from(input.number())),
                });
                let bytes = self.fixture.names.show(input.piece());
                self.archive(span, &bytes);
            }
            5 => {
                let bytes = self.fixture.names.show(input.piece());
                self.engine
                    .fuzz_letter(self.now, &mut self.rng, sender, &bytes)
                    .expect("no letter makes the engine fail");
            }
            6 => {
                let (key, nonce) = (input.piece(), input.piece());
                let place = (u32::from(input.number()), input.byte() & 1 == 0);
                // Nobody guesses a tag.
                assert!(!opens_chunk(key, nonce, place, input.piece()));
            }
            _ => {
                self.now = self.now.plus(u64::from(input.number()) * Time::SECOND);
                self.engine
                    .handle(self.now, &mut self.rng, EngineInput::Tick)
                    .expect("time makes no engine fail");
            }
        }
    }

    fn group(&self, input: &mut Input<'_>) -> GroupId {
        match input.choice(3) {
            0 => self.fixture.group,
            1 => self.fixture.channel,
            _ => self.fixture.own_group,
        }
    }

    /// An archive, read twice: the second time changes nothing.
    fn archive(&mut self, span: Option<Span>, bytes: &[u8]) {
        for _ in 0..2 {
            self.engine
                .fuzz_archive(self.now, &mut self.rng, span, bytes)
                .expect("no archive makes the engine fail");
        }
    }

    fn end(&mut self) {
        let group = self.fixture.group;
        let messages = self.engine.messages(group, None, 1_000).expect("the database");
        for message in &messages {
            self.engine.votes(group, message.id).expect("the database");
        }
        self.engine.chats().expect("the database");
        self.engine.search("Abend", 10).expect("the database");
        self.engine.open_alarms().expect("the database");
        self.engine.scheduled().expect("the database");
        if self.now.since(self.fixture.now) < Time::DAY {
            // Its author, and whoever has the role, may delete or edit it; nobody else makes it two.
            let count = messages.iter().filter(|message| message.text == PAST).count();
            assert!(count <= 1 || messages.len() > 2, "nothing is shown twice");
        }
    }
}

/// As in the engine's archives: a record that says something is `[1, [message]]`.
#[derive(Encode, Decode)]
#[cbor(map)]
struct Kept {
    #[n(0)]
    group: GroupId,
    #[n(1)]
    id: melder_content::MessageId,
    #[n(2)]
    sender: Member,
    #[n(3)]
    sequence: Option<Sequence>,
    #[n(4)]
    time: Time,
    #[n(5)]
    content: Bytes,
    #[n(6)]
    power: bool,
    #[n(7)]
    expires: Option<Time>,
    #[n(8)]
    kind: u8,
}

#[derive(Encode, Decode)]
enum Record {
    #[n(0)]
    Begin {
        #[n(0)]
        version: u32,
        #[n(1)]
        account: AccountId,
    },
    #[n(1)]
    Message(#[n(0)] Kept),
    #[n(3)]
    Group {
        #[n(0)]
        group: GroupId,
        #[n(1)]
        read: Sequence,
    },
    #[n(4)]
    End {
        #[n(0)]
        count: u64,
    },
}

/// Seeds from contents: each as a message, and all of them as an archive.
#[must_use]
pub fn seeds(contents: &[Message]) -> Vec<Vec<u8>> {
    let fixture = fixture();
    let sender = fixture.members[1];
    let origin = Origin {
        sender: sender.account,
        group: fixture.group,
    };
    let mut seeds = Vec::new();
    let begin = Record::Begin {
        version: 1,
        account: fixture.members[0].account,
    };
    let mut archive = cbor::encode(&begin);
    let mut count = 0;
    for message in contents {
        let Ok(encoded) = message.encode(&origin) else {
            continue;
        };
        for (who, group) in [(1, 0), (0, 1), (0, 2)] {
            let mut seed = vec![0, who, group];
            put_piece(&mut seed, &fixture.names.hide(&encoded.bytes));
            seeds.push(seed);
        }
        count += 1;
        archive.extend(cbor::encode(&Record::Message(Kept {
            group: fixture.group,
            id: encoded.id,
            sender,
            sequence: Some(Sequence(500 + count)),
            time: Time(fixture.now.0 - count),
            content: Bytes(encoded.bytes),
            power: count % 2 == 0,
            expires: None,
            kind: 0,
        })));
    }
    archive.extend(cbor::encode(&Record::Group {
        group: fixture.group,
        read: Sequence(500),
    }));
    archive.extend(cbor::encode(&Record::End { count }));
    for span in [0, 1] {
        let mut seed = vec![4, 0, span];
        if span == 0 {
            seed.extend([0xff, 0xff]);
        }
        put_piece(&mut seed, &fixture.names.hide(&archive));
        seeds.push(seed);
    }
    let mut chunk = vec![6, 0];
    for piece in [&[7; 32][..], &[8; 7]] {
        put_piece(&mut chunk, piece);
    }
    chunk.extend([0, 0, 0]);
    put_piece(&mut chunk, &[9; 40]);
    seeds.push(chunk);
    seeds
}

/// A seed from a sealed letter that was recorded.
#[must_use]
pub fn letter_seed(letter: &[u8]) -> Vec<u8> {
    let mut seed = vec![5, 1];
    put_piece(&mut seed, &fixture().names.hide(letter));
    seed
}
