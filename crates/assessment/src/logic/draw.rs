//! Draws items as SVG: presentation attributes only (a strict content policy forbids styles),
//! in the colour of the text around them, each with a name and a description.

use std::fmt::Write;

use crate::logic::attribute::{Attribute, Cell};
use crate::logic::describe;
use crate::logic::item::Item;
use crate::logic::shapes::{LAYOUTS, POINTERS, RADII, RADIUS_OF_MANY, SHADES, SHAPES, STROKES, WITHOUT_RING};
use crate::svg;
use crate::texts::Texts;

/// The side of a cell, and what a cell takes with the space beside it.
const SIDE: usize = 100;
const PITCH: usize = 106;

/// The matrix with its empty cell. `id` must be unique on the page: the drawing's title and
/// description are referred to by it. Without a description it is a picture and nothing else: words would be easy reading for
/// a program, so they are there for those who ask for them.
#[must_use]
pub fn matrix(item: &Item, texts: &Texts, id: &str, is_described: bool) -> String {
    let side = 2 * PITCH + SIDE + 4;
    let words = if is_described { describe::matrix(item, texts) } else { String::new() };
    let mut out = svg::open(id, side, side, &texts.cell.matrix, &words);
    for (place, cell) in item.visible().iter().enumerate() {
        draw_cell(&mut out, cell, 2 + place % 3 * PITCH, 2 + place / 3 * PITCH);
    }
    let corner = 2 + 2 * PITCH;
    let middle = corner + SIDE / 2;
    push(
        &mut out,
        format_args!(
            "<rect x=\"{corner}\" y=\"{corner}\" width=\"{SIDE}\" height=\"{SIDE}\" rx=\"4\" fill=\"none\" \
         stroke=\"currentColor\" stroke-width=\"2\" stroke-dasharray=\"7 6\"/>\
         <text x=\"{middle}\" y=\"{}\" font-size=\"44\" text-anchor=\"middle\" fill=\"currentColor\">?</text></svg>",
            middle + 15,
        ),
    );
    out
}

/// Option number `option` (from 0) of an item. `id` must be unique on the page.
#[must_use]
pub fn option(item: &Item, option: usize, texts: &Texts, id: &str, is_described: bool) -> String {
    let cell = &item.options()[option];
    let words = if is_described { describe::cell_of(item, cell, texts) } else { String::new() };
    let mut out = svg::open(id, SIDE + 4, SIDE + 4, &describe::option_name(option, texts), &words);
    draw_cell(&mut out, cell, 2, 2);
    out.push_str("</svg>");
    out
}

fn draw_cell(out: &mut String, cell: &Cell, x: usize, y: usize) {
    push(
        out,
        format_args!(
            "<g transform=\"translate({x} {y})\" stroke=\"currentColor\" fill=\"currentColor\">\
         <rect width=\"{SIDE}\" height=\"{SIDE}\" rx=\"4\" fill=\"none\" stroke-opacity=\".45\"/>",
        ),
    );
    figures(out, cell);
    if let Some(position) = cell.get(Attribute::Position) {
        push(
            out,
            format_args!(
                "<circle cx=\"50\" cy=\"9\" r=\"5\" transform=\"rotate({} 50 50)\"/>",
                45 * u16::from(position),
            ),
        );
    }
    if let Some(marks) = cell.get(Attribute::Marks) {
        for place in (0..8_u16).filter(|place| marks & (1 << place) != 0) {
            push(
                out,
                format_args!(
                    "<path d=\"M50 4V15\" stroke-width=\"5\" transform=\"rotate({} 50 50)\"/>",
                    45 * place,
                ),
            );
        }
    }
    out.push_str("</g>");
}

fn figures(out: &mut String, cell: &Cell) {
    let path = match (cell.get(Attribute::Shape), cell.get(Attribute::Pointer)) {
        (Some(shape), _) => SHAPES[usize::from(shape)],
        (None, Some(pointer)) => POINTERS[usize::from(pointer)],
        (None, None) => return,
    };
    let shade = SHADES[usize::from(cell.get(Attribute::Shade).unwrap_or(0))];
    let (places, radius) = match (cell.get(Attribute::Count), cell.get(Attribute::Size)) {
        (Some(count), _) => (LAYOUTS[usize::from(count) - 1], RADIUS_OF_MANY),
        (None, Some(size)) => (LAYOUTS[0], RADII[usize::from(size) - 1]),
        (None, None) => (LAYOUTS[0], RADII[2]),
    };
    let turn = 45 * u16::from(cell.get(Attribute::Angle).unwrap_or(0));
    let has_ring = cell.get(Attribute::Position).is_some() || cell.get(Attribute::Marks).is_some();
    let is_counted = cell.get(Attribute::Count).is_some();
    let grown = if is_counted && !has_ring { WITHOUT_RING } else { 1.0 };
    for (x, y) in places {
        push(
            out,
            format_args!(
                "<path d=\"{path}\" transform=\"translate({:.0} {:.0}) rotate({turn}) scale({:.2})\" fill-opacity=\"{shade}\" \
             stroke-width=\"{}\" vector-effect=\"non-scaling-stroke\"/>",
                50.0 + f64::from(*x) * grown,
                50.0 + f64::from(*y) * grown,
                radius * grown / 10.0,
                STROKES[usize::from(places.len() > 1)],
            ),
        );
    }
}

fn push(out: &mut String, text: std::fmt::Arguments<'_>) {
    out.write_fmt(text).expect("writing to a String cannot fail");
}
