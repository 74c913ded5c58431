#[allow(
    clippy::all,
    clippy::pedantic,
    clippy::restriction,
    deprecated,
    unused_imports,
    unused_qualifications
)]
const _: () = {
    use ::mesh_runtime::__private_0_1 as _mesh;
    use _mesh::probes::*;
    #[automatically_derived]
    impl _mesh::DataType for Order {
        const BODY: _mesh::TypeDefinition = _mesh::TypeDefinition {
            rust_name: "Order",
            description: "One record for each order.",
            file: _mesh::file(),
            line: 0,
            extensible: false,
            shape: _mesh::Shape::Struct {
                fields: &[
                    _mesh::FieldDefinition {
                        emits: "orderId",
                        accepts: "orderId",
                        key: true,
                        .._mesh::field("order_id", "Order number.", 0)
                    },
                    _mesh::FieldDefinition {
                        aliases: &["mail"],
                        sometimes_emitted: true,
                        skipped_if_none: true,
                        pii: _mesh::Some(_mesh::PersonalData::Email),
                        classification: _mesh::Some(_mesh::Classification::Confidential),
                        .._mesh::field(
                            "email",
                            "Where the \"confirmation\" was sent.",
                            0,
                        )
                    },
                    _mesh::FieldDefinition {
                        unit: _mesh::Some("EUR"),
                        decimal: _mesh::Some((18, 2)),
                        min: _mesh::Some("0"),
                        examples: &["\"12.50\""],
                        .._mesh::field("total", "Total including VAT.", 0)
                    },
                    _mesh::FieldDefinition {
                        sometimes_emitted: true,
                        .._mesh::field("lines", "What was ordered.", 0)
                    },
                ],
            },
        };
        #[inline]
        fn nested(nested: &mut _mesh::Nested<'_>) {
            nested.plain(2usize);
            (&&_mesh::TypeProbe::<Decimal>::new()).collect(nested);
            (&&_mesh::TypeProbe::<Vec<OrderLine>>::new()).collect(nested);
        }
    }
    #[automatically_derived]
    impl _mesh::Part for Order {
        #[inline]
        fn describe(nested: &mut _mesh::Nested<'_>) {
            nested.visit::<Self>();
        }
        #[inline]
        fn check(&self, at: &_mesh::At<'_>, violations: &mut _mesh::Violations) {
            (&&&_mesh::ValueProbe(&self.email))
                .hold_only(
                    _mesh::At::Member(&*at, "email"),
                    violations,
                    &[
                        _mesh::Rule::MaxLength((MAX_EMAIL) as _mesh::u64),
                        {
                            static PATTERN: _mesh::LazyPattern = _mesh::LazyPattern::new(||
                            _mesh::pattern(("@").to_string()));
                            _mesh::Rule::Pattern(&PATTERN)
                        },
                    ],
                );
            (&&&_mesh::ValueProbe(&self.total))
                .hold(
                    _mesh::At::Member(&*at, "total"),
                    violations,
                    &[
                        _mesh::Rule::Decimal(18u8, 2u8),
                        _mesh::Rule::Min(_mesh::Exact::new(0i128, 0i32)),
                    ],
                );
            if !Vec::is_empty(&self.lines) {
                (&&&_mesh::ValueProbe(&self.lines))
                    .hold(
                        _mesh::At::Member(&*at, "lines"),
                        violations,
                        &[_mesh::Rule::MinLength((1) as _mesh::u64)],
                    );
            }
        }
    }
    #[automatically_derived]
    impl _mesh::DataProduct for Order {
        type Domain = Sales;
        const DEFINITION: _mesh::ProductDefinition = _mesh::ProductDefinition {
            domain: _mesh::domain_of::<Self>(),
            service: &_mesh::domain_of::<Self>().services[Sales::Orders as _mesh::usize],
            name: "orders",
            version: "1.2.0",
            kind: _mesh::ProductKind::SourceAligned,
            tags: &["orders"],
            deprecated: _mesh::Some(_mesh::DeprecationDefinition {
                date: "2027-01-01",
                successor: _mesh::Some("sales.orders-v2"),
            }),
            freshness: _mesh::Some("15m"),
            availability: _mesh::Some("99.9%"),
            retention: _mesh::Some("7y"),
            ports: &[
                _mesh::PortDefinition {
                    kind: _mesh::PortKind::Records,
                    name: "records",
                    options: &[],
                },
                _mesh::PortDefinition {
                    kind: _mesh::PortKind::Events,
                    name: "changes",
                    options: &[("topic", "orders")],
                },
            ],
            inputs: &[<BillableTrack as _mesh::Input>::input],
            examples: &[|| _mesh::example::<Self>(Order::example)],
            .._mesh::PRODUCT_STUB
        };
    }
    #[automatically_derived]
    impl _mesh::ProductOf<Sales> for Order {}
};
