//! Questions as JSON lines on standard input, and one line of answer for each, in order and at once. A line that cannot be
//! read is answered, too, and the lines behind it as if nothing had happened.

mod line;
mod number;

use std::io::{BufRead, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};

use serde::Serialize;

use crate::failure::{Failure, OrFail as _};
pub(crate) use line::Question;
pub(crate) use number::first_changed as first_changed_number;

/// Longer lines are refused rather than held in memory.
const LONGEST: u64 = 64 << 20;

/// What deeply nested documents may take; only what is used is ever taken from the system.
const STACK: usize = 256 << 20;

/// Answers every line of standard input. `answer` is told the question, and what is wrong with it.
pub(crate) fn answer_lines<A: Serialize>(
    answer: impl Fn(&Question, Result<(), String>) -> A + Send,
) -> Result<(), Failure> {
    on_a_large_stack(move || answer_all(std::io::stdin().lock(), std::io::stdout().lock(), &answer))?
}

/// Runs work that recurses as deeply as its documents are nested.
pub(crate) fn on_a_large_stack<T: Send>(work: impl FnOnce() -> T + Send) -> Result<T, Failure> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work);
        let thread = thread.or_fail(|| "no thread could be started".to_owned())?;
        // A panic has told what happened.
        thread.join().map_err(|_| Failure::new("the judge failed; this is a mistake of its own"))
    })
}

fn answer_all<A: Serialize>(
    mut input: impl BufRead,
    mut output: impl Write,
    answer: &dyn Fn(&Question, Result<(), String>) -> A,
) -> Result<(), Failure> {
    let mut line = Vec::new();
    while let Some(read) =
        next_line(&mut input, &mut line).or_fail(|| "standard input could not be read".to_owned())?
    {
        let line = line.trim_ascii();
        if line.is_empty() && read.is_ok() {
            continue;
        }
        let (question, read) = match read {
            Ok(()) => Question::read(line),
            Err(reason) => (Question::default(), Err(reason)),
        };
        // A mistake of the judge must not cost the answers to the lines behind.
        let told = catch_unwind(AssertUnwindSafe(|| answer(&question, read)));
        let told = told.unwrap_or_else(|_| {
            answer(&question, Err("the judge failed; this is a mistake of its own".to_owned()))
        });
        let written = serde_json::to_writer(&mut output, &told).map_err(std::io::Error::from);
        written
            .and_then(|()| output.write_all(b"\n"))
            .and_then(|()| output.flush())
            .map_err(Failure::writing)?;
    }
    Ok(())
}

/// Reads the next line; `None` at the end. A line that is too long is passed over and refused.
fn next_line(input: &mut impl BufRead, line: &mut Vec<u8>) -> std::io::Result<Option<Result<(), String>>> {
    line.clear();
    Read::take(&mut *input, LONGEST).read_until(b'\n', line)?;
    if line.is_empty() {
        return Ok(None);
    }
    if line.len() as u64 >= LONGEST && line.last() != Some(&b'\n') {
        line.clear();
        input.skip_until(b'\n')?;
        return Ok(Some(Err(format!("the line is longer than {} MiB", LONGEST >> 20))));
    }
    Ok(Some(Ok(())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers(input: &[u8]) -> String {
        let mut output = Vec::new();
        let answer = |question: &Question, read: Result<(), String>| {
            assert!(question.members.get("panic").is_none() || read.is_err(), "asked to panic");
            serde_json::json!({ "id": question.id, "error": read.err() })
        };
        answer_all(input, &mut output, &answer).expect("a vector takes everything");
        String::from_utf8(output).expect("JSON is UTF-8")
    }

    #[test]
    fn each_line_has_an_answer_and_blank_ones_have_none() {
        let input = b"{\"id\":1}\r\n\n   \n{\"id\":{\"a\":2},\"sub\":[}\n\xff\n[]\n{\"id\":\"last\"}";
        let told = answers(input);
        let ids: Vec<&str> =
            told.lines().map(|line| line.split(",\"id\":").nth(1).unwrap_or_default()).collect();
        assert_eq!(ids, ["1}", "{\"a\":2}}", "null}", "null}", "\"last\"}"], "{told}");
    }

    #[test]
    fn a_panic_costs_one_answer() {
        let told = answers(b"{\"id\":1,\"panic\":true}\n{\"id\":2}\n");
        assert!(
            told.contains("mistake of its own") && told.ends_with("{\"error\":null,\"id\":2}\n"),
            "{told}"
        );
    }
}
