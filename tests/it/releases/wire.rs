//! HTTP as far as recording and replaying need it, without any part of the mesh: whole requests and whole answers.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A request, as it was sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Request {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Value,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Value,
}

/// Both.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Exchange {
    pub(super) request: Request,
    pub(super) reply: Reply,
}

/// A first line, headers and a body.
type Message = (String, Vec<(String, String)>, Value);

/// Reads what comes, without the headers that are of this connection alone.
fn read(stream: &TcpStream) -> Option<Message> {
    let mut reader = BufReader::new(stream);
    let mut first = String::new();
    reader.read_line(&mut first).ok().filter(|read| *read > 0)?;
    let (mut headers, mut length) = (Vec::new(), 0);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        let (name, value) = (name.to_ascii_lowercase(), value.trim().to_owned());
        match name.as_str() {
            "content-length" => length = value.parse().ok()?,
            "host" | "connection" | "date" | "x-request-id" => {}
            _ => headers.push((name, value)),
        }
    }
    headers.sort();
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let body = if body.is_empty() { Value::Null } else { serde_json::from_slice(&body).ok()? };
    Some((first.trim_end().to_owned(), headers, body))
}

fn write(mut stream: &TcpStream, first: &str, headers: &[(String, String)], body: &Value, host: &str) {
    let text = if body.is_null() { String::new() } else { body.to_string() };
    let mut head = format!("{first}\r\n{host}connection: close\r\n");
    headers.iter().for_each(|(name, value)| head += &format!("{name}: {value}\r\n"));
    if !text.is_empty() || first.contains(" 200 ") {
        head += &format!("content-length: {}\r\n", text.len());
    }
    // Whoever has gone away needs no answer.
    drop(stream.write_all(format!("{head}\r\n{text}").as_bytes()));
}

/// Asks somebody.
pub(super) fn ask(address: SocketAddr, request: &Request) -> Reply {
    let stream = TcpStream::connect(address).expect("somebody listens");
    let Request { method, path, headers, body } = request;
    write(&stream, &format!("{method} {path} HTTP/1.1"), headers, body, &format!("host: {address}\r\n"));
    let (first, headers, body) = read(&stream).unwrap_or_else(|| panic!("{method} {path} has no answer"));
    let status = first.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    Reply { status, headers, body }
}

/// Answers whoever asks, for as long as the test runs.
pub(super) fn serve(answer: impl Fn(Request) -> Reply + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let answer = Arc::new(answer);
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let answer = Arc::clone(&answer);
            std::thread::spawn(move || {
                let Some((first, headers, body)) = read(&stream) else { return };
                let mut words = first.split(' ').map(str::to_owned);
                let (Some(method), Some(path)) = (words.next(), words.next()) else { return };
                let Reply { status, headers, body } = answer(Request { method, path, headers, body });
                write(&stream, &format!("HTTP/1.1 {status} Status"), &headers, &body, "");
            });
        }
    });
    address
}
