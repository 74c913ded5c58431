//! Where webhooks may lead. Whoever may set one could else make the registry speak to what only the registry can reach: a
//! database beside it, the metadata of its machine. Names are looked at when they are resolved, each time, for what a name
//! stands for may change after it was set.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use url::{Host, Url};

/// The longest address of a webhook.
const LONGEST: usize = 2_000;

/// Where an address leads now, refused if that is inside and may not be.
pub(super) async fn resolve(url: &Url, allow_private: bool) -> io::Result<Vec<SocketAddr>> {
    let port = url.port_or_known_default().unwrap_or(443);
    let found: Vec<SocketAddr> = match url.host() {
        Some(Host::Domain(name)) => tokio::net::lookup_host((name, port)).await?.collect(),
        Some(Host::Ipv4(address)) => vec![(address, port).into()],
        Some(Host::Ipv6(address)) => vec![(address, port).into()],
        None => Vec::new(),
    };
    let host = url.host_str().unwrap_or_default();
    if found.is_empty() {
        return Err(io::Error::new(io::ErrorKind::NotFound, format!("`{host}` stands for no address")));
    }
    // One that leads inside among others is no accident.
    if !allow_private && found.iter().any(|address| !is_outside(address.ip())) {
        return Err(io::Error::new(
            io::ErrorKind::PermissionDenied,
            format!("`{host}` stands for an address inside this network, where webhooks do not lead"),
        ));
    }
    Ok(found)
}

/// Reads the address of a webhook, or says what is wrong with it.
pub(super) fn read(text: &str, allow_private: bool) -> Result<Url, String> {
    if text.len() > LONGEST {
        return Err(format!("the address is longer than {LONGEST} bytes; choose a shorter one"));
    }
    let example = "write one such as `https://example.com/mesh`";
    let url = Url::parse(text).map_err(|error| format!("`{text}` is no address ({error}); {example}"))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(format!("`{text}` is not reached by HTTP; {example}"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(
            "an address is shown to others, and a password in it with it; verify the signature of deliveries instead"
                .to_owned(),
        );
    }
    if !allow_private && !may_lead_to(&url) {
        return Err(format!(
            "`{}` is an address inside this network, where webhooks do not lead; use a public one, or let whoever runs the \
             registry allow private ones with `webhooks.allow_private`",
            url.host_str().unwrap_or_default()
        ));
    }
    Ok(url)
}

/// Whether an address may be asked, as far as it can be told without resolving its name.
fn may_lead_to(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.').to_ascii_lowercase();
            name != "localhost" && !name.ends_with(".localhost")
        }
        Some(Host::Ipv4(address)) => is_outside_v4(address),
        Some(Host::Ipv6(address)) => is_outside_v6(address),
        None => false,
    }
}

/// Whether an address is one that anybody on the internet may have.
fn is_outside(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_outside_v4(address),
        IpAddr::V6(address) => is_outside_v6(address),
    }
}

fn is_outside_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !(address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_broadcast()
        || address.is_multicast()
        || address.is_documentation()
        || a == 0
        || a >= 240
        // Carriers' own networks, the IETF's, and those of benchmarks.
        || (a == 100 && (64..128).contains(&b))
        || (a, b, c) == (192, 0, 0)
        || (a == 198 && (b == 18 || b == 19)))
}

fn is_outside_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    let v4 = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        is_outside_v4(Ipv4Addr::new(a, b, c, d))
    };
    match segments {
        // Written in IPv6 and meant in IPv4: mapped, compatible (loopback and "any" among them), and translated.
        [0, 0, 0, 0, 0, 0xffff | 0, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => v4(high, low),
        [0x2002, high, low, ..] => v4(high, low),
        // Translation within a network, tunnels, documentation.
        [0x64, 0xff9b, 1, ..] | [0x2001, 0, ..] | [0x2001, 0xdb8, ..] => false,
        // All that is given out today lies here; the rest is local or of no one.
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_inside_is_told_from_what_is_outside_however_it_is_written() {
        for inside in [
            "http://127.0.0.1/",
            "http://127.1/",
            "http://2130706433/",
            "http://0x7f.1/",
            "http://0/",
            "http://10.1.2.3/",
            "http://172.16.0.1/",
            "http://192.168.1.1:8080/",
            "http://169.254.169.254/latest/meta-data",
            "http://100.64.0.1/",
            "http://[::1]/",
            "http://[::]/",
            "http://[::ffff:127.0.0.1]/",
            "http://[::127.0.0.1]/",
            "http://[::ffff:a9fe:a9fe]/",
            "http://[fe80::1]/",
            "http://[fd00:ec2::254]/",
            "http://[64:ff9b::7f00:1]/",
            "http://[2002:7f00:1::]/",
            "http://[ff02::1]/",
            "http://224.0.0.1/",
            "http://255.255.255.255/",
            "http://localhost/",
            "http://LOCALHOST./",
            "http://a.localhost/",
            "http://192.0.2.1/",
            "http://[2001:db8::1]/",
        ] {
            let error = read(inside, false).expect_err(inside);
            assert!(error.contains("inside this network"), "{inside}: {error}");
            assert!(read(inside, true).is_ok(), "{inside} may be allowed");
        }
        for outside in ["https://example.com/x?y=z", "http://93.184.216.34/", "https://[2606:2800:220:1::1]/"]
        {
            assert!(read(outside, false).is_ok(), "{outside}");
        }
        for bad in
            ["", "example.com", "ftp://example.com/", "https://user:word@example.com/", "file:///etc/passwd"]
        {
            assert!(read(bad, true).is_err(), "{bad}");
        }
        assert!(read(&format!("https://example.com/{}", "x".repeat(LONGEST)), true).is_err());
    }

    #[tokio::test]
    async fn a_name_is_refused_for_what_it_stands_for() {
        let url = Url::parse("https://localhost/").expect("an address");
        let found = resolve(&url, true).await.expect("it is there");
        assert!(found.iter().all(|address| address.port() == 443), "{found:?}");
        let error = resolve(&url, false).await.expect_err("it leads inside").to_string();
        assert!(error.contains("inside this network"), "{error}");
    }
}
