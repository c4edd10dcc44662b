//! What is noticed about a posting while its events are processed.

use crate::db::{Conn, DbResult};
use crate::events::steps::NewStep;
use crate::events::{Event, StepKind, StepStatus};
use crate::invitations::{OpportunitySnapshot, SeenPosting};
use crate::postings::{self, Finding, Tag};
use crate::reasons::Reason;
use lever_client::Event as Kind;

/// Keeps what Lever says of the posting, and answers what about it keeps a tag from working: for an
/// application, because that is where tags count.
pub(in crate::jobs) fn look_at_posting(
    conn: &mut Conn,
    event: &Event,
    kind: &Kind,
    seen: &OpportunitySnapshot,
) -> DbResult<Vec<NewStep>> {
    let findings = match (&seen.posting, seen.opportunity.posting_id()) {
        (SeenPosting::Visible(posting), _) => {
            postings::save(conn, &event.integration_id, posting)?;
            postings::findings(&posting.tags, posting.is_confidential())
        }
        (SeenPosting::Hidden, Some(id)) => {
            // Lever copies a posting's tags to its opportunities: so they speak for a posting that is not shown.
            let copied: Vec<String> =
                seen.opportunity.tags.iter().filter(|tag| Tag::read(tag).is_for_alva()).cloned().collect();
            postings::keep_hidden(conn, &event.integration_id, id.as_str(), &copied)?;
            if copied.is_empty() { Vec::new() } else { vec![Finding::Confidential] }
        }
        _ => Vec::new(),
    };
    if *kind != Kind::ApplicationCreated {
        return Ok(Vec::new());
    }
    let step =
        |finding| NewStep::new(StepKind::PostingFinding, Reason::Posting(finding), StepStatus::Attention);
    Ok(findings.into_iter().map(step).collect())
}
