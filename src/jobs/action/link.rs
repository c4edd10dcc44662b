//! The candidate's link, from whoever gives the tests.

use crate::invitations::Invitation;
use crate::invitations::test_orders;
use crate::job_queue::JobErrorCode;
use crate::jobs::JobContext;
use crate::jobs::job::JobError;
use crate::reasons::Reason;
use assessment::provider::ProviderError;

/// Orders the tests; the same order again gives the same link.
pub(in crate::jobs) async fn link(
    ctx: &JobContext,
    invitation: &Invitation,
    candidate_name: &str,
    language: &str,
) -> Result<String, JobError> {
    let (known, there_is_one) = (invitation.clone(), ctx.providers.outside.is_some());
    // Kept before the call: what is ordered can be erased again, whatever happens on the way.
    let is_outside = ctx.db.write(move |conn| test_orders::take_up(conn, &known, there_is_one)).await?;
    let Some(provider) = ctx.providers.provider_for(is_outside) else {
        return Err(JobError::retry(JobErrorCode::TestProvider, Reason::ProviderGone));
    };
    match provider.invite(&test_orders::order(invitation, candidate_name, language)).await {
        Ok(invited) => Ok(invited.link),
        Err(failure @ ProviderError::Unavailable(_)) => {
            Err(JobError::retry(JobErrorCode::TestProvider, said(failure)))
        }
        Err(failure) => Err(JobError::fail(JobErrorCode::TestProvider, said(failure))),
    }
}

/// What the provider said, as a reason.
pub(in crate::jobs) fn said(failure: ProviderError) -> Reason {
    match failure {
        ProviderError::Unavailable(detail) => Reason::ProviderUnavailable { detail },
        ProviderError::Refused(detail) => Reason::ProviderRefused { detail },
        ProviderError::Unknown => Reason::ProviderUnknownOrder,
    }
}
