//! Whether something may be deployed somewhere: as a product, whether every reader that runs there takes it; as a reader,
//! whether it takes what runs there. Most products are both.

use mesh_contract::judgement::JUDGE;
use mesh_contract::wire::{CanDeploy, DeployAnswer, PairVerdict, ReaderPair};
use mesh_contract::{Address, Contract, ContractVersion, Digest, Expectation};

use super::deployed::{MOST, Placement, version_of};
use super::matrix::Matrix;
use super::{Registry, ServiceError, read_document};
use crate::store::{
    self, ContractKey, DeployedQuery, ExpectationQuery, History, RegisteredExpectation, Stage, TenantId,
};

impl Registry {
    /// Whether something may be deployed.
    ///
    /// # Errors
    /// When the store does not answer, or the version is no plain text.
    pub async fn can_deploy(
        &self,
        tenant: &TenantId,
        placement: Placement,
    ) -> Result<CanDeploy, ServiceError> {
        placement.check()?;
        let mut question =
            Question { registry: self, tenant, placement, pairs: Vec::new(), missing: Vec::new() };
        let product = self.published(tenant, &question.placement.subject).await?;
        if let Some((address, history)) = &product {
            question.as_product(address, history).await?;
        }
        question.as_reader(product.is_some()).await?;
        question.answer().await
    }

    async fn registered(
        &self,
        tenant: &TenantId,
        query: ExpectationQuery,
    ) -> Result<Vec<RegisteredExpectation>, ServiceError> {
        let query = ExpectationQuery { limit: MOST, ..query };
        self.store.expectations(tenant, &query).await.map_err(ServiceError::Store)
    }
}

/// One question.
struct Question<'r> {
    registry: &'r Registry,
    tenant: &'r TenantId,
    placement: Placement,
    pairs: Vec<Pair>,
    missing: Vec<String>,
}

/// A reader and a version of a product that it reads.
struct Pair {
    expectation: Expectation,
    version: ContractVersion,
    digest: Digest,
}

impl Question<'_> {
    /// Every reader in the environment against the version.
    async fn as_product(&mut self, address: &Address, history: &History) -> Result<(), ServiceError> {
        let Placement { version, environment, .. } = self.placement.clone();
        let found = match version_of(address, history, &version) {
            Ok(found) if found.stage == Stage::Released => found,
            Ok(_) => {
                self.missing
                    .push(format!("{version} of `{address}` is a draft, which nothing serves; publish it"));
                return Ok(());
            }
            Err(unknown @ ServiceError::UnknownVersion { .. }) => {
                self.missing.push(unknown.to_string());
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        if found.lifecycle.retired.is_some() {
            self.missing.push(format!(
                "{version} of `{address}` is retired; deploy another version, or bring it back with `mesh retire --undo {address}@{version}`"
            ));
        }
        let registered = self.registry.readers_of(self.tenant, address).await?;
        let query = DeployedQuery {
            readers_of: Some(address.clone()),
            environment: Some(environment.clone()),
            limit: MOST,
            ..Default::default()
        };
        let records = self.registry.store.deployed(self.tenant, &query).await.map_err(ServiceError::Store)?;
        let records: Vec<_> = records.into_iter().map(|it| it.deployed).collect();
        let matrix = Matrix { registered: &registered, deployed: &records };
        for expectation in matrix.in_environment(&environment) {
            // A reader of another line goes on reading that one: lines run side by side.
            if expectation.requirement.matches(&found.version) {
                self.pair(expectation, found);
            }
        }
        for store::Deployed { subject, version, .. } in matrix.unknown(&environment) {
            self.missing.push(format!(
                "`{subject}` runs in {environment} at {version}, and what that version reads of `{address}` is not registered; register it with `mesh expect --consumer {subject} --consumer-version {version}`"
            ));
        }
        Ok(())
    }

    /// What the version reads against what runs in the environment.
    async fn as_reader(&mut self, is_product: bool) -> Result<(), ServiceError> {
        let Placement { subject, version, environment } = self.placement.clone();
        let query = ExpectationQuery { consumer: Some(subject.clone()), ..Default::default() };
        let registered = self.registry.registered(self.tenant, query).await?;
        // As if the version ran there already.
        let records = [self.placement.clone().into_record()];
        let reads = Matrix { registered: &registered, deployed: &records }.in_environment(&environment);
        if reads.is_empty() && !is_product {
            self.missing.push(format!(
                "what `{subject}` reads at {version} is not registered; register it with `mesh expect --consumer {subject} --consumer-version {version}`"
            ));
        }
        for expectation in &reads {
            let Expectation { address, requirement, .. } = expectation;
            let running = self.registry.running(self.tenant, address, &environment).await?;
            let history =
                self.registry.store.history(self.tenant, address).await.map_err(ServiceError::Store)?;
            let meets = |entry: &&store::Version| {
                entry.stage == Stage::Released
                    && running.contains(&entry.version)
                    && requirement.matches(&entry.version)
            };
            let met: Vec<_> = history.versions.iter().filter(meets).collect();
            met.iter().for_each(|entry| self.pair(expectation, entry));
            if met.is_empty() {
                self.no_provider(address, &requirement.to_string());
            }
        }
        if is_product {
            self.inputs(&reads).await?;
        }
        Ok(())
    }

    /// A product's inputs of which nobody registered what is read: at least a version that it asks for has to run.
    async fn inputs(&mut self, reads: &[&Expectation]) -> Result<(), ServiceError> {
        let Placement { subject, version, environment } = self.placement.clone();
        let (Ok(address), Ok(version)) = (subject.as_str().parse(), version.parse()) else { return Ok(()) };
        let stored = match self.registry.contract(self.tenant, &ContractKey::Version(address, version)).await
        {
            Ok(stored) => stored,
            // Told already.
            Err(ServiceError::UnknownVersion { .. }) => return Ok(()),
            Err(error) => return Err(error),
        };
        let contract = read_document(stored.document, |text| Ok(Contract::read(text)?)).await?;
        let told = |address: &Address| reads.iter().any(|read| read.address == *address);
        for input in contract.inputs.iter().filter(|input| !told(&input.address)) {
            let running = self.registry.running(self.tenant, &input.address, &environment).await?;
            if !running.iter().any(|version| input.requirement.matches(version)) {
                self.no_provider(&input.address, &input.requirement.to_string());
            }
        }
        Ok(())
    }

    fn pair(&mut self, expectation: &Expectation, entry: &store::Version) {
        let (version, digest) = (entry.version.clone(), entry.digest);
        self.pairs.push(Pair { expectation: expectation.clone(), version, digest });
    }

    fn no_provider(&mut self, address: &Address, requirement: &str) {
        let environment = &self.placement.environment;
        self.missing.push(format!(
            "no version of `{address}` that satisfies `{requirement}` is known to run in {environment}; record it with `mesh deployed {address} <VERSION> --to {environment}`"
        ));
    }

    async fn answer(self) -> Result<CanDeploy, ServiceError> {
        let Self { registry, tenant, placement, pairs, missing } = self;
        let asked: Vec<_> = pairs.iter().map(|pair| (pair.digest, &pair.expectation)).collect();
        let verdicts = registry.verdicts(tenant, &asked).await?;
        let told = |(pair, judged): (&Pair, _)| -> ReaderPair {
            let Expectation { consumer, consumer_version, purpose, address, .. } = pair.expectation.clone();
            let super::verdict::Judged { verdict, findings } = std::sync::Arc::unwrap_or_clone(judged);
            ReaderPair {
                consumer,
                consumer_version,
                purpose,
                product: address,
                product_version: pair.version.clone(),
                verdict,
                findings,
            }
        };
        let pairs: Vec<_> = pairs.iter().zip(verdicts).map(told).collect();
        let any = |verdict| pairs.iter().any(|pair| pair.verdict == verdict);
        let answer = if any(PairVerdict::Broken) {
            DeployAnswer::No
        } else if any(PairVerdict::Unproven) || !missing.is_empty() {
            DeployAnswer::Unknown
        } else {
            DeployAnswer::Yes
        };
        let Placement { subject, version, environment } = placement;
        Ok(CanDeploy { subject, version, environment, answer, judge: JUDGE, pairs, missing })
    }
}
