// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What became of pushes in the last 24 hours: three numbers for each hour, of the whole server. In memory; it begins anew
//! with the server.

use std::collections::BTreeMap;

use melder_protocol::Time;

use super::{Counts, PushOutcome};

const HOURS: u64 = 24;

#[derive(Debug, Default)]
pub(crate) struct Day(BTreeMap<u64, Counts>);

impl Day {
    pub fn count(&mut self, now: Time, outcome: PushOutcome) {
        let counts = self.0.entry(now.0 / Time::HOUR).or_default();
        match outcome {
            PushOutcome::Taken => counts.taken += 1,
            PushOutcome::Failed(_) => counts.failed += 1,
            PushOutcome::Gone => counts.gone += 1,
        }
        while self.0.len() as u64 > HOURS {
            self.0.pop_first();
        }
    }

    pub fn sum(&self, now: Time) -> Counts {
        let last = now.0 / Time::HOUR;
        let hours = self.0.range(last.saturating_sub(HOURS - 1)..=last);
        hours.fold(Counts::default(), |sum, (_, counts)| Counts {
            taken: sum.taken + counts.taken,
            failed: sum.failed + counts.failed,
            gone: sum.gone + counts.gone,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_counted_and_what_is_older_is_forgotten() {
        let mut day = Day::default();
        let at = |hour: u64| Time(hour * Time::HOUR + 7);
        day.count(at(100), PushOutcome::Taken);
        day.count(at(100), PushOutcome::Failed(None));
        day.count(at(123), PushOutcome::Taken);
        day.count(at(123), PushOutcome::Gone);
        let all = Counts {
            taken: 2,
            failed: 1,
            gone: 1,
        };
        assert_eq!(day.sum(at(123)), all);
        assert_eq!(
            day.sum(at(124)),
            Counts {
                taken: 1,
                failed: 0,
                gone: 1
            }
        );
        assert_eq!(day.sum(at(200)), Counts::default());
        for hour in 0..100 {
            day.count(at(1_000 + hour), PushOutcome::Taken);
        }
        assert_eq!(day.0.len() as u64, HOURS);
    }
}
