// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

use proptest::prelude::*;
use serde_json::{Value, json};

use super::testing::Authenticator;
use super::*;

const CHALLENGE: [u8; 32] = [9; 32];

fn site() -> Site {
    Site::of("http://localhost:8080").unwrap()
}

fn options() -> Value {
    json!({"challenge": BASE64URL_NOPAD.encode(&CHALLENGE)})
}

fn create(key: &Authenticator) -> Result<Made, Refused> {
    let credential: NewCredential = serde_json::from_value(key.create(&options())).unwrap();
    assert_eq!(challenge(&credential.response.client_data), Ok(CHALLENGE));
    made(&credential, &CHALLENGE, &site())
}

fn get(key: &Authenticator, known: &Made) -> Result<u32, Refused> {
    let assertion: Assertion = serde_json::from_value(key.get(&options())).unwrap();
    used(&assertion, &CHALLENGE, &site(), &known.key, known.counter)
}

#[test]
fn both_kinds_of_keys_are_made_and_used() {
    for key in [Authenticator::es256(1), Authenticator::ed25519(2)] {
        let known = create(&key).unwrap();
        assert_eq!(known.id, key.id);
        assert_eq!(PasskeyKey::from_bytes(known.key.as_bytes()), Some(known.key.clone()));
        assert_eq!(get(&key, &known), Ok(0));
    }
}

#[test]
fn what_was_made_or_used_elsewhere_is_refused() {
    let key = Authenticator::es256(1);
    let known = create(&key).unwrap();
    let elsewhere = [
        Authenticator {
            origin: "http://localhost.evil.example".to_owned(),
            ..key.clone()
        },
        Authenticator {
            host: "evil.example".to_owned(),
            ..key.clone()
        },
        // The person was there, and not verified.
        Authenticator {
            flags: 1,
            ..key.clone()
        },
        Authenticator {
            flags: 0,
            ..key.clone()
        },
    ];
    for key in elsewhere {
        assert!(create(&key).is_err());
        assert!(get(&key, &known).is_err());
    }
    let other = Authenticator::es256(3);
    assert_eq!(get(&other, &known), Err(Refused("the signature does not fit")));
    let credential: NewCredential = serde_json::from_value(key.create(&options())).unwrap();
    assert!(made(&credential, &[8; 32], &site()).is_err(), "another challenge");
    let mut crossed = credential.clone();
    crossed.response.client_data = serde_json::from_value::<Assertion>(key.get(&options()))
        .unwrap()
        .response
        .client_data;
    assert!(made(&crossed, &CHALLENGE, &site()).is_err(), "the other ceremony");
    let mut renamed = credential;
    renamed.raw_id.0[0] ^= 1;
    assert!(made(&renamed, &CHALLENGE, &site()).is_err(), "another id");
}

#[test]
fn a_copied_passkey_shows_by_its_counter() {
    let mut key = Authenticator::es256(1);
    key.counter = 7;
    let mut known = create(&key).unwrap();
    assert_eq!(get(&key, &known), Err(Refused("the counter went back")));
    key.counter = 8;
    known.counter = get(&key, &known).unwrap();
    assert_eq!(known.counter, 8);
    key.counter = 0;
    assert!(get(&key, &known).is_err());
}

#[test]
fn a_site_is_scheme_host_and_port_as_browsers_say_them() {
    let cases = [
        (
            "https://Melder.Example/",
            "https://melder.example",
            "melder.example",
            true,
        ),
        (
            "https://melder.example:443",
            "https://melder.example",
            "melder.example",
            true,
        ),
        (
            "https://melder.example:8443/x",
            "https://melder.example:8443",
            "melder.example",
            true,
        ),
        ("http://localhost:8080", "http://localhost:8080", "localhost", true),
        (
            "http://melder.example",
            "http://melder.example",
            "melder.example",
            false,
        ),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080", "127.0.0.1", false),
        ("https://[::1]:8080", "https://[::1]:8080", "[::1]", false),
    ];
    for (address, origin, host, takes) in cases {
        let site = Site::of(address).unwrap();
        assert_eq!((site.origin.as_str(), site.host.as_str()), (origin, host));
        assert_eq!(site.takes_passkeys(), takes, "{address}");
    }
    for bad in [
        "",
        "melder.example",
        "ftp://melder.example",
        "https://",
        "https://a b",
        "https://u@h",
    ] {
        assert_eq!(Site::of(bad), None, "{bad}");
    }
}

proptest! {
    #[test]
    fn hostile_bytes_are_refused_and_nothing_falls_over(bytes in proptest::collection::vec(any::<u8>(), 0..400), at in 0_usize..300, bit in 0_u8..8) {
        let _ = data::authenticator_data(&bytes);
        let _ = data::AuthenticatorData::read(&bytes);
        // And what is almost right.
        let key = Authenticator::es256(1);
        let known = create(&key).unwrap();
        let mut assertion: Assertion = serde_json::from_value(key.get(&options())).unwrap();
        let part = &mut assertion.response.authenticator_data.0;
        let place = at % part.len();
        part[place] ^= 1 << bit;
        prop_assert!(used(&assertion, &CHALLENGE, &site(), &known.key, 0).is_err());
        let mut credential: NewCredential = serde_json::from_value(key.create(&options())).unwrap();
        let part = &mut credential.response.attestation.0;
        let place = at % part.len();
        part[place] ^= 1 << bit;
        let _ = made(&credential, &CHALLENGE, &site());
    }
}
