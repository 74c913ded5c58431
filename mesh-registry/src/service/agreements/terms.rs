//! What is asked for and agreed on: that it makes sense, and whether it is less than something else.

use std::collections::BTreeSet;

use mesh_contract::wire::AccessTerms;
use mesh_contract::{Address, Contract, Day, Line, spelling};

use super::super::lifecycle::shown;
use crate::service::{Registry, ServiceError, read_document};
use crate::store::{ContractKey, Stage, TenantId, Version};

/// A purpose and whose rows are some words: they stand in every grant.
const LONGEST_WORDS: usize = 200;
/// As many bytes of terms as a grant can hold, with room for the rest of it.
const LONGEST_TERMS: usize = 4_000;
/// Nobody knows what will be in five years. Whoever reads longer asks again.
const YEARS: i64 = 5;

impl Registry {
    /// What is asked for, in its one form.
    ///
    /// # Errors
    /// When there is no such product, or it makes no sense.
    pub(super) async fn checked(
        &self,
        tenant: &TenantId,
        address: &Address,
        purpose: &str,
        terms: AccessTerms,
        today: Day,
    ) -> Result<AccessTerms, ServiceError> {
        words("purpose", "/purpose", purpose)?;
        self.checked_terms(tenant, address, purpose, terms, today).await
    }

    /// As [`Registry::checked`], of terms alone.
    pub(super) async fn checked_terms(
        &self,
        tenant: &TenantId,
        address: &Address,
        purpose: &str,
        terms: AccessTerms,
        today: Day,
    ) -> Result<AccessTerms, ServiceError> {
        let AccessTerms { fields, until, rows } = terms;
        let invalid = |pointer: &str, message: String| {
            Err(ServiceError::Invalid { pointer: format!("/terms{pointer}"), message })
        };
        let history = self.store.history(tenant, address).await.map_err(ServiceError::Store)?;
        let Some(shown) = shown(&history.versions) else {
            return Err(ServiceError::UnknownProduct { address: address.clone() });
        };
        if until < today {
            return invalid("/until", format!("{until} has passed; name a day that is still to come"));
        }
        if until.unix_days() > today.unix_days() + YEARS * 366 {
            return invalid(
                "/until",
                format!("{until} is more than {YEARS} years ahead; name an earlier day, and renew it then"),
            );
        }
        if let Some(rows) = &rows {
            words("value that tells whose rows they are", "/terms/rows", rows)?;
        }
        let fields = outermost(fields);
        if fields.is_empty() {
            return invalid(
                "/fields",
                "no field is asked for; name some, or the whole record with \"\"".to_owned(),
            );
        }
        let size: usize = fields.iter().map(|field| field.len() + 3).sum::<usize>() + purpose.len();
        if size > LONGEST_TERMS {
            return invalid(
                "/fields",
                format!(
                    "so many fields do not fit in a grant of {LONGEST_TERMS} bytes; ask for what holds them"
                ),
            );
        }
        let known = self.pointers(tenant, shown, &history.versions).await?;
        if let Some(unknown) = fields.iter().find(|field| !is_known(&known, field)) {
            let names: Vec<&str> = known.iter().map(String::as_str).collect();
            let near = spelling::nearest(unknown, &names);
            let near = near.map_or_else(
                || format!("`mesh info {address}` shows those there are"),
                |near| format!("did you mean `{near}`?"),
            );
            let shown: String = unknown.chars().take(120).collect();
            return invalid("/fields", format!("`{address}` has no field `{shown}`; {near}"));
        }
        Ok(AccessTerms { fields, until, rows })
    }

    /// The pointers of all fields: of the version that the product shows, and of the newest of each of its other lines.
    async fn pointers(
        &self,
        tenant: &TenantId,
        shown: &Version,
        versions: &[Version],
    ) -> Result<BTreeSet<String>, ServiceError> {
        let mut released: Vec<&Version> =
            versions.iter().filter(|entry| entry.stage == Stage::Released).collect();
        released.sort_by(|one, other| other.version.cmp(&one.version));
        let mut lines = vec![shown];
        for entry in released {
            if !lines.iter().any(|it| Line::of(&it.version) == Line::of(&entry.version)) {
                lines.push(entry);
            }
        }
        let mut known = BTreeSet::new();
        for entry in lines {
            let stored = self.contract(tenant, &ContractKey::Digest(entry.digest)).await?;
            let contract = read_document(stored.document, |text| Ok(Contract::read(text)?)).await?;
            known.extend(contract.field_paths().into_iter().map(|(pointer, _)| pointer));
        }
        Ok(known)
    }
}

/// Whether a pointer names a field, or something that holds one: a record in a list, or the whole.
fn is_known(known: &BTreeSet<String>, pointer: &str) -> bool {
    pointer.is_empty() || known.contains(pointer) || known.iter().any(|field| is_within(pointer, field))
}

/// Whether a pointer leads into what another one names.
fn is_within(outer: &str, inner: &str) -> bool {
    inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with('/'))
}

/// Whether some of these fields is this one, or holds it.
pub(super) fn has(fields: &[String], pointer: &str) -> bool {
    fields.iter().any(|field| field == pointer || is_within(field, pointer))
}

/// Whether everything of the one is in the other.
pub(super) fn covers(wide: &AccessTerms, narrow: &AccessTerms) -> bool {
    narrow.fields.iter().all(|field| has(&wide.fields, field))
        && narrow.until <= wide.until
        && (wide.rows.is_none() || wide.rows == narrow.rows)
}

/// The fields, sorted, without those that another one holds.
fn outermost(mut fields: Vec<String>) -> Vec<String> {
    fields.sort_unstable();
    fields.dedup();
    let all = fields.clone();
    fields.retain(|field| !all.iter().any(|outer| is_within(outer, field)));
    fields
}

/// Some words that stand in a grant.
fn words(what: &str, pointer: &str, text: &str) -> Result<(), ServiceError> {
    let fits = !text.trim().is_empty()
        && text.trim() == text
        && text.chars().count() <= LONGEST_WORDS
        && text.len() <= 2 * LONGEST_WORDS
        && !text.chars().any(char::is_control);
    if fits {
        return Ok(());
    }
    Err(ServiceError::Invalid {
        pointer: pointer.to_owned(),
        message: format!("a {what} is 1 to {LONGEST_WORDS} characters on one line, without space around it"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(fields: &[&str], until: &str, rows: Option<&str>) -> AccessTerms {
        AccessTerms {
            fields: fields.iter().map(|field| (*field).to_owned()).collect(),
            until: until.parse().expect("a day"),
            rows: rows.map(str::to_owned),
        }
    }

    #[test]
    fn terms_cover_what_is_less_and_nothing_else() {
        let wide = terms(&["/id", "/lines"], "2030-01-31", None);
        for (narrow, covered) in [
            (terms(&["/id", "/lines"], "2030-01-31", None), true),
            (terms(&["/lines/*/amount"], "2029-01-31", Some("acme")), true),
            (terms(&["/id"], "2030-02-01", None), false),
            (terms(&["/identity"], "2030-01-31", None), false),
            (terms(&[""], "2030-01-31", None), false),
        ] {
            assert_eq!(covers(&wide, &narrow), covered, "{narrow:?}");
        }
        let whole = terms(&[""], "2030-01-31", Some("acme"));
        assert!(covers(&whole, &terms(&["/id"], "2030-01-31", Some("acme"))));
        for rows in [None, Some("other")] {
            assert!(!covers(&whole, &terms(&["/id"], "2030-01-31", rows)), "{rows:?}");
        }
    }

    #[test]
    fn what_another_field_holds_is_not_named_beside_it() {
        let list = |fields: &[&str]| fields.iter().map(|field| (*field).to_owned()).collect::<Vec<_>>();
        assert_eq!(outermost(list(&["/lines/*/a", "/id", "/lines", "/id"])), ["/id", "/lines"]);
        assert_eq!(outermost(list(&["/id", ""])), [""]);
        assert_eq!(outermost(list(&["/id", "/identity"])), ["/id", "/identity"]);
    }
}
