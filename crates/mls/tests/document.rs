// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The worked examples in `docs/protocol.md` are made here, so they can't become wrong. After a change of the protocol:
//!
//! ```text
//! MELDER_UPDATE_DOCS=1 cargo nextest run --package melder-mls --test document
//! ```

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use core::fmt::Write as _;

use aead::stream::{NewStream as _, StreamBE32, StreamPrimitive as _};
use aes_gcm::{Aes256Gcm, KeyInit as _};
use data_encoding::HEXLOWER;
use melder_mls::chain::{self, DeviceChain};
use melder_mls::roster::{self, Roster};
use melder_mls::sign::{self, SigningKey, sha256};
use melder_protocol::cbor::encode;
use melder_protocol::chain::{KeyUse, LINK_LABEL, Link};
use melder_protocol::frame::{ClientFrame, HELLO_LABEL, Hello, RECOVERY_LABEL, ServerFrame};
use melder_protocol::invitation::{InvitationLink, InvitationToken};
use melder_protocol::linking::{COMMITMENT_LABEL, LinkCode, NUMBER_LABEL};
use melder_protocol::request::{Request, Response};
use melder_protocol::roster::{Author, Authority, GroupKind, GroupTerms, Role, RosterMember};
use melder_protocol::signed::signing_input;
use melder_protocol::{
    AccountId, Cursor, Epoch, GroupId, InvitationSecret, LogId, Member, Nonce, OrganisationId, Refusal, RequestId,
    Sequence, Suite, Time,
};

const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/protocol.md");
const ACCOUNT: AccountId = AccountId::from_bytes([0xac; 16]);
const OTHER: AccountId = AccountId::from_bytes([0xad; 16]);
const GROUP: GroupId = GroupId::from_bytes([0x60; 16]);
const NONCE: Nonce = Nonce::from_bytes([0x4e; 32]);
/// 2026-03-08T06:00:00Z
const TIME: Time = Time(1_772_949_600_000);

/// Names and values, one below the other.
#[derive(Default)]
struct Table(String);

impl Table {
    fn text(mut self, name: &str, value: &str) -> Self {
        if name.is_empty() {
            writeln!(self.0, "{value}").unwrap();
        } else {
            writeln!(self.0, "{name:<14} {value}").unwrap();
        }
        self
    }

    fn hex(mut self, name: &str, value: &[u8]) -> Self {
        let hex = HEXLOWER.encode(value);
        let mut name = name;
        for line in hex.as_bytes().chunks(96) {
            writeln!(self.0, "{name:<14} {}", core::str::from_utf8(line).unwrap()).unwrap();
            name = "";
        }
        self
    }
}

fn device() -> SigningKey {
    SigningKey::from_seed(&[1; 32])
}

fn tablet() -> SigningKey {
    SigningKey::from_seed(&[2; 32])
}

fn organisation() -> SigningKey {
    SigningKey::from_seed(&[9; 32])
}

fn member() -> Member {
    Member {
        account: ACCOUNT,
        device: device().device(),
    }
}

fn encoding() -> Table {
    let log = LogId::Group(GROUP);
    let follow = Request::Follow(Cursor {
        log,
        sequence: Sequence(300),
    });
    let refusal = Refusal::wrong_epoch(Epoch(3), Sequence(290));
    Table::default()
        .text(
            "",
            "client frame 1 (request), id 7, request 12 (follow), log 0 (group), after entry 300",
        )
        .hex(
            "",
            &encode(&ClientFrame::Request {
                id: RequestId(7),
                request: follow,
            }),
        )
        .text("", "server frame 2 (response), id 7, response 6 (following), head 312")
        .hex(
            "",
            &encode(&ServerFrame::Response {
                id: RequestId(7),
                response: Response::Following { head: Sequence(312) },
            }),
        )
        .text(
            "",
            "server frame 3 (refused), id 8, code 14 (wrong_epoch), epoch 3, entry 290, no more",
        )
        .hex(
            "",
            &encode(&ServerFrame::Refused {
                id: RequestId(8),
                refusal,
            }),
        )
        .text(
            "",
            "client frame 1 (request), id 9, request 22 (policy): a variant without content has an empty array",
        )
        .hex(
            "",
            &encode(&ClientFrame::Request {
                id: RequestId(9),
                request: Request::Policy,
            }),
        )
}

fn hello() -> Table {
    let key = device();
    let member = member();
    let part = Hello::signed_part(&NONCE, &member);
    let signature = key.sign(HELLO_LABEL, &part);
    let hello = Hello {
        version: 1,
        account: member.account,
        device: member.device,
        signature,
        software: "example 1".to_owned(),
    };
    Table::default()
        .hex("seed", key.seed().as_slice())
        .hex("public key", key.public().as_bytes())
        .hex("device", member.device.as_bytes())
        .hex("account", ACCOUNT.as_bytes())
        .hex("nonce", NONCE.as_bytes())
        .hex("signed bytes", &signing_input(HELLO_LABEL, &part))
        .hex("signature", signature.as_bytes())
        .hex("frame", &encode(&ClientFrame::Hello(hello)))
}

fn invitation() -> Table {
    let token = InvitationToken {
        organisation: sha256(organisation().public().as_bytes()),
        secret: InvitationSecret::from_bytes([0x5e; 16]),
    };
    let bytes = encode(&token);
    let link = InvitationLink {
        server: "https://melder.example".to_owned(),
        token,
    };
    Table::default()
        .hex("organisation", organisation().public().as_bytes())
        .hex("its hash", sha256(organisation().public().as_bytes()).as_bytes())
        .hex("secret", &[0x5e; 16])
        .hex("token", &bytes)
        .text("link", &link.to_string())
}

fn chain_table() -> Table {
    let (first, second) = (device(), tablet());
    let genesis = chain::genesis(&first, ACCOUNT, TIME);
    let mut chain = DeviceChain::verify(ACCOUNT, std::slice::from_ref(&genesis)).unwrap();
    let table = Table::default()
        .text("", "genesis, by the device of the example above")
        .hex("body", genesis.body.as_slice())
        .hex("signed bytes", &signing_input(LINK_LABEL, genesis.body.as_slice()))
        .hex("signature", genesis.signature.as_bytes())
        .hex("link", &encode(&genesis))
        .hex("hash of body", chain.genesis().as_bytes());
    let body = chain::add_body(&chain, first.device(), second.public(), KeyUse::Device, TIME);
    let accept = chain::accept(&body, &second);
    let add: Link = chain::finish_add(body, &first, accept);
    chain.extend(&add).unwrap();
    let table = table
        .text("", "add: a second device, seed 02…02")
        .hex("body", add.body.as_slice())
        .hex("signature", add.signature.as_bytes())
        .hex("accept", accept.as_bytes());
    let remove = chain::remove(&chain, &second, first.device(), TIME);
    chain.extend(&remove).unwrap();
    table
        .text("", "remove: the second device takes out the first")
        .hex("body", remove.body.as_slice())
        .hex("signature", remove.signature.as_bytes())
}

fn recovery() -> Table {
    let entropy: Vec<u8> = (0..16).collect();
    let words = bip39::Mnemonic::from_entropy(&entropy).unwrap();
    let mut seed = [0; 32];
    hkdf::Hkdf::<sha2::Sha256>::new(Some(b"Melder recovery"), &entropy)
        .expand(&[], &mut seed)
        .unwrap();
    let key = SigningKey::from_seed(&seed);
    Table::default()
        .hex("entropy", &entropy)
        .text("words", &words.to_string())
        .hex("seed", &seed)
        .hex("public key", key.public().as_bytes())
        .hex("nonce", NONCE.as_bytes())
        .hex("signed bytes", &signing_input(RECOVERY_LABEL, NONCE.as_bytes()))
        .hex("signature", key.sign(RECOVERY_LABEL, NONCE.as_bytes()).as_bytes())
}

fn linking() -> Table {
    let (old, new) = (device().public(), tablet().public());
    let (old_nonce, new_nonce) = (Nonce::from_bytes([0x0d; 32]), Nonce::from_bytes([0x4e; 32]));
    let offer = [&new.as_bytes()[..], new_nonce.as_bytes()].concat();
    let commitment = sha256(&signing_input(COMMITMENT_LABEL, &offer));
    let (id, organisation) = (OrganisationId::from_bytes([0x0a; 16]), organisation().public());
    let all = [
        &offer[..],
        old.as_bytes(),
        old_nonce.as_bytes(),
        ACCOUNT.as_bytes(),
        id.as_bytes(),
        organisation.as_bytes(),
    ]
    .concat();
    let hash = sha256(&signing_input(NUMBER_LABEL, &all));
    let value = u64::from_be_bytes(hash.as_bytes()[..8].try_into().unwrap());
    let code = LinkCode {
        server: "https://melder.example".to_owned(),
        code: "ABCD2345".to_owned(),
        offer: Some(commitment),
    };
    Table::default()
        .hex("new key", new.as_bytes())
        .hex("new nonce", new_nonce.as_bytes())
        .hex("commitment", commitment.as_bytes())
        .text("QR", &code.to_string())
        .hex("existing key", old.as_bytes())
        .hex("its nonce", old_nonce.as_bytes())
        .hex("account", ACCOUNT.as_bytes())
        .hex("organisation", id.as_bytes())
        .hex("its key", organisation.as_bytes())
        .hex("hash", hash.as_bytes())
        .text("number", &format!("{:06}", value % 1_000_000))
}

struct NoDevices;

impl roster::DeviceKeys for NoDevices {
    fn device_key(&self, _: Member) -> Option<melder_protocol::PublicKey> {
        None
    }
}

fn roster_table() -> Table {
    let terms = GroupTerms {
        kind: GroupKind::Group,
        authority: Authority::Managed,
        organisation: OrganisationId::from_bytes([0x0a; 16]),
        organisation_key: organisation().public(),
        suite: Suite::Hybrid,
    };
    let set = vec![RosterMember {
        account: ACCOUNT,
        role: Role::Member,
    }];
    let genesis = roster::genesis(GROUP, terms, set, Some("Wache".to_owned()), Author::Organisation, TIME);
    let signed = sign::sign_statement(&organisation(), &genesis);
    let roster = Roster::begin(&signed, &NoDevices).unwrap();
    Table::default()
        .text("", "genesis of a managed group")
        .hex("payload", signed.payload.as_slice())
        .hex("signer", signed.signer.as_bytes())
        .hex("signed bytes", &signed.signed_bytes())
        .hex("signature", signed.signature.as_bytes())
        .text("", "extension 0xf0a1 of the group context: the SHA-256 of the payload")
        .hex("hash", roster.genesis().as_bytes())
        .text("", "authenticated_data of a commit that rests on it")
        .hex("stamp", &encode(&roster.stamp()))
}

fn direct() -> Table {
    Table::default()
        .hex("accounts", ACCOUNT.as_bytes())
        .hex("", OTHER.as_bytes())
        .hex("group", roster::direct_group_id(ACCOUNT, OTHER).as_bytes())
}

fn blob() -> Table {
    let (key, nonce) = ([0x6b; 32], [0x71; 7]);
    let stream = StreamBE32::from_aead(Aes256Gcm::new_from_slice(&key).unwrap(), &nonce.into());
    let sealed = stream.encrypt(0, true, b"Melder".as_slice()).unwrap();
    let last = [&nonce[..], &2_u32.to_be_bytes(), &[1]].concat();
    Table::default()
        .hex("key", &key)
        .hex("nonce", &nonce)
        .hex("file", b"Melder")
        .hex("GCM nonce", &[&nonce[..], &[0, 0, 0, 0, 1]].concat())
        .hex("chunk 0", &sealed)
        .text("", "GCM nonce of the last chunk of a file of three")
        .hex("", &last)
}

fn safety() -> Table {
    let genesis = |account, key: &SigningKey| sha256(chain::genesis(key, account, TIME).body.as_slice());
    let parts = [
        ACCOUNT.as_bytes().to_vec(),
        genesis(ACCOUNT, &device()).as_bytes().to_vec(),
        OTHER.as_bytes().to_vec(),
        genesis(OTHER, &tablet()).as_bytes().to_vec(),
    ]
    .concat();
    let round = |round: u8| sha256(&[b"Melder safety number".as_slice(), &[round], &parts].concat());
    let bytes = [*round(0).as_bytes(), *round(1).as_bytes()].concat();
    let number: Vec<String> = bytes
        .chunks_exact(5)
        .take(12)
        .map(|five| {
            format!(
                "{:05}",
                five.iter().fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte)) % 100_000
            )
        })
        .collect();
    Table::default()
        .hex("lower account", ACCOUNT.as_bytes())
        .hex("its genesis", genesis(ACCOUNT, &device()).as_bytes())
        .hex("higher account", OTHER.as_bytes())
        .hex("its genesis", genesis(OTHER, &tablet()).as_bytes())
        .text("number", &number.join(" "))
}

#[test]
fn the_examples_in_the_document_are_right() {
    let examples = [
        ("encoding", encoding()),
        ("hello", hello()),
        ("invitation", invitation()),
        ("chain", chain_table()),
        ("recovery", recovery()),
        ("linking", linking()),
        ("safety number", safety()),
        ("roster", roster_table()),
        ("direct chat", direct()),
        ("blob", blob()),
    ];
    let before = std::fs::read_to_string(DOCUMENT).unwrap();
    let mut document = before.clone();
    for (name, Table(text)) in &examples {
        let head = format!("<!-- example: {name} -->\n```text\n");
        let Some(start) = document.find(&head).map(|at| at + head.len()) else {
            panic!("docs/protocol.md has no place for the example {name:?}");
        };
        let end = start + document[start..].find("```").unwrap();
        let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
        document.replace_range(start..end, &format!("{}\n", lines.join("\n")));
    }
    assert_eq!(
        document.matches("<!-- example: ").count(),
        examples.len(),
        "each example is made here"
    );
    if std::env::var_os("MELDER_UPDATE_DOCS").is_some() {
        std::fs::write(DOCUMENT, &document).unwrap();
    } else {
        assert!(
            document == before,
            "docs/protocol.md has other examples; MELDER_UPDATE_DOCS=1 writes them anew"
        );
    }
}
