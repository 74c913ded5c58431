//! The wire itself: TLS where it is set, requests whose end is told in two ways, and secrets that no log repeats.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use mesh_registry::config::Tls;
use mesh_registry::{Config, Registry, Running, StartError, TlsError};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::world::{World, contract};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/tls").join(name)
}

/// The certificate and the key as a registry's user keeps them.
fn files(folder: &Path) -> Tls {
    let (certificate, key) = (folder.join("server.pem"), folder.join("server.key"));
    std::fs::copy(fixture("server.pem"), &certificate).expect("copied");
    std::fs::copy(fixture("server.key"), &key).expect("copied");
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).expect("set");
    let mut tls = Tls::default();
    (tls.certificate, tls.key) = (Some(certificate), Some(key));
    tls
}

async fn start(folder: &Path, tls: Tls) -> Result<Running, StartError> {
    let mut config = Config::new(folder.join("data"));
    config.listen.set_port(0);
    config.tls = tls;
    Registry::start(config).await
}

/// One exchange over TLS, by whoever trusts an authority.
async fn exchange(running: &Running, authority: &Path, request: &str) -> std::io::Result<String> {
    let mut roots = rustls::RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(authority).expect("a file") {
        roots.add(certificate.expect("a certificate")).expect("trusted");
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = TcpStream::connect(running.address()).await?;
    let name = "localhost".try_into().expect("a name");
    let mut stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await?;
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer)
}

const READY: &str = "GET /health/ready HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_come_over_tls_where_it_is_set_and_by_no_other_way() {
    let folder = tempfile::tempdir().expect("a folder");
    let running = start(folder.path(), files(folder.path())).await.expect("a registry");
    assert_eq!(running.scheme(), "https");
    let answer = exchange(&running, &fixture("ca.pem"), READY).await.expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 204"), "{answer}");
    assert!(answer.contains("strict-transport-security: max-age=31536000"), "{answer}");
    let mut plain = TcpStream::connect(running.address()).await.expect("connected");
    plain.write_all(READY.as_bytes()).await.expect("sent");
    let mut answer = Vec::new();
    drop(plain.read_to_end(&mut answer).await);
    assert!(!String::from_utf8_lossy(&answer).contains("HTTP/1.1"), "plain text is not answered");
    // Who never shakes hands keeps nobody from stopping it.
    let _silent = TcpStream::connect(running.address()).await.expect("connected");
    running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_is_replaced_while_it_serves_and_a_bad_one_is_not_taken() {
    let folder = tempfile::tempdir().expect("a folder");
    let tls = files(folder.path());
    let running = start(folder.path(), tls.clone()).await.expect("a registry");
    let certificate = tls.certificate.expect("set");
    std::fs::write(&certificate, "nothing").expect("written");
    tokio::time::sleep(std::time::Duration::from_secs(3)).await;
    exchange(&running, &fixture("ca.pem"), READY).await.expect("the one before is served");
    // With the authority's own certificate behind it, as a chain is.
    let chain: String = ["server.pem", "ca.pem"]
        .iter()
        .map(|name| std::fs::read_to_string(fixture(name)).expect("a file"))
        .collect();
    std::fs::write(&certificate, chain).expect("written");
    let served = async || {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut roots = rustls::RootCertStore::empty();
        for it in CertificateDer::pem_file_iter(fixture("ca.pem")).expect("a file") {
            roots.add(it.expect("a certificate")).expect("trusted");
        }
        let config = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_root_certificates(roots)
            .with_no_client_auth();
        let stream = TcpStream::connect(running.address()).await.expect("connected");
        let name = "localhost".try_into().expect("a name");
        let stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await.expect("secured");
        stream.get_ref().1.peer_certificates().map_or(0, <[_]>::len)
    };
    // It is looked at every now and then.
    while served().await != 2 {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    running.shutdown().await;
}

#[tokio::test]
async fn tls_that_cannot_be_served_is_told_before_anything_is_made() {
    let folder = tempfile::tempdir().expect("a folder");
    let whole = files(folder.path());
    let refused = async |tls: Tls| match start(folder.path(), tls).await.expect_err("it cannot be served") {
        StartError::Tls(error) => error,
        other => panic!("{other:?}"),
    };
    let half = {
        let mut half = whole.clone();
        half.key = None;
        half
    };
    assert!(matches!(refused(half).await, TlsError::Half { missing: "tls.key", .. }));
    let key = whole.key.clone().expect("set");
    for mode in [0o604, 0o644, 0o606] {
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(mode)).expect("set");
        let error = refused(whole.clone()).await;
        assert!(matches!(&error, TlsError::Exposed { path } if *path == key), "{error:?}");
        assert!(error.to_string().contains("chmod o="), "{error}");
    }
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o640)).expect("set");
    let other = {
        let mut other = whole.clone();
        other.certificate = Some(fixture("ca.pem"));
        other
    };
    assert!(matches!(refused(other).await, TlsError::Unfit(_)));
    let swapped = {
        let mut swapped = whole.clone();
        swapped.certificate = whole.key.clone();
        swapped
    };
    assert!(matches!(refused(swapped).await, TlsError::Empty { .. }));
    let gone = {
        let mut gone = whole.clone();
        gone.key = Some(folder.path().join("gone"));
        gone
    };
    let error = refused(gone).await;
    assert!(matches!(&error, TlsError::Unreadable { setting: "tls.key", .. }), "{error:?}");
    assert!(!folder.path().join("data").exists(), "nothing was made");
    // The check of settings tells the same.
    let mut config = Config::new(folder.path().join("data"));
    config.listen.set_port(0);
    config.tls = whole;
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).expect("set");
    let findings = mesh_registry::config::probe(&config).await;
    assert!(format!("{findings:?}").contains("chmod o="), "{findings:?}");
}

/// What is answered to bytes, until the connection closes or nothing comes.
async fn raw(world: &World, bytes: &str) -> String {
    let mut stream = TcpStream::connect(world.running.address()).await.expect("connected");
    stream.write_all(bytes.as_bytes()).await.expect("sent");
    stream.shutdown().await.expect("no more");
    let mut answer = Vec::new();
    drop(stream.read_to_end(&mut answer).await);
    String::from_utf8_lossy(&answer).into_owned()
}

/// A request whose end two parties could see in different places is not answered as a request, and nothing behind it is
/// either: a proxy that let it through would else let through what it never saw.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_whose_end_is_told_in_two_ways_is_refused_with_all_that_follows() {
    let world = World::start().await;
    let hidden = "GET /health/live HTTP/1.1\r\nhost: a\r\nx-request-id: smuggled\r\n\r\n";
    let heads = [
        "content-length: 4\r\ncontent-length: 40\r\n",
        "content-length: 4, 40\r\n",
        "content-length: -1\r\n",
        "content-length: 0x4\r\n",
        "content-length: +4\r\n",
        "content-length: 99999999999999999999999\r\n",
        "content-length : 4\r\n",
        "transfer-encoding: identity\r\n",
        "transfer-encoding: xchunked\r\n",
        "transfer-encoding: chunked, identity\r\n",
        "transfer-encoding : chunked\r\n",
        " content-length: 4\r\n",
    ];
    for head in heads {
        let request = format!(
            "PUT /api/v1/products/a.b/versions/1.0.0 HTTP/1.1\r\nhost: a\r\n{head}\r\n0\r\n\r\n{hidden}"
        );
        let answer = raw(&world, &request).await;
        assert!(answer.starts_with("HTTP/1.1 400"), "{head:?}: {answer}");
        assert!(!answer.contains("smuggled"), "{head:?}: {answer}");
    }
    // Both at once: the length is not believed, and the connection is not used again (RFC 9112, 6.1), or it is refused.
    let both = format!(
        "PUT /api/v1/products/a.b/versions/1.0.0 HTTP/1.1\r\nhost: a\r\ncontent-length: 6\r\ntransfer-encoding: chunked\r\n\r\n\
         0\r\n\r\nX{hidden}"
    );
    let answer = raw(&world, &both).await;
    assert!(!answer.contains("smuggled"), "{answer}");
    // Chunks whose size cannot be read end the connection as well.
    for size in ["-1", "0x1", "fffffffffffffffff", "1 1", ""] {
        let request = format!(
            "PUT /api/v1/products/a.b/versions/1.0.0 HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n{size}\r\nX\r\n0\r\n\r\n{hidden}"
        );
        let answer = raw(&world, &request).await;
        assert!(!answer.contains("smuggled"), "{size:?}: {answer}");
    }
    // A request that is whole is answered, and so is the next one on its connection.
    let whole = format!("GET /health/live HTTP/1.1\r\nhost: a\r\ncontent-length: 0\r\n\r\n{hidden}");
    let answer = raw(&world, &whole).await;
    assert!(answer.contains("x-request-id: smuggled"), "{answer}");
}

/// Takes down every line of the log.
#[derive(Debug, Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("no panic").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// On one thread, whose log is taken down whole: every line of every level of every crate.
#[tokio::test]
async fn no_line_of_the_log_repeats_a_secret() {
    const SECRET: &str = "s3cr3t-5ba1f0c2";
    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let world = World::start_with(|config| config.webhooks.allow_private = true).await;
    let client = &world.client;
    let bearer = format!("Bearer {SECRET}");
    let cookie = format!("session={SECRET}");
    let kept = format!("whsec_{}", "czNjcjN0LTViYTFmMGMyLXMzY3IzdC01YmExZjBjMg==");
    let headers = [
        ("authorization", &bearer[..]),
        ("proxy-authorization", &bearer),
        ("cookie", &cookie),
        ("x-api-key", SECRET),
        ("referer", &format!("http://a/?token={SECRET}")),
        ("last-event-id", SECRET),
    ];
    for path in ["/", "/api/v1/products", "/api/v1/events", "/search", "/nowhere", "/api/v1/products/a.b"] {
        let path = format!("{path}?token={SECRET}&access_token={SECRET}");
        drop(client.try_send(reqwest::Method::GET, &path, &headers, None).await);
    }
    let mut said = contract("a.b", "1.0.0", SECRET);
    drop(
        client
            .try_send(
                reqwest::Method::PUT,
                "/api/v1/products/a.b/versions/1.0.0",
                &headers,
                Some(said.to_string().into()),
            )
            .await,
    );
    said["mesh"] = serde_json::json!(SECRET);
    drop(
        client
            .try_send(
                reqwest::Method::PUT,
                "/api/v1/products/a.b/versions/1.0.1",
                &headers,
                Some(said.to_string().into()),
            )
            .await,
    );
    let hook =
        serde_json::json!({ "url": format!("http://127.0.0.1:1/{SECRET}?key={SECRET}"), "secret": kept });
    drop(
        client
            .try_send(reqwest::Method::PUT, "/api/v1/webhooks/hook", &headers, Some(hook.to_string().into()))
            .await,
    );
    let shown = client.get("/api/v1/webhooks/hook").await;
    assert!(!String::from_utf8_lossy(&shown.bytes).contains("whsec_"), "{shown:?}");
    client.publish(&contract("a.c", "1.0.0", "Told.")).await.ok();
    // The delivery is tried, fails and is told of.
    tokio::time::sleep(std::time::Duration::from_millis(800)).await;
    world.running.shutdown().await;
    let text = String::from_utf8_lossy(&lines.0.lock().expect("no panic")).into_owned();
    assert!(
        text.contains("answered with") && text.lines().count() > 20,
        "the log was taken down: {}",
        text.len()
    );
    // What the test's own client logs of itself is not the registry's.
    let of_registry =
        text.lines().filter(|line| !line.contains("reqwest") && !line.contains("hyper_util::client"));
    for line in of_registry {
        assert!(!line.contains(SECRET) && !line.contains(&kept) && !line.contains("czNjcjN0"), "{line}");
    }
}
