// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Where the server may be sent to. A device names its push service's address, so a hostile one could name the city's
//! own machines: what is not plainly the public network's `https` is refused, first by its name, and again by the
//! addresses that the name stands for when it is called.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use hyper::Uri;
use melder_protocol::limits::MAX_PUSH_ADDRESS;

/// What may be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// The public network, by `https` on its usual port.
    Public,
    /// Whatever an owner names: also within the city's network, but by `https`; unencrypted on this very machine alone.
    Named,
    /// Anything, also unencrypted: for tests.
    Anywhere,
}

impl Reach {
    /// May this address be called, for a name that may?
    #[must_use]
    pub fn allows(self, address: IpAddr, tls: bool) -> bool {
        match self {
            Self::Public => is_public(address),
            Self::Named if tls => !is_nobodys(address),
            Self::Named => address.is_loopback(),
            Self::Anywhere => true,
        }
    }
}

/// No machine with a name of its own has such an address; what clouds tell their machines stands at one.
fn is_nobodys(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            address.is_link_local() || address.is_multicast() || address.is_unspecified() || address.is_broadcast()
        }
        IpAddr::V6(address) => address.is_unicast_link_local() || address.is_multicast() || address.is_unspecified(),
    }
}

/// An address that may be called.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Target {
    pub tls: bool,
    pub host: String,
    pub port: u16,
    pub path: String,
}

impl Target {
    /// Scheme, host and port, as RFC 6454 writes an origin.
    #[must_use]
    pub fn origin(&self) -> String {
        let (scheme, usual) = if self.tls { ("https", 443) } else { ("http", 80) };
        match self.port {
            port if port == usual => format!("{scheme}://{}", self.host),
            port => format!("{scheme}://{}:{port}", self.host),
        }
    }

    /// The `Host` header.
    #[must_use]
    pub fn authority(&self) -> String {
        let origin = self.origin();
        origin
            .split_once("://")
            .map(|(_, host)| host.to_owned())
            .unwrap_or(origin)
    }
}

/// Names that stand for machines nearby.
const NEARBY: [&str; 8] = [
    "localhost",
    "local",
    "localdomain",
    "internal",
    "intranet",
    "lan",
    "home",
    "home.arpa",
];

/// Reads an address, and says whether it may be called as far as the name tells.
#[must_use]
pub fn check(endpoint: &str, reach: Reach) -> Option<Target> {
    let plain = endpoint.len() <= MAX_PUSH_ADDRESS && endpoint.bytes().all(|byte| byte.is_ascii_graphic());
    if !plain || endpoint.contains('#') {
        return None;
    }
    let uri: Uri = endpoint.parse().ok()?;
    let tls = match (uri.scheme_str()?, reach) {
        ("https", _) => true,
        ("http", Reach::Anywhere | Reach::Named) => false,
        _ => return None,
    };
    let authority = uri.authority()?;
    if authority.as_str().contains('@') {
        return None;
    }
    let port = authority.port_u16().unwrap_or(if tls { 443 } else { 80 });
    let host = authority.host().to_ascii_lowercase();
    if reach == Reach::Public && (port != 443 || !is_public_name(&host)) {
        return None;
    }
    if reach == Reach::Named && !tls && !["localhost", "127.0.0.1", "[::1]"].contains(&host.as_str()) {
        return None;
    }
    let path = uri.path_and_query()?.as_str().to_owned();
    Some(Target { tls, host, port, path })
}

fn is_public_name(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    if let Ok(address) = bare.parse::<IpAddr>() {
        return is_public(address);
    }
    let host = host.trim_end_matches('.');
    let nearby = |name: &&str| host == *name || host.ends_with(&format!(".{name}"));
    // The last label of a name has a letter; what has none is another way to write a number.
    let last = host.rsplit('.').next().unwrap_or_default();
    host.contains('.') && last.bytes().any(|byte| byte.is_ascii_alphabetic()) && !NEARBY.iter().any(nearby)
}

/// Is this an address of the public network?
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

const fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !(a == 0
        || a >= 240
        || address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_documentation()
        || (a == 100 && b & 0xc0 == 64)
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && b & 0xfe == 18))
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, c, d, e, f, g, h] = address.segments();
    if (a, b, c, d, e, f) == (0x64, 0xff9b, 0, 0, 0, 0) {
        // An IPv4 address behind a translator.
        let [g, h] = [g.to_be_bytes(), h.to_be_bytes()];
        return is_public_v4(Ipv4Addr::new(g[0], g[1], h[0], h[1]));
    }
    // What the registries give out, without the ways to write an IPv4 address, and the examples.
    a & 0xe000 == 0x2000 && a != 0x2002 && (a, b) != (0x2001, 0) && (a, b) != (0x2001, 0xdb8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_push_service_may_be_called() {
        let target = check("https://fcm.googleapis.com/fcm/send/a:b?c=d", Reach::Public).unwrap();
        assert_eq!(target.origin(), "https://fcm.googleapis.com");
        assert_eq!(target.authority(), "fcm.googleapis.com");
        assert_eq!((target.port, target.path.as_str()), (443, "/fcm/send/a:b?c=d"));
        assert!(check("https://web.push.apple.com:443/x", Reach::Public).is_some());
        assert!(check("https://8.8.8.8/x", Reach::Public).is_some());
    }

    #[test]
    fn nothing_nearby_and_nothing_odd_may_be_called() {
        let long = format!("https://push.example/{}", "a".repeat(MAX_PUSH_ADDRESS));
        for endpoint in [
            "http://push.example/x",
            "https://push.example:8443/x",
            "https://user@push.example/x",
            "https://localhost/x",
            "https://intern/x",
            "https://db.internal/x",
            "https://127.0.0.1/x",
            "https://2130706433/x",
            "https://127.1/x",
            "https://10.1.2.3/x",
            "https://100.64.1.1/x",
            "https://169.254.169.254/latest",
            "https://[::1]/x",
            "https://[::ffff:127.0.0.1]/x",
            "https://[64:ff9b::7f00:1]/x",
            "https://[fe80::1]/x",
            "https://[fd00::1]/x",
            "https://push.example/x y",
            "https://push.example/#x",
            "file:///etc/passwd",
            "push.example/x",
            "",
            &long,
        ] {
            assert_eq!(check(endpoint, Reach::Public), None, "{endpoint}");
        }
    }

    #[test]
    fn an_owner_may_name_a_machine_of_the_city_but_not_unencrypted() {
        for named in [
            "https://sso.intern.stadt.de:8443/realms/a",
            "https://10.1.2.3/",
            "http://localhost:8080/",
        ] {
            assert!(check(named, Reach::Named).is_some(), "{named}");
        }
        for refused in [
            "http://sso.stadt.de/",
            "http://10.1.2.3/",
            "https://user@sso.stadt.de/",
            "ftp://localhost/",
        ] {
            assert_eq!(check(refused, Reach::Named), None, "{refused}");
        }
        let allows = |address: &str, tls| Reach::Named.allows(address.parse().unwrap(), tls);
        assert!(allows("10.1.2.3", true) && allows("8.8.8.8", true) && allows("fd00::1", true));
        assert!(!allows("10.1.2.3", false) && allows("127.0.0.1", false) && allows("::1", false));
        for nobody in [
            "169.254.169.254",
            "fe80::1",
            "::ffff:169.254.169.254",
            "0.0.0.0",
            "224.0.0.1",
        ] {
            assert!(!allows(nobody, true), "{nobody}");
        }
    }

    #[test]
    fn in_a_test_it_may_be_this_machine() {
        let target = check("http://127.0.0.1:4711/push/1", Reach::Anywhere).unwrap();
        assert_eq!((target.tls, target.port), (false, 4_711));
        assert_eq!(target.origin(), "http://127.0.0.1:4711");
        assert_eq!(check("ftp://127.0.0.1/x", Reach::Anywhere), None);
    }
}
