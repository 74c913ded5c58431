//! The contract document as its readers and writers meet it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[cfg(feature = "grant")]
mod grant;
mod reading;
