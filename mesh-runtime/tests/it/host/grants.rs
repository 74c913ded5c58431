//! Reading under grants: what each reader sees, and when it sees no more.

use std::path::Path;
use std::sync::atomic::Ordering;
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use mesh_runtime::client::Token;
use mesh_runtime::host::{Access, Host, HostConfig, HostError, RunningHost};
use mesh_runtime::model::GrantClaims;
use mesh_runtime::model::grant::SigningKey;
use mesh_runtime::model::wire::{ObservedReader, Trust};
use serde_json::{Value, json};

use super::fake_registry::{FakeRegistry, Heard, Memory, client_config};
use super::people::{Login, members, open, open_logins};
use super::shop::{Sale, manifest};
use super::{Answer, config, get, send, soon, url, walk_as};

pub(crate) const ISSUER: &str = "https://registry.example";

pub(crate) fn key() -> SigningKey {
    SigningKey::generate([3; 32])
}

pub(crate) fn trust() -> Trust {
    Trust {
        issuer: ISSUER.to_owned(),
        tenant: "main".to_owned(),
        keys: vec![key().public()],
        revoked: Vec::new(),
    }
}

pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs()
}

/// An accepted agreement of accounting's about a product.
pub(crate) fn claims(product: &str, fields: &[&str]) -> GrantClaims {
    GrantClaims {
        iss: ISSUER.to_owned(),
        sub: "accounting".parse().unwrap(),
        aud: product.parse().unwrap(),
        jti: "agreed.1".to_owned(),
        iat: now(),
        nbf: now(),
        exp: now() + 3_600,
        tenant: "main".to_owned(),
        environment: "development".parse().unwrap(),
        purpose: "billing".to_owned(),
        fields: fields.iter().map(|field| (*field).to_owned()).collect(),
        rows: None,
    }
}

/// A host that asks for grants and believes those of a registry, with a token of its owner's.
pub(crate) fn granted(registry: std::net::SocketAddr) -> HostConfig {
    let mut config = config();
    config.access = Access::Granted;
    config.client = client_config(registry);
    config.token = Some(Token::new("let-me-see"));
    config.lease = Duration::from_secs(1);
    config
}

/// The same that remembers over restarts.
fn remembering(registry: std::net::SocketAddr, cache: &Path) -> HostConfig {
    let mut config = granted(registry);
    config.client.cache = Some(cache.to_owned());
    config
}

pub(crate) async fn ask(host: &RunningHost, path: &str, token: Option<&str>) -> Answer {
    let request = reqwest::Client::new().get(url(host, path));
    send(match token {
        Some(token) => request.bearer_auth(token),
        None => request,
    })
    .await
}

/// Asks with a grant until the answer is of a status: what the registry tells reaches a port with the next renewal.
pub(crate) async fn until(host: &RunningHost, path: &str, token: &str, status: u16) -> Answer {
    soon("another answer", async {
        loop {
            let answer = ask(host, path, Some(token)).await;
            if answer.status == status {
                return answer;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await
}

const MEMBERS: &str = "/products/members/records";

/// A club whose registry is there and has told whose grants count.
async fn club(memory: &Memory) -> (FakeRegistry, RunningHost) {
    memory.trusts(Some(trust()));
    let registry = FakeRegistry::start(memory).await;
    let host = open(members(), granted(registry.address())).await;
    until(&host, MEMBERS, &key().sign(&claims("club.members", &["/number"])), 200).await;
    (registry, host)
}

/// One request as four identities.
async fn four_identities(host: &RunningHost) {
    let grant = key().sign(&claims("club.members", &["/number", "/email"]));
    let mut ended = claims("club.members", &["/number", "/email"]);
    (ended.jti, ended.iat, ended.nbf, ended.exp) = ("ended.1".to_owned(), now() - 20, now() - 20, now() - 10);
    let mut revoked = claims("club.members", &["/number", "/email"]);
    revoked.jti = "revoked.1".to_owned();

    let nobody = ask(host, MEMBERS, None).await;
    let detail = nobody.problem(401, "grant-needed");
    assert!(detail.contains("mesh request club.members --purpose"), "{detail}");
    let challenge = nobody.header("www-authenticate").unwrap();
    assert!(challenge.starts_with("Bearer realm=\"club.members\", error_description="), "{challenge}");
    assert!(challenge.contains("mesh request club.members --purpose"), "{challenge}");

    let reader = ask(host, MEMBERS, Some(&grant)).await;
    let [record] = reader.lines().try_into().unwrap();
    assert_eq!(record["number"], 1);
    assert_eq!(record["email"], "secret@example.com");
    assert_eq!(record["name"], "***", "personal and not granted");
    assert_eq!(record.get("badge_colour"), None, "not granted");
    assert_eq!(reader.text.matches("secret").count(), 1, "{}", reader.text);
    assert_eq!(reader.header("cache-control"), Some("private, no-store"));
    assert_eq!(reader.header("vary"), Some("authorization"));

    for (claims, reason) in [(ended, "it has ended"), (revoked, "it was revoked")] {
        let answer = ask(host, MEMBERS, Some(&key().sign(&claims))).await;
        let detail = answer.problem(401, "grant-invalid");
        assert!(detail.contains(reason), "{detail}");
        assert!(answer.header("www-authenticate").unwrap().contains("error=\"invalid_token\""));
        assert_eq!(answer.header("cache-control"), Some("private, no-store"));
    }

    let owner = ask(host, MEMBERS, Some("let-me-see")).await;
    assert_eq!(owner.text.matches("secret").count(), 28, "{}", owner.text);
    assert_eq!(owner.header("mesh-masked"), None);
}

#[tokio::test]
async fn one_request_as_four_identities_has_four_right_answers_also_with_the_registry_stopped_and_after_a_restart()
 {
    let memory = Memory::default();
    let mut told = trust();
    told.revoked.push("revoked.1".to_owned());
    memory.trusts(Some(told));
    let cache = tempfile::tempdir().unwrap();
    let registry = FakeRegistry::start(&memory).await;
    let host = open(members(), remembering(registry.address(), cache.path())).await;
    until(&host, MEMBERS, &key().sign(&claims("club.members", &["/number"])), 200).await;
    four_identities(&host).await;

    let address = registry.kill().await;
    four_identities(&host).await;

    soon("stopping", host.shutdown()).await;
    let host = open(members(), remembering(address, cache.path())).await;
    four_identities(&host).await;

    // The word of another registry is not this one's.
    soon("stopping", host.shutdown()).await;
    let elsewhere = FakeRegistry::start(&Memory::default()).await.kill().await;
    let host = open(members(), remembering(elsewhere, cache.path())).await;
    let answer = ask(&host, MEMBERS, Some(&key().sign(&claims("club.members", &["/number"])))).await;
    assert_ne!(answer.status, 200, "{}", answer.text);
}

#[tokio::test]
async fn a_revoked_grant_stops_with_the_next_renewal_also_in_the_middle_of_paging() {
    let memory = Memory::default();
    memory.trusts(Some(trust()));
    let registry = FakeRegistry::start(&memory).await;
    let logins = (0..9).map(|times| Login { email: format!("secret{times}"), times }).collect();
    let host = open_logins(logins, granted(registry.address())).await;
    let grant = key().sign(&claims("club.logins", &["/times"]));
    let first = until(&host, "/products/logins/records?limit=2", &grant, 200).await;
    let next = first.next().unwrap();
    assert_eq!(ask(&host, &next, Some(&grant)).await.lines().len(), 2);
    memory.revoke("agreed.1");
    let answer = until(&host, &next, &grant, 401).await;
    assert!(answer.problem(401, "grant-invalid").contains("revoked"));
    // What is agreed on anew goes on from there.
    let mut anew = claims("club.logins", &["/times"]);
    anew.jti = "agreed.2".to_owned();
    assert_eq!(ask(&host, &next, Some(&key().sign(&anew))).await.lines().len(), 2);
}

#[tokio::test]
async fn a_grant_for_something_else_is_refused_with_the_reason() {
    let memory = Memory::default();
    let (_registry, host) = club(&memory).await;
    let mut environment = claims("club.members", &[""]);
    environment.environment = "production".parse().unwrap();
    let mut rows = claims("club.members", &[""]);
    rows.rows = Some("acme".to_owned());
    for (claims, reason) in [
        (claims("club.logins", &[""]), "the grant is for `club.logins`, and this is `club.members`"),
        (environment, "the grant is for the environment `production`, and this is `development`"),
        (rows, "cannot tell whose a row is"),
    ] {
        let answer = ask(&host, MEMBERS, Some(&key().sign(&claims))).await;
        let detail = answer.problem(403, "outside-grant");
        assert!(detail.contains(reason), "{detail}");
        assert!(answer.header("www-authenticate").unwrap().contains("error=\"insufficient_scope\""));
        assert!(!answer.text.contains("secret"), "{}", answer.text);
    }
    let mut other_tenant = claims("club.members", &[""]);
    other_tenant.tenant = "other".to_owned();
    let thief = SigningKey::generate([4; 32]);
    let good = key().sign(&claims("club.members", &[""]));
    for (text, reason) in [
        (key().sign(&other_tenant), "another tenant"),
        (thief.sign(&claims("club.members", &[""])), "none of the registry's"),
        (good[..good.len() - 1].to_owned(), "no grant"),
        ("let-me-se".to_owned(), "no grant"),
    ] {
        let answer = ask(&host, MEMBERS, Some(&text)).await;
        let detail = answer.problem(401, "grant-invalid");
        assert!(detail.contains(reason), "{detail}");
        assert!(!answer.text.contains(&text), "what was shown is not repeated: {}", answer.text);
    }
    for other in ["Basic let-me-see", "Bearer", "Bearer ", "let-me-see"] {
        let request = reqwest::Client::new().get(url(&host, MEMBERS)).header("authorization", other);
        send(request).await.problem(401, "grant-invalid");
    }
}

/// The one member of the club as a grant for these fields shows it.
async fn member(host: &RunningHost, fields: &[&str], query: &str) -> (Value, Answer) {
    let grant = key().sign(&claims("club.members", fields));
    let answer = ask(host, &format!("{MEMBERS}{query}"), Some(&grant)).await;
    let [record] = answer.lines().try_into().unwrap();
    (record, answer)
}

#[tokio::test]
async fn a_grant_shows_what_it_names_at_any_depth_and_nothing_else() {
    let memory = Memory::default();
    let (_registry, host) = club(&memory).await;
    for (fields, member_name, shown, secrets) in [
        (&["/home/street"][..], "home", json!({ "street": "secret street 1" }), 1),
        (&["/home/country"], "home", json!({ "street": "***", "country": "public country" }), 0),
        (&["/home"], "home", json!({ "street": "secret street 1", "country": "public country" }), 1),
        (&["/number"], "home", Value::Null, 0),
        (
            &["/contacts/*/Call/hour"],
            "contacts",
            json!([{}, { "Under": "***" }, { "Call": { "phone": "***", "hour": 9 } }]),
            0,
        ),
        (
            &["/contacts/*/Call/phone"],
            "contacts",
            json!([{}, { "Under": "***" }, { "Call": { "phone": "secret phone" } }]),
            1,
        ),
        (&["/former_names"], "former_names", json!(["secret former"]), 1),
        (&["/nickname"], "nickname", json!("secret nick"), 1),
        (&["/phone"], "phone", json!("secret 1"), 1),
        (&["number", "email", "*"], "email", json!("masked@example.invalid"), 0),
        (&[], "email", json!("masked@example.invalid"), 0),
    ] {
        let (record, answer) = member(&host, fields, "").await;
        assert_eq!(record.get(member_name).cloned().unwrap_or_default(), shown, "{fields:?}");
        assert_eq!(answer.text.matches("secret").count(), secrets, "{fields:?}: {}", answer.text);
        if !fields.iter().any(|field| ["/number", ""].contains(field)) {
            assert_eq!(record.get("number"), None, "{fields:?}");
        }
        assert!(!answer.text.contains("public colour"), "{fields:?}: {}", answer.text);
    }
    let (all, answer) = member(&host, &[""], "").await;
    assert_eq!(all, ask(&host, MEMBERS, Some("let-me-see")).await.lines()[0], "the whole is the whole");
    assert_eq!(answer.header("mesh-masked"), None);
    let (_, answer) = member(&host, &["/number", "/home/country", "/email"], "").await;
    let masked = answer.header("mesh-masked").unwrap();
    for (pointer, there) in [
        ("\"/name\"", true),
        ("\"/home/street\"", true),
        ("\"/email\"", false),
        ("\"/office/street\"", false),
    ] {
        assert_eq!(masked.contains(pointer), there, "{pointer} in {masked}");
    }
}

#[tokio::test]
async fn what_is_asked_for_narrows_a_grant_and_never_widens_it() {
    let memory = Memory::default();
    let (_registry, host) = club(&memory).await;
    let fields = &["/number", "/email", "/home/country"];
    let (record, answer) = member(&host, fields, "?fields=email,home,name").await;
    assert_eq!(
        record,
        json!({ "name": "***", "email": "secret@example.com", "home": { "street": "***", "country": "public country" } })
    );
    assert_eq!(answer.header("mesh-masked"), Some("\"/name\", \"/home/street\""));
    let grant = key().sign(&claims("club.members", fields));
    let answer = ask(&host, &format!("{MEMBERS}?fields=number,badge_colour,office"), Some(&grant)).await;
    let detail = answer.problem(403, "outside-grant");
    assert!(detail.contains("does not name `badge_colour`, `office`"), "{detail}");
}

#[tokio::test]
async fn a_cursor_tells_no_key_that_is_not_granted_and_none_can_be_made_up() {
    let memory = Memory::default();
    memory.trusts(Some(trust()));
    let registry = FakeRegistry::start(&memory).await;
    let sales: Vec<_> = (0..20).map(|number| super::shop::sale(770_000 + number)).collect();
    let host = Host::new(manifest()).records(move |_| std::future::ready(Ok::<Vec<Sale>, _>(sales.clone())));
    let host = host.start(granted(registry.address())).await.unwrap();
    soon("loading", host.loaded()).await;
    let with_key = key().sign(&claims("shop.sales", &["/number"]));
    let without = key().sign(&claims("shop.sales", &["/article"]));
    let path = "/products/sales/records?limit=3";
    let first = until(&host, path, &with_key, 200).await;
    let cursor = |answer: &Answer| answer.next().unwrap().split_once("after=").unwrap().1.to_owned();
    let open = cursor(&first);
    let first = ask(&host, path, Some(&without)).await;
    assert_eq!(first.lines()[0], json!({ "article": "soap" }));
    let sealed = cursor(&first);
    let says = |cursor: &str| {
        let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(cursor).unwrap();
        String::from_utf8_lossy(&bytes).into_owned()
    };
    assert!(says(&open).contains("770002"), "the key that it may see");
    assert!(!says(&sealed).contains("770"), "{}", says(&sealed));
    // Made-up places would tell by halves where a record stands.
    ask(&host, &format!("{path}&after={open}"), Some(&without)).await.problem(400, "bad-cursor");
    for (grant, count) in [(&with_key, 20), (&without, 20)] {
        assert_eq!(walk_as(&host, path, Some(grant)).await.len(), count);
    }
}

#[tokio::test]
async fn without_the_word_of_a_registry_no_grant_counts_and_the_reason_is_told() {
    let memory = Memory::default();
    let grant = key().sign(&claims("club.members", &[""]));
    // An older registry, or an open one: it knows of no grants.
    let registry = FakeRegistry::start(&memory).await;
    let host = open(members(), granted(registry.address())).await;
    let answer = until(&host, MEMBERS, &grant, 401).await;
    let detail = answer.problem(401, "grant-invalid");
    assert!(detail.contains("no registry has told this port whose grants count"), "{detail}");
    // It learns, and forgets.
    memory.trusts(Some(trust()));
    until(&host, MEMBERS, &grant, 200).await;
    memory.trusts(None);
    until(&host, MEMBERS, &grant, 401).await;
    // One that was not reached yet may know.
    let address = FakeRegistry::start(&memory).await.kill().await;
    let host = open(members(), granted(address)).await;
    let answer = ask(&host, MEMBERS, Some(&grant)).await;
    answer.problem(503, "trust-unknown");
    assert!(answer.header("retry-after").is_some());
    ask(&host, MEMBERS, None).await.problem(401, "grant-needed");
    let mut alone = granted(address);
    alone.client.registry = None;
    let host = open(members(), alone).await;
    ask(&host, MEMBERS, Some(&grant)).await.problem(401, "grant-invalid");
    assert_eq!(ask(&host, MEMBERS, Some("let-me-see")).await.lines().len(), 1);
}

#[tokio::test]
async fn what_describes_the_domain_is_for_everybody_and_tells_nothing_personal() {
    let memory = Memory::default();
    let (_registry, host) = club(&memory).await;
    for path in ["/.well-known/mesh", "/contracts/members/1.0.0", "/health/live", "/health/ready"] {
        let answer = get(&host, path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        for personal in ["secret@", "secret street", "424242", "1999-12-31"] {
            assert!(!answer.text.contains(personal), "{path} tells `{personal}`: {}", answer.text);
        }
    }
    get(&host, "/products/nothing/records").await.problem(404, "not-found");
}

#[tokio::test]
async fn an_open_host_that_others_reach_does_not_start() {
    let start = |listen: &str, base: Option<&str>| {
        let mut config = config();
        config.listen = listen.parse().unwrap();
        config.base_url = base.map(|url| url.parse().unwrap());
        Host::new(manifest()).records(|_| std::future::ready(Ok(Vec::<Sale>::new()))).start(config)
    };
    for (listen, base) in [("0.0.0.0:0", "http://127.0.0.1:9"), ("127.0.0.1:0", "https://shop.example")] {
        let error = start(listen, Some(base)).await.unwrap_err();
        assert!(matches!(error, HostError::OpenToAll { .. }), "{error}");
        assert!(error.to_string().contains("MESH_ACCESS=granted"), "{error}");
    }
    for base in ["http://localhost:9", "http://127.0.0.1:9", "http://[::1]:9"] {
        start("127.0.0.1:0", Some(base)).await.unwrap();
    }
}

/// What the registry was told of, summed.
fn told(memory: &Memory) -> Vec<(ObservedReader, u64, u64)> {
    let mut all: Vec<(ObservedReader, u64, u64)> = Vec::new();
    for heard in memory.heard() {
        let Heard::Read { reads, .. } = heard else { continue };
        for reader in reads.readers {
            let same = |known: &&mut (ObservedReader, u64, u64)| {
                known.0.agreement == reader.agreement && known.0.fields == reader.fields
            };
            let (answered, refused) = (reader.answered, reader.refused);
            match all.iter_mut().find(same) {
                Some(known) => (known.1, known.2) = (known.1 + answered, known.2 + refused),
                None => all.push((reader, answered, refused)),
            }
        }
    }
    all
}

#[tokio::test]
async fn the_registry_is_told_who_has_read_and_what_it_did_not_hear_is_told_later() {
    let memory = Memory::default();
    memory.deaf.store(true, Ordering::Relaxed);
    let (_registry, host) = club(&memory).await;
    let mut reader = claims("club.members", &["/number", "/email"]);
    reader.jti = "reader.7".to_owned();
    let grant = key().sign(&reader);
    for _ in 0..3 {
        ask(&host, &format!("{MEMBERS}?fields=email"), Some(&grant)).await.lines();
    }
    ask(&host, MEMBERS, Some(&grant)).await.lines();
    ask(&host, &format!("{MEMBERS}?fields=office"), Some(&grant)).await.problem(403, "outside-grant");
    // Nobody whom the registry does not know is counted.
    ask(&host, MEMBERS, None).await.problem(401, "grant-needed");
    ask(&host, MEMBERS, Some("x.y.z")).await.problem(401, "grant-invalid");
    let so_far = memory.heard().len();
    memory.announced(so_far).await;
    memory.announced(memory.heard().len()).await;
    assert_eq!(told(&memory).len(), 0, "it does not hear");
    memory.deaf.store(false, Ordering::Relaxed);
    memory.hears(so_far, "who has read", |heard| matches!(heard, Heard::Read { .. })).await;
    let told = told(&memory);
    let told = told.iter().filter(|it| it.0.agreement == "reader");
    let counts: Vec<_> =
        told.clone().map(|(it, answered, refused)| (it.fields.join(" "), *answered, *refused)).collect();
    assert_eq!(
        counts,
        [("/email".to_owned(), 3, 0), ("/number /email".to_owned(), 1, 0), ("/office".to_owned(), 0, 1)]
    );
    for (reader, ..) in told {
        assert_eq!(reader.consumer.as_str(), "accounting");
        assert_eq!(reader.address.to_string(), "club.members");
        assert_eq!(reader.version.to_string(), "1.0.0");
        assert!(reader.last_at.ends_with('Z') && reader.last_at.len() == 20, "{}", reader.last_at);
    }
    let Heard::Read { instance, reads } =
        memory.hears(0, "who has read", |heard| matches!(heard, Heard::Read { .. })).await
    else {
        panic!()
    };
    assert_eq!(instance, host.instance());
    assert_eq!(reads.epoch, memory.deployed()[host.instance()].epoch);
}

#[tokio::test]
async fn a_host_whose_name_was_taken_goes_on_learning_what_was_revoked() {
    let memory = Memory::default();
    memory.trusts(Some(trust()));
    let registry = FakeRegistry::start(&memory).await;
    let mut config = granted(registry.address());
    config.instance = Some("club-one".to_owned());
    let host = open(members(), config).await;
    let grant = key().sign(&claims("club.members", &["/number"]));
    until(&host, MEMBERS, &grant, 200).await;
    let mut later = memory.announced(0).await;
    later.epoch += 1_000_000;
    memory.remember("club-one", later);
    soon("being superseded", async {
        while get(&host, "/health/ready").await.json()["registry"] != "superseded" {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
    memory.revoke("agreed.1");
    until(&host, MEMBERS, &grant, 401).await;
}
