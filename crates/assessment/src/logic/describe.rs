//! Items in words: the descriptions of the drawings, and the items that are words from the start.

use crate::logic::attribute::{Attribute, Cell};
use crate::logic::item::Item;
use crate::texts::Texts;

/// A cell in words, attribute by attribute in a fixed order, so that cells can be compared
/// by ear: "arrow, pointing up, half filled, dot at the left".
#[must_use]
pub fn cell(cell: &Cell, texts: &Texts) -> String {
    // The order in which a person would say it.
    const SPOKEN: [Attribute; 13] = [
        Attribute::Shape,
        Attribute::Pointer,
        Attribute::Angle,
        Attribute::Count,
        Attribute::Size,
        Attribute::Shade,
        Attribute::Position,
        Attribute::Marks,
        Attribute::Number,
        Attribute::Letter,
        Attribute::Day,
        Attribute::Thing,
        Attribute::Basket,
    ];
    let parts = SPOKEN.into_iter().filter_map(|a| Some(value(a, cell.get(a)?, texts)));
    parts.collect::<Vec<_>>().join(", ")
}

/// A cell of an item in words, without what is the same everywhere in the item: that would only have to be
/// listened to.
#[must_use]
pub fn cell_of(item: &Item, part: &Cell, texts: &Texts) -> String {
    let first = item.visible()[0];
    let all = || item.visible().iter().chain(item.options());
    let changes = |attribute: &Attribute| all().any(|other| other.get(*attribute) != first.get(*attribute));
    let shown = part.attributes().filter(changes);
    let shown = shown.fold(Cell::default(), |cell, a| part.get(a).map_or(cell, |value| cell.with(a, value)));
    cell(&shown, texts)
}

/// The whole matrix in words, row by row.
#[must_use]
pub fn matrix(item: &Item, texts: &Texts) -> String {
    let mut cells: Vec<String> = item.visible().iter().map(|c| cell_of(item, c, texts)).collect();
    cells.push(texts.cell.missing.clone());
    let rows = cells.chunks(3).enumerate().map(|(row, cells)| {
        let name = texts.cell.row.replace("{n}", &(row + 1).to_string());
        format!("{name}: {}.", cells.join("; "))
    });
    rows.collect::<Vec<_>>().join(" ")
}

/// The nine cells in words, the last being the word for the missing one: for a table.
#[must_use]
pub fn cells(item: &Item, texts: &Texts) -> Vec<String> {
    let shown = item.visible().iter().map(|c| cell_of(item, c, texts));
    shown.chain([texts.cell.missing.clone()]).collect()
}

/// "Option 1" for option 0.
#[must_use]
pub fn option_name(option: usize, texts: &Texts) -> String {
    texts.cell.option.replace("{n}", &(option + 1).to_string())
}

pub(super) fn value(attribute: Attribute, value: u8, texts: &Texts) -> String {
    let words = &texts.cell;
    let place = usize::from(value);
    let list = |names: &[String]| {
        let named = names.iter().enumerate().filter(|(i, _)| value & (1 << i) != 0);
        named.map(|(_, name)| name.as_str()).collect::<Vec<_>>().join(" + ")
    };
    match attribute {
        Attribute::Shape => words.shapes[place].clone(),
        Attribute::Pointer => words.pointers[place].clone(),
        Attribute::Count => words.count.replace("{n}", &value.to_string()),
        Attribute::Size => words.sizes[place - 1].clone(),
        Attribute::Shade => words.shades[place].clone(),
        Attribute::Angle => words.angles[place].clone(),
        Attribute::Position => words.dot.replace("{place}", &words.places[place]),
        Attribute::Marks => words.ticks.replace("{places}", &list(&words.places)),
        Attribute::Number => value.to_string(),
        Attribute::Letter => char::from(b'A' + value).to_string(),
        Attribute::Day => words.days[place].clone(),
        Attribute::Thing => words.things[place].clone(),
        Attribute::Basket => words.basket.replace("{goods}", &list(&words.goods)),
    }
}
