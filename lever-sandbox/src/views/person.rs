//! People: contacts and users.

use serde::Serialize;
use utoipa::ToSchema;

use crate::call::Listed;
use crate::state::{Contact, Permission, Phone, User};

/// A telephone number.
#[derive(Debug, Serialize, ToSchema)]
pub struct PhoneView {
    /// Only there when it is known.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    kind: Option<String>,
    value: String,
}

impl From<&Phone> for PhoneView {
    fn from(phone: &Phone) -> Self {
        Self { kind: phone.kind.clone(), value: phone.value.clone() }
    }
}

/// Where a person lives.
#[derive(Debug, Serialize, ToSchema)]
pub struct LocationView {
    name: String,
}

/// A person.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ContactView {
    id: String,
    /// Empty when it isn't known; so are `headline` and the location's name.
    name: String,
    headline: String,
    is_anonymized: bool,
    location: LocationView,
    emails: Vec<String>,
    phones: Vec<PhoneView>,
    data_protection: ContactProtectionView,
}

/// What may be done with somebody's data.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ContactProtectionView {
    /// Whether interviews may be recorded and read by a machine.
    interview_intelligence: PermissionView,
}

/// A permission to do something with somebody's data.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PermissionView {
    allowed: bool,
    expires_at: Option<i64>,
}

impl From<&Permission> for PermissionView {
    fn from(permission: &Permission) -> Self {
        Self { allowed: permission.allowed, expires_at: permission.expires_at }
    }
}

impl From<&Contact> for ContactView {
    fn from(contact: &Contact) -> Self {
        Self {
            id: contact.id.clone(),
            name: contact.name.clone().unwrap_or_default(),
            headline: contact.headline.clone().unwrap_or_default(),
            is_anonymized: contact.is_anonymized,
            location: LocationView { name: contact.location.clone().unwrap_or_default() },
            emails: contact.emails.clone(),
            phones: contact.phones.iter().map(Into::into).collect(),
            data_protection: ContactProtectionView {
                interview_intelligence: PermissionView { allowed: true, expires_at: None },
            },
        }
    }
}

/// A user of the account.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserView {
    id: String,
    name: String,
    username: String,
    email: String,
    access_role: &'static str,
    photo: Option<String>,
    created_at: i64,
    deactivated_at: Option<i64>,
    external_directory_id: Option<String>,
    linked_contact_ids: Option<Vec<String>>,
    job_title: Option<String>,
    manager_id: Option<String>,
}

impl From<&User> for UserView {
    fn from(user: &User) -> Self {
        Self {
            id: user.id.clone(),
            name: user.name.clone(),
            username: user.username.clone(),
            email: user.email.clone(),
            access_role: user.access_role.as_str(),
            photo: None,
            created_at: user.created_at,
            deactivated_at: user.deactivated_at,
            external_directory_id: user.external_directory_id.clone(),
            linked_contact_ids: None,
            job_title: user.job_title.clone(),
            manager_id: user.manager.clone(),
        }
    }
}

impl Listed for UserView {
    fn id(&self) -> &str {
        &self.id
    }

    fn at(&self) -> i64 {
        self.created_at
    }
}
