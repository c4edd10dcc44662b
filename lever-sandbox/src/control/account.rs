//! What an admin changes about the account itself: its pipeline and its postings.

use actix_web::HttpResponse;
use actix_web::web::{self, Path};
use serde::Deserialize;
use serde_json::json;

use super::answer::{Answer, Input, data};
use crate::call::ApiError;
use crate::sandbox::Shared;
use crate::state::{Actor, Stage, State};

pub(super) fn configure(cfg: &mut web::ServiceConfig) {
    cfg.route("/stages", web::post().to(set_stages))
        .route("/postings/{id}", web::post().to(edit_posting))
        .route("/postings/{id}", web::delete().to(delete_posting));
}

/// A stage of the new pipeline: without an id it is a new one.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct StageInput {
    id: Option<String>,
    text: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Pipeline {
    stages: Vec<StageInput>,
}

/// `POST /sandbox/stages`: the whole pipeline, in its new order. A stage that is left out is removed;
/// the candidates in it go to the first one, and no webhook is sent for that.
async fn set_stages(lever: Shared, Input(input): Input<Pipeline>) -> Answer {
    let now = lever.now();
    let mut state = lever.write();
    let mut stages = Vec::with_capacity(input.stages.len());
    for wanted in input.stages {
        let id = match wanted.id {
            Some(id) if state.stage(&id).is_none() => return Err(ApiError::not_found("Stage", &id)),
            Some(id) => id,
            None => state.draw.uuid(),
        };
        stages.push(Stage { id, text: wanted.text });
    }
    let Some(first) = stages.first().map(|stage| stage.id.clone()) else {
        return Err(ApiError::bad("A pipeline has at least one stage"));
    };
    let is_gone =
        |stage: &Option<String>| stage.as_ref().is_some_and(|id| stages.iter().all(|there| there.id != *id));
    let moved: Vec<String> =
        state.opportunities.iter().filter(|row| is_gone(&row.stage)).map(|row| row.id.clone()).collect();
    for id in moved {
        state.opportunities.edit(&id, |row| {
            row.stage = Some(first.clone());
            row.updated_at = now;
        });
    }
    state.stages = stages;
    Ok(data(&state.stages))
}

/// What changes about a posting.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PostingInput {
    tags: Option<Vec<String>>,
    confidential: Option<bool>,
    /// `public`, `internal`, both or neither.
    distribution_channels: Option<Vec<String>>,
}

/// A posting's id, from its id or title.
fn posting_id(state: &State, wanted: &str) -> Result<String, ApiError> {
    let known = state.postings.iter().find(|posting| posting.id == wanted || posting.text == wanted);
    known.map(|posting| posting.id.clone()).ok_or_else(|| ApiError::not_found("Posting", wanted))
}

/// `DELETE /sandbox/postings/{id}`, by id or title.
async fn delete_posting(lever: Shared, id: Path<String>) -> Answer {
    let now = lever.now();
    let mut state = lever.write();
    let id = posting_id(&state, &id)?;
    state.delete_posting(&id, Actor::new(None, now))?;
    Ok(HttpResponse::NoContent().finish())
}

/// `POST /sandbox/postings/{id}`, by id or title.
async fn edit_posting(lever: Shared, id: Path<String>, Input(input): Input<PostingInput>) -> Answer {
    let now = lever.now();
    let mut state = lever.write();
    let id = posting_id(&state, &id)?;
    let user = state.admin().id.clone();
    let actor = Actor::new(Some(&user), now);
    if let Some(tags) = input.tags {
        state.set_posting_tags(&id, tags, actor)?;
    }
    if let Some(confidential) = input.confidential {
        state.set_posting_confidential(&id, confidential, actor)?;
    }
    if let Some(channels) = input.distribution_channels {
        if channels.iter().any(|channel| !matches!(channel.as_str(), "public" | "internal")) {
            return Err(ApiError::bad("distribution_channels are public and internal"));
        }
        state.set_posting_channels(&id, channels, actor)?;
    }
    let posting = state.posting(&id).ok_or_else(|| ApiError::not_found("Posting", &id))?;
    Ok(data(json!({
        "id": id,
        "tags": posting.tags,
        "confidential": posting.confidential,
        "distributionChannels": posting.distribution_channels,
    })))
}
