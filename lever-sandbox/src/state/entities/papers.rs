//! What hangs on an opportunity: notes, files, resumes, interviews, feedback, offers,
//! referrals.

use serde::{Deserialize, Serialize};

/// Everything that hangs on one opportunity.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Papers {
    pub notes: Vec<Note>,
    pub files: Vec<File>,
    pub resumes: Vec<File>,
    pub panels: Vec<Panel>,
    pub feedback: Vec<Form>,
    pub referrals: Vec<Form>,
    pub offers: Vec<Offer>,
}

impl Papers {
    /// Nothing at all.
    pub const NONE: Self = Self {
        notes: Vec::new(),
        files: Vec::new(),
        resumes: Vec::new(),
        panels: Vec::new(),
        feedback: Vec::new(),
        referrals: Vec::new(),
        offers: Vec::new(),
    };
}

/// Something said in a note's thread.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Comment {
    pub text: String,
    pub user: Option<String>,
    /// The stage in which the candidate was then.
    pub stage: Option<String>,
    pub created_at: i64,
}

/// A note: a thread of comments. Only the side that made it can change it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "SavedNote")]
pub struct Note {
    pub id: String,
    pub comments: Vec<Comment>,
    /// From 1 (strong no) to 4 (strong yes), for the whole thread.
    pub score: Option<i64>,
    pub user: Option<String>,
    pub secret: bool,
    /// Whether it was made through the API.
    pub by_api: bool,
    pub created_at: i64,
    pub completed_at: Option<i64>,
    pub deleted_at: Option<i64>,
}

/// A note in a state file; older files have its one text.
#[derive(Deserialize)]
struct SavedNote {
    id: String,
    #[serde(default)]
    comments: Vec<Comment>,
    text: Option<String>,
    score: Option<i64>,
    user: Option<String>,
    secret: bool,
    #[serde(default = "made_by_api")]
    by_api: bool,
    created_at: i64,
    completed_at: Option<i64>,
    deleted_at: Option<i64>,
}

/// Older files don't say who made a note; then the API may change it.
fn made_by_api() -> bool {
    true
}

impl From<SavedNote> for Note {
    fn from(saved: SavedNote) -> Self {
        let only = saved.text.map(|text| Comment {
            text,
            user: saved.user.clone(),
            stage: None,
            created_at: saved.created_at,
        });
        Self {
            comments: only.into_iter().chain(saved.comments).collect(),
            id: saved.id,
            score: saved.score,
            user: saved.user,
            secret: saved.secret,
            by_api: saved.by_api,
            created_at: saved.created_at,
            completed_at: saved.completed_at,
            deleted_at: saved.deleted_at,
        }
    }
}

/// A file or resume, with its bytes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct File {
    pub id: String,
    pub name: String,
    pub ext: String,
    pub uploaded_at: i64,
    pub user: Option<String>,
    #[serde(with = "as_base64")]
    pub content: Vec<u8>,
}

impl File {
    /// Whether its first bytes are those of the kind that its name says. Text has no such bytes.
    pub fn is_sound(&self) -> bool {
        let begins: &[&[u8]] = match self.ext.as_str() {
            "pdf" => &[b"%PDF"],
            "png" => &[b"\x89PNG"],
            "jpg" | "jpeg" => &[b"\xff\xd8"],
            "docx" => &[b"PK"],
            "doc" => &[b"\xd0\xcf\x11\xe0", b"{\\rtf"],
            _ => return true,
        };
        begins.iter().any(|start| self.content.starts_with(start))
    }
}

/// A day of interviews.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Panel {
    pub id: String,
    pub stage: Option<String>,
    pub user: String,
    pub timezone: String,
    pub note: String,
    pub created_at: i64,
    pub canceled_at: Option<i64>,
    /// Whether it was made through the API; only such a one can be changed there.
    #[serde(default)]
    pub externally_managed: bool,
    #[serde(default)]
    pub external_url: Option<String>,
    #[serde(default)]
    pub feedback_reminder: Option<String>,
    pub interviews: Vec<Interview>,
}

/// One interview of a panel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Interview {
    pub id: String,
    pub subject: String,
    pub note: String,
    pub interviewers: Vec<String>,
    pub at: i64,
    /// Minutes.
    pub duration: i64,
    pub location: String,
    pub feedback: Vec<String>,
    pub created_at: i64,
    pub updated_at: i64,
    pub canceled_at: Option<i64>,
}

/// A form somebody filled in: feedback or a referral.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Form {
    pub id: String,
    pub text: String,
    pub instructions: String,
    pub fields: Vec<FormField>,
    pub template: String,
    pub user: String,
    pub stage: Option<String>,
    pub panel: Option<String>,
    pub interview: Option<String>,
    pub created_at: i64,
    #[serde(default)]
    pub updated_at: Option<i64>,
    pub completed_at: Option<i64>,
}

/// One question of a form and its answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FormField {
    pub id: String,
    pub kind: String,
    pub text: String,
    #[serde(default)]
    pub required: bool,
    #[serde(default)]
    pub prompt: Option<String>,
    /// What can be chosen; nothing for questions that are answered freely.
    #[serde(default)]
    pub options: Vec<String>,
    pub value: serde_json::Value,
}

/// A job offer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Offer {
    pub id: String,
    pub status: String,
    pub creator: String,
    pub posting: Option<String>,
    pub fields: Vec<FormField>,
    pub created_at: i64,
    pub sent_at: Option<i64>,
    pub approved_at: Option<i64>,
}

mod as_base64 {
    use base64::{Engine, prelude::BASE64_STANDARD};
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(bytes: &[u8], out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(&BASE64_STANDARD.encode(bytes))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<Vec<u8>, D::Error> {
        BASE64_STANDARD.decode(String::deserialize(input)?).map_err(D::Error::custom)
    }
}
