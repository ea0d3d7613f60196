// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A text, and the people it mentions.
//!
//! A mention is what the draft says it is: a link to an account in Markdown, `[@Name](melder:account/<id>)`. So the text
//! itself carries it, and a client that doesn't know mentions shows a name.

use melder_protocol::ids::AccountId;

use crate::error::ContentError;
use crate::limits::Limit;

/// A text as a person typed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    pub text: String,
    pub format: TextFormat,
}

/// How a [`Text`] is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TextFormat {
    /// `text/plain;charset=utf-8`
    Plain,
    /// `text/markdown;variant=GFM-MIMI`: GitHub's Markdown without HTML and without automatic links.
    Markdown,
}

const LINK: &str = "melder:account/";

impl Text {
    #[must_use]
    pub fn plain(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            format: TextFormat::Plain,
        }
    }

    #[must_use]
    pub fn markdown(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            format: TextFormat::Markdown,
        }
    }

    /// Markdown that mentions an account. `name` is how the sender calls it; the receiver shows the name it knows.
    #[must_use]
    pub fn mention(name: &str, account: AccountId) -> String {
        let mut label = String::with_capacity(name.len());
        for letter in name.chars() {
            if letter.is_ascii_punctuation() {
                label.push('\\');
            }
            label.push(if letter.is_control() { ' ' } else { letter });
        }
        format!("[@{label}]({LINK}{account})")
    }

    /// The accounts that the text mentions, each once, in order. Code is not searched.
    #[must_use]
    pub fn mentions(&self) -> Vec<AccountId> {
        let mut accounts = Vec::new();
        self.scan(|piece| {
            if let Piece::Link { target, .. } = piece
                && let Some(account) = target.strip_prefix(LINK).and_then(|id| id.parse().ok())
                && !accounts.contains(&account)
            {
                accounts.push(account);
            }
        });
        accounts
    }

    /// The words without the Markdown around them: for notifications, lists and search. Links become their labels.
    #[must_use]
    pub fn words(&self) -> String {
        let mut words = String::with_capacity(self.text.len());
        self.scan(|piece| match piece {
            Piece::Verbatim(text) => words.push_str(text),
            Piece::Link { label, .. } => words.push_str(&Self::markdown(label).words()),
        });
        words
    }

    /// The text in pieces, for a screen: words without the Markdown around them, mentions and links.
    #[must_use]
    pub fn pieces(&self) -> Vec<TextPiece> {
        let mut pieces: Vec<TextPiece> = Vec::new();
        self.scan(|piece| match piece {
            Piece::Verbatim(text) => match pieces.last_mut() {
                Some(TextPiece::Words(words)) => words.push_str(text),
                _ => pieces.push(TextPiece::Words(text.to_owned())),
            },
            Piece::Link { label, target } => {
                let label = Self::markdown(label).words();
                pieces.push(match target.strip_prefix(LINK).and_then(|id| id.parse().ok()) {
                    Some(account) => TextPiece::Mention { account, label },
                    None => TextPiece::Link {
                        label,
                        target: target.to_owned(),
                    },
                });
            }
        });
        pieces
    }

    pub(crate) fn check(&self) -> Result<(), ContentError> {
        Limit::Text.check_some(self.text.len(), "a text")
    }

    /// Cuts the text into pieces. Not a Markdown parser: it knows escapes, code, links and emphasis, which is enough
    /// for mentions and for a notification's words.
    fn scan<'t>(&'t self, mut emit: impl FnMut(Piece<'t>)) {
        if self.format == TextFormat::Plain {
            return emit(Piece::Verbatim(&self.text));
        }
        let mut rest = self.text.as_str();
        let mut before = '\n';
        while let Some(letter) = rest.chars().next() {
            let taken = match letter {
                '\\' if rest[1..].starts_with(|next: char| next.is_ascii_punctuation()) => {
                    emit(Piece::Verbatim(&rest[1..2]));
                    2
                }
                '`' => code(rest, &mut emit),
                '[' => link(rest, &mut emit),
                '<' if rest[1..].starts_with(LINK) => bracketed(rest, &mut emit),
                '*' | '_' | '~' => marks(rest, letter, before, &mut emit),
                '#' | '>' if before == '\n' => line_start(rest, letter),
                _ => 0,
            };
            let taken = if taken == 0 {
                emit(Piece::Verbatim(&rest[..letter.len_utf8()]));
                letter.len_utf8()
            } else {
                taken
            };
            before = rest[..taken].chars().next_back().unwrap_or(letter);
            rest = &rest[taken..];
        }
    }
}

/// A piece of a text, as [`Text::pieces`] gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextPiece {
    Words(String),
    /// `label` is how the sender calls the account.
    Mention {
        account: AccountId,
        label: String,
    },
    /// Any target: whoever shows it decides which are safe.
    Link {
        label: String,
        target: String,
    },
}

enum Piece<'t> {
    Verbatim(&'t str),
    Link { label: &'t str, target: &'t str },
}

/// Code between equal runs of back-ticks; the number of bytes taken, or 0 if the run is never closed. An open run is
/// passed over whole, so that a text of back-ticks costs no more than its length.
fn code<'t>(rest: &'t str, emit: &mut impl FnMut(Piece<'t>)) -> usize {
    let run = rest.len() - rest.trim_start_matches('`').len();
    let mut search = run;
    while let Some(found) = rest[search..].find('`') {
        let start = search + found;
        let length = rest[start..].len() - rest[start..].trim_start_matches('`').len();
        if length == run {
            emit(Piece::Verbatim(&rest[run..start]));
            return start + run;
        }
        search = start + length;
    }
    emit(Piece::Verbatim(&rest[..run]));
    run
}

/// `[label](target)` on one line; the number of bytes taken, or 0.
fn link<'t>(rest: &'t str, emit: &mut impl FnMut(Piece<'t>)) -> usize {
    let mut escaped = false;
    let mut middle = None;
    for (at, letter) in rest.char_indices().skip(1) {
        match letter {
            '\n' => return 0,
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            // A label doesn't contain another link: the inner one is found when its turn comes.
            '[' => return 0,
            ']' => {
                middle = Some(at);
                break;
            }
            _ => {}
        }
    }
    let Some(middle) = middle else { return 0 };
    let Some(target) = rest[middle + 1..].strip_prefix('(') else {
        return 0;
    };
    let Some(length) = target
        .find([')', '\n', ' ', '('])
        .filter(|at| target[*at..].starts_with(')'))
    else {
        return 0;
    };
    emit(Piece::Link {
        label: &rest[1..middle],
        target: &target[..length],
    });
    middle + 2 + length + 1
}

/// `<melder:account/…>`; the number of bytes taken, or 0.
fn bracketed<'t>(rest: &'t str, emit: &mut impl FnMut(Piece<'t>)) -> usize {
    let Some(end) = rest.find(['>', '\n', ' ']).filter(|at| rest[*at..].starts_with('>')) else {
        return 0;
    };
    emit(Piece::Link {
        label: &rest[1..end],
        target: &rest[1..end],
    });
    end + 1
}

/// Emphasis: a run of marks that touches a word on exactly one side. `2 * 3` and `snake_case` keep theirs.
fn marks<'t>(rest: &'t str, mark: char, before: char, emit: &mut impl FnMut(Piece<'t>)) -> usize {
    let run = rest.len() - rest.trim_start_matches(mark).len();
    let after = rest[run..].chars().next().unwrap_or('\n');
    let is_edge = |letter: char| !letter.is_alphanumeric();
    let opens = is_edge(before) && !after.is_whitespace();
    let closes = is_edge(after) && !before.is_whitespace();
    let is_mark = run <= 3 && (mark != '~' || run == 2) && (opens || closes);
    if !is_mark {
        emit(Piece::Verbatim(&rest[..run]));
    }
    run
}

/// The marks of a heading or a quotation; the number of bytes taken, or 0.
fn line_start(rest: &str, mark: char) -> usize {
    let run = rest.len() - rest.trim_start_matches(mark).len();
    let space = rest[run..].len() - rest[run..].trim_start_matches(' ').len();
    // A hash without a space is a word (`#Marienplatz`), not a heading.
    if run > 6 || (mark == '#' && space == 0) {
        0
    } else {
        run + space
    }
}
