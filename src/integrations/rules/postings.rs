//! Postings and tags to choose from, as Lever lists them now.

use crate::ids::IntegrationId;
use crate::integrations::connection::{CallError, Connections};
use crate::lever::PostingState;
use std::collections::BTreeSet;
use std::time::Duration;

/// How long the person waits.
const LIMIT: Duration = Duration::from_secs(6);

/// No more pages of a hundred are read than this.
const PAGES: usize = 10;

/// A posting that a rule can be about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownPosting {
    /// Lever's id.
    pub id: String,
    /// What it is called.
    pub title: String,
}

/// What rules can be about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Postings {
    /// Postings, by title.
    pub postings: Vec<KnownPosting>,
    /// Their tags, in order.
    pub tags: BTreeSet<String>,
}

/// Asks Lever for postings and their tags; drafts, closed and rejected ones are left out.
///
/// # Errors
/// When Lever could not be asked in time.
pub async fn known(connections: &Connections, id: &IntegrationId) -> Result<Postings, CallError> {
    let listed = connections.call_within(LIMIT, id, |api| async move {
        let mut pages = api.postings(None);
        let mut listed = Vec::new();
        for _ in 0..PAGES {
            let Some(page) = pages.next().await? else { break };
            listed.extend(page.items);
            if page.next.is_none() {
                break;
            }
        }
        Ok(listed)
    });
    let mut found = Postings::default();
    let is_over = |state: &Option<PostingState>| {
        matches!(state, Some(PostingState::Closed | PostingState::Draft | PostingState::Rejected))
    };
    for posting in listed.await?.into_iter().filter(|posting| !is_over(&posting.state)) {
        found.tags.extend(posting.tags.into_iter().filter(|tag| !tag.trim().is_empty()));
        found.postings.push(KnownPosting { id: posting.id.to_string(), title: posting.text });
    }
    found.postings.sort_by(|a, b| (&a.title, &a.id).cmp(&(&b.title, &b.id)));
    Ok(found)
}
