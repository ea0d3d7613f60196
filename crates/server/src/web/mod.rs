// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The web app, handed out: a folder that `cargo xtask web` made, read into memory when the server starts.
//!
//! What is asked for is looked up by its whole name among what was read then; no path ever reaches the disk. The server
//! knows nothing of what the app does: it sends the same page for each of the app's addresses. The headers are as strict as
//! can be, so that even a hole in the app runs no foreign script and reaches no foreign server.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path as Named, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;
use sha2::{Digest as _, Sha256};

#[cfg(test)]
mod tests;

/// The first parts of the app's addresses. `xtask/src/web/page.rs` tells the service worker the same.
const PAGES: [&str; 14] = [
    "",
    "join",
    "link",
    "chat",
    "alarms",
    "contacts",
    "contact",
    "profile",
    "devices",
    "security",
    "notifications",
    "help",
    "search",
    "new",
];
/// What lies beside the page under a name of its own.
const PLAIN: [&str; 3] = ["sw.js", "manifest.webmanifest", "favicon.svg"];
const INDEX: &str = "index.html";
/// The Leitstand's addresses and page: administration has a program of its own. A folder without it is served as it is.
const DESK_PAGES: [&str; 2] = ["leitstand", "setup"];
const DESK: &str = "leitstand.html";
const ASSETS: &str = "assets";

/// Scripts and programs are ours alone, and nothing is built from text; `blob:` is what was decrypted here.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; \
img-src 'self' blob: data:; media-src 'self' blob:; font-src 'self'; style-src 'self'; manifest-src 'self'; \
base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types default";

const HEADERS: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(self), microphone=(self), geolocation=(self), publickey-credentials-get=(self), \
publickey-credentials-create=(self), display-capture=(), payment=(), usb=(), serial=(), bluetooth=(), midi=()",
    ),
];

/// A file as it is sent.
struct File {
    plain: Bytes,
    brotli: Option<Bytes>,
    kind: &'static str,
    tag: HeaderValue,
}

/// All files, by their address.
pub(crate) struct Site(BTreeMap<String, File>);

impl std::fmt::Debug for Site {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Site").field("files", &self.0.len()).finish()
    }
}

impl Site {
    /// Reads the folder.
    ///
    /// # Errors
    /// When it can't be read, or holds no app.
    pub(crate) fn load(folder: &Path) -> io::Result<Self> {
        let mut site = Self(BTreeMap::new());
        for name in PLAIN.into_iter().chain([INDEX]) {
            site.add(name, &folder.join(name))?;
        }
        if folder.join(DESK).is_file() {
            site.add(DESK, &folder.join(DESK))?;
        }
        for entry in std::fs::read_dir(folder.join(ASSETS))? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if entry.file_type()?.is_file() && !name.starts_with('.') && kind(&name).is_some() {
                site.add(&format!("{ASSETS}/{name}"), &entry.path())?;
            }
        }
        Ok(site)
    }

    fn add(&mut self, name: &str, path: &Path) -> io::Result<()> {
        let failed = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
        let plain = Bytes::from(std::fs::read(path).map_err(failed)?);
        let mut packed = path.as_os_str().to_owned();
        packed.push(".br");
        let brotli = match std::fs::read(PathBuf::from(packed)) {
            Ok(bytes) => Some(Bytes::from(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(failed(error)),
        };
        let hash = data_encoding::HEXLOWER.encode(&Sha256::digest(&plain)[..16]);
        let file = File {
            brotli,
            kind: kind(name).unwrap_or("application/octet-stream"),
            tag: HeaderValue::try_from(format!("\"{hash}\"")).map_err(io::Error::other)?,
            plain,
        };
        self.0.insert(name.to_owned(), file);
        Ok(())
    }

    fn answer(&self, name: &str, asked: &HeaderMap) -> Response {
        let mut response = match self.0.get(name) {
            None => (StatusCode::NOT_FOUND, "not found\n").into_response(),
            Some(file) => file.answer(name.starts_with(ASSETS), asked),
        };
        for (name, value) in HEADERS {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        response
    }
}

impl File {
    /// `lasting`: its name carries its hash, so what has this name never changes.
    fn answer(&self, lasting: bool, asked: &HeaderMap) -> Response {
        let is_known = list(asked, &header::IF_NONE_MATCH)
            .any(|tag| tag == "*" || tag.trim_start_matches("W/").as_bytes() == self.tag.as_bytes());
        let mut response = if is_known {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            let brotli = self.brotli.as_ref().filter(|_| takes_brotli(asked));
            let mut response = brotli.unwrap_or(&self.plain).clone().into_response();
            let headers = response.headers_mut();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.kind));
            if brotli.is_some() {
                headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
            }
            response
        };
        let caching = if lasting {
            "public, max-age=31536000, immutable"
        } else {
            "no-cache"
        };
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
        headers.insert(header::ETAG, self.tag.clone());
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        response
    }
}

/// What is in a header that is a list, over all its lines.
fn list<'h>(headers: &'h HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'h str> {
    let lines = headers.get_all(name).into_iter();
    lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(',').map(str::trim))
}

fn takes_brotli(asked: &HeaderMap) -> bool {
    list(asked, &header::ACCEPT_ENCODING).any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        let is_brotli = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("br"));
        // `q=0` says "not this".
        let is_refused = parts
            .filter_map(|part| part.strip_prefix("q="))
            .any(|weight| weight.parse::<f32>().is_ok_and(|weight| weight <= 0.0));
        is_brotli && !is_refused
    })
}

/// The content type of what the app consists of; nothing else is handed out.
fn kind(name: &str) -> Option<&'static str> {
    Some(match name.rsplit_once('.')?.1 {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "ftl" => "text/plain; charset=utf-8",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "woff2" => "font/woff2",
        "webmanifest" => "application/manifest+json",
        _ => return None,
    })
}

/// The app's addresses.
pub(crate) fn router(site: Arc<Site>) -> Router {
    let mut router = Router::new().route("/assets/{name}", get(asset));
    for page in PAGES {
        router = router.route(&format!("/{page}"), get(index));
        if !page.is_empty() {
            router = router.route(&format!("/{page}/{{*rest}}"), get(index));
        }
    }
    for page in DESK_PAGES {
        router = router
            .route(&format!("/{page}"), get(desk))
            .route(&format!("/{page}/{{*rest}}"), get(desk));
    }
    for name in PLAIN {
        let plain = move |State(site): State<Arc<Site>>, asked: HeaderMap| async move { site.answer(name, &asked) };
        router = router.route(&format!("/{name}"), get(plain));
    }
    router.with_state(site)
}

async fn index(State(site): State<Arc<Site>>, asked: HeaderMap) -> Response {
    site.answer(INDEX, &asked)
}

async fn desk(State(site): State<Arc<Site>>, asked: HeaderMap) -> Response {
    site.answer(DESK, &asked)
}

async fn asset(State(site): State<Arc<Site>>, Named(name): Named<String>, asked: HeaderMap) -> Response {
    site.answer(&format!("{ASSETS}/{name}"), &asked)
}
