//! The earlier versions of a product, with what the judge works out about them once.
//!
//! A line that has come to fifty versions is judged against all of them, again and again, and little of that depends on the
//! new version. What readers of one version take, readers of the next one mostly take as well; where that is proved, the
//! next one speaks for both, and a new version is held against it alone. Whoever keeps [`Earlier`] between judgements, as a
//! registry does, works that out once for each version. Whoever does not gets the same judgement with the same count of steps.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use serde_json::Value;

use super::breaks::{Known, Ledger};
use super::place::opened;
use crate::judge::{Options, Validator};
use crate::{Contract, ContractVersion, Digest, FieldMeaning};

/// A contract with what is worked out about it when somebody asks first.
#[derive(Debug)]
pub struct Prepared<'c> {
    contract: Cow<'c, Contract>,
    left: Option<Left>,
    promise: OnceLock<Option<Digest>>,
    fields: OnceLock<Vec<(String, FieldMeaning)>>,
    reader: OnceLock<Value>,
    wrote: OnceLock<Option<Validator>>,
    own: OnceLock<Own>,
}

/// What a retired version has left behind. It has no readers any more. What it once did to earlier versions goes on excusing
/// the versions behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// Records that are kept, so that later versions have to take them.
    Records,
    /// Nothing.
    Nothing,
}

/// What is proved of a version beside one with the same schemas.
#[derive(Debug, Clone, Copy)]
struct Own {
    /// That its readers take what it writes.
    readers: Known,
    /// That it takes what it writes.
    records: Known,
}

impl<'c> Prepared<'c> {
    /// A contract of somebody else's.
    pub fn of(contract: &'c Contract) -> Self {
        Self::from(Cow::Borrowed(contract))
    }

    fn from(contract: Cow<'c, Contract>) -> Self {
        Self {
            contract,
            left: None,
            promise: OnceLock::new(),
            fields: OnceLock::new(),
            reader: OnceLock::new(),
            wrote: OnceLock::new(),
            own: OnceLock::new(),
        }
    }

    /// The same, retired.
    #[must_use]
    pub fn retired(self, left: Left) -> Self {
        Self { left: Some(left), ..self }
    }

    /// Whether somebody may read by it.
    pub(super) fn is_read(&self) -> bool {
        self.left.is_none()
    }

    /// Whether later versions may meet its records.
    pub(super) fn has_records(&self) -> bool {
        self.left != Some(Left::Nothing)
    }

    /// The contract.
    pub fn contract(&self) -> &Contract {
        &self.contract
    }

    /// The digest of what it promises; none where a number in it has no canonical form.
    pub(super) fn promise(&self) -> Option<Digest> {
        *self.promise.get_or_init(|| self.contract.promise().ok())
    }

    /// Its fields by pointer, each once.
    pub(super) fn fields(&self) -> &[(String, FieldMeaning)] {
        self.fields.get_or_init(|| {
            let sorted = super::change::sorted(&self.contract);
            sorted.into_iter().map(|(pointer, field)| (pointer, field.clone())).collect()
        })
    }

    /// What somebody takes who reads this version and ignores members that it does not name.
    pub(super) fn reader(&self) -> &Value {
        self.reader.get_or_init(|| opened(&self.contract.schemas.emits))
    }

    /// Whether the version may have written a record.
    pub(super) fn may_have_written(&self, record: &Value) -> bool {
        let compile = || Validator::compile(&self.contract.schemas.emits, &Options::contract()).ok();
        self.wrote.get_or_init(compile).as_ref().is_some_and(|wrote| wrote.is_valid(record))
    }
}

impl Prepared<'_> {
    /// Whether nothing comes of a version with the schemas of an earlier one for readers and records of that one.
    pub(super) fn goes_with(&self, earlier: &Prepared<'_>, ledger: &mut Ledger) -> bool {
        let schemas = &earlier.contract.schemas;
        let Own { readers, records } = *earlier.own.get_or_init(|| Own {
            readers: Known::of(&schemas.emits, earlier.reader(), ledger.options()),
            records: Known::of(&schemas.emits, &schemas.accepts, ledger.options()),
        });
        // It is the same for this one, and for the next one after it.
        self.own.get_or_init(|| Own { readers, records });
        ledger.recalls(readers) && ledger.recalls(records)
    }
}

impl Prepared<'static> {
    /// A contract whose promise has been sealed already.
    pub fn sealed(contract: Contract, promise: Digest) -> Self {
        Self { promise: OnceLock::from(Some(promise)), ..Self::from(Cow::Owned(contract)) }
    }
}

/// The versions of a product, from low to high, each once. Pre-releases promise nothing to the
/// versions behind them, so none is among them.
#[derive(Debug, Clone, Default)]
pub struct Earlier<'c> {
    versions: Vec<Arc<Prepared<'c>>>,
    /// What lies between each version and the next one.
    between: Vec<Arc<Between>>,
}

impl<'c> Earlier<'c> {
    /// Versions in any order.
    pub fn new(versions: impl IntoIterator<Item = Prepared<'c>>) -> Self {
        let mut earlier = Self::default();
        let mut versions: Vec<_> = versions.into_iter().map(Arc::new).collect();
        versions.sort_by(|one, other| one.contract.version.cmp(&other.contract.version));
        versions.into_iter().for_each(|version| earlier.insert(version));
        earlier
    }

    /// Takes a version among them, in place of one with the same number.
    pub fn insert(&mut self, version: Arc<Prepared<'c>>) {
        let number = &version.contract.version;
        if number.is_prerelease() {
            return;
        }
        match self.versions.binary_search_by(|it| it.contract.version.cmp(number)) {
            Ok(index) => {
                self.versions[index] = version;
                self.between[index] = Arc::default();
                self.forget_below(index);
            }
            Err(index) => {
                self.versions.insert(index, version);
                self.between.insert(index, Arc::default());
                self.forget_below(index);
            }
        }
    }

    /// What was known of the version below and the one that stood here.
    fn forget_below(&mut self, index: usize) {
        if let Some(below) = index.checked_sub(1) {
            self.between[below] = Arc::default();
        }
    }

    /// Those of the line of a version that come behind it.
    pub(super) fn later(&self, than: &ContractVersion) -> &[Arc<Prepared<'c>>] {
        let start = self.versions.partition_point(|it| it.contract.version <= *than);
        let line = self.versions[start..].iter().take_while(|it| it.contract.version.same_line(than));
        &self.versions[start..start + line.count()]
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.versions.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.versions.is_empty()
    }
}

/// What is proved of a version and the next one.
#[derive(Debug, Default)]
struct Between {
    readers: OnceLock<Known>,
    records: OnceLock<Known>,
}

/// The versions that count for a new one.
pub(super) struct Line<'e> {
    /// The highest earlier version of all: what the step is measured from.
    pub(super) base: &'e Prepared<'e>,
    /// The earlier versions of the line, from low to high; the base alone where the new version starts a line.
    pub(super) versions: &'e [Arc<Prepared<'e>>],
    between: &'e [Arc<Between>],
}

impl<'e> Line<'e> {
    /// A line of one version.
    pub(super) fn alone(base: &'e Prepared<'_>) -> Self {
        Self { base, versions: &[], between: &[] }
    }

    pub(super) fn of(earlier: &'e Earlier<'_>, new: &ContractVersion) -> Option<Self> {
        let end = earlier.versions.partition_point(|it| it.contract.version <= *new);
        let last = end.checked_sub(1)?;
        let same = earlier.versions[..end].iter().rev().take_while(|it| it.contract.version.same_line(new));
        let start = (end - same.count()).min(last);
        Some(Self {
            base: &earlier.versions[last],
            versions: &earlier.versions[start..end],
            between: &earlier.between[start..end],
        })
    }

    /// Whether whatever readers of the version above take, readers of this one take too. Nothing where both take the same.
    pub(super) fn readers_follow(&self, index: usize, ledger: &mut Ledger) -> Follows {
        let (below, above) = (self.versions[index].reader(), self.versions[index + 1].reader());
        let known = self.between[index].readers.get_or_init(|| Known::of(above, below, ledger.options()));
        Follows::of(*known, ledger)
    }

    /// Whether whatever this version wrote, the version above may have written.
    pub(super) fn records_follow(&self, index: usize, ledger: &mut Ledger) -> Follows {
        let emits = |index: usize| &self.versions[index].contract.schemas.emits;
        let known = self.between[index]
            .records
            .get_or_init(|| Known::of(emits(index), emits(index + 1), ledger.options()));
        Follows::of(*known, ledger)
    }
}

/// How a version follows from the one above it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Follows {
    /// Both schemas are equal.
    Equal,
    /// What holds above holds here.
    Proved,
    /// It has to be asked for itself.
    No,
}

impl Follows {
    /// The same where what is found of the version above is told, or else what is found of this one, which is as good.
    pub(super) fn heard(self, above_is_told: bool) -> Self {
        match self {
            Self::Equal if !above_is_told => Self::Proved,
            follows => follows,
        }
    }

    fn of(known: Known, ledger: &mut Ledger) -> Self {
        match known {
            Known::Equal => Self::Equal,
            Known::Asked { .. } if ledger.recalls(known) => Self::Proved,
            Known::Asked { .. } => Self::No,
        }
    }
}
