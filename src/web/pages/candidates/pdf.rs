//! `/candidates/{id}/report.pdf`: the report of a candidate's tests as a file.

use crate::candidates::view::Full;
use crate::ids::InvitationId;
use crate::report::{self, About, Extent, Report};
use crate::state::AppState;
use crate::test_sessions::{results, verification};
use crate::web::{Found, PageError, PageResult, SignedIn, form_id};
use actix_web::HttpResponse;
use actix_web::http::header::{
    Charset, ContentDisposition, DispositionParam, DispositionType, ExtendedValue,
};
use actix_web::web::{Data, Query};
use serde::Deserialize;

#[derive(Deserialize)]
pub(super) struct Asked {
    /// Of which invitation; without it, of the newest that is complete.
    invitation: Option<String>,
}

/// The full report, once all tests are done.
pub(super) async fn download(
    app: Data<AppState>,
    Found(who, full): Found<SignedIn, Full>,
    asked: Query<Asked>,
) -> PageResult {
    let wanted = asked.into_inner().invitation.map(|id| form_id(&id, InvitationId::parse)).transpose()?;
    let (company, id) = (*who.company_id(), full.candidate.id);
    let sealer = app.sealer.clone();
    let (outcomes, verified) = app
        .db
        .read(move |conn| {
            let outcomes = results::of_candidates(conn, &sealer, &company, &[id])?;
            let verified = verification::of_outcomes(conn, &sealer, outcomes.iter())?;
            Ok((outcomes, verified))
        })
        .await?;
    let is_wanted = |id: &InvitationId| wanted.as_ref().is_none_or(|wanted| wanted == id);
    let outcome = outcomes.into_iter().find(|outcome| is_wanted(&outcome.invitation));
    let outcome = outcome.ok_or(PageError::NotFound)?;
    let invitation = full.invitations.iter().find(|(known, _)| known.id == outcome.invitation);
    let posting = invitation.map(|(known, _)| known.posting_title.clone()).unwrap_or_default();
    let (zone, company, candidate) =
        (who.company.zone(), who.company.name.clone(), full.candidate.name.clone());
    let link = app.link(&format!("/candidates/{}", full.candidate.id));
    let name = if candidate.is_empty() { "candidate".to_owned() } else { candidate.clone() };
    let writing = report::in_turn_soon(move || {
        let report = Report::of_outcome(&outcome).beside(&verified);
        let completed = report.completed_at.day_in(&zone);
        let about = About {
            company: &company,
            candidate: &candidate,
            posting: &posting,
            completed: &completed,
            link: link.as_str(),
        };
        report::pdf(&report, about, Extent::Full)
    });
    let written = writing.await.map_err(PageError::internal)?.ok_or(PageError::Busy(5))?;
    let bytes = written.map_err(PageError::internal)?;
    let file = DispositionParam::FilenameExt(ExtendedValue {
        charset: Charset::Ext("UTF-8".to_owned()),
        language_tag: None,
        value: format!("Test results {name}.pdf").into_bytes(),
    });
    let disposition = ContentDisposition { disposition: DispositionType::Attachment, parameters: vec![file] };
    Ok(HttpResponse::Ok().content_type("application/pdf").insert_header(disposition).body(bytes))
}
