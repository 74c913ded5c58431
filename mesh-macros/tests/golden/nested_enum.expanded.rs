#[allow(
    clippy::all,
    clippy::pedantic,
    clippy::restriction,
    deprecated,
    unused_imports,
    unused_qualifications
)]
const _: () = {
    use facade::mesh::__private_0_1 as _mesh;
    use _mesh::probes::*;
    #[automatically_derived]
    impl _mesh::DataType for Line {
        const BODY: _mesh::TypeDefinition = _mesh::TypeDefinition {
            rust_name: "Line",
            description: "One line.",
            file: _mesh::file(),
            line: 0,
            extensible: true,
            shape: _mesh::Shape::Enum {
                tagging: _mesh::TaggingDefinition::Adjacent {
                    tag: "kind",
                    content: "line",
                },
                variants: &[
                    _mesh::VariantDefinition {
                        emits: "sold-track",
                        accepts: "sold-track",
                        shape: _mesh::VariantShape::Newtype(&_mesh::field("0", "", 0)),
                        .._mesh::variant("SoldTrack", "A track.", 0)
                    },
                    _mesh::VariantDefinition {
                        emits: "refund",
                        accepts: "refund",
                        shape: _mesh::VariantShape::Struct(
                            &[_mesh::field("reason", "Why.", 0)],
                        ),
                        .._mesh::variant("Refund", "A refund.", 0)
                    },
                    _mesh::VariantDefinition {
                        emits: "unknown",
                        accepts: "unknown",
                        other: true,
                        .._mesh::variant("Unknown", "Anything else.", 0)
                    },
                ],
            },
        };
        #[inline]
        fn nested(nested: &mut _mesh::Nested<'_>) {
            (&&_mesh::TypeProbe::<Track>::new()).collect(nested);
            nested.plain(1usize);
        }
    }
    #[automatically_derived]
    impl _mesh::Part for Line {
        #[inline]
        fn describe(nested: &mut _mesh::Nested<'_>) {
            nested.visit::<Self>();
        }
        #[inline]
        fn check(&self, at: &_mesh::At<'_>, violations: &mut _mesh::Violations) {
            match self {
                Self::SoldTrack { 0: _0, .. } => {
                    let here = _mesh::At::Member(at, "line");
                    (&&&_mesh::ValueProbe(_0)).check(here, violations);
                }
                Self::Refund { reason: _reason, .. } => {
                    let here = _mesh::At::Member(at, "line");
                    (&&&_mesh::ValueProbe(_reason))
                        .hold_only(
                            _mesh::At::Member(&here, "reason"),
                            violations,
                            &[_mesh::Rule::MinLength((1) as _mesh::u64)],
                        );
                }
                #[allow(unreachable_patterns)]
                _ => {}
            }
        }
    }
};
