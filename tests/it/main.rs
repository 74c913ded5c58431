//! What must hold of the project as a whole, seen from outside.

mod architecture;
mod workspace;
