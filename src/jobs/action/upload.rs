//! The summary of a result as a file on the opportunity in Lever. The full result stays in the portal.

use super::once::Once;
use super::there;
use super::write_back::{in_lever, result_link};
use crate::db::DbError;
use crate::events::StepKind;
use crate::invitations::actions::Action;
use crate::invitations::{Invitation, candidates};
use crate::job_queue::JobErrorCode;
use crate::jobs::JobContext;
use crate::jobs::action::ActionOutcome;
use crate::jobs::job::JobError;
use crate::people;
use crate::reasons::Reason;
use crate::report::{self, About, Extent, Report};
use crate::test_sessions::results;
use lever_client::Upload;

/// Uploads the summary, unless it is there.
pub(in crate::jobs) async fn upload_report(
    ctx: &JobContext,
    action: &Action,
    invitation: &Invitation,
) -> Result<ActionOutcome, DbError> {
    let bytes = match written(ctx, invitation).await {
        Ok(bytes) => bytes,
        Err(failure) => return ActionOutcome::from_failure(failure),
    };
    let (name, size) = (there::file_name(invitation), bytes.len());
    let (of, since, once) = (invitation.id, action.created_at, Once::for_action(action));
    let tried =
        in_lever(ctx, invitation, StepKind::SummaryAttached, Reason::Value(name.clone()), |api, id| {
            let (name, bytes, once) = (name.clone(), bytes.clone(), once.clone());
            async move {
                if api.files(&id).await?.iter().any(|file| there::is_summary(file, &of, size, since)) {
                    return Ok(());
                }
                once.begin()?;
                let upload = Upload { name, mime: "application/pdf".to_owned(), bytes };
                api.upload_file(&id, upload).await.map(drop)
            }
        });
    let tried = tried.await?;
    Ok(match once.ended(tried) {
        ActionOutcome::Failed(Reason::LeverTooLarge { detail }) => {
            ActionOutcome::Failed(Reason::FileTooLarge { name, kilobytes: size.div_ceil(1000), detail })
        }
        tried => tried,
    })
}

/// The summary's bytes, or why there are none.
async fn written(ctx: &JobContext, invitation: &Invitation) -> Result<Vec<u8>, JobError> {
    let (known, sealer) = (invitation.clone(), ctx.sealer.clone());
    let (outcome, company, candidate) = ctx
        .db
        .read(move |conn| {
            let outcome = results::of_invitation(conn, &sealer, &known.id)?;
            let company = people::company(conn, &known.company_id)?;
            Ok((outcome, company, candidates::candidate(conn, &known.candidate_id)?))
        })
        .await?;
    let Some(outcome) = outcome else {
        return Err(JobError::fail(JobErrorCode::Internal, Reason::NoResult));
    };
    let (link, posting) = (result_link(ctx, invitation), invitation.posting_title.clone());
    let writing = report::in_turn(move || {
        let report = Report::of_outcome(&outcome);
        let completed = report.completed_at.day_in(&company.zone());
        let about = About {
            company: &company.name,
            candidate: &candidate.name,
            posting: &posting,
            completed: &completed,
            link: &link,
        };
        report::pdf(&report, about, Extent::Summary).map_err(|failure| failure.to_string())
    });
    let written = writing.await.unwrap_or_else(|failure| Err(failure.to_string()));
    written.map_err(|detail| JobError::fail(JobErrorCode::Internal, Reason::PdfFailed { detail }))
}
