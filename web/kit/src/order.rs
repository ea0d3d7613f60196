// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Puts lists in order. What sorts weighs a lot in a browser and is made anew for every type that is sorted; here it is
//! made once, for places in a list, and asks how two of them compare.

use core::cmp::Ordering;

/// Sorts; what compares as equal stays in its order.
pub fn sort_by<T>(list: &mut [T], compare: impl Fn(&T, &T) -> Ordering) {
    let places = sorted(list.len(), &|a, b| match (list.get(a), list.get(b)) {
        (Some(a), Some(b)) => compare(a, b),
        _ => Ordering::Equal,
    });
    arrange(places, &mut |a, b| list.swap(a, b));
}

/// Sorts by what `key` gives; it is asked again for each comparison.
pub fn sort_by_key<T, K: Ord>(list: &mut [T], key: impl Fn(&T) -> K) {
    sort_by(list, |a, b| key(a).cmp(&key(b)));
}

/// The places in their order.
fn sorted(count: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut places: Vec<usize> = (0..count).collect();
    places.sort_by(|a, b| compare(*a, *b));
    places
}

/// Swaps until everything lies where it belongs: `places` says from where each comes.
fn arrange(mut places: Vec<usize>, swap: &mut dyn FnMut(usize, usize)) {
    for start in 0..places.len() {
        let mut at = start;
        while let Some(from) = places.get(at).copied().filter(|from| *from != start) {
            swap(at, from);
            places[at] = at;
            at = from;
        }
        places[at] = at;
    }
}

#[cfg(test)]
mod tests {
    use super::{sort_by, sort_by_key};

    #[test]
    fn it_sorts_like_the_standard_library() {
        // A fixed row of numbers that jumps about.
        let mut numbers: Vec<(u32, u32)> = (0..500).map(|n| (n * 7919 % 97, n)).collect();
        let mut meant = numbers.clone();
        meant.sort_by_key(|(number, _)| *number);
        sort_by_key(&mut numbers, |(number, _)| *number);
        assert_eq!(numbers, meant);
        sort_by(&mut numbers, |a, b| b.1.cmp(&a.1));
        assert!(numbers.iter().rev().map(|(_, n)| *n).eq(0..500));
        let mut words = vec!["c".to_owned(), "a".to_owned(), "b".to_owned()];
        sort_by(&mut words, Ord::cmp);
        assert_eq!(words, ["a", "b", "c"]);
        sort_by(&mut Vec::<String>::new(), Ord::cmp);
    }
}
