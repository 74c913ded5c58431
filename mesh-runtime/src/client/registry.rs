//! The registry's API, as the command, the host and the reader need it.

use bytes::Bytes;
use mesh_contract::wire::{
    Announcement, CanDeploy, Deployed, Deployment, DomainSummary, Lease, Lineage, Page, ProductDetail,
    ProductSummary, Published, RegisteredConsumer, Resolution, VersionSummary,
};
use mesh_contract::{
    Address, ConsumerName, Contract, ContractVersion, Digest, DomainName, EnvironmentName, Expectation,
    Requirement,
};
use reqwest::header::ETAG;
use reqwest::{Method, Url};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::grants::Fetched;
use super::http::{Ask, Http, check_url, document};
use super::{ClientConfig, ClientError, Peer, Retry, Token};

/// Whether a publish is a promise or a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Stage {
    /// It is served, or will be, and never changes.
    #[default]
    Released,
    /// Named readers may bind to it and comment; nothing serves it yet.
    Draft,
}

/// Which products are listed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProductQuery {
    /// Words to find.
    pub text: Option<String>,
    /// Only those of this domain.
    pub domain: Option<DomainName>,
    /// How many at most.
    pub limit: Option<u32>,
    /// The `next` of the page before.
    pub after: Option<String>,
}

/// What an author says beside a contract that is published, as the judge reads it.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Beside {
    /// Whether a field may go that no registered reader names: `may-go`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unread: Option<String>,
    /// Findings that somebody takes upon themselves.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub waivers: Vec<serde_json::Value>,
    /// Whether words that changed mean what they meant.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub meaning: Vec<serde_json::Value>,
}

/// Which registrations of a reader, where not all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Narrowed {
    /// Only those of this version of the reader.
    pub consumer_version: Option<String>,
    /// Only those in this environment.
    pub environment: Option<EnvironmentName>,
    /// Only those for this purpose.
    pub purpose: Option<String>,
}

/// A client of the registry's API. Every call may be repeated safely and is, while the failure may pass.
#[derive(Debug, Clone)]
pub struct RegistryClient {
    http: Http,
    base: Url,
    token: Option<Token>,
}

impl RegistryClient {
    /// A client of the registry that a configuration names.
    ///
    /// # Errors
    /// When it names none, or one whose address cannot be used.
    pub fn new(config: &ClientConfig) -> Result<Self, ClientError> {
        let base = config.registry.clone().ok_or(ClientError::NoRegistry)?;
        Self::with(Http::new(config)?, base, config)
    }

    pub(crate) fn with(http: Http, base: Url, config: &ClientConfig) -> Result<Self, ClientError> {
        check_url(&base)?;
        Ok(Self { http, base, token: config.registry_token.clone() })
    }

    /// The same client with another way to try again.
    #[must_use]
    pub fn retrying(&self, retry: Retry) -> Self {
        Self { http: self.http.retrying(retry), ..self.clone() }
    }

    /// Where the registry is.
    pub fn base(&self) -> &Url {
        &self.base
    }

    /// Whether the registry is ready to answer.
    ///
    /// # Errors
    /// When it is not, or does not answer.
    pub async fn ready(&self) -> Result<(), ClientError> {
        self.http.send(&self.ask(Method::GET, &["health", "ready"], &[])).await.map(drop)
    }

    /// Publishes a contract. Publishing the same content again changes nothing.
    ///
    /// # Errors
    /// When the registry refuses it: the problem says why, and carries findings where a judgement made them.
    pub async fn publish(&self, contract: &Contract, stage: Stage) -> Result<Published, ClientError> {
        let Contract { address, version, .. } = contract;
        let draft = match stage {
            Stage::Released => None,
            Stage::Draft => Some(("draft", "true".to_owned())),
        };
        let path = ["products", &address.to_string(), "versions", &version.to_string()];
        self.put(&path, &draft.into_iter().collect::<Vec<_>>(), contract).await
    }

    /// Publishes a contract with what its author says beside it.
    ///
    /// # Errors
    /// As [`Self::publish`].
    pub async fn publish_with(
        &self,
        contract: &Contract,
        stage: Stage,
        beside: &Beside,
    ) -> Result<Published, ClientError> {
        #[derive(Serialize)]
        struct Envelope<'a> {
            contract: &'a Contract,
            #[serde(flatten)]
            beside: &'a Beside,
        }
        if *beside == Beside::default() {
            return self.publish(contract, stage).await;
        }
        let draft = (stage == Stage::Draft).then(|| ("draft", "true".to_owned()));
        let path = ["products", &contract.address.to_string(), "versions", &contract.version.to_string()];
        self.put(&path, &draft.into_iter().collect::<Vec<_>>(), &Envelope { contract, beside }).await
    }

    /// Lists products, or searches them.
    ///
    /// # Errors
    /// When the registry does not answer.
    pub async fn products(&self, query: &ProductQuery) -> Result<Page<ProductSummary>, ClientError> {
        let ProductQuery { text, domain, limit, after } = query;
        let pairs = [
            text.clone().map(|text| ("q", text)),
            domain.as_ref().map(|domain| ("domain", domain.to_string())),
            limit.map(|limit| ("limit", limit.to_string())),
            after.clone().map(|after| ("after", after)),
        ];
        self.get(&["products"], &pairs.into_iter().flatten().collect::<Vec<_>>()).await
    }

    /// One product with its versions, the highest first.
    ///
    /// # Errors
    /// When there is none, or the registry does not answer.
    pub async fn product(&self, address: &Address) -> Result<ProductDetail, ClientError> {
        self.get(&["products", &address.to_string()], &[]).await
    }

    /// The versions of a product, the highest first.
    ///
    /// # Errors
    /// When there is no such product, or the registry does not answer.
    pub async fn versions(&self, address: &Address) -> Result<Vec<VersionSummary>, ClientError> {
        self.all(&["products", &address.to_string(), "versions"], &[]).await
    }

    /// The contract of a product at a version.
    ///
    /// # Errors
    /// When there is none, it cannot be read, or the registry does not answer.
    pub async fn contract(
        &self,
        address: &Address,
        version: &ContractVersion,
    ) -> Result<Contract, ClientError> {
        self.document(&["products", &address.to_string(), "versions", &version.to_string()]).await
    }

    /// The contract of a digest, which is checked.
    ///
    /// # Errors
    /// When there is none, it cannot be read, it has another digest, or the registry does not answer.
    pub async fn contract_by_digest(&self, digest: &Digest) -> Result<Contract, ClientError> {
        let contract = self.document(&["contracts", &digest.to_string()]).await?;
        match contract.digest() {
            Ok(found) if found != *digest => Err(ClientError::WrongDigest { wanted: *digest, found }),
            _ => Ok(contract),
        }
    }

    /// The version that satisfies a requirement, and where it is served.
    ///
    /// # Errors
    /// When there is none, or the registry does not answer.
    pub async fn resolve(
        &self,
        address: &Address,
        requirement: &Requirement,
        environment: &EnvironmentName,
    ) -> Result<Resolution, ClientError> {
        let pairs = [("requirement", requirement.to_string()), ("environment", environment.to_string())];
        self.get(&["products", &address.to_string(), "resolve"], &pairs).await
    }

    /// Who reads a product.
    ///
    /// # Errors
    /// When there is no such product, or the registry does not answer.
    pub async fn consumers(&self, address: &Address) -> Result<Vec<RegisteredConsumer>, ClientError> {
        self.all(&["products", &address.to_string(), "consumers"], &[]).await
    }

    /// Everything that one reader relies on; nothing where no reader of this name is registered.
    ///
    /// # Errors
    /// When the registry does not answer.
    pub async fn expectations_of(
        &self,
        consumer: &ConsumerName,
    ) -> Result<Vec<RegisteredConsumer>, ClientError> {
        self.all(&["consumers", consumer.as_str()], &[]).await
    }

    /// What a product is made from and what is made from it.
    ///
    /// # Errors
    /// When there is no such product, or the registry does not answer.
    pub async fn lineage(&self, address: &Address) -> Result<Lineage, ClientError> {
        self.get(&["products", &address.to_string(), "lineage"], &[]).await
    }

    /// Where a product is deployed.
    ///
    /// # Errors
    /// When there is no such product, or the registry does not answer.
    pub async fn product_deployments(&self, address: &Address) -> Result<Vec<Deployment>, ClientError> {
        self.all(&["products", &address.to_string(), "deployments"], &[]).await
    }

    /// The domains by name.
    ///
    /// # Errors
    /// When the registry does not answer.
    pub async fn domains(&self) -> Result<Vec<DomainSummary>, ClientError> {
        self.all(&["domains"], &[]).await
    }

    /// One domain.
    ///
    /// # Errors
    /// When nothing of it is published, or the registry does not answer.
    pub async fn domain(&self, name: &DomainName) -> Result<DomainSummary, ClientError> {
        self.get(&["domains", name.as_str()], &[]).await
    }

    /// All deployments.
    ///
    /// # Errors
    /// When the registry does not answer.
    pub async fn deployments(&self) -> Result<Vec<Deployment>, ClientError> {
        self.all(&["deployments"], &[]).await
    }

    /// The deployments of one domain.
    ///
    /// # Errors
    /// When the registry does not answer.
    pub async fn domain_deployments(&self, domain: &DomainName) -> Result<Vec<Deployment>, ClientError> {
        self.all(&["deployments"], &[("domain", domain.to_string())]).await
    }

    /// Announces an instance, or renews its lease.
    ///
    /// # Errors
    /// When a later start of the same instance holds the lease, or the registry does not answer.
    pub async fn announce(&self, instance: &str, announcement: &Announcement) -> Result<Lease, ClientError> {
        self.put(&["deployments", instance], &[], announcement).await
    }

    /// Ends the lease of an instance that stops.
    ///
    /// # Errors
    /// When a later start of the same instance holds the lease, or the registry does not answer.
    pub async fn withdraw(&self, instance: &str, epoch: u64) -> Result<(), ClientError> {
        let pairs = [("epoch", epoch.to_string())];
        self.http
            .send(&self.ask(Method::DELETE, &["api", "v1", "deployments", instance], &pairs))
            .await
            .map(drop)
    }

    /// Registers what a reader relies on.
    ///
    /// # Errors
    /// When the product is not published, or the registry does not answer.
    pub async fn expect(&self, expectation: &Expectation) -> Result<RegisteredConsumer, ClientError> {
        let Expectation { consumer, address, .. } = expectation;
        self.put(&["consumers", consumer.as_str(), "expectations", &address.to_string()], &[], expectation)
            .await
    }

    /// Forgets what a reader relied on.
    ///
    /// # Errors
    /// When nothing was registered, or the registry does not answer.
    pub async fn forget(&self, consumer: &ConsumerName, address: &Address) -> Result<(), ClientError> {
        let path = ["api", "v1", "consumers", consumer.as_str(), "expectations", &address.to_string()];
        self.http.send(&self.ask(Method::DELETE, &path, &[])).await.map(drop)
    }

    /// Forgets one registration: that of a version, environment and purpose, each only where it is given.
    ///
    /// # Errors
    /// When nothing was registered, or the registry does not answer.
    pub async fn forget_expectation(
        &self,
        consumer: &ConsumerName,
        address: &Address,
        narrowed: &Narrowed,
    ) -> Result<(), ClientError> {
        let Narrowed { consumer_version, environment, purpose } = narrowed;
        let pairs: Vec<_> = [
            consumer_version.clone().map(|version| ("consumerVersion", version)),
            environment.as_ref().map(|environment| ("environment", environment.to_string())),
            purpose.clone().map(|purpose| ("purpose", purpose)),
        ]
        .into_iter()
        .flatten()
        .collect();
        let path = ["api", "v1", "consumers", consumer.as_str(), "expectations", &address.to_string()];
        self.http.send(&self.ask(Method::DELETE, &path, &pairs)).await.map(drop)
    }

    /// Records that a product or a reader runs somewhere, in place of another version of its line.
    ///
    /// # Errors
    /// When it is a product without such a version, or the registry does not answer.
    pub async fn record_deployed(
        &self,
        subject: &ConsumerName,
        version: &str,
        environment: &EnvironmentName,
    ) -> Result<Deployed, ClientError> {
        let path = deployed_path("deployed", subject, version, environment);
        self.http.json(&self.ask(Method::PUT, &path, &[])).await
    }

    /// Takes back that a product or a reader runs somewhere.
    ///
    /// # Errors
    /// When that was not recorded, or the registry does not answer.
    pub async fn forget_deployed(
        &self,
        subject: &ConsumerName,
        version: &str,
        environment: &EnvironmentName,
    ) -> Result<(), ClientError> {
        let path = deployed_path("deployed", subject, version, environment);
        self.http.send(&self.ask(Method::DELETE, &path, &[])).await.map(drop)
    }

    /// Whether a product or a reader may be deployed somewhere.
    ///
    /// # Errors
    /// When the registry does not answer.
    pub async fn can_deploy(
        &self,
        subject: &ConsumerName,
        version: &str,
        environment: &EnvironmentName,
    ) -> Result<CanDeploy, ClientError> {
        let path = deployed_path("can-deploy", subject, version, environment);
        self.http.json(&self.ask(Method::GET, &path, &[])).await
    }

    pub(super) async fn get<T: DeserializeOwned>(
        &self,
        path: &[&str],
        pairs: &[(&str, String)],
    ) -> Result<T, ClientError> {
        self.http.json(&self.ask(Method::GET, &under_api(path), pairs)).await
    }

    pub(super) async fn put<T: DeserializeOwned>(
        &self,
        path: &[&str],
        pairs: &[(&str, String)],
        body: &impl Serialize,
    ) -> Result<T, ClientError> {
        self.told(Method::PUT, path, pairs, body).await
    }

    pub(super) async fn post<T: DeserializeOwned>(
        &self,
        path: &[&str],
        body: &impl Serialize,
    ) -> Result<T, ClientError> {
        self.told(Method::POST, path, &[], body).await
    }

    /// Sends a body.
    async fn told<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &[&str],
        pairs: &[(&str, String)],
        body: &impl Serialize,
    ) -> Result<T, ClientError> {
        let body = serde_json::to_vec(body).expect("bodies hold only names as keys and finite numbers");
        let mut ask = self.ask(method, &under_api(path), pairs);
        ask.body = Some(Bytes::from(body));
        self.http.json(&ask).await
    }

    /// Sends what makes something new each time, so it is sent once only: an answer that was lost is not asked for again.
    pub(super) async fn post_once<T: DeserializeOwned>(
        &self,
        path: &[&str],
        body: &impl Serialize,
    ) -> Result<T, ClientError> {
        let once = Retry { attempts: 1, ..Retry::default() };
        let once = Self { http: self.http.retrying(once), ..self.clone() };
        once.told(Method::POST, path, &[], body).await
    }

    pub(super) async fn call<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &[&str],
    ) -> Result<T, ClientError> {
        self.http.json(&self.ask(method, &under_api(path), &[])).await
    }

    pub(super) async fn delete(&self, path: &[&str]) -> Result<(), ClientError> {
        self.tell(Method::DELETE, path).await
    }

    /// Asks for something of which there is nothing to be told.
    pub(super) async fn tell(&self, method: Method, path: &[&str]) -> Result<(), ClientError> {
        self.http.send(&self.ask(method, &under_api(path), &[])).await.map(drop)
    }

    /// Every page of a list.
    pub(super) async fn all<T: DeserializeOwned>(
        &self,
        path: &[&str],
        pairs: &[(&str, String)],
    ) -> Result<Vec<T>, ClientError> {
        let mut items = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let mut pairs = pairs.to_vec();
            pairs.extend(after.clone().map(|after| ("after", after)));
            let page: Page<T> = self.get(path, &pairs).await?;
            let stuck = page.items.is_empty() || page.next == after;
            items.extend(page.items);
            match page.next {
                Some(next) if !stuck => after = Some(next),
                _ => return Ok(items),
            }
        }
    }

    /// What stands at a path, unless it is what is known already; and its tag.
    pub(super) async fn fetch<T: DeserializeOwned>(
        &self,
        path: &[&str],
        known: Option<&str>,
    ) -> Result<Fetched<T>, ClientError> {
        let ask = Ask { known, ..self.ask(Method::GET, &under_api(path), &[]) };
        let answer = self.http.send(&ask).await?;
        if answer.same {
            return Ok(Fetched::Same);
        }
        let tag = answer.headers.get(ETAG).and_then(|tag| tag.to_str().ok()).map(str::to_owned);
        Ok(Fetched::New(document(Peer::Registry, &answer)?, tag))
    }

    /// Puts something and takes no notice of what comes back.
    pub(super) async fn put_unanswered(
        &self,
        path: &[&str],
        body: &impl Serialize,
    ) -> Result<(), ClientError> {
        let body = serde_json::to_vec(body).expect("bodies hold only names as keys and finite numbers");
        let mut ask = self.ask(Method::PUT, &under_api(path), &[]);
        ask.body = Some(Bytes::from(body));
        self.http.send(&ask).await.map(drop)
    }

    async fn document(&self, path: &[&str]) -> Result<Contract, ClientError> {
        let answer = self.http.send(&self.ask(Method::GET, &under_api(path), &[])).await?;
        let unreadable =
            |place: String| ClientError::Unreadable { peer: Peer::Registry, url: answer.url.clone(), place };
        let text = std::str::from_utf8(&answer.body).map_err(|error| unreadable(error.to_string()))?;
        Contract::read(text).map_err(|error| unreadable(error.to_string()))
    }

    fn ask(&self, method: Method, path: &[&str], pairs: &[(&str, String)]) -> Ask<'_> {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        if !pairs.is_empty() {
            url.query_pairs_mut().extend_pairs(pairs);
        }
        Ask { method, ..Ask::get(Peer::Registry, url) }.with_token(self.token.as_ref())
    }
}

fn deployed_path<'p>(
    verb: &'p str,
    subject: &'p ConsumerName,
    version: &'p str,
    environment: &'p EnvironmentName,
) -> [&'p str; 7] {
    ["api", "v1", "environments", environment.as_str(), verb, subject.as_str(), version]
}

fn under_api<'p>(path: &[&'p str]) -> Vec<&'p str> {
    ["api", "v1"].into_iter().chain(path.iter().copied()).collect()
}
