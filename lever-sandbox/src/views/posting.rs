//! Postings and requisitions.

use serde::Serialize;
use utoipa::ToSchema;

use super::person::UserView;
use super::show::{Expandable, Show, confidentiality};
use crate::call::Listed;
use crate::state::{DeletedPosting, Posting, PostingState, Requisition, SalaryRange, State};

/// How postings are grouped.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CategoriesView {
    team: Option<String>,
    department: Option<String>,
    location: Option<String>,
    all_locations: Vec<String>,
    commitment: Option<String>,
    level: Option<String>,
}

/// One list in a posting's text.
#[derive(Debug, Serialize, ToSchema)]
pub struct ContentListView {
    text: String,
    content: String,
}

/// A posting's text.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ContentView {
    description: String,
    description_html: String,
    lists: Vec<ContentListView>,
    closing: String,
    closing_html: String,
}

/// Where a posting is shown.
#[derive(Debug, Serialize, ToSchema)]
pub struct PostingUrlsView {
    list: String,
    show: String,
    apply: String,
}

/// What a job pays.
#[derive(Debug, Serialize, ToSchema)]
pub struct SalaryView {
    min: i64,
    max: i64,
    currency: String,
    interval: String,
}

impl From<&SalaryRange> for SalaryView {
    fn from(salary: &SalaryRange) -> Self {
        Self {
            min: salary.min,
            max: salary.max,
            currency: salary.currency.clone(),
            interval: salary.interval.clone(),
        }
    }
}

/// A job that people apply to.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PostingView {
    id: String,
    text: String,
    /// `published`, `internal`, `closed`, `draft`, `pending` or `rejected`.
    state: &'static str,
    /// Null unless it is published.
    distribution_channels: Option<Vec<String>>,
    user: Expandable<UserView>,
    owner: Expandable<UserView>,
    hiring_manager: Option<Expandable<UserView>>,
    confidentiality: &'static str,
    categories: CategoriesView,
    content: ContentView,
    country: Option<String>,
    tags: Vec<String>,
    followers: Vec<Expandable<UserView>>,
    req_code: Option<String>,
    requisition_codes: Vec<String>,
    /// Null unless it is published or unlisted.
    urls: Option<PostingUrlsView>,
    workplace_type: String,
    /// Not there when nobody said.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    salary_range: Option<SalaryView>,
    created_at: i64,
    updated_at: i64,
    transcribe_interviews: bool,
    screening: ScreeningView,
    /// Only on deleted ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    deleted_at: Option<i64>,
}

/// Whether applications are looked through by a machine.
#[derive(Debug, Serialize, ToSchema)]
pub struct ScreeningView {
    enabled: bool,
}

impl PostingView {
    pub fn new(state: &State, posting: &Posting, show: &Show) -> Self {
        let user = |id: &String, name: &str| {
            Expandable::of(id, show.expands(name), || state.user(id).map(Into::into))
        };
        let categories = &posting.categories;
        let url = format!("{}/postings/{}", show.url, posting.id);
        Self {
            id: posting.id.clone(),
            text: posting.text.clone(),
            state: posting.state.as_str(),
            distribution_channels: Some(posting.distribution_channels.clone())
                .filter(|channels| !channels.is_empty()),
            user: user(&posting.user, "user"),
            owner: user(&posting.owner, "owner"),
            hiring_manager: posting.hiring_manager.as_ref().map(|id| user(id, "hiringManager")),
            confidentiality: confidentiality(posting.confidential),
            categories: CategoriesView {
                team: categories.team.clone(),
                department: categories.department.clone(),
                location: categories.location.clone(),
                all_locations: categories.location.iter().cloned().collect(),
                commitment: categories.commitment.clone(),
                level: categories.level.clone(),
            },
            content: ContentView {
                description: posting.description.clone(),
                description_html: format!("<div>{}</div>", posting.description),
                lists: Vec::new(),
                closing: posting.closing.clone(),
                closing_html: format!("<div>{}</div>", posting.closing),
            },
            country: posting.country.clone(),
            tags: posting.tags.clone(),
            followers: posting.followers.iter().map(|id| user(id, "followers")).collect(),
            req_code: posting.req_code.clone(),
            requisition_codes: posting.requisition_codes.clone(),
            urls: matches!(posting.state, PostingState::Published | PostingState::Internal).then(|| {
                PostingUrlsView { list: format!("{}/postings", show.url), apply: url.clone(), show: url }
            }),
            workplace_type: posting.workplace_type.clone(),
            salary_range: posting.salary_range.as_ref().map(Into::into),
            created_at: posting.created_at,
            updated_at: posting.updated_at,
            transcribe_interviews: false,
            screening: ScreeningView { enabled: false },
            deleted_at: None,
        }
    }

    pub fn deleted(state: &State, gone: &DeletedPosting, show: &Show) -> Self {
        Self { deleted_at: Some(gone.deleted_at), ..Self::new(state, &gone.posting, show) }
    }
}

impl Listed for PostingView {
    fn id(&self) -> &str {
        &self.id
    }

    fn at(&self) -> i64 {
        self.created_at
    }
}

/// A role that may see a posting.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PostingRoleView {
    id: &'static str,
    name: &'static str,
    is_read_only: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    conditions: Option<PostingConditions>,
}

/// What limits a role.
#[derive(Debug, Serialize, ToSchema)]
pub struct PostingConditions {}

/// A user who may see a posting beyond what a role allows.
#[derive(Debug, Serialize, ToSchema)]
pub struct PostingUserView {
    id: String,
    name: String,
    email: String,
}

/// A posting in short.
#[derive(Debug, Serialize, ToSchema)]
pub struct PostingInShort {
    id: String,
    text: String,
}

/// Who may see a posting. It comes without a `data` around it.
#[derive(Debug, Serialize, ToSchema)]
pub struct PostingAccessView {
    posting: PostingInShort,
    users: Vec<PostingUserView>,
    roles: Vec<PostingRoleView>,
}

impl PostingAccessView {
    pub fn new(state: &State, posting: &Posting) -> Self {
        let role = |id, name, limited: bool| PostingRoleView {
            id,
            name,
            is_read_only: true,
            conditions: limited.then_some(PostingConditions {}),
        };
        // Hiring managers who are no admins see the postings they hire for.
        let managers = posting.hiring_manager.iter().filter_map(|id| state.user(id));
        Self {
            posting: PostingInShort { id: posting.id.clone(), text: posting.text.clone() },
            users: managers
                .map(|user| PostingUserView {
                    id: user.id.clone(),
                    name: user.name.clone(),
                    email: user.email.clone(),
                })
                .collect(),
            roles: vec![
                role("admin", "Admin", false),
                role("limited", "Limited Team Member", true),
                role("owner", "Super Admin", false),
                role("team", "Team Member", false),
            ],
        }
    }
}

/// A question that applicants are asked.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApplyQuestionView {
    text: &'static str,
    name: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
    required: bool,
    value: Option<String>,
}

/// Questions about equal opportunity; none are asked here.
#[derive(Debug, Serialize, ToSchema)]
pub struct EeoQuestionsView {}

/// What a posting asks applicants.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApplyFormView {
    id: String,
    text: String,
    custom_questions: Vec<EeoQuestionsView>,
    eeo_questions: EeoQuestionsView,
    personal_information: Vec<ApplyQuestionView>,
    urls: Vec<ApplyQuestionView>,
}

impl ApplyFormView {
    pub fn new(posting: &Posting) -> Self {
        let ask = |text, name, kind, required| ApplyQuestionView { text, name, kind, required, value: None };
        Self {
            id: posting.id.clone(),
            text: posting.text.clone(),
            custom_questions: Vec::new(),
            eeo_questions: EeoQuestionsView {},
            personal_information: vec![
                ask("Full name", "fullName", "text", true),
                ask("Email", "email", "text", true),
                ask("Current company", "currentCompany", "text", false),
                ask("Phone", "phone", "text", false),
                ask("Additional information", "additionalInformation", "textarea", false),
            ],
            urls: ["LinkedIn", "Github", "Portfolio", "Other"]
                .map(|name| ask(name, name, "text", false))
                .into(),
        }
    }
}

/// Who approved a requisition; none is approved in steps here.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApprovalView {
    steps: Vec<CustomFieldsView>,
}

/// What the account's own fields say; nobody filled any in.
#[derive(Debug, Serialize, ToSchema)]
pub struct CustomFieldsView {}

/// The permission to hire for a posting.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RequisitionView {
    id: String,
    requisition_code: String,
    name: String,
    backfill: bool,
    confidentiality: &'static str,
    creator: String,
    hiring_manager: Option<String>,
    owner: Option<String>,
    status: String,
    headcount_total: u32,
    headcount_hired: u32,
    headcount_infinite: bool,
    location: Option<String>,
    team: Option<String>,
    department: Option<String>,
    employment_status: Option<String>,
    compensation_band: Option<SalaryView>,
    internal_notes: String,
    approval: ApprovalView,
    custom_fields: CustomFieldsView,
    time_to_fill_start_at: Option<i64>,
    time_to_fill_end_at: Option<i64>,
    postings: Vec<String>,
    offer_ids: Vec<String>,
    created_at: i64,
    updated_at: i64,
    closed_at: Option<i64>,
}

impl From<&Requisition> for RequisitionView {
    fn from(requisition: &Requisition) -> Self {
        Self {
            id: requisition.id.clone(),
            requisition_code: requisition.code.clone(),
            name: requisition.name.clone(),
            backfill: false,
            confidentiality: confidentiality(requisition.confidential),
            creator: requisition.creator.clone(),
            hiring_manager: requisition.hiring_manager.clone(),
            owner: requisition.owner.clone(),
            status: requisition.status.clone(),
            headcount_total: requisition.headcount_total,
            headcount_hired: requisition.headcount_hired,
            headcount_infinite: false,
            location: requisition.location.clone(),
            team: requisition.team.clone(),
            department: requisition.department.clone(),
            employment_status: requisition.employment_status.clone(),
            compensation_band: requisition.compensation.as_ref().map(Into::into),
            internal_notes: String::new(),
            approval: ApprovalView { steps: Vec::new() },
            custom_fields: CustomFieldsView {},
            time_to_fill_start_at: None,
            time_to_fill_end_at: None,
            postings: requisition.postings.clone(),
            offer_ids: Vec::new(),
            created_at: requisition.created_at,
            updated_at: requisition.updated_at,
            closed_at: requisition.closed_at,
        }
    }
}

impl Listed for RequisitionView {
    fn id(&self) -> &str {
        &self.id
    }

    fn at(&self) -> i64 {
        self.created_at
    }
}
