//! Who may read what: the owner by a token, a consumer by a grant, and in an open host everybody, with personal data masked.
//!
//! Each decision is one line of the log, with the target `mesh::access`: who, what, and why or why not; never a value, a grant or
//! a token.

use std::sync::Arc;

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use mesh_contract::grant::{self, GrantError};
use mesh_contract::{Digest, EnvironmentName, GrantClaims};
use subtle::ConstantTimeEq;
use tokio::sync::watch;

use super::problem::Failure;
use crate::host::announce::Standing;
use crate::host::config::{Access, HostConfig};
use crate::host::known_trust::KnownTrust;
use crate::host::product::Product;
use crate::host::reads::{Reads, unix_now};
use crate::host::scope::{BadRows, Scope};
use crate::host::snapshot::Sight;

/// When somebody shows a grant before the registry has told whose grants count.
const RETRY_AFTER_SECONDS: u32 = 5;

/// Decides who may read what.
#[derive(Clone)]
pub(crate) struct Gate {
    access: Access,
    /// The owner's token, kept as its digest so that tokens of every length compare in the same time.
    owner: Option<Arc<str>>,
    environment: EnvironmentName,
    trust: Arc<KnownTrust>,
    standing: watch::Receiver<Standing>,
    pub(crate) reads: Arc<Reads>,
}

/// A reader who is let in.
#[derive(Debug)]
pub(crate) struct Admitted {
    pub(crate) sight: Sight,
    /// What would show more: sent with masked records (RFC 9110 allows it with any status).
    pub(crate) challenge: Option<&'static str>,
    /// Whose grant it is.
    pub(crate) claims: Option<GrantClaims>,
}

impl Gate {
    pub(crate) fn of(
        config: &HostConfig,
        trust: Arc<KnownTrust>,
        standing: watch::Receiver<Standing>,
        reads: Arc<Reads>,
    ) -> Self {
        let owner = config.token.as_ref().filter(|token| !token.is_empty());
        Self {
            access: config.access,
            owner: owner.map(|token| digest(token.expose()).into()),
            environment: config.environment().clone(),
            trust,
            standing,
            reads,
        }
    }

    /// Whether somebody who holds nothing may read.
    pub(crate) fn is_open(&self) -> bool {
        self.access == Access::Open
    }

    /// Lets a reader in, and says what it sees. `fields` are the members that it asks for.
    pub(crate) fn admit(
        &self,
        headers: &HeaderMap,
        product: &Product,
        fields: Option<&[String]>,
    ) -> Result<Admitted, Failure> {
        let shown = headers.get(AUTHORIZATION);
        let bearer = shown.and_then(|value| bearer(value.to_str().ok()?));
        if let (Some(own), Some(token)) = (&self.owner, bearer)
            && bool::from(own.as_bytes().ct_eq(digest(token).as_bytes()))
        {
            allowed(product, "the owner of the domain", None);
            return Ok(Admitted { sight: Sight::Clear, challenge: None, claims: None });
        }
        if self.is_open() {
            allowed(product, "anybody", None);
            let challenge = match shown {
                None => "Bearer realm=\"personal data\"",
                Some(_) => "Bearer realm=\"personal data\", error=\"invalid_token\"",
            };
            return Ok(Admitted { sight: Sight::Masked, challenge: Some(challenge), claims: None });
        }
        match (bearer, shown) {
            (Some(grant), _) => self.granted(grant, product, fields),
            (None, None) => {
                refused(product, None, "no grant is shown");
                Err(Failure::grant_needed(&product.contract.address, how_to_ask(product)))
            }
            (None, Some(_)) => {
                refused(product, None, "no bearer token is shown");
                let reason = "a grant is shown as `Authorization: Bearer <grant>`";
                Err(Failure::grant_invalid(&product.contract.address, reason.to_owned()))
            }
        }
    }

    /// Lets in whoever shows a grant for this.
    fn granted(&self, text: &str, product: &Product, fields: Option<&[String]>) -> Result<Admitted, Failure> {
        let address = &product.contract.address;
        let Some(trust) = self.trust.get() else { return Err(self.without_trust(product)) };
        let claims = grant::authentic(text, &trust).map_err(|error| {
            refused(product, None, &error.to_string());
            Failure::grant_invalid(address, format!("this is no grant that counts here: {error}"))
        })?;
        let decided = grant::standing(&claims, &trust, unix_now())
            .map_err(|error| ended(product, &error))
            .and_then(|()| self.scope(&claims, product, fields));
        match decided {
            Ok(scope) => {
                allowed(product, claims.sub.as_str(), Some(claims.agreement()));
                Ok(Admitted { sight: Sight::Granted(scope), challenge: None, claims: Some(claims) })
            }
            Err((why, failure)) => {
                refused(product, Some(&claims), &why);
                self.count(&claims, product, fields, false);
                Err(failure)
            }
        }
    }

    /// What a grant that counts lets its reader see here.
    fn scope(
        &self,
        claims: &GrantClaims,
        product: &Product,
        fields: Option<&[String]>,
    ) -> Result<Scope, (String, Failure)> {
        let address = &product.contract.address;
        let elsewhere = |why: String| (why.clone(), Failure::outside_grant(address, why));
        if claims.aud != *address {
            return Err(elsewhere(format!(
                "the grant is for `{}`, and this is `{address}`; {}",
                claims.aud,
                how_to_ask(product)
            )));
        }
        if claims.environment != self.environment {
            return Err(elsewhere(format!(
                "the grant is for the environment `{}`, and this is `{}`; ask for access here with `mesh request {address} --environment {}`",
                claims.environment, self.environment, self.environment
            )));
        }
        let scope = Scope::of(&product.plan, &claims.fields, claims.rows.as_deref()).map_err(|bad| {
            let tenant = product.plan.tenant.as_deref().unwrap_or_default();
            elsewhere(match bad {
                BadRows::Missing => format!(
                    "`{address}` holds rows of several customers, told apart by `{tenant}`, and the grant does not say whose; ask for access with the customer's, `mesh request {address} --rows <{tenant}>`"
                ),
                BadRows::Unknown => format!(
                    "the grant is for the rows of one customer, and `{address}` {} cannot tell whose a row is; read a version that can, or ask its owner",
                    product.contract.version
                ),
            })
        })?;
        let lacking: Vec<_> = fields
            .unwrap_or_default()
            .iter()
            .filter(|name| scope.lacks(&product.plan, name))
            .map(|name| format!("`{name}`"))
            .collect();
        if !lacking.is_empty() {
            return Err(elsewhere(format!(
                "the grant does not name {}; leave it out of `fields`, or ask for more with `mesh request {address} --fields ...`",
                lacking.join(", ")
            )));
        }
        Ok(scope.narrowed(fields.map(<[String]>::to_vec)))
    }

    /// Counts a request of somebody whose grant was believed.
    pub(crate) fn count(
        &self,
        claims: &GrantClaims,
        product: &Product,
        fields: Option<&[String]>,
        answered: bool,
    ) {
        let asked = match fields {
            Some(fields) => {
                let mut pointers: Vec<_> = fields.iter().map(|name| pointer(name)).collect();
                pointers.sort_unstable();
                pointers.dedup();
                pointers
            }
            None => claims.fields.clone(),
        };
        let contract = &product.contract;
        self.reads.count(claims, (&contract.address, &contract.version), asked, answered);
    }

    fn without_trust(&self, product: &Product) -> Failure {
        let address = &product.contract.address;
        if *self.standing.borrow() == Standing::Seeking {
            refused(product, None, "the registry was not reached yet");
            return Failure::trust_unknown(RETRY_AFTER_SECONDS);
        }
        refused(product, None, "no registry has told whose grants count");
        Failure::grant_invalid(
            address,
            "no registry has told this port whose grants count; its owner sets MESH_REGISTRY to one that issues grants, or reads with the token of the domain".to_owned(),
        )
    }
}

fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim()).filter(|token| !token.is_empty())
}

fn pointer(name: &str) -> String {
    format!("/{}", name.replace('~', "~0").replace('/', "~1"))
}

fn how_to_ask(product: &Product) -> String {
    format!(
        "ask its owner for access with `mesh request {} --purpose <what for> --until <last day>`",
        product.contract.address
    )
}

fn ended(product: &Product, error: &GrantError) -> (String, Failure) {
    let why = error.to_string();
    (
        why.clone(),
        Failure::grant_invalid(&product.contract.address, format!("the grant does not count: {why}")),
    )
}

fn allowed(product: &Product, who: &str, agreement: Option<&str>) {
    let (address, version) = (&product.contract.address, &product.contract.version);
    tracing::info!(target: "mesh::access", product = %address, %version, who, agreement, "allowed");
}

fn refused(product: &Product, claims: Option<&GrantClaims>, why: &str) {
    let (address, version) = (&product.contract.address, &product.contract.version);
    let (who, agreement) = (claims.map(|it| it.sub.as_str()), claims.map(GrantClaims::agreement));
    tracing::warn!(target: "mesh::access", product = %address, %version, who, agreement, why, "refused");
}

fn digest(token: &str) -> String {
    Digest::of_bytes(token.as_bytes()).to_string()
}
