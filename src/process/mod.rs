//! Processes that the command starts and answers for: the registry and the domains of `mesh dev`.
//!
//! Each is started through the hidden verb [`leash`], so that it ends when this process does, however that comes about. Each
//! leads a process group of its own, so that Ctrl-C in a terminal reaches this process alone, which then stops the others
//! in order.

pub(crate) mod leash;
mod log;

use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::{Child, Command};
use tokio::sync::watch;

use crate::failure::{Failure, OrFail};
pub(crate) use log::Logs;

/// How long a process may take to end after it was asked to.
pub(crate) const GRACE: Duration = Duration::from_secs(5);

/// A process that was started.
#[derive(Debug)]
pub(crate) struct Process {
    name: String,
    child: Child,
    group: Pid,
    address: watch::Receiver<Option<String>>,
}

impl Process {
    /// Starts a program. What it writes goes to `logs` under `name`.
    ///
    /// Must be called on the main thread: the leash is tied to the thread that starts the process.
    pub(crate) fn start(
        name: &str,
        program: &Path,
        arguments: &[String],
        environment: &[(&str, String)],
        logs: &Logs,
    ) -> Result<Self, Failure> {
        let mesh = std::env::current_exe().or_fail(|| "cannot tell where this program is".to_owned())?;
        let mut command = Command::new(mesh);
        command
            .arg(leash::VERB)
            .arg(std::process::id().to_string())
            .arg("--")
            .arg(program)
            .args(arguments)
            .envs(environment.iter().map(|(name, value)| (*name, value.as_str())))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true);
        let mut child =
            command.spawn().or_fail(|| format!("cannot start {name} (`{}`)", program.display()))?;
        let group = child
            .id()
            .and_then(|id| Pid::from_raw(i32::try_from(id).ok()?))
            .ok_or_else(|| Failure::new(format!("{name} ended as soon as it was started")))?;
        let address = logs.follow(name, child.stdout.take(), child.stderr.take());
        Ok(Self { name: name.to_owned(), child, group, address })
    }

    /// The name it was started under.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The id of the process.
    pub(crate) fn id(&self) -> u32 {
        self.group.as_raw_nonzero().get().unsigned_abs()
    }

    /// The address that it listens on, as soon as it says so. Fails when it ends before.
    pub(crate) async fn address(&mut self, patience: Duration) -> Result<String, Failure> {
        let mut address = self.address.clone();
        let said = async {
            match address.wait_for(Option::is_some).await {
                Ok(said) => said.clone(),
                // Its output was closed without an address: it is about to end.
                Err(_) => std::future::pending().await,
            }
        };
        tokio::select! {
            said = said => Ok(said.unwrap_or_default()),
            ended = self.child.wait() => Err(self.ended(ended.ok())),
            () = tokio::time::sleep(patience) => Err(Failure::new(format!(
                "{} did not say within {} s where it listens", self.name, patience.as_secs()
            ))),
        }
    }

    /// Waits for its end.
    pub(crate) async fn wait(&mut self) -> Option<ExitStatus> {
        self.child.wait().await.ok()
    }

    fn ended(&self, status: Option<ExitStatus>) -> Failure {
        Failure::new(format!("{} ended before it listened ({})", self.name, told(status)))
    }

    /// Asks it to end, and ends it when it does not within [`GRACE`].
    pub(crate) async fn stop(&mut self) {
        // An id stays ours until `wait` has told of the end, so that the group cannot be somebody else's.
        if self.child.id().is_none() {
            return;
        }
        let _ = kill_process_group(self.group, Signal::TERM);
        if tokio::time::timeout(GRACE, self.child.wait()).await.is_err() {
            let _ = kill_process_group(self.group, Signal::KILL);
            let _ = self.child.wait().await;
        }
    }
}

/// How a process ended, in words.
pub(crate) fn told(status: Option<ExitStatus>) -> String {
    status.map_or_else(|| "nobody knows how".to_owned(), |status| status.to_string())
}
