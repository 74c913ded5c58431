//! What can go wrong in a store, told in words that every backend shares.

/// Why a store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Nothing is kept under this key.
    #[error("nothing is kept under this key")]
    NotFound,
    /// Something else is kept under this key, and it never changes.
    #[error("something else is kept under this key")]
    AlreadyExists,
    /// What the caller built on has moved meanwhile: the revision of a product, or the epoch of an instance.
    #[error("the state has moved on to {current}")]
    Conflict {
        /// Where it stands now.
        current: u64,
    },
    /// The domain is somebody else's.
    #[error("the domain is owned by {owner}")]
    OwnedBy {
        /// Who owns it.
        owner: String,
    },
    /// The store has no room for one more.
    #[error("the store holds {limit} of these, and takes no more")]
    Full {
        /// How many it takes.
        limit: usize,
    },
    /// It cannot go while something is kept under it.
    #[error("rows of `{what}` are kept under it")]
    InUse {
        /// The table in which they are.
        what: String,
    },
    /// The disk of the store is full. Nothing was written, and what is there can be read.
    #[error("the store's disk is full")]
    NoSpace,
    /// The store cannot answer at present, or what it holds cannot be read.
    #[error("the store is not available")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl StoreError {
    /// A failure of the backend itself.
    pub fn unavailable(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Unavailable(source.into())
    }
}
