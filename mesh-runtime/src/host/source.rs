//! Where the records of a product come from, with their Rust type forgotten.

use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use super::context::Context;
use super::snapshot::{Plan, Snapshot};
use crate::definition::ProductDefinition;
use crate::product::DataProduct;

/// Why a source has no records now. Any error becomes one with `?`; the host keeps what it has and tries again.
///
/// It is no [`Error`] itself, since it takes every error.
pub struct SourceError(Box<dyn Error + Send + Sync>);

impl SourceError {
    /// A failure in words: what happened, and what to do about it.
    pub fn new(message: impl Into<String>) -> Self {
        Self(message.into().into())
    }

    /// The error and its causes on one line. It goes to the log of the domain's owner and nowhere else.
    pub(crate) fn chain(&self) -> String {
        let mut text = self.0.to_string();
        let mut source = self.0.source();
        while let Some(error) = source {
            text.push_str(": ");
            text.push_str(&error.to_string());
            source = error.source();
        }
        text
    }
}

impl<E: Error + Send + Sync + 'static> From<E> for SourceError {
    fn from(error: E) -> Self {
        Self(Box::new(error))
    }
}

impl fmt::Debug for SourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl fmt::Display for SourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

type Loading = Pin<Box<dyn Future<Output = Result<Snapshot, SourceError>> + Send>>;

/// The source of one product.
#[derive(Clone)]
pub(crate) struct Source {
    pub(crate) definition: ProductDefinition,
    load: Arc<dyn Fn(Context, Arc<Plan>) -> Loading + Send + Sync>,
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Source").field(&self.definition.name).finish()
    }
}

impl Source {
    pub(crate) fn of<P, F, R>(load: F) -> Self
    where
        P: DataProduct,
        F: Fn(Context) -> R + Send + Sync + 'static,
        R: Future<Output = Result<Vec<P>, SourceError>> + Send + 'static,
    {
        let load = move |context: Context, plan: Arc<Plan>| -> Loading {
            let records = load(context);
            Box::pin(async move {
                let records = records.await?;
                // Writing and ordering many records would keep requests waiting.
                Ok(tokio::task::spawn_blocking(move || Snapshot::build(records, &plan)).await?)
            })
        };
        Self { definition: P::DEFINITION, load: Arc::new(load) }
    }

    pub(crate) fn load(&self, context: Context, plan: Arc<Plan>) -> Loading {
        (self.load)(context, plan)
    }
}
