//! Answers that never arrive: the registry dies after it has committed, or the network cuts the connection in the middle.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use hyper::Method;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::connect;
use crate::replicas::broken::Fault;
use crate::replicas::process::{Part, Process};
use crate::world::{Home, World, contract, version_path};

crate::on_each_store!(
    a_publish_whose_answer_the_network_cuts_is_done_once_when_it_is_sent_again
    a_registry_that_dies_between_commit_and_answer_has_done_it_once
);

async fn a_registry_that_dies_between_commit_and_answer_has_done_it_once(home: Home) {
    let folder = tempfile::tempdir().expect("a folder");
    let whole = match &home {
        Home::Embedded => Part::within(folder.path()),
        Home::Postgres(database) => Part::over(&database.url()),
    };
    let document = contract("sales.orders", "1.0.0", "One.");
    let path = version_path(&document);
    let dying = Process::start(&Part { fault: Some(Fault::DieAfterCommit), ..whole.clone() }).await;
    let lost = connect(dying.address).await.ask(Method::PUT, &path, Some(&document)).await;
    assert!(lost.is_none(), "it dies before it answers: {lost:?}");
    drop(dying);
    let again = Process::start(&whole).await;
    let mut connection = connect(again.address).await;
    let told = connection.ask(Method::PUT, &path, Some(&document)).await.expect("an answer");
    assert_eq!((told.status, &told.body["created"]), (200, &false.into()), "{told:?}");
    let versions = connection.ask(Method::GET, "/api/v1/products/sales.orders/versions", None).await;
    assert_eq!(versions.expect("an answer").body["items"].as_array().map(Vec::len), Some(1));
}

/// Hands on what is sent, and cuts the answer after so many bytes, some times; then it hands on everything.
async fn cutting(to: SocketAddr, after: usize, times: usize) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let left = Arc::new(AtomicUsize::new(times));
    tokio::spawn(async move {
        while let Ok((mut caller, _)) = listener.accept().await {
            let left = Arc::clone(&left);
            tokio::spawn(async move {
                let mut registry = TcpStream::connect(to).await.expect("the registry");
                let cuts =
                    left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok();
                if !cuts {
                    drop(tokio::io::copy_bidirectional(&mut caller, &mut registry).await);
                    return;
                }
                let ((mut from_caller, mut to_caller), (mut from_registry, mut to_registry)) =
                    (caller.split(), registry.split());
                let there = async { drop(tokio::io::copy(&mut from_caller, &mut to_registry).await) };
                let back = async {
                    let mut bytes = vec![0; after];
                    let read = from_registry.read_exact(&mut bytes).await.expect("an answer");
                    to_caller.write_all(&bytes[..read]).await.expect("handed on");
                };
                tokio::select! { () = there => {}, () = back => {} }
                // With nothing more to say, this resets the connection or ends it; either way the answer is not whole.
            });
        }
    });
    address
}

async fn a_publish_whose_answer_the_network_cuts_is_done_once_when_it_is_sent_again(home: Home) {
    let World { client, running, _home, .. } = &World::on(home).await;
    for after in [1, 20, 200] {
        let document = contract(&format!("sales.p{after}"), "1.0.0", "One.");
        let path = version_path(&document);
        let proxy = cutting(running.address(), after, 3).await;
        let mut told = None;
        let mut cut = 0;
        while told.is_none() {
            told = connect(proxy).await.ask(Method::PUT, &path, Some(&document)).await;
            cut += usize::from(told.is_none());
            assert!(cut <= 3, "every answer is cut");
        }
        let told = told.expect("an answer");
        assert_eq!((told.status, &told.body["created"], cut), (200, &false.into(), 3), "{told:?}");
        let kept = client.get(&path).await;
        kept.ok();
        let digest = mesh_contract::Digest::of_bytes(&kept.bytes).to_string();
        assert_eq!(told.body["digest"], digest);
    }
    let changes = running.registry().counts(&Default::default()).await.expect("counts");
    assert_eq!(changes.products, 3);
}
