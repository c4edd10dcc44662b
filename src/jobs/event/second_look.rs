//! What Lever does not show yet. A webhook can be faster than what Lever's API reads from, so "not there" shortly
//! after it is no answer: the event is looked at again, after seconds and then minutes, before that is final.

use crate::db::{Conn, DbResult};
use crate::events::steps::{self, NewStep};
use crate::events::{self, Event, EventKind, StepKind, StepStatus, processed_as, queue};
use crate::invitations::rules::matching::{PostingRule, Scope};
use crate::invitations::rules::{SCREENING_TAG, Settings};
use crate::invitations::{Decision, OpportunitySnapshot, Refusal};
use crate::postings::{self, KnownPosting};
use crate::reasons::{NotYet, Reason};
use crate::time::Timestamp;
use lever_client::{AppliedFor, Event as Kind, Opportunity, Origin, StageId};
use std::time::Duration;

/// How old an event is when it is looked at again. Lever's clock and its lists were seen to be behind by seconds;
/// ten minutes are far beyond that, and still before the hourly reconciliation.
const LOOKS: [Duration; 4] =
    [Duration::from_secs(2), Duration::from_secs(10), Duration::from_secs(60), Duration::from_secs(600)];

/// The looks that a small doubt is worth: what Lever says may well be so.
const FEW: usize = 2;

/// The looks of a minute: for the webhook of a move, and for an application that the candidate's tags tell of.
const A_MINUTE: usize = 3;

/// The looks after a reconciliation found somebody in Lever's list whom Lever does not show by itself. The list does
/// not bring them again, so that is asked for a day.
const OF_A_LIST: [Duration; 6] = [
    Duration::from_secs(10),
    Duration::from_secs(60),
    Duration::from_secs(600),
    Duration::from_secs(3_600),
    Duration::from_secs(6 * 3_600),
    Duration::from_secs(24 * 3_600),
];

/// Something that the decision needs, and Lever may not show yet.
pub(super) struct Doubt {
    what: NotYet,
    looks: &'static [Duration],
    /// Lever's list, from which reconciliations come, would have shown it.
    is_listed: bool,
}

impl Doubt {
    /// What Lever says may be so, and may be what was true a moment ago.
    pub(super) fn small(what: NotYet) -> Self {
        Self { what, looks: &LOOKS[..FEW], is_listed: true }
    }
}

impl From<NotYet> for Doubt {
    fn from(what: NotYet) -> Self {
        Self { what, looks: &LOOKS, is_listed: true }
    }
}

/// What is delivered longer after its time than this was sent again by Lever, which has long caught up.
const SENT_AGAIN: Duration = Duration::from_secs(900);

/// Lever's clock may differ from ours by this much.
const NEAR: Duration = Duration::from_secs(600);

/// How long to wait before Lever is asked again about this event. None: what Lever says now is final, because the
/// event is old enough, or is no delivery.
fn again_in(event: &Event, doubt: &Doubt, now: Timestamp) -> Option<Duration> {
    let looks = match event.kind {
        EventKind::ManualInvite => return None,
        // The list did not show it either.
        EventKind::Reconciliation if !doubt.is_listed => return None,
        EventKind::Reconciliation => &OF_A_LIST[..],
        _ => doubt.looks,
    };
    let old = |age: Duration| i64::try_from(age.as_millis()).unwrap_or(i64::MAX);
    if event.triggered_at.is_some_and(|at| event.received_at.since(at) > old(SENT_AGAIN)) {
        return None;
    }
    let age = now.since(event.received_at).max(0);
    let next = looks.iter().copied().find(|look| old(*look) > age)?;
    Some(Duration::from_millis(u64::try_from(old(next) - age).unwrap_or(0)))
}

/// Whether Lever shows the candidate as before the move that the delivery is about. Another stage is no doubt where
/// the history knows the move: then the candidate went on meanwhile.
pub(super) fn stage_not_yet(event: &Event, seen: &Opportunity) -> Option<Doubt> {
    if processed_as(event) != Kind::CandidateStageChange {
        return None;
    }
    let to = event.to_stage_id.as_deref()?;
    if seen.stage_id().is_none() && seen.archived.is_none() {
        return Some(Doubt::small(NotYet::Move));
    }
    if seen.stage_id().is_some_and(|stage| stage.as_str() == to) || seen.archived.is_some() {
        return None;
    }
    let since = event.triggered_at.unwrap_or(event.received_at).minus(NEAR);
    let is_known = seen.stage_changes.iter().any(|change| {
        change.to_stage_id.as_str() == to
            && change.updated_at.is_none_or(|at| Timestamp(at.as_millisecond()) >= since)
    });
    (!is_known).then(|| NotYet::Move.into())
}

/// Tags that decide, of which Lever shows none with the posting now, though something else says that it has them.
#[derive(Debug, Default)]
pub(super) struct MissingTags {
    /// The screening tag is among them, and this event makes it count.
    invites: bool,
    /// A tag of a rule, or the candidate tag, is.
    differs: bool,
    /// The posting was never seen before.
    is_new: bool,
}

impl MissingTags {
    /// Whether what Lever shows of the posting may be out of date.
    pub(super) fn any(&self) -> bool {
        self.invites || self.differs
    }
}

/// What the posting's tags were known to be before this event, beside what Lever shows of them now. Two things tell: what
/// was read of the posting, and the tags of somebody who applied, to whom Lever copies the posting's.
pub(super) fn tags_missing(
    conn: &mut Conn,
    event: &Event,
    seen: &OpportunitySnapshot,
    settings: &Settings,
) -> DbResult<MissingTags> {
    let Some(posting) = seen.posting.visible() else { return Ok(MissingTags::default()) };
    let known = postings::get(conn, &event.integration_id, posting.id.as_str())?;
    let is_application = processed_as(event) == Kind::ApplicationCreated;
    let copied = if is_application { seen.opportunity.tags.as_slice() } else { &[] };
    // Changed since it was read: then what Lever shows is what somebody made of it.
    let is_changed = |known: &KnownPosting| {
        posting.updated_at.is_some_and(|at| Timestamp(at.as_millisecond()) > known.seen_at)
    };
    let before =
        known.as_ref().filter(|known| !is_changed(known)).map(KnownPosting::tags).unwrap_or_default();
    let is_missing = |tag: &str| !posting.tags.iter().any(|shown| shown == tag);
    let had = |tag: &str| before.iter().chain(copied).any(|there| there == tag);
    let of_rule = |rule: &PostingRule| match &rule.scope {
        Scope::Tag(tag) => is_missing(tag) && had(tag),
        Scope::Posting { .. } | Scope::Every => false,
    };
    // The candidate tag is on candidates by right: only the posting itself tells that it was copied.
    let was_copied =
        |tag: &String| is_missing(tag) && before.contains(tag) && seen.opportunity.tags.contains(tag);
    Ok(MissingTags {
        invites: is_application && is_missing(SCREENING_TAG) && had(SCREENING_TAG),
        differs: settings.rules.iter().any(of_rule)
            || settings.candidate_tag.as_ref().is_some_and(was_copied),
        is_new: is_application && known.is_none(),
    })
}

/// What the decision would need to know about the posting, and Lever does not show.
///
/// Without an application the account's own settings decide, and the invitation is for no posting. That somebody
/// has none of whom Lever reported an application is a great doubt; anybody else may have come without one, and is
/// looked at once more, after seconds.
pub(super) fn posting_not_yet(
    conn: &mut Conn,
    event: &Event,
    seen: &OpportunitySnapshot,
    settings: &Settings,
    missing: &MissingTags,
    decision: &Decision,
) -> DbResult<Option<Doubt>> {
    let is_invited = matches!(decision, Decision::Invite(_));
    if seen.posting.is_hidden() {
        return Ok((!is_invited).then(|| NotYet::Posting.into()));
    }
    if let Decision::Refuse(_, refusal) = decision {
        // What keeps somebody from being invited may just have ended, which is why they were moved.
        let may_be_old = matches!(
            refusal,
            Refusal::Archived | Refusal::NoEmail | Refusal::Anonymized | Refusal::Confidential
        );
        return Ok(may_be_old.then(|| Doubt::small(NotYet::Latest)));
    }
    if seen.opportunity.applied_for() != AppliedFor::Nothing {
        let is_doubted = missing.differs || (missing.invites && !is_invited);
        let once = || Doubt { what: NotYet::Posting, looks: &LOOKS[..1], is_listed: true };
        return Ok(match is_doubted {
            true => Some(NotYet::Posting.into()),
            // Nothing is known to compare with.
            false => (missing.is_new && !is_invited).then(once),
        });
    }
    if processed_as(event) == Kind::ApplicationCreated {
        return Ok(Some(NotYet::Application.into()));
    }
    let triggers = |rule: &PostingRule| rule.trigger.as_ref() == seen.opportunity.stage_id();
    if !is_invited && !settings.rules.iter().any(triggers) {
        return Ok(None);
    }
    let applied = events::view::has_applied(conn, &event.integration_id, seen.opportunity.id.as_str())?;
    // Rules by posting cannot decide without the application. It is to be expected of somebody who applied; and of somebody
    // who carries the words of a posting that has a rule, which Lever copies from the application.
    let has_words = |rule: &PostingRule| match &rule.scope {
        Scope::Posting { title, .. } => seen.opportunity.tags.contains(title),
        Scope::Tag(tag) => seen.opportunity.tags.contains(tag),
        Scope::Every => false,
    };
    let is_applicant = seen.opportunity.origin == Some(Origin::Applied) && settings.rules.differ_by_posting();
    let looks = if applied {
        &LOOKS[..]
    } else if settings.rules.iter().any(has_words) {
        &LOOKS[..A_MINUTE]
    } else if is_applicant {
        &LOOKS[..FEW]
    } else {
        &LOOKS[..1]
    };
    Ok(Some(Doubt { what: NotYet::Application, looks, is_listed: applied }))
}

/// Whether an applicant was moved into a stage after applying, as Lever's history says: then the webhook of the move
/// is on its way, and decides with those who were moved at the same time. It is waited for, for a minute; after that the
/// application stands for the move, which was at the time that is answered.
pub(super) fn move_not_reported(
    event: &Event,
    seen: &Opportunity,
    stage: &StageId,
) -> Option<(Doubt, Timestamp)> {
    if processed_as(event) != Kind::ApplicationCreated || event.kind == EventKind::Reconciliation {
        return None;
    }
    // The first entry of the history is how the opportunity began.
    let last = seen.stage_changes.iter().skip(1).max_by_key(|change| change.updated_at)?;
    let applied = event.triggered_at.unwrap_or(event.received_at);
    let moved = last.updated_at.map(|at| Timestamp(at.as_millisecond())).filter(|moved| *moved > applied)?;
    let doubt = || Doubt { what: NotYet::Report, looks: &LOOKS[..A_MINUTE], is_listed: true };
    (last.to_stage_id == *stage).then(|| (doubt(), moved))
}

/// Puts the event back until Lever is asked again. It is no failed attempt. `false`: what Lever says is final.
pub(super) fn look_again(conn: &mut Conn, event: &Event, doubt: impl Into<Doubt>) -> DbResult<bool> {
    let (doubt, now) = (doubt.into(), Timestamp::now());
    let Some(wait) = again_in(event, &doubt, now) else { return Ok(false) };
    let what = doubt.what;
    let why = Reason::NotYet { what, seconds: wait.as_secs().max(1) };
    steps::add(conn, &event.id, NewStep::new(StepKind::LooksAgain, why.clone(), StepStatus::Waiting))?;
    queue::postpone(conn, &event.id, event.attempts, now.plus(wait), &why)?;
    Ok(true)
}
