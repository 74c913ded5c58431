//! The one thread that writes. Writes that wait at the same time share a transaction, so they share the sync, which takes
//! most of the time; each is answered after that transaction is on disk. When nothing is to be written, the thread brings
//! the text index up to date.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tokio::sync::{oneshot, watch};

use super::super::StoreError;
use super::{is_full, search_index};

/// So many writes share a transaction at most; more would make the first of them wait long.
const BATCH: usize = 128;

/// The text index is brought up to date once nobody has written for so long ...
const QUIET: Duration = Duration::from_millis(50);
/// ... or when its oldest note is this old, however much is written.
const LATEST: Duration = Duration::from_secs(1);
/// So many products are entered into the index in one transaction; a write that comes meanwhile waits for that long.
const ENTRIES: usize = 64;

/// A write that somebody waits for.
trait Job: Send {
    /// Does the work within the open transaction. It may be called again, after a rollback.
    fn run(&mut self, connection: &Connection) -> Outcome;

    /// Tells what came of it.
    fn answer(self: Box<Self>, committed: Result<(), StoreError>);
}

/// What a write has come to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// It is done, or was refused before it wrote anything.
    Whole,
    /// The database failed halfway.
    Broken,
}

struct Write<T, W> {
    work: W,
    result: Option<Result<T, StoreError>>,
    caller: oneshot::Sender<Result<T, StoreError>>,
}

impl<T, W> Job for Write<T, W>
where
    T: Send,
    W: FnMut(&Connection) -> Result<T, StoreError> + Send,
{
    fn run(&mut self, connection: &Connection) -> Outcome {
        let result = (self.work)(connection);
        let broken = matches!(result, Err(StoreError::Unavailable(_) | StoreError::NoSpace));
        self.result = Some(result);
        if broken { Outcome::Broken } else { Outcome::Whole }
    }

    fn answer(self: Box<Self>, committed: Result<(), StoreError>) {
        let Self { work: _, result, caller } = *self;
        let result = match (result, committed) {
            // A write that failed by itself says why better than the transaction it was rolled back with.
            (Some(Err(error)), _) | (_, Err(error)) => Err(error),
            (Some(Ok(done)), Ok(())) => Ok(done),
            (None, Ok(())) => Err(StoreError::unavailable("the write was not run")),
        };
        // Whoever asked may have gone away; then nobody is told, and what was committed stays.
        drop(caller.send(result));
    }
}

/// What the writing thread and its callers both see.
#[derive(Debug, Default)]
struct Shared {
    commits: AtomicU64,
    /// Whether words may wait to enter the text index. Changed by the writing thread alone.
    behind: AtomicBool,
    /// Changes with every transaction.
    written: watch::Sender<()>,
}

#[derive(Debug)]
pub(super) struct Writer {
    jobs: Option<mpsc::Sender<Box<dyn Job>>>,
    thread: Option<JoinHandle<()>>,
    shared: Arc<Shared>,
}

impl Writer {
    pub(super) fn start(connection: Connection) -> std::io::Result<Self> {
        let (jobs, queue) = mpsc::channel();
        let shared = Arc::new(Shared::default());
        // What the index lacks since a crash is found out by looking.
        shared.behind.store(true, Ordering::Release);
        let theirs = Arc::clone(&shared);
        let thread = std::thread::Builder::new().name("registry-writer".to_owned()).spawn(move || {
            Writing { connection: &connection, shared: &theirs, behind_since: None }.run(&queue)
        })?;
        Ok(Self { jobs: Some(jobs), thread: Some(thread), shared })
    }

    pub(super) fn commits(&self) -> u64 {
        self.shared.commits.load(Ordering::Relaxed)
    }

    pub(super) fn woken(&self) -> watch::Receiver<()> {
        self.shared.written.subscribe()
    }

    pub(super) fn is_running(&self) -> bool {
        self.thread.as_ref().is_some_and(|thread| !thread.is_finished())
    }

    /// Runs a write, which must refuse before it writes anything. It is answered after the transaction was synced.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnMut(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (caller, receiver) = oneshot::channel();
        let gone = || StoreError::unavailable("the writer has stopped");
        let job = Box::new(Write { work, result: None, caller });
        self.jobs.as_ref().ok_or_else(gone)?.send(job).map_err(|_| gone())?;
        receiver.await.map_err(|_| gone())?
    }

    /// Waits until the text index has everything that was acknowledged before.
    pub(super) async fn catch_up(&self) -> Result<(), StoreError> {
        if !self.shared.behind.load(Ordering::Acquire) {
            return Ok(());
        }
        self.run(|connection| {
            while search_index::catch_up(connection, ENTRIES)? == ENTRIES {}
            Ok(())
        })
        .await
    }
}

impl Drop for Writer {
    /// Finishes what was asked for, then closes the database.
    fn drop(&mut self) {
        drop(self.jobs.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the writer ended in a panic; what it acknowledged is on disk");
        }
    }
}

/// The writing thread.
struct Writing<'a> {
    connection: &'a Connection,
    shared: &'a Shared,
    behind_since: Option<Instant>,
}

impl Writing<'_> {
    fn run(mut self, queue: &mpsc::Receiver<Box<dyn Job>>) {
        self.look();
        loop {
            let first = match self.behind_since {
                None => queue.recv().map_err(|_| RecvTimeoutError::Disconnected),
                Some(since) if since.elapsed() >= LATEST => Err(RecvTimeoutError::Timeout),
                Some(_) => queue.recv_timeout(QUIET),
            };
            match first {
                Ok(first) => {
                    let jobs = std::iter::once(first).chain(queue.try_iter().take(BATCH - 1)).collect();
                    self.write_batch(jobs);
                }
                Err(RecvTimeoutError::Timeout) => self.catch_up(),
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    /// Sees whether the index is behind what is committed.
    fn look(&mut self) {
        let behind = search_index::is_behind(self.connection).unwrap_or_else(|error| {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "cannot look at the text index: {error}"
            );
            true
        });
        self.shared.behind.store(behind, Ordering::Release);
        self.behind_since = behind.then(|| self.behind_since.unwrap_or_else(Instant::now));
    }

    /// Enters some products into the text index.
    fn catch_up(&mut self) {
        let entered =
            self.transaction(|connection| Ok(search_index::catch_up(connection, ENTRIES).map(drop)?));
        match entered {
            Ok(()) => self.look(),
            // Tried again after the next write, or when somebody searches.
            Err(_) => self.behind_since = None,
        }
    }

    /// Runs writes together, or each by itself when one of them breaks the transaction that they share.
    fn write_batch(&mut self, mut jobs: Vec<Box<dyn Job>>) {
        let together = self.transaction(|connection| {
            let broken = jobs.iter_mut().any(|job| job.run(connection) == Outcome::Broken);
            if broken { Err(Failed::Job) } else { Ok(()) }
        });
        match together {
            Ok(()) => {
                self.shared.commits.fetch_add(1, Ordering::Relaxed);
                // Before anybody is told: who searches next is to find what was just written.
                self.look();
                jobs.into_iter().for_each(|job| job.answer(Ok(())));
                self.shared.written.send_replace(());
            }
            Err(Failed::Job) if jobs.len() > 1 => {
                jobs.into_iter().for_each(|job| self.write_batch(vec![job]));
            }
            Err(failed) => {
                let shared = Arc::new(failed);
                for job in jobs {
                    job.answer(Err(match &*shared {
                        Failed::Database(error) if is_full(error) => StoreError::NoSpace,
                        _ => StoreError::unavailable(Arc::clone(&shared)),
                    }));
                }
            }
        }
    }

    fn transaction(&self, work: impl FnOnce(&Connection) -> Result<(), Failed>) -> Result<(), Failed> {
        let connection = self.connection;
        let execute =
            |sql: &str| -> Result<(), Failed> { Ok(connection.prepare_cached(sql)?.execute([]).map(drop)?) };
        let outcome =
            execute("BEGIN IMMEDIATE").and_then(|()| work(connection)).and_then(|()| execute("COMMIT"));
        if let Err(error) = &outcome {
            if !connection.is_autocommit()
                && let Err(error) = connection.execute_batch("ROLLBACK")
            {
                tracing::error!(error = &error as &dyn std::error::Error, "cannot roll back: {error}");
            }
            if let Failed::Database(error) = error {
                tracing::error!(error = error as &dyn std::error::Error, "cannot commit: {error}");
            }
        }
        outcome
    }
}

/// Why a transaction was rolled back.
#[derive(Debug, thiserror::Error)]
enum Failed {
    /// A write of it failed, and has its own reason.
    #[error("a write failed")]
    Job,
    /// The database cannot begin, commit or do what is asked.
    #[error("the database failed")]
    Database(#[from] rusqlite::Error),
}
