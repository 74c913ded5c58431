//! What all forms of the verdict are told from.

use mesh_contract::judgement::{
    Alternative, Finding, Judgement, Place, Reader, Side, Standing, Step, Verdict as Answer, rules,
};
use mesh_contract::{Address, Contract, ContractVersion};
use serde::Serialize;
use serde_json::Value;

use super::file_rules::FileRule;
use super::mask::Personal;
use super::place::{Location, Locations};

/// What was found in one go: of the changes that were judged, and of the files around them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Report {
    /// The changes, in the order in which they were added.
    pub changes: Vec<Change>,
    /// What is wrong with files.
    pub files: Vec<Item>,
}

/// One new version of a contract, judged.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// The product.
    pub product: Address,
    /// The version that was judged.
    pub version: ContractVersion,
    /// The version that the step is measured from; absent for a first version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base: Option<ContractVersion>,
    /// The answer.
    pub verdict: Answer,
    /// The version step that the change needs.
    pub required: Step,
    /// The version step that was made.
    pub made: Step,
    /// The lowest version that makes the step which is needed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<ContractVersion>,
    /// The answer for readers of earlier versions, before anything is permitted.
    pub readers: Answer,
    /// The answer for records of earlier versions, before anything is permitted.
    pub replay: Answer,
    /// The version of the rules.
    pub judge: u32,
    /// The steps of work that it took, the same on every machine.
    pub steps: u64,
    /// What was found, the gravest first.
    pub findings: Vec<Item>,
}

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// It has to be mended.
    Error,
    /// It could not be proved safe, and somebody has to decide.
    Unproven,
    /// Worth knowing.
    Note,
}

impl Level {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Unproven => "unproven",
            Self::Note => "note",
        }
    }
}

/// Something that was found.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Item {
    /// The rule that found it; `mesh explain` tells more.
    pub rule: String,
    /// How much it matters.
    pub level: Level,
    /// What happened, in a sentence without its full stop.
    pub message: String,
    /// What or whom it is about, for people: `sales.orders 1.3.0`.
    pub about: String,
    /// Where it is, the most telling first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub locations: Vec<Location>,
    /// What it does to the verdict; absent for what is wrong with files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standing: Option<Standing>,
    /// The version step that it requires; absent for what is wrong with files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<Step>,
    /// Where it is in the contract or in a record; absent for what is wrong with files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// The earlier versions that the new one differs from.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub against: Vec<ContractVersion>,
    /// The registered readers who are hurt.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub readers: Vec<Reader>,
    /// Whom a record shows to be hurt: readers of earlier versions, or whoever reads earlier records with the new one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub side: Option<Side>,
    /// A record that shows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub witness: Option<Witness>,
    /// What to write instead.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub instead: Vec<Alternative>,
    /// What a waiver names; absent for what is wrong with files, which nobody can waive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
    /// What a policy found, as a registry tells it; absent for everything else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<Value>,
}

/// A record that shows what is wrong.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Witness {
    /// The record, with what is personal masked.
    pub record: Value,
    /// JSON pointer to the part that is refused; where something is missing, to where it would be.
    pub guilty: String,
    /// JSON pointers to what is masked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub masked: Vec<String>,
}

impl Report {
    /// Adds a judgement. What these contracts call personal or confidential is masked in its witnesses: name all that were
    /// judged.
    pub fn add(&mut self, judgement: &Judgement, contracts: &[&Contract], locations: &dyn Locations) {
        let personal = Personal::of(contracts.iter().copied());
        let about = format!("{} {}", judgement.address, judgement.version);
        let item = |finding: &Finding| Item::of(finding, &about, &personal, locations);
        self.changes.push(Change {
            product: judgement.address.clone(),
            version: judgement.version.clone(),
            base: judgement.base.clone(),
            verdict: judgement.verdict,
            required: judgement.required,
            made: judgement.made,
            next: judgement.next_version(),
            readers: judgement.readers,
            replay: judgement.replay,
            judge: judgement.judge,
            steps: judgement.steps,
            findings: judgement.findings.iter().map(item).collect(),
        });
    }

    /// Adds something that is wrong with a file, and gives it to be told more of.
    pub fn add_file(
        &mut self,
        rule: &FileRule,
        about: impl Into<String>,
        location: Location,
        message: impl Into<String>,
    ) -> &mut Item {
        self.files.push(Item {
            rule: rule.id.to_owned(),
            message: message.into(),
            about: about.into(),
            locations: vec![location],
            ..Item::default_of_files()
        });
        self.files.last_mut().expect("one was just added")
    }

    /// Adds what a policy has found of a contract. `finding` is the finding as a registry tells it.
    pub fn add_policy(
        &mut self,
        rule: &str,
        level: Level,
        about: impl Into<String>,
        location: Location,
        message: impl Into<String>,
        finding: Value,
    ) {
        self.files.push(Item {
            rule: rule.to_owned(),
            level,
            message: message.into(),
            about: about.into(),
            locations: vec![location],
            policy: Some(finding),
            ..Item::default_of_files()
        });
    }

    /// Everything that was found, in the order in which it is told.
    pub fn items(&self) -> impl Iterator<Item = &Item> {
        self.files.iter().chain(self.changes.iter().flat_map(|change| &change.findings))
    }

    /// How much was found of a level.
    pub fn count(&self, level: Level) -> usize {
        self.items().filter(|item| item.level == level).count()
    }

    /// Whether there is nothing to mend or to decide.
    pub fn is_clean(&self) -> bool {
        self.items().all(|item| item.level == Level::Note)
    }
}

impl Change {
    /// What is to be said of the change as a whole, in a sentence without its full stop.
    pub fn summary(&self) -> String {
        let Self { product, version, base, required, made, next, findings, .. } = self;
        let Some(base) = base else { return format!("{product} {version} is its first version") };
        let made_step = if *made == Step::None { "no step".to_owned() } else { format!("a {made} step") };
        if self.verdict == Answer::Unproven {
            return format!("{product} {version}: it is not proved that {made_step} is enough");
        }
        match next {
            Some(next) if required > made => {
                let one = if *made == Step::None { "none".to_owned() } else { format!("a {made} one") };
                let why = match self.verdict {
                    Answer::Broken | Answer::Unproven => "",
                    Answer::Waived => ", which is waived",
                    Answer::Compatible => ", which it may as long as it is not stable",
                };
                format!(
                    "{product} {version}: this change needs a {required} step ({next}); {version} makes {one}{why}"
                )
            }
            _ if findings.is_empty() && made == required => format!("{product} {version} is what {base} is"),
            _ if required == made => {
                format!("{product} {version} makes {made_step} from {base}, which it needs")
            }
            _ => {
                let enough = if *required == Step::None {
                    "none was needed".to_owned()
                } else {
                    format!("a {required} one is enough")
                };
                format!("{product} {version} makes {made_step} from {base}; {enough}")
            }
        }
    }
}

impl Item {
    /// Something about a file of which nothing is said yet.
    fn default_of_files() -> Self {
        Self {
            rule: String::new(),
            level: Level::Error,
            message: String::new(),
            about: String::new(),
            locations: Vec::new(),
            standing: None,
            step: None,
            place: None,
            against: Vec::new(),
            readers: Vec::new(),
            side: None,
            witness: None,
            instead: Vec::new(),
            fingerprint: None,
            policy: None,
        }
    }

    fn of(finding: &Finding, about: &str, personal: &Personal, locations: &dyn Locations) -> Self {
        let Finding {
            rule,
            standing,
            step,
            place,
            message,
            against,
            readers,
            side,
            witness,
            guilty,
            instead,
            fingerprint,
        } = finding.clone();
        let witness = witness.map(|record| {
            let (record, masked) = personal.mask(&record);
            Witness::new(record, guilty.unwrap_or_default(), masked)
        });
        let level = match standing {
            Standing::Refused => Level::Error,
            Standing::Unproven { .. } => Level::Unproven,
            Standing::Waived { .. } | Standing::Unstable | Standing::Permitted | Standing::Note => {
                Level::Note
            }
        };
        Self {
            locations: locations.of(finding),
            about: about.to_owned(),
            standing: Some(standing),
            step: Some(step),
            place: Some(place),
            fingerprint: Some(fingerprint),
            policy: None,
            rule,
            level,
            message,
            against,
            readers,
            side,
            witness,
            instead,
        }
    }

    /// What the rule is about, in a sentence without its full stop.
    pub fn sentence(&self) -> &'static str {
        let of_judgement = rules::find(&self.rule).map(|rule| rule.sentence);
        of_judgement.or_else(|| Some(FileRule::find(&self.rule)?.sentence)).unwrap_or_default()
    }

    /// Why it does not count, where that is somebody's word: waived, or not stable.
    pub(super) fn excuse(&self) -> Option<String> {
        match self.standing.as_ref()? {
            Standing::Waived { owner, reason, until } => {
                Some(format!("waived by {owner} until {until}: {reason}"))
            }
            Standing::Unstable => Some("the product is not stable, so it may break".to_owned()),
            _ => None,
        }
    }

    /// Why nobody knows, where nobody does.
    pub(super) fn doubt(&self) -> Option<&str> {
        match self.standing.as_ref()? {
            Standing::Unproven { reason } => Some(reason),
            _ => None,
        }
    }

    /// The word for what it does to whom it concerns.
    pub(super) fn hurts_word(&self) -> &'static str {
        if self.level == Level::Unproven { "may hurt" } else { "hurts" }
    }

    /// What to do when it is neither mended nor avoided.
    pub(super) fn otherwise(&self) -> Option<String> {
        let fingerprint = self.fingerprint.as_ref().filter(|_| !self.rule.starts_with("waiver-"))?;
        Some(if self.rule == rules::MEANING_CHANGED {
            "`mesh contract --meaning same` or `--meaning changed` says what the words mean".to_owned()
        } else {
            format!("`mesh waive {fingerprint}` takes it upon yourself")
        })
    }

    /// What is said of an alternative that needs less than the change does.
    pub(super) fn enough(&self, instead: &Alternative) -> Option<String> {
        let step = self.step.filter(|step| instead.step < *step)?;
        Some(match instead.step {
            Step::None => format!("no step is needed then, and not a {step} one"),
            enough => format!("a {enough} step is enough then"),
        })
    }

    /// Whom it hurts: registered readers by name, or readers whom nobody registered, by the versions that they know.
    pub(super) fn hurts(&self) -> Option<String> {
        if !self.readers.is_empty() {
            return Some(listed(self.readers.iter().map(ToString::to_string)));
        }
        let step = self.step?;
        let whom = if self.side == Some(Side::Replay) { "whoever reads records of" } else { "readers of" };
        (step == Step::Major && !self.against.is_empty())
            .then(|| format!("{whom} {}", listed(self.against.iter().map(ToString::to_string))))
    }
}

impl Witness {
    /// A masked record. What is guilty inside something masked is told as that.
    pub fn new(record: Value, guilty: String, masked: Vec<String>) -> Self {
        let hider = masked.iter().find(|hidden| guilty.starts_with(&format!("{hidden}/")));
        Self { guilty: hider.cloned().unwrap_or(guilty), record, masked }
    }

    /// What is guilty, in words: `/status` is `"returned"`.
    pub(super) fn told(&self) -> String {
        let Self { record, guilty, masked } = self;
        let place = if guilty.is_empty() { "the record".to_owned() } else { format!("`{guilty}`") };
        match record.pointer(guilty) {
            _ if masked.contains(guilty) => format!("{place} is refused; its value is masked"),
            None => format!("{place} is missing"),
            Some(_) if guilty.is_empty() => "the record as a whole is refused".to_owned(),
            Some(value) => format!("{place} is `{}`", super::excerpt::excerpt(value, "", 60)),
        }
    }
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn listed(items: impl IntoIterator<Item = String>) -> String {
    let mut items: Vec<String> = items.into_iter().collect();
    match items.pop() {
        None => String::new(),
        Some(last) if items.is_empty() => last,
        Some(last) => format!("{} and {last}", items.join(", ")),
    }
}
