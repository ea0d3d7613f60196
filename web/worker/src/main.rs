// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The program that the browser loads into a dedicated worker. Elsewhere it does nothing.

fn main() {
    #[cfg(target_family = "wasm")]
    melder_worker::start();
}
