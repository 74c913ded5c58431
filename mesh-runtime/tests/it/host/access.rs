//! The owner's token: right, wrong and absent.

use mesh_runtime::client::Token;
use mesh_runtime::host::RunningHost;

use super::people::{members, open};
use super::{Answer, config, send, url};

async fn ask(host: &RunningHost, authorization: Option<&str>) -> Answer {
    let request = reqwest::Client::new().get(url(host, "/products/members/records"));
    send(match authorization {
        Some(value) => request.header("authorization", value),
        None => request,
    })
    .await
}

fn is_clear(answer: &Answer) -> bool {
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.text.contains("secret")
}

#[tokio::test]
async fn personal_data_is_shown_to_the_right_token_alone() {
    let mut config = config();
    config.token = Some(Token::new("let-me-see"));
    let host = open(members(), config).await;
    for right in ["Bearer let-me-see", "bearer let-me-see"] {
        let answer = ask(&host, Some(right)).await;
        assert!(is_clear(&answer));
        assert_eq!(answer.header("mesh-masked"), None);
        assert_eq!(answer.header("www-authenticate"), None);
        assert_eq!(answer.header("cache-control"), Some("private, no-store"));
    }
    for wrong in
        ["Bearer let-me-se", "Bearer let-me-see!", "Bearer ", "Bearer", "Basic let-me-see", "let-me-see"]
    {
        let answer = ask(&host, Some(wrong)).await;
        assert!(!is_clear(&answer), "{wrong}");
        assert!(answer.header("www-authenticate").is_some_and(|it| it.contains("invalid_token")), "{wrong}");
        assert!(answer.header("mesh-masked").is_some());
    }
    let absent = ask(&host, None).await;
    assert!(!is_clear(&absent));
    assert_eq!(absent.header("www-authenticate"), Some("Bearer realm=\"personal data\""));
    assert_eq!(absent.header("vary"), Some("authorization"));
    assert!(absent.header("mesh-masked").is_some_and(|it| it.contains("\"/name\"")), "{:?}", absent.headers);
}

#[tokio::test]
async fn without_a_token_of_the_owner_nothing_opens() {
    for token in [None, Some(Token::new("")), Some(Token::new("  "))] {
        let mut config = config();
        config.token = token;
        let host = open(members(), config).await;
        for authorization in [None, Some("Bearer "), Some("Bearer"), Some("Bearer null"), Some("Bearer  ")] {
            assert!(!is_clear(&ask(&host, authorization).await), "{authorization:?}");
        }
    }
}
