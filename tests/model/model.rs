//! The rules, written down a second time from the specification (`alva-behaviour.md`, `lever-api.md`,
//! design §6 and §7), in as few words as they take: what must, may and must not be at the end.
//!
//! A webhook is a hint, and the portal acts on what Lever says when it looks. So whether somebody who
//! passed through the trigger stage is invited depends on when it looked. The model is told when Lever
//! answered questions about a candidate (from Lever's own log), and allows an invitation only if one of
//! those answers said that the candidate is to be invited. Who is to be invited still at the end must
//! be, because a reconciliation has run; and whoever was to be invited when the world was at rest.

use super::plan::{Posting, Stage};
use std::collections::BTreeSet;

/// How Lever describes an opportunity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    pub stage: Stage,
    /// Has the candidate tag.
    pub wished: bool,
    pub archived: bool,
    /// Archived with a reason of type hired.
    pub hired: bool,
    pub anonymized: bool,
    pub confidential: bool,
    pub deleted: bool,
}

/// From when on it stood so: not before `from`, and at `sure` the latest. Ms.
#[derive(Debug, Clone)]
pub struct Spell {
    pub from: i64,
    pub sure: i64,
    pub standing: Standing,
    /// It began with somebody putting the opportunity into its stage.
    pub is_put: bool,
}

/// How far somebody was seen to come with the tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Taken {
    Not,
    Begun,
    Completed,
}

/// What a colleague did about the invitation.
#[derive(Debug, Clone, Default)]
pub struct ByHand {
    /// How often it was asked for again.
    pub resent: usize,
    /// It was to be cancelled; the portal may have died over it.
    pub cancelled: bool,
    /// It was cancelled, and nothing was done about it since.
    pub is_cancelled: bool,
}

/// What happened to one candidate.
#[derive(Debug, Clone)]
pub struct Facts {
    pub has_email: bool,
    pub origin_is_blocked: bool,
    pub posting: Posting,
    /// Oldest first; never empty.
    pub spells: Vec<Spell>,
    /// When Lever answered a question about the opportunity: came, answered. Ms.
    pub looked: Vec<(i64, i64)>,
    /// Lever told of the deletion, and was answered 200.
    pub deletion_was_told: bool,
    /// Was to be invited, and Lever had told so, when the world was at rest.
    pub settled: bool,
    /// Lever's API was late at some time: it may have shown what was so before, or nothing.
    pub is_behind: bool,
    pub by_hand: ByHand,
    pub taken: Taken,
    /// Which spell it was when the tests were completed.
    pub completed_in: Option<usize>,
    /// Candidates who are done move on.
    pub progression: bool,
}

/// Whether somebody is invited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Invited {
    Must,
    May,
    MustNot,
}

impl Facts {
    fn last(&self) -> &Standing {
        &self.spells.last().expect("never empty").standing
    }

    /// Nothing stands against it whoever wishes it: alva-behaviour §3 and §4.
    fn can_be(&self, at: &Standing) -> bool {
        self.has_email
            && !matches!(self.posting, Posting::Confidential | Posting::Untested)
            && !at.archived
            && !at.anonymized
            && !at.confidential
            && !at.deleted
    }

    fn nothing_against(&self, at: &Standing) -> bool {
        self.can_be(at) && !self.origin_is_blocked && at.stage != Stage::Lead
    }

    /// Way 1: is in the trigger stage.
    fn by_stage(&self, at: &Standing) -> bool {
        Some(at.stage) == self.posting.trigger() && self.nothing_against(at)
    }

    /// Way 2: applied to a posting with the screening tag.
    fn by_application(&self, at: &Standing) -> bool {
        self.posting == Posting::Screening && self.nothing_against(at)
    }

    /// Way 3: somebody wishes it, which wins over a blocked origin and a lead stage.
    fn by_wish(&self, at: &Standing) -> bool {
        at.wished && self.can_be(at)
    }

    /// To be invited, if the portal looked then.
    fn is_to_be_invited(&self, at: &Standing) -> bool {
        self.by_stage(at) || self.by_application(at) || self.by_wish(at)
    }

    /// By the stage, now; and whether Lever needs to have told of this very spell.
    pub fn is_in_trigger_now(&self) -> bool {
        self.by_stage(self.last())
    }

    /// By a wish, now: Lever tells of no tag, but its list shows it.
    pub fn is_wished_now(&self) -> bool {
        self.by_wish(self.last())
    }

    /// By the application, ever since it was made.
    pub fn is_applicant_all_along(&self) -> bool {
        self.spells.iter().all(|spell| self.by_application(&spell.standing))
    }

    /// What the portal may have seen when it looked.
    fn seen(&self, (came, answered): (i64, i64)) -> impl Iterator<Item = &Standing> {
        self.spells.iter().enumerate().filter_map(move |(n, spell)| {
            let until = self.spells.get(n + 1).map_or(i64::MAX, |next| next.sure);
            (spell.from <= answered && came <= until).then_some(&spell.standing)
        })
    }

    pub fn invited(&self) -> Invited {
        let at_the_end = self.is_in_trigger_now() || self.is_applicant_all_along() || self.is_wished_now();
        let is_looked_at =
            self.looked.iter().any(|look| self.seen(*look).any(|standing| self.is_to_be_invited(standing)));
        let was_shown_late = self.is_behind && self.ever(|at| self.is_to_be_invited(at));
        match (self.settled || at_the_end) && !self.last().deleted {
            true => Invited::Must,
            false if is_looked_at || was_shown_late => Invited::May,
            false => Invited::MustNot,
        }
    }

    /// Whether Lever proves the deletion: its list of what was deleted leaves out what is confidential.
    pub fn must_be_erased(&self) -> bool {
        self.last().deleted && !self.last().confidential
    }

    /// Whether Lever reported a deletion that it does not prove: it is held for an admin, where anything is known.
    pub fn may_be_held(&self) -> bool {
        self.last().deleted && self.last().confidential && self.deletion_was_told
    }

    fn ever(&self, what: impl Fn(&Standing) -> bool) -> bool {
        self.spells.iter().any(|spell| what(&spell.standing))
    }

    /// Lever kept the opportunity from the portal, or threw away what was written to it.
    fn was_out_of_reach(&self) -> bool {
        self.ever(|at| at.confidential || at.anonymized)
    }

    /// Left the pipeline at some time, hired or archived otherwise: ends what is open when it is seen.
    pub fn was_archived(&self) -> bool {
        self.ever(|at| at.archived)
    }

    /// Messages for the invitation's state that fit, once there is one.
    pub fn states(&self) -> BTreeSet<&'static str> {
        let as_far_as = match self.taken {
            Taken::Completed => return ["completed"].into(),
            Taken::Begun => ["started"].as_slice(),
            // Nobody here has a browser that says that a person opened it, and scanners must not say so.
            Taken::Not => ["sent"].as_slice(),
        };
        // An archive that Lever kept from the portal ends nothing.
        let is_over = self.last().archived && !self.ever(|at| at.confidential);
        let is_over = is_over || self.by_hand.is_cancelled;
        let open = as_far_as.iter().filter(|_| !is_over);
        open.copied().chain(self.may_be_over().then_some("cancelled")).collect()
    }

    /// Something ended the invitation, unless it was sent again.
    pub fn may_be_over(&self) -> bool {
        self.was_archived() || self.by_hand.cancelled
    }

    /// How many links may have been mailed: archived, an invitation ends, and it is taken up again when the candidate is
    /// brought back.
    pub fn most_links(&self) -> usize {
        let left = |pair: &&[Spell]| !pair[0].standing.archived && pair[1].standing.archived;
        1 + self.by_hand.resent + self.spells.windows(2).filter(left).count()
    }

    /// Progress tags that may stand on the opportunity of somebody whose invitation is in this state;
    /// the empty word means none. There is never more than one.
    pub fn progress_tags(&self, state: &str) -> BTreeSet<&'static str> {
        const TAGS: [&str; 3] = ["Alva: Invited", "Alva: Started", "Alva: Completed"];
        // A write that Lever refuses for good is not made up for.
        if self.was_out_of_reach() {
            return TAGS[..=self.taken as usize].iter().copied().chain([""]).collect();
        }
        [if state == "cancelled" { "" } else { TAGS[self.taken as usize] }].into()
    }

    /// How many notes (and links) with the result there may be: at least, at most.
    pub fn notes(&self) -> (usize, usize) {
        match self.taken {
            Taken::Completed if self.was_out_of_reach() => (0, 1),
            Taken::Completed => (1, 1),
            _ => (0, 0),
        }
    }

    /// Where the opportunity may stand: where people put it, or moved on by the portal: forward only,
    /// nobody who is archived, and only who is done.
    pub fn stages(&self) -> BTreeSet<&'static str> {
        let put = self.last().stage;
        let Some(completed) = self.completed_in.filter(|_| self.progression) else {
            return [put.name()].into();
        };
        let since: Vec<&Standing> = self.spells[completed..].iter().map(|spell| &spell.standing).collect();
        let place = |stage: Stage| Stage::ALL.iter().position(|there| *there == stage);
        let is_before = |at: &&Standing| place(at.stage) < place(Stage::Progression);
        let may_move = |at: &&Standing| is_before(at) && !at.archived;
        let is_left_alone = self.spells[completed..].iter().skip(1).all(|spell| !spell.is_put);
        let is_seen = !self.was_out_of_reach() && !self.is_behind;
        let must_move = is_left_alone && since.iter().all(&may_move) && is_seen;
        let mut stages = BTreeSet::new();
        // Who was shown in an earlier stage is moved on from there.
        if self.is_behind || since.iter().any(may_move) {
            stages.insert(Stage::Progression.name());
        }
        if !must_move {
            stages.insert(put.name());
        }
        stages
    }
}
