//! `/audit/evidence`: one file with everything that an auditor needs of a span of time or of a candidate.

use crate::audit::{self, Action};
use crate::blocking::OneOfFew;
use crate::candidates::view;
use crate::checkpoints::{self, CheckpointError, Kept};
use crate::events::evidence as events;
use crate::events::export::Proofs;
use crate::events::select::{Scope, Selection};
use crate::evidence::{self, MOST_EVENTS, Out, PackError, Plan};
use crate::ids::{CandidateId, CompanyId};
use crate::invitations::candidates::Candidate;
use crate::state::AppState;
use crate::time::Timestamp;
use crate::web::{
    Auditing, Confirmed, FieldErrors, Form, FormText, Layout, PageError, PageResult, Params, Section,
    TimeFilter, absent_is_none, chosen_id, one_of_few, render_with,
};
use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use actix_web::web::{self, Bytes, Data};
use askama::Template;
use futures_util::stream;
use serde_json::json;
use std::time::Duration;
use tokio::sync::mpsc;

/// Parts of the file that may wait for the reader.
const WAITING: usize = 4;

pub(super) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.route("/audit/evidence", web::get().to(page)).route("/audit/evidence.zip", web::post().to(file));
}

#[derive(Template)]
#[template(path = "evidence.html")]
struct EvidencePage {
    layout: Layout,
    errors: FieldErrors,
    params: Params,
    /// The candidate that it is about, and the name.
    candidate: Option<(CandidateId, String)>,
}

async fn page(app: Data<AppState>, who: Auditing, params: Params) -> PageResult {
    show(&app, &who, params, FieldErrors::default()).await
}

async fn show(app: &AppState, who: &Auditing, params: Params, errors: FieldErrors) -> PageResult {
    let candidate = candidate(app, who, params.get("candidate")).await?;
    let candidate = candidate.map(|candidate| (candidate.id, candidate.name));
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let layout = who.layout("Evidence", Section::Audit)?;
    render_with(status, &EvidencePage { layout, errors, params, candidate })
}

/// The candidate of this company that is asked for.
async fn candidate(app: &AppState, who: &Auditing, id: Option<&str>) -> Result<Option<Candidate>, PageError> {
    let Some(id) = chosen_id(id.unwrap_or_default(), "", CandidateId::parse)? else { return Ok(None) };
    let company = *who.company_id();
    let found = app.db.read(move |conn| absent_is_none(view::candidate(conn, &company, &id))).await?;
    found.map(Some).ok_or(PageError::NotFound)
}

/// Signs where the log ends, and streams the file.
async fn file(app: Data<AppState>, who: Confirmed<Auditing>, form: Form<FormText>) -> PageResult {
    let fields = ["from", "to", "candidate"].map(|name| (name, form.0.text(name)));
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let params = Params::parse(&query);
    let span = match TimeFilter::parse(&params, &who.company.zone()) {
        Ok(span) => span,
        Err(errors) => return show(&app, &who, params, errors).await,
    };
    let candidate = candidate(&app, &who, params.get("candidate")).await?;
    let selection = Selection {
        integration: candidate.as_ref().map(|candidate| candidate.integration_id),
        text: candidate.as_ref().map(|candidate| candidate.opportunity_id.clone()),
        from: span.from,
        until: span.until,
        ..Selection::default()
    };
    let company = *who.company_id();
    let place = one_of_few(&app, company)?;
    let (scope, is_too_much) = app
        .db
        .read(move |conn| {
            let scope = Scope::of_selection(conn, &company, selection)?;
            let is_too_much = events::are_more_than(conn, &scope, MOST_EVENTS)?;
            Ok((scope, is_too_much))
        })
        .await?;
    if is_too_much {
        let mut errors = FieldErrors::default();
        errors.add("from", format!("There are more than {MOST_EVENTS} events. Choose a shorter time span."));
        return show(&app, &who, params, errors).await;
    }
    let detail = json!({
        "from": params.text("from"), "to": params.text("to"), "candidate": candidate.as_ref().map(|one| one.id),
    });
    let actor = who.actor();
    app.db
        .write(move |conn| {
            audit::record(conn, &company, &actor, Action::DataTaken, "POST /audit/evidence.zip", &detail)
        })
        .await?;
    let checkpoint = checkpoint(&app, &who).await?;
    let (sealer, last) = (app.sealer.clone(), checkpoint.seq);
    let signed = app.db.read(move |conn| audit::row(conn, &company, last)).await?;
    // The row that the checkpoint names is in the file, however short the span.
    let signed_at = signed.map(|(row, _)| row.at.minus(Duration::from_secs(1)));
    let key = app.db.try_read(move |conn| checkpoints::public_key(conn, &sealer, &company)).await;
    let key = key.map_err(PageError::internal)?.map(|key| key.to_string()).unwrap_or_default();
    let asked_from = candidate.as_ref().map(|candidate| candidate.created_at).or(span.from);
    let at = Timestamp::now().zoned(&who.company.zone());
    let name = format!("evidence-{}.zip", at.strftime("%Y-%m-%d"));
    let plan = Plan {
        company,
        name: who.company.name.clone(),
        about: about(candidate.as_ref(), &params),
        scope,
        proofs: if who.user.role.may_configure() { Proofs::Shown } else { Proofs::Masked },
        audit_from: asked_from.map(|from| signed_at.map_or(from, |signed| from.min(signed))),
        checkpoint,
        public_key: key,
        at,
    };
    Ok(HttpResponse::Ok()
        .content_type("application/zip")
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .streaming(written(&app, plan, place)))
}

/// What the pack is about, in words.
fn about(candidate: Option<&Candidate>, params: &Params) -> String {
    let span = match (params.get("from"), params.get("to")) {
        (None, None) => "all time".to_owned(),
        (Some(from), None) => format!("from {from}"),
        (None, Some(to)) => format!("until {to}"),
        (Some(from), Some(to)) => format!("{from} to {to}"),
    };
    match candidate {
        Some(candidate) => {
            format!("the candidate {} (opportunity {}), {span}", candidate.name, candidate.opportunity_id)
        }
        None => format!("all events, {span}"),
    }
}

/// A checkpoint of now; one that is less than a minute old does as well.
async fn checkpoint(app: &AppState, who: &Auditing) -> Result<Kept, PageError> {
    let company = *who.company_id();
    let last = app.db.read(move |conn| checkpoints::newest(conn, &company)).await?;
    if let Some(last) = last.filter(|last| last.made_at.plus(checkpoints::AGAIN) > Timestamp::now()) {
        return Ok(last);
    }
    match checkpoints::make(&app.db, &app.sealer, company, &who.company.name).await {
        Ok((kept, _)) => Ok(kept),
        Err(CheckpointError::Db(failure)) => Err(failure.into()),
        Err(broken @ CheckpointError::Broken { .. }) => Err(PageError::Explained {
            status: StatusCode::CONFLICT,
            title: "The evidence can't be created".to_owned(),
            text: format!("The log is not intact, so no checkpoint was signed: {broken}."),
        }),
        Err(other) => Err(PageError::internal(other)),
    }
}

/// Hands parts over to the reader.
struct Handed(mpsc::Sender<Result<Bytes, PageError>>);

impl Out for Handed {
    async fn accept(&mut self, bytes: Vec<u8>) -> bool {
        self.0.send(Ok(bytes.into())).await.is_ok()
    }
}

/// The file as it is written. A failure on the way ends the connection without the end of the file.
fn written(
    app: &AppState,
    plan: Plan,
    place: OneOfFew<CompanyId>,
) -> impl futures_util::Stream<Item = Result<Bytes, PageError>> + use<> {
    let (sender, receiver) = mpsc::channel(WAITING);
    let db = app.db.clone();
    actix_web::rt::spawn(async move {
        let _until_the_end = place;
        let mut out = Handed(sender);
        match evidence::write(&db, plan, &mut out).await {
            Ok(()) | Err(PackError::Gone) => {}
            Err(failure) => {
                tracing::warn!(%failure, "an evidence pack was not completed");
                let _ = out.0.send(Err(PageError::internal(failure))).await;
            }
        }
    });
    stream::unfold(receiver, |mut receiver| async { receiver.recv().await.map(|part| (part, receiver)) })
}
