//! One request to a webhook, on a connection of its own: to an address that was looked at, through no proxy, following nothing.

use std::io;
use std::pin::pin;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::client::conn::http1;
use hyper::header::{CONTENT_TYPE, HOST, HeaderName, HeaderValue, USER_AGENT};
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use url::{Position, Url};

use super::target;

/// Sends what is to be delivered.
#[derive(Debug)]
pub(super) struct Poster {
    pub(super) allow_private: bool,
    /// How long it may take in all.
    pub(super) time: Duration,
    /// Made when it is first needed: who speaks plain HTTP needs no certificates.
    pub(super) tls: OnceLock<Arc<ClientConfig>>,
}

/// Why there was no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum PostError {
    #[error("no answer within {} seconds", .0.as_secs_f64())]
    Late(Duration),
    #[error("cannot connect: {0}")]
    Connect(io::Error),
    #[error("cannot speak TLS: {0}")]
    Tls(io::Error),
    #[error("the address cannot be asked: {0}")]
    Address(#[from] hyper::http::Error),
    #[error("no answer: {0}")]
    Broken(#[from] hyper::Error),
}

impl Poster {
    /// Posts a CloudEvent, and gives what the other side answers; nobody reads what it says beside that.
    pub(super) async fn post(
        &self,
        url: &Url,
        headers: [(&'static str, String); 3],
        body: Bytes,
    ) -> Result<StatusCode, PostError> {
        let exchange = self.exchange(url, headers, body);
        tokio::time::timeout(self.time, exchange).await.unwrap_or(Err(PostError::Late(self.time)))
    }

    async fn exchange(
        &self,
        url: &Url,
        headers: [(&'static str, String); 3],
        body: Bytes,
    ) -> Result<StatusCode, PostError> {
        let mut request = Request::builder()
            .method(Method::POST)
            .uri(&url[Position::BeforePath..Position::AfterQuery])
            .header(HOST, &url[Position::BeforeHost..Position::AfterPort])
            .header(
                USER_AGENT,
                HeaderValue::from_static(concat!("mesh-registry/", env!("CARGO_PKG_VERSION"))),
            )
            .header(CONTENT_TYPE, HeaderValue::from_static("application/cloudevents+json"));
        for (name, value) in headers {
            request = request.header(HeaderName::from_static(name), value);
        }
        let request = request.body(Full::new(body))?;
        let addresses = target::resolve(url, self.allow_private).await.map_err(PostError::Connect)?;
        let stream = TcpStream::connect(&addresses[..]).await.map_err(PostError::Connect)?;
        if url.scheme() != "https" {
            return talk(stream, request).await;
        }
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        let name = ServerName::try_from(host).map_err(|error| PostError::Tls(io::Error::other(error)))?;
        let tls = self.tls().map_err(PostError::Tls)?;
        let stream = TlsConnector::from(tls).connect(name, stream).await.map_err(PostError::Tls)?;
        talk(stream, request).await
    }

    fn tls(&self) -> io::Result<Arc<ClientConfig>> {
        if let Some(made) = self.tls.get() {
            return Ok(Arc::clone(made));
        }
        let made = crate::tls::trusting(None)?;
        Ok(Arc::clone(self.tls.get_or_init(|| made)))
    }
}

async fn talk(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send,
    request: Request<Full<Bytes>>,
) -> Result<StatusCode, PostError> {
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let (mut connection, mut answer) = (pin!(connection), pin!(sender.send_request(request)));
    let mut open = true;
    loop {
        tokio::select! {
            biased;
            answer = &mut answer => return Ok(answer?.status()),
            // It may end with the answer, which is then there, or without one, which is said in its place.
            _ = &mut connection, if open => open = false,
        }
    }
}

#[cfg(test)]
mod tests {
    use rustls::pki_types::pem::PemObject as _;
    use rustls::pki_types::{CertificateDer, PrivateKeyDer};
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;

    fn poster(time: Duration) -> Poster {
        Poster { allow_private: true, time, tls: OnceLock::new() }
    }

    fn headers() -> [(&'static str, String); 3] {
        ["webhook-id", "webhook-timestamp", "webhook-signature"].map(|name| (name, name.to_owned()))
    }

    async fn listener() -> (TcpListener, u16) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        (listener, port)
    }

    /// Reads a request to its end, and answers with a status.
    async fn answer(mut stream: impl AsyncRead + AsyncWrite + Unpin, status: &str) -> String {
        let mut text = Vec::new();
        while !text.ends_with(b"body") {
            let mut byte = [0];
            stream.read_exact(&mut byte).await.expect("a byte");
            text.extend(byte);
        }
        stream
            .write_all(format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n").as_bytes())
            .await
            .expect("sent");
        String::from_utf8(text).expect("text")
    }

    #[tokio::test]
    async fn what_is_sent_is_a_request_to_the_path_of_the_address() {
        let (listener, port) = listener().await;
        let url = Url::parse(&format!("http://127.0.0.1:{port}/a%20b?c=d#e")).expect("an address");
        let server = async { answer(listener.accept().await.expect("a connection").0, "202 Accepted").await };
        let poster = poster(Duration::from_secs(60));
        let (status, request) = tokio::join!(poster.post(&url, headers(), "body".into()), server);
        assert_eq!(status.expect("an answer"), StatusCode::ACCEPTED);
        assert!(request.starts_with("POST /a%20b?c=d HTTP/1.1\r\n"), "{request}");
        assert!(request.contains(&format!("host: 127.0.0.1:{port}\r\n")), "{request}");
        assert!(
            request.contains("webhook-id: webhook-id\r\n") && request.contains("content-length: 4"),
            "{request}"
        );
    }

    #[tokio::test]
    async fn who_does_not_answer_is_given_up() {
        let (listener, port) = listener().await;
        let url = Url::parse(&format!("http://127.0.0.1:{port}/")).expect("an address");
        let error = poster(Duration::from_millis(50)).post(&url, headers(), "body".into()).await;
        assert!(matches!(error, Err(PostError::Late(_))), "{error:?}");
        drop(listener);
        let error = poster(Duration::from_secs(60)).post(&url, headers(), "body".into()).await;
        assert!(matches!(error, Err(PostError::Connect(_))), "{error:?}");
    }

    #[tokio::test]
    async fn who_hangs_up_has_not_answered() {
        let (listener, port) = listener().await;
        let url = Url::parse(&format!("http://127.0.0.1:{port}/")).expect("an address");
        let poster = poster(Duration::from_secs(60));
        let server = async { drop(listener.accept().await.expect("a connection")) };
        let (error, ()) = tokio::join!(poster.post(&url, headers(), "body".into()), server);
        assert!(matches!(error, Err(PostError::Broken(_))), "{error:?}");
    }

    #[tokio::test]
    async fn a_server_of_tls_proves_its_name() {
        let file = |name: &str| format!("{}/tests/fixtures/tls/{name}", env!("CARGO_MANIFEST_DIR"));
        let certificate = CertificateDer::from_pem_file(file("server.pem")).expect("a certificate");
        let key = PrivateKeyDer::from_pem_file(file("server.key")).expect("a key");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)
            .expect("a server");
        let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
        let trusted =
            crate::tls::trusting(Some(std::path::Path::new(&file("ca.pem")))).expect("an authority");
        for (host, right) in [("localhost", true), ("127.0.0.1", false)] {
            let (listener, port) = listener().await;
            let url = Url::parse(&format!("https://{host}:{port}/")).expect("an address");
            let server = async {
                let (stream, _) = listener.accept().await.expect("a connection");
                match acceptor.accept(stream).await {
                    Ok(stream) => drop(answer(stream, "204 No Content").await),
                    Err(_) => assert!(!right, "the handshake is made"),
                }
            };
            let poster = poster(Duration::from_secs(60));
            poster.tls.set(Arc::clone(&trusted)).expect("not set yet");
            let (status, ()) = tokio::join!(poster.post(&url, headers(), "body".into()), server);
            match status {
                Ok(status) => assert!(right && status == StatusCode::NO_CONTENT),
                Err(error) => assert!(!right && matches!(error, PostError::Tls(_)), "{error:?}"),
            }
        }
    }
}
