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
    impl<'a, K, T, M> _mesh::DataType for Page<'a, K, T, M>
    where
        K: _mesh::Writes + _mesh::JsonSchema,
        T: _mesh::Part,
        Self: _mesh::JsonSchema,
    {
        const BODY: _mesh::TypeDefinition = _mesh::TypeDefinition {
            rust_name: "Page",
            description: "Some of many.",
            file: _mesh::file(),
            line: 0,
            extensible: false,
            shape: _mesh::Shape::Struct {
                fields: &[
                    _mesh::field("items", "The items by key.", 0),
                    _mesh::field("next", "Where the next page starts.", 0),
                    _mesh::FieldDefinition {
                        never_emitted: true,
                        never_accepted: true,
                        .._mesh::field("marker", "", 0)
                    },
                ],
            },
        };
        #[inline]
        fn nested(nested: &mut _mesh::Nested<'_>) {
            (&&_mesh::TypeProbe::<BTreeMap<K, Vec<T>>>::new()).collect(nested);
            nested.plain(1usize);
            (&&_mesh::TypeProbe::<PhantomData<M>>::new()).collect(nested);
        }
    }
    #[automatically_derived]
    impl<'a, K, T, M> _mesh::Part for Page<'a, K, T, M>
    where
        K: _mesh::Writes + _mesh::JsonSchema,
        T: _mesh::Part,
        Self: _mesh::JsonSchema,
    {
        #[inline]
        fn describe(nested: &mut _mesh::Nested<'_>) {
            nested.visit::<Self>();
        }
        #[inline]
        fn check(&self, at: &_mesh::At<'_>, violations: &mut _mesh::Violations) {
            (&&&_mesh::ValueProbe(&self.items))
                .check(_mesh::At::Member(&*at, "items"), violations);
        }
    }
};
