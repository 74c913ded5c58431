//! Which part of a list is asked for.

/// The longest page.
const MOST: usize = 200;
/// The page that one gets without asking for a length.
const USUAL: usize = 50;
/// Nobody leafs further through a ranking; whoever does wants the list by address.
const MOST_SKIPPED: usize = 10_000;

/// A part of a list: where it starts and how long it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    limit: usize,
    after: Option<String>,
}

/// A part of a list that there is not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WindowError {
    /// The page is too short or too long.
    #[error("`limit={limit}` is not a length of a page; write a number from 1 to {MOST}")]
    Limit {
        /// What was asked for.
        limit: String,
    },
    /// The page does not continue any other.
    #[error("`after={after}` continues no page; send what the page before it gave as `next`")]
    After {
        /// What was sent.
        after: String,
    },
}

impl Default for Window {
    fn default() -> Self {
        Self { limit: USUAL, after: None }
    }
}

impl Window {
    /// A window as it was asked for.
    ///
    /// # Errors
    /// When the length is no number from 1 to 200.
    pub fn new(limit: Option<&str>, after: Option<String>) -> Result<Self, WindowError> {
        let limit = match limit {
            None => USUAL,
            Some(text) => text
                .parse()
                .ok()
                .filter(|limit| (1..=MOST).contains(limit))
                .ok_or_else(|| WindowError::Limit { limit: text.chars().take(40).collect() })?,
        };
        Ok(Self { limit, after })
    }

    /// The first page of a length, at most the longest that there is.
    pub fn first(limit: usize) -> Self {
        Self { limit: limit.clamp(1, MOST), after: None }
    }

    /// How many items the page has at most.
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// The item that the page follows.
    pub(super) fn after<T: std::str::FromStr>(&self) -> Result<Option<T>, WindowError> {
        let parse = |text: &String| {
            text.parse().map_err(|_| WindowError::After { after: text.chars().take(80).collect() })
        };
        self.after.as_ref().map(parse).transpose()
    }

    /// How many items stand before the page.
    pub(super) fn skip(&self) -> Result<usize, WindowError> {
        match self.after::<usize>()? {
            Some(skip) if skip > MOST_SKIPPED => Err(WindowError::After { after: skip.to_string() }),
            skip => Ok(skip.unwrap_or(0)),
        }
    }

    /// Makes a page of one item more than the page takes, which tells that there is another page.
    pub(super) fn page<T>(
        &self,
        mut items: Vec<T>,
        next: impl FnOnce(&T) -> String,
    ) -> mesh_contract::wire::Page<T> {
        let more = items.len() > self.limit;
        items.truncate(self.limit);
        let next = if more { items.last().map(next) } else { None };
        mesh_contract::wire::Page { items, next }
    }
}

impl From<WindowError> for super::ServiceError {
    fn from(error: WindowError) -> Self {
        Self::InvalidQuery { message: error.to_string() }
    }
}
