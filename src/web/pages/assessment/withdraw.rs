//! Withdrawing: asked once more, then everything is erased.

use super::frame::{Frame, sorry, stale};
use super::{MaybeForm, path_of};
use crate::audit::Actor;
use crate::invitations::InvitationState;
use crate::secrets::Code;
use crate::state::AppState;
use crate::test_sessions;
use crate::test_sessions::TestSessionError;
use crate::web::{NoFields, PageResult, Seen, Visitor, render, see_other};
use actix_web::HttpRequest;
use actix_web::web::{Data, Path};
use askama::Template;

#[derive(Template)]
#[template(path = "assessment/withdraw.html")]
struct WithdrawPage {
    frame: Frame,
    /// There are answers; without any the candidate declines.
    has_begun: bool,
    /// There is a result that the candidate could see.
    has_result: bool,
}

/// What withdrawing means, and whether it is wanted.
pub(super) async fn confirm(
    app: Data<AppState>,
    visitor: Visitor,
    code: Path<String>,
    req: HttpRequest,
) -> PageResult {
    let code = Code::given(&code);
    let held = code.clone();
    let asked = app.db.try_read(move |conn| {
        let access = test_sessions::peek(conn, &held)?;
        let has_begun = test_sessions::is_begun(conn, &access.invitation.id)?;
        Ok::<_, TestSessionError>((access, has_begun))
    });
    let (access, has_begun) = match asked.await {
        Ok(asked) => asked,
        Err(failure) => return sorry(&visitor, &req, &code, failure),
    };
    let frame = Frame::new(&visitor, &req, &code, Some(&access.company))?;
    let title = frame.words.say(if has_begun { "withdraw" } else { "decline" });
    let has_result = access.invitation.state == InvitationState::Completed;
    render(&WithdrawPage { frame: frame.titled(title), has_begun, has_result })
}

/// Erases the answers and the result.
pub(super) async fn withdraw(
    app: Data<AppState>,
    visitor: Visitor,
    code: Path<String>,
    form: MaybeForm<NoFields>,
    Seen(seen): Seen,
    req: HttpRequest,
) -> PageResult {
    let code = Code::given(&code);
    if form.is_err() {
        return stale(&visitor, &req, &code);
    }
    let (held, actor) = (code.clone(), Actor::Visitor { seen });
    let withdrawn = app.db.try_write(move |conn| {
        let access = test_sessions::enter(conn, &held)?;
        Ok::<_, TestSessionError>(test_sessions::withdraw(conn, &access.invitation, &actor)?)
    });
    match withdrawn.await {
        Ok(()) => {
            app.work.notify_one();
            Ok(see_other(&path_of(&code)))
        }
        Err(failure) => sorry(&visitor, &req, &code, failure),
    }
}
