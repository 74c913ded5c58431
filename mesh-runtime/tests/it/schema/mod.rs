//! The two schemas of a type agree with what serde does.

mod by_hand;
