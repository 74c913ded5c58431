//! Agreements on who may read what, and the grants that follow from them.

use mesh_contract::wire::{
    AcceptAccess, Agreement, AgreementState, AskAccess, EndAccess, IssuedGrant, PublicKey,
};
use mesh_contract::{Address, ConsumerName};
use reqwest::Method;

use super::{ClientError, RegistryClient};

/// What every method of this file may say.
type Answer<T> = Result<T, ClientError>;

/// Which agreements are asked for.
#[derive(Debug, Clone, Default)]
pub struct AgreementQuery {
    /// Only those about this product.
    pub product: Option<Address>,
    /// Only those of this consumer.
    pub consumer: Option<ConsumerName>,
    /// Only those that have come so far.
    pub state: Option<AgreementState>,
}

impl RegistryClient {
    /// Asks to read a product. The same question again is the same question.
    ///
    /// # Errors
    /// When there is no such product, the caller may not ask, what is asked makes no sense, or the registry does not answer.
    pub async fn ask_access(&self, address: &Address, body: &AskAccess) -> Answer<Agreement> {
        self.post(&["products", &address.to_string(), "agreements"], body).await
    }

    /// The agreements of which the caller may see a side.
    ///
    /// # Errors
    /// When the registry does not answer.
    pub async fn agreements(&self, query: &AgreementQuery) -> Answer<Vec<Agreement>> {
        let AgreementQuery { product, consumer, state } = query;
        let pairs = [
            ("product", product.as_ref().map(ToString::to_string)),
            ("consumer", consumer.as_ref().map(ToString::to_string)),
            ("state", state.map(|state| state.to_string())),
        ];
        let pairs: Vec<_> =
            pairs.into_iter().filter_map(|(name, value)| value.map(|value| (name, value))).collect();
        self.all(&["agreements"], &pairs).await
    }

    /// One agreement.
    ///
    /// # Errors
    /// When there is none that the caller may see, or the registry does not answer.
    pub async fn agreement(&self, id: &str) -> Answer<Agreement> {
        self.get(&["agreements", id], &[]).await
    }

    /// Lets a consumer read what it asked for, or less.
    ///
    /// # Errors
    /// When the caller may not decide, the terms are wider, or the registry does not answer.
    pub async fn accept_access(&self, id: &str, body: &AcceptAccess) -> Answer<Agreement> {
        self.post(&["agreements", id, "acceptance"], body).await
    }

    /// Says no to what was asked.
    ///
    /// # Errors
    /// When the caller may not decide, no reason is given, or the registry does not answer.
    pub async fn refuse_access(&self, id: &str, body: &EndAccess) -> Answer<Agreement> {
        self.post(&["agreements", id, "refusal"], body).await
    }

    /// Ends what was agreed on.
    ///
    /// # Errors
    /// As [`Self::refuse_access`].
    pub async fn revoke_access(&self, id: &str, body: &EndAccess) -> Answer<Agreement> {
        self.post(&["agreements", id, "revocation"], body).await
    }

    /// Takes a question back, or gives up what was agreed on.
    ///
    /// # Errors
    /// When the caller is not of the consumer's side, or the registry does not answer.
    pub async fn withdraw_access(&self, id: &str, body: &EndAccess) -> Answer<Agreement> {
        self.post(&["agreements", id, "withdrawal"], body).await
    }

    /// The grant of an agreement that is in force.
    ///
    /// # Errors
    /// When it is not in force, the caller is not of the consumer's side, or the registry does not answer.
    pub async fn grant(&self, id: &str) -> Answer<IssuedGrant> {
        self.get(&["agreements", id, "grant"], &[]).await
    }

    /// Makes a key that signs grants from now on.
    ///
    /// # Errors
    /// When the caller does not run the platform, or the registry does not answer.
    pub async fn make_signing_key(&self) -> Answer<PublicKey> {
        self.call(Method::POST, &["signing-keys"]).await
    }
}
