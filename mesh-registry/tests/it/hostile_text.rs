//! Whatever a contract says, its pages show it as text: nothing of it becomes markup, a link or a script.

use std::cell::RefCell;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{Client, World, contract, expectation};

/// What somebody may write where text is expected.
const HOSTILE: [&str; 14] = [
    "<script>alert(1)</script>",
    "</title></textarea></script><script src=//evil.example/x.js></script>",
    "\"><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "${alert(1)} {{constructor.constructor('alert(1)')()}} #{7*7} <%= 7*7 %>",
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "<a href=\"javascript:alert(1)\">click</a>",
    "<svg/onload=alert(1)><math><mi xlink:href=\"data:x\">",
    "<!-- --!> <![CDATA[ ]]> <?php ?> &lt;script&gt; &#x3c;b&#62; &amp;amp;",
    "\u{202e}txt.exe\u{202c} \u{2066}\u{200f}isolated\u{2069}",
    "\u{feff}\u{fffd}\u{fdd0} \u{1f4a3}\u{200d}\u{1f4a5} Z\u{0351}\u{036b}\u{0343}a",
    "]]>\r\n\r\nHTTP/1.1 200 OK\r\nSet-Cookie: a=b",
    "style=\"position:fixed\" <style>*{display:none}</style> <base href=//evil.example>",
];

/// What a page is made of.
#[derive(Debug, Default, PartialEq, Eq)]
struct Read {
    /// Each tag with the names of its attributes, in order.
    tags: Vec<String>,
    /// Addresses that the page leads to or loads.
    links: Vec<String>,
    /// All that is shown, as one text, and what attributes say beside it.
    text: String,
    said: Vec<String>,
}

#[derive(Default)]
struct Sink(RefCell<Read>);

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _: u64) -> TokenSinkResult<()> {
        let mut read = self.0.borrow_mut();
        match token {
            Token::TagToken(Tag { kind, name, attrs, .. }) => {
                let names: Vec<_> = attrs.iter().map(|attr| attr.name.local.to_string()).collect();
                let slash = if kind == TagKind::EndTag { "/" } else { "" };
                read.tags.push(format!("{slash}{name} {}", names.join(" ")));
                for attr in attrs {
                    let (name, value) = (attr.name.local.to_string(), attr.value.to_string());
                    if ["href", "src", "action", "formaction", "srcset", "poster"].contains(&&name[..]) {
                        read.links.push(value.clone());
                    }
                    read.said.push(value);
                }
            }
            Token::CharacterTokens(text) => read.text.push_str(&text),
            Token::NullCharacterToken => read.text.push('\0'),
            Token::CommentToken(text) => read.tags.push(format!("<!--{text}-->")),
            Token::ParseError(error) => read.tags.push(format!("error: {error}")),
            Token::DoctypeToken(_) | Token::EOFToken => {}
        }
        TokenSinkResult::Continue
    }
}

fn read(html: &str) -> Read {
    let tokenizer =
        Tokenizer::new(Sink::default(), TokenizerOpts { exact_errors: false, ..TokenizerOpts::default() });
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(html));
    drop(tokenizer.feed(&input));
    tokenizer.end();
    tokenizer.sink.0.into_inner()
}

#[test]
fn the_reader_of_pages_sees_what_a_browser_would_run() {
    let seen = read("<p title='a'>b<script src=//x></script><a href=javascript:1>c</a><!--d-->");
    assert_eq!(seen.tags, ["p title", "script src", "/script ", "a href", "/a ", "<!--d-->"]);
    assert_eq!((&seen.text[..], &seen.links[..]), ("bc", &["//x".to_owned(), "javascript:1".to_owned()][..]));
}

/// A contract that says one text wherever a text may stand.
fn saying(text: &str) -> Value {
    let mut contract = contract("hostile.orders", "1.0.0", text);
    contract["tags"] = json!(["tag"]);
    contract["domain"]["description"] = json!(text);
    contract["domain"]["owner"] = json!(text);
    contract["domain"]["contact"] = json!(text);
    contract["service"]["description"] = json!(text);
    contract["types"]["Record"]["description"] = json!(text);
    contract["types"]["Record"]["fields"] = json!([
        { "name": "id", "type": "uint64", "description": text, "key": true },
        { "name": "state", "type": "string", "description": text, "examples": [text] },
    ]);
    contract["types"]["Record"]["fields"][1].as_object_mut().expect("a field").remove("examples");
    contract["examples"] = json!([{ "id": 1, "state": text }]);
    contract
}

/// Publishes it, and says it everywhere else where somebody may say something.
async fn fill(client: &Client, text: &str) {
    client.publish(&saying(text)).await.ok();
    let mut later = saying(text);
    later["version"] = json!("1.1.0");
    later["x-note"] = json!(text);
    client.publish_reworded(&later).await.ok();
    let mut reads = expectation("reader", "hostile.orders");
    reads["purpose"] = json!(text);
    client.put("/api/v1/consumers/reader/expectations/hostile.orders", &reads).await.ok();
    let yank = json!({ "reason": text });
    client.put("/api/v1/products/hostile.orders/yanks/1.1.0", &yank).await.ok();
    let deprecation = json!({ "reason": text, "until": "2199-01-01" });
    let put = client.put("/api/v1/products/hostile.orders/deprecations/1", &deprecation).await;
    assert!(put.status.is_success(), "{put:?}");
}

const PAGES: [&str; 9] = [
    "/",
    "/search",
    "/search?q=hostile",
    "/search/results?q=hostile",
    "/domains",
    "/domains/hostile",
    "/products/hostile.orders",
    "/products/hostile.orders/1.1.0",
    "/deprecations",
];

async fn page(client: &Client, path: &str) -> Read {
    let answer =
        client.try_send(Method::GET, path, &[("accept", "text/html")], None).await.expect("an answer");
    assert_eq!(answer.status.as_u16(), 200, "{path}");
    read(std::str::from_utf8(&answer.bytes).expect("UTF-8"))
}

/// Nothing of a page runs or leads elsewhere.
fn check(page: &Read, what: &str) {
    for tag in &page.tags {
        let names: Vec<_> = tag.split(' ').collect();
        assert!(!names[1..].iter().any(|name| name.starts_with("on") || *name == "style"), "{what}: {tag}");
        assert!(names[0] != "script" || tag.contains("src"), "{what}: {tag}");
        assert!(!["base", "iframe", "object", "embed", "style"].contains(&names[0]), "{what}: {tag}");
        assert!(!tag.starts_with("<!--") && !tag.starts_with("error"), "{what}: {tag}");
    }
    for link in &page.links {
        let own = (link.starts_with('/') && !link.starts_with("//")) || link.starts_with('#');
        let known = link.starts_with("mailto:") || link.starts_with("http://127.0.0.1");
        assert!(own || known, "{what}: {link}");
    }
}

/// The text as it may be shown: white space may be laid out anew.
fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_a_contract_says_is_shown_as_text() {
    let plain = World::start().await;
    fill(&plain.client, "Plain words.").await;
    let long = "<b>long</b> ".repeat(16).trim_end().to_owned();
    for text in HOSTILE.iter().copied().chain([&long[..]]) {
        let world = World::start().await;
        fill(&world.client, text).await;
        let mut shown = 0;
        for path in PAGES {
            let hostile = page(&world.client, path).await;
            check(&hostile, &format!("{path} {text}"));
            let harmless = page(&plain.client, path).await;
            assert_eq!(hostile.tags, harmless.tags, "{path} is made of other things for {text}");
            let words = squeezed(text);
            let whole = squeezed(&hostile.text).matches(&words).count();
            shown += whole;
        }
        assert!(shown >= 5, "{text} is shown whole {shown} times");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_is_asked_is_answered_as_text() {
    let world = World::start().await;
    for text in HOSTILE {
        let escaped: String = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
        for path in [
            format!("/search?q={escaped}"),
            format!("/search?domain={escaped}"),
            format!("/search/results?q={escaped}"),
            format!("/products/{escaped}"),
            format!("/products/a.b/{escaped}"),
            format!("/domains/{escaped}"),
            format!("/domains?after={escaped}"),
            format!("/{escaped}"),
            format!("/search?{escaped}=1"),
        ] {
            let headers = [("accept", "text/html"), ("x-request-id", "<b>id</b>")];
            let answer = world.client.try_send(Method::GET, &path, &headers, None).await.expect("an answer");
            assert!(answer.status.as_u16() < 500, "{path}: {}", answer.status);
            assert!(answer.header("content-type").starts_with("text/html"), "{path}");
            check(&read(std::str::from_utf8(&answer.bytes).expect("UTF-8")), &path);
            // Nobody reads JSON as a page either.
            let answer = world.client.try_send(Method::GET, &path, &[], None).await.expect("an answer");
            if answer.status.is_client_error() {
                assert_eq!(answer.header("content-type"), "application/problem+json", "{path}");
            }
            assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        }
    }
}

/// A null is no text of a contract, wherever it stands.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_null_is_kept_out_or_shown_as_nothing() {
    let world = World::start().await;
    let answer = world.client.publish(&saying("a\0<b>b")).await;
    if answer.status.is_success() {
        for path in PAGES.into_iter().filter(|path| !path.ends_with("1.1.0")) {
            let page = page(&world.client, path).await;
            check(&page, path);
            assert!(!page.text.contains('\0'), "{path}");
        }
    } else {
        assert!(answer.status.is_client_error(), "{answer:?}");
    }
}
