//! The candidate's link, from whoever gives the tests.

use crate::db::DbError;
use crate::invitations::Invitation;
use crate::invitations::test_orders;
use crate::jobs::JobContext;
use crate::jobs::action::ActionOutcome;
use assessment::provider::ProviderError;

/// Orders the tests; the same order again gives the same link. Where that does not succeed, how the
/// action that needs it went.
pub(in crate::jobs) async fn link(
    ctx: &JobContext,
    invitation: &Invitation,
    candidate_name: &str,
    language: &str,
) -> Result<Result<String, ActionOutcome>, DbError> {
    let (known, there_is_one) = (invitation.clone(), ctx.providers.outside.is_some());
    // Kept before the call: what is ordered can be erased again, whatever happens on the way.
    let is_outside = ctx.db.write(move |conn| test_orders::take_up(conn, &known, there_is_one)).await?;
    let Some(provider) = ctx.providers.provider_for(is_outside) else {
        let why = "the tests were ordered from an outside provider, and TESTS_URL names none any more";
        return Ok(Err(ActionOutcome::Later { why: why.to_owned(), after: None }));
    };
    Ok(match provider.invite(&test_orders::order(invitation, candidate_name, language)).await {
        Ok(invited) => Ok(invited.link),
        Err(failure @ ProviderError::Unavailable(_)) => {
            Err(ActionOutcome::Later { why: failure.to_string(), after: None })
        }
        Err(failure) => Err(ActionOutcome::Failed(failure.to_string())),
    })
}
