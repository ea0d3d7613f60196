// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! One command's use of a profile: take the folder, open the database (asking for the PIN), connect, catch up, do the work,
//! and close so that everything is on disk.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use melder_client::vault::{Profile, ProfileKey, VaultError, profile_folder};
use melder_client::{Client, ClientConfig, End, Events, Link};
use melder_content::MessageId;
use melder_engine::api::{Action, Event, MessageState, Outcome, OwnView};
use melder_engine::{Engine, EngineError};
use melder_protocol::ErrorCode;
use zeroize::Zeroizing;

use crate::args::Global;
use crate::error::{CliError, Exit, Local};
use crate::output::{ask_secret, can_ask, note};
use crate::t;

/// This much silence after catching up means that there is no more.
const QUIET: Duration = Duration::from_millis(300);

/// What a command needs of its profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// An account on this device.
    Account,
    /// None yet.
    Fresh,
}

/// A profile in use.
#[derive(Debug)]
pub struct Session {
    pub client: Client,
    pub profile: Profile,
    pub global: Global,
    /// Why the account is gone, if it is.
    gone: Arc<OnceLock<ErrorCode>>,
}

impl From<VaultError> for CliError {
    fn from(error: VaultError) -> Self {
        match error {
            VaultError::Locked => Self::new(Local::ProfileLocked),
            VaultError::PinNeeded => Self::new(Local::PinNeeded),
            VaultError::WrongPin => Self::new(Local::WrongPin),
            VaultError::PinTooShort => Self::new(Local::Usage).with(
                "detail",
                t!("pin-too-short", least = melder_client::vault::SHORTEST_PIN),
            ),
            VaultError::KeyGone | VaultError::KeyDamaged => Self::new(Local::ProfileDamaged),
            VaultError::Io { path, error } => Self::new(Local::ProfileUnusable)
                .with("path", path.display().to_string())
                .with("detail", error.to_string()),
        }
    }
}

impl From<EngineError> for CliError {
    fn from(error: EngineError) -> Self {
        Self::new(Local::StoreFailed).with("detail", error.to_string())
    }
}

/// Runs `work` with the profile, and closes it whatever comes.
///
/// # Errors
/// What the profile or `work` said.
pub async fn with(
    global: &Global,
    need: Need,
    work: impl AsyncFnOnce(&Session) -> Result<Exit, CliError>,
) -> Result<Exit, CliError> {
    let session = Session::open(global, need).await?;
    let result = work(&session).await;
    session.close(result).await
}

/// Takes the profile and its key, asking for the PIN.
///
/// # Errors
/// When it is in use, damaged, or the PIN is wrong.
pub async fn open_profile(global: &Global, need: Need) -> Result<(Profile, ProfileKey), CliError> {
    let folder = profile_folder(&global.profile).ok_or_else(|| {
        CliError::new(Local::ProfileUnusable)
            .with("path", &global.profile)
            .with("detail", "HOME")
    })?;
    if need == Need::Account && !folder.is_dir() {
        return Err(CliError::new(Local::NoAccount).with("profile", &global.profile));
    }
    let profile = Profile::take(&folder)?;
    if need == Need::Account && !profile.exists() {
        return Err(CliError::new(Local::NoAccount).with("profile", &global.profile));
    }
    let pin = if profile.has_pin()? {
        Some(pin(&profile).await?)
    } else {
        None
    };
    let (profile, key) = tokio::task::spawn_blocking(move || {
        let key = profile.key(pin.as_ref().map(|pin| pin.as_str()));
        (profile, key)
    })
    .await
    .map_err(CliError::other)?;
    Ok((profile, key?))
}

async fn pin(profile: &Profile) -> Result<Zeroizing<String>, CliError> {
    let pause = profile.pause_seconds()?;
    if pause > 0 {
        note(t!("pin-pause", seconds = pause));
        tokio::time::sleep(Duration::from_secs(pause)).await;
    }
    match std::env::var("MELDER_PIN") {
        Ok(pin) if !pin.is_empty() => Ok(Zeroizing::new(pin)),
        _ if can_ask() => ask_secret(&t!("pin-ask")),
        _ => Err(CliError::new(Local::PinNeeded)),
    }
}

impl Session {
    async fn open(global: &Global, need: Need) -> Result<Self, CliError> {
        let (profile, key) = open_profile(global, need).await?;
        let mut config = ClientConfig::file(profile.database(), key);
        config.online = !global.offline;
        let client = Client::open(config).await?;
        let gone = Arc::new(OnceLock::new());
        tokio::spawn(watch(client.events(), Arc::clone(&gone)));
        let session = Self {
            client,
            profile,
            global: global.clone(),
            gone,
        };
        let own = match session.own().await {
            Ok(own) => own,
            Err(error) => return Err(session.failed(error).await),
        };
        match (own, need) {
            (None, Need::Account) => {
                session.client.close().await;
                Err(CliError::new(Local::NoAccount).with("profile", &session.global.profile))
            }
            (Some(own), Need::Fresh) => {
                session.client.close().await;
                Err(CliError::new(Local::ProfileTaken)
                    .with("name", own.name)
                    .with("profile", &session.global.profile))
            }
            (None, Need::Fresh) => Ok(session),
            (Some(_), Need::Account) => session.still_in().await,
        }
    }

    /// Goes on, if the server has not sent this device away, or takes it in again.
    async fn still_in(self) -> Result<Self, CliError> {
        let gone = match self.read(|engine| engine.gone()).await {
            Ok(gone) => gone,
            Err(error) => return Err(self.failed(error).await),
        };
        let Some(code) = gone.filter(|code| code != ErrorCode::AccountSuspended.code()) else {
            // A suspension may be over; the server says when it is asked for something.
            return Ok(self);
        };
        // A removed device may have been told since to delete its data: it asks before it says that it is out.
        if code != ErrorCode::AccountDeleted.code() && self.online().await.is_ok() {
            return Ok(self);
        }
        Err(self.failed(gone_error(&code)).await)
    }

    async fn close(self, result: Result<Exit, CliError>) -> Result<Exit, CliError> {
        self.end().await?;
        result.map_err(|error| self.why(error))
    }

    /// Closes before anything was done.
    async fn failed(self, error: CliError) -> CliError {
        match self.end().await {
            Ok(()) => self.why(error),
            Err(error) => error,
        }
    }

    async fn end(&self) -> Result<(), CliError> {
        self.client.close().await;
        if self.client.end() == Some(End::Wiped) {
            self.profile.wipe()?;
        }
        Ok(())
    }

    /// What was in the way of what failed.
    fn why(&self, error: CliError) -> CliError {
        match (self.gone.get(), self.client.end()) {
            (Some(code), _) => gone_error(code.code()),
            (None, Some(End::Failed(detail))) => CliError::new(Local::StoreFailed).with("detail", detail),
            _ => error,
        }
    }

    #[must_use]
    pub const fn json(&self) -> bool {
        self.global.json
    }

    #[must_use]
    pub const fn limit(&self) -> Duration {
        Duration::from_secs(self.global.timeout)
    }

    /// Reads from the engine.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&mut Engine) -> Result<T, EngineError> + Send + 'static,
    ) -> Result<T, CliError> {
        Ok(self.client.query(read).await??)
    }

    /// This device's account.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn own(&self) -> Result<Option<OwnView>, CliError> {
        self.read(|engine| engine.own()).await
    }

    /// Waits for the server to know us.
    ///
    /// # Errors
    /// When it does not in time.
    pub async fn online(&self) -> Result<(), CliError> {
        self.link(Link::Online).await
    }

    /// Waits for the connection.
    ///
    /// # Errors
    /// When it does not come in time.
    pub async fn link(&self, link: Link) -> Result<(), CliError> {
        if self.global.offline {
            return Err(CliError::new(Local::Unreachable));
        }
        self.client
            .wait_link(link, self.limit())
            .await
            .map_err(|_| CliError::new(Local::Unreachable))
    }

    /// Catches up if there is a connection; says so if there is none, and goes on with what is here. True: caught up.
    pub async fn catch_up(&self) -> bool {
        if self.global.offline {
            return false;
        }
        if self.online().await.is_err() {
            if self.gone.get().is_none() {
                note(t!("note-offline"));
            }
            return false;
        }
        self.settle().await;
        true
    }

    /// Waits until nothing more comes.
    pub async fn settle(&self) {
        self.client.settle(QUIET, self.limit()).await;
    }

    /// Does something that needs the server.
    ///
    /// # Errors
    /// What it said.
    pub async fn act(&self, action: Action) -> Result<Outcome, CliError> {
        self.online().await?;
        self.act_anyhow(action).await
    }

    /// Does something that may wait.
    ///
    /// # Errors
    /// What the engine said.
    pub async fn act_anyhow(&self, action: Action) -> Result<Outcome, CliError> {
        let policy = if writes(&action) {
            self.read(|engine| engine.policy()).await?
        } else {
            None
        };
        match policy.filter(|policy| policy.is_outdated(env!("CARGO_PKG_VERSION"))) {
            Some(policy) => Err(CliError::new(Local::Outdated)
                .with("minimum", policy.minimum_app.unwrap_or_default())
                .with("version", env!("CARGO_PKG_VERSION"))),
            None => Ok(self.client.action(action).await?),
        }
    }

    /// Waits until the outbox is empty and these messages have left it. False: not in time, or no connection.
    ///
    /// # Errors
    /// When one of them failed.
    pub async fn wait_sent(&self, messages: &[MessageId], limit: Duration) -> Result<bool, CliError> {
        if self.global.offline {
            return Ok(false);
        }
        let deadline = tokio::time::Instant::now() + limit;
        let mut events = self.client.events();
        loop {
            let wanted = messages.to_vec();
            let (waiting, states) = self
                .read(move |engine| {
                    let states = wanted
                        .into_iter()
                        .map(|id| engine.message(id))
                        .collect::<Result<Vec<_>, _>>()?;
                    Ok((engine.outbox_len()?, states))
                })
                .await?;
            for view in states.iter().flatten() {
                if let MessageState::Failed { code } = view.state {
                    return Err(CliError::refused(code));
                }
            }
            let pending = states.iter().flatten().any(|view| view.state == MessageState::Pending);
            if waiting == 0 && !pending {
                return Ok(true);
            }
            let now = tokio::time::Instant::now();
            if now >= deadline {
                return Ok(false);
            }
            // An event may come from something else; the pause bounds what a missed one costs.
            let pause = (deadline - now).min(Duration::from_millis(200));
            if let Ok(None) = tokio::time::timeout(pause, events.next()).await {
                return Ok(false);
            }
        }
    }
}

/// Why there is nothing more to do with this account or device.
fn gone_error(code: &str) -> CliError {
    let reason = crate::texts::find(&format!("gone-{code}"), &[]).unwrap_or_else(|| t!("gone-other"));
    CliError::new(Local::Gone).with("reason", reason)
}

/// Remembers why the account went, and warns of a server that breaks the rules.
async fn watch(mut events: Events, gone: Arc<OnceLock<ErrorCode>>) {
    while let Some(event) = events.next().await {
        match event.as_ref() {
            Event::Gone(code) => {
                gone.get_or_init(|| *code);
            }
            Event::Misbehaviour { code, .. } => note(crate::words::misbehaviour(*code)),
            _ => {}
        }
    }
}

/// What a program that the organisation holds too old does not do. Confirming is always possible.
fn writes(action: &Action) -> bool {
    match action {
        Action::Send { draft, .. } => !matches!(
            draft.content,
            melder_content::Content::Acknowledgement(_) | melder_content::Content::Delete { .. }
        ),
        Action::Forward { .. } | Action::Retry(_) => true,
        _ => false,
    }
}
