//! Moving through the pipeline: stages, archive, hire, delete.

use crate::state::account::{Actor, Events, OpError, State};
use crate::state::entities::{Archived, DeletedOpportunity, StageChange};
use crate::state::events;

impl State {
    /// Moves to a stage. Moving to where it already is changes nothing.
    pub fn move_to_stage(&mut self, id: &str, stage: &str, actor: Actor<'_>) -> Result<Events, OpError> {
        let to_index = self
            .stage_index(stage)
            .ok_or_else(|| OpError::Invalid(format!("Stage {stage} was not found")))?;
        let opportunity = self.opportunity(id)?;
        if opportunity.stage.as_deref() == Some(stage) {
            return Ok(Vec::new());
        }
        let from_index = opportunity.stage.as_deref().and_then(|from| self.stage_index(from));
        let event = events::stage_changed(opportunity, opportunity.stage.as_deref(), stage);
        self.opportunities.edit(id, |opportunity| {
            opportunity.stage = Some(stage.to_owned());
            opportunity.stage_changes.push(StageChange {
                to_stage: stage.to_owned(),
                to_index,
                at: actor.now,
                user: actor.user.map(str::to_owned),
            });
            if from_index.is_none_or(|from| from < to_index) {
                opportunity.last_advanced_at = actor.now;
            }
            opportunity.last_interaction_at = actor.now;
            opportunity.updated_at = actor.now;
        });
        Ok(vec![event])
    }

    /// Archives with a reason; one of type hired hires.
    pub fn archive(
        &mut self,
        id: &str,
        reason: &str,
        requisition: Option<&str>,
        actor: Actor<'_>,
    ) -> Result<Events, OpError> {
        let hired = self
            .archive_reason(reason)
            .ok_or_else(|| OpError::Invalid(format!("Archive reason {reason} was not found")))?
            .hired;
        let before = self.opportunity(id)?.archived.clone();
        self.opportunities.edit(id, |opportunity| {
            opportunity.archived = Some(Archived {
                at: actor.now,
                reason: reason.to_owned(),
                requisition: requisition.map(str::to_owned),
            });
            opportunity.last_interaction_at = actor.now;
            opportunity.updated_at = actor.now;
        });
        let opportunity = self.opportunity(id)?;
        let mut caused = vec![events::archive_changed(opportunity, before.as_ref())];
        if hired {
            caused.push(events::hired(opportunity));
        }
        Ok(caused)
    }

    /// Archives with the account's first reason of type hired.
    pub fn hire(&mut self, id: &str, actor: Actor<'_>) -> Result<Events, OpError> {
        let reason = self
            .archive_reasons
            .iter()
            .find(|reason| reason.hired)
            .map(|reason| reason.id.clone())
            .ok_or_else(|| OpError::Invalid("There is no archive reason for hires".into()))?;
        self.archive(id, &reason, None, actor)
    }

    /// Takes out of the archive. Nothing happens to one that isn't archived.
    pub fn unarchive(&mut self, id: &str, actor: Actor<'_>) -> Result<Events, OpError> {
        let Some(before) = self.opportunity(id)?.archived.clone() else {
            return Ok(Vec::new());
        };
        self.opportunities.edit(id, |opportunity| {
            opportunity.archived = None;
            opportunity.last_interaction_at = actor.now;
            opportunity.updated_at = actor.now;
        });
        Ok(vec![events::archive_changed(self.opportunity(id)?, Some(&before))])
    }

    /// Deletes an opportunity, and its person when this was the last one.
    pub fn delete(&mut self, id: &str, actor: Actor<'_>) -> Result<Events, OpError> {
        let contact = self.contact_of(self.opportunity(id)?).clone();
        let opportunity =
            self.opportunities.remove(id).ok_or_else(|| OpError::not_found("Opportunity", id))?;
        self.papers.remove(id);
        let event = events::deleted(&opportunity, actor.user);
        if self.opportunities_of(&contact.id).next().is_none() {
            self.forget_contact(&contact.id);
        }
        self.deleted.push(DeletedOpportunity {
            opportunity,
            contact,
            deleted_at: actor.now,
            deleted_by: actor.user.map(str::to_owned),
        });
        Ok(vec![event])
    }

    /// Sets or takes away the confidential flag.
    pub fn set_confidential(
        &mut self,
        id: &str,
        confidential: bool,
        actor: Actor<'_>,
    ) -> Result<(), OpError> {
        self.opportunities
            .edit(id, |opportunity| {
                opportunity.confidential = confidential;
                opportunity.updated_at = actor.now;
            })
            .ok_or_else(|| OpError::not_found("Opportunity", id))
    }
}
