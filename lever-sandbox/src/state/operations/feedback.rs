//! Feedback forms.

use serde_json::Value;

use crate::state::account::{Actor, OpError, State};
use crate::state::entities::{Form, FormField};

/// A new feedback form, made from a template.
#[derive(Clone, Debug, Default)]
pub struct NewFeedback {
    pub template: String,
    pub panel: Option<String>,
    pub interview: Option<String>,
    /// Answers by the id of their question.
    pub values: Vec<(String, Value)>,
    pub created_at: Option<i64>,
    pub completed_at: Option<i64>,
}

/// Changes to a feedback form; what is missing stays as it is.
#[derive(Clone, Debug, Default)]
pub struct FeedbackPatch {
    pub values: Vec<(String, Value)>,
    pub completed_at: Option<i64>,
}

fn fill(fields: &mut [FormField], values: Vec<(String, Value)>) -> Result<(), OpError> {
    for (id, value) in values {
        let field = fields
            .iter_mut()
            .find(|field| field.id == id)
            .ok_or_else(|| OpError::Invalid(format!("Field {id} was not found")))?;
        field.value = value;
    }
    Ok(())
}

impl State {
    /// Adds feedback; answers its id.
    pub fn add_feedback(
        &mut self,
        opportunity: &str,
        new: NewFeedback,
        actor: Actor<'_>,
    ) -> Result<String, OpError> {
        let stage = self.opportunity(opportunity)?.stage.clone();
        let template =
            self.feedback_templates.iter().find(|template| template.id == new.template).cloned().ok_or_else(
                || OpError::Invalid(format!("Feedback template {} was not found", new.template)),
            )?;
        let panels = &self.papers(opportunity).panels;
        let fits = match (&new.panel, &new.interview) {
            (None, None) => true,
            (Some(panel), Some(interview)) => panels.iter().any(|there| {
                there.id == *panel && there.interviews.iter().any(|there| there.id == *interview)
            }),
            _ => false,
        };
        if !fits {
            return Err(OpError::Invalid("panel and interview must name an interview of that panel".into()));
        }
        let mut fields = template.fields;
        fill(&mut fields, new.values)?;
        let id = self.draw.uuid();
        let form = Form {
            id: id.clone(),
            text: template.text,
            instructions: template.instructions,
            fields,
            template: template.id,
            user: actor.user.map_or_else(|| self.admin().id.clone(), str::to_owned),
            stage,
            panel: new.panel,
            interview: new.interview.clone(),
            created_at: new.created_at.unwrap_or(actor.now),
            updated_at: None,
            completed_at: Some(new.completed_at.unwrap_or(actor.now)),
        };
        let papers = self.papers_mut(opportunity)?;
        papers.feedback.push(form);
        let interviews = papers.panels.iter_mut().flat_map(|panel| &mut panel.interviews);
        for interview in interviews.filter(|there| Some(&there.id) == new.interview.as_ref()) {
            interview.feedback.push(id.clone());
        }
        self.touch(opportunity, actor.now);
        Ok(id)
    }

    /// Changes feedback.
    pub fn update_feedback(
        &mut self,
        opportunity: &str,
        feedback: &str,
        patch: FeedbackPatch,
        actor: Actor<'_>,
    ) -> Result<(), OpError> {
        let mut forms = self.papers_mut(opportunity)?.feedback.iter_mut();
        let found = forms.find(|form| form.id == feedback);
        let form = found.ok_or_else(|| OpError::not_found("Feedback", feedback))?;
        let mut fields = form.fields.clone();
        fill(&mut fields, patch.values)?;
        form.fields = fields;
        form.completed_at = patch.completed_at.or(form.completed_at);
        form.updated_at = Some(actor.now);
        self.touch(opportunity, actor.now);
        Ok(())
    }

    /// Deletes feedback.
    pub fn delete_feedback(
        &mut self,
        opportunity: &str,
        feedback: &str,
        actor: Actor<'_>,
    ) -> Result<(), OpError> {
        let papers = self.papers_mut(opportunity)?;
        let before = papers.feedback.len();
        papers.feedback.retain(|form| form.id != feedback);
        if papers.feedback.len() == before {
            return Err(OpError::not_found("Feedback", feedback));
        }
        for interview in papers.panels.iter_mut().flat_map(|panel| &mut panel.interviews) {
            interview.feedback.retain(|id| id != feedback);
        }
        self.touch(opportunity, actor.now);
        Ok(())
    }
}
