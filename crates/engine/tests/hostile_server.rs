// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What a hostile server's frames did to an engine, and do no more. An error of `Engine::handle` means that the
//! database failed; no frame may bring that about.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use melder_engine::api::Misbehaviour;
use melder_engine::{Effect, Engine, Event, Input};
use melder_protocol::deletion::DeletionRecord;
use melder_protocol::frame::{Ready, ServerFrame, Task, TaskKind};
use melder_protocol::signed::Signed;
use melder_protocol::{
    AccountId, ErrorCode, GroupId, LogId, Nonce, PROTOCOL_VERSION, PublicKey, Sequence, Signature, Time, cbor,
};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;

const NOW: Time = Time(1_800_000_000_000);

/// A device without an account, on a connection.
fn fresh() -> (Engine, ChaCha20Rng) {
    let database = rusqlite::Connection::open_in_memory().unwrap();
    let mut engine = Engine::open(database, NOW).unwrap();
    let mut rng = ChaCha20Rng::from_seed([1; 32]);
    engine.handle(NOW, &mut rng, Input::Connected).unwrap();
    let challenge = ServerFrame::Challenge {
        nonce: Nonce::from_bytes([1; 32]),
        time: NOW,
        min_version: PROTOCOL_VERSION,
        max_version: PROTOCOL_VERSION,
    };
    let challenge = Input::Frame(cbor::encode(&challenge));
    engine.handle(NOW, &mut rng, challenge).unwrap();
    (engine, rng)
}

#[test]
fn frames_of_an_account_before_there_is_one_are_refused() {
    let log = LogId::Inbox(AccountId::from_bytes([1; 16]));
    let record: Signed<DeletionRecord> =
        Signed::from_parts(vec![0], PublicKey::from_bytes([1; 32]), Signature::from_bytes([1; 64]));
    let frames = [
        ServerFrame::Ready(Ready {
            time: NOW,
            stock: Vec::new(),
            groups: Vec::new(),
            inbox: Sequence(1),
            policy_version: 1,
            counters: Vec::new(),
            removals: Vec::new(),
        }),
        ServerFrame::Entries {
            log,
            entries: Vec::new(),
        },
        ServerFrame::Gap {
            log,
            through: Sequence(9),
        },
        ServerFrame::Task(Task {
            group: GroupId::from_bytes([2; 16]),
            kind: TaskKind::Establish,
            lease_ms: 1,
        }),
        ServerFrame::StockLow(Vec::new()),
        ServerFrame::Goodbye {
            code: ErrorCode::AccountDeleted,
            record: Some(record),
            removal: None,
        },
    ];
    for frame in frames {
        let (mut engine, mut rng) = fresh();
        let effects = engine.handle(NOW, &mut rng, Input::Frame(cbor::encode(&frame)));
        let effects = effects.unwrap_or_else(|error| panic!("{frame:?}: {error}"));
        let told = |effect: &Effect| match effect {
            Effect::Event(event) => matches!(
                **event,
                Event::Misbehaviour {
                    code: Misbehaviour::Malformed,
                    ..
                }
            ),
            _ => false,
        };
        assert!(effects.iter().any(told), "{frame:?}: {effects:?}");
        assert!(effects.iter().any(|effect| matches!(effect, Effect::Reconnect)));
    }
}
