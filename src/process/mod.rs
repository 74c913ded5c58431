//! Processes that the command starts and answers for: cargo, the registry and the domains of `mesh dev`.
//!
//! Each is started through the hidden verb [`leash`], so that it ends when this process does, however that comes about. Each
//! leads a process group of its own, so that Ctrl-C in a terminal reaches this process alone, which then stops the others
//! in order.

pub(crate) mod leash;
mod log;
mod stop;
mod tied;

use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::sync::watch;

use crate::failure::Failure;
pub(crate) use log::Logs;
pub(crate) use stop::{Stop, StopSignal};
pub(crate) use tied::{Tied, command};

/// How long a process may take to end after it was asked to.
pub(crate) const GRACE: Duration = Duration::from_secs(5);

/// A server that was started.
#[derive(Debug)]
pub(crate) struct Process {
    name: String,
    tied: Tied,
    address: watch::Receiver<Option<String>>,
}

impl Process {
    /// Starts a program. What it writes goes to `logs` under `name`.
    pub(crate) fn start(
        name: &str,
        program: &Path,
        arguments: &[String],
        environment: &[(&str, String)],
        logs: &Logs,
    ) -> Result<Self, Failure> {
        let mut command = command(program)?;
        command
            .args(arguments)
            .envs(environment.iter().map(|(name, value)| (*name, value.as_str())))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut tied = Tied::spawn(command, name)?;
        let child = tied.child();
        let address = logs.follow(name, child.stdout.take(), child.stderr.take());
        Ok(Self { name: name.to_owned(), tied, address })
    }

    /// The name it was started under.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The id of the process.
    pub(crate) fn id(&self) -> u32 {
        self.tied.id()
    }

    /// The address that it listens on, as soon as it says so. Fails when it ends before.
    pub(crate) async fn address(&mut self, patience: Duration) -> Result<String, Failure> {
        let mut address = self.address.clone();
        let said = async {
            match address.wait_for(Option::is_some).await {
                Ok(said) => said.clone().unwrap_or_default(),
                // Its output was closed without an address: it is about to end.
                Err(_) => std::future::pending().await,
            }
        };
        tokio::select! {
            said = said => Ok(said),
            status = self.tied.wait() => {
                Err(Failure::new(format!("{} ended before it listened ({})", self.name, told(status))))
            }
            () = tokio::time::sleep(patience) => Err(Failure::new(format!(
                "{} did not say within {} s where it listens", self.name, patience.as_secs()
            ))),
        }
    }

    /// Waits for its end.
    pub(crate) async fn wait(&mut self) -> Option<ExitStatus> {
        self.tied.wait().await
    }

    /// Asks it to end, and ends it when it does not.
    pub(crate) async fn stop(&mut self) {
        self.tied.stop().await;
    }
}

/// How a process ended, in words.
pub(crate) fn told(status: Option<ExitStatus>) -> String {
    status.map_or_else(|| "nobody knows how".to_owned(), |status| status.to_string())
}
