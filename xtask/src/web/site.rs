// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The folder that is served: each file written and compressed once, what is left from before taken away, sizes told.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use brotli::enc::BrotliEncoderParams;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::Build;
use crate::shell::Result;

/// Where files lie whose names carry their hash.
const ASSETS: &str = "assets";
/// What [`Site::tell`] writes.
const SIZES: &str = "sizes.json";
/// What compressing gains little on.
const COMPRESSED: [&str; 2] = ["woff2", "png"];
/// In bytes, compressed: what the issue asks for.
const LIMITS: [(&str, u64); 3] = [("ui", 400_000), ("leitstand", 400_000), ("engine", 1_400_000)];

/// A file as it will lie there.
#[derive(Debug)]
struct File {
    name: String,
    bytes: u64,
    compressed: u64,
}

/// What a thread that writes one answers.
type Written = std::result::Result<File, String>;

/// The folder, while it is filled.
#[derive(Debug)]
pub struct Site {
    folder: PathBuf,
    build: Build,
    /// By path within the folder.
    files: BTreeMap<String, Pending>,
}

#[derive(Debug)]
struct Pending {
    name: String,
    bytes: Vec<u8>,
}

impl Site {
    pub const fn new(folder: PathBuf, build: Build) -> Self {
        Self {
            folder,
            build,
            files: BTreeMap::new(),
        }
    }

    /// Adds a file under a name that carries its hash; the answer is its address.
    pub fn asset(&mut self, name: &str, bytes: &[u8]) -> Result<String> {
        let (stem, ending) = name.rsplit_once('.').ok_or("a file needs an ending")?;
        let path = format!("{ASSETS}/{stem}.{}.{ending}", hash(bytes));
        self.put(&path, name, bytes);
        Ok(format!("/{path}"))
    }

    /// Adds a file under its own name.
    pub fn plain(&mut self, name: &str, bytes: &[u8]) {
        self.put(name, name, bytes);
    }

    fn put(&mut self, path: &str, name: &str, bytes: &[u8]) {
        let pending = Pending {
            name: name.to_owned(),
            bytes: bytes.to_vec(),
        };
        self.files.insert(path.to_owned(), pending);
    }

    /// The addresses of all assets so far.
    pub fn assets(&self) -> Vec<String> {
        let assets = self.files.keys().filter(|path| path.starts_with(ASSETS));
        assets.map(|path| format!("/{path}")).collect()
    }

    /// Writes what is not there yet, takes away what is not wanted any more, and tells the sizes.
    pub fn finish(self) -> Result {
        fs::create_dir_all(self.folder.join(ASSETS))?;
        let written: Vec<Written> = thread::scope(|scope| {
            let (folder, quality, keep) = (&self.folder, self.quality(), self.was_built_so());
            let jobs: Vec<_> = self
                .files
                .iter()
                .map(|(path, pending)| scope.spawn(move || write(&folder.join(path), pending, quality, keep)))
                .collect();
            let joined = jobs.into_iter().map(|job| match job.join() {
                Ok(file) => file,
                Err(_) => Err("a file could not be written".to_owned()),
            });
            joined.collect()
        });
        let files: Vec<File> = written.into_iter().collect::<std::result::Result<_, String>>()?;
        self.sweep()?;
        self.tell(&files)
    }

    /// The best takes a quarter of a minute for the engine.
    const fn quality(&self) -> i32 {
        match self.build {
            Build::Shipped => 11,
            Build::Quick => 5,
        }
    }

    /// Whether what lies there was compressed as well as it shall be now: a quick try must not be what is shipped.
    fn was_built_so(&self) -> bool {
        let told = fs::read(self.folder.join(SIZES)).ok();
        let told = told.and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
        told.is_some_and(|told| told["build"] == self.build.profile())
    }

    fn sweep(&self) -> Result {
        for folder in [self.folder.clone(), self.folder.join(ASSETS)] {
            for entry in fs::read_dir(&folder)? {
                let path = entry?.path();
                let name = path.strip_prefix(&self.folder)?.to_string_lossy().into_owned();
                let plain = name.strip_suffix(".br").unwrap_or(&name);
                if path.is_file() && name != SIZES && !self.files.contains_key(plain) {
                    fs::remove_file(&path)?;
                }
            }
        }
        Ok(())
    }

    fn tell(&self, files: &[File]) -> Result {
        let of = |wanted: &'static str| {
            let part = files.iter().filter(move |file| part(&file.name) == wanted);
            part.map(|file| file.compressed)
        };
        // A person reads one language: the longer one counts.
        let sum = |wanted: &'static str| -> u64 {
            let texts = if wanted == "ui" { of("texts").max() } else { None };
            of(wanted).sum::<u64>() + texts.unwrap_or(0)
        };
        let list: Vec<_> = files
            .iter()
            .map(|file| json!({"name": file.name, "bytes": file.bytes, "compressed": file.compressed}))
            .collect();
        let mut parts = serde_json::Map::new();
        for (name, limit) in LIMITS {
            let bytes = sum(name);
            let word = if bytes <= limit { "of" } else { "OVER" };
            println!("    {name}: {} kB {word} {} kB", bytes / 1_000, limit / 1_000);
            parts.insert(name.to_owned(), json!({"compressed": bytes, "limit": limit}));
        }
        println!(
            "    fetched when it is opened: {} kB, fonts: {} kB, the rest: {} kB",
            sum("later") / 1_000,
            sum("fonts") / 1_000,
            sum("rest") / 1_000
        );
        if self.build == Build::Quick {
            println!("    (quick: not made small)");
        }
        let sizes = json!({"build": self.build.profile(), "parts": parts, "files": list});
        fs::write(self.folder.join(SIZES), serde_json::to_vec_pretty(&sizes)?)?;
        Ok(())
    }
}

/// What a file belongs to.
fn part(name: &str) -> &'static str {
    match name {
        "engine.wasm" | "engine.js" | "worker.js" => "engine",
        "app.wasm" | "app.js" | "app.css" | "boot.js" | "start.js" | "index.html" => "ui",
        name if name.starts_with("split_") || name.starts_with("chunk_") => "later",
        name if name.ends_with(".ftl") => "texts",
        "leit.wasm" | "leit.js" | "leit.css" | "leit-start.js" | "leitstand.html" => "leitstand",
        name if name.ends_with(".woff2") => "fonts",
        _ => "rest",
    }
}

/// Sixteen digits: what is wanted is another name for another content, not resistance to forgers.
fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes)[..8]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// Writes a file and its compressed form, unless they are there (`keep`: and compressed as well as wanted).
fn write(to: &Path, pending: &Pending, quality: i32, keep: bool) -> Written {
    let failed = |error: std::io::Error| format!("{}: {error}", to.display());
    let is_there = fs::read(to).is_ok_and(|there| there == pending.bytes);
    if !is_there {
        fs::write(to, &pending.bytes).map_err(failed)?;
    }
    let bytes = pending.bytes.len() as u64;
    let ending = to.extension().unwrap_or_default().to_string_lossy().into_owned();
    let compressed = if COMPRESSED.contains(&ending.as_str()) {
        bytes
    } else {
        let packed = to.with_extension(format!("{ending}.br"));
        if !(is_there && keep && packed.exists()) {
            fs::write(&packed, compress(&pending.bytes, quality).map_err(failed)?).map_err(failed)?;
        }
        fs::metadata(&packed).map_err(failed)?.len()
    };
    Ok(File {
        name: pending.name.clone(),
        bytes,
        compressed,
    })
}

fn compress(bytes: &[u8], quality: i32) -> std::io::Result<Vec<u8>> {
    let params = BrotliEncoderParams {
        quality,
        lgwin: 24,
        size_hint: bytes.len(),
        ..BrotliEncoderParams::default()
    };
    let mut out = Vec::new();
    brotli::BrotliCompress(&mut &*bytes, &mut out, &params)?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::{compress, hash, part};

    #[test]
    fn another_content_has_another_name() {
        assert_eq!(hash(b"a").len(), 16);
        assert_ne!(hash(b"a"), hash(b"b"));
    }

    #[test]
    fn what_is_compressed_can_be_read_again() {
        let text = b"Sperrung am Marienplatz. ".repeat(100);
        let packed = compress(&text, 5).unwrap();
        assert!(packed.len() < 100);
        let mut plain = Vec::new();
        brotli::BrotliDecompress(&mut packed.as_slice(), &mut plain).unwrap();
        assert_eq!(plain, text);
    }

    #[test]
    fn the_engine_is_not_the_surface() {
        assert_eq!((part("engine.wasm"), part("app.css")), ("engine", "ui"));
    }
}
