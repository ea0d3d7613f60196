// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The piece of a chat that is loaded: a window of bounded length over what may be fifty thousand messages. Pages come in
//! at its ends, and what is too much goes at the other end. It asks nobody and draws nothing.

use std::sync::Arc;

use melder_port::view::{Item, Line, Message, Page};
use melder_port::{MessageId, Sequence};

/// Items that are loaded at most.
pub const MOST: usize = 240;

/// What one item is called, as long as it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Key {
    Message(MessageId),
    Line(Sequence),
}

/// One loaded item. Shared, since a row shows the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    Message(Arc<Message>),
    Line(Arc<Line>),
}

impl Entry {
    fn new(item: Item) -> Self {
        match item {
            Item::Message(message) => Self::Message(Arc::new(*message)),
            Item::Line(line) => Self::Line(Arc::new(line)),
        }
    }

    #[must_use]
    pub fn key(&self) -> Key {
        match self {
            Self::Message(message) => Key::Message(message.id),
            Self::Line(line) => Key::Line(line.sequence),
        }
    }

    /// `None`: one's own message that still waits.
    #[must_use]
    pub fn sequence(&self) -> Option<Sequence> {
        match self {
            Self::Message(message) => message.sequence,
            Self::Line(line) => Some(line.sequence),
        }
    }
}

/// The loaded piece, oldest first; what waits stands last.
#[derive(Debug, Default)]
pub struct Window {
    entries: Vec<Entry>,
    pub more_before: bool,
    pub more_after: bool,
}

impl Window {
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The oldest place that is loaded.
    #[must_use]
    pub fn oldest(&self) -> Option<Sequence> {
        self.entries.iter().find_map(Entry::sequence)
    }

    /// The newest place that is loaded.
    #[must_use]
    pub fn newest(&self) -> Option<Sequence> {
        self.entries.iter().rev().find_map(Entry::sequence)
    }

    /// Where the next page after this one begins.
    #[must_use]
    pub fn after(&self) -> Sequence {
        self.newest().unwrap_or_default()
    }

    #[must_use]
    pub fn message(&self, id: MessageId) -> Option<&Arc<Message>> {
        self.entries.iter().find_map(|entry| match entry {
            Entry::Message(message) if message.id == id => Some(message),
            _ => None,
        })
    }

    /// Does the window reach over this place?
    #[must_use]
    pub fn covers(&self, place: Sequence) -> bool {
        let from_start = !self.more_before || self.oldest().is_some_and(|oldest| oldest <= place);
        let to_end = !self.more_after || self.newest().is_some_and(|newest| newest >= place);
        from_start && to_end && !self.entries.is_empty()
    }

    /// Begins anew with this page.
    pub fn show(&mut self, page: Page) {
        self.more_before = page.more_before;
        self.more_after = page.more_after;
        self.entries = page.items.into_iter().map(Entry::new).collect();
    }

    /// Takes an older page in front; the newest go if it gets too much.
    pub fn put_before(&mut self, page: Page) {
        let known: std::collections::HashSet<Key> = self.entries.iter().map(Entry::key).collect();
        self.more_before = page.more_before;
        let older = page
            .items
            .into_iter()
            .map(Entry::new)
            .filter(|entry| !known.contains(&entry.key()));
        self.entries.splice(0..0, older.collect::<Vec<_>>());
        if self.entries.len() > MOST {
            self.entries.truncate(MOST);
            self.more_after = true;
        }
    }

    /// Takes a newer page behind. What waits comes with the page that reaches the end, so what waited before goes. The
    /// oldest go if it gets too much and `may_drop`; else the page stays out, and there is more after.
    pub fn put_after(&mut self, page: Page, may_drop: bool) {
        let fresh: Vec<Entry> = page.items.into_iter().map(Entry::new).collect();
        let keys: std::collections::HashSet<Key> = fresh.iter().map(Entry::key).collect();
        let stays = |entry: &Entry| entry.sequence().is_some() && !keys.contains(&entry.key());
        let kept = self.entries.iter().filter(|entry| stays(entry)).count();
        if !may_drop && kept + fresh.len() > MOST {
            self.more_after = true;
            return;
        }
        self.entries.retain(stays);
        self.entries.extend(fresh);
        self.more_after = page.more_after;
        if let Some(much) = self.entries.len().checked_sub(MOST).filter(|much| *much > 0) {
            self.entries.drain(..much);
            self.more_before = true;
        }
    }

    /// Puts a message as it is now in the place of what it was. One that got its place in the chat moves there.
    pub fn change(&mut self, message: Message) {
        let Some(at) = self.position(message.id) else {
            return;
        };
        let entry = Entry::Message(Arc::new(message));
        if self.entries.get(at).and_then(Entry::sequence) == entry.sequence() {
            if let Some(place) = self.entries.get_mut(at) {
                *place = entry;
            }
            return;
        }
        self.entries.remove(at);
        let place = match entry.sequence() {
            None => self.entries.len(),
            Some(sequence) => self
                .entries
                .iter()
                .rposition(|other| other.sequence().is_some_and(|other| other < sequence))
                .map_or(0, |before| before + 1),
        };
        self.entries.insert(place, entry);
    }

    /// Takes out what is no longer there.
    pub fn remove(&mut self, id: MessageId) {
        if let Some(at) = self.position(id) {
            self.entries.remove(at);
        }
    }

    fn position(&self, id: MessageId) -> Option<usize> {
        self.entries.iter().position(|entry| entry.key() == Key::Message(id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::testing::{message, page};

    fn places(window: &Window) -> Vec<u64> {
        window
            .entries()
            .iter()
            .map(|entry| entry.sequence().map_or(0, |place| place.0))
            .collect()
    }

    fn loaded(range: std::ops::RangeInclusive<u64>, before: bool, after: bool) -> Window {
        let mut window = Window::default();
        window.show(page(range, before, after));
        window
    }

    #[test]
    fn older_pages_push_out_the_newest() {
        let mut window = loaded(1_000..=1_199, true, false);
        window.put_before(page(940..=999, true, true));
        assert_eq!(window.entries().len(), MOST);
        assert_eq!(
            (window.oldest(), window.newest()),
            (Some(Sequence(940)), Some(Sequence(1_179)))
        );
        assert!(window.more_before && window.more_after);
    }

    #[test]
    fn newer_pages_push_out_the_oldest_for_those_who_read_the_end() {
        let mut window = loaded(1..=230, false, false);
        window.put_after(page(231..=260, true, false), true);
        assert_eq!(
            (window.oldest(), window.newest()),
            (Some(Sequence(21)), Some(Sequence(260)))
        );
        assert!(window.more_before && !window.more_after);
    }

    #[test]
    fn who_reads_the_oldest_does_not_lose_them_to_what_comes() {
        let mut window = loaded(1..=230, false, false);
        window.put_after(page(231..=260, true, false), false);
        assert_eq!(
            (window.oldest(), window.newest()),
            (Some(Sequence(1)), Some(Sequence(230)))
        );
        assert!(window.more_after);
    }

    #[test]
    fn a_page_that_overlaps_brings_nothing_twice() {
        let mut window = loaded(10..=20, true, true);
        window.put_before(page(5..=12, true, true));
        window.put_after(page(19..=22, true, false), true);
        assert_eq!(places(&window), (5..=22).collect::<Vec<_>>());
    }

    #[test]
    fn what_waits_stands_last_and_moves_to_its_place_once_it_has_one() {
        let mut window = loaded(1..=3, false, false);
        let mut waiting = message(9);
        waiting.sequence = None;
        let mut end = page(4..=4, true, false);
        end.items.push(Item::Message(Box::new(waiting.clone())));
        window.put_after(end, true);
        assert_eq!(places(&window), [1, 2, 3, 4, 0]);

        window.put_after(page(5..=6, true, false), true);
        assert_eq!(
            places(&window),
            [1, 2, 3, 4, 5, 6],
            "it comes with the page that reaches the end, or not at all"
        );

        let mut end = page(7..=7, true, false);
        end.items.insert(0, Item::Message(Box::new(waiting.clone())));
        window.put_after(end, true);
        waiting.sequence = Some(Sequence(8));
        window.change(waiting);
        assert_eq!(places(&window), [1, 2, 3, 4, 5, 6, 7, 8]);
    }

    #[test]
    fn it_covers_what_lies_between_its_ends_and_beyond_where_nothing_is() {
        let window = loaded(10..=20, true, true);
        assert!(window.covers(Sequence(10)) && window.covers(Sequence(20)));
        assert!(!window.covers(Sequence(9)) && !window.covers(Sequence(21)));
        assert!(loaded(10..=20, true, false).covers(Sequence(30)));
        assert!(!Window::default().covers(Sequence(1)));
    }
}
