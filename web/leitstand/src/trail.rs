// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Who was faster: when a change was refused because the thing is no longer as it was seen, the audit log knows who changed it.

use crate::api::{Ask, Problem};
use crate::json::Json;
use crate::model::Line;

/// How far back one looks.
const LINES: u32 = 300;

/// Sends a change. Refused because somebody else was faster, it names them, where that is known. `subject`: the id of what
/// is changed, or the beginning of the log's word for it; none for what is new.
pub async fn sent(ask: Ask, subject: Option<&str>) -> Result<Json, Problem> {
    match (ask.send().await, subject) {
        (Err(problem), Some(subject)) if problem.is_overtaken() => Err(Problem {
            message: last(subject).await.unwrap_or_default(),
            field: None,
            ..problem
        }),
        (answer, _) => answer,
    }
}

/// Who last changed the thing with this id, or did something of this name; nobody if one may not know.
pub async fn last(subject: &str) -> Option<String> {
    let lines = Ask::get("audit/check").send().await.ok()?.count("lines");
    let path = format!("audit?limit={LINES}&after={}", lines.saturating_sub(LINES));
    let lines = Ask::get(path).send().await.ok()?.list("items");
    let lines: Vec<Line> = lines.iter().map(Line::read).collect();
    let found = lines
        .into_iter()
        .rev()
        .find(|line| line.subject.contains(subject) || line.action.starts_with(subject))?;
    found.actor_name
}
