// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A WebSocket of a load generator: as little as RFC 6455 allows, so that what is measured is the server. Thousands
//! of them share one read buffer, and frames are looked at where they were read.

use std::cell::RefCell;
use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Poll, ready};

use tokio::io::{AsyncRead as _, AsyncReadExt as _, AsyncWriteExt as _, ReadBuf};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};

const TEXT: u8 = 1;
const BINARY: u8 = 2;
const CLOSE: u8 = 8;
const PING: u8 = 9;
const PONG: u8 = 10;

/// The buffer that all sockets of a thread read into.
#[derive(Debug, Clone)]
pub(crate) struct Scratch(Rc<RefCell<Vec<u8>>>);

impl Scratch {
    pub(crate) fn new() -> Self {
        Self(Rc::new(RefCell::new(vec![0; 256 * 1024])))
    }
}

#[derive(Debug)]
pub(crate) struct Wire {
    pub reader: WireReader,
    pub writer: WireWriter,
}

#[derive(Debug)]
pub(crate) struct WireReader {
    stream: OwnedReadHalf,
    scratch: Scratch,
    /// The beginning of a frame whose end has not come.
    rest: Vec<u8>,
    /// Pings that want an answer.
    pings: usize,
}

#[derive(Debug)]
pub(crate) struct WireWriter(OwnedWriteHalf);

fn closed() -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, "the server closed the connection")
}

impl Wire {
    pub(crate) async fn open(
        address: SocketAddr,
        path: &str,
        protocol: Option<&str>,
        scratch: &Scratch,
    ) -> io::Result<Self> {
        let mut stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let protocol = protocol.map_or_else(String::new, |name| format!("Sec-WebSocket-Protocol: {name}\r\n"));
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n{protocol}\r\n"
        );
        stream.write_all(request.as_bytes()).await?;
        let mut rest = Vec::new();
        let end = loop {
            if stream.read_buf(&mut rest).await? == 0 {
                return Err(closed());
            }
            if let Some(end) = rest.windows(4).position(|four| four == b"\r\n\r\n") {
                break end + 4;
            }
        };
        if !rest.starts_with(b"HTTP/1.1 101") {
            return Err(io::Error::other("the server refused the WebSocket"));
        }
        rest.drain(..end);
        // What a connection keeps is what the generator would have for each of thousands.
        rest.shrink_to_fit();
        let (reader, writer) = stream.into_split();
        Ok(Self {
            reader: WireReader {
                stream: reader,
                scratch: scratch.clone(),
                rest,
                pings: 0,
            },
            writer: WireWriter(writer),
        })
    }

    /// Waits for bytes, shows each message that is whole, and answers pings.
    pub(crate) async fn read(&mut self, show: impl FnMut(&[u8])) -> io::Result<()> {
        self.reader.read(show).await?;
        self.reader.answer(&self.writer)
    }
}

impl WireWriter {
    /// Sends frames that [`message`] made.
    pub(crate) async fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.write_all(bytes).await
    }

    /// Sends frames if that goes at once. They are small, and a socket that takes nothing is a server that reads
    /// nothing.
    pub(crate) fn try_send(&self, bytes: &[u8]) -> io::Result<()> {
        match self.0.try_write(bytes) {
            Ok(written) if written == bytes.len() => Ok(()),
            Ok(_) => Err(io::Error::other("the server does not read")),
            Err(error) => Err(error),
        }
    }
}

impl WireReader {
    /// Answers the pings that were read.
    pub(crate) fn answer(&mut self, writer: &WireWriter) -> io::Result<()> {
        while self.pings > 0 {
            self.pings -= 1;
            let mut bytes = Vec::new();
            frame(PONG, &[], &mut bytes);
            writer.try_send(&bytes)?;
        }
        Ok(())
    }

    /// Waits for bytes and shows each message that is whole. Messages that came at once are shown together.
    pub(crate) async fn read(&mut self, mut show: impl FnMut(&[u8])) -> io::Result<()> {
        let Self {
            stream,
            scratch,
            rest,
            pings,
        } = self;
        if !rest.is_empty() {
            // What came with the handshake may be whole already.
            let used = messages(rest, &mut show, pings)?;
            rest.drain(..used);
            if used > 0 {
                return Ok(());
            }
        }
        poll_fn(|context| {
            let mut buffer = scratch.0.borrow_mut();
            let mut into = ReadBuf::new(&mut buffer);
            ready!(Pin::new(&mut *stream).poll_read(context, &mut into))?;
            let new = into.filled();
            if new.is_empty() {
                return Poll::Ready(Err(closed()));
            }
            if rest.is_empty() {
                let used = messages(new, &mut show, pings)?;
                rest.extend_from_slice(&new[used..]);
            } else {
                rest.extend_from_slice(new);
                let used = messages(rest, &mut show, pings)?;
                rest.drain(..used);
            }
            Poll::Ready(Ok(()))
        })
        .await
    }
}

/// Appends a frame with one binary message, as a client sends it.
pub(crate) fn message(payload: &[u8], out: &mut Vec<u8>) {
    frame(BINARY, payload, out);
}

/// A client's frames are masked; with zeros the mask changes nothing, and costs the generator nothing.
fn frame(kind: u8, payload: &[u8], out: &mut Vec<u8>) {
    out.push(0x80 | kind);
    match payload.len() {
        length @ 0..126 => out.push(0x80 | u8::try_from(length).unwrap_or(0)),
        length @ 126..=0xffff => {
            out.push(0x80 | 126);
            out.extend_from_slice(&u16::try_from(length).unwrap_or(0).to_be_bytes());
        }
        length => {
            out.push(0x80 | 127);
            out.extend_from_slice(&(length as u64).to_be_bytes());
        }
    }
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(payload);
}

/// Shows the whole messages in `bytes` and says how many bytes they were.
fn messages(bytes: &[u8], show: &mut impl FnMut(&[u8]), pings: &mut usize) -> io::Result<usize> {
    let mut used = 0;
    while let Some((kind, payload, length)) = split(&bytes[used..])? {
        match kind {
            BINARY => show(payload),
            PING => *pings += 1,
            // What came before it is read first; it stays for the next look.
            CLOSE if used > 0 => return Ok(used),
            CLOSE => return Err(closed()),
            TEXT | 0 => return Err(io::Error::other("a frame that Melder's servers don't send")),
            _ => {}
        }
        used += length;
    }
    Ok(used)
}

/// The first frame: its kind, its payload, and its length with the head. `None`: more bytes are needed.
fn split(bytes: &[u8]) -> io::Result<Option<(u8, &[u8], usize)>> {
    let [first, second, ..] = bytes else {
        return Ok(None);
    };
    if first & 0x80 == 0 || second & 0x80 != 0 {
        return Err(io::Error::other("a fragmented or masked frame"));
    }
    let (head, length) = match second {
        126 => match bytes.get(2..4) {
            Some(&[a, b]) => (4, usize::from(u16::from_be_bytes([a, b]))),
            _ => return Ok(None),
        },
        127 => match bytes.get(2..10).and_then(|eight| eight.try_into().ok()) {
            Some(eight) => (
                10,
                usize::try_from(u64::from_be_bytes(eight)).map_err(io::Error::other)?,
            ),
            None => return Ok(None),
        },
        length => (2, usize::from(*length)),
    };
    Ok(bytes
        .get(head..head + length)
        .map(|payload| (first & 0x0f, payload, head + length)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_found_wherever_reading_stopped() {
        let mut bytes = vec![0x82, 3, 1, 2, 3, 0x89, 0, 0x82, 126, 1, 0];
        bytes.extend([7; 256]);
        for cut in 0..=bytes.len() {
            let (mut seen, mut pings) = (Vec::new(), 0);
            let mut show = |message: &[u8]| seen.push(message.len());
            let used = messages(&bytes[..cut], &mut show, &mut pings).unwrap();
            messages(&bytes[used..], &mut show, &mut pings).unwrap();
            assert_eq!((seen, pings), (vec![3, 256], 1));
        }
    }

    #[test]
    fn a_frame_says_its_length() {
        for length in [0, 125, 126, 65_535, 65_536] {
            let mut out = Vec::new();
            message(&vec![1; length], &mut out);
            assert_eq!(out[0], 0x82);
            assert!(out.ends_with(&vec![1; length]));
        }
    }
}
