//! The mesh command: Cargo for data products. One file per verb, thin over the libraries.

mod args;
mod cargo;
mod domain_crate;
mod failure;
mod output;
mod process;
mod reader;
mod scaffold;
mod table;
mod verbs;

use std::process::ExitCode;

use args::{Arguments, Verb};
use failure::Failure;
use output::{Output, Verdict};

fn main() -> ExitCode {
    let Arguments { global, verb } = Arguments::read(std::env::args_os());
    output::colour(global.color);
    let output = Output::new(global.format, global.quiet);
    match run(verb, &global, output) {
        Ok(Verdict::Clean) => ExitCode::SUCCESS,
        Ok(Verdict::Findings) => ExitCode::from(1),
        Err(failure) if failure.is_reader_gone() => ExitCode::SUCCESS,
        Err(failure) => {
            output::tell_failure(&failure);
            ExitCode::from(2)
        }
    }
}

fn run(verb: Verb, global: &args::Global, output: Output) -> Result<Verdict, Failure> {
    match verb {
        Verb::Registry(registry) => registry.run(output),
        Verb::Leash(leash) => match leash.run()? {},
    }
}
