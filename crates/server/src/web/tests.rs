// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What a browser is sent, and what nobody is.

use std::fs;
use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use tempfile::TempDir;
use tower::ServiceExt as _;

use super::{PAGES, Site, router};

/// A folder as the build makes it, and beside it what must stay where it is.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let web = folder.path().join("web");
    fs::create_dir_all(web.join("assets/inner")).unwrap();
    for (name, text) in [
        ("web/index.html", "<!doctype html>page"),
        ("web/sw.js", "worker"),
        ("web/manifest.webmanifest", "{}"),
        ("web/favicon.svg", "<svg/>"),
        ("web/sizes.json", "{}"),
        ("web/assets/app.0a.js", "script"),
        ("web/assets/app.0a.js.br", "packed"),
        ("web/assets/app.0a.wasm", "program"),
        ("web/assets/.hidden.js", "hidden"),
        ("web/assets/inner/deep.js", "deep"),
        ("web/assets/key.pem", "private key"),
        ("secret.js", "secret"),
    ] {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

struct Got {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

impl Got {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

async fn get(path: &str, headers: &[(header::HeaderName, &str)]) -> Got {
    let folder = folder();
    let router = router(Arc::new(Site::load(&folder.path().join("web")).unwrap()));
    let mut request = Request::get(path).body(Body::empty()).unwrap();
    for (name, value) in headers {
        request.headers_mut().insert(name, value.parse().unwrap());
    }
    let response = router.oneshot(request).await.unwrap();
    Got {
        status: response.status(),
        headers: response.headers().clone(),
        text: String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap(),
    }
}

#[tokio::test]
async fn every_address_of_the_app_is_the_page() {
    for page in PAGES {
        let got = get(&format!("/{page}"), &[]).await;
        assert_eq!(
            (got.status, got.text.as_str()),
            (StatusCode::OK, "<!doctype html>page"),
            "{page}"
        );
        assert_eq!(got.header("cache-control"), "no-cache");
    }
    for path in ["/chat/0123/info", "/devices/link", "/join?x=1"] {
        assert_eq!(get(path, &[]).await.text, "<!doctype html>page", "{path}");
    }
}

#[tokio::test]
async fn what_the_app_does_not_know_is_not_the_page() {
    for path in ["/setup", "/v1/accounts", "/sizes.json", "/index.html", "/nowhere"] {
        assert_eq!(get(path, &[]).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn content_types_are_those_that_browsers_insist_on() {
    for (path, kind) in [
        ("/", "text/html; charset=utf-8"),
        ("/sw.js", "text/javascript; charset=utf-8"),
        ("/manifest.webmanifest", "application/manifest+json"),
        ("/favicon.svg", "image/svg+xml"),
        ("/assets/app.0a.js", "text/javascript; charset=utf-8"),
        ("/assets/app.0a.wasm", "application/wasm"),
    ] {
        assert_eq!(get(path, &[]).await.header("content-type"), kind, "{path}");
    }
}

#[tokio::test]
async fn every_answer_is_strict() {
    for path in ["/", "/chat/1", "/assets/app.0a.js", "/sw.js", "/assets/none.js"] {
        let got = get(path, &[]).await;
        let policy = got.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; "), "{path}");
        assert!(policy.contains("require-trusted-types-for 'script'"), "{path}");
        assert!(
            !policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"),
            "{path}"
        );
        assert_eq!(got.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(got.header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(got.header("cross-origin-opener-policy"), "same-origin", "{path}");
        assert_eq!(got.header("cross-origin-resource-policy"), "same-origin", "{path}");
        assert!(got.header("permissions-policy").contains("camera=(self)"), "{path}");
    }
}

#[tokio::test]
async fn an_asset_stays_for_a_year_and_comes_packed_to_who_can_unpack() {
    let plain = get("/assets/app.0a.js", &[(header::ACCEPT_ENCODING, "gzip, br;q=0")]).await;
    assert_eq!((plain.text.as_str(), plain.header("content-encoding")), ("script", ""));
    assert_eq!(plain.header("cache-control"), "public, max-age=31536000, immutable");
    let packed = get("/assets/app.0a.js", &[(header::ACCEPT_ENCODING, "gzip, deflate, br")]).await;
    assert_eq!(
        (packed.text.as_str(), packed.header("content-encoding")),
        ("packed", "br")
    );
    assert_eq!(packed.header("vary"), "accept-encoding");
    let unpacked = get("/assets/app.0a.wasm", &[(header::ACCEPT_ENCODING, "br")]).await;
    assert_eq!(
        (unpacked.text.as_str(), unpacked.header("content-encoding")),
        ("program", "")
    );
}

#[tokio::test]
async fn a_page_that_has_not_changed_is_not_sent_again() {
    let first = get("/", &[]).await;
    let again = get("/", &[(header::IF_NONE_MATCH, first.header("etag"))]).await;
    assert_eq!((again.status, again.text.as_str()), (StatusCode::NOT_MODIFIED, ""));
    let other = get("/", &[(header::IF_NONE_MATCH, "\"else\"")]).await;
    assert_eq!(other.status, StatusCode::OK);
}

#[tokio::test]
async fn no_way_leads_out_of_the_folder() {
    for path in [
        "/assets/../index.html",
        "/assets/..%2f..%2fsecret.js",
        "/assets/%2e%2e/%2e%2e/secret.js",
        "/assets/..%5c..%5csecret.js",
        "/assets//etc/passwd",
        "/assets/%2fetc%2fpasswd",
        "/assets/inner/deep.js",
        "/assets/inner%2fdeep.js",
        "/assets/.hidden.js",
        "/assets/key.pem",
        "/assets/app.0a.js.br",
        "/assets/app.0a.js%00",
        "/assets/",
        "/../secret.js",
    ] {
        let got = get(path, &[]).await;
        assert_eq!(got.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[test]
fn a_folder_without_an_app_is_refused_by_name() {
    let empty = tempfile::tempdir().unwrap();
    let error = Site::load(empty.path()).unwrap_err();
    assert!(
        error.to_string().contains("sw.js") || error.to_string().contains("index.html"),
        "{error}"
    );
}
