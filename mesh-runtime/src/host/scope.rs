//! What a grant lets its reader see of one product's records.
//!
//! - What the grant names stands as it is, personal or not, with everything in it.
//! - Personal data that it does not name is masked, as it is for everybody (see [`mask`](super::mask)).
//! - Everything else is left out.
//! - Of a product that tells several customers apart, only the rows of the grant's own customer are there at all.

use serde_json::Value;

use super::reach::{Reach, Tree};
use super::snapshot::Plan;

/// What one grant lets its reader see of one product.
#[derive(Debug)]
pub(crate) struct Scope {
    granted: Tree,
    /// Whose rows; all of them where nothing tells customers apart.
    rows: Option<String>,
    /// The members of a record that were asked for, where not all.
    only: Option<Vec<String>>,
    hides_key: bool,
    masked: Vec<String>,
}

/// The rows of a product and the grant do not go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BadRows {
    /// The product tells customers apart, and the grant does not say whose rows.
    Missing,
    /// The grant says whose rows, and the product cannot tell them.
    Unknown,
}

impl Scope {
    pub(crate) fn of(plan: &Plan, fields: &[String], rows: Option<&str>) -> Result<Self, BadRows> {
        match (&plan.tenant, rows) {
            (Some(_), None) => return Err(BadRows::Missing),
            (None, Some(_)) => return Err(BadRows::Unknown),
            _ => {}
        }
        let granted = Tree::of(fields);
        let root = granted.reach();
        let hides_key = plan.key.iter().any(|name| !root.step(name).is_whole());
        // What is personal and stays, masked: members of a record, and what stands beside something that is granted.
        let stays = |pointer: &&String| {
            let above = pointer.rsplit_once('/').map_or("", |(above, _)| above);
            !root.along(pointer).is_whole() && !root.along(above).is_outside()
        };
        let personal = plan.mask.as_ref().map(|mask| mask.pointers()).unwrap_or_default();
        let masked = personal.iter().filter(stays).cloned().collect();
        Ok(Self { rows: rows.map(str::to_owned), only: None, hides_key, masked, granted })
    }

    /// The same for somebody who asks for these members only.
    pub(crate) fn narrowed(self, only: Option<Vec<String>>) -> Self {
        Self { only, ..self }
    }

    pub(crate) fn rows(&self) -> Option<&str> {
        self.rows.as_deref()
    }

    /// Whether the key of a record is not for this reader, so that a cursor must not tell it.
    pub(crate) fn hides_key(&self) -> bool {
        self.hides_key
    }

    /// Where personal data is masked for this reader.
    pub(crate) fn masked(&self) -> &[String] {
        &self.masked
    }

    /// Whether the reader sees records as they are.
    pub(crate) fn is_whole(&self) -> bool {
        self.only.is_none() && self.granted.reach().is_whole()
    }

    /// Whether nothing of a member is for this reader, not even masked.
    pub(crate) fn lacks(&self, plan: &Plan, member: &str) -> bool {
        self.granted.reach().step(member).is_outside() && !plan.personal.reach().step(member).is_whole()
    }

    /// A record as this reader sees it.
    pub(crate) fn show(&self, plan: &Plan, record: Value) -> Value {
        let granted = self.granted.reach();
        let mut record = match &plan.mask {
            Some(mask) => mask.apply(record, &granted),
            None => record,
        };
        cut(&mut record, &granted, &plan.personal.reach());
        if let (Some(only), Some(members)) = (&self.only, record.as_object_mut()) {
            members.retain(|name, _| only.contains(name));
        }
        record
    }
}

/// Leaves out what is not granted, and says whether the value itself stays. What is personal was masked before and stays.
fn cut(value: &mut Value, granted: &Reach<'_>, personal: &Reach<'_>) -> bool {
    match (granted, value) {
        (Reach::Whole, _) => true,
        _ if personal.is_whole() => true,
        (Reach::Outside, _) => false,
        (Reach::Within(_), Value::Object(members)) => {
            members.retain(|name, member| cut(member, &granted.step(name), &personal.step(name)));
            true
        }
        (Reach::Within(_), Value::Array(items)) => {
            let mut place = 0;
            items.retain_mut(|item| {
                let step = place.to_string();
                place += 1;
                cut(item, &granted.step(&step), &personal.step(&step))
            });
            true
        }
        // Nothing is in it of which a part could be granted.
        (Reach::Within(_), value) => value.is_null(),
    }
}
