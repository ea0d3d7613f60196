// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What lies in the browser's storage: the database in the origin's private file system, encrypted by SQLite3 Multiple
//! Ciphers (ChaCha20-Poly1305 on each page), and the vault's record in `IndexedDB`, which changes whole or not at all.

use futures_channel::oneshot;
use js_sys::Uint8Array;
use melder_engine::{Engine, EngineError};
use melder_port::Time;
use melder_port::view::Storage;
use rsqlite_vfs::VfsFilesManager as _;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use sqlite_wasm_rs::WasmOsCallback;
use sqlite_wasm_vfs::sahpool::{OpfsSAHError, OpfsSAHPoolCfgBuilder, OpfsSAHPoolUtil, install};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{IdbDatabase, IdbFactory, IdbObjectStore, IdbOpenDbRequest, IdbRequest, IdbTransactionMode};
use zeroize::Zeroizing;

use super::js;
use crate::passkey::Slot;
use crate::vault::{Key, Record};

const FOLDER: &str = "melder";
const DATABASE: &str = "/melder.sqlite";
const VFS: &str = "multipleciphers-opfs-sahpool";
/// Files at once: the database, its journal, and room for SQLite's own.
const FILES: usize = 4;
/// A tab that has just closed may still hold the files for a moment.
const TRIES: u32 = 100;
const PAUSE_MS: u64 = 50;

const VAULT_DATABASE: &str = "melder";
const VAULT: &str = "vault";
const RECORD: &str = "record";
/// There while an alarm waits: all that is known of it without the PIN.
const ALARM: &str = "alarm";
/// The key under a passkey, where there is one.
const PASSKEY: &str = "passkey";

/// Where the service worker keeps what it must know while no page is open (`sw.js`), and what of it is about an account: which chats
/// are muted, and what it asks the server with. The language stays.
const SETTINGS: &str = "melder-settings";
const OF_THE_ACCOUNT: [&str; 2] = ["/muted", "/ticket"];

/// Why there is no database.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotOpen {
    /// The browser does not let us store.
    #[error("no storage")]
    NoStorage,
    #[error("the disk is full")]
    Full,
    /// Not with this key, or not a database any more.
    #[error("damaged, or another key")]
    Damaged,
    #[error("written by a newer version")]
    Newer,
    #[error(transparent)]
    Engine(EngineError),
}

impl From<rusqlite::Error> for NotOpen {
    fn from(error: rusqlite::Error) -> Self {
        Self::from(EngineError::from(error))
    }
}

impl From<EngineError> for NotOpen {
    fn from(error: EngineError) -> Self {
        match &error {
            EngineError::Newer => Self::Newer,
            EngineError::Damaged(_) => Self::Damaged,
            EngineError::Database(rusqlite::Error::SqliteFailure(failure, _)) => match failure.code {
                ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt => Self::Damaged,
                ErrorCode::DiskFull => Self::Full,
                _ => Self::Engine(error),
            },
            _ => Self::Engine(error),
        }
    }
}

/// Is the disk full? SQLite over OPFS sees a failed write, not why.
pub(super) fn is_full(error: &EngineError) -> bool {
    let EngineError::Database(rusqlite::Error::SqliteFailure(failure, _)) = error else {
        return false;
    };
    matches!(failure.code, ErrorCode::DiskFull | ErrorCode::SystemIoFailure)
}

/// The files of the database.
pub(super) struct Files(OpfsSAHPoolUtil);

impl Files {
    /// Takes them. Waits a while for a tab that is going.
    pub async fn take() -> Result<Self, NotOpen> {
        let config = OpfsSAHPoolCfgBuilder::new()
            .directory(FOLDER)
            .initial_capacity(FILES)
            .build();
        let mut tries = 0;
        loop {
            match install::<WasmOsCallback>(&config, true).await {
                Ok(pool) => return Ok(Self(pool)),
                Err(OpfsSAHError::Opfs { operation, message, .. })
                    if tries < TRIES && message.contains("NoModificationAllowed") =>
                {
                    if tries == 0 {
                        js::log(&format!("waiting for the storage: {operation}"));
                    }
                    tries += 1;
                    js::sleep(PAUSE_MS).await;
                }
                Err(error) => {
                    js::log(&format!("no storage: {error}"));
                    return Err(NotOpen::NoStorage);
                }
            }
        }
    }

    /// Opens the database with its key; makes it, if there is none.
    pub fn open(&self, key: &Key, now: Time) -> Result<Engine, NotOpen> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
        let connection = Connection::open_with_flags_and_vfs(DATABASE, flags, VFS)?;
        let mut pragma = Zeroizing::new(String::with_capacity(128));
        // A raw key: it has 256 random bits already, and needs no derivation. One connection has the files for itself, so
        // locks need not reach the disk, and the journal needs no shared memory.
        pragma.push_str("PRAGMA cipher = 'chacha20'; PRAGMA key = \"x'");
        data_encoding::HEXLOWER.encode_append(&key.0, &mut pragma);
        pragma.push_str("'\"; PRAGMA locking_mode = EXCLUSIVE;");
        connection.execute_batch(&pragma)?;
        connection.query_row("SELECT count(*) FROM sqlite_master", [], |_| Ok(()))?;
        Ok(Engine::open(connection, now)?)
    }

    /// Deletes everything. The database is closed.
    pub fn wipe(&self) -> bool {
        self.0.clear().is_ok()
    }
}

/// What Melder takes, and what the browser lets us have.
pub(super) async fn storage(database: u64) -> Storage {
    let manager = js::scope().navigator().storage();
    let quota = match manager.estimate() {
        Ok(promise) => JsFuture::from(promise)
            .await
            .ok()
            .and_then(|estimate| js::property(&estimate, "quota").as_f64()),
        Err(_) => None,
    };
    let persistent = match manager.persisted() {
        Ok(promise) => JsFuture::from(promise).await.is_ok_and(|value| value.is_truthy()),
        Err(_) => false,
    };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a browser's quota is a positive whole number"
    )]
    Storage {
        database,
        quota: quota.map(|quota| quota as u64),
        persistent,
    }
}

/// Deletes what the service worker keeps of the account.
pub(super) async fn forget_settings() -> Result<(), JsValue> {
    let caches = js::property(&js_sys::global(), "caches");
    let opened = js::call(&caches, "open", &[&SETTINGS.into()])?;
    let settings = JsFuture::from(js_sys::Promise::resolve(&opened)).await?;
    for path in OF_THE_ACCOUNT {
        let deleted = js::call(&settings, "delete", &[&path.into()])?;
        JsFuture::from(js_sys::Promise::resolve(&deleted)).await?;
    }
    Ok(())
}

/// Where the vault's record lies.
pub(super) struct Vault(IdbDatabase);

impl Vault {
    pub async fn open() -> Result<Self, JsValue> {
        let factory: IdbFactory = js::property(&js_sys::global(), "indexedDB").dyn_into()?;
        let request = factory.open_with_u32(VAULT_DATABASE, 1)?;
        let opening = request.clone();
        let upgrade = Closure::<dyn FnMut()>::new(move || {
            let made = opening
                .result()
                .and_then(|database| database.dyn_into::<IdbDatabase>())
                .and_then(|database| database.create_object_store(VAULT));
            if made.is_err() {
                js::log("the vault could not be made");
            }
        });
        request.set_onupgradeneeded(Some(upgrade.as_ref().unchecked_ref()));
        let opened = done(request.unchecked_ref::<IdbOpenDbRequest>().as_ref()).await?;
        Ok(Self(opened.dyn_into()?))
    }

    fn store(&self, write: bool) -> Result<IdbObjectStore, JsValue> {
        let mode = if write {
            IdbTransactionMode::Readwrite
        } else {
            IdbTransactionMode::Readonly
        };
        // "Strict": the count of wrong PINs must be on the disk before the PIN is tried.
        let options = js_sys::Object::new();
        js_sys::Reflect::set(&options, &"durability".into(), &"strict".into())?;
        let mode = JsValue::from(mode);
        let transaction = js::call(&self.0, "transaction", &[&VAULT.into(), &mode, &options])?;
        transaction
            .unchecked_into::<web_sys::IdbTransaction>()
            .object_store(VAULT)
    }

    /// `Err`: it can't be read, or is damaged.
    pub async fn read(&self) -> Result<Option<Record>, JsValue> {
        let value = done(&self.store(false)?.get(&RECORD.into())?).await?;
        if value.is_undefined() {
            return Ok(None);
        }
        let bytes = value.dyn_into::<Uint8Array>()?.to_vec();
        melder_port::decode(&bytes)
            .map(Some)
            .map_err(|_| JsValue::from_str("damaged record"))
    }

    /// On the disk when it returns.
    pub async fn write(&self, record: &Record) -> Result<(), JsValue> {
        let bytes = melder_port::encode(record).map_err(|_| JsValue::from_str("record"))?;
        let store = self.store(true)?;
        let finished = finished(&store.transaction());
        done(&store.put_with_key(&Uint8Array::from(bytes.as_slice()), &RECORD.into())?).await?;
        finished.await
    }

    /// `None` also if it can't be read: then there is the PIN.
    pub async fn passkey(&self) -> Option<Slot> {
        let request = self.store(false).ok()?.get(&PASSKEY.into()).ok()?;
        let bytes = done(&request).await.ok()?.dyn_into::<Uint8Array>().ok()?;
        melder_port::decode(&bytes.to_vec()).ok()
    }

    pub async fn set_passkey(&self, slot: Option<&Slot>) -> Result<(), JsValue> {
        let store = self.store(true)?;
        let finished = finished(&store.transaction());
        match slot {
            Some(slot) => {
                let bytes = melder_port::encode(slot).map_err(|_| JsValue::from_str("passkey"))?;
                done(&store.put_with_key(&Uint8Array::from(bytes.as_slice()), &PASSKEY.into())?).await?;
            }
            None => {
                done(&store.delete(&PASSKEY.into())?).await?;
            }
        }
        finished.await
    }

    /// Does an alarm wait?
    pub async fn alarm(&self) -> bool {
        match self.store(false).and_then(|store| store.get(&ALARM.into())) {
            Ok(request) => done(&request).await.is_ok_and(|value| value.is_truthy()),
            Err(_) => false,
        }
    }

    pub async fn set_alarm(&self, waits: bool) -> Result<(), JsValue> {
        let store = self.store(true)?;
        let finished = finished(&store.transaction());
        if waits {
            done(&store.put_with_key(&JsValue::TRUE, &ALARM.into())?).await?;
        } else {
            done(&store.delete(&ALARM.into())?).await?;
        }
        finished.await
    }

    pub async fn wipe(&self) -> Result<(), JsValue> {
        let store = self.store(true)?;
        let finished = finished(&store.transaction());
        done(&store.clear()?).await?;
        finished.await
    }
}

async fn done(request: &IdbRequest) -> Result<JsValue, JsValue> {
    let (sender, receiver) = oneshot::channel();
    let mut sender = Some(sender);
    let call = Closure::<dyn FnMut()>::new(move || {
        if let Some(sender) = sender.take() {
            let _ = sender.send(());
        }
    });
    request.set_onsuccess(Some(call.as_ref().unchecked_ref()));
    request.set_onerror(Some(call.as_ref().unchecked_ref()));
    let _ = receiver.await;
    request.set_onsuccess(None);
    request.set_onerror(None);
    match request.error()? {
        Some(error) => Err(error.into()),
        None => request.result(),
    }
}

fn finished(transaction: &web_sys::IdbTransaction) -> impl Future<Output = Result<(), JsValue>> + use<> {
    let (sender, receiver) = oneshot::channel();
    let mut sender = Some(sender);
    let call = Closure::<dyn FnMut()>::new(move || {
        if let Some(sender) = sender.take() {
            let _ = sender.send(());
        }
    });
    transaction.set_oncomplete(Some(call.as_ref().unchecked_ref()));
    transaction.set_onabort(Some(call.as_ref().unchecked_ref()));
    let transaction = transaction.clone();
    async move {
        let _ = receiver.await;
        drop(call);
        match transaction.error() {
            Some(error) => Err(error.into()),
            None => Ok(()),
        }
    }
}
