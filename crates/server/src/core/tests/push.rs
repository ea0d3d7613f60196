// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Waking devices that are away, with a push service on this machine that writes down what it is asked.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes as Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::routing::post;
use data_encoding::BASE64URL_NOPAD;
use melder_protocol::push::{ALL_DAYS, Duty, PushRules, PushState, PushSubscription, QuietHours, Ring};
use melder_protocol::request::{Request, Response};
use melder_protocol::{ErrorCode, GroupId, Hash, LogId, Refusal, Sequence, Suite, Time};
use p256::ecdsa::signature::Verifier as _;
use p256::ecdsa::{Signature, VerifyingKey};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;

use super::*;
use crate::core::{AdminCall, Core, Input, RateLimits};
use crate::push::PushKey;
use crate::push::address::Reach;
use crate::push::rings::Reason;
use crate::push::sender::{Office, Sender};
use crate::push::vapid::VapidKey;
use crate::store::sqlite::SqliteStore;
use crate::{Clock, SystemClock};

/// What a push service saw.
#[derive(Debug, Clone)]
struct Seen {
    path: String,
    headers: HeaderMap,
    body: usize,
}

#[derive(Debug, Clone, Default)]
struct Service {
    seen: Arc<Mutex<Vec<Seen>>>,
    /// What it answers next; after that 201.
    answers: Arc<Mutex<VecDeque<u16>>>,
}

async fn asked(State(service): State<Service>, uri: Uri, headers: HeaderMap, body: Body) -> StatusCode {
    service.seen.lock().unwrap().push(Seen {
        path: uri.path().to_owned(),
        headers,
        body: body.len(),
    });
    let answer = service.answers.lock().unwrap().pop_front();
    StatusCode::from_u16(answer.unwrap_or(201)).unwrap()
}

/// A server that pushes, a push service, and who calls it.
struct City {
    world: World,
    service: Service,
    office: Office,
    origin: String,
}

impl City {
    async fn new() -> Self {
        let service = Service::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().route("/{*path}", post(asked)).with_state(service.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let mut world = World::new();
        let mut rng = ChaCha20Rng::seed_from_u64(7);
        let key = VapidKey::of(&mut SqliteStore::in_memory().unwrap(), &mut rng).unwrap();
        let reach = Reach::Anywhere;
        let old = std::mem::replace(
            &mut world.core,
            Core::new(SqliteStore::in_memory().unwrap(), RateLimits::default()),
        );
        world.core = old.with_push(PushKey {
            public: key.public(),
            reach,
        });
        let office = Office::new(Sender {
            key,
            contact: "mailto:it@stadt.example".to_owned(),
            reach,
            clock: Arc::new(SystemClock),
        });
        Self {
            world,
            service,
            office: office.unwrap(),
            origin,
        }
    }

    /// Two people in a group, the second with a subscription.
    async fn with_two() -> (Self, Device, Device, GroupId) {
        let mut city = Self::new().await;
        let (ada, bob) = (city.world.person("Ada"), city.world.person("Bob"));
        let mut people = [ada, bob];
        for person in &people {
            person.publish(&mut city.world, 2);
        }
        let [ada, bob] = &mut people;
        let group = city.world.managed(&[ada, bob], Suite::Classical);
        city.world.settle(&mut [ada, bob]);
        city.subscribe(bob, "/bob").unwrap();
        let [ada, bob] = people;
        (city, ada, bob, group)
    }

    fn subscribe(&mut self, device: &Device, path: &str) -> Result<Response, Refusal> {
        let subscription = PushSubscription {
            endpoint: format!("{}{path}", self.origin),
            ticket: ticket(path),
        };
        device.ask(&mut self.world, Request::Subscribe(Some(subscription)))
    }

    /// Pushes go out and their outcomes come back.
    async fn carry(&mut self) {
        for order in std::mem::take(&mut self.world.pushes) {
            let outcome = self.office.push(&order.target, order.reason).await;
            self.world.batch(vec![Input::Pushed(Box::new(order), outcome)]);
        }
    }

    /// Time passes, second by second.
    async fn pass(&mut self, seconds: u64) {
        for _ in 0..seconds {
            self.world.pass(1_000);
            self.carry().await;
        }
    }

    fn seen(&self) -> Vec<Seen> {
        std::mem::take(&mut *self.service.seen.lock().unwrap())
    }

    /// What the pushes since the last time were for.
    fn topics(&self) -> Vec<String> {
        let topic = |seen: Seen| seen.headers["topic"].to_str().unwrap().to_owned();
        self.seen().into_iter().map(topic).collect()
    }

    fn reason(&mut self, path: &str) -> Result<Reason, ErrorCode> {
        let ticket = ticket(path);
        self.world
            .admin(move |work| Ok(work.push_reason(&ticket).map_err(|refusal| refusal.code)))
    }

    fn rules(&mut self, device: &Device, duty: Duty, quiet: bool) {
        let quiet = quiet.then_some(QuietHours {
            from: 0,
            to: 0,
            days: ALL_DAYS,
            offset: 0,
            change: None,
        });
        let rules = PushRules { duty, quiet };
        device.ask(&mut self.world, Request::SetPushRules(rules)).unwrap();
    }

    fn say(&mut self, device: &mut Device, group: GroupId, ring: Ring) -> Sequence {
        let Request::Append {
            group, counter, bytes, ..
        } = device.message(&mut self.world, group, "x")
        else {
            panic!("a message is an append");
        };
        let request = Request::Append {
            group,
            counter,
            bytes,
            ring,
        };
        match device.ask(&mut self.world, request) {
            Ok(Response::Appended { sequence, .. }) => sequence,
            other => panic!("{other:?}"),
        }
    }

    fn state(&mut self, device: &Device) -> PushState {
        match device.ask(&mut self.world, Request::Push) {
            Ok(Response::Push(state)) => state,
            other => panic!("{other:?}"),
        }
    }
}

fn ticket(path: &str) -> Hash {
    let mut bytes = [0; 32];
    bytes[..path.len()].copy_from_slice(path.as_bytes());
    Hash::from_bytes(bytes)
}

#[tokio::test]
async fn a_push_says_who_the_server_is_and_nothing_else() {
    let (mut city, mut ada, mut bob, group) = City::with_two().await;
    bob.disconnect(&mut city.world);
    city.say(&mut ada, group, Ring::Message);
    city.pass(1).await;
    let [seen] = &city.seen()[..] else {
        panic!("one push");
    };
    assert_eq!((seen.path.as_str(), seen.body), ("/bob", 0));
    assert_eq!(seen.headers["ttl"], "86400");
    assert_eq!(seen.headers["urgency"], "normal");
    assert_eq!(seen.headers["topic"], "message");
    assert!(!seen.headers.contains_key("content-encoding"));
    let said = seen.headers["authorization"].to_str().unwrap();
    let (token, key) = said.strip_prefix("vapid t=").unwrap().split_once(", k=").unwrap();
    let public = BASE64URL_NOPAD.decode(key.as_bytes()).unwrap();
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let signature = BASE64URL_NOPAD.decode(signature.as_bytes()).unwrap();
    VerifyingKey::from_sec1_bytes(&public)
        .unwrap()
        .verify(signed.as_bytes(), &Signature::from_slice(&signature).unwrap())
        .unwrap();
    let claims = BASE64URL_NOPAD
        .decode(signed.split_once('.').unwrap().1.as_bytes())
        .unwrap();
    let claims: serde_json::Value = serde_json::from_slice(&claims).unwrap();
    assert_eq!(claims["aud"], city.origin);
    let expires = claims["exp"].as_u64().unwrap() * 1_000;
    assert!(expires > SystemClock.now().0 && expires <= SystemClock.now().plus(Time::DAY).0);
    bob.connect(&mut city.world);
    assert_eq!(city.state(&bob).server_key.unwrap().0, public);
}

#[tokio::test]
async fn whoever_fetches_it_in_time_is_not_woken() {
    let (mut city, mut ada, mut bob, group) = City::with_two().await;
    city.say(&mut ada, group, Ring::Message);
    bob.work(&mut city.world);
    bob.acknowledge(&mut city.world);
    city.pass(60).await;
    assert_eq!(city.topics(), [""; 0]);
    // A page that sleeps in the background is connected and fetches nothing.
    city.say(&mut ada, group, Ring::Message);
    city.pass(9).await;
    assert_eq!(city.topics(), [""; 0]);
    city.pass(3).await;
    assert_eq!(city.topics(), ["message"]);
}

#[tokio::test]
async fn reactions_and_receipts_wake_nobody_and_nobody_wakes_oneself() {
    let (mut city, mut ada, mut bob, group) = City::with_two().await;
    city.subscribe(&ada, "/ada").unwrap();
    bob.disconnect(&mut city.world);
    city.say(&mut ada, group, Ring::Silent);
    ada.disconnect(&mut city.world);
    city.pass(60).await;
    assert_eq!(city.topics(), [""; 0]);
}

#[tokio::test]
async fn an_alarm_is_repeated_until_it_is_fetched() {
    let (mut city, mut ada, mut bob, group) = City::with_two().await;
    bob.disconnect(&mut city.world);
    city.say(&mut ada, group, Ring::Alarm);
    city.pass(60).await;
    let seen = city.seen();
    assert_eq!(seen.len(), 3, "at once, after 15 s, after 45 s");
    assert!(
        seen.iter()
            .all(|seen| seen.headers["urgency"] == "high" && seen.body == 0)
    );
    assert_eq!(city.reason("/bob"), Ok(Reason::Alarm));
    bob.connect(&mut city.world);
    bob.work(&mut city.world);
    bob.acknowledge(&mut city.world);
    bob.disconnect(&mut city.world);
    city.pass(600).await;
    assert_eq!(city.topics(), [""; 0]);
    assert_eq!(city.reason("/bob"), Ok(Reason::Message));
    assert_eq!(city.reason("/nobody"), Err(ErrorCode::NotFound));
}

#[tokio::test]
async fn a_server_that_was_stopped_goes_on_repeating_an_alarm() {
    let (mut city, mut ada, mut bob, group) = City::with_two().await;
    bob.disconnect(&mut city.world);
    city.say(&mut ada, group, Ring::Alarm);
    city.pass(20).await;
    assert_eq!(city.topics().len(), 2);
    city.world.restart_push();
    city.pass(20).await;
    assert_eq!(city.topics(), [""; 0], "not from the beginning");
    city.pass(10).await;
    assert_eq!(city.topics(), ["alarm"]);
    city.pass(2 * 3_600).await;
    assert_eq!(city.topics().len(), 6);
    assert_eq!(
        city.world
            .admin(|work| Ok(work.tx.alarms().map_err(Refusal::from)?))
            .len(),
        0
    );
}

#[tokio::test]
async fn a_push_service_that_knows_the_device_no_more_is_not_asked_again() {
    for answer in [404, 410] {
        let (mut city, mut ada, mut bob, group) = City::with_two().await;
        bob.disconnect(&mut city.world);
        city.service.answers.lock().unwrap().push_back(answer);
        city.say(&mut ada, group, Ring::Alarm);
        city.pass(100).await;
        assert_eq!(city.topics(), ["alarm"]);
        bob.connect(&mut city.world);
        assert!(!city.state(&bob).subscribed);
    }
}

#[tokio::test]
async fn a_push_service_in_trouble_is_asked_again() {
    let (mut city, mut ada, mut bob, group) = City::with_two().await;
    bob.disconnect(&mut city.world);
    city.service.answers.lock().unwrap().extend([500, 429]);
    city.say(&mut ada, group, Ring::Message);
    city.pass(600).await;
    assert_eq!(city.topics(), ["message"; 3]);
}

#[tokio::test]
async fn off_duty_and_in_quiet_hours_only_alarms_come_through() {
    let (mut city, mut ada, mut bob, group) = City::with_two().await;
    for (duty, quiet) in [(Duty::Off, false), (Duty::On, true)] {
        city.rules(&bob, duty, quiet);
        bob.disconnect(&mut city.world);
        city.say(&mut ada, group, Ring::Message);
        city.pass(30).await;
        assert_eq!(city.topics(), [""; 0]);
        city.say(&mut ada, group, Ring::Alarm);
        city.pass(1).await;
        assert_eq!(city.topics(), ["alarm"]);
        bob.connect(&mut city.world);
        bob.work(&mut city.world);
        bob.acknowledge(&mut city.world);
        city.pass(30).await;
        assert_eq!(city.topics(), [""; 0]);
    }
}

#[tokio::test]
async fn an_alarm_for_those_on_duty_wakes_nobody_who_is_off_duty() {
    let (mut city, mut ada, mut bob, group) = City::with_two().await;
    city.rules(&bob, Duty::Off, false);
    bob.disconnect(&mut city.world);
    city.say(&mut ada, group, Ring::AlarmOnDuty);
    city.pass(30).await;
    assert_eq!(city.topics(), [""; 0]);
    bob.connect(&mut city.world);
    bob.work(&mut city.world);
    bob.acknowledge(&mut city.world);
    city.rules(&bob, Duty::On, true);
    bob.disconnect(&mut city.world);
    city.say(&mut ada, group, Ring::AlarmOnDuty);
    city.pass(1).await;
    assert_eq!(city.topics(), ["alarm"]);
}

#[tokio::test]
async fn a_policy_that_wants_quiet_holds_back_alarms_too() {
    let (mut city, mut ada, mut bob, group) = City::with_two().await;
    city.world.desk(|desk| {
        let mut policy = desk.policy()?;
        policy.quiet_alarms = true;
        desk.set_policy(policy, None)
    });
    city.rules(&bob, Duty::Off, false);
    bob.disconnect(&mut city.world);
    city.say(&mut ada, group, Ring::Alarm);
    city.pass(60).await;
    assert_eq!(city.topics(), [""; 0]);
}

#[tokio::test]
async fn a_test_is_answered_when_the_push_service_has() {
    let (mut city, ada, bob, _) = City::with_two().await;
    assert_eq!(code(ada.ask(&mut city.world, Request::TestPush)), ErrorCode::NoPush);
    for (answer, expected) in [
        (201, None),
        (500, Some(ErrorCode::PushFailed)),
        (410, Some(ErrorCode::PushGone)),
    ] {
        city.service.answers.lock().unwrap().push_back(answer);
        city.world.pass(6_000);
        let connection = bob.connection.unwrap();
        let id = melder_protocol::RequestId(9_000);
        let request = Request::TestPush;
        city.world.frames(connection);
        city.world.send(
            connection,
            &melder_protocol::frame::ClientFrame::Request { id, request },
        );
        assert!(
            city.world.frames(connection).is_empty(),
            "not before the push service has"
        );
        city.carry().await;
        assert_eq!(city.topics(), ["test"]);
        let answered = match &city.world.frames(connection)[..] {
            [melder_protocol::frame::ServerFrame::Response { .. }] => None,
            [melder_protocol::frame::ServerFrame::Refused { refusal, .. }] => Some(refusal.code),
            other => panic!("{other:?}"),
        };
        assert_eq!(answered, expected);
    }
    assert!(!city.state(&bob).subscribed);
}

#[tokio::test]
async fn a_removed_device_is_reached_no_more() {
    let (mut city, mut ada, bob, group) = City::with_two().await;
    let account = bob.member.account;
    city.rules(&bob, Duty::Off, false);
    city.world.desk(move |desk| desk.delete_account(account, None));
    assert_eq!(
        city.world
            .admin(|work| Ok(work.tx.subscriptions().map_err(Refusal::from)?))
            .len(),
        0
    );
    assert_eq!(
        city.world
            .admin(|work| Ok(work.tx.all_push_rules().map_err(Refusal::from)?))
            .len(),
        0
    );
    city.world.settle(&mut [&mut ada]);
    city.say(&mut ada, group, Ring::Alarm);
    city.pass(60).await;
    assert_eq!(city.topics(), [""; 0]);
}

#[tokio::test]
async fn a_subscription_is_withdrawn_and_a_new_one_replaces_it() {
    let (mut city, mut ada, mut bob, group) = City::with_two().await;
    city.subscribe(&bob, "/anew").unwrap();
    bob.disconnect(&mut city.world);
    city.say(&mut ada, group, Ring::Message);
    city.pass(1).await;
    let paths: Vec<String> = city.seen().into_iter().map(|seen| seen.path).collect();
    assert_eq!(paths, ["/anew"]);
    assert_eq!(city.reason("/bob"), Err(ErrorCode::NotFound));
    bob.connect(&mut city.world);
    bob.ask(&mut city.world, Request::Subscribe(None)).unwrap();
    assert!(!city.state(&bob).subscribed);
    bob.disconnect(&mut city.world);
    city.say(&mut ada, group, Ring::Message);
    city.pass(60).await;
    assert_eq!(city.topics(), [""; 0]);
}

#[tokio::test]
async fn copies_change_with_the_store_and_are_read_anew_only_after_a_refusal() {
    let (mut city, ada, bob, _) = City::with_two().await;
    let copies = |city: &mut City| city.world.admin(|work| Ok(work.push_copies_are_true()?));
    assert!(city.state(&bob).subscribed);
    assert_eq!(copies(&mut city), Some(true));
    city.subscribe(&ada, "/ada").unwrap();
    city.subscribe(&bob, "/anew").unwrap();
    city.rules(&bob, Duty::Off, true);
    assert_eq!(copies(&mut city), Some(true));
    bob.ask(&mut city.world, Request::Subscribe(None)).unwrap();
    assert_eq!(copies(&mut city), Some(true));
    let account = ada.member.account;
    let refused = AdminCall {
        ticket: 1,
        run: Box::new(move |work| {
            work.drop_push_rules(account)?;
            Err(ErrorCode::Conflict.into())
        }),
    };
    city.world.batch(vec![Input::Admin(refused)]);
    assert_eq!(copies(&mut city), None);
    let account = bob.member.account;
    assert!(!city.state(&bob).subscribed);
    city.world.desk(move |desk| desk.delete_account(account, None));
    assert_eq!(copies(&mut city), Some(true));
}

#[tokio::test]
async fn a_server_calls_nothing_nearby_and_one_without_push_nothing_at_all() {
    let mut world = World::new();
    let ada = world.person("Ada");
    let subscribe = |endpoint: &str| {
        Request::Subscribe(Some(PushSubscription {
            endpoint: endpoint.to_owned(),
            ticket: ticket("x"),
        }))
    };
    assert_eq!(
        code(ada.ask(&mut world, subscribe("https://push.example/x"))),
        ErrorCode::NoPush
    );
    let empty = Core::new(SqliteStore::in_memory().unwrap(), RateLimits::default());
    world.core = std::mem::replace(&mut world.core, empty).with_push(PushKey {
        public: vec![4; 65],
        reach: Reach::Public,
    });
    for endpoint in [
        "http://push.example/x",
        "https://127.0.0.1/x",
        "https://10.0.0.1/x",
        "nothing",
    ] {
        assert_eq!(
            code(ada.ask(&mut world, subscribe(endpoint))),
            ErrorCode::BadPushAddress
        );
    }
    ada.ask(&mut world, subscribe("https://push.example/x")).unwrap();
    let impossible = PushRules {
        duty: Duty::On,
        quiet: Some(QuietHours {
            from: 9_999,
            to: 0,
            days: 0,
            offset: 0,
            change: None,
        }),
    };
    let refused = ada.ask(&mut world, Request::SetPushRules(impossible));
    assert_eq!(code(refused), ErrorCode::Malformed);
    assert_eq!(world.log(LogId::Inbox(ada.member.account)).len(), 1);
}
