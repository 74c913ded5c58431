//! The registry from outside.

mod browser;
mod fixture_mesh;
mod pages;
