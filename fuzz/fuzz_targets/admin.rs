// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! `melder_fuzzing::admin`, driven by libFuzzer.
#![no_main]

mod common;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| melder_fuzzing::admin::feed(bytes));
