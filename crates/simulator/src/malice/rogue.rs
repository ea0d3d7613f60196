// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The rogue: a member's device whose owner has taken its keys out of the engine, and speaks with the server by hand.
//!
//! It joined like everybody else, so its chain, badge, leaves and secrets are genuine. From the moment on that it goes
//! rogue, its engine is off; key and MLS state are read from the engine's own database, and frames go to the real core
//! on a connection of their own.

use melder_mls::member::{CommitBundle, CommitPlan, MemberGroup};
use melder_mls::provider::Provider;
use melder_mls::sign::SigningKey;
use melder_mls::storage::{KeyValues, StorageError};
use melder_protocol::cbor::{self, Bytes};
use melder_protocol::frame::{ClientFrame, HELLO_LABEL, Hello, Ready, ServerFrame};
use melder_protocol::request::{Request, Response};
use melder_protocol::roster::RosterStamp;
use melder_protocol::{
    AccountId, Counter, Epoch, ErrorCode, GroupId, Hash, Index, LogId, Member, PROTOCOL_VERSION, Refusal, RequestId,
    Suite,
};
use melder_server::core::ConnectionId;
use minicbor::Decode;
use openmls::prelude::tls_codec::DeserializeBytes as _;
use openmls::prelude::{KeyPackageIn, MlsGroup, MlsMessageBodyIn, MlsMessageIn, OpenMlsProvider as _, ProtocolVersion};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;
use rusqlite::{OptionalExtension as _, params};

use super::Checked;
use super::town::Town;
use crate::device::DeviceNo;
use crate::server::Out;

/// The engine's database, in other hands.
pub(super) struct Loot(rusqlite::Connection);

impl KeyValues for Loot {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StorageError> {
        self.0
            .query_row("SELECT value FROM mls WHERE key = ?1", [key], |row| row.get(0))
            .optional()
            .map_err(|error| StorageError(error.to_string()))
    }

    fn put(&self, key: &[u8], value: &[u8]) -> Result<(), StorageError> {
        self.0
            .execute(
                "INSERT OR REPLACE INTO mls (key, value) VALUES (?1, ?2)",
                params![key, value],
            )
            .map(drop)
            .map_err(|error| StorageError(error.to_string()))
    }

    fn delete(&self, key: &[u8]) -> Result<(), StorageError> {
        self.0
            .execute("DELETE FROM mls WHERE key = ?1", [key])
            .map(drop)
            .map_err(|error| StorageError(error.to_string()))
    }
}

/// What the engine keeps of its identity.
#[derive(Decode)]
struct Identity {
    #[cbor(n(0), with = "minicbor::bytes")]
    seed: [u8; 32],
    #[n(1)]
    account: AccountId,
}

/// The rogue.
pub(super) struct Rogue {
    pub member: Member,
    pub key: SigningKey,
    loot: Loot,
    rng: ChaCha20Rng,
    connection: ConnectionId,
    next: u32,
    pub ready: Option<Ready>,
}

fn text(error: impl core::fmt::Display) -> String {
    error.to_string()
}

impl Rogue {
    /// A member's device goes rogue.
    pub fn of(town: &mut Town, device: DeviceNo) -> Checked<Self> {
        town.world.cut(device);
        town.hostile.insert(device);
        let path = town.world.folder().join(format!("device-{}.sqlite", device.0));
        let loot = rusqlite::Connection::open(path).map_err(text)?;
        let identity: Vec<u8> = loot
            .query_row("SELECT value FROM meta WHERE key = 'identity'", [], |row| row.get(0))
            .map_err(text)?;
        let identity: Identity = cbor::decode(&identity).map_err(text)?;
        let key = SigningKey::from_seed(&identity.seed);
        let now = town.world.now;
        let mut rogue = Self {
            member: Member {
                account: identity.account,
                device: key.device(),
            },
            key,
            loot: Loot(loot),
            rng: ChaCha20Rng::seed_from_u64(device.0 as u64 ^ 0x0072_6f67_7565),
            connection: town.world.server().open(now),
            next: 1,
            ready: None,
        };
        rogue.hello(town)?;
        Ok(rogue)
    }

    /// A real Hello.
    fn hello(&mut self, town: &mut Town) -> Checked {
        let nonce = self.hear(town).into_iter().find_map(|frame| match frame {
            ServerFrame::Challenge { nonce, .. } => Some(nonce),
            _ => None,
        });
        let nonce = nonce.ok_or("the server speaks first")?;
        let signature = self.key.sign(HELLO_LABEL, &Hello::signed_part(&nonce, &self.member));
        self.send(
            town,
            &ClientFrame::Hello(Hello {
                version: PROTOCOL_VERSION,
                account: self.member.account,
                device: self.member.device,
                signature,
                software: "rogue".into(),
            }),
        );
        self.ready = self.hear(town).into_iter().find_map(|frame| match frame {
            ServerFrame::Ready(ready) => Some(ready),
            _ => None,
        });
        self.ready
            .as_ref()
            .map(drop)
            .ok_or_else(|| "a genuine device is taken".to_owned())
    }

    /// A new connection, after the server has had enough of the old one.
    pub fn reconnect(&mut self, town: &mut Town) -> Checked {
        let now = town.world.now;
        town.world.server().close(now, self.connection);
        self.connection = town.world.server().open(now);
        self.hello(town)
    }

    pub fn leave(self, town: &mut Town) {
        let now = town.world.now;
        town.world.server().close(now, self.connection);
    }

    pub fn send_bytes(&mut self, town: &mut Town, bytes: Vec<u8>) {
        let now = town.world.now;
        let id = self.connection;
        town.world.server().frames(now, vec![(id, bytes)]);
    }

    pub fn send(&mut self, town: &mut Town, frame: &ClientFrame) {
        self.send_bytes(town, cbor::encode(frame));
    }

    /// What the server has for this connection now.
    pub fn hear(&mut self, town: &mut Town) -> Vec<ServerFrame> {
        let mut heard = Vec::new();
        while let Some(Out::Frames(frames)) = town.world.server().next(self.connection) {
            heard.extend(frames.iter().filter_map(|frame| cbor::decode(frame).ok()));
        }
        for frame in &heard {
            if let ServerFrame::Refused { refusal, .. } = frame {
                *town.refused.entry(refusal.code.code()).or_default() += 1;
            }
        }
        heard
    }

    /// Asks, and hears the answer.
    pub fn ask(&mut self, town: &mut Town, request: Request) -> Checked<Result<Response, Refusal>> {
        let id = RequestId(self.next);
        self.next += 1;
        self.send(town, &ClientFrame::Request { id, request });
        let answer = self.hear(town).into_iter().find_map(|frame| match frame {
            ServerFrame::Response { id: to, response } if to == id => Some(Ok(response)),
            ServerFrame::Refused { id: to, refusal } if to == id => Some(Err(refusal)),
            _ => None,
        });
        answer.ok_or_else(|| "every request is answered".to_owned())
    }

    /// Asks for something that must be refused.
    pub fn refused(&mut self, town: &mut Town, request: Request, codes: &[ErrorCode]) -> Checked {
        match self.ask(town, request)? {
            Err(refusal) if codes.contains(&refusal.code) => Ok(()),
            other => Err(format!("the server refuses with one of {codes:?}; it says {other:?}")),
        }
    }

    /// Asks for something that the server can't know to be wrong.
    pub fn taken(&mut self, town: &mut Town, request: Request) -> Checked {
        match self.ask(town, request)? {
            Ok(_) => Ok(()),
            Err(refusal) => Err(format!("the server can't know; it refuses: {refusal:?}")),
        }
    }

    /// Works on the group's state.
    fn with<T>(
        &mut self,
        group: GroupId,
        f: impl FnOnce(&Provider<'_, Loot>, &mut MemberGroup, &SigningKey) -> Result<T, melder_mls::MlsError>,
    ) -> Checked<T> {
        let provider = Provider::new(&self.loot, &mut self.rng);
        let mut member = MemberGroup::load(&provider, group)
            .map_err(text)?
            .ok_or("the rogue is a member of the group")?;
        f(&provider, &mut member, &self.key).map_err(text)
    }

    pub fn epoch(&mut self, group: GroupId) -> Checked<Epoch> {
        self.with(group, |_, member, _| Ok(member.epoch()))
    }

    /// The leaf of somebody's device.
    pub fn leaf_of(&mut self, group: GroupId, account: AccountId) -> Checked<u32> {
        let leaves = self.with(group, |_, member, _| Ok(member.leaves()))?;
        let leaf = leaves.into_iter().find(|leaf| leaf.member.account == account);
        leaf.map(|leaf| leaf.index)
            .ok_or_else(|| "a member is a leaf".to_owned())
    }

    /// Encrypts anything at all.
    pub fn encrypt(&mut self, group: GroupId, content: &[u8]) -> Checked<Vec<u8>> {
        self.with(group, |provider, member, key| member.encrypt(provider, key, content))
    }

    /// Encrypts twice from the same state: the same key and generation for two contents.
    pub fn encrypt_twice(&mut self, group: GroupId, contents: [&[u8]; 2]) -> Checked<[Vec<u8>; 2]> {
        let rows = {
            let mut rows = self.loot.0.prepare("SELECT key, value FROM mls").map_err(text)?;
            let rows = rows.query_map([], |row| Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, Vec<u8>>(1)?)));
            rows.map_err(text)?.collect::<Result<Vec<_>, _>>().map_err(text)?
        };
        let first = self.encrypt(group, contents[0])?;
        for (key, value) in &rows {
            self.loot.put(key, value).map_err(text)?;
        }
        let second = self.encrypt(group, contents[1])?;
        Ok([first, second])
    }

    /// The next counter in a group's log.
    pub fn counter(&self, town: &mut Town, group: GroupId) -> Counter {
        let device = self.member.device;
        town.world
            .server()
            .look(|tx| tx.counter(LogId::Group(group), device))
            .next()
    }

    /// Sends bytes as a message.
    pub fn append(&mut self, town: &mut Town, group: GroupId, bytes: Vec<u8>) -> Checked<Result<Response, Refusal>> {
        let counter = self.counter(town, group);
        self.ask(
            town,
            Request::Append {
                group,
                counter,
                bytes: Bytes(bytes),
                ring: melder_protocol::push::Ring::Message,
            },
        )
    }

    /// Encrypts content and sends it.
    pub fn say(&mut self, town: &mut Town, group: GroupId, content: &[u8]) -> Checked {
        let bytes = self.encrypt(group, content)?;
        self.append(town, group, bytes)?
            .map(drop)
            .map_err(|refusal| format!("a member may write: {refusal}"))
    }

    /// The roster's stamp, as it should be.
    pub fn stamp(&self, town: &mut Town, group: GroupId) -> Checked<RosterStamp> {
        let changes = town.world.server().look(|tx| tx.roster_changes(group));
        let last = changes.last().ok_or("a group has a roster")?;
        Ok(RosterStamp {
            index: Index(u32::try_from(changes.len() - 1).unwrap_or(u32::MAX)),
            hash: melder_mls::sign::sha256(last.payload.as_slice()),
        })
    }

    pub const fn wrong_stamp() -> RosterStamp {
        RosterStamp {
            index: Index(999),
            hash: Hash::from_bytes([9; 32]),
        }
    }

    /// A commit of anything.
    pub fn commit(
        &mut self,
        group: GroupId,
        proposals: &[Vec<u8>],
        plan: &CommitPlan,
        stamp: RosterStamp,
    ) -> Checked<CommitBundle> {
        let references: Vec<&[u8]> = proposals.iter().map(Vec::as_slice).collect();
        self.with(group, |provider, member, key| {
            member.commit(provider, key, &references, plan, stamp)
        })
    }

    /// Goes into the epoch that its own commit leads to.
    pub fn merge_commit(&mut self, group: GroupId) -> Checked {
        self.with(group, |provider, member, _| member.merge_pending(provider))
    }

    /// A key package as it should be.
    pub fn key_package(&mut self, suite: Suite) -> Checked<Vec<u8>> {
        let provider = Provider::new(&self.loot, &mut self.rng);
        melder_mls::key_package::create(&provider, &self.key, self.member, suite, false).map_err(text)
    }

    /// Forgets a commit that was made.
    pub fn forget_commit(&mut self, group: GroupId) -> Checked {
        self.with(group, |provider, member, _| member.clear_pending(provider))
    }

    /// A commit that brings a ghost in by itself, which Melder's own code can't make.
    pub fn commit_with_ghost(&mut self, group: GroupId, package: &[u8], stamp: RosterStamp) -> Checked<CommitBundle> {
        let provider = Provider::new(&self.loot, &mut self.rng);
        let id = openmls::prelude::GroupId::from_slice(group.as_bytes());
        let mut mls = MlsGroup::load(provider.storage(), &id)
            .map_err(text)?
            .ok_or("the rogue is a member of the group")?;
        let MlsMessageBodyIn::KeyPackage(package) = MlsMessageIn::tls_deserialize_exact_bytes(package)
            .map_err(text)?
            .extract()
        else {
            return Err("the ghost has a key package".to_owned());
        };
        let package: KeyPackageIn = package;
        let package = package
            .validate(provider.crypto(), ProtocolVersion::Mls10)
            .map_err(text)?;
        mls.clear_pending_commit(provider.storage()).map_err(text)?;
        mls.set_aad(cbor::encode(&stamp));
        let bundle = mls
            .commit_builder()
            .propose_adds([package])
            .load_psks(provider.storage())
            .map_err(text)?
            .create_group_info(true)
            .use_ratchet_tree_extension(false)
            .build(provider.rand(), provider.crypto(), &self.key, |_| true)
            .map_err(text)?
            .stage_commit(&provider)
            .map_err(text)?;
        let (commit, welcome, info) = bundle.into_messages();
        Ok(CommitBundle {
            commit: commit.to_bytes().map_err(text)?,
            welcome: welcome.map(|welcome| welcome.to_bytes()).transpose().map_err(text)?,
            group_info: info.ok_or("a commit has its group info")?.to_bytes().map_err(text)?,
        })
    }

    /// Signs a group info anew, after `change` was at its signed part.
    pub fn resign(&self, info: &[u8], change: impl FnOnce(&mut Vec<u8>)) -> Checked<Vec<u8>> {
        // An MLSMessage's version and wire format; at the end the signature with its length before it.
        let end = info.len().checked_sub(2 + 64).ok_or("a group info is signed")?;
        let (head, mut payload) = (info[..4].to_vec(), info[4..end].to_vec());
        change(&mut payload);
        let label = b"MLS 1.0 GroupInfoTBS";
        let mut signed = variable(label);
        signed.extend(variable(&payload));
        let signature = self.key.sign_raw(&signed)?;
        Ok([head, payload, variable(&signature)].concat())
    }
}

/// The key in a group info by which others join from outside.
pub(super) fn external_key(group_info: &[u8]) -> Checked<Vec<u8>> {
    let MlsMessageBodyIn::GroupInfo(info) = MlsMessageIn::tls_deserialize_exact_bytes(group_info)
        .map_err(text)?
        .extract()
    else {
        return Err("a group info is one".to_owned());
    };
    let key = info
        .extensions()
        .external_pub()
        .ok_or("others can join by a group info")?;
    Ok(key.external_pub().as_slice().to_vec())
}

/// MLS's variable-size vectors: a length of one, two or four bytes before the content.
fn variable(bytes: &[u8]) -> Vec<u8> {
    let len = bytes.len();
    let mut out = match len {
        0..64 => vec![u8::try_from(len).unwrap_or(0)],
        64..16_384 => (u16::try_from(len).unwrap_or(0) | 0x4000).to_be_bytes().to_vec(),
        _ => (u32::try_from(len).unwrap_or(0) | 0x8000_0000).to_be_bytes().to_vec(),
    };
    out.extend_from_slice(bytes);
    out
}

/// A signature over the very bytes.
trait Raw {
    fn sign_raw(&self, bytes: &[u8]) -> Checked<Vec<u8>>;
}

impl Raw for SigningKey {
    fn sign_raw(&self, bytes: &[u8]) -> Checked<Vec<u8>> {
        openmls_traits::signatures::Signer::sign(self, bytes).map_err(|error| format!("{error:?}"))
    }
}
