//! Lines of three versions, where each step is safe and the pair is not.

use super::prelude::*;
use super::{Case, contract};

/// An order whose note has come, gone and come back as something else.
macro_rules! order {
    ($module:ident { $($fields:tt)* }) => {
        mod $module {
            use crate::changes::prelude::*;

            /// One order.
            #[derive(Debug, Serialize, Deserialize, JsonSchema, DataProduct)]
            #[product(service = Shop::Orders, name = "orders", version = "1.0.0", kind = "source-aligned")]
            #[port(records)]
            pub(super) struct Order {
                /// Its number.
                #[field(key)]
                pub(super) id: u32,
                $($fields)*
            }
        }
    };
}

order!(text {
    /// A note.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<String>,
});
order!(nothing {});
order!(number {
    /// A note.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<u32>,
});
order!(in_euros {
    /// What is paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[field(unit = "EUR")]
    total: Option<f64>,
});
order!(in_dollars {
    /// What is paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[field(unit = "USD")]
    total: Option<f64>,
});

/// The cases.
pub(super) fn cases() -> Vec<Case> {
    vec![
        Case {
            change: "1.0 has an optional text, 1.1 drops it, 1.2 brings the name back for a number",
            versions: vec![
                contract::<text::Order>("1.0.0"),
                contract::<nothing::Order>("1.1.0"),
                contract::<number::Order>("1.2.0"),
            ],
            expected: (Verdict::Broken, Verdict::Broken, Step::Major),
            rules: &["field-added", "type-changed"],
        },
        Case {
            change: "1.0 has an optional amount in EUR, 1.1 drops it, 1.2 brings it back in USD",
            versions: vec![
                contract::<in_euros::Order>("1.0.0"),
                contract::<nothing::Order>("1.1.0"),
                contract::<in_dollars::Order>("1.2.0"),
            ],
            expected: (Verdict::Compatible, Verdict::Compatible, Step::Major),
            rules: &["field-added", "unit-changed"],
        },
        Case {
            change: "1.1 dropped an optional field, and 1.2 goes on without it",
            versions: vec![
                contract::<text::Order>("1.0.0"),
                contract::<nothing::Order>("1.1.0"),
                contract::<nothing::Order>("1.2.0"),
            ],
            expected: (Verdict::Compatible, Verdict::Compatible, Step::Patch),
            rules: &["words-changed"],
        },
    ]
}
