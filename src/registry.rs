//! Which registry a verb talks to, and how.

use std::path::Path;

use mesh_contract::wire::ProductSummary;
use mesh_runtime::client::{
    Client, ClientConfig, ClientError, Peer, ProductQuery, RegistryClient, Retry, Token, Url,
};
use mesh_runtime::files::DomainFiles;

use crate::args::Global;
use crate::credentials;
use crate::domain_crate;
use crate::failure::{Failure, OrFail};

/// The address of a registry on this machine.
pub(crate) fn usual() -> String {
    format!("http://127.0.0.1:{}", mesh_registry::Config::USUAL_PORT)
}

/// Runs asynchronous work on this thread.
pub(crate) fn block_on<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .or_fail(|| "cannot start the asynchronous run time".to_owned())?
        .block_on(work)
}

/// The registry that was named: on the command line, in the environment, in a domain's `mesh.toml`, or else the usual one.
pub(crate) fn url(global: &Global, folder: Option<&Path>) -> Result<Url, Failure> {
    let (text, place) = match (&global.registry, folder.map(settings).transpose()?.flatten()) {
        (Some(text), _) => (text.clone(), "`--registry` or MESH_REGISTRY"),
        (None, Some(text)) => (text, "`mesh.toml`"),
        (None, None) => (usual(), "the default"),
    };
    let bad = |why: String| {
        Failure::new(format!("`{text}` (from {place}) is no address of a registry"))
            .because(why)
            .next(format!("write one such as `{}`", usual()))
    };
    let url = Url::parse(&text).map_err(|error| bad(error.to_string()))?;
    match url.scheme() {
        "http" | "https" => Ok(url),
        scheme => Err(bad(format!("its scheme is `{scheme}`"))),
    }
}

fn settings(folder: &Path) -> Result<Option<String>, Failure> {
    Ok(DomainFiles::at(folder).settings()?.registry)
}

/// What a client is made with. A user waits in front of it, so it gives up sooner than a server would.
fn config(global: &Global, folder: Option<&Path>) -> Result<ClientConfig, Failure> {
    let url = url(global, folder)?;
    let token = credentials::token(&url)?;
    let mut config = ClientConfig::of_registry(url);
    config.registry_token = token;
    config.retry = Retry { attempts: 2, ..Retry::default() };
    Ok(config)
}

/// A client of the registry, for a verb that is called in a domain crate or anywhere.
pub(crate) fn client(global: &Global, folder: Option<&Path>) -> Result<RegistryClient, Failure> {
    RegistryClient::new(&config(global, folder)?).map_err(Failure::from)
}

/// A client of the registry, called where the user is.
pub(crate) fn client_here(global: &Global) -> Result<RegistryClient, Failure> {
    client(global, domain_crate::above(&domain_crate::current_folder()?).as_deref())
}

/// The registry that is named where the user is.
pub(crate) fn url_here(global: &Global) -> Result<Url, Failure> {
    url(global, domain_crate::above(&domain_crate::current_folder()?).as_deref())
}

/// A client of that registry which shows this token and no other.
pub(crate) fn client_with(global: &Global, token: Token) -> Result<(Url, RegistryClient), Failure> {
    let url = url_here(global)?;
    let mut config = ClientConfig::of_registry(url.clone());
    config.registry_token = Some(token);
    config.retry = Retry { attempts: 2, ..Retry::default() };
    Ok((url, RegistryClient::new(&config)?))
}

/// A reader of products.
pub(crate) fn reader_here(
    global: &Global,
    change: impl FnOnce(&mut ClientConfig) -> Result<(), Failure>,
) -> Result<Client, Failure> {
    let here = domain_crate::current_folder()?;
    let mut config = config(global, domain_crate::above(&here).as_deref())?;
    config.cache = ClientConfig::user_cache();
    change(&mut config)?;
    Client::new(config).map_err(Failure::from)
}

/// Everything that a registry lists.
pub(crate) async fn every_product(registry: &RegistryClient) -> Result<Vec<ProductSummary>, Failure> {
    search(registry, ProductQuery::default(), usize::MAX).await
}

/// What a registry finds, page by page.
pub(crate) async fn search(
    registry: &RegistryClient,
    mut query: ProductQuery,
    most: usize,
) -> Result<Vec<ProductSummary>, Failure> {
    let mut products = Vec::new();
    loop {
        let page = registry.products(&query).await?;
        products.extend(page.items);
        match page.next {
            Some(next) if products.len() < most => query.after = Some(next),
            _ => break,
        }
    }
    products.truncate(most);
    Ok(products)
}

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Self {
        if let ClientError::Unreachable { peer: Peer::Registry, url, source } = &error {
            let root =
                std::iter::successors(std::error::Error::source(source), |cause| cause.source()).last();
            let root = root.map_or_else(|| source.to_string(), ToString::to_string);
            return Self::new(format!("no registry answers at {}", url.origin().ascii_serialization()))
                .because(root)
                .next("start one with `mesh registry serve`, or name another with `--registry` or MESH_REGISTRY");
        }
        // A refusal says best what happened. Either text says what to do next behind a semicolon.
        let text = error.problem().map(|problem| problem.detail.clone()).filter(|detail| !detail.is_empty());
        let text = text.unwrap_or_else(|| error.to_string());
        let (what, next) = match text.split_once("; ") {
            Some((what, next)) => (what.to_owned(), Some(next.to_owned())),
            None => (text, None),
        };
        let failure = Self::new(what).because(error);
        match next {
            Some(next) => failure.next(next),
            None => failure,
        }
    }
}

impl From<mesh_runtime::files::FileError> for Failure {
    fn from(error: mesh_runtime::files::FileError) -> Self {
        Self::new(error.to_string())
    }
}
