//! Postings and tags to choose from: as Lever lists them now, and where it does not answer in time, as it
//! told of them last. So a posting that was just made is there, and the page opens all the same.

use crate::db::{Conn, DbError, DbResult};
use crate::ids::IntegrationId;
use crate::integrations::oauth::connections::{CallError, Connections};
use crate::integrations::schedule::nightly;
use crate::integrations::schedule::nightly::ChoreKind;
use crate::postings::{self, KnownPosting as Kept, Visibility};
use crate::time::Timestamp;
use lever_client::{Posting, PostingState};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::time::Duration;

/// How long the person waits.
const LIMIT: Duration = Duration::from_secs(3);

/// No more pages of a hundred are read than this.
const PAGES: usize = 10;

/// No more kept postings are offered than this.
const MOST: i64 = 2_000;

/// A posting that a rule can be about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownPosting {
    /// Lever's id.
    pub id: String,
    pub title: String,
}

/// What rules can be about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Postings {
    pub postings: Vec<KnownPosting>,
    /// Their tags, in order.
    pub tags: BTreeSet<String>,
}

/// Why the postings are not as Lever lists them now.
#[derive(Debug)]
pub struct Stale {
    /// What happened.
    pub why: CallError,
    /// When they were read; none when they never were.
    pub read_at: Option<Timestamp>,
}

/// Postings and their tags; drafts, closed and rejected ones are left out. What Lever lists is kept.
pub async fn known(
    connections: &Connections,
    id: &IntegrationId,
) -> Result<(Postings, Option<Stale>), DbError> {
    let integration = *id;
    let kept = connections.db().read(move |conn| postings::choices(conn, &integration, MOST)).await?;
    match listed(connections, id).await {
        Ok((listed, is_all)) => {
            let integration = *id;
            let changed: Vec<Posting> = {
                let known: HashMap<&str, &Kept> =
                    kept.iter().map(|kept| (kept.posting_id.as_str(), kept)).collect();
                let is_new = |posting: &&Posting| {
                    known.get(posting.id.as_str()).is_none_or(|kept| !kept.is_as(posting))
                };
                listed.iter().filter(is_new).cloned().collect()
            };
            if !changed.is_empty() {
                let keep = move |conn: &mut Conn| -> DbResult<()> {
                    changed.iter().try_for_each(|posting| postings::save(conn, &integration, posting))
                };
                connections.db().write(keep).await?;
            }
            let ids: HashSet<String> = listed.iter().map(|posting| posting.id.to_string()).collect();
            let others = kept.into_iter().filter(|kept| !is_all && !ids.contains(&kept.posting_id));
            Ok((choose(listed.iter().map(Choice::listed).chain(others.map(Choice::kept))), None))
        }
        Err(why) => {
            let integration = *id;
            let chore = connections
                .db()
                .read(move |conn| nightly::of_integration(conn, &integration, ChoreKind::Postings))
                .await?;
            let read_at = chore.and_then(|chore| chore.done_at).filter(|_| !kept.is_empty());
            let read_at = read_at.or(kept.iter().map(|kept| kept.seen_at).min());
            Ok((choose(kept.into_iter().map(Choice::kept)), Some(Stale { why, read_at })))
        }
    }
}

/// What Lever lists, and whether that is all.
async fn listed(connections: &Connections, id: &IntegrationId) -> Result<(Vec<Posting>, bool), CallError> {
    connections
        .call_within(LIMIT, id, |api| async move {
            let mut pages = api.postings(None);
            let mut listed = Vec::new();
            for _ in 0..PAGES {
                let Some(page) = pages.next().await? else { return Ok((listed, true)) };
                listed.extend(page.items);
                if page.next.is_none() {
                    return Ok((listed, true));
                }
            }
            Ok((listed, false))
        })
        .await
}

/// The title of a posting as Lever told of it last, for when it does not answer; none for one that is not
/// known, or confidential.
pub fn kept_title(conn: &mut Conn, id: &IntegrationId, posting: &str) -> DbResult<Option<String>> {
    let kept = postings::get(conn, id, posting)?;
    let kept = kept.filter(|kept| kept.visibility == Visibility::Open && kept.removed_at.is_none());
    Ok(kept.map(|kept| kept.title))
}

struct Choice {
    id: String,
    title: String,
    tags: Vec<String>,
    state: Option<PostingState>,
}

impl Choice {
    fn listed(posting: &Posting) -> Self {
        Self {
            id: posting.id.to_string(),
            title: posting.text.clone(),
            tags: posting.tags.clone(),
            state: posting.state.clone(),
        }
    }

    fn kept(kept: Kept) -> Self {
        let state = Some(kept.state.as_str()).filter(|state| !state.is_empty()).map(PostingState::from);
        Self { tags: kept.tags(), id: kept.posting_id, title: kept.title, state }
    }

    fn is_over(&self) -> bool {
        matches!(self.state, Some(PostingState::Closed | PostingState::Draft | PostingState::Rejected))
    }
}

fn choose(all: impl Iterator<Item = Choice>) -> Postings {
    let mut found = Postings::default();
    for choice in all.filter(|choice| !choice.is_over()) {
        found.tags.extend(choice.tags.into_iter().filter(|tag| !tag.trim().is_empty()));
        found.postings.push(KnownPosting { id: choice.id, title: choice.title });
    }
    found.postings.sort_by(|a, b| (&a.title, &a.id).cmp(&(&b.title, &b.id)));
    found
}
