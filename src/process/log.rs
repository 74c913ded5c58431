//! What started processes write, line by line, under their names on standard error.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use anstyle::{AnsiColor, Style};
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{ChildStderr, ChildStdout};
use tokio::sync::watch;

use crate::output::tell;

/// What a program says when it can be reached.
const LISTENING: &str = "listening on http://";
/// How many lines are kept back while nobody wants to see them.
const KEPT: usize = 1_000;
const COLOURS: [AnsiColor; 5] =
    [AnsiColor::Cyan, AnsiColor::Magenta, AnsiColor::Blue, AnsiColor::Yellow, AnsiColor::Green];

/// Gathers what processes write. Lines are kept back until [`show`](Logs::show), so that a start that goes well is short.
#[derive(Debug, Clone)]
pub(crate) struct Logs {
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    kept: VecDeque<String>,
    shown: bool,
    colours: usize,
    width: usize,
}

impl Logs {
    /// Keeps lines back. Names are padded to `width`.
    pub(crate) fn new(width: usize) -> Self {
        let state = State { kept: VecDeque::new(), shown: false, colours: 0, width };
        Self { state: Arc::new(Mutex::new(state)) }
    }

    /// Shows every line from now on, without those kept back.
    pub(crate) fn show(&self) {
        let mut state = self.lock();
        state.kept.clear();
        state.shown = true;
    }

    /// Shows the lines kept back, because something went wrong.
    pub(crate) fn confess(&self) {
        let mut state = self.lock();
        state.shown = true;
        state.kept.drain(..).for_each(|line| tell(&line));
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn line(&self, name: &str, style: Style, line: &str) {
        let mut state = self.lock();
        let width = state.width;
        let line = format!("{style}{name:>width$}{style:#} | {line}");
        if state.shown {
            tell(&line);
        } else {
            if state.kept.len() == KEPT {
                state.kept.pop_front();
            }
            state.kept.push_back(line);
        }
    }

    /// Follows the output of a process until it ends. The receiver tells where the process listens, once it says so.
    pub(super) fn follow(
        &self,
        name: &str,
        stdout: Option<ChildStdout>,
        stderr: Option<ChildStderr>,
    ) -> watch::Receiver<Option<String>> {
        let style = {
            let mut state = self.lock();
            state.colours += 1;
            COLOURS[(state.colours - 1) % COLOURS.len()].on_default()
        };
        let (sender, receiver) = watch::channel(None);
        let sender = Arc::new(sender);
        if let Some(stdout) = stdout {
            tokio::spawn(self.clone().pump(name.to_owned(), style, stdout, Arc::clone(&sender)));
        }
        if let Some(stderr) = stderr {
            tokio::spawn(self.clone().pump(name.to_owned(), style, stderr, sender));
        }
        receiver
    }

    async fn pump(
        self,
        name: String,
        style: Style,
        output: impl AsyncRead + Unpin,
        address: Arc<watch::Sender<Option<String>>>,
    ) {
        let mut lines = BufReader::new(output).split(b'\n');
        while let Ok(Some(line)) = lines.next_segment().await {
            let line = String::from_utf8_lossy(&line);
            let line = line.trim_end();
            if let Some(said) = listening(line) {
                address.send_if_modified(|known| {
                    let first = known.is_none();
                    first.then(|| *known = Some(said.to_owned()));
                    first
                });
            }
            self.line(&name, style, line);
        }
    }
}

/// The address in a line that says where a program listens.
fn listening(line: &str) -> Option<&str> {
    let start = line.find(LISTENING)? + LISTENING.len() - "http://".len();
    let address = &line[start..];
    let end = address.find(|c: char| c.is_whitespace() || c.is_control()).unwrap_or(address.len());
    Some(address[..end].trim_end_matches(['/', '.', ',']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_read_out_of_whatever_stands_around_it() {
        let line = "2026-01-01T00:00:00Z  INFO sales: listening on http://127.0.0.1:4100/ with 4 products";
        assert_eq!(listening(line), Some("http://127.0.0.1:4100"));
        assert_eq!(
            listening("\u{1b}[32mlistening on http://127.0.0.1:1\u{1b}[0m"),
            Some("http://127.0.0.1:1")
        );
        assert_eq!(listening("reading http://127.0.0.1:4100"), None);
    }
}
