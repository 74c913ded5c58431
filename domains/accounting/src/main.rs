//! Serves the accounting domain. `accounting --help` tells its flags and environment; `ACCOUNTING_AS_OF` names the day for
//! which receivables are aged.

use std::process::ExitCode;

use accounting::AsOf;

fn main() -> ExitCode {
    match AsOf::from_env() {
        Ok(as_of) => accounting::host(as_of).serve(),
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}
