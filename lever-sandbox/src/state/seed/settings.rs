//! What an account configures: users, stages, archive reasons, keys, postings.

use super::day::DAY_MS;
use crate::draw::Draw;
use crate::state::entities::{
    ADMIN_PASSWORD, AccessRole, ApiKey, ArchiveReason, Categories, FeedbackTemplate, FormField, Posting,
    PostingState, Requisition, RequisitionField, SalaryRange, Stage, User,
};

pub(super) fn users(draw: &mut Draw, midnight: i64) -> Vec<User> {
    let people = [
        ("Dana Smith", AccessRole::SuperAdmin, "Head of Talent", false),
        ("Robin Berg", AccessRole::Admin, "Recruiting Lead", false),
        ("Sam Okafor", AccessRole::TeamMember, "Recruiter", false),
        ("Lee Nyström", AccessRole::LimitedTeamMember, "Hiring Manager", false),
        ("Kim Duarte", AccessRole::Interviewer, "Engineer", false),
        ("Alex Former", AccessRole::TeamMember, "Recruiter", true),
    ];
    let mut users: Vec<User> = people
        .iter()
        .zip(0..)
        .map(|((name, access_role, title, gone), nth)| {
            let username = name.split(' ').next().unwrap_or_default().to_lowercase();
            User {
                id: draw.uuid(),
                name: (*name).to_owned(),
                email: format!("{username}@acme.example"),
                username,
                access_role: *access_role,
                job_title: Some((*title).to_owned()),
                manager: None,
                external_directory_id: (nth < 2).then(|| format!("acme-{:04}", nth + 1)),
                created_at: midnight - (900 - nth) * DAY_MS,
                deactivated_at: gone.then_some(midnight - 90 * DAY_MS),
                password: ADMIN_PASSWORD.to_owned(),
            }
        })
        .collect();
    let boss = users[0].id.clone();
    for user in &mut users[1..] {
        user.manager = Some(boss.clone());
    }
    users
}

pub(super) fn stages(draw: &mut Draw) -> Vec<Stage> {
    let built_in = |id: &str, text: &str| Stage { id: id.to_owned(), text: text.to_owned() };
    let mut own = |text: &str| Stage { id: draw.uuid(), text: text.to_owned() };
    vec![
        built_in("lead-new", "New lead"),
        built_in("lead-reached-out", "Reached out"),
        built_in("lead-responded", "Responded"),
        built_in("applicant-new", "New applicant"),
        own("Recruiter screen"),
        own("Assessment"),
        own("Phone interview"),
        own("On-site interview"),
        own("Reference check"),
        built_in("offer", "Offer"),
    ]
}

pub(super) fn archive_reasons(draw: &mut Draw) -> Vec<ArchiveReason> {
    [
        ("Hired", true, true),
        ("Underqualified", true, false),
        ("Withdrew", true, false),
        ("Unresponsive", true, false),
        ("Offer declined", true, false),
        ("Position closed", false, false),
    ]
    .into_iter()
    .map(|(text, active, hired)| ArchiveReason { id: draw.uuid(), text: text.to_owned(), active, hired })
    .collect()
}

pub(super) fn api_keys(draw: &mut Draw, midnight: i64) -> Vec<ApiKey> {
    vec![ApiKey {
        id: draw.uuid(),
        name: "Acme scripts".into(),
        key: draw.code(48),
        confidential: true,
        created_at: midnight - 30 * DAY_MS,
    }]
}

/// Title, team, department, location, commitment, level, tag.
const JOBS: [[&str; 7]; 8] = [
    ["Backend Engineer", "Platform", "Engineering", "Stockholm", "Full-time", "Senior", "Rust"],
    ["Customer Success Manager", "Success", "Customers", "Oslo", "Full-time", "Mid", "Alva: Screening"],
    ["Account Executive", "Sales", "Revenue", "Copenhagen", "Full-time", "Mid", "Sales"],
    ["Data Analyst", "Insights", "Engineering", "Berlin", "Full-time", "Junior", "Data"],
    ["Chief Financial Officer", "Leadership", "Finance", "Stockholm", "Full-time", "Executive", "Leadership"],
    ["Summer Intern", "Platform", "Engineering", "Stockholm", "Internship", "Junior", "Summer"],
    ["Product Designer", "Design", "Product", "Remote", "Full-time", "Senior", "Design"],
    ["Office Manager", "Workplace", "Operations", "Helsinki", "Part-time", "Mid", "Operations"],
];

const STATES: [PostingState; 8] = [
    PostingState::Published,
    PostingState::Published,
    PostingState::Published,
    PostingState::Internal,
    PostingState::Published,
    PostingState::Closed,
    PostingState::Draft,
    PostingState::Pending,
];

pub(super) fn postings(draw: &mut Draw, users: &[User], count: usize, midnight: i64) -> Vec<Posting> {
    (0..count)
        .map(|nth| {
            let [title, team, department, location, commitment, level, tag] = JOBS[nth % JOBS.len()];
            let round = nth / JOBS.len();
            let text = match round {
                0 => title.to_owned(),
                _ => format!("{title} {}", round + 1),
            };
            let state = STATES[nth % STATES.len()];
            let code = format!("ENG-{:03}", nth + 1);
            let created_at = midnight - i64::try_from(300 - nth % 200).unwrap_or(100) * DAY_MS;
            Posting {
                id: draw.uuid(),
                state,
                distribution_channels: match state {
                    PostingState::Published => vec!["public".into(), "internal".into()],
                    _ => Vec::new(),
                },
                user: users[0].id.clone(),
                owner: users[1 + nth % 2].id.clone(),
                hiring_manager: (nth % 3 != 2).then(|| users[3].id.clone()),
                confidential: nth == 4,
                categories: Categories {
                    team: Some(team.into()),
                    department: Some(department.into()),
                    location: Some(location.into()),
                    commitment: Some(commitment.into()),
                    level: Some(level.into()),
                },
                description: format!("Acme Inc looks for a {text} in {location}."),
                closing: "We read every application.".into(),
                country: (location != "Remote").then(|| "SE".to_owned()),
                tags: vec![tag.into(), department.into()],
                followers: vec![users[2].id.clone()],
                req_code: Some(code.clone()),
                requisition_codes: vec![code],
                workplace_type: if location == "Remote" { "remote" } else { "hybrid" }.into(),
                salary_range: (nth % 2 == 0).then(|| salary(nth)),
                created_at,
                updated_at: created_at + 10 * DAY_MS,
                text,
            }
        })
        .collect()
}

fn salary(nth: usize) -> SalaryRange {
    let base = 400_000 + i64::try_from(nth % 8).unwrap_or(0) * 25_000;
    SalaryRange { min: base, max: base + 150_000, currency: "SEK".into(), interval: "per-year-salary".into() }
}

pub(super) fn requisitions(
    draw: &mut Draw,
    users: &[User],
    postings: &[Posting],
    midnight: i64,
) -> Vec<Requisition> {
    postings
        .iter()
        .enumerate()
        .map(|(nth, posting)| Requisition {
            id: draw.uuid(),
            code: posting.req_code.clone().unwrap_or_default(),
            name: posting.text.clone(),
            confidential: posting.confidential,
            creator: users[0].id.clone(),
            hiring_manager: posting.hiring_manager.clone(),
            owner: Some(posting.owner.clone()),
            status: if nth == 5 { "closed" } else { "open" }.into(),
            headcount_total: 1 + u32::try_from(nth % 3).unwrap_or(0),
            headcount_hired: 0,
            location: posting.categories.location.clone(),
            team: posting.categories.team.clone(),
            department: posting.categories.department.clone(),
            employment_status: posting.categories.commitment.clone(),
            compensation: Some(salary(nth)),
            postings: vec![posting.id.clone()],
            created_at: posting.created_at - DAY_MS,
            updated_at: posting.updated_at,
            closed_at: (nth == 5).then_some(midnight - 20 * DAY_MS),
        })
        .collect()
}

/// The two that every account has.
pub(super) fn requisition_fields() -> Vec<RequisitionField> {
    let field = |id: &str, text: &str| RequisitionField {
        id: id.to_owned(),
        text: text.to_owned(),
        kind: "date".to_owned(),
        required: false,
    };
    vec![field("rec_start_date", "Recruiting Start Date"), field("target_hire_date", "Target Hire Date")]
}

/// Forms for two kinds of interviews. They draw apart from the account, so that its ids stay.
pub(super) fn feedback_templates(seed: u64, midnight: i64) -> Vec<FeedbackTemplate> {
    let mut draw = Draw::new(seed ^ 0xF0_4215);
    let group = (draw.uuid(), "Interviews".to_owned());
    ["Phone interview", "On-site interview"]
        .into_iter()
        .map(|text| FeedbackTemplate {
            id: draw.uuid(),
            text: text.to_owned(),
            instructions: "Write what you saw, not what you felt.".to_owned(),
            group: Some(group.clone()),
            fields: vec![
                FormField {
                    id: draw.uuid(),
                    kind: "score-system".to_owned(),
                    text: "Rating".to_owned(),
                    required: true,
                    prompt: Some("Select one".to_owned()),
                    options: ["4 - Strong Hire", "3 - Hire", "2 - No Hire", "1 - Strong No Hire"]
                        .map(str::to_owned)
                        .to_vec(),
                    value: serde_json::Value::Null,
                },
                FormField {
                    id: draw.uuid(),
                    kind: "textarea".to_owned(),
                    text: "Notes".to_owned(),
                    required: false,
                    prompt: None,
                    options: Vec::new(),
                    value: serde_json::Value::Null,
                },
            ],
            created_at: Some(midnight - 800 * DAY_MS),
            updated_at: None,
        })
        .collect()
}
