//! Readers as judgements count them: those that have registered what they rely on, and those that were seen to read without.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use mesh_contract::{
    Address, ConsumerName, Contract, ContractVersion, EnvironmentName, Expectation, FORMAT, Line,
};

use super::restricted::restricted;
use crate::service::deployed::MOST;
use crate::service::{Registry, ServiceError, read_document};
use crate::store::{
    ContractKey, ExpectationQuery, ObservedRead, RegisteredExpectation, StoreError, TenantId,
};

/// Whoever was not seen for so many days does not count any more.
const REMEMBERED_DAYS: i64 = 90;

/// What a reader was seen to read of one line, by the newest version of it that it was served.
struct Seen {
    version: ContractVersion,
    fields: BTreeSet<String>,
    first_at: DateTime<Utc>,
}

impl Registry {
    /// The readers of a product: registered ones, and those that were seen to read and have registered nothing.
    pub(in super::super) async fn readers_of(
        &self,
        tenant: &TenantId,
        address: &Address,
    ) -> Result<Vec<RegisteredExpectation>, ServiceError> {
        let query = ExpectationQuery { address: Some(address.clone()), limit: MOST, ..Default::default() };
        let mut readers = self.store.expectations(tenant, &query).await.map_err(ServiceError::Store)?;
        let registered: BTreeSet<ConsumerName> =
            readers.iter().map(|it| it.expectation.consumer.clone()).collect();
        readers.extend(self.undeclared(tenant, address, &registered).await?);
        Ok(readers)
    }

    /// What those rely on who were seen to read and are not among the registered: the fields that they read, as the version that
    /// they were served emits them, and nothing else.
    pub(in super::super) async fn undeclared(
        &self,
        tenant: &TenantId,
        address: &Address,
        registered: &BTreeSet<ConsumerName>,
    ) -> Result<Vec<RegisteredExpectation>, ServiceError> {
        let since = self.store.now() - TimeDelta::days(REMEMBERED_DAYS);
        let observed = self.store.observed(tenant, address).await.map_err(ServiceError::Store)?;
        let counts = |read: &ObservedRead| {
            read.answered > 0 && read.last_at >= since && !registered.contains(&read.consumer)
        };
        let mut contracts: BTreeMap<ContractVersion, Option<Contract>> = BTreeMap::new();
        let mut found = Vec::new();
        for ((consumer, environment, line), seen) in by_line(observed.into_iter().filter(counts)) {
            let version = seen.version.clone();
            if !contracts.contains_key(&version) {
                let contract = self.contract_if_any(tenant, address, &version).await?;
                contracts.insert(version.clone(), contract);
            }
            // What a port serves and nobody has published is nothing to hold a version against.
            let Some(Some(contract)) = contracts.get(&version) else { continue };
            let fields: Vec<String> = seen.fields.into_iter().collect();
            let requirement = format!("^{version}").parse();
            let requirement =
                requirement.map_err(|error| ServiceError::Store(StoreError::unavailable(error)))?;
            found.push(RegisteredExpectation {
                expectation: Expectation {
                    mesh: FORMAT,
                    consumer,
                    consumer_version: None,
                    environment: Some(environment),
                    address: address.clone(),
                    requirement,
                    // So that several lines that it reads stand side by side, and a finding says why it counts.
                    purpose: Some(format!("observed, line {line}")),
                    schema: restricted(&contract.schemas.emits, &fields),
                    fields,
                },
                registered_at: seen.first_at,
            });
        }
        Ok(found)
    }

    async fn contract_if_any(
        &self,
        tenant: &TenantId,
        address: &Address,
        version: &ContractVersion,
    ) -> Result<Option<Contract>, ServiceError> {
        let key = ContractKey::Version(address.clone(), version.clone());
        let stored = match self.contract(tenant, &key).await {
            Ok(stored) => stored,
            Err(ServiceError::UnknownVersion { .. } | ServiceError::UnknownProduct { .. }) => {
                return Ok(None);
            }
            Err(error) => return Err(error),
        };
        read_document(stored.document, |text| Ok(Contract::read(text)?)).await.map(Some)
    }
}

fn by_line(
    observed: impl Iterator<Item = ObservedRead>,
) -> BTreeMap<(ConsumerName, EnvironmentName, String), Seen> {
    let mut seen: BTreeMap<_, Seen> = BTreeMap::new();
    for read in observed {
        let ObservedRead { consumer, environment, version, fields, first_at, .. } = read;
        let line = Line::of(&version).to_string();
        let entry = seen.entry((consumer, environment, line)).or_insert_with(|| Seen {
            version: version.clone(),
            fields: BTreeSet::new(),
            first_at,
        });
        if version > entry.version {
            entry.version = version;
        }
        entry.fields.extend(fields);
        entry.first_at = entry.first_at.min(first_at);
    }
    seen
}
