//! A child process that cannot outlive this one: on a leash, in a group of its own, ended when it is dropped.

use std::ffi::OsStr;
use std::process::{ExitStatus, Stdio};

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::{Child, Command};

use super::{GRACE, leash};
use crate::failure::{Failure, OrFail};

/// A command that starts `program` on a leash and leads a process group of its own, so that Ctrl-C in a terminal reaches
/// this process alone.
///
/// It must be spawned on the main thread: the leash is tied to the thread that starts the process.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Result<Command, Failure> {
    let mesh = std::env::current_exe().or_fail(|| "cannot tell where this program is".to_owned())?;
    let mut command = Command::new(mesh);
    command
        .arg(leash::VERB)
        .arg(std::process::id().to_string())
        .arg("--")
        .arg(program)
        .stdin(Stdio::null())
        .process_group(0);
    Ok(command)
}

/// A child process. Dropping it ends it and whatever it started.
#[derive(Debug)]
pub(crate) struct Tied {
    child: Child,
    group: Pid,
}

impl Tied {
    /// Starts a command of [`command`].
    pub(crate) fn spawn(mut command: Command, name: &str) -> Result<Self, Failure> {
        let child = command.spawn().or_fail(|| format!("cannot start {name}"))?;
        let group = child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
        let group = group.ok_or_else(|| Failure::new(format!("{name} ended as soon as it was started")))?;
        Ok(Self { child, group })
    }

    /// The child itself.
    pub(crate) fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// The id of the process.
    pub(crate) fn id(&self) -> u32 {
        self.group.as_raw_nonzero().get().unsigned_abs()
    }

    /// Waits for its end.
    pub(crate) async fn wait(&mut self) -> Option<ExitStatus> {
        self.child.wait().await.ok()
    }

    /// Asks it to end, and ends it when it does not within [`GRACE`].
    pub(crate) async fn stop(&mut self) {
        self.signal(Signal::TERM);
        if tokio::time::timeout(GRACE, self.child.wait()).await.is_err() {
            self.signal(Signal::KILL);
            let _ = self.child.wait().await;
        }
    }

    fn signal(&self, signal: Signal) {
        // The id is ours until `wait` has told of the end, so that the group cannot be somebody else's.
        if self.child.id().is_some() {
            let _ = kill_process_group(self.group, signal);
        }
    }
}

impl Drop for Tied {
    fn drop(&mut self) {
        self.signal(Signal::KILL);
    }
}
