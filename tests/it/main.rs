//! What must hold of the project as a whole, seen from outside.

mod architecture;
mod command;
mod leash;
mod processes;
mod workspace;
