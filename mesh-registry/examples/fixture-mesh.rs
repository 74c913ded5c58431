//! Serves a registry filled with two example domains, to look at its pages: `cargo run -p mesh-registry --example fixture-mesh`.
//! A port may follow, and behind it the URL of a store.

#[path = "../tests/it/fixture_mesh.rs"]
mod fixture_mesh;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let data = tempfile::tempdir().expect("a folder for the data");
    let port = std::env::args().nth(1).map_or(0, |port| port.parse().expect("the argument is a port"));
    let store = std::env::args().nth(2).map(|store| store.parse().expect("the second argument is a store"));
    let running = fixture_mesh::start(data.path(), port, store).await;
    println!("http://{}", running.address());
    tokio::signal::ctrl_c().await.expect("signals can be waited for");
    running.shutdown().await;
}
