//! Posting alerts to the address that a company has named.

use super::JobContext;
use crate::alert_webhooks;
use crate::alert_webhooks::{AlertDelivery, Answered};
use crate::db::DbError;

/// What people read when the receiver wants no more.
const GONE: &str =
    "The receiver answered 410 Gone, so nothing more is posted. Save the address again to go on.";

/// Tries a post once.
pub(in crate::jobs) async fn send(ctx: &JobContext, post: AlertDelivery) -> Result<(), DbError> {
    let asked = post.clone();
    let hook = ctx.db.read(move |conn| alert_webhooks::of_post(conn, &asked)).await?;
    let answered = match hook {
        None => Answered { status: None, words: "the address was removed".to_owned(), duration_ms: 0 },
        Some(hook) => match alert_webhooks::secrets(&hook, &ctx.sealer) {
            Ok(secrets) => ctx.alerts.send(&hook.url, &secrets, &post).await,
            Err(failure) => Answered { status: None, words: failure.to_string(), duration_ms: 0 },
        },
    };
    if !answered.is_taken() {
        tracing::warn!(company = %post.company_id, status = answered.status, "an alert was not taken");
    }
    ctx.db
        .write(move |conn| {
            alert_webhooks::tried(conn, &post, &answered)?;
            if answered.is_gone() { alert_webhooks::turn_off(conn, &post.company_id, GONE) } else { Ok(()) }
        })
        .await
}
