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
    impl _mesh::Domain for Sales {
        const DEFINITION: _mesh::DomainDefinition = _mesh::DomainDefinition {
            name: "sales",
            description: "Everything about selling.",
            owner: "sales@example.com",
            contact: _mesh::Some("https://chat.example.com/sales"),
            services: &[
                _mesh::ServiceDefinition {
                    name: "orders",
                    description: "Takes orders.",
                    shared_with: &[],
                },
                _mesh::ServiceDefinition {
                    name: "invoicing-and-tax",
                    description: "Bills what was ordered.",
                    shared_with: &["accounting", "tax"],
                },
            ],
        };
        fn service(self) -> &'static _mesh::ServiceDefinition {
            &Self::DEFINITION.services[self as _mesh::usize]
        }
    }
};
