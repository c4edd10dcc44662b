//! Writes a laid-out document as a tagged PDF (PDF/UA-1: accessible to screen readers).

use super::PdfError;
use super::sheet::{Draw, HEIGHT, Kid, Node, Placed, Sheet, WIDTH};
use crate::time::Timestamp;
use krilla::SerializeSettings;
use krilla::color::rgb;
use krilla::configure::ConfigurationBuilder;
use krilla::configure::validate::Accessibility;
use krilla::destination::XyzDestination;
use krilla::document::Document;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::{DateTime, Metadata};
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::Fill;
use krilla::surface::Surface;
use krilla::tagging::{Artifact, ArtifactType, ContentTag, Identifier, SpanTag, TagGroup, TagTree};
use krilla::text::TextDirection;

/// The document's bytes; `language`: the code of the one that it is written in. The same document at the same time gives the same bytes.
pub(super) fn paint(sheet: &Sheet, title: &str, at: Timestamp, language: &str) -> Result<Vec<u8>, PdfError> {
    let wrong = |why: String| PdfError(why);
    let configuration = ConfigurationBuilder::new()
        .with_accessibility_validator(Accessibility::UA1)
        .finish()
        .map_err(|why| wrong(format!("{why:?}")))?;
    let settings = SerializeSettings { configuration, enable_tagging: true, ..SerializeSettings::default() };
    let mut document = Document::new_with(settings);
    let mut named: Vec<Option<Identifier>> = Vec::new();
    named.resize_with(sheet.placed.len(), || None);
    for number in 0..=sheet.page {
        let size = PageSettings::from_wh(WIDTH, HEIGHT).ok_or_else(|| wrong("no such page".into()))?;
        let mut page = document.start_page_with(size);
        let mut surface = page.surface();
        for (place, placed) in sheet.placed.iter().enumerate().filter(|(_, placed)| placed.page == number) {
            named[place] = draw(&mut surface, placed);
        }
        surface.finish();
        page.finish();
    }
    let mut tree = TagTree::new().with_lang(Some(language.to_owned()));
    for root in &sheet.roots {
        if let Some(group) = group(sheet, *root, &mut named) {
            tree.push(group);
        }
    }
    document.set_tag_tree(tree);
    let mut outline = Outline::new();
    for heading in &sheet.headings {
        let there = XyzDestination::new(heading.page, Point::from_xy(0.0, heading.top));
        outline.push_child(OutlineNode::new(heading.text.clone(), there));
    }
    document.set_outline(outline);
    let metadata = Metadata::new()
        .title(title.to_owned())
        .language(language.to_owned())
        .creator("Alva portal".to_owned())
        .creation_date(date(at));
    document.set_metadata(metadata);
    document.finish().map_err(|why| wrong(format!("{why:?}")))
}

/// Draws one thing; what is read gets its name in the tree.
fn draw(surface: &mut Surface<'_>, placed: &Placed) -> Option<Identifier> {
    let meant = match &placed.draw {
        Draw::Text { text, .. } => text.meant.as_deref(),
        Draw::Box { .. } => None,
    };
    let tag = match placed.node {
        Some(_) => ContentTag::Span(SpanTag::empty().with_actual_text(meant)),
        None => ContentTag::Artifact(Artifact::with_kind(ArtifactType::Other)),
    };
    let name = surface.start_tagged(tag);
    match &placed.draw {
        Draw::Text { at, style, text } => {
            surface.set_fill(Some(fill(style.colour)));
            let (point, font) = (Point::from_xy(at.0, at.1), style.weight.font());
            surface.draw_text(point, font, style.size, &text.drawn, false, TextDirection::Auto);
        }
        Draw::Box { at: (left, top, width, height), colour } => {
            let mut path = PathBuilder::new();
            if let Some(area) = Rect::from_xywh(*left, *top, *width, *height) {
                path.push_rect(area);
            }
            if let Some(path) = path.finish() {
                surface.set_fill(Some(fill(*colour)));
                surface.draw_path(&path);
            }
        }
    }
    surface.end_tagged();
    placed.node.map(|_| name)
}

fn fill([red, green, blue]: [u8; 3]) -> Fill {
    Fill { paint: rgb::Color::new(red, green, blue).into(), ..Fill::default() }
}

/// A node with all below it; none when there is nothing in it.
fn group(sheet: &Sheet, node: Node, named: &mut Vec<Option<Identifier>>) -> Option<TagGroup> {
    let (tag, kids) = &sheet.tree[node.0];
    let mut made = TagGroup::new(tag.clone());
    for kid in kids {
        match kid {
            Kid::Node(below) => {
                if let Some(below) = group(sheet, *below, named) {
                    made.push(below);
                }
            }
            Kid::Drawn(place) => {
                if let Some(name) = named[*place].take() {
                    made.push(name);
                }
            }
        }
    }
    (!made.children.is_empty()).then_some(made)
}

fn date(at: Timestamp) -> DateTime {
    let Ok(at) = jiff::Timestamp::from_millisecond(at.0) else { return DateTime::new(1970) };
    let at = at.to_zoned(jiff::tz::TimeZone::UTC);
    let small = |number: i8| u8::try_from(number).unwrap_or(0);
    DateTime::new(u16::try_from(at.year()).unwrap_or(1970))
        .month(small(at.month()))
        .day(small(at.day()))
        .hour(small(at.hour()))
        .minute(small(at.minute()))
        .second(small(at.second()))
        .utc_offset_hour(0)
        .utc_offset_minute(0)
}
