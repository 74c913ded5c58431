//! What to write instead: every offer of a rule is judged, and shown only when the finding is gone with it.

use std::collections::BTreeSet;

use super::Step;
use super::change::Change;
use super::earlier::Line;
use super::finding::{Alternative, Standing};
use super::hits::Hit;
use super::offer::{Offer, next_major};
use super::verdict::{Judgement, Verdict};
use crate::Contract;

/// More findings than this are told without what to write instead: each alternative is a judgement of its own.
const MOST: usize = 12;

pub(super) fn add_alternatives(
    judgement: &mut Judgement,
    hits: &[(String, Hit)],
    line: &Line<'_>,
    new: &Contract,
    mut judged: impl FnMut(&Offer) -> Judgement,
) {
    let before: BTreeSet<String> =
        judgement.objections().map(|finding| finding.fingerprint.clone()).collect();
    let mut major: Option<Option<Offer>> = None;
    let objections =
        judgement.findings.iter_mut().filter(|finding| finding.counts() && finding.step > Step::None);
    for finding in objections.take(MOST) {
        let mut instead = Vec::new();
        let of_this = hits.iter().filter(|(fingerprint, _)| *fingerprint == finding.fingerprint);
        for (_, hit) in of_this.take(1) {
            let mut versions = line.versions.iter().rev().map(|old| old.contract());
            let Some(old) = versions.find(|old| finding.against.contains(&old.version)) else { continue };
            for offer in (hit.rule.instead)(&Change::between(old, new), &hit.seen) {
                let answer = judged(&offer);
                let gone = answer
                    .objections()
                    .all(|it| it.fingerprint != finding.fingerprint && before.contains(&it.fingerprint));
                if gone {
                    instead.push(Alternative { title: offer.title, code: offer.code, step: answer.required });
                }
            }
        }
        if finding.step == Step::Major {
            let offer = major.get_or_insert_with(|| {
                let offer = next_major(line.base.contract(), new);
                (judged(&offer).verdict <= Verdict::Waived).then_some(offer)
            });
            instead.extend(offer.as_ref().map(|offer| Alternative {
                title: offer.title.clone(),
                code: offer.code.clone(),
                step: Step::Major,
            }));
        } else if matches!(finding.standing, Standing::Refused) {
            let version = finding.step.from(&line.base.contract().version);
            instead.push(Alternative {
                title: format!("make the {} step that it needs", finding.step),
                code: format!("#[product(version = \"{version}\")]"),
                step: finding.step,
            });
        }
        finding.instead = instead;
    }
}
