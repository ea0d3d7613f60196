// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Is the other side still there? TCP alone does not say: a connection whose network went away looks like one on which
//! nobody speaks.
//!
//! A ping goes out when something was sent and nothing came back for a moment, when nothing was proved to have arrived
//! for a while although much came in (a way may be open in one direction only), and when all is quiet. An unanswered one
//! ends the connection; but on a slow network the answer stands in line behind whole frames in both directions, so it has
//! as much more time as those need on the slowest network that is worth waiting for. This module only counts; the clock
//! and the socket are [`crate::socket`]'s.

use std::time::Duration;

use tokio::time::Instant;

/// Something was sent, and nothing has come since then.
const ANSWER: Duration = Duration::from_secs(5);
/// Something was sent, and no ping has proved since then that it arrived.
const PROOF: Duration = Duration::from_secs(15);
/// Nothing was sent and nothing came, shortly after something had come: a busy chat that falls silent may be a network that
/// has gone.
const SILENCE: Duration = Duration::from_secs(10);
/// The same when it has been quiet for long.
const LONG_SILENCE: Duration = Duration::from_secs(25);
/// How long a ping may go unanswered when nothing stands in its way.
const PATIENCE: Duration = Duration::from_secs(10);
/// So many bytes are not sent without a ping behind them: its answer says that they have arrived, so that they do not lengthen
/// the patience with the next one.
const LUMP: u64 = 16 * 1024;
/// Bytes a second of a network that is still worth waiting for: a crowded cell of the second generation.
const SLOWEST: u64 = 3 * 1024;

/// What has gone over a connection so far, in bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Passed {
    /// Came in from the network, also parts of frames.
    pub heard: u64,
    /// Was given to the connection to send.
    pub said: u64,
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// Nothing before this time.
    Wait(Instant),
    Ping,
    /// The other side is gone.
    Dead,
}

#[derive(Debug, Clone, Copy)]
struct Ping {
    at: Instant,
    /// Bytes that stood in line before it, as far as is known.
    ahead: u64,
    passed: Passed,
}

/// The pulse of one connection.
#[derive(Debug)]
pub(crate) struct Pulse {
    passed: Passed,
    /// When something came last.
    heard: Instant,
    /// How long it may be silent now.
    silence: Duration,
    /// What came last was the answer to a ping.
    was_answer: bool,
    /// When the first thing was sent after that.
    asked: Option<Instant>,
    /// When the first thing was sent that no answered ping has come after.
    unproved: Option<Instant>,
    /// So much of what was said has arrived.
    proved: u64,
    ping: Option<Ping>,
}

impl Pulse {
    /// A new connection: the server speaks first, so an answer is due.
    pub(crate) const fn new(now: Instant) -> Self {
        Self {
            passed: Passed { heard: 0, said: 0 },
            heard: now,
            silence: SILENCE,
            was_answer: false,
            asked: Some(now),
            unproved: None,
            proved: 0,
            ping: None,
        }
    }

    /// How it stands now.
    pub(crate) fn look(&mut self, now: Instant, passed: Passed) -> Next {
        if passed.heard > self.passed.heard {
            self.heard = now;
            self.asked = None;
            if !std::mem::take(&mut self.was_answer) {
                self.silence = SILENCE;
            }
        }
        if passed.said > self.passed.said {
            self.asked = self.asked.or(Some(now));
            self.unproved = self.unproved.or(Some(now));
        }
        self.passed = passed;
        let (due, next) = match self.ping {
            Some(ping) => (ping.at + self.patience(&ping), Next::Dead),
            None if passed.said.saturating_sub(self.proved) > LUMP => (now, Next::Ping),
            None => {
                let due = [
                    self.asked.map(|at| at + ANSWER),
                    self.unproved.map(|at| at + PROOF),
                    Some(self.heard + self.silence),
                ];
                (due.into_iter().flatten().min().unwrap_or(now), Next::Ping)
            }
        };
        if now >= due { next } else { Next::Wait(due) }
    }

    fn patience(&self, ping: &Ping) -> Duration {
        let between = self.passed.heard.saturating_sub(ping.passed.heard);
        PATIENCE + Duration::from_millis((ping.ahead + between).saturating_mul(1_000) / SLOWEST)
    }

    /// More has come than at the last look.
    pub(crate) const fn hears(&self, passed: Passed) -> bool {
        passed.heard > self.passed.heard
    }

    /// Nobody looked at the socket for this long.
    pub(crate) fn looked_away(&mut self, time: Duration) {
        self.heard += time;
        let later = |at: &mut Instant| *at += time;
        self.asked.iter_mut().for_each(later);
        self.unproved.iter_mut().for_each(later);
        self.ping.iter_mut().for_each(|ping| ping.at += time);
    }

    /// A ping has gone into the line.
    pub(crate) fn pinged(&mut self, now: Instant) {
        self.ping = Some(Ping {
            at: now,
            ahead: self.passed.said.saturating_sub(self.proved),
            passed: self.passed,
        });
    }

    /// Its answer came: everything that was said before it has arrived.
    pub(crate) fn answered(&mut self, now: Instant) {
        if let Some(ping) = self.ping.take() {
            self.proved = ping.passed.said;
            let more = self.passed.said > self.proved;
            self.unproved = if more { Some(now) } else { None };
            self.asked = None;
            self.heard = now;
            self.was_answer = true;
            self.silence = (self.silence * 2).min(LONG_SILENCE);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Looks every 100 ms, with a network that does what `passed` says, and answers pings if `answers` says so.
    /// → after how many milliseconds the connection was given up, and how many pings went out.
    fn live(for_ms: u64, passed: impl Fn(u64) -> Passed, answers: impl Fn(u64) -> bool) -> (Option<u64>, usize) {
        let begun = Instant::now();
        let mut pulse = Pulse::new(begun);
        let mut pings = 0;
        for at in (0..for_ms).step_by(100) {
            let now = begun + Duration::from_millis(at);
            match pulse.look(now, passed(at)) {
                Next::Wait(_) => {}
                Next::Ping => {
                    pings += 1;
                    pulse.pinged(now);
                }
                Next::Dead => return (Some(at), pings),
            }
            if answers(at) {
                pulse.answered(now);
            }
        }
        (None, pings)
    }

    const HOUR: u64 = 3_600_000;

    #[test]
    fn a_quiet_connection_lives_on_two_or_three_pings_a_minute() {
        let (dead, pings) = live(HOUR, |_| Passed { heard: 10, said: 0 }, |_| true);
        assert_eq!(dead, None);
        assert!((100..=150).contains(&pings), "{pings}");
    }

    #[test]
    fn what_was_sent_into_the_void_is_noticed_within_a_quarter_of_a_minute() {
        let sent_at = 60_000;
        let passed = |at| Passed {
            heard: 10,
            said: if at >= sent_at { 500 } else { 0 },
        };
        let (dead, _) = live(HOUR, passed, |at| at < sent_at);
        let after = dead.unwrap() - sent_at;
        assert!((10_000..=16_000).contains(&after), "{after} ms");
    }

    #[test]
    fn a_busy_chat_that_falls_silent_is_asked_sooner_than_a_quiet_one() {
        let fell_silent = 60_000;
        let passed = |at: u64| Passed {
            heard: at.min(fell_silent),
            said: 0,
        };
        let (dead, _) = live(HOUR, passed, |_| false);
        let after = dead.unwrap() - fell_silent;
        assert!(after <= 21_000, "{after} ms");
    }

    #[test]
    fn an_upload_that_got_through_does_not_lengthen_the_patience_afterwards() {
        let cut = 10_000;
        // 300 KiB in a second, each ping answered at once; then the network is gone in the middle of other things.
        let passed = |at: u64| Passed {
            heard: at.min(cut),
            said: (at * 300).min(300 * 1_024) + if at > cut { 500 } else { 0 },
        };
        let (dead, _) = live(HOUR, passed, |at| at < cut);
        let after = dead.unwrap() - cut;
        assert!(after <= 26_000, "{after} ms");
    }

    #[test]
    fn a_server_that_never_says_its_first_word_is_left() {
        let (dead, pings) = live(HOUR, |_| Passed::default(), |_| false);
        assert!(dead.unwrap() <= 16_000);
        assert_eq!(pings, 1);
    }

    #[test]
    fn a_way_that_is_open_in_one_direction_only_is_left() {
        // A little comes all the time, but nothing arrives.
        let passed = |at| Passed {
            heard: at / 10,
            said: 500,
        };
        let (dead, _) = live(HOUR, passed, |_| false);
        assert!(dead.unwrap() <= 40_000, "{dead:?}");
    }

    #[test]
    fn a_busy_engine_is_not_the_other_sides_silence() {
        let begun = Instant::now();
        let mut pulse = Pulse::new(begun);
        assert!(matches!(pulse.look(begun + ANSWER, Passed::default()), Next::Ping));
        pulse.pinged(begun + ANSWER);
        let busy = Duration::from_secs(60);
        pulse.looked_away(busy);
        assert!(matches!(
            pulse.look(begun + ANSWER + busy, Passed::default()),
            Next::Wait(_)
        ));
    }

    #[test]
    fn a_large_frame_on_a_slow_network_is_waited_for() {
        // Half a megabyte at 6 KiB/s takes 85 s, and the answer to a ping comes after it.
        let passed = |at: u64| Passed {
            heard: (at * 6 * 1024 / 1_000).min(512 * 1024),
            said: 100,
        };
        let (dead, _) = live(HOUR, passed, |at| at > 90_000);
        assert_eq!(dead, None);
    }

    #[test]
    fn an_upload_on_a_slow_network_is_waited_for() {
        // A quarter of a megabyte was given to the socket at once; nothing comes back until it is through.
        let passed = |at: u64| Passed {
            heard: if at > 45_000 { 200 } else { 10 },
            said: 256 * 1024,
        };
        let (dead, _) = live(HOUR, passed, |at| at > 45_000);
        assert_eq!(dead, None);
        let (dead, _) = live(
            HOUR,
            |_| Passed {
                heard: 10,
                said: 256 * 1024,
            },
            |_| false,
        );
        assert!(dead.unwrap() < 110_000, "but not for ever: {dead:?}");
    }
}
