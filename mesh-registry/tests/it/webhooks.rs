//! Webhooks as whoever gets the deliveries meets them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use mesh_registry::Config;
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::sync::mpsc;

use crate::world::{Client, Home, World, contract, expectation};

crate::on_each_store!(
    events_are_delivered_in_order_signed_and_once
    only_what_was_asked_for_is_sent
    what_fails_is_tried_again_given_up_and_sent_again_when_asked_and_holds_up_nothing
    who_answers_gone_is_left_alone_until_the_webhook_is_set_anew
    a_redirect_is_a_failure
    two_secrets_sign_for_a_day
    a_webhook_is_shown_without_its_secret_and_removed
    a_webhook_that_leads_inside_is_refused
    what_is_wrong_with_a_webhook_is_told_by_its_place
);

/// A delivery.
#[derive(Debug)]
struct Got {
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Got {
    fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().expect("text")
    }

    fn event(&self) -> Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }

    fn subject(&self) -> String {
        self.event()["subject"].as_str().expect("a subject").to_owned()
    }

    /// As the specification has it: which of the signatures are made with a secret.
    fn signed_with(&self, secret: &str) -> Vec<bool> {
        let key = STANDARD.decode(secret.strip_prefix("whsec_").expect("a secret")).expect("base64");
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("a key");
        mac.update(format!("{}.{}.", self.header("webhook-id"), self.header("webhook-timestamp")).as_bytes());
        mac.update(&self.body);
        let wanted = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
        self.header("webhook-signature").split(' ').map(|signature| signature == wanted).collect()
    }
}

/// Takes deliveries, and answers as it was told to by the subject of the event.
struct Receiver {
    url: String,
    got: mpsc::UnboundedReceiver<Got>,
    answers: Arc<Mutex<BTreeMap<String, u16>>>,
}

type Taking = (mpsc::UnboundedSender<Got>, Arc<Mutex<BTreeMap<String, u16>>>);

impl Receiver {
    async fn start() -> Self {
        async fn take(
            State((sender, answers)): State<Taking>,
            headers: HeaderMap,
            body: axum::body::Bytes,
        ) -> (StatusCode, [(header::HeaderName, &'static str); 1]) {
            let got = Got { headers, body: body.to_vec() };
            let status = answers.lock().expect("no panic").get(&got.subject()).copied().unwrap_or(204);
            drop(sender.send(got));
            (StatusCode::from_u16(status).expect("a status"), [(header::LOCATION, "http://127.0.0.1:1/")])
        }
        let (sender, got) = mpsc::unbounded_channel();
        let answers = Arc::default();
        let router =
            axum::Router::new()
                .route("/hook", axum::routing::post(take))
                .with_state((sender, Arc::clone(&answers)) as Taking);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/hook", listener.local_addr().expect("an address"));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, got, answers }
    }

    fn answer(&self, subject: &str, status: u16) {
        self.answers.lock().expect("no panic").insert(subject.to_owned(), status);
    }

    async fn next(&mut self) -> Got {
        self.got.recv().await.expect("a delivery")
    }

    async fn subjects(&mut self, count: usize) -> Vec<String> {
        let mut subjects = Vec::new();
        while subjects.len() < count {
            subjects.push(self.next().await.subject());
        }
        subjects
    }
}

fn allowed(config: &mut Config) {
    config.webhooks.allow_private = true;
}

async fn publish(client: &Client, name: &str) {
    client.publish(&contract(&format!("sales.{name}"), "1.0.0", "One.")).await.ok();
}

const HOOK: &str = "/api/v1/webhooks/chat-room";

async fn set(client: &Client, receiver: &Receiver) -> Value {
    client.put(HOOK, &json!({ "url": receiver.url })).await.ok()
}

/// The webhook once it is as it should be.
async fn until(client: &Client, holds: impl Fn(&Value) -> bool) -> Value {
    loop {
        let webhook = client.get(HOOK).await.ok();
        if holds(&webhook) {
            return webhook;
        }
        tokio::task::yield_now().await;
    }
}

async fn events_are_delivered_in_order_signed_and_once(home: Home) {
    let World { client, running: _running, clock, .. } = &World::on_with(home, allowed).await;
    publish(client, "before").await;
    let mut receiver = Receiver::start().await;
    let webhook = set(client, &receiver).await;
    let secret = webhook["secret"].as_str().expect("a secret of its own");
    for number in 0..20 {
        publish(client, &format!("p{number}")).await;
    }
    let page = client.get("/api/v1/events?limit=200").await.ok();
    let events = page["items"].as_array().expect("items");
    assert_eq!(events.len(), 21);
    for event in &events[1..] {
        let got = receiver.next().await;
        assert_eq!(got.event(), *event, "in order, none twice, and nothing from before");
        assert_eq!(got.header("content-type"), "application/cloudevents+json");
        assert_eq!(
            got.header("webhook-id"),
            format!("msg_chat-room_{}", event["id"].as_str().expect("an id"))
        );
        assert_eq!(got.header("webhook-timestamp"), clock.time().timestamp().to_string());
        assert_eq!(got.signed_with(secret), [true]);
        let other = format!("whsec_{}", STANDARD.encode([7; 32]));
        assert_eq!(got.signed_with(&other), [false]);
        let named = |name| got.header(name);
        for (secret, right) in [(secret, true), (&other[..], false)] {
            let (id, time, signatures) =
                (named("webhook-id"), named("webhook-timestamp"), named("webhook-signature"));
            assert_eq!(crate::verify::is_signed(secret, id, time, signatures, &got.body), right);
        }
    }
    // As somebody would in another language, for one of them.
    publish(client, "python").await;
    let got = receiver.next().await;
    let headers: BTreeMap<_, _> = ["webhook-id", "webhook-timestamp", "webhook-signature"]
        .into_iter()
        .map(|name| (name, got.header(name)))
        .collect();
    for (secret, right) in [(secret.to_owned(), true), (format!("whsec_{}", STANDARD.encode([7; 32])), false)]
    {
        match crate::feed_docs::python(&secret, &json!(headers), &got.body) {
            Some(told) => assert_eq!(told, right),
            None => eprintln!("python3 is not here: its function is left out"),
        }
    }
    let page = client.get("/api/v1/events?limit=200").await.ok();
    let shown = until(client, |webhook| webhook["cursor"] == page["next"]).await;
    assert_eq!((&shown["attempts"], &shown["disabled"]), (&json!(0), &json!(false)));
    assert!(shown["deliveredAt"].is_string() && shown.get("lastError").is_none(), "{shown}");
    assert!(receiver.got.try_recv().is_err(), "nothing more");
}

async fn only_what_was_asked_for_is_sent(home: Home) {
    let World { client, running: _running, .. } = &World::on_with(home, allowed).await;
    let mut receiver = Receiver::start().await;
    let asked = json!({
        "url": receiver.url, "kinds": ["mesh.version.published.v1"], "addresses": ["sales.b"], "domains": ["accounting"],
    });
    let shown = client.put(HOOK, &asked).await.ok();
    for member in ["kinds", "addresses", "domains"] {
        assert_eq!(shown[member], asked[member]);
    }
    for address in ["sales.a", "sales.b", "accounting.a", "logistics.a"] {
        client.publish(&contract(address, "1.0.0", "One.")).await.ok();
    }
    client
        .put("/api/v1/consumers/billing/expectations/sales.b", &expectation("billing", "sales.b"))
        .await
        .ok();
    client.publish(&contract("accounting.z", "1.0.0", "Last.")).await.ok();
    assert_eq!(receiver.subjects(3).await, ["sales.b@1.0.0", "accounting.a@1.0.0", "accounting.z@1.0.0"]);
    // What is not for it is passed by.
    publish(client, "last").await;
    let end = client.get("/api/v1/events?after=latest").await.ok()["next"].clone();
    until(client, |webhook| webhook["cursor"] == end).await;
    assert!(receiver.got.try_recv().is_err());
}

async fn what_fails_is_tried_again_given_up_and_sent_again_when_asked_and_holds_up_nothing(home: Home) {
    let world = World::on_with(home, |config| {
        allowed(config);
        config.webhooks.attempts = 3;
    })
    .await;
    let World { client, running: _running, clock, .. } = &world;
    let mut receiver = Receiver::start().await;
    set(client, &receiver).await;
    receiver.answer("sales.bad@1.0.0", 500);
    for name in ["bad", "good"] {
        publish(client, name).await;
    }
    let mut ids = Vec::new();
    for attempt in 1..=3 {
        let got = receiver.next().await;
        assert_eq!(got.subject(), "sales.bad@1.0.0", "the order is kept while it is tried");
        ids.push(got.header("webhook-id").to_owned());
        if attempt < 3 {
            let shown = until(client, |webhook| webhook["attempts"] == attempt).await;
            assert_eq!(shown["lastError"], "answered 500 Internal Server Error");
            assert!(shown["nextAttemptAt"].is_string());
            clock.advance_seconds(60);
        }
    }
    assert!(ids.iter().all(|id| *id == ids[0]), "the same id at each try: {ids:?}");
    assert_eq!(receiver.subjects(1).await, ["sales.good@1.0.0"]);
    let failed = client.get(&format!("{HOOK}/failed")).await.ok();
    let event = &failed["items"][0];
    assert_eq!((&event["attempts"], &event["again"]), (&json!(3), &json!(false)), "{failed}");
    let sequence = event["sequence"].as_u64().expect("a number");
    assert_eq!(ids[0], format!("msg_chat-room_{sequence}"));

    // Asked for while it still fails, it comes back into the list.
    assert_eq!(client.post(&format!("{HOOK}/failed/{sequence}/resend")).await.ok(), json!({ "events": 1 }));
    assert_eq!(receiver.next().await.header("webhook-id"), ids[0]);
    let listed = async || client.get(&format!("{HOOK}/failed")).await.ok()["items"].clone();
    while listed().await[0]["attempts"] != 4 {}
    receiver.answer("sales.bad@1.0.0", 200);
    assert_eq!(client.post(&format!("{HOOK}/failed/resend")).await.ok(), json!({ "events": 1 }));
    assert_eq!(receiver.next().await.header("webhook-id"), ids[0]);
    while listed().await != json!([]) {}
    client.post(&format!("{HOOK}/failed/{sequence}/resend")).await.problem(404, "unknown-event");
    assert_eq!(client.post(&format!("{HOOK}/failed/resend")).await.ok(), json!({ "events": 0 }));
}

async fn who_answers_gone_is_left_alone_until_the_webhook_is_set_anew(home: Home) {
    let World { client, running: _running, .. } = &World::on_with(home, allowed).await;
    let mut receiver = Receiver::start().await;
    set(client, &receiver).await;
    receiver.answer("sales.a@1.0.0", 410);
    publish(client, "a").await;
    receiver.next().await;
    let shown = until(client, |webhook| webhook["disabled"] == true).await;
    assert_eq!(shown["lastError"], "answered 410 Gone");
    publish(client, "b").await;
    receiver.answer("sales.a@1.0.0", 200);
    let anew = set(client, &receiver).await;
    assert_eq!((&anew["disabled"], anew.get("secret")), (&json!(false), None), "the secret stays");
    assert_eq!(receiver.subjects(2).await, ["sales.a@1.0.0", "sales.b@1.0.0"], "nothing was missed");
}

async fn a_redirect_is_a_failure(home: Home) {
    let World { client, running: _running, .. } = &World::on_with(home, allowed).await;
    let mut receiver = Receiver::start().await;
    set(client, &receiver).await;
    receiver.answer("sales.a@1.0.0", 307);
    publish(client, "a").await;
    receiver.next().await;
    let shown = until(client, |webhook| webhook["attempts"] == 1).await;
    assert!(
        shown["lastError"].as_str().is_some_and(|it| it.contains("redirects are not followed")),
        "{shown}"
    );
}

async fn two_secrets_sign_for_a_day(home: Home) {
    let World { client, running: _running, clock, .. } = &World::on_with(home, allowed).await;
    let mut receiver = Receiver::start().await;
    let secrets = [7, 8].map(|byte| format!("whsec_{}", STANDARD.encode([byte; 24])));
    for secret in &secrets {
        let shown = client.put(HOOK, &json!({ "url": receiver.url, "secret": secret })).await.ok();
        assert_eq!(shown.get("secret"), None, "whoever wrote it knows it");
    }
    publish(client, "a").await;
    let got = receiver.next().await;
    assert_eq!(got.signed_with(&secrets[1]), [true, false]);
    assert_eq!(got.signed_with(&secrets[0]), [false, true]);
    clock.advance_seconds(24 * 60 * 60);
    publish(client, "b").await;
    let got = receiver.next().await;
    assert_eq!(got.signed_with(&secrets[1]), [true]);
}

async fn a_webhook_is_shown_without_its_secret_and_removed(home: Home) {
    let World { client, running: _running, .. } = &World::on_with(home, allowed).await;
    let receiver = Receiver::start().await;
    let made = set(client, &receiver).await["secret"].as_str().expect("a secret").to_owned();
    client.put("/api/v1/webhooks/another", &json!({ "url": receiver.url })).await.ok();
    for path in [HOOK, "/api/v1/webhooks", "/api/v1/webhooks?limit=1"] {
        let answer = client.get(path).await;
        answer.ok();
        let text = String::from_utf8(answer.bytes).expect("text");
        assert!(!text.contains("whsec_") && !text.contains(&made[6..]), "{text}");
    }
    let page = client.get("/api/v1/webhooks?limit=1").await.ok();
    assert_eq!((&page["items"][0]["name"], &page["next"]), (&json!("another"), &json!("another")));
    let page = client.get("/api/v1/webhooks?limit=1&after=another").await.ok();
    assert_eq!((&page["items"][0]["name"], page.get("next")), (&json!("chat-room"), None));
    client.delete(HOOK).await.ok();
    for path in [HOOK.to_owned(), format!("{HOOK}/failed")] {
        client.get(&path).await.problem(404, "unknown-webhook");
    }
    client.delete(HOOK).await.problem(404, "unknown-webhook");
    client.post(&format!("{HOOK}/failed/resend")).await.problem(404, "unknown-webhook");
}

async fn a_webhook_that_leads_inside_is_refused(home: Home) {
    let World { client, running: _running, .. } = &World::on(home).await;
    for url in [
        "http://127.0.0.1:5432/",
        "http://[::ffff:10.0.0.1]/",
        "http://169.254.169.254/",
        "http://localhost/",
    ] {
        let answer = client.put(HOOK, &json!({ "url": url })).await;
        let detail = answer.problem(422, "invalid-document");
        assert!(detail.contains("inside this network"), "{detail}");
        assert_eq!(answer.json()["pointer"], "/url");
    }
    client.get(HOOK).await.problem(404, "unknown-webhook");
}

async fn what_is_wrong_with_a_webhook_is_told_by_its_place(home: Home) {
    let World { client, running: _running, .. } = &World::on_with(home, allowed).await;
    let good = "http://127.0.0.1:1/";
    for (body, kind, pointer) in [
        (json!({ "url": "mailto:a@example.com" }), "invalid-document", "/url"),
        (json!({ "url": good, "secret": "short" }), "invalid-document", "/secret"),
        (json!({ "url": good, "kinds": vec!["x"; 201] }), "invalid-document", "/kinds"),
        (json!({ "url": good, "addresses": ["Sales"] }), "malformed-document", "/addresses/0"),
    ] {
        let answer = client.put(HOOK, &body).await;
        answer.problem(422, kind);
        assert_eq!(answer.json()["pointer"], pointer, "{body}");
    }
    client.put(HOOK, &json!({ "url": good, "colour": "red" })).await.problem(422, "malformed-document");
    client.put("/api/v1/webhooks/Chat", &json!({ "url": good })).await.problem(400, "malformed-request");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_set_and_not_delivered_yet_is_after_a_restart() {
    let World { client, running, folder, .. } = World::start_with(allowed).await;
    let mut receiver = Receiver::start().await;
    set(&client, &receiver).await;
    receiver.answer("sales.a@1.0.0", 503);
    publish(&client, "a").await;
    receiver.next().await;
    until(&client, |webhook| webhook["attempts"] == 1).await;
    running.shutdown().await;
    receiver.answer("sales.a@1.0.0", 200);
    let mut config = Config::new(folder.path());
    config.access = mesh_registry::config::Access::open();
    config.listen.set_port(0);
    allowed(&mut config);
    // By the machine's clock, the next try is long due.
    let running = mesh_registry::Registry::start(config).await.expect("a registry");
    assert_eq!(receiver.subjects(1).await, ["sales.a@1.0.0"]);
    running.shutdown().await;
}

#[cfg(feature = "postgres")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_replicas_deliver_every_event_once_and_in_order() {
    const EACH: usize = 30;
    let Some(database) = crate::database::Database::make().await else { return };
    let [(_one, first, _a), (_other, second, _b)] = crate::feed::two(&database, allowed).await;
    let mut receiver = Receiver::start().await;
    set(&first, &receiver).await;
    let write = async |client: &Client, name: &str| {
        for number in 0..EACH {
            publish(client, &format!("{name}{number}")).await;
        }
    };
    tokio::join!(write(&first, "one"), write(&second, "other"));
    let page = first.get("/api/v1/events?limit=200").await.ok();
    let expected: Vec<_> =
        page["items"].as_array().expect("items").iter().map(|it| it["subject"].clone()).collect();
    assert_eq!(expected.len(), 2 * EACH);
    assert_eq!(json!(receiver.subjects(2 * EACH).await), json!(expected));
    until(&second, |webhook| webhook["cursor"] == page["next"]).await;
    assert!(receiver.got.try_recv().is_err(), "none twice");
}

#[cfg(feature = "postgres")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_process_that_died_had_claimed_is_taken_over() {
    use mesh_registry::store::postgres::PostgresStore;
    use mesh_registry::store::{ManualClock, Store as _, TenantId};

    let Some(database) = crate::database::Database::make().await else { return };
    let clock = Arc::new(ManualClock::default());
    let theirs = Arc::clone(&clock);
    let [(_one, client, _a), (_other, _, _b)] = crate::feed::two(&database, move |config| {
        allowed(config);
        config.clock = Some(Arc::clone(&theirs) as _);
    })
    .await;
    let mut receiver = Receiver::start().await;
    set(&client, &receiver).await;
    let dead = PostgresStore::open(&database.url(), Some(Arc::clone(&clock) as _)).await.expect("a store");
    let length = chrono::TimeDelta::seconds(30);
    let claimed = dead.claim_webhook(&TenantId::default(), "chat-room", "dead", length).await;
    assert!(claimed.expect("an answer").is_some());
    publish(&client, "a").await;
    clock.advance_seconds(29);
    // Whoever asks meanwhile does not get it.
    let refused = dead.claim_webhook(&TenantId::default(), "chat-room", "another", length).await;
    assert!(refused.expect("an answer").is_none());
    assert!(receiver.got.try_recv().is_err());
    clock.advance_seconds(1);
    assert_eq!(receiver.subjects(1).await, ["sales.a@1.0.0"]);
}
