// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Damaged bytes that once made a decoder fall.

use melder_mls::context::GroupSpec;
use melder_mls::public::PublicGroup;
use melder_mls::rules::AddedLeaf;
use melder_mls::{MlsError, message};
use melder_protocol::{AccountId, DeviceId, GroupId, Hash, Member, OrganisationId, PublicKey, Suite};

/// The codec asserts, in builds with assertions, that no vector announces more than there is.
#[test]
fn a_vector_that_is_cut_off_is_an_error_and_no_fall() {
    // MLSMessage, version 1, a PublicMessage whose group id announces 1,216 bytes and has two.
    let bytes = [0, 1, 0, 1, 0x44, 0xc0, 7, 7];
    assert_eq!(message::peek(&bytes), Err(MlsError::Malformed("MLSMessage")));
    let spec = GroupSpec {
        group: GroupId::from_bytes([1; 16]),
        suite: Suite::Classical,
        organisation: OrganisationId::from_bytes([2; 16]),
        organisation_key: PublicKey::from_bytes([3; 32]),
        roster: Hash::from_bytes([4; 32]),
    };
    let creator = AddedLeaf {
        member: Member {
            account: AccountId::from_bytes([5; 16]),
            device: DeviceId::from_bytes([6; 16]),
        },
        key: PublicKey::from_bytes([7; 32]),
    };
    // A ratchet tree of one leaf, whose encryption key announces more than a gigabyte.
    let tree = [0x0a, 1, 1, 0xbf, 0xff, 0xff, 0xff, 1, 2, 3, 4];
    let refused = PublicGroup::establish(&bytes, &tree, &spec, &creator);
    assert_eq!(refused.err(), Some(MlsError::Malformed("ratchet tree")));
}
