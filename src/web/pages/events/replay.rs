//! `POST /events/{id}/replay`.

use super::LIST;
use crate::events::replay::{self, ReplayError, Replayed};
use crate::events::{Event, State};
use crate::state::AppState;
use crate::web::{Auditing, FlashKind, Form, Found, NoFields, PageError, PageResult, see_other};
use actix_web::http::StatusCode;
use actix_web::web::Data;

impl From<ReplayError> for PageError {
    fn from(cause: ReplayError) -> Self {
        match cause {
            ReplayError::NotFound => Self::NotFound,
            ReplayError::Erased => Self::Explained {
                status: StatusCode::CONFLICT,
                title: "This event cannot be replayed".to_owned(),
                text: "Its contents were erased together with the person's data, so there is nothing to \
                       process again."
                    .to_owned(),
            },
            ReplayError::NotWorkable(state) => Self::Explained {
                status: StatusCode::CONFLICT,
                title: "This event cannot be replayed".to_owned(),
                text: why_not(state).to_owned(),
            },
            ReplayError::Db(cause) => cause.into(),
        }
    }
}

fn why_not(state: State) -> &'static str {
    match state {
        State::Waiting => {
            "It is not verified yet. Save the signing token on the integration's page, and the event is \
             verified and processed automatically."
        }
        State::Quarantined => {
            "Its signature matches no signing token, so nobody knows whether Lever sent it. If the token was \
             regenerated in Lever, save the new one on the integration's page, and the event is verified and \
             processed automatically."
        }
        State::Check => "It was a connection test from Lever; there is nothing in it to process.",
        State::Malformed => "It could not be read when it arrived; there is nothing in it to process.",
        State::Queued | State::Done | State::Ignored | State::Failed => "It is already being processed.",
    }
}

/// Puts the event back to work. Only for those who may both see the log and act.
pub(super) async fn replay(
    app: Data<AppState>,
    Found(who, event): Found<Auditing, Event>,
    _form: Form<NoFields>,
) -> PageResult {
    if !who.user.role.may_act() {
        return Err(PageError::Forbidden("Auditors have read-only access."));
    }
    let (company, id, actor) = (*who.company_id(), event.id, who.actor());
    let back = format!("{LIST}/{id}");
    let replayed = app.db.try_write(move |conn| replay::replay(conn, &company, &id, &actor)).await?;
    app.work.notify_one();
    who.flash(
        FlashKind::Good,
        match replayed {
            Replayed::Queued => "Replaying the event.",
            Replayed::Processing => "The event is already being processed.",
        },
    );
    Ok(see_other(&back))
}
