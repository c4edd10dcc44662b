//! What people do to candidates.

use actix_web::web::{self, Path};
use serde::Deserialize;
use serde_json::json;

use super::answer::{Answer, Input, created, data};
use crate::call::ApiError;
use crate::sandbox::{Sandbox, Shared};
use crate::state::{
    Actor, ApplicationType, Events, NewApplication, NewOpportunity, OpError, Origin, Phone, State,
};
use crate::views::{OpportunityView, Show};

pub(super) fn configure(cfg: &mut web::ServiceConfig) {
    cfg.route("/opportunities", web::post().to(create))
        .route("/opportunities/{id}", web::delete().to(delete))
        .route("/opportunities/{id}/move", web::post().to(move_to_stage))
        .route("/opportunities/{id}/hire", web::post().to(hire))
        .route("/opportunities/{id}/archive", web::post().to(archive))
        .route("/opportunities/{id}/unarchive", web::post().to(unarchive))
        .route("/opportunities/{id}/anonymize", web::post().to(anonymize))
        .route("/opportunities/{id}/confidential", web::post().to(confidential))
        .route("/apply", web::post().to(apply));
}

fn view(lever: &Sandbox, id: &str) -> Result<OpportunityView, ApiError> {
    let show = Show::plain(&lever.url);
    let state = lever.read();
    Ok(OpportunityView::new(&state, state.opportunity(id)?, &show))
}

/// Does something as a user: the one named by id or e-mail address, or the Super Admin.
fn as_user(
    lever: &Sandbox,
    user: Option<&str>,
    operation: impl FnOnce(&mut State, Actor<'_>) -> Result<Events, OpError>,
) -> Result<(), ApiError> {
    let id = acting(&lever.read(), user)?;
    Ok(lever.act_only(Some(&id), operation)?)
}

/// A user by id or e-mail address; the Super Admin when none is named.
pub(super) fn acting(state: &State, user: Option<&str>) -> Result<String, ApiError> {
    match user {
        None => Ok(state.admin().id.clone()),
        Some(user) => state
            .user(user)
            .or_else(|| state.user_by_email(user))
            .map(|user| user.id.clone())
            .ok_or_else(|| ApiError::bad(format!("User {user} was not found"))),
    }
}

/// A stage's id, from its id or name.
fn stage_id(state: &State, stage: &str) -> String {
    let mut stages = state.stages.iter();
    stages
        .find(|there| there.id == stage || there.text.eq_ignore_ascii_case(stage))
        .map_or_else(|| stage.to_owned(), |there| there.id.clone())
}

/// A posting's id, from its id or title.
fn posting_id(state: &State, posting: &str) -> String {
    let mut postings = state.postings.iter();
    postings
        .find(|there| there.id == posting || there.text.eq_ignore_ascii_case(posting))
        .map_or_else(|| posting.to_owned(), |there| there.id.clone())
}

/// An archive reason's id, from its id or text.
fn reason_id(state: &State, reason: &str) -> String {
    let mut reasons = state.archive_reasons.iter();
    reasons
        .find(|there| there.id == reason || there.text.eq_ignore_ascii_case(reason))
        .map_or_else(|| reason.to_owned(), |there| there.id.clone())
}

/// New candidates. Stage, posting and reason by id or name.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct NewCandidate {
    /// How many; each gets its own name and address unless these are given.
    count: Option<usize>,
    name: Option<String>,
    email: Option<String>,
    emails: Option<Vec<String>>,
    phone: Option<String>,
    headline: Option<String>,
    location: Option<String>,
    stage: Option<String>,
    posting: Option<String>,
    origin: Option<Origin>,
    contact: Option<String>,
    owner: Option<String>,
    tags: Vec<String>,
    sources: Vec<String>,
    links: Vec<String>,
    confidential: bool,
    /// An archive reason: archived from the start.
    archived: Option<String>,
    created_at: Option<i64>,
    /// When it was touched last; now when missing.
    updated_at: Option<i64>,
    user: Option<String>,
    /// Whether webhooks are not told.
    silent: bool,
}

impl NewCandidate {
    fn build(&self, state: &mut State) -> NewOpportunity {
        let number = state.opportunities.next_serial() + 1;
        let emails = self
            .emails
            .clone()
            .or_else(|| self.email.clone().map(|email| vec![email]))
            .unwrap_or_else(|| vec![format!("candidate.{number}@example.com")]);
        NewOpportunity {
            name: self.name.clone().or_else(|| Some(format!("Candidate {number}"))),
            headline: self.headline.clone(),
            emails,
            phones: self.phone.iter().map(|value| Phone { kind: None, value: value.clone() }).collect(),
            location: self.location.clone(),
            links: self.links.clone(),
            tags: self.tags.clone(),
            sources: self.sources.clone(),
            origin: self.origin,
            stage: self.stage.as_deref().map(|stage| stage_id(state, stage)),
            owner: self.owner.clone(),
            posting: self.posting.as_deref().map(|posting| posting_id(state, posting)),
            application_type: Some(match self.origin {
                Some(Origin::Applied) => ApplicationType::Posting,
                Some(Origin::Referred) => ApplicationType::Referral,
                _ => ApplicationType::User,
            }),
            contact: self.contact.clone(),
            confidential: self.confidential,
            created_at: self.created_at,
            archive_reason: self.archived.as_deref().map(|reason| reason_id(state, reason)),
            ..NewOpportunity::default()
        }
    }
}

/// `POST /sandbox/opportunities`
async fn create(lever: Shared, Input(input): Input<NewCandidate>) -> Answer {
    let user = acting(&lever.read(), input.user.as_deref())?;
    let ids = lever.act(Some(&user), |state, actor| {
        let mut ids = Vec::new();
        let mut caused = Vec::new();
        for _ in 0..input.count.unwrap_or(1) {
            let new = input.build(state);
            let (id, events) = state.create_opportunity(new, actor)?;
            if let Some(at) = input.updated_at {
                state.opportunities.edit(&id, |row| row.updated_at = at);
            }
            ids.push(id);
            caused.extend(events);
        }
        if input.silent {
            caused.clear();
        }
        Ok((ids, caused))
    })?;
    let views = ids.iter().map(|id| view(&lever, id)).collect::<Result<Vec<_>, _>>()?;
    Ok(match (input.count, views.into_iter()) {
        (None, mut one) => created(one.next()),
        (Some(_), all) => created(all.collect::<Vec<_>>()),
    })
}

/// Who does it, and what with.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Act {
    user: Option<String>,
    stage: Option<String>,
    reason: Option<String>,
    confidential: Option<bool>,
}

/// `POST /sandbox/opportunities/{id}/move`
async fn move_to_stage(lever: Shared, id: Path<String>, Input(input): Input<Act>) -> Answer {
    let stage = input.stage.ok_or_else(|| ApiError::bad("stage is required: the id or name of a stage"))?;
    as_user(&lever, input.user.as_deref(), |state, actor| {
        let stage = stage_id(state, &stage);
        state.move_to_stage(&id, &stage, actor)
    })?;
    Ok(data(view(&lever, &id)?))
}

/// `POST /sandbox/opportunities/{id}/hire`
async fn hire(lever: Shared, id: Path<String>, Input(input): Input<Act>) -> Answer {
    as_user(&lever, input.user.as_deref(), |state, actor| state.hire(&id, actor))?;
    Ok(data(view(&lever, &id)?))
}

/// `POST /sandbox/opportunities/{id}/archive`; without a reason, the first that isn't
/// a hire.
async fn archive(lever: Shared, id: Path<String>, Input(input): Input<Act>) -> Answer {
    as_user(&lever, input.user.as_deref(), |state, actor| {
        let reason = match &input.reason {
            Some(reason) => reason_id(state, reason),
            None => state
                .archive_reasons
                .iter()
                .find(|reason| !reason.hired && reason.active)
                .map(|reason| reason.id.clone())
                .unwrap_or_default(),
        };
        state.archive(&id, &reason, None, actor)
    })?;
    Ok(data(view(&lever, &id)?))
}

/// `POST /sandbox/opportunities/{id}/unarchive`
async fn unarchive(lever: Shared, id: Path<String>, Input(input): Input<Act>) -> Answer {
    as_user(&lever, input.user.as_deref(), |state, actor| state.unarchive(&id, actor))?;
    Ok(data(view(&lever, &id)?))
}

/// `POST /sandbox/opportunities/{id}/anonymize`: the person behind it.
async fn anonymize(lever: Shared, id: Path<String>, Input(input): Input<Act>) -> Answer {
    as_user(&lever, input.user.as_deref(), |state, actor| {
        let contact = state.opportunity(&id)?.contact.clone();
        state.anonymize(&contact, actor)
    })?;
    Ok(data(view(&lever, &id)?))
}

/// `POST /sandbox/opportunities/{id}/confidential`
async fn confidential(lever: Shared, id: Path<String>, Input(input): Input<Act>) -> Answer {
    let flag = input.confidential.unwrap_or(true);
    as_user(&lever, input.user.as_deref(), |state, actor| {
        state.set_confidential(&id, flag, actor)?;
        Ok(Vec::new())
    })?;
    Ok(data(view(&lever, &id)?))
}

/// `DELETE /sandbox/opportunities/{id}`
async fn delete(lever: Shared, id: Path<String>) -> Answer {
    as_user(&lever, None, |state, actor| state.delete(&id, actor))?;
    Ok(actix_web::HttpResponse::NoContent().finish())
}

/// An application. The posting by id or title; the first one when missing.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct NewApplicant {
    posting: Option<String>,
    name: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    company: Option<String>,
    links: Vec<String>,
    comments: Option<String>,
    source: Option<String>,
}

/// `POST /sandbox/apply`
async fn apply(lever: Shared, Input(input): Input<NewApplicant>) -> Answer {
    let (opportunity, application) = lever.act(None, |state, actor| {
        let number = state.opportunities.next_serial() + 1;
        let posting = match &input.posting {
            Some(posting) => posting_id(state, posting),
            None => state.postings.first().map(|posting| posting.id.clone()).unwrap_or_default(),
        };
        let new = NewApplication {
            name: input.name.unwrap_or_else(|| format!("Applicant {number}")),
            email: Some(input.email.unwrap_or_else(|| format!("applicant.{number}@example.com"))),
            phone: input.phone,
            company: input.company,
            links: input.links,
            comments: input.comments,
            source: input.source,
            ..NewApplication::default()
        };
        let (opportunity, application, events) = state.apply(&posting, new, actor)?;
        Ok(((opportunity, application), events))
    })?;
    let contact = lever.read().opportunity(&opportunity)?.contact.clone();
    Ok(created(json!({
        "applicationId": application,
        "opportunityId": opportunity,
        "contactId": contact,
        "opportunity": view(&lever, &opportunity)?,
    })))
}
