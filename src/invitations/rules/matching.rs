//! Rules that differ by posting: which of them speaks for an opportunity. Pure.
//!
//! The most specific kind of rule that names the posting decides: rules of the posting itself, then
//! those of its tags, then those of every posting together with the account's own settings. Within
//! that kind the first rule from the top counts whose trigger stage the candidate is in. So a posting
//! with a rule of its own follows the account's trigger stage no more, unless a rule names that too.

use crate::ids::RuleId;
use crate::invitations::rules::Settings;
use crate::reasons::{RuleScope, Trigger};
use crate::test_selection::Tests;
use lever_client::{PostingId, StageId};

/// Which postings a rule is about. The order is that of the lookup.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    Posting {
        /// What it is called; for people.
        title: String,
        /// Lever's id.
        id: PostingId,
    },
    /// Postings with this tag.
    Tag(String),
    /// All.
    Every,
}

impl Scope {
    /// As a part of a reason.
    pub fn reason(&self) -> RuleScope {
        match self {
            Self::Posting { title, .. } => RuleScope::Posting(title.clone()),
            Self::Tag(tag) => RuleScope::Tag(tag.clone()),
            Self::Every => RuleScope::Every,
        }
    }
}

/// Which tests a rule gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleTests {
    /// Those that the company gives by default.
    Default,
    /// These.
    These(Tests),
    /// None: nobody is invited for these postings.
    None,
}

impl RuleTests {
    /// The word that stands in the database and in forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::These(tests) => tests.as_str(),
            Self::None => "none",
        }
    }

    /// What a word stands for.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "default" => Some(Self::Default),
            "none" => Some(Self::None),
            other => Tests::parse(other).map(Self::These),
        }
    }

    /// The tests, given the company's; none when nobody is invited.
    pub fn or_default(self, default: Tests) -> Option<Tests> {
        match self {
            Self::Default => Some(default),
            Self::These(tests) => Some(tests),
            Self::None => None,
        }
    }
}

/// A rule about some postings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostingRule {
    pub id: RuleId,
    /// About which.
    pub scope: Scope,
    /// Entering this stage invites; none for a rule that says that there are no tests.
    pub trigger: Option<StageId>,
    /// Where candidates are moved when they are done.
    pub progression: Option<StageId>,
    /// To which tests.
    pub tests: RuleTests,
}

/// The rules of an account, in the order in which they are looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rules(Vec<PostingRule>);

impl Rules {
    /// Puts rules in order: by scope, and for the same postings as the pipeline goes.
    pub fn new(mut rules: Vec<PostingRule>, pipeline: &[StageId]) -> Self {
        let place = |rule: &PostingRule| {
            let stage = rule.trigger.as_ref();
            stage.map(|stage| pipeline.iter().position(|known| known == stage).unwrap_or(usize::MAX))
        };
        rules.sort_by(|a, b| {
            (&a.scope, place(a), &a.trigger, &a.id).cmp(&(&b.scope, place(b), &b.trigger, &b.id))
        });
        Self(rules)
    }

    /// From the first that is looked at to the last.
    pub fn iter(&self) -> std::slice::Iter<'_, PostingRule> {
        self.0.iter()
    }

    /// Whether any is about some postings only.
    pub fn differ_by_posting(&self) -> bool {
        self.0.iter().any(|rule| rule.scope != Scope::Every)
    }
}

/// A line of the lookup: a rule, or the account's own settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line<'s> {
    /// The rule; none for the account's own settings.
    pub rule: Option<&'s PostingRule>,
    /// Entering this stage invites.
    pub trigger: Option<&'s StageId>,
    /// Where candidates are moved when they are done.
    pub progression: Option<&'s StageId>,
    /// To which tests; none: nobody is invited.
    pub tests: Option<Tests>,
}

impl Settings {
    fn line<'s>(&'s self, rule: &'s PostingRule) -> Line<'s> {
        Line {
            rule: Some(rule),
            trigger: rule.trigger.as_ref(),
            progression: rule.progression.as_ref(),
            tests: rule.tests.or_default(self.tests),
        }
    }

    /// The account's own settings, as the last line.
    pub fn own(&self) -> Line<'_> {
        Line {
            rule: None,
            trigger: self.trigger_stage.as_ref(),
            progression: self.progression_stage.as_ref(),
            tests: Some(self.tests),
        }
    }

    /// The lines that speak for a posting, from the first that is looked at to the last; never none.
    pub fn lines(&self, posting: Option<&PostingId>, tags: &[String]) -> Vec<Line<'_>> {
        let about = |wanted: &dyn Fn(&Scope) -> bool| -> Vec<Line<'_>> {
            self.rules.iter().filter(|rule| wanted(&rule.scope)).map(|rule| self.line(rule)).collect()
        };
        let of_posting = about(&|scope| matches!(scope, Scope::Posting { id, .. } if Some(id) == posting));
        if !of_posting.is_empty() {
            return of_posting;
        }
        let of_tags = about(&|scope| matches!(scope, Scope::Tag(tag) if tags.contains(tag)));
        if !of_tags.is_empty() {
            return of_tags;
        }
        let mut all = about(&|scope| *scope == Scope::Every);
        all.push(self.own());
        all
    }

    /// Every stage that invites somebody, each once.
    pub fn trigger_stages(&self) -> Vec<StageId> {
        let mut stages: Vec<StageId> = self.trigger_stage.iter().cloned().collect();
        for stage in self.rules.iter().filter_map(|rule| rule.trigger.as_ref()) {
            if !stages.contains(stage) {
                stages.push(stage.clone());
            }
        }
        stages
    }
}

/// The line that says which tests somebody gets who is not invited by a stage: the one of their
/// stage, otherwise the account's own settings where they speak for the posting, otherwise the first.
pub(super) fn line_without_trigger<'l>(lines: &[Line<'l>], stage: Option<&StageId>) -> Option<Line<'l>> {
    let of_stage = lines.iter().find(|line| line.trigger.is_some() && line.trigger == stage);
    of_stage.or_else(|| lines.iter().find(|line| line.rule.is_none())).or(lines.first()).copied()
}

/// Which stages invite. `name` gives a stage's name.
pub fn trigger(lines: &[Line<'_>], name: impl Fn(&StageId) -> String) -> Trigger {
    let names: Vec<String> = lines.iter().filter_map(|line| line.trigger).map(name).collect();
    let rule = lines.iter().find_map(|line| line.rule).filter(|rule| rule.scope != Scope::Every);
    match (names.is_empty(), rule.map(|rule| rule.scope.reason())) {
        (true, Some(scope)) => Trigger::NoTests(scope),
        (true, None) => Trigger::NotChosen,
        (false, scope) => Trigger::Stages { names, scope },
    }
}
