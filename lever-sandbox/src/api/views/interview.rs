//! Panels and their interviews.

use serde::Serialize;
use utoipa::ToSchema;

use crate::state::{Interview, Panel, Posting, State, User};

/// Somebody who interviews.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InterviewerView {
    id: String,
    name: String,
    email: String,
    feedback_template: Option<String>,
}

impl From<&User> for InterviewerView {
    fn from(user: &User) -> Self {
        Self {
            id: user.id.clone(),
            name: user.name.clone(),
            email: user.email.clone(),
            feedback_template: None,
        }
    }
}

/// An interview.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InterviewView {
    id: String,
    panel: String,
    subject: String,
    note: String,
    interviewers: Vec<InterviewerView>,
    timezone: String,
    created_at: i64,
    updated_at: i64,
    /// When it is.
    date: i64,
    /// Minutes.
    duration: i64,
    location: String,
    feedback_template: Option<String>,
    feedback_forms: Vec<String>,
    feedback_reminder: &'static str,
    user: String,
    stage: Option<String>,
    canceled_at: Option<i64>,
    postings: Vec<String>,
}

impl InterviewView {
    pub fn new(state: &State, posting: Option<&Posting>, panel: &Panel, interview: &Interview) -> Self {
        Self {
            id: interview.id.clone(),
            panel: panel.id.clone(),
            subject: interview.subject.clone(),
            note: interview.note.clone(),
            interviewers: interview
                .interviewers
                .iter()
                .filter_map(|id| state.user(id))
                .map(Into::into)
                .collect(),
            timezone: panel.timezone.clone(),
            created_at: interview.created_at,
            updated_at: interview.updated_at,
            date: interview.at,
            duration: interview.duration,
            location: interview.location.clone(),
            feedback_template: None,
            feedback_forms: interview.feedback.clone(),
            feedback_reminder: "once",
            user: panel.user.clone(),
            stage: panel.stage.clone(),
            canceled_at: interview.canceled_at,
            postings: posting.iter().map(|posting| posting.id.clone()).collect(),
        }
    }
}

/// A day of interviews.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PanelView {
    id: String,
    applications: Vec<String>,
    canceled_at: Option<i64>,
    created_at: i64,
    start: Option<i64>,
    end: Option<i64>,
    externally_managed: bool,
    external_url: Option<String>,
    interviews: Vec<InterviewView>,
    note: String,
    stage: Option<String>,
    timezone: String,
    user: String,
}

impl PanelView {
    pub fn new(state: &State, application: Option<&str>, posting: Option<&Posting>, panel: &Panel) -> Self {
        let ends = panel.interviews.iter().map(|interview| interview.at + interview.duration * 60_000);
        Self {
            id: panel.id.clone(),
            applications: application.iter().map(ToString::to_string).collect(),
            canceled_at: panel.canceled_at,
            created_at: panel.created_at,
            start: panel.interviews.iter().map(|interview| interview.at).min(),
            end: ends.max(),
            externally_managed: false,
            external_url: None,
            interviews: panel
                .interviews
                .iter()
                .map(|interview| InterviewView::new(state, posting, panel, interview))
                .collect(),
            note: panel.note.clone(),
            stage: panel.stage.clone(),
            timezone: panel.timezone.clone(),
            user: panel.user.clone(),
        }
    }
}
