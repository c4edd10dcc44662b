//! “Why was this candidate not invited?”: one box takes a name, an address, a link of Lever's or an
//! opportunity's id, and the answer is the rule that decided, with its evidence. Asks Lever a
//! bounded number of questions, stores nothing and invites nobody.

mod fetch;
mod find;
mod story;
mod verdict;

use crate::events::view::Line;
use crate::ids::{CandidateId, CompanyId};
use crate::integrations::oauth::connections::CallError;
use crate::integrations::{Connections, Integration};
use crate::time::Timestamp;

pub use find::Choice;

/// An answer.
#[derive(Debug)]
pub enum Answer {
    /// Nobody of this name or address is known, here or in Lever.
    Nobody,
    /// Several are; which is meant?
    Several(Vec<Choice>),
    /// The rule that decided.
    One(Box<Verdict>),
}

/// What is to be said of one candidate.
#[derive(Debug)]
pub struct Verdict {
    /// The name in Lever or here; may be empty.
    pub name: String,
    /// The page here.
    pub candidate: Option<CandidateId>,
    /// The page in Lever.
    pub lever_url: Option<String>,
    /// The account that it is in.
    pub integration: Integration,
    /// The rule that decided, in one sentence.
    pub sentence: String,
    /// All is as it should be.
    pub is_good: bool,
    /// What would change it; may be empty.
    pub remedy: String,
    /// What it rests on.
    pub evidence: Vec<(String, String)>,
    /// What Lever reported of the candidate, newest first.
    pub events: Vec<Line>,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum WhyError {
    #[error(transparent)]
    Db(#[from] crate::db::DbError),
    /// Lever.
    #[error(transparent)]
    Lever(#[from] CallError),
}

/// Answers for a company.
///
/// # Errors
/// When neither the database nor Lever could be asked.
pub async fn why(connections: &Connections, company: &CompanyId, text: &str) -> Result<Answer, WhyError> {
    let mut found = find::find(connections, company, text).await?;
    match found.len() {
        0 => Ok(Answer::Nobody),
        1 => {
            let one = found.remove(0);
            Ok(Answer::One(Box::new(verdict::explain(connections, company, one).await?)))
        }
        _ => Ok(Answer::Several(found)),
    }
}

fn instant(at: jiff::Timestamp) -> Timestamp {
    Timestamp(at.as_millisecond())
}
