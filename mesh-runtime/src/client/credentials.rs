//! What a reader shows to a port: a token that it was given, or the grant of its agreement.

use std::sync::Arc;

use super::own_grants::{Held, OwnGrants, Reading, now};
use super::{ClientError, RegistryClient, Token};

/// What a reader shows to a port.
#[derive(Debug)]
pub(crate) enum Credentials {
    /// Nothing: nobody said who reads.
    Nobody,
    /// What it was given.
    Given(Token),
    /// The grant of its agreement, which it finds by itself.
    Agreed(Box<Agreed>),
}

/// A reader that finds its grant by itself.
#[derive(Debug)]
pub(crate) struct Agreed {
    pub(crate) grants: Arc<OwnGrants>,
    pub(crate) registry: Option<RegistryClient>,
    pub(crate) reading: Reading,
}

impl Credentials {
    /// What is shown first. A port that is open is not worth a question to the registry, so that is asked once a port refuses;
    /// or before a grant that is held ends.
    pub(crate) async fn shown(&self) -> Option<Token> {
        match self {
            Self::Nobody => None,
            Self::Given(token) => Some(token.clone()),
            Self::Agreed(agreed) => {
                let held = agreed.grants.held(&agreed.reading).await?;
                if held.nears_its_end(now())
                    && let Some(next) = agreed.fetch().await
                {
                    return Some(next.token());
                }
                Some(held.token())
            }
        }
    }

    /// What may do where a port refused what was shown; nothing where nothing else is to be had.
    pub(crate) async fn instead(&self, refused: &ClientError, shown: Option<&Token>) -> Option<Token> {
        let Self::Agreed(agreed) = self else { return None };
        if !refused.problem().is_some_and(|problem| matches!(problem.status, 401 | 403)) {
            return None;
        }
        let next = agreed.fetch().await.map(|held| held.token());
        if next.is_none() && shown.is_some() {
            agreed.grants.drop_held(&agreed.reading);
        }
        next.filter(|next| Some(next) != shown)
    }
}

impl Agreed {
    /// The grant as the registry has it now. That there is none is for the port to tell, with what to do.
    async fn fetch(&self) -> Option<Held> {
        let registry = self.registry.as_ref()?;
        match self.grants.fetch(registry, &self.reading).await {
            Ok(held) => held,
            Err(error) => {
                tracing::debug!(product = %self.reading.address, consumer = %self.reading.consumer, %error, "no grant is to be had");
                None
            }
        }
    }
}
