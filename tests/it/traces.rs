//! Traces as a collector receives them. Runs in builds with the feature `traces`.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use rustix::process::Signal;

use crate::serving::{Serving, contract};

/// A span, as far as it is looked at here.
#[derive(Debug, Clone)]
struct Span {
    trace: String,
    id: String,
    parent: String,
    name: String,
}

/// A collector that takes what is sent to it, one request a connection or several.
fn collector() -> (String, Receiver<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a listener");
    let address = listener.local_addr().expect("its address");
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let sender = sender.clone();
            std::thread::spawn(move || {
                let mut reader = BufReader::new(stream);
                while let Some(body) = request(&mut reader) {
                    let answer = "HTTP/1.1 200 OK\r\ncontent-type: application/x-protobuf\r\ncontent-length: 0\r\n\r\n";
                    if sender.send(body).is_err() || reader.get_mut().write_all(answer.as_bytes()).is_err() {
                        return;
                    }
                }
            });
        }
    });
    (format!("http://{address}/v1/traces"), receiver)
}

fn request(reader: &mut BufReader<TcpStream>) -> Option<Vec<u8>> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let line = line.trim().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(number) = line.strip_prefix("content-length:") {
            length = number.trim().parse().expect("a length");
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(body)
}

/// The members of a protobuf message that have a length, by number.
fn members(mut bytes: &[u8]) -> Vec<(u64, &[u8])> {
    fn number(bytes: &mut &[u8]) -> u64 {
        let mut value = 0;
        for shift in (0..).step_by(7) {
            let (first, rest) = bytes.split_first().expect("a whole message");
            *bytes = rest;
            value |= u64::from(first & 0x7f) << shift;
            if first & 0x80 == 0 {
                break;
            }
        }
        value
    }
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let tag = number(&mut bytes);
        let length = match tag & 7 {
            0 => {
                number(&mut bytes);
                continue;
            }
            1 => 8,
            2 => usize::try_from(number(&mut bytes)).expect("a length"),
            5 => 4,
            other => panic!("{other} is no type on the wire"),
        };
        let (member, rest) = bytes.split_at(length);
        bytes = rest;
        if tag & 7 == 2 {
            found.push((tag >> 3, member));
        }
    }
    found
}

fn within(bytes: &[u8], wanted: u64) -> impl Iterator<Item = &[u8]> {
    members(bytes).into_iter().filter(move |(number, _)| *number == wanted).map(|(_, member)| member)
}

/// ExportTraceServiceRequest.resource_spans = 1, ResourceSpans.scope_spans = 2, ScopeSpans.spans = 2.
fn spans(request: &[u8]) -> Vec<Span> {
    let spans = within(request, 1).flat_map(|it| within(it, 2)).flat_map(|it| within(it, 2));
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let span = |bytes| {
        let member = |wanted| within(bytes, wanted).next().unwrap_or_default();
        Span {
            trace: hex(member(1)),
            id: hex(member(2)),
            parent: hex(member(4)),
            name: String::from_utf8_lossy(member(5)).into_owned(),
        }
    };
    spans.map(span).collect()
}

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const CALLER: &str = "b7ad6b7169203331";

#[test]
fn a_publish_is_a_part_of_its_callers_trace_down_to_the_store() {
    let (endpoint, received) = collector();
    let mut serving =
        Serving::start(&[("MESH_REGISTRY_TRACES_ENDPOINT", &endpoint), ("MESH_REGISTRY_TRACES_SAMPLE", "0")]);
    let body = contract("Orders.");
    for (id, sampled) in [(TRACE, "01"), ("1af7651916cd43dd8448eb211c80319c", "00")] {
        let answer = serving.exchange(&format!(
            "PUT /api/v1/products/sales.orders/versions/1.0.0 HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\
             traceparent: 00-{id}-{CALLER}-{sampled}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        ));
        assert!(answer.starts_with("HTTP/1.1 20"), "{answer}");
    }
    let path = "/api/v1/products/sales.orders/versions/1.0.0";
    let read = format!(
        "GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ntraceparent: 00-{TRACE}-{CALLER}-01\r\n\r\n"
    );
    assert!(serving.exchange(&read).starts_with("HTTP/1.1 200"));
    assert!(
        serving
            .exchange("GET /api/v1/products HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
            .contains("200")
    );
    // What is still to be sent is sent before the process ends.
    serving.signal(Signal::TERM);
    assert!(serving.ended().success(), "{}", serving.log());
    let mut all = Vec::new();
    while let Ok(request) = received.recv_timeout(Duration::from_secs(5)) {
        all.extend(spans(&request));
        let whole = |name: &str| all.iter().any(|it: &Span| it.name == name);
        if whole("PUT /api/v1/products/{address}/versions/{version}")
            && whole("GET /api/v1/products/{address}/versions/{version}")
        {
            break;
        }
    }
    assert!(
        !all.is_empty() && all.iter().all(|span| span.trace == TRACE),
        "only what a caller keeps is kept: {all:#?}"
    );
    let parent = |span: &Span| all.iter().find(|it| it.id == span.parent);
    let named = |name: &str| all.iter().filter(|it| it.name == name).cloned().collect::<Vec<_>>();
    let [publish] = &named("publish")[..] else { panic!("one publish: {all:#?}") };
    let request = parent(publish).expect("the request");
    assert_eq!(
        (request.name.as_str(), request.parent.as_str()),
        ("PUT /api/v1/products/{address}/versions/{version}", CALLER)
    );
    let under = |span: &Span, wanted: &Span| parent(span).is_some_and(|it| it.id == wanted.id);
    assert!(named("commit").iter().any(|it| under(it, publish)), "{all:#?}");
    assert!(named("judge").iter().any(|it| under(it, publish)), "{all:#?}");
    // The service looks into its memory first, and asks the store when nothing is there.
    let readings = named("contract");
    let reading = readings.iter().find(|it| parent(it).is_some_and(|request| request.parent == CALLER));
    let reading = reading.unwrap_or_else(|| panic!("a contract was read for the caller: {all:#?}"));
    assert!(readings.iter().any(|it| under(it, reading)), "{all:#?}");
}
