// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What fell, or would have, by name: a device of the town against one clever frame.

use melder_content::{Acknowledgement, Content};
use melder_engine::api::{Action, Draft};
use melder_engine::{ActionId, Effect, Engine, Input};
use melder_fuzzing::town::fixture::{Fixture, fixture};
use melder_fuzzing::town::{open, text};
use melder_protocol::frame::{ClientFrame, ServerFrame};
use melder_protocol::request::Request;
use melder_protocol::{Counter, ErrorCode, LogId, Refusal, RequestId, cbor};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;

const BELA: usize = 1;

struct Device {
    fixture: &'static Fixture,
    engine: Engine,
    rng: ChaCha20Rng,
}

impl Device {
    /// Bela's device, and a server whose `Ready` is changed.
    fn online(change: impl FnOnce(&mut melder_protocol::frame::Ready)) -> Self {
        let fixture = fixture();
        let mut device = Self {
            fixture,
            engine: open(&fixture.devices[BELA], fixture.now),
            rng: ChaCha20Rng::from_seed([9; 32]),
        };
        device.give(Input::Connected);
        let mut change = Some(change);
        for frame in fixture.to_device[BELA].iter().take(2) {
            let mut frame = cbor::decode(frame).expect("a recorded frame");
            if let ServerFrame::Ready(ready) = &mut frame
                && let Some(change) = change.take()
            {
                change(ready);
            }
            device.give(Input::Frame(cbor::encode(&frame)));
        }
        assert!(device.engine.own().expect("the database").is_some_and(|own| own.online));
        device
    }

    /// The requests that come of it.
    fn give(&mut self, input: Input) -> Vec<(RequestId, Request)> {
        let effects = self
            .engine
            .handle(self.fixture.now, &mut self.rng, input)
            .expect("the engine does not fail");
        let request = |effect: &Effect| match effect {
            Effect::Send(bytes) => match cbor::decode(bytes).expect("our own frames can be read") {
                ClientFrame::Request { id, request } => Some((id, request)),
                _ => None,
            },
            _ => None,
        };
        effects.iter().filter_map(request).collect()
    }

    fn say(&mut self, group: melder_protocol::GroupId, draft: Draft) -> Vec<(RequestId, Request)> {
        let draft = Box::new(draft);
        self.give(Input::Do(ActionId(1), Box::new(Action::Send { group, draft })))
    }
}

#[test]
fn a_counter_at_its_end_does_not_make_acknowledging_fail() {
    let publisher = fixture().members[0].account;
    let mut device = Device::online(|ready| {
        ready
            .counters
            .push((LogId::Inbox(publisher), Counter(i64::MAX.unsigned_abs())));
    });
    let channel = device.fixture.channel;
    let notice = device.engine.messages(channel, None, 1).expect("the database")[0].id;
    let confirmed = Acknowledgement { to: notice, note: None };
    let asked = device.say(channel, Draft::new(Content::Acknowledgement(confirmed)));
    let sealed = |(_, request): &(RequestId, Request)| matches!(request, Request::Seal { .. });
    assert!(asked.iter().any(sealed), "sealed to the publisher: {asked:?}");
}

#[test]
fn a_counter_beyond_the_last_does_not_make_sending_fall() {
    let mut device = Device::online(|_| {});
    let group = device.fixture.group;
    // Everything before is read, so that what is written goes.
    for frame in device.fixture.to_device[BELA].iter().skip(2).take(4) {
        device.give(Input::Frame(frame.clone()));
    }
    let mut refused = 0;
    for words in ["eins", "zwei", "drei"] {
        for (id, request) in device.say(group, text(words)) {
            if matches!(request, Request::Append { .. }) {
                refused += 1;
                let mut refusal = Refusal::new(ErrorCode::WrongCounter);
                refusal.counter = Some(Counter(u64::MAX));
                let refused = ServerFrame::Refused { id, refusal };
                device.give(Input::Frame(cbor::encode(&refused)));
            }
        }
    }
    assert!(refused >= 1, "something was sent and refused");
}
