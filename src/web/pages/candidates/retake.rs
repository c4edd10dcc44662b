//! **Allow retaking**: a page that names what follows and asks for the candidate's name, and the act.

use crate::invitations::candidates::Candidate;
use crate::state::AppState;
use crate::test_sessions::retake as act;
use crate::test_sessions::retake::{Refused, RetakeError};
use crate::web::{
    Colleague, FieldErrors, FlashKind, Form, Found, Layout, PageError, PageResult, Section, render,
    render_with, see_other,
};
use actix_web::http::StatusCode;
use actix_web::web::Data;
use askama::Template;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "candidates/retake.html")]
struct RetakePage {
    layout: Layout,
    candidate: Candidate,
    errors: FieldErrors,
    /// The postings whose results go.
    postings: Vec<String>,
    typed: String,
}

impl RetakePage {
    fn asked_name(&self) -> &str {
        act::asked_name(&self.candidate)
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct RetakeForm {
    full_name: String,
}

async fn page(
    app: &AppState,
    who: &Colleague,
    candidate: Candidate,
    errors: FieldErrors,
    typed: String,
) -> Result<RetakePage, PageError> {
    let asked = candidate.clone();
    let all = app.db.read(move |conn| act::with_results(conn, &asked)).await?;
    let postings = all.into_iter().map(|one| one.posting_title).collect();
    let layout = who.layout("Allow retaking the tests?", Section::Candidates)?;
    Ok(RetakePage { layout, candidate, errors, postings, typed })
}

pub(super) async fn confirm(
    app: Data<AppState>,
    Found(who, candidate): Found<Colleague, Candidate>,
) -> PageResult {
    render(&page(&app, &who, candidate, FieldErrors::default(), String::new()).await?)
}

/// Removes the results and makes the invitation. 422 gives the form back with what was typed.
pub(super) async fn allow(
    app: Data<AppState>,
    Found(who, candidate): Found<Colleague, Candidate>,
    form: Form<RetakeForm>,
) -> PageResult {
    let id = candidate.id;
    let typed = form.0.full_name;
    let (sealer, company, actor) = (app.sealer.clone(), *who.company_id(), who.actor());
    let name = typed.clone();
    let allowed = app.db.try_write(move |conn| act::allow(conn, &sealer, &company, &id, &name, &actor)).await;
    let mut errors = FieldErrors::default();
    match allowed {
        Ok(allowed) => {
            app.work.notify_one();
            who.flash(
                FlashKind::Good,
                if allowed.is_invited_anew {
                    "The results were removed, and a new invitation is on its way."
                } else {
                    "The results were removed. The open invitation stays valid."
                },
            );
            return Ok(see_other(&format!("/candidates/{id}")));
        }
        Err(RetakeError::Db(cause)) => return Err(cause.into()),
        Err(RetakeError::Refused(Refused::NoSuchCandidate)) => return Err(PageError::NotFound),
        Err(RetakeError::Refused(Refused::OtherName)) => {
            errors.add("full_name", "This is not the candidate's full name. Type it exactly as shown above.");
        }
        Err(RetakeError::Refused(Refused::NoResults)) => {
            errors =
                FieldErrors::of_form("This person no longer has results, so there is nothing to retake.");
        }
        Err(RetakeError::Refused(Refused::NotInvited)) => {
            errors = FieldErrors::of_form(
                "This candidate was never invited, so there is no invitation to repeat.",
            );
        }
        Err(RetakeError::Refused(Refused::NoEmail)) => {
            errors =
                FieldErrors::of_form("Lever has no email address for this candidate. Add one there first.");
        }
    }
    render_with(StatusCode::UNPROCESSABLE_ENTITY, &page(&app, &who, candidate, errors, typed).await?)
}
