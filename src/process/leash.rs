//! The hidden verb that a child process starts as: it ties its life to that of the parent and then becomes the program.
//!
//! The wish "end me when my parent ends" must be stated between fork and exec, where safe Rust cannot run code. So the
//! child starts as this program, states it as an ordinary call, and replaces itself by the program, which keeps its
//! process id; the wish survives that. Where the system knows no such wish (macOS), the program is started all the same:
//! every ordinary end of the parent stops it, only `kill -9` of the parent does not.

use std::convert::Infallible;
use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::process::Command;

use clap::Args;

use crate::failure::Failure;

/// The name of the verb. No user needs it.
pub(crate) const VERB: &str = "__leash";

/// Becomes a program that ends with its parent.
#[derive(Debug, Args)]
pub(crate) struct Leash {
    /// The process that starts it.
    parent: i32,
    /// The program and its arguments.
    #[arg(last = true, required = true)]
    program: Vec<OsString>,
}

impl Leash {
    /// Becomes the program.
    pub(crate) fn run(self) -> Result<Infallible, Failure> {
        tie(self.parent)?;
        let Some((program, arguments)) = self.program.split_first() else {
            return Err(Failure::new("no program was named"));
        };
        let error = Command::new(program).args(arguments).exec();
        Err(Failure::new(format!("cannot start `{}`", program.display())).because(error))
    }
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn tie(parent: i32) -> Result<(), Failure> {
    use rustix::process::{Signal, getppid, set_parent_process_death_signal};

    use crate::failure::OrFail;

    set_parent_process_death_signal(Some(Signal::KILL))
        .or_fail(|| "cannot tie the process to its parent".to_owned())?;
    // The parent may have ended before the wish was stated; then nobody will ever send the signal.
    if getppid().map(|pid| pid.as_raw_nonzero().get()) != Some(parent) {
        return Err(Failure::new("the process that started this one is gone"));
    }
    Ok(())
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn tie(_parent: i32) -> Result<(), Failure> {
    Ok(())
}
