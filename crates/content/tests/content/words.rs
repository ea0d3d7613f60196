// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Mentions, and what a content is in words.

use melder_content::*;
use melder_protocol::ids::AccountId;

use super::examples::{contents, text};

const ANNA: AccountId = AccountId::from_bytes([0xa2; 16]);
const BERT: AccountId = AccountId::from_bytes([0xb2; 16]);

fn words(markdown: &str) -> String {
    Text::markdown(markdown).words()
}

#[test]
fn a_mention_is_a_link_to_an_account() {
    let link = "[@Anna](melder:account/a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2)";
    assert_eq!(Text::mention("Anna", ANNA), link);
    let both = Text::markdown(format!("{link} und <{}>, {link}", sender_uri(BERT)));
    assert_eq!(both.mentions(), [ANNA, BERT]);
}

#[test]
fn a_name_cannot_break_out_of_a_mention() {
    for name in [
        "](https://example.org)",
        "a]b[c",
        "*x*",
        "\\",
        "`",
        "Huber\nAnna",
        "Jörg-Uwe O'Neil",
    ] {
        let text = Text::markdown(Text::mention(name, ANNA));
        assert_eq!(text.mentions(), [ANNA], "{name}");
        assert_eq!(text.words(), format!("@{}", name.replace('\n', " ")), "{name}");
    }
}

#[test]
fn what_only_looks_like_a_mention_is_none() {
    let link = Text::mention("Anna", ANNA);
    let cases = [
        Text::plain(link.clone()),
        Text::markdown(format!("`{link}`")),
        Text::markdown(format!("```\n{link}\n```")),
        Text::markdown(format!("\\{link}")),
        Text::markdown("[@Anna](melder:account/a2)"),
        Text::markdown("[@Anna](melder:group/a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2)"),
        Text::markdown("[@Anna] (melder:account/a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2)"),
    ];
    for text in cases {
        assert_eq!(text.mentions(), [], "{}", text.text);
    }
}

#[test]
fn words_are_without_markdown() {
    for (markdown, expected) in [
        ("**Achtung**: _heute_ ~~morgen~~", "Achtung: heute morgen"),
        ("# Lage\n> zitiert", "Lage\nzitiert"),
        ("[Plan](https://example.org/plan)", "Plan"),
        ("[**Plan** A](https://example.org/plan)", "Plan A"),
        ("`code` und ```mehr```", "code und mehr"),
        ("\\*kein\\* Fett", "*kein* Fett"),
    ] {
        assert_eq!(words(markdown), expected);
    }
}

#[test]
fn words_keep_what_is_no_markdown() {
    for text in [
        "2 * 3 = 6",
        "snake_case_name",
        "~30 Leute",
        "#Marienplatz",
        "a [b] c",
        "[b](c d)",
        "offen ` gelassen",
        "```",
        "x[",
        "[]",
        "\\",
        "a\\b",
        "<3",
        "5 > 3",
        "Größe [ä",
        "*****",
    ] {
        assert_eq!(words(text), text);
    }
}

#[test]
fn odd_texts_take_no_longer_than_others() {
    // Nothing here is quadratic in a way that a text of 16 KiB could make felt.
    for piece in ["[", "`", "``` `` ", "[](", "<melder:account/", "\\[", "*", "[a](b"] {
        let text = Text::markdown(piece.repeat(limits::MAX_TEXT / piece.len()));
        assert!(text.mentions().is_empty());
        assert!(text.words().len() <= text.text.len());
    }
}

#[test]
fn every_content_has_its_summary() {
    let lines: Vec<_> = contents()
        .iter()
        .map(|(name, content)| {
            format!(
                "{name}\n  {:?}\n  search: {:?}",
                content.summary(),
                searchable_text(content)
            )
        })
        .collect();
    insta::assert_snapshot!("summaries", lines.join("\n"));
}

#[test]
fn the_words_of_a_line_come_from_the_sender_or_there_are_none() {
    for (name, content) in contents() {
        let silent = content.is_between_own_devices()
            || matches!(
                name,
                "absence" | "delete" | "unreaction" | "vote" | "vote-withdrawn" | "unknown" | "acknowledgement-bare"
            );
        assert_eq!(plain_text(&content).is_none(), silent, "{name}");
    }
}

#[test]
fn pictures_alone_are_pictures_and_with_files_documents() {
    use super::examples::{file, photo};
    let kind = |items| match Content::Attachments(Attachments { caption: None, items }).summary() {
        Summary::Attachments { kind, count, .. } => (kind, count),
        _ => panic!("not attachments"),
    };
    assert_eq!(kind(vec![photo(), photo()]), (MediaKind::Image, 2));
    assert_eq!(kind(vec![photo(), file()]), (MediaKind::Document, 2));
}

#[test]
fn an_edit_is_searched_by_its_new_words() {
    let edit = Content::Edit {
        replaces: super::examples::id(3),
        body: Box::new(text("*Neu*")),
    };
    assert_eq!(searchable_text(&edit), "Neu");
}

#[test]
fn the_unsealed_size_follows_from_the_chunks() {
    use super::examples::blob;
    let unsealed = |size, chunk_size| {
        BlobRef {
            size,
            chunk_size,
            ..blob()
        }
        .unsealed_size()
    };
    assert_eq!(unsealed(16, 0), 0);
    assert_eq!(unsealed(116, 0), 100);
    assert_eq!(unsealed(65_552, 65_536), 65_536);
    assert_eq!(unsealed(65_552 + 17, 65_536), 65_537);
    assert_eq!(unsealed(3, 0), 0);
}
