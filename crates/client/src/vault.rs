// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A device's folder on disk: one per profile, readable by its owner alone.
//!
//! | file | what it is |
//! |---|---|
//! | `melder.sqlite` | the engine's database, encrypted by SQLCipher |
//! | `key` | its key: 32 random bytes, or a JSON object when a PIN is set |
//! | `lock` | held while a process uses the profile, so that never two do |
//!
//! Without a PIN the key lies beside the database, and whoever can read the folder can read the messages: the protection
//! is the system's (file mode 0600, an encrypted disk). With a PIN the key is wrapped: AES-256-GCM under a key made from the
//! PIN by Argon2id (64 MiB, 3 passes, 1 lane). A PIN is short, so a thief of the folder is slowed, not stopped; each try
//! costs about a quarter of a second and 64 MiB. On this device a wrong PIN also costs a pause that doubles: 1, 2, 4 … 60 s.
//! The count is in the folder; who can write there can reset it, which is why the slow derivation is what counts.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Key, Nonce};
use argon2::{Algorithm, Argon2, Params, Version};
use rand_core::{OsRng, RngCore};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

const KEY_FILE: &str = "key";
const DATABASE_FILE: &str = "melder.sqlite";
const LOCK_FILE: &str = "lock";
/// What the AEAD binds the wrapped key to.
const WRAP_LABEL: &[u8] = b"Melder 1 profile key";
const MEMORY_KIB: u32 = 64 * 1024;
const PASSES: u32 = 3;
const LANES: u32 = 1;
/// What a damaged or hostile key file may ask for at most.
const MOST_MEMORY_KIB: u32 = 1024 * 1024;
const MOST_PASSES: u32 = 20;
const LONGEST_PAUSE_SECONDS: u64 = 60;
/// Fewer characters than this are no PIN.
pub const SHORTEST_PIN: usize = 4;

/// The database's key.
pub type ProfileKey = Zeroizing<[u8; 32]>;

/// What can be wrong with a profile.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    #[error("another process uses this profile")]
    Locked,
    #[error("the profile has a PIN")]
    PinNeeded,
    #[error("wrong PIN")]
    WrongPin,
    #[error("the PIN has fewer than {SHORTEST_PIN} characters")]
    PinTooShort,
    #[error("there is a database, but the file with its key is gone")]
    KeyGone,
    #[error("the file with the key is damaged")]
    KeyDamaged,
    #[error("{path}: {error}")]
    Io { path: PathBuf, error: io::Error },
}

/// A key that a PIN protects, as it stands in the file.
#[derive(Debug, Serialize, Deserialize)]
struct Wrapped {
    version: u32,
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    salt: String,
    nonce: String,
    key: String,
    #[serde(default)]
    wrong_tries: u32,
}

/// A profile that this process holds.
#[derive(Debug)]
pub struct Profile {
    folder: PathBuf,
    /// Freed by the system when the process ends, however it ends.
    _lock: File,
}

/// The folder of a profile: a path is taken as it is, a name is a folder below `$XDG_DATA_HOME/melder`.
#[must_use]
pub fn profile_folder(name: &str) -> Option<PathBuf> {
    if name.contains(['/', std::path::MAIN_SEPARATOR]) || name.starts_with('.') {
        return Some(PathBuf::from(name));
    }
    let data = std::env::var_os("XDG_DATA_HOME")
        .map(PathBuf::from)
        .filter(|path| path.is_absolute())
        .or_else(|| {
            let home = std::env::var_os("HOME").or_else(|| std::env::var_os("USERPROFILE"))?;
            Some(PathBuf::from(home).join(".local/share"))
        })?;
    Some(data.join("melder").join(name))
}

impl Profile {
    /// Takes the profile in `folder`; makes the folder if there is none.
    ///
    /// # Errors
    /// When another process has it, or the folder can't be used.
    pub fn take(folder: &Path) -> Result<Self, VaultError> {
        create_private_folder(folder).map_err(|error| at(folder, error))?;
        let path = folder.join(LOCK_FILE);
        let lock = private_options()
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(|error| at(&path, error))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(VaultError::Locked),
            Err(TryLockError::Error(error)) => return Err(at(&path, error)),
        }
        Ok(Self {
            folder: folder.to_owned(),
            _lock: lock,
        })
    }

    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where the database is, or will be.
    #[must_use]
    pub fn database(&self) -> PathBuf {
        self.folder.join(DATABASE_FILE)
    }

    /// True when there is a database.
    #[must_use]
    pub fn exists(&self) -> bool {
        self.database().exists()
    }

    /// True when the key is wrapped by a PIN.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn has_pin(&self) -> Result<bool, VaultError> {
        Ok(matches!(self.read_key_file()?, Some(KeyFile::Wrapped(_))))
    }

    /// Seconds to wait before the next try of a PIN.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn pause_seconds(&self) -> Result<u64, VaultError> {
        Ok(match self.read_key_file()? {
            Some(KeyFile::Wrapped(wrapped)) if wrapped.wrong_tries > 0 => {
                (1_u64 << (wrapped.wrong_tries - 1).min(6)).min(LONGEST_PAUSE_SECONDS)
            }
            _ => 0,
        })
    }

    /// The database's key; a new profile gets one. Slow when there is a PIN: don't call it on a thread that others wait for.
    ///
    /// # Errors
    /// When a PIN is missing or wrong, or the file is damaged or gone.
    pub fn key(&self, pin: Option<&str>) -> Result<ProfileKey, VaultError> {
        match self.read_key_file()? {
            Some(KeyFile::Plain(key)) => Ok(key),
            Some(KeyFile::Wrapped(mut wrapped)) => {
                let key = wrapped.open(pin.ok_or(VaultError::PinNeeded)?);
                let tries = match key {
                    Ok(_) => 0,
                    Err(_) => wrapped.wrong_tries.saturating_add(1),
                };
                if tries != wrapped.wrong_tries {
                    wrapped.wrong_tries = tries;
                    self.write_key_file(&wrapped.to_bytes())?;
                }
                key
            }
            None if self.exists() => Err(VaultError::KeyGone),
            None => {
                let mut key = ProfileKey::default();
                OsRng.fill_bytes(key.as_mut_slice());
                self.write_key_file(key.as_slice())?;
                Ok(key)
            }
        }
    }

    /// Sets a PIN, or takes it away. The database itself is not touched.
    ///
    /// # Errors
    /// When the PIN is too short or the file can't be written.
    pub fn set_pin(&self, key: &ProfileKey, pin: Option<&str>) -> Result<(), VaultError> {
        match pin {
            None => self.write_key_file(key.as_slice()),
            Some(pin) if pin.chars().count() < SHORTEST_PIN => Err(VaultError::PinTooShort),
            Some(pin) => self.write_key_file(&Wrapped::seal(key, pin)?.to_bytes()),
        }
    }

    /// Deletes key and database. The folder and its lock stay until the process ends.
    ///
    /// # Errors
    /// When a file can't be deleted.
    pub fn wipe(&self) -> Result<(), VaultError> {
        // The key first: without it the rest is noise, whatever happens next.
        for name in [
            KEY_FILE,
            DATABASE_FILE,
            "melder.sqlite-wal",
            "melder.sqlite-shm",
            "melder.sqlite-journal",
        ] {
            let path = self.folder.join(name);
            match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(at(&path, error)),
                _ => {}
            }
        }
        Ok(())
    }

    fn read_key_file(&self) -> Result<Option<KeyFile>, VaultError> {
        let path = self.folder.join(KEY_FILE);
        let bytes = match fs::read(&path) {
            Ok(bytes) => Zeroizing::new(bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(at(&path, error)),
        };
        if let Ok(key) = <[u8; 32]>::try_from(bytes.as_slice()) {
            return Ok(Some(KeyFile::Plain(Zeroizing::new(key))));
        }
        serde_json::from_slice(&bytes)
            .map(|wrapped| Some(KeyFile::Wrapped(wrapped)))
            .map_err(|_| VaultError::KeyDamaged)
    }

    /// Whole or not at all: a power cut must not cost the key.
    fn write_key_file(&self, bytes: &[u8]) -> Result<(), VaultError> {
        let path = self.folder.join(KEY_FILE);
        let new = self.folder.join("key.new");
        let write = || {
            let mut file = private_options().create(true).truncate(true).open(&new)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            fs::rename(&new, &path)?;
            File::open(&self.folder)?.sync_all()
        };
        write().map_err(|error| at(&path, error))
    }
}

enum KeyFile {
    Plain(ProfileKey),
    Wrapped(Wrapped),
}

impl Wrapped {
    fn seal(key: &ProfileKey, pin: &str) -> Result<Self, VaultError> {
        let (mut salt, mut nonce) = ([0; 16], [0; 12]);
        OsRng.fill_bytes(&mut salt);
        OsRng.fill_bytes(&mut nonce);
        let wrapping = derive(pin, &salt, MEMORY_KIB, PASSES, LANES)?;
        let payload = Payload {
            msg: key.as_slice(),
            aad: WRAP_LABEL,
        };
        let sealed = Aes256Gcm::new(Key::<Aes256Gcm>::from_slice(wrapping.as_slice()))
            .encrypt(Nonce::from_slice(&nonce), payload)
            .map_err(|_| VaultError::KeyDamaged)?;
        Ok(Self {
            version: 1,
            memory_kib: MEMORY_KIB,
            passes: PASSES,
            lanes: LANES,
            salt: data_encoding::BASE64.encode(&salt),
            nonce: data_encoding::BASE64.encode(&nonce),
            key: data_encoding::BASE64.encode(&sealed),
            wrong_tries: 0,
        })
    }

    fn open(&self, pin: &str) -> Result<ProfileKey, VaultError> {
        let decode = |text: &str| {
            data_encoding::BASE64
                .decode(text.as_bytes())
                .map_err(|_| VaultError::KeyDamaged)
        };
        let (salt, nonce, sealed) = (decode(&self.salt)?, decode(&self.nonce)?, decode(&self.key)?);
        let sizes = nonce.len() == 12 && self.memory_kib <= MOST_MEMORY_KIB && self.passes <= MOST_PASSES;
        if self.version != 1 || !sizes {
            return Err(VaultError::KeyDamaged);
        }
        let wrapping = derive(pin, &salt, self.memory_kib, self.passes, self.lanes)?;
        let opened = Aes256Gcm::new(Key::<Aes256Gcm>::from_slice(wrapping.as_slice()))
            .decrypt(
                Nonce::from_slice(&nonce),
                Payload {
                    msg: &sealed,
                    aad: WRAP_LABEL,
                },
            )
            .map(Zeroizing::new)
            .map_err(|_| VaultError::WrongPin)?;
        let key = <[u8; 32]>::try_from(opened.as_slice()).map_err(|_| VaultError::KeyDamaged)?;
        Ok(Zeroizing::new(key))
    }

    fn to_bytes(&self) -> Vec<u8> {
        // Strings and numbers always have a JSON form.
        serde_json::to_vec_pretty(self).unwrap_or_default()
    }
}

fn derive(pin: &str, salt: &[u8], memory_kib: u32, passes: u32, lanes: u32) -> Result<ProfileKey, VaultError> {
    let params = Params::new(memory_kib, passes, lanes, Some(32)).map_err(|_| VaultError::KeyDamaged)?;
    let mut key = ProfileKey::default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(pin.as_bytes(), salt, key.as_mut_slice())
        .map_err(|_| VaultError::KeyDamaged)?;
    Ok(key)
}

fn at(path: &Path, error: io::Error) -> VaultError {
    VaultError::Io {
        path: path.to_owned(),
        error,
    }
}

fn private_options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn create_private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile() -> (tempfile::TempDir, Profile) {
        let folder = tempfile::tempdir().unwrap();
        let profile = Profile::take(folder.path()).unwrap();
        (folder, profile)
    }

    #[test]
    fn a_new_profile_gets_a_key_and_keeps_it() {
        let (_folder, profile) = profile();
        let key = profile.key(None).unwrap();
        assert_eq!(key, profile.key(None).unwrap());
        assert_ne!(key.as_slice(), [0; 32]);
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_reads_the_key() {
        use std::os::unix::fs::PermissionsExt;
        let (folder, profile) = profile();
        profile.key(None).unwrap();
        let mode = fs::metadata(folder.path().join(KEY_FILE)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_pin_wraps_the_key_and_only_it_opens_it() {
        let (folder, profile) = profile();
        let key = profile.key(None).unwrap();
        profile.set_pin(&key, Some("271828")).unwrap();
        let file = fs::read(folder.path().join(KEY_FILE)).unwrap();
        assert!(!file.windows(32).any(|window| window == key.as_slice()));
        assert!(matches!(profile.key(None), Err(VaultError::PinNeeded)));
        assert!(matches!(profile.key(Some("314159")), Err(VaultError::WrongPin)));
        assert!(matches!(profile.key(Some("314159")), Err(VaultError::WrongPin)));
        assert_eq!(profile.pause_seconds().unwrap(), 2);
        assert_eq!(profile.key(Some("271828")).unwrap(), key);
        assert_eq!(profile.pause_seconds().unwrap(), 0);
        profile.set_pin(&key, None).unwrap();
        assert_eq!(profile.key(None).unwrap(), key);
    }

    #[test]
    fn two_processes_never_use_one_profile() {
        let (folder, _profile) = profile();
        assert!(matches!(Profile::take(folder.path()), Err(VaultError::Locked)));
    }

    #[test]
    fn a_database_without_its_key_is_not_given_a_new_one() {
        let (_folder, profile) = profile();
        fs::write(profile.database(), b"ciphertext").unwrap();
        assert!(matches!(profile.key(None), Err(VaultError::KeyGone)));
    }

    #[test]
    fn a_damaged_key_file_is_named_as_such() {
        let (folder, profile) = profile();
        fs::write(folder.path().join(KEY_FILE), b"{\"version\":1").unwrap();
        assert!(matches!(profile.key(None), Err(VaultError::KeyDamaged)));
    }
}
