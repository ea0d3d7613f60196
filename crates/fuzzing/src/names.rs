// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Stand-ins for ids, so that a corpus outlives the town that it was recorded in.
//!
//! Ids and keys of a town are random. In a corpus each is written as a fixed pattern of the same length; before a frame
//! is fed, the patterns give way to the ids of the town at hand.

/// Ids of a town, in an order that is the same for each town.
#[derive(Debug, Clone, Default)]
pub struct Names(Vec<Vec<u8>>);

impl Names {
    /// # Panics
    /// When a name is too short for a pattern.
    #[must_use]
    pub fn new(names: Vec<Vec<u8>>) -> Self {
        assert!(names.iter().all(|name| name.len() >= 10), "names are ids or days");
        Self(names)
    }

    fn pattern(number: usize, len: usize) -> Vec<u8> {
        let number = u8::try_from(number).unwrap_or(u8::MAX);
        let mut pattern = vec![0xd7; len];
        pattern[..3].copy_from_slice(&[b'#', number, b'#']);
        pattern
    }

    /// For the corpus: ids become patterns.
    #[must_use]
    pub fn hide(&self, bytes: &[u8]) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        for (number, name) in self.0.iter().enumerate() {
            replace(&mut bytes, name, &Self::pattern(number, name.len()));
        }
        bytes
    }

    /// For the decoder: patterns become ids.
    #[must_use]
    pub fn show(&self, bytes: &[u8]) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        for at in 0..bytes.len().saturating_sub(2) {
            if bytes[at] != b'#' || bytes[at + 2] != b'#' {
                continue;
            }
            if let Some(name) = self.0.get(usize::from(bytes[at + 1]))
                && let Some(place) = bytes.get_mut(at..at + name.len())
            {
                place.copy_from_slice(name);
            }
        }
        bytes
    }
}

fn replace(bytes: &mut [u8], from: &[u8], to: &[u8]) {
    for at in 0..(bytes.len() + 1).saturating_sub(from.len()) {
        if bytes[at..].starts_with(from) {
            bytes[at..at + from.len()].copy_from_slice(to);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Names;

    #[test]
    fn what_is_hidden_comes_back() {
        let names = Names::new(vec![vec![1; 16], vec![2; 16]]);
        let bytes = [&[9][..], &[2; 16], &[7, 7], &[1; 16]].concat();
        let hidden = names.hide(&bytes);
        assert_ne!(hidden, bytes);
        assert_eq!(names.show(&hidden), bytes);
        let other = Names::new(vec![vec![3; 16], vec![4; 16]]);
        assert_eq!(other.show(&hidden), [&[9][..], &[4; 16], &[7, 7], &[3; 16]].concat());
    }
}
