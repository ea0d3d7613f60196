// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! From what is loaded to what stands below each other: lines of days, the line before what is unread, and which messages
//! of one person belong together. Pure: the same items give the same rows.

use std::sync::Arc;

use melder_port::view::{Line, Message};
use melder_port::{Sequence, Time};

use crate::chat::window::{Entry, Key};

/// Messages of one person within this time are one group.
const TOGETHER_MS: u64 = 5 * 60 * 1000;

/// What stands on one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Row {
    Day { number: i64, time: Time },
    Unread,
    Line(Arc<Line>),
    Message(MessageRow),
}

/// A message and its place among those of the same person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageRow {
    pub message: Arc<Message>,
    pub first: bool,
    pub last: bool,
}

/// What a row is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RowKey {
    Day(i64),
    Unread,
    Item(Key),
}

impl Row {
    #[must_use]
    pub fn key(&self) -> RowKey {
        match self {
            Self::Day { number, .. } => RowKey::Day(*number),
            Self::Unread => RowKey::Unread,
            Self::Line(line) => RowKey::Item(Key::Line(line.sequence)),
            Self::Message(row) => RowKey::Item(Key::Message(row.message.id)),
        }
    }
}

fn time(entry: &Entry) -> Time {
    match entry {
        Entry::Message(message) => message.time,
        Entry::Line(line) => line.time,
    }
}

/// `read`: what was read when the chat was opened, if anything after it is unread. `day` numbers the days.
pub fn lay(entries: &[Entry], read: Option<Sequence>, day: impl Fn(Time) -> i64) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::with_capacity(entries.len() + 8);
    let mut today = i64::MIN;
    let mut unread_shown = read.is_none();
    for entry in entries {
        // A clock that was wrong may have sent a message back: a day is not begun a second time.
        let number = day(time(entry));
        if number > today {
            today = number;
            rows.push(Row::Day {
                number,
                time: time(entry),
            });
        }
        match entry {
            Entry::Line(line) => rows.push(Row::Line(Arc::clone(line))),
            Entry::Message(message) => {
                if !unread_shown && !message.own && message.sequence > read && message.sequence.is_some() {
                    unread_shown = true;
                    rows.push(Row::Unread);
                }
                let joins = matches!(rows.last(), Some(Row::Message(before)) if together(&before.message, message));
                if joins && let Some(Row::Message(before)) = rows.last_mut() {
                    before.last = false;
                }
                rows.push(Row::Message(MessageRow {
                    message: Arc::clone(message),
                    first: !joins,
                    last: true,
                }));
            }
        }
    }
    rows
}

fn together(before: &Message, after: &Message) -> bool {
    before.sender == after.sender
        && before.own == after.own
        && after.time.0.abs_diff(before.time.0) <= TOGETHER_MS
        && before.unconfirmed_sender == after.unconfirmed_sender
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::testing::{line, message};

    const DAY: u64 = 86_400_000;

    fn rows(entries: &[Entry], read: Option<u64>) -> Vec<String> {
        lay(entries, read.map(Sequence), |time| (time.0 / DAY) as i64)
            .iter()
            .map(|row| match row {
                Row::Day { number, .. } => format!("day {number}"),
                Row::Unread => "unread".into(),
                Row::Line(line) => format!("line {}", line.sequence),
                Row::Message(row) => {
                    let (first, last) = (if row.first { "[" } else { "" }, if row.last { "]" } else { "" });
                    format!("{first}{}{last}", row.message.sequence.map_or(0, |place| place.0))
                }
            })
            .collect()
    }

    fn said(place: u64, minutes: u64, sender: u8) -> Entry {
        let mut message = message(place);
        message.time = Time(minutes * 60_000);
        message.sender = melder_port::AccountId::from_bytes([sender; 16]);
        message.own = sender == 0;
        Entry::Message(Arc::new(message))
    }

    #[test]
    fn messages_of_one_person_within_five_minutes_are_a_group() {
        let entries = [
            said(1, 0, 1),
            said(2, 4, 1),
            said(3, 10, 1),
            said(4, 10, 2),
            said(5, 11, 1),
        ];
        assert_eq!(rows(&entries, None), ["day 0", "[1", "2]", "[3]", "[4]", "[5]"]);
    }

    #[test]
    fn a_day_begins_once_even_if_a_clock_was_wrong() {
        let entries = [said(1, 0, 1), said(2, 1_500, 1), said(3, 1_400, 2), said(4, 1_501, 2)];
        assert_eq!(rows(&entries, None), ["day 0", "[1]", "day 1", "[2]", "[3]", "[4]"]);
    }

    #[test]
    fn the_unread_begin_with_the_first_of_others_after_what_was_read() {
        let entries = [said(1, 0, 1), said(2, 1, 0), said(3, 2, 1), said(4, 2, 1)];
        assert_eq!(rows(&entries, Some(1)), ["day 0", "[1]", "[2]", "unread", "[3", "4]"]);
        assert_eq!(rows(&entries, Some(4)), ["day 0", "[1]", "[2]", "[3", "4]"]);
    }

    #[test]
    fn a_line_of_the_system_parts_a_group() {
        let entries = [said(1, 0, 1), Entry::Line(Arc::new(line(2))), said(3, 1, 1)];
        assert_eq!(rows(&entries, None), ["day 0", "[1]", "line 2", "[3]"]);
    }
}
