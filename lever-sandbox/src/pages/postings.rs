//! The postings, their tags and secrecy, and candidates who apply.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;

use super::html::{Frame, Place, not_found};
use super::session::{Posted, SignedIn};
use crate::state::{Actor, ApplicationType, Key, NewOpportunity, OpError, Origin, Posting, Stage, State};

pub(super) fn configure(cfg: &mut web::ServiceConfig) {
    cfg.route("/postings", web::get().to(list)).service(
        web::scope("/postings/{id}")
            .route("", web::get().to(show))
            .route("/apply", web::post().to(apply))
            .route("/tags", web::post().to(add_tag))
            .route("/tags/remove", web::post().to(remove_tag))
            .route("/confidential", web::post().to(set_confidential)),
    );
}

struct Row {
    id: String,
    text: String,
    state: &'static str,
    team: String,
    location: String,
    tags: Vec<String>,
    candidates: usize,
    confidential: bool,
}

#[derive(Template)]
#[template(path = "postings.html")]
struct PostingsPage {
    frame: Frame,
    postings: Vec<Row>,
}

async fn list(me: SignedIn) -> HttpResponse {
    let postings = {
        let state = me.sandbox.read();
        let active = |posting: &Posting| {
            state
                .opportunities
                .under(&Key::Posting(posting.id.clone()))
                .filter(|opportunity| opportunity.archived.is_none())
                .count()
        };
        state
            .postings
            .iter()
            .map(|posting| Row {
                id: posting.id.clone(),
                text: posting.text.clone(),
                state: posting.state.as_str(),
                team: posting.categories.team.clone().unwrap_or_default(),
                location: posting.categories.location.clone().unwrap_or_default(),
                tags: posting.tags.clone(),
                candidates: active(posting),
                confidential: posting.confidential,
            })
            .collect()
    };
    me.page(&PostingsPage { frame: me.frame(Place::Postings), postings })
}

/// What was typed into *Add a candidate*.
struct Form {
    name: String,
    email: String,
    origin: Origin,
    stage: String,
    wrong_email: bool,
}

#[derive(Template)]
#[template(path = "posting.html")]
struct PostingPage {
    frame: Frame,
    id: String,
    text: String,
    summary: String,
    state: &'static str,
    confidential: bool,
    tags: Vec<String>,
    origins: [Origin; 6],
    stages: Vec<Stage>,
    form: Form,
}

impl PostingPage {
    fn new(frame: Frame, state: &State, posting: &Posting, form: Option<Form>) -> Self {
        let categories = &posting.categories;
        let parts = [&categories.team, &categories.location, &categories.commitment];
        Self {
            frame,
            id: posting.id.clone(),
            text: posting.text.clone(),
            summary: parts.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(" · "),
            state: posting.state.as_str(),
            confidential: posting.confidential,
            tags: posting.tags.clone(),
            origins: Origin::ALL,
            stages: state.stages.clone(),
            form: form.unwrap_or_else(|| Form {
                name: String::new(),
                email: String::new(),
                origin: Origin::Applied,
                stage: first_stage(state),
                wrong_email: false,
            }),
        }
    }
}

/// Where someone who applies begins.
fn first_stage(state: &State) -> String {
    let usual = state.stages.iter().find(|stage| stage.id == "applicant-new");
    usual.or(state.stages.first()).map(|stage| stage.id.clone()).unwrap_or_default()
}

async fn show(me: SignedIn, id: web::Path<String>) -> HttpResponse {
    let page = {
        let state = me.sandbox.read();
        let Some(posting) = state.posting(&id) else {
            return not_found("posting");
        };
        PostingPage::new(me.frame(Place::Postings), &state, posting, None)
    };
    me.page(&page)
}

async fn apply(posted: Posted, id: web::Path<String>) -> HttpResponse {
    let email = posted.get("email").to_owned();
    let form = Form {
        name: posted.get("name").to_owned(),
        origin: Origin::parse(posted.get("origin")).unwrap_or(Origin::Applied),
        stage: posted.get("stage").to_owned(),
        wrong_email: !email.is_empty() && !looks_like_email(&email),
        email,
    };
    if form.wrong_email {
        let me = posted.signed_in();
        let page = {
            let state = me.sandbox.read();
            let Some(posting) = state.posting(&id) else {
                return not_found("posting");
            };
            PostingPage::new(me.frame(Place::Postings), &state, posting, Some(form))
        };
        return me.page_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    let new = NewOpportunity {
        name: Some(form.name).filter(|name| !name.is_empty()),
        emails: Some(form.email).filter(|email| !email.is_empty()).into_iter().collect(),
        origin: Some(form.origin),
        stage: Some(form.stage).filter(|stage| !stage.is_empty()),
        posting: Some(id.clone()),
        application_type: Some(ApplicationType::Posting),
        ..NewOpportunity::default()
    };
    let made = posted.sandbox.act(Some(&posted.user.id), |state, actor| {
        if state.posting(&id).is_none() {
            return Err(OpError::not_found("Posting", &id));
        }
        state.create_opportunity(new, actor)
    });
    match made {
        Ok(opportunity) => posted.done(&format!("/opportunities/{opportunity}"), "Candidate added."),
        Err(error) => answer(&posted, &id, error),
    }
}

/// Enough to catch a slip; whether mail arrives there, only mail can tell.
fn looks_like_email(text: &str) -> bool {
    text.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty() && !host.is_empty() && !host.contains('@') && !text.contains(char::is_whitespace)
    })
}

async fn add_tag(posted: Posted, id: web::Path<String>) -> HttpResponse {
    let tag = posted.get("tag");
    edit(&posted, &id, "Tag added.", |state, actor| {
        let mut tags = tags_of(state, &id)?;
        let known = tags.iter().any(|there| there.to_lowercase() == tag.to_lowercase());
        if !tag.is_empty() && !known {
            tags.push(tag.to_owned());
        }
        state.set_posting_tags(&id, tags, actor)
    })
}

async fn remove_tag(posted: Posted, id: web::Path<String>) -> HttpResponse {
    let tag = posted.get("tag");
    edit(&posted, &id, "Tag removed. Candidates who have it keep it.", |state, actor| {
        let mut tags = tags_of(state, &id)?;
        tags.retain(|there| there != tag);
        state.set_posting_tags(&id, tags, actor)
    })
}

fn tags_of(state: &State, id: &str) -> Result<Vec<String>, OpError> {
    state.posting(id).map(|posting| posting.tags.clone()).ok_or_else(|| OpError::not_found("Posting", id))
}

async fn set_confidential(posted: Posted, id: web::Path<String>) -> HttpResponse {
    let confidential = posted.get("confidential") == "true";
    let done = if confidential { "Now confidential." } else { "No longer confidential." };
    edit(&posted, &id, done, |state, actor| state.set_posting_confidential(&id, confidential, actor))
}

fn edit(
    posted: &Posted,
    id: &str,
    done: &str,
    operation: impl FnOnce(&mut State, Actor<'_>) -> Result<(), OpError>,
) -> HttpResponse {
    let edited =
        posted.sandbox.act(Some(&posted.user.id), |state, actor| Ok((operation(state, actor)?, Vec::new())));
    match edited {
        Ok(()) => posted.done(&format!("/postings/{id}"), done),
        Err(error) => answer(posted, id, error),
    }
}

fn answer(posted: &Posted, id: &str, error: OpError) -> HttpResponse {
    match error {
        OpError::NotFound { .. } => not_found("posting"),
        error => posted.failed(&format!("/postings/{id}"), &error.to_string()),
    }
}
