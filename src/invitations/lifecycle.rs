//! What was mailed for an invitation, what came of it, and how an invitation ends or is taken up again.

use super::actions::{self, Action, ActionKind, ActionState};
use super::reminders;
use super::store::{self, Invitation, InvitationState};
use crate::candidate_email;
use crate::db::schema::{actions as acts, candidates, invitations, replaced_links};
use crate::db::{Conn, DbResult, dialect};
use crate::ids::{CandidateId, CompanyId, IntegrationId, InvitationId};
use crate::invitations::questions::{self, Question};
use crate::invitations::test_orders;
use crate::reasons::Reason;
use crate::secrets::{Code, Sealed, Sealer};
use crate::time::Timestamp;
use diesel::prelude::*;
use secrecy::SecretString;

/// Invitations that expire in one transaction.
const AT_ONCE: i64 = 100;

/// States in which the tests have not begun; these expire. Who began may finish.
const NOT_BEGUN: [InvitationState; 3] =
    [InvitationState::Pending, InvitationState::Sent, InvitationState::Opened];

/// Writes an invitation down, with the actions that it means.
///
/// # Errors
/// [`crate::db::DbError::is_duplicate`] when there is one for this opportunity and posting.
pub fn add_invitation(conn: &mut Conn, invitation: &Invitation, planned: &[Action]) -> DbResult<()> {
    diesel::insert_into(invitations::table).values(invitation).execute(conn)?;
    questions::over(conn, Question::SameAddress, &invitation.candidate_id)?;
    for action in planned {
        actions::add(conn, action)?;
    }
    Ok(())
}

/// What a code is sealed for.
pub fn place(id: &InvitationId) -> String {
    format!("invitations.code:{id}")
}

/// Remembers the language that a candidate is written to.
pub fn set_language(conn: &mut Conn, id: &InvitationId, language: &str) -> DbResult<()> {
    diesel::update(invitations::table.find(id)).set(invitations::language.eq(language)).execute(conn)?;
    Ok(())
}

/// The language of the candidate with this link, also of an old one.
pub fn language_of_link(conn: &mut Conn, code_hash: &str) -> DbResult<Option<String>> {
    let now: Option<String> = invitations::table
        .filter(invitations::code_hash.eq(code_hash))
        .select(invitations::language)
        .first(conn)
        .optional()?;
    if now.is_some() {
        return Ok(now);
    }
    Ok(replaced_links::table
        .inner_join(invitations::table)
        .filter(replaced_links::code_hash.eq(code_hash))
        .select(invitations::language)
        .first(conn)
        .optional()?)
}

/// The candidate with this link chose a language: reminders come in it, too.
pub fn choose_language(conn: &mut Conn, code_hash: &str, language: &str) -> DbResult<()> {
    diesel::update(invitations::table.filter(invitations::code_hash.eq(code_hash)))
        .set(invitations::language.eq(language))
        .execute(conn)?;
    Ok(())
}

/// Who mailed a newer link in place of this one.
pub fn replaced(conn: &mut Conn, code_hash: &str) -> DbResult<Option<CompanyId>> {
    Ok(replaced_links::table
        .inner_join(invitations::table)
        .filter(replaced_links::code_hash.eq(code_hash))
        .select(invitations::company_id)
        .first(conn)
        .optional()?)
}

/// All links that an invitation had, by their hashes.
pub fn links(conn: &mut Conn, invitation: &Invitation) -> DbResult<Vec<String>> {
    let mut all: Vec<String> = replaced_links::table
        .filter(replaced_links::invitation_id.eq(&invitation.id))
        .select(replaced_links::code_hash)
        .load(conn)?;
    all.push(invitation.code_hash.clone());
    Ok(all)
}

/// These links say from now on that a newer one, that of this invitation, was mailed.
pub fn replace(conn: &mut Conn, links: &[String], by: &InvitationId) -> DbResult<()> {
    let now = Timestamp::now();
    for link in links {
        let replaced = (
            replaced_links::code_hash.eq(link),
            replaced_links::invitation_id.eq(by),
            replaced_links::replaced_at.eq(now),
        );
        diesel::insert_into(replaced_links::table).values(replaced).execute(conn)?;
    }
    Ok(())
}

/// The mail is out. The link stays sealed here for reminders, until the invitation is over.
pub fn mark_sent(conn: &mut Conn, id: &InvitationId) -> DbResult<()> {
    diesel::update(invitations::table.find(id))
        .set((invitations::sent_at.eq(Some(Timestamp::now())), invitations::mail_failure.eq(Reason::None)))
        .execute(conn)?;
    // A quick reader may have opened the link before this is written.
    diesel::update(invitations::table.find(id).filter(invitations::state.eq(InvitationState::Pending)))
        .set(invitations::state.eq(InvitationState::Sent))
        .execute(conn)?;
    reminders::plan(conn, id, 0)
}

/// The mail cannot be sent. Who reads mail and has opened the link stays invited.
pub fn mark_failed(conn: &mut Conn, id: &InvitationId, why: &Reason) -> DbResult<()> {
    diesel::update(invitations::table.find(id)).set(invitations::mail_failure.eq(why)).execute(conn)?;
    let unread = [InvitationState::Pending, InvitationState::Sent];
    diesel::update(invitations::table.find(id).filter(invitations::state.eq_any(unread)))
        .set(invitations::state.eq(InvitationState::Failed))
        .execute(conn)?;
    Ok(())
}

/// A new link and a new term. The old link says from now on that a newer one was mailed; answers so far
/// are kept. `is_begun`: there are answers.
pub fn renew(conn: &mut Conn, sealer: &Sealer, old: &Invitation, is_begun: bool) -> DbResult<Invitation> {
    let (code, now) = (Code::random(), Timestamp::now());
    let settings = candidate_email::settings(conn, &old.company_id)?;
    replace(conn, std::slice::from_ref(&old.code_hash), &old.id)?;
    let new = Invitation {
        state: if is_begun { InvitationState::Started } else { InvitationState::Pending },
        code_hash: code.hash(),
        code_sealed: Some(sealer.seal(&SecretString::from(code.expose()), &place(&old.id))),
        expires_at: now.plus(settings.good_for()),
        opened_at: old.opened_at.filter(|_| is_begun),
        ..old.clone()
    };
    diesel::update(invitations::table.find(&old.id))
        .set((
            invitations::state.eq(new.state),
            invitations::code_hash.eq(&new.code_hash),
            invitations::code_sealed.eq(&new.code_sealed),
            invitations::expires_at.eq(new.expires_at),
            invitations::opened_at.eq(new.opened_at),
            invitations::mailing.eq(invitations::mailing + 1),
            invitations::mail_failure.eq(Reason::None),
            invitations::ended_reason.eq(Reason::None),
        ))
        .execute(conn)?;
    stop(conn, &old.id, &[ActionKind::MailReminder], &Reason::SentAgain)?;
    Ok(new)
}

/// Takes up again an invitation that ended by what Lever showed of the candidate ([`store::ended_by_lever`]), as it is
/// decided now. One that is to be sent gets a new link and a new term; answers so far are kept. `is_begun`: there are
/// some, and the tests stay those that they belong to.
pub fn take_up(
    conn: &mut Conn,
    sealer: &Sealer,
    ended: &InvitationId,
    decided: &Invitation,
    is_begun: bool,
) -> DbResult<Invitation> {
    questions::over(conn, Question::SameAddress, &decided.candidate_id)?;
    let person = candidates::table.find(&decided.candidate_id);
    diesel::update(person).set(candidates::hired_at.eq(None::<Timestamp>)).execute(conn)?;
    let there = invitations::table.find(ended);
    diesel::update(there)
        .set((
            invitations::state.eq(decided.state),
            invitations::reason.eq(&decided.reason),
            invitations::event_id.eq(&decided.event_id),
            invitations::posting_id.eq(&decided.posting_id),
            invitations::posting_title.eq(&decided.posting_title),
            invitations::created_at.eq(decided.created_at),
            invitations::rule_id.eq(&decided.rule_id),
            invitations::progression_stage_id.eq(&decided.progression_stage_id),
        ))
        .execute(conn)?;
    if !is_begun {
        diesel::update(there).set(invitations::tests.eq(decided.tests)).execute(conn)?;
    }
    if decided.state == InvitationState::Cancelled {
        // A mass move that a person took back: that ends it, and not what Lever showed.
        diesel::update(there).set(invitations::ended_reason.eq(Reason::BulkMoveUndone)).execute(conn)?;
    }
    let taken_up: Invitation = there.select(Invitation::as_select()).first(conn)?;
    match decided.state {
        InvitationState::Pending => renew(conn, sealer, &taken_up, is_begun),
        _ => Ok(taken_up),
    }
}

/// Takes an open invitation back: its link ends, nothing more is mailed, and its tag goes from Lever.
/// `false`: it was over already.
pub fn cancel(conn: &mut Conn, id: &InvitationId, why: &Reason) -> DbResult<bool> {
    let ended = take_back(conn, id, &InvitationState::OPEN, why)?;
    if ended {
        tell_lever(conn, id, "cancelled")?;
    }
    Ok(ended)
}

/// The same for an invitation in one of these states; what Lever's tag says is left to the caller.
pub fn take_back(
    conn: &mut Conn,
    id: &InvitationId,
    from: &[InvitationState],
    why: &Reason,
) -> DbResult<bool> {
    dialect::lock_test_session(conn, id)?;
    let open = invitations::table.find(id).filter(invitations::state.eq_any(from));
    let ended = diesel::update(open)
        .set((
            invitations::state.eq(InvitationState::Cancelled),
            invitations::code_sealed.eq(None::<Sealed>),
            invitations::ended_reason.eq(why),
        ))
        .execute(conn)?;
    if ended == 1 {
        stop_mail(conn, id, why)?;
        // An outside provider's link ends with its order.
        test_orders::erase_at_provider(conn, id)?;
    }
    Ok(ended == 1)
}

/// Nothing more is to be mailed: the candidate is through, withdrew, or is wanted no more.
pub fn close(conn: &mut Conn, id: &InvitationId, why: &Reason) -> DbResult<()> {
    diesel::update(invitations::table.find(id))
        .set(invitations::code_sealed.eq(None::<Sealed>))
        .execute(conn)?;
    stop_mail(conn, id, why)
}

fn stop_mail(conn: &mut Conn, id: &InvitationId, why: &Reason) -> DbResult<()> {
    stop(conn, id, &[ActionKind::MailInvitation, ActionKind::MailReminder, ActionKind::MailTime], why)
}

/// Drops what is planned of these kinds.
fn stop(conn: &mut Conn, id: &InvitationId, kinds: &[ActionKind], why: &Reason) -> DbResult<()> {
    diesel::update(acts::table)
        .filter(acts::invitation_id.eq(id).and(acts::state.eq(ActionState::Planned)))
        .filter(acts::kind.eq_any(kinds))
        .set((
            acts::state.eq(ActionState::Skipped),
            acts::reason.eq(why),
            acts::finished_at.eq(Some(Timestamp::now())),
        ))
        .execute(conn)?;
    Ok(())
}

/// Plans that Lever's tag says how the invitation stands.
fn tell_lever(conn: &mut Conn, id: &InvitationId, step: &str) -> DbResult<()> {
    let invitation: Invitation = invitations::table.find(id).select(Invitation::as_select()).first(conn)?;
    let mailing = store::mail_state(conn, id)?.mailing;
    // An invitation can end, be sent again, and end again: each has its own number.
    actions::add_new(conn, &Action::new(ActionKind::AddTag, &invitation, &format!("{step}-{mailing}")))?;
    Ok(())
}

/// Plans that Lever's tag says that somebody is invited again.
pub fn tell_lever_of_resend(conn: &mut Conn, id: &InvitationId) -> DbResult<()> {
    tell_lever(conn, id, "resent")
}

/// Whether an account has invitations whose time is over.
pub type Ending = diesel::dsl::Filter<
    invitations::table,
    diesel::dsl::And<
        diesel::dsl::EqAny<invitations::state, [InvitationState; 3]>,
        diesel::dsl::LtEq<invitations::expires_at, Timestamp>,
    >,
>;

/// Invitations whose time to begin is over, not yet said so.
pub fn ending(now: Timestamp) -> Ending {
    invitations::table.filter(invitations::state.eq_any(NOT_BEGUN).and(invitations::expires_at.le(now)))
}

/// Ends what nobody began in time; a hundred at most. Answers how many there were.
pub fn expire(conn: &mut Conn, integration: &IntegrationId, now: Timestamp) -> DbResult<usize> {
    let late: Vec<InvitationId> = ending(now)
        .filter(invitations::integration_id.eq(integration))
        .order(invitations::expires_at.asc())
        .limit(AT_ONCE)
        .select(invitations::id)
        .load(conn)?;
    for id in &late {
        dialect::lock_test_session(conn, id)?;
        let still = ending(now).filter(invitations::id.eq(id)).select(invitations::id);
        let ended = diesel::update(
            invitations::table.filter(invitations::id.eq_any(still.load::<InvitationId>(conn)?)),
        )
        .set((invitations::state.eq(InvitationState::Expired), invitations::code_sealed.eq(None::<Sealed>)))
        .execute(conn)?;
        if ended == 1 {
            stop_mail(conn, id, &Reason::TimeOver)?;
            tell_lever(conn, id, "expired")?;
        }
    }
    Ok(late.len())
}

/// Invitations of an account whose mail failed; counts up to `most`.
pub fn failed(conn: &mut Conn, company: &CompanyId, integration: &IntegrationId, most: i64) -> DbResult<i64> {
    let found: Vec<InvitationId> = invitations::table
        .filter(invitations::company_id.eq(company).and(invitations::state.eq(InvitationState::Failed)))
        .filter(invitations::integration_id.eq(integration))
        .limit(most)
        .select(invitations::id)
        .load(conn)?;
    Ok(i64::try_from(found.len()).unwrap_or(most))
}

/// Marks a candidate as hired and ends the invitations that are open; answers how many.
pub fn hired(conn: &mut Conn, id: &CandidateId) -> DbResult<usize> {
    diesel::update(candidates::table.find(id).filter(candidates::hired_at.is_null()))
        .set(candidates::hired_at.eq(Some(Timestamp::now())))
        .execute(conn)?;
    end_open(conn, id, &Reason::CandidateHired)
}

/// Ends the invitations of a candidate that are open, and says why; answers how many. Whether to invite is no question
/// any more.
pub fn end_open(conn: &mut Conn, id: &CandidateId, why: &Reason) -> DbResult<usize> {
    questions::over(conn, Question::SameAddress, id)?;
    let open: Vec<InvitationId> = invitations::table
        .filter(invitations::candidate_id.eq(id).and(invitations::state.eq_any(InvitationState::OPEN)))
        .select(invitations::id)
        .load(conn)?;
    let mut ended = 0;
    for id in &open {
        ended += usize::from(cancel(conn, id, why)?);
    }
    Ok(ended)
}
