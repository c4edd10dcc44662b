//! The mails to candidates: the invitation, the invitation again, reminders, the answer to a request for more time.
//!
//! SMTP cannot tell whether a mail whose answer was lost went out; it is sent again with the same
//! `Message-ID` and the same link, so that it is the same mail to its reader.

use super::link::link;
use crate::candidate_email;
use crate::candidate_email::{About, EmailKind, EmailMessage, MailSettings, Text};
use crate::db::{Conn, DbError, DbResult, dialect};
use crate::events::StepKind;
use crate::events::steps::NewStep;
use crate::i18n::Messages;
use crate::ids::InvitationId;
use crate::invitations::actions::Action;
use crate::invitations::candidates::{self, Candidate};
use crate::invitations::lifecycle;
use crate::invitations::store::{self, Invitation, InvitationState, MailState};
use crate::invitations::{Refusal, manual_email, reminders};
use crate::jobs::JobContext;
use crate::jobs::action::ActionOutcome;
use crate::jobs::event::fetch::Unavailable;
use crate::mail::MailError;
use crate::people::{self, Company};
use crate::reasons::Reason;
use crate::test_sessions;
use crate::time::Timestamp;
use lever_client::{Opportunity, OpportunityId};
use std::time::Duration;

/// A candidate against whom something stands is looked at again after this time, before the invitation ends.
const LOOK_AGAIN: Duration = Duration::from_secs(600);

/// What a mail is made of.
struct Draft {
    invitation: Invitation,
    post: MailState,
    company: Company,
    candidate: Candidate,
    words: &'static Messages,
    text: Text,
}

/// What a mail is made of now. The first one decides the candidate's language.
fn draft(conn: &mut Conn, kind: EmailKind, invitation: Invitation) -> DbResult<Draft> {
    let company = people::company(conn, &invitation.company_id)?;
    let candidate = candidates::candidate(conn, &invitation.candidate_id)?;
    let mut post = store::mail_state(conn, &invitation.id)?;
    if post.language.is_empty() {
        post.language = candidate_email::settings(conn, &company.id)?.language;
        lifecycle::set_language(conn, &invitation.id, &post.language)?;
    }
    let words = Messages::find(&post.language).unwrap_or_else(Messages::fallback);
    let (text, _) = candidate_email::text(conn, &company.id, kind, words)?;
    Ok(Draft { invitation, post, company, candidate, words, text })
}

/// Mails the invitation; again, when the action says which time it is.
pub(in crate::jobs) async fn mail(
    ctx: &JobContext,
    action: &Action,
    planned: &Invitation,
) -> Result<ActionOutcome, DbError> {
    let payload: serde_json::Value = serde_json::from_str(&action.payload).unwrap_or_default();
    let mailing = payload["mailing"].as_i64().and_then(|number| i32::try_from(number).ok()).unwrap_or(0);
    let id = planned.id;
    let read = move |conn: &mut Conn| {
        let Some(invitation) = store::invitation(conn, &id)? else { return Ok(None) };
        Ok(Some((store::mail_state(conn, &id)?.mailing, invitation)))
    };
    let Some((mailed, mut invitation)) = ctx.db.read(read).await? else {
        return Ok(ActionOutcome::Skipped(Reason::CandidateErased));
    };
    if mailing > mailed {
        // Not renewed yet: an attempt that stopped after it goes on with the link that was made then.
        if let Some(why) = manual_email::not_again(invitation.state) {
            return Ok(ActionOutcome::Skipped(why));
        }
        match check_with_lever(ctx, &invitation).await? {
            Answer::Write => {}
            Answer::Refuse(refusal) => return Ok(ActionOutcome::Skipped(refused(&refusal))),
            Answer::Unavailable(blind) => return Ok(cannot_see(blind)),
        }
        let (old, sealer) = (invitation.id, ctx.sealer.clone());
        let renewed = ctx.db.write(move |conn| {
            dialect::lock_test_session(conn, &old)?;
            let Some(old) = store::invitation(conn, &old)? else { return Ok(None) };
            // An outside provider keeps the answers of its tests itself.
            let is_begun = old.state == InvitationState::Started || test_sessions::is_begun(conn, &old.id)?;
            if manual_email::not_again(old.state).is_some() {
                return Ok(None);
            }
            let new = lifecycle::renew(conn, &sealer, &old, is_begun)?;
            lifecycle::tell_lever_of_resend(conn, &new.id)?;
            Ok(Some(new))
        });
        match renewed.await? {
            Some(new) => invitation = new,
            None => return Ok(ActionOutcome::Skipped(Reason::InvitationOver)),
        }
    }
    // Opened or started: a quick reader had the mail whose answer was lost.
    if !InvitationState::OPEN.contains(&invitation.state) || invitation.state == InvitationState::Held {
        return Ok(ActionOutcome::Skipped(Reason::NotToBeSent));
    }
    send(ctx, EmailKind::Invitation, invitation, None, StepKind::InvitationMailed).await
}

/// Mails a reminder, if Lever has nothing against it now.
pub(in crate::jobs) async fn remind(
    ctx: &JobContext,
    action: &Action,
    planned: &Invitation,
) -> Result<ActionOutcome, DbError> {
    let id = planned.id;
    let read = move |conn: &mut Conn| {
        let Some((invitation, has_link)) = with_link(conn, &id)? else { return Ok(None) };
        let settings = candidate_email::settings(conn, &invitation.company_id)?;
        Ok(Some((invitation, settings, has_link)))
    };
    let Some((invitation, settings, has_link)) = ctx.db.read(read).await? else {
        return Ok(ActionOutcome::Skipped(Reason::CandidateErased));
    };
    if let Some(why) = not_now(action, &invitation, &settings, has_link) {
        return Ok(ActionOutcome::Skipped(why));
    }
    send_if_wanted(ctx, EmailKind::Reminder, invitation, action, StepKind::ReminderMailed).await
}

/// An invitation as it is now, and whether its link can still be mailed.
fn with_link(conn: &mut Conn, id: &InvitationId) -> DbResult<Option<(Invitation, bool)>> {
    let Some(invitation) = store::invitation(conn, id)? else { return Ok(None) };
    let has_link = manual_email::has_link(conn, &invitation)?;
    Ok(Some((invitation, has_link)))
}

/// Mails how much time a candidate has who asked for more, if the tests have not begun meanwhile and Lever has nothing against it.
pub(in crate::jobs) async fn answer_about_time(
    ctx: &JobContext,
    action: &Action,
    planned: &Invitation,
) -> Result<ActionOutcome, DbError> {
    let id = planned.id;
    let Some((invitation, has_link)) = ctx.db.read(move |conn| with_link(conn, &id)).await? else {
        return Ok(ActionOutcome::Skipped(Reason::CandidateErased));
    };
    let why = match invitation.state {
        InvitationState::Sent | InvitationState::Opened => (!has_link).then_some(Reason::LinkGone),
        _ => Some(Reason::InvitationOver),
    };
    match why {
        Some(why) => Ok(ActionOutcome::Skipped(why)),
        None => send_if_wanted(ctx, EmailKind::Time, invitation, action, StepKind::AnswerMailed).await,
    }
}

/// Mails to somebody whom Lever still shows as one to be written to; cancels the invitation of others.
async fn send_if_wanted(
    ctx: &JobContext,
    kind: EmailKind,
    invitation: Invitation,
    action: &Action,
    done: StepKind,
) -> Result<ActionOutcome, DbError> {
    match check_with_lever(ctx, &invitation).await? {
        Answer::Write => send(ctx, kind, invitation, Some(action), done).await,
        Answer::Refuse(refusal) => {
            if matches!(refusal, Refusal::Archived | Refusal::Anonymized) {
                let (id, why) = (invitation.id, Reason::CandidateIs { refusal: refusal.reason() });
                // Lever may show it a moment too long: it must show it again.
                if action.reason != why {
                    return Ok(ActionOutcome::Later { why, after: Some(LOOK_AGAIN) });
                }
                ctx.db.write(move |conn| lifecycle::cancel(conn, &id, &why)).await?;
            }
            Ok(ActionOutcome::Skipped(refused(&refusal)))
        }
        Answer::Unavailable(blind) => Ok(cannot_see(blind)),
    }
}

/// Why this reminder is not called for, whatever Lever says.
fn not_now(
    action: &Action,
    invitation: &Invitation,
    settings: &MailSettings,
    has_link: bool,
) -> Option<Reason> {
    let number = reminders::number(action);
    if !reminders::REMINDED.contains(&invitation.state) {
        return Some(Reason::InvitationOver);
    }
    if invitation.expires_at <= Timestamp::now() {
        return Some(Reason::TimeOver);
    }
    if number.is_some_and(|number| number > settings.reminders_most) {
        return Some(Reason::NoMoreReminders);
    }
    (!has_link).then_some(Reason::LinkGone)
}

/// What Lever says about writing to somebody.
enum Answer {
    Write,
    Refuse(Refusal),
    Unavailable(Unavailable),
}

/// Asks Lever whether a candidate is still to be written to, and keeps the address that it has now.
async fn check_with_lever(ctx: &JobContext, invitation: &Invitation) -> Result<Answer, DbError> {
    let opportunity = OpportunityId::from(invitation.opportunity_id.as_str());
    let seen = ctx
        .connections
        .call(&invitation.integration_id, |api| {
            let id = opportunity.clone();
            async move { api.opportunity(&id, &[]).await }
        })
        .await;
    let there: Opportunity = match seen {
        Ok(there) => there,
        Err(cause) => return Ok(Answer::Unavailable(Unavailable::from(cause))),
    };
    if let Some(refusal) = reminders::against(&there) {
        return Ok(Answer::Refuse(refusal));
    }
    let id = invitation.candidate_id;
    let kept = ctx.db.write(move |conn| {
        let known = candidates::candidate(conn, &id)?;
        let name = match (&known.contact_id, there.contact_id()) {
            // The contact is somebody else, with whose address the candidate applied.
            (None, Some(_)) => known.name.as_str(),
            _ => there.name.as_deref().unwrap_or_default().trim(),
        };
        let email = candidates::address_of(&there);
        if known.hired_at.is_some() {
            return Ok(false);
        }
        if (known.name.as_str(), known.email.as_str()) != (name, email.as_str()) {
            candidates::keep_address(conn, &known, name, &email)?;
        }
        Ok(true)
    });
    Ok(if kept.await? { Answer::Write } else { Answer::Refuse(Refusal::Archived) })
}

fn refused(refusal: &Refusal) -> Reason {
    Reason::NotSent { refusal: refusal.reason() }
}

fn cannot_see(blind: Unavailable) -> ActionOutcome {
    match blind {
        Unavailable::Later { why, after } => ActionOutcome::Later { why, after },
        Unavailable::NoAccess(why) => ActionOutcome::Later { why, after: None },
        Unavailable::Hidden => ActionOutcome::Skipped(Reason::NotSentHidden),
        Unavailable::Unknown => ActionOutcome::Skipped(Reason::NotSentUnknown),
        Unavailable::Refused(why) | Unavailable::Never(why) => ActionOutcome::Failed(why),
    }
}

/// Writes and hands over a mail. What is not the invitation has its action's id in its `Message-ID`.
async fn send(
    ctx: &JobContext,
    kind: EmailKind,
    invitation: Invitation,
    own: Option<&Action>,
    done: StepKind,
) -> Result<ActionOutcome, DbError> {
    let draft = ctx.db.write(move |conn| draft(conn, kind, invitation)).await?;
    let Draft { invitation, post, company, candidate, words, text } = draft;
    let link = match link(ctx, &invitation, &candidate.name, &post.language).await {
        Ok(link) => link,
        Err(failure) => return ActionOutcome::from_failure(failure),
    };
    let about = About {
        company: &company,
        name: &candidate.name,
        posting: &invitation.posting_title,
        logic: invitation.tests.logic(),
        personality: invitation.tests.personality(),
        until: invitation.expires_at,
        link: &link,
        is_started: invitation.state == InvitationState::Started,
        time_percent: invitation.time_percent,
    };
    let host = ctx.base_url.host_str().unwrap_or("localhost");
    let message_id = match (own, post.mailing) {
        (Some(action), _) => format!("{kind}-{}@{host}", action.id),
        (None, 0) => format!("invitation-{}@{host}", invitation.id),
        (None, mailing) => format!("invitation-{}-{mailing}@{host}", invitation.id),
    };
    let message = EmailMessage::new(kind, &text, words, about);
    let mut refused: Vec<(String, MailError)> = Vec::new();
    let mut left: Option<Vec<String>> = None;
    let mut to = candidate.email;
    let began = Timestamp::now();
    loop {
        let mail = match message.to_mail(&to, &candidate.name, message_id.clone()) {
            Ok(mail) => mail,
            Err(failure) => {
                return Ok(ActionOutcome::Failed(Reason::MailNotComposed { detail: failure.to_string() }));
            }
        };
        match ctx.mailer.send_as(candidate_email::sender(&company), mail).await {
            Ok(accepted) => {
                let mut step = NewStep::good(done, mailed(to, accepted.0, &refused));
                step.duration_ms = Some(Timestamp::now().since(began));
                return Ok(ActionOutcome::Done(step));
            }
            Err(MailError::TryAgain(why)) => {
                return Ok(ActionOutcome::Later { why: Reason::MailLater { detail: why }, after: None });
            }
            Err(failure @ MailError::Compose(_)) => return Ok(ActionOutcome::Failed(Reason::from(&failure))),
            Err(failure) => refused.push((to, failure)),
        }
        let others = match left.take() {
            Some(others) => others,
            None => match other_addresses(ctx, &invitation, &refused).await {
                Ok(others) => others,
                Err(after) => return Ok(ActionOutcome::Later { why: all_refused(&refused), after }),
            },
        };
        let mut others = others.into_iter();
        match others.next() {
            Some(next) => to = next,
            None => return Ok(ActionOutcome::Failed(all_refused(&refused))),
        }
        left = Some(others.collect());
    }
}

/// The other addresses that Lever has of somebody whose first was refused for good, the best first; none where Lever
/// does not show the candidate. `Err`: Lever can be asked later, not sooner than that.
async fn other_addresses(
    ctx: &JobContext,
    invitation: &Invitation,
    refused: &[(String, MailError)],
) -> Result<Vec<String>, Option<Duration>> {
    let opportunity = OpportunityId::from(invitation.opportunity_id.as_str());
    let seen = ctx.connections.call(&invitation.integration_id, |api| {
        let id = opportunity.clone();
        async move { api.opportunity(&id, &[]).await }
    });
    match seen.await.map_err(Unavailable::from) {
        Ok(there) => {
            let is_new = |address: &String| {
                let key = candidates::address_key(address);
                refused.iter().all(|(tried, _)| candidates::address_key(tried) != key)
            };
            let mut all = candidates::addresses_of(&there);
            all.retain(is_new);
            Ok(all)
        }
        Err(Unavailable::Later { after, .. }) => Err(after),
        Err(_) => Ok(Vec::new()),
    }
}

fn mailed(address: String, answer: String, refused: &[(String, MailError)]) -> Reason {
    if refused.is_empty() {
        return Reason::Mailed { address, answer };
    }
    Reason::MailedInstead { address, answer, refused: Box::new(each_refused(refused)) }
}

/// Why nothing was mailed: what was said of the only address, or of each.
fn all_refused(refused: &[(String, MailError)]) -> Reason {
    match refused {
        [(_, only)] => Reason::from(only),
        several => each_refused(several),
    }
}

fn each_refused(refused: &[(String, MailError)]) -> Reason {
    let of = |(address, failure): &(String, MailError)| match failure {
        MailError::Refused(words) => format!("{address}: {words}"),
        other => other.to_string(),
    };
    Reason::MailRefused { detail: refused.iter().map(of).collect::<Vec<_>>().join("; ") }
}
