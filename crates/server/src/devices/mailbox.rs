// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Mailboxes: two connections that find each other by a short code and pass a few messages, for linking a device.
//! They are in memory only; whoever loses one starts again.

use std::collections::HashMap;

use melder_protocol::cbor::Bytes;
use melder_protocol::frame::{MailboxEvent, ServerFrame};
use melder_protocol::request::Response;
use melder_protocol::{ErrorCode, Refusal, Time, limits};

use crate::core::{ConnectionId, Work};

/// Letters and digits that nobody takes for another.
const ALPHABET: &[u8; 30] = b"ABCDEFGHJKMNPQRSTVWXYZ23456789";
const CODE_LENGTH: usize = 8;
/// Linking takes six messages; more than this is something else.
const MAX_MESSAGES: u32 = 64;
/// Mailboxes at one time.
const MAX_MAILBOXES: usize = 10_000;

#[derive(Debug)]
struct Mailbox {
    opener: ConnectionId,
    joiner: Option<ConnectionId>,
    expires: Time,
    messages: u32,
}

/// All mailboxes.
#[derive(Debug, Default)]
pub(crate) struct Mailboxes {
    by_code: HashMap<String, Mailbox>,
    by_connection: HashMap<ConnectionId, String>,
}

impl Mailboxes {
    fn remove(&mut self, code: &str) -> Option<Mailbox> {
        let mailbox = self.by_code.remove(code)?;
        self.by_connection.remove(&mailbox.opener);
        if let Some(joiner) = mailbox.joiner {
            self.by_connection.remove(&joiner);
        }
        Some(mailbox)
    }

    /// A connection is gone: its mailbox too. Says who is to hear of it.
    pub(crate) fn left(&mut self, connection: ConnectionId) -> Option<(ConnectionId, MailboxEvent)> {
        let code = self.by_connection.get(&connection)?.clone();
        let mailbox = self.remove(&code)?;
        let other = if mailbox.opener == connection {
            mailbox.joiner?
        } else {
            mailbox.opener
        };
        Some((other, MailboxEvent::Closed))
    }

    /// Ends those whose time is over. Says who is to hear of it.
    pub(crate) fn expire(&mut self, now: Time) -> Vec<ConnectionId> {
        let over: Vec<String> = self
            .by_code
            .iter()
            .filter(|(_, mailbox)| mailbox.expires <= now)
            .map(|(code, _)| code.clone())
            .collect();
        over.iter()
            .filter_map(|code| self.remove(code))
            .flat_map(|mailbox| [Some(mailbox.opener), mailbox.joiner])
            .flatten()
            .collect()
    }
}

impl Work<'_> {
    pub(crate) fn open_mailbox(&mut self, connection: ConnectionId) -> Result<Response, Refusal> {
        if let Some((other, event)) = self.state.mailboxes.left(connection) {
            self.send(other, &ServerFrame::Mailbox(event));
        }
        if self.state.mailboxes.by_code.len() >= MAX_MAILBOXES {
            return Err(ErrorCode::LimitReached.into());
        }
        let code: String = (0..CODE_LENGTH)
            .map(|_| {
                let index = loop {
                    // 240 is the largest multiple of 30 below 256: each letter is as likely as any other.
                    let mut byte = [0];
                    self.rng.fill_bytes(&mut byte);
                    if byte[0] < 240 {
                        break usize::from(byte[0]) % ALPHABET.len();
                    }
                };
                char::from(ALPHABET[index])
            })
            .collect();
        if self.state.mailboxes.by_code.contains_key(&code) {
            return Err(ErrorCode::Conflict.into());
        }
        let expires = self.now.plus(limits::MAILBOX_MS);
        self.state.mailboxes.by_code.insert(
            code.clone(),
            Mailbox {
                opener: connection,
                joiner: None,
                expires,
                messages: 0,
            },
        );
        self.state.mailboxes.by_connection.insert(connection, code.clone());
        Ok(Response::Mailbox { code, expires })
    }

    pub(crate) fn join_mailbox(&mut self, connection: ConnectionId, code: &str) -> Result<Response, Refusal> {
        let now = self.now;
        let mailbox = self
            .state
            .mailboxes
            .by_code
            .get(code)
            .filter(|mailbox| mailbox.expires > now && mailbox.opener != connection)
            .ok_or_else(|| Refusal::new(ErrorCode::MailboxUnknown))?;
        if mailbox.joiner.is_some() {
            return Err(ErrorCode::MailboxTaken.into());
        }
        let opener = mailbox.opener;
        if let Some((other, event)) = self.state.mailboxes.left(connection) {
            self.send(other, &ServerFrame::Mailbox(event));
        }
        if let Some(mailbox) = self.state.mailboxes.by_code.get_mut(code) {
            mailbox.joiner = Some(connection);
        }
        self.state.mailboxes.by_connection.insert(connection, code.to_owned());
        self.send(opener, &ServerFrame::Mailbox(MailboxEvent::Joined));
        Ok(Response::Done)
    }

    pub(crate) fn put_mailbox(&mut self, connection: ConnectionId, bytes: Bytes) -> Result<Response, Refusal> {
        if bytes.len() > limits::MAX_MAILBOX_MESSAGE {
            return Err(ErrorCode::TooLarge.into());
        }
        let mailboxes = &mut self.state.mailboxes;
        let mailbox = mailboxes
            .by_connection
            .get(&connection)
            .and_then(|code| mailboxes.by_code.get_mut(code))
            .ok_or_else(|| Refusal::new(ErrorCode::MailboxUnknown))?;
        mailbox.messages += 1;
        if mailbox.messages > MAX_MESSAGES {
            return Err(ErrorCode::LimitReached.into());
        }
        let other = if mailbox.opener == connection {
            mailbox.joiner
        } else {
            Some(mailbox.opener)
        };
        let other = other.ok_or_else(|| Refusal::new(ErrorCode::MailboxUnknown).hint("nobody has joined yet"))?;
        self.send(other, &ServerFrame::Mailbox(MailboxEvent::Message(bytes)));
        Ok(Response::Done)
    }
}
