//! Many publishers at once.

use std::collections::BTreeSet;

use crate::world::{Home, World, contract, fixture};

crate::on_each_store!(
    of_many_contents_under_one_version_exactly_one_is_published
    of_many_publishers_of_the_same_content_one_makes_it_and_all_are_told_the_same
    versions_that_are_published_at_once_all_arrive_and_the_highest_shows
);

async fn of_many_contents_under_one_version_exactly_one_is_published(home: Home) {
    let World { client, running: _running, .. } = &World::on(home).await;
    let tasks: Vec<_> = (0..24)
        .map(|number| {
            let client = client.clone();
            let document = contract("sales.orders", "1.0.0", &format!("Content {number}."));
            tokio::spawn(async move { client.publish(&document).await })
        })
        .collect();
    let mut winners = Vec::new();
    for task in tasks {
        let answer = task.await.expect("no panic");
        if answer.status == 201 {
            winners.push(answer.json());
        } else {
            answer.problem(409, "version-exists");
        }
    }
    assert_eq!(winners.len(), 1);
    let versions = client.get("/api/v1/products/sales.orders/versions").await.ok();
    assert_eq!(versions["items"][0]["digest"], winners[0]["digest"]);
}

async fn of_many_publishers_of_the_same_content_one_makes_it_and_all_are_told_the_same(home: Home) {
    let World { client, running: _running, .. } = &World::on(home).await;
    let tasks: Vec<_> = (0..24)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.publish(&fixture("sales.products@1.1.0")).await.ok() })
        })
        .collect();
    let mut created = 0;
    let mut digests = BTreeSet::new();
    for task in tasks {
        let answer = task.await.expect("no panic");
        created += u32::from(answer["created"] == true);
        digests.insert(answer["digest"].to_string());
    }
    assert_eq!((created, digests.len()), (1, 1));
}

async fn versions_that_are_published_at_once_all_arrive_and_the_highest_shows(home: Home) {
    let World { client, running, .. } = &World::on(home).await;
    let tasks: Vec<_> = (0..32)
        .map(|number| {
            let client = client.clone();
            let document = contract("sales.orders", &format!("1.{number}.0"), &format!("Content {number}."));
            tokio::spawn(async move { client.publish_reworded(&document).await })
        })
        .collect();
    for task in tasks {
        assert_eq!(task.await.expect("no panic").status, 201);
    }
    let shown = client.get("/api/v1/products/sales.orders").await.ok();
    assert_eq!(shown["version"], "1.31.0");
    assert_eq!(shown["description"], "Content 31.");
    assert_eq!(shown["versions"].as_array().map(Vec::len), Some(32));
    let page =
        running.registry().products(&Default::default(), &Default::default(), &Default::default()).await;
    assert_eq!(page.expect("a page").items.len(), 1);
}
