//! How a host ends: what is being answered is answered, within bounds; and what readers do to connections.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::shop::{Sale, Stock, open, sale};
use super::{config, soon};

/// Enough that no socket buffer takes it at once.
fn many() -> Vec<Sale> {
    let long = |number| Sale {
        labels: [("long".repeat(10_000), super::shop::Label { count: 1 })].into(),
        ..sale(number)
    };
    (0..400).map(long).collect()
}

/// Asks for everything and reads the head of the answer only.
async fn ask(address: std::net::SocketAddr) -> (TcpStream, Vec<u8>, usize) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream
        .write_all(b"GET /products/sales/records?limit=10000 HTTP/1.1\r\nhost: shop\r\n\r\n")
        .await
        .unwrap();
    let mut read = Vec::new();
    let end = soon("the head", async {
        loop {
            stream.read_buf(&mut read).await.unwrap();
            if let Some(end) = read.windows(4).position(|window| window == b"\r\n\r\n") {
                break end + 4;
            }
        }
    })
    .await;
    let head = String::from_utf8(read[..end].to_vec()).unwrap();
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    let length =
        head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap().parse().unwrap();
    (stream, read.split_off(end), length)
}

#[tokio::test]
async fn an_answer_that_is_on_its_way_arrives_whole() {
    let host = open(&Stock::of(many()), config()).await;
    let address = host.address();
    let (mut stream, mut body, length) = ask(address).await;
    assert!(body.len() < length, "the answer is not through yet");
    let stopping = tokio::spawn(host.shutdown());
    soon("the door to close", async {
        while TcpStream::connect(address).await.is_ok() {
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert!(!stopping.is_finished(), "the host waits for its reader");
    soon("the answer", stream.read_to_end(&mut body)).await.unwrap();
    assert_eq!(body.len(), length);
    soon("stopping", stopping).await.unwrap();
}

#[tokio::test]
async fn a_reader_that_takes_nothing_does_not_hold_the_host_for_ever() {
    let mut config = config();
    config.drain = Duration::from_millis(50);
    let host = open(&Stock::of(many()), config).await;
    let (stream, body, length) = ask(host.address()).await;
    assert!(body.len() < length);
    soon("stopping", host.shutdown()).await;
    drop(stream);
}

#[tokio::test]
async fn connections_that_say_nothing_end_at_a_stop_at_once() {
    let host = open(&Stock::of(vec![]), config()).await;
    let mut silent = TcpStream::connect(host.address()).await.unwrap();
    let mut half = TcpStream::connect(host.address()).await.unwrap();
    half.write_all(b"GET /health/live HTTP/1.1\r\nhost: shop\r\n\r\n").await.unwrap();
    let mut answer = [0; 15];
    soon("an answer", half.read_exact(&mut answer)).await.unwrap();
    soon("stopping", host.shutdown()).await;
    let mut rest = Vec::new();
    soon("the end", half.read_to_end(&mut rest)).await.unwrap();
    let _ = soon("the end", silent.read_to_end(&mut rest)).await;
}

#[tokio::test]
async fn a_head_that_does_not_arrive_is_not_waited_for() {
    let mut config = config();
    config.head_timeout = Duration::from_millis(50);
    let host = open(&Stock::of(vec![]), config).await;
    let mut slow = TcpStream::connect(host.address()).await.unwrap();
    slow.write_all(b"GET /health/live HTTP/1.1\r\nhost:").await.unwrap();
    let mut rest = Vec::new();
    let _ = soon("the host to hang up", slow.read_to_end(&mut rest)).await;
}

#[tokio::test]
async fn more_connections_than_are_taken_wait_for_their_turn() {
    let mut config = config();
    config.most_connections = 1;
    config.connection_age = Duration::from_millis(100);
    config.drain = Duration::from_millis(100);
    let host = open(&Stock::of(vec![sale(1)]), config).await;
    let first = TcpStream::connect(host.address()).await.unwrap();
    // The second is answered once the first, which says nothing, has come of age.
    let (_stream, _body, length) = ask(host.address()).await;
    assert!(length > 0);
    drop(first);
}
