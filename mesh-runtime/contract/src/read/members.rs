//! The members that each part of a document may have. The types say the same, but serde tells of a missing member before it
//! tells of one that it does not know, so of a misspelled one it would say what is missing and not what to mend; and it
//! takes a list for an object. Tests hold this table and the types together.

use std::collections::BTreeSet;

use crate::spelling;

/// The members of one sort of object.
pub(super) struct Members {
    known: &'static [(&'static str, Inside)],
    /// Whether members of its own, `x-...`, are kept.
    extensible: bool,
}

/// What may stand at a place.
#[derive(Clone, Copy)]
pub(super) enum Inside {
    /// Something that has no members of the format: text, numbers, a schema, a record.
    Plain,
    /// An object.
    One(&'static Members),
    /// A word, or an object with one of these members.
    Word(&'static Members),
    /// A list of these, or these by name.
    Each(&'static Inside),
}

use Inside::{Each, One, Plain, Word};

impl Inside {
    /// What may stand in each item of a list, or why there may be no list.
    pub(super) fn item(self) -> Result<Self, &'static str> {
        match self {
            Plain => Ok(Plain),
            Each(inside) => Ok(*inside),
            One(_) | Word(_) => Err("a list stands where an object belongs"),
        }
    }

    /// What may stand in a member, or why there may be none of this name beside those that were seen.
    pub(super) fn member(self, name: &str, seen: &BTreeSet<String>) -> Result<Self, String> {
        let (One(members) | Word(members)) = self else {
            return Ok(if let Each(inside) = self { *inside } else { Plain });
        };
        if let Some((_, inside)) = members.known.iter().find(|(known, _)| *known == name) {
            return Ok(*inside);
        }
        if members.extensible && name.starts_with("x-") {
            return Ok(Plain);
        }
        // What stood there already was not meant again.
        let meant: Vec<&str> =
            members.known.iter().map(|(known, _)| *known).filter(|known| !seen.contains(*known)).collect();
        Err(match spelling::nearest(name, &meant) {
            Some(near) => format!("unknown member `{name}`; did you mean `{near}`?"),
            None if members.extensible => {
                format!(
                    "unknown member `{name}`; remove it, or name it `x-{name}` to keep it as an extension"
                )
            }
            None => format!("unknown member `{name}`; remove it"),
        })
    }
}

pub(super) static CONTRACT: Members = Members {
    known: &[
        ("mesh", Plain),
        ("address", Plain),
        ("version", Plain),
        ("description", Plain),
        ("kind", Plain),
        ("stability", Plain),
        ("domain", One(&DOMAIN)),
        ("service", One(&SERVICE)),
        ("purpose", Plain),
        ("terms", Plain),
        ("tags", Plain),
        ("deprecated", One(&DEPRECATION)),
        ("levels", One(&LEVELS)),
        ("key", Plain),
        ("ports", Each(&One(&PORT))),
        ("inputs", Each(&One(&INPUT))),
        ("root", Plain),
        ("types", Each(&One(&TYPE))),
        ("schemas", One(&SCHEMAS)),
        ("examples", Plain),
    ],
    extensible: true,
};

pub(super) static EXPECTATION: Members = Members {
    known: &[
        ("mesh", Plain),
        ("consumer", Plain),
        ("consumerVersion", Plain),
        ("environment", Plain),
        ("address", Plain),
        ("requirement", Plain),
        ("purpose", Plain),
        ("fields", Plain),
        ("schema", Plain),
    ],
    extensible: false,
};

static DOMAIN: Members = Members {
    known: &[("name", Plain), ("description", Plain), ("owner", Plain), ("contact", Plain)],
    extensible: true,
};

static SERVICE: Members =
    Members { known: &[("name", Plain), ("description", Plain), ("sharedWith", Plain)], extensible: true };

static DEPRECATION: Members = Members { known: &[("date", Plain), ("successor", Plain)], extensible: false };

static LEVELS: Members = Members {
    known: &[("freshness", Plain), ("latency", Plain), ("availability", Plain), ("retention", Plain)],
    extensible: false,
};

static PORT: Members =
    Members { known: &[("name", Plain), ("kind", Plain), ("options", Plain)], extensible: true };

static INPUT: Members = Members {
    known: &[("address", Plain), ("requirement", Plain), ("purpose", Plain), ("fields", Plain)],
    extensible: true,
};

static SCHEMAS: Members = Members { known: &[("emits", Plain), ("accepts", Plain)], extensible: false };

static TYPE: Members = Members {
    known: &[
        ("description", Plain),
        ("fields", Each(&One(&FIELD))),
        ("variants", Each(&One(&VARIANT))),
        ("tagging", Word(&TAGGING)),
        ("extensible", Plain),
        ("newtype", One(&FIELD)),
    ],
    extensible: true,
};

static VARIANT: Members = Members {
    known: &[
        ("name", Plain),
        ("description", Plain),
        ("catchAll", Plain),
        ("fields", Each(&One(&FIELD))),
        ("holds", Each(&Word(&LOGICAL))),
    ],
    extensible: true,
};

static FIELD: Members = Members {
    known: &[
        ("name", Plain),
        ("type", Word(&LOGICAL)),
        ("description", Plain),
        ("optional", Plain),
        ("nullable", Plain),
        ("key", Plain),
        ("tenant", Plain),
        ("unit", Plain),
        ("term", Plain),
        ("pii", Plain),
        ("classification", Plain),
        ("deprecated", Plain),
        ("references", Plain),
        ("min", Plain),
        ("max", Plain),
        ("examples", Plain),
    ],
    extensible: true,
};

static TAGGING: Members = Members {
    known: &[
        ("internal", One(&Members { known: &[("tag", Plain)], extensible: false })),
        ("adjacent", One(&Members { known: &[("tag", Plain), ("content", Plain)], extensible: false })),
    ],
    extensible: false,
};

static LOGICAL: Members = Members {
    known: &[
        ("decimal", One(&Members { known: &[("precision", Plain), ("scale", Plain)], extensible: false })),
        ("list", Word(&LOGICAL)),
        ("map", Word(&LOGICAL)),
        ("type", Plain),
    ],
    extensible: false,
};
