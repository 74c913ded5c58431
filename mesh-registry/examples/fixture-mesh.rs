//! Serves a registry filled with two example domains, to look at its pages: `cargo run -p mesh-registry --example fixture-mesh`.

#[path = "../tests/it/fixture_mesh.rs"]
mod fixture_mesh;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let data = tempfile::tempdir().expect("a folder for the data");
    let port = std::env::args().nth(1).map_or(0, |port| port.parse().expect("the argument is a port"));
    let running = fixture_mesh::start(data.path(), port).await;
    println!("http://{}", running.address());
    tokio::signal::ctrl_c().await.expect("signals can be waited for");
    running.shutdown().await;
}
