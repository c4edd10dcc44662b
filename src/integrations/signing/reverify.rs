//! Verifying what was kept, when tokens are saved.

use super::verdict::{OpenToken, Verdict, judge};
use crate::db::schema::events;
use crate::db::{Conn, DbResult};
use crate::events::steps::{self, NewStep};
use crate::events::{State, StepKind};
use crate::ids::{EventId, IntegrationId, SigningTokenId};
use crate::integrations::signing::tokens;
use crate::reasons::Reason;
use crate::secrets::Sealer;
use crate::time::Timestamp;
use diesel::prelude::*;
use lever_client::delivery;
use secrecy::SecretString;

/// What saving tokens did to the deliveries that were kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reverified {
    /// Verified now.
    pub verified: usize,
    /// Still not verified.
    pub unmatched: usize,
}

/// How tokens that someone is about to save fit the deliveries that were kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MatchReport {
    /// For each token, in the order given: how many deliveries it verifies.
    pub matches: Vec<usize>,
    /// Deliveries with a signature that none of them verifies.
    pub unmatched: usize,
}

impl MatchReport {
    /// Deliveries that one of them verifies.
    pub fn matched(&self) -> usize {
        self.matches.iter().sum()
    }

    /// Deliveries that there are to verify.
    pub fn total(&self) -> usize {
        self.matched() + self.unmatched
    }
}

type Kept = (EventId, State, Vec<u8>);

/// Deliveries that nothing vouches for: bounded by what the door keeps.
fn unverified(conn: &mut Conn, integration: &IntegrationId) -> DbResult<Vec<Kept>> {
    let state = events::state.eq_any([State::Waiting, State::Quarantined, State::Check]);
    Ok(events::table
        .filter(events::integration_id.eq(integration).and(state))
        .filter(events::signing_token_id.is_null())
        .order(events::id.asc())
        .select((events::id, events::state, events::body))
        .load(conn)?)
}

fn signer(body: &[u8], tokens: &[OpenToken]) -> Option<(SigningTokenId, State, Reason)> {
    match judge(body, tokens).0 {
        Verdict::Event(token) => Some((token, State::Queued, Reason::None)),
        Verdict::Ignored(token, reason) => Some((token, State::Ignored, reason)),
        Verdict::Check(Some(token)) => Some((token, State::Check, Reason::ConnectionTestedEarlier)),
        _ => None,
    }
}

/// Whether there is something that may be a signature of Lever's: an HMAC-SHA256 in hexadecimal digits.
fn is_signed(body: &[u8]) -> bool {
    let is_hmac = |text: &str| text.trim().len() == 64 && text.trim().bytes().all(|b| b.is_ascii_hexdigit());
    delivery::parse(body).is_ok_and(|delivery| delivery.signature.as_deref().is_some_and(is_hmac))
}

/// Says how these tokens fit what was kept and carries a signature, without saving anything.
pub fn matching(
    conn: &mut Conn,
    integration: &IntegrationId,
    secrets: &[SecretString],
) -> DbResult<MatchReport> {
    let open = |secret: &SecretString| OpenToken { id: SigningTokenId::new(), secret: secret.clone() };
    let tokens: Vec<OpenToken> = secrets.iter().map(open).collect();
    let mut report = MatchReport { matches: vec![0; tokens.len()], unmatched: 0 };
    for (_, _, body) in unverified(conn, integration)? {
        // What carries no signature such as Lever's says nothing of any token: somebody else sent it.
        if !is_signed(&body) {
            continue;
        }
        let found =
            signer(&body, &tokens).and_then(|(id, ..)| tokens.iter().position(|token| token.id == id));
        match found {
            Some(index) => report.matches[index] += 1,
            None => report.unmatched += 1,
        }
    }
    Ok(report)
}

/// Verifies what was kept by the tokens that are valid now; what is verified takes its place in the
/// queue. Call it in the transaction that saves the tokens.
pub fn reverify(conn: &mut Conn, sealer: &Sealer, integration: &IntegrationId) -> DbResult<Reverified> {
    let tokens: Vec<OpenToken> = tokens::valid(conn, integration)?
        .into_iter()
        .filter_map(|token| Some(OpenToken { secret: token.open(sealer).ok()?, id: token.id }))
        .collect();
    let mut outcome = Reverified::default();
    for (id, before, body) in unverified(conn, integration)? {
        let Some((token, state, reason)) = signer(&body, &tokens) else {
            outcome.unmatched += 1;
            continue;
        };
        let now = Timestamp::now();
        diesel::update(events::table.find(&id))
            .set((
                events::state.eq(state),
                events::reason.eq(reason),
                events::signing_token_id.eq(Some(&token)),
                events::verified_at.eq(Some(now)),
                events::finished_at.eq((state != State::Queued).then_some(now)),
            ))
            .execute(conn)?;
        if before != State::Check {
            steps::add(conn, &id, NewStep::good(StepKind::VerifiedLater, Reason::TokenSavedLater))?;
        }
        tokens::matched(conn, &token, now)?;
        outcome.verified += 1;
    }
    Ok(outcome)
}
