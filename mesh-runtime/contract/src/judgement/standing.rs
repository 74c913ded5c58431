//! What the version step, the readers, waivers and claims make of what was found.

use std::collections::BTreeSet;

use super::Step;
use super::change::Seen;
use super::finding::{Finding, Place, Reader, Standing};
use super::hits::Hit;
use super::place::touches;
use super::policy::{Claim, Policy, Says, Unread};
use super::rules;
use crate::{Contract, ContractVersion, Digest, Expectation};

/// What the standing of a finding depends on, beside the finding.
pub(super) struct Asked<'a> {
    pub(super) expectations: &'a [&'a Expectation],
    pub(super) new: &'a Contract,
    pub(super) made: Step,
    /// Whether the product says of itself that this step may break.
    pub(super) unstable: bool,
    pub(super) policy: &'a Policy,
}

impl Asked<'_> {
    pub(super) fn finding(
        &self,
        hit: &Hit,
        against: BTreeSet<ContractVersion>,
        mut readers: BTreeSet<Reader>,
    ) -> Finding {
        let Self { expectations, new, made, unstable, policy } = *self;
        let Hit { rule, seen, .. } = hit;
        for expectation in expectations.iter().filter(|_| rule.step > Step::None) {
            readers.extend(relies_on(expectation, &seen.place, &readers));
        }
        let mut step = seen.step.unwrap_or(rule.step);
        match (readers.is_empty(), policy.unread) {
            (false, _) => step = rule.when_read.unwrap_or(step),
            (true, Unread::MayGo) => step = rule.when_unread.unwrap_or(step),
            (true, Unread::Stays) => {}
        }
        let mut unproven = seen.unproven.clone();
        if rule.id == rules::meaning_changed::RULE.id
            && let Some(says) = claimed(policy, new, &seen.place)
        {
            unproven = None;
            step = match says {
                Says::Same => Step::Patch,
                Says::Changed => Step::Major,
            };
        }
        let fingerprint = fingerprint(new, rule.id, seen);
        let waiver = policy.waivers.iter().find(|waiver| {
            waiver.product == new.address
                && waiver.finding == fingerprint
                && policy.today.is_none_or(|today| today <= waiver.until)
        });
        let standing = if rule.step == Step::None && unproven.is_none() {
            Standing::Note
        } else if unproven.is_none() && step <= made {
            Standing::Permitted
        } else if let Some(waiver) = waiver {
            let (owner, reason) = (waiver.owner.clone(), waiver.reason.clone());
            Standing::Waived { owner, reason, until: waiver.until }
        } else if let Some(reason) = unproven {
            // A step that permits everything permits what could not be decided.
            if made == Step::Major { Standing::Permitted } else { Standing::Unproven { reason } }
        } else if unstable {
            Standing::Unstable
        } else {
            Standing::Refused
        };
        Finding {
            rule: rule.id.to_owned(),
            standing,
            step,
            place: seen.place.clone(),
            message: seen.message.clone(),
            against: against.into_iter().collect(),
            readers: readers.into_iter().collect(),
            side: hit.side,
            witness: hit.witness.as_ref().map(|witness| witness.record.clone()),
            guilty: hit.witness.as_ref().map(|witness| witness.guilty.clone()),
            instead: Vec::new(),
            fingerprint,
        }
    }
}

/// The reader of an expectation, where it relies on a place and is not told of already.
fn relies_on(expectation: &Expectation, place: &Place, told: &BTreeSet<Reader>) -> Option<Reader> {
    let fields = match place {
        Place::Contract(_) => Vec::new(),
        Place::Field(pointer) => {
            let read: Vec<String> =
                expectation.fields.iter().filter(|field| touches(field, pointer)).cloned().collect();
            if read.is_empty() {
                return None;
            }
            read
        }
    };
    let reader = Reader {
        consumer: expectation.consumer.clone(),
        version: expectation.consumer_version.clone(),
        environment: expectation.environment.clone(),
        fields,
    };
    let same = |other: &Reader| {
        (&other.consumer, &other.version, &other.environment)
            == (&reader.consumer, &reader.version, &reader.environment)
    };
    (!told.iter().any(same)).then_some(reader)
}

fn claimed(policy: &Policy, new: &Contract, place: &Place) -> Option<Says> {
    let of_version = |claim: &&Claim| claim.product == new.address && claim.version == new.version;
    let mut claims = policy.meaning.iter().filter(of_version);
    let exact = claims.clone().find(|claim| claim.field.as_deref() == Some(place.pointer()));
    exact.or_else(|| claims.find(|claim| claim.field.is_none())).map(|claim| claim.says)
}

/// The same for the same difference, whatever the numbers of the versions between which it was found.
fn fingerprint(new: &Contract, rule: &str, seen: &Seen) -> String {
    let (of, pointer) = match &seen.place {
        Place::Field(pointer) => ("field", pointer),
        Place::Contract(pointer) => ("contract", pointer),
    };
    let text = [&new.address.to_string(), rule, of, pointer, &seen.key]
        .map(|part| part.replace('\n', " "))
        .join("\n");
    let digest = Digest::of_bytes(text.as_bytes()).to_string();
    digest["sha256:".len()..].chars().take(16).collect()
}

/// Waivers that have expired, and those that waive nothing.
pub(super) fn of_waivers(findings: &[Finding], new: &Contract, policy: &Policy) -> Vec<Finding> {
    let mut found = Vec::new();
    for waiver in policy.waivers.iter().filter(|waiver| waiver.product == new.address) {
        let named = findings.iter().find(|finding| finding.fingerprint == waiver.finding);
        let used = named.is_some_and(|finding| matches!(finding.standing, Standing::Waived { .. }));
        let expired = policy.today.is_some_and(|today| today > waiver.until);
        let (rule, seen) = match named {
            _ if used => continue,
            Some(finding) if finding.counts() && expired => {
                (&rules::waiver_expired::RULE, rules::waiver_expired::seen(waiver, finding))
            }
            _ => (&rules::waiver_unused::RULE, rules::waiver_unused::seen(waiver)),
        };
        found.push(Finding {
            rule: rule.id.to_owned(),
            standing: Standing::Refused,
            step: Step::None,
            fingerprint: fingerprint(new, rule.id, &seen),
            place: seen.place,
            message: seen.message,
            against: Vec::new(),
            readers: Vec::new(),
            side: None,
            witness: None,
            guilty: None,
            instead: Vec::new(),
        });
    }
    found
}
