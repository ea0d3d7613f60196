// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The way to an LDAP server: name, socket, TLS, and a gate that lets in nothing but whole, sound messages of a bounded
//! size. The LDAP library behind it waits for as much as a message claims to hold, and takes what comes for well-formed;
//! so it gets its bytes from here, through a pair of sockets.

use std::net::SocketAddr;
use std::os::unix::net::UnixStream as StdUnixStream;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpStream, UnixStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsConnector;

use super::Failed;
use crate::directory::ldap::Settings;
use crate::directory::ldap::settings::{Address, Security};
use crate::push::address::Reach;
use crate::push::dial::DialError;

const CONNECT: Duration = Duration::from_secs(10);
/// The largest message: a group of 100,000.
const MAX_MESSAGE: usize = 16 * 1024 * 1024;
/// All that one pull may bring.
const MAX_TOTAL: usize = 512 * 1024 * 1024;
/// How deep values may stand in values. LDAP needs seven.
const MAX_DEPTH: usize = 16;
/// `ExtendedRequest` with the name of StartTLS, as message 1.
const START_TLS: &[u8] = b"\x30\x1d\x02\x01\x01\x77\x18\x80\x161.3.6.1.4.1.1466.20037";

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// A way that is open. Dropped, it is closed.
pub struct Way {
    /// For the LDAP library.
    pub inner: Option<StdUnixStream>,
    /// Why nothing comes any more.
    broken: Arc<Mutex<Option<Failed>>>,
    _pumps: JoinSet<()>,
}

impl Way {
    /// Why nothing comes any more, if the gate closed it.
    pub fn broken(&self) -> Option<Failed> {
        self.broken.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn unreachable(what: &str, error: impl std::fmt::Display) -> Failed {
    Failed::Unreachable(format!("{what}: {error}"))
}

fn tls(ca: Option<&str>) -> Result<TlsConnector, Failed> {
    let mut roots = rustls::RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    for own in CertificateDer::pem_slice_iter(ca.unwrap_or_default().as_bytes()) {
        let own = own.map_err(|error| unreachable("the CA's certificate can't be read", error))?;
        roots
            .add(own)
            .map_err(|error| unreachable("the CA's certificate can't be used", error))?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| unreachable("TLS", error))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

/// Opens the way.
pub async fn open(settings: &Settings, address: &Address) -> Result<Way, Failed> {
    let reach = connect(settings, address);
    let stream = tokio::time::timeout(CONNECT, reach)
        .await
        .map_err(|_| Failed::Unreachable("no connection within 10 seconds".to_owned()))??;
    let local = |error| unreachable("a pair of sockets", error);
    let (inner, outer) = StdUnixStream::pair().map_err(local)?;
    outer.set_nonblocking(true).map_err(local)?;
    let (mut from_library, mut to_library) = UnixStream::from_std(outer).map_err(local)?.into_split();
    let (mut from_server, mut to_server) = tokio::io::split(stream);
    let broken = Arc::<Mutex<Option<Failed>>>::default();
    let mut pumps = JoinSet::new();
    let noted = Arc::clone(&broken);
    pumps.spawn(async move {
        let mut total = 0_usize;
        loop {
            match message(&mut from_server, &mut total).await {
                Ok(message) => {
                    if to_library.write_all(&message).await.is_err() {
                        return;
                    }
                }
                Err(failed) => {
                    *noted.lock().unwrap_or_else(PoisonError::into_inner) = Some(failed);
                    return;
                }
            }
        }
    });
    pumps.spawn(async move {
        // When either side is gone, the other hears it from its own reading.
        if let Err(error) = tokio::io::copy(&mut from_library, &mut to_server).await {
            tracing::debug!(%error, "LDAP: writing");
        }
    });
    Ok(Way {
        inner: Some(inner),
        broken,
        _pumps: pumps,
    })
}

async fn connect(settings: &Settings, address: &Address) -> Result<Box<dyn Stream>, Failed> {
    let host = address.host.as_str();
    let named = format!("{host}:{}", address.port);
    let found = tokio::net::lookup_host((host, address.port)).await;
    let found = found.map_err(|error| unreachable(&named, error))?;
    // Also within the authority's network, but not where no directory is: what clouds tell their machines stands there.
    let allowed: Vec<SocketAddr> = found.filter(|at| Reach::Named.allows(at.ip(), true)).collect();
    if allowed.is_empty() {
        return Err(unreachable(&named, DialError::NoAddress));
    }
    let socket = TcpStream::connect(allowed.as_slice()).await;
    let mut socket = socket.map_err(|error| unreachable(&named, error))?;
    match address.security {
        Security::Plain => return Ok(Box::new(socket)),
        Security::StartTls => start_tls(&mut socket).await?,
        Security::Tls => {}
    }
    let name = ServerName::try_from(host.to_owned()).map_err(|error| unreachable("the server's name", error))?;
    let secured = tls(settings.ca.as_deref())?.connect(name, socket).await;
    Ok(Box::new(secured.map_err(|error| unreachable("TLS", error))?))
}

async fn start_tls(socket: &mut TcpStream) -> Result<(), Failed> {
    let lost = |error| unreachable("StartTLS", error);
    socket.write_all(START_TLS).await.map_err(lost)?;
    let answer = message(socket, &mut 0).await?;
    // Message { id, ExtendedResponse [APPLICATION 24] { ENUMERATED resultCode, … } }
    let mut rest = answer.as_slice();
    let took = take(&mut rest, 0x30).and_then(|mut message| {
        take(&mut message, 0x02)?;
        let mut response = take(&mut message, 0x78)?;
        take(&mut response, 0x0a)
    });
    match took {
        Some([0]) => Ok(()),
        _ => Err(Failed::Refused("the server takes no StartTLS".to_owned())),
    }
}

/// One whole message, of which every length is true.
async fn message(from: &mut (impl AsyncRead + Unpin), total: &mut usize) -> Result<Vec<u8>, Failed> {
    let lost = |error: std::io::Error| Failed::Incomplete(format!("the connection was lost: {error}"));
    let odd = || Failed::Incomplete("what the server says is no LDAP".to_owned());
    let mut bytes = vec![0_u8; 2];
    from.read_exact(&mut bytes).await.map_err(lost)?;
    if bytes.first() != Some(&0x30) {
        return Err(odd());
    }
    let first = usize::from(bytes.get(1).copied().unwrap_or_default());
    let length = if first < 0x80 {
        first
    } else {
        let digits = first - 0x80;
        if !(1..=4).contains(&digits) {
            return Err(odd());
        }
        let mut long = vec![0_u8; digits];
        from.read_exact(&mut long).await.map_err(lost)?;
        bytes.extend_from_slice(&long);
        long.iter().fold(0, |sum, byte| (sum << 8) | usize::from(*byte))
    };
    *total = total.saturating_add(length);
    if length > MAX_MESSAGE || *total > MAX_TOTAL {
        return Err(Failed::Incomplete(
            "the server says more than is taken: narrow the filter".to_owned(),
        ));
    }
    let head = bytes.len();
    bytes.resize(head + length, 0);
    let body = bytes.get_mut(head..).ok_or_else(odd)?;
    from.read_exact(body).await.map_err(lost)?;
    if is_sound(&bytes) { Ok(bytes) } else { Err(odd()) }
}

/// A value of this kind at the front, taken off.
fn take<'b>(from: &mut &'b [u8], tag: u8) -> Option<&'b [u8]> {
    let (found, after) = from.split_first()?;
    let (length, head) = length(after)?;
    let value = after.get(head..head.checked_add(length)?)?;
    *from = after.get(head + length..)?;
    (*found == tag).then_some(value)
}

/// The values of a sequence that holds exactly these kinds.
pub(super) fn sequence<'b>(mut bytes: &'b [u8], kinds: &[u8]) -> Option<Vec<&'b [u8]>> {
    let mut inside = take(&mut bytes, 0x30)?;
    let parts: Option<Vec<_>> = kinds.iter().map(|kind| take(&mut inside, *kind)).collect();
    parts.filter(|_| bytes.is_empty() && inside.is_empty())
}

/// The length that stands here, and in how many bytes.
fn length(bytes: &[u8]) -> Option<(usize, usize)> {
    let first = usize::from(*bytes.first()?);
    if first < 0x80 {
        return Some((first, 1));
    }
    let digits = first - 0x80;
    if !(1..=4).contains(&digits) {
        return None;
    }
    let long = bytes.get(1..=digits)?;
    let length = long.iter().fold(0, |sum, byte| (sum << 8) | usize::from(*byte));
    Some((length, 1 + digits))
}

/// Does everything end where what it stands in says, not too deep, and is it a message with an id and an operation?
fn is_sound(bytes: &[u8]) -> bool {
    let mut inside = bytes;
    let is_message = take(&mut inside, 0x30).is_some_and(|mut message| {
        take(&mut message, 0x02).is_some_and(|id| !id.is_empty() && id.len() <= 4)
            // An operation of its own kind.
            && message.first().is_some_and(|tag| tag & 0xc0 == 0x40)
    });
    if !is_message || !inside.is_empty() {
        return false;
    }
    let mut ends: Vec<usize> = Vec::new();
    let mut at = 0;
    loop {
        while ends.last() == Some(&at) {
            ends.pop();
        }
        if at == bytes.len() {
            return ends.is_empty();
        }
        let Some(tag) = bytes.get(at).copied().filter(|tag| tag & 0x1f != 0x1f) else {
            return false;
        };
        let Some((length, head)) = bytes.get(at + 1..).and_then(length) else {
            return false;
        };
        let begin = at + 1 + head;
        let Some(end) = begin.checked_add(length) else {
            return false;
        };
        if end > ends.last().copied().unwrap_or(bytes.len()) {
            return false;
        }
        if tag & 0x20 == 0 {
            at = end;
        } else {
            if ends.len() >= MAX_DEPTH {
                return false;
            }
            ends.push(end);
            at = begin;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The answer to a bind: success.
    const BOUND: &[u8] = b"\x30\x0c\x02\x01\x01\x61\x07\x0a\x01\x00\x04\x00\x04\x00";

    #[test]
    fn a_message_is_let_in_and_nothing_that_only_looks_like_one() {
        assert!(is_sound(BOUND));
        for (at, byte) in [
            (0, 0x31),
            (1, 0x0b),
            (2, 0x04),
            (5, 0x30),
            (6, 0x20),
            (8, 0x80),
            (7, 0x1f),
        ] {
            let mut bad = BOUND.to_vec();
            bad[at] = byte;
            assert!(!is_sound(&bad), "{at}");
        }
        assert!(!is_sound(b""));
        assert!(!is_sound(b"\x30\x00"), "nothing in it");
    }

    #[test]
    fn a_tower_of_values_is_not_climbed() {
        let mut tower = vec![0x04, 0x00];
        for _ in 0..60 {
            let length = u8::try_from(tower.len()).unwrap();
            tower.splice(0..0, [0x30, length]);
        }
        tower[0] = 0x64;
        let mut message = vec![0x02, 0x01, 0x01];
        message.extend(&tower);
        message.splice(0..0, [0x30, 0x81, u8::try_from(message.len()).unwrap()]);
        assert!(!is_sound(&message));
    }

    #[tokio::test]
    async fn a_message_that_claims_too_much_is_not_waited_for() {
        let mut claim: &[u8] = b"\x30\x84\x7f\xff\xff\xff";
        let failed = message(&mut claim, &mut 0).await.unwrap_err();
        assert!(failed.to_string().contains("more than is taken"), "{failed}");
        let mut cut: &[u8] = b"\x30\x0c\x02\x01";
        let failed = message(&mut cut, &mut 0).await.unwrap_err();
        assert!(failed.to_string().contains("lost"), "{failed}");
        let mut whole = BOUND;
        assert_eq!(message(&mut whole, &mut 0).await.unwrap(), BOUND);
    }

    #[tokio::test]
    async fn an_address_that_no_directory_has_is_not_called() {
        let settings = serde_json::json!({"kind": "openldap", "url": "ldaps://ldap.example", "base": "dc=stadt"});
        let settings: Settings = serde_json::from_value(settings).unwrap();
        for host in [
            "169.254.169.254",
            "fe80::1",
            "::ffff:169.254.169.254",
            "0.0.0.0",
            "224.0.0.1",
        ] {
            let address = Address {
                host: host.to_owned(),
                port: 636,
                security: Security::Tls,
            };
            let failed = open(&settings, &address).await.err().unwrap();
            assert!(
                failed.to_string().ends_with("no address that may be called"),
                "{failed}"
            );
        }
    }
}
