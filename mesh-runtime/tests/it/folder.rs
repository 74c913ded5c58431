//! A folder for one test, gone when the test ends.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use mesh_runtime::files::DomainFiles;

pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{}-{number}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder for the test");
        Self(path)
    }

    pub(crate) fn files(&self) -> DomainFiles {
        DomainFiles::at(&self.0)
    }

    #[track_caller]
    pub(crate) fn write(&self, inside: &str, text: &str) {
        let path = self.0.join(inside);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }

    #[track_caller]
    pub(crate) fn read(&self, inside: &str) -> String {
        std::fs::read_to_string(self.0.join(inside)).expect("a file")
    }

    pub(crate) fn has(&self, inside: &str) -> bool {
        self.0.join(inside).exists()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left over lies in the target folder and harms nobody.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
