// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What a token must not be able to do.

use ring::hmac;
use serde_json::{Value, json};

use super::signer::{Signer, text};
use crate::oidc::token::{Claims, Expected, Key, Refused, keys, read};
use melder_protocol::Time;

/// Noon of 1 June 2029, in seconds.
const NOON: u64 = 1_875_009_600;
const EXPECTED: Expected<'static> = Expected {
    issuer: "https://sso.city.example",
    client: "melder",
    nonce: "n-1",
    now: Time(NOON * 1_000),
};

fn good() -> Value {
    json!({"iss": EXPECTED.issuer, "aud": EXPECTED.client, "nonce": EXPECTED.nonce, "sub": "u-7", "iat": NOON, "exp": NOON + 60})
}

fn set(signers: &[&Signer]) -> Vec<Key> {
    keys(&json!({"keys": signers.iter().map(|signer| signer.public()).collect::<Vec<_>>()}))
}

/// A good token's claims, but for one.
fn but(name: &str, value: Value) -> Value {
    let mut claims = good();
    claims[name] = value;
    claims
}

fn without(name: &str) -> Value {
    let mut claims = good();
    claims.as_object_mut().unwrap().remove(name);
    claims
}

fn check(signer: &Signer, claims: &Value) -> Result<Claims, Refused> {
    read(&signer.token(claims), &set(&[signer]), EXPECTED)
}

#[test]
fn a_good_token_says_who_it_is_by_each_algorithm_that_is_allowed() {
    for signer in [Signer::rsa("a"), Signer::p256("a"), Signer::ed25519("a")] {
        let claims = check(&signer, &but("email", json!("ada@city.example"))).unwrap();
        assert_eq!(claims.value("sub"), Some("u-7"), "{}", signer.algorithm());
        assert_eq!(claims.value("email"), None, "nobody has verified it");
        assert_eq!(claims.value("preferred_username"), None);
    }
}

#[test]
fn a_wrong_audience_issuer_time_or_nonce_is_refused() {
    let signer = Signer::ed25519("a");
    let many = json!(["melder", "other"]);
    let mut two = but("aud", many);
    assert_eq!(
        check(&signer, &two),
        Err(Refused::Audience),
        "for two, and by whom is not said"
    );
    two["azp"] = json!("melder");
    assert!(check(&signer, &two).is_ok());
    for (claims, refused) in [
        (but("aud", json!("other")), Refused::Audience),
        (but("aud", json!([])), Refused::Audience),
        (but("azp", json!("other")), Refused::Audience),
        (but("iss", json!("https://sso.city.example/")), Refused::Issuer),
        (but("nonce", json!("n-2")), Refused::Nonce),
        (without("nonce"), Refused::Nonce),
        (but("exp", json!(NOON - 60)), Refused::Time),
        (but("iat", json!(NOON + 61)), Refused::Time),
        (but("nbf", json!(NOON + 61)), Refused::Time),
        (but("exp", json!("9999999999")), Refused::Malformed),
        (without("exp"), Refused::Malformed),
        (without("iat"), Refused::Malformed),
        (without("sub"), Refused::Malformed),
        (without("aud"), Refused::Malformed),
    ] {
        assert_eq!(check(&signer, &claims), Err(refused), "{claims}");
    }
    for close in [but("exp", json!(NOON - 59)), but("iat", json!(NOON + 60))] {
        assert!(check(&signer, &close).is_ok(), "clocks may be a minute apart");
    }
}

#[test]
fn a_token_without_a_signature_is_refused() {
    let signer = Signer::rsa("a");
    for header in [
        json!({"alg": "none"}),
        json!({"alg": "None", "kid": "a"}),
        json!({"kid": "a"}),
    ] {
        let token = format!("{}.{}.", text(header.to_string()), text(good().to_string()));
        assert_eq!(
            read(&token, &set(&[&signer]), EXPECTED),
            Err(Refused::Malformed),
            "{header}"
        );
    }
    let token = signer.token(&good());
    let bare = &token[..=token.rfind('.').unwrap()];
    assert_eq!(read(bare, &set(&[&signer]), EXPECTED), Err(Refused::Signature));
    for text in ["", "..", "a.b.c", "....", &"x".repeat(100_000)] {
        assert_eq!(read(text, &set(&[&signer]), EXPECTED), Err(Refused::Malformed));
    }
}

/// The public key is no secret: whoever knows it must not be able to sign with it.
#[test]
fn a_public_key_does_not_serve_as_a_shared_secret() {
    let signer = Signer::rsa("a");
    let public = signer.public();
    let secrets = [public["n"].as_str().unwrap().to_owned(), public.to_string()];
    for secret in secrets {
        let header = json!({"typ": "JWT", "alg": "HS256", "kid": "a"});
        let message = format!("{}.{}", text(header.to_string()), text(good().to_string()));
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        let token = format!("{message}.{}", text(hmac::sign(&key, message.as_bytes())));
        assert_eq!(read(&token, &set(&[&signer]), EXPECTED), Err(Refused::Algorithm));
    }
    let shared = keys(&json!({"keys": [{"kty": "oct", "k": text("secret"), "kid": "a", "alg": "HS256"}]}));
    assert!(shared.is_empty(), "a shared secret is no key for signatures");
}

#[test]
fn only_the_named_key_of_the_provider_counts() {
    let (one, two) = (Signer::ed25519("1"), Signer::ed25519("2"));
    let both = set(&[&one, &two]);
    assert!(read(&two.token(&good()), &both, EXPECTED).is_ok());
    assert_eq!(
        read(&two.token(&good()), &set(&[&one]), EXPECTED),
        Err(Refused::UnknownKey)
    );
    let claimed = two.token_with(json!({"alg": "EdDSA", "kid": "1"}), &good());
    assert_eq!(read(&claimed, &both, EXPECTED), Err(Refused::Signature));
    let unnamed = two.token_with(json!({"alg": "EdDSA"}), &good());
    assert_eq!(
        read(&unnamed, &both, EXPECTED),
        Err(Refused::UnknownKey),
        "either could be meant"
    );
    assert!(read(&unnamed, &set(&[&two]), EXPECTED).is_ok());
    // A key that the token brings along is nobody's.
    let brought = two.token_with(json!({"alg": "EdDSA", "kid": "1", "jwk": two.public()}), &good());
    assert_eq!(read(&brought, &set(&[&one]), EXPECTED), Err(Refused::Signature));
    let other = two.token_with(json!({"alg": "ES256", "kid": "2"}), &good());
    assert_eq!(
        read(&other, &both, EXPECTED),
        Err(Refused::UnknownKey),
        "a key is for one algorithm"
    );
    for broken in ["RS384", "PS256", "ES384"] {
        let token = two.token_with(json!({"alg": broken, "kid": "2"}), &good());
        assert_eq!(read(&token, &both, EXPECTED), Err(Refused::Algorithm));
    }
}

#[test]
fn a_changed_token_and_one_of_another_kind_are_refused() {
    let signer = Signer::p256("a");
    let token = signer.token(&good());
    let parts: Vec<&str> = token.split('.').collect();
    let changed = format!(
        "{}.{}.{}",
        parts[0],
        text(but("sub", json!("u-8")).to_string()),
        parts[2]
    );
    assert_eq!(read(&changed, &set(&[&signer]), EXPECTED), Err(Refused::Signature));
    for header in [
        json!({"alg": "ES256", "kid": "a", "typ": "at+jwt"}),
        json!({"alg": "ES256", "kid": "a", "typ": "logout+jwt"}),
        json!({"alg": "ES256", "kid": "a", "crit": ["exp"]}),
    ] {
        let token = signer.token_with(header, &good());
        assert_eq!(read(&token, &set(&[&signer]), EXPECTED), Err(Refused::Kind));
    }
}

#[test]
fn keys_that_are_not_for_signatures_are_left_out_and_break_nothing() {
    let signer = Signer::rsa("a");
    let mut encryption = signer.public();
    encryption["use"] = json!("enc");
    let mut other = signer.public();
    other["alg"] = json!("RS512");
    let odd = json!({"kty": "RSA", "n": "!", "e": "AQAB"});
    let strange = json!({"kty": "AKP", "alg": "ML-DSA-65", "pub": "AA"});
    let found = keys(&json!({"keys": [encryption, other, odd, strange, 7, null, signer.public()]}));
    assert_eq!(found.len(), 1);
    assert!(read(&signer.token(&good()), &found, EXPECTED).is_ok());
    assert!(keys(&json!({"keys": 7})).is_empty() && keys(&Value::Null).is_empty());
}

#[test]
fn an_address_counts_only_when_the_provider_has_verified_it() {
    let signer = Signer::ed25519("a");
    let mut claims = but("email", json!("ada@city.example"));
    for (verified, counts) in [
        (json!(true), true),
        (json!("true"), false),
        (json!(false), false),
        (json!(1), false),
    ] {
        claims["email_verified"] = verified;
        let read = check(&signer, &claims).unwrap();
        assert_eq!(read.value("email").is_some(), counts, "{claims}");
    }
}
