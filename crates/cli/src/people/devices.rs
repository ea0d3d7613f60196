// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! One's own devices, and the recovery code.

use melder_engine::api::{Action, Outcome};
use melder_protocol::account::DeviceInfo;
use serde::Serialize;

use crate::args::{DevicesCommand, Global};
use crate::error::{CliError, Exit};
use crate::find;
use crate::output::{self, confirm, line, note, safe_line, table};
use crate::session::{Need, Session, with};
use crate::{t, times};

#[derive(Serialize)]
struct DeviceJson<'a> {
    device: melder_protocol::DeviceId,
    name: &'a str,
    added: melder_protocol::Time,
    last_used: Option<melder_protocol::Time>,
    this: bool,
}

async fn fetch(session: &Session) -> Result<Vec<DeviceInfo>, CliError> {
    match session.act(Action::ListDevices).await? {
        Outcome::Devices(devices) => Ok(devices),
        _ => Ok(Vec::new()),
    }
}

pub async fn run(global: &Global, command: DevicesCommand) -> Result<Exit, CliError> {
    with(global, Need::Account, async |session| {
        let devices = fetch(session).await?;
        match &command {
            DevicesCommand::List => list(session, &devices).await,
            DevicesCommand::Rename(args) => {
                let device = find::device(&devices, &args.device)?;
                session
                    .act(Action::RenameDevice {
                        device: device.device,
                        name: args.name.clone(),
                    })
                    .await?;
                line(t!(
                    "device-renamed",
                    old = safe_line(&device.name),
                    name = safe_line(&args.name)
                ));
                Ok(Exit::Ok)
            }
            DevicesCommand::Remove(args) => {
                let device = find::device(&devices, &args.device)?;
                confirm(&t!("device-remove-ask", name = safe_line(&device.name)), global.yes)?;
                session.settle().await;
                session.act(Action::RemoveDevice(device.device)).await?;
                session.settle().await;
                line(t!("device-removed", name = safe_line(&device.name)));
                Ok(Exit::Ok)
            }
        }
    })
    .await
}

async fn list(session: &Session, devices: &[DeviceInfo]) -> Result<Exit, CliError> {
    let own = session.own().await?.map(|own| own.device);
    if session.json() {
        let devices: Vec<DeviceJson<'_>> = devices
            .iter()
            .map(|device| DeviceJson {
                device: device.device,
                name: &device.name,
                added: device.added,
                last_used: device.last_used,
                this: Some(device.device) == own,
            })
            .collect();
        output::json(&devices);
        return Ok(Exit::Ok);
    }
    let headings = ["table-id", "table-device", "table-added", "table-last-used"].map(|id| t!(id));
    let rows: Vec<Vec<String>> = devices
        .iter()
        .map(|device| {
            // A recovery key stands in the chain like a device, without a name.
            let mut name = if device.name.is_empty() {
                t!("device-recovery")
            } else {
                safe_line(&device.name)
            };
            if Some(device.device) == own {
                name.push_str(&format!(" {}", t!("device-this")));
            }
            let last = device.last_used.map(times::day).unwrap_or_default();
            vec![find::short_id(&device.device), name, times::day(device.added), last]
        })
        .collect();
    table(&headings, &rows);
    Ok(Exit::Ok)
}

pub async fn create_recovery_code(global: &Global) -> Result<Exit, CliError> {
    with(global, Need::Account, async |session| {
        session.online().await?;
        session.settle().await;
        if let Outcome::RecoveryCode(words) = session.act(Action::CreateRecoveryCode).await? {
            session.settle().await;
            if session.json() {
                output::json(&serde_json::json!({ "words": words }));
            } else {
                note(t!("recovery-created"));
                let words: Vec<&str> = words.split_whitespace().collect();
                for (row, chunk) in words.chunks(4).enumerate() {
                    let numbered: Vec<String> = chunk
                        .iter()
                        .enumerate()
                        .map(|(at, word)| format!("{:>2} {word:<10}", row * 4 + at + 1))
                        .collect();
                    line(numbered.join("  ").trim_end());
                }
                note(t!("recovery-keep"));
            }
        }
        Ok(Exit::Ok)
    })
    .await
}
