//! Why a grant is not believed.

/// Why a text is not a grant that counts. Nothing of a text that nobody trusted has signed is repeated here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GrantError {
    /// It is no grant at all.
    #[error("it is no grant: {0}")]
    Malformed(&'static str),
    /// It is signed in another way than grants are, or not at all.
    #[error("it is not signed as grants are, with Ed25519 (`\"alg\": \"EdDSA\"`)")]
    Algorithm,
    /// The key that it names is none of the registry's, or no more.
    #[error("it is signed with a key that is none of the registry's; fetch the grant anew")]
    UnknownKey,
    /// The signature is not the key's.
    #[error("its signature is wrong: it was changed after it was signed, or the registry did not sign it")]
    Signature,
    /// Another registry signed it.
    #[error("it comes from another registry; fetch it from the one that the product is registered at")]
    Issuer,
    /// It is another organisation's.
    #[error("it is a grant in another tenant")]
    Tenant,
    /// It does not count yet.
    #[error("it does not count yet; if it was signed just now, the clocks of registry and port disagree")]
    NotYet,
    /// Its end has passed.
    #[error("it has ended; fetch it anew, and if the agreement has ended too, ask for access again")]
    Ended,
    /// The owner or the consumer took it back.
    #[error("it was revoked; `mesh request` asks for access again, and the owner of the product knows why")]
    Revoked,
}

/// Bytes that are no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a signing key has 32 bytes, and these are {length}")]
pub struct BadKey {
    /// How many there are.
    pub length: usize,
}
