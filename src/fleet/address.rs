//! Which port a registry gets.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};

use crate::failure::Failure;

/// The port that a registry has unless it is told otherwise.
pub(crate) const USUAL_PORT: u16 = mesh_registry::Config::USUAL_PORT;

/// Which port a registry gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Port {
    /// This one and no other.
    Asked(u16),
    /// The usual one, or any that is free.
    Usual,
}

impl Port {
    /// The port that was asked for, or the usual one.
    pub(crate) fn of(asked: Option<u16>) -> Self {
        asked.map_or(Self::Usual, Self::Asked)
    }

    /// The address to listen on; port 0 stands for any that is free.
    pub(crate) fn address(self) -> Result<SocketAddr, Failure> {
        let local = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        match self {
            Self::Asked(port) if port == 0 || is_free(local(port)) => Ok(local(port)),
            Self::Asked(port) => {
                Err(Failure::new(format!("port {port} is taken: something listens on {}", local(port))).next(
                    "stop it, name another with `--port`, or leave the option out to get one that is free",
                ))
            }
            Self::Usual if is_free(local(USUAL_PORT)) => Ok(local(USUAL_PORT)),
            Self::Usual => Ok(local(0)),
        }
    }
}

fn is_free(address: SocketAddr) -> bool {
    TcpListener::bind(address).is_ok()
}
