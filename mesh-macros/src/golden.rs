//! What each macro expands to, kept under `tests/golden` beside what it expands, so that a change of the generated code is
//! seen in review. `MESH_GOLDEN=update cargo test -p mesh-macros` writes the files anew.

use std::path::{Path, PathBuf};

use proc_macro2::TokenStream;
use syn::DeriveInput;

use crate::diagnostics::Errors;

type Macro = fn(&DeriveInput, &Errors) -> TokenStream;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

#[track_caller]
fn check(name: &str, macro_of: Macro) {
    let source = std::fs::read_to_string(folder().join(name).with_extension("rs")).expect("the item");
    let input: DeriveInput = syn::parse_str(&source).expect("an item");
    hold(name, &crate::expanded(&input, macro_of));
}

#[track_caller]
fn hold(name: &str, expanded: &TokenStream) {
    let file = syn::parse2(expanded.clone()).expect("the expansion is a file of items");
    let printed = prettyplease::unparse(&file);
    let path = folder().join(name).with_extension("expanded.rs");
    if std::env::var("MESH_GOLDEN").is_ok_and(|asked| asked == "update") {
        std::fs::write(&path, &printed).expect("the file is written");
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == printed,
        "{} is not what the macro expands to; `MESH_GOLDEN=update cargo test -p mesh-macros` writes it anew:\n{printed}",
        path.display()
    );
}

#[test]
fn a_domain_is_a_constant() {
    check("domain", crate::domain_of);
}

#[test]
fn a_product_is_constants_and_checks() {
    check("product", crate::data_product);
}

#[test]
fn a_nested_enum_is_checked_variant_by_variant() {
    check("nested_enum", crate::data_type);
}

#[test]
fn a_generic_type_asks_only_for_what_its_fields_hold() {
    check("nested_generic", crate::data_type);
}

#[test]
fn a_reader_is_a_need() {
    check("reader", crate::consumes);
}

#[test]
fn beside_a_mistake_stands_a_stub() {
    check("mistaken", crate::data_product);
}

#[test]
fn a_manifest_is_a_list_of_calls() {
    let listed =
        quote::quote!(crate = facade::mesh; Sales; offers: [Order, a::Customer]; needs: [BillableTrack]);
    hold("manifest", &crate::manifest(listed));
}
