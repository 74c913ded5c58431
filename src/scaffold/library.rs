//! Changes to sources that somebody wrote: a module is declared, a type is listed in `domain!`, and both are taken away
//! again. Text is put in or taken out where it belongs and nothing else is touched; where the source is not as expected, it
//! stays as it is, and its author is told what to write.

use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use syn::spanned::Spanned;

use crate::failure::{Failure, OrFail};

/// A list of `domain!`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum List {
    /// What the domain offers.
    Offers,
    /// What it reads of others.
    Needs,
}

impl List {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Offers => "offers",
            Self::Needs => "needs",
        }
    }
}

/// A source file and what is to become of it.
#[derive(Debug)]
pub(crate) struct Library {
    path: PathBuf,
    before: String,
    text: String,
}

impl Library {
    /// Reads a source file; nothing where there is none.
    pub(crate) fn read(path: impl Into<PathBuf>) -> Option<Self> {
        let path = path.into();
        let text = fs::read_to_string(&path).ok()?;
        Some(Self { path, before: text.clone(), text })
    }

    /// The file of a crate that says `domain!`, in the places where it is put.
    pub(crate) fn of_domain(folder: &Path) -> Option<Self> {
        let places = ["src/lib.rs", "src/data_products/mod.rs"].map(|place| folder.join(place));
        places.into_iter().filter_map(Self::read).find(|library| manifest(&library.text).is_some())
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Declares a module. Tells whether it is declared now.
    pub(crate) fn declare(&mut self, module: &str) -> bool {
        self.change(with_module(&self.text, module))
    }

    /// Lists a type by its path. Tells whether it is listed now.
    pub(crate) fn list(&mut self, list: List, path: &str) -> bool {
        self.change(with_listed(&self.text, list, path))
    }

    /// Takes a module's declaration away. Tells whether there is none now.
    pub(crate) fn forget(&mut self, module: &str) -> bool {
        self.change(without_module(&self.text, module))
    }

    /// Takes what a module holds from a list. Tells whether none of it is listed now.
    pub(crate) fn withdraw(&mut self, list: List, module: &str) -> bool {
        self.change(without_listed(&self.text, list, module))
    }

    fn change(&mut self, changed: Option<String>) -> bool {
        // What the change made must be a source still.
        match changed.filter(|text| syn::parse_file(text).is_ok()) {
            Some(text) => {
                self.text = text;
                true
            }
            None => false,
        }
    }

    /// Writes the file if it changed, and tells whether it did.
    pub(crate) fn write(&self) -> Result<bool, Failure> {
        if self.text == self.before {
            return Ok(false);
        }
        fs::write(&self.path, &self.text).or_fail(|| format!("cannot write `{}`", self.path.display()))?;
        Ok(true)
    }
}

/// A source without what syn cuts off before it counts bytes.
fn parsed(text: &str) -> Option<syn::File> {
    let plain = !text.starts_with(['\u{feff}']) && !text.starts_with("#!/");
    syn::parse_file(text).ok().filter(|_| plain)
}

/// The modules that a source declares, with the bytes of the items.
fn modules(text: &str) -> Option<Vec<(String, std::ops::Range<usize>)>> {
    let of_file = |item: &syn::Item| match item {
        syn::Item::Mod(module) if module.content.is_none() => {
            Some((module.ident.to_string(), module.span().byte_range()))
        }
        _ => None,
    };
    let modules: Vec<_> = parsed(text)?.items.iter().filter_map(of_file).collect();
    let exact = |(name, range): &(String, std::ops::Range<usize>)| {
        text.get(range.clone()).is_some_and(|item| item.ends_with(';') && item.contains(name.as_str()))
    };
    modules.iter().all(exact).then_some(modules)
}

fn with_module(text: &str, module: &str) -> Option<String> {
    let modules = modules(text)?;
    if modules.iter().any(|(name, _)| name == module) {
        return Some(text.to_owned());
    }
    let line = format!("pub mod {module};\n");
    // Where rustfmt would put it among the others.
    if let Some((_, range)) = modules.iter().find(|(name, _)| name.as_str() > module) {
        return Some(inserted(text, line_start(text, range.start), &line));
    }
    if let Some((_, range)) = modules.last() {
        let end = line_end(text, range.end);
        let line = if text[..end].ends_with('\n') { line } else { format!("\n{line}") };
        return Some(inserted(text, end, &line));
    }
    let first = parsed(text)?.items.first()?.span().byte_range().start;
    Some(inserted(text, line_start(text, first), &format!("{line}\n")))
}

fn without_module(text: &str, module: &str) -> Option<String> {
    let modules = modules(text)?;
    let Some((_, range)) = modules.into_iter().find(|(name, _)| name == module) else {
        return Some(text.to_owned());
    };
    let (start, end) = (line_start(text, range.start), line_end(text, range.end));
    // Whatever else stands in its lines is not ours to take.
    let alone = text[start..range.start].trim().is_empty() && text[range.end..end].trim().is_empty();
    alone.then(|| format!("{}{}", &text[..start], &text[end..]))
}

/// What stands in `domain!`.
fn manifest(text: &str) -> Option<TokenStream> {
    let mut found = parsed(text)?.items.into_iter().filter_map(|item| match item {
        syn::Item::Macro(item) if item.mac.path.segments.last()?.ident == "domain" => Some(item.mac.tokens),
        _ => None,
    });
    found.next().filter(|_| found.next().is_none())
}

/// The brackets of a list, if the manifest has it.
fn brackets(tokens: &TokenStream, list: List) -> Option<Group> {
    let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
    tokens.windows(3).find_map(|window| match window {
        [TokenTree::Ident(name), TokenTree::Punct(colon), TokenTree::Group(group)]
            if name == list.as_str() && colon.as_char() == ':' && group.delimiter() == Delimiter::Bracket =>
        {
            Some(group.clone())
        }
        _ => None,
    })
}

/// One entry of a list: its path without blanks, and its bytes.
struct Entry {
    path: String,
    bytes: std::ops::Range<usize>,
}

fn entries(group: &Group) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut open = false;
    for token in group.stream() {
        let bytes = token.span().byte_range();
        match &token {
            TokenTree::Punct(comma) if comma.as_char() == ',' => open = false,
            _ => match entries.last_mut().filter(|_| open) {
                Some(entry) => {
                    entry.path.push_str(&token.to_string());
                    entry.bytes.end = bytes.end;
                }
                None => {
                    entries.push(Entry { path: token.to_string(), bytes });
                    open = true;
                }
            },
        }
    }
    entries
}

fn with_listed(text: &str, list: List, path: &str) -> Option<String> {
    let tokens = manifest(text)?;
    let Some(group) = brackets(&tokens, list) else {
        let last = tokens.into_iter().last()?;
        let separator = if matches!(&last, TokenTree::Punct(end) if end.as_char() == ';') { "" } else { ";" };
        let at = last.span().byte_range().end;
        return Some(inserted(text, at, &format!("{separator} {}: [{path}]", list.as_str())));
    };
    let entries = entries(&group);
    if entries.iter().any(|entry| entry.path == path) {
        return Some(text.to_owned());
    }
    let open = group.span_open().byte_range();
    let close = group.span_close().byte_range();
    if text.get(open.clone()) != Some("[") || text.get(close.clone()) != Some("]") {
        return None;
    }
    let Some(last) = entries.last() else { return Some(inserted(text, open.end, path)) };
    let rest = &text[last.bytes.end..close.start];
    let comma = rest.find(',').filter(|comma| rest[..*comma].trim().is_empty());
    let own_lines = text[open.end..last.bytes.start].contains('\n');
    let start = line_start(text, last.bytes.start);
    let margin = &text[start..last.bytes.start];
    let before = if own_lines && margin.trim().is_empty() { format!("\n{margin}") } else { " ".to_owned() };
    Some(match comma {
        Some(comma) => inserted(text, last.bytes.end + comma + 1, &format!("{before}{path},")),
        None => inserted(text, last.bytes.end, &format!(",{before}{path}")),
    })
}

fn without_listed(text: &str, list: List, module: &str) -> Option<String> {
    let tokens = manifest(text)?;
    let Some(group) = brackets(&tokens, list) else { return Some(text.to_owned()) };
    let entries = entries(&group);
    let of_module = |entry: &Entry| {
        let path = entry.path.trim_start_matches("crate::").trim_start_matches("self::");
        path.split("::").next() == Some(module)
    };
    let close = group.span_close().byte_range().start;
    let mut changed = text.to_owned();
    for (index, entry) in entries.iter().enumerate().rev().filter(|(_, entry)| of_module(entry)) {
        // An entry goes with the comma and the blanks to the next one; the last goes with those from the one before.
        let bytes =
            match (index.checked_sub(1).and_then(|before| entries.get(before)), entries.get(index + 1)) {
                (_, Some(next)) => entry.bytes.start..next.bytes.start,
                (Some(before), None) => before.bytes.end..entry.bytes.end,
                (None, None) => entry.bytes.start..close,
            };
        // A comment between two entries is somebody's, and nobody knows of which.
        if text[bytes.clone()].contains("//") || text[bytes.clone()].contains("/*") {
            return None;
        }
        changed.replace_range(bytes, "");
    }
    Some(changed)
}

fn inserted(text: &str, at: usize, more: &str) -> String {
    format!("{}{more}{}", &text[..at], &text[at..])
}

fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |feed| feed + 1)
}

/// Behind the line feed of the line, if it has one.
fn line_end(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |feed| at + feed + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(changed: Option<String>, expected: &str) {
        assert_eq!(changed.as_deref(), Some(expected));
        assert!(syn::parse_file(expected).is_ok(), "{expected}");
    }

    #[test]
    fn a_module_is_declared_where_rustfmt_would_put_it() {
        check(with_module("//! Größe.\n\nuse a::b;\n", "x"), "//! Größe.\n\npub mod x;\n\nuse a::b;\n");
        check(
            with_module("//! Größe.\n\nmod a; // é\n/// Says more.\npub mod z;\n\nuse b::c;\n", "m"),
            "//! Größe.\n\nmod a; // é\npub mod m;\n/// Says more.\npub mod z;\n\nuse b::c;\n",
        );
        check(
            with_module("mod a;\nmod b; // Last.\nuse c::d;\n", "m"),
            "mod a;\nmod b; // Last.\npub mod m;\nuse c::d;\n",
        );
        check(with_module("mod a;", "m"), "mod a;\npub mod m;\n");
        check(with_module("pub(crate) mod m;\n", "m"), "pub(crate) mod m;\n");
        // A module with a body and one inside another are none of the file's.
        check(with_module("mod a {\n    mod m;\n}\n", "m"), "pub mod m;\n\nmod a {\n    mod m;\n}\n");
    }

    #[test]
    fn a_type_is_listed_behind_the_others_in_their_form() {
        let with = |text: &str| with_listed(text, List::Needs, "m::New");
        check(
            with("domain! { Shop; offers: [A]; needs: [] }"),
            "domain! { Shop; offers: [A]; needs: [m::New] }",
        );
        check(
            with("domain! { Shop; offers: [A]; needs: [ B ] }"),
            "domain! { Shop; offers: [A]; needs: [ B, m::New ] }",
        );
        check(
            with("é::domain! { Shop; needs: [a::B,]; offers: [A] }"),
            "é::domain! { Shop; needs: [a::B, m::New,]; offers: [A] }",
        );
        check(
            with("domain! {\n    Shop;\n    needs: [\n        B, // ß\n        C,\n    ];\n}\n"),
            "domain! {\n    Shop;\n    needs: [\n        B, // ß\n        C,\n        m::New,\n    ];\n}\n",
        );
        check(
            with("domain! {\n    Shop;\n    needs: [\n        B,\n        C\n    ];\n}\n"),
            "domain! {\n    Shop;\n    needs: [\n        B,\n        C,\n        m::New\n    ];\n}\n",
        );
        check(with("domain! { Shop; offers: [A] }"), "domain! { Shop; offers: [A]; needs: [m::New] }");
        check(with("domain! { Shop; offers: [A]; }"), "domain! { Shop; offers: [A]; needs: [m::New] }");
        let listed = "domain! { Shop; offers: [A]; needs: [m :: New] }";
        check(with(listed), listed);
    }

    #[test]
    fn what_a_module_holds_is_withdrawn_with_its_comma() {
        let without = |text: &str| without_listed(text, List::Needs, "m");
        check(without("domain! { S; needs: [m::A] }"), "domain! { S; needs: [] }");
        check(without("domain! { S; needs: [m::A, b::B] }"), "domain! { S; needs: [b::B] }");
        check(without("domain! { S; needs: [b::B, m::A] }"), "domain! { S; needs: [b::B] }");
        check(
            without("domain! { S; needs: [b::B, crate::m::A, c::C,] }"),
            "domain! { S; needs: [b::B, c::C,] }",
        );
        check(
            without("domain! {\n    S;\n    needs: [\n        b::B,\n        m::A,\n    ]\n}"),
            "domain! {\n    S;\n    needs: [\n        b::B,\n    ]\n}",
        );
        check(without("domain! { S; needs: [n::A] }"), "domain! { S; needs: [n::A] }");
        assert_eq!(without("domain! { S; needs: [b::B, /* why */ m::A] }"), None);
    }

    #[test]
    fn a_module_is_forgotten_with_its_line_and_its_comment() {
        check(without_module("mod a;\n/// Reads ß.\npub mod m;\nmod z;\n", "m"), "mod a;\nmod z;\n");
        check(without_module("mod a;\n", "m"), "mod a;\n");
        assert_eq!(without_module("mod a; mod m;\n", "m"), None, "two share a line");
    }

    #[test]
    fn a_source_that_is_not_as_expected_is_left_alone() {
        for text in
            ["fn main( {", "\u{feff}domain! { S; needs: [] }", "#!/usr/bin/env x\ndomain! { S; needs: [] }"]
        {
            assert_eq!(with_module(text, "m"), None, "{text}");
            assert_eq!(with_listed(text, List::Needs, "m::A"), None, "{text}");
        }
        for text in [
            "fn main() {}",
            "domain! { A; needs: [] }\ndomain! { B; needs: [] }",
            "mod x { domain! { A; needs: [] } }",
        ] {
            assert_eq!(with_listed(text, List::Needs, "m::A"), None, "{text}");
        }
    }
}
