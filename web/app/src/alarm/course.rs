// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! How the confirmations of an alarm came in. The table of those who confirmed says the same by name and minute.

use leptos::prelude::*;
use melder_kit::{t, times};
use melder_port::Time;
use melder_port::view::Reach;

/// The drawing's own measure.
const WIDTH: f64 = 320.0;
const HEIGHT: f64 = 96.0;
/// What came within this time fills the whole width.
const LEAST_MS: u64 = 60_000;

/// A step for each that came: where on the drawing. The first is the alarm itself, the last how it stands.
fn steps(since: u64, confirmed: &[u64], of: usize) -> Vec<(f64, f64)> {
    let last = confirmed.iter().copied().max().unwrap_or(since);
    let span = last.saturating_sub(since).max(LEAST_MS);
    let mut times: Vec<u64> = confirmed.iter().map(|time| time.saturating_sub(since)).collect();
    melder_kit::order::sort_by_key(&mut times, |time| *time);
    #[expect(clippy::cast_precision_loss, reason = "a drawing of a few hundred points")]
    let place = |time: u64, count: usize| {
        let share = count as f64 / of.max(1) as f64;
        (time.min(span) as f64 * WIDTH / span as f64, HEIGHT - share * HEIGHT)
    };
    let mut steps = vec![place(0, 0)];
    for (count, time) in times.into_iter().enumerate() {
        steps.push(place(time, count));
        steps.push(place(time, count + 1));
    }
    steps.push(place(span, confirmed.len()));
    steps
}

pub(super) fn course(since: Time, reach: &Reach) -> AnyView {
    let confirmed: Vec<u64> = reach.confirmed.iter().map(|by| by.time.0).collect();
    let of = confirmed.len() + reach.reached.len() + reach.missing.len();
    let (Some(first), Some(last)) = (confirmed.iter().copied().min(), confirmed.iter().copied().max()) else {
        return view! { <p class="muted">{t!("alarms-course-none")}</p> }.into_any();
    };
    let line = steps(since.0, &confirmed, of)
        .into_iter()
        .map(|(x, y)| format!("{x:.1},{y:.1}"))
        .collect::<Vec<_>>()
        .join(" ");
    let ground = format!("0,{HEIGHT} {line} {WIDTH},{HEIGHT}");
    let after = |time: u64| times::duration(time.saturating_sub(since.0));
    let end = since.0 + last.saturating_sub(since.0).max(LEAST_MS);
    view! {
        <p class="small">
            {t!("alarms-course-said", done = confirmed.len(), of = of, first = after(first), last = after(last))}
        </p>
        <svg class="alarms__course" viewBox=format!("0 -2 {WIDTH} {}", HEIGHT + 4.0) preserveAspectRatio="none" aria-hidden="true">
            <polygon points=ground />
            <polyline points=line />
        </svg>
        <p class="alarms__span small muted" aria-hidden="true">
            <span>{times::clock(since.0)}</span>
            <span>{times::clock(end)}</span>
        </p>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_rises_with_each_that_came_and_ends_at_the_edge() {
        let steps = steps(1_000, &[121_000, 61_000], 4);
        assert_eq!(steps.first(), Some(&(0.0, HEIGHT)));
        assert_eq!(steps.last(), Some(&(WIDTH, HEIGHT / 2.0)));
        assert!(
            steps
                .windows(2)
                .all(|pair| pair[0].0 <= pair[1].0 && pair[0].1 >= pair[1].1)
        );
        assert!(steps.contains(&(WIDTH / 2.0, HEIGHT * 0.75)));
    }

    #[test]
    fn an_alarm_that_nobody_was_sent_is_a_flat_line() {
        assert_eq!(steps(0, &[], 0), [(0.0, HEIGHT), (WIDTH, HEIGHT)]);
    }
}
