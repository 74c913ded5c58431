//! A host that answers byte by byte as a test wants it, wrong answers included.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use mesh_runtime::client::Url;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What is sent for one request.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    /// These bytes, and the end of the connection.
    Bytes(Vec<u8>),
    /// These bytes, and then nothing for as long as the reader stays.
    Stall(Vec<u8>),
    /// These bytes, and then one more now and then for as long as the reader stays.
    Trickle(Vec<u8>),
}

impl Reply {
    /// A page of lines with headers.
    pub(crate) fn page(headers: &[(&str, &str)], body: &str) -> Self {
        Self::Bytes(response("200 OK", headers, body))
    }

    pub(crate) fn status(status: &str, headers: &[(&str, &str)]) -> Self {
        Self::Bytes(response(status, headers, ""))
    }

    /// A page that ends before its length says so.
    pub(crate) fn cut(headers: &[(&str, &str)], body: &str, keep: usize) -> Self {
        let mut bytes = response("200 OK", headers, body);
        bytes.truncate(bytes.len() - body.len() + keep);
        Self::Bytes(bytes)
    }
}

fn response(status: &str, headers: &[(&str, &str)], body: &str) -> Vec<u8> {
    let mut text = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n", body.len());
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    format!("{text}\r\n{body}").into_bytes()
}

/// A request as it came: its target, and the value of its authorization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) target: String,
    pub(crate) authorization: Option<String>,
}

/// A host that describes itself as serving `shop.sales` and answers for its records as the test says.
#[derive(Debug)]
pub(crate) struct FakeDomain {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<Request>>>,
    task: JoinHandle<()>,
}

impl Drop for FakeDomain {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl FakeDomain {
    /// `answer` gets the target of the request and how many came for records before it.
    pub(crate) async fn start(answer: impl Fn(&str, usize) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::<Mutex<Vec<Request>>>::default();
        let (heard, answer) = (Arc::clone(&requests), Arc::new(answer));
        let task = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (heard, answer) = (Arc::clone(&heard), Arc::clone(&answer));
                tokio::spawn(async move { serve(stream, address, &heard, &*answer).await });
            }
        });
        Self { address, requests, task }
    }

    /// One page without headers.
    pub(crate) async fn of_lines(body: &str) -> Self {
        let body = body.to_owned();
        Self::start(move |_, _| Reply::page(&[], &body)).await
    }

    pub(crate) fn url(&self) -> Url {
        format!("http://{}", self.address).parse().unwrap()
    }

    /// The requests for records so far.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }
}

async fn serve(
    mut stream: TcpStream,
    address: SocketAddr,
    heard: &Mutex<Vec<Request>>,
    answer: &(dyn Fn(&str, usize) -> Reply + Send + Sync),
) {
    let mut head = Vec::new();
    while !head.windows(4).any(|window| window == b"\r\n\r\n") {
        if stream.read_buf(&mut head).await.unwrap_or(0) == 0 {
            return;
        }
    }
    let head = String::from_utf8(head).unwrap();
    let target = head.split(' ').nth(1).unwrap().to_owned();
    let authorization = head.lines().find_map(|line| line.strip_prefix("authorization: ")).map(str::to_owned);
    let reply = if target == "/.well-known/mesh" {
        Reply::page(&[], &well_known(address).to_string())
    } else {
        let count = {
            let mut heard = heard.lock().unwrap();
            heard.push(Request { target: target.clone(), authorization });
            heard.len() - 1
        };
        answer(&target, count)
    };
    match reply {
        Reply::Bytes(bytes) => {
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
        }
        Reply::Trickle(bytes) => {
            let _ = stream.write_all(&bytes).await;
            while stream.write_all(b" ").await.is_ok() {
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            }
        }
        Reply::Stall(bytes) => {
            let _ = stream.write_all(&bytes).await;
            let mut rest = [0; 64];
            while stream.read(&mut rest).await.unwrap_or(0) > 0 {}
        }
    }
}

fn well_known(address: SocketAddr) -> serde_json::Value {
    let digest = format!("sha256:{}", "0".repeat(64));
    json!({
        "mesh": 1,
        "runtime": "0.1.0",
        "domain": { "name": "shop", "description": "A shop.", "owner": "shop@example.com", "services": [] },
        "environment": "development",
        "products": [{
            "address": "shop.sales",
            "version": "1.2.0",
            "digest": digest,
            "ports": [{ "name": "records", "kind": "records", "url": format!("http://{address}/records") }],
            "description": "Sales.",
            "contract": format!("http://{address}/contract"),
        }],
    })
}
