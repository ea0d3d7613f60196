// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! How many messages each organisation's groups took in the last hours: a number for each hour, nobody's behaviour. In
//! memory; it begins anew with the server.

use std::collections::{BTreeMap, HashMap};

use melder_protocol::{OrganisationId, Time};

/// Hours that are remembered.
pub const HOURS: u64 = 24;

#[derive(Debug, Default)]
pub(crate) struct Traffic(HashMap<OrganisationId, BTreeMap<u64, u64>>);

impl Traffic {
    /// A message was taken.
    pub(crate) fn count(&mut self, organisation: OrganisationId, now: Time) {
        let hour = now.0 / Time::HOUR;
        let hours = self.0.entry(organisation).or_default();
        *hours.entry(hour).or_default() += 1;
        while hours.len() as u64 > HOURS {
            hours.pop_first();
        }
    }

    /// The last hours, oldest first, each with its beginning.
    pub(crate) fn hours(&self, organisation: OrganisationId, now: Time) -> Vec<(Time, u64)> {
        let last = now.0 / Time::HOUR;
        let known = self.0.get(&organisation);
        (last.saturating_sub(HOURS - 1)..=last)
            .map(|hour| {
                let count = known.and_then(|hours| hours.get(&hour)).copied().unwrap_or(0);
                (Time(hour * Time::HOUR), count)
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_hour_has_its_number_and_a_day_is_remembered() {
        let (city, works) = (OrganisationId::from_bytes([1; 16]), OrganisationId::from_bytes([2; 16]));
        let mut traffic = Traffic::default();
        let at = |hour: u64| Time(hour * Time::HOUR + 5);
        for hour in [100, 100, 101, 130] {
            traffic.count(city, at(hour));
        }
        let hours = traffic.hours(city, at(130));
        assert_eq!((hours.len(), hours[23]), (24, (Time(130 * Time::HOUR), 1)));
        assert_eq!(hours.iter().map(|(_, count)| count).sum::<u64>(), 1);
        let before = traffic.hours(city, at(101));
        assert_eq!((before[22].1, before[23].1), (2, 1));
        assert!(traffic.hours(works, at(101)).iter().all(|(_, count)| *count == 0));
        for hour in 200..1_000 {
            traffic.count(city, at(hour));
        }
        assert_eq!(traffic.0[&city].len() as u64, HOURS);
    }
}
