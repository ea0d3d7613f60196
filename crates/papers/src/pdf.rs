// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The pages as a PDF/UA-1. The writer checks what a program can check of the standard, and refuses what breaks it.

use krilla::color::rgb;
use krilla::configure::{Accessibility, Configuration, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::geom::{PathBuilder, Point, Rect, Transform};
use krilla::metadata::Metadata;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::Fill;
use krilla::surface::Surface;
use krilla::tagging::{Artifact, ArtifactType, ContentTag, Identifier, SpanTag, TagGroup, TagTree};
use krilla::{Document, SerializeSettings};

use crate::PaperError;
use crate::layout::{Drawn, HEIGHT, Ink, Layout, Mark, Node, Part, WIDTH};

fn settings() -> Result<SerializeSettings, PaperError> {
    let configuration: Configuration = ConfigurationBuilder::new()
        .with_accessibility_validator(Accessibility::UA1)
        .finish()
        .map_err(|error| PaperError::Written(format!("{error:?}")))?;
    Ok(SerializeSettings {
        configuration,
        ..SerializeSettings::default()
    })
}

fn fill(grey: bool) -> Fill {
    // Grey enough to step back, dark enough to be read: 7 to 1 on white.
    let shade = if grey { 0x59 } else { 0 };
    Fill {
        paint: rgb::Color::new(shade, shade, shade).into(),
        ..Fill::default()
    }
}

fn content(drawn: &Drawn) -> ContentTag<'static> {
    match (drawn.part, &drawn.ink) {
        (Part::Leaf(_), Ink::Text { .. }) => ContentTag::Span(SpanTag::empty()),
        (Part::Leaf(_), Ink::Boxes { .. } | Ink::Code { .. }) => ContentTag::Other,
        (Part::Ornament, _) => ContentTag::Artifact(Artifact {
            kind: ArtifactType::Layout,
            bbox: None,
        }),
        (Part::Footer, _) => ContentTag::Artifact(Artifact {
            kind: ArtifactType::Footer,
            bbox: None,
        }),
    }
}

fn ink(surface: &mut Surface<'_>, layout: &Layout, ink: &Ink) {
    match ink {
        Ink::Text { style, x, y, text } => {
            let face = layout.face(style.weight);
            surface.set_fill(Some(fill(style.grey)));
            let glyphs = face.glyphs(text);
            surface.draw_glyphs(
                Point::from_xy(*x, *y),
                &glyphs,
                face.font.clone(),
                text,
                style.size,
                false,
            );
        }
        Ink::Boxes { boxes, grey } => {
            let mut path = PathBuilder::new();
            let rects = boxes
                .iter()
                .filter_map(|[left, top, right, bottom]| Rect::from_ltrb(*left, *top, *right, *bottom));
            rects.for_each(|rect| path.push_rect(rect));
            surface.set_fill(Some(fill(*grey)));
            if let Some(path) = path.finish() {
                surface.draw_path(&path);
            }
        }
        Ink::Code { x, y, module, runs } => {
            let mut path = PathBuilder::new();
            for [row, start, end] in runs {
                let (top, bottom) = (f32::from(*row), f32::from(row + 1));
                if let Some(rect) = Rect::from_ltrb(f32::from(*start), top, f32::from(*end), bottom) {
                    path.push_rect(rect);
                }
            }
            surface.set_fill(Some(fill(false)));
            if let Some(path) = path.finish() {
                surface.push_transform(&Transform::from_row(*module, 0.0, 0.0, *module, *x, *y));
                surface.draw_path(&path);
                surface.pop();
            }
        }
    }
}

fn group(node: &Node, leaves: &[Option<Identifier>]) -> Option<krilla::tagging::Node> {
    match node {
        Node::Leaf(leaf) => leaves.get(*leaf).copied().flatten().map(krilla::tagging::Node::from),
        Node::Branch(branch) => {
            let nodes = branch.nodes.iter().filter_map(|node| group(node, leaves)).collect();
            Some(TagGroup::with_children(branch.tag.clone(), nodes).into())
        }
    }
}

/// Chapters, and the parts of each.
fn outline(marks: &[Mark]) -> Outline {
    let mut outline = Outline::new();
    let mut chapter: Option<OutlineNode> = None;
    for mark in marks {
        let place = XyzDestination::new(mark.page, Point::from_xy(0.0, mark.y));
        let node = OutlineNode::new(mark.text.clone(), place);
        match chapter.as_mut() {
            Some(chapter) if mark.level > 2 => chapter.push_child(node),
            _ => {
                if let Some(done) = chapter.replace(node) {
                    outline.push_child(done);
                }
            }
        }
    }
    if let Some(done) = chapter {
        outline.push_child(done);
    }
    outline
}

pub fn written(layout: Layout, title: &str) -> Result<Vec<u8>, PaperError> {
    let mut document = Document::new_with(settings()?);
    document.set_metadata(
        Metadata::new()
            .title(title.to_owned())
            .language(layout.language.tag().to_owned())
            .creator("Melder".to_owned()),
    );
    let mut leaves: Vec<Option<Identifier>> = vec![None; layout.leaves];
    for drawn in &layout.pages {
        let size = PageSettings::from_wh(WIDTH, HEIGHT).ok_or(PaperError::Page)?;
        let mut page = document.start_page_with(size);
        let mut surface = page.surface();
        for drawn in drawn {
            let id = surface.start_tagged(content(drawn));
            ink(&mut surface, &layout, &drawn.ink);
            surface.end_tagged();
            if let Part::Leaf(leaf) = drawn.part
                && let Some(place) = leaves.get_mut(leaf)
            {
                *place = Some(id);
            }
        }
        surface.finish();
        page.finish();
    }
    let mut tree = TagTree::new().with_lang(Some(layout.language.tag().to_owned()));
    for node in layout.tree.iter().filter_map(|node| group(node, &leaves)) {
        tree.push(node);
    }
    document.set_tag_tree(tree);
    document.set_outline(outline(&layout.marks));
    document
        .finish()
        .map_err(|error| PaperError::Written(format!("{error:?}")))
}
