//! Agreements and grants at a registry: who may read, and what ports need to know of it.

use mesh_contract::wire::{Agreement, AgreementState, IssuedGrant, Reads, Trust};
use mesh_contract::{Address, ConsumerName, DomainName};

use super::{ClientError, RegistryClient};

/// What stands at an address, beside what is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fetched<T> {
    /// What is known is the same still.
    Same,
    /// Something new, and the tag by which it is known.
    New(T, Option<String>),
}

/// Which agreements.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AgreementQuery {
    /// Only those of this reader.
    pub consumer: Option<ConsumerName>,
    /// Only those about this product.
    pub product: Option<Address>,
    /// Only those that have come this far.
    pub state: Option<AgreementState>,
}

impl RegistryClient {
    /// The agreements that the asker may see.
    ///
    /// # Errors
    /// When the registry does not answer.
    pub async fn agreements(&self, query: &AgreementQuery) -> Result<Vec<Agreement>, ClientError> {
        let AgreementQuery { consumer, product, state } = query;
        let pairs = [
            consumer.as_ref().map(|consumer| ("consumer", consumer.to_string())),
            product.as_ref().map(|product| ("product", product.to_string())),
            state.map(|state| ("state", word(state).to_owned())),
        ];
        self.all(&["agreements"], &pairs.into_iter().flatten().collect::<Vec<_>>()).await
    }

    /// The grant of an agreement that its owner has accepted.
    ///
    /// # Errors
    /// When it is not accepted or not the asker's, or the registry does not answer.
    pub async fn grant(&self, agreement: &str) -> Result<IssuedGrant, ClientError> {
        self.get(&["agreements", agreement, "grant"], &[]).await
    }

    /// What the ports of a domain need to believe grants, unless it is what a tag stands for.
    ///
    /// # Errors
    /// When the registry knows of no grants, or does not answer.
    pub async fn trust(
        &self,
        domain: &DomainName,
        known: Option<&str>,
    ) -> Result<Fetched<Trust>, ClientError> {
        self.fetch(&["domains", domain.as_str(), "trust"], known).await
    }

    /// Tells who has read through an instance since it told last.
    ///
    /// # Errors
    /// When a later start of the same instance holds the lease, or the registry does not answer.
    pub async fn tell_reads(&self, instance: &str, reads: &Reads) -> Result<(), ClientError> {
        self.tell(&["deployments", instance, "reads"], reads).await
    }
}

fn word(state: AgreementState) -> &'static str {
    match state {
        AgreementState::Asked => "asked",
        AgreementState::Accepted => "accepted",
        AgreementState::Refused => "refused",
        AgreementState::Withdrawn => "withdrawn",
        AgreementState::Revoked => "revoked",
        AgreementState::Ended => "ended",
    }
}
