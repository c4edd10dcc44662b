//! The tokens that an account accepts, opened for verifying.

use super::tokens;
use super::verdict::OpenToken;
use crate::db::schema::lever_webhooks;
use crate::db::{Conn, DbResult};
use crate::ids::{IntegrationId, SigningTokenId};
use crate::secrets::Sealer;
use diesel::prelude::*;
use secrecy::ExposeSecret as _;

/// The account's valid tokens. One that belongs to a webhook which the portal made vouches for that webhook's
/// kind of event alone; where several webhooks share a token, or a person pasted it, for every kind.
pub fn valid(conn: &mut Conn, sealer: &Sealer, integration: &IntegrationId) -> DbResult<Vec<OpenToken>> {
    let made: Vec<(SigningTokenId, String)> = lever_webhooks::table
        .filter(lever_webhooks::integration_id.eq(integration))
        .select((lever_webhooks::signing_token_id, lever_webhooks::kind))
        .load(conn)?;
    let mut open: Vec<OpenToken> = tokens::valid(conn, integration)?
        .into_iter()
        .filter_map(|token| match token.open(sealer) {
            Ok(secret) => Some(OpenToken { id: token.id, secret, kind: kind_of(&made, &token.id) }),
            Err(failure) => {
                tracing::error!(%failure, integration = %integration, "a signing token cannot be opened");
                None
            }
        })
        .collect();
    // One token for the whole account stands once for each webhook.
    for at in 0..open.len() {
        let is_shared = open.iter().enumerate().any(|(other, token)| {
            other != at && token.secret.expose_secret() == open[at].secret.expose_secret()
        });
        if is_shared {
            open[at].kind = None;
        }
    }
    Ok(open)
}

fn kind_of(made: &[(SigningTokenId, String)], token: &SigningTokenId) -> Option<String> {
    let mut kinds = made.iter().filter(|(id, _)| id == token).map(|(_, kind)| kind);
    let first = kinds.next()?;
    kinds.all(|other| other == first).then(|| first.clone())
}
