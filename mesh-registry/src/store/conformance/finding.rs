//! Finding products: pages, filters, words, domains and counts.

use super::*;

/// A promise; see its name.
pub async fn products_come_in_pages_by_address(store: Arc<dyn Store>, _: Arc<ManualClock>) {
    for name in ["b.x", "a.y", "a-b.c", "a.b", "c.z"] {
        done(store.commit(&tenant(), sample_commit(name, "1.0.0", 0, name)).await);
    }
    let mut seen = Vec::new();
    let mut after = None;
    loop {
        let order = ProductOrder::Address { after: after.clone() };
        let page = done(store.products(&tenant(), &ProductQuery { order, limit: 2, ..all() }).await);
        after = page.last().map(|product| product.address.clone());
        seen.extend(addresses(&page));
        if page.len() < 2 {
            break;
        }
    }
    let mut sorted = seen.clone();
    sorted.sort();
    assert_eq!(seen.len(), 5);
    assert_eq!(seen, sorted);
}

/// A promise; see its name.
pub async fn products_are_filtered_by_domain_and_kind(store: Arc<dyn Store>, _: Arc<ManualClock>) {
    done(store.commit(&tenant(), sample_commit("sales.orders", "1.0.0", 0, "1")).await);
    let aggregate =
        with_head(sample_commit("sales.totals", "1.0.0", 0, "2"), |head| head.kind = ProductKind::Aggregate);
    done(store.commit(&tenant(), aggregate).await);
    done(store.commit(&tenant(), sample_commit("stock.levels", "1.0.0", 0, "3")).await);
    let sales: Option<DomainName> = Some(parse("sales"));
    let found = done(store.products(&tenant(), &ProductQuery { domain: sales.clone(), ..all() }).await);
    assert_eq!(addresses(&found), ["sales.orders", "sales.totals"]);
    let kind = Some(ProductKind::Aggregate);
    let found = done(store.products(&tenant(), &ProductQuery { domain: sales.clone(), kind, ..all() }).await);
    assert_eq!(addresses(&found), ["sales.totals"]);
    let order = ProductOrder::Relevance { words: vec!["sample".to_owned()], skip: 0 };
    let found = done(store.products(&tenant(), &ProductQuery { domain: sales, kind, order, ..all() }).await);
    assert_eq!(addresses(&found), ["sales.totals"]);
    let only = ProductQuery { address: Some(parse("stock.levels")), ..all() };
    assert_eq!(addresses(&done(store.products(&tenant(), &only).await)), ["stock.levels"]);
}

/// A promise; see its name.
pub async fn every_word_must_begin_some_word_of_a_product(store: Arc<dyn Store>, _: Arc<ManualClock>) {
    let wanted = with_head(sample_commit("sales.orders", "1.0.0", 0, "1"), |head| {
        head.description = "Bestellungen für Kunden, überall.".to_owned();
        head.fields = "order_id\ncustomerEmail\nWhere it was sent.".to_owned();
        head.tags = vec!["checkout".to_owned()];
    });
    done(store.commit(&tenant(), wanted).await);
    done(store.commit(&tenant(), sample_commit("stock.levels", "1.0.0", 0, "2")).await);
    for words in [
        &["orders"][..],
        &["ord"],
        &["or"],
        &["BESTELL"],
        &["uberall"],
        &["kund"],
        &["customere"],
        &["check"],
        &["sales", "order", "sent"],
        &["example", "com", "sales"],
        &["id"],
    ] {
        assert_eq!(search(&store, words).await, ["sales.orders"], "{words:?}");
    }
    for words in [&["orders", "levels"][..], &["rders"], &["nothing"]] {
        assert!(search(&store, words).await.is_empty(), "{words:?}");
    }
}

/// A promise; see its name.
pub async fn a_word_of_the_address_weighs_more_than_one_of_a_field(
    store: Arc<dyn Store>,
    _: Arc<ManualClock>,
) {
    let by_field =
        with_head(sample_commit("stock.levels", "1.0.0", 0, "1"), |head| head.fields = "invoice".to_owned());
    done(store.commit(&tenant(), by_field).await);
    done(store.commit(&tenant(), sample_commit("sales.invoice", "1.0.0", 0, "2")).await);
    let by_tag = with_head(sample_commit("sales.other", "1.0.0", 0, "3"), |head| {
        head.tags = vec!["invoice".to_owned()]
    });
    done(store.commit(&tenant(), by_tag).await);
    assert_eq!(search(&store, &["invoice"]).await, ["sales.invoice", "sales.other", "stock.levels"]);
}

/// A promise; see its name.
pub async fn search_forgets_what_a_product_no_longer_says(store: Arc<dyn Store>, _: Arc<ManualClock>) {
    let says = |version, revision, text: &str| {
        with_head(sample_commit("sales.orders", version, revision, text), |head| {
            head.description = text.to_owned()
        })
    };
    done(store.commit(&tenant(), says("1.0.0", 0, "apples")).await);
    done(store.commit(&tenant(), says("1.1.0", 1, "pears")).await);
    assert!(search(&store, &["apples"]).await.is_empty());
    assert_eq!(search(&store, &["pears"]).await, ["sales.orders"]);
}

/// A promise; see its name.
pub async fn what_looks_like_syntax_is_only_letters(store: Arc<dyn Store>, _: Arc<ManualClock>) {
    done(store.commit(&tenant(), sample_commit("sales.orders", "1.0.0", 0, "1")).await);
    for word in [
        "\"",
        "*",
        "NEAR(",
        "AND",
        "OR",
        "NOT",
        "address:",
        "^",
        "-",
        "a\"b",
        "{x}",
        "'; DROP TABLE product; --",
        "%",
        "_",
        "日本",
        "\u{0}",
        "(",
        "+",
        "\u{202e}",
        "🦀",
    ] {
        search(&store, &[word]).await;
        search(&store, &[word, word, "orders"]).await;
    }
    assert_eq!(search(&store, &["orders"]).await, ["sales.orders"]);
}

/// A promise; see its name.
pub async fn domains_tell_their_services_and_those_shared_with_them(
    store: Arc<dyn Store>,
    _: Arc<ManualClock>,
) {
    let service = |name: &str, shared: &[&str]| ServiceRecord {
        name: parse(name),
        description: format!("Does {name}."),
        owner: parse("sales"),
        shared_with: shared.iter().map(|name| parse(name)).collect(),
    };
    let invoicing = service("invoicing", &["accounting"]);
    let shared = with_head(sample_commit("sales.invoices", "1.0.0", 0, "1"), |head| {
        head.domain.services = vec![invoicing.clone()];
    });
    done(store.commit(&tenant(), shared).await);
    done(store.commit(&tenant(), sample_commit("accounting.ledger", "1.0.0", 0, "2")).await);
    let query = DomainQuery { limit: 10, ..DomainQuery::default() };
    let domains = done(store.domains(&tenant(), &query).await);
    let names: Vec<_> = domains.iter().map(|domain| domain.name.as_str()).collect();
    assert_eq!(names, ["accounting", "sales"]);
    assert!(domains[0].services.contains(&invoicing), "a service is told of where it is shared");
    assert_eq!((domains[0].services.len(), domains[1].services.len(), domains[1].products), (2, 1, 1));

    // The product moves to another service, and the one it leaves has nothing to tell of any more.
    let moved = with_head(sample_commit("sales.invoices", "1.1.0", 1, "3"), |head| {
        head.domain.services = vec![service("billing", &[])];
        head.domain.description = "Told anew.".to_owned();
    });
    done(store.commit(&tenant(), moved).await);
    let only = DomainQuery { name: Some(parse("sales")), after: None, limit: 1 };
    let sales = done(store.domains(&tenant(), &only).await);
    assert_eq!(sales[0].services.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["billing"]);
    assert_eq!(sales[0].description, "Told anew.");
    let behind = DomainQuery { name: None, after: Some(parse("accounting")), limit: 10 };
    assert_eq!(done(store.domains(&tenant(), &behind).await).len(), 1);
}

/// A promise; see its name.
pub async fn what_there_is_is_counted(store: Arc<dyn Store>, clock: Arc<ManualClock>) {
    let counted = async || {
        let Counts { domains, services, products, live } = done(store.counts(&tenant()).await);
        [domains, services, products, live]
    };
    assert_eq!(counted().await, [0; 4]);
    for address in ["sales.orders", "sales.invoices", "stock.levels"] {
        done(store.commit(&tenant(), sample_commit(address, "1.0.0", 0, address)).await);
    }
    done(store.commit(&tenant(), sample_commit("sales.orders", "1.1.0", 1, "again")).await);
    done(store.commit(&parse("other"), sample_commit("hidden.here", "1.0.0", 0, "hidden")).await);
    done(store.renew(&tenant(), "one", announcement("sales", &["sales.orders"], 1)).await);
    assert_eq!(counted().await, [2, 2, 3, 1]);
    clock.advance_seconds(60);
    assert_eq!(counted().await, [2, 2, 3, 0]);
}
