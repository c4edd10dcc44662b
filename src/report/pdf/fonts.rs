//! The typeface of the PDF: DejaVu Sans, whose letters cover Latin, Greek, Cyrillic, Armenian,
//! Georgian, Hebrew and Arabic scripts. A letter that it lacks is drawn as an empty box, and copied and read
//! aloud as what it is.

use krilla::text::Font;
use std::sync::LazyLock;
use ttf_parser::Face;

/// Stands for a letter that the typeface lacks.
const BOX: char = '\u{25a1}';

/// A weight of the typeface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    Regular,
    Bold,
}

/// What is drawn for a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Drawable {
    /// Only letters that the typeface has.
    pub drawn: String,
    /// The text itself, where it is another.
    pub meant: Option<String>,
}

struct Loaded {
    font: Font,
    face: Face<'static>,
}

impl Loaded {
    fn new(bytes: &'static [u8]) -> Self {
        Self {
            font: Font::new(bytes.into(), 0).expect("a test reads both weights"),
            face: Face::parse(bytes, 0).expect("a test reads both weights"),
        }
    }
}

static REGULAR: LazyLock<Loaded> = LazyLock::new(|| Loaded::new(dejavu::sans_condensed::regular()));
static BOLD: LazyLock<Loaded> = LazyLock::new(|| Loaded::new(dejavu::sans_condensed::bold()));

fn loaded(weight: Weight) -> &'static Loaded {
    match weight {
        Weight::Regular => &REGULAR,
        Weight::Bold => &BOLD,
    }
}

/// Characters that show nothing by themselves, and are no text.
fn is_silent(message: char) -> bool {
    matches!(message, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff0}'..='\u{ffff}' | '\u{e0000}'..='\u{e0fff}')
}

/// Private letters mean something else in every typeface.
fn is_private(message: char) -> bool {
    matches!(message, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}')
}

impl Weight {
    pub(super) fn font(self) -> Font {
        loaded(self).font.clone()
    }

    /// How wide a text is at this size (points).
    pub(super) fn width(self, text: &str, size: f32) -> f32 {
        let face = &loaded(self).face;
        let advance =
            |message| face.glyph_index(message).and_then(|glyph| face.glyph_hor_advance(glyph)).unwrap_or(0);
        let units: u32 = text.chars().map(|message| u32::from(advance(message))).sum();
        units as f32 * size / f32::from(face.units_per_em())
    }

    /// What can be drawn of a text.
    pub(super) fn drawable(self, text: &str) -> Drawable {
        let face = &loaded(self).face;
        let message = |message: char| match message {
            _ if is_silent(message) => None,
            _ if message.is_control() => Some(' '),
            _ if is_private(message) || face.glyph_index(message).is_none_or(|glyph| glyph.0 == 0) => {
                Some(BOX)
            }
            _ => Some(message),
        };
        let drawn: String = text.chars().filter_map(message).collect();
        let meant =
            (drawn != text).then(|| text.chars().filter(|l| !l.is_control() && !is_silent(*l)).collect());
        Drawable { drawn, meant }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_weights_are_there_and_know_the_box() {
        for weight in [Weight::Regular, Weight::Bold] {
            assert!(weight.width("Ada", 12.0) > 10.0);
            assert_eq!(weight.drawable("□").meant, None);
        }
    }

    #[test]
    fn what_the_typeface_lacks_is_seen_and_meant() {
        let of = |text| Weight::Regular.drawable(text);
        for known in ["Ada Byron", "Åsa Öberg", "Łukasz", "Αθηνά", "Фёдор", "שרה", "ليلى", "Նարե", "Nguyễn"]
        {
            assert_eq!(of(known), Drawable { drawn: known.to_owned(), meant: None });
        }
        assert_eq!(of("李 Li"), Drawable { drawn: "□ Li".to_owned(), meant: Some("李 Li".to_owned()) });
        assert_eq!(of("a\u{0}\u{200d}b").drawn, "a b");
    }
}
