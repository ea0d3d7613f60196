// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What all targets share: a bound on memory.

use std::alloc::System;

use cap::Cap;

/// What a decoder may hold at once, however its input announces sizes. The largest frame is 8 MiB.
const MOST: usize = 512 * 1024 * 1024;

#[global_allocator]
static MEMORY: Cap<System> = Cap::new(System, MOST);
