//! Asking Lever about an opportunity: what is so now, whatever the webhook said.

use crate::events::steps::{Exchange, NewStep};
use crate::events::{StepKind, StepStatus};
use crate::ids::IntegrationId;
use crate::integrations::oauth::access_tokens::AccessError;
use crate::integrations::oauth::connections::CallError;
use crate::jobs::JobContext;
use crate::reasons::Reason;
use crate::time::Timestamp;
use lever_client;
use lever_client::{
    AppliedFor, CallRecord, Expand, Opportunity, OpportunityId, Posting, PostingId, Scope, Trace,
};
use std::time::Duration;

/// What Lever says of an opportunity.
pub(in crate::jobs) struct OpportunitySnapshot {
    pub opportunity: Opportunity,
    pub posting: Option<Posting>,
    /// There is a posting, and Lever does not show it.
    pub posting_is_hidden: bool,
}

/// Why there is nothing to decide on.
pub(in crate::jobs) enum Unavailable {
    /// Later it may work.
    Later { why: Reason, after: Option<Duration> },
    /// The account is disconnected; the event stays where it is until it is connected again.
    NoAccess(Reason),
    /// Lever does not show the opportunity: confidential, or a permission is missing.
    Hidden,
    /// Lever knows no such opportunity: deleted meanwhile, or confidential.
    Unknown,
    /// It will not work, and trying again is in vain.
    Never(Reason),
}

impl From<CallError> for Unavailable {
    fn from(cause: CallError) -> Self {
        let why = Reason::from(&cause);
        match cause {
            CallError::Lever(lever_client::Error::Forbidden { .. }) => Self::Hidden,
            CallError::Lever(lever_client::Error::NotFound { .. }) => Self::Unknown,
            CallError::Lever(lever_client::Error::OurFault { .. }) => Self::Never(why),
            CallError::Lever(lever_client::Error::AccessGone { .. })
            | CallError::Access(AccessError::Gone { .. } | AccessError::NotConnected) => Self::NoAccess(why),
            CallError::Lever(lever_client::Error::TryAgain { retry_after, .. })
            | CallError::Access(AccessError::TryAgain { retry_after, .. }) => {
                Self::Later { why, after: retry_after }
            }
            CallError::Lever(
                lever_client::Error::Unreadable { .. } | lever_client::Error::Certificate { .. },
            ) => Self::Later { why, after: None },
            CallError::Lacking(_) => Self::Never(why),
            CallError::Access(_) | CallError::TooSlow | CallError::Nobody => Self::Later { why, after: None },
        }
    }
}

/// Fetches the opportunity with its application, and the posting of that.
pub(in crate::jobs) async fn look(
    ctx: &JobContext,
    integration: &IntegrationId,
    id: &OpportunityId,
    trace: &Trace,
) -> Result<OpportunitySnapshot, Unavailable> {
    let opportunity = ctx
        .connections
        .call(integration, |api| {
            let (api, id) = (api.with_trace(trace.clone()), id.clone());
            async move {
                let mut opportunity = api.opportunity(&id, &[Expand::Applications]).await?;
                api.complete_application(&mut opportunity).await?;
                Ok(opportunity)
            }
        })
        .await?;
    // An application that Lever does not show is not the same as no posting: nothing is decided.
    if let AppliedFor::Unexpanded(application) = opportunity.applied_for() {
        let why = Reason::ApplicationHidden {
            application: application.to_string(),
            title: Scope::Applications.title().to_owned(),
        };
        return Err(Unavailable::Later { why, after: None });
    }
    let Some(posting_id) = opportunity.posting_id().cloned() else {
        return Ok(OpportunitySnapshot { opportunity, posting: None, posting_is_hidden: false });
    };
    match posting(ctx, integration, &posting_id, trace).await {
        Ok(posting) => {
            Ok(OpportunitySnapshot { opportunity, posting: Some(posting), posting_is_hidden: false })
        }
        Err(Unavailable::Hidden | Unavailable::Unknown) => {
            Ok(OpportunitySnapshot { opportunity, posting: None, posting_is_hidden: true })
        }
        Err(other) => Err(other),
    }
}

async fn posting(
    ctx: &JobContext,
    integration: &IntegrationId,
    id: &PostingId,
    trace: &Trace,
) -> Result<Posting, Unavailable> {
    let posting = ctx.connections.call(integration, |api| {
        let (api, id) = (api.with_trace(trace.clone()), id.clone());
        async move { api.posting(&id).await }
    });
    Ok(posting.await?)
}

/// Calls to Lever as lines of the timeline.
pub(in crate::jobs) fn steps_of(trace: &Trace) -> Vec<NewStep> {
    trace.drain().into_iter().map(step_of).collect()
}

fn step_of(call: CallRecord) -> NewStep {
    let status = match call.status {
        Some(200..=299) => StepStatus::Good,
        _ => StepStatus::Attention,
    };
    // The call itself is shown from the exchange; words are needed only where there was no answer.
    let detail = if call.status.is_none() { Reason::Value(call.excerpt.clone()) } else { Reason::None };
    NewStep {
        at: Timestamp(call.at.as_millisecond()),
        kind: if call.method == "GET" { StepKind::Fetched } else { StepKind::Written },
        detail,
        status,
        duration_ms: i64::try_from(call.duration_ms).ok(),
        exchange: Some(Exchange {
            method: call.method,
            path: call.path,
            status: call.status,
            excerpt: call.excerpt,
        }),
    }
}
