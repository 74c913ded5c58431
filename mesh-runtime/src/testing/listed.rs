//! Whatever is derived in a domain's sources is listed in `domain!`. A list and this check stand where other frameworks
//! collect products at link time: the list can be read, and forgetting it is found.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use syn::visit::{self, Visit};

use super::{Check, Failure};
use crate::Manifest;
use crate::definition::TypeDefinition;
use crate::files::DomainFiles;

pub(super) fn checks(manifest: &Arc<Manifest>, files: &Arc<DomainFiles>) -> Vec<Check> {
    let name = manifest.domain().name;
    let (of_sources, source_files) = (Arc::clone(manifest), Arc::clone(files));
    let of_inputs = Arc::clone(manifest);
    vec![
        Check::new(name, "whatever is derived is listed", move || {
            whatever_is_derived_is_listed(&of_sources, source_files.folder())
        }),
        Check::new(name, "every input of a product is listed", move || {
            every_input_of_a_product_is_listed(&of_inputs)
        }),
    ]
}

/// A type in the sources that derives one of our traits.
struct Derived {
    name: String,
    what: &'static str,
    file: PathBuf,
}

fn whatever_is_derived_is_listed(manifest: &Manifest, folder: &Path) -> Result<(), Failure> {
    let mut sources = Vec::new();
    collect_sources(&folder.join("src"), &mut sources).map_err(|error| error.to_string())?;
    let offered: Vec<&TypeDefinition> = manifest.offers().iter().map(|offer| offer.body()).collect();
    let needed: Vec<&TypeDefinition> = manifest.needs().iter().map(|need| need.input.body).collect();
    let mut wrong = String::new();
    for file in sources {
        let text = fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        let parsed = syn::parse_file(&text).map_err(|error| {
            let at = error.span().start();
            format!("{}:{}:{}: cannot be parsed: {error}", file.display(), at.line, at.column + 1)
        })?;
        let inside = file.strip_prefix(folder).unwrap_or(&file).to_owned();
        let mut finder = Finder { file: &inside, found: Vec::new() };
        finder.visit_file(&parsed);
        for derived in finder.found {
            let (list, listed) = match derived.what {
                "DataProduct" => ("offers", &offered),
                _ => ("needs", &needed),
            };
            if !listed.iter().any(|body| is_same(body, &derived)) {
                wrong.push_str(&format!(
                    "{}: `{}` derives `{}` and is not listed; add it to `{list}` in `domain!`\n",
                    derived.file.display(),
                    derived.name,
                    derived.what
                ));
            }
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.into()) }
}

/// The compiler names files from where it was started, so the longer of two paths ends with the shorter.
fn is_same(body: &TypeDefinition, derived: &Derived) -> bool {
    let declared: PathBuf = body.file.split(['/', '\\']).collect();
    body.rust_name == derived.name && (declared.ends_with(&derived.file) || derived.file.ends_with(&declared))
}

fn collect_sources(folder: &Path, sources: &mut Vec<PathBuf>) -> std::io::Result<()> {
    if !folder.is_dir() {
        return Ok(());
    }
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect_sources(&path, sources)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            sources.push(path);
        }
    }
    sources.sort();
    Ok(())
}

struct Finder<'f> {
    file: &'f Path,
    found: Vec<Derived>,
}

impl Finder<'_> {
    fn item(&mut self, name: &syn::Ident, attributes: &[syn::Attribute]) {
        if is_conditional(attributes) {
            return;
        }
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("derive")) {
            let paths = attribute
                .parse_args_with(syn::punctuated::Punctuated::<syn::Path, syn::Token![,]>::parse_terminated);
            for path in paths.into_iter().flatten() {
                let last = path.segments.last().map(|segment| segment.ident.to_string());
                let what =
                    ["DataProduct", "Consumes"].into_iter().find(|what| last.as_deref() == Some(*what));
                if let Some(what) = what {
                    self.found.push(Derived { name: name.to_string(), what, file: self.file.to_owned() });
                }
            }
        }
    }
}

/// Whether an item may be left out of the build, so that nothing can be said of it.
fn is_conditional(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| attribute.path().is_ident("cfg"))
}

impl<'ast> Visit<'ast> for Finder<'_> {
    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        self.item(&item.ident, &item.attrs);
    }

    fn visit_item_enum(&mut self, item: &'ast syn::ItemEnum) {
        self.item(&item.ident, &item.attrs);
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if !is_conditional(&item.attrs) {
            visit::visit_item_mod(self, item);
        }
    }
}

/// A product of another domain that a product is made from is one that the domain needs.
fn every_input_of_a_product_is_listed(manifest: &Manifest) -> Result<(), Failure> {
    let mut wrong = String::new();
    let domain = manifest.domain().name;
    for offer in manifest.offers() {
        for input in offer.definition().inputs {
            let input = input();
            let own = input.address.split_once('.').is_some_and(|(owner, _)| owner == domain);
            let listed = manifest.needs().iter().any(|need| need.input.address == input.address);
            if !own && !listed {
                wrong.push_str(&format!(
                    "`{}` is made from `{}`, which is not listed; add `{}` to `needs` in `domain!`\n",
                    offer.body().rust_name,
                    input.address,
                    input.body.rust_name
                ));
            }
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.into()) }
}
