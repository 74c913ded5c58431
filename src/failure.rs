//! Why a verb could not answer: what happened, where, and what to do next. A failure is printed once, by `main`, and ends
//! the command with exit status 2.

use std::error::Error;
use std::fmt;
use std::io;

/// Why a verb could not answer.
#[derive(Debug)]
pub(crate) struct Failure {
    what: String,
    cause: Option<Box<dyn Error + Send + Sync>>,
    next: Option<String>,
    reader_gone: bool,
}

impl Failure {
    /// Says what happened, and where.
    pub(crate) fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), cause: None, next: None, reader_gone: false }
    }

    /// Adds what it came from.
    #[must_use]
    pub(crate) fn because(mut self, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// Adds what to do next.
    #[must_use]
    pub(crate) fn next(mut self, next: impl Into<String>) -> Self {
        self.next = Some(next.into());
        self
    }

    /// An answer that could not be written. Whoever read it may have seen enough (`mesh search | head`).
    pub(crate) fn writing(error: io::Error) -> Self {
        let reader_gone = error.kind() == io::ErrorKind::BrokenPipe;
        Self { reader_gone, ..Self::new("the answer could not be written").because(error) }
    }

    /// Whether nobody reads the answer any more, which is no failure of ours.
    pub(crate) fn is_reader_gone(&self) -> bool {
        self.reader_gone
    }

    /// What to do next.
    pub(crate) fn hint(&self) -> Option<&str> {
        self.next.as_deref()
    }

    /// What it came from, outermost first. A cause that tells the same as its predecessor is left out.
    pub(crate) fn causes(&self) -> Vec<String> {
        let mut causes: Vec<String> = Vec::new();
        let mut cause: Option<&(dyn Error + 'static)> = self.cause.as_deref().map(|cause| cause as _);
        while let Some(error) = cause {
            let text = error.to_string();
            let told = causes.last().unwrap_or(&self.what);
            if !told.contains(&text) && !text.contains(told.as_str()) {
                causes.push(text);
            }
            cause = error.source();
        }
        causes
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

/// Turns any error into a failure that says what was being done.
pub(crate) trait OrFail<T> {
    /// The value, or a failure with the error as its cause.
    fn or_fail(self, what: impl FnOnce() -> String) -> Result<T, Failure>;
}

impl<T, E: Into<Box<dyn Error + Send + Sync>>> OrFail<T> for Result<T, E> {
    fn or_fail(self, what: impl FnOnce() -> String) -> Result<T, Failure> {
        self.map_err(|error| Failure::new(what()).because(error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_that_was_already_told_is_not_repeated() {
        let inner = io::Error::other("no such file");
        let failure = Failure::new("cannot read `x`: no such file").because(inner);
        assert!(failure.causes().is_empty());
    }

    #[test]
    fn a_closed_pipe_is_no_failure_of_ours() {
        assert!(Failure::writing(io::ErrorKind::BrokenPipe.into()).is_reader_gone());
        assert!(!Failure::writing(io::ErrorKind::StorageFull.into()).is_reader_gone());
    }
}
