//! What the command starts ends with it, whatever it ends of.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

use rustix::process::Signal;

use crate::processes::{eventually, runs, signal};

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "only Linux ends a process with its parent")]
fn a_process_on_the_leash_ends_with_its_parent_even_when_that_is_killed() {
    let script = format!("'{}' __leash $$ -- sleep 600 & echo $!; wait", env!("CARGO_BIN_EXE_mesh"));
    let mut parent =
        Command::new("sh").args(["-c", &script]).stdout(Stdio::piped()).spawn().expect("a shell");
    let mut line = String::new();
    BufReader::new(parent.stdout.take().expect("its output")).read_line(&mut line).expect("a line");
    let child: u32 = line.trim().parse().expect("the id of the child");
    eventually("the program replaces the leash", Duration::from_secs(10), || {
        std::fs::read_to_string(format!("/proc/{child}/comm")).is_ok_and(|name| name.trim() == "sleep")
    });

    signal(parent.id(), Signal::KILL);
    parent.wait().expect("the end of the parent");

    eventually("the end of the child", Duration::from_secs(10), || !runs(child));
}

#[test]
fn nothing_is_started_for_a_parent_that_is_gone() {
    let mut gone = Command::new("true").spawn().expect("a process");
    gone.wait().expect("its end");
    let output = Command::new(env!("CARGO_BIN_EXE_mesh"))
        .args(["__leash", &gone.id().to_string(), "--", "echo", "started"])
        .output()
        .expect("the command");
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty(), "the program must not run");
}
