//! The judgement: hits become findings, findings become a verdict.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;

use super::alternatives::add_alternatives;
use super::breaks::{Answer, Ledger, Side};
use super::earlier::{Earlier, Line, Prepared};
use super::finding::{Finding, Place, Reader, Standing};
use super::hits::{Emitted, Hit, of_expectation, of_line};
use super::policy::Policy;
use super::rules;
use super::standing::{Asked, of_waivers};
use super::verdict::{Judgement, Verdict};
use super::{JUDGE, Step, Steps};
use crate::judge::Options;
use crate::{Contract, ContractVersion, Digest, Expectation};

/// Judges a new version of a contract against the earlier ones of its product and against its registered readers.
///
/// `old` are the versions that are not retired, in any order; those of other products and pre-releases do not count. A version
/// that is later than the new one is held against it as it would have been if it had come after it. `expectations` whose requirement does not take the new version do not count. The budget is one for everything; what
/// it does not reach is unproven.
///
/// ```
/// use mesh_contract::judgement::{BUDGET, Policy, Step, Verdict, judge, rules};
///
/// let (old, new) = rules::ALL[0].example.contracts();
/// let judgement = judge(&[old], &new, &[], &Policy::default(), BUDGET);
/// assert_eq!(judgement.verdict, Verdict::Broken);
/// assert_eq!((judgement.required, judgement.made), (Step::Major, Step::Minor));
/// ```
pub fn judge(
    old: &[Contract],
    new: &Contract,
    expectations: &[Expectation],
    policy: &Policy,
    budget: Steps,
) -> Judgement {
    let old = old.iter().filter(|it| it.address == new.address).map(Prepared::of);
    judge_prepared(&Earlier::new(old), &Prepared::of(new), expectations, policy, budget)
}

/// As [`judge`], for whoever keeps what was worked out about the earlier versions, which are all of this product.
pub fn judge_prepared(
    old: &Earlier<'_>,
    new: &Prepared<'_>,
    expectations: &[Expectation],
    policy: &Policy,
    budget: Steps,
) -> Judgement {
    let mut ledger = Ledger::new(budget, Options::contract());
    let line = Line::of(old, &new.contract().version);
    let later = old.later(&new.contract().version);
    let (mut judgement, hits) = decide(line.as_ref(), later, new, expectations, policy, &mut ledger);
    if let Some(line) = line.filter(|_| judgement.objections().next().is_some()) {
        add_alternatives(&mut judgement, &hits, &line, new.contract(), |offer| {
            let line = Line::of(old, &offer.contract.version);
            let offered = Prepared::of(&offer.contract);
            let later = old.later(&offer.contract.version);
            decide(line.as_ref(), later, &offered, expectations, policy, &mut ledger).0
        });
    }
    judgement.steps = ledger.spent().0;
    judgement
}

/// The judgement without what to write instead, and what the rules found, by the fingerprint of its finding.
fn decide(
    line: Option<&Line<'_>>,
    later: &[Arc<Prepared<'_>>],
    prepared: &Prepared<'_>,
    expectations: &[Expectation],
    policy: &Policy,
    ledger: &mut Ledger,
) -> (Judgement, Vec<(String, Hit)>) {
    let new = prepared.contract();
    let base = line.map(|line| line.base.contract());
    let Compared { mut findings, found, readers, replay, made, same } =
        compare(line, prepared, expectations, policy, ledger);
    let counted = findings.iter().filter(|finding| !matches!(finding.standing, Standing::Note));
    let required = counted.map(|finding| finding.step).max().unwrap_or(Step::None);
    for later in later.iter().filter(|later| !same && later.is_read()) {
        let follows = compare(Some(&Line::alone(prepared)), later, &[], policy, ledger).findings;
        let version = &later.contract().version;
        for finding in follows.into_iter().filter_map(|it| rules::later_version_breaks::of(it, version)) {
            // A second later version that has the same difference tells nothing new.
            let told = |it: &Finding| it.rule == finding.rule && it.fingerprint == finding.fingerprint;
            if !findings.iter().any(told) {
                findings.push(finding);
            }
        }
    }
    findings.extend(of_waivers(&findings, new, policy));
    findings.sort_by(|one, other| rank(one).cmp(&rank(other)));
    let judgement = Judgement {
        judge: JUDGE,
        address: new.address.clone(),
        version: new.version.clone(),
        base: base.map(|base| base.version.clone()),
        verdict: Verdict::of(findings.iter()),
        required,
        made: if base.is_some() { made } else { Step::None },
        readers,
        replay,
        findings,
        steps: 0,
    };
    (judgement, found)
}

/// What is found between a line and a version.
struct Compared {
    findings: Vec<Finding>,
    /// What the rules found, by the fingerprint of its finding.
    found: Vec<(String, Hit)>,
    readers: Verdict,
    replay: Verdict,
    /// The step that was made.
    made: Step,
    /// Whether the version is one of the line, as it stands.
    same: bool,
}

fn compare(
    line: Option<&Line<'_>>,
    prepared: &Prepared<'_>,
    expectations: &[Expectation],
    policy: &Policy,
    ledger: &mut Ledger,
) -> Compared {
    let new = prepared.contract();
    let base = line.map(|line| line.base.contract());
    let made = base.map_or(Step::Major, |base| Step::between(&base.version, &new.version));
    let expectations: Vec<&Expectation> = expectations
        .iter()
        .filter(|it| it.address == new.address && it.requirement.matches(&new.version))
        .collect();
    let same = base.is_some_and(|base| base.version == new.version && base == new);
    let mut hits = Vec::new();
    let mut emits = Emitted::of(&new.schemas.emits);
    if let Some(line) = line.filter(|_| !same) {
        hits.extend(of_line(line, prepared, &mut emits, ledger));
    }
    for expectation in &expectations {
        hits.extend(of_expectation(expectation, line, new, &mut emits, ledger));
    }
    if let Some(line) = line.filter(|_| !same) {
        hits.extend(of_words(line.base, prepared, &hits, ledger));
    }
    let sides: Vec<(Option<Side>, bool)> = hits
        .iter()
        .filter(|hit| hit.rule.step == Step::Major)
        .map(|hit| (hit.side, hit.seen.unproven.is_none()))
        .collect();
    let side = |side: Side| {
        sides.iter().filter(|(of, _)| *of == Some(side)).fold(Verdict::Compatible, |verdict, (_, proved)| {
            verdict.max(if *proved { Verdict::Broken } else { Verdict::Unproven })
        })
    };
    let (readers, replay) = (side(Side::Readers), side(Side::Replay));
    let unstable = base.is_some_and(|base| base.stability != crate::Stability::Stable) && made >= Step::Minor;
    let asked = Asked { expectations: &expectations, new, made, unstable, policy };
    let (mut findings, mut found) = (Vec::new(), Vec::new());
    for (hit, against, readers) in merge(without_echoes(hits)) {
        let finding = asked.finding(&hit, against, readers);
        found.push((finding.fingerprint.clone(), hit));
        findings.push(finding);
    }
    Compared { findings, found, readers, replay, made, same }
}

fn rank(finding: &Finding) -> (u8, std::cmp::Reverse<Step>, &Place, &str, &str) {
    let gravity = match finding.standing {
        Standing::Refused => 0,
        Standing::Unproven { .. } => 1,
        Standing::Waived { .. } => 2,
        Standing::Unstable => 3,
        Standing::Permitted => 4,
        Standing::Note => 5,
    };
    (gravity, std::cmp::Reverse(finding.step), &finding.place, &finding.rule, &finding.fingerprint)
}

/// What is left when no rule has found anything that needs a step: whether the promise differs, or words do.
fn of_words(base: &Prepared<'_>, new: &Prepared<'_>, hits: &[Hit], ledger: &mut Ledger) -> Vec<Hit> {
    let step = |hit: &Hit| hit.seen.step.unwrap_or(hit.rule.step);
    if hits.iter().any(|hit| step(hit) >= Step::Minor) {
        return Vec::new();
    }
    let hit = |rule, seen| Hit {
        rule,
        seen,
        against: Some(base.contract().version.clone()),
        reader: None,
        witness: None,
        side: None,
    };
    if promises_the_same(base, new, ledger) {
        let words = hits.iter().all(|hit| step(hit) < Step::Patch);
        words.then(|| hit(&rules::words_changed::RULE, rules::words_changed::seen())).into_iter().collect()
    } else {
        vec![hit(&rules::promise_changed::RULE, rules::promise_changed::seen())]
    }
}

/// Equal promises, or equal but for the order of fields and for schemas that contain each other.
fn promises_the_same(base: &Prepared<'_>, new: &Prepared<'_>, ledger: &mut Ledger) -> bool {
    let equal = |one: Option<Digest>, other: Option<Digest>| one.is_some() && one == other;
    if equal(base.promise(), new.promise()) {
        return true;
    }
    let (base, new) = (base.contract(), new.contract());
    let mut apart = in_order(new);
    apart.schemas = base.schemas.clone();
    if !equal(in_order(base).promise().ok(), apart.promise().ok()) {
        return false;
    }
    let pairs = [(&base.schemas.emits, &new.schemas.emits), (&base.schemas.accepts, &new.schemas.accepts)];
    let mut contained = |sub: &Value, sup: &Value| matches!(ledger.contains(sub, sup), Answer::Contained);
    pairs.into_iter().all(|(one, other)| contained(one, other) && contained(other, one))
}

/// The same with the fields of each type by name: nobody reads them by their order.
fn in_order(contract: &Contract) -> Contract {
    let mut contract = contract.clone();
    for meaning in contract.types.values_mut() {
        let fields = meaning.variants.iter_mut().map(|variant| &mut variant.fields);
        fields
            .chain([&mut meaning.fields])
            .for_each(|fields| fields.sort_by(|one, other| one.name.cmp(&other.name)));
    }
    contract
}

/// One message for one mistake: a rule is silent where another one tells more of the same, at the place or below it.
fn without_echoes(hits: Vec<Hit>) -> Vec<Hit> {
    let told: BTreeSet<(&str, Place)> =
        hits.iter().map(|hit| (hit.rule.id, hit.seen.place.clone())).collect();
    let echoes = |hit: &Hit| {
        let above = hit.seen.place.pointer();
        told.iter().any(|(id, place)| {
            let rest = place.pointer().strip_prefix(above);
            hit.rule.yields_to.contains(id)
                && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    };
    hits.into_iter().filter(|hit| !echoes(hit)).collect()
}

/// One hit for each difference, with all the versions and readers that it was found against.
fn merge(hits: Vec<Hit>) -> Vec<(Hit, BTreeSet<ContractVersion>, BTreeSet<Reader>)> {
    let mut merged: Vec<(Hit, BTreeSet<ContractVersion>, BTreeSet<Reader>)> = Vec::new();
    let mut known: BTreeMap<(&str, Place, String), usize> = BTreeMap::new();
    for hit in hits {
        let key = (hit.rule.id, hit.seen.place.clone(), hit.seen.key.clone());
        let index = *known.entry(key).or_insert(merged.len());
        let (against, reader) = (hit.against.clone(), hit.reader.clone());
        match merged.get_mut(index) {
            Some((first, versions, readers)) => {
                versions.extend(against);
                readers.extend(reader);
                if first.witness.is_none() {
                    first.witness = hit.witness;
                }
            }
            None => merged.push((hit, against.into_iter().collect(), reader.into_iter().collect())),
        }
    }
    merged
}
