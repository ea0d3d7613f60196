// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! How large a content may be. Every number that a decoder relies on stands here, with its own error code.

use crate::error::ContentError;

macro_rules! limits {
    ($($(#[$doc:meta])* $constant:ident = $max:expr, $variant:ident, $code:literal;)*) => {
        $($(#[$doc])* pub const $constant: usize = $max;)*

        /// A limit that can be exceeded.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Limit {
            $($(#[$doc])* $variant,)*
        }

        impl Limit {
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The largest allowed value.
            #[must_use]
            pub const fn max(self) -> usize {
                match self { $(Self::$variant => $constant,)* }
            }

            /// The stable error code of this limit.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }
        }
    };
}

limits! {
    /// Bytes of a whole encoded message.
    MAX_TOTAL = 256 * 1024, Total, "content-limit-total";
    /// Levels of parts, the root being the first (the draft's own limit).
    MAX_NESTING = 4, Nesting, "content-limit-nesting";
    /// Parts directly inside one multi part.
    MAX_PARTS = 16, Parts, "content-limit-parts";
    /// Parts of a message altogether (the draft allows 1024).
    MAX_PARTS_TOTAL = 64, PartsTotal, "content-limit-parts-total";
    /// Bytes of a topic id (the draft's own limit).
    MAX_TOPIC = 4096, Topic, "content-limit-topic";
    /// Bytes of a media type.
    MAX_CONTENT_TYPE = 255, ContentType, "content-limit-content-type";
    /// Bytes of a list of language tags.
    MAX_LANGUAGE = 255, Language, "content-limit-language";
    /// Bytes of a URI.
    MAX_URI = 2048, Uri, "content-limit-uri";
    /// Bytes of a key, a nonce, associated data or a hash of an external part.
    MAX_KEY = 4096, Key, "content-limit-key";
    /// Extension fields of a message.
    MAX_EXTENSIONS = 32, Extensions, "content-limit-extensions";
    /// Bytes of an extension's text key (the draft's own limit).
    MAX_EXTENSION_KEY = 255, ExtensionKey, "content-limit-extension-key";
    /// Bytes of an extension's encoded value (the draft's own limit).
    MAX_EXTENSION_VALUE = 4095, ExtensionValue, "content-limit-extension-value";
    /// Seconds after reading when a message may go: a leap year, since the draft calls more than a year nonsensical.
    MAX_EXPIRY_SECONDS = 366 * 24 * 60 * 60, Expiry, "content-limit-expiry";

    /// Bytes of a text, of an alarm, of a caption, of an operation log line.
    MAX_TEXT = 16 * 1024, Text, "content-limit-text";
    /// Bytes of a reaction.
    MAX_REACTION = 64, Reaction, "content-limit-reaction";
    /// Bytes of a line: a name, a title, a question, a label, a note's subject.
    MAX_LINE = 1024, Line, "content-limit-line";
    /// Bytes of a note or a description.
    MAX_NOTE = 4096, Note, "content-limit-note";
    /// Attachments of a message or a report.
    MAX_ATTACHMENTS = 10, Attachments, "content-limit-attachments";
    /// Bytes of a file name.
    MAX_FILENAME = 255, Filename, "content-limit-filename";
    /// Bytes of a preview.
    MAX_PREVIEW = 32 * 1024, Preview, "content-limit-preview";
    /// Pixels of a picture's side.
    MAX_SIDE = 1_000_000, Side, "content-limit-side";
    /// Options of a poll.
    MAX_POLL_OPTIONS = 20, PollOptions, "content-limit-poll-options";
    /// Fields of a report.
    MAX_REPORT_FIELDS = 100, ReportFields, "content-limit-report-fields";
    /// Phone numbers, and also mail addresses, of a contact card.
    MAX_CONTACT_WAYS = 10, ContactWays, "content-limit-contact-ways";
    /// Groups that one settings item speaks of.
    MAX_SETTINGS = 1000, Settings, "content-limit-settings";
    /// Spans that an archive covers.
    MAX_SPANS = 4096, Spans, "content-limit-spans";
    /// Bytes of a key that seals or opens acknowledgements.
    MAX_ACK_KEY = 4096, AckKey, "content-limit-ack-key";
}

/// Levels of containers in a whole message: 8 for four nested parts, one for the message, and two more so that parts
/// which are nested too deeply are told apart from any other depth.
pub(crate) const MAX_CBOR_DEPTH: usize = 11;
/// Levels of containers inside an extension's value: the draft allows 4 with the extensions map itself.
pub(crate) const MAX_EXTENSION_DEPTH: usize = 3;
/// Levels of containers inside one of our media types.
pub(crate) const MAX_PAYLOAD_DEPTH: usize = 8;

impl Limit {
    /// # Errors
    /// When `actual` is more than the limit.
    pub(crate) fn check(self, actual: usize) -> Result<(), ContentError> {
        if actual <= self.max() {
            Ok(())
        } else {
            Err(ContentError::Exceeds {
                limit: self,
                actual: actual as u64,
            })
        }
    }

    /// Like [`check`](Self::check), and nothing is also wrong.
    pub(crate) fn check_some(self, actual: usize, what: &'static str) -> Result<(), ContentError> {
        if actual == 0 {
            return Err(ContentError::Empty(what));
        }
        self.check(actual)
    }
}
