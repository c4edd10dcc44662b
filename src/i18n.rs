//! The words that people read, from Fluent files in `locales/`. Candidates have a file for each language
//! (`en.ftl`, `sv.ftl`), for their pages and mails. The portal itself has `portal.en.ftl`; another language
//! of it is another file.

use crate::time::Timestamp;
use assessment::Texts;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use std::fmt::Display;
use std::sync::LazyLock;
use unic_langid::LanguageIdentifier;

/// The files, in the order in which the languages are offered; the first is the fallback.
const FILES: [(&str, &str); 5] = [
    ("en", include_str!("../locales/en.ftl")),
    ("sv", include_str!("../locales/sv.ftl")),
    ("de", include_str!("../locales/de.ftl")),
    ("da", include_str!("../locales/da.ftl")),
    ("nb", include_str!("../locales/nb.ftl")),
];

static ALL: LazyLock<Vec<Messages>> =
    LazyLock::new(|| FILES.map(|(code, file)| Messages::read(code, file)).into());

/// Norwegian has three codes; one of its two written forms is here.
fn written(language: &str) -> &str {
    if ["no", "nn"].contains(&language.to_ascii_lowercase().as_str()) { "nb" } else { language }
}

/// The portal's own languages; it speaks the first.
const PORTAL: &[(&str, &str)] = &[("en", include_str!("../locales/portal.en.ftl"))];

static PORTAL_WORDS: LazyLock<Catalog> = LazyLock::new(|| Catalog::read(PORTAL[0].0, PORTAL[0].1));

/// The words of the portal.
pub fn portal() -> &'static Catalog {
    &PORTAL_WORDS
}

/// A value in a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Arg {
    /// Text as it is, also when it looks like a number.
    Text(String),
    /// Chooses between singular and plural.
    Number(i64),
}

impl From<String> for Arg {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&String> for Arg {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<&str> for Arg {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// A whole number as a value of a message.
pub fn number(number: impl TryInto<i64>) -> Arg {
    Arg::Number(number.try_into().unwrap_or(i64::MAX))
}

/// The messages of one file.
pub struct Catalog {
    bundle: FluentBundle<FluentResource>,
}

impl Catalog {
    fn read(code: &str, file: &str) -> Self {
        Self { bundle: bundle(code, file) }
    }

    /// A message, with these values in it.
    pub fn message(&self, id: &str, values: &[(&str, Arg)]) -> String {
        let mut args = FluentArgs::with_capacity(values.len());
        for (name, value) in values {
            args.set(
                (*name).to_owned(),
                match value {
                    Arg::Text(text) => FluentValue::from(text.clone()),
                    Arg::Number(number) => FluentValue::from(*number),
                },
            );
        }
        format(&self.bundle, id, &args)
    }

    /// What a code is called: the message `list-code`; the code itself, when it has no name.
    pub fn name(&self, list: &str, code: &str) -> String {
        let id = format!("{list}-{code}");
        if self.has(&id) { self.message(&id, &[]) } else { code.to_owned() }
    }

    /// Whether there is a message.
    pub fn has(&self, id: &str) -> bool {
        self.bundle.has_message(id)
    }
}

fn bundle(code: &str, file: &str) -> FluentBundle<FluentResource> {
    let language: LanguageIdentifier = code.parse().expect("the codes above are languages");
    let mut bundle = FluentBundle::new_concurrent(vec![language]);
    // The marks would show up in addresses and titles; all languages run left to right.
    bundle.set_use_isolating(false);
    let resource = FluentResource::try_new(file.to_owned()).expect("a test reads every embedded file");
    bundle.add_resource(resource).expect("a test finds messages that stand twice");
    bundle
}

fn format(bundle: &FluentBundle<FluentResource>, id: &str, args: &FluentArgs<'_>) -> String {
    let Some(pattern) = bundle.get_message(id).and_then(|message| message.value()) else {
        tracing::error!(id, "a message is missing");
        return id.to_owned();
    };
    let mut errors = Vec::new();
    bundle.format_pattern(pattern, Some(args), &mut errors).into_owned()
}

/// All words of one language of candidates.
pub struct Messages {
    /// The words of the tests themselves.
    pub texts: &'static Texts,
    bundle: FluentBundle<FluentResource>,
}

impl Messages {
    fn read(code: &str, file: &str) -> Self {
        Self { texts: Texts::for_language(code), bundle: bundle(code, file) }
    }

    pub fn all() -> &'static [Self] {
        &ALL
    }

    /// A language by its code (`sv`, also `sv-SE`); `None` when it is not here.
    pub fn find(code: &str) -> Option<&'static Self> {
        let language = written(code.split(['-', '_']).next().unwrap_or_default());
        ALL.iter().find(|words| words.code().eq_ignore_ascii_case(language))
    }

    /// The language for somebody of whom nothing is known.
    pub fn fallback() -> &'static Self {
        &ALL[0]
    }

    /// The language's code, as in `lang="sv"`.
    pub fn code(&self) -> &str {
        &self.texts.code
    }

    pub fn say(&self, id: &str) -> String {
        self.format(id, &FluentArgs::new())
    }

    /// A message with one value in it.
    pub fn say1(&self, id: &str, name: &str, value: impl Display) -> String {
        let mut args = FluentArgs::new();
        args.set(name.to_owned(), argument(&value));
        self.format(id, &args)
    }

    /// A message with two values in it.
    pub fn say2(&self, id: &str, one: &str, first: impl Display, two: &str, second: impl Display) -> String {
        let mut args = FluentArgs::new();
        args.set(one.to_owned(), argument(&first));
        args.set(two.to_owned(), argument(&second));
        self.format(id, &args)
    }

    /// A message with these values in it.
    pub fn say_all(&self, id: &str, values: &[(&str, String)]) -> String {
        let mut args = FluentArgs::new();
        for (name, value) in values {
            args.set((*name).to_owned(), argument(value));
        }
        self.format(id, &args)
    }

    /// A number with one decimal: `2.5`, `2,5`.
    pub fn decimal(&self, value: f64) -> String {
        format!("{value:.1}").replace('.', &self.say("decimal-mark"))
    }

    /// A day: `23 November 2026`.
    pub fn day(&self, at: Timestamp, zone: &jiff::tz::TimeZone) -> String {
        let (year, month, day) = at.date_parts_in(zone);
        let month = self.say(&format!("month-{month}"));
        // As text: no language groups the digits of a year.
        format!("{day}{} {month} {year}", self.say("day-mark"))
    }

    /// A message with three values in it.
    #[allow(clippy::too_many_arguments, reason = "three names with their values")]
    pub fn say3(
        &self,
        id: &str,
        one: &str,
        first: impl Display,
        two: &str,
        second: impl Display,
        three: &str,
        third: impl Display,
    ) -> String {
        let mut args = FluentArgs::new();
        args.set(one.to_owned(), argument(&first));
        args.set(two.to_owned(), argument(&second));
        args.set(three.to_owned(), argument(&third));
        self.format(id, &args)
    }

    fn format(&self, id: &str, args: &FluentArgs<'_>) -> String {
        format(&self.bundle, id, args)
    }
}

/// Whole numbers choose between singular and plural; everything else is text as it is.
fn argument(value: &dyn Display) -> FluentValue<'static> {
    let text = value.to_string();
    match text.parse::<i64>() {
        Ok(number) => FluentValue::from(number),
        Err(_) => FluentValue::from(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// The messages of a file, each with the values that stand in it.
    fn messages(file: &str) -> BTreeSet<(String, BTreeSet<String>)> {
        let mut found: Vec<(String, BTreeSet<String>)> = Vec::new();
        for line in file.lines() {
            let is_message = line.starts_with(|c: char| c.is_ascii_lowercase());
            if let Some((id, _)) = line.split_once(" =").filter(|_| is_message) {
                found.push((id.to_owned(), BTreeSet::new()));
            }
            if let Some((_, values)) = found.last_mut() {
                let names = line.split('$').skip(1);
                values.extend(names.filter_map(|rest| Some(rest.split([' ', '}']).next()?.to_owned())));
            }
        }
        found.into_iter().collect()
    }

    #[test]
    fn every_language_has_every_message_with_the_same_values() {
        assert!(messages(FILES[0].1).len() > 50);
        for (code, file) in FILES {
            assert_eq!(messages(file), messages(FILES[0].1), "{code}");
            assert_eq!(Messages::find(code).expect("is here").code(), code, "has its texts");
        }
    }

    #[test]
    fn every_language_of_the_portal_has_every_message_with_the_same_values() {
        assert!(messages(PORTAL[0].1).len() > 400);
        for (code, file) in PORTAL {
            assert_eq!(messages(file), messages(PORTAL[0].1), "{code}");
            Catalog::read(code, file);
        }
    }

    /// The texts of all files of these kinds in a folder and those in it.
    fn texts_in(folder: &std::path::Path, ends: &[&str], out: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).expect("the folder is there") {
            let path = entry.expect("readable").path();
            if path.is_dir() {
                texts_in(&path, ends, out);
            } else if path.extension().is_some_and(|end| ends.iter().any(|one| end == *one)) {
                out.push(std::fs::read_to_string(&path).expect("readable"));
            }
        }
    }

    /// On pages and from the program, mails too.
    #[test]
    fn every_message_that_is_asked_for_is_there() {
        let known: BTreeSet<String> = messages(FILES[0].1).into_iter().map(|(id, _)| id).collect();
        for (folder, least) in [("templates", 40), ("src", 40)] {
            let mut texts = Vec::new();
            let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
            texts_in(&folder, &["html", "txt", "rs"], &mut texts);
            let mut asked = 0;
            for call in texts.iter().flat_map(|text| text.split("words.say").skip(1)) {
                let Some((_, arguments)) = call.split_once('(') else { continue };
                // What is chosen by a condition has no name here.
                let Some(rest) = arguments.trim_start().strip_prefix('"') else { continue };
                let id = rest.split('"').next().unwrap_or_default();
                assert!(known.contains(id), "{id} is no message");
                asked += 1;
            }
            assert!(asked > least, "{asked} in {}", folder.display());
        }
    }

    #[test]
    fn numbers_choose_their_words() {
        let words = Messages::find("en-GB").expect("English");
        assert!(words.say1("data-long", "months", 1).contains("one month after"));
        assert!(words.say1("data-long", "months", 24).contains("24 months after"));
        assert_eq!(words.say2("practice", "number", 1, "of", 2), "Practice 1 of 2");
        assert!(Messages::find("xx").is_none());
    }
}
