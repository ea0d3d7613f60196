// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Load for a server in another process: the prepared data, the process itself, sockets, devices on them, and the
//! loop that sends and counts. Everything runs on one thread, so that the other core is the server's.

use std::future::Future;

use crate::BenchError;

pub(crate) mod city;
pub(crate) mod device;
pub(crate) mod fanout;
pub(crate) mod http;
pub(crate) mod process;
pub(crate) mod wire;

/// Runs a load, with its tasks, on this thread.
pub(crate) fn on_one_thread<T>(work: impl Future<Output = Result<T, BenchError>>) -> Result<T, BenchError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    tokio::task::LocalSet::new().block_on(&runtime, work)
}
