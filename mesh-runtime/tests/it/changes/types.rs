//! Fields get other types and bounds.

use super::change;

/// The cases.
pub(super) fn cases() -> Vec<super::Case> {
    vec![
        u32_to_u64(),
        u64_to_u32(),
        u32_to_i64(),
        i32_to_i64(),
        u32_to_f64(),
        f32_to_f64(),
        u32_to_string(),
        string_to_list(),
        list_of_other(),
        map_of_other(),
        uuid_to_string(),
        string_to_uuid(),
        date_to_timestamp(),
        zone_lost(),
        boxed(),
        bound_widened(),
        bound_narrowed(),
        length_widened(),
        pattern_equal(),
        decimal_wider(),
        decimal_narrower(),
        decimal_bound_gone(),
        decimal_bound_new(),
    ]
}

change! {
    u32_to_u64, "`u32` becomes `u64`", Broken / Compatible => Major ["type-changed"],
    before {
        /// How many.
        quantity: u32,
    },
    after {
        /// How many.
        quantity: u64,
    }
}

change! {
    u64_to_u32, "`u64` becomes `u32`", Compatible / Broken => Major ["type-changed"],
    before {
        /// How many.
        quantity: u64,
    },
    after {
        /// How many.
        quantity: u32,
    }
}

change! {
    u32_to_i64, "`u32` becomes `i64`", Broken / Compatible => Major ["type-changed"],
    before {
        /// How many.
        quantity: u32,
    },
    after {
        /// How many.
        quantity: i64,
    }
}

change! {
    i32_to_i64, "`i32` becomes `i64`", Broken / Compatible => Major ["type-changed"],
    before {
        /// How many.
        quantity: i32,
    },
    after {
        /// How many.
        quantity: i64,
    }
}

change! {
    u32_to_f64, "`u32` becomes `f64`", Broken / Compatible => Major ["type-changed"],
    before {
        /// How many.
        quantity: u32,
    },
    after {
        /// How many.
        quantity: f64,
    }
}

change! {
    f32_to_f64, "`f32` becomes `f64`", Broken / Compatible => Major ["type-changed"],
    before {
        /// How many.
        quantity: f32,
    },
    after {
        /// How many.
        quantity: f64,
    }
}

change! {
    u32_to_string, "`u32` becomes `String`", Broken / Broken => Major ["type-changed"],
    before {
        /// How many.
        quantity: u32,
    },
    after {
        /// How many.
        quantity: String,
    }
}

change! {
    string_to_list, "`String` becomes `Vec<String>`", Broken / Broken => Major ["type-changed"],
    before {
        /// How many.
        quantity: String,
    },
    after {
        /// How many.
        quantity: Vec<String>,
    }
}

change! {
    list_of_other, "`Vec<u32>` becomes `Vec<String>`", Broken / Broken => Major ["type-changed"],
    before {
        /// How many.
        quantity: Vec<u32>,
    },
    after {
        /// How many.
        quantity: Vec<String>,
    }
}

change! {
    map_of_other, "`BTreeMap<String, u32>` becomes `BTreeMap<String, bool>`", Broken / Broken => Major ["type-changed"],
    before {
        /// How many.
        quantity: BTreeMap<String, u32>,
    },
    after {
        /// How many.
        quantity: BTreeMap<String, bool>,
    }
}

change! {
    uuid_to_string, "`Uuid` becomes `String`", Broken / Compatible => Major ["type-changed"],
    before {
        /// How many.
        quantity: Uuid,
    },
    after {
        /// How many.
        quantity: String,
    }
}

change! {
    string_to_uuid, "`String` becomes `Uuid`", Compatible / Broken => Major ["type-changed"],
    before {
        /// How many.
        quantity: String,
    },
    after {
        /// How many.
        quantity: Uuid,
    }
}

change! {
    date_to_timestamp, "`NaiveDate` becomes `DateTime<Utc>`", Broken / Broken => Major ["type-changed"],
    before {
        /// How many.
        quantity: NaiveDate,
    },
    after {
        /// How many.
        quantity: DateTime<Utc>,
    }
}

change! {
    zone_lost, "`DateTime<Utc>` becomes `NaiveDateTime`", Broken / Broken => Major ["time-zone-changed"],
    before {
        /// How many.
        quantity: DateTime<Utc>,
    },
    after {
        /// How many.
        quantity: NaiveDateTime,
    }
}

change! {
    boxed, "A type is boxed", Compatible / Compatible => Patch ["words-changed"],
    before {
        /// How many.
        quantity: u32,
    },
    after {
        /// How many.
        quantity: Box<u32>,
    }
}

change! {
    bound_widened, "A bound is wider", Broken / Compatible => Major ["values-widened"],
    before {
        /// How many.
        #[schemars(range(max = 1000))]
        quantity: u32,
    },
    after {
        /// How many.
        #[schemars(range(max = 5000))]
        quantity: u32,
    }
}

change! {
    bound_narrowed, "A bound is narrower", Compatible / Broken => Major ["values-narrowed"],
    before {
        /// How many.
        #[schemars(range(max = 1000))]
        quantity: u32,
    },
    after {
        /// How many.
        #[schemars(range(max = 10))]
        quantity: u32,
    }
}

change! {
    length_widened, "A text may be longer", Broken / Compatible => Major ["values-widened"],
    before {
        /// A note.
        #[schemars(length(max = 10))]
        note: String,
    },
    after {
        /// A note.
        #[schemars(length(max = 20))]
        note: String,
    }
}

change! {
    pattern_equal, "A pattern is written in another way", Compatible / Compatible => Patch ["words-changed"],
    before {
        /// A note.
        #[schemars(regex(pattern = "^[0-9]+$"))]
        note: String,
    },
    after {
        /// A note.
        #[schemars(regex(pattern = "^[0-9][0-9]*$"))]
        note: String,
    }
}

change! {
    decimal_wider, "`decimal(10, 2)` becomes `decimal(18, 4)`", Compatible / Compatible => Major ["decimal-changed"],
    before {
        /// What is paid.
        #[field(decimal(10, 2), unit = "EUR")]
        total: Decimal,
    },
    after {
        /// What is paid.
        #[field(decimal(18, 4), unit = "EUR")]
        total: Decimal,
    }
}

change! {
    decimal_narrower, "`decimal(18, 4)` becomes `decimal(10, 2)`", Compatible / Compatible => Major ["decimal-changed"],
    before {
        /// What is paid.
        #[field(decimal(18, 4), unit = "EUR")]
        total: Decimal,
    },
    after {
        /// What is paid.
        #[field(decimal(10, 2), unit = "EUR")]
        total: Decimal,
    }
}

change! {
    decimal_bound_gone, "The `min` of a decimal is gone", Compatible / Compatible => Major ["bounds-loosened"],
    before {
        /// What is paid.
        #[field(decimal(10, 2), unit = "EUR", min = "0")]
        total: Decimal,
    },
    after {
        /// What is paid.
        #[field(decimal(10, 2), unit = "EUR")]
        total: Decimal,
    }
}

change! {
    decimal_bound_new, "A decimal gets a `max`", Compatible / Compatible => Major ["bounds-tightened"],
    before {
        /// What is paid.
        #[field(decimal(10, 2), unit = "EUR")]
        total: Decimal,
    },
    after {
        /// What is paid.
        #[field(decimal(10, 2), unit = "EUR", max = "100")]
        total: Decimal,
    }
}
