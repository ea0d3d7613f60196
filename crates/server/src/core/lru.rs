// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A bounded memory of things that can be had again from the store.

use std::collections::HashMap;
use std::hash::Hash;

/// Keeps about the last `capacity` things used.
#[derive(Debug)]
pub(crate) struct Lru<K, V> {
    capacity: usize,
    clock: u64,
    things: HashMap<K, (u64, V)>,
}

impl<K: Hash + Eq + Copy, V> Lru<K, V> {
    pub(crate) fn new(capacity: usize) -> Self {
        Self {
            capacity,
            clock: 0,
            things: HashMap::new(),
        }
    }

    pub(crate) fn get(&mut self, key: &K) -> Option<&V> {
        self.clock += 1;
        let clock = self.clock;
        self.things.get_mut(key).map(|(used, thing)| {
            *used = clock;
            &*thing
        })
    }

    pub(crate) fn put(&mut self, key: K, thing: V) {
        self.clock += 1;
        self.things.insert(key, (self.clock, thing));
        if self.things.len() > self.capacity {
            // The older half goes at once, so that the search for it costs little per thing.
            let mut ages: Vec<u64> = self.things.values().map(|(used, _)| *used).collect();
            let middle = ages.len() / 2;
            let (_, median, _) = ages.select_nth_unstable(middle);
            let median = *median;
            self.things.retain(|_, (used, _)| *used >= median);
        }
    }

    pub(crate) fn remove(&mut self, key: &K) -> Option<V> {
        self.things.remove(key).map(|(_, thing)| thing)
    }

    pub(crate) fn clear(&mut self) {
        self.things.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_used_last_stays() {
        let mut lru = Lru::new(4);
        for key in 0..4 {
            lru.put(key, key);
        }
        assert!(lru.get(&0).is_some());
        lru.put(4, 4);
        assert!(lru.get(&0).is_some());
        assert!(lru.get(&4).is_some());
        assert!(lru.get(&1).is_none());
    }
}
