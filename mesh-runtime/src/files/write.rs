//! Writing files so that a reader sees the old content or the new one.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use super::error::{FileError, Problem};

/// Writes a file unless it holds the text already; tells whether it was written.
pub(super) fn write(path: &Path, text: &str) -> Result<bool, FileError> {
    if fs::read(path).is_ok_and(|there| there == text.as_bytes()) {
        return Ok(false);
    }
    replace(path, text).map_err(|error| FileError::new(path, Problem::Write(error)))?;
    Ok(true)
}

fn replace(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = folder.join(format!(".{name}.{}.new", std::process::id()));
    let written = fs::File::create(&beside)
        .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        // What matters is why the file could not be written; that a left-over cannot be removed adds nothing.
        let _ = fs::remove_file(&beside);
    }
    written
}

/// Removes a file, and its folder when that is empty then; tells whether there was one.
pub(super) fn remove(path: &Path) -> Result<bool, FileError> {
    match fs::remove_file(path) {
        Ok(()) => {
            if let Some(folder) = path.parent() {
                // Fails where other files are left, and then it should stay.
                let _ = fs::remove_dir(folder);
            }
            Ok(true)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(FileError::new(path, Problem::Write(error))),
    }
}
