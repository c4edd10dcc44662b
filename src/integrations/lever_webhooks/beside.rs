//! A webhook that a person added in Lever at the account's own address, beside one that the portal made for the same
//! event. Each change then arrives twice, and where its token is not saved, once with a signature that no saved token
//! verifies. Lever's list tells it from a token that was regenerated.

use super::{MADE, MadeWebhook, made, unknown, vouched};
use crate::db::{Conn, DbResult};
use crate::i18n::{Arg, number, portal};
use crate::ids::IntegrationId;
use crate::integrations::oauth::connections::{CallError, Connections};
use crate::integrations::oauth::permissions;
use crate::integrations::schedule::watch::{self, Watch};
use crate::integrations::signing::tokens::{self, SEVERAL, SigningToken};
use crate::integrations::store;
use lever_client::{Scope, Webhook};
use std::collections::BTreeSet;
use std::time::Duration;

/// How long Lever may take to list its webhooks.
const LIMIT: Duration = Duration::from_secs(20);

/// Takes note of what Lever lists at `url`, the account's address, that the portal did not make.
///
/// # Errors
/// When the database refuses.
pub fn note(conn: &mut Conn, id: &IntegrationId, url: &str, listed: &[Webhook]) -> DbResult<()> {
    let made = made(conn, id)?;
    let kinds: BTreeSet<&str> = unknown(listed, url, &made)
        .filter_map(|webhook| MADE.iter().find(|event| webhook.event.as_ref() == Some(event)))
        .map(|event| event.as_str())
        .collect();
    watch::listed_webhooks(conn, id, &kinds.into_iter().collect::<Vec<_>>())
}

/// The events, Lever's names, of which there is a webhook beside the portal's own whose token is not among those that
/// people saved, as far as Lever's list was read. A saved token that has verified nothing yet may be the one.
///
/// # Errors
/// When the database cannot be asked.
pub fn unsaved(conn: &mut Conn, id: &IntegrationId) -> DbResult<Vec<String>> {
    match watch::load(conn, id)?.filter(|watch| !watch.beside.is_empty()) {
        Some(watch) => Ok(among(&watch, &vouched(conn, id)?, &tokens::valid(conn, id)?)),
        None => Ok(Vec::new()),
    }
}

/// The same, of what was read already: the webhooks that the portal made, and the tokens that are valid.
pub fn among(watch: &Watch, ours: &[MadeWebhook], valid: &[SigningToken]) -> Vec<String> {
    let is_pasted = |token: &&SigningToken| ours.iter().all(|made| made.signing_token_id != token.id);
    let pasted: Vec<&SigningToken> = valid.iter().filter(is_pasted).collect();
    let may_be = |token: &SigningToken, kind: &str| {
        token.kind.as_deref().is_none_or(|learnt| learnt == kind || learnt == SEVERAL)
    };
    let is_unsaved = |kind: &&str| {
        ours.iter().any(|made| made.kind == *kind) && !pasted.iter().any(|token| may_be(token, kind))
    };
    watch.beside.split_whitespace().filter(is_unsaved).map(ToOwned::to_owned).collect()
}

/// What that means, in words.
pub fn words(kinds: &[String]) -> String {
    portal().message("part-signatures-beside", &values(kinds))
}

/// What the words need.
pub fn values(kinds: &[String]) -> [(&'static str, Arg); 2] {
    let names: Vec<String> = kinds.iter().map(|kind| portal().name("event", kind)).collect();
    [("count", number(names.len())), ("events", names.join(", ").into())]
}

/// Asks Lever for its list and takes note of it, where the portal may read it.
///
/// # Errors
/// When Lever could not be asked.
pub async fn ask(connections: &Connections, id: &IntegrationId) -> Result<(), CallError> {
    let asked = *id;
    let integration = connections.db().read(move |conn| store::get(conn, &asked)).await?;
    if permissions::lacks(&integration, &[Scope::Webhooks]).is_some() {
        return Ok(());
    }
    let listed = connections.call_within(LIMIT, id, |api| async move { api.webhooks().await }).await?;
    let url = connections.address_of(&integration.webhook_path());
    connections.db().write(move |conn| note(conn, &asked, url.as_str(), &listed)).await?;
    Ok(())
}
