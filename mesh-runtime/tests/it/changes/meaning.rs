//! What no schema tells: units, words, classes, service levels.

use super::change;

/// The cases.
pub(super) fn cases() -> Vec<super::Case> {
    vec![
        unit_changed(),
        unit_named(),
        term_changed(),
        meaning_changed(),
        spelling_changed(),
        pii_marked(),
        pii_unmarked(),
        classification_loosened(),
        classification_tightened(),
        field_deprecated(),
        reference_changed(),
        key_grows(),
        example_added(),
        freshness_weakened(),
        availability_weakened(),
        latency_weakened(),
        retention_shortened(),
        freshness_promised(),
        terms_changed(),
        tags_changed(),
    ]
}

change! {
    unit_changed, "The unit is another one", Compatible / Compatible => Major ["unit-changed"],
    before {
        /// What is paid.
        #[field(unit = "EUR")]
        total: f64,
    },
    after {
        /// What is paid.
        #[field(unit = "USD")]
        total: f64,
    }
}

change! {
    unit_named, "A unit is named that was not", Compatible / Compatible => Minor ["promise-changed"],
    before {
        /// What is paid.
        total: f64,
    },
    after {
        /// What is paid.
        #[field(unit = "EUR")]
        total: f64,
    }
}

change! {
    term_changed, "The term is another one", Compatible / Compatible => Major ["term-changed"],
    before {
        /// What is paid.
        #[field(term = "gross")]
        total: f64,
    },
    after {
        /// What is paid.
        #[field(term = "net")]
        total: f64,
    }
}

change! {
    meaning_changed, "The description is other words", Compatible / Compatible => Major ["meaning-changed"],
    before {
        /// What is paid, with VAT.
        total: f64,
    },
    after {
        /// What is paid, without VAT.
        total: f64,
    }
}

change! {
    spelling_changed, "The description has another spelling", Compatible / Compatible => Patch ["words-changed"],
    before {
        /// What is paid with VAT.
        total: f64,
    },
    after {
        /// What is paid, with VAT.
        total: f64,
    }
}

change! {
    pii_marked, "A field is marked as personal data", Compatible / Compatible => Major ["personal-data-marked"],
    before {
        /// Where to write.
        email: String,
    },
    after {
        /// Where to write.
        #[field(pii = "email", classification = "confidential")]
        email: String,
    }
}

change! {
    pii_unmarked, "A field is no longer marked as personal data", Compatible / Compatible => Major ["personal-data-unmarked"],
    before {
        /// Where to write.
        #[field(pii = "email", classification = "confidential")]
        email: String,
    },
    after {
        /// Where to write.
        #[field(classification = "confidential")]
        email: String,
    }
}

change! {
    classification_loosened, "A classification is looser", Compatible / Compatible => Major ["classification-loosened"],
    before {
        /// What is paid.
        #[field(classification = "confidential")]
        total: f64,
    },
    after {
        /// What is paid.
        #[field(classification = "public")]
        total: f64,
    }
}

change! {
    classification_tightened, "A classification is tighter", Compatible / Compatible => Major ["classification-tightened"],
    before {
        /// What is paid.
        #[field(classification = "internal")]
        total: f64,
    },
    after {
        /// What is paid.
        #[field(classification = "restricted")]
        total: f64,
    }
}

change! {
    field_deprecated, "A field is deprecated", Compatible / Compatible => Minor ["field-deprecated"],
    before {
        /// A note.
        note: String,
    },
    after {
        /// A note.
        #[field(deprecated = "use the remark")]
        note: String,
    }
}

change! {
    reference_changed, "A field names records of another product", Compatible / Compatible => Major ["reference-changed"],
    before {
        /// Who ordered.
        #[field(references = "shop.customers/id")]
        customer: u32,
    },
    after {
        /// Who ordered.
        #[field(references = "crm.accounts/id")]
        customer: u32,
    }
}

change! {
    key_grows, "A second field becomes a part of the key", Compatible / Compatible => Major ["grain-changed"],
    before {
        /// The line.
        line: u32,
    },
    after {
        /// The line.
        #[field(key)]
        line: u32,
    }
}

change! {
    example_added, "An example is added", Compatible / Compatible => Patch ["words-changed"],
    before {
        /// How many.
        quantity: u32,
    },
    after {
        /// How many.
        #[field(example = 3)]
        quantity: u32,
    }
}

change! {
    freshness_weakened, "Records may be older than promised", Compatible / Compatible => Major ["freshness-weakened"],
    before [#[product(freshness = "15m")]] {},
    after [#[product(freshness = "24h")]] {}
}

change! {
    availability_weakened, "The ports may be down for longer", Compatible / Compatible => Major ["availability-weakened"],
    before [#[product(availability = "99.9%")]] {},
    after [#[product(availability = "99%")]] {}
}

change! {
    latency_weakened, "Records may arrive later than promised", Compatible / Compatible => Major ["latency-weakened"],
    before [#[product(latency = "1m")]] {},
    after [#[product(latency = "10m")]] {}
}

change! {
    retention_shortened, "Records stay for a shorter time", Compatible / Compatible => Major ["retention-shortened"],
    before [#[product(retention = "7y")]] {},
    after [#[product(retention = "30d")]] {}
}

change! {
    freshness_promised, "A freshness is promised that was not", Compatible / Compatible => Minor ["level-strengthened"],
    before {},
    after [#[product(freshness = "15m")]] {}
}

change! {
    terms_changed, "The terms of use are other terms", Compatible / Compatible => Major ["terms-changed"],
    before [#[product(terms = "free")]] {},
    after [#[product(terms = "one cent a record")]] {}
}

change! {
    tags_changed, "Tags are added", Compatible / Compatible => Patch ["words-changed"],
    before {},
    after [#[product(tags = ["orders"])]] {}
}
