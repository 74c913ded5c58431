//! The feed on the command line, and whom a registry tells of it.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use serde_json::{Value, json};

use crate::running::leashed;
use crate::town::Town;

impl Town {
    fn events(&self, line: &str) -> Vec<Value> {
        let told = self.mesh(&format!("events {line} --format json")).with(0).stdout;
        told.lines().map(|line| serde_json::from_str(line).expect("a CloudEvent on each line")).collect()
    }
}

#[test]
fn what_has_happened_is_shown_in_order_and_followed() {
    let town = Town::new();
    let all = town.events("");
    assert!(all.len() > 1 && all.iter().all(|event| event["specversion"] == "1.0"), "{all:?}");
    let orders = town.events("--address sales.orders --kind mesh.version.published.v1");
    assert!(!orders.is_empty());
    assert!(
        orders
            .iter()
            .all(|event| event["subject"].as_str().is_some_and(|it| it.starts_with("sales.orders@")))
    );
    let first = all[0]["id"].as_str().expect("a number");
    assert_eq!(town.events(&format!("--after {first}")), all[1..]);
    assert_eq!(town.events("--after latest"), Vec::<Value>::new());
    let text = town.mesh("events").with(0).stdout;
    assert_eq!(text.lines().count(), all.len());
    assert!(text.contains("mesh.version.published.v1  sales.orders@"), "{text}");
    town.mesh("events --after 9000").with(2).says(&["the feed ends at", "read anew"]);

    let mut following = leashed(town.folder.path())
        .args(["events", "--follow", "--after", "latest", "--format", "json"])
        .args(["--registry", &town.registry.registry()])
        .stdout(Stdio::piped())
        .spawn()
        .expect("a process");
    let mut lines = BufReader::new(following.stdout.take().expect("its output")).lines();
    // It may begin before or after any one of these; what it shows begins somewhere and misses nothing behind.
    let (told, heard) = std::sync::mpsc::channel();
    let reader = std::thread::spawn(move || {
        while let Some(Ok(line)) = lines.next() {
            if told.send(serde_json::from_str::<Value>(&line).expect("a CloudEvent")).is_err() {
                return;
            }
        }
    });
    let mut events = Vec::new();
    for number in 0.. {
        town.mesh(&format!("deployed billing {number} --to production --unregistered")).with(0);
        events.extend(heard.try_iter());
        if events.len() >= 2 {
            break;
        }
    }
    following.kill().expect("killed");
    following.wait().expect("dead");
    reader.join().expect("no panic");
    let ids: Vec<u64> = events
        .iter()
        .map(|event| event["id"].as_str().and_then(|id| id.parse().ok()).expect("a number"))
        .collect();
    assert!(ids.windows(2).all(|pair| pair[1] == pair[0] + 1), "{ids:?}");
}

#[test]
fn webhooks_are_added_shown_and_removed() {
    let town = Town::new();
    // Of a kind that never happens, so that nothing is sent.
    let add =
        "registry webhook add chat-room --url https://hooks.example/mesh --kind mesh.never.v1 --domain sales";
    let added = town.mesh(&format!("{add} --format json")).with(0).json();
    assert!(added["secret"].as_str().is_some_and(|secret| secret.starts_with("whsec_")), "{added}");
    assert_eq!((&added["kinds"], &added["domains"]), (&json!(["mesh.never.v1"]), &json!(["sales"])));
    let again = town.mesh(&format!("{add} --format json")).with(0).json();
    assert_eq!(again.get("secret"), None, "it stays, and is shown once");
    let shown = town.mesh("registry webhook list").with(0).stdout;
    assert!(shown.contains("chat-room  https://hooks.example/mesh") && !shown.contains("whsec_"), "{shown}");
    assert_eq!(town.mesh("registry webhook failed chat-room --format json").with(0).json(), json!([]));
    let resent = town.mesh("registry webhook resend chat-room --format json").with(0).json();
    assert_eq!(resent, json!({ "events": 0 }));
    town.mesh("registry webhook resend chat-room 7").with(2).says(&["event 7 is not in the list"]);
    town.mesh("registry webhook add inside --url http://127.0.0.1:9/")
        .with(2)
        .says(&["inside this network", "use a public one"]);
    town.mesh("registry webhook remove chat-room").with(0);
    town.mesh("registry webhook remove chat-room").with(2).says(&["there is no webhook `chat-room`"]);
    town.mesh("registry webhook list").with(0).says(&["mesh registry webhook add"]);
}
