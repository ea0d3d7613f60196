// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A page's question, answered at once, or when the engine or the server has.

use melder_engine::EngineError;
use melder_engine::api::{Action, ActionId, Input};
use melder_port::ask::{Failure, Passkey, PasskeySecret, Pin};
use melder_port::{Answer, Ask};
use melder_protocol::invitation::InvitationLink;

use super::js::{self, Timer};
use super::owner::{From, Owner, State, Then, origin};
use super::{Incoming, store, zone};
use crate::actions::{self, Plan, Shape};
use crate::passkey::Slot;
use crate::vault::{Key, Record, VaultError};
use crate::views;

/// So long a question of the first run waits for a connection.
const PATIENCE_MS: u64 = 15_000;

impl Owner {
    pub async fn question(&mut self, from: From, ask: Ask) {
        // What came before it is seen by it.
        self.flush();
        self.settle().await;
        match ask {
            Ask::Standing => {
                let lock = self.lock();
                self.out.answer(from, Ok(Answer::Lock(lock)));
            }
            Ask::Unlock(pin) => {
                let result = self.unlock(&pin).await;
                self.out.answer(from, result);
            }
            Ask::LockNow => {
                self.remember_policy().await;
                self.close();
                let lock = self.lock();
                self.tell_lock();
                self.out.answer(from, Ok(Answer::Lock(lock)));
            }
            Ask::ChangePin { old, new } => {
                let result = self.change_pin(&old, &new).await;
                self.out.answer(from, result);
            }
            Ask::Passkey => {
                let slot = match &self.vault {
                    Some(vault) => vault.passkey().await,
                    None => None,
                };
                let passkey = slot.map(|slot| slot.passkey().clone());
                self.out.answer(from, Ok(Answer::Passkey(passkey)));
            }
            Ask::UnlockByPasskey(secret) => {
                let result = self.unlock_by_passkey(&secret).await;
                self.out.answer(from, result);
            }
            Ask::AddPasskey { pin, passkey, secret } => {
                let result = self.add_passkey(&pin, passkey, &secret).await;
                self.out.answer(from, result);
            }
            Ask::RemovePasskey => {
                let result = self.write_passkey(None).await;
                self.out.answer(from, result);
            }
            Ask::WipeDevice => {
                self.wipe().await;
                let lock = self.lock();
                self.out.answer(from, Ok(Answer::Lock(lock)));
            }
            Ask::Storage => {
                let bytes = self.engine.as_ref().and_then(|engine| engine.database_bytes().ok());
                let storage = store::storage(bytes.unwrap_or(0)).await;
                self.out.answer(from, Ok(Answer::Storage(storage)));
            }
            Ask::ConnectNow => {
                self.failures = 0;
                self.net.wanted = self.engine.is_some() && self.state.hopes();
                self.net.hurry();
                self.connect();
                self.out.answer(from, Ok(Answer::Nothing));
            }
            Ask::Woken { alarm } => {
                self.woken(alarm).await;
                self.out.answer(from, Ok(Answer::Nothing));
            }
            Ask::OpenInvitation { link } => self.open_invitation(from, &link).await,
            Ask::AcceptInvitation => match &self.invitation {
                Some(link) => {
                    let action = Action::AcceptInvitation(link.token.clone());
                    self.act(Then::Answer(from, Shape::Plain), action);
                }
                None => self.out.answer(from, Err(Failure::BadLink)),
            },
            Ask::Join { device_name, name, pin } => {
                let Some(link) = self.invitation.clone() else {
                    return self.out.answer(from, Err(Failure::BadLink));
                };
                let token = link.token;
                let action = Action::Join {
                    token,
                    device_name,
                    name,
                };
                self.join(from, &pin, action).await;
            }
            Ask::StartLink { device_name, pin } => self.join(from, &pin, Action::StartLink { device_name }).await,
            Ask::Recover {
                words,
                device_name,
                pin,
            } => self.join(from, &pin, Action::Recover { words, device_name }).await,
            Ask::SetQuietHours(times) if self.state == State::Open => {
                let hours = times.map(|times| zone::quiet_hours(&times));
                self.act(Then::Answer(from, Shape::Plain), Action::SetQuietHours(hours));
            }
            ask => self.of_the_engine(from, ask),
        }
        self.flush();
        self.settle().await;
    }

    async fn unlock(&mut self, pin: &Pin) -> Result<Answer, Failure> {
        if self.state == State::Locked {
            let key = self.try_pin(pin).await?;
            self.open(key).await?;
            self.tell_lock();
        }
        Ok(Answer::Lock(self.lock()))
    }

    async fn unlock_by_passkey(&mut self, secret: &PasskeySecret) -> Result<Answer, Failure> {
        if self.state == State::Locked {
            let slot = match &self.vault {
                Some(vault) => vault.passkey().await,
                None => None,
            };
            let other = Failure::WrongPin { left: None, wait_ms: 0 };
            let key = slot.and_then(|slot| slot.open(secret).ok()).ok_or(other)?;
            self.open(key).await?;
            // Whoever has the passkey did not guess PINs, whoever did.
            if let (Some(vault), Some(record)) = (&self.vault, &mut self.record) {
                record.forgive();
                let _ = vault.write(record).await;
            }
            self.tell_lock();
        }
        Ok(Answer::Lock(self.lock()))
    }

    async fn add_passkey(&mut self, pin: &Pin, passkey: Passkey, secret: &PasskeySecret) -> Result<Answer, Failure> {
        let key = self.try_pin(pin).await?;
        let slot = Slot::seal(&key, passkey, secret, &mut self.rng).map_err(|_| Failure::Internal)?;
        self.write_passkey(Some(slot)).await
    }

    async fn write_passkey(&self, slot: Option<Slot>) -> Result<Answer, Failure> {
        if self.state != State::Open {
            return Err(Failure::Locked);
        }
        let vault = self.vault.as_ref().ok_or(Failure::NoStorage)?;
        vault.set_passkey(slot.as_ref()).await.map_err(|_| Failure::DiskFull)?;
        Ok(Answer::Nothing)
    }

    async fn change_pin(&mut self, old: &Pin, new: &Pin) -> Result<Answer, Failure> {
        let key = self.try_pin(old).await?;
        let wipe_after = self.record.as_ref().and_then(|record| record.wipe_after);
        let record = self.seal(&key, new, wipe_after)?;
        let Some(vault) = &self.vault else {
            return Err(Failure::NoStorage);
        };
        vault.write(&record).await.map_err(|_| Failure::DiskFull)?;
        self.record = Some(record);
        Ok(Answer::Nothing)
    }

    fn seal(&mut self, key: &Key, pin: &Pin, wipe_after: Option<u8>) -> Result<Record, Failure> {
        Record::seal(key, pin, wipe_after, &mut self.rng).map_err(|error| match error {
            VaultError::PinTooShort => Failure::Refused("pin_too_short".to_owned()),
            _ => Failure::Internal,
        })
    }

    async fn open_invitation(&mut self, from: From, link: &str) {
        let link = link.trim();
        let whole = match link.split_once('#') {
            Some(_) => link.to_owned(),
            None => format!("{}/join#{link}", origin()),
        };
        let Ok(link) = whole.parse::<InvitationLink>() else {
            return self.out.answer(from, Err(Failure::BadLink));
        };
        if link.server != origin() {
            return self.out.answer(from, Err(Failure::OtherServer(link.server)));
        }
        if self.state != State::Open
            && let Err(failure) = self.begin_fresh().await
        {
            return self.out.answer(from, Err(failure));
        }
        let action = Action::OpenInvitation(link.token.clone());
        self.invitation = Some(link);
        self.impatient(from, action);
    }

    /// Asks, and does not wait for a connection for ever.
    fn impatient(&mut self, from: From, action: Action) {
        let id = self.act(Then::Answer(from, Shape::Plain), action);
        let inlet = self.inlet.clone();
        let number = id.0;
        let timer = Timer::after(PATIENCE_MS, move || inlet.send(Incoming::TooLong(number)));
        self.patience.insert(number, (id, timer));
    }

    pub fn too_long(&mut self, number: u64) {
        if let Some((id, _)) = self.patience.remove(&number)
            && let Some(then) = self.waiting.remove(&id)
        {
            self.refuse(then, &Failure::Offline);
        }
    }

    async fn join(&mut self, from: From, pin: &Pin, action: Action) {
        if self.state == State::Open {
            // A tab that closed in the middle had it done.
            let lock = self.lock();
            return self.out.answer(from, Ok(Answer::Lock(lock)));
        }
        let again = |then: &Then| matches!(then, Then::Join(first, _) if first.token().is_some() && first.token() == from.token());
        if self.waiting.values().any(again) {
            return; // The first asking is on its way, and its answer is this one's, too.
        }
        if let Err(failure) = self.begin_fresh().await {
            return self.out.answer(from, Err(failure));
        }
        let Some(key) = self.key.clone() else {
            return self.out.answer(from, Err(Failure::Internal));
        };
        // The slow part first: when the device has its account, only a write is left.
        match self.seal(&key, pin, None) {
            Ok(record) => {
                self.act(Then::Join(from, Box::new(record)), action);
            }
            Err(failure) => self.out.answer(from, Err(failure)),
        }
    }

    /// Hands an action to the engine.
    pub fn act(&mut self, then: Then, action: Action) -> ActionId {
        let id = ActionId(self.next_action);
        self.next_action += 1;
        let token = match &then {
            Then::Answer(from, _) => from.token(),
            _ => None,
        };
        let action = Box::new(action);
        self.inputs.push(match token {
            Some(token) => Input::Once(id, token, action),
            None => Input::Do(id, action),
        });
        self.waiting.insert(id, then);
        id
    }

    fn of_the_engine(&mut self, from: From, ask: Ask) {
        let readable = matches!(self.state, State::Open | State::Gone(_));
        let links = matches!(ask, Ask::ConfirmLink { .. }) && self.engine.is_some();
        if !(readable || links) {
            let failure = match &self.state {
                State::Fresh => Failure::Refused("no_account_yet".to_owned()),
                State::NoStorage => Failure::NoStorage,
                _ => Failure::Locked,
            };
            return self.out.answer(from, Err(failure));
        }
        let Some(mut reading) = self.reading() else {
            return self.out.answer(from, Err(Failure::Internal));
        };
        match reading.answer(&ask) {
            Ok(Some(result)) => {
                if let Ok(Answer::Page(page)) = &result {
                    self.watch_page(page);
                }
                self.out.answer(from, result);
            }
            Ok(None) => self.change(from, ask),
            Err(error) => self.broken(from, &error),
        }
    }

    fn change(&mut self, from: From, ask: Ask) {
        let Some(engine) = &mut self.engine else {
            return self.out.answer(from, Err(Failure::Internal));
        };
        match actions::plan(engine, ask) {
            Ok(Plan::Act(action, shape)) => {
                self.act(Then::Answer(from, shape), *action);
            }
            Ok(Plan::Answer(result)) => self.out.answer(from, *result),
            Ok(Plan::Other) => self.out.answer(from, Err(Failure::Refused("not_available".to_owned()))),
            Err(error) => self.broken(from, &error),
        }
    }

    /// The server counts quiet hours in this device's local time: it hears when that has changed.
    pub fn renew_zone(&mut self) {
        let kept = self.engine.as_ref().and_then(|engine| engine.duty().ok());
        if let Some(kept) = kept.and_then(|duty| duty.quiet) {
            let now = zone::quiet_hours(&views::quiet_times(&kept));
            if now != kept {
                self.act(Then::Nobody, Action::SetQuietHours(Some(now)));
            }
        }
    }

    fn broken(&self, from: From, error: &EngineError) {
        js::log(&format!("a question could not be answered: {error}"));
        let failure = if store::is_full(error) {
            Failure::DiskFull
        } else {
            Failure::Internal
        };
        self.out.answer(from, Err(failure));
    }
}
