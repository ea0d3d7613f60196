// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The privacy notice (Art. 13 GDPR) for everybody, also before they join: `GET /v1/notice/ORGANISATION`. It says what the
//! configuration says, as blocks that the app shows in its own way; it needs no login and names no person but whom the
//! organisation named for this.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, header};
use melder_papers::{Paper, privacy};
use melder_protocol::OrganisationId;

use super::Api;
use super::answer::Answer;
use super::ask::{Ask, Id};
use super::papers::{PaperQuery, facts};
use crate::directory::papers;

pub const PATH: &str = "/v1/notice/{organisation}";

/// The notice as JSON: title, whose and of when, blocks.
pub async fn notice(
    State(api): State<Api>,
    Id(id): Id<OrganisationId>,
    Ask(ask): Ask<PaperQuery>,
) -> Answer<([(HeaderName, &'static str); 1], Json<Paper>)> {
    let row = api.run(false, move |work| papers::facts(work, id)).await?;
    let facts = facts(row, api.handle.public_url(), None);
    let paper = privacy::paper(privacy::Kind::Notice, &facts, &ask.clock());
    Ok(([(header::CACHE_CONTROL, "public, max-age=300")], Json(paper)))
}
