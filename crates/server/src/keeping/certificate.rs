// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Until when the certificate holds that people meet under the server's public address. Once a day the server calls itself
//! as a browser would, up to the certificate, and reads one date from it. It sends nothing and trusts nothing that it sees:
//! whether a browser trusts the certificate is not asked here.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use melder_protocol::Time;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{DigitallySignedStruct, SignatureScheme};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::Keeping;
use crate::Clock;
use crate::directory::calendar;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// After a look that saw nothing.
const SOON: Duration = Duration::from_secs(60 * 60);
const PATIENCE: Duration = Duration::from_secs(15);

/// What was seen, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    pub checked: Time,
    /// `None`: nobody answered with a certificate.
    pub ends: Option<Time>,
}

/// Looks once a day. Never ends; whoever starts it stops it.
pub async fn watch(keeping: &Keeping, url: &str, clock: &dyn Clock) {
    let Some((host, port)) = place(url) else { return };
    loop {
        let looked = tokio::time::timeout(PATIENCE, look(&host, port)).await;
        let ends = looked.ok().flatten();
        keeping.saw(Seen {
            checked: clock.now(),
            ends,
        });
        if ends.is_none() {
            tracing::warn!("no certificate was seen under the public address");
        }
        tokio::time::sleep(if ends.is_some() { DAY } else { SOON }).await;
    }
}

/// Host and port of an `https` address.
fn place(url: &str) -> Option<(String, u16)> {
    let rest = url.strip_prefix("https://")?;
    let named = rest.split('/').next().filter(|named| !named.is_empty())?;
    match named.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => Some((host.to_owned(), port.parse().ok()?)),
        _ => Some((named.to_owned(), 443)),
    }
}

async fn look(host: &str, port: u16) -> Option<Time> {
    let bare = host.trim_start_matches('[').trim_end_matches(']').to_owned();
    let name = ServerName::try_from(bare.clone()).ok()?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let eye = Arc::new(Eye {
        provider: Arc::clone(&provider),
        seen: Mutex::new(None),
    });
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .ok()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::clone(&eye) as Arc<dyn ServerCertVerifier>)
        .with_no_client_auth();
    let socket = TcpStream::connect((bare.as_str(), port)).await.ok()?;
    // The certificate was shown even where the handshake fails after it.
    let _ = TlsConnector::from(Arc::new(config)).connect(name, socket).await;
    let shown = eye.seen.lock().unwrap_or_else(PoisonError::into_inner).take()?;
    not_after(&shown)
}

/// Looks at the certificate and lets it pass. Nothing is sent over the connection.
#[derive(Debug)]
struct Eye {
    provider: Arc<CryptoProvider>,
    seen: Mutex<Option<Vec<u8>>>,
}

impl ServerCertVerifier for Eye {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(end_entity.to_vec());
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, cert, signed, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, cert, signed, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xa0;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// The first value: its tag, what is in it, what comes after.
fn value(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, rest) = der.split_first()?;
    let (first, rest) = rest.split_first()?;
    let (length, rest) = match *first {
        short if short < 0x80 => (usize::from(short), rest),
        long => {
            let count = usize::from(long & 0x7f);
            if count == 0 || count > 4 {
                return None;
            }
            let (bytes, rest) = rest.split_at_checked(count)?;
            (bytes.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte)), rest)
        }
    };
    let (inner, after) = rest.split_at_checked(length)?;
    Some((*tag, inner, after))
}

fn within(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (found, inner, after) = value(der)?;
    (found == tag).then_some((inner, after))
}

/// The end of an X.509 certificate: version, serial number, algorithm and issuer stand before the two dates.
fn not_after(der: &[u8]) -> Option<Time> {
    let (certificate, _) = within(der, SEQUENCE)?;
    let (mut fields, _) = within(certificate, SEQUENCE)?;
    if let Some((_, after)) = within(fields, VERSION) {
        fields = after;
    }
    for _ in 0..3 {
        (_, _, fields) = value(fields)?;
    }
    let (validity, _) = within(fields, SEQUENCE)?;
    let (_, _, rest) = value(validity)?;
    let (tag, date, _) = value(rest)?;
    let date = core::str::from_utf8(date).ok()?;
    let whole = match tag {
        // Two digits for the year: the last century from 50 on.
        UTC_TIME if date.get(..2)? < "50" => format!("20{date}"),
        UTC_TIME => format!("19{date}"),
        GENERALIZED_TIME => date.to_owned(),
        _ => return None,
    };
    let part = |from: usize, to: usize| whole.get(from..to);
    let text = format!(
        "{}-{}-{}T{}:{}:{}Z",
        part(0, 4)?,
        part(4, 6)?,
        part(6, 8)?,
        part(8, 10)?,
        part(10, 12)?,
        part(12, 14)?
    );
    calendar::parse(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Self-signed for `melder.example`, until 2029-06-12 22:26:40 UTC.
    const CERTIFICATE: &str = include_str!("certificate.b64");

    #[test]
    fn the_end_of_a_certificate_is_read_and_anything_else_is_none() {
        let text: String = CERTIFICATE.split_whitespace().collect();
        let der = data_encoding::BASE64.decode(text.as_bytes()).unwrap();
        assert_eq!(
            not_after(&der).map(calendar::format),
            Some("2029-06-12T22:26:40Z".to_owned())
        );
        for length in 0..der.len() {
            // Cut anywhere, it is no certificate, and no reason to end.
            assert_eq!(not_after(&der[..length]), None);
        }
        for at in 0..der.len() {
            let mut other = der.clone();
            other[at] ^= 0xff;
            let _ = not_after(&other);
        }
    }

    #[test]
    fn only_https_addresses_are_looked_at() {
        assert_eq!(place("https://melder.example"), Some(("melder.example".into(), 443)));
        assert_eq!(
            place("https://melder.example:8443/x"),
            Some(("melder.example".into(), 8443))
        );
        assert_eq!(place("https://[::1]:8443"), Some(("[::1]".into(), 8443)));
        assert_eq!(place("https://[::1]"), Some(("[::1]".into(), 443)));
        assert_eq!(place("http://melder.example"), None);
    }
}
