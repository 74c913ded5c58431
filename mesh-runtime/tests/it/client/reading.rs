//! Reading a real host: everything that fits arrives, and what does not is told of.

use mesh_runtime::client::{ClientError, Origin, Token};
use mesh_runtime::model::{Address, Requirement};
use mesh_runtime::prelude::*;
use serde_json::{Value, json};

use super::{CountedSale, client, config, sold};
use crate::host::people::{members, open as open_club};
use crate::host::shop::{Stock, open, sale};
use crate::host::{config as host_config, soon};

#[tokio::test]
async fn a_typed_reader_gets_every_record_over_all_pages() {
    let host = open(&Stock::of((0..25).map(sale).collect()), host_config()).await;
    for page in [1, 10, 25, 1_000] {
        let mut config = config();
        config.page_records = page;
        let product = client(config).product_at::<CountedSale>(host.base_url()).await.unwrap();
        assert_eq!(product.resolved().origin, Origin::Host);
        let read = soon("reading", product.read_all()).await.unwrap();
        assert_eq!(read.records, (0..25).map(sold).collect::<Vec<_>>(), "pages of {page}");
        assert_eq!((read.rejected.len(), read.version.to_string()), (0, "1.2.0".to_owned()));
    }
}

#[tokio::test]
async fn an_untyped_reader_gets_the_json_as_it_is() {
    let host = open(&Stock::of(vec![sale(1)]), host_config()).await;
    let (address, requirement): (Address, Requirement) =
        ("shop.sales".parse().unwrap(), "^1".parse().unwrap());
    let product = client(config()).values_at(host.base_url(), &address, &requirement).await.unwrap();
    let read = soon("reading", product.read_all()).await.unwrap();
    assert_eq!(read.records, [json!({ "number": 1, "article": "soap", "labels": {} })] as [Value; 1]);
}

#[tokio::test]
async fn a_host_that_does_not_serve_what_is_read_says_what_it_serves() {
    let host = open(&Stock::of(vec![]), host_config()).await;
    let requirement = "^2".parse().unwrap();
    let error = client(config())
        .values_at(host.base_url(), &"shop.sales".parse().unwrap(), &requirement)
        .await
        .unwrap_err();
    assert!(
        matches!(&error, ClientError::WrongProduct { found, .. } if found == "shop.sales@1.2.0"),
        "{error}"
    );
}

#[tokio::test]
async fn a_source_that_is_not_loaded_yet_is_waited_for_and_then_told_of() {
    use mesh_runtime::host::Host;
    let host = Host::new(crate::host::shop::manifest())
        .records(|_| std::future::pending::<Result<Vec<crate::host::shop::Sale>, _>>());
    let host = host.start(host_config()).await.unwrap();
    let product = client(super::config()).product_at::<CountedSale>(host.base_url()).await.unwrap();
    // The host asks for two seconds between tries.
    let error = soon("giving up", product.read_all()).await.unwrap_err();
    assert_eq!(error.problem().unwrap().kind, "urn:mesh:problem:not-loaded");
    assert!(error.is_transient());
}

/// A reader's view of the club's members.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Consumes)]
#[consumes(product = "club.members", version = "^1", purpose = "greeting")]
struct Greeted {
    /// The member's number.
    number: u64,
    /// The name.
    name: String,
    /// The name that friends use.
    nickname: Option<String>,
}

#[tokio::test]
async fn personal_data_comes_with_the_domains_token_and_masked_without() {
    let mut host_config = host_config();
    host_config.token = Some(Token::new("let-me-see"));
    let host = open_club(members(), host_config).await;
    for (token, name, nickname) in [
        (Some("let-me-see"), "secret name", Some("secret nick")),
        (Some("wrong"), "***", None),
        (None, "***", None),
    ] {
        let mut config = config();
        config.tokens.extend(token.map(|token| ("club".parse().unwrap(), Token::new(token))));
        let read =
            client(config).product_at::<Greeted>(host.base_url()).await.unwrap().read_all().await.unwrap();
        let nickname = nickname.map(str::to_owned);
        assert_eq!(read.records, [Greeted { number: 1, name: name.to_owned(), nickname: nickname.clone() }]);
        assert_eq!(read.masked.contains(&"/name".to_owned()), nickname.is_none());
    }
}

#[tokio::test]
async fn a_token_goes_to_its_own_domain_alone() {
    let host = super::fake_domain::FakeDomain::of_lines("").await;
    let mut config = config();
    config.tokens.insert("club".parse().unwrap(), Token::new("of the club"));
    let product = client(config).product_at::<CountedSale>(&host.url()).await.unwrap();
    product.read_all().await.unwrap();
    assert!(host.requests().iter().all(|request| request.authorization.is_none()), "{:?}", host.requests());
}
