// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Doors behind the encryption, for what fuzzes the decoders there: contents, archives, sealed letters, chunks. A
//! hostile member or a hostile own device stands behind them; the server never does. Only with the feature `fuzzing`,
//! which nothing that ships has.

use melder_content::Span;
use melder_protocol::{GroupId, Member, Sequence, Time};
use rand_core::CryptoRngCore;

use crate::api::Effect;
use crate::error::EngineError;
use crate::files;
use crate::history::{self, Arrival};
use crate::work::Work;
use crate::{Engine, archive, duty, groups, settings, settle};

impl Engine {
    /// One input's transaction.
    fn door(
        &mut self,
        now: Time,
        rng: &mut dyn CryptoRngCore,
        f: impl FnOnce(&mut Work<'_>) -> Result<(), EngineError>,
    ) -> Result<Vec<Effect>, EngineError> {
        self.now = now;
        let Self { database, session, .. } = self;
        let tx = database.transaction()?;
        let mut work = Work {
            tx: &tx,
            now,
            rng,
            session,
            effects: Vec::new(),
        };
        f(&mut work)?;
        settle(&mut work)?;
        let effects = work.effects;
        tx.commit()?;
        Ok(effects)
    }

    /// A member's message was decrypted to these bytes.
    ///
    /// # Errors
    /// When the engine falls over it.
    pub fn fuzz_content(
        &mut self,
        now: Time,
        rng: &mut dyn CryptoRngCore,
        (group, sender, sequence): (GroupId, Member, Sequence),
        bytes: &[u8],
    ) -> Result<Vec<Effect>, EngineError> {
        self.door(now, rng, |work| {
            let Some(known) = groups::load(work.tx, group)? else {
                return Ok(());
            };
            let role = groups::roster(work, group)?.and_then(|roster| roster.role(sender.account));
            let own = Some(sender.account) == work.own_account();
            let arrival = Arrival {
                group,
                kind: known.kind,
                sender,
                sequence,
                time: now,
                role,
                own,
            };
            let taken = history::receive(work, &arrival, bytes)?;
            if let Some(profile) = taken.profile {
                groups::set_name(work, group, Some(&profile.name), profile.description.as_deref())?;
            }
            if let Some(absence) = taken.absence {
                duty::heard(work, group, sender.account, &absence, now)?;
            }
            taken.settings.map_or(Ok(()), |told| settings::take(work, &told))
        })
    }

    /// Another own device's archive is here, whole and opened: these bytes. Read to its end.
    ///
    /// # Errors
    /// When the engine falls over it.
    pub fn fuzz_archive(
        &mut self,
        now: Time,
        rng: &mut dyn CryptoRngCore,
        span: Option<Span>,
        bytes: &[u8],
    ) -> Result<Vec<Effect>, EngineError> {
        self.door(now, rng, |work| archive::read_whole(work, span, bytes))
    }

    /// Somebody sealed this letter to us, and it was opened.
    ///
    /// # Errors
    /// When the engine falls over it.
    pub fn fuzz_letter(
        &mut self,
        now: Time,
        rng: &mut dyn CryptoRngCore,
        sender: Member,
        bytes: &[u8],
    ) -> Result<Vec<Effect>, EngineError> {
        self.door(now, rng, |work| history::open_sealed(work, sender, bytes))
    }
}

/// Opens a chunk at its place (number, is it the last?) under any key and nonce. True when it opened.
#[must_use]
pub fn opens_chunk(key: &[u8], nonce: &[u8], place: (u32, bool), bytes: &[u8]) -> bool {
    files::opens_chunk(key, nonce, place, bytes)
}
