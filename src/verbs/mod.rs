//! The verbs, one file each.

pub(crate) mod add;
pub(crate) mod can_i_deploy;
pub(crate) mod check;
pub(crate) mod contains;
pub(crate) mod contract;
pub(crate) mod demo;
pub(crate) mod deployed;
pub(crate) mod dev;
pub(crate) mod diff;
pub(crate) mod events;
pub(crate) mod expect;
pub(crate) mod explain;
pub(crate) mod info;
pub(crate) mod init;
pub(crate) mod judge;
pub(crate) mod new;
pub(crate) mod publish;
pub(crate) mod read;
pub(crate) mod registry;
pub(crate) mod remove;
pub(crate) mod search;
pub(crate) mod tree;
pub(crate) mod update;
pub(crate) mod waive;
