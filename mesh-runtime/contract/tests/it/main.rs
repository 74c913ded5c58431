//! The contract document as its readers and writers meet it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod reading;
