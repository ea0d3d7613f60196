// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! One's own account: who am I, the PIN, the end.

use melder_engine::api::Action;

use crate::args::{Global, PinCodeCommand};
use crate::error::{CliError, Exit, Local};
use crate::find;
use crate::output::{self, ask_secret, confirm, line, note, safe_line};
use crate::session::{Need, open_profile, with};
use crate::{t, times, words};

#[derive(serde::Serialize)]
struct Whoami<'a> {
    #[serde(flatten)]
    own: &'a melder_engine::api::OwnView,
    server: Option<&'a str>,
    profile: &'a std::path::Path,
}

pub async fn whoami(global: &Global) -> Result<Exit, CliError> {
    with(global, Need::Account, async |session| {
        session.catch_up().await;
        let (own, server) = session.read(|engine| Ok((engine.own()?, engine.server()?))).await?;
        let own = own.ok_or_else(|| CliError::new(Local::NoAccount).with("profile", &global.profile))?;
        if session.json() {
            output::json(&Whoami {
                own: &own,
                server: server.as_deref(),
                profile: session.profile.folder(),
            });
            return Ok(Exit::Ok);
        }
        let kind = own.kind.map(words::account_kind).unwrap_or_default();
        let rows = [
            ("whoami-name", safe_line(&own.name)),
            ("whoami-organisation", safe_line(&own.organisation_name)),
            ("whoami-kind", kind),
            ("whoami-account", own.account.to_string()),
            ("whoami-device", find::short_id(&own.device)),
            ("whoami-server", server.unwrap_or_default()),
            ("whoami-profile", session.profile.folder().display().to_string()),
            ("whoami-ends", own.ends.map(times::long).unwrap_or_default()),
            (
                "whoami-waiting",
                if own.waiting == 0 {
                    String::new()
                } else {
                    own.waiting.to_string()
                },
            ),
        ];
        for (id, value) in rows {
            if !value.is_empty() {
                line(format!(
                    "{}  {value}",
                    console::pad_str(&t!(id), 16, console::Alignment::Left, None)
                ));
            }
        }
        line(t!(if own.online { "whoami-online" } else { "whoami-offline" }));
        Ok(Exit::Ok)
    })
    .await
}

pub async fn delete(global: &Global) -> Result<Exit, CliError> {
    let result = with(global, Need::Account, async |session| {
        let own = session.read(|engine| engine.own()).await?;
        let name = own.map(|own| safe_line(&own.name)).unwrap_or_default();
        confirm(&t!("delete-account-ask", name = name), global.yes)?;
        session.act(Action::DeleteAccount).await?;
        // The server says goodbye with the signed record, and the engine wipes the database.
        let ended = tokio::time::timeout(session.limit(), session.client.ended()).await;
        if ended.is_err() {
            note(t!("delete-account-waits"));
        }
        Ok(Exit::Ok)
    })
    .await?;
    line(t!("delete-account-done"));
    Ok(result)
}

pub async fn pin_code(global: &Global, command: PinCodeCommand) -> Result<Exit, CliError> {
    let (profile, key) = open_profile(global, Need::Account).await?;
    let pin = match command {
        PinCodeCommand::Remove => None,
        PinCodeCommand::Set => Some(new_pin()?),
    };
    let work = move || profile.set_pin(&key, pin.as_ref().map(|pin| pin.as_str()));
    tokio::task::spawn_blocking(work).await.map_err(CliError::other)??;
    line(t!(match command {
        PinCodeCommand::Set => "pin-code-set",
        PinCodeCommand::Remove => "pin-code-removed",
    }));
    Ok(Exit::Ok)
}

fn new_pin() -> Result<zeroize::Zeroizing<String>, CliError> {
    match std::env::var("MELDER_NEW_PIN") {
        Ok(pin) if !pin.is_empty() => return Ok(zeroize::Zeroizing::new(pin)),
        _ => {}
    }
    let first = ask_secret(&t!("pin-new"))?;
    let second = ask_secret(&t!("pin-again"))?;
    if *first == *second {
        Ok(first)
    } else {
        Err(CliError::new(Local::Usage).with("detail", t!("pin-differs")))
    }
}
