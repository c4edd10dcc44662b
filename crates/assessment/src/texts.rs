//! The words of the tests in each language: statements, answers, names, descriptions.
//!
//! A language is one file in `texts/` and one line in [`FILES`]; a test compares each file
//! with the English one, so a language cannot be half there.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::caution::{Caution, Sign};
use crate::personality::Questionnaire;

/// The files of all languages; the first is used when a language is asked for that is not here.
const FILES: [&str; 5] = [
    include_str!("texts/en.json"),
    include_str!("texts/sv.json"),
    include_str!("texts/de.json"),
    include_str!("texts/da.json"),
    include_str!("texts/nb.json"),
];

/// The IPIP-NEO-120 in the same languages.
const NEO: [&str; 5] = [
    include_str!("texts/neo/en.json"),
    include_str!("texts/neo/sv.json"),
    include_str!("texts/neo/de.json"),
    include_str!("texts/neo/da.json"),
    include_str!("texts/neo/nb.json"),
];

static ALL: LazyLock<Vec<Texts>> = LazyLock::new(|| {
    let read = |(file, neo): (&&str, &&str)| {
        let mut texts: Texts = serde_json::from_str(file).expect("a test reads every embedded file");
        texts.neo = serde_json::from_str(neo).expect("a test reads every embedded file");
        texts.facets.append(&mut texts.neo.facets);
        texts
    };
    FILES.iter().zip(&NEO).map(read).collect()
});

/// All words of one language.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Texts {
    /// The language's code, as in `lang="sv"`.
    pub code: String,
    /// The language's name in itself.
    pub name: String,
    /// Words for the matrices.
    pub cell: CellWords,
    /// The attributes of a matrix by id, as practice names them.
    pub attributes: BTreeMap<String, String>,
    /// What each rule does along a row, in a sentence, by id.
    pub rules: BTreeMap<String, String>,
    /// The five answers to a statement, from disagreement to agreement.
    pub answers: [String; 5],
    /// The logic test.
    pub logic: Described,
    /// The traits by id.
    pub traits: BTreeMap<String, Described>,
    /// The facets by id.
    pub facets: BTreeMap<String, Named>,
    /// Six statements for each facet: three that agree with it, three that go against it.
    pub statements: BTreeMap<String, Vec<String>>,
    /// Cautions about the quality of the answers, by id.
    pub cautions: BTreeMap<String, String>,
    /// How often it was seen, behind a caution.
    pub seen: String,
    /// Words on charts.
    pub charts: ChartWords,
    /// The IPIP-NEO-120, from a file of its own.
    #[serde(skip)]
    pub neo: NeoTexts,
}

/// The words of the IPIP-NEO-120.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NeoTexts {
    /// The five answers, from "does not describe me" on.
    pub answers: [String; 5],
    /// Its facets by id; they join those of [`Texts::facets`].
    facets: BTreeMap<String, Named>,
    /// Four statements for each facet.
    pub statements: BTreeMap<String, Vec<String>>,
}

/// Something that is measured, and what a low, middle or high score means.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Described {
    /// Its name.
    pub name: String,
    /// What it is, in a sentence.
    pub about: String,
    /// What a score of 1 to 3 means.
    pub low: String,
    /// What a score of 4 to 7 means.
    pub middle: String,
    /// What a score of 8 to 10 means.
    pub high: String,
}

impl Described {
    /// What a score in this band means.
    #[must_use]
    pub fn band(&self, band: crate::scale::Band) -> &str {
        match band {
            crate::scale::Band::Low => &self.low,
            crate::scale::Band::Middle => &self.middle,
            crate::scale::Band::High => &self.high,
        }
    }
}

/// A facet's name and meaning.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Named {
    /// Its name.
    pub name: String,
    /// What it is, in a few words.
    pub about: String,
    /// What is usual at the low end of its scale, without a subject.
    pub low: String,
    /// What is usual at the high end.
    pub high: String,
}

/// Words for the cells of a matrix; `{…}` stands for what is put in.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "each field is the word for the attribute of its name")]
pub struct CellWords {
    pub matrix: String,
    pub row: String,
    pub missing: String,
    pub option: String,
    pub shapes: [String; 8],
    pub pointers: [String; 6],
    pub count: String,
    pub sizes: [String; 4],
    pub shades: [String; 4],
    pub angles: [String; 8],
    pub places: [String; 8],
    pub dot: String,
    pub ticks: String,
    pub days: [String; 7],
    pub things: [String; 6],
    pub goods: [String; 6],
    pub basket: String,
}

/// Words on charts; `{…}` stands for what is put in.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChartWords {
    /// One score.
    pub score: String,
    /// One score with its interval; `{range}` is one of the following.
    pub interval: String,
    /// A range with two ends.
    pub between: String,
    /// A range that is open upwards.
    pub at_least: String,
    /// A range that is open downwards.
    pub at_most: String,
    /// A range over the whole scale.
    pub anything: String,
    /// What stands between the whole part of a number and its tenths.
    pub decimal: String,
    /// The title of a profile.
    pub profile: String,
}

impl Texts {
    /// A caution in words, with how often its sign was seen where that is known.
    #[must_use]
    pub fn caution(&self, caution: Caution, sign: Option<Sign>) -> String {
        let words = &self.cautions[caution.id()];
        let Some(sign) = sign else { return words.clone() };
        let seen =
            self.seen.replace("{count}", &sign.count.to_string()).replace("{of}", &sign.of.to_string());
        format!("{words} {seen}")
    }

    /// The five answers to the statements of a questionnaire, from disagreement to agreement.
    #[must_use]
    pub fn answers_of(&self, questionnaire: Questionnaire) -> &[String; 5] {
        match questionnaire {
            Questionnaire::Own => &self.answers,
            Questionnaire::IpipNeo => &self.neo.answers,
        }
    }

    /// All languages.
    #[must_use]
    pub fn all() -> &'static [Self] {
        &ALL
    }

    /// The texts of a language by its code (`sv`, also `sv-SE`); English when it is not here.
    #[must_use]
    pub fn for_language(code: &str) -> &'static Self {
        let language = code.split(['-', '_']).next().unwrap_or_default();
        ALL.iter().find(|texts| texts.code.eq_ignore_ascii_case(language)).unwrap_or(&ALL[0])
    }
}

#[cfg(test)]
mod tests {
    use crate::logic::{Attribute, Rule};
    use crate::personality::{Facet, STATEMENTS_PER_FACET, Trait};
    use crate::texts::*;

    #[test]
    fn every_language_has_every_text() {
        for texts in Texts::all() {
            assert_eq!(texts.traits.len(), Trait::ALL.len(), "{}", texts.code);
            assert_eq!(texts.facets.len(), Facet::ALL.len() + Facet::NEO.len(), "{}", texts.code);
            assert_eq!(texts.neo.statements.len(), Facet::NEO.len(), "{}", texts.code);
            for statement in Questionnaire::IpipNeo.statements() {
                assert!(!statement.text(texts).is_empty(), "{} {statement:?}", texts.code);
            }
            assert!(Facet::NEO.iter().all(|facet| texts.facets.contains_key(facet.id())), "{}", texts.code);
            for (id, facet) in &texts.facets {
                let ends = [facet.low.trim(), facet.high.trim()];
                assert!(ends.iter().all(|end| !end.is_empty()) && ends[0] != ends[1], "{} {id}", texts.code);
            }
            assert_eq!(texts.statements.len(), Facet::ALL.len(), "{}", texts.code);
            for t in Trait::ALL {
                assert!(texts.traits.contains_key(t.id()), "{} {t:?}", texts.code);
            }
            for facet in Facet::ALL {
                assert!(texts.facets.contains_key(facet.id()), "{} {facet:?}", texts.code);
                let count = texts.statements[facet.id()].len();
                assert_eq!(count, STATEMENTS_PER_FACET, "{} {facet:?}", texts.code);
            }
            for caution in Caution::ALL {
                assert!(texts.cautions.contains_key(caution.id()), "{} {caution:?}", texts.code);
            }
            assert_eq!(texts.cautions.len(), Caution::ALL.len());
            assert!(Attribute::ALL.iter().all(|a| texts.attributes.contains_key(a.id())), "{}", texts.code);
            assert!(Rule::IDS.iter().all(|id| texts.rules.contains_key(*id)), "{}", texts.code);
        }
    }

    /// Every text of a file by its path.
    fn leaves(path: &str, value: &serde_json::Value, out: &mut BTreeMap<String, String>) {
        match value {
            serde_json::Value::Object(fields) => {
                fields.iter().for_each(|(name, value)| leaves(&format!("{path}/{name}"), value, out));
            }
            serde_json::Value::Array(values) => {
                values.iter().enumerate().for_each(|(n, value)| leaves(&format!("{path}/{n}"), value, out));
            }
            text => {
                let text = text.as_str().unwrap_or_else(|| panic!("{path} is no text"));
                out.insert(path.to_owned(), text.to_owned());
            }
        }
    }

    /// What is put into a text.
    fn values(text: &str) -> Vec<&str> {
        let mut values: Vec<&str> =
            text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect();
        values.sort_unstable();
        values
    }

    #[test]
    fn every_text_is_there_and_takes_the_same_values_in_every_language() {
        for files in [FILES, NEO] {
            let read = |file: &str| {
                let mut texts = BTreeMap::new();
                leaves("", &serde_json::from_str(file).expect("JSON"), &mut texts);
                texts
            };
            let english = read(files[0]);
            assert!(english.values().any(|text| !values(text).is_empty()) || files == NEO);
            for (file, language) in files.into_iter().zip(Texts::all()) {
                let texts = read(file);
                let code = &language.code;
                assert_eq!(texts.keys().collect::<Vec<_>>(), english.keys().collect::<Vec<_>>(), "{code}");
                for (path, text) in &texts {
                    assert!(!text.trim().is_empty(), "{code}{path} is empty");
                    assert_eq!(values(text), values(&english[path]), "{code}{path}: {text}");
                    assert_eq!(
                        text.matches(['{', '}']).count(),
                        2 * values(text).len(),
                        "{code}{path}: {text}"
                    );
                }
            }
        }
    }

    /// Drawings have the colour of the text, which is dark on a light page and light on a dark one: a description that says
    /// which of two shades is the darker one is wrong on one of them.
    #[test]
    fn shades_are_called_neither_light_nor_dark() {
        let wrong = [
            "light", "dark", "black", "white", "grey", "gray", "hell", "dunkel", "schwarz", "weiß", "grau",
            "ljus", "mörk", "svart", "vit", "grå", "lys", "mørk", "sort", "hvid", "hvit",
        ];
        for texts in Texts::all() {
            for shade in &texts.cell.shades {
                let shade = shade.to_lowercase();
                assert!(wrong.iter().all(|word| !shade.contains(word)), "{}: {shade}", texts.code);
            }
        }
    }

    #[test]
    fn no_statement_stands_twice() {
        for texts in Texts::all() {
            let all: Vec<_> =
                texts.statements.values().chain(texts.neo.statements.values()).flatten().collect();
            let different: std::collections::BTreeSet<_> = all.iter().collect();
            assert_eq!(all.len(), different.len(), "{}", texts.code);
        }
    }

    #[test]
    fn a_language_is_found_by_its_code_and_falls_back_to_english() {
        for (code, found) in [
            ("sv", "sv"),
            ("sv-SE", "sv"),
            ("SV", "sv"),
            ("de-AT", "de"),
            ("nb-NO", "nb"),
            ("xx", "en"),
            ("", "en"),
        ] {
            assert_eq!(Texts::for_language(code).code, found);
        }
    }
}
