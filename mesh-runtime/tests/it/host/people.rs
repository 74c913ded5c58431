//! A domain whose records hold personal data in every place that a type has. Each personal text holds the word `secret`, and
//! each personal number is 424242.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use mesh_runtime::Manifest;
use mesh_runtime::host::{Host, HostConfig, RunningHost};
use mesh_runtime::prelude::*;

use super::soon;

/// A club.
#[derive(Domain)]
#[domain(name = "club", owner = "club@example.com")]
pub(crate) enum Club {
    /// Who belongs to it.
    Membership,
}

/// One member of the club.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, DataProduct)]
#[product(service = Club::Membership, name = "members", version = "1.0.0", kind = "source-aligned")]
#[port(records)]
pub(crate) struct Member {
    /// The member's number.
    #[field(key)]
    pub(crate) number: u64,
    /// A text that must be there.
    #[field(pii = "name", classification = "confidential")]
    pub(crate) name: String,
    /// A text of at most two characters.
    #[field(pii = "name", classification = "confidential")]
    #[schemars(length(max = 2))]
    pub(crate) initials: String,
    /// A text of a format.
    #[field(pii = "email", classification = "confidential")]
    #[schemars(email)]
    pub(crate) email: String,
    /// A text of a pattern.
    #[field(pii = "phone", classification = "confidential")]
    #[schemars(regex(pattern = r"^secret [0-9]+$"))]
    pub(crate) phone: String,
    /// A text that may be null.
    #[field(pii = "name", classification = "confidential")]
    pub(crate) nickname: Option<String>,
    /// A text that may be missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[field(pii = "name", classification = "confidential")]
    pub(crate) title: Option<String>,
    /// A date.
    #[field(pii = "birth-date", classification = "confidential")]
    pub(crate) born: NaiveDate,
    /// A number.
    #[field(pii = "financial", classification = "confidential")]
    pub(crate) income: u64,
    /// A list of texts.
    #[field(pii = "name", classification = "confidential")]
    pub(crate) former_names: Vec<String>,
    /// A map whose keys are personal too.
    #[field(pii = "online-id", classification = "confidential")]
    pub(crate) accounts: BTreeMap<String, u64>,
    /// A nested type.
    pub(crate) home: Place,
    /// A nested type that may be missing.
    pub(crate) office: Option<Place>,
    /// A list of a nested type.
    pub(crate) places: Vec<Place>,
    /// A map to lists of a nested type.
    pub(crate) by_season: BTreeMap<String, Vec<Place>>,
    /// A nested type beside another value.
    pub(crate) ranked: (Place, u8),
    /// Texts that are personal by their type.
    pub(crate) aliases: Vec<Alias>,
    /// A text that is personal by its type and may be null.
    pub(crate) pen_name: Option<Alias>,
    /// Numbers that are personal by their type.
    pub(crate) ids: Vec<NationalId>,
    /// Numbers that are personal by their type, by name.
    pub(crate) ids_by_state: BTreeMap<String, NationalId>,
    /// An enum told apart by a single member.
    pub(crate) contacts: Vec<Contact>,
    /// An enum told apart by a member among others.
    pub(crate) events: Vec<Event>,
    /// An enum told apart by a member beside the content.
    pub(crate) payments: Vec<Payment>,
    /// An enum told apart by its shape.
    pub(crate) proofs: Vec<Proof>,
    /// A type that holds itself.
    pub(crate) family: Relative,
    /// Members of another type among these.
    #[serde(flatten)]
    pub(crate) badge: Badge,
}

/// Where somebody is found.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, DataType)]
pub(crate) struct Place {
    /// Street and number.
    #[field(pii = "address", classification = "confidential")]
    pub(crate) street: String,
    /// The country, which many share.
    pub(crate) country: String,
}

/// A name that somebody chose.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, DataType)]
pub(crate) struct Alias(#[field(pii = "name", classification = "confidential")] pub(crate) String);

/// A number that a state gave.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, DataType)]
pub(crate) struct NationalId(#[field(pii = "government-id", classification = "restricted")] pub(crate) u64);

/// How somebody is reached.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, DataType)]
pub(crate) enum Contact {
    /// Not at all.
    Never,
    /// By post.
    Post(Place),
    /// Under a name of their own.
    Under(Alias),
    /// By phone.
    Call {
        /// The number.
        #[field(pii = "phone", classification = "confidential")]
        phone: String,
        /// When.
        hour: u8,
    },
}

/// What happened.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, DataType)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(crate) enum Event {
    /// Joined.
    Joined {
        /// On whose word.
        #[field(pii = "name", classification = "confidential")]
        sponsor: Option<String>,
        /// The year.
        year: u16,
    },
    /// Moved.
    Moved(Place),
}

/// How somebody pays.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, DataType)]
#[serde(tag = "by", content = "with")]
pub(crate) enum Payment {
    /// In coins.
    Cash,
    /// By card.
    Card {
        /// Its number.
        #[field(pii = "financial", classification = "restricted")]
        number: u64,
        /// Its brand.
        brand: String,
    },
    /// By an account and what it is called.
    Account(
        /// What it is called.
        Alias,
        /// Where it is held.
        String,
    ),
}

/// What proves who somebody is.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, DataType)]
#[serde(untagged)]
pub(crate) enum Proof {
    /// A passport.
    Passport {
        /// Its number.
        #[field(pii = "government-id", classification = "restricted")]
        passport: String,
    },
    /// A place where they are known.
    Known {
        /// That place.
        at: Place,
    },
}

/// Somebody's kin.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, DataType)]
pub(crate) struct Relative {
    /// Their name.
    #[field(pii = "name", classification = "confidential")]
    pub(crate) called: String,
    /// What they are to each other.
    pub(crate) relation: String,
    /// Their own kin.
    pub(crate) kin: Vec<Relative>,
}

/// What somebody wears.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, DataType)]
pub(crate) struct Badge {
    /// What is printed on it.
    #[field(pii = "name", classification = "confidential")]
    pub(crate) badge_name: String,
    /// Its colour.
    pub(crate) badge_colour: String,
}

/// One login. Its key is personal.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, DataProduct)]
#[product(service = Club::Membership, name = "logins", version = "1.0.0", kind = "source-aligned")]
#[port(records)]
pub(crate) struct Login {
    /// The address that they log in with.
    #[field(key, pii = "email", classification = "confidential")]
    pub(crate) email: String,
    /// How often.
    pub(crate) times: u32,
}

fn place(number: u32) -> Place {
    Place { street: format!("secret street {number}"), country: "public country".to_owned() }
}

fn alias() -> Alias {
    Alias("secret alias".to_owned())
}

pub(crate) fn members() -> Vec<Member> {
    let text = |text: &str| text.to_owned();
    let relative = |kin| Relative { called: text("secret kin"), relation: text("public kin"), kin };
    vec![Member {
        number: 1,
        name: text("secret name"),
        initials: text("sN"),
        email: text("secret@example.com"),
        phone: text("secret 1"),
        nickname: Some(text("secret nick")),
        title: Some(text("secret title")),
        born: NaiveDate::from_ymd_opt(1999, 12, 31).unwrap(),
        income: 424_242,
        former_names: vec![text("secret former")],
        accounts: BTreeMap::from([(text("secret account"), 424_242)]),
        home: place(1),
        office: Some(place(2)),
        places: vec![place(3), place(4)],
        by_season: BTreeMap::from([(text("winter"), vec![place(5)])]),
        ranked: (place(6), 7),
        aliases: vec![alias(), alias()],
        pen_name: Some(alias()),
        ids: vec![NationalId(424_242)],
        ids_by_state: BTreeMap::from([(text("FR"), NationalId(424_242))]),
        contacts: vec![
            Contact::Never,
            Contact::Post(place(7)),
            Contact::Under(alias()),
            Contact::Call { phone: text("secret phone"), hour: 9 },
        ],
        events: vec![
            Event::Joined { sponsor: Some(text("secret sponsor")), year: 2001 },
            Event::Moved(place(8)),
        ],
        payments: vec![
            Payment::Cash,
            Payment::Card { number: 424_242, brand: text("public brand") },
            Payment::Account(alias(), text("public bank")),
        ],
        proofs: vec![Proof::Passport { passport: text("secret passport") }, Proof::Known { at: place(9) }],
        family: relative(vec![relative(vec![relative(vec![])])]),
        badge: Badge { badge_name: text("secret badge"), badge_colour: text("public colour") },
    }]
}

/// The club with these members, loaded.
pub(crate) async fn open(members: Vec<Member>, config: HostConfig) -> RunningHost {
    let manifest = Manifest::builder::<Club>("club", env!("CARGO_MANIFEST_DIR")).offer::<Member>().build();
    let host = Host::new(manifest).records(move |_| std::future::ready(Ok(members.clone())));
    let host = host.start(config).await.unwrap();
    soon("loading", host.loaded()).await;
    host
}

/// The club with logins alone, loaded.
pub(crate) async fn open_logins(logins: Vec<Login>, config: HostConfig) -> RunningHost {
    let manifest = Manifest::builder::<Club>("club", env!("CARGO_MANIFEST_DIR")).offer::<Login>().build();
    let host = Host::new(manifest).records(move |_| std::future::ready(Ok(logins.clone())));
    let host = host.start(config).await.unwrap();
    soon("loading", host.loaded()).await;
    host
}
