//! The wish of a user, a terminal or an init system that this process ends.

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::failure::{Failure, OrFail};

/// Who wished it, as far as a shell tells them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    /// Ctrl-C.
    Interrupt,
    /// SIGTERM.
    Terminate,
    /// A terminal that was closed.
    HangUp,
}

impl Stop {
    /// The exit status that a shell gives a command that such a signal ended: 128 and the number of the signal.
    pub(crate) fn exit_status(self) -> u8 {
        match self {
            Self::HangUp => 129,
            Self::Interrupt => 130,
            Self::Terminate => 143,
        }
    }
}

/// Ctrl-C, SIGTERM, or a terminal that was closed. Once made, none of them ends the process by itself.
#[derive(Debug)]
pub(crate) struct StopSignal {
    interrupt: Signal,
    terminate: Signal,
    hang_up: Signal,
}

impl StopSignal {
    /// Listens from now on.
    pub(crate) fn listen() -> Result<Self, Failure> {
        let listen = |kind| signal(kind).or_fail(|| "cannot listen to signals".to_owned());
        Ok(Self {
            interrupt: listen(SignalKind::interrupt())?,
            terminate: listen(SignalKind::terminate())?,
            hang_up: listen(SignalKind::hangup())?,
        })
    }

    /// Waits for the next wish.
    pub(crate) async fn wait(&mut self) -> Stop {
        tokio::select! {
            _ = self.interrupt.recv() => Stop::Interrupt,
            _ = self.terminate.recv() => Stop::Terminate,
            _ = self.hang_up.recv() => Stop::HangUp,
        }
    }
}
