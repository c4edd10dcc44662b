//! Panels: days of interviews, scheduled through the API as a whole.

use crate::state::account::{Actor, Events, OpError, State};
use crate::state::entities::{EventKind, Interview, Panel};
use crate::state::events;

/// A panel as it is to be.
#[derive(Clone, Debug, Default)]
pub struct NewPanel {
    pub timezone: String,
    pub note: String,
    pub external_url: Option<String>,
    pub feedback_reminder: Option<String>,
    pub interviews: Vec<PanelInterview>,
}

/// An interview of a [`NewPanel`].
#[derive(Clone, Debug, Default)]
pub struct PanelInterview {
    /// Of one that is there already.
    pub id: Option<String>,
    pub subject: String,
    pub note: String,
    pub interviewers: Vec<String>,
    pub at: i64,
    /// Minutes.
    pub duration: i64,
    pub location: String,
}

impl State {
    fn check_panel(&self, new: &NewPanel) -> Result<(), OpError> {
        if new.interviews.is_empty() {
            return Err(OpError::Invalid("interviews must have at least one interview".into()));
        }
        let mut named = new.interviews.iter().flat_map(|interview| &interview.interviewers);
        match named.find(|id| self.user(id).is_none()) {
            Some(stranger) => Err(OpError::Invalid(format!("User {stranger} was not found"))),
            None => Ok(()),
        }
    }

    fn interview_of(&mut self, new: PanelInterview, before: Option<&Interview>, now: i64) -> Interview {
        Interview {
            id: before.map_or_else(|| self.draw.uuid(), |there| there.id.clone()),
            subject: new.subject,
            note: new.note,
            interviewers: new.interviewers,
            at: new.at,
            duration: new.duration,
            location: new.location,
            feedback: before.map(|there| there.feedback.clone()).unwrap_or_default(),
            created_at: before.map_or(now, |there| there.created_at),
            updated_at: now,
            canceled_at: None,
        }
    }

    fn events_for(
        &self,
        opportunity: &str,
        panel: &str,
        interviews: &[(EventKind, Interview)],
        now: i64,
    ) -> Result<Events, OpError> {
        let row = self.opportunity(opportunity)?;
        Ok(interviews.iter().map(|(kind, there)| events::interview(*kind, row, panel, there, now)).collect())
    }

    /// Schedules a panel; answers its id.
    pub fn add_panel(
        &mut self,
        opportunity: &str,
        new: NewPanel,
        actor: Actor<'_>,
    ) -> Result<(String, Events), OpError> {
        self.check_panel(&new)?;
        let stage = self.opportunity(opportunity)?.stage.clone();
        let id = self.draw.uuid();
        let interviews: Vec<Interview> =
            new.interviews.into_iter().map(|it| self.interview_of(it, None, actor.now)).collect();
        let told: Vec<_> = interviews.iter().map(|it| (EventKind::InterviewCreated, it.clone())).collect();
        let panel = Panel {
            id: id.clone(),
            stage,
            user: actor.user.map_or_else(|| self.admin().id.clone(), str::to_owned),
            timezone: new.timezone,
            note: new.note,
            created_at: actor.now,
            canceled_at: None,
            externally_managed: true,
            external_url: new.external_url,
            feedback_reminder: new.feedback_reminder,
            interviews,
        };
        self.papers_mut(opportunity)?.panels.push(panel);
        self.touch(opportunity, actor.now);
        let caused = self.events_for(opportunity, &id, &told, actor.now)?;
        Ok((id, caused))
    }

    /// A panel that the API made and may change.
    fn own_panel(&self, opportunity: &str, panel: &str) -> Result<&Panel, OpError> {
        let mut panels = self.papers(opportunity).panels.iter();
        let found = panels.find(|there| there.id == panel);
        let found = found.ok_or_else(|| OpError::not_found("Panel", panel))?;
        if found.externally_managed {
            return Ok(found);
        }
        Err(OpError::Forbidden("Only panels that are managed externally can be changed via the API".into()))
    }

    /// Puts another panel in the place of one; its interviews are known by their ids.
    pub fn update_panel(
        &mut self,
        opportunity: &str,
        panel: &str,
        new: NewPanel,
        actor: Actor<'_>,
    ) -> Result<Events, OpError> {
        self.opportunity(opportunity)?;
        let before = self.own_panel(opportunity, panel)?.interviews.clone();
        self.check_panel(&new)?;
        let mut told = Vec::new();
        let mut interviews = Vec::new();
        for interview in new.interviews {
            let known = match &interview.id {
                None => None,
                Some(id) => Some(
                    before
                        .iter()
                        .find(|there| there.id == *id)
                        .ok_or_else(|| OpError::Invalid(format!("Interview {id} was not found")))?,
                ),
            };
            let kind =
                if known.is_some() { EventKind::InterviewUpdated } else { EventKind::InterviewCreated };
            let made = self.interview_of(interview, known, actor.now);
            told.push((kind, made.clone()));
            interviews.push(made);
        }
        let gone = before.into_iter().filter(|old| interviews.iter().all(|there| there.id != old.id));
        told.extend(gone.map(|old| (EventKind::InterviewDeleted, old)));
        let mut panels = self.papers_mut(opportunity)?.panels.iter_mut();
        if let Some(there) = panels.find(|there| there.id == panel) {
            there.timezone = new.timezone;
            there.note = new.note;
            there.external_url = new.external_url;
            there.feedback_reminder = new.feedback_reminder;
            there.interviews = interviews;
        }
        self.touch(opportunity, actor.now);
        self.events_for(opportunity, panel, &told, actor.now)
    }

    /// Takes a panel away, with its interviews.
    pub fn delete_panel(
        &mut self,
        opportunity: &str,
        panel: &str,
        actor: Actor<'_>,
    ) -> Result<Events, OpError> {
        self.opportunity(opportunity)?;
        let gone = self.own_panel(opportunity, panel)?.interviews.clone();
        self.papers_mut(opportunity)?.panels.retain(|there| there.id != panel);
        self.touch(opportunity, actor.now);
        let told: Vec<_> = gone.into_iter().map(|it| (EventKind::InterviewDeleted, it)).collect();
        self.events_for(opportunity, panel, &told, actor.now)
    }
}
