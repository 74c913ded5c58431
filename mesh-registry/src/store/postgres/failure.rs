//! What can go wrong with PostgreSQL, and what may be tried again.

use std::time::Duration;

use tokio_postgres::error::SqlState;

use super::super::StoreError;

/// Why a statement or a transaction did not do what it was to do.
#[derive(Debug)]
pub(super) enum Failure {
    /// The store refuses, or has no answer.
    Refused(StoreError),
    /// Nothing was begun, so nothing can have been done.
    NotBegun(tokio_postgres::Error),
    /// The database failed halfway.
    Database(tokio_postgres::Error),
}

impl Failure {
    /// What is kept cannot be read.
    pub(super) fn unreadable(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Refused(StoreError::unavailable(source))
    }
}

impl From<tokio_postgres::Error> for Failure {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Database(error)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Refused(error)
    }
}

impl From<Failure> for StoreError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(error) => error,
            Failure::NotBegun(error) | Failure::Database(error)
                if error.code() == Some(&SqlState::DISK_FULL) =>
            {
                Self::NoSpace
            }
            Failure::NotBegun(error) | Failure::Database(error) => Self::unavailable(error),
        }
    }
}

/// Whether something is done once only when it is done twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Work {
    /// It is, so it is sent again when its answer is lost.
    Repeatable,
    /// It is not, and nobody knows whether it was done when the connection breaks before the answer.
    Once,
}

/// How often something was tried.
#[derive(Debug)]
pub(super) struct Tries {
    work: Work,
    count: u32,
}

/// More tries than this only keep a request waiting that had better be told.
const MOST: u32 = 5;

impl Tries {
    pub(super) fn of(work: Work) -> Self {
        Self { work, count: 0 }
    }

    /// Whether to try again. Waits a moment when others were in the way.
    pub(super) async fn again(&mut self, failure: &Failure) -> bool {
        self.count += 1;
        if self.count >= MOST {
            return false;
        }
        match failure {
            Failure::Refused(_) => false,
            // A pool may hold several connections that a restart has broken; each is found out by using it.
            Failure::NotBegun(error) => is_lost(error),
            Failure::Database(error) if is_rolled_back(error) => {
                tokio::time::sleep(Duration::from_millis(5 << self.count)).await;
                true
            }
            Failure::Database(error) => self.work == Work::Repeatable && is_lost(error),
        }
    }
}

/// Whether the database gave the transaction up in favour of another one.
fn is_rolled_back(error: &tokio_postgres::Error) -> bool {
    error.code().is_some_and(|code| {
        *code == SqlState::T_R_SERIALIZATION_FAILURE || *code == SqlState::T_R_DEADLOCK_DETECTED
    })
}

/// Whether the connection is gone.
fn is_lost(error: &tokio_postgres::Error) -> bool {
    error.is_closed()
        || error.code().is_some_and(|code| {
            code.code().starts_with("08")
                || *code == SqlState::ADMIN_SHUTDOWN
                || *code == SqlState::CRASH_SHUTDOWN
                || *code == SqlState::CANNOT_CONNECT_NOW
        })
        || std::error::Error::source(error).is_some_and(|source| source.is::<std::io::Error>())
}
