//! Serves the sales domain. `sales --help` tells its flags and environment.

use std::process::ExitCode;

fn main() -> ExitCode {
    sales::host().serve()
}
