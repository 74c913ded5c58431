/// What this domain offers and what it needs.
#[must_use]
pub fn manifest() -> facade::mesh::__private_0_1::Manifest {
    facade::mesh::__private_0_1::Manifest::builder::<
        Sales,
    >(::core::env!("CARGO_PKG_NAME"), ::core::env!("CARGO_MANIFEST_DIR"))
        .offer::<Order>()
        .offer::<a::Customer>()
        .need::<BillableTrack>()
        .build()
}
