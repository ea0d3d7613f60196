// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Limits on everything that grows. The server enforces them; clients stay below them.

/// Largest frame in either direction, bytes.
pub const MAX_FRAME: usize = 8 * 1024 * 1024;
/// Largest application message, bytes of ciphertext.
pub const MAX_MESSAGE: usize = 256 * 1024;
/// Largest commit, bytes: a cold hybrid tree of 1,000 devices makes 1.1 MiB.
pub const MAX_HANDSHAKE: usize = 4 * 1024 * 1024;
/// Largest blob, bytes of plaintext.
pub const MAX_BLOB: u64 = 100 * 1024 * 1024;
/// Bytes of plaintext in each chunk of a blob but the last.
pub const BLOB_CHUNK: usize = 64 * 1024;
/// What the AEAD adds to each chunk.
pub const BLOB_TAG: usize = 16;
/// Devices of an account.
pub const MAX_DEVICES: usize = 10;
/// Links in a device chain.
pub const MAX_CHAIN: usize = 500;
/// Accounts in a group.
pub const MAX_GROUP: usize = 10_000;
/// Accounts named in one roster change.
pub const MAX_ROSTER_CHANGE: usize = 10_000;
/// Groups of an account.
pub const MAX_GROUPS: usize = 1_000;
/// Entries in one frame, and about how many bytes of them.
pub const MAX_ENTRIES_PER_FRAME: usize = 256;
pub const MAX_ENTRIES_BYTES: usize = 512 * 1024;
/// Key packages that a device keeps on the server for each suite.
pub const MAX_KEY_PACKAGES: usize = 100;
/// Bytes of a key package.
pub const MAX_KEY_PACKAGE: usize = 16 * 1024;
/// Bytes of a push service's address for a device.
pub const MAX_PUSH_ADDRESS: usize = 1_024;
/// Characters of a person's, unit's, group's or device's name.
pub const MAX_NAME: usize = 120;
/// Requests of one connection that may wait for an answer.
pub const MAX_OPEN_REQUESTS: usize = 64;
/// Above this many accounts a new group uses the classical suite (docs/decisions/0004).
pub const HYBRID_BOUND: u32 = 256;
/// Milliseconds that a device has for a task before the next is asked.
pub const LEASE_MS: u64 = 5_000;
/// Milliseconds that a pairing of two devices through a mailbox may take.
pub const MAILBOX_MS: u64 = 10 * 60 * 1_000;
/// Bytes of one message in a mailbox.
pub const MAX_MAILBOX_MESSAGE: usize = 64 * 1024;
