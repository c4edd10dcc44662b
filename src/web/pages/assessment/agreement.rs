//! What is read before the tests begin, paragraph by paragraph: shown on the first page, and kept with the tests of who agrees.

use crate::i18n::Messages;
use crate::invitations::Tests;
use crate::people::Company;
use crate::test_sessions::agreements::Agreement;

/// Which of the tests has no norms from answers of people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WithoutNorms {
    None,
    Logic,
    Personality,
    /// All that there are.
    All,
}

impl WithoutNorms {
    /// `logic`, `personality`: whether the test, where it is there, was tried on a norm sample.
    pub fn among(logic: Option<bool>, personality: Option<bool>) -> Self {
        match (logic, personality) {
            (None | Some(true), None | Some(true)) => Self::None,
            (Some(false), Some(true)) => Self::Logic,
            (Some(true), Some(false)) => Self::Personality,
            _ => Self::All,
        }
    }

    /// What is said of that before the tests.
    fn before(self) -> &'static str {
        match self {
            Self::None => "data-care-normed",
            Self::Logic => "data-care-logic",
            Self::Personality => "data-care-personality",
            Self::All => "data-care",
        }
    }

    /// And beside the result.
    pub fn after(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Logic => Some("result-care-logic"),
            Self::Personality => Some("result-care-personality"),
            Self::All => Some("result-care"),
        }
    }
}

/// A part with its heading.
pub(super) struct Part {
    pub heading: String,
    pub lines: Vec<String>,
}

/// What happens with the data, and what the candidate has a right to.
pub(super) fn data(words: &Messages, company: &Company, reuse_months: i32, without: WithoutNorms) -> Part {
    let name = &company.name;
    let contact = company.support_contact.as_str();
    let mut lines = vec![
        words.say1("data-what", "company", name),
        if contact.is_empty() {
            words.say1("data-controller", "company", name)
        } else {
            words.say2("data-controller-contact", "company", name, "contact", contact)
        },
        if company.data_notice.is_empty() {
            words.say1("data-recipients", "company", name)
        } else {
            company.data_notice.clone()
        },
        words.say1("data-long", "months", company.retention_months),
    ];
    if reuse_months > 0 {
        lines.push(words.say2("data-reuse", "company", name, "months", reuse_months));
    }
    lines.push(words.say("data-withdraw"));
    lines.push(words.say1("data-mark", "company", name));
    lines.push(words.say("data-rights"));
    lines.push(words.say("data-automated"));
    lines.push(words.say("data-not"));
    if company.does_count_groups() {
        lines.push(words.say("data-groups"));
    }
    lines.push(words.say1(without.before(), "company", name));
    Part { heading: words.say("data-heading"), lines }
}

/// How the tests are to be taken.
pub(super) fn fair_play(words: &Messages) -> Part {
    Part { heading: words.say("fair-heading"), lines: vec![words.say("fair-text")] }
}

/// What it means to let the answers improve the tests: beside the box that is ticked for it. Without a logic test
/// there are no pilot tasks.
pub(super) fn improve(words: &Messages, company: &Company, tests: Tests) -> Part {
    let pilots = if tests.logic() { u8::from(company.pilots()) } else { 0 };
    let help = if pilots > 0 {
        words.say1("improve-help-pilots", "count", pilots)
    } else {
        words.say("improve-help")
    };
    Part { heading: words.say("improve"), lines: vec![help] }
}

/// What somebody agrees to.
pub(super) struct Agreed<'a> {
    pub company: &'a Company,
    pub tests: Tests,
    pub reuse_months: i32,
    pub without_norms: WithoutNorms,
    /// Also that the answers help to improve the tests.
    pub may_improve: bool,
}

/// All of it as a text to keep.
pub(super) fn text(words: &Messages, agreed: &Agreed<'_>) -> Agreement {
    let Agreed { company, tests, reuse_months, without_norms, may_improve } = *agreed;
    let mut all = Vec::new();
    let improve = may_improve.then(|| improve(words, company, tests));
    let always = [data(words, company, reuse_months, without_norms), fair_play(words)];
    for part in always.into_iter().chain(improve) {
        all.push(part.heading);
        all.extend(part.lines);
    }
    kept(words, company, all)
}

/// What is read before a verification test begins; by beginning it is agreed to. `rules`: tasks and time.
pub(super) fn verification(words: &Messages, company: &Company, rules: &str) -> Vec<String> {
    vec![
        words.say1("verify-why", "company", &company.name),
        rules.to_owned(),
        words.say("verify-noted"),
        words.say("fair-text"),
        words.say1("verify-data", "company", &company.name),
    ]
}

/// The text as it is kept, with the address of the privacy notice.
pub(super) fn kept(words: &Messages, company: &Company, mut lines: Vec<String>) -> Agreement {
    if !company.privacy_url.is_empty() {
        lines.push(format!(
            "{}: {}",
            words.say1("data-privacy", "company", &company.name),
            company.privacy_url
        ));
    }
    Agreement { language: words.code().to_owned(), text: lines.join("\n") }
}
