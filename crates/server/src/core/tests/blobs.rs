// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Blobs, chunk by chunk.

use melder_protocol::cbor::Bytes;
use melder_protocol::limits::{BLOB_CHUNK, BLOB_TAG};
use melder_protocol::request::{Request, Response};
use melder_protocol::{BlobId, ErrorCode, Sequence, Suite};

use super::*;

const BLOB: BlobId = BlobId::from_bytes([1; 16]);

fn put(index: u32, length: usize) -> Request {
    Request::PutChunk {
        blob: BLOB,
        index,
        bytes: Bytes(vec![index.to_le_bytes()[0]; length]),
    }
}

fn get(index: u32) -> Request {
    Request::GetChunk { blob: BLOB, index }
}

#[test]
fn a_blob_goes_up_and_comes_down_and_resumes_anywhere() {
    let mut world = World::new();
    let (mut ada, bob, eva) = (world.person("Ada"), world.person("Bob"), world.person("Eva"));
    let group = world.managed(&[&ada, &bob], Suite::Classical);
    let create = Request::CreateBlob {
        blob: BLOB,
        group,
        chunks: 2,
    };
    let full = BLOB_CHUNK + BLOB_TAG;
    ada.ask(&mut world, create.clone()).unwrap();
    assert_eq!(
        code(ada.ask(&mut world, put(0, 100))),
        ErrorCode::WrongChunk,
        "only the last may be short"
    );
    ada.ask(&mut world, put(0, full)).unwrap();
    // The line breaks; what is there is there.
    ada.disconnect(&mut world);
    ada.connect(&mut world);
    let Ok(Response::Blob(state)) = ada.ask(&mut world, create) else {
        panic!();
    };
    assert_eq!((state.stored, state.chunks), (1, 2));
    let refusal = ada.ask(&mut world, put(0, full)).unwrap_err();
    assert_eq!(
        (refusal.code, refusal.sequence),
        (ErrorCode::WrongChunk, Some(Sequence(1)))
    );
    assert_eq!(
        code(bob.ask(&mut world, get(1))),
        ErrorCode::WrongChunk,
        "not there yet"
    );
    ada.ask(&mut world, put(1, 100)).unwrap();

    let expected = Response::Chunk {
        index: 1,
        bytes: Bytes(vec![1; 100]),
    };
    assert_eq!(bob.ask(&mut world, get(1)), Ok(expected));
    assert_eq!(
        code(bob.ask(&mut world, Request::DeleteBlob(BLOB))),
        ErrorCode::UnknownBlob
    );
    assert_eq!(code(eva.ask(&mut world, get(1))), ErrorCode::UnknownBlob);
    ada.ask(&mut world, Request::DeleteBlob(BLOB)).unwrap();
    assert_eq!(code(bob.ask(&mut world, get(1))), ErrorCode::UnknownBlob);
}

#[test]
fn a_blob_is_no_larger_than_the_policy_says() {
    let mut world = World::new();
    let ada = world.person("Ada");
    let group = world.managed(&[&ada], Suite::Classical);
    let create = |chunks| Request::CreateBlob {
        blob: BLOB,
        group,
        chunks,
    };
    assert_eq!(code(ada.ask(&mut world, create(1_601))), ErrorCode::TooLarge);
    assert_eq!(code(ada.ask(&mut world, create(0))), ErrorCode::TooLarge);
    assert!(ada.ask(&mut world, create(1_600)).is_ok());
}
