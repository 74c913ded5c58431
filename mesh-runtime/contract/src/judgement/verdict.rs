//! The verdict, as it is told and sent.

use serde::{Deserialize, Serialize};

use super::Step;
use super::finding::{Finding, Standing};
use crate::{Address, ContractVersion};

/// The answer whether a change is safe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Proved safe.
    Compatible,
    /// Not proved safe for everybody, and somebody took that upon themselves.
    Waived,
    /// Neither proved safe nor unsafe.
    Unproven,
    /// There is a record that somebody refuses, or a promise that is taken back, and the version does not say so.
    Broken,
}

impl Verdict {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Compatible => "compatible",
            Self::Waived => "waived",
            Self::Unproven => "unproven",
            Self::Broken => "broken",
        }
    }

    pub(super) fn of<'f>(findings: impl Iterator<Item = &'f Finding>) -> Self {
        findings.fold(Self::Compatible, |verdict, finding| match finding.standing {
            Standing::Refused => Self::Broken,
            Standing::Unproven { .. } => verdict.max(Self::Unproven),
            Standing::Waived { .. } => verdict.max(Self::Waived),
            _ => verdict,
        })
    }
}

/// What is said of a new version of a contract.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Judgement {
    /// The version of the rules: [`JUDGE`](super::JUDGE).
    pub judge: u32,
    /// The product.
    pub address: Address,
    /// The version that was judged.
    pub version: ContractVersion,
    /// The version that the step is measured from; absent for a first version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<ContractVersion>,
    /// The answer.
    pub verdict: Verdict,
    /// The version step that the change needs.
    pub required: Step,
    /// The version step that was made.
    pub made: Step,
    /// The answer for readers of earlier versions, before anything is permitted.
    pub readers: Verdict,
    /// The answer for records of earlier versions, before anything is permitted.
    pub replay: Verdict,
    /// What was found, the gravest first; sorted, so that equal questions give equal bytes.
    pub findings: Vec<Finding>,
    /// The steps of work that it took, the same on every machine.
    pub steps: u64,
}

impl Judgement {
    /// The findings because of which the verdict is not clean.
    pub fn objections(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.counts())
    }

    /// The lowest version that would do.
    pub fn next_version(&self) -> Option<ContractVersion> {
        self.base.as_ref().map(|base| self.required.from(base))
    }
}
