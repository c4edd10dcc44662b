//! Creating an opportunity.

use actix_web::{HttpResponse, http::StatusCode};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::Shared;
use crate::api::views::{OpportunityView, Show};
use crate::api::{ApiError, Body, BodyFailures, Caller, Failures, Params, Single};
use crate::state::{ApplicationType, NewOpportunity, Origin, Phone};

/// Who does it.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameter; `Caller` reads it")]
pub struct PerformAs {
    /// Id of the user on whose behalf this is done.
    #[param(nullable = false)]
    perform_as: Option<String>,
}

/// A telephone number.
#[derive(Debug, Deserialize, ToSchema)]
pub struct PhoneBody {
    #[serde(default, rename = "type")]
    kind: Option<String>,
    value: String,
}

impl From<PhoneBody> for Phone {
    fn from(phone: PhoneBody) -> Self {
        Self { kind: phone.kind, value: phone.value }
    }
}

/// Archived from the start.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ArchivedBody {
    /// Id of an archive reason.
    reason: String,
    /// Now when missing.
    archived_at: Option<i64>,
}

/// A new opportunity.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreateBody {
    name: Option<String>,
    headline: Option<String>,
    /// Id of a stage; `lead-new` when missing.
    stage: Option<String>,
    location: Option<String>,
    #[serde(default)]
    phones: Vec<PhoneBody>,
    #[serde(default)]
    emails: Vec<String>,
    #[serde(default)]
    links: Vec<String>,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default)]
    sources: Vec<String>,
    /// `sourced` when missing.
    #[schema(value_type = Option<Origin>)]
    origin: Option<String>,
    owner: Option<String>,
    #[serde(default)]
    followers: Vec<String>,
    /// Ids of postings, one at most.
    #[serde(default)]
    #[schema(max_items = 1)]
    postings: Vec<String>,
    /// Id of somebody who is known already.
    contact: Option<String>,
    created_at: Option<i64>,
    archived: Option<ArchivedBody>,
}

/// Creates an opportunity, with an application when a posting is named.
#[utoipa::path(post, path = "/v1/opportunities", tag = "Opportunities",
    params(PerformAs), request_body = CreateBody,
    responses((status = 201, body = Single<OpportunityView>), Failures, BodyFailures))]
pub async fn create(
    lever: Shared,
    caller: Caller,
    params: Params,
    Body(body): Body<CreateBody>,
) -> Result<HttpResponse, ApiError> {
    caller.needs("opportunities:write:admin")?;
    let user = caller.named_user()?;
    if body.postings.len() > 1 {
        return Err(ApiError::bad("An opportunity has one posting at most"));
    }
    if let Some(contact) = &body.contact {
        let state = lever.read();
        let mut theirs = state.opportunities_of(contact).peekable();
        if theirs.peek().is_some() && !theirs.any(|row| caller.sees(row.confidential)) {
            return Err(ApiError::bad(format!("Contact {contact} was not found")));
        }
    }
    let origin = body
        .origin
        .as_deref()
        .map(|text| Origin::parse(text).ok_or_else(|| ApiError::bad(format!("Origin {text} is not known"))))
        .transpose()?;
    let new = NewOpportunity {
        name: body.name,
        headline: body.headline,
        emails: body.emails,
        phones: body.phones.into_iter().map(Into::into).collect(),
        location: body.location,
        links: body.links,
        tags: body.tags,
        sources: body.sources,
        origin,
        stage: body.stage,
        owner: body.owner,
        followers: body.followers,
        posting: body.postings.into_iter().next(),
        application_type: Some(ApplicationType::User),
        contact: body.contact,
        created_at: body.created_at,
        archived_at: body.archived.as_ref().and_then(|archived| archived.archived_at),
        archive_reason: body.archived.map(|archived| archived.reason),
        ..NewOpportunity::default()
    };
    let id = lever.act(Some(user), |state, actor| state.create_opportunity(new, actor))?;
    let show = Show::of(&params, &lever.url);
    let state = lever.read();
    let data = OpportunityView::new(&state, state.opportunity(&id)?, &show);
    Ok(HttpResponse::build(StatusCode::CREATED).json(Single { data }))
}
