// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What a message costs on a device: through the whole engine, that is MLS, store, history and index, on a database
//! file as the product opens it.
//!
//! - *create*: from a person's wish to the frame for the server, on disk.
//! - *confirm*: what the sender still has to do, the server's answer and the message in the log.
//! - *process*: from the frame with one message to the acknowledgement, on disk.
//! - *catch-up*: many missed messages, as the server serves them to a device that comes back.
//! - what a screen asks for then: opening the database, the list of chats, the last page of a chat, a search.
//!
//! Only the engine is on the clock; the server and the network between two inputs are in this process and not counted.

pub(crate) mod town;

use std::path::Path;
use std::time::{Duration, Instant};

use melder_content::{Content, Text};
use melder_engine::api::{Action, Draft, Event, Input, MessageChange};
use melder_protocol::{GroupId, Time};
use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore as _, SeedableRng as _};

use crate::report::{Report, Target, Unit, percentile};
use crate::{BenchError, Common, median};
use town::Town;

/// What to measure.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// People in the group; two of them have their devices on.
    #[arg(long, value_name = "N", default_value_t = 200)]
    pub members: usize,
    /// Of these, who have written something before: MLS keeps a key chain for each.
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub voices: usize,
    /// Messages that a device missed.
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    pub missed: usize,
}

/// The machine's clock.
pub(crate) fn now() -> Time {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    Time(since.map_or(0, |since| u64::try_from(since.as_millis()).unwrap_or(0)))
}

/// A town with one group in it.
struct Scene {
    town: Town,
    group: GroupId,
    writer: usize,
    reader: usize,
    words: ChaCha20Rng,
    sent: usize,
}

/// Runs it, in a folder of its own.
///
/// # Errors
/// When something in between fails; there are no figures then.
pub fn run(common: &Common, args: &Args) -> Result<Report, BenchError> {
    let folder = tempfile::tempdir()?;
    let members = args.members.max(2);
    let voices = args.voices.clamp(1, members);
    let mut scene = Scene::new(members, voices, folder.path())?;
    let mut report = Report::new("engine");
    let [create, confirm, process] = scene.talk(Duration::from_secs_f64(common.seconds))?;
    for (name, samples, target) in [
        ("create", create, Some(0.5)),
        ("confirm", confirm, None),
        ("process", process, Some(0.5)),
    ] {
        let name = |rank: &str| format!("engine.{name}.{rank}{{members={members},voices={voices}}}");
        let middle = median(&samples);
        match target {
            Some(most) => report.aim(name("p50"), middle, Unit::Milliseconds, Target::AtMost(most)),
            None => report.add(name("p50"), middle, Unit::Milliseconds),
        };
        report.add(name("p99"), percentile(&samples, 0.99), Unit::Milliseconds);
    }
    let before = scene.town.devices[scene.reader].size()?;
    let (took, inputs) = scene.catch_up(args.missed)?;
    let after = scene.town.devices[scene.reader].size()?;
    let name = |what: &str| format!("engine.{what}{{missed={}}}", args.missed);
    #[expect(clippy::cast_precision_loss, reason = "counts of messages and bytes")]
    let (missed, inputs, grown) = (args.missed as f64, inputs as f64, after.saturating_sub(before) as f64);
    let rate = missed / took.as_secs_f64().max(f64::EPSILON);
    report
        .aim(name("catch_up"), rate, Unit::PerSecond, Target::AtLeast(5_000.0))
        .add(name("catch_up.inputs"), inputs, Unit::Count)
        .add(name("bytes_per_message"), grown / missed.max(1.0), Unit::Bytes);
    for (what, millis) in scene.read()? {
        report.add(name(what), millis, Unit::Milliseconds);
    }
    Ok(report)
}

impl Scene {
    fn new(members: usize, voices: usize, folder: &Path) -> Result<Self, BenchError> {
        let mut town = Town::new(folder, 1)?;
        let mut accounts = Vec::new();
        for number in 0..members {
            let (account, device) = town.person(&format!("Kraft {number}"))?;
            accounts.push(account);
            if device > 1 {
                town.cut(device)?;
            }
        }
        let group = town.group(&accounts)?;
        let mut scene = Self {
            town,
            group,
            writer: 0,
            reader: 1,
            words: ChaCha20Rng::seed_from_u64(2),
            sent: 0,
        };
        // Commits and profiles of the beginning are over.
        scene.town.pass(2_000)?;
        let reader = scene.reader;
        for voice in (0..voices).filter(|voice| *voice != reader) {
            scene.speak_up(voice)?;
        }
        for device in &mut scene.town.devices {
            device.take_events();
        }
        Ok(scene)
    }

    /// A device that was off comes in, says something, and goes again.
    fn speak_up(&mut self, voice: usize) -> Result<(), BenchError> {
        let writer = std::mem::replace(&mut self.writer, voice);
        if voice != writer {
            self.town.connect(voice)?;
            self.town.rest()?;
        }
        self.send()?;
        self.town.rest()?;
        if voice != writer {
            self.town.cut(voice)?;
        }
        self.writer = writer;
        Ok(())
    }

    fn words(&mut self) -> String {
        let mut text = String::new();
        while text.chars().count() < 160 {
            let word = WORDS[self.words.next_u32() as usize % WORDS.len()];
            text.push_str(word);
            text.push(' ');
        }
        // One that stands in this message alone.
        text.push_str(&format!("Vorgang{}", self.sent));
        text
    }

    fn send(&mut self) -> Result<Duration, BenchError> {
        let words = self.words();
        self.sent += 1;
        self.town.now = self.town.now.plus(10);
        let draft = Box::new(Draft::new(Content::Text(Text::plain(words))));
        let now = self.town.now;
        let group = self.group;
        self.town.devices[self.writer].act(now, Action::Send { group, draft })
    }

    /// Everything that the server has for a device; the time that the engine takes for it, and the number of inputs.
    fn take_in(&mut self, device: usize) -> Result<(Duration, usize), BenchError> {
        let (mut took, mut inputs) = (Duration::ZERO, 0);
        loop {
            let mut moved = self.town.carry(device)?;
            while let Some(frames) = self.town.fetch(device)? {
                moved = true;
                let together = frames.iter().map(|frame| Input::Frame(frame.to_vec())).collect();
                took += self.town.devices[device].inputs(self.town.now, together)?;
                inputs += 1;
            }
            if !moved {
                return Ok((took, inputs));
            }
        }
    }

    /// One message after the other.
    fn talk(&mut self, limit: Duration) -> Result<[Vec<f64>; 3], BenchError> {
        let (mut create, mut confirm, mut process) = (Vec::new(), Vec::new(), Vec::new());
        let begin = Instant::now();
        while begin.elapsed() < limit || create.len() < 3 {
            create.push(millis(self.send()?));
            confirm.push(millis(self.take_in(self.writer)?.0));
            process.push(millis(self.take_in(self.reader)?.0));
            self.told(1)?;
        }
        Ok([create, confirm, process])
    }

    /// The reader has been told of so many new messages.
    fn told(&mut self, expected: usize) -> Result<(), BenchError> {
        self.town.devices[self.writer].take_events();
        let events = self.town.devices[self.reader].take_events();
        let new = events.iter().filter(|event| {
            matches!(
                event,
                Event::MessageChanged {
                    change: MessageChange::New,
                    ..
                }
            )
        });
        if new.count() == expected {
            Ok(())
        } else {
            Err(odd("every message to arrive"))
        }
    }

    fn catch_up(&mut self, missed: usize) -> Result<(Duration, usize), BenchError> {
        self.town.cut(self.reader)?;
        for _ in 0..missed {
            self.send()?;
            self.take_in(self.writer)?;
        }
        self.town.devices[self.reader].open(self.town.now)?;
        self.town.connect(self.reader)?;
        let took = self.take_in(self.reader)?;
        self.told(missed)?;
        Ok(took)
    }

    /// What a screen asks for. The median of some.
    fn read(&mut self) -> Result<[(&'static str, f64); 5], BenchError> {
        let (now, group) = (self.town.now, self.group);
        let last = format!("Vorgang{}", self.sent.saturating_sub(2));
        let reader = &mut self.town.devices[self.reader];
        let mut open = Vec::new();
        for _ in 0..5 {
            open.push(millis(reader.open(now)?));
        }
        let engine = reader.engine()?;
        let mut times = [const { Vec::new() }; 4];
        for _ in 0..20 {
            let mut lap = Instant::now();
            let mut taken = |samples: &mut Vec<f64>| {
                samples.push(millis(lap.elapsed()));
                lap = Instant::now();
            };
            engine.chats().map_err(BenchError::failed)?;
            taken(&mut times[0]);
            engine.messages(group, None, 50).map_err(BenchError::failed)?;
            taken(&mut times[1]);
            engine.search("einsatz", 50).map_err(BenchError::failed)?;
            taken(&mut times[2]);
            let found = engine.search(&last, 50).map_err(BenchError::failed)?;
            taken(&mut times[3]);
            if found.len() != 1 {
                return Err(odd("the search to find a word"));
            }
        }
        let [chats, page, common, rare] = times.map(|samples| median(&samples));
        Ok([
            ("open", median(&open)),
            ("chats", chats),
            ("chat_page", page),
            ("search_common", common),
            ("search_rare", rare),
        ])
    }
}

fn odd(expected: &str) -> BenchError {
    BenchError::Failed(format!("expected {expected}"))
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}

/// What is said in a shift.
const WORDS: [&str; 48] = [
    "Einsatz",
    "Lage",
    "Wache",
    "Bahnhof",
    "Straße",
    "Absperrung",
    "Verkehr",
    "Unfall",
    "verletzt",
    "Zeuge",
    "Fahrzeug",
    "Kennzeichen",
    "Ampel",
    "Demonstration",
    "Lautsprecher",
    "Ablösung",
    "Pause",
    "Uhr",
    "Nord",
    "Süd",
    "Ost",
    "West",
    "bitte",
    "kommen",
    "verstanden",
    "läuft",
    "fertig",
    "warten",
    "links",
    "rechts",
    "Eingang",
    "Ausgang",
    "der",
    "die",
    "das",
    "und",
    "ist",
    "an",
    "am",
    "auf",
    "bei",
    "mit",
    "nicht",
    "noch",
    "wir",
    "zwei",
    "drei",
    "Kräfte",
];
