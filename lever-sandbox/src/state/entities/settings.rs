//! The account, its users, and the lists it configures.

use serde::{Deserialize, Serialize};

/// The password of every user of the account.
pub const ADMIN_PASSWORD: &str = "lever-demo";

/// The customer of Lever whose data this is.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Account {
    pub id: String,
    pub name: String,
}

/// What a user may do in Lever, as the API spells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AccessRole {
    #[serde(rename = "super admin")]
    SuperAdmin,
    #[serde(rename = "admin")]
    Admin,
    #[serde(rename = "team member")]
    TeamMember,
    #[serde(rename = "limited team member")]
    LimitedTeamMember,
    #[serde(rename = "interviewer")]
    Interviewer,
}

impl AccessRole {
    const ALL: [Self; 5] =
        [Self::SuperAdmin, Self::Admin, Self::TeamMember, Self::LimitedTeamMember, Self::Interviewer];

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::SuperAdmin => "super admin",
            Self::Admin => "admin",
            Self::TeamMember => "team member",
            Self::LimitedTeamMember => "limited team member",
            Self::Interviewer => "interviewer",
        }
    }
}

/// Somebody who can log in.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct User {
    pub id: String,
    pub name: String,
    pub username: String,
    pub email: String,
    pub access_role: AccessRole,
    pub job_title: Option<String>,
    pub manager: Option<String>,
    pub external_directory_id: Option<String>,
    pub created_at: i64,
    pub deactivated_at: Option<i64>,
    /// In clear: this account guards nothing.
    pub password: String,
}

/// A step of the pipeline. Built-in ones have readable ids, custom ones UUIDs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Stage {
    pub id: String,
    pub text: String,
}

/// Why an opportunity was archived.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ArchiveReason {
    pub id: String,
    pub text: String,
    pub active: bool,
    pub hired: bool,
}

/// A key for Basic auth, made on the API Credentials page.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ApiKey {
    pub id: String,
    pub name: String,
    pub key: String,
    /// Whether confidential data can be read with it.
    pub confidential: bool,
    pub created_at: i64,
}
