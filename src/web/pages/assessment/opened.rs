//! What a person's browser says of itself: that somebody has opened the link, and reads which language.

use super::frame::{choose_language, sorry, stale};
use super::{MaybeForm, path_of};
use crate::invitations::lifecycle;
use crate::secrets::Code;
use crate::state::AppState;
use crate::test_sessions::{self, TestSessionError};
use crate::web::NoFields;
use crate::web::{PageResult, Visitor, see_other};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

/// Somebody reads the page: sent by its script at the first movement, touch or key.
pub(super) async fn opened(
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
    match app.db.try_write(move |conn| test_sessions::enter(conn, &held).map(|_| ())).await {
        Ok(()) => Ok(HttpResponse::NoContent().finish()),
        Err(failure) => sorry(&visitor, &req, &code, failure),
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct LanguageForm {
    pub(super) lang: String,
}

/// The candidate chooses a language; reminders come in it, too.
pub(super) async fn language(
    app: Data<AppState>,
    visitor: Visitor,
    code: Path<String>,
    form: MaybeForm<LanguageForm>,
    req: HttpRequest,
) -> PageResult {
    let code = Code::given(&code);
    let Ok(form) = form else { return stale(&visitor, &req, &code) };
    if let Some(chosen) = choose_language(&visitor, &form.0.lang)? {
        let held = code.clone();
        let kept = app.db.try_write(move |conn| {
            lifecycle::choose_language(conn, &held.hash(), chosen)?;
            test_sessions::enter(conn, &held).map(|_| ())
        });
        match kept.await {
            // A page that says why a link is shut can be read in every language.
            Ok(()) | Err(TestSessionError::AccessRefused(_)) => {}
            Err(failure) => return sorry(&visitor, &req, &code, failure),
        }
    }
    Ok(see_other(&path_of(&code)))
}
