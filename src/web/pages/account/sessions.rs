//! Ending sessions of one's own.

use super::PATH;
use crate::people;
use crate::state::AppState;
use crate::web::{FlashKind, Form, NoFields, PageResult, SignedIn, see_other};
use actix_web::web::{Data, Path};

/// Ends one of the person's sessions.
pub(super) async fn end_one(
    app: Data<AppState>,
    who: SignedIn,
    name: Path<String>,
    _form: Form<NoFields>,
) -> PageResult {
    let (user, actor, name) = (who.user.clone(), who.actor(), name.into_inner());
    let ended = app.db.write(move |conn| people::end_session(conn, &user, &name, &actor)).await?;
    let text = if ended { "That browser is now logged out." } else { "That browser was already logged out." };
    who.flash(FlashKind::Good, text);
    Ok(see_other(PATH))
}

/// Ends all of them but this one.
pub(super) async fn end_others(app: Data<AppState>, who: SignedIn, _form: Form<NoFields>) -> PageResult {
    let (user, actor, kept) = (who.user.clone(), who.actor(), who.logged_in.name.clone());
    let ended = app.db.write(move |conn| people::end_other_sessions(conn, &user, &kept, &actor)).await?;
    let text = match ended {
        0 => "You are not logged in anywhere else.".to_owned(),
        1 => "1 other browser is now logged out.".to_owned(),
        n => format!("{n} other browsers are now logged out."),
    };
    who.flash(FlashKind::Good, text);
    Ok(see_other(PATH))
}
