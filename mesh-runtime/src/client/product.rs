//! Reads the records of a product, page by page, and keeps apart what does not fit.

use std::collections::HashSet;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use bytes::Bytes;
use mesh_contract::{Address, ContractVersion};
use reqwest::Url;
use reqwest::header::{HeaderMap, LINK};

use super::credentials::Credentials;
use super::decode::{Decoder, Rejected};
use super::http::{Answer, Ask, Http};
use super::resolve::Resolved;
use super::{ClientConfig, ClientError, Peer, Token, headers};

/// More empty pages than this in a row are no way to anything.
const MOST_EMPTY_PAGES: u32 = 100;

/// A product that was found, being read.
///
/// ```no_run
/// # async fn example<BillableOrder: mesh_runtime::Consumes>(
/// #     client: mesh_runtime::client::Client,
/// # ) -> Result<(), mesh_runtime::client::ClientError> {
/// let mut orders = client.product::<BillableOrder>().await?;
/// while let Some(order) = orders.next().await? {
///     match order {
///         Ok(order) => { /* bill it */ }
///         Err(rejected) => eprintln!("{rejected}"),
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Product<T> {
    http: Http,
    resolved: Resolved,
    credentials: Credentials,
    decoder: Decoder<T>,
    limit: u32,
    progress: Progress,
    seen: HashSet<u64>,
    empty_pages: u32,
    page: Lines,
    line: u64,
    version: ContractVersion,
    masked: Vec<String>,
}

/// How far the pages were read.
#[derive(Debug)]
enum Progress {
    /// No page yet.
    Start,
    /// Some pages; this one is next.
    Next(Url),
    /// Some pages, and the way on from this one makes no sense.
    Astray { url: Url, how: &'static str },
    /// All of them.
    End,
}

/// Everything that a product holds, as one reader sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct Read<T> {
    /// What was read.
    pub address: Address,
    /// At which version.
    pub version: ContractVersion,
    /// The records that fit.
    pub records: Vec<T>,
    /// The lines that do not.
    pub rejected: Vec<Rejected>,
    /// The pointers under which the domain masked personal data.
    pub masked: Vec<String>,
}

impl<T> Product<T> {
    pub(crate) fn new(
        http: Http,
        config: &ClientConfig,
        resolved: Resolved,
        credentials: Credentials,
        decoder: Decoder<T>,
    ) -> Self {
        let version = resolved.version.clone();
        Self {
            http,
            resolved,
            credentials,
            decoder,
            limit: config.page_records,
            progress: Progress::Start,
            seen: HashSet::new(),
            empty_pages: 0,
            page: Lines::default(),
            line: 0,
            version,
            masked: Vec::new(),
        }
    }

    /// Where the product was found, and who told.
    pub fn resolved(&self) -> &Resolved {
        &self.resolved
    }

    /// The version that is read: the one found, until the first page tells the one served.
    pub fn version(&self) -> &ContractVersion {
        &self.version
    }

    /// The pointers under which the domain masked personal data in the pages so far.
    pub fn masked(&self) -> &[String] {
        &self.masked
    }

    /// The next record, or the next line that is none; nothing at the end.
    ///
    /// A page is handed out only when all of it is here, so a connection that breaks is mended by reading the page again,
    /// and no record comes twice.
    ///
    /// # Errors
    /// When the domain does not answer, not even after some tries, or its pages make no sense. Calling again goes on from
    /// the same page.
    pub async fn next(&mut self) -> Result<Option<Result<T, Rejected>>, ClientError> {
        loop {
            while let Some(line) = self.page.next() {
                self.line += 1;
                if line.trim_ascii().is_empty() {
                    continue;
                }
                let decoded = self.decoder.decode(&line);
                return Ok(Some(decoded.map_err(|faults| Rejected { line: self.line, faults })));
            }
            if matches!(self.progress, Progress::End) {
                return Ok(None);
            }
            self.turn().await?;
        }
    }

    /// Reads all that is left.
    ///
    /// # Errors
    /// As [`Product::next`].
    pub async fn read_all(mut self) -> Result<Read<T>, ClientError> {
        let (mut records, mut rejected) = (Vec::new(), Vec::new());
        while let Some(record) = self.next().await? {
            match record {
                Ok(record) => records.push(record),
                Err(line) => rejected.push(line),
            }
        }
        let Self { resolved, version, masked, .. } = self;
        Ok(Read { address: resolved.address, version, records, rejected, masked })
    }

    /// Gets the next page.
    async fn turn(&mut self) -> Result<(), ClientError> {
        let answer = match &self.progress {
            Progress::Start => self.first().await?,
            Progress::Next(url) => self.get(url.clone()).await?,
            Progress::Astray { url, how } => {
                return Err(ClientError::BadPaging { url: url.clone(), how, lines: self.line });
            }
            Progress::End => return Ok(()),
        };
        self.check_product(&answer)?;
        for pointer in masked(&answer.headers) {
            if !self.masked.contains(&pointer) {
                self.masked.push(pointer);
            }
        }
        self.progress = match self.next_page(&answer) {
            Ok(Some(next)) => Progress::Next(next),
            Ok(None) => Progress::End,
            // The records of this page are good; the error comes after them.
            Err(how) => Progress::Astray { url: answer.url, how },
        };
        self.page = Lines(answer.body);
        Ok(())
    }

    /// The first page, from the first instance that answers. Later pages stay with it.
    async fn first(&self) -> Result<Answer, ClientError> {
        let mut last = None;
        for endpoint in &self.resolved.endpoints {
            let mut url = endpoint.records.clone();
            url.query_pairs_mut().append_pair("limit", &self.limit.to_string());
            match self.get(url).await {
                Err(error) if error.is_absent() => last = Some(error),
                answer => return answer,
            }
        }
        Err(last.unwrap_or(ClientError::NoRegistry))
    }

    async fn get(&self, url: Url) -> Result<Answer, ClientError> {
        let shown = self.credentials.shown().await;
        let answer = self.get_with(url.clone(), shown.as_ref()).await;
        let Err(refused) = &answer else { return answer };
        match self.credentials.instead(refused, shown.as_ref()).await {
            Some(instead) => self.get_with(url, Some(&instead)).await,
            None => answer,
        }
    }

    async fn get_with(&self, url: Url, token: Option<&Token>) -> Result<Answer, ClientError> {
        let ask = Ask { accept: "application/x-ndjson", ..Ask::get(Peer::Domain, url) };
        self.http.send(&ask.with_token(token)).await
    }

    /// An address may have come to another process since it was announced. A host that is not ours does not say what it
    /// serves, and is taken at its word.
    fn check_product(&mut self, answer: &Answer) -> Result<(), ClientError> {
        let Some(found) = text(&answer.headers, headers::PRODUCT) else { return Ok(()) };
        let Resolved { address, requirement, .. } = &self.resolved;
        let parsed = found.split_once('@').and_then(|(address, version)| {
            Some((address.parse::<Address>().ok()?, version.parse::<ContractVersion>().ok()?))
        });
        match parsed {
            Some((served, version)) if served == *address && requirement.matches(&version) => {
                self.version = version;
                Ok(())
            }
            _ => Err(ClientError::WrongProduct {
                url: answer.url.clone(),
                address: address.clone(),
                requirement: requirement.clone(),
                found: found.escape_debug().to_string(),
            }),
        }
    }

    fn next_page(&mut self, answer: &Answer) -> Result<Option<Url>, &'static str> {
        self.seen.insert(hash(&answer.url));
        let links = answer.headers.get_all(LINK).iter().filter_map(|value| value.to_str().ok());
        let Some(target) = links.filter_map(next_link).next() else { return Ok(None) };
        let url = answer.url.join(target).map_err(|_| "name a next page that is no address")?;
        if url.origin() != answer.url.origin() {
            return Err(
                "lead to another host (MESH_BASE_URL of the domain must be the address that readers use)",
            );
        }
        if !self.seen.insert(hash(&url)) {
            return Err("go in circles");
        }
        self.empty_pages = if answer.body.trim_ascii().is_empty() { self.empty_pages + 1 } else { 0 };
        if self.empty_pages > MOST_EMPTY_PAGES {
            return Err("go on and hold nothing");
        }
        Ok(Some(url))
    }
}

fn hash(url: &Url) -> u64 {
    let mut hasher = DefaultHasher::new();
    url.as_str().hash(&mut hasher);
    hasher.finish()
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

/// The target of the link whose relation is `next` (RFC 8288).
fn next_link(header: &str) -> Option<&str> {
    let mut rest = header;
    while let Some((_, after)) = rest.split_once('<') {
        let (target, after) = after.split_once('>')?;
        let end = after.find('<').unwrap_or(after.len());
        let is_next = after[..end].split(';').any(|parameter| {
            parameter.trim().trim_end_matches(',').split_once('=').is_some_and(|(name, value)| {
                let relations = value.trim().trim_matches('"');
                name.trim().eq_ignore_ascii_case("rel")
                    && relations
                        .split_ascii_whitespace()
                        .any(|relation| relation.eq_ignore_ascii_case("next"))
            })
        });
        if is_next {
            return Some(target);
        }
        rest = &after[end..];
    }
    None
}

fn masked(headers: &HeaderMap) -> Vec<String> {
    let Some(list) = text(headers, headers::MASKED) else { return Vec::new() };
    list.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The lines of a page that are not handed out yet.
#[derive(Debug, Default)]
struct Lines(Bytes);

impl Iterator for Lines {
    type Item = Bytes;

    fn next(&mut self) -> Option<Bytes> {
        if self.0.is_empty() {
            return None;
        }
        let end = self.0.iter().position(|byte| *byte == b'\n').map_or(self.0.len(), |newline| newline + 1);
        let line = self.0.split_to(end);
        Some(line.slice(..line.len() - usize::from(line.ends_with(b"\n"))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_is_found_in_every_form_of_the_header() {
        for header in [
            "<?after=x>; rel=\"next\"",
            "<?after=x>;rel=next",
            "<http://other>; rel=\"self\", <?after=x>; title=\"a\"; rel=\"prev next\"",
            "<?after=x>; REL=\"NEXT\", <y>; rel=first",
        ] {
            assert_eq!(next_link(header), Some("?after=x"), "{header}");
        }
        for header in ["", "<?after=x>; rel=\"prev\"", "<?after=x; rel=next", "?after=x; rel=next"] {
            assert_eq!(next_link(header), None, "{header}");
        }
    }

    #[test]
    fn a_page_falls_into_lines_whether_or_not_the_last_one_ends() {
        let lines = |text: &'static str| Lines(Bytes::from_static(text.as_bytes())).collect::<Vec<_>>();
        assert_eq!(lines("a\nb\n"), ["a", "b"]);
        assert_eq!(lines("a\n\nb"), ["a", "", "b"]);
        assert!(lines("").is_empty());
    }
}
