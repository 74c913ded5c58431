//! Headers of a records port, beside those of HTTP itself.

/// Which product and version an answer holds: `sales.orders@1.2.0`.
pub const PRODUCT: &str = "mesh-product";

/// The digest of the contract that the answer keeps.
pub const DIGEST: &str = "mesh-digest";

/// Where personal data is masked in the answer: JSON pointers in quotes, separated by commas, `*` standing for each item
/// of a list or value of a map. Characters beyond printable ASCII are percent-encoded. Absent when nothing is masked.
pub const MASKED: &str = "mesh-masked";

/// The id of the request in the host's log.
pub const REQUEST_ID: &str = "x-request-id";
