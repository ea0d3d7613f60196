// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What the server says of itself. Without a token too: a client asks before it has one.

use axum::Router;
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::routing::{MethodRouter, get};
use melder_protocol::ErrorCode;
use serde_json::Value;

use super::super::Api;
use super::asked::{Part, Words, base};
use super::schema::{self, MAX_RESULTS};
use super::{Answer, Bad, Which, answer, named};
use crate::directory::problem::Problem;

/// A request that asks for no more than what stands here.
struct Asked {
    base: String,
}

impl FromRequestParts<Api> for Asked {
    type Rejection = Bad;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Bad> {
        let query = Words::from_request_parts(parts, api).await?;
        if query.get("filter").is_some() {
            return Err(Problem::new(ErrorCode::Forbidden, "this list takes no filter").into());
        }
        Ok(Self {
            base: base(parts, api).await,
        })
    }
}

/// Those of one kind, by the address they are listed at.
type List = fn(&str) -> Vec<Value>;

fn list(all: List) -> MethodRouter<Api> {
    get(move |asked: Asked| async move {
        let all = all(&asked.base);
        let part = Part {
            filter: None,
            start: 1,
            count: MAX_RESULTS,
        };
        answer(StatusCode::OK, &part.list(&all, all.len() as u64))
    })
}

fn one(all: List) -> MethodRouter<Api> {
    get(move |asked: Asked, which: Which| async move {
        let which = named(which);
        let found = all(&asked.base).into_iter().find(|one| one["id"] == which.as_str());
        let found = found.ok_or_else(|| Problem::missing("resource"))?;
        Answer::Ok(answer(StatusCode::OK, &found))
    })
}

async fn provider(asked: Asked) -> Answer {
    Ok(answer(StatusCode::OK, &schema::provider(&asked.base)))
}

pub(super) fn routes() -> Router<Api> {
    Router::new()
        .route("/ServiceProviderConfig", get(provider))
        .route("/ResourceTypes", list(schema::resource_types))
        .route("/ResourceTypes/{id}", one(schema::resource_types))
        .route("/Schemas", list(schema::schemas))
        .route("/Schemas/{id}", one(schema::schemas))
}
