// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! `melder replay-worker`: a process full of devices. It reads orders, lets its devices carry them out over real sockets, and
//! reports what they show. It knows nothing of the scenario; when its standard input closes, it ends.

mod device;
mod reading;
mod seeing;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::sync::{Mutex, mpsc};

use self::device::Device;
use super::wire::{Answer, Ask, Order, Say, Sighting};

/// Sightings are collected this long, so that a thousand messages don't make a thousand lines.
const COLLECT: Duration = Duration::from_millis(20);

/// What went wrong, in words for whoever looks for the cause.
type Failure = String;

/// Runs until the standard input closes.
///
/// # Errors
/// When the standard streams fail.
pub async fn run() -> std::io::Result<()> {
    let (says, mut to_write) = mpsc::unbounded_channel::<Say>();
    let writer = tokio::spawn(async move {
        let mut out = tokio::io::stdout();
        while let Some(say) = to_write.recv().await {
            let mut line = serde_json::to_vec(&say).unwrap_or_default();
            line.push(b'\n');
            if out.write_all(&line).await.is_err() || out.flush().await.is_err() {
                break;
            }
        }
    });
    let (sightings, seen) = mpsc::unbounded_channel::<Sighting>();
    tokio::spawn(collect(seen, says.clone()));
    let devices: Arc<Mutex<HashMap<usize, Arc<Device>>>> = Arc::default();
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while let Some(line) = lines.next_line().await? {
        let order: Order = match serde_json::from_str(&line) {
            Ok(order) => order,
            Err(error) => {
                tracing::error!(%error, "not an order");
                continue;
            }
        };
        let (says, sightings, devices) = (says.clone(), sightings.clone(), Arc::clone(&devices));
        tokio::spawn(async move {
            let id = order.id;
            let say = match carry_out(order, &devices, sightings).await {
                Ok(answer) => Say::Answer { id, answer },
                Err(why) => Say::Failed { id, why },
            };
            let _ = says.send(say);
        });
    }
    writer.abort();
    Ok(())
}

async fn carry_out(
    order: Order,
    devices: &Mutex<HashMap<usize, Arc<Device>>>,
    sightings: mpsc::UnboundedSender<Sighting>,
) -> Result<Answer, Failure> {
    if let Ask::Open { server, file, online } = order.ask {
        let device = Device::open(order.device, server, file, online, sightings).await?;
        devices.lock().await.insert(order.device, Arc::new(device));
        return Ok(Answer::Done);
    }
    let device = devices
        .lock()
        .await
        .get(&order.device)
        .cloned()
        .ok_or("there is no such device")?;
    device.carry_out(order.ask).await
}

async fn collect(mut seen: mpsc::UnboundedReceiver<Sighting>, says: mpsc::UnboundedSender<Say>) {
    while let Some(first) = seen.recv().await {
        let mut all = vec![first];
        tokio::time::sleep(COLLECT).await;
        while let Ok(next) = seen.try_recv() {
            all.push(next);
        }
        if says.send(Say::Seen { seen: all }).is_err() {
            break;
        }
    }
}
