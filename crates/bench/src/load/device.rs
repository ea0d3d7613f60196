// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A device of the load: it signs in with its real key, follows, acknowledges and appends. It keeps nothing and reads
//! no content.

use std::collections::VecDeque;
use std::net::SocketAddr;

use melder_protocol::cbor::{self, Bytes};
use melder_protocol::frame::{ClientFrame, HELLO_LABEL, Hello, ServerFrame};
use melder_protocol::request::{Request, Response};
use melder_protocol::{
    Counter, Cursor, GroupId, LogId, PROTOCOL_VERSION, RequestId, STREAM_PATH, SUBPROTOCOL, Sequence,
};

use super::city::Person;
use super::wire::{self, Scratch, Wire};
use crate::BenchError;

/// A connection that has proved its device.
#[derive(Debug)]
pub(crate) struct Device {
    pub wire: Wire,
    asked: u32,
    /// Messages that came before somebody looked.
    early: VecDeque<Vec<u8>>,
}

/// An encoded frame, as bytes for the socket.
fn framed(frame: &ClientFrame) -> Vec<u8> {
    let mut out = Vec::new();
    wire::message(&cbor::encode(frame), &mut out);
    out
}

impl Device {
    pub(crate) async fn sign_in(address: SocketAddr, person: &Person, scratch: &Scratch) -> Result<Self, BenchError> {
        let mut device = Self {
            wire: Wire::open(address, STREAM_PATH, Some(SUBPROTOCOL), scratch).await?,
            asked: 0,
            early: VecDeque::new(),
        };
        let ServerFrame::Challenge { nonce, .. } = device.next().await? else {
            return Err(BenchError::Failed("no challenge".to_owned()));
        };
        let hello = Hello {
            version: PROTOCOL_VERSION,
            account: person.member.account,
            device: person.member.device,
            signature: person
                .key()
                .sign(HELLO_LABEL, &Hello::signed_part(&nonce, &person.member)),
            software: "bench".to_owned(),
        };
        device.wire.writer.send(&framed(&ClientFrame::Hello(hello))).await?;
        match device.next().await? {
            ServerFrame::Ready(_) => Ok(device),
            other => Err(BenchError::Failed(format!("not ready: {other:?}"))),
        }
    }

    pub(crate) async fn next(&mut self) -> Result<ServerFrame, BenchError> {
        loop {
            if let Some(first) = self.early.pop_front() {
                return cbor::decode(&first).map_err(BenchError::failed);
            }
            let early = &mut self.early;
            self.wire.read(|message| early.push_back(message.to_vec())).await?;
        }
    }

    /// Reads a log after a place, from now on. Entries that are there already may come before this returns.
    pub(crate) async fn follow(&mut self, log: LogId, after: Sequence) -> Result<(), BenchError> {
        self.asked += 1;
        let id = RequestId(self.asked);
        let request = Request::Follow(Cursor { log, sequence: after });
        self.wire
            .writer
            .send(&framed(&ClientFrame::Request { id, request }))
            .await?;
        loop {
            match self.next().await? {
                ServerFrame::Response {
                    id: of,
                    response: Response::Following { .. },
                } if of == id => return Ok(()),
                ServerFrame::Refused { refusal, .. } => return Err(BenchError::Failed(format!("{refusal:?}"))),
                _ => {}
            }
        }
    }
}

/// The frame of a request to append, for the socket.
pub(crate) fn append(group: GroupId, counter: Counter, bytes: &[u8]) -> Vec<u8> {
    framed(&ClientFrame::Request {
        id: RequestId(u32::try_from(counter.0).unwrap_or(u32::MAX)),
        request: Request::Append {
            group,
            counter,
            bytes: Bytes(bytes.to_vec()),
            ring: melder_protocol::push::Ring::Message,
        },
    })
}

/// The frame of a request to follow, for the socket.
pub(crate) fn follow(id: u32, log: LogId, after: Sequence) -> Vec<u8> {
    framed(&ClientFrame::Request {
        id: RequestId(id),
        request: Request::Follow(Cursor { log, sequence: after }),
    })
}

/// The frame of an acknowledgement, for the socket.
pub(crate) fn acknowledgement(log: LogId, sequence: Sequence) -> Vec<u8> {
    framed(&ClientFrame::Ack(vec![Cursor { log, sequence }]))
}

/// What a frame of the server is, as far as a load generator looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Seen {
    /// Entries of a group's log: the first one's place, and how many.
    Entries {
        first: u64,
        count: u64,
    },
    /// An append was taken.
    Taken,
    Refused,
    Other,
}

/// Looks at the head of a frame.
pub(crate) fn look(bytes: &[u8]) -> Seen {
    let mut decoder = minicbor::Decoder::new(bytes);
    let seen = (|| {
        decoder.array()?;
        match decoder.u32()? {
            2 => Ok(Seen::Taken),
            3 | 8 => Ok(Seen::Refused),
            4 => {
                decoder.array()?;
                if !matches!(decoder.decode::<LogId>()?, LogId::Group(_)) {
                    return Ok(Seen::Other);
                }
                let count = decoder.array()?.unwrap_or(0);
                decoder.array()?;
                Ok(Seen::Entries {
                    first: decoder.u64()?,
                    count,
                })
            }
            _ => Ok::<_, minicbor::decode::Error>(Seen::Other),
        }
    })();
    seen.unwrap_or(Seen::Other)
}

#[cfg(test)]
mod tests {
    use melder_protocol::Time;
    use melder_protocol::entry::{Body, Entry};

    use super::*;

    #[test]
    fn the_head_of_a_frame_tells_enough() {
        let entry = |sequence| Entry {
            sequence: Sequence(sequence),
            time: Time(1),
            sender: None,
            body: Body::Established,
        };
        let entries = ServerFrame::Entries {
            log: LogId::Group(GroupId::from_bytes([1; 16])),
            entries: vec![entry(300), entry(301)],
        };
        assert_eq!(look(&cbor::encode(&entries)), Seen::Entries { first: 300, count: 2 });
        let taken = ServerFrame::Response {
            id: RequestId(1),
            response: Response::Done,
        };
        assert_eq!(look(&cbor::encode(&taken)), Seen::Taken);
        assert_eq!(look(b"nonsense"), Seen::Other);
    }
}
