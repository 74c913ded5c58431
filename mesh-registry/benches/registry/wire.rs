//! A client that costs next to nothing.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

/// A client that costs next to nothing: one connection, requests written as they are, answers read to their length.
pub(crate) struct Wire {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Wire {
    pub(crate) fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).expect("a connection");
        stream.set_nodelay(true).expect("no delay");
        Self { stream, buffer: vec![0; 256 * 1024] }
    }

    pub(crate) fn exchange(&mut self, request: &[u8]) -> u16 {
        self.stream.write_all(request).expect("written");
        let mut filled = 0;
        loop {
            let read = self.stream.read(&mut self.buffer[filled..]).expect("read");
            assert!(read > 0, "the connection was closed");
            filled += read;
            let Some(end) = self.buffer[..filled].windows(4).position(|four| four == b"\r\n\r\n") else {
                continue;
            };
            let head = std::str::from_utf8(&self.buffer[..end]).expect("a head").to_ascii_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap_or("0");
            let whole = end + 4 + length.parse::<usize>().expect("a length");
            while filled < whole {
                filled += self.stream.read(&mut self.buffer[filled..]).expect("read");
            }
            return head[9..12].parse().expect("a status");
        }
    }
}

pub(crate) fn get(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: bench\r\n\r\n").into_bytes()
}

pub(crate) fn put(path: &str, body: &str) -> Vec<u8> {
    format!(
        "PUT {path} HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}
