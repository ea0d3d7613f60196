// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

use std::collections::HashMap;

use melder_content::{Attachment, BlobRef};
use melder_protocol::blob::BlobState;
use melder_protocol::frame::ClientFrame;
use melder_protocol::limits::{BLOB_CHUNK, BLOB_TAG, MAX_BLOB};
use melder_protocol::request::{Request, Response};
use melder_protocol::{BlobId, ErrorCode, GroupId, Refusal, Sequence, Time, cbor};
use sha2::{Digest as _, Sha256};

use crate::api::{Effect, Event, FileDraft, FileId, Invalid, Misbehaviour};
use crate::files;
use crate::history::testing::{Device, GROUP, Person, START, events, misbehaviours};
use crate::pending::Pending;

/// What the server does with blobs.
#[derive(Default)]
pub(crate) struct Server {
    blobs: HashMap<BlobId, (GroupId, u32, Vec<Vec<u8>>)>,
    refuses: Option<ErrorCode>,
    deleted: Vec<BlobId>,
    /// Loses all chunks but the first when it has so many.
    loses_at: Option<usize>,
}

impl Server {
    fn answer(&mut self, request: Request) -> Result<Response, Refusal> {
        if let Some(code) = self.refuses {
            return Err(code.into());
        }
        let state = |blob, (group, chunks, stored): &(GroupId, u32, Vec<Vec<u8>>)| {
            Ok(Response::Blob(BlobState {
                blob,
                group: *group,
                chunks: *chunks,
                stored: stored.len() as u32,
            }))
        };
        match request {
            Request::CreateBlob { blob, group, chunks } => {
                state(blob, self.blobs.entry(blob).or_insert((group, chunks, Vec::new())))
            }
            Request::PutChunk { blob, index, bytes } => {
                let known = self.blobs.get_mut(&blob).ok_or(Refusal::new(ErrorCode::UnknownBlob))?;
                if index as usize != known.2.len() {
                    let mut refusal = Refusal::new(ErrorCode::WrongChunk);
                    refusal.sequence = Some(Sequence(known.2.len() as u64));
                    return Err(refusal);
                }
                if self.loses_at == Some(known.2.len()) {
                    self.loses_at = None;
                    known.2.truncate(1);
                    let mut refusal = Refusal::new(ErrorCode::WrongChunk);
                    refusal.sequence = Some(Sequence(1));
                    return Err(refusal);
                }
                known.2.push(bytes.0);
                state(blob, known)
            }
            Request::GetChunk { blob, index } => {
                let known = self.blobs.get(&blob).and_then(|known| known.2.get(index as usize));
                let bytes = known.ok_or(Refusal::new(ErrorCode::UnknownBlob))?.clone().into();
                Ok(Response::Chunk { index, bytes })
            }
            Request::DeleteBlob(blob) => {
                self.blobs.remove(&blob);
                self.deleted.push(blob);
                Ok(Response::Done)
            }
            other => panic!("not about blobs: {other:?}"),
        }
    }

    fn chunks(&mut self, blob: &BlobRef) -> &mut Vec<Vec<u8>> {
        &mut self.blobs.get_mut(&blob.id).unwrap().2
    }

    /// Lets requests and answers pass until nothing more is to be said, or so many have passed. Gives the effects.
    pub(crate) fn serve(&mut self, device: &mut Device, at_most: usize) -> Vec<Effect> {
        device.online();
        let mut all = Vec::new();
        let mut served = 0;
        loop {
            let (_, effects) = device.work(|work| files::pump(work).unwrap());
            let mut waiting = requests(&effects);
            assert!(waiting.len() <= 4 + 16, "only so much is on its way");
            if waiting.is_empty() {
                return all;
            }
            while !waiting.is_empty() {
                let (id, request) = waiting.remove(0);
                if served == at_most {
                    device.session.pending.clear();
                    files::disconnected(&mut device.session);
                    return all;
                }
                served += 1;
                let Some(Pending::File(pending)) = device.session.pending.remove(&id) else {
                    panic!()
                };
                let answer = self.answer(request);
                let (_, effects) = device.work(|work| {
                    files::answered(work, pending, answer).unwrap();
                    files::pump(work).unwrap();
                });
                waiting.extend(requests(&effects));
                all.extend(effects);
            }
        }
    }
}

fn requests(effects: &[Effect]) -> Vec<(melder_protocol::RequestId, Request)> {
    effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Send(bytes) => match cbor::decode(bytes).unwrap() {
                ClientFrame::Request { id, request } => Some((id, request)),
                _ => None,
            },
            _ => None,
        })
        .collect()
}

fn bytes(size: usize) -> Vec<u8> {
    (0..size).map(|index| (index * 31 + index / 251) as u8).collect()
}

fn draft(file: FileId) -> FileDraft {
    FileDraft {
        file,
        filename: "film.mp4".to_owned(),
        content_type: "video/mp4".to_owned(),
        description: String::new(),
        preview: None,
        dimensions: None,
        duration_ms: None,
        evidence: None,
    }
}

/// Takes `bytes` in, in pieces of this length.
fn intake(device: &mut Device, bytes: &[u8], piece: usize) -> FileId {
    let file = device.run(|work| files::start(work, bytes.len() as u64).unwrap().unwrap());
    for piece in bytes.chunks(piece) {
        device.run(|work| files::add(work, file, piece).unwrap().unwrap());
    }
    file
}

fn attach(device: &mut Device, file: FileId) -> Attachment {
    device.run(|work| files::attach(work, GROUP, &draft(file)).unwrap().unwrap())
}

fn read(device: &Device, blob: BlobId) -> Option<Vec<u8>> {
    let size = files::have(&device.connection, blob).unwrap();
    let mut whole = Vec::new();
    for index in 0..size.div_ceil(BLOB_CHUNK as u64).max(1) {
        whole.extend(files::file_chunk(&device.connection, blob, index as u32).unwrap()?);
    }
    Some(whole)
}

fn devices() -> (Device, Device) {
    let (anna, bert) = (Person::new(1, 1), Person::new(2, 1));
    (Device::new(&anna, 0, &[&bert]), Device::new(&bert, 0, &[&anna]))
}

fn know(device: &mut Device, attachment: &Attachment) {
    device.run(|work| files::know(work, GROUP, &attachment.blob).unwrap());
    device.run(|work| files::download(work, attachment.blob.id).unwrap().unwrap());
}

#[test]
fn a_file_comes_out_as_it_went_in() {
    for size in [0, 1, BLOB_CHUNK - 1, BLOB_CHUNK, BLOB_CHUNK + 1, 3 * BLOB_CHUNK + 17] {
        let (mut anna, mut bert) = devices();
        let mut server = Server::default();
        let whole = bytes(size);
        let file = intake(&mut anna, &whole, 50_000);
        let attachment = attach(&mut anna, file);
        let chunks = size.div_ceil(BLOB_CHUNK).max(1);
        assert_eq!(attachment.blob.size as usize, size + chunks * BLOB_TAG);
        assert_eq!(attachment.blob.unsealed_size() as usize, size);
        assert!(attachment.inline);
        server.serve(&mut anna, usize::MAX);
        let sealed = server.chunks(&attachment.blob).concat();
        assert_eq!(attachment.blob.hash.as_bytes()[..], Sha256::digest(&sealed)[..]);
        assert!(
            size < 16 || !sealed.windows(16).any(|window| window == &whole[..16]),
            "the server sees nothing"
        );

        assert_eq!(
            files::file_chunk(&bert.connection, attachment.blob.id, 0).unwrap(),
            None
        );
        know(&mut bert, &attachment);
        let effects = server.serve(&mut bert, usize::MAX);
        for device in [&anna, &bert] {
            assert_eq!(read(device, attachment.blob.id).as_deref(), Some(&whole[..]));
        }
        let last = events(&effects).last();
        assert!(
            matches!(last, Some(Event::Transfer { done, of, upload: false, .. }) if done == of && *of == size as u64)
        );
        assert_eq!(bert.number("SELECT COUNT(*) FROM transfers"), 0);
    }
}

#[test]
fn any_range_can_be_read_as_soon_as_it_is_here() {
    let (mut anna, mut bert) = devices();
    let mut server = Server::default();
    let whole = bytes(5 * BLOB_CHUNK);
    let file = intake(&mut anna, &whole, 1 << 20);
    let attachment = attach(&mut anna, file);
    server.serve(&mut anna, usize::MAX);
    know(&mut bert, &attachment);
    server.serve(&mut bert, 3);
    let chunk = |index| files::file_chunk(&bert.connection, attachment.blob.id, index).unwrap();
    assert_eq!(chunk(2).as_deref(), Some(&whole[2 * BLOB_CHUNK..3 * BLOB_CHUNK]));
    assert_eq!((chunk(3), chunk(5), chunk(u32::MAX)), (None, None, None));
    assert_eq!(
        files::have(&bert.connection, attachment.blob.id).unwrap(),
        3 * BLOB_CHUNK as u64
    );
}

#[test]
fn both_ways_go_on_after_an_interruption_at_any_point() {
    let whole = bytes(4 * BLOB_CHUNK + 5);
    for stop in 0..8 {
        let (mut anna, mut bert) = devices();
        let mut server = Server::default();
        let file = intake(&mut anna, &whole, 200_000);
        let attachment = attach(&mut anna, file);
        server.serve(&mut anna, stop);
        let effects = server.serve(&mut anna, usize::MAX);
        assert_eq!(server.chunks(&attachment.blob).len(), 5);
        let sent_again = events(&effects)
            .filter(|event| matches!(event, Event::Transfer { .. }))
            .count();
        assert!(
            sent_again <= 6 - stop.saturating_sub(1).min(5),
            "nothing goes twice that the server has"
        );
        know(&mut bert, &attachment);
        server.serve(&mut bert, stop);
        server.serve(&mut bert, usize::MAX);
        assert_eq!(read(&bert, attachment.blob.id).as_deref(), Some(&whole[..]));
    }
}

#[test]
fn taking_in_goes_on_after_a_restart() {
    let (mut anna, _) = devices();
    let whole = bytes(3 * BLOB_CHUNK + 9);
    let file = anna.run(|work| files::start(work, whole.len() as u64).unwrap().unwrap());
    for piece in whole.chunks(70_001) {
        anna.run(|work| files::add(work, file, piece).unwrap().unwrap());
        anna.session.forget_caches();
    }
    let attachment = attach(&mut anna, file);
    assert_eq!(read(&anna, attachment.blob.id), Some(whole));
    let mut server = Server::default();
    server.serve(&mut anna, usize::MAX);
    let sealed = server.chunks(&attachment.blob).concat();
    assert_eq!(attachment.blob.hash.as_bytes()[..], Sha256::digest(&sealed)[..]);
}

#[test]
fn damaged_swapped_cut_and_foreign_chunks_are_refused() {
    let whole = bytes(3 * BLOB_CHUNK);
    type Spoil = fn(&mut Vec<Vec<u8>>);
    let spoils: [Spoil; 6] = [
        |chunks| chunks[1][100] ^= 1,
        |chunks| chunks.swap(0, 1),
        |chunks| chunks.swap(1, 2),
        |chunks| drop(chunks[2].split_off(1000)),
        |chunks| chunks[2] = chunks[1].clone(),
        |chunks| chunks[0] = vec![0; BLOB_CHUNK + BLOB_TAG],
    ];
    for spoil in spoils {
        let (mut anna, mut bert) = devices();
        let mut server = Server::default();
        let file = intake(&mut anna, &whole, 1 << 20);
        let attachment = attach(&mut anna, file);
        server.serve(&mut anna, usize::MAX);
        let genuine = server.chunks(&attachment.blob).clone();
        spoil(server.chunks(&attachment.blob));
        know(&mut bert, &attachment);
        let effects = server.serve(&mut bert, usize::MAX);
        assert_eq!(misbehaviours(&effects), [Misbehaviour::WrongFile]);
        assert_eq!(
            bert.number("SELECT COUNT(*) FROM transfers"),
            0,
            "it does not try for ever"
        );
        *server.chunks(&attachment.blob) = genuine;
        know(&mut bert, &attachment);
        server.serve(&mut bert, usize::MAX);
        assert_eq!(read(&bert, attachment.blob.id).as_deref(), Some(&whole[..]));
    }
}

#[test]
fn a_shorter_file_is_not_the_file() {
    let (mut anna, mut bert) = devices();
    let mut server = Server::default();
    let file = intake(&mut anna, &bytes(3 * BLOB_CHUNK), 1 << 20);
    let mut attachment = attach(&mut anna, file);
    server.serve(&mut anna, usize::MAX);
    // Somebody passes the attachment on with another size: the last chunk does not say that it is the last.
    attachment.blob.size = 2 * (BLOB_CHUNK + BLOB_TAG) as u64;
    know(&mut bert, &attachment);
    let effects = server.serve(&mut bert, usize::MAX);
    assert_eq!(misbehaviours(&effects), [Misbehaviour::WrongFile]);
    assert_eq!(
        files::file_chunk(&bert.connection, attachment.blob.id, 1).unwrap(),
        None
    );
}

#[test]
fn a_whole_whose_hash_does_not_fit_is_refused() {
    let (mut anna, mut bert) = devices();
    let mut server = Server::default();
    let file = intake(&mut anna, &bytes(100_000), 1 << 20);
    let mut attachment = attach(&mut anna, file);
    server.serve(&mut anna, usize::MAX);
    attachment.blob.hash = melder_protocol::Hash::from_bytes([0; 32]);
    know(&mut bert, &attachment);
    let effects = server.serve(&mut bert, usize::MAX);
    assert_eq!(misbehaviours(&effects), [Misbehaviour::WrongFile]);
    assert_eq!(bert.number("SELECT COUNT(*) FROM chunks"), 0);
}

#[test]
fn what_this_version_cannot_open_stays_unknown() {
    let (_, mut bert) = devices();
    let sound = BlobRef {
        id: BlobId::from_bytes([5; 16]),
        size: 116,
        enc_alg: melder_content::AEAD_AES_256_GCM,
        key: vec![0; 32].into(),
        nonce: vec![0; 7].into(),
        hash: melder_protocol::Hash::from_bytes([0; 32]),
        chunk_size: BLOB_CHUNK as u32,
    };
    let broken = [
        BlobRef {
            enc_alg: 1,
            ..sound.clone()
        },
        BlobRef {
            chunk_size: 0,
            ..sound.clone()
        },
        BlobRef {
            chunk_size: 1,
            size: u64::MAX,
            ..sound.clone()
        },
        BlobRef {
            nonce: vec![0; 12].into(),
            ..sound.clone()
        },
        BlobRef {
            size: 3,
            ..sound.clone()
        },
        BlobRef {
            size: u64::MAX,
            ..sound.clone()
        },
        BlobRef {
            size: MAX_BLOB * 2,
            ..sound.clone()
        },
    ];
    for blob in broken {
        bert.run(|work| files::know(work, GROUP, &blob).unwrap());
        assert_eq!(
            bert.run(|work| files::download(work, blob.id).unwrap()),
            Err(Invalid::UnknownFile),
            "{blob:?}"
        );
    }
    bert.run(|work| files::know(work, GROUP, &sound).unwrap());
    assert_eq!(bert.run(|work| files::download(work, sound.id).unwrap()), Ok(()));
}

#[test]
fn sizes_are_bounded_by_the_protocol_and_the_policy() {
    let (mut anna, _) = devices();
    let start = |anna: &mut Device, size| anna.run(|work| files::start(work, size).unwrap());
    assert!(start(&mut anna, MAX_BLOB).is_ok());
    assert_eq!(start(&mut anna, MAX_BLOB + 1), Err(Invalid::TooLarge));
    assert_eq!(start(&mut anna, u64::MAX), Err(Invalid::TooLarge));
    let file = start(&mut anna, 10).unwrap();
    assert_eq!(
        anna.run(|work| files::attach(work, GROUP, &draft(file)).unwrap().err()),
        Some(Invalid::FileIncomplete)
    );
    assert_eq!(
        anna.run(|work| files::add(work, file, &[0; 11]).unwrap()),
        Err(Invalid::TooLarge)
    );
    assert_eq!(anna.run(|work| files::add(work, file, &[0; 10]).unwrap()), Ok(()));
    assert_eq!(
        anna.run(|work| files::add(work, file, &[0; 1]).unwrap()),
        Err(Invalid::TooLarge)
    );
    assert_eq!(
        anna.run(|work| files::add(work, FileId(99), &[0; 1]).unwrap()),
        Err(Invalid::UnknownFile)
    );
    attach(&mut anna, file);
    let elsewhere = GroupId::from_bytes([8; 16]);
    assert_eq!(
        anna.run(|work| files::attach(work, elsewhere, &draft(file)).unwrap().err()),
        Some(Invalid::UnknownFile)
    );

    let mut policy = melder_protocol::policy::Policy::standard(melder_protocol::OrganisationId::from_bytes([9; 16]));
    policy.max_attachment = 1000;
    crate::store::set_meta(&anna.connection, "policy", &cbor::encode(&policy)).unwrap();
    assert!(start(&mut anna, 1000).is_ok());
    assert_eq!(start(&mut anna, 1001), Err(Invalid::TooLarge));
}

#[test]
fn evidence_carries_the_hash_of_what_the_camera_made() {
    let (mut anna, _) = devices();
    let whole = bytes(100_000);
    let file = intake(&mut anna, &whole, 1 << 20);
    let draft = FileDraft {
        evidence: Some((START, None)),
        ..draft(file)
    };
    let attachment = anna.run(|work| files::attach(work, GROUP, &draft).unwrap().unwrap());
    assert_eq!(
        attachment.evidence.unwrap().hash.as_bytes()[..],
        Sha256::digest(&whole)[..]
    );
}

#[test]
fn a_message_goes_when_its_files_are_up_and_fails_when_they_cannot() {
    for (refuses, waits, code) in [(None, 0, None), (Some(ErrorCode::TooLarge), 0, Some("too_large"))] {
        let (mut anna, _) = devices();
        let mut server = Server {
            refuses,
            ..Server::default()
        };
        let drafts: Vec<_> = [100_000, 5]
            .map(|size| draft(intake(&mut anna, &bytes(size), 1 << 20)))
            .into();
        let files: Vec<_> = drafts.iter().map(|draft| draft.file).collect();
        let items = drafts
            .iter()
            .map(|draft| anna.run(|work| files::attach(work, GROUP, draft).unwrap().unwrap()))
            .collect();
        let content = melder_content::Content::Attachments(melder_content::Attachments { caption: None, items });
        let message = anna.message(content);
        let letter = crate::outbox::Letter {
            group: GROUP,
            message,
            at: None,
            files,
        };
        let id = anna.run(|work| crate::outbox::queue(work, letter).unwrap().unwrap());
        assert_eq!(anna.number("SELECT blobs FROM outbox"), 2);
        anna.session.dirty.clear();
        server.serve(&mut anna, usize::MAX);
        let view = anna.view(id).unwrap();
        match code {
            None => {
                assert_eq!(anna.number("SELECT blobs FROM outbox"), waits);
                assert!(anna.session.dirty.contains(&GROUP));
            }
            Some(code) => {
                assert!(
                    matches!(view.state, crate::api::MessageState::Failed { code: failed } if failed.code() == code)
                );
                assert_eq!(anna.number("SELECT COUNT(*) FROM outbox"), 0);
            }
        }
        assert_eq!(anna.number("SELECT COUNT(*) FROM transfers"), 0);
    }
}

#[test]
fn later_means_later() {
    let (mut anna, _) = devices();
    let mut server = Server {
        refuses: Some(ErrorCode::RateLimited),
        ..Server::default()
    };
    let file = intake(&mut anna, &bytes(10), 1 << 20);
    let attachment = attach(&mut anna, file);
    server.serve(&mut anna, usize::MAX);
    server.refuses = None;
    server.serve(&mut anna, usize::MAX);
    assert!(server.blobs.is_empty(), "not yet");
    let next = anna.run(|work| files::sweep(work).unwrap()).unwrap();
    anna.now = next;
    server.serve(&mut anna, usize::MAX);
    assert_eq!(server.chunks(&attachment.blob).len(), 1);
}

#[test]
fn a_server_that_is_elsewhere_is_followed() {
    let (mut anna, _) = devices();
    let mut server = Server {
        loses_at: Some(3),
        ..Server::default()
    };
    let whole = bytes(6 * BLOB_CHUNK);
    let file = intake(&mut anna, &whole, 1 << 20);
    let attachment = attach(&mut anna, file);
    server.serve(&mut anna, usize::MAX);
    let sealed = server.chunks(&attachment.blob).concat();
    assert_eq!(attachment.blob.hash.as_bytes()[..], Sha256::digest(&sealed)[..]);
}

#[test]
fn abandoned_files_go_and_deleted_ones_go_from_the_server_too() {
    let (mut anna, _) = devices();
    let mut server = Server::default();
    intake(&mut anna, &bytes(10), 1 << 20);
    anna.run(|work| files::start(work, 100).unwrap().unwrap());
    let file = intake(&mut anna, &bytes(10), 1 << 20);
    let attachment = attach(&mut anna, file);
    server.serve(&mut anna, usize::MAX);
    anna.now = START.plus(Time::DAY);
    anna.run(|work| files::sweep(work).unwrap());
    for table in ["files", "chunks", "transfers"] {
        assert_eq!(anna.number(&format!("SELECT COUNT(*) FROM {table}")), 0, "{table}");
    }
    server.serve(&mut anna, usize::MAX);
    assert_eq!(server.deleted, [attachment.blob.id]);
    assert_eq!(anna.number("SELECT COUNT(*) FROM doomed"), 0);
}
