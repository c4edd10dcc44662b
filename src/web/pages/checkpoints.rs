//! `/audit/checkpoints`: the signed ends of the audit log, the key that checks them, and where they go.

use crate::alert_webhooks::guard;
use crate::checkpoints::{self, CheckpointError, Kept, Settings, note::PublicKey};
use crate::db::{Conn, DbResult};
use crate::ids::{CheckpointId, CompanyId};
use crate::state::AppState;
use crate::time::Timestamp;
use crate::web::{
    Admin, Auditing, FieldErrors, FlashKind, Form, FormText, FormToConfirm, Found, InCompany, Layout,
    NoFields, PageError, PageResult, Section, SignedIn, path_id, render_with, see_other,
};
use actix_web::HttpResponse;
use actix_web::dev::{Path, Url};
use actix_web::http::{StatusCode, header};
use actix_web::web::{self, Data};
use askama::Template;
use secrecy::ExposeSecret as _;

const PATH: &str = "/audit/checkpoints";

pub(super) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.route(PATH, web::get().to(page))
        .route(PATH, web::post().to(make))
        .route("/audit/checkpoints/settings", web::post().to(save))
        .route("/audit/checkpoints/{id}.txt", web::get().to(file));
}

#[derive(Template)]
#[template(path = "checkpoints.html")]
struct CheckpointsPage {
    layout: Layout,
    errors: FieldErrors,
    all: Vec<Kept>,
    key: Option<PublicKey>,
    settings: Settings,
    url: String,
}

async fn page(app: Data<AppState>, who: Auditing) -> PageResult {
    show(&app, &who, FieldErrors::default(), None).await
}

async fn show(app: &AppState, who: &SignedIn, errors: FieldErrors, typed: Option<FormText>) -> PageResult {
    let (company, sealer) = (*who.company_id(), app.sealer.clone());
    let (all, key, mut settings) = app
        .db
        .try_read(move |conn| {
            let key = checkpoints::public_key(conn, &sealer, &company)?;
            Ok::<_, CheckpointError>((
                checkpoints::list(conn, &company)?,
                key,
                checkpoints::settings(conn, &company)?,
            ))
        })
        .await
        .map_err(internal)?;
    let layout = who.layout("Checkpoints", Section::Audit)?;
    let saved = checkpoints::address(&settings, &app.sealer).map_err(PageError::internal)?;
    // The address opens something at many receivers: who cannot change it does not read it.
    let saved = saved.as_ref().map(|url| url.expose_secret()).map(|url| match layout.may_configure() {
        true => url.to_owned(),
        false => crate::alert_webhooks::label(url),
    });
    let url = match &typed {
        Some(form) => {
            settings.mails_auditors = i32::from(form.is_on("mails_auditors"));
            form.text("checkpoint_url").to_owned()
        }
        None => saved.unwrap_or_default(),
    };
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    render_with(status, &CheckpointsPage { layout, errors, all, key, settings, url })
}

fn internal(failure: CheckpointError) -> PageError {
    match failure {
        CheckpointError::Db(failure) => failure.into(),
        other => PageError::internal(other),
    }
}

/// Signs where the log ends now. Who reads the log may ask: nothing else changes.
async fn make(app: Data<AppState>, who: Auditing, _form: Form<NoFields>) -> PageResult {
    let company = *who.company_id();
    let last = app.db.read(move |conn| checkpoints::newest(conn, &company)).await?;
    if last.is_some_and(|last| last.made_at.plus(checkpoints::AGAIN) > Timestamp::now()) {
        who.flash(FlashKind::Attention, "The last checkpoint is less than a minute old. Use that one.");
        return Ok(see_other(PATH));
    }
    let actor = who.actor();
    app.db
        .write(move |conn| match checkpoints::is_due(conn, &company)? {
            true => checkpoints::asked(conn, &company, &actor),
            // A row about it would be the only thing that it stands for.
            false => Ok(()),
        })
        .await?;
    match checkpoints::make(&app.db, &app.sealer, company, &who.company.name).await {
        Ok((kept, true)) => {
            let rows = kept.seq;
            app.db.write(move |conn| checkpoints::send(conn, &kept)).await?;
            who.flash(
                FlashKind::Good,
                format!("A checkpoint of {rows} rows was signed. Download it and keep it."),
            );
        }
        Ok((_, false)) => {
            who.flash(
                FlashKind::Good,
                "Nothing has changed since the last checkpoint, so it is still current.",
            );
        }
        Err(broken @ CheckpointError::Broken { .. }) => {
            who.flash(FlashKind::Failed, format!("No checkpoint was signed: {broken}."));
        }
        Err(other) => return Err(internal(other)),
    }
    Ok(see_other(PATH))
}

/// Saves where checkpoints go: they are what an auditor checks the log against, so nobody sends them elsewhere, or stops
/// them, in a session that was left open.
async fn save(app: Data<AppState>, who: Admin, form: FormToConfirm<FormText>) -> PageResult {
    let form = form.confirmed(&who)?;
    let typed = form.text("checkpoint_url").trim();
    let url = match typed {
        "" => None,
        typed => match guard::parse(typed, app.alerts.is_trial()) {
            Ok(url) => Some(url.to_string()),
            Err(why) => {
                let mut errors = FieldErrors::default();
                errors.add("checkpoint_url", why.sentence());
                return show(&app, &who, errors, Some(form)).await;
            }
        },
    };
    let (company, actor, sealer) = (*who.company_id(), who.actor(), app.sealer.clone());
    let mails = form.is_on("mails_auditors");
    let changed = app
        .db
        .write(move |conn| checkpoints::configure(conn, &sealer, &company, &actor, mails, url.as_deref()))
        .await?;
    who.saved(changed, PATH)
}

impl InCompany for Kept {
    type Key = CheckpointId;

    fn key(path: &Path<Url>) -> Option<CheckpointId> {
        path_id(path, "id", CheckpointId::parse)
    }

    fn load(conn: &mut Conn, company: &CompanyId, id: &CheckpointId) -> DbResult<Option<Self>> {
        checkpoints::find(conn, company, id)
    }
}

/// One checkpoint as it was signed, byte for byte.
async fn file(Found(who, kept): Found<Auditing, Kept>) -> PageResult {
    let name = format!("checkpoint-{}-row-{}.txt", kept.made_at.date_in(&who.company.zone()), kept.seq);
    Ok(HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .body(kept.note))
}
