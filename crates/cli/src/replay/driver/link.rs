// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Linking a further device, as two hands would do it: by QR, or by typing the short code and comparing the number.

use super::Stage;
use crate::replay::wire::{Answer, Ask};

/// On a bad network people try again; a linking that was cut off is begun anew.
const TRIES: usize = 6;

/// Links `device` through the person's first.
pub(super) async fn link(stage: &Stage, device: usize) -> Result<(), String> {
    stage.open(device).await?;
    let tries = if stage.proxy.is_some() { TRIES } else { 1 };
    for _ in 1..tries {
        if try_link(stage, device).await.is_ok() {
            return Ok(());
        }
    }
    try_link(stage, device).await
}

async fn try_link(stage: &Stage, device: usize) -> Result<(), String> {
    let it = &stage.plan.devices[device];
    let first = stage.first(it.person);
    // Half of the people have no camera at hand.
    let by_qr = device.is_multiple_of(2);
    let code = match stage
        .ask(
            device,
            Ask::StartLink {
                device_name: it.name.to_owned(),
                by_qr,
            },
        )
        .await?
    {
        Answer::Code { code } => code,
        Answer::Account { .. } => {
            stage.record.set_online(device, true);
            return Ok(());
        }
        other => return Err(format!("{}: no code, but {other:?}", stage.name(device))),
    };
    if let Answer::Number { number } = stage.ask(first, Ask::AnswerLink { code }).await? {
        let shown = stage.ask(device, Ask::ReadNumber).await?;
        if !matches!(&shown, Answer::Number { number: other } if *other == number) {
            return Err(format!(
                "{}: the numbers differ: {number}, {shown:?}",
                stage.name(device)
            ));
        }
        stage.ask(first, Ask::ConfirmLink).await?;
    }
    stage.ask(device, Ask::FinishLink).await?;
    stage.record.set_online(device, true);
    Ok(())
}
