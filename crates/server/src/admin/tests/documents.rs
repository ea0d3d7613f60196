// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The documents and the server say the same. `MELDER_WRITE_DOCS=1` writes them anew.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use melder_protocol::ErrorCode;

use super::*;
use crate::admin::{ROUTES, openapi};

fn docs(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(name)
}

/// The committed file is what is generated; when it is to be written anew, it is.
#[track_caller]
fn committed(name: &str, generated: &str) {
    let path = docs(name);
    if std::env::var_os("MELDER_WRITE_DOCS").is_some() {
        std::fs::write(&path, generated).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == generated,
        "docs/{name} is out of step: run the tests with MELDER_WRITE_DOCS=1"
    );
}

fn documented() -> BTreeSet<(String, String)> {
    let document: Value = serde_json::from_str(&openapi()).unwrap();
    let paths = document["paths"].as_object().unwrap();
    paths
        .iter()
        .flat_map(|(path, item)| {
            item.as_object()
                .unwrap()
                .keys()
                .map(move |method| (method.clone(), path.clone()))
        })
        .collect()
}

#[test]
fn the_committed_openapi_document_is_the_one_that_is_served() {
    assert!(openapi().contains("\"openapi\": \"3.1"));
    committed("openapi.json", &openapi());
}

#[test]
fn every_route_is_documented_and_every_documented_path_is_a_route() {
    let routes: BTreeSet<_> = ROUTES
        .iter()
        .map(|(method, path)| ((*method).to_owned(), (*path).to_owned()))
        .collect();
    assert_eq!(routes.len(), ROUTES.len());
    assert_eq!(routes, documented());
}

#[test]
fn every_operation_has_an_id_of_its_own() {
    let document: Value = serde_json::from_str(&openapi()).unwrap();
    let operations = document["paths"]
        .as_object()
        .unwrap()
        .values()
        .flat_map(|item| item.as_object().unwrap().values());
    let ids: Vec<&str> = operations
        .map(|operation| operation["operationId"].as_str().unwrap())
        .collect();
    let distinct: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!((ids.len(), distinct.len()), (ROUTES.len(), ROUTES.len()), "{ids:?}");
}

#[test]
fn every_reference_in_the_document_leads_somewhere() {
    fn references(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(map) => {
                if let Some(Value::String(reference)) = map.get("$ref") {
                    found.insert(reference.clone());
                }
                map.values().for_each(|value| references(value, found));
            }
            Value::Array(list) => list.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }
    let document: Value = serde_json::from_str(&openapi()).unwrap();
    let mut found = BTreeSet::new();
    references(&document, &mut found);
    assert!(found.len() > 20);
    for reference in found {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
}

#[tokio::test]
async fn the_document_is_served_and_every_route_but_the_doors_wants_a_token() {
    let site = Site::new().await;
    assert_eq!(site.send("GET", "/v1/openapi.json", "", None).await.text, openapi());
    for (method, path) in ROUTES {
        let path = path
            .replace("{id}", &"0".repeat(32))
            .replace("{account}", &"0".repeat(32));
        // A body that is right for no route but harmless to all: the token is looked at before what is in it.
        let reply = site.send(&method.to_uppercase(), &path, "", None).await;
        if path.ends_with("/setup") {
            reply.refused(422, "invalid_field");
        } else if super::super::document::is_open(method, &path) {
            reply.refused(403, "bad_origin");
        } else {
            reply.refused(401, "unauthorized");
            assert_eq!(reply.headers["www-authenticate"], "Bearer");
        }
        assert_eq!(reply.headers["cache-control"], "no-store");
    }
    site.stop().await;
}

#[test]
fn the_glossary_of_errors_holds_every_code() {
    let mut text = String::from(
        "<!--\nSPDX-FileCopyrightText: Melder contributors\nSPDX-License-Identifier: EUPL-1.2\n-->\n\n# Errors\n\n\
         Every refusal carries a stable code: in stream frames as a number, in the REST API as `code`. People see a\n\
         translated text instead (`locales/*/errors.ftl`). A code never changes its meaning. This page is generated\n\
         from `melder_protocol::ErrorCode`; a test keeps it in step. The HTTP status is the REST API's.\n\n\
         | number | code | HTTP | meaning |\n|---|---|---|---|\n",
    );
    for code in ErrorCode::ALL {
        let number = minicbor::to_vec(code)
            .ok()
            .and_then(|bytes| minicbor::decode::<u32>(&bytes).ok())
            .unwrap();
        let status = super::super::answer::status(&(*code).into()).as_u16();
        text += &format!(
            "| {number} | `{}` | {status} | {} |\n",
            code.code(),
            code.meaning().trim()
        );
    }
    committed("errors.md", &text);
}

#[test]
fn the_tour_names_only_routes_that_there_are() {
    let tour = std::fs::read_to_string(docs("admin-api.md")).unwrap();
    let mut seen = 0;
    for call in tour.split("$server").skip(1) {
        let path = call
            .split(|c: char| c.is_whitespace() || matches!(c, '"' | '?' | '`'))
            .next()
            .unwrap();
        // An id is cut short in the tour.
        let shape = |path: &str| {
            path.split('/')
                .map(|part| {
                    if part.ends_with('…') || part.starts_with('{') {
                        "*"
                    } else {
                        part
                    }
                })
                .collect::<Vec<_>>()
                .join("/")
        };
        assert!(ROUTES.iter().any(|(_, route)| shape(route) == shape(path)), "{path}");
        seen += 1;
    }
    assert!(seen > 20);
}
