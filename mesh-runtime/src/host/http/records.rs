//! The records port: JSON lines, paged by a cursor.

use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_TYPE, HeaderValue, LAST_MODIFIED, LINK, VARY, WWW_AUTHENTICATE,
};
use axum::response::Response;
use bytes::Bytes;
use mesh_contract::Requirement;
use serde_json::{Map, Value};

use super::App;
use super::access::Admitted;
use super::problem::Failure;
use crate::client::headers;
use crate::host::cursor::{self, BadCursor, Form};
use crate::host::mask::Mask;
use crate::host::product::Product;
use crate::host::snapshot::{Page, Sight};

const DEFAULT_LIMIT: usize = 1_000;
const MOST: usize = 10_000;
/// When somebody asks for records before they are loaded.
const RETRY_AFTER_SECONDS: u32 = 2;

/// What a reader asks for, read but not yet held against the product.
#[derive(Debug, Default)]
struct Wanted {
    after: Option<String>,
    limit: Option<usize>,
    version: Option<Requirement>,
    fields: Option<String>,
}

impl Wanted {
    /// A misspelt parameter is refused: ignored, it would answer with what nobody asked for.
    fn read(pairs: Vec<(String, String)>) -> Result<Self, Failure> {
        let mut wanted = Self::default();
        for (name, value) in pairs {
            let repeated = match name.as_str() {
                "after" => wanted.after.replace(value).is_some(),
                "fields" => wanted.fields.replace(value).is_some(),
                "limit" => {
                    let limit = value.parse().ok().filter(|limit| (1..=MOST).contains(limit));
                    let limit = limit.ok_or_else(|| {
                        Failure::bad_parameter(format!("`limit` is a whole number from 1 to {MOST}"))
                    })?;
                    wanted.limit.replace(limit).is_some()
                }
                "version" => {
                    let requirement = value
                        .parse()
                        .map_err(|error| Failure::bad_parameter(format!("`version`: {error}")))?;
                    wanted.version.replace(requirement).is_some()
                }
                _ => {
                    return Err(Failure::bad_parameter(format!(
                        "`{}` is no parameter; there are `after`, `limit`, `version` and `fields`",
                        name.escape_debug()
                    )));
                }
            };
            if repeated {
                return Err(Failure::bad_parameter(format!("`{name}` stands there twice")));
            }
        }
        Ok(wanted)
    }
}

pub(super) async fn records(
    State(app): State<App>,
    Path(name): Path<String>,
    query: Result<Query<Vec<(String, String)>>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let Query(pairs) = query
        .map_err(|_| Failure::bad_parameter("the parameters cannot be read; percent-encode them as UTF-8"))?;
    let wanted = Wanted::read(pairs)?;
    let product = product(&app, &name, wanted.version.as_ref())?;
    let fields = wanted.fields.as_deref().map(|fields| known_fields(product, fields)).transpose()?;
    let admitted = app.gate.admit(&headers, product, fields.as_deref())?;
    let form = match &admitted.sight {
        Sight::Granted(scope) if scope.hides_key() => Form::Sealed,
        _ => Form::Open,
    };
    let after =
        wanted.after.as_deref().map(|text| cursor::read(text, &product.scope, &product.plan.secret, form));
    let after = after.transpose().map_err(|error| {
        Failure::bad_cursor(match error {
            BadCursor::Mangled => format!(
                "`after` is no cursor of `{}`; take it from the `Link` header of the page before, read with the same grant, or leave it out to begin",
                product.contract.address
            ),
            BadCursor::Expired => {
                "the cursor is of a time before the domain restarted; begin again without `after`".to_owned()
            }
        })
    })?;
    let snapshot = product.state.borrow().snapshot.clone().ok_or_else(|| {
        let detail = format!(
            "the source of `{}` has not answered yet; try again in a moment",
            product.contract.address
        );
        Failure::not_loaded(detail, RETRY_AFTER_SECONDS)
    })?;
    let Admitted { sight, challenge, claims } = admitted;
    let limit = wanted.limit.unwrap_or(DEFAULT_LIMIT);
    let page = snapshot.page(after.as_ref(), limit, &sight, &product.plan);
    let mut response = Response::new(Body::empty());
    let head = response.headers_mut();
    if let Some(next) = next(product, &page, &wanted, form) {
        head.insert(LINK, next);
    }
    let masks = match &sight {
        Sight::Clear => &[],
        Sight::Masked => product.plan.mask.as_ref().map(Mask::pointers).unwrap_or_default(),
        Sight::Granted(scope) => scope.masked(),
    };
    let masked = masked(masks, fields.as_deref());
    if !masked.is_empty() {
        put(head, headers::MASKED, &masked);
    }
    if product.plan.mask.is_some() || !app.gate.is_open() {
        head.insert(VARY, HeaderValue::from_static("authorization"));
    }
    if let Some(challenge) = challenge.filter(|_| product.plan.mask.is_some()) {
        head.insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
    }
    let contract = &product.contract;
    put(head, headers::PRODUCT, &format!("{}@{}", contract.address, contract.version));
    put(head, headers::DIGEST, &product.digest.to_string());
    put(head, LAST_MODIFIED.as_str(), &httpdate::fmt_http_date(snapshot.loaded_at));
    head.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-ndjson"));
    head.insert(
        CACHE_CONTROL,
        HeaderValue::from_static(match &sight {
            Sight::Clear | Sight::Granted(_) => "private, no-store",
            Sight::Masked => "no-cache",
        }),
    );
    let lines = match (&fields, &sight) {
        // What a grant shows is narrowed where it is made.
        (Some(fields), Sight::Clear | Sight::Masked) => project(&page.lines, fields)?,
        _ => page.lines,
    };
    if let Some(claims) = &claims {
        app.gate.count(claims, product, fields.as_deref(), true);
    }
    *response.body_mut() = Body::from(lines);
    Ok(response)
}

/// The highest version of a product that satisfies a requirement; a pre-release only when it is asked for, or alone.
fn product<'a>(app: &'a App, name: &str, requirement: Option<&Requirement>) -> Result<&'a Product, Failure> {
    let named: Vec<_> =
        app.products.iter().filter(|product| product.contract.address.product().as_str() == name).collect();
    if named.is_empty() {
        let detail = format!(
            "the domain `{}` serves no product `{}`, but {}",
            app.domain.name,
            name.escape_debug(),
            app.names()
        );
        return Err(Failure::not_found(detail));
    }
    let version = |product: &&&std::sync::Arc<Product>| {
        let version = &product.contract.version;
        (!version.is_prerelease(), version.clone())
    };
    let fits = |product: &&&std::sync::Arc<Product>| {
        requirement.is_none_or(|requirement| requirement.matches(&product.contract.version))
    };
    named.iter().filter(fits).max_by_key(version).map(|product| &***product).ok_or_else(|| {
        let versions: Vec<_> = named.iter().map(|product| product.contract.version.to_string()).collect();
        let wanted = requirement.map(ToString::to_string).unwrap_or_default();
        Failure::not_found(format!("`{name}` is not served at `{wanted}`, but at {}", versions.join(", ")))
    })
}

/// The members to keep; each must be one of the record's.
fn known_fields(product: &Product, list: &str) -> Result<Vec<String>, Failure> {
    let contract = &product.contract;
    let fields = contract.types.get(&contract.root).map(|root| root.fields.as_slice()).unwrap_or_default();
    let names: Vec<_> = fields.iter().map(|field| format!("`{}`", field.name)).collect();
    if names.is_empty() {
        return Err(Failure::bad_parameter(format!(
            "`fields` chooses members of a record, and one of `{}` has none by name; leave it out",
            contract.address
        )));
    }
    let mut wanted: Vec<String> = Vec::new();
    for name in list.split(',').map(str::trim).filter(|name| !name.is_empty()) {
        if !fields.iter().any(|field| field.name == name) {
            return Err(Failure::bad_parameter(format!(
                "`{}` is no field of `{}`; there are {}",
                name.escape_debug(),
                contract.address,
                names.join(", ")
            )));
        }
        wanted.push(name.to_owned());
    }
    if wanted.is_empty() {
        return Err(Failure::bad_parameter(format!("`fields` names none; there are {}", names.join(", "))));
    }
    Ok(wanted)
}

fn project(lines: &Bytes, fields: &[String]) -> Result<Bytes, Failure> {
    let mut projected = Vec::with_capacity(lines.len() / 2);
    for line in lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let mut members: Map<String, Value> = serde_json::from_slice(line)
            .map_err(|_| Failure::broken("a record is no object; leave `fields` out"))?;
        members.retain(|name, _| fields.contains(name));
        projected.extend_from_slice(Value::from(members).to_string().as_bytes());
        projected.push(b'\n');
    }
    Ok(Bytes::from(projected))
}

fn next(product: &Product, page: &Page, wanted: &Wanted, form: Form) -> Option<HeaderValue> {
    let last = page.last.as_ref()?;
    let mut url = product.records.clone();
    url.set_query(None);
    let mut pairs = url.query_pairs_mut();
    let several = product.records.query().is_some();
    let own = several.then(|| Requirement::caret(&product.contract.version));
    if let Some(requirement) = wanted.version.as_ref().or(own.as_ref()) {
        pairs.append_pair("version", &requirement.to_string());
    }
    if let Some(fields) = &wanted.fields {
        pairs.append_pair("fields", fields);
    }
    if let Some(limit) = wanted.limit {
        pairs.append_pair("limit", &limit.to_string());
    }
    pairs.append_pair("after", &cursor::write(last, &product.scope, &product.plan.secret, form));
    drop(pairs);
    HeaderValue::try_from(format!("<{url}>; rel=\"next\"")).ok()
}

/// The pointers in quotes, printable; those alone whose member is asked for.
fn masked(pointers: &[String], fields: Option<&[String]>) -> String {
    let asked_for = |pointer: &&String| {
        let top = pointer.split('/').nth(1).unwrap_or_default().replace("~1", "/").replace("~0", "~");
        fields.is_none_or(|fields| fields.contains(&top))
    };
    let quoted = |pointer: &String| {
        let mut text = String::from("\"");
        for byte in pointer.bytes() {
            match byte {
                b'!' | b'#'..=b'$' | b'&'..=b'~' => text.push(char::from(byte)),
                _ => text.push_str(&format!("%{byte:02X}")),
            }
        }
        text.push('"');
        text
    };
    pointers.iter().filter(asked_for).map(quoted).collect::<Vec<_>>().join(", ")
}

fn put(headers: &mut HeaderMap, name: &str, value: &str) {
    let name = axum::http::HeaderName::try_from(name);
    if let (Ok(name), Ok(value)) = (name, HeaderValue::try_from(value)) {
        headers.insert(name, value);
    }
}
