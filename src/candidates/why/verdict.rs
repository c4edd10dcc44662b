//! The rule that decided. The order of the questions is the order in which a person would want to
//! know: does the account work, is the candidate invited, does Lever show them, what do the rules
//! say, and what became of the webhook.

use super::fetch::fetch;
use super::find::Choice;
use super::story::Said;
use super::{Verdict, WhyError, instant, story};
use crate::db::schema::{candidates, events as event_rows};
use crate::db::{Conn, DbResult};
use crate::events::view::{self, Line};
use crate::events::{EventKind, State as EventState};
use crate::i18n::{Arg, number, portal};
use crate::ids::{CandidateId, CompanyId};
use crate::integrations::oauth::connections::CallError;
use crate::integrations::schedule::watch;
use crate::integrations::schedule::watch::Watch;
use crate::integrations::settings::rules as posting_rules;
use crate::integrations::stages::{self, KnownStage};
use crate::integrations::{Connections, Integration, State, store as integration_store};
use crate::invitations::questions::{self, Question};
use crate::invitations::rules::matching::Line as RuleLine;
use crate::invitations::rules::{self, Cause, Decision, Facts, Rule, SCREENING_TAG};
use crate::invitations::snapshot::Fetched;
use crate::invitations::store;
use crate::invitations::{
    Invitation, InvitationState, KnownInvitations, OpportunitySnapshot, SeenPosting, Settings,
    withdrawal_marks,
};
use crate::postings::{TagMeaning, near_miss};
use crate::reasons::Reason;
use crate::time::Timestamp;
use diesel::prelude::*;
use lever_client::{Scope, StageId};
use std::time::Duration;

/// Lever's clock may differ from ours by this much.
const NEAR: Duration = Duration::from_secs(600);

/// What the database knows.
struct Known {
    integration: Integration,
    candidate: Option<CandidateId>,
    stages: Vec<KnownStage>,
    watch: Option<Watch>,
    settings: Settings,
    events: Vec<Line>,
    /// Why the newest event was given up, when it was.
    failure: Option<Reason>,
    /// How the newest application event ended, when there is one.
    application: Option<Reason>,
    /// How the newest event of a move ended, when there is one; and when it came.
    moved: Option<Reason>,
    moved_at: Option<Timestamp>,
    /// A colleague is asked whether the candidate is invited.
    is_asked: bool,
}

impl Known {
    fn stage(&self, id: &StageId) -> String {
        let known = self.stages.iter().find(|stage| stage.stage_id == id.as_str());
        known.map_or_else(|| id.to_string(), |stage| stage.name.clone())
    }

    /// The rules that speak for the candidate's posting.
    fn lines(&self, seen: &OpportunitySnapshot) -> Vec<RuleLine<'_>> {
        self.settings.lines(seen.opportunity.posting_id(), seen.posting.tags())
    }
}

pub(super) async fn explain(
    connections: &Connections,
    company: &CompanyId,
    choice: Choice,
) -> Result<Verdict, WhyError> {
    let (company, wanted) = (*company, choice.clone());
    let known = connections.db().read(move |conn| look_up(conn, &company, &wanted)).await?;
    let mut verdict = Verdict {
        name: choice.name.clone(),
        candidate: known.candidate,
        lever_url: None,
        integration: known.integration.clone(),
        sentence: String::new(),
        is_good: false,
        remedy: String::new(),
        evidence: Vec::new(),
        events: known.events.clone(),
    };
    let answer = match known.integration.state {
        State::Disconnected => {
            let why = match &known.integration.state_reason {
                Reason::None => portal().message("why-in_portal", &[]),
                why => why.sentence(portal()),
            };
            Said::bad("disconnected", &[("why", why.into())])
        }
        _ => match fetch(connections, &known.integration, &choice.opportunity).await {
            Ok(Fetched::Seen(seen)) => decide(connections, &known, *seen, &mut verdict).await?,
            Ok(Fetched::ApplicationHidden(_)) => {
                Said::bad("application_hidden", &[("scope", Scope::Applications.title().into())])
            }
            Err(CallError::Lever(lever_client::Error::NotFound { .. })) => Said::bad("unknown", &[]),
            Err(CallError::Lever(lever_client::Error::Forbidden { .. })) => Said::bad("hidden", &[]),
            Err(CallError::Lacking(scope)) => {
                Said::bad("lacks_permission", &[("scope", scope.title().into())])
            }
            // What is known here is shown all the same.
            Err(cause) => {
                Said::bad("lever_failed", &[("why", Reason::from(&cause).sentence(portal()).into())])
            }
        },
    };
    (verdict.sentence, verdict.remedy, verdict.is_good) = (answer.sentence, answer.remedy, answer.is_good);
    Ok(verdict)
}

fn look_up(conn: &mut Conn, company: &CompanyId, choice: &Choice) -> DbResult<Known> {
    let id = &choice.integration;
    let integration = integration_store::by_id(conn, company, id)?.ok_or(diesel::result::Error::NotFound)?;
    let candidate = candidates::table
        .filter(candidates::integration_id.eq(id).and(candidates::opportunity_id.eq(&choice.opportunity)))
        .select(candidates::id)
        .first(conn)
        .optional()?;
    let events = view::of_opportunity(conn, company, id, &choice.opportunity)?;
    let mut reason_of = |line: Option<&Line>| -> DbResult<Option<Reason>> {
        let Some(line) = line else { return Ok(None) };
        Ok(event_rows::table.find(&line.id).select(event_rows::reason).first(conn).optional()?)
    };
    let newest = |kind: EventKind| events.iter().find(|line| line.kind == kind);
    let failure = reason_of(events.first().filter(|line| line.state == EventState::Failed))?;
    let application = reason_of(newest(EventKind::ApplicationCreated))?;
    let moved = reason_of(newest(EventKind::CandidateStageChange))?;
    let moved_at = newest(EventKind::CandidateStageChange).map(|line| line.received_at);
    let is_asked = match &candidate {
        Some(id) => {
            questions::is_open(conn, Question::SameAddress, id)?
                || withdrawal_marks::is_asked(conn, company, id)?
        }
        None => false,
    };
    Ok(Known {
        candidate,
        stages: stages::all(conn, id)?,
        watch: watch::load(conn, id)?,
        settings: posting_rules::settings(conn, &integration)?,
        events,
        failure,
        application,
        moved,
        moved_at,
        is_asked,
        integration,
    })
}

async fn decide(
    connections: &Connections,
    known: &Known,
    seen: OpportunitySnapshot,
    verdict: &mut Verdict,
) -> Result<Said, WhyError> {
    let opportunity = &seen.opportunity;
    if let Some(name) = opportunity.name.clone().filter(|name| !name.trim().is_empty()) {
        verdict.name = name;
    }
    verdict.lever_url = opportunity.urls.show.clone().filter(|url| known.integration.has_page(url));
    verdict.evidence = evidence(known, &seen);
    let (id, key) = (known.integration.id, opportunity.id.to_string());
    let posting = opportunity.posting_id().map(ToString::to_string).unwrap_or_default();
    let (asked, sealer) = (opportunity.clone(), connections.sealer().clone());
    let (invitation, ended, story, invitations) = connections
        .db()
        .read(move |conn| {
            let found = store::invitation_for(conn, &id, &key, &posting)?;
            let story = found.as_ref().map(|found| story::explain_invitation(conn, &sealer, found));
            let story = story.transpose()?.flatten();
            let ended = found.as_ref().map(|found| store::ended_reason(conn, &found.id)).transpose()?;
            Ok((found, ended.unwrap_or(Reason::None), story, KnownInvitations::load(conn, &id, [&asked])?))
        })
        .await?;
    let facts = |cause| Facts::gather(&invitations, cause, opportunity, &seen.posting);
    let settings = &known.settings;
    let name = |id: &StageId| known.stage(id);
    let decision = match rules::decide(settings, facts(Cause::StageChange)) {
        // An application counts once, when Lever tells of it.
        Decision::Nothing => rules::decide(settings, facts(Cause::Application)),
        decided => decided,
    };
    // What ended by what Lever showed stands against nothing any more: what is so now is said first.
    let is_over = ended.is_end_by_lever() && matches!(decision, Decision::Refuse(..));
    Ok(match (decision, invitation.filter(|_| !is_over)) {
        (_, Some(invitation)) => story.unwrap_or_else(|| invited(&invitation, &ended)),
        (Decision::Refuse(rule, refusal), None) => {
            let refusal = refusal.reason();
            let values = [
                ("rule", rule.reason(name).sentence(portal()).into()),
                ("refusal", refusal.sentence(portal()).into()),
            ];
            Said { remedy: refusal.remedy(portal()), ..Said::bad("refused", &values) }
        }
        (Decision::Nothing, None) => nothing(known, &seen),
        (Decision::Invite(invite), None) => {
            waiting(known, &seen, &invite.rule, &invite.reason(name).sentence(portal()))
        }
    })
}

fn invited(invitation: &Invitation, ended: &Reason) -> Said {
    let state = portal().name("invitation", invitation.state.as_str());
    let at = invitation.created_at.relative_to(Timestamp::now());
    if invitation.state == InvitationState::Cancelled && !ended.is_none() {
        let code = match (ended.is_end_by_lever(), invitation.sent_at) {
            (true, Some(_)) => "ended",
            (true, None) => "ended_unsent",
            (false, _) => "ended_by_hand",
        };
        return Said::bad(code, &[("at", at.into()), ("why", ended.sentence(portal()).into())]);
    }
    let said = Said::good("invited", &[("at", at.into()), ("state", state.into())]);
    Said { is_good: invitation.state != InvitationState::Failed, ..said }
}

/// No rule applies: the stage is another, or the tag is not quite right.
fn nothing(known: &Known, seen: &OpportunitySnapshot) -> Said {
    let is_near = |tag: &&String| near_miss(tag) == Some(TagMeaning::Screening);
    if let Some(tag) = seen.posting.tags().iter().find(is_near) {
        return Said::bad("near_tag", &[("tag", tag.into()), ("right", SCREENING_TAG.into())]);
    }
    let tag = known.settings.candidate_tag.as_ref();
    if let Some(tag) = tag.filter(|tag| seen.posting.tags().contains(tag)) {
        return Said::bad("tag_on_posting", &[("tag", tag.into())]);
    }
    let lines = known.lines(seen);
    let triggers: Vec<StageId> = lines.iter().filter_map(|line| line.trigger.cloned()).collect();
    let by = lines.iter().find_map(|line| line.rule).map(|rule| rule.scope.reason().sentence(portal()));
    let Some(first) = triggers.first() else {
        return match by {
            Some(by) => Said::bad("no_tests", &[("scope", by.into())]),
            None => Said::bad("trigger_not_chosen", &[]),
        };
    };
    if let Some(gone) = stages::all_gone(&known.stages, &triggers) {
        return Said::bad("trigger_gone", &[("stage", (&gone.name).into())]);
    }
    let quoted = |id: &StageId| portal().message("quoted", &[("text", known.stage(id).into())]);
    let names: Vec<String> = triggers.iter().map(quoted).collect();
    let stage = match seen.opportunity.stage_id() {
        Some(id) => known.stage(id),
        None => portal().message("why-no_stage", &[]),
    };
    let mut where_to = portal().message(
        "why-trigger_stages",
        &[("count", number(names.len())), ("stages", names.join(", ").into())],
    );
    if let Some(by) = by {
        where_to = portal().message("why-by_rule", &[("stages", where_to.into()), ("scope", by.into())]);
    }
    if let Some(tag) = tag {
        where_to = portal().message("why-without_tag", &[("stages", where_to.into()), ("tag", tag.into())]);
    }
    // The tags of a posting that Lever does not show are not known.
    let code = match &seen.posting {
        SeenPosting::Visible(_) => "elsewhere",
        SeenPosting::Hidden => "elsewhere_hidden",
        SeenPosting::None => "elsewhere_no_posting",
    };
    Said::bad(
        code,
        &[
            ("stage", stage.into()),
            ("stages", where_to.into()),
            ("tag", SCREENING_TAG.into()),
            ("first", known.stage(first).into()),
        ],
    )
}

/// The rules would invite now. Then it is the webhook, or the time.
fn waiting(known: &Known, seen: &OpportunitySnapshot, by: &Rule, rule: &str) -> Said {
    let has = |state| known.events.iter().any(|line| line.state == state);
    let rule = ("rule", Arg::from(rule));
    if known.integration.state != State::Active {
        return Said::bad("not_set_up", &[rule]);
    }
    if has(EventState::Queued) {
        return Said::good("being_processed", &[rule]);
    }
    if known.is_asked {
        return Said::bad("colleague_decides", &[rule]);
    }
    if let (Some(why), false) = (&known.failure, known.events.is_empty()) {
        return Said::bad("event_failed", &[rule, ("why", why.sentence(portal()).into())]);
    }
    if has(EventState::Quarantined) || has(EventState::Waiting) {
        return Said::bad("not_verified", &[rule]);
    }
    if matches!(by, Rule::CandidateTag(..)) {
        return Said::good("tag_not_reported", &[rule]);
    }
    let is_by_stage = matches!(by, Rule::TriggerStage(..));
    let entered = seen.opportunity.entered_stage_at().map(instant);
    if let (true, Some(entered), Some(watch)) = (is_by_stage, entered, &known.watch)
        && entered < watch.entered_since
    {
        return Said::bad("there_before", &[rule]);
    }
    let was_in_the_way = |ended: &&Reason| ended.is_open_question() || ended.is_refusal_that_can_end();
    let reported = if is_by_stage { &known.moved } else { &known.application };
    // A report of an earlier move says nothing about the one that the candidate made last.
    let is_of_now = known.moved_at.is_some_and(|at| entered.is_none_or(|entered| at >= entered.minus(NEAR)));
    match reported {
        Some(ended) if was_in_the_way(&ended) => {
            let code = if ended.is_open_question() { "not_shown_then" } else { "refused_then" };
            Said::bad(code, &[rule, ("why", ended.sentence(portal()).into())])
        }
        Some(_) if !is_by_stage => Said::bad("tagged_later", &[]),
        Some(ended) if is_of_now && !ended.is_none() => {
            Said::bad("ended_otherwise", &[rule, ("why", ended.sentence(portal()).into())])
        }
        _ => Said::bad("not_reported", &[rule]),
    }
}

/// What the answer rests on: names and values, in words.
fn evidence(known: &Known, seen: &OpportunitySnapshot) -> Vec<(String, String)> {
    let opportunity = &seen.opportunity;
    let words = portal();
    let none = || words.name("value", "none");
    let yes_or_no = |is_so: bool| words.name("value", if is_so { "yes" } else { "no" });
    let mut rows = Vec::new();
    let mut add = |what: &str, value: String| rows.push((words.name("why-fact", what), value));
    let stage = opportunity.stage_id().map_or_else(none, |id| known.stage(id));
    let stage = match opportunity.entered_stage_at() {
        Some(at) => {
            let since = instant(at).relative_to(Timestamp::now());
            words.message("why-stage_since", &[("stage", stage.into()), ("since", since.into())])
        }
        None => stage,
    };
    add("stage", stage);
    let lines = known.lines(seen);
    let triggers: Vec<String> =
        lines.iter().filter_map(|line| line.trigger).map(|id| known.stage(id)).collect();
    let what = if triggers.len() > 1 { "trigger_stages" } else { "trigger_stage" };
    add(what, if triggers.is_empty() { none() } else { triggers.join(", ") });
    if let Some(rule) = lines.first().and_then(|line| line.rule) {
        let terms = posting_rules::terms(rule, known.settings.tests, |id| known.stage(id));
        add("rule", terms.sentence(words));
    }
    if !opportunity.tags.is_empty() {
        add("tags", opportunity.tags.join(", "));
    }
    let posting = match &seen.posting {
        SeenPosting::Visible(posting) => words.message(
            if posting.tags.is_empty() { "why-posting_without_tags" } else { "why-posting_with_tags" },
            &[("posting", (&posting.text).into()), ("tags", posting.tags.join(", ").into())],
        ),
        SeenPosting::Hidden => words.name("value", "confidential"),
        SeenPosting::None => none(),
    };
    add("posting", posting);
    add("origin", opportunity.origin.as_ref().map_or_else(none, ToString::to_string));
    add("email", if opportunity.email().is_some() { words.name("value", "yes") } else { none() });
    add("archived", yes_or_no(opportunity.archived.is_some()));
    add("confidential", yes_or_no(opportunity.is_confidential()));
    add("events", if known.events.is_empty() { none() } else { known.events.len().to_string() });
    rows
}
