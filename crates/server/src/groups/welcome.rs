// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A Welcome for many devices, cut into one for each: a commit that adds 500 must not put 500 secrets into each of
//! 500 inboxes. This is the outside of RFC 9420, section 12.4.3.1, alone; the secrets stay sealed.

use std::collections::BTreeMap;

use melder_mls::sign::sha256;
use melder_protocol::{Hash, Member};

/// MLSMessage: version 1 (mls10) and wire format 3 (mls_welcome).
const HEAD: [u8; 4] = [0, 1, 0, 3];
/// What stands before a KeyPackage in its MLSMessage.
const KEY_PACKAGE_HEAD: usize = 4;

/// A reader of TLS presentation language with MLS's variable-size lengths (RFC 9420, section 2.1.2).
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn length(&mut self) -> Option<usize> {
        let first = *self.0.first()?;
        let bytes = match first >> 6 {
            0 => 1,
            1 => 2,
            2 => 4,
            _ => return None,
        };
        let taken = self.take(bytes)?;
        let value = taken
            .iter()
            .skip(1)
            .fold(u32::from(first & 0x3f), |value, byte| (value << 8) | u32::from(*byte));
        usize::try_from(value).ok()
    }

    fn vector(&mut self) -> Option<&'a [u8]> {
        let length = self.length()?;
        self.take(length)
    }
}

fn write_vector(out: &mut Vec<u8>, bytes: &[u8]) {
    // Lengths come from a frame, so they are far below 2^30.
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    match length {
        0..=0x3f => out.push(length.to_be_bytes()[3]),
        0x40..=0x3fff => out.extend_from_slice(&(length | 0x4000).to_be_bytes()[2..]),
        _ => out.extend_from_slice(&(length | 0x8000_0000).to_be_bytes()),
    }
    out.extend_from_slice(bytes);
}

/// The reference by which a Welcome names a key package (RFC 9420, section 5.2). Both suites hash with SHA-256.
pub(super) fn reference(key_package: &[u8]) -> Option<Hash> {
    let mut input = Vec::with_capacity(key_package.len() + 64);
    write_vector(&mut input, b"MLS 1.0 KeyPackage Reference");
    write_vector(&mut input, key_package.get(KEY_PACKAGE_HEAD..)?);
    Some(sha256(&input))
}

/// The Welcome of each added member. A member whose key package is known gets the secrets that name it; the others
/// get what is left, in order, or all of it when that does not come out even. `None`: this is no Welcome.
pub(super) fn split(welcome: &[u8], added: &[(Member, Option<Hash>)]) -> Option<Vec<(Member, Vec<u8>)>> {
    let mut reader = Reader(welcome);
    if reader.take(HEAD.len())? != HEAD {
        return None;
    }
    let suite = reader.take(2)?;
    let mut secrets = Reader(reader.vector()?);
    let info = reader.vector()?;
    if !reader.0.is_empty() {
        return None;
    }
    let mut by_reference: BTreeMap<&[u8], &[u8]> = BTreeMap::new();
    let mut in_order = Vec::new();
    while !secrets.0.is_empty() {
        let start = secrets.0;
        let reference = secrets.vector()?;
        secrets.vector()?;
        secrets.vector()?;
        let secret = &start[..start.len() - secrets.0.len()];
        by_reference.insert(reference, secret);
        in_order.push(reference);
    }
    let known: Vec<&[u8]> = added
        .iter()
        .filter_map(|(_, reference)| Some(reference.as_ref()?.as_bytes().as_slice()))
        .collect();
    in_order.retain(|reference| !known.contains(reference));
    let unnamed = added.iter().filter(|(_, reference)| reference.is_none()).count();
    let even = in_order.len() == unnamed;
    let mut rest = in_order.into_iter();
    let one = |secret: &[u8]| {
        let mut out = Vec::with_capacity(secret.len() + info.len() + 24);
        out.extend_from_slice(&HEAD);
        out.extend_from_slice(suite);
        write_vector(&mut out, secret);
        write_vector(&mut out, info);
        out
    };
    let mut each = Vec::with_capacity(added.len());
    for (member, reference) in added {
        let reference = match reference {
            Some(reference) => Some(reference.as_bytes().as_slice()),
            None if even => rest.next(),
            None => None,
        };
        let bytes = reference
            .and_then(|reference| by_reference.get(reference))
            .map_or_else(|| welcome.to_vec(), |secret| one(secret));
        each.push((*member, bytes));
    }
    Some(each)
}

#[cfg(test)]
mod tests {
    use super::*;
    use melder_protocol::{AccountId, DeviceId};

    fn member(number: u8) -> Member {
        Member {
            account: AccountId::from_bytes([number; 16]),
            device: DeviceId::from_bytes([number; 16]),
        }
    }

    fn secret(reference: &[u8], filler: usize) -> Vec<u8> {
        let mut out = Vec::new();
        write_vector(&mut out, reference);
        write_vector(&mut out, &vec![7; filler]);
        write_vector(&mut out, &[8; 70]);
        out
    }

    fn welcome(secrets: &[Vec<u8>]) -> Vec<u8> {
        let mut out = HEAD.to_vec();
        out.extend_from_slice(&[0, 1]);
        write_vector(&mut out, &secrets.concat());
        write_vector(&mut out, &[9; 300]);
        out
    }

    #[test]
    fn each_member_gets_the_secrets_that_name_its_key_package() {
        let (a, b, c) = (Hash::from_bytes([1; 32]), Hash::from_bytes([2; 32]), [3; 32]);
        let secrets = [secret(b.as_bytes(), 20_000), secret(&c, 5), secret(a.as_bytes(), 1_120)];
        let each = split(
            &welcome(&secrets),
            &[(member(1), Some(a)), (member(2), Some(b)), (member(3), None)],
        );
        let expected = vec![
            (member(1), welcome(&secrets[2..])),
            (member(2), welcome(&secrets[..1])),
            (member(3), welcome(&secrets[1..2])),
        ];
        assert_eq!(each, Some(expected));
    }

    #[test]
    fn what_can_not_be_told_apart_goes_whole() {
        let secrets = [secret(&[1; 32], 5), secret(&[2; 32], 5)];
        let whole = welcome(&secrets);
        assert_eq!(
            split(&whole, &[(member(1), None)]),
            Some(vec![(member(1), whole.clone())])
        );
    }

    #[test]
    fn any_bytes_are_a_welcome_or_not_and_never_a_panic() {
        let whole = welcome(&[secret(&[1; 32], 5)]);
        for end in 0..whole.len() {
            assert_eq!(split(&whole[..end], &[(member(1), None)]), None);
        }
        assert_eq!(split(&[0, 1, 0, 3, 0, 1, 0xff, 0xff], &[]), None);
    }
}
