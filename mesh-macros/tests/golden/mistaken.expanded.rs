::core::compile_error! {
    "`one` is not a semantic version; write three numbers, e.g. `1.0.0`"
}
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
    #[automatically_derived]
    impl _mesh::DataType for Order {
        const BODY: _mesh::TypeDefinition = _mesh::TYPE_STUB;
        fn nested(_: &mut _mesh::Nested<'_>) {}
    }
    #[automatically_derived]
    impl _mesh::Part for Order {
        fn describe(_: &mut _mesh::Nested<'_>) {}
    }
    #[automatically_derived]
    impl _mesh::DataProduct for Order {
        type Domain = Sales;
        const DEFINITION: _mesh::ProductDefinition = _mesh::PRODUCT_STUB;
    }
    #[automatically_derived]
    impl<D> _mesh::ProductOf<D> for Order {}
};
