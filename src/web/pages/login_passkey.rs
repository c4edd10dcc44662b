//! `/login/passkey`: a log-in with a passkey, which says itself whose it is; and a passkey in place of the password.
//! A question stands in the session until it is answered, once.

use super::login::{self, HOME, finish, local_path, tell_later};
use crate::audit::Circumstances;
use crate::people;
use crate::people::passkeys::{self, Answer, Question, Refusal, Refused, RelyingParty};
use crate::state::AppState;
use crate::web::refusals::{self, Kind};
use crate::web::{
    FieldErrors, Form, NoFields, PageError, PageResult, Place, Seen, SignedIn, TabForm, Visitor, device,
    see_other, session,
};
use actix_session::Session;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use serde_json::Value;

pub(super) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.route("/login/passkey", web::post().to(log_in));
    cfg.route("/login/passkey/ask", web::post().to(ask));
}

/// Under which key of the session a question stands.
const QUESTION: &str = "passkey";

/// The portal, as passkeys know it.
///
/// # Errors
/// When browsers make no passkeys for its address.
pub(super) fn party(app: &AppState) -> Result<RelyingParty, PageError> {
    RelyingParty::at(&app.base_url).ok_or_else(|| PageError::Explained {
        status: StatusCode::CONFLICT,
        title: "No passkeys at this address".to_owned(),
        text: "Browsers only create passkeys for an https address with a host name. Ask the person who runs it to set \
               BASE_URL to such an address."
            .to_owned(),
    })
}

/// The answer for a script: what to ask the browser.
fn asked(session: &Session, (options, question): (Value, Question)) -> PageResult {
    session.insert(QUESTION, &question).map_err(PageError::internal)?;
    Ok(HttpResponse::Ok().json(options))
}

/// The question that the session waits for, which is answered now or never.
fn take_question(session: &Session) -> Option<Question> {
    let question = session.get(QUESTION).ok().flatten();
    if question.is_some() {
        session.remove(QUESTION);
    }
    question
}

/// Asks for any passkey of the portal's.
async fn ask(app: Data<AppState>, visitor: Visitor, _form: Form<NoFields>) -> PageResult {
    asked(&visitor.session, party(&app)?.ask(&[]).map_err(PageError::internal)?)
}

/// Asks for a passkey of somebody who is logged in.
pub(super) async fn ask_one_of(app: &AppState, who: &SignedIn) -> PageResult {
    let party = party(app)?;
    let (sealer, user) = (app.sealer.clone(), who.user.id);
    let own = app.db.try_read(move |conn| passkeys::credentials(conn, &sealer, &user)).await?;
    asked(&who.session, party.ask(&own).map_err(PageError::internal)?)
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct PasskeyForm {
    passkey: String,
    next: String,
}

/// Begins a session. 422 shows the log-in with the reason; 429 says how long to wait.
async fn log_in(
    app: Data<AppState>,
    visitor: Visitor,
    place: Place,
    Seen(seen): Seen,
    request: HttpRequest,
    form: TabForm<PasskeyForm>,
) -> PageResult {
    let PasskeyForm { passkey, next } = match form {
        TabForm::Fresh(form) => form,
        // The log-in went through in another tab.
        TabForm::Stale(form) if visitor.is_signed_in() => {
            return Ok(see_other(local_path(&form.next).unwrap_or(HOME)));
        }
        TabForm::Stale(form) => {
            let errors = FieldErrors::of_form("This page was open for too long. Try again.");
            return login::show(&app, &visitor, errors, String::new(), form.next).await;
        }
    };
    app.throttle.passkey(place.0).map_err(PageError::TooMany)?;
    let begins = Circumstances { session: session::fresh_name(), ..seen.clone() };
    let outcome = match (take_question(&visitor.session), Answer::parse(&passkey)) {
        (Some(question), Some(answer)) => {
            let (party, sealer, begins) = (party(&app)?, app.sealer.clone(), begins.clone());
            let log_in = move |conn: &mut _| {
                passkeys::log_in_with_passkey(conn, &sealer, &party, &question, &answer, begins)
            };
            app.db.try_write(log_in).await?
        }
        (None, Some(_)) => Err(Refused { why: Refusal::TooLate, whose: None }),
        (_, None) => Err(Refused { why: Refusal::Wrong, whose: None }),
    };
    match outcome {
        Ok(shown) => {
            let device = device::name(&app, &request, &shown.user.email);
            finish(app, &visitor, shown.user, device, begins, &next)
        }
        Err(refused) => {
            let why = note_refused(&app, refused, &seen).await?;
            login::show(&app, &visitor, FieldErrors::of_form(why.sentence()), String::new(), next).await
        }
    }
}

/// Whether a passkey of this person answered, in the midst of their session: why not.
///
/// # Errors
/// After too many attempts.
pub(super) async fn confirmed(
    app: &Data<AppState>,
    who: &SignedIn,
    answer: &str,
) -> Result<Option<Refusal>, PageError> {
    app.throttle.count(&format!("passkey {}", who.user.id)).map_err(PageError::TooMany)?;
    let (Some(question), Some(answer)) = (take_question(&who.session), Answer::parse(answer)) else {
        return Ok(Some(Refusal::TooLate));
    };
    let (party, sealer, user) = (party(app)?, app.sealer.clone(), who.user.id);
    let check = move |conn: &mut _| passkeys::check_passkey(conn, &sealer, &party, &question, &answer, &user);
    match app.db.try_write(check).await? {
        Ok(_) => Ok(None),
        Err(refused) => Ok(Some(note_refused(app, refused, &who.seen).await?)),
    }
}

/// Writes down what was refused, in the log of the person whose passkey it is.
async fn note_refused(
    app: &Data<AppState>,
    refused: Refused,
    seen: &Circumstances,
) -> Result<Refusal, PageError> {
    let why = refused.why;
    if refused.whose.is_none() {
        if why == Refusal::Unknown {
            refusals::note(Kind::Passkey, &seen.network);
        }
        return Ok(why);
    }
    let told = seen.clone();
    let (is_told, refused) =
        app.db.write(move |conn| Ok((passkeys::passkey_refused(conn, &refused, &told)?, refused))).await?;
    if let Some(shown) = refused.whose.filter(|_| is_told) {
        tell_later(app.clone(), people::passkey_copied_email(&shown.user, &shown.passkey, seen));
    }
    Ok(why)
}
