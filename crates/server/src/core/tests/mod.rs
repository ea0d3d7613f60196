// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The core as devices meet it: frames in, frames out, on a clock that the test sets, with real MLS on the devices'
//! side and no sockets.

mod blobs;
mod connecting;
mod devices;
mod groups;
mod hostile;
mod logs;
mod member;
mod push;
mod retention;
mod world;

use member::Device;
use world::{World, code};
