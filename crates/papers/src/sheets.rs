// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Invitations on paper: eight to a page to be cut, a letter for each, a poster for many. Each is a QR code and what to do
//! with it. The links hold secrets: they go from the caller onto the paper and nowhere else.

use krilla::tagging::{ListNumbering, Tag};

use crate::flow::{self, footers};
use crate::fonts::Weight;
use crate::layout::{BODY, COLUMN, HEIGHT, Layout, MARGIN, Mark, SMALL, STRONG, Style, WIDTH};
use crate::{Language, PaperError, pdf};

/// Somebody's invitation.
#[derive(Clone, PartialEq, Eq)]
pub struct Invitation {
    pub name: String,
    /// Unit, function.
    pub about: String,
    pub link: String,
    /// Until when it holds, as a day in words.
    pub until: String,
}

/// One for many.
#[derive(Clone, PartialEq, Eq)]
pub struct Poster {
    /// What for: the operation.
    pub name: String,
    pub link: String,
    pub until: String,
}

impl core::fmt::Debug for Invitation {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Invitation")
    }
}

impl core::fmt::Debug for Poster {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Poster")
    }
}

const COLUMNS: usize = 2;
const ROWS: usize = 4;
/// 3 cm: still read from paper that was folded.
const SMALL_CODE: f32 = 96.0;
const LETTER_CODE: f32 = 150.0;
const POSTER_CODE: f32 = 330.0;
const CARD: Style = Style::new(Weight::Regular, 9.0);

/// Eight to a page.
///
/// # Errors
/// When it can't be written.
pub fn sheets(language: Language, organisation: &str, invitations: &[Invitation]) -> Result<Vec<u8>, PaperError> {
    let words = language.words();
    let title = words.with("paper-sheets-title", &[("organisation", organisation.into())]);
    let mut layout = Layout::new(language)?;
    let (wide, high) = (WIDTH / 2.0, HEIGHT / 4.0);
    for (number, page) in invitations.chunks(COLUMNS * ROWS).enumerate() {
        if number > 0 {
            layout.new_page();
        }
        mark(
            &mut layout,
            words.with("paper-sheet", &[("number", (number as u64 + 1).into())]),
        );
        // Where it is cut.
        for row in 1..ROWS {
            layout.rule(0.0, high * place(row), WIDTH);
        }
        let middle = vec![[wide - 0.25, 0.0, wide + 0.25, HEIGHT]];
        layout.draw(
            crate::layout::Ink::Boxes {
                boxes: middle,
                grey: true,
            },
            crate::layout::Part::Ornament,
        );
        layout.within(Tag::L(ListNumbering::None), |layout| {
            page.iter().enumerate().try_for_each(|(at, invitation)| {
                let (left, top) = (wide * place(at % COLUMNS), high * place(at / COLUMNS));
                layout.within(Tag::LI, |layout| {
                    layout.within(Tag::LBody, |layout| {
                        card(layout, organisation, invitation, left, top, wide)
                    })
                })
            })
        })?;
    }
    pdf::written(layout, &title)
}

#[expect(clippy::cast_precision_loss, reason = "two columns, four rows")]
const fn place(at: usize) -> f32 {
    at as f32
}

/// For the list of pages beside them.
fn mark(layout: &mut Layout, text: String) {
    let page = layout.page();
    layout.marks.push(Mark {
        level: 2,
        text,
        page,
        y: 0.0,
    });
}

fn card(
    layout: &mut Layout,
    organisation: &str,
    invitation: &Invitation,
    left: f32,
    top: f32,
    wide: f32,
) -> Result<(), PaperError> {
    let words = layout.language.words();
    let (x, y) = (left + 28.0, top + 34.0);
    let beside = x + SMALL_CODE + 14.0;
    let room = left + wide - 22.0 - beside;
    let line = |layout: &mut Layout, text: &str, style: Style, y: f32, most: usize| {
        layout.within(Tag::P, |layout| {
            let mut lines = layout.face(style.weight).lines(text, style.size, room);
            lines.truncate(most);
            let mut y = y;
            for one in lines {
                layout.line(one, style, beside, y);
                y += style.lead;
            }
            y
        })
    };
    let mut below = line(layout, &invitation.name, STRONG, y - 2.0, 3);
    if !invitation.about.is_empty() {
        below = line(layout, &invitation.about, CARD, below, 3);
    }
    below = line(layout, organisation, CARD, below, 2);
    let until = words.with("paper-until", &[("day", (&invitation.until).into())]);
    line(layout, &until, CARD.grey(), below, 2);
    let alt = words.with("paper-code", &[("name", (&invitation.name).into())]);
    layout.code(&invitation.link, alt, x, y, SMALL_CODE)?;
    layout.within(Tag::P, |layout| {
        layout.lines(&words.say("paper-how"), CARD, x, y + SMALL_CODE + 12.0, wide - 50.0)
    });
    Ok(())
}

/// A page for each. The letter shows the organisation's fingerprint, which the app asks to be compared.
///
/// # Errors
/// When it can't be written.
pub fn letters(
    language: Language,
    organisation: &str,
    fingerprint: &str,
    invitations: &[Invitation],
) -> Result<Vec<u8>, PaperError> {
    let words = language.words();
    let title = words.with("paper-letters-title", &[("organisation", organisation.into())]);
    let mut layout = Layout::new(language)?;
    for (number, invitation) in invitations.iter().enumerate() {
        if number > 0 {
            layout.new_page();
        }
        letter(&mut layout, organisation, fingerprint, invitation)?;
    }
    pdf::written(layout, &title)
}

fn letter(
    layout: &mut Layout,
    organisation: &str,
    fingerprint: &str,
    invitation: &Invitation,
) -> Result<(), PaperError> {
    let words = layout.language.words();
    // Below where an envelope's window shows who it is for.
    layout.y = MARGIN + 70.0;
    layout.within(Tag::P, |layout| {
        let top = layout.y;
        let mut y = layout.lines(&invitation.name, BODY, MARGIN, top, COLUMN);
        if !invitation.about.is_empty() {
            y = layout.lines(&invitation.about, BODY, MARGIN, y, COLUMN);
        }
        layout.lines(organisation, BODY, MARGIN, y, COLUMN)
    });
    layout.y = MARGIN + 150.0;
    flow::heading(layout, 1, &words.say("paper-letter-title"));
    let hello = words.with("paper-letter-hello", &[("name", (&invitation.name).into())]);
    flow::text(layout, &hello, BODY);
    flow::text(layout, &words.say("paper-letter-text"), BODY);
    let steps = ["scan", "name", "pin"].map(|step| words.say(&format!("paper-letter-{step}")));
    flow::list(layout, steps.iter().map(String::as_str), BODY, true);
    layout.y += 8.0;
    let y = layout.y;
    let alt = words.with("paper-code", &[("name", (&invitation.name).into())]);
    layout.code(&invitation.link, alt, MARGIN, y, LETTER_CODE)?;
    layout.y = y + LETTER_CODE + 12.0;
    flow::text(layout, &invitation.link, SMALL);
    let until = words.with("paper-letter-until", &[("day", (&invitation.until).into())]);
    flow::text(layout, &until, BODY);
    let key = words.with("paper-letter-key", &[("fingerprint", fingerprint.into())]);
    flow::text(layout, &key, BODY);
    flow::text(layout, &words.say("paper-letter-secret"), SMALL);
    Ok(())
}

/// What hangs on a wall.
///
/// # Errors
/// When it can't be written.
pub fn poster(language: Language, organisation: &str, poster: &Poster) -> Result<Vec<u8>, PaperError> {
    let words = language.words();
    let title = words.say("paper-poster-title");
    let mut layout = Layout::new(language)?;
    layout.y = MARGIN + 20.0;
    layout.within(Tag::P, |layout| {
        let top = layout.y;
        layout.lines(organisation, Style::new(Weight::Regular, 16.0), MARGIN, top, COLUMN)
    });
    layout.y += 30.0;
    large_heading(&mut layout, &title);
    if !poster.name.is_empty() {
        flow::text(&mut layout, &poster.name, Style::new(Weight::Bold, 18.0));
    }
    let large = Style::new(Weight::Regular, 15.0);
    flow::text(&mut layout, &words.say("paper-poster-how"), large);
    layout.y += 18.0;
    let y = layout.y;
    let x = (WIDTH - POSTER_CODE) / 2.0;
    layout.code(&poster.link, words.say("paper-poster-code"), x, y, POSTER_CODE)?;
    layout.y = y + POSTER_CODE + 22.0;
    flow::text(&mut layout, &poster.link, SMALL);
    let until = words.with("paper-until", &[("day", (&poster.until).into())]);
    flow::text(&mut layout, &until, Style::new(Weight::Bold, 13.0));
    footers(&mut layout, organisation);
    pdf::written(layout, &title)
}

fn large_heading(layout: &mut Layout, title: &str) {
    mark(layout, title.to_owned());
    let style = Style::new(Weight::Bold, 34.0);
    let tag = Tag::Hn(core::num::NonZeroU16::MIN, Some(title.to_owned()));
    let end = layout.within(tag, |layout| {
        let top = layout.y;
        layout.lines(title, style, MARGIN, top, COLUMN)
    });
    layout.y = end + 12.0;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn many(count: usize) -> Vec<Invitation> {
        let one = |at: usize| Invitation {
            name: format!("Ada König {at}"),
            about: "Ordnungsamt › Verkehrsüberwachung · Streife".into(),
            link: format!("https://melder.example/join#{}", "A".repeat(90)),
            until: "10. Juni 2029".into(),
        };
        (0..count).map(one).collect()
    }

    /// `MELDER_PAPERS=folder` keeps them, to be looked at.
    fn keep(name: &str, bytes: &[u8]) {
        assert!(bytes.starts_with(b"%PDF-1.7"));
        if let Some(folder) = std::env::var_os("MELDER_PAPERS") {
            std::fs::write(std::path::Path::new(&folder).join(name), bytes).unwrap();
        }
    }

    #[test]
    fn sheets_letters_and_posters_pass_the_writers_checks_of_pdf_ua() {
        for language in [Language::De, Language::En] {
            let tag = language.tag();
            keep(
                &format!("sheets-{tag}.pdf"),
                &sheets(language, "Stadt Musterstadt", &many(11)).unwrap(),
            );
            let letters = letters(
                language,
                "Stadt Musterstadt",
                "11111 22222 33333 44444 55555 66666",
                &many(2),
            );
            keep(&format!("letters-{tag}.pdf"), &letters.unwrap());
            let hung = Poster {
                name: "Europawahl 2029".into(),
                link: many(1)[0].link.clone(),
                until: "10. Juni 2029".into(),
            };
            keep(
                &format!("poster-{tag}.pdf"),
                &poster(language, "Stadt Musterstadt", &hung).unwrap(),
            );
        }
    }

    #[test]
    fn no_name_breaks_a_page() {
        let mut one = many(1);
        one[0].name = "李雷 \u{202e} \0 🙂 שלום".repeat(20);
        one[0].about = String::new();
        assert!(sheets(Language::De, "", &one).is_ok());
        assert!(letters(Language::De, "李雷", "", &one).is_ok());
    }
}
