// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! One direction of one connection: bytes go through at once, late and few, not now, or never more, as the sky is.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use super::forecast::Pace;
use super::tally::Tally;

/// Which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// From the device to the server.
    Up,
    Down,
}

/// How bytes go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    Free,
    Slow(Pace),
    Still,
    /// The rest of each stream is lost, and stays so.
    Lost,
}

/// What the network is for a device just now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sky {
    pub up: Flow,
    pub down: Flow,
    /// Grows with each cut: whoever stood before is cut.
    pub cuts: u64,
    /// The last cut was an RST.
    pub by_reset: bool,
}

impl Sky {
    pub const CLEAR: Self = Self {
        up: Flow::Free,
        down: Flow::Free,
        cuts: 0,
        by_reset: false,
    };

    const fn flow(&self, way: Way) -> Flow {
        match way {
            Way::Up => self.up,
            Way::Down => self.down,
        }
    }
}

/// How a direction ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    /// The side that sends has closed, and the other has been told.
    Closed,
    /// A side has gone in the middle.
    Broken,
    /// Nobody was told.
    Lost,
}

/// Read at once when nothing is in the way.
const GULP: usize = 16 * 1024;
/// A packet.
const SIP: usize = 1_400;
/// What is under way on a slow network, besides what its latency holds.
const WINDOW: usize = 4 * 1024;

/// What both directions of a connection share.
#[derive(Debug)]
pub(super) struct Connection<'t> {
    pub tally: &'t Tally,
    lost: AtomicBool,
}

impl<'t> Connection<'t> {
    pub fn new(tally: &'t Tally) -> Self {
        tally.alive.fetch_add(1, Ordering::Relaxed);
        Self {
            tally,
            lost: AtomicBool::new(false),
        }
    }

    /// Its streams are lost, and nobody hears of it.
    pub fn is_lost(&self) -> bool {
        self.lost.load(Ordering::Relaxed)
    }

    fn lose(&self) {
        if !self.lost.swap(true, Ordering::Relaxed) {
            self.tally.alive.fetch_sub(1, Ordering::Relaxed);
        }
    }

    fn got_through(&self, way: Way, count: usize, slow: bool) {
        self.tally.bytes.fetch_add(count as u64, Ordering::Relaxed);
        if slow {
            self.tally.slow_bytes.fetch_add(count as u64, Ordering::Relaxed);
        }
        if way == Way::Down {
            self.tally.through();
        }
    }
}

impl Drop for Connection<'_> {
    fn drop(&mut self) {
        self.lose();
    }
}

/// Moves bytes until the end.
pub(super) async fn run(
    way: Way,
    mut from: ReadHalf<'_>,
    mut to: WriteHalf<'_>,
    mut sky: watch::Receiver<Sky>,
    connection: &Connection<'_>,
) -> Ended {
    let mut line = Line::default();
    let mut buffer = vec![0; GULP];
    let mut closed = false;
    loop {
        let flow = sky.borrow_and_update().flow(way);
        if flow == Flow::Lost {
            return lose(way, from, to, &mut buffer, connection).await;
        }
        if flow == Flow::Free {
            line.hurry();
        }
        if closed && line.is_empty() {
            // The other side may be gone already.
            let _ = to.shutdown().await;
            return Ended::Closed;
        }
        let size = if matches!(flow, Flow::Slow(_)) { SIP } else { GULP };
        tokio::select! {
            changed = sky.changed() => if changed.is_err() { return Ended::Broken },
            read = from.read(&mut buffer[..size]), if !closed && flow != Flow::Still && line.has_room(flow) => match read {
                Ok(0) => closed = true,
                Ok(count) if flow == Flow::Free && line.is_empty() => {
                    if to.write_all(&buffer[..count]).await.is_err() {
                        return Ended::Broken;
                    }
                    connection.got_through(way, count, false);
                }
                Ok(count) => line.put(&buffer[..count], flow),
                Err(_) => return Ended::Broken,
            },
            () = sleep_until(line.due()), if !line.is_empty() && flow != Flow::Still => {
                let (bytes, slow) = line.take();
                if to.write_all(&bytes).await.is_err() {
                    return Ended::Broken;
                }
                connection.got_through(way, bytes.len(), slow);
            }
        }
    }
}

/// Half of what comes next still gets through; then nothing, and nobody hears of it.
async fn lose(
    way: Way,
    mut from: ReadHalf<'_>,
    mut to: WriteHalf<'_>,
    buffer: &mut [u8],
    connection: &Connection<'_>,
) -> Ended {
    connection.lose();
    let mut is_first = true;
    loop {
        match from.read(buffer).await {
            Ok(0) | Err(_) => return Ended::Lost,
            Ok(count) if is_first => {
                is_first = false;
                if to.write_all(&buffer[..count / 2]).await.is_err() {
                    return Ended::Lost;
                }
                connection.got_through(way, count / 2, false);
                if way == Way::Down {
                    connection.tally.broken();
                }
            }
            Ok(_) => {}
        }
    }
}

/// What is under way.
#[derive(Debug, Default)]
struct Line {
    packets: VecDeque<(Instant, Vec<u8>, bool)>,
    bytes: usize,
    /// When the last byte will have left the sender.
    free: Option<Instant>,
}

impl Line {
    fn is_empty(&self) -> bool {
        self.packets.is_empty()
    }

    fn has_room(&self, flow: Flow) -> bool {
        match flow {
            Flow::Slow(pace) => self.bytes < WINDOW + on_the_way(&pace),
            _ => self.bytes < WINDOW,
        }
    }

    fn put(&mut self, bytes: &[u8], flow: Flow) {
        let now = Instant::now();
        let (due, slow) = match flow {
            Flow::Slow(pace) => {
                let takes = Duration::from_millis(bytes.len() as u64 * 1_000 / pace.bytes_per_s.max(1));
                let free = self.free.map_or(now, |free| free.max(now)) + takes;
                self.free = Some(free);
                (free + pace.latency, true)
            }
            _ => (now, false),
        };
        self.bytes += bytes.len();
        self.packets.push_back((due, bytes.to_vec(), slow));
    }

    /// The network is good again.
    fn hurry(&mut self) {
        let now = Instant::now();
        for (due, ..) in &mut self.packets {
            *due = now.min(*due);
        }
        self.free = None;
    }

    fn due(&self) -> Instant {
        self.packets.front().map_or_else(Instant::now, |(due, ..)| *due)
    }

    fn take(&mut self) -> (Vec<u8>, bool) {
        let Some((_, bytes, slow)) = self.packets.pop_front() else {
            return (Vec::new(), false);
        };
        self.bytes -= bytes.len();
        (bytes, slow)
    }
}

fn on_the_way(pace: &Pace) -> usize {
    let held = u128::from(pace.bytes_per_s) * pace.latency.as_millis() / 1_000;
    usize::try_from(held).unwrap_or(WINDOW)
}
