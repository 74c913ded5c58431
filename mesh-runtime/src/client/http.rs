//! One request and its answer: bounded in time and size, repeated when that changes nothing, with errors of the mesh.

use std::time::Duration;

use backon::Retryable;
use bytes::{Bytes, BytesMut};
use mesh_contract::wire::Problem;
use reqwest::header::{
    ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, IF_NONE_MATCH, RETRY_AFTER,
};
use reqwest::redirect::Policy;
use reqwest::{Method, Response, StatusCode, Url};
use serde::de::DeserializeOwned;

use super::{ClientConfig, ClientError, Peer, Retry, Token};

/// More redirects than this lead nowhere.
const MOST_REDIRECTS: usize = 5;
/// No server gets to stop a client for longer than this.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(60);

/// A client of HTTP with the bounds of one configuration.
#[derive(Debug, Clone)]
pub(crate) struct Http {
    client: reqwest::Client,
    retry: Retry,
    most_bytes: usize,
}

/// What is asked of somebody. Every request of the mesh may be repeated: it reads, puts or deletes one thing,
/// or asks for what is done once however often it is asked for.
#[derive(Debug, Clone)]
pub(crate) struct Ask<'a> {
    pub(crate) peer: Peer,
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) accept: &'static str,
    pub(crate) token: Option<&'a Token>,
    pub(crate) body: Option<Bytes>,
    /// The tag of what is known: the answer may be that it is the same.
    pub(crate) known: Option<&'a str>,
}

impl<'a> Ask<'a> {
    pub(crate) fn get(peer: Peer, url: Url) -> Self {
        Self {
            peer,
            method: Method::GET,
            url,
            accept: "application/json",
            token: None,
            body: None,
            known: None,
        }
    }

    pub(crate) fn with_token(self, token: Option<&'a Token>) -> Self {
        Self { token, ..self }
    }
}

/// A successful answer, or that what is known is the same still.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) same: bool,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Http {
    pub(crate) fn new(config: &ClientConfig) -> Result<Self, ClientError> {
        #[cfg(feature = "tls")]
        {
            // A second installation fails, which means that the program has chosen its own already.
            let _ = rustls::crypto::ring::default_provider().install_default();
        }
        let client = reqwest::Client::builder()
            .user_agent(concat!("mesh-runtime/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(config.connect_timeout)
            .read_timeout(config.read_timeout)
            .timeout(config.request_timeout)
            .redirect(same_origin())
            .build()
            .map_err(ClientError::Setup)?;
        Ok(Self { client, retry: config.retry, most_bytes: config.page_bytes })
    }

    /// The same client with another way to try again.
    pub(crate) fn retrying(&self, retry: Retry) -> Self {
        Self { retry, ..self.clone() }
    }

    /// Sends a request, and sends it again while the failure may pass.
    pub(crate) async fn send(&self, ask: &Ask<'_>) -> Result<Answer, ClientError> {
        (|| self.send_once(ask))
            .retry(self.retry.bounded())
            .when(ClientError::is_transient)
            .adjust(|error, wait| {
                let asked = error.retry_after().map(|after| after.min(LONGEST_RETRY_AFTER));
                wait.map(|wait| asked.map_or(wait, |asked| asked.max(wait)))
            })
            .notify(|error, wait| tracing::debug!(%error, ?wait, "a request failed and is repeated"))
            .await
    }

    /// Sends a request and reads the answer as a document of the mesh.
    pub(crate) async fn json<T: DeserializeOwned>(&self, ask: &Ask<'_>) -> Result<T, ClientError> {
        let answer = self.send(ask).await?;
        document(ask.peer, &answer)
    }

    async fn send_once(&self, ask: &Ask<'_>) -> Result<Answer, ClientError> {
        let mut request = self.client.request(ask.method.clone(), ask.url.clone()).header(ACCEPT, ask.accept);
        if let Some(value) = ask.token.and_then(bearer) {
            request = request.header(AUTHORIZATION, value);
        }
        if let Some(body) = &ask.body {
            request = request.header(CONTENT_TYPE, "application/json").body(body.clone());
        }
        if let Some(value) = ask.known.and_then(|tag| HeaderValue::try_from(tag).ok()) {
            request = request.header(IF_NONE_MATCH, value);
        }
        let response = request.send().await.map_err(|error| failed(ask, error))?;
        let status = response.status();
        let (url, headers) = (response.url().clone(), response.headers().clone());
        let body = self.body(ask, response).await?;
        let same = ask.known.is_some() && status == StatusCode::NOT_MODIFIED;
        if status.is_success() || same {
            return Ok(Answer { same, url, headers, body });
        }
        let retry_after = retry_after(&headers);
        let peer = ask.peer;
        match serde_json::from_slice::<Problem>(&body) {
            Ok(problem) => Err(ClientError::Refused { peer, url, problem: Box::new(problem), retry_after }),
            Err(_) => Err(ClientError::NotMesh { peer, url, status: status.as_u16(), retry_after }),
        }
    }

    async fn body(&self, ask: &Ask<'_>, mut response: Response) -> Result<Bytes, ClientError> {
        let mut body = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| failed(ask, error))? {
            if body.len() + chunk.len() > self.most_bytes {
                let limit = self.most_bytes;
                return Err(ClientError::TooLarge { peer: ask.peer, url: ask.url.clone(), limit });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body.freeze())
    }
}

/// An answer as a document of the mesh.
pub(crate) fn document<T: DeserializeOwned>(peer: Peer, answer: &Answer) -> Result<T, ClientError> {
    let mut deserializer = serde_json::Deserializer::from_slice(&answer.body);
    serde_path_to_error::deserialize(&mut deserializer).map_err(|error| ClientError::Unreadable {
        peer,
        url: answer.url.clone(),
        place: format!("line {}, member `{}`", error.inner().line(), error.path()),
    })
}

/// Follows only to the same server: a token, and trust, go no further.
fn same_origin() -> Policy {
    Policy::custom(|attempt| {
        let stays = attempt.previous().last().is_some_and(|from| from.origin() == attempt.url().origin());
        if stays && attempt.previous().len() <= MOST_REDIRECTS {
            attempt.follow()
        } else {
            attempt.error("a redirect that leads around or away")
        }
    })
}

fn bearer(token: &Token) -> Option<HeaderValue> {
    let mut value = HeaderValue::try_from(format!("Bearer {}", token.expose())).ok()?;
    value.set_sensitive(true);
    Some(value)
}

fn failed(ask: &Ask<'_>, error: reqwest::Error) -> ClientError {
    let (peer, url) = (ask.peer, ask.url.clone());
    // The address is told once, by our own message.
    let source = error.without_url();
    if source.is_redirect() {
        ClientError::Redirected { peer, url }
    } else if source.is_timeout() && !source.is_connect() {
        ClientError::TimedOut { peer, url }
    } else if source.is_connect() {
        ClientError::Unreachable { peer, url, source }
    } else {
        ClientError::Broken { peer, url, source }
    }
}

fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok().map(Duration::from_secs)
}

/// Refuses an address that no request can go to.
pub(crate) fn check_url(url: &Url) -> Result<(), ClientError> {
    let bad = |reason| Err(ClientError::BadUrl { url: url.to_string(), reason });
    match url.scheme() {
        "http" => Ok(()),
        "https" if cfg!(feature = "tls") => Ok(()),
        "https" => {
            bad("this program speaks plain HTTP only; build it with the feature `tls` of mesh-runtime")
        }
        _ => bad("write an address of HTTP, e.g. `http://127.0.0.1:7474`"),
    }
}
