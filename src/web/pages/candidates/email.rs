//! What people do about a candidate's mail: resend, remind, cancel. Each is written down as an action and
//! done by the worker in a moment; a second click changes nothing.

use crate::candidates::view::{Full, Invited};
use crate::db::{Conn, DbResult};
use crate::ids::{CandidateId, CompanyId, InvitationId};
use crate::invitations::InvitationState;
use crate::invitations::manual_email;
use crate::invitations::manual_email::ManualEmailOutcome;
use crate::reasons::Reason;
use crate::state::AppState;
use crate::web::{
    Colleague, FlashKind, Form, Found, InCompany, Layout, NoFields, PageError, PageResult, Section, path_id,
    render, see_other,
};
use actix_web::dev::{Path, Url};
use actix_web::web::Data;
use askama::Template;
use serde::Deserialize;

/// Invitations that are sent again with one click, at most.
const MOST: usize = 100;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct InvitationForm {
    invitation: String,
    mailing: i32,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Ticked {
    pick: Vec<String>,
}

#[derive(Template)]
#[template(path = "candidates/cancel.html")]
struct CancelPage {
    layout: Layout,
    candidate: CandidateId,
    invitation: InvitationId,
    /// What the candidate is called.
    name: String,
    is_started: bool,
}

/// The invitation that a form or an address means, of a candidate's.
///
/// # Errors
/// 404 for one that is not theirs.
pub(super) fn invited(full: &Full, invitation: &str) -> Result<Invited, PageError> {
    let invited = full.invitations.iter().find(|(known, _)| known.id.as_str() == invitation);
    invited.map(|(known, _)| known.clone()).ok_or(PageError::NotFound)
}

/// A candidate, and one of their invitations.
impl InCompany for (Full, Invited) {
    type Key = (CandidateId, InvitationId);

    fn key(path: &Path<Url>) -> Option<Self::Key> {
        Some((Full::key(path)?, path_id(path, "invitation", InvitationId::parse)?))
    }

    fn load(conn: &mut Conn, company: &CompanyId, (id, invitation): &Self::Key) -> DbResult<Option<Self>> {
        let Some(full) = Full::load(conn, company, id)? else { return Ok(None) };
        Ok(invited(&full, invitation.as_str()).ok().map(|invited| (full, invited)))
    }
}

/// Says what came of it, on the candidate's page.
fn flash(
    app: &AppState,
    who: &Colleague,
    candidate: &CandidateId,
    asked: ManualEmailOutcome,
    done: &str,
    before: &str,
) -> PageResult {
    match asked {
        ManualEmailOutcome::Planned => {
            app.work.notify_one();
            who.flash(FlashKind::Good, done);
        }
        ManualEmailOutcome::Already => who.flash(FlashKind::Good, before),
        ManualEmailOutcome::No(why) => who.flash(FlashKind::Attention, why.to_string()),
        ManualEmailOutcome::NotActive(_) => {
            let text = "Nothing is sent: the candidate’s Lever account is not connected, or not set up.";
            who.flash(FlashKind::Attention, text);
        }
        ManualEmailOutcome::NotBefore(then) => {
            let then = then.clock_in(&who.company.zone());
            let text = format!("You can send the next reminder at {then}.");
            who.flash(FlashKind::Attention, text);
        }
    }
    Ok(see_other(&format!("/candidates/{candidate}")))
}

/// Mails an invitation again.
pub(super) async fn resend(
    app: Data<AppState>,
    Found(who, full): Found<Colleague, Full>,
    form: Form<InvitationForm>,
) -> PageResult {
    let invited = invited(&full, &form.0.invitation)?;
    let (actor, company, mailing) = (who.actor(), *who.company_id(), form.0.mailing);
    let asked =
        app.db.write(move |conn| manual_email::resend(conn, &actor, &company, &invited.id, mailing)).await?;
    let done = "The invitation is being resent with a new link. The old link stops working.";
    flash(&app, &who, &full.candidate.id, asked, done, "Already resent.")
}

/// Mails a reminder.
pub(super) async fn remind(
    app: Data<AppState>,
    Found(who, full): Found<Colleague, Full>,
    form: Form<InvitationForm>,
) -> PageResult {
    let invited = invited(&full, &form.0.invitation)?;
    let (actor, company) = (who.actor(), *who.company_id());
    let asked = app.db.write(move |conn| manual_email::remind(conn, &actor, &company, &invited.id)).await?;
    let done = "Checking with Lever, then sending the reminder.";
    flash(&app, &who, &full.candidate.id, asked, done, "A reminder is already on its way.")
}

/// Asks before an invitation is cancelled.
pub(super) async fn ask_cancel(Found(who, (full, invited)): Found<Colleague, (Full, Invited)>) -> PageResult {
    if !InvitationState::OPEN.contains(&invited.state) {
        return Ok(see_other(&format!("/candidates/{}", full.candidate.id)));
    }
    let name = if full.candidate.name.is_empty() { "the candidate" } else { &full.candidate.name }.to_owned();
    let layout = who.layout("Cancel the invitation?", Section::Candidates)?;
    let is_started = invited.state == InvitationState::Started;
    render(&CancelPage { layout, candidate: full.candidate.id, invitation: invited.id, name, is_started })
}

/// Cancels an invitation.
pub(super) async fn cancel(
    app: Data<AppState>,
    Found(who, (full, invited)): Found<Colleague, (Full, Invited)>,
    _form: Form<NoFields>,
) -> PageResult {
    let (actor, company) = (who.actor(), *who.company_id());
    let why = Reason::CancelledBy { who: who.user.called().to_owned() };
    let asked =
        app.db.write(move |conn| manual_email::cancel(conn, &actor, &company, &invited.id, &why)).await?;
    flash(&app, &who, &full.candidate.id, asked, "The invitation is cancelled.", "It was already cancelled.")
}

/// Mails the ticked invitations again.
pub(super) async fn resend_ticked(app: Data<AppState>, who: Colleague, form: Form<Ticked>) -> PageResult {
    let picked: Vec<(InvitationId, i32)> = form
        .0
        .pick
        .iter()
        .filter_map(|pick| {
            let (id, mailing) = pick.rsplit_once('.')?;
            Some((InvitationId::parse(id)?, mailing.parse().ok()?))
        })
        .collect();
    if picked.is_empty() {
        who.flash(FlashKind::Attention, "Select the candidates whose invitations you want to resend.");
        return Ok(see_other(super::LIST));
    }
    if picked.len() > MOST {
        return Err(PageError::BadForm(format!("at most {MOST} invitations at a time")));
    }
    let (actor, company) = (who.actor(), *who.company_id());
    let all: Vec<ManualEmailOutcome> =
        app.db.write(move |conn| manual_email::resend_all(conn, &actor, &company, &picked)).await?;
    let planned = all.iter().filter(|asked| **asked == ManualEmailOutcome::Planned).count();
    let left_out = all.len() - planned;
    if planned > 0 {
        app.work.notify_one();
    }
    let mut text = match planned {
        0 => "Nothing was resent.".to_owned(),
        1 => "1 invitation is being resent.".to_owned(),
        many => format!("{many} invitations are being resent."),
    };
    if left_out > 0 {
        text.push_str(&format!(" {left_out} skipped: already resent, or no longer open."));
    }
    who.flash(if planned > 0 { FlashKind::Good } else { FlashKind::Attention }, text);
    Ok(see_other(super::LIST))
}
