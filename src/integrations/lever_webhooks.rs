//! **Set up webhooks for me**: the four webhooks and the one for archived candidates, made through
//! Lever's API with their tokens stored, and taken away again. A person's webhooks beside them do no harm: the portal never touches them,
//! and an event that comes twice causes nothing twice.

pub mod beside;
mod orphans;
mod removal;

pub(super) use removal::forget;
pub use removal::remove;

use super::checklist::WEBHOOKS;
use super::former_keys;
use super::store;
use crate::audit::{self, Actor};
use crate::db::schema::lever_webhooks::{self, dsl};
use crate::db::{Conn, Db, DbResult};
use crate::ids::{IntegrationId, SigningTokenId};
use crate::integrations::lifecycle;
use crate::integrations::oauth::connections::{CallError, Connections};
use crate::integrations::oauth::permissions;
use crate::integrations::schedule::watch;
use crate::integrations::signing::catch_up;
use crate::integrations::signing::tokens;
use crate::integrations::signing::tokens::SigningToken;
use crate::time::Timestamp;
use diesel::prelude::*;
use lever_client::{Error, Event, Scope, Webhook, WebhookId};
use serde_json::json;
use std::collections::HashSet;
use std::time::Duration;

/// A webhook that the portal made.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = lever_webhooks)]
pub struct MadeWebhook {
    pub integration_id: IntegrationId,
    /// Lever's id.
    pub webhook_id: String,
    /// Lever's name of the event.
    pub kind: String,
    /// The token that signs its deliveries.
    pub signing_token_id: SigningTokenId,
    pub created_at: Timestamp,
}

/// What Lever lists at `url`, the account's address, that is not among those that the portal made.
fn unknown<'l>(
    listed: &'l [Webhook],
    url: &'l str,
    made: &'l [MadeWebhook],
) -> impl Iterator<Item = &'l Webhook> {
    listed.iter().filter(move |webhook| {
        webhook.url.as_deref() == Some(url) && made.iter().all(|made| made.webhook_id != webhook.id.as_str())
    })
}

/// The webhooks that the portal made for an account.
pub fn made(conn: &mut Conn, id: &IntegrationId) -> DbResult<Vec<MadeWebhook>> {
    Ok(dsl::lever_webhooks
        .filter(dsl::integration_id.eq(id))
        .order(dsl::created_at.asc())
        .select(MadeWebhook::as_select())
        .load(conn)?)
}

/// Whether a webhook reports archived candidates: only the portal makes one, and its token must be valid.
///
/// # Errors
/// When the database cannot be asked.
pub fn hears_archiving(conn: &mut Conn, id: &IntegrationId) -> DbResult<bool> {
    Ok(vouched(conn, id)?.iter().any(|made| made.kind == Event::CandidateArchiveChange.as_str()))
}

/// The webhooks that the portal made and whose token is valid, so that what they report is believed.
///
/// # Errors
/// When the database cannot be asked.
pub fn vouched(conn: &mut Conn, id: &IntegrationId) -> DbResult<Vec<MadeWebhook>> {
    let (mut made, valid) = (made(conn, id)?, tokens::valid(conn, id)?);
    made.retain(|made| valid.iter().any(|token| token.id == made.signing_token_id));
    Ok(made)
}

/// What the portal makes: the published four, and one that a person is not asked to make. It tells that
/// a candidate was archived, which ends the invitation.
const MADE: [Event; 5] = [
    Event::ApplicationCreated,
    Event::CandidateStageChange,
    Event::CandidateHired,
    Event::CandidateDeleted,
    Event::CandidateArchiveChange,
];

/// The right to make webhooks lasts so long after it was renewed last: so long a process that died is waited for.
const TERM: Duration = Duration::from_secs(20);

/// What setting up did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Somebody else is at it; nothing was done.
    pub is_busy: bool,
    /// Webhooks made now.
    pub made: usize,
    /// Webhooks that were there already.
    pub kept: usize,
    /// Events of which a person added a webhook beside the portal's whose token is not saved; see [`beside`].
    pub beside: Vec<String>,
}

/// Makes what is missing of the webhooks at `url`. Doing it again, or twice at the same time, makes
/// nothing twice; each is stored as soon as Lever has made it, so that what was done before a failure
/// stays done.
///
/// # Errors
/// When Lever could not be asked or refused.
pub async fn set_up(
    connections: &Connections,
    id: &IntegrationId,
    url: &str,
    actor: &Actor,
) -> Result<Outcome, CallError> {
    at_once(connections, id, url, actor, Making::All).await
}

/// Makes the webhook for archived candidates where the portal made the four others: it did not make that
/// one in former times. Touches no other, and makes none where a person made one of the four.
///
/// # Errors
/// When Lever could not be asked or refused.
pub async fn complete(
    connections: &Connections,
    id: &IntegrationId,
    url: &str,
) -> Result<Outcome, CallError> {
    let asked = *id;
    let is_called_for = connections.db().read(move |conn| {
        let integration = store::get(conn, &asked)?;
        let vouched = vouched(conn, &asked)?;
        let has = |event: &Event| vouched.iter().any(|made| made.kind == event.as_str());
        let may = permissions::lacks(&integration, &[Scope::Webhooks]).is_none();
        Ok(may && WEBHOOKS.iter().all(has) && !has(&Event::CandidateArchiveChange))
    });
    if !is_called_for.await? {
        return Ok(Outcome::default());
    }
    at_once(connections, id, url, &Actor::Portal, Making::Archived).await
}

/// Makes the webhooks anew where the address was replaced and Lever could not be told: the portal made them, and one
/// of them reports elsewhere. Answers whether there was something to do.
///
/// # Errors
/// When Lever could not be asked or refused.
pub async fn follow_address(
    connections: &Connections,
    id: &IntegrationId,
    url: &str,
) -> Result<bool, CallError> {
    let asked = *id;
    let known = connections.db().read(move |conn| {
        // Without a former address each of them is at the present one.
        let was_replaced = !former_keys::answering(conn, &asked, Timestamp(0))?.is_empty();
        if was_replaced { made(conn, &asked) } else { Ok(Vec::new()) }
    });
    let known = known.await?;
    if known.is_empty() {
        return Ok(false);
    }
    let listed = connections.call(id, |api| async move { api.webhooks().await }).await?;
    let is_elsewhere = |made: &MadeWebhook| {
        let there = listed.iter().find(|listed| listed.id.as_str() == made.webhook_id);
        there.is_some_and(|listed| listed.url.as_deref().is_some_and(|at| at != url))
    };
    if !known.iter().any(is_elsewhere) {
        return Ok(false);
    }
    set_up(connections, id, url, &Actor::Portal).await.map(|_| true)
}

/// What is made.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Making {
    /// All that is missing, once what is of no use any more is taken away.
    All,
    /// The one for archived candidates.
    Archived,
}

/// Makes webhooks, unless somebody is at it.
async fn at_once(
    connections: &Connections,
    id: &IntegrationId,
    url: &str,
    actor: &Actor,
    what: Making,
) -> Result<Outcome, CallError> {
    let claimed = *id;
    if !connections.db().write(move |conn| watch::claim_setup(conn, &claimed, TERM)).await? {
        return Ok(Outcome { is_busy: true, ..Outcome::default() });
    }
    // To its end, also when nobody waits for it any more: what Lever has made must be stored.
    let (connections, id, url, actor) = (connections.clone(), *id, url.to_owned(), actor.clone());
    let making = tokio::spawn(async move {
        let made = claimed_by(connections.db(), &id, make(&connections, &id, &url, &actor, what)).await;
        connections.db().write(move |conn| watch::release_setup(conn, &id)).await?;
        made
    });
    making.await.unwrap_or(Err(CallError::TooSlow))
}

/// Does `work` and renews the claim all the while: a process that dies keeps nobody waiting for long.
async fn claimed_by<T>(
    db: &Db,
    id: &IntegrationId,
    work: impl Future<Output = Result<T, CallError>>,
) -> Result<T, CallError> {
    tokio::pin!(work);
    let id = *id;
    loop {
        match tokio::time::timeout(TERM / 4, &mut work).await {
            Ok(done) => return done,
            Err(_) => db.write(move |conn| watch::renew_setup(conn, &id, TERM)).await?,
        }
    }
}

async fn make(
    connections: &Connections,
    id: &IntegrationId,
    url: &str,
    actor: &Actor,
    what: Making,
) -> Result<Outcome, CallError> {
    let mut listed = connections.call(id, |api| async move { api.webhooks().await }).await?;
    let (mut known, useless, wanted) = match what {
        Making::All => {
            let (known, useless) = sorted(connections, id, url, &listed).await?;
            let removed = orphans::remove(connections, id, url, &listed).await?;
            listed.retain(|webhook| !removed.contains(&webhook.id));
            (known, useless, &MADE[..])
        }
        Making::Archived => (Vec::new(), Vec::new(), &MADE[WEBHOOKS.len()..]),
    };
    let mut there: HashSet<WebhookId> = listed.iter().map(|webhook| webhook.id.clone()).collect();
    let mut outcome = Outcome::default();
    let mut is_doubtful = false;
    for event in wanted {
        if let Some(at) = known.iter().position(|made| made.kind == event.as_str()) {
            known.swap_remove(at);
            outcome.kept += 1;
            continue;
        }
        let created = match orphans::create(connections, id, url, event, &there).await {
            // Without it an archived candidate is noticed later, before the next reminder; so it is no reason to fail.
            Err(CallError::Lever(Error::OurFault { message, .. })) if !WEBHOOKS.contains(event) => {
                tracing::info!(integration = %id, message, "Lever makes no webhook for archived candidates");
                continue;
            }
            made => made?,
        };
        is_doubtful |= created.is_doubtful;
        there.insert(created.webhook.id.clone());
        store_webhook(connections, id, event, created.webhook).await?;
        outcome.made += 1;
    }
    if is_doubtful {
        // By now Lever lists what it made while its answers were lost.
        listed = connections.call(id, |api| async move { api.webhooks().await }).await?;
        let removed = orphans::remove(connections, id, url, &listed).await?;
        listed.retain(|webhook| !removed.contains(&webhook.id));
    }
    // Only now, so that Lever reports to one of the two addresses at any time, whatever fails on the way.
    for webhook in useless {
        removal::remove_one(connections, id, webhook).await?;
    }
    if outcome.made > 0 {
        let (id, actor) = (*id, actor.clone());
        connections
            .db()
            .write(move |conn| {
                let row = store::get(conn, &id)?;
                lifecycle::settle(conn, &row)?;
                let detail = json!({"made": outcome.made});
                audit::record(
                    conn,
                    &row.company_id,
                    &actor,
                    audit::Action::IntegrationWebhooksMade,
                    &lifecycle::subject(&row),
                    &detail,
                )
            })
            .await?;
    }
    let (asked, url) = (*id, url.to_owned());
    let note = move |conn: &mut Conn| {
        beside::note(conn, &asked, &url, &listed)?;
        beside::unsaved(conn, &asked)
    };
    outcome.beside = connections.db().write(note).await?;
    Ok(outcome)
}

/// What the portal made, in two: what is of use, and what is not any more, being at another address, with a token
/// that was given up, or gone from Lever.
async fn sorted(
    connections: &Connections,
    id: &IntegrationId,
    url: &str,
    listed: &[Webhook],
) -> Result<(Vec<MadeWebhook>, Vec<MadeWebhook>), CallError> {
    let (known, valid) = {
        let id = *id;
        connections.db().read(move |conn| Ok((made(conn, &id)?, tokens::valid(conn, &id)?))).await?
    };
    Ok(known.into_iter().partition(|webhook| {
        let in_lever = listed.iter().find(|listed| listed.id.as_str() == webhook.webhook_id);
        let has_token = valid.iter().any(|token| token.id == webhook.signing_token_id);
        has_token && in_lever.is_some_and(|listed| listed.url.as_deref() == Some(url))
    }))
}

/// Stores a webhook that was just made, with its token; deliveries that it verifies are taken up.
async fn store_webhook(
    connections: &Connections,
    id: &IntegrationId,
    event: &Event,
    webhook: Webhook,
) -> Result<(), CallError> {
    let Some(token) = webhook.signature_token else {
        // Without its token it is of no use: away with it, so that it is not a riddle later.
        connections.call(id, |api| delete(api, webhook.id.clone())).await?;
        return Err(Error::OurFault {
            status: None,
            message: "Lever made a webhook without a signing token; set up the webhooks manually".to_owned(),
        }
        .into());
    };
    let (id, sealer, kind) = (*id, connections.sealer().clone(), event.as_str().to_owned());
    connections
        .db()
        .write(move |conn| {
            let token = SigningToken::new(&id, &token, &sealer);
            tokens::add(conn, &token)?;
            let row = MadeWebhook {
                integration_id: id,
                webhook_id: webhook.id.to_string(),
                kind,
                signing_token_id: token.id,
                created_at: Timestamp::now(),
            };
            diesel::insert_into(dsl::lever_webhooks).values(&row).execute(conn)?;
            catch_up::begin(conn, &id)
        })
        .await?;
    catch_up::run(connections.db(), connections.sealer(), &id).await?;
    Ok(())
}

/// Deletes a webhook in Lever; one that is gone is no fault.
///
/// # Errors
/// What Lever answers.
pub(super) async fn delete(api: lever_client::Api, id: WebhookId) -> Result<(), Error> {
    match api.delete_webhook(&id).await {
        Err(Error::NotFound { .. }) => Ok(()),
        answer => answer,
    }
}
