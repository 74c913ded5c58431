//! How a registry takes leave: nothing that was under way is lost, nobody holds it for ever, and it says so before.

use std::net::SocketAddr;
use std::time::Duration;

use reqwest::Method;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::metrics::half_a_publish;
use crate::world::{Client, World, contract, version_path};

/// Waits until nobody can connect any more.
async fn refused(address: SocketAddr) {
    for _ in 0..3_000 {
        if TcpStream::connect(address).await.is_err() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{address} still accepts connections");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_under_way_is_finished_and_a_new_one_is_refused() {
    let world = World::start_with(|config| config.limits.grace = Duration::from_secs(600)).await;
    let address = world.running.address();
    let document = contract("sales.orders", "1.0.0", "One.");
    let (path, body) = (version_path(&document), document.to_string());
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    let head = format!(
        "PUT {path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let (one, other) = body.split_at(body.len() / 2);
    stream.write_all(format!("{head}{one}").as_bytes()).await.expect("written");
    // The head was read once the request is counted.
    let under_way = async || {
        let answer = world.client.try_send(Method::GET, "/metrics", &[], None).await.expect("an answer");
        String::from_utf8_lossy(&answer.bytes).contains("\nmesh_http_requests_under_way 1\n")
    };
    while !under_way().await {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let stopping = tokio::spawn(world.running.shutdown());
    refused(address).await;
    assert!(!stopping.is_finished(), "somebody is still waited for");
    stream.write_all(other.as_bytes()).await.expect("written");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("the whole answer");
    assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
    assert!(answer.to_lowercase().contains("\r\nconnection: close\r\n"), "{answer}");
    stopping.await.expect("it ends by itself");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_never_finishes_does_not_hold_the_registry() {
    let world = World::start_with(|config| {
        config.limits.request = Duration::from_secs(3_600);
        config.limits.grace = Duration::from_millis(200);
    })
    .await;
    let _half = half_a_publish(world.running.address()).await;
    let _idle = TcpStream::connect(world.running.address()).await.expect("a connection");
    tokio::time::timeout(Duration::from_secs(60), world.running.shutdown()).await.expect("it ends");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readiness_ends_first_and_connections_are_not_kept() {
    // Long enough for the looks below on a machine that is busy.
    let world = World::start_with(|config| config.drain.delay = Duration::from_secs(5)).await;
    let client = Client::new(world.running.address());
    let before = client.get("/health/ready").await;
    assert_eq!(before.status, 204);
    assert!(!before.headers.contains_key("connection"));
    let stopping = tokio::spawn(world.running.shutdown());
    let told = loop {
        let ready = client.get("/health/ready").await;
        if ready.status != 204 {
            break ready;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    };
    let detail = told.problem(503, "unavailable");
    assert!(detail.contains("about to stop"), "{detail}");
    let live = client.get("/health/live").await;
    assert_eq!(
        (live.status.as_u16(), live.header("connection")),
        (204, "close"),
        "it is not to be started anew"
    );
    client.publish(&contract("sales.orders", "1.0.0", "One.")).await.ok();
    stopping.await.expect("it ends by itself");
}

#[cfg(feature = "postgres")]
mod silent {
    use super::*;
    use crate::database::Database;
    use tokio::net::TcpListener;
    use tokio::sync::watch;

    /// Stands between a registry and its database until it is told to be silent: then nothing arrives, and nobody is told.
    async fn between(server: SocketAddr, silent: watch::Receiver<bool>) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a listener");
        let address = listener.local_addr().expect("its address");
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let Ok(far) = TcpStream::connect(server).await else { continue };
                let ((near_in, near_out), (far_in, far_out)) = (near.into_split(), far.into_split());
                tokio::spawn(pass(near_in, far_out, silent.clone()));
                tokio::spawn(pass(far_in, near_out, silent.clone()));
            }
        });
        address
    }

    async fn pass(
        mut from: tokio::net::tcp::OwnedReadHalf,
        mut to: tokio::net::tcp::OwnedWriteHalf,
        mut silent: watch::Receiver<bool>,
    ) {
        let mut buffer = vec![0; 16 * 1024];
        while let Ok(read @ 1..) = from.read(&mut buffer).await {
            let _ = silent.wait_for(|silent| !silent).await;
            if to.write_all(&buffer[..read]).await.is_err() {
                return;
            }
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_store_that_says_nothing_makes_the_registry_not_ready_until_it_speaks_again() {
        let Some(database) = Database::make().await else { return };
        let url = database.url();
        let (front, place) = url.secret().rsplit_once('@').expect("a user");
        let (host, name) = place.split_once('/').expect("a database");
        let server = tokio::net::lookup_host(host).await.expect("a host").next().expect("an address");
        let (tell, silent) = watch::channel(false);
        let between = between(server, silent).await;
        let world = World::start_with(|config| {
            config.store = Some(format!("{front}@{between}/{name}").parse().expect("a store"));
            config.ready = Duration::from_millis(200);
        })
        .await;
        assert_eq!(world.client.get("/health/ready").await.status, 204);
        tell.send_replace(true);
        let detail = world.client.get("/health/ready").await.problem(503, "unavailable");
        assert!(detail.contains("did not answer within"), "{detail}");
        assert_eq!(world.client.get("/health/live").await.status, 204, "a restart would not help");
        tell.send_replace(false);
        while world.client.get("/health/ready").await.status != 204 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        world.running.shutdown().await;
    }
}
