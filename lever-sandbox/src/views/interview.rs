//! Panels and their interviews.

use serde::Serialize;
use utoipa::ToSchema;

use crate::call::Listed;
use crate::state::{Interview, Panel, Posting, State, User};

/// Somebody who interviews.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InterviewerView {
    id: String,
    name: String,
    email: String,
    /// Whether they take part, as panels say it; there is no calendar that knew.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    response_status: Option<&'static str>,
    feedback_template: &'static str,
}

/// What an interview has when nobody chose a form.
const NO_FEEDBACK: &str = "no-feedback";

impl From<&User> for InterviewerView {
    fn from(user: &User) -> Self {
        Self {
            id: user.id.clone(),
            name: user.name.clone(),
            email: user.email.clone(),
            response_status: None,
            feedback_template: NO_FEEDBACK,
        }
    }
}

fn interviewers(state: &State, interview: &Interview) -> Vec<InterviewerView> {
    interview.interviewers.iter().filter_map(|id| state.user(id)).map(Into::into).collect()
}

fn said(text: &str) -> Option<String> {
    Some(text.to_owned()).filter(|text| !text.is_empty())
}

fn reminder(panel: &Panel) -> String {
    panel.feedback_reminder.clone().unwrap_or_else(|| "daily".to_owned())
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
    /// When it is.
    date: i64,
    /// Minutes.
    duration: i64,
    location: Option<String>,
    feedback_template: &'static str,
    feedback_forms: Vec<String>,
    feedback_reminder: String,
    user: String,
    stage: Option<String>,
    canceled_at: Option<i64>,
    postings: Vec<String>,
    gcal_event_url: Option<String>,
    opportunity_id: String,
}

impl InterviewView {
    pub fn new(
        state: &State,
        opportunity: &str,
        posting: Option<&Posting>,
        panel: &Panel,
        interview: &Interview,
    ) -> Self {
        Self {
            id: interview.id.clone(),
            panel: panel.id.clone(),
            subject: interview.subject.clone(),
            note: interview.note.clone(),
            interviewers: interviewers(state, interview),
            timezone: panel.timezone.clone(),
            created_at: interview.created_at,
            date: interview.at,
            duration: interview.duration,
            location: said(&interview.location),
            feedback_template: NO_FEEDBACK,
            feedback_forms: interview.feedback.clone(),
            feedback_reminder: reminder(panel),
            user: panel.user.clone(),
            stage: panel.stage.clone(),
            canceled_at: interview.canceled_at,
            postings: posting.iter().map(|posting| posting.id.clone()).collect(),
            gcal_event_url: None,
            opportunity_id: opportunity.to_owned(),
        }
    }
}

impl Listed for InterviewView {
    fn id(&self) -> &str {
        &self.id
    }

    fn at(&self) -> i64 {
        self.created_at
    }
}

/// An interview as its panel shows it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PanelInterviewView {
    id: String,
    /// When it is.
    date: i64,
    /// Minutes.
    duration: i64,
    feedback_reminder: String,
    feedback_template: &'static str,
    interviewers: Vec<InterviewerView>,
    location: Option<String>,
    note: String,
    subject: String,
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
    feedback_reminder: String,
    interviews: Vec<PanelInterviewView>,
    note: Option<String>,
    stage: Option<String>,
    timezone: String,
    user: String,
}

impl PanelView {
    pub fn new(state: &State, application: Option<&str>, panel: &Panel) -> Self {
        let ends = panel.interviews.iter().map(|interview| interview.at + interview.duration * 60_000);
        Self {
            id: panel.id.clone(),
            applications: application.iter().map(ToString::to_string).collect(),
            canceled_at: panel.canceled_at,
            created_at: panel.created_at,
            start: panel.interviews.iter().map(|interview| interview.at).min(),
            end: ends.max(),
            externally_managed: panel.externally_managed,
            external_url: panel.external_url.clone(),
            feedback_reminder: reminder(panel),
            interviews: panel
                .interviews
                .iter()
                .map(|interview| PanelInterviewView {
                    id: interview.id.clone(),
                    date: interview.at,
                    duration: interview.duration,
                    feedback_reminder: reminder(panel),
                    feedback_template: NO_FEEDBACK,
                    interviewers: interviewers(state, interview)
                        .into_iter()
                        .map(|view| InterviewerView { response_status: Some("needsAction"), ..view })
                        .collect(),
                    location: said(&interview.location),
                    note: interview.note.clone(),
                    subject: interview.subject.clone(),
                })
                .collect(),
            note: said(&panel.note),
            stage: panel.stage.clone(),
            timezone: panel.timezone.clone(),
            user: panel.user.clone(),
        }
    }
}

impl Listed for PanelView {
    fn id(&self) -> &str {
        &self.id
    }

    fn at(&self) -> i64 {
        self.created_at
    }
}
