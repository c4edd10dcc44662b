//! Creating an opportunity.

use actix_web::HttpResponse;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::files::check_kind;
use crate::call::{ApiError, BodyFailures, Caller, Failures, Params, PerformAs, Single, Upload, WithFiles};
use crate::sandbox::Shared;
use crate::state::{ApplicationType, NewOpportunity, Origin, Phone};
use crate::views::{OpportunityView, Show};

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
    /// In the past; now when missing.
    created_at: Option<i64>,
    /// Which of the posting's places is meant.
    opportunity_location: Option<String>,
    archived: Option<ArchivedBody>,
}

/// A new opportunity as a form with files.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the form; `WithFiles` reads it")]
#[schema(rename_all = "camelCase")]
pub struct CreateForm {
    name: Option<String>,
    #[schema(rename = "emails[]")]
    emails: Option<Vec<String>>,
    #[schema(rename = "tags[]")]
    tags: Option<Vec<String>>,
    /// A resume; one at most.
    #[schema(value_type = Option<String>, format = Binary, content_media_type = "application/octet-stream")]
    resume_file: Option<Vec<u8>>,
}

/// An opportunity that was created, and whether the person was known.
#[derive(Serialize, ToSchema)]
pub struct CreatedView {
    data: OpportunityView,
    /// Whether it was linked to somebody who was known already.
    deduped: bool,
}

/// The same, nested once more.
#[derive(Serialize)]
struct NestedView {
    data: Single<OpportunityView>,
    deduped: bool,
}

impl CreateBody {
    fn check(&self, now: i64) -> Result<(), ApiError> {
        if self.postings.len() > 1 {
            return Err(ApiError::bad("An opportunity has one posting at most"));
        }
        if self.created_at.is_some_and(|at| at > now) {
            return Err(ApiError::bad("createdAt must not be in the future"));
        }
        let archived_at = self.archived.as_ref().and_then(|archived| archived.archived_at);
        match (self.created_at, archived_at) {
            (None, Some(_)) => Err(ApiError::bad("archivedAt needs a createdAt before it")),
            (Some(created), Some(archived)) if archived < created => {
                Err(ApiError::bad("archivedAt must not be before createdAt"))
            }
            _ => Ok(()),
        }
    }

    fn into_new(self, owner: Option<String>) -> Result<NewOpportunity, ApiError> {
        let origin = self
            .origin
            .as_deref()
            .map(|text| {
                Origin::parse(text).ok_or_else(|| ApiError::bad(format!("Origin {text} is not known")))
            })
            .transpose()?;
        Ok(NewOpportunity {
            name: self.name,
            headline: self.headline,
            emails: self.emails,
            phones: self.phones.into_iter().map(Into::into).collect(),
            location: self.location,
            links: self.links,
            tags: self.tags,
            sources: self.sources,
            origin,
            stage: self.stage,
            owner: self.owner.or(owner),
            followers: self.followers,
            posting: self.postings.into_iter().next(),
            application_type: Some(ApplicationType::User),
            contact: self.contact,
            created_at: self.created_at,
            opportunity_location: self.opportunity_location,
            archived_at: self.archived.as_ref().and_then(|archived| archived.archived_at),
            archive_reason: self.archived.map(|archived| archived.reason),
            ..NewOpportunity::default()
        })
    }
}

/// Who owns it, when `perform_as_posting_owner` asks for the posting's owner.
fn posting_owner(lever: &Shared, params: &Params, body: &CreateBody) -> Result<Option<String>, ApiError> {
    if params.flag("perform_as_posting_owner")? != Some(true) {
        return Ok(None);
    }
    let [posting] = body.postings.as_slice() else {
        return Err(ApiError::bad("perform_as_posting_owner needs one posting"));
    };
    Ok(lever.read().posting(posting).map(|posting| posting.owner.clone()))
}

/// Creates an opportunity, with an application when a posting is named.
#[utoipa::path(post, path = "/v1/opportunities", tag = "Opportunities",
    params(PerformAs),
    request_body(content((CreateBody = "application/json"), (CreateForm = "multipart/form-data"))),
    responses((status = 201, body = CreatedView), Failures, BodyFailures))]
pub async fn create(
    lever: Shared,
    caller: Caller,
    params: Params,
    sent: WithFiles<CreateBody>,
) -> Result<HttpResponse, ApiError> {
    caller.needs("opportunities:write:admin")?;
    let user = caller.named_user()?;
    let (body, files) = (sent.fields, sent.files);
    body.check(lever.now())?;
    check_files(&files)?;
    let show = Show::read(&params, &lever.url, Show::OPPORTUNITY)?;
    if let Some(contact) = &body.contact {
        let state = lever.read();
        let mut theirs = state.opportunities_of(contact).peekable();
        if theirs.peek().is_some() && !theirs.any(|row| caller.sees(row.confidential)) {
            return Err(ApiError::bad(format!("Contact {contact} was not found")));
        }
    }
    let owner = posting_owner(&lever, &params, &body)?;
    let new = body.into_new(owner)?;
    let (id, deduped) = lever.act(Some(user), |state, actor| {
        let known = state.contacts.len();
        let (id, caused) = state.create_opportunity(new, actor)?;
        let deduped = state.contacts.len() == known;
        for file in files {
            if file.field == "resumeFile" {
                state.add_resume(&id, &file.name, file.content, actor)?;
            } else {
                state.add_file(&id, &file.name, file.content, actor)?;
            }
        }
        Ok(((id, deduped), caused))
    })?;
    let state = lever.read();
    let data = OpportunityView::new(&state, state.opportunity(&id)?, &show);
    let mut answer = HttpResponse::Created();
    Ok(match lever.switches.get().nested_create {
        true => answer.json(NestedView { data: Single { data }, deduped }),
        false => answer.json(CreatedView { data, deduped }),
    })
}

/// Files are kinds that Lever takes, and one is the resume at most.
fn check_files(files: &[Upload]) -> Result<(), ApiError> {
    if files.iter().filter(|file| file.field == "resumeFile").count() > 1 {
        return Err(ApiError::bad("Only one resumeFile may be specified"));
    }
    files.iter().try_for_each(|file| check_kind(&file.name))
}
