//! Registered readers and exactly what each relies on.

use std::collections::BTreeMap;

use bytes::Bytes;
use mesh_contract::judge::{Options, SchemaError, Validator};
use mesh_contract::wire::{Page, PairVerdict, RegisteredConsumer};
use mesh_contract::{Address, ConsumerName, Expectation};

use super::deployed::{MOST, is_plain_version};
use super::lookup::rfc3339;
use super::{Registry, ServiceError, Window, read_document};
use crate::store::{ExpectationKey, ExpectationQuery, RegisteredExpectation, Stage, TenantId, Version};

/// An expectation to register.
#[derive(Debug, Clone)]
pub struct Registration {
    /// Who reads.
    pub consumer: ConsumerName,
    /// The product read.
    pub address: Address,
    /// The expectation as it was sent.
    pub document: Bytes,
    /// The request that asks for it, for the audit.
    pub request_id: Option<String>,
}

/// A purpose is a word or some, not an essay: it is a part of the key.
const LONGEST_PURPOSE: usize = 200;

impl Registry {
    /// Registers what a reader relies on, in place of what it relied on before for the same purpose in the same
    /// environment. The product need not be published: readers and providers are deployed in any order.
    ///
    /// # Errors
    /// When the document cannot be read or is about something else.
    pub async fn register_expectation(
        &self,
        tenant: &TenantId,
        registration: Registration,
    ) -> Result<RegisteredConsumer, ServiceError> {
        let Registration { consumer, address, document, request_id } = registration;
        let read = move |text: &str| {
            let expectation = Expectation::read(text)?;
            check(&expectation, &consumer, &address)?;
            Ok(expectation)
        };
        let expectation = read_document(document, read).await?;
        let registered =
            self.store.put_expectation(tenant, expectation, request_id).await.map_err(ServiceError::Store)?;
        let pending = self.pending(tenant, std::slice::from_ref(&registered)).await?;
        Ok(registered_consumer(registered, pending == [true]))
    }

    /// Forgets what a reader relies on: for one purpose or environment, or for all.
    ///
    /// # Errors
    /// When nothing was registered.
    pub async fn forget_expectations(
        &self,
        tenant: &TenantId,
        key: &ExpectationKey,
        request_id: Option<String>,
    ) -> Result<(), ServiceError> {
        match self.store.remove_expectations(tenant, key, request_id).await {
            Ok(0) => Err(ServiceError::UnknownExpectation),
            Ok(_) => Ok(()),
            Err(error) => Err(ServiceError::Store(error)),
        }
    }

    /// The readers of a product: registered ones, and behind them those that were seen to read and have registered nothing.
    ///
    /// # Errors
    /// When the window continues no page.
    pub async fn consumers_of(
        &self,
        tenant: &TenantId,
        address: &Address,
        window: &Window,
    ) -> Result<Page<RegisteredConsumer>, ServiceError> {
        let query = ExpectationQuery { address: Some(address.clone()), ..Default::default() };
        let page = self.expectations(tenant, query, window).await?;
        if page.next.is_some() {
            return Ok(page);
        }
        let query = ExpectationQuery { address: Some(address.clone()), limit: MOST, ..Default::default() };
        let registered = self.store.expectations(tenant, &query).await.map_err(ServiceError::Store)?;
        let skip = window.skip()?;
        let before = skip.saturating_sub(registered.len());
        let registered = registered.into_iter().map(|it| it.expectation.consumer).collect();
        let undeclared = self.undeclared(tenant, address, &registered).await?;
        let told = undeclared.into_iter().skip(before).map(|it| RegisteredConsumer {
            expectation: it.expectation,
            registered_at: rfc3339(it.registered_at),
            pending: false,
            observed: true,
        });
        let room = window.limit() + 1 - page.items.len();
        let items = page.items.into_iter().chain(told.take(room)).collect();
        Ok(window.page(items, |_| (skip + window.limit()).to_string()))
    }

    /// Everything that one reader relies on.
    ///
    /// # Errors
    /// When the window continues no page.
    pub async fn expectations_of(
        &self,
        tenant: &TenantId,
        consumer: &ConsumerName,
        window: &Window,
    ) -> Result<Page<RegisteredConsumer>, ServiceError> {
        let query = ExpectationQuery { consumer: Some(consumer.clone()), ..Default::default() };
        self.expectations(tenant, query, window).await
    }

    async fn expectations(
        &self,
        tenant: &TenantId,
        query: ExpectationQuery,
        window: &Window,
    ) -> Result<Page<RegisteredConsumer>, ServiceError> {
        let skip = window.skip()?;
        let query = ExpectationQuery { skip, limit: window.limit() + 1, ..query };
        let found = self.store.expectations(tenant, &query).await.map_err(ServiceError::Store)?;
        let mut page = window.page(found, |_| (skip + window.limit()).to_string());
        let pending = self.pending(tenant, &page.items).await?;
        let items = std::mem::take(&mut page.items).into_iter().zip(pending);
        let items = items.map(|(registered, pending)| registered_consumer(registered, pending)).collect();
        Ok(Page { items, next: page.next })
    }

    /// Whether no published version meets what each reader expects. The highest are asked first: they usually do.
    async fn pending(
        &self,
        tenant: &TenantId,
        registered: &[RegisteredExpectation],
    ) -> Result<Vec<bool>, ServiceError> {
        let mut versions: BTreeMap<&Address, Vec<Version>> = BTreeMap::new();
        for it in registered {
            let address = &it.expectation.address;
            if !versions.contains_key(address) {
                let history = self.store.history(tenant, address).await.map_err(ServiceError::Store)?;
                let mut released = history.versions;
                released.retain(|entry| entry.stage == Stage::Released);
                released.sort_by(|one, other| other.version.cmp(&one.version));
                versions.insert(address, released);
            }
        }
        let mut pending = Vec::with_capacity(registered.len());
        for RegisteredExpectation { expectation, .. } in registered {
            let released = versions.get(&expectation.address).into_iter().flatten();
            let mut met = false;
            for entry in released.filter(|entry| expectation.requirement.matches(&entry.version)) {
                let judged = self.verdicts(tenant, &[(entry.digest, expectation)]).await?;
                met = judged.iter().all(|judged| judged.verdict == PairVerdict::Compatible);
                if met {
                    break;
                }
            }
            pending.push(!met);
        }
        Ok(pending)
    }
}

fn check(expectation: &Expectation, consumer: &ConsumerName, address: &Address) -> Result<(), ServiceError> {
    let mismatch = |what, pointer, expected: String, found: String| {
        Err(ServiceError::Mismatch { what, pointer, expected, found })
    };
    let invalid = |pointer: &str, message: &str| {
        Err(ServiceError::Invalid { pointer: pointer.to_owned(), message: message.to_owned() })
    };
    if expectation.consumer != *consumer {
        return mismatch("consumer", "/consumer", consumer.to_string(), expectation.consumer.to_string());
    }
    if expectation.address != *address {
        return mismatch("product", "/address", address.to_string(), expectation.address.to_string());
    }
    match Validator::compile(&expectation.schema, &Options::contract()) {
        // It is a schema all right, if one that is hard to decide on.
        Ok(_) | Err(SchemaError::Unsupported { .. }) => {}
        Err(error) => {
            return invalid(
                "/schema",
                &format!("it is no JSON Schema: {error}; send the schema of what is read"),
            );
        }
    }
    if expectation.consumer_version.as_deref().is_some_and(|version| !is_plain_version(version)) {
        return invalid(
            "/consumerVersion",
            "a version is 1 to 100 letters, digits and signs other than `/?#%`; send one, or leave it out",
        );
    }
    match &expectation.purpose {
        Some(purpose) if purpose.trim().is_empty() => {
            invalid("/purpose", "the purpose is empty; say what the product is read for, or leave it out")
        }
        Some(purpose) if purpose.chars().count() > LONGEST_PURPOSE => {
            invalid("/purpose", "the purpose is longer than 200 characters; say it in some words")
        }
        _ => Ok(()),
    }
}

fn registered_consumer(registered: RegisteredExpectation, pending: bool) -> RegisteredConsumer {
    let RegisteredExpectation { expectation, registered_at } = registered;
    RegisteredConsumer { expectation, registered_at: rfc3339(registered_at), pending, observed: false }
}
