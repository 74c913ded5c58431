//! The registry's pages: rendered on the server, whole without JavaScript, better with it.
//!
//! Data flows one way: what the service answers becomes a view (`view`: plain structs, everything decided), and a view
//! becomes HTML (`page`: markup only, nothing decided). Every text goes through the template's escaping; there is no
//! way around it here, and no inline script or style, so that the policy sent with each page can forbid both.

pub mod assets;
pub mod page;
pub mod url;
pub mod view;

pub(crate) mod gather;

mod component;
mod layout;

#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod tests;

/// What a page may load and do: its own files, and nothing from elsewhere.
pub const CONTENT_SECURITY_POLICY: &str =
    "default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; frame-ancestors 'none'";
