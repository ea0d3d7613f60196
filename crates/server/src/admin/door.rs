// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The door for people: challenges that wait for an answer, and how often somebody may try. In memory: a restart costs
//! whoever was in the middle of logging in one more try. Everything in here is bounded.

use std::collections::{HashMap, VecDeque};
use std::net::{IpAddr, Ipv6Addr};

use melder_protocol::{AdminId, ErrorCode, Hash, Time};

use crate::directory::problem::{Outcome, Problem};

/// How long a challenge waits.
pub const CHALLENGE: u64 = 5 * Time::MINUTE;
/// Challenges that wait at once; the oldest make room.
const MAX_CHALLENGES: usize = 4_096;
/// Addresses that are remembered at once.
const MAX_ADDRESSES: usize = 10_000;

/// What a challenge is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    LogIn,
    /// A new passkey for this admin, who came by a session or by this one-time secret.
    Register(AdminId, Option<Hash>),
}

/// What is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Attempt {
    Challenge,
    Recovery,
    /// The way to a city's own log-in.
    Provider,
}

impl Attempt {
    /// In a span: how long it is, how often from one address, how often in all.
    const fn limits(self) -> (u64, u32, u32) {
        match self {
            Self::Challenge | Self::Provider => (Time::MINUTE, 30, 600),
            Self::Recovery => (10 * Time::MINUTE, 10, 300),
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Count {
    since: Time,
    count: u32,
}

impl Count {
    fn take(&mut self, now: Time, span: u64, limit: u32) -> bool {
        if now.since(self.since) >= span {
            *self = Self { since: now, count: 0 };
        }
        let room = self.count < limit;
        self.count = self.count.saturating_add(1);
        room
    }
}

#[derive(Debug, Default)]
pub struct Door {
    waiting: HashMap<[u8; 32], (Purpose, Time)>,
    order: VecDeque<[u8; 32]>,
    /// `None`: all addresses together.
    counts: HashMap<(Attempt, Option<IpAddr>), Count>,
}

impl Door {
    /// Counts a try.
    ///
    /// # Errors
    /// `RateLimited`.
    pub fn knock(&mut self, now: Time, attempt: Attempt, address: IpAddr) -> Outcome<()> {
        if self.counts.len() >= MAX_ADDRESSES {
            self.counts
                .retain(|(attempt, _), count| now.since(count.since) < attempt.limits().0);
        }
        let (span, one, all) = attempt.limits();
        let fresh = Count { since: now, count: 0 };
        // One that is over its own limit does not use up everybody's.
        let own = self.counts.entry((attempt, Some(network(address)))).or_insert(fresh);
        let room = own.take(now, span, one) && self.counts.entry((attempt, None)).or_insert(fresh).take(now, span, all);
        if room {
            Ok(())
        } else {
            Err(Problem::from(ErrorCode::RateLimited))
        }
    }

    /// Remembers a challenge.
    pub fn expect(&mut self, now: Time, challenge: [u8; 32], purpose: Purpose) {
        while let Some(oldest) = self.order.front() {
            let over = self
                .waiting
                .get(oldest)
                .is_none_or(|(_, since)| now.since(*since) >= CHALLENGE);
            if !over && self.order.len() < MAX_CHALLENGES {
                break;
            }
            self.waiting.remove(oldest);
            self.order.pop_front();
        }
        self.waiting.insert(challenge, (purpose, now));
        self.order.push_back(challenge);
    }

    /// Takes a challenge, once, whatever the answer is worth.
    ///
    /// # Errors
    /// `PasskeyRefused` when it is none of ours, was taken, or is over.
    pub fn take(&mut self, now: Time, challenge: &[u8; 32]) -> Outcome<Purpose> {
        self.waiting
            .remove(challenge)
            .filter(|(_, since)| now.since(*since) < CHALLENGE)
            .map(|(purpose, _)| purpose)
            .ok_or_else(|| ErrorCode::PasskeyRefused.into())
    }
}

/// Whoever has an IPv6 address has a network of them.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(address) => match address.to_ipv4_mapped() {
            Some(address) => IpAddr::V4(address),
            None => {
                let [a, b, c, d, ..] = address.segments();
                IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
            }
        },
        IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(last: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, last])
    }

    #[test]
    fn a_challenge_is_taken_once_and_in_time() {
        let mut door = Door::default();
        door.expect(Time(0), [1; 32], Purpose::LogIn);
        door.expect(Time(0), [2; 32], Purpose::LogIn);
        assert_eq!(door.take(Time(1), &[1; 32]), Ok(Purpose::LogIn));
        assert!(door.take(Time(1), &[1; 32]).is_err());
        assert!(door.take(Time(CHALLENGE), &[2; 32]).is_err());
        assert!(door.take(Time(1), &[3; 32]).is_err());
    }

    #[test]
    fn one_address_shuts_nobody_else_out_and_all_together_are_limited() {
        let mut door = Door::default();
        let mut knock = |now, from| door.knock(Time(now), Attempt::Challenge, from).is_ok();
        assert_eq!((0..1_000).filter(|_| knock(0, address(1))).count(), 30);
        assert!(knock(0, address(2)));
        let others = (3..=250).map(|last| (0..30).filter(|_| knock(0, address(last))).count());
        assert_eq!(others.sum::<usize>(), 600 - 31);
        assert!(knock(Time::MINUTE, address(1)));
        let mapped = |last: u16| IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 1, 2, 0, 0, 0, last));
        assert_eq!((0..100).filter(|last| knock(Time::MINUTE, mapped(*last))).count(), 30);
    }

    #[test]
    fn memory_is_bounded() {
        let mut door = Door::default();
        for number in 0..10_000_u32 {
            let mut challenge = [0; 32];
            challenge[..4].copy_from_slice(&number.to_be_bytes());
            door.expect(Time(u64::from(number)), challenge, Purpose::LogIn);
        }
        assert!(door.waiting.len() <= MAX_CHALLENGES && door.order.len() <= MAX_CHALLENGES);
    }
}
