// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Who was faster: when a change was refused because the thing is no longer as it was seen, the audit log knows who changed it.

use crate::api::{self, Ask};
use crate::model::{Admin, Line, Token};

/// How far back one looks.
const LINES: u32 = 300;

/// The names of those who act: tokens and admins, as far as one may see them.
pub async fn names() -> Vec<(String, String)> {
    let mut names = Vec::new();
    if let Ok(admins) = api::whole("admins", Admin::read).await {
        names.extend(admins.into_iter().map(|admin| (admin.id, admin.name)));
    }
    if let Ok(tokens) = api::whole("tokens", Token::read).await {
        names.extend(tokens.into_iter().map(|token| (token.id, token.name)));
    }
    names
}

/// Who last changed the thing with this id; nobody if one may not know.
pub async fn last(subject: &str) -> Option<String> {
    let lines = Ask::get("audit/check").send().await.ok()?.count("lines");
    let path = format!("audit?limit={LINES}&after={}", lines.saturating_sub(LINES));
    let lines = Ask::get(path).send().await.ok()?.list("items");
    let lines: Vec<Line> = lines.iter().map(Line::read).collect();
    let actor = lines
        .iter()
        .rev()
        .find(|line| line.subject.contains(subject))
        .and_then(|line| line.actor.clone())?;
    let names = names().await;
    let found = names.into_iter().find(|(id, _)| *id == actor);
    found.map(|(_, name)| name)
}
