//! What is derived in sources is listed.

use std::path::Path;

use mesh_runtime::Manifest;
use mesh_runtime::files::DomainFiles;
use mesh_runtime::testing::{Generation, checks};

use super::fails;
use super::shop::Shop;
use crate::folder::Folder;

#[path = "listed/src/lib.rs"]
mod sources;

const LISTED: &str = "shop::whatever is derived is listed";

#[test]
fn a_product_that_is_derived_and_not_listed_is_told_with_its_file() {
    let folder = Folder::new();
    folder.write("src/lib.rs", "mod products;\n");
    folder.write(
        "src/products/order.rs",
        "#[derive(Debug, mesh_runtime::DataProduct)]\n#[product(name = \"orders\")]\npub struct Order { pub id: u32 }\n\
         mod inner { #[derive(Consumes)] struct Track; }\n\
         #[cfg(test)]\nmod tests { #[derive(DataProduct)] struct OnlyInTests; }\n\
         /// `#[derive(DataProduct)]` in words is none.\n#[derive(DataType)] struct Line;\n",
    );
    let manifest = Manifest::builder::<Shop>("shop", ".").build();
    fails(
        &manifest,
        &folder,
        LISTED,
        &[
            "src/products/order.rs: `Order` derives `DataProduct` and is not listed; add it to `offers` in `domain!`",
            "`Track` derives `Consumes` and is not listed; add it to `needs`",
        ],
    );
    let told = super::told(&manifest, &folder, LISTED).unwrap_or_default();
    assert_eq!(told.lines().count(), 2, "{told}");
}

#[test]
fn what_is_listed_holds() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/testing/listed");
    let run = |manifest: &Manifest| {
        let checks = checks(manifest, &DomainFiles::at(&folder), Generation::default());
        checks.into_iter().find(|check| check.name == LISTED).expect("the check").run()
    };
    assert_eq!(run(&Manifest::builder::<Shop>("shop", ".").offer::<sources::Sold>().build()), Ok(()));
    let told = run(&super::shop::manifest()).expect_err("another product is listed").to_string();
    assert!(told.contains("src/lib.rs: `Sold` derives `DataProduct` and is not listed"), "{told}");
}

#[test]
fn a_source_that_cannot_be_parsed_is_told_with_its_place() {
    let folder = Folder::new();
    folder.write("src/lib.rs", "struct Fine;\nstruct {\n");
    let manifest = Manifest::builder::<Shop>("shop", ".").build();
    fails(&manifest, &folder, LISTED, &["lib.rs:2:8: cannot be parsed"]);
}
