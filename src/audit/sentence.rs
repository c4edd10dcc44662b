//! A row in one sentence: who did what to what.

use super::view::Change;
use super::{Action, Actor, Circumstances, Row};
use crate::i18n::portal;

/// Characters of a value that a sentence repeats; the whole stands below it.
const LONGEST: usize = 60;

/// What says from where something was done, and not what.
const CIRCUMSTANCES: [&str; 4] = ["network", "session", "browser", "request"];

impl Row {
    /// Who did what, in one sentence without a full stop. `name`: what the person is called, where that is known.
    pub fn sentence(&self, name: Option<&str>) -> String {
        let subject = self.subject_text();
        let Some(who) = self.doer(name) else {
            return about(self.action_text(), &subject);
        };
        let changes = self.changed();
        if is_change(&self.action) && !changes.is_empty() {
            let what: Vec<String> = changes.iter().filter_map(difference).collect();
            if what.len() == changes.len() {
                let values =
                    [("who", who.into()), ("what", listed(&what).into()), ("subject", subject.into())];
                return portal().message("audit-sentence-changed", &values);
            }
        }
        let values = [("who", who.into()), ("what", lower_first(&self.action_text()).into())];
        about(portal().message("audit-sentence", &values), &subject)
    }

    /// The changes without from where they were made.
    pub fn changed(&self) -> Vec<Change> {
        self.changes().into_iter().filter(|change| !CIRCUMSTANCES.contains(&change.name.as_str())).collect()
    }

    /// From where it was done.
    pub fn circumstances(&self) -> Vec<Change> {
        self.changes().into_iter().filter(|change| CIRCUMSTANCES.contains(&change.name.as_str())).collect()
    }

    /// Who did it; nobody when it was the portal.
    fn doer(&self, name: Option<&str>) -> Option<String> {
        let visitor = Actor::Visitor { seen: Circumstances::default() };
        if self.actor_id.is_some() {
            return Some(name.filter(|name| !name.is_empty()).unwrap_or(&self.actor).to_owned());
        }
        if self.actor == Actor::Portal.label() {
            return None;
        }
        if self.actor == Actor::CommandLine.label() {
            return Some(portal().message("audit-doer-command_line", &[]));
        }
        if self.actor == visitor.label() {
            return Some(portal().message("audit-doer-visitor", &[]));
        }
        Some(self.actor.clone())
    }
}

/// Whether what was done is a change of settings, which its values say best.
fn is_change(action: &str) -> bool {
    Action::parse(action).is_some()
        && [".configured", ".changed", "_changed"].iter().any(|end| action.ends_with(end))
}

fn difference(change: &Change) -> Option<String> {
    let values = [
        ("name", (&change.name).into()),
        ("old", short(change.old.as_ref()?).into()),
        ("new", short(&change.new).into()),
    ];
    Some(portal().message("audit-sentence-difference", &values))
}

fn about(sentence: String, subject: &str) -> String {
    if subject.is_empty() { sentence } else { format!("{sentence}: {subject}") }
}

/// `a`, `a and b`, `a, b and c`.
fn listed(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [rest @ .., last] => portal()
            .message("audit-sentence-list", &[("rest", rest.join(", ").into()), ("last", last.into())]),
    }
}

fn short(text: &str) -> String {
    let mut letters = text.chars();
    let begin: String = letters.by_ref().take(LONGEST).collect();
    if letters.next().is_some() { format!("{}…", begin.trim_end()) } else { begin }
}

fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}
