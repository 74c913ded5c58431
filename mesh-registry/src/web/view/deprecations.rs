//! What the page of deprecations shows.

use mesh_contract::wire::{Campaign, ReaderState};

use super::product::Known;

/// What goes away.
#[derive(Debug)]
pub struct DeprecationsView {
    /// The campaigns, by product.
    pub campaigns: Vec<Campaign>,
    /// Which readers have a page.
    pub known: Known,
    /// What to ask the next page with.
    pub next: Option<String>,
}

/// How many readers have moved, and how many there are.
pub fn moved(campaign: &Campaign) -> (usize, usize) {
    let moved = campaign.readers.iter().filter(|reader| reader.state == ReaderState::Moved);
    (moved.count(), campaign.readers.len())
}

/// How far away the day is, in words.
pub fn days(left: i64) -> String {
    match left {
        0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        left if left > 0 => format!("in {left} days"),
        -1 => "yesterday".to_owned(),
        left => format!("{} days ago", -left),
    }
}
