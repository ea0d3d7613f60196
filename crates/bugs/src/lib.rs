// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Mistakes on purpose, by name. The simulator turns one on at a time and must catch it (`melder simulate --bugs`).
//!
//! Without the feature `bugs`, which no product is built with, [`on`] is a constant `false` and the mistakes are not
//! in the program. With it, a mistake is on for the thread that asked for it by [`with`], and only there.

use core::fmt;

macro_rules! mistakes {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)+) => {
        /// A mistake.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Bug {
            $($(#[$doc])* $name,)+
        }

        impl Bug {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// What it is called on the command line.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)+
                }
            }
        }
    };
}

mistakes! {
    /// Device: a commit is applied when it is sent, not when it stands in the log.
    ApplyBeforePublish = "apply-before-publish",
    /// Device: a commit that was refused, or that another one overtook, is taken to be still on its way.
    KeepStaleCommit = "keep-stale-commit",
    /// Device: a commit may add whom no roster names.
    SkipRosterCheck = "skip-roster-check",
    /// Device: a message that goes again gets a new counter.
    ForgetCounterOnRetry = "forget-counter-on-retry",
    /// Device: entries are acknowledged before they are stored.
    AcknowledgeBeforeStoring = "acknowledge-before-storing",
    /// Device: the key that a message used is not noted before the message goes.
    ReuseGeneration = "reuse-generation-after-crash",
    /// Device: entries that were read are read again.
    ReadTwice = "read-twice",
    /// Device: the outbox forgets a message when it is sent, not when it stands in the log.
    ForgetWhenSent = "forget-when-sent",
    /// Device: what was encrypted in an epoch that is over is not encrypted anew.
    KeepOldEpoch = "keep-old-epoch",
    /// Device: a message that is encrypted anew becomes another message.
    NewMessageOnRetry = "new-message-on-retry",
    /// Device: a few key packages are made once, and none anew.
    NoRestock = "no-restock",
    /// Device: a message's content is authenticated beside it, too, in clear.
    ContentInClear = "content-in-clear",
    /// Device: a gap in a log is read over.
    OverlookGaps = "overlook-gaps",
    /// Device: a Welcome is acknowledged although its tree is still to be fetched.
    AcknowledgeWelcomeEarly = "acknowledge-welcome-early",
    /// Server: answers go out before the batch is on disk.
    AnswerBeforeFsync = "answer-before-fsync",
    /// Server: who is taken out of a group goes on being served.
    KeepRemovedSocket = "keep-removed-socket",
    /// Server: a counter that was used may be used again.
    ForgetCounters = "forget-counters",
    /// Server: messages of another epoch are taken.
    SkipEpochCheck = "skip-epoch-check",
    /// Server: messages are taken while somebody is still to be taken out of the tree.
    SkipCommitFirst = "skip-commit-first",
    /// Server: entries go as soon as one device has them.
    DropEarly = "drop-early",
    /// Server: of several who are added, only the first gets a Welcome.
    OneWelcome = "one-welcome",
    /// Server: a key package is given out twice.
    KeyPackageTwice = "key-package-twice",
    /// Server: when a device comes, its groups are taken to be as they should be.
    ForgetToReconcile = "forget-to-reconcile",
    /// Server: who reads slowly misses what fell out of memory.
    SkipForTheSlow = "skip-for-the-slow",
    /// Server: a guest whose time is over stays.
    GuestStays = "guest-stays",
    /// Server: the text of the log says what a group is called.
    NameInLog = "name-in-log",
}

impl fmt::Display for Bug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Are mistakes compiled in?
#[must_use]
pub const fn compiled() -> bool {
    cfg!(feature = "bugs")
}

/// Is this mistake to be made now?
#[cfg(not(feature = "bugs"))]
#[must_use]
pub const fn on(_bug: Bug) -> bool {
    false
}

#[cfg(feature = "bugs")]
std::thread_local! {
    static ACTIVE: core::cell::Cell<Option<Bug>> = const { core::cell::Cell::new(None) };
}

/// Is this mistake to be made now?
#[cfg(feature = "bugs")]
#[must_use]
pub fn on(bug: Bug) -> bool {
    ACTIVE.get() == Some(bug)
}

/// Makes a mistake on this thread while `run` runs.
#[cfg(feature = "bugs")]
pub fn with<T>(bug: Option<Bug>, run: impl FnOnce() -> T) -> T {
    struct Back(Option<Bug>);
    impl Drop for Back {
        fn drop(&mut self) {
            ACTIVE.set(self.0);
        }
    }
    let _back = Back(ACTIVE.replace(bug));
    run()
}

/// Without mistakes compiled in, nothing but `run`.
#[cfg(not(feature = "bugs"))]
pub fn with<T>(_bug: Option<Bug>, run: impl FnOnce() -> T) -> T {
    run()
}
