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
    impl _mesh::DataType for BillableOrder {
        const BODY: _mesh::TypeDefinition = _mesh::TypeDefinition {
            rust_name: "BillableOrder",
            description: "",
            file: _mesh::file(),
            line: 0,
            extensible: false,
            shape: _mesh::Shape::Struct {
                fields: &[_mesh::field("order_id", "", 0), _mesh::field("total", "", 0)],
            },
        };
        #[inline]
        fn nested(nested: &mut _mesh::Nested<'_>) {
            nested.plain(1usize);
            (&&_mesh::TypeProbe::<Decimal>::new()).collect(nested);
        }
    }
    #[automatically_derived]
    impl _mesh::Part for BillableOrder {
        #[inline]
        fn describe(nested: &mut _mesh::Nested<'_>) {
            nested.visit::<Self>();
        }
        #[inline]
        fn check(&self, at: &_mesh::At<'_>, violations: &mut _mesh::Violations) {
            (&&&_mesh::ValueProbe(&self.total))
                .check(_mesh::At::Member(&*at, "total"), violations);
        }
    }
    #[automatically_derived]
    impl _mesh::Consumes for BillableOrder {
        const NEED: _mesh::InputDefinition = _mesh::InputDefinition {
            address: "sales.orders",
            requirement: "^1.2",
            purpose: _mesh::Some("billing"),
            body: &<Self as _mesh::DataType>::BODY,
            schema: _mesh::accepts_schema::<Self>,
        };
    }
    #[automatically_derived]
    impl _mesh::Input for BillableOrder {
        #[inline]
        fn input() -> _mesh::InputDefinition {
            <Self as _mesh::Consumes>::NEED
        }
    }
};
