//! What the posting of a rule is called.

use crate::forms::FieldErrors;
use crate::ids::IntegrationId;
use crate::integrations::oauth::connections::CallError;
use crate::integrations::settings::rules::change::RuleError;
use crate::integrations::settings::rules::kept_title;
use crate::state::AppState;
use lever_client::{Error, PostingId};
use std::time::Duration;

/// How long Lever may take to say it.
const LIMIT: Duration = Duration::from_secs(5);

/// The title of a posting that a rule can be about; or what is wrong with choosing it.
pub(super) async fn title(app: &AppState, id: &IntegrationId, posting: &str) -> Result<String, RuleError> {
    let posting = PostingId::from(posting);
    let asked = app.connections.call_within(LIMIT, id, |api| {
        let posting = posting.clone();
        async move { api.posting(&posting).await }
    });
    let say = |words: &str| RuleError::Invalid(FieldErrors::single("postings", words));
    match asked.await {
        Ok(posting) if posting.is_confidential() => {
            Err(say("This posting is confidential in Lever: nobody can be invited for it."))
        }
        Ok(posting) => Ok(posting.text),
        Err(CallError::Lever(Error::NotFound { .. } | Error::Forbidden { .. } | Error::OurFault { .. })) => {
            Err(say(
                "This posting does not belong to this Lever account, or it is confidential. Choose another.",
            ))
        }
        // As Lever told of it last: whether it is confidential by now is asked before anybody is invited.
        Err(_) => {
            let integration = *id;
            let kept = app.db.read(move |conn| kept_title(conn, &integration, posting.as_str())).await?;
            let unknown =
                "Lever does not answer, so the posting could not be checked. Try again in a moment.";
            kept.ok_or_else(|| say(unknown))
        }
    }
}
