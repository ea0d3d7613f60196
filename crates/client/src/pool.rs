// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Where engines run: on tokio's threads for blocking work, so that a commit to disk or a large MLS operation never
//! stands in the way of sockets and timers, and only a few at a time, so that hundreds of clients don't start hundreds
//! of threads.

use std::sync::LazyLock;

use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

/// More than the processors, since many of them wait for the disk.
static SEATS: LazyLock<Semaphore> = LazyLock::new(|| {
    let processors = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    Semaphore::new((processors * 4).clamp(8, 64))
});

/// Runs `work` with `owned` and gives both back. `None`: it panicked, or the runtime is stopping; `owned` is lost.
pub(crate) async fn run<O: Send + 'static, T: Send + 'static>(
    mut owned: O,
    work: impl FnOnce(&mut O) -> T + Send + 'static,
) -> Option<(O, T)> {
    let _seat = SEATS.acquire().await.ok()?;
    spawn_blocking(move || {
        let result = work(&mut owned);
        (owned, result)
    })
    .await
    .ok()
}
