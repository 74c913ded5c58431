//! The files that pages load: a style sheet, a script and a mark, compiled into the binary.
//!
//! Each is served under an address with the digest of its content in it, so that a browser may keep it for ever and a new
//! release is seen at once.

use std::sync::LazyLock;

use mesh_contract::Digest;

/// A file.
#[derive(Debug)]
pub struct Asset {
    /// Its address: `/assets/0123456789ab/mesh.css`.
    pub url: String,
    /// Its media type.
    pub content_type: &'static str,
    /// Its content.
    pub bytes: &'static [u8],
}

/// How long a browser may keep a file.
pub const CACHE_CONTROL: &str = "public, max-age=31536000, immutable";

static STYLE: LazyLock<Asset> =
    LazyLock::new(|| asset("mesh.css", "text/css; charset=utf-8", include_bytes!("../../assets/mesh.css")));
static SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    asset("mesh.js", "text/javascript; charset=utf-8", include_bytes!("../../assets/mesh.js"))
});
static MARK: LazyLock<Asset> =
    LazyLock::new(|| asset("mark.svg", "image/svg+xml", include_bytes!("../../assets/mark.svg")));

fn asset(name: &str, content_type: &'static str, bytes: &'static [u8]) -> Asset {
    Asset { url: format!("/assets/{}/{name}", Digest::of_bytes(bytes).short()), content_type, bytes }
}

/// The style sheet.
pub fn style() -> &'static Asset {
    &STYLE
}

/// The script.
pub fn script() -> &'static Asset {
    &SCRIPT
}

/// The mark of the mesh.
pub fn mark() -> &'static Asset {
    &MARK
}

/// The file at an address.
pub fn at(path: &str) -> Option<&'static Asset> {
    [style(), script(), mark()].into_iter().find(|asset| asset.url == path)
}
