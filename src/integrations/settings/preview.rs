//! Who meets the rules now: looks at the candidates in the trigger stages, and at those who carry the
//! candidate tag, before anything is saved.

use crate::db::{Conn, DbResult};
use crate::i18n::portal;
use crate::ids::IntegrationId;
use crate::integrations::oauth::connections::{CallError, Connections};
use crate::integrations::oauth::permissions;
use crate::integrations::store;
use crate::invitations::candidates::{address_key, address_of};
use crate::invitations::reuse::Needs;
use crate::invitations::rules::{self, Cause, Decision, Facts, Invite, Rule, Settings};
use crate::invitations::{KnownInvitations, SeenPosting, Tests, identity};
use crate::people;
use crate::secrets::Sealer;
use crate::test_sessions::reuse;
use crate::test_sessions::reuse::Listed;
use crate::time::Timestamp;
use lever_client::{
    Api, AppliedFor, Error, Expand, Opportunity, OpportunityFilter, OpportunityId, PostingId,
};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;

/// How long the person waits.
const LIMIT: Duration = Duration::from_secs(8);

/// No more pages of a hundred are read than this.
const PAGES: usize = 5;

/// Why somebody is left alone who has been in the stage for very long.
const TOO_OLD: &str = "entered the stage before the retention period";

/// Why nothing is decided about somebody whose application Lever does not show.
const NO_APPLICATION: &str = "has an application that Lever does not show to the portal";

/// A candidate who would be invited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Their name, or that Lever has none.
    pub name: String,
    /// Their page in Lever.
    pub lever_url: Option<String>,
}

/// Who meets the rules.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Preview {
    /// Those who would be invited, by posting.
    pub invited: BTreeMap<String, Vec<Person>>,
    /// How many are there and would not be, by reason.
    pub refused: BTreeMap<String, usize>,
    /// There are more than were looked at.
    pub is_partial: bool,
    /// So many of those who would be invited have results that are reused.
    pub reused: usize,
    /// By what those who would be invited are recognised.
    people: Vec<(Listed, Tests)>,
}

impl Preview {
    /// So many would be invited.
    pub fn count(&self) -> usize {
        self.invited.values().map(Vec::len).sum()
    }

    /// Whether that is more than a company's number, above which the person who saves says that they have looked.
    pub fn is_above(&self, number: i32) -> bool {
        self.is_partial || usize::try_from(number).is_ok_and(|number| self.count() > number)
    }

    /// The same for people, who are told when there may be more.
    pub fn describe_count(&self) -> String {
        if self.is_partial { format!("{} or more", self.count()) } else { self.count().to_string() }
    }
}

struct FromLever {
    opportunities: Vec<Opportunity>,
    is_partial: bool,
    /// Those of the opportunities that Lever shows.
    postings: HashMap<PostingId, SeenPosting>,
}

/// Asks Lever who is there and decides about each as the worker would. Nothing is stored and nobody is
/// invited. `kept`: who entered the stage before that may have been invited and erased since, and is left
/// alone.
///
/// # Errors
/// When Lever could not be asked in time.
pub async fn preview(
    connections: &Connections,
    id: &IntegrationId,
    settings: &Settings,
    kept: Timestamp,
) -> Result<Preview, CallError> {
    let asked = *id;
    let integration = connections.db().read(move |conn| store::get(conn, &asked)).await?;
    if let Some(scope) = permissions::lacks(&integration, &permissions::TO_DECIDE) {
        return Err(CallError::Lacking(scope));
    }
    let listed = connections
        .call_within(LIMIT, id, |api| {
            let settings = settings.clone();
            async move { list(&api, &settings).await }
        })
        .await?;
    let account = integration;
    let integration = *id;
    let (listed, invitations) = connections
        .db()
        .read(move |conn| {
            let known = KnownInvitations::load(conn, &integration, &listed.opportunities)?;
            Ok((listed, known))
        })
        .await?;
    let mut preview = decide(settings, &listed, &invitations, kept);
    for person in preview.invited.values_mut().flatten() {
        // People who write Lever's objects can name any page in them.
        person.lever_url = person.lever_url.take().filter(|url| account.has_page(url));
    }
    let (integration, people) = (*id, std::mem::take(&mut preview.people));
    let sealer = connections.sealer().clone();
    preview.reused = connections.db().read(move |conn| reused(conn, &sealer, &integration, &people)).await?;
    Ok(preview)
}

/// The first pages of a list, and whether there are more.
async fn read(api: &Api, filter: &OpportunityFilter) -> Result<(Vec<Opportunity>, bool), Error> {
    let mut pages = api.opportunities(filter);
    let (mut opportunities, mut is_partial) = (Vec::new(), false);
    for _ in 0..PAGES {
        let Some(page) = pages.next().await? else { break };
        if page.restarted {
            opportunities.clear();
        }
        let mut items = page.items;
        for opportunity in &mut items {
            api.complete_application(opportunity).await?;
        }
        opportunities.extend(items);
        is_partial = page.next.is_some();
        if !is_partial {
            break;
        }
    }
    Ok((opportunities, is_partial))
}

async fn list(api: &Api, settings: &Settings) -> Result<FromLever, Error> {
    let all = OpportunityFilter {
        archived: Some(false),
        expand: vec![Expand::Applications],
        ..OpportunityFilter::default()
    };
    let (mut opportunities, mut is_partial) = (Vec::new(), false);
    let stages = settings.trigger_stages();
    if !stages.is_empty() {
        (opportunities, is_partial) = read(api, &OpportunityFilter { stages, ..all.clone() }).await?;
    }
    if let Some(tag) = &settings.candidate_tag {
        let (tagged, is_more) = read(api, &OpportunityFilter { tag: Some(tag.clone()), ..all }).await?;
        is_partial |= is_more;
        let known: HashSet<OpportunityId> = opportunities.iter().map(|o| o.id.clone()).collect();
        opportunities.extend(tagged.into_iter().filter(|tagged| !known.contains(&tagged.id)));
    }
    let mut wanted: HashSet<PostingId> =
        opportunities.iter().filter_map(|opportunity| opportunity.posting_id().cloned()).collect();
    let mut postings = HashMap::new();
    let mut pages = api.postings(None);
    for _ in 0..PAGES {
        if wanted.is_empty() {
            break;
        }
        let Some(page) = pages.next().await? else { break };
        for posting in page.items {
            if wanted.remove(&posting.id) {
                postings.insert(posting.id.clone(), posting.into());
            }
        }
    }
    // Lever leaves confidential ones out of the list; a few may only stand on a later page.
    for id in wanted.into_iter().take(10) {
        let posting = SeenPosting::fetch(api, &id).await?;
        postings.insert(id, posting);
    }
    Ok(FromLever { opportunities, is_partial, postings })
}

/// How many of these have results that are reused.
fn reused(
    conn: &mut Conn,
    sealer: &Sealer,
    id: &IntegrationId,
    people: &[(Listed, Tests)],
) -> DbResult<usize> {
    let company = store::get(conn, id)?.company_id;
    let months = people::invitation_policy(conn, &company)?.reuse_months;
    let mut count = 0;
    for tests in Tests::ALL {
        let of_these: Vec<Listed> =
            people.iter().filter(|(_, theirs)| theirs == tests).map(|(one, _)| one.clone()).collect();
        if !of_these.is_empty() {
            let found =
                reuse::with_results(conn, sealer, &company, id, &of_these, Needs::of_tests(*tests), months)?;
            count += of_these.iter().filter(|one| found.has(one)).count();
        }
    }
    Ok(count)
}

/// Whether a reconciliation would leave the candidate alone (see [`crate::reconciliation`]).
fn is_too_old(invite: &Invite, opportunity: &Opportunity, kept: Timestamp) -> bool {
    let entered = opportunity.entered_stage_at().map(|at| Timestamp(at.as_millisecond()));
    matches!(invite.rule, Rule::TriggerStage(..)) && entered.is_none_or(|entered| entered < kept)
}

fn decide(
    settings: &Settings,
    listed: &FromLever,
    invitations: &KnownInvitations,
    kept: Timestamp,
) -> Preview {
    let mut preview = Preview { is_partial: listed.is_partial, ..Preview::default() };
    for opportunity in &listed.opportunities {
        let posting = match opportunity.applied_for() {
            AppliedFor::Posting(id) => listed.postings.get(id).unwrap_or(&SeenPosting::Hidden),
            AppliedFor::Nothing => &SeenPosting::None,
            AppliedFor::Unexpanded(_) => {
                *preview.refused.entry(NO_APPLICATION.to_owned()).or_default() += 1;
                continue;
            }
        };
        let facts = Facts::gather(invitations, Cause::Other, opportunity, posting);
        match rules::decide(settings, facts) {
            Decision::Invite(invite) if is_too_old(&invite, opportunity, kept) => {
                *preview.refused.entry(TOO_OLD.to_owned()).or_default() += 1;
            }
            Decision::Invite(invite) => {
                let listed = Listed {
                    contact: opportunity
                        .contact_id()
                        .filter(|_| identity::other_name(opportunity).is_none())
                        .map(ToString::to_string),
                    address: address_key(&address_of(opportunity)),
                    name: identity::other_name(opportunity)
                        .or(opportunity.name.as_deref())
                        .unwrap_or_default()
                        .to_owned(),
                };
                preview.people.push((listed, invite.tests));
                let title = posting.visible().map_or("Without a posting", |posting| posting.text.as_str());
                preview.invited.entry(title.to_owned()).or_default().push(Person {
                    name: opportunity.name.clone().unwrap_or_else(|| "(no name in Lever)".to_owned()),
                    lever_url: opportunity.urls.show.clone(),
                });
            }
            Decision::Refuse(_, refusal) => {
                *preview.refused.entry(refusal.reason().sentence(portal())).or_default() += 1;
            }
            Decision::Nothing => {}
        }
    }
    preview
}
