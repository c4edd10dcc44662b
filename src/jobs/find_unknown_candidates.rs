//! Candidates whom Lever does not know any more. Its lists leave confidential ones out, the list of the
//! deleted too; so whoever was confidential when deleted, with the webhook lost, is found only by asking
//! for each known candidate by id. An answer that there is none may mean deleted or hidden, or that Lever is unwell: only
//! another night's answer ends what is open, and who stays unknown is erased after a while. One that is refused is there.

use super::JobContext;
use super::job::{Job, JobError, JobResult, Needs, Next, integration_of};
use crate::audit::{self, Actor};
use crate::db::{Conn, DbResult};
use crate::integrations::oauth::connections::CallError;
use crate::integrations::oauth::permissions;
use crate::integrations::schedule::nightly::{self, Chore, ChoreKind};
use crate::integrations::{lifecycle, store as integration_store};
use crate::invitations::unknown_candidates;
use crate::invitations::unknown_candidates::{KEPT, Known};
use crate::invitations::{erasure, lifecycle as invitation_lifecycle};
use crate::job_queue::{JobErrorCode, JobKind, JobRow};
use crate::jobs::erase_expired;
use crate::reasons::Reason;
use crate::time::Timestamp;
use lever_client::{Error, Opportunity, OpportunityId, Scope};
use serde::Deserialize;
use serde_json::json;
use std::time::Duration;

/// Candidates in one step.
const AT_ONCE: i64 = 20;

/// Candidates of an account in one night.
const A_NIGHT: i64 = 1_000;

/// When Lever knows none of so many, their invitations are left as they are.
const DOUBTFUL: usize = 5;

/// Unknown for so long, open invitations end: between the searches of two nights lie 21 hours at least.
const SURE: Duration = Duration::from_secs(20 * 3_600);

/// See the module.
#[derive(Deserialize)]
pub(in crate::jobs) struct FindUnknownCandidates {}

impl Job for FindUnknownCandidates {
    const KIND: JobKind = JobKind::FindUnknownCandidates;
    const NEEDS: Needs = Needs::Active;
    const ONE_PER: &'static str = "integration";
    const TRIGGER: &'static str = "every night";

    async fn run(&self, ctx: &JobContext, row: &JobRow) -> JobResult {
        let id = integration_of(row)?;
        let chore = ctx.db.read(move |conn| nightly::of_integration(conn, &id, ChoreKind::Unseen)).await?;
        match chore {
            Some(chore) => ask_for_next(ctx, chore).await,
            None => Ok(Next::Done),
        }
    }

    fn gave_up(&self, conn: &mut Conn, row: &JobRow, why: &Reason) -> DbResult<Option<Timestamp>> {
        nightly::gave_up(conn, row.integration_id.as_ref(), ChoreKind::Unseen, why)
    }
}

/// Looks for the next few candidates.
async fn ask_for_next(ctx: &JobContext, chore: Chore) -> JobResult {
    let began = chore.began_at.unwrap_or_else(Timestamp::now);
    let done: i64 = chore.page.as_deref().and_then(|done| done.parse().ok()).unwrap_or(0);
    let id = chore.integration_id;
    let (integration, next) = ctx
        .db
        .read(move |conn| {
            let next = if done < A_NIGHT {
                unknown_candidates::next(conn, &id, began, AT_ONCE)?
            } else {
                Vec::new()
            };
            Ok((integration_store::get(conn, &id)?, next))
        })
        .await?;
    if let Some(scope) = permissions::lacks(&integration, &[Scope::Opportunities]) {
        return Err(JobError::fail(JobErrorCode::Lever, permissions::waits_for(scope)));
    }
    if next.is_empty() {
        let end = move |conn: &mut Conn| {
            nightly::done(conn, &id, ChoreKind::Unseen, &Reason::None)?;
            nightly::next_night(conn, &id)
        };
        return Ok(Next::At(ctx.db.write(end).await?));
    }
    let looked_at = i64::try_from(next.len()).unwrap_or(AT_ONCE);
    let mut answers = Vec::new();
    for known in next {
        let asked = ctx.connections.call(&integration.id, |api| {
            let id = OpportunityId::from(known.opportunity.as_str());
            async move { api.opportunity(&id, &[]).await }
        });
        let answer = match asked.await {
            Ok(there) => Some(there),
            // It is there, and kept from the portal.
            Err(CallError::Lever(Error::Forbidden { .. } | Error::OurFault { .. })) => {
                let id = known.candidate;
                ctx.db.write(move |conn| unknown_candidates::seen(conn, &id)).await?;
                continue;
            }
            Err(CallError::Lever(Error::NotFound { .. })) => None,
            Err(cause) => return Err(cause.into()),
        };
        answers.push((known, answer));
    }
    // A Lever that knows nobody at all is more likely to be the wrong one, or unwell, than empty.
    let is_doubtful = answers.len() >= DOUBTFUL && answers.iter().all(|(_, answer)| answer.is_none());
    if is_doubtful {
        tracing::warn!(integration = %integration.id, "Lever knows none of the candidates that it was asked for");
    }
    for (known, answer) in answers {
        if ctx.db.write(move |conn| note(conn, &known, answer.as_ref(), is_doubtful)).await? {
            erase_expired::forget_pages(ctx).await;
        }
    }
    let done = (done + looked_at).to_string();
    ctx.db.write(move |conn| nightly::advance(conn, &chore, began, &done)).await?;
    Ok(Next::more())
}

/// Takes note of an answer. `true`: somebody was erased.
fn note(conn: &mut Conn, known: &Known, there: Option<&Opportunity>, is_doubtful: bool) -> DbResult<bool> {
    let why = match there {
        Some(there) if there.is_anonymized => Reason::ErasedAnonymized,
        Some(_) => {
            unknown_candidates::seen(conn, &known.candidate)?;
            return Ok(false);
        }
        None => {
            let since = unknown_candidates::unknown(conn, known)?;
            if is_doubtful {
                return Ok(false);
            }
            if known.kept_at.is_some() {
                return Ok(false);
            }
            // One answer that there is nobody is a moment's: the next night has to say the same.
            if since > Timestamp::now().minus(SURE) {
                return Ok(false);
            }
            invitation_lifecycle::end_open(conn, &known.candidate, &Reason::CandidateUnknown)?;
            if since > Timestamp::now().minus(KEPT) {
                return Ok(false);
            }
            Reason::ErasedUnknown
        }
    };
    let integration = integration_store::get(conn, &known.integration)?;
    erasure::erase(conn, &known.integration, &known.opportunity, &why, None)?;
    let detail = json!({ "candidates": 1, "why": why.code_and_params().0 });
    let subject = lifecycle::subject(&integration);
    audit::record(
        conn,
        &integration.company_id,
        &Actor::Portal,
        audit::Action::CandidatesErased,
        &subject,
        &detail,
    )?;
    Ok(true)
}
