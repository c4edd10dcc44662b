//! `/verify/{code}`: the verification test, taken where somebody watches.

use super::MaybeForm;
use super::agreement;
use super::begin::rules;
use super::frame::{Frame, choose_language, language, show_larger, sorry};
use super::opened::LanguageForm;
use super::task::{self, AnswerForm, Clock};
use crate::secrets::Code;
use crate::state::AppState;
use crate::test_sessions::verification::{self, Step};
use crate::test_sessions::{AccessRefused, TestSessionError};
use crate::web::{FlashKind, NoFields, PageError, PageResult, Visitor, render, render_with, see_other};
use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path};
use askama::Template;
use assessment::session::Outcome;

pub(super) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.route("/verify/{code}", web::get().to(page));
    cfg.route("/verify/{code}/begin", web::post().to(begin));
    cfg.route("/verify/{code}/language", web::post().to(choose));
    cfg.route("/verify/{code}/answer", web::post().to(answer));
}

fn path_of(code: &Code) -> String {
    let code: String = url::form_urlencoded::byte_serialize(code.expose().as_bytes()).collect();
    format!("/verify/{code}")
}

#[derive(Template)]
#[template(path = "assessment/verify.html")]
struct VerifyPage {
    frame: Frame,
    screen: Screen,
}

enum Screen {
    Begins {
        /// What is read before, and agreed to by beginning.
        lines: Vec<String>,
    },
    /// The next task waits.
    Paused,
    Over,
}

fn failed(failure: TestSessionError) -> PageError {
    match failure {
        TestSessionError::Db(failure) => failure.into(),
        TestSessionError::AccessRefused(_) => PageError::NotFound,
        other => PageError::internal(other),
    }
}

/// The link leads nowhere, or not any more: in the candidate's language.
fn nowhere(visitor: &Visitor, req: &HttpRequest, code: &Code) -> PageResult {
    sorry(visitor, req, code, TestSessionError::AccessRefused(Box::new(AccessRefused::Unknown)))
}

/// Shows what is next. Changes nothing.
async fn page(app: Data<AppState>, visitor: Visitor, code: Path<String>, req: HttpRequest) -> PageResult {
    app.engine.prepare().await;
    show(&app, &visitor, &req, &Code::given(&code), false).await
}

async fn show(
    app: &Data<AppState>,
    visitor: &Visitor,
    req: &HttpRequest,
    code: &Code,
    choose: bool,
) -> PageResult {
    let (held, engine) = (code.clone(), app.engine.clone());
    let shown = app.db.try_read(move |conn| {
        let Some(open) = verification::peek(conn, &engine, &held)? else { return Ok(None) };
        let company = open.company.clone();
        Ok::<_, TestSessionError>(Some((company, open.look())))
    });
    let Some((company, step)) = shown.await.map_err(failed)? else { return nowhere(visitor, req, code) };
    let mut frame = Frame::new(visitor, req, code, Some(&company))?;
    frame.path = path_of(code);
    let (title, screen) = match step {
        Step::Task { task, left_ms, away } => {
            let mut page = task::page(frame, &task, Clock::with_left(left_ms), away, choose);
            page.is_verification = true;
            let status = if choose { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
            return render_with(status, &page);
        }
        Step::NotBegun { of, limit_ms } => {
            let lines = agreement::verification(frame.words, &company, &rules(frame.words, of, limit_ms));
            (frame.words.say1("verify", "company", &company.name), Screen::Begins { lines })
        }
        Step::Paused => (frame.words.say("mail-continue"), Screen::Paused),
        Step::Done => (frame.words.say("verify-done"), Screen::Over),
    };
    render(&VerifyPage { frame: frame.titled(title), screen })
}

/// The candidate begins, or goes on.
async fn begin(
    app: Data<AppState>,
    visitor: Visitor,
    code: Path<String>,
    form: MaybeForm<NoFields>,
    req: HttpRequest,
) -> PageResult {
    let code = Code::given(&code);
    app.engine.prepare().await;
    if form.is_err() {
        return show(&app, &visitor, &req, &code, false).await;
    }
    let (held, engine) = (code.clone(), app.engine.clone());
    let words = language(&visitor, &req);
    let begun = app.db.try_write(move |conn| match verification::enter(conn, &engine, &held)? {
        Some(open) => {
            let (of, limit_ms) = open.rules();
            let lines = agreement::verification(words, &open.company, &rules(words, of, limit_ms));
            let agreed = agreement::kept(words, &open.company, lines);
            open.go_on(conn, &agreed).map(Some)
        }
        None => Ok(None),
    });
    let Some(step) = begun.await.map_err(failed)? else { return nowhere(&visitor, &req, &code) };
    if let Step::Task { away: Some(away), .. } = step {
        visitor.flash(FlashKind::Attention, task::was_away(language(&visitor, &req), away));
    }
    Ok(see_other(&path_of(&code)))
}

/// The candidate chooses a language.
async fn choose(visitor: Visitor, code: Path<String>, form: MaybeForm<LanguageForm>) -> PageResult {
    if let Ok(form) = form {
        choose_language(&visitor, &form.0.lang)?;
    }
    Ok(see_other(&path_of(&Code::given(&code))))
}

/// Takes an answer. An answer to an earlier step changes nothing.
async fn answer(
    app: Data<AppState>,
    visitor: Visitor,
    code: Path<String>,
    form: MaybeForm<AnswerForm>,
    req: HttpRequest,
) -> PageResult {
    let code = Code::given(&code);
    app.engine.prepare().await;
    let Ok(form) = form else { return show(&app, &visitor, &req, &code, false).await };
    let form = form.0;
    let choice = form.choice();
    show_larger(&visitor, !form.larger.is_empty())?;
    if choice.is_none() && form.pass.is_empty() && form.time_up.is_empty() {
        return show(&app, &visitor, &req, &code, true).await;
    }
    let (held, engine) = (code.clone(), app.engine.clone());
    let taken = app.db.try_write(move |conn| match verification::enter(conn, &engine, &held)? {
        Some(open) => open.answer(conn, form.step, choice, form.left_page).map(Some),
        None => Ok(None),
    });
    match taken.await {
        Ok(Some(Outcome::TooLate)) => {
            visitor.flash(FlashKind::Attention, language(&visitor, &req).say("time-over"));
        }
        Ok(Some(_)) | Err(TestSessionError::Impossible(_) | TestSessionError::NotBegun) => {}
        Ok(None) => return nowhere(&visitor, &req, &code),
        Err(failure) => return Err(failed(failure)),
    }
    Ok(see_other(&path_of(&code)))
}
