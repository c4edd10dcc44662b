//! Asking Lever about an opportunity: what is so now, whatever the webhook said.

use crate::events::steps::{Exchange, NewStep};
use crate::events::{StepKind, StepStatus};
use crate::ids::IntegrationId;
use crate::integrations::oauth::access_tokens::AccessError;
use crate::integrations::oauth::connections::CallError;
use crate::invitations::OpportunitySnapshot;
use crate::invitations::snapshot::Fetched;
use crate::jobs::JobContext;
use crate::reasons::Reason;
use crate::time::Timestamp;
use lever_client;
use lever_client::{CallRecord, OpportunityId, Scope, Trace};
use std::time::Duration;

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
    /// Lever refused the request itself, which is as it always is: it may do so for a moment.
    Refused(Reason),
    /// It will not work, and trying again is in vain.
    Never(Reason),
}

impl From<CallError> for Unavailable {
    fn from(cause: CallError) -> Self {
        let why = Reason::from(&cause);
        match cause {
            CallError::Lever(lever_client::Error::Forbidden { .. }) => Self::Hidden,
            CallError::Lever(lever_client::Error::NotFound { .. }) => Self::Unknown,
            CallError::Lever(lever_client::Error::OurFault { status: Some(_), .. }) => Self::Refused(why),
            CallError::Lever(lever_client::Error::OurFault { status: None, .. }) => Self::Never(why),
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
    let fetched = ctx.connections.call(integration, |api| {
        let (api, id) = (api.with_trace(trace.clone()), id.clone());
        async move { OpportunitySnapshot::fetch(&api, &id).await }
    });
    match fetched.await? {
        Fetched::Seen(seen) => Ok(*seen),
        Fetched::ApplicationHidden(application) => {
            let why = Reason::ApplicationHidden {
                application: application.to_string(),
                title: Scope::Applications.title().to_owned(),
            };
            Err(Unavailable::Later { why, after: None })
        }
    }
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
