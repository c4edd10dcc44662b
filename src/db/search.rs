//! Search by words, as people see them: composed and decomposed letters, capitals, and the marks that keyboards
//! lack are the same.

use super::keyset::containing;
use unicode_normalization::UnicodeNormalization as _;

/// More words than these are not looked for.
const WORDS: usize = 8;

/// The form in which texts are kept to be searched, and looked for.
pub fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.nfkc().flat_map(char::to_lowercase).nfkc() {
        match c {
            // What is left of the dot of `İ` in lower case.
            '\u{307}' if folded.ends_with('i') => {}
            '\u{2018}' | '\u{2019}' | '\u{2bc}' | '\u{2032}' | '`' | '\u{b4}' => folded.push('\''),
            '\u{2010}'..='\u{2015}' | '\u{2212}' => folded.push('-'),
            c if c.is_whitespace() => folded.push(' '),
            c => folded.push(c),
        }
    }
    folded
}

/// By what two names are the same: as they are searched, with the letters that only one case has, and white space, alike.
pub fn name_key(name: &str) -> String {
    let folded = folded(name).replace('ß', "ss").replace('ς', "σ");
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Patterns for `LIKE`, a list for each word of what was typed; a row must match one of each. The second and the
/// third are the forms in which rows were kept before they were folded.
pub fn patterns(text: &str) -> Vec<Vec<String>> {
    let word = |word: &str| {
        let mut forms = vec![folded(word), word.to_lowercase(), word.to_lowercase().nfd().collect()];
        forms.dedup();
        forms.iter().map(|form| containing(form)).collect()
    };
    text.split_whitespace().take(WORDS).map(word).collect()
}

/// Narrows a boxed query to the rows whose column has all words of a text.
macro_rules! with_words {
    ($query:expr, $column:expr, $text:expr) => {
        $crate::db::search::patterns($text).into_iter().fold($query, |query, forms| {
            let mut forms = forms.into_iter();
            let column = || $column;
            match (forms.next(), forms.next(), forms.next()) {
                (Some(one), None, _) => query.filter(column().like(one).escape('\\')),
                (Some(one), Some(two), three) => {
                    let three = three.unwrap_or_else(|| two.clone());
                    let old = column().like(two).escape('\\').or(column().like(three).escape('\\'));
                    query.filter(column().like(one).escape('\\').or(old))
                }
                (None, ..) => query,
            }
        })
    };
}
pub(crate) use with_words;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_folded_as_people_see_them() {
        for (one, other) in [
            ("Zoe\u{308}", "ZOË"),
            ("O\u{2019}Neil", "o'neil"),
            ("\u{130}brahim", "ibrahim"),
            ("I\u{307}brahim", "ibrahim"),
            ("Ａｄａ", "ada"),
            ("GROẞ", "groß"),
            ("Jean\u{2010}Luc", "jean-luc"),
            ("Ada\u{a0}Byron", "ada byron"),
            ("한글", "한글"),
        ] {
            assert_eq!(folded(one), folded(other), "{one} {other}");
            assert_eq!(folded(&folded(one)), folded(one), "{one}");
        }
        assert_ne!(folded("ü"), folded("u"));
    }

    #[test]
    fn one_name_has_one_key() {
        for (one, other) in [
            ("STRASSE", "Straße"),
            ("ΟΔΥΣΣΕΥΣ", "Οδυσσευς"),
            ("Ｓａｌｅｓ", " sales "),
            ("Account  Manager", "account\u{a0}manager"),
            ("ﬁnance", "Finance"),
        ] {
            assert_eq!(name_key(one), name_key(other), "{one} {other}");
        }
        assert_ne!(name_key("Sales 1"), name_key("Sales 2"));
    }

    #[test]
    fn each_word_has_its_forms() {
        assert_eq!(patterns("  Ada  100% "), [vec!["%ada%".to_owned()], vec!["%100\\%%".to_owned()]]);
        assert_eq!(patterns("Zoë"), [vec!["%zo\u{eb}%".to_owned(), "%zoe\u{308}%".to_owned()]]);
        assert_eq!(patterns(""), Vec::<Vec<String>>::new());
        assert_eq!(patterns(&"a ".repeat(100)).len(), WORDS);
    }
}
