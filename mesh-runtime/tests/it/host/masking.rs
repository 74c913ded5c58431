//! Personal data is masked wherever it stands.

use base64::Engine as _;
use mesh_runtime::client::Token;
use serde_json::json;

use super::people::{Login, members, open, open_logins};
use super::{config, get, send, url, walk};

#[tokio::test]
async fn nothing_personal_is_left_at_any_depth_and_nothing_else_is_lost() {
    let host = open(members(), config()).await;
    let answer = get(&host, "/products/members/records").await;
    let place = json!({ "street": "***", "country": "public country" });
    let kin = |kin: serde_json::Value| json!({ "called": "***", "relation": "public kin", "kin": kin });
    let expected = json!({
        "number": 1,
        "name": "***",
        "initials": "**",
        "email": "masked@example.invalid",
        "nickname": null,
        "home": place,
        "office": place,
        "places": [place, place],
        "by_season": { "winter": [place] },
        "aliases": ["***", "***"],
        "pen_name": null,
        "ids": [],
        "ids_by_state": {},
        "contacts": ["Never", { "Post": place }, { "Under": "***" }, { "Call": { "phone": "***", "hour": 9 } }],
        "events": [
            { "kind": "joined", "sponsor": null, "year": 2001 },
            { "kind": "moved", "street": "***", "country": "public country" },
        ],
        "payments": [
            { "by": "Cash" },
            { "by": "Card", "with": { "brand": "public brand" } },
            { "by": "Account", "with": ["***", "public bank"] },
        ],
        "proofs": [{ "passport": "***" }, { "at": place }],
        "family": kin(json!([kin(json!([kin(json!([]))]))])),
        "badge_name": "***",
        "badge_colour": "public colour",
    });
    assert_eq!(answer.lines(), [expected]);
}

#[tokio::test]
async fn no_word_and_no_number_that_is_personal_leaves_the_host_in_any_way() {
    let mut settings = config();
    settings.token = Some(Token::new("t"));
    let host = open(members(), settings).await;
    let all =
        send(reqwest::Client::new().get(url(&host, "/products/members/records")).bearer_auth("t")).await;
    assert_eq!(all.text.matches("secret").count(), 28, "{}", all.text);
    assert_eq!(all.text.matches("424242").count(), 5, "{}", all.text);
    for path in [
        "/products/members/records",
        "/products/members/records?fields=name,email,accounts,ids,ranked,contacts",
        "/health/ready",
        "/.well-known/mesh",
    ] {
        let answer = get(&host, path).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let whole = format!("{:?} {}", answer.headers, answer.text);
        for personal in ["secret", "424242", "1999-12-31"] {
            assert!(!whole.contains(personal), "{path} shows `{personal}`: {whole}");
        }
    }
}

#[tokio::test]
async fn the_header_names_what_is_masked_among_what_is_asked_for() {
    let host = open(members(), config()).await;
    let all = get(&host, "/products/members/records").await;
    let list = all.header("mesh-masked").unwrap();
    for pointer in [
        "\"/name\"",
        "\"/home/street\"",
        "\"/by_season/*/*/street\"",
        "\"/contacts/*/Call/phone\"",
        "\"/badge_name\"",
    ] {
        assert!(list.contains(pointer), "{pointer} in {list}");
    }
    let some = get(&host, "/products/members/records?fields=number,email").await;
    assert_eq!(some.header("mesh-masked"), Some("\"/email\""));
}

#[tokio::test]
async fn a_personal_key_stands_in_no_cursor() {
    let logins: Vec<_> =
        (0..20).map(|number| Login { email: format!("secret{number}@example.com"), times: number }).collect();
    let host = open_logins(logins, config()).await;
    let first = get(&host, "/products/logins/records?limit=3").await;
    let cursor = first.next().unwrap().split_once("after=").unwrap().1.to_owned();
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(cursor).unwrap();
    assert!(!String::from_utf8_lossy(&bytes).contains("secret"));
    let mut times: Vec<_> = walk(&host, "/products/logins/records?limit=3")
        .await
        .iter()
        .map(|login| {
            assert_eq!(login["email"], "***");
            login["times"].as_u64().unwrap()
        })
        .collect();
    times.sort_unstable();
    assert_eq!(times, (0..20).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_hidden_cursor_lives_as_long_as_the_owners_token() {
    let logins = || {
        (0..20).map(|number| Login { email: format!("secret{number}@example.com"), times: number }).collect()
    };
    let mut with_token = config();
    with_token.token = Some(Token::new("t"));
    for (config, survives) in [(with_token, true), (config(), false)] {
        let host = open_logins(logins(), config.clone()).await;
        let next = get(&host, "/products/logins/records?limit=3").await.next().unwrap();
        let query = next.split_once('?').unwrap().1.to_owned();
        host.shutdown().await;
        let host = open_logins(logins(), config).await;
        let answer = get(&host, &format!("/products/logins/records?{query}")).await;
        if survives {
            assert_eq!(answer.lines().len(), 3);
        } else {
            let detail = answer.problem(400, "bad-cursor");
            assert!(detail.contains("begin again"), "{detail}");
        }
    }
}
