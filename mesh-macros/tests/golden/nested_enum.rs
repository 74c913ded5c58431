/// One line.
#[derive(DataType)]
#[serde(tag = "kind", content = "line", rename_all = "kebab-case")]
#[data(extensible)]
#[mesh(crate = facade::mesh)]
pub enum Line {
    /// A track.
    SoldTrack(Track),
    /// A refund.
    Refund {
        /// Why.
        #[schemars(length(min = 1))]
        reason: String,
    },
    /// Anything else.
    #[serde(other)]
    Unknown,
}
