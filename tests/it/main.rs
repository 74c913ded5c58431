//! What must hold of the project as a whole, seen from outside.

mod access;
mod architecture;
mod branch;
mod checking;
mod closed;
mod command;
mod contains;
mod demo;
mod deploy;
mod deploying;
mod explain;
mod feed;
mod http;
mod independence;
mod journeys;
mod judge;
mod leash;
mod lifecycle;
mod messages;
mod policies;
mod processes;
mod releases;
mod running;
mod serving;
mod town;
#[cfg(feature = "traces")]
mod traces;
mod workspace;
