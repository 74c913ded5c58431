//! What every page must hold, whatever it shows.

use std::collections::BTreeSet;

use mesh_contract::wire::{DomainSummary, Problem, ProductSummary, ServiceSummary};
use mesh_contract::{Contract, PortKind};

use super::fixtures;
use super::page;
use super::view::access::{AccessFacts, AgreementView, AgreementsView};
use super::view::domain::DomainView;
use super::view::home::{DomainCard, DomainListView, HomeView, Recent};
use super::view::product::{ProductFacts, ProductView};
use super::view::search::SearchView;
use crate::store::Counts;

/// A page without its images, style sheet and script weighs at most this much.
const HEAVIEST: usize = 150_000;

fn summary(contract: &Contract) -> ProductSummary {
    ProductSummary {
        address: contract.address.clone(),
        version: contract.version.clone(),
        description: contract.description.clone(),
        kind: contract.kind,
        service: contract.service.name.clone(),
        owner: contract.domain.owner.clone(),
        stability: contract.stability,
        tags: contract.tags.clone(),
        ports: vec![PortKind::Records],
        draft: false,
        deprecated: contract.deprecated.is_some(),
        live: 2,
        consumers: 1,
    }
}

fn domain_summary(contract: &Contract) -> DomainSummary {
    let service = |name: &str, owner: &str, shared_with: &[&str]| ServiceSummary {
        name: name.parse().expect("a name"),
        description: "Bills what was ordered.".to_owned(),
        owner: owner.parse().expect("a name"),
        shared_with: shared_with.iter().map(|name| name.parse().expect("a name")).collect(),
    };
    DomainSummary {
        name: contract.domain.name.clone(),
        description: contract.domain.description.clone(),
        owner: contract.domain.owner.clone(),
        contact: contract.domain.contact.clone(),
        services: vec![
            service("orders", "sales", &[]),
            service("invoicing", "sales", &["accounting"]),
            service("ledger", "accounting", &["sales"]),
        ],
        products: 1,
    }
}

fn home_view(contract: &Contract) -> HomeView {
    HomeView {
        counts: Counts { domains: 2, services: 5, products: 8, live: 1 },
        domains: vec![DomainCard { summary: domain_summary(contract), products: vec![summary(contract)] }],
        recent: vec![Recent {
            address: contract.address.clone(),
            version: contract.version.clone(),
            published_at: "2026-11-22T08:20:31Z".to_owned(),
            draft: true,
        }],
    }
}

fn domain_view(contract: &Contract) -> DomainView {
    let known = ["accounting"].iter().map(|name| name.parse().expect("a name")).collect();
    DomainView::new(
        domain_summary(contract),
        vec![summary(contract)],
        vec![fixtures::deployment(contract, "http://127.0.0.1:4100")],
        known,
    )
}

fn search_view(contract: &Contract, query: &str) -> SearchView {
    SearchView {
        query: query.to_owned(),
        hits: vec![summary(contract)],
        next: Some("x&y".to_owned()),
        ..SearchView::default()
    }
}

fn a_problem(detail: &str) -> Problem {
    Problem {
        kind: "urn:mesh:problem:unknown-product".to_owned(),
        title: "There is no such product".to_owned(),
        status: 404,
        detail: detail.to_owned(),
        pointer: Some("/domain".to_owned()),
        request_id: Some("r1".to_owned()),
        findings: Vec::new(),
    }
}

/// Every page there is, full and empty.
fn pages(contract: &Contract, text: &str) -> Vec<(&'static str, String)> {
    let facts = ProductFacts { contract: contract.clone(), ..fixtures::orders_facts() };
    let bare = ProductFacts {
        consumers: Vec::new(),
        deployments: Vec::new(),
        versions: Vec::new(),
        lineage: fixtures::lineage("sales.orders", &[]),
        access: AccessFacts { agreements: Vec::new(), may_see: false, ..fixtures::access() },
        ..fixtures::orders_facts()
    };
    // What two sides have written to each other.
    let mut agreements = fixtures::access().agreements;
    for AgreementView { agreement, .. } in &mut agreements {
        agreement.purpose = text.to_owned();
        agreement.reason = Some(text.to_owned());
        agreement.asked_by = text.to_owned();
        agreement.asked.rows = Some(text.to_owned());
        agreement.asked.fields = vec![text.to_owned()];
    }
    let others = agreements.split_off(1);
    let inbox = AgreementsView { waiting: agreements, others, next: Some(text.to_owned()) };
    let empty_inbox = AgreementsView { waiting: Vec::new(), others: Vec::new(), next: None };
    vec![
        ("agreements", page::agreements(&inbox).into_string()),
        ("empty agreements", page::agreements(&empty_inbox).into_string()),
        ("home", page::home(&home_view(contract)).into_string()),
        ("empty home", page::home(&HomeView::default()).into_string()),
        (
            "domains",
            page::domains(&DomainListView {
                domains: vec![domain_summary(contract)],
                next: Some("sales".to_owned()),
            })
            .into_string(),
        ),
        ("search", page::search(&search_view(contract, text)).into_string()),
        (
            "empty search",
            page::search(&SearchView { query: text.to_owned(), ..SearchView::default() }).into_string(),
        ),
        ("domain", page::domain(&domain_view(contract)).into_string()),
        ("product", page::product(&ProductView::new(facts)).into_string()),
        ("bare product", page::product(&ProductView::new(bare)).into_string()),
        ("problem", page::problem(&a_problem(text)).into_string()),
    ]
}

/// A contract in which every text that an author can choose is hostile.
fn hostile(attack: &str) -> Contract {
    let mut contract = fixtures::contract("sales.orders@1.2.0");
    contract.description = attack.to_owned();
    contract.purpose = Some(attack.to_owned());
    contract.terms = Some(attack.to_owned());
    contract.tags = vec![attack.to_owned()];
    contract.domain.description = attack.to_owned();
    contract.domain.owner = attack.to_owned();
    contract.domain.contact = Some(attack.to_owned());
    contract.service.description = attack.to_owned();
    let date = "2027-03-31".parse().expect("a day");
    contract.deprecated = Some(mesh_contract::contract::Deprecation { date, successor: None });
    contract.ports[0].options.insert(attack.to_owned(), attack.to_owned());
    contract.examples.push(serde_json::json!({ attack: attack }));
    let root = contract.types.remove("Order").expect("the root");
    contract.types.insert(attack.to_owned(), root);
    contract.root = attack.to_owned();
    for meaning in contract.types.values_mut() {
        meaning.description = attack.to_owned();
        for field in &mut meaning.fields {
            field.description = attack.to_owned();
            field.unit = Some(attack.to_owned());
            field.term = Some(attack.to_owned());
            field.deprecated = Some(attack.to_owned());
            field.references = Some(attack.to_owned());
            field.min = Some(attack.to_owned());
            field.examples = vec![attack.into()];
        }
        for variant in &mut meaning.variants {
            variant.name = attack.to_owned();
            variant.description = attack.to_owned();
        }
        if let Some(field) = meaning.fields.first_mut() {
            field.name = attack.to_owned();
        }
    }
    contract.schemas.emits["properties"]["email"]["pattern"] = attack.into();
    contract
}

/// The elements of a page with the names of their attributes, and where links lead if not to a page of ours. Marks of a
/// search are left out: they depend on the text by intent.
fn skeleton(html: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let mut quoted = false;
        let end = rest[at..].find(|c| {
            quoted ^= c == '"';
            c == '>' && !quoted
        });
        let end = at + end.expect("every element ends");
        let tag = &rest[at + 1..end];
        rest = &rest[end + 1..];
        let outside: String = tag.split('"').step_by(2).collect::<Vec<_>>().join("\"\"");
        if outside != "mark" && outside != "/mark" {
            found.push(outside);
        }
        let link = tag.split(" href=\"").nth(1).and_then(|link| link.split('"').next());
        found.extend(link.filter(|link| !link.starts_with(['/', '#'])).map(str::to_owned));
    }
    found
}

#[test]
fn hostile_text_stays_text() {
    let harmless = pages(&hostile("harmless"), "harmless");
    for attack in [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "'/onmouseover='alert(1)",
        "javascript:alert(1)",
        "</title><svg/onload=alert(1)>",
        "x\" autofocus onfocus=\"alert(1)",
        "{{7*7}} ${7*7} &lt;b&gt; --> ]]>",
        "\u{202e}gnp.exe\u{0}\u{1f}",
    ] {
        for ((name, html), (_, expected)) in pages(&hostile(attack), attack).iter().zip(&harmless) {
            assert_eq!(skeleton(html), skeleton(expected), "{name} is bent by {attack}");
        }
    }
}

#[test]
fn no_element_repeats_an_attribute() {
    for (name, html) in pages(&fixtures::contract("sales.orders@1.2.0"), "orders") {
        for element in skeleton(&html) {
            let mut seen = BTreeSet::new();
            for attribute in element.split_whitespace().skip(1).filter_map(|part| part.strip_suffix("=\"\""))
            {
                assert!(seen.insert(attribute), "{name} has an element with two of {attribute}: {element}");
            }
        }
    }
}

#[test]
fn no_page_has_an_inline_script_or_style() {
    for (name, html) in pages(&fixtures::contract("sales.orders@1.2.0"), "orders") {
        assert!(!html.contains(" style="), "{name} has an inline style");
        assert!(!html.contains("<style"), "{name} has an inline style sheet");
        for script in html.split("<script").skip(1) {
            assert!(script.starts_with(" src=\"/assets/"), "{name} has an inline script");
        }
    }
}

#[test]
fn every_page_has_its_frame() {
    for (name, html) in pages(&fixtures::contract("sales.orders@1.2.0"), "orders") {
        for part in [
            "<title>",
            "lang=\"en\"",
            "class=\"skip\" href=\"#main\"",
            "id=\"main\"",
            "<h1",
            "role=\"search\"",
        ] {
            assert!(html.contains(part), "{name} lacks {part}");
        }
        assert_eq!(html.matches("<h1").count(), 1, "{name} has one heading of the first rank");
    }
}

#[test]
fn ids_are_unique_and_links_within_a_page_lead_somewhere() {
    for (name, html) in pages(&fixtures::contract("sales.orders@1.2.0"), "orders") {
        let mut ids = BTreeSet::new();
        for id in html.split(" id=\"").skip(1).map(|rest| rest.split('"').next().unwrap_or_default()) {
            assert!(ids.insert(id), "{name} repeats the id {id}");
        }
        for target in html.split("href=\"#").skip(1).map(|rest| rest.split('"').next().unwrap_or_default()) {
            assert!(ids.contains(target), "{name} links to #{target}, which it does not have");
        }
    }
}

#[test]
fn no_page_is_heavy() {
    for (name, html) in pages(&fixtures::contract("sales.orders@1.2.0"), "orders") {
        assert!(html.len() < HEAVIEST / 2, "{name} weighs {} bytes", html.len());
    }
    let files = super::assets::style().bytes.len() + super::assets::script().bytes.len();
    assert!(files < HEAVIEST / 3, "style and script weigh {files} bytes");
}

/// A contract with so many fields that say a usual amount of themselves.
fn wide(fields: usize) -> Contract {
    let mut contract = fixtures::contract("sales.orders@1.2.0");
    let root = contract.types.get_mut("Order").expect("the root");
    let model = root.field("total").expect("a field").clone();
    let schema = contract.schemas.emits["properties"]["total"].clone();
    for number in 0..fields {
        let mut field = model.clone();
        field.name = format!("a_field_of_many_{number}");
        contract.schemas.emits["properties"][&field.name] = schema.clone();
        root.fields.push(field);
    }
    contract
}

#[test]
fn a_page_stays_light_in_a_large_mesh() {
    let contract = wide(100);
    let fields: Vec<String> = (0..12).map(|number| format!("/a_field_of_many_{number}")).collect();
    let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
    let names: Vec<String> = (0..400).map(|number| format!("domain-{number}.a-product-of-theirs")).collect();
    let edges: Vec<(&str, &str)> = names.iter().map(|name| ("sales.orders", name.as_str())).collect();
    let facts = ProductFacts {
        versions: vec![fixtures::version(&contract, false); 400],
        consumers: names
            .iter()
            .take(20)
            .map(|name| fixtures::reader(name, "sales.orders", &fields))
            .collect(),
        more_consumers: true,
        deployments: vec![fixtures::deployment(&contract, "http://127.0.0.1:4100"); 20],
        lineage: fixtures::lineage("sales.orders", &edges),
        contract,
        ..fixtures::orders_facts()
    };
    let product = page::product(&ProductView::new(facts)).into_string();
    assert!(product.len() < HEAVIEST, "a product's page weighs {} bytes", product.len());

    let mut long = fixtures::contract("sales.orders@1.2.0");
    long.description = "A description that does not come to its end. ".repeat(500);
    long.domain.description = long.description.clone();
    let mut home = home_view(&long);
    let card = || DomainCard { summary: domain_summary(&long), products: vec![summary(&long); 4] };
    home.domains = std::iter::repeat_with(card).take(12).collect();
    let home = page::home(&home).into_string();
    assert!(home.len() < HEAVIEST / 2, "the home page weighs {} bytes", home.len());
    let search =
        SearchView { hits: vec![summary(&long); 50], query: "come end".to_owned(), ..SearchView::default() };
    let search = page::search(&search).into_string();
    assert!(search.len() < HEAVIEST, "a search weighs {} bytes", search.len());
}

#[test]
fn no_page_shows_a_person() {
    for (name, html) in pages(&fixtures::contract("sales.orders@1.2.0"), "orders") {
        for person in ["luis@embraer", "leonekohler", "Theodor-Heuss"] {
            assert!(!html.contains(person), "{name} shows {person}");
        }
    }
}

#[test]
fn a_product_page_says_what_a_reader_must_know() {
    let html = page::product(&fixtures::orders()).into_string();
    for said in [
        "One record for each customer order",
        "Order number, unique over all channels.",
        "decimal(18, 2)",
        "0 to 99999.99",
        "personal: email",
        "may be absent or null",
        "href=\"#type-OrderLine\"",
        "any other",
        "mailto:sales-data@chinook.example",
        "within 15m",
        "99.9%",
        "curl &#39;http://127.0.0.1:4100/products/sales.orders/records?limit=5&#39;",
        "mesh add sales.orders@^1.2",
        "price-page",
        "412 records",
        "href=\"/products/sales.invoices#lineage\"",
        "/api/v1/products/sales.orders/versions/1.2.0",
        "topic = sales.orders.v1",
    ] {
        let said_plain = said.replace("&#39;", "'");
        assert!(html.contains(said) || html.contains(&said_plain), "it does not say {said}");
    }
}

#[test]
fn a_draft_and_a_deprecated_version_say_so_first() {
    let draft = fixtures::contract("sales.orders@2.0.0-draft.1");
    let html = page::product(&ProductView::new(ProductFacts { contract: draft, ..fixtures::orders_facts() }))
        .into_string();
    assert!(html.contains("A draft."));
    assert!(html.contains("The newest released version is "));

    let mut catalogue = fixtures::contract("sales.catalogue@1.4.0");
    let facts = ProductFacts { contract: catalogue.clone(), ..fixtures::orders_facts() };
    let html = page::product(&ProductView::new(facts)).into_string();
    assert!(html.contains("It may be gone from 31 Mar 2027 on."));
    assert!(html.contains("<code>sales.products</code>"), "a successor without a page is no link");
    catalogue.deprecated.as_mut().expect("deprecated").successor =
        Some("sales.orders".parse().expect("an address"));
    let facts = ProductFacts { contract: catalogue, ..fixtures::orders_facts() };
    let html = page::product(&ProductView::new(facts)).into_string();
    assert!(html.contains("<a href=\"/products/sales.orders\">sales.orders</a>"));
}

#[test]
fn a_service_of_another_domain_is_marked_and_its_owner_linked() {
    let html = page::domain(&domain_view(&fixtures::contract("sales.orders@1.2.0"))).into_string();
    assert!(html.contains("Owned by <a href=\"/domains/accounting\">accounting</a>"));
    assert!(html.contains("With <a href=\"/domains/accounting\">accounting</a>"));
}

#[test]
fn an_empty_place_says_what_to_type() {
    let home = page::home(&HomeView::default()).into_string();
    assert!(home.contains("mesh demo") && home.contains("mesh publish"));
    let search = page::search(&SearchView::default()).into_string();
    assert!(search.contains("mesh publish"));
    let missed =
        page::search(&SearchView { query: "zebra".to_owned(), ..SearchView::default() }).into_string();
    assert!(missed.contains("No product matches “zebra”."));
}

#[test]
fn files_are_found_under_their_digest_alone() {
    let style = super::assets::style();
    assert!(super::assets::at(&style.url).is_some());
    assert!(super::assets::at("/assets/000000000000/mesh.css").is_none());
}
