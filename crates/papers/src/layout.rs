// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Pages being filled: lines and boxes at their places, and beside them the tree of what they are, in reading order.
//!
//! Each thing drawn is a leaf of the tree, or an ornament that nobody needs to hear of.

use krilla::geom::Rect;
use krilla::tagging::{BBox, Tag, TagKind};
use qrcode::{Color, EcLevel, QrCode};

use crate::fonts::{Face, Fonts, Weight};
use crate::{Language, PaperError};

/// A4, in points.
pub const WIDTH: f32 = 595.28;
pub const HEIGHT: f32 = 841.89;
pub const MARGIN: f32 = 56.7;
/// Between the margins.
pub const COLUMN: f32 = WIDTH - 2.0 * MARGIN;

/// How a line looks.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    pub weight: Weight,
    pub size: f32,
    /// From line to line.
    pub lead: f32,
    pub grey: bool,
}

impl Style {
    pub const fn new(weight: Weight, size: f32) -> Self {
        Self {
            weight,
            size,
            lead: size * 1.4,
            grey: false,
        }
    }

    pub const fn grey(self) -> Self {
        Self { grey: true, ..self }
    }
}

pub const BODY: Style = Style::new(Weight::Regular, 10.5);
pub const STRONG: Style = Style::new(Weight::Bold, 10.5);
pub const SMALL: Style = Style::new(Weight::Regular, 9.0).grey();

pub enum Ink {
    Text {
        style: Style,
        x: f32,
        y: f32,
        text: String,
    },
    /// Left, top, right, bottom.
    Boxes {
        boxes: Vec<[f32; 4]>,
        grey: bool,
    },
    /// Dark runs of modules: row, first column, the one after the last. In whole numbers, which pack well.
    Code {
        x: f32,
        y: f32,
        module: f32,
        runs: Vec<[u16; 3]>,
    },
}

/// What a drawn thing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Leaf(usize),
    /// A rule, a cutting line, a repeated heading.
    Ornament,
    Footer,
}

pub struct Drawn {
    pub ink: Ink,
    pub part: Part,
}

pub enum Node {
    Leaf(usize),
    Branch(Branch),
}

pub struct Branch {
    pub tag: TagKind,
    pub nodes: Vec<Node>,
}

/// A heading's place, for the list of contents beside the pages.
pub struct Mark {
    pub level: u8,
    pub text: String,
    pub page: usize,
    pub y: f32,
}

pub struct Layout {
    fonts: Fonts,
    pub language: Language,
    pub pages: Vec<Vec<Drawn>>,
    pub tree: Vec<Node>,
    pub marks: Vec<Mark>,
    pub leaves: usize,
    /// Where the next line's top is.
    pub y: f32,
    open: Vec<Branch>,
}

impl Layout {
    pub fn new(language: Language) -> Result<Self, PaperError> {
        Ok(Self {
            fonts: Fonts::new()?,
            language,
            pages: vec![Vec::new()],
            tree: Vec::new(),
            marks: Vec::new(),
            leaves: 0,
            y: MARGIN,
            open: Vec::new(),
        })
    }

    pub const fn face(&self, weight: Weight) -> &Face {
        self.fonts.face(weight)
    }

    pub const fn page(&self) -> usize {
        self.pages.len() - 1
    }

    pub fn new_page(&mut self) {
        self.pages.push(Vec::new());
        self.y = MARGIN;
    }

    /// Is there so much room? Says whether a new page was begun.
    pub fn need(&mut self, height: f32) -> bool {
        let is_full = self.y + height > HEIGHT - MARGIN && self.y > MARGIN;
        if is_full {
            self.new_page();
        }
        is_full
    }

    /// What is drawn within is all of this kind.
    pub fn within<T>(&mut self, tag: impl Into<TagKind>, draw: impl FnOnce(&mut Self) -> T) -> T {
        self.open.push(Branch {
            tag: tag.into(),
            nodes: Vec::new(),
        });
        let done = draw(self);
        if let Some(branch) = self.open.pop() {
            self.hang(Node::Branch(branch));
        }
        done
    }

    fn hang(&mut self, node: Node) {
        match self.open.last_mut() {
            Some(branch) => branch.nodes.push(node),
            None => self.tree.push(node),
        }
    }

    fn leaf(&mut self) -> Part {
        let leaf = self.leaves;
        self.leaves += 1;
        self.hang(Node::Leaf(leaf));
        Part::Leaf(leaf)
    }

    pub fn draw(&mut self, ink: Ink, part: Part) {
        if let Some(page) = self.pages.last_mut() {
            page.push(Drawn { ink, part });
        }
    }

    /// One line; `top` is its upper edge.
    pub fn line(&mut self, text: String, style: Style, x: f32, top: f32) {
        if text.trim().is_empty() {
            return;
        }
        let part = self.leaf();
        self.ornament_line(text, style, x, top, part);
    }

    pub fn ornament_line(&mut self, text: String, style: Style, x: f32, top: f32, part: Part) {
        let y = top + (style.lead - style.size) / 2.0 + style.size * 0.8;
        self.draw(Ink::Text { style, x, y, text }, part);
    }

    pub fn rule(&mut self, x: f32, y: f32, width: f32) {
        let boxes = vec![[x, y - 0.25, x + width, y + 0.25]];
        self.draw(Ink::Boxes { boxes, grey: true }, Part::Ornament);
    }

    /// Lines below each other from `top`; says where they end.
    pub fn lines(&mut self, text: &str, style: Style, x: f32, top: f32, width: f32) -> f32 {
        let mut y = top;
        for line in self.face(style.weight).lines(text, style.size, width) {
            self.line(line, style, x, y);
            y += style.lead;
        }
        y
    }

    /// A QR code as a picture with words for who can't see it.
    pub fn code(&mut self, link: &str, words: String, x: f32, y: f32, side: f32) -> Result<(), PaperError> {
        let code = QrCode::with_error_correction_level(link.as_bytes(), EcLevel::Q).map_err(|_| PaperError::Code)?;
        let rect = Rect::from_ltrb(x, y, x + side, y + side).ok_or(PaperError::Page)?;
        let width = u16::try_from(code.width()).map_err(|_| PaperError::Code)?;
        let (module, runs) = (side / f32::from(width), runs(&code));
        let figure = Tag::Figure(Some(words)).with_bbox(Some(BBox::new(self.page(), rect)));
        self.within(figure, |layout| {
            let part = layout.leaf();
            layout.draw(Ink::Code { x, y, module, runs }, part);
        });
        Ok(())
    }
}

/// The dark modules, those beside each other as one. The light edge that scanners need is the paper.
fn runs(code: &QrCode) -> Vec<[u16; 3]> {
    let mut runs = Vec::new();
    for (row, colors) in (0_u16..).zip(code.to_colors().chunks(code.width())) {
        let mut start = 0;
        for run in colors.chunk_by(|one, next| one == next) {
            let end = start + u16::try_from(run.len()).unwrap_or(0);
            if run.first() == Some(&Color::Dark) {
                runs.push([row, start, end]);
            }
            start = end;
        }
    }
    runs
}
