//! A second logic test where somebody watches: the company offers it, and gets the link once.

use crate::candidates::view::Full;
use crate::ids::CandidateId;
use crate::state::AppState;
use crate::test_sessions::TestSessionError;
use crate::test_sessions::verification::{self, Refused};
use crate::web::{
    Colleague, FlashKind, Form, Found, Layout, PageError, PageResult, Section, render, see_other,
};
use actix_web::web::Data;
use askama::Template;
use serde::Deserialize;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct VerifyForm {
    invitation: String,
}

#[derive(Template)]
#[template(path = "candidates/verify.html")]
struct VerifyPage {
    layout: Layout,
    candidate: CandidateId,
    link: String,
}

/// Makes the test and shows its link.
pub(super) async fn offer(
    app: Data<AppState>,
    Found(who, full): Found<Colleague, Full>,
    form: Form<VerifyForm>,
) -> PageResult {
    let id = full.candidate.id;
    let invitation = super::email::invited(&full, &form.0.invitation)?.id;
    let (company, actor, engine) = (*who.company_id(), who.actor(), app.engine.clone());
    let offered =
        app.db.try_write(move |conn| verification::offer(conn, &engine, &company, &invitation, &actor));
    let offered = offered.await.map_err(|failure| match failure {
        TestSessionError::Db(failure) => failure.into(),
        other => PageError::internal(other),
    })?;
    match offered {
        Ok(code) => {
            let link = app.link(&format!("/verify/{}", code.expose())).to_string();
            let layout = who.layout("Verification test", Section::Candidates)?;
            render(&VerifyPage { layout, candidate: id, link })
        }
        Err(Refused::NothingToVerify) => Err(PageError::NotFound),
        Err(Refused::Begun) => {
            who.flash(
                FlashKind::Attention,
                "The verification test has already been started. There is one per result.",
            );
            Ok(see_other(&format!("/candidates/{id}")))
        }
    }
}
