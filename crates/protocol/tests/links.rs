// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What people copy, scan and type: invitation links and link codes, whole and damaged.

use melder_protocol::invitation::{InvitationLink, InvitationLinkError, InvitationToken};
use melder_protocol::linking::LinkCode;
use melder_protocol::{Hash, InvitationSecret};

const SERVER: &str = "https://melder.example";

fn link(server: &str) -> InvitationLink {
    InvitationLink {
        server: server.to_owned(),
        token: InvitationToken {
            organisation: Hash::from_bytes([0x4a; 32]),
            secret: InvitationSecret::from_bytes([0x5e; 16]),
        },
    }
}

fn invitation(text: &str) -> Result<InvitationLink, InvitationLinkError> {
    text.parse()
}

#[test]
fn an_invitation_is_read_as_it_was_written() {
    for server in [
        SERVER,
        "http://localhost:8080",
        "https://[::1]:8443",
        "https://bücher.example",
    ] {
        let link = link(server);
        assert_eq!(invitation(&link.to_string()), Ok(link));
    }
}

#[test]
fn an_invitations_text_is_stable() {
    let text = link(SERVER).to_string();
    let token = "glggSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpQXl5eXl5eXl5eXl5eXl5eXg";
    assert_eq!(text, format!("https://melder.example/join#{token}"));
}

#[test]
fn spaces_around_it_and_another_path_do_no_harm() {
    let text = link(SERVER).to_string();
    assert_eq!(invitation(&format!("  {text}\n")), Ok(link(SERVER)));
    assert_eq!(invitation(&text.replace("/join#", "#")), Ok(link(SERVER)));
    assert_eq!(
        invitation(&text.replace("/join#", "/anything/else?x=1#")),
        Ok(link(SERVER))
    );
}

#[test]
fn a_link_without_its_fragment_says_so() {
    for text in ["", "https://melder.example/join", "melder.example"] {
        assert_eq!(invitation(text), Err(InvitationLinkError::NoFragment), "{text}");
    }
}

#[test]
fn a_damaged_token_says_so() {
    let text = link(SERVER).to_string();
    let damaged = [
        text[..text.len() - 1].to_owned(),
        text[..text.len() - 20].to_owned(),
        format!("{text}A"),
        format!("{text}="),
        format!("{text}#again"),
        text.replace("#g", "#h"),
        "https://melder.example/join#".to_owned(),
        "https://melder.example/join#Ümlaut".to_owned(),
        // Another base64: '+' and '/' are not of the URL alphabet.
        "https://melder.example/join#++++////".to_owned(),
    ];
    for text in damaged {
        assert_eq!(invitation(&text), Err(InvitationLinkError::BadToken), "{text}");
    }
}

#[test]
fn a_server_that_is_none_says_so() {
    let text = link(SERVER).to_string();
    for server in [
        "",
        "melder.example",
        "ftp://melder.example",
        "https://",
        "https:///",
        "javascript://x",
        "HTTPS://x",
    ] {
        let text = text.replace(SERVER, server);
        assert_eq!(invitation(&text), Err(InvitationLinkError::BadServer), "{text}");
    }
    // Whoever reads `https://city.example@evil.example` takes the wrong part for the host.
    let text = text.replace(SERVER, "https://city.example@evil.example");
    assert_eq!(invitation(&text), Err(InvitationLinkError::BadServer));
}

#[test]
fn a_qr_code_carries_server_code_and_offer() {
    let code = LinkCode {
        server: SERVER.to_owned(),
        code: "ABCD2345".to_owned(),
        offer: Some(Hash::from_bytes([0x4a; 32])),
    };
    let text = code.to_string();
    assert_eq!(
        text,
        "https://melder.example/link#ABCD2345.SkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSko"
    );
    assert_eq!(LinkCode::parse(&text, "https://other.example"), Some(code.clone()));
    let short = LinkCode { offer: None, ..code };
    assert_eq!(
        LinkCode::parse(&short.to_string(), "https://other.example"),
        Some(short)
    );
}

#[test]
fn a_typed_code_is_read_however_it_is_typed() {
    let expected = LinkCode {
        server: SERVER.to_owned(),
        code: "ABCD2345".to_owned(),
        offer: None,
    };
    for text in ["ABCD2345", "abcd2345", " abcd 2345 ", "ABCD-2345", "A B C D 2 3 4 5"] {
        assert_eq!(LinkCode::parse(text, SERVER), Some(expected.clone()), "{text}");
    }
}

#[test]
fn what_is_no_code_is_refused() {
    let bad = [
        "",
        "ABCD234",
        "ABCD23456",
        "ÄBCD2345",
        "https://melder.example/join#ABCD2345",
        "#ABCD2345",
        "https://melder.example/link#ABCD2345.",
        "https://melder.example/link#ABCD2345.SkpK",
        "https://melder.example/link#ABCD2345.!!!!",
        "https://melder.example/link#ABCD2345.SkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSko=",
    ];
    for text in bad {
        assert_eq!(LinkCode::parse(text, SERVER), None, "{text}");
    }
}

#[test]
fn an_id_of_another_length_is_refused() {
    for text in ["", "00", &"0".repeat(31), &"0".repeat(33), &"g".repeat(32)] {
        assert!(text.parse::<melder_protocol::AccountId>().is_err(), "{text}");
    }
    let error = "00".parse::<melder_protocol::Hash>().unwrap_err();
    assert_eq!(error.to_string(), "expected 64 hexadecimal characters");
}
