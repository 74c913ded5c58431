//! The documents that expressions see, member by member. The table is what expressions are checked against and what
//! `docs/policies.md` shows; a test holds it against the facts that are really given.
//!
//! Every member is always there. What a contract leaves out is an empty text, an empty list, a length of 0 or `false`, so that no
//! expression has to ask whether something is there.

/// The version of these documents, which a document of policies names as `mesh`. A member is only ever added to a version.
pub const FORMAT: u32 = 1;

/// One document, or one part of it.
#[derive(Debug, PartialEq, Eq)]
pub struct Object {
    /// What it is called: in an expression where it is a document.
    pub name: &'static str,
    /// What it is.
    pub about: &'static str,
    /// Its members.
    pub members: &'static [Member],
}

/// One member of a document.
#[derive(Debug, PartialEq, Eq)]
pub struct Member {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub kind: MemberKind,
    /// What it says.
    pub about: &'static str,
}

/// What a member holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MemberKind {
    /// True or false.
    Bool,
    /// A whole number.
    Int,
    /// Text.
    Text,
    /// Texts in order.
    Texts,
    /// Objects in order.
    Objects(&'static Object),
}

impl MemberKind {
    /// The words for it.
    pub fn words(self) -> String {
        match self {
            Self::Bool => "bool".to_owned(),
            Self::Int => "int".to_owned(),
            Self::Text => "text".to_owned(),
            Self::Texts => "list of text".to_owned(),
            Self::Objects(object) => format!("list of {}", object.name),
        }
    }
}

impl Object {
    /// The member of a name.
    pub fn member(&self, name: &str) -> Option<&'static Member> {
        self.members.iter().find(|member| member.name == name)
    }
}

const fn member(name: &'static str, kind: MemberKind, about: &'static str) -> Member {
    Member { name, kind, about }
}

use MemberKind::{Bool, Int, Objects, Text, Texts};

/// What a contract says of its product.
pub static PRODUCT: Object = Object {
    name: "product",
    about: "what a contract says of its product",
    members: &[
        member("address", Text, "where it is found: `sales.orders`"),
        member("domain", Text, "the domain that owns it: `sales`"),
        member("version", Text, "the version of the promise: `1.2.0`"),
        member("description", Text, "what it is"),
        member("kind", Text, "`source-aligned`, `aggregate` or `consumer-aligned`"),
        member("stability", Text, "`experimental`, `stable` or another word of contracts"),
        member("owner", Text, "the team that answers for the domain"),
        member("contact", Text, "where else to ask"),
        member("service", Text, "the service that offers it"),
        member("purpose", Text, "what it is there for"),
        member("terms", Text, "on which terms it may be used"),
        member("tags", Texts, "the words to find it by"),
        member("regions", Texts, "where its data may be, from tags `region-...`; empty: anywhere"),
        member("deprecated", Bool, "whether it goes away"),
        member("freshness", Int, "how old the newest record may be, in seconds; 0: not promised"),
        member("latency", Int, "until when a record can be read, in seconds; 0: not promised"),
        member("availability", Text, "how much of the time ports answer: `99.9%`; empty: not promised"),
        member("retention", Int, "how long a record stays, in seconds; 0: not promised"),
        member("key", Texts, "the names of the fields that name a record"),
        member("ports", Objects(&PORT), "the ways to read it"),
        member("inputs", Texts, "the addresses of the products that it is made from"),
        member(
            "fields",
            Objects(&FIELD),
            "every field from the root down, those within lists and variants too",
        ),
        member("personal", Texts, "the pointers of the fields with personal data"),
        member("examples", Int, "how many examples the contract has"),
    ],
};

/// A way to read a product.
pub static PORT: Object = Object {
    name: "port",
    about: "a way to read a product",
    members: &[member("name", Text, "its name"), member("kind", Text, "how it is read: `records`")],
};

/// A field of a product.
pub static FIELD: Object = Object {
    name: "field",
    about: "a field of a product",
    members: &[
        member("pointer", Text, "where it is: `/lines/*/amount`"),
        member("type", Text, "its logical type: `string`, `list of string`"),
        member("description", Text, "what it stands for"),
        member("term", Text, "the word of the business that it stands for"),
        member("unit", Text, "what it is counted in"),
        member("personal", Text, "the sort of personal data: `email`; empty: none"),
        member("classification", Text, "how it is to be guarded: `confidential`; empty: not said"),
    ],
};

/// A product that another one is made from.
pub static INPUT: Object = Object {
    name: "input",
    about: "one product that the product is made from",
    members: &[
        member("address", Text, "where it is found"),
        member("domain", Text, "the domain that owns it"),
        member("requirement", Text, "the versions that will do: `^1.2`"),
        member("purpose", Text, "what it is read for"),
        member("fields", Texts, "the pointers of the fields that are read; empty: all of them"),
        member("known", Bool, "whether its contract is at hand; without it the members below say nothing"),
        member("deprecated", Bool, "whether it goes away"),
        member("retired", Bool, "whether it is promised no more"),
        member("personal", Texts, "the pointers of the fields with personal data among those that are read"),
        member("regions", Texts, "where its data may be; empty: anywhere"),
    ],
};

/// Somebody who reads a product.
pub static READER: Object = Object {
    name: "reader",
    about: "somebody who reads the product, as the grant says",
    members: &[
        member("consumer", Text, "who: `accounting.invoices` or `price-page`"),
        member("domain", Text, "the domain of the consumer; empty where it names none"),
        member("purpose", Text, "what for"),
        member("environment", Text, "where the consumer runs: `production`"),
        member("region", Text, "the region of that environment, from `[regions]`; empty: not said"),
        member(
            "fields",
            Texts,
            "the pointers of the fields that may be read; the empty one is the whole record",
        ),
        member("personal", Texts, "the pointers of the fields with personal data among them"),
        member("rows", Text, "whose rows, where the grant is for those of one customer"),
    ],
};

/// Every part, those that expressions name first.
pub static OBJECTS: [&Object; 5] = [&PRODUCT, &INPUT, &READER, &PORT, &FIELD];
