//! Tags, links and sources of an opportunity, and the tags of postings.

use crate::state::account::{Actor, OpError, State, alphabetical};
use crate::state::entities::{DeletedPosting, Opportunity, Posting};
use crate::state::opportunities::Key;

/// One of the lists of text that an opportunity has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListChange {
    Tags,
    Links,
    Sources,
}

impl ListChange {
    fn of(self, opportunity: &mut Opportunity) -> &mut Vec<String> {
        match self {
            Self::Tags => &mut opportunity.tags,
            Self::Links => &mut opportunity.links,
            Self::Sources => &mut opportunity.sources,
        }
    }
}

impl State {
    /// Adds what isn't there yet; adding twice does no harm.
    pub fn add_to_list(
        &mut self,
        id: &str,
        list: ListChange,
        values: &[String],
        actor: Actor<'_>,
    ) -> Result<(), OpError> {
        self.opportunity(id)?;
        self.remember(list, values);
        self.opportunities.edit(id, |opportunity| {
            let present = list.of(opportunity);
            let before = present.len();
            for value in values {
                if !present.contains(value) {
                    present.push(value.clone());
                }
            }
            if present.len() != before {
                opportunity.updated_at = actor.now;
            }
        });
        Ok(())
    }

    /// Takes away what is there.
    pub fn remove_from_list(
        &mut self,
        id: &str,
        list: ListChange,
        values: &[String],
        actor: Actor<'_>,
    ) -> Result<(), OpError> {
        self.opportunities
            .edit(id, |opportunity| {
                let present = list.of(opportunity);
                let before = present.len();
                present.retain(|there| !values.contains(there));
                if present.len() != before {
                    opportunity.updated_at = actor.now;
                }
            })
            .ok_or_else(|| OpError::not_found("Opportunity", id))
    }

    /// Keeps the spelling of tags and sources for the account's lists of them.
    pub(crate) fn remember(&mut self, list: ListChange, values: &[String]) {
        let known = match list {
            ListChange::Tags => &mut self.tags,
            ListChange::Sources => &mut self.sources,
            ListChange::Links => return,
        };
        for value in values {
            known.entry(alphabetical(value)).or_insert_with(|| value.clone());
        }
    }

    /// Sets a posting's tags; those linked to it later get them, those linked already
    /// get the new ones.
    pub fn set_posting_tags(&mut self, id: &str, tags: Vec<String>, actor: Actor<'_>) -> Result<(), OpError> {
        self.edit_posting(id, actor, |posting| posting.tags.clone_from(&tags))?;
        self.remember(ListChange::Tags, &tags);
        let linked: Vec<String> = self
            .opportunities
            .under(&Key::Posting(id.to_owned()))
            .map(|opportunity| opportunity.id.clone())
            .collect();
        for opportunity in linked {
            self.add_to_list(&opportunity, ListChange::Tags, &tags, actor)?;
        }
        Ok(())
    }

    /// Sets or takes away a posting's confidential flag.
    pub fn set_posting_confidential(
        &mut self,
        id: &str,
        confidential: bool,
        actor: Actor<'_>,
    ) -> Result<(), OpError> {
        self.edit_posting(id, actor, |posting| posting.confidential = confidential)
    }

    /// Puts a posting on the public site, the internal one, both or neither.
    pub fn set_posting_channels(
        &mut self,
        id: &str,
        channels: Vec<String>,
        actor: Actor<'_>,
    ) -> Result<(), OpError> {
        self.edit_posting(id, actor, |posting| posting.distribution_channels = channels)
    }

    fn edit_posting(
        &mut self,
        id: &str,
        actor: Actor<'_>,
        change: impl FnOnce(&mut Posting),
    ) -> Result<(), OpError> {
        let mut postings = self.postings.iter_mut();
        let found = postings.find(|posting| posting.id == id);
        let posting = found.ok_or_else(|| OpError::not_found("Posting", id))?;
        change(posting);
        posting.updated_at = actor.now;
        Ok(())
    }

    /// Deletes a posting. Applications to it go on naming it.
    pub fn delete_posting(&mut self, id: &str, actor: Actor<'_>) -> Result<(), OpError> {
        let at = self
            .postings
            .iter()
            .position(|posting| posting.id == id)
            .ok_or_else(|| OpError::not_found("Posting", id))?;
        let posting = self.postings.remove(at);
        self.deleted_postings.push(DeletedPosting { posting, deleted_at: actor.now });
        Ok(())
    }
}
