//! **Write again**: what Lever refused is tried once more.

use super::page_of;
use crate::audit;
use crate::integrations::{Integration, lifecycle};
use crate::invitations::failed_writes;
use crate::monitoring::verdict::known::FAILURES;
use crate::state::AppState;
use crate::time::Timestamp;
use crate::web::{Admin, FlashKind, Form, Found, NoFields, PageResult, see_other};
use actix_web::web::Data;
use serde_json::json;

pub(super) async fn write_again(
    app: Data<AppState>,
    Found(who, integration): Found<Admin, Integration>,
    _form: Form<NoFields>,
) -> PageResult {
    let (company, id, actor) = (*who.company_id(), integration.id, who.actor());
    let subject = lifecycle::subject(&integration);
    let count = app
        .db
        .write(move |conn| {
            let count = failed_writes::write_again(conn, &id, Timestamp::now().minus(FAILURES))?;
            if count > 0 {
                let action = audit::Action::IntegrationWrittenAgain;
                audit::record(conn, &company, &actor, action, &subject, &json!({"actions": count}))?;
            }
            Ok::<_, crate::db::DbError>(count)
        })
        .await?;
    app.work.notify_one();
    match count {
        0 => who.flash(FlashKind::Good, "There is nothing left to retry."),
        1 => who.flash(FlashKind::Good, "Retrying 1 change in Lever."),
        count => who.flash(FlashKind::Good, format!("Retrying {count} changes in Lever.")),
    }
    Ok(see_other(&page_of(&id)))
}
