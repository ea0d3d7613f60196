// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Errors as a person at the terminal meets them: what happened, why, what to do, and a stable code for programs.
//!
//! An error names a text by its id and carries what the text needs; the words are in `locales/*/errors.ftl`. It decides
//! the exit status. It is not a place for technical chains: those go to the log (`MELDER_LOG=debug`).

use std::fmt;
use std::process::ExitCode;

use melder_client::OpenError;
use melder_engine::api::ActionError;
use melder_protocol::{ErrorCode, Refusal};

use crate::texts::{Value, text_with};

/// How the program ends. Part of the interface; `melder --help` lists them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    Ok = 0,
    /// It did not work.
    Failed = 1,
    /// It was asked in a way that makes no sense.
    Usage = 2,
    /// The server can't be reached, or did not answer in time.
    Offline = 3,
    /// The server said no.
    Refused = 4,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

macro_rules! local_codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $code:literal, $exit:ident;)+) => {
        /// What can go wrong on this side of the wire, beyond `ErrorCode` and `Invalid`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Local { $($(#[doc = $doc])+ $name,)+ }

        impl Local {
            /// All of them, for the test that each has a text.
            #[cfg_attr(not(test), expect(dead_code, reason = "for the test of the texts"))]
            pub const ALL: &[Self] = &[$(Self::$name),+];

            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code),+ }
            }

            #[must_use]
            pub const fn exit(self) -> Exit {
                match self { $(Self::$name => Exit::$exit),+ }
            }
        }
    };
}

local_codes! {
    /// A fault that has no text of its own; `detail` says more.
    Other = "other", Failed;
    /// The command line makes no sense; `detail` says where.
    Usage = "usage", Usage;
    /// There is no account in this profile.
    NoAccount = "no_account", Failed;
    /// There is an account in this profile already.
    ProfileTaken = "profile_taken", Failed;
    /// Another process uses this profile.
    ProfileLocked = "profile_locked", Failed;
    /// The profile's folder can't be read or written.
    ProfileUnusable = "profile_unusable", Failed;
    /// The key does not open the database.
    ProfileDamaged = "profile_damaged", Failed;
    /// The PIN is wrong.
    WrongPin = "wrong_pin", Failed;
    /// The profile has a PIN, and there is nobody to ask.
    PinNeeded = "pin_needed", Failed;
    /// No chat has this name.
    ChatUnknown = "chat_unknown", Failed;
    /// Several chats have this name.
    ChatAmbiguous = "chat_ambiguous", Failed;
    /// Nobody has this name.
    PersonUnknown = "person_unknown", Failed;
    /// Several people have this name.
    PersonAmbiguous = "person_ambiguous", Failed;
    /// No message has this number.
    MessageUnknown = "message_unknown", Failed;
    /// The organisation wants a newer program.
    Outdated = "outdated", Failed;
    /// No alarm waits to be confirmed.
    NoOpenAlarm = "no_open_alarm", Failed;
    /// Several alarms wait: which is meant?
    SeveralOpenAlarms = "several_open_alarms", Failed;
    /// Several messages begin with these characters.
    MessageAmbiguous = "message_ambiguous", Failed;
    /// No device has this name.
    DeviceUnknown = "device_unknown", Failed;
    /// Not a time.
    BadTime = "bad_time", Usage;
    /// Not a length of time.
    BadDuration = "bad_duration", Usage;
    /// Not an invitation link.
    BadLink = "bad_link", Usage;
    /// Not a code for linking.
    BadLinkCode = "bad_link_code", Usage;
    /// A file can't be read.
    FileUnreadable = "file_unreadable", Failed;
    /// A file can't be written.
    FileUnwritable = "file_unwritable", Failed;
    /// There is nothing to send.
    NothingToSend = "nothing_to_send", Usage;
    /// It was to be done by now.
    TimedOut = "timed_out", Offline;
    /// There is no connection to the server.
    Unreachable = "unreachable", Offline;
    /// A person was to say yes, and did not.
    Declined = "declined", Failed;
    /// A question could not be asked: this is not a terminal.
    NotATerminal = "not_a_terminal", Failed;
    /// The administrator's token is not set.
    NoToken = "no_token", Failed;
    /// Not a set-up link.
    BadSetupLink = "bad_setup_link", Usage;
    /// The server answered with something that is not Melder.
    NotMelder = "not_melder", Failed;
    /// The account or the device is gone.
    Gone = "gone", Refused;
    /// The server could not start.
    ServerFailed = "server_failed", Failed;
    /// A bench could not be run to its end; `detail` says why.
    BenchFailed = "bench_failed", Failed;
    /// This program has no mistakes on purpose compiled in.
    NoMistakes = "no_mistakes", Usage;
    /// The device's store failed.
    StoreFailed = "store_failed", Failed;
    /// Some messages were not sent.
    NotSent = "not_sent", Failed;
    /// There is no deletion record in the file.
    NoDeletionRecord = "no_deletion_record", Failed;
    /// A deletion record ends before its end.
    DeletionRecordCut = "deletion_record_cut", Failed;
    /// A deletion record's signature does not fit.
    DeletionRecordForged = "deletion_record_forged", Failed;
    /// What is there to be read is not what was signed.
    DeletionRecordChanged = "deletion_record_changed", Failed;
    /// A deletion record is in the file twice.
    DeletionRecordTwice = "deletion_record_twice", Failed;
    /// A deletion record is signed, but not by this key.
    DeletionRecordForeign = "deletion_record_foreign", Failed;
    /// No backup could be made; `detail` says why.
    BackupFailed = "backup_failed", Failed;
    /// Neither a fingerprint nor a key nor a file with one.
    BadKey = "bad_key", Usage;
}

/// Something that the person or program has to know before it goes on.
#[derive(Debug, Clone)]
pub struct CliError {
    /// The id of the text in `locales/*/errors.ftl`.
    id: String,
    code: String,
    exit: Exit,
    values: Vec<(&'static str, Value)>,
    /// Lines below the text: the candidates of an ambiguous name, the bad rows of a CSV.
    lines: Vec<String>,
}

impl CliError {
    #[must_use]
    pub fn new(local: Local) -> Self {
        Self {
            id: format!("local-{}", local.code()),
            code: local.code().to_owned(),
            exit: local.exit(),
            values: Vec::new(),
            lines: Vec::new(),
        }
    }

    /// A fault without a text of its own.
    #[must_use]
    pub fn other(detail: impl fmt::Display) -> Self {
        Self::new(Local::Other).with("detail", detail.to_string())
    }

    /// What the server said.
    #[must_use]
    pub fn refused(code: ErrorCode) -> Self {
        Self {
            id: format!("error-{}", code.code()),
            code: code.code().to_owned(),
            exit: Exit::Refused,
            values: Vec::new(),
            lines: Vec::new(),
        }
    }

    /// A value that the text mentions.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.values.push((name, value.into()));
        self
    }

    /// A line below the text.
    #[must_use]
    pub fn line(mut self, line: impl Into<String>) -> Self {
        self.lines.push(line.into());
        self
    }

    #[must_use]
    pub const fn exit(&self) -> Exit {
        self.exit
    }

    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// What happened, why, and what to do, one after the other.
    #[must_use]
    pub fn message(&self) -> String {
        text_with(&self.id, &self.values)
    }

    #[must_use]
    pub fn lines(&self) -> &[String] {
        &self.lines
    }
}

impl fmt::Display for CliError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} [{}]", self.message(), self.code)?;
        self.lines.iter().try_for_each(|line| write!(f, "\n  {line}"))
    }
}

impl std::error::Error for CliError {}

impl From<ErrorCode> for CliError {
    fn from(code: ErrorCode) -> Self {
        Self::refused(code)
    }
}

impl From<Refusal> for CliError {
    fn from(refusal: Refusal) -> Self {
        let error = Self::refused(refusal.code);
        match refusal.hint {
            Some(hint) => error.line(hint),
            None => error,
        }
    }
}

impl From<ActionError> for CliError {
    fn from(error: ActionError) -> Self {
        match error {
            ActionError::Refused(refusal) => refusal.into(),
            ActionError::Offline => Self::new(Local::Unreachable),
            ActionError::Invalid(invalid) => Self {
                id: format!("invalid-{invalid}"),
                code: invalid.to_string(),
                exit: Exit::Failed,
                values: Vec::new(),
                lines: Vec::new(),
            },
        }
    }
}

impl From<OpenError> for CliError {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::WrongKey => Self::new(Local::ProfileDamaged),
            other => Self::new(Local::StoreFailed).with("detail", other.to_string()),
        }
    }
}

impl From<melder_client::Stopped> for CliError {
    fn from(stopped: melder_client::Stopped) -> Self {
        Self::new(Local::StoreFailed).with("detail", stopped.to_string())
    }
}
