//! Fields come, go, and change their names and their presence.

use super::change;

/// The cases.
pub(super) fn cases() -> Vec<super::Case> {
    vec![
        optional_field_added(),
        field_with_default_added(),
        required_field_added(),
        optional_field_dropped(),
        required_field_dropped(),
        field_renamed(),
        field_renamed_in_rust_only(),
        alias_added(),
        required_to_optional(),
        required_to_nullable(),
        optional_to_required(),
        optional_to_written(),
        nullable_to_required(),
        default_added(),
        default_taken_away(),
        unknown_fields_denied(),
        dropped_and_denied(),
        order_of_fields(),
        nested_field_added(),
        nested_field_dropped(),
        nested_type_renamed(),
        flattened_fields_added(),
    ]
}

change! {
    optional_field_added, "A field is added that may be missing", Compatible / Compatible => Minor ["field-added"],
    before {},
    after {
        /// A note.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<String>,
    }
}

change! {
    field_with_default_added, "A field is added that is always written, with `#[serde(default)]`", Compatible / Compatible => Minor ["field-added"],
    before {},
    after {
        /// How many.
        #[serde(default)]
        quantity: u32,
    }
}

change! {
    required_field_added, "A field is added that is always written, without a default", Compatible / Broken => Major ["field-added", "field-required"],
    before {},
    after {
        /// How many.
        quantity: u32,
    }
}

change! {
    optional_field_dropped, "A field that may be missing is dropped", Compatible / Compatible => Minor ["field-dropped"],
    before {
        /// A note.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<String>,
    },
    after {}
}

change! {
    required_field_dropped, "A field that was always written is dropped", Broken / Compatible => Major ["field-removed"],
    before {
        /// How many.
        quantity: u32,
    },
    after {}
}

change! {
    field_renamed, "A field gets another name", Broken / Broken => Major ["field-added", "field-renamed"],
    before {
        /// How many.
        quantity: u32,
    },
    after {
        /// How many.
        pieces: u32,
    }
}

change! {
    field_renamed_in_rust_only, "A field gets another name in Rust and keeps it on the wire (`#[serde(rename)]`)", Compatible / Compatible => Patch ["words-changed"],
    before {
        /// How many.
        quantity: u32,
    },
    after {
        /// How many.
        #[serde(rename = "quantity")]
        pieces: u32,
    }
}

change! {
    alias_added, "A field is taken under a second name (`#[serde(alias)]`)", Compatible / Compatible => Minor ["promise-changed"],
    before {
        /// How many.
        quantity: u32,
    },
    after {
        /// How many.
        #[serde(alias = "pieces")]
        quantity: u32,
    }
}

change! {
    required_to_optional, "A field that was always written may be missing", Broken / Compatible => Major ["field-made-optional"],
    before {
        /// A note.
        note: String,
    },
    after {
        /// A note.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<String>,
    }
}

change! {
    required_to_nullable, "A field that was never null may be null", Broken / Compatible => Major ["field-made-nullable"],
    before {
        /// A note.
        note: String,
    },
    after {
        /// A note.
        note: Option<String>,
    }
}

change! {
    optional_to_required, "A field that could be missing is always written", Compatible / Broken => Major ["field-required"],
    before {
        /// A note.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<String>,
    },
    after {
        /// A note.
        note: String,
    }
}

change! {
    optional_to_written, "A field that could be missing is always written, and still taken without", Compatible / Compatible => Minor ["promise-changed"],
    before {
        /// A note.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<String>,
    },
    after {
        /// A note.
        #[serde(default)]
        note: String,
    }
}

change! {
    nullable_to_required, "A field that could be null never is", Compatible / Broken => Major ["null-refused"],
    before {
        /// A note.
        note: Option<String>,
    },
    after {
        /// A note.
        note: String,
    }
}

change! {
    default_added, "A default is added for records without the field", Compatible / Compatible => Minor ["promise-changed"],
    before {
        /// How many.
        quantity: u32,
    },
    after {
        /// How many.
        #[serde(default)]
        quantity: u32,
    }
}

change! {
    default_taken_away, "A default is taken away; every record had the field", Compatible / Compatible => Minor ["promise-changed"],
    before {
        /// How many.
        #[serde(default)]
        quantity: u32,
    },
    after {
        /// How many.
        quantity: u32,
    }
}

change! {
    unknown_fields_denied, "`#[serde(deny_unknown_fields)]` is added", Compatible / Compatible => Minor ["promise-changed"],
    before {
        /// How many.
        quantity: u32,
    },
    after [#[serde(deny_unknown_fields)]] {
        /// How many.
        quantity: u32,
    }
}

change! {
    dropped_and_denied, "A field is dropped where unknown ones are denied", Compatible / Broken => Major ["field-dropped", "member-refused"],
    before [#[serde(deny_unknown_fields)]] {
        /// A note.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<String>,
    },
    after [#[serde(deny_unknown_fields)]] {}
}

change! {
    order_of_fields, "Fields are declared in another order", Compatible / Compatible => Patch ["words-changed"],
    before {
        /// How many.
        quantity: u32,
        /// A note.
        note: String,
    },
    after {
        /// A note.
        note: String,
        /// How many.
        quantity: u32,
    }
}

change! {
    nested_field_added, "A nested type gets an optional field", Compatible / Compatible => Minor ["field-added"],
    before {
        /// What was ordered.
        lines: Vec<Line>,
    } {
    /// A line.
    #[derive(Debug, Serialize, Deserialize, JsonSchema, DataType)]
    pub(super) struct Line {
        /// The article.
        sku: String,
    }
    },
    after {
        /// What was ordered.
        lines: Vec<Line>,
    } {
    /// A line.
    #[derive(Debug, Serialize, Deserialize, JsonSchema, DataType)]
    pub(super) struct Line {
        /// The article.
        sku: String,
        /// A note.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<String>,
    }
    }
}

change! {
    nested_field_dropped, "A nested type loses a field", Broken / Compatible => Major ["field-removed"],
    before {
        /// What was ordered.
        lines: Vec<Line>,
    } {
    /// A line.
    #[derive(Debug, Serialize, Deserialize, JsonSchema, DataType)]
    pub(super) struct Line {
        /// The article.
        sku: String,
        /// How many.
        quantity: u32,
    }
    },
    after {
        /// What was ordered.
        lines: Vec<Line>,
    } {
    /// A line.
    #[derive(Debug, Serialize, Deserialize, JsonSchema, DataType)]
    pub(super) struct Line {
        /// The article.
        sku: String,
    }
    }
}

change! {
    nested_type_renamed, "A nested type gets another name in Rust", Compatible / Compatible => Minor ["promise-changed"],
    before {
        /// What was ordered.
        lines: Vec<Line>,
    } {
    /// A line.
    #[derive(Debug, Serialize, Deserialize, JsonSchema, DataType)]
    pub(super) struct Line {
        /// The article.
        sku: String,
    }
    },
    after {
        /// What was ordered.
        lines: Vec<Position>,
    } {
    /// A line.
    #[derive(Debug, Serialize, Deserialize, JsonSchema, DataType)]
    pub(super) struct Position {
        /// The article.
        sku: String,
    }
    }
}

change! {
    flattened_fields_added, "Fields come in through `#[serde(flatten)]`", Compatible / Broken => Major ["field-added", "field-required"],
    before {},
    after {
        /// What was ordered.
        #[serde(flatten)]
        line: Line,
    } {
    /// A line.
    #[derive(Debug, Serialize, Deserialize, JsonSchema, DataType)]
    pub(super) struct Line {
        /// The article.
        sku: String,
    }
    }
}
