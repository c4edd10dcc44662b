//! `/contacts`: the people behind opportunities.

use actix_web::web::{self, Json, Path};
use serde::Deserialize;
use utoipa::ToSchema;

use super::opportunities::create::PhoneBody;
use crate::call::{ApiError, Body, BodyFailures, Caller, Failures, Single};
use crate::sandbox::Shared;
use crate::state::{ContactPatch, State};
use crate::views::ContactView;

pub(super) fn configure(cfg: &mut web::ServiceConfig) {
    cfg.service(web::resource("/contacts/{id}").get(get).put(update));
}

/// The contact, if one of their opportunities is one this caller may know of.
fn view(state: &State, caller: &Caller, id: &str) -> Result<ContactView, ApiError> {
    let contact = state.contacts.get(id).ok_or_else(|| ApiError::not_found("Contact", id))?;
    let open = state.opportunities_of(id).any(|row| caller.sees(row.confidential));
    caller.reveal(!open, "Contact", id)?;
    Ok(contact.into())
}

/// One person.
#[utoipa::path(get, path = "/v1/contacts/{id}", tag = "Contacts",
    params(("id" = String, Path)),
    responses((status = 200, body = Single<ContactView>), Failures))]
pub(super) async fn get(
    lever: Shared,
    caller: Caller,
    id: Path<String>,
) -> Result<Json<Single<ContactView>>, ApiError> {
    caller.needs("contact:read:admin")?;
    Ok(Single::of(view(&lever.read(), &caller, &id)?))
}

/// Where somebody lives.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(untagged)]
pub(super) enum LocationBody {
    Name(String),
    Object { name: String },
}

/// New contact data; what is missing stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct ContactBody {
    name: Option<String>,
    headline: Option<String>,
    location: Option<LocationBody>,
    emails: Option<Vec<String>>,
    phones: Option<Vec<PhoneBody>>,
}

/// Changes contact data.
#[utoipa::path(put, path = "/v1/contacts/{id}", tag = "Contacts",
    params(("id" = String, Path)), request_body = ContactBody,
    responses((status = 200, body = Single<ContactView>), Failures, BodyFailures))]
pub(super) async fn update(
    lever: Shared,
    caller: Caller,
    id: Path<String>,
    Body(body): Body<ContactBody>,
) -> Result<Json<Single<ContactView>>, ApiError> {
    caller.needs("contact:write:admin")?;
    view(&lever.read(), &caller, &id)?;
    let patch = ContactPatch {
        name: body.name,
        headline: body.headline,
        location: body.location.map(|location| match location {
            LocationBody::Name(name) | LocationBody::Object { name } => name,
        }),
        emails: body.emails,
        phones: body.phones.map(|phones| phones.into_iter().map(Into::into).collect()),
    };
    lever.act_only(caller.user(), |state, actor| state.update_contact(&id, patch, actor))?;
    Ok(Single::of(view(&lever.read(), &caller, &id)?))
}
