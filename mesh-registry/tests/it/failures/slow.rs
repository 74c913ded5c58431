//! Callers that are slow, silent or gone. Each has its time, and then its connection is somebody else's.

use std::net::SocketAddr;
use std::time::Duration;

use mesh_registry::config::Limits;
use reqwest::Method;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

use crate::world::{Client, World, contract, version_path};

/// So few connections, all of which a test can take.
const CONNECTIONS: usize = 4;
const SOON: Duration = Duration::from_millis(300);

async fn world(change: impl FnOnce(&mut Limits)) -> World {
    World::start_with(|config| {
        config.limits.connections = CONNECTIONS;
        change(&mut config.limits);
    })
    .await
}

async fn others(address: SocketAddr) -> Vec<TcpStream> {
    let mut streams = Vec::new();
    for _ in 0..CONNECTIONS {
        streams.push(TcpStream::connect(address).await.expect("a connection"));
    }
    streams
}

/// Waits for its turn among all connections, and is served.
async fn is_served(world: &World) {
    let path = "/health/ready";
    // Somebody new, who has no connection yet.
    let client = Client::new(world.running.address());
    let answer = tokio::time::timeout(Duration::from_secs(60), client.try_send(Method::GET, path, &[], None));
    assert_eq!(answer.await.expect("nobody keeps its place for ever").expect("an answer").status, 204);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_connects_and_says_nothing_gives_up_the_place_to_others() {
    let world = world(|limits| limits.head = SOON).await;
    let silent = others(world.running.address()).await;
    is_served(&world).await;
    drop(silent);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_sends_a_head_byte_by_byte_gives_up_the_place_to_others() {
    let world = world(|limits| limits.head = SOON).await;
    let senders: Vec<_> = others(world.running.address())
        .await
        .into_iter()
        .map(|mut stream| {
            tokio::spawn(async move {
                let head = b"GET /health/ready HTTP/1.1\r\nhost: registry\r\nx-long: ";
                for byte in head.iter().copied().chain(std::iter::repeat(b'x')) {
                    if stream.write_all(&[byte]).await.is_err() {
                        return;
                    }
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            })
        })
        .collect();
    is_served(&world).await;
    for sender in senders {
        tokio::time::timeout(Duration::from_secs(60), sender)
            .await
            .expect("it is cut off")
            .expect("no panic");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_sends_a_body_that_never_ends_is_told_and_cut_off() {
    let world = world(|limits| limits.request = SOON).await;
    let path = version_path(&contract("sales.orders", "1.0.0", "One."));
    let mut streams = others(world.running.address()).await;
    for stream in &mut streams {
        let head = format!("PUT {path} HTTP/1.1\r\nhost: registry\r\ncontent-length: 1000\r\n\r\n{{");
        stream.write_all(head.as_bytes()).await.expect("sent");
    }
    is_served(&world).await;
    for mut stream in streams {
        let mut answer = String::new();
        // Whether it ends in order or not, it ends; what was told before stands.
        let read = stream.read_to_string(&mut answer);
        drop(tokio::time::timeout(Duration::from_secs(60), read).await.expect("it is cut off"));
        assert!(answer.starts_with("HTTP/1.1 503") && answer.contains("urn:mesh:problem:busy"), "{answer}");
        assert!(answer.contains("may or may not have taken effect"), "{answer}");
    }
    world.client.get(&path).await.problem(404, "unknown-product");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_asks_and_does_not_read_gives_up_the_place_to_others() {
    let world = world(|limits| limits.stalled = SOON).await;
    let document = contract("sales.orders", "1.0.0", &"x".repeat(1_500_000));
    let path = version_path(&document);
    // The world's own requests wait in the same line, so the long one is published before.
    world.client.publish(&document).await.ok();
    let mut streams = Vec::new();
    for _ in 0..CONNECTIONS {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.set_recv_buffer_size(4096).expect("a small buffer");
        let mut stream = socket.connect(world.running.address()).await.expect("a connection");
        // More answers than all buffers on the way hold.
        let requests = format!("GET {path} HTTP/1.1\r\nhost: registry\r\n\r\n").repeat(20);
        stream.write_all(requests.as_bytes()).await.expect("sent");
        streams.push(stream);
    }
    // Nobody reads, and nobody closes, as when the other end has vanished.
    is_served(&world).await;
    drop(streams);
}
