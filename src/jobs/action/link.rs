//! The candidate's link, from whoever gives the tests.

use crate::invitations::Invitation;
use crate::invitations::test_orders;
use crate::job_queue::JobErrorCode;
use crate::jobs::JobContext;
use crate::jobs::job::JobError;
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
        let why = "the tests were ordered from an outside provider, and TESTS_URL names none any more";
        return Err(JobError::retry(JobErrorCode::TestProvider, why));
    };
    match provider.invite(&test_orders::order(invitation, candidate_name, language)).await {
        Ok(invited) => Ok(invited.link),
        Err(failure @ ProviderError::Unavailable(_)) => {
            Err(JobError::retry(JobErrorCode::TestProvider, failure))
        }
        Err(failure) => Err(JobError::fail(JobErrorCode::TestProvider, failure)),
    }
}
