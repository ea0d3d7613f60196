// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What a SCIM request asks for besides its body: who asks, which part of a list, which attributes, which version it has
//! seen.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use serde_json::{Value, json};

use super::super::Api;
use super::super::ask::{Caller, Origin};
use super::filter::{self, Filter};
use super::schema::MAX_RESULTS;
use super::{BASE, Bad, SCOPES, names, resource};
use crate::directory::problem::{Outcome, Problem};
use crate::directory::{Desk, REVISION};

/// A request of a directory, its body aside.
pub(super) struct Call {
    api: Api,
    caller: Caller,
    pub(super) query: Words,
    pub(super) asked: Arc<Asked>,
}

impl FromRequestParts<Api> for Call {
    type Rejection = Bad;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Bad> {
        let caller = Caller::from_request_parts(parts, api).await?;
        let query = Words::from_request_parts(parts, api).await?;
        let base = base(parts, api).await;
        let asked = Asked::new(base, &query, &parts.headers);
        Ok(Self {
            api: api.clone(),
            caller,
            query,
            asked: Arc::new(asked),
        })
    }
}

impl Call {
    /// Does something at the desk of the caller's organisation, in one transaction.
    pub(super) async fn desk<T: Send + 'static>(
        &self,
        run: impl FnOnce(&mut Desk<'_, '_>, &Asked) -> Outcome<T> + Send + 'static,
    ) -> Result<T, Bad> {
        let asked = Arc::clone(&self.asked);
        let caller = self.caller.clone();
        Ok(self.api.desk(caller, SCOPES, move |desk| run(desk, &asked)).await?)
    }

    /// The same call, with what its body says instead of the query (RFC 7644, 3.4.3).
    pub(super) fn searching(mut self, body: &Value) -> Outcome<Self> {
        self.query = Words::of_search(body)?;
        self.asked = Arc::new(Asked {
            base: self.asked.base.clone(),
            only: self.query.get("attributes").map(str::to_owned),
            without: self.query.get("excludedAttributes").map(str::to_owned),
            if_match: None,
            if_none_match: None,
        });
        Ok(self)
    }
}

/// Under which address the caller knows us.
pub(super) async fn base(parts: &mut Parts, api: &Api) -> String {
    let origin = Origin::from_request_parts(parts, api).await;
    let address = origin.map(|origin| api.address(&origin)).unwrap_or_default();
    format!("{}{BASE}", address.trim_end_matches('/'))
}

/// The query; its names know no case.
pub(super) struct Words(HashMap<String, String>);

impl Words {
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let mut found = self.0.iter().filter(|(key, _)| key.eq_ignore_ascii_case(name));
        found.next().map(|(_, value)| value.as_str())
    }

    /// A search's body says what a list's query does.
    fn of_search(body: &Value) -> Outcome<Self> {
        let map = body.as_object();
        let map = map.ok_or_else(|| Problem::field("syntax", "must be a JSON object"))?;
        let word = |(name, value): (&String, &Value)| {
            let text = match value {
                Value::Null => return None,
                Value::String(text) => text.clone(),
                Value::Array(list) => list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(","),
                other => other.to_string(),
            };
            Some((name.clone(), text))
        };
        Ok(Self(map.iter().filter_map(word).collect()))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Words {
    type Rejection = Bad;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Bad> {
        match Query::from_request_parts(parts, state).await {
            Ok(Query(query)) => Ok(Self(query)),
            Err(rejection) => Err(Problem::field("syntax", rejection.body_text()).into()),
        }
    }
}

/// What a request has besides its body.
pub(super) struct Asked {
    pub(super) base: String,
    pub(super) only: Option<String>,
    pub(super) without: Option<String>,
    pub(super) if_match: Option<String>,
    pub(super) if_none_match: Option<String>,
}

impl Asked {
    fn new(base: String, query: &Words, headers: &HeaderMap) -> Self {
        let text = |name| {
            let value = headers.get(name).and_then(|value| value.to_str().ok());
            value.map(str::to_owned)
        };
        Self {
            base,
            only: query.get("attributes").map(str::to_owned),
            without: query.get("excludedAttributes").map(str::to_owned),
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

    /// Is an attribute asked for? Some cost a look into the store for each resource.
    pub(super) fn wants(&self, name: &str) -> bool {
        let has = |list: &str| {
            list.split(',')
                .any(|one| filter::path(one.trim()).first().is_some_and(|first| first == name))
        };
        match (&self.only, &self.without) {
            (Some(only), _) if !only.trim().is_empty() => has(only),
            (_, Some(without)) => !has(without),
            _ => true,
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
    pub(super) fn new(query: &Words) -> Outcome<Self> {
        let ask = |name: &str| query.get(name);
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

    /// What is left of this part behind a list of so many, of which so many were in it.
    pub(super) fn behind(&self, total: u64, taken: usize) -> Self {
        let total = u32::try_from(total).unwrap_or(u32::MAX);
        let taken = u32::try_from(taken).unwrap_or(u32::MAX);
        Self {
            start: self.start.saturating_sub(total).max(1),
            count: self.count.saturating_sub(taken),
            filter: self.filter.clone(),
        }
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
