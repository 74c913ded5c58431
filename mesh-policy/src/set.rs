//! A set of policies: the platform's, and those that a domain adds for itself.
//!
//! It is a conjunction. A domain adds policies of its own and takes none away: its ids begin with its name and a slash, which no
//! id of the platform has, and its exemptions stand in its own policies. There is no way to say anything else.

use std::collections::BTreeMap;

use cel::Context;
use mesh_contract::wire::{PolicyFinding, PolicyOutcome, PolicySeverity};
use mesh_contract::{Day, DomainName, EnvironmentName};
use serde::Serialize;

use crate::document::{self, Exemption, Policy};
use crate::error::{PolicyError, PolicyErrors};
use crate::expression::{Size, context};
use crate::facts::{InputFacts, ProductFacts, ReaderFacts};
use crate::prove;
use crate::subject::Subject;
use crate::verdict::Verdict;

/// Policies, read once and asked often.
#[derive(Debug, Default)]
pub struct PolicySet {
    regions: BTreeMap<EnvironmentName, String>,
    policies: Vec<Policy>,
    /// Those that a domain added stand behind the platform's.
    own: Vec<(DomainName, Policy)>,
}

/// One policy, for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PolicyView<'p> {
    /// Its id.
    pub id: &'p str,
    /// What it asks, in a sentence.
    pub title: &'p str,
    /// Why.
    pub why: &'p str,
    /// What it is asked of.
    pub applies: &'p [Subject],
    /// What it is about, in CEL; everything, where nothing stands there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when: Option<&'p str>,
    /// What must hold, in CEL.
    pub must: &'p str,
    /// What is wrong when it does not.
    pub message: &'p str,
    /// What to do then.
    pub fix: &'p str,
    /// What it means to break it.
    pub severity: PolicySeverity,
    /// Which products it lets be, and until when.
    #[serde(skip)]
    pub exempt: &'p [Exemption],
}

impl PolicySet {
    /// The policies of a platform.
    ///
    /// # Errors
    /// Everything that is wrong with the document, each at its line.
    pub fn platform(document: &str) -> Result<Self, PolicyErrors> {
        let document = document::read(document)?;
        Ok(Self { regions: document.regions, policies: document.policies, own: Vec::new() })
    }

    /// The same policies and those that a domain asks of its own products beyond them.
    ///
    /// # Errors
    /// Everything that is wrong with the domain's document, each at its line.
    pub fn stricter(mut self, domain: &DomainName, document: &str) -> Result<Self, PolicyErrors> {
        let own = document::read(document)?;
        if !own.regions.is_empty() {
            let line =
                document.lines().position(|line| line.trim_start().starts_with("[regions")).unwrap_or(0) + 1;
            let message = "which region an environment is in is the platform's to say; leave `[regions]` out";
            return Err(PolicyError { line, message: message.to_owned() }.into());
        }
        self.own.extend(own.policies.into_iter().map(|mut policy| {
            policy.id = format!("{domain}/{}", policy.id);
            (domain.clone(), policy)
        }));
        Ok(self)
    }

    /// Whether nothing is asked.
    pub fn is_empty(&self) -> bool {
        self.policies.is_empty() && self.own.is_empty()
    }

    /// Every policy, the platform's first.
    pub fn policies(&self) -> impl Iterator<Item = PolicyView<'_>> {
        self.policies.iter().chain(self.own.iter().map(|(_, policy)| policy)).map(|policy| PolicyView {
            id: &policy.id,
            title: &policy.title,
            why: &policy.why,
            applies: &policy.applies,
            when: policy.text.0.as_deref(),
            must: &policy.text.1,
            message: &policy.message,
            fix: &policy.fix,
            severity: policy.severity,
            exempt: &policy.exempt,
        })
    }

    /// Whether each policy says of its examples what they say it says.
    ///
    /// # Errors
    /// Each example of which it says something else, at its line.
    pub fn prove(&self) -> Result<(), PolicyErrors> {
        let wrong: Vec<_> = self.all().flat_map(prove::wrong).collect();
        if wrong.is_empty() { Ok(()) } else { Err(PolicyErrors(wrong)) }
    }

    /// What the policies say of a product and of what it is made from.
    pub fn product(&self, product: &ProductFacts, inputs: &[InputFacts], today: Day) -> Verdict {
        let mut asked = Asked::new(product, today);
        for policy in self.of(product).filter(|it| it.applies.contains(&Subject::Product)) {
            asked.ask(policy, &product.address, policy.at.as_deref());
        }
        for (place, input) in inputs.iter().enumerate() {
            let subject = format!("{} reads {}", product.address, input.address);
            asked.see(Subject::Input, input);
            for policy in self.of(product).filter(|it| it.applies.contains(&Subject::Input)) {
                asked.ask(policy, &subject, Some(&format!("/inputs/{place}")));
            }
        }
        asked.verdict
    }

    /// What the policies say of somebody who reads a product.
    pub fn read(&self, product: &ProductFacts, reader: &ReaderFacts, today: Day) -> Verdict {
        let region = self.regions.iter().find(|(environment, _)| environment.as_str() == reader.environment);
        let mut reader = reader.clone();
        if let Some((_, region)) = region {
            reader.region.clone_from(region);
        }
        let subject = format!("{} reads {}", reader.consumer, product.address);
        let mut asked = Asked::new(product, today);
        asked.see(Subject::Read, &reader);
        for policy in self.of(product).filter(|it| it.applies.contains(&Subject::Read)) {
            asked.ask(policy, &subject, None);
        }
        asked.verdict
    }

    fn all(&self) -> impl Iterator<Item = &Policy> {
        self.policies.iter().chain(self.own.iter().map(|(_, policy)| policy))
    }

    /// What is asked of a product: all of the platform's, and its own domain's.
    fn of<'s>(&'s self, product: &'s ProductFacts) -> impl Iterator<Item = &'s Policy> {
        let own = self.own.iter().filter(|(domain, _)| domain.as_str() == product.domain);
        self.policies.iter().chain(own.map(|(_, policy)| policy))
    }
}

/// One product, as policies are asked of it.
pub(crate) struct Asked<'f> {
    product: &'f ProductFacts,
    today: Day,
    context: Context<'static, 'static>,
    /// How large the product is, and how large that and what is seen beside it.
    size: (Size, Size),
    /// Why the facts could not be handed over.
    failed: Option<String>,
    pub(crate) verdict: Verdict,
}

impl<'f> Asked<'f> {
    pub(crate) fn new(product: &'f ProductFacts, today: Day) -> Self {
        let size = (Size::default(), Size::default());
        let mut asked =
            Self { product, today, context: context(), size, failed: None, verdict: Verdict::default() };
        asked.size.0 = asked.add("product", product);
        asked.size.1 = asked.size.0;
        asked
    }

    /// Puts something beside the product, in place of what stood there.
    pub(crate) fn see(&mut self, subject: Subject, facts: &impl Serialize) {
        if let Some(document) = subject.documents().get(1) {
            let size = self.add(document.name, facts);
            self.size.1 = self.size.0.or(size);
        }
    }

    fn add(&mut self, name: &str, facts: &impl Serialize) -> Size {
        match cel::to_value(facts) {
            Ok(value) => {
                let size = Size::of(&value);
                self.context.add_variable_from_value(name, value);
                size
            }
            Err(error) => {
                self.failed = Some(error.to_string());
                Size::default()
            }
        }
    }

    /// Whether a policy holds. What it is not about holds.
    pub(crate) fn holds(&self, policy: &Policy) -> Result<bool, String> {
        if let Some(why) = &self.failed {
            return Err(why.clone());
        }
        if let Some(when) = &policy.when
            && !when.holds(&self.context, self.size.1)?
        {
            return Ok(true);
        }
        policy.must.holds(&self.context, self.size.1)
    }

    fn ask(&mut self, policy: &Policy, subject: &str, pointer: Option<&str>) {
        let (outcome, message) = match self.holds(policy) {
            Ok(true) => return,
            Ok(false) => (PolicyOutcome::Broken, policy.message.clone()),
            Err(why) => (PolicyOutcome::Undecided, format!("nobody can tell whether it holds: {why}")),
        };
        let exempt = policy.exempt.iter().find(|it| it.address.to_string() == self.product.address);
        let (outcome, message, until) = match exempt {
            None => (outcome, message, None),
            Some(exempt) if self.today <= exempt.until => {
                (PolicyOutcome::Waived, format!("{message} (let be: {})", exempt.reason), Some(exempt.until))
            }
            Some(exempt) => (outcome, format!("{message} (was let be until {})", exempt.until), None),
        };
        self.verdict.findings.push(PolicyFinding {
            rule: policy.id.clone(),
            severity: policy.severity,
            outcome,
            subject: subject.to_owned(),
            pointer: pointer.map(ToOwned::to_owned),
            message,
            fix: policy.fix.clone(),
            until,
        });
    }
}

impl std::fmt::Debug for Asked<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Asked").field("product", &self.product.address).finish_non_exhaustive()
    }
}
