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
use crate::i18n::portal;
use crate::ids::{CandidateId, CompanyId};
use crate::integrations::oauth::connections::CallError;
use crate::integrations::schedule::watch;
use crate::integrations::schedule::watch::Watch;
use crate::integrations::settings::rules as posting_rules;
use crate::integrations::stages::{self, KnownStage};
use crate::integrations::{Connections, Integration, State, store as integration_store};
use crate::invitations::rules::matching::Line as RuleLine;
use crate::invitations::rules::{self, Cause, Decision, Facts, Refusal, Rule, SCREENING_TAG};
use crate::invitations::snapshot::Fetched;
use crate::invitations::store;
use crate::invitations::{
    Invitation, InvitationState, KnownInvitations, OpportunitySnapshot, SeenPosting, Settings,
};
use crate::postings::{TagMeaning, near_miss};
use crate::reasons::Reason;
use crate::time::Timestamp;
use diesel::prelude::*;
use lever_client::{Scope, StageId};

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

fn statement(sentence: impl Into<String>, remedy: impl Into<String>) -> Said {
    Said { sentence: sentence.into(), remedy: remedy.into(), is_good: false }
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
            let why = known.integration.state_reason.sentence(portal());
            let why = if why.is_empty() { "it was disconnected in the portal".to_owned() } else { why };
            statement(format!("The Lever account is not connected: {why}."), "Reconnect the integration.")
        }
        _ => match fetch(connections, &known.integration, &choice.opportunity).await {
            Ok(Fetched::Seen(seen)) => decide(connections, &known, *seen, &mut verdict).await?,
            Ok(Fetched::ApplicationHidden(_)) => statement(
                "Lever does not show the candidate\u{2019}s application, so the posting is not known and nothing is decided.",
                format!(
                    "Check that the permission \u{201c}{}\u{201d} was granted.",
                    Scope::Applications.title()
                ),
            ),
            Err(CallError::Lever(lever_client::Error::NotFound { .. })) => statement(
                "Lever does not know this opportunity: it was deleted, or it is confidential.",
                "If it is confidential, switch that off in Lever.",
            ),
            Err(CallError::Lever(lever_client::Error::Forbidden { .. })) => statement(
                "Lever does not show this opportunity to the portal: it is confidential.",
                "Switch the confidential setting off in Lever.",
            ),
            Err(CallError::Lacking(scope)) => statement(
                format!(
                    "Lever does not let the portal look: the permission \u{201c}{}\u{201d} was not granted.",
                    scope.title()
                ),
                "Grant access again on the integration\u{2019}s page, and grant all. What happened in the meantime is processed then.",
            ),
            Err(cause) => return Err(cause.into()),
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
    let failed = events.first().filter(|line| line.state == EventState::Failed).map(|line| line.id);
    let failure = match failed {
        Some(id) => event_rows::table.find(&id).select(event_rows::reason).first(conn).optional()?,
        None => None,
    };
    let applied = events.iter().find(|line| line.kind == EventKind::ApplicationCreated).map(|line| line.id);
    let application = match applied {
        Some(id) => event_rows::table.find(&id).select(event_rows::reason).first(conn).optional()?,
        None => None,
    };
    Ok(Known {
        candidate,
        stages: stages::all(conn, id)?,
        watch: watch::load(conn, id)?,
        settings: posting_rules::settings(conn, &integration)?,
        events,
        failure,
        application,
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
    let asked = opportunity.clone();
    let (invitation, story, invitations) = connections
        .db()
        .read(move |conn| {
            let found = store::invitation_for(conn, &id, &key, &posting)?;
            let story =
                found.as_ref().map(|found| story::explain_invitation(conn, found)).transpose()?.flatten();
            Ok((found, story, KnownInvitations::load(conn, &id, [&asked])?))
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
    Ok(match (decision, invitation) {
        (_, Some(invitation)) => story.unwrap_or_else(|| invited(&invitation)),
        (Decision::Refuse(rule, refusal), None) => {
            let rule = rule.reason(name).sentence(portal());
            let against = refusal.reason().sentence(portal());
            statement(format!("The candidate {rule}, but {against}."), next_step(&refusal))
        }
        (Decision::Nothing, None) => nothing(known, &seen),
        (Decision::Invite(invite), None) => {
            waiting(known, &seen, &invite.rule, &invite.reason(name).sentence(portal()))
        }
    })
}

fn invited(invitation: &Invitation) -> Said {
    let state = portal().name("invitation", invitation.state.as_str());
    let at = invitation.created_at.relative_to(Timestamp::now());
    Said {
        sentence: format!("The candidate was invited {at}: the invitation is \u{201c}{state}\u{201d}."),
        remedy: String::new(),
        is_good: invitation.state != InvitationState::Failed,
    }
}

fn next_step(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::AlreadyInvited => "",
        Refusal::SamePerson => "Their result will stand on the other opportunity.",
        Refusal::Anonymized => "A person whose data was removed cannot be invited.",
        Refusal::Archived => "Bring the candidate back into the pipeline in Lever.",
        Refusal::Confidential => "Switch the confidential setting off in Lever.",
        Refusal::BlockedOrigin(_) => "Take the origin out of Blocked origins on the integration's page.",
        Refusal::NoEmail => "Add an e-mail address in Lever, and move the candidate into the stage again.",
        Refusal::Lead => "Add the candidate to a job in Lever.",
        Refusal::NoTests(_) => {
            "Change the rule on the integration's page, or invite the candidate by hand on the candidate's page."
        }
    }
}

/// No rule applies: the stage is another, or the tag is not quite right.
fn nothing(known: &Known, seen: &OpportunitySnapshot) -> Said {
    let name = |id: &StageId| known.stage(id);
    let is_near = |tag: &&String| near_miss(tag) == Some(TagMeaning::Screening);
    let near = seen.posting.tags().iter().find(is_near);
    if let Some(tag) = near {
        return statement(
            format!(
                "The posting has the tag \u{201c}{tag}\u{201d}, which is not exactly \u{201c}{SCREENING_TAG}\u{201d}: \
                 spelling, case and spaces count."
            ),
            "Correct the tag on the posting in Lever; it counts for those who apply after that.",
        );
    }
    let stage = seen.opportunity.stage_id().map_or_else(|| "no stage".to_owned(), name);
    let tag = known.settings.candidate_tag.as_deref();
    if let Some(tag) = tag.filter(|tag| seen.posting.tags().iter().any(|there| there == tag)) {
        return statement(
            format!(
                "The posting itself carries the tag \u{201c}{tag}\u{201d}, so it does not count as the candidate\u{2019}s own."
            ),
            "Take the tag off the posting in Lever; it is meant for single candidates.",
        );
    }
    let lines = known.lines(seen);
    let triggers: Vec<StageId> = lines.iter().filter_map(|line| line.trigger.cloned()).collect();
    let Some(first) = triggers.first() else {
        if let Some(rule) = lines.iter().find_map(|line| line.rule) {
            let by = rule.scope.reason().sentence(portal());
            return statement(
                format!("The candidate belongs to a posting without tests (the rule for {by})."),
                "Change the rule on the integration's page, or invite the candidate by hand on the candidate's page.",
            );
        }
        return statement(
            "No trigger stage is chosen, so nobody is invited by a move.",
            "Choose the trigger stage.",
        );
    };
    if let Some(gone) = stages::all_gone(&known.stages, &triggers) {
        return statement(
            format!(
                "The trigger stage \u{201c}{}\u{201d} no longer exists in Lever, so nobody is invited by a move.",
                gone.name
            ),
            "Choose another trigger stage on the integration's page.",
        );
    }
    let own = tag.map(|tag| format!(" the candidate was not given the tag \u{201c}{tag}\u{201d},"));
    let names: Vec<String> =
        triggers.iter().map(|id| format!("\u{201c}{}\u{201d}", known.stage(id))).collect();
    let are = if names.len() == 1 { "the trigger stage is" } else { "the trigger stages are" };
    let by = lines.iter().find_map(|line| line.rule).map(|rule| rule.scope.reason().sentence(portal()));
    statement(
        format!(
            "The candidate is in \u{201c}{stage}\u{201d}; {are} {}{},{} and the posting does not have the tag \
             \u{201c}{SCREENING_TAG}\u{201d}.",
            names.join(", "),
            by.map(|by| format!(" (by the rule for {by})")).unwrap_or_default(),
            own.unwrap_or_default(),
        ),
        format!("Move the candidate to \u{201c}{}\u{201d} in Lever.", known.stage(first)),
    )
}

/// The rules would invite now. Then it is the webhook, or the time.
fn waiting(known: &Known, seen: &OpportunitySnapshot, by: &Rule, rule: &str) -> Said {
    let newest = known.events.first();
    let has = |state| known.events.iter().any(|line| line.state == state);
    if known.integration.state != State::Active {
        return statement(
            format!("The candidate {rule}, but the integration is not set up yet."),
            "Finish setting it up.",
        );
    }
    if has(EventState::Queued) {
        return Said {
            sentence: format!("The candidate {rule}, and the invitation is being processed."),
            remedy: "Look again in a moment; the event's timeline says what it waits for.".to_owned(),
            is_good: true,
        };
    }
    if let (Some(reason), Some(_)) = (&known.failure, newest) {
        return statement(
            format!("The candidate {rule}, but Lever's event failed: {reason}"),
            "Replay the event from its page.",
        );
    }
    if has(EventState::Quarantined) || has(EventState::Waiting) {
        return statement(
            format!("The candidate {rule}, but the signature of Lever's event matches no saved token."),
            "Paste the signing token from Lever on the integration's page.",
        );
    }
    if matches!(by, Rule::CandidateTag(..)) {
        return Said {
            sentence: format!("The candidate {rule}, and Lever does not report tags automatically."),
            remedy: "The next reconciliation invites the candidate; Sync now on the integration's page does it at once."
                .to_owned(),
            is_good: true,
        };
    }
    let is_by_stage = matches!(by, Rule::TriggerStage(..));
    let entered = seen.opportunity.entered_stage_at().map(instant);
    if let (true, Some(entered), Some(watch)) = (is_by_stage, entered, &known.watch)
        && entered < watch.entered_since
    {
        return statement(
            format!(
                "The candidate {rule}, but has been there since before it was chosen as the trigger stage."
            ),
            "Only those who enter the stage afterwards are invited: move the candidate out of it and back in Lever.",
        );
    }
    if let (false, Some(ended)) = (is_by_stage, &known.application) {
        if ended.is_open_question() {
            return statement(
                format!(
                    "The candidate {rule}, but Lever did not show it when the event was processed: {ended}."
                ),
                "The next reconciliation invites the candidate; Replay, on the event's page, does it at once.",
            );
        }
        return statement(
            "The posting has the screening tag now, but had not when the candidate applied.",
            "A tag does not reach back: move the candidate to the trigger stage in Lever.",
        );
    }
    statement(
        format!("The candidate {rule}, but no webhook reported it."),
        "Check that the event's toggle is on in Lever, with every origin ticked. The next reconciliation invites the \
         candidate; Sync now on the integration's page does it at once.",
    )
}

fn evidence(known: &Known, seen: &OpportunitySnapshot) -> Vec<(&'static str, String)> {
    let opportunity = &seen.opportunity;
    let none = || "none".to_owned();
    let now = Timestamp::now();
    let entered =
        opportunity.entered_stage_at().map(|at| format!(", since {}", instant(at).relative_to(now)));
    let stage = opportunity.stage_id().map_or_else(none, |id| known.stage(id));
    let mut rows = vec![("Stage in Lever", format!("{stage}{}", entered.unwrap_or_default()))];
    let lines = known.lines(seen);
    let triggers: Vec<String> =
        lines.iter().filter_map(|line| line.trigger).map(|id| known.stage(id)).collect();
    let title = if triggers.len() > 1 { "Trigger stages" } else { "Trigger stage" };
    rows.push((title, if triggers.is_empty() { none() } else { triggers.join(", ") }));
    if let Some(rule) = lines.first().and_then(|line| line.rule) {
        let terms = posting_rules::terms(rule, known.settings.tests, |id| known.stage(id));
        rows.push(("Rule", terms.sentence(portal())));
    }
    if !opportunity.tags.is_empty() {
        rows.push(("Tags in Lever", opportunity.tags.join(", ")));
    }
    let posting = match &seen.posting {
        SeenPosting::Visible(posting) if posting.tags.is_empty() => format!("{}, without tags", posting.text),
        SeenPosting::Visible(posting) => {
            format!("{}, with the tags {}", posting.text, posting.tags.join(", "))
        }
        SeenPosting::Hidden => "confidential".to_owned(),
        SeenPosting::None => none(),
    };
    rows.push(("Posting", posting));
    rows.push(("Origin", opportunity.origin.as_ref().map_or_else(none, ToString::to_string)));
    rows.push(("E-mail address", if opportunity.email().is_some() { "there".into() } else { none() }));
    rows.push(("Archived", if opportunity.archived.is_some() { "yes".into() } else { "no".into() }));
    rows.push(("Confidential", if opportunity.is_confidential() { "yes".into() } else { "no".into() }));
    let events = match known.events.len() {
        0 => "none".to_owned(),
        1 => "1".to_owned(),
        many => many.to_string(),
    };
    rows.push(("Events received", events));
    rows
}
