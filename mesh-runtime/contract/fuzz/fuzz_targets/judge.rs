//! Bytes become two schemas; the judge answers, and its answer must hold.
#![no_main]

#[path = "../src/harness.rs"]
mod harness;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| harness::judge(bytes));
