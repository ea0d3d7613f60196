// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What a SCIM request asks for besides its body: which part of a list, which attributes, which version it has seen.

use std::collections::HashMap;

use axum::http::{HeaderMap, header};
use serde_json::{Value, json};

use super::super::Api;
use super::super::ask::Origin;
use super::filter::{self, Filter};
use super::schema::MAX_RESULTS;
use super::{BASE, names, resource};
use crate::directory::REVISION;
use crate::directory::problem::{Outcome, Problem};

/// What a request has besides its body.
pub(super) struct Asked {
    pub(super) base: String,
    pub(super) only: Option<String>,
    pub(super) without: Option<String>,
    pub(super) if_match: Option<String>,
    pub(super) if_none_match: Option<String>,
}

impl Asked {
    pub(super) fn new(api: &Api, origin: &Origin, query: &HashMap<String, String>, headers: &HeaderMap) -> Self {
        let text = |name| {
            headers
                .get(name)
                .and_then(|value| value.to_str().ok())
                .map(str::to_owned)
        };
        let ask = |name: &str| {
            let found = query.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
            found.map(|(_, value)| value.clone())
        };
        Self {
            base: format!("{}{BASE}", api.address(origin).trim_end_matches('/')),
            only: ask("attributes"),
            without: ask("excludedAttributes"),
            if_match: text(header::IF_MATCH),
            if_none_match: text(header::IF_NONE_MATCH),
        }
    }

    /// Refuses a change to what somebody else has changed since.
    pub(super) fn unchanged(&self, version: &str) -> Outcome<()> {
        match self.if_match.as_deref() {
            None => Ok(()),
            Some(tags) if names_it(tags, version) => Ok(()),
            Some(_) => Err(Problem::conflict("somebody else changed it in the meantime").at(REVISION)),
        }
    }

    pub(super) fn is_known(&self, version: &str) -> bool {
        self.if_none_match
            .as_deref()
            .is_some_and(|tags| names_it(tags, version))
    }

    /// Are a group's members asked for? There may be many.
    pub(super) fn members(&self) -> bool {
        let has = |list: &Option<String>| {
            let list = list.as_deref().unwrap_or_default().to_ascii_lowercase();
            list.split(',').any(|name| name.trim().starts_with("members"))
        };
        if self.only.is_some() {
            has(&self.only)
        } else {
            !has(&self.without)
        }
    }

    pub(super) fn shown(&self, mut resource: Value) -> Value {
        resource::project(&mut resource, self.only.as_deref(), self.without.as_deref());
        resource
    }
}

fn names_it(tags: &str, version: &str) -> bool {
    let bare = |tag: &str| tag.trim().trim_start_matches("W/").trim_matches('"').to_owned();
    tags.split(',')
        .any(|tag| tag.trim() == "*" || bare(tag) == bare(version))
}

/// Which part of a list.
pub(super) struct Part {
    pub(super) filter: Option<Filter>,
    pub(super) start: u32,
    pub(super) count: u32,
}

impl Part {
    pub(super) fn new(query: &HashMap<String, String>) -> Outcome<Self> {
        let ask = |name: &str| {
            let found = query.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
            found.map(|(_, value)| value.as_str())
        };
        // What is no number is taken for the nearest one, as the RFC says of those that are too small.
        let number = |name, usual: i64| ask(name).map_or(Ok(usual), str::parse);
        let bad = |name| move |_: std::num::ParseIntError| Problem::field(name, "must be a number");
        let start = number("startIndex", 1).map_err(bad("startIndex"))?.max(1);
        let count = number("count", 100).map_err(bad("count"))?.clamp(0, MAX_RESULTS.into());
        let filter = ask("filter").map(filter::parse).transpose();
        Ok(Self {
            filter: filter.map_err(|error| Problem::field("filter", error.to_string()))?,
            start: u32::try_from(start).unwrap_or(u32::MAX),
            count: u32::try_from(count).unwrap_or(MAX_RESULTS),
        })
    }

    pub(super) const fn skip(&self) -> u32 {
        self.start - 1
    }

    /// This part of what was found.
    pub(super) fn of<T>(&self, found: Vec<T>) -> (Vec<T>, u64) {
        let total = found.len() as u64;
        let part = found.into_iter().skip(self.skip() as usize);
        (part.take(self.count as usize).collect(), total)
    }

    pub(super) fn list(&self, resources: &[Value], total: u64) -> Value {
        json!({
            "schemas": [names::LIST],
            "totalResults": total,
            "startIndex": self.start,
            "itemsPerPage": resources.len(),
            "Resources": resources,
        })
    }
}
