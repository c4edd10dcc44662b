//! Mails a notice to the people of a company whom it is for, each once.

use super::JobContext;
use super::job::JobError;
use crate::ids::CompanyId;
use crate::job_queue::JobErrorCode;
use crate::mail::{MailError, Message};
use crate::people::{self, Notice, User};
use crate::reasons::Reason;

/// Writes to each reader once. Who was written to is kept at once, so a failure half-way does not write to the others
/// again. An address that is refused for good counts as written to.
pub(in crate::jobs) async fn send(
    ctx: &JobContext,
    company: CompanyId,
    notice: Notice,
    message: impl Fn(&User) -> Message,
) -> Result<(), JobError> {
    let readers = ctx.db.read(move |conn| people::unnotified(conn, &company, notice)).await?;
    for user in readers {
        match ctx.mailer.send(message(&user)).await {
            Ok(_) => {}
            Err(MailError::TryAgain(why)) => {
                return Err(JobError::retry(JobErrorCode::MailServer, Reason::MailLater { detail: why }));
            }
            Err(refused) => tracing::warn!(%refused, ?notice, "a notice cannot be sent to a person"),
        }
        ctx.db.write(move |conn| people::notified(conn, notice, &user.id)).await?;
    }
    Ok(())
}
