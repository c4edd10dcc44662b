//! What candidates can ask for once the tests are done: a person who looks at the result, their data, and to be counted.

use super::frame::{language, sorry, stale};
use super::{MaybeForm, path_of, taken};
use crate::secrets::Code;
use crate::state::AppState;
use crate::test_sessions;
use crate::test_sessions::groups::{Group, Question};
use crate::test_sessions::{
    Received, TestSessionError, download, groups as counts, more_time as time, reviews,
};
use crate::web::{FlashKind, NoFields, PageError, PageResult, Seen, Visitor, see_other};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

/// So long a text may be (characters).
const LONGEST: usize = 1_000;

/// Without what cannot be read, and no longer than it may be.
pub(super) fn clean(text: &str) -> String {
    let readable = text.chars().filter(|c| *c == '\n' || !c.is_control());
    readable.take(LONGEST).collect::<String>().trim().to_owned()
}

/// Back to the candidate's page with a word of what was done or why nothing was, or the page that says why it was not. `messages`:
/// for what is kept, and for what comes too late.
pub(super) fn answered(
    visitor: &Visitor,
    req: &HttpRequest,
    code: &Code,
    done: Result<Received, TestSessionError>,
    messages: [&str; 2],
) -> PageResult {
    let (kind, message) = match done {
        Ok(Received::Kept) => (FlashKind::Good, messages[0]),
        Ok(Received::TooEarly) => (FlashKind::Attention, "not-yet"),
        Ok(Received::TooLate) => (FlashKind::Attention, messages[1]),
        Err(failure) => return sorry(visitor, req, code, failure),
    };
    visitor.flash(kind, language(visitor, req).say(message));
    Ok(see_other(&path_of(code)))
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct ReviewForm {
    text: String,
}

/// Asks for a person to look at the result.
pub(super) async fn review(
    app: Data<AppState>,
    visitor: Visitor,
    code: Path<String>,
    form: MaybeForm<ReviewForm>,
    req: HttpRequest,
) -> PageResult {
    let code = Code::given(&code);
    let Ok(form) = form else { return stale(&visitor, &req, &code) };
    let (held, engine, text) = (code.clone(), app.engine.clone(), clean(&form.0.text));
    let asked = app.db.try_write(move |conn| {
        let access = test_sessions::enter(conn, &held)?;
        reviews::ask(conn, &engine, &access.invitation, text)
    });
    answered(&visitor, &req, &code, asked.await, ["review-sent", "review-late"])
}

/// Asks for more time or help, without saying why.
pub(super) async fn more_time(
    app: Data<AppState>,
    visitor: Visitor,
    code: Path<String>,
    form: MaybeForm<NoFields>,
    req: HttpRequest,
) -> PageResult {
    let code = Code::given(&code);
    if form.is_err() {
        return stale(&visitor, &req, &code);
    }
    let held = code.clone();
    let asked = app.db.try_write(move |conn| {
        let access = test_sessions::enter(conn, &held)?;
        Ok::<_, TestSessionError>(time::ask(conn, &access.invitation.id)?)
    });
    answered(&visitor, &req, &code, asked.await, ["more-time-sent", "more-time-late"])
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct GroupsForm {
    sex: String,
    age: String,
}

/// Counts what the candidate says, and forgets who said it.
pub(super) async fn groups(
    app: Data<AppState>,
    visitor: Visitor,
    code: Path<String>,
    form: MaybeForm<GroupsForm>,
    req: HttpRequest,
) -> PageResult {
    let code = Code::given(&code);
    let Ok(form) = form else { return stale(&visitor, &req, &code) };
    let (held, engine) = (code.clone(), app.engine.clone());
    let given = [(Question::Sex, form.0.sex), (Question::Age, form.0.age)];
    let answers: Vec<(Question, Group)> =
        given.iter().filter_map(|(question, word)| Some((*question, Group::parse(word)?))).collect();
    let counted = app.db.try_write(move |conn| {
        let access = test_sessions::enter(conn, &held)?;
        counts::count(conn, &engine, &access.invitation, &answers)
    });
    answered(&visitor, &req, &code, counted.await, ["groups-thanks", "groups-late"])
}

/// Everything that is kept of the tests, as a file.
pub(super) async fn data(
    app: Data<AppState>,
    visitor: Visitor,
    Seen(seen): Seen,
    code: Path<String>,
    req: HttpRequest,
) -> PageResult {
    let code = Code::given(&code);
    let (held, engine, texts) = (code.clone(), app.engine.clone(), language(&visitor, &req).texts);
    let found = app.db.try_read(move |conn| {
        let access = test_sessions::peek(conn, &held)?;
        let data = download::of_invitation(conn, &engine, &access.invitation, texts)?;
        Ok::<_, TestSessionError>((data, access.company.id, access.invitation.candidate_id))
    });
    match found.await {
        Ok((data, company, candidate)) => {
            taken(&app, seen, company, candidate).await;
            let text = serde_json::to_string_pretty(&data).map_err(PageError::internal)?;
            Ok(HttpResponse::Ok()
                .content_type("application/json")
                .insert_header(("Content-Disposition", "attachment; filename=\"my-data.json\""))
                .body(text))
        }
        Err(failure) => sorry(&visitor, &req, &code, failure),
    }
}
