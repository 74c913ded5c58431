//! Bodies, read as strictly as any document of the mesh.

use bytes::Bytes;
use mesh_contract::read;
use serde::de::DeserializeOwned;

use crate::service::ServiceError;

/// Reads a body.
pub(super) fn body<T: DeserializeOwned>(document: &Bytes) -> Result<T, ServiceError> {
    let text = std::str::from_utf8(document)
        .map_err(|error| ServiceError::NotText { line: 1, byte: error.valid_up_to() })?;
    Ok(read::read(text)?)
}

/// As [`body`], where nothing has to be said.
pub(super) fn body_if_any<T: DeserializeOwned + Default>(document: &Bytes) -> Result<T, ServiceError> {
    if document.is_empty() { Ok(T::default()) } else { body(document) }
}
