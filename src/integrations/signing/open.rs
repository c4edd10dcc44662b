//! The tokens that an account accepts, opened for verifying.

use super::tokens::{self, SEVERAL};
use super::verdict::OpenToken;
use crate::db::schema::lever_webhooks;
use crate::db::{Conn, DbResult};
use crate::ids::{IntegrationId, SigningTokenId};
use crate::integrations::checklist::WEBHOOKS;
use crate::secrets::Sealer;
use diesel::prelude::*;
use lever_client::Event;
use secrecy::ExposeSecret as _;

/// The account's valid tokens. One that belongs to a webhook which the portal made vouches for that webhook's
/// kind of event alone; so does one that a person pasted, see [`bind`]. Where several webhooks share a token, it
/// vouches for every kind.
pub fn valid(conn: &mut Conn, sealer: &Sealer, integration: &IntegrationId) -> DbResult<Vec<OpenToken>> {
    let made: Vec<(SigningTokenId, String)> = lever_webhooks::table
        .filter(lever_webhooks::integration_id.eq(integration))
        .select((lever_webhooks::signing_token_id, lever_webhooks::kind))
        .load(conn)?;
    let mut open: Vec<OpenToken> = tokens::valid(conn, integration)?
        .into_iter()
        .filter_map(|token| match token.open(sealer) {
            Ok(secret) => {
                let kind = kind_of(&made, &token.id);
                Some(OpenToken { id: token.id, secret, kind, verified_kind: token.kind })
            }
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
            open[at].verified_kind = Some(SEVERAL.to_owned());
        }
    }
    bind(&mut open);
    Ok(open)
}

/// Lets each pasted token vouch for that kind of event alone of which all was that it verified so far; but only once
/// each of the four webhooks has a valid token that verified nothing else. Nobody says of a pasted token which
/// webhook it belongs to, older Lever accounts have one for all, and people paste some of several: where one token
/// has to do for two kinds, there are fewer than four of their own, and none is bound. Where the portal made all four,
/// those say nothing of what people have beside them, and the pasted ones have to be four by themselves.
fn bind(tokens: &mut [OpenToken]) {
    let verified = |token: &OpenToken| token.verified_kind.clone().filter(|kind| kind != SEVERAL);
    let is_made = |event: &Event| tokens.iter().any(|token| token.kind.as_deref() == Some(event.as_str()));
    let is_pasted = |event: &Event| {
        let mut pasted = tokens.iter().filter(|token| token.kind.is_none());
        pasted.any(|token| verified(token).as_deref() == Some(event.as_str()))
    };
    let are_all_made = WEBHOOKS.iter().all(is_made);
    if WEBHOOKS.iter().all(|event| is_pasted(event) || !are_all_made && is_made(event)) {
        for token in tokens {
            token.kind = token.kind.take().or_else(|| verified(token));
        }
    }
}

fn kind_of(made: &[(SigningTokenId, String)], token: &SigningTokenId) -> Option<String> {
    let mut kinds = made.iter().filter(|(id, _)| id == token).map(|(_, kind)| kind);
    let first = kinds.next()?;
    kinds.all(|other| other == first).then(|| first.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What each token vouches for, by what was made (`made:`) and what was verified.
    fn bound(known: &[&str]) -> Vec<Option<String>> {
        let token = |known: &&str| {
            let (kind, verified) = match known.strip_prefix("made:") {
                Some(kind) => (Some(kind.to_owned()), None),
                None => (None, Some((*known).to_owned()).filter(|kind| !kind.is_empty())),
            };
            let id = SigningTokenId::new();
            OpenToken { id, secret: "secret".into(), kind, verified_kind: verified }
        };
        let mut tokens: Vec<OpenToken> = known.iter().map(token).collect();
        bind(&mut tokens);
        tokens.into_iter().map(|token| token.kind).collect()
    }

    #[test]
    fn tokens_are_bound_once_each_webhook_has_its_own() {
        let (created, moved, hired, deleted) =
            ("applicationCreated", "candidateStageChange", "candidateHired", "candidateDeleted");
        let four = [created, moved, hired, deleted];
        let all = four.map(|kind| Some(kind.to_owned()));
        assert_eq!(bound(&four), all);
        // Portal-made ones count, a second one of a kind too; a new one and a shared one stay free.
        assert_eq!(bound(&["made:applicationCreated", moved, hired, deleted]), all);
        let more = bound(&[created, moved, hired, deleted, moved, "", SEVERAL]);
        assert_eq!(more[4..], [all[1].clone(), None, None]);
        for few in [
            &[""][..],
            &[moved],
            &[SEVERAL],
            &[moved, hired],
            &[created, moved, hired],
            &[created, moved, hired, ""],
            &[created, moved, hired, SEVERAL],
            &[created, moved, hired, "candidateArchiveChange"],
            &[SEVERAL, SEVERAL, SEVERAL, SEVERAL],
        ] {
            assert!(bound(few).iter().all(Option::is_none), "{few:?}");
        }
        // Whoever had one for all before the portal made its own has one for all still.
        let beside = ["made:applicationCreated", "made:candidateStageChange", "made:candidateHired"];
        let beside = [&beside[..], &["made:candidateDeleted", moved]].concat();
        assert_eq!(bound(&beside)[4], None);
        assert_eq!(bound(&[&beside[..4], &four[..]].concat())[4..], all);
        let made = bound(&["made:candidateHired", moved]);
        assert_eq!(made, [Some(hired.to_owned()), None]);
    }
}
