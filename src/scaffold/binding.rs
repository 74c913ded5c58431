//! A reader's place in a domain's sources: its module stands in the library, and its type under `needs` in `domain!`, which
//! may be said in another file.

use std::path::{Path, PathBuf};

use super::{Library, List};
use crate::failure::Failure;

/// What was changed, and what its author is left to do.
#[derive(Debug, Default)]
pub(crate) struct Binding {
    /// The sources that were changed.
    pub(crate) changed: Vec<PathBuf>,
    /// What could not be done.
    pub(crate) left: Vec<String>,
}

const LIBRARY: &str = "src/lib.rs";

/// Declares a reader's module and lists its type.
pub(crate) fn bind(folder: &Path, module: &str, type_name: &str) -> Result<Binding, Failure> {
    let mut binding = Binding::default();
    let declared = binding.edit(Library::read(folder.join(LIBRARY)), |library| library.declare(module))?;
    if !declared {
        binding.left.push(format!("in {LIBRARY}:  pub mod {module};"));
    }
    let domain = Library::of_domain(folder);
    let outside = domain.as_ref().is_some_and(|library| library.path() != folder.join(LIBRARY));
    let path =
        if outside { format!("crate::{module}::{type_name}") } else { format!("{module}::{type_name}") };
    let listed = binding.edit(domain, |library| library.list(List::Needs, &path))?;
    if !listed {
        binding.left.push(format!("in domain!:     needs: [{path}]"));
    }
    Ok(binding)
}

/// Takes a reader's module and what it holds out of the sources.
pub(crate) fn unbind(folder: &Path, module: &str) -> Result<Binding, Failure> {
    let mut binding = Binding::default();
    let withdrawn =
        binding.edit(Library::of_domain(folder), |library| library.withdraw(List::Needs, module))?;
    if !withdrawn {
        binding.left.push(format!("take what `{module}` holds from `needs` in domain!"));
    }
    let forgotten = binding.edit(Library::read(folder.join(LIBRARY)), |library| library.forget(module))?;
    if !forgotten {
        binding.left.push(format!("take `mod {module};` from {LIBRARY}"));
    }
    Ok(binding)
}

impl Binding {
    /// Changes a source, and tells whether it says now what it should.
    fn edit(
        &mut self,
        library: Option<Library>,
        change: impl FnOnce(&mut Library) -> bool,
    ) -> Result<bool, Failure> {
        let Some(mut library) = library else { return Ok(false) };
        let done = change(&mut library);
        if library.write()? && !self.changed.iter().any(|path| path == library.path()) {
            self.changed.push(library.path().to_owned());
        }
        Ok(done)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn write(folder: &Path, file: &str, text: &str) {
        let path = folder.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    #[test]
    fn what_is_bound_and_unbound_again_leaves_the_source_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let before = "//! Shop.\n\npub mod items;\n\ndomain! { Shop; offers: [Item]; needs: [] }\n";
        write(folder.path(), LIBRARY, before);
        let read = || fs::read_to_string(folder.path().join(LIBRARY)).unwrap();

        let bound = bind(folder.path(), "sales_orders", "Order").unwrap();
        let text = read();
        let unbound = unbind(folder.path(), "sales_orders").unwrap();

        assert_eq!((bound.changed.len(), bound.left), (1, Vec::new()));
        assert!(text.contains("pub mod items;\npub mod sales_orders;\n"), "{text}");
        assert!(text.contains("needs: [sales_orders::Order]"), "{text}");
        assert_eq!((unbound.changed.len(), unbound.left), (1, Vec::new()));
        assert_eq!(read(), before);
    }

    #[test]
    fn a_domain_in_a_module_of_its_own_lists_the_reader_by_its_path_from_the_crate() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), LIBRARY, "pub mod data_products;\n");
        write(folder.path(), "src/data_products/mod.rs", "domain! { Shop; offers: [Item]; needs: [] }\n");

        let bound = bind(folder.path(), "sales_orders", "Order").unwrap();

        assert_eq!((bound.changed.len(), bound.left), (2, Vec::new()));
        let text = fs::read_to_string(folder.path().join("src/data_products/mod.rs")).unwrap();
        assert!(text.contains("needs: [crate::sales_orders::Order]"), "{text}");
    }

    #[test]
    fn a_library_that_is_not_as_expected_stays_and_its_author_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let before = "fn broken( {\n";
        write(folder.path(), LIBRARY, before);

        let bound = bind(folder.path(), "sales_orders", "Order").unwrap();

        assert_eq!(fs::read_to_string(folder.path().join(LIBRARY)).unwrap(), before);
        assert!(bound.changed.is_empty());
        assert_eq!(
            bound.left,
            ["in src/lib.rs:  pub mod sales_orders;", "in domain!:     needs: [sales_orders::Order]"]
        );
    }
}
