//! What must hold of policies, seen from outside.

mod docs;
mod hostile;
mod sets;
