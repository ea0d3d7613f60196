// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A document set on pages, from top to bottom: headings stay with what follows, rows are not torn apart.

use core::num::NonZeroU16;

use krilla::tagging::{ListNumbering, TableHeaderScope, Tag, TagKind};

use crate::fonts::Weight;
use crate::layout::{BODY, COLUMN, HEIGHT, Layout, MARGIN, Mark, Part, SMALL, Style};
use crate::paper::{Block, Paper};

/// Of the widest page's column.
const NAMES: f32 = 0.36;
/// Between columns.
const GAP: f32 = 10.0;
const CELL: Style = Style::new(Weight::Regular, 9.5);
const HEAD: Style = Style::new(Weight::Bold, 9.5);

pub fn heading(layout: &mut Layout, level: u8, text: &str) {
    let style = match level {
        1 => Style::new(Weight::Bold, 21.0),
        2 => Style::new(Weight::Bold, 14.0),
        _ => Style::new(Weight::Bold, 11.5),
    };
    if level > 1 {
        layout.y += style.size * 0.9;
    }
    // With the first lines of what it is over.
    layout.need(style.lead + 3.0 * BODY.lead);
    layout.marks.push(Mark {
        level,
        text: text.to_owned(),
        page: layout.page(),
        y: layout.y,
    });
    let tag = Tag::Hn(
        NonZeroU16::new(level.into()).unwrap_or(NonZeroU16::MIN),
        Some(text.to_owned()),
    );
    layout.within(tag, |layout| flowing(layout, text, style, MARGIN, COLUMN));
    layout.y += style.size * 0.3;
}

/// Lines that go on on the next page.
fn flowing(layout: &mut Layout, text: &str, style: Style, x: f32, width: f32) {
    for line in layout.face(style.weight).lines(text, style.size, width) {
        layout.need(style.lead);
        let top = layout.y;
        layout.line(line, style, x, top);
        layout.y += style.lead;
    }
}

pub fn text(layout: &mut Layout, text: &str, style: Style) {
    layout.within(Tag::P, |layout| flowing(layout, text, style, MARGIN, COLUMN));
    layout.y += 5.0;
}

/// Numbered, or with points.
pub fn list<'a>(layout: &mut Layout, items: impl Iterator<Item = &'a str>, style: Style, is_numbered: bool) {
    let numbering = if is_numbered {
        ListNumbering::Decimal
    } else {
        ListNumbering::Disc
    };
    let indent = style.size * 1.6;
    layout.within(Tag::L(numbering), |layout| {
        for (at, item) in items.enumerate() {
            layout.need(style.lead);
            layout.within(Tag::LI, |layout| {
                let label = if is_numbered {
                    format!("{}. ", at + 1)
                } else {
                    "• ".to_owned()
                };
                let top = layout.y;
                layout.within(Tag::Lbl, |layout| layout.line(label, style, MARGIN, top));
                layout.within(Tag::LBody, |layout| {
                    flowing(layout, item, style, MARGIN + indent, COLUMN - indent)
                });
            });
            layout.y += 2.0;
        }
    });
    layout.y += 4.0;
}

struct Cell<'a> {
    text: &'a str,
    style: Style,
    tag: TagKind,
}

/// A row whose cells are as high as the highest. `tags`: without them, it is a heading repeated for the eye alone.
fn row(layout: &mut Layout, cells: Vec<Cell<'_>>, widths: &[f32], is_repeated: bool) {
    let mut x = MARGIN;
    let mut set = Vec::new();
    for (cell, width) in cells.into_iter().zip(widths) {
        let lines = layout
            .face(cell.style.weight)
            .lines(cell.text, cell.style.size, width - GAP);
        set.push((x, lines, cell));
        x += width;
    }
    let top = layout.y + 3.0;
    let mut lowest = top;
    let draw = |layout: &mut Layout| {
        for (x, lines, cell) in set {
            let mut y = top;
            let write = |layout: &mut Layout| {
                for line in lines {
                    if is_repeated {
                        layout.ornament_line(line, cell.style, x, y, Part::Ornament);
                    } else {
                        layout.line(line, cell.style, x, y);
                    }
                    y += cell.style.lead;
                }
            };
            if is_repeated {
                write(layout);
            } else {
                layout.within(cell.tag, write);
            }
            lowest = lowest.max(y);
        }
    };
    if is_repeated {
        draw(layout);
    } else {
        layout.within(Tag::TR, draw);
    }
    layout.y = lowest + 3.0;
    let y = layout.y;
    layout.rule(MARGIN, y, widths.iter().sum());
}

fn height(layout: &Layout, cells: &[Cell<'_>], widths: &[f32]) -> f32 {
    let heights = cells.iter().zip(widths).map(|(cell, width)| {
        let lines = layout
            .face(cell.style.weight)
            .lines(cell.text, cell.style.size, width - GAP);
        lines.iter().map(|_| cell.style.lead).sum::<f32>()
    });
    heights.fold(0.0, f32::max) + 6.0
}

fn facts(layout: &mut Layout, rows: &[(String, String)]) {
    let widths = [COLUMN * NAMES, COLUMN * (1.0 - NAMES)];
    layout.within(Tag::Table, |layout| {
        layout.within(Tag::TBody, |layout| {
            for (name, value) in rows {
                let cells = vec![
                    Cell {
                        text: name,
                        style: HEAD,
                        tag: Tag::TH(TableHeaderScope::Row).into(),
                    },
                    Cell {
                        text: if value.is_empty() { "–" } else { value },
                        style: CELL,
                        tag: Tag::TD.into(),
                    },
                ];
                let high = height(layout, &cells, &widths);
                layout.need(high);
                row(layout, cells, &widths, false);
            }
        });
    });
    layout.y += 8.0;
}

/// Columns by how much they hold, none narrower than its longest word of the heading.
#[expect(clippy::cast_precision_loss, reason = "lengths of texts on paper")]
fn widths(layout: &Layout, head: &[String], rows: &[Vec<String>]) -> Vec<f32> {
    let face = layout.face(Weight::Bold);
    let least: Vec<f32> = head
        .iter()
        .map(|name| {
            let words = face.clean(name);
            let widest = words
                .split(' ')
                .map(|word| face.width(word, HEAD.size))
                .fold(0.0, f32::max);
            widest + GAP + 2.0
        })
        .collect();
    let weight = |column: usize| {
        let lengths = rows
            .iter()
            .filter_map(|row| row.get(column))
            .map(|text| text.chars().count());
        let (count, sum) = lengths.fold((0_usize, 0_usize), |(count, sum), length| {
            (count + 1, sum + length.min(120))
        });
        (sum as f32 / count.max(1) as f32).clamp(6.0, 60.0)
    };
    let weights: Vec<f32> = (0..head.len()).map(weight).collect();
    let spare = (COLUMN - least.iter().sum::<f32>()).max(0.0);
    let all: f32 = weights.iter().sum();
    least
        .iter()
        .zip(weights)
        .map(|(least, weight)| least + spare * weight / all)
        .collect()
}

fn table(layout: &mut Layout, head: &[String], rows: &[Vec<String>]) {
    let widths = widths(layout, head, rows);
    let heads = |_: ()| -> Vec<Cell<'_>> {
        let cell = |text| Cell {
            text,
            style: HEAD,
            tag: Tag::TH(TableHeaderScope::Column).into(),
        };
        head.iter().map(|name| cell(name.as_str())).collect()
    };
    layout.need(4.0 * BODY.lead);
    layout.within(Tag::Table, |layout| {
        layout.within(Tag::THead, |layout| row(layout, heads(()), &widths, false));
        layout.within(Tag::TBody, |layout| {
            for texts in rows {
                let cell = |text: &'_ String| -> (String, TagKind) { (text.clone(), Tag::TD.into()) };
                let owned: Vec<(String, TagKind)> = texts.iter().map(cell).collect();
                let cells: Vec<Cell<'_>> = owned
                    .iter()
                    .map(|(text, tag)| Cell {
                        text: if text.is_empty() { "–" } else { text },
                        style: CELL,
                        tag: tag.clone(),
                    })
                    .collect();
                let high = height(layout, &cells, &widths);
                if layout.need(high) {
                    row(layout, heads(()), &widths, true);
                }
                row(layout, cells, &widths, false);
            }
        });
    });
    layout.y += 8.0;
}

/// At the foot of each page, once all are there: the title, and which page of how many it is.
pub fn footers(layout: &mut Layout, title: &str) {
    let count = layout.pages.len();
    let short: String = title.chars().take(90).collect();
    let face = layout.face(Weight::Regular);
    let left = face.clean(&short);
    let texts: Vec<(f32, String, String)> = (1..=count)
        .map(|page| {
            let right = format!("{page} / {count}");
            (MARGIN + COLUMN - face.width(&right, SMALL.size), right, left.clone())
        })
        .collect();
    let y = HEIGHT - MARGIN * 0.62;
    for (page, (x, right, left)) in layout.pages.iter_mut().zip(texts) {
        for (x, text) in [(MARGIN, left), (x, right)] {
            page.push(crate::layout::Drawn {
                ink: crate::layout::Ink::Text {
                    style: SMALL,
                    x,
                    y,
                    text,
                },
                part: Part::Footer,
            });
        }
    }
}

pub fn paper(layout: &mut Layout, paper: &Paper) {
    heading(layout, 1, &paper.title);
    text(layout, &paper.about, SMALL);
    for block in &paper.blocks {
        match block {
            Block::Heading { level, text } => heading(layout, *level, text),
            Block::Text { text: words } => text(layout, words, BODY),
            Block::List { items } => list(layout, items.iter().map(String::as_str), BODY, false),
            Block::Facts { rows } => facts(layout, rows),
            Block::Table { rows, .. } if rows.is_empty() => text(layout, "–", BODY),
            Block::Table { head, rows } => table(layout, head, rows),
        }
    }
    footers(layout, &paper.title);
}
