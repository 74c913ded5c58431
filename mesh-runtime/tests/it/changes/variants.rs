//! Enums grow and shrink.

use super::change;

/// The cases.
pub(super) fn cases() -> Vec<super::Case> {
    vec![
        closed_enum_grows(),
        closed_enum_shrinks(),
        extensible_enum_grows(),
        extensible_enum_shrinks(),
        enum_made_extensible(),
        externally_tagged_enum_grows(),
        internally_tagged_enum_grows(),
        adjacently_tagged_enum_grows(),
        untagged_enum_grows(),
        variant_gets_an_optional_field(),
        variant_loses_a_field(),
    ]
}

change! {
    closed_enum_grows, "A closed enum gets a variant", Broken / Compatible => Major ["variant-added"],
    before {
        /// How far it is.
        status: Status,
    } {
    /// How far it is.
    #[derive(Debug, Serialize, Deserialize, JsonSchema, DataType)]
    pub(super) enum Status {
        /// Not sent.
        Open,
        /// Sent.
        Closed,
    }
    },
    after {
        /// How far it is.
        status: Status,
    } {
    /// How far it is.
    #[derive(Debug, Serialize, Deserialize, JsonSchema, DataType)]
    pub(super) enum Status {
        /// Not sent.
        Open,
        /// Sent.
        Closed,
        /// Sent back.
        Returned,
    }
    }
}

change! {
    closed_enum_shrinks, "A closed enum loses a variant", Compatible / Broken => Major ["variant-removed"],
    before {
        /// How far it is.
        status: Status,
    } {
    /// How far it is.
    #[derive(Debug, Serialize, Deserialize, JsonSchema, DataType)]
    pub(super) enum Status {
        /// Not sent.
        Open,
        /// Sent.
        Closed,
        /// Sent back.
        Returned,
    }
    },
    after {
        /// How far it is.
        status: Status,
    } {
    /// How far it is.
    #[derive(Debug, Serialize, Deserialize, JsonSchema, DataType)]
    pub(super) enum Status {
        /// Not sent.
        Open,
        /// Sent.
        Closed,
    }
    }
}

change! {
    extensible_enum_grows, "An extensible enum gets a variant", Compatible / Compatible => Minor ["variant-lands-in-catch-all"],
    before {
        /// How far it is.
        status: Status,
    } {
    /// How far it is.
    #[derive(Debug, Serialize, Deserialize, JsonSchema, DataType)]
    #[data(extensible)]
    pub(super) enum Status {
        /// Not sent.
        Open,
        /// Sent.
        Closed,
        /// Any other.
        #[serde(other)]
        Other,
    }
    },
    after {
        /// How far it is.
        status: Status,
    } {
    /// How far it is.
    #[derive(Debug, Serialize, Deserialize, JsonSchema, DataType)]
    #[data(extensible)]
    pub(super) enum Status {
        /// Not sent.
        Open,
        /// Sent.
        Closed,
        /// Sent back.
        Returned,
        /// Any other.
        #[serde(other)]
        Other,
    }
    }
}

change! {
    extensible_enum_shrinks, "An extensible enum loses a variant; the catch-all takes it", Compatible / Compatible => Minor ["promise-changed"],
    before {
        /// How far it is.
        status: Status,
    } {
    /// How far it is.
    #[derive(Debug, Serialize, Deserialize, JsonSchema, DataType)]
    #[data(extensible)]
    pub(super) enum Status {
        /// Not sent.
        Open,
        /// Sent.
        Closed,
        /// Sent back.
        Returned,
        /// Any other.
        #[serde(other)]
        Other,
    }
    },
    after {
        /// How far it is.
        status: Status,
    } {
    /// How far it is.
    #[derive(Debug, Serialize, Deserialize, JsonSchema, DataType)]
    #[data(extensible)]
    pub(super) enum Status {
        /// Not sent.
        Open,
        /// Sent.
        Closed,
        /// Any other.
        #[serde(other)]
        Other,
    }
    }
}

change! {
    enum_made_extensible, "A closed enum is made extensible", Broken / Compatible => Major ["variant-added"],
    before {
        /// How far it is.
        status: Status,
    } {
    /// How far it is.
    #[derive(Debug, Serialize, Deserialize, JsonSchema, DataType)]
    pub(super) enum Status {
        /// Not sent.
        Open,
        /// Sent.
        Closed,
    }
    },
    after {
        /// How far it is.
        status: Status,
    } {
    /// How far it is.
    #[derive(Debug, Serialize, Deserialize, JsonSchema, DataType)]
    #[data(extensible)]
    pub(super) enum Status {
        /// Not sent.
        Open,
        /// Sent.
        Closed,
        /// Any other.
        #[serde(other)]
        Other,
    }
    }
}

change! {
    externally_tagged_enum_grows, "An externally tagged enum with data gets a variant", Broken / Compatible => Major ["field-added", "variant-added"],
    before {
        /// How it is paid.
        payment: Payment,
    } {
    /// How it is paid.
    #[derive(Debug, Serialize, Deserialize, JsonSchema, DataType)]
    pub(super) enum Payment {
        /// By card.
        Card {
            /// The card.
            card: String,
        },
        /// In another way.
        Other {
            /// What the bank calls it.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            reference: Option<String>,
        },
    }
    },
    after {
        /// How it is paid.
        payment: Payment,
    } {
    /// How it is paid.
    #[derive(Debug, Serialize, Deserialize, JsonSchema, DataType)]
    pub(super) enum Payment {
        /// By card.
        Card {
            /// The card.
            card: String,
        },
        /// From an account.
        Iban {
            /// The account.
            iban: String,
        },
        /// In another way.
        Other {
            /// What the bank calls it.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            reference: Option<String>,
        },
    }
    }
}

change! {
    internally_tagged_enum_grows, "An internally tagged enum with data gets a variant", Broken / Compatible => Major ["field-added", "variant-added"],
    before {
        /// How it is paid.
        payment: Payment,
    } {
    /// How it is paid.
    #[derive(Debug, Serialize, Deserialize, JsonSchema, DataType)]
    #[serde(tag = "kind")]
    pub(super) enum Payment {
        /// By card.
        Card {
            /// The card.
            card: String,
        },
        /// In another way.
        Other {
            /// What the bank calls it.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            reference: Option<String>,
        },
    }
    },
    after {
        /// How it is paid.
        payment: Payment,
    } {
    /// How it is paid.
    #[derive(Debug, Serialize, Deserialize, JsonSchema, DataType)]
    #[serde(tag = "kind")]
    pub(super) enum Payment {
        /// By card.
        Card {
            /// The card.
            card: String,
        },
        /// From an account.
        Iban {
            /// The account.
            iban: String,
        },
        /// In another way.
        Other {
            /// What the bank calls it.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            reference: Option<String>,
        },
    }
    }
}

change! {
    adjacently_tagged_enum_grows, "An adjacently tagged enum with data gets a variant", Broken / Compatible => Major ["field-added", "variant-added"],
    before {
        /// How it is paid.
        payment: Payment,
    } {
    /// How it is paid.
    #[derive(Debug, Serialize, Deserialize, JsonSchema, DataType)]
    #[serde(tag = "kind", content = "of")]
    pub(super) enum Payment {
        /// By card.
        Card {
            /// The card.
            card: String,
        },
        /// In another way.
        Other {
            /// What the bank calls it.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            reference: Option<String>,
        },
    }
    },
    after {
        /// How it is paid.
        payment: Payment,
    } {
    /// How it is paid.
    #[derive(Debug, Serialize, Deserialize, JsonSchema, DataType)]
    #[serde(tag = "kind", content = "of")]
    pub(super) enum Payment {
        /// By card.
        Card {
            /// The card.
            card: String,
        },
        /// From an account.
        Iban {
            /// The account.
            iban: String,
        },
        /// In another way.
        Other {
            /// What the bank calls it.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            reference: Option<String>,
        },
    }
    }
}

change! {
    untagged_enum_grows, "An untagged enum gets a variant that an arm with optional fields takes", Compatible / Compatible => Major ["field-added", "variant-lands-in-another-arm"],
    before {
        /// How it is paid.
        payment: Payment,
    } {
    /// How it is paid.
    #[derive(Debug, Serialize, Deserialize, JsonSchema, DataType)]
    #[serde(untagged)]
    pub(super) enum Payment {
        /// By card.
        Card {
            /// The card.
            card: String,
        },
        /// In another way.
        Other {
            /// What the bank calls it.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            reference: Option<String>,
        },
    }
    },
    after {
        /// How it is paid.
        payment: Payment,
    } {
    /// How it is paid.
    #[derive(Debug, Serialize, Deserialize, JsonSchema, DataType)]
    #[serde(untagged)]
    pub(super) enum Payment {
        /// By card.
        Card {
            /// The card.
            card: String,
        },
        /// From an account.
        Iban {
            /// The account.
            iban: String,
        },
        /// In another way.
        Other {
            /// What the bank calls it.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            reference: Option<String>,
        },
    }
    }
}

change! {
    variant_gets_an_optional_field, "A variant gets an optional field", Compatible / Compatible => Minor ["field-added"],
    before {
        /// How it is paid.
        payment: Payment,
    } {
    /// How it is paid.
    #[derive(Debug, Serialize, Deserialize, JsonSchema, DataType)]
    #[serde(tag = "kind")]
    pub(super) enum Payment {
        /// By card.
        Card {
            /// The card.
            card: String,
        },
        /// In another way.
        Other {
            /// What the bank calls it.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            reference: Option<String>,
        },
    }
    },
    after {
        /// How it is paid.
        payment: Payment,
    } {
    /// How it is paid.
    #[derive(Debug, Serialize, Deserialize, JsonSchema, DataType)]
    #[serde(tag = "kind")]
    pub(super) enum Payment {
        /// By card.
        Card {
            /// The card.
            card: String,
            /// Until when.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            until: Option<String>,
        },
        /// In another way.
        Other {
            /// What the bank calls it.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            reference: Option<String>,
        },
    }
    }
}

change! {
    variant_loses_a_field, "A variant loses a field", Broken / Compatible => Major ["field-removed"],
    before {
        /// How it is paid.
        payment: Payment,
    } {
    /// How it is paid.
    #[derive(Debug, Serialize, Deserialize, JsonSchema, DataType)]
    #[serde(tag = "kind")]
    pub(super) enum Payment {
        /// By card.
        Card {
            /// The card.
            card: String,
            /// Until when.
            until: String,
        },
        /// In another way.
        Other {
            /// What the bank calls it.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            reference: Option<String>,
        },
    }
    },
    after {
        /// How it is paid.
        payment: Payment,
    } {
    /// How it is paid.
    #[derive(Debug, Serialize, Deserialize, JsonSchema, DataType)]
    #[serde(tag = "kind")]
    pub(super) enum Payment {
        /// By card.
        Card {
            /// The card.
            card: String,
        },
        /// In another way.
        Other {
            /// What the bank calls it.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            reference: Option<String>,
        },
    }
    }
}
