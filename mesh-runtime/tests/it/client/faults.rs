//! Hosts that answer wrongly, slowly, endlessly or half: nothing is lost that fits, and nothing waits for ever.

use std::time::Duration;

use mesh_runtime::client::{ClientError, Fault, Rejected, Retry, Token};

use super::fake_domain::{FakeDomain, Reply};
use super::{CountedSale, client, config, sold};
use crate::host::soon;

async fn read(host: &FakeDomain) -> Result<mesh_runtime::client::Read<CountedSale>, ClientError> {
    let product = client(config()).product_at::<CountedSale>(&host.url()).await.unwrap();
    soon("reading", product.read_all()).await
}

fn line(number: u64) -> String {
    format!("{{\"number\":{number},\"article\":\"soap\"}}\n")
}

#[tokio::test]
async fn lines_that_do_not_fit_are_told_by_place_and_rule_and_the_rest_arrives() {
    let host = FakeDomain::of_lines(concat!(
        "{\"number\":1,\"article\":\"soap\"}\n",
        "{\"number\":\"secret\",\"article\":\"soap\"}\n",
        "secret garbage\n",
        "\n",
        "{\"number\":2,\"article\":\"soap\",\"more\":\"is welcome\"}\n",
        "{\"number\":3}\n",
        "{\"number\":4,\"article\":\"a secret that is too long\"}\n",
        "{\"number\":5,\"article\":\"so\n",
        "[]\n",
        "{\"number\":6,\"article\":\"soap\"}",
    ))
    .await;
    let read = read(&host).await.unwrap();
    assert_eq!(read.records, [sold(1), sold(2), sold(6)]);
    let fault = |pointer: &str, rule: &str, message: &str| Fault {
        pointer: pointer.to_owned(),
        rule: rule.to_owned(),
        message: message.to_owned(),
    };
    let rejected = |line, fault| Rejected { line, faults: vec![fault] };
    let too_long = read.rejected[3].faults[0].message.clone();
    assert!(too_long.contains('8'), "{too_long}");
    assert_eq!(
        read.rejected,
        [
            rejected(2, fault("/number", "type", "expected u64")),
            rejected(3, fault("", "json", "no JSON from column 1 on")),
            rejected(6, fault("", "type", "missing field `article`")),
            rejected(7, fault("/article", "maxLength", &too_long)),
            rejected(8, fault("", "json", "the line ends before its JSON does")),
            rejected(9, fault("", "type", &read.rejected[5].faults[0].message)),
        ]
    );
    let told = read.rejected.iter().map(ToString::to_string).collect::<String>();
    assert!(!told.contains("secret"), "{told}");
}

#[tokio::test]
async fn bytes_that_are_no_text_spoil_their_own_line_only() {
    let mut body = line(1).into_bytes();
    body.extend_from_slice(b"{\"number\":2,\"article\":\"\xff\xfe\"}\n");
    body.extend_from_slice(line(3).as_bytes());
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
    let bytes = [head.as_bytes(), &body].concat();
    let host = FakeDomain::start(move |_, _| Reply::Bytes(bytes.clone())).await;
    let read = read(&host).await.unwrap();
    assert_eq!(read.records, [sold(1), sold(3)]);
    assert_eq!((read.rejected.len(), read.rejected[0].line), (1, 2));
}

#[tokio::test]
async fn a_page_that_breaks_off_is_read_again_and_no_record_comes_twice() {
    let host = FakeDomain::start(|target, count| match (target.contains("after=x"), count) {
        (false, _) => Reply::page(&[("link", "<?after=x>; rel=\"next\"")], &(line(1) + &line(2))),
        (true, 1 | 2) => Reply::cut(&[], &(line(3) + &line(4)), 40),
        (true, _) => Reply::page(&[], &(line(3) + &line(4))),
    })
    .await;
    let read = read(&host).await.unwrap();
    assert_eq!(read.records, (1..=4).map(sold).collect::<Vec<_>>());
    assert_eq!(read.rejected, []);
    assert_eq!(host.requests().len(), 4);
}

#[tokio::test]
async fn a_page_that_breaks_off_every_time_is_an_error_after_the_records_before_it() {
    let host = FakeDomain::start(|target, _| match target.contains("after=x") {
        false => Reply::page(&[("link", "<?after=x>; rel=\"next\"")], &line(1)),
        true => Reply::cut(&[], &line(2), 5),
    })
    .await;
    let mut product = client(config()).product_at::<CountedSale>(&host.url()).await.unwrap();
    assert_eq!(soon("a record", product.next()).await.unwrap(), Some(Ok(sold(1))));
    for _ in 0..2 {
        let error = soon("an error", product.next()).await.unwrap_err();
        assert!(matches!(error, ClientError::Broken { .. }), "{error}");
    }
}

#[tokio::test]
async fn a_reader_that_failed_goes_on_from_the_page_that_failed() {
    let host = FakeDomain::start(|target, count| match (target.contains("after=x"), count) {
        (false, _) => Reply::page(&[("link", "<?after=x>; rel=\"next\"")], &line(1)),
        (true, 1..=3) => Reply::status("503 Service Unavailable", &[]),
        (true, _) => Reply::page(&[], &line(2)),
    })
    .await;
    let mut product = client(config()).product_at::<CountedSale>(&host.url()).await.unwrap();
    assert_eq!(product.next().await.unwrap(), Some(Ok(sold(1))));
    let error = product.next().await.unwrap_err();
    assert!(matches!(error, ClientError::NotMesh { status: 503, .. }), "{error}");
    assert_eq!(product.next().await.unwrap(), Some(Ok(sold(2))));
    assert_eq!(product.next().await.unwrap(), None);
    assert_eq!(product.next().await.unwrap(), None, "the end stays the end");
}

#[tokio::test]
async fn a_host_that_stops_in_the_middle_of_an_answer_is_not_waited_for() {
    let head = b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{\"number\"".to_vec();
    for stall in [Vec::new(), head] {
        let host = FakeDomain::start(move |_, _| Reply::Stall(stall.clone())).await;
        let mut config = config();
        config.read_timeout = Duration::from_millis(50);
        let product = client(config).product_at::<CountedSale>(&host.url()).await.unwrap();
        let error = soon("giving up", product.read_all()).await.unwrap_err();
        assert!(matches!(error, ClientError::TimedOut { .. }), "{error}");
        assert_eq!(host.requests().len(), 3, "it was tried as often as it may be");
    }
}

#[tokio::test]
async fn a_host_that_sends_a_byte_now_and_then_is_not_waited_for_either() {
    let head = b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n".to_vec();
    let host = FakeDomain::start(move |_, _| Reply::Trickle(head.clone())).await;
    let mut config = config();
    config.request_timeout = Duration::from_millis(100);
    config.retry = Retry::NEVER;
    let product = client(config).product_at::<CountedSale>(&host.url()).await.unwrap();
    let error = soon("giving up", product.read_all()).await.unwrap_err();
    assert!(matches!(error, ClientError::TimedOut { .. }), "{error}");
}

#[tokio::test]
async fn redirects_that_go_around_or_away_are_not_followed() {
    let around =
        FakeDomain::start(|target, _| Reply::status("307 Temporary Redirect", &[("location", target)])).await;
    let away = FakeDomain::start(|_, _| {
        Reply::status("307 Temporary Redirect", &[("location", "http://127.0.0.1:1/records")])
    })
    .await;
    for host in [around, away] {
        let error = read(&host).await.unwrap_err();
        assert!(matches!(error, ClientError::Redirected { .. }), "{error}");
    }
    let near = FakeDomain::start(|target, _| match target {
        "/moved" => Reply::page(&[], &line(1)),
        _ => Reply::status("307 Temporary Redirect", &[("location", "/moved")]),
    })
    .await;
    assert_eq!(read(&near).await.unwrap().records, [sold(1)]);
}

#[tokio::test]
async fn pages_that_lead_nowhere_end_the_reading_after_their_records() {
    for (link, says) in [
        ("<?limit=1000>; rel=\"next\"", "go in circles"),
        ("<http://127.0.0.1:1/records>; rel=\"next\"", "lead to another host"),
        ("<http://[>; rel=\"next\"", "no address"),
    ] {
        let host = FakeDomain::start(move |_, _| Reply::page(&[("link", link)], &line(1))).await;
        let mut config = config();
        config.tokens.insert("shop".parse().unwrap(), Token::new("t"));
        let mut product = client(config).product_at::<CountedSale>(&host.url()).await.unwrap();
        assert_eq!(product.next().await.unwrap(), Some(Ok(sold(1))), "{link}");
        let error = product.next().await.unwrap_err();
        assert!(matches!(error, ClientError::BadPaging { lines: 1, .. }), "{error}");
        assert!(error.to_string().contains(says), "{error}");
    }
}

#[tokio::test]
async fn a_circle_of_pages_and_a_road_of_empty_ones_come_to_an_end() {
    let circle = FakeDomain::start(|target, _| {
        let next = if target.contains("after=a") { "b" } else { "a" };
        Reply::page(&[("link", &format!("<?after={next}>; rel=\"next\""))], &line(1))
    })
    .await;
    let error = read(&circle).await.unwrap_err();
    assert!(error.to_string().contains("go in circles"), "{error}");

    let empty = FakeDomain::start(|_, count| {
        Reply::page(&[("link", &format!("<?after={count}>; rel=\"next\""))], "")
    })
    .await;
    let error = read(&empty).await.unwrap_err();
    assert!(error.to_string().contains("hold nothing"), "{error}");
}

#[tokio::test]
async fn a_page_larger_than_is_taken_is_refused_while_it_arrives() {
    let host = FakeDomain::of_lines(&(0..100).map(line).collect::<String>()).await;
    let mut config = config();
    config.page_bytes = 2_000;
    let product = client(config).product_at::<CountedSale>(&host.url()).await.unwrap();
    let error = product.read_all().await.unwrap_err();
    assert!(matches!(error, ClientError::TooLarge { limit: 2_000, .. }), "{error}");
    assert!(error.to_string().contains("fewer records"), "{error}");
}

#[tokio::test]
async fn an_address_that_came_to_another_product_is_not_read() {
    for found in ["shop.returns@1.0.0", "shop.sales@2.0.0", "nonsense"] {
        let host = FakeDomain::start(move |_, _| Reply::page(&[("mesh-product", found)], &line(1))).await;
        let error = read(&host).await.unwrap_err();
        assert!(matches!(error, ClientError::WrongProduct { .. }), "{error}");
    }
    let host = FakeDomain::start(|_, _| Reply::page(&[("mesh-product", "shop.sales@1.9.0")], &line(1))).await;
    assert_eq!(read(&host).await.unwrap().version.to_string(), "1.9.0");
}

#[tokio::test]
async fn what_does_not_pass_is_not_tried_again_and_what_passes_is() {
    let problem = r#"{"type":"urn:mesh:problem:bad-cursor","title":"The cursor leads nowhere","status":400,"detail":"begin again"}"#;
    let host = FakeDomain::start(move |_, _| {
        let text = format!(
            "HTTP/1.1 400 Bad Request\r\ncontent-type: application/problem+json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{problem}",
            problem.len()
        );
        Reply::Bytes(text.into_bytes())
    })
    .await;
    let error = read(&host).await.unwrap_err();
    assert_eq!(error.problem().unwrap().status, 400);
    assert!(error.to_string().contains("begin again"), "{error}");
    assert_eq!(host.requests().len(), 1);

    let host = FakeDomain::start(|_, count| match count {
        0 | 1 => Reply::status("502 Bad Gateway", &[]),
        _ => Reply::page(&[], &line(1)),
    })
    .await;
    assert_eq!(read(&host).await.unwrap().records, [sold(1)]);
    assert_eq!(host.requests().len(), 3);
}
