//! The one thread that writes. Writes that wait at the same time share a transaction, so they share the sync, which takes
//! most of the time; each is answered after that transaction is on disk.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::thread::JoinHandle;

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::super::StoreError;

/// So many writes share a transaction at most; more would make the first of them wait long.
const BATCH: usize = 128;

/// Does its work within the open transaction and leaves what is to be said once that is committed, or is not.
type Job = Box<dyn FnOnce(&Connection) -> (Verdict, Answer) + Send>;
type Answer = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

/// Whether a write is to be kept.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Keep,
    Undo,
}

#[derive(Debug)]
pub(super) struct Writer {
    jobs: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
    commits: Arc<AtomicU64>,
}

impl Writer {
    pub(super) fn start(connection: Connection) -> std::io::Result<Self> {
        let (jobs, queue) = mpsc::channel();
        let commits = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&commits);
        let thread = std::thread::Builder::new()
            .name("registry-writer".to_owned())
            .spawn(move || write_all(&connection, &queue, &counter))?;
        Ok(Self { jobs: Some(jobs), thread: Some(thread), commits })
    }

    pub(super) fn commits(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
    }

    pub(super) fn is_running(&self) -> bool {
        self.thread.as_ref().is_some_and(|thread| !thread.is_finished())
    }

    /// Runs a write. What it did before it failed is undone; it is answered after the transaction was synced.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (sender, receiver) = oneshot::channel();
        let job: Job = Box::new(move |connection| {
            let result = work(connection);
            let verdict = if result.is_ok() { Verdict::Keep } else { Verdict::Undo };
            // Whoever asked may have gone away; then nobody is told, and what was committed stays.
            let answer: Answer = Box::new(move |committed| {
                drop(sender.send(committed.and(result)));
            });
            (verdict, answer)
        });
        let gone = || StoreError::unavailable("the writer has stopped");
        self.jobs.as_ref().ok_or_else(gone)?.send(job).map_err(|_| gone())?;
        receiver.await.map_err(|_| gone())?
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

fn write_all(connection: &Connection, queue: &mpsc::Receiver<Job>, commits: &AtomicU64) {
    while let Ok(first) = queue.recv() {
        let waiting = queue.try_iter().take(BATCH - 1);
        write_batch(connection, std::iter::once(first).chain(waiting), commits);
    }
}

fn write_batch(connection: &Connection, jobs: impl Iterator<Item = Job>, commits: &AtomicU64) {
    let mut answers = Vec::new();
    let outcome = begin(connection).and_then(|()| {
        for job in jobs {
            answers.push(run_one(connection, job)?);
        }
        connection.prepare_cached("COMMIT")?.execute([]).map(drop)
    });
    match outcome {
        Ok(()) => {
            commits.fetch_add(1, Ordering::Relaxed);
            answers.into_iter().for_each(|answer| answer(Ok(())));
        }
        Err(error) => {
            if !connection.is_autocommit()
                && let Err(error) = connection.execute_batch("ROLLBACK")
            {
                tracing::error!(error = &error as &dyn std::error::Error, "cannot roll back: {error}");
            }
            tracing::error!(
                error = &error as &dyn std::error::Error,
                writes = answers.len(),
                "cannot commit: {error}"
            );
            let shared = Arc::new(error);
            answers.into_iter().for_each(|answer| answer(Err(StoreError::unavailable(Arc::clone(&shared)))));
        }
    }
}

fn begin(connection: &Connection) -> rusqlite::Result<()> {
    connection.prepare_cached("BEGIN IMMEDIATE")?.execute([]).map(drop)
}

/// Runs one write of a batch within a savepoint, so that its failure leaves the others alone.
fn run_one(connection: &Connection, job: Job) -> rusqlite::Result<Answer> {
    connection.prepare_cached("SAVEPOINT one")?.execute([])?;
    let (verdict, answer) = job(connection);
    if verdict == Verdict::Undo {
        connection.prepare_cached("ROLLBACK TO one")?.execute([])?;
    }
    connection.prepare_cached("RELEASE one")?.execute([])?;
    Ok(answer)
}
