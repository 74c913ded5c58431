//! Text search over HTTP.

use crate::world::{Home, World, fixture};

crate::on_each_store!(
    products_are_found_by_what_their_fields_are_called_and_mean
    an_empty_text_is_the_list_and_a_text_without_words_finds_nothing
    whatever_somebody_types_is_answered
);

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

async fn found(world: &World, text: &str) -> Vec<String> {
    let page = world.client.get(&format!("/api/v1/products?q={}", encoded(text))).await.ok();
    let items = page["items"].as_array().expect("items").iter();
    items.map(|item| item["address"].as_str().expect("text").to_owned()).collect()
}

async fn filled(home: Home) -> World {
    let world = World::on(home).await;
    for name in
        ["sales.orders@1.2.0", "sales.customers@1.0.0", "sales.products@1.1.0", "accounting.payroll@1.0.0"]
    {
        world.client.publish(&fixture(name)).await.ok();
    }
    world
}

async fn products_are_found_by_what_their_fields_are_called_and_mean(home: Home) {
    let world = filled(home).await;
    assert_eq!(found(&world, "order_id").await[0], "sales.orders");
    assert_eq!(found(&world, "payroll").await, ["accounting.payroll"]);
    assert_eq!(found(&world, "sales.customers").await[0], "sales.customers");
    assert_eq!(found(&world, "  CUSTOM  ").await[0], "sales.customers");
    assert!(found(&world, "zebra").await.is_empty());
}

async fn an_empty_text_is_the_list_and_a_text_without_words_finds_nothing(home: Home) {
    let world = filled(home).await;
    assert_eq!(found(&world, "").await.len(), 4);
    assert_eq!(found(&world, "   ").await.len(), 4);
    assert!(found(&world, "\"*?! --").await.is_empty());
}

async fn whatever_somebody_types_is_answered(home: Home) {
    let world = filled(home).await;
    let long = "a".repeat(5_000);
    let many = "order ".repeat(2_000);
    for text in [
        "\"",
        "\"\"\"",
        "*",
        "orders*",
        "NEAR(orders payroll, 5)",
        "orders AND",
        "NOT orders",
        "OR",
        "address : orders",
        "{address} : x",
        "^orders",
        "-orders",
        "orders + payroll",
        "(((",
        "'; DROP TABLE product; --",
        "\u{0}",
        "日本語",
        "🦀 orders",
        "\u{202e}redro",
        "é̀̂",
        "\\",
        "%00",
        "ﬁeld",
        &long,
        &many,
    ] {
        found(&world, text).await;
    }
    assert_eq!(found(&world, "orders").await[0], "sales.orders");
}
