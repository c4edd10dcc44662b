//! Where Lever's deliveries come in: another address for them, and what nobody vouches for.

use super::part::Part;
use crate::audit;
use crate::db::{Conn, DbResult};
use crate::ids::IntegrationId;
use crate::integrations::former_keys::{self, FormerKey};
use crate::integrations::lever_webhooks;
use crate::integrations::schedule::nightly::{self, ChoreKind};
use crate::integrations::signing::ring;
use crate::integrations::{Integration, lifecycle, store};
use crate::state::AppState;
use crate::time::Timestamp;
use crate::web::{Admin, FlashKind, Form, FormText, FormToConfirm, Found, PageError, PageResult, see_other};
use actix_web::web::Data;
use serde::Deserialize;
use serde_json::json;
use std::time::Duration;

/// Hours for which a replaced address may go on answering.
const TERMS: [u64; 4] = [0, 24, 72, 336];

/// What the account's page says of it.
pub(super) struct Receiver {
    /// Replaced addresses that still answer.
    pub(super) former: Vec<FormerKey>,
    /// Deliveries in the ring.
    pub(super) kept: i64,
    /// Networks that sent them.
    pub(super) networks: i64,
    /// Deliveries that were not kept, or pushed out by newer ones.
    pub(super) dropped: i64,
}

impl Receiver {
    pub(super) fn load(conn: &mut Conn, id: &IntegrationId) -> DbResult<Self> {
        let ring = ring::totals(conn, id)?;
        Ok(Self {
            former: former_keys::answering(conn, id, Timestamp::now())?,
            kept: ring.kept,
            networks: ring.parts,
            dropped: ring::dropped(conn, id)?,
        })
    }

    /// Whether there is more than the event log shows.
    pub(super) fn has_more(&self) -> bool {
        self.kept > 0 || self.dropped > 0
    }
}

#[derive(Deserialize)]
pub(super) struct NewAddress {
    /// How long the old one answers, in hours.
    answers_for: u64,
    /// The part of the page that the form comes from.
    #[serde(default)]
    part: String,
}

/// Another address for the account's webhooks.
pub(super) async fn rotate(
    app: Data<AppState>,
    Found(who, integration): Found<Admin, Integration>,
    form: FormToConfirm<NewAddress>,
) -> PageResult {
    let form = form.confirmed(&who)?;
    let page = Part::named(&form.part).path(&integration.id);
    let (company, id, actor) = (*who.company_id(), integration.id, who.actor());
    let hours = TERMS.into_iter().find(|hours| *hours == form.answers_for).unwrap_or(TERMS[1]);
    let term = Duration::from_secs(hours * 3_600);
    let changed = app
        .db
        .write(move |conn| {
            if !former_keys::rotate(conn, &company, &id, term, &actor)? {
                return Ok(None);
            }
            Ok(Some((store::get(conn, &id)?, !lever_webhooks::made(conn, &id)?.is_empty())))
        })
        .await?;
    let Some((integration, has_made)) = changed else { return Err(PageError::NotFound) };
    if !has_made {
        who.flash(FlashKind::Attention, "The webhook URL was replaced. Update it in each webhook in Lever.");
        return Ok(see_other(&page));
    }
    let url = app.link(&integration.webhook_path());
    match lever_webhooks::set_up(&app.connections, &id, url.as_str(), &who.actor()).await {
        Ok(outcome) if !outcome.is_busy => {
            let words = "The webhook URL was replaced, and the webhooks that the portal created in Lever were updated.";
            who.flash(FlashKind::Good, words);
        }
        failed => {
            tracing::warn!(?failed, "webhooks do not have the new address yet");
            app.db.write(move |conn| nightly::ask(conn, &id, ChoreKind::Heartbeat)).await?;
            app.work.notify_one();
            let words = "The webhook URL was replaced, but Lever could not be updated yet. The portal \
                         retries automatically; the old URL works in the meantime.";
            who.flash(FlashKind::Attention, words);
        }
    }
    Ok(see_other(&page))
}

/// Removes what nobody vouches for.
pub(super) async fn empty(
    app: Data<AppState>,
    Found(who, integration): Found<Admin, Integration>,
    Form(form): Form<FormText>,
) -> PageResult {
    let page = Part::of_form(&form).path(&integration.id);
    let (company, id, actor) = (*who.company_id(), integration.id, who.actor());
    let removed = app
        .db
        .write(move |conn| {
            let removed = ring::empty(conn, &id)?;
            let detail = json!({ "deliveries": removed });
            let subject = lifecycle::subject(&integration);
            audit::record(
                conn,
                &company,
                &actor,
                audit::Action::IntegrationUnverifiedEmptied,
                &subject,
                &detail,
            )?;
            Ok(removed)
        })
        .await?;
    let words = match removed {
        1 => "1 unverified delivery was removed.".to_owned(),
        n => format!("{n} unverified deliveries were removed."),
    };
    who.flash(FlashKind::Good, words);
    Ok(see_other(&page))
}
