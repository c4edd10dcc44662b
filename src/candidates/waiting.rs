//! Everybody of a company who waits for a colleague's decision, whatever it is about.

use crate::db::{Conn, DbResult};
use crate::ids::{CandidateId, CompanyId};
use crate::invitations::questions::{self, Open, Question};
use crate::invitations::withdrawal_marks::{self, Asked};
use crate::test_sessions::more_time::{self, WaitsForTime};
use crate::test_sessions::reviews::{self, WaitingReview};

/// Who waits; of each kind the hundred oldest at most.
#[derive(Debug, Clone, Default)]
pub struct Waiting {
    /// What events came to: the same address, and deletions that Lever does not list.
    pub asked: Vec<Open>,
    /// Those about whom the company is asked: invite again, after a withdrawal with a result?
    pub again: Vec<Asked>,
    /// Those who ask for more time before they begin.
    pub time: Vec<WaitsForTime>,
    /// Those who ask for a person to look at their result.
    pub reviews: Vec<WaitingReview>,
}

impl Waiting {
    /// Reads who waits in a company: one question to the database for each of the four.
    pub fn load(conn: &mut Conn, company: &CompanyId) -> DbResult<Self> {
        Ok(Self {
            asked: questions::open(conn, company)?,
            again: withdrawal_marks::asking(conn, company)?,
            time: more_time::waiting(conn, company)?,
            reviews: reviews::waiting(conn, company)?,
        })
    }

    /// Whom each question is about.
    fn all(&self) -> impl Iterator<Item = (CandidateId, Question)> {
        let asked = self.asked.iter().map(|one| (one.candidate, one.question));
        let again = self.again.iter().map(|one| (one.candidate, Question::InviteAgain));
        let time = self.time.iter().map(|one| (one.candidate, Question::MoreTime));
        let reviews = self.reviews.iter().map(|one| (one.candidate, Question::Review));
        asked.chain(again).chain(time).chain(reviews)
    }

    /// Everybody.
    pub fn candidates(&self) -> Vec<CandidateId> {
        self.all().map(|(candidate, _)| candidate).collect()
    }

    /// What is to be decided about a candidate, the first where there is more.
    pub fn about(&self, candidate: &CandidateId) -> Option<Question> {
        self.all().find(|(of, _)| of == candidate).map(|(_, question)| question)
    }

    /// Those who have the address of somebody with results.
    pub fn same_address(&self) -> Vec<&Open> {
        self.asked.iter().filter(|one| one.question == Question::SameAddress).collect()
    }
}
