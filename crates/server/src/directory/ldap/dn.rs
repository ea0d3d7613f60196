// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Names in a directory (RFC 4514): compared, and read for the organisational units in them.

/// Attribute in lower case, and value.
type Value = (String, String);

/// The parts of a name, nearest first. A part may have several values: `cn=Ada+uid=ada7`.
fn parts(dn: &str) -> Vec<Vec<Value>> {
    let values = |part| {
        let found = split(part, '+').into_iter().filter_map(|one| one.split_once('='));
        found
            .map(|(kind, value)| (kind.trim().to_ascii_lowercase(), plain(value.trim())))
            .collect::<Vec<_>>()
    };
    let parts = split(dn, ',').into_iter().map(values);
    parts.filter(|part| !part.is_empty()).collect()
}

/// A name in the form in which equal ones are the same text.
#[must_use]
pub fn folded(dn: &str) -> String {
    let one = |(kind, value): Value| {
        let value = value.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        // What separates parts can't stand in one unseen.
        let value = value.replace('\\', "\\\\").replace(',', "\\,").replace('+', "\\+");
        format!("{kind}={value}")
    };
    let parts = parts(dn).into_iter().map(|part| {
        let mut values: Vec<String> = part.into_iter().map(one).collect();
        values.sort();
        values.join("+")
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
        .filter_map(|part| part.into_iter().find(|(kind, _)| kind == "ou"))
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
        for (one, other) in [
            ("cn=a\\,ou=b,dc=c", "cn=a,ou=b,dc=c"),
            ("cn=a\\+uid=b", "cn=a+uid=b"),
            ("cn=a\\\\b", "cn=a\\,b"),
        ] {
            assert_ne!(folded(one), folded(other));
        }
    }

    #[test]
    fn of_a_part_with_several_values_each_counts_in_whatever_order() {
        let one = folded("cn=Hans Müller+uid=hm1,dc=stadt");
        assert_ne!(one, folded("cn=Hans Müller+uid=hm2,dc=stadt"));
        assert_ne!(one, folded("cn=Hans Müller,dc=stadt"));
        assert_eq!(one, folded("UID=hm1 + CN=hans müller,dc=stadt"));
        assert_eq!(
            units_above("uid=ada,l=Mitte+ou=Streife,dc=stadt", "dc=stadt"),
            ["Streife"]
        );
    }

    #[test]
    fn units_are_read_from_the_top_down_and_none_above_the_base() {
        let dn = "uid=ada,ou=Streife,ou=Amt 32/3\\, Ordnung,ou=people,dc=stadt";
        assert_eq!(units_above(dn, "ou=people,dc=stadt"), ["Amt 32-3, Ordnung", "Streife"]);
        assert_eq!(units_above("ou=Streife,dc=stadt", "dc=stadt"), [""; 0]);
        assert_eq!(units_above("", "dc=stadt"), [""; 0]);
    }
}
