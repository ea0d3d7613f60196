// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Names in a directory (RFC 4514): compared, and read for the organisational units in them.

/// The parts of a name, nearest first: attribute in lower case, and value.
#[must_use]
pub fn parts(dn: &str) -> Vec<(String, String)> {
    let mut parts = Vec::new();
    for part in split(dn, ',') {
        // Of a name with several attributes in one part, the first counts.
        let first = split(part, '+').into_iter().next().unwrap_or(part);
        let Some((kind, value)) = first.split_once('=') else {
            continue;
        };
        parts.push((kind.trim().to_ascii_lowercase(), plain(value.trim())));
    }
    parts
}

/// A name in the form in which equal ones are the same text.
#[must_use]
pub fn folded(dn: &str) -> String {
    let parts = parts(dn).into_iter().map(|(kind, value)| {
        let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
        // What separates parts can't stand in one unseen.
        format!("{kind}={}", value.to_lowercase().replace(['\\', ','], "\\"))
    });
    parts.collect::<Vec<_>>().join(",")
}

/// The organisational units that an entry stands in, below `base`, topmost first.
#[must_use]
pub fn units_above(dn: &str, base: &str) -> Vec<String> {
    let (all, base) = (parts(dn), parts(base).len());
    let below = all.len().saturating_sub(base);
    let mut units: Vec<String> = all
        .into_iter()
        .take(below)
        // The entry itself.
        .skip(1)
        .filter(|(kind, _)| kind == "ou")
        .map(|(_, value)| value.replace('/', "-"))
        .collect();
    units.reverse();
    units
}

/// Splits where the separator is not escaped.
fn split(text: &str, separator: char) -> Vec<&str> {
    let mut found = Vec::new();
    let (mut begin, mut escaped) = (0, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == separator => {
                found.push(text.get(begin..at).unwrap_or_default());
                begin = at + c.len_utf8();
            }
            _ => {}
        }
    }
    found.push(text.get(begin..).unwrap_or_default());
    found
}

/// A value without its escapes: `\,` and `\c3\a4`.
fn plain(value: &str) -> String {
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if *first != b'\\' {
            bytes.push(*first);
            continue;
        }
        let hex = after
            .get(..2)
            .and_then(|digits| data_encoding::HEXLOWER_PERMISSIVE.decode(digits).ok()?.first().copied());
        match (hex, after.split_first()) {
            (Some(byte), _) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            (None, Some((next, more))) => {
                bytes.push(*next);
                rest = more;
            }
            (None, None) => {}
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_names_are_the_same_text_however_they_are_written() {
        assert_eq!(
            folded("CN=Ada  König, OU=Streife,DC=stadt"),
            folded("cn=ada k\\c3\\b6nig,ou=STREIFE,dc=stadt")
        );
        assert_ne!(folded("cn=a\\,ou=b,dc=c"), folded("cn=a,ou=b,dc=c"));
    }

    #[test]
    fn units_are_read_from_the_top_down_and_none_above_the_base() {
        let dn = "uid=ada,ou=Streife,ou=Amt 32/3\\, Ordnung,ou=people,dc=stadt";
        assert_eq!(units_above(dn, "ou=people,dc=stadt"), ["Amt 32-3, Ordnung", "Streife"]);
        assert_eq!(units_above("ou=Streife,dc=stadt", "dc=stadt"), [""; 0]);
        assert_eq!(units_above("", "dc=stadt"), [""; 0]);
    }
}
