//! Files and interviews of an opportunity.

use crate::state::account::{Actor, Events, OpError, State};
use crate::state::entities::{EventKind, File, Interview, Panel, Papers};
use crate::state::events;

/// A new interview, with a panel of its own unless one is named.
#[derive(Clone, Debug, Default)]
pub struct NewInterview {
    pub panel: Option<String>,
    pub subject: String,
    pub note: String,
    pub interviewers: Vec<String>,
    pub at: i64,
    /// Minutes.
    pub duration: i64,
    pub location: String,
    pub timezone: Option<String>,
}

impl State {
    pub(super) fn papers_mut(&mut self, opportunity: &str) -> Result<&mut Papers, OpError> {
        self.opportunity(opportunity)?;
        Ok(self.papers.entry(opportunity.to_owned()).or_default())
    }

    pub(super) fn touch(&mut self, opportunity: &str, now: i64) {
        self.opportunities.edit(opportunity, |row| {
            row.last_interaction_at = now;
            row.updated_at = now;
        });
    }

    fn new_file(&mut self, name: &str, content: Vec<u8>, actor: Actor<'_>) -> File {
        File {
            id: self.draw.uuid(),
            name: name.to_owned(),
            ext: name.rsplit_once('.').map(|(_, ext)| ext.to_lowercase()).unwrap_or_default(),
            uploaded_at: actor.now,
            user: actor.user.map(str::to_owned),
            content,
        }
    }

    /// Adds a file; answers its id.
    pub fn add_file(
        &mut self,
        opportunity: &str,
        name: &str,
        content: Vec<u8>,
        actor: Actor<'_>,
    ) -> Result<String, OpError> {
        self.opportunity(opportunity)?;
        let file = self.new_file(name, content, actor);
        let id = file.id.clone();
        self.papers_mut(opportunity)?.files.push(file);
        self.touch(opportunity, actor.now);
        Ok(id)
    }

    /// Adds a resume, which becomes the opportunity's.
    pub fn add_resume(
        &mut self,
        opportunity: &str,
        name: &str,
        content: Vec<u8>,
        actor: Actor<'_>,
    ) -> Result<(), OpError> {
        self.opportunity(opportunity)?;
        let file = self.new_file(name, content, actor);
        let id = file.id.clone();
        self.papers_mut(opportunity)?.resumes.push(file);
        self.opportunities.edit(opportunity, |row| row.resume = Some(id));
        self.touch(opportunity, actor.now);
        Ok(())
    }

    /// Deletes a file.
    pub fn delete_file(&mut self, opportunity: &str, file: &str, actor: Actor<'_>) -> Result<(), OpError> {
        let files = &mut self.papers_mut(opportunity)?.files;
        let at = files
            .iter()
            .position(|there| there.id == file)
            .ok_or_else(|| OpError::not_found("File", file))?;
        files.remove(at);
        self.touch(opportunity, actor.now);
        Ok(())
    }

    /// Schedules an interview; answers its id.
    pub fn add_interview(
        &mut self,
        opportunity: &str,
        new: NewInterview,
        actor: Actor<'_>,
    ) -> Result<(String, Events), OpError> {
        let stage = self.opportunity(opportunity)?.stage.clone();
        let user = actor.user.map_or_else(|| self.admin().id.clone(), str::to_owned);
        if let Some(stranger) = new.interviewers.iter().find(|id| self.user(id).is_none()) {
            return Err(OpError::Invalid(format!("User {stranger} was not found")));
        }
        let interview = Interview {
            id: self.draw.uuid(),
            subject: new.subject,
            note: new.note,
            interviewers: new.interviewers,
            at: new.at,
            duration: new.duration,
            location: new.location,
            feedback: Vec::new(),
            created_at: actor.now,
            updated_at: actor.now,
            canceled_at: None,
        };
        let panel = match new.panel {
            Some(panel) => panel,
            None => {
                let id = self.draw.uuid();
                self.papers_mut(opportunity)?.panels.push(Panel {
                    id: id.clone(),
                    stage,
                    user,
                    timezone: new.timezone.unwrap_or_else(|| "Europe/Stockholm".into()),
                    note: String::new(),
                    created_at: actor.now,
                    canceled_at: None,
                    externally_managed: true,
                    external_url: None,
                    feedback_reminder: None,
                    interviews: Vec::new(),
                });
                id
            }
        };
        self.papers_mut(opportunity)?
            .panels
            .iter_mut()
            .find(|there| there.id == panel)
            .ok_or_else(|| OpError::not_found("Panel", &panel))?
            .interviews
            .push(interview.clone());
        self.touch(opportunity, actor.now);
        let event = events::interview(
            EventKind::InterviewCreated,
            self.opportunity(opportunity)?,
            &panel,
            &interview,
            actor.now,
        );
        Ok((interview.id, vec![event]))
    }

    /// Changes an interview with `change`, which the event then tells about.
    pub fn update_interview(
        &mut self,
        opportunity: &str,
        interview: &str,
        change: impl FnOnce(&mut Interview),
        actor: Actor<'_>,
    ) -> Result<Events, OpError> {
        let (panel, after) = self
            .papers_mut(opportunity)?
            .panels
            .iter_mut()
            .flat_map(|panel| panel.interviews.iter_mut().map(|there| (&panel.id, there)))
            .find(|(_, there)| there.id == interview)
            .map(|(panel, found)| {
                change(found);
                found.updated_at = actor.now;
                (panel.clone(), found.clone())
            })
            .ok_or_else(|| OpError::not_found("Interview", interview))?;
        self.touch(opportunity, actor.now);
        Ok(vec![events::interview(
            EventKind::InterviewUpdated,
            self.opportunity(opportunity)?,
            &panel,
            &after,
            actor.now,
        )])
    }

    /// Takes an interview away; an empty panel goes with it.
    pub fn delete_interview(
        &mut self,
        opportunity: &str,
        interview: &str,
        actor: Actor<'_>,
    ) -> Result<Events, OpError> {
        let panels = &mut self.papers_mut(opportunity)?.panels;
        let (panel, gone) = panels
            .iter_mut()
            .find_map(|panel| {
                let at = panel.interviews.iter().position(|there| there.id == interview)?;
                Some((panel.id.clone(), panel.interviews.remove(at)))
            })
            .ok_or_else(|| OpError::not_found("Interview", interview))?;
        panels.retain(|panel| !panel.interviews.is_empty());
        self.touch(opportunity, actor.now);
        Ok(vec![events::interview(
            EventKind::InterviewDeleted,
            self.opportunity(opportunity)?,
            &panel,
            &gone,
            actor.now,
        )])
    }
}
