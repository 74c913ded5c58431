//! What the macros make of annotated types.

mod definitions;
