//! One candidate: who it is, where they stand, and everything one can do to them.

use actix_web::http::header::{ContentDisposition, DispositionParam, DispositionType};
use actix_web::{HttpResponse, web};
use askama::Template;

use super::board::name_of;
use super::html::{Frame, Place, not_found, time_tag};
use super::session::{Posted, SignedIn};
use crate::state::{
    Actor, ArchiveReason, Events, ListChange, NewNote, OpError, Opportunity, Posting, Stage, State,
};

pub(super) fn configure(cfg: &mut web::ServiceConfig) {
    cfg.service(
        web::scope("/opportunities/{id}")
            .route("", web::get().to(show))
            .route("/files/{file}", web::get().to(download))
            .route("/move", web::post().to(move_to_stage))
            .route("/hire", web::post().to(hire))
            .route("/archive", web::post().to(archive))
            .route("/reactivate", web::post().to(reactivate))
            .route("/delete", web::post().to(delete))
            .route("/tags", web::post().to(add_tag))
            .route("/tags/remove", web::post().to(remove_tag))
            .route("/notes", web::post().to(add_note)),
    );
}

struct ArchivedView {
    hired: bool,
    reason: String,
    at: String,
}

struct NoteView {
    text: String,
    author: String,
    at: String,
    secret: bool,
}

struct LinkView {
    text: String,
    web: bool,
}

struct FileView {
    id: String,
    name: String,
    size: String,
}

struct ChangeView {
    stage: String,
    at: String,
    by: String,
}

#[derive(Template)]
#[template(path = "candidate.html")]
struct CandidatePage {
    frame: Frame,
    id: String,
    contact_id: String,
    name: String,
    headline: Option<String>,
    stage: String,
    stage_id: String,
    stages: Vec<Stage>,
    reasons: Vec<ArchiveReason>,
    posting: Option<Posting>,
    archived: Option<ArchivedView>,
    confidential: bool,
    emails: Vec<String>,
    phones: Vec<String>,
    location: String,
    origin: &'static str,
    sources: String,
    owner: String,
    tags: Vec<String>,
    notes: Vec<NoteView>,
    links: Vec<LinkView>,
    files: Vec<FileView>,
    history: Vec<ChangeView>,
}

impl CandidatePage {
    fn new(frame: Frame, state: &State, opportunity: &Opportunity, now: i64) -> Self {
        let contact = state.contact_of(opportunity);
        let papers = state.papers(&opportunity.id);
        let stage_name = |id: &str| state.stage(id).map_or_else(|| id.to_owned(), |stage| stage.text.clone());
        let user_name = |id: &Option<String>| {
            id.as_deref().and_then(|id| state.user(id)).map(|user| user.name.clone()).unwrap_or_default()
        };
        Self {
            frame,
            id: opportunity.id.clone(),
            contact_id: contact.id.clone(),
            name: name_of(state, opportunity),
            headline: contact.headline.clone(),
            stage: opportunity.stage.as_deref().map_or_else(|| "No stage".to_owned(), stage_name),
            stage_id: opportunity.stage.clone().unwrap_or_default(),
            stages: state.stages.clone(),
            reasons: state
                .archive_reasons
                .iter()
                .filter(|reason| reason.active && !reason.hired)
                .cloned()
                .collect(),
            posting: opportunity
                .application
                .as_ref()
                .and_then(|application| state.posting(&application.posting))
                .cloned(),
            archived: opportunity.archived.as_ref().map(|archived| ArchivedView {
                hired: state.is_hired(opportunity),
                reason: state
                    .archive_reason(&archived.reason)
                    .map(|reason| reason.text.clone())
                    .unwrap_or_default(),
                at: time_tag(archived.at, now),
            }),
            confidential: opportunity.confidential,
            emails: contact.emails.clone(),
            phones: contact.phones.iter().map(|phone| phone.value.clone()).collect(),
            location: contact.location.clone().unwrap_or_default(),
            origin: opportunity.origin.as_str(),
            sources: opportunity.sources.join(", "),
            owner: user_name(&opportunity.owner),
            tags: opportunity.tags.clone(),
            notes: papers
                .notes
                .iter()
                .rev()
                .filter(|note| note.deleted_at.is_none())
                .map(|note| NoteView {
                    text: note
                        .comments
                        .iter()
                        .map(|comment| comment.text.as_str())
                        .collect::<Vec<_>>()
                        .join("\n\n"),
                    author: match user_name(&note.user) {
                        name if name.is_empty() => "API".to_owned(),
                        name => name,
                    },
                    at: time_tag(note.created_at, now),
                    secret: note.secret,
                })
                .collect(),
            links: opportunity
                .links
                .iter()
                .map(|link| LinkView {
                    text: link.clone(),
                    web: link.starts_with("https://") || link.starts_with("http://"),
                })
                .collect(),
            files: papers
                .files
                .iter()
                .map(|file| FileView {
                    id: file.id.clone(),
                    name: file.name.clone(),
                    size: size(file.content.len()),
                })
                .collect(),
            history: opportunity
                .stage_changes
                .iter()
                .rev()
                .map(|change| ChangeView {
                    stage: stage_name(&change.to_stage),
                    at: time_tag(change.at, now),
                    by: user_name(&change.user),
                })
                .collect(),
        }
    }
}

fn size(bytes: usize) -> String {
    match bytes {
        0..=1_023 => format!("{bytes} B"),
        1_024..=1_048_575 => format!("{} kB", bytes / 1_024),
        _ => format!("{} MB", bytes / 1_048_576),
    }
}

async fn show(me: SignedIn, id: web::Path<String>) -> HttpResponse {
    let now = me.sandbox.now();
    let page = {
        let state = me.sandbox.read();
        let Ok(opportunity) = state.opportunity(&id) else {
            return not_found("candidate");
        };
        CandidatePage::new(me.frame(Place::Board), &state, opportunity, now)
    };
    me.page(&page)
}

/// Always a download: what people upload is never shown as a page of ours.
async fn download(me: SignedIn, path: web::Path<(String, String)>) -> HttpResponse {
    let (id, file) = path.into_inner();
    let state = me.sandbox.read();
    let Some(file) = state.papers(&id).files.iter().find(|there| there.id == file) else {
        return not_found("file");
    };
    HttpResponse::Ok()
        .insert_header(ContentDisposition {
            disposition: DispositionType::Attachment,
            parameters: vec![DispositionParam::Filename(file.name.clone())],
        })
        .insert_header(("x-content-type-options", "nosniff"))
        .content_type("application/octet-stream")
        .body(file.content.clone())
}

fn page_of(id: &str) -> String {
    format!("/opportunities/{id}")
}

/// Does it, and says on the page `to` what was done or why not.
fn act(
    posted: &Posted,
    to: &str,
    done: &str,
    operation: impl FnOnce(&mut State, Actor<'_>) -> Result<Events, OpError>,
) -> HttpResponse {
    match posted.sandbox.act_only(Some(&posted.user.id), operation) {
        Ok(()) => posted.done(to, done),
        Err(OpError::NotFound { .. }) => not_found("candidate"),
        Err(error) => posted.failed(to, &error.to_string()),
    }
}

async fn move_to_stage(posted: Posted, id: web::Path<String>) -> HttpResponse {
    let stage = posted.get("stage");
    let back = match posted.get("back") {
        board if board == "/" || board.starts_with("/?q=") => board.to_owned(),
        _ => page_of(&id),
    };
    let done = {
        let state = posted.sandbox.read();
        let who = state.opportunity(&id).map(|opportunity| name_of(&state, opportunity)).unwrap_or_default();
        format!("Moved {who} to {}.", state.stage(stage).map_or(stage, |stage| &stage.text))
    };
    act(&posted, &back, &done, |state, actor| state.move_to_stage(&id, stage, actor))
}

async fn hire(posted: Posted, id: web::Path<String>) -> HttpResponse {
    act(&posted, &page_of(&id), "Hired.", |state, actor| state.hire(&id, actor))
}

async fn archive(posted: Posted, id: web::Path<String>) -> HttpResponse {
    let reason = posted.get("reason");
    act(&posted, &page_of(&id), "Archived.", |state, actor| state.archive(&id, reason, None, actor))
}

async fn reactivate(posted: Posted, id: web::Path<String>) -> HttpResponse {
    act(&posted, &page_of(&id), "Active again.", |state, actor| state.unarchive(&id, actor))
}

async fn delete(posted: Posted, id: web::Path<String>) -> HttpResponse {
    act(&posted, "/", "Deleted.", |state, actor| state.delete(&id, actor))
}

async fn add_tag(posted: Posted, id: web::Path<String>) -> HttpResponse {
    let tag = posted.get("tag").to_owned();
    if tag.is_empty() {
        return posted.failed(&page_of(&id), "A tag needs at least one letter.");
    }
    act(&posted, &page_of(&id), "Tag added.", |state, actor| {
        state.add_to_list(&id, ListChange::Tags, &[tag], actor).map(|()| Events::new())
    })
}

async fn remove_tag(posted: Posted, id: web::Path<String>) -> HttpResponse {
    let tag = posted.get("tag").to_owned();
    act(&posted, &page_of(&id), "Tag removed.", |state, actor| {
        state.remove_from_list(&id, ListChange::Tags, &[tag], actor).map(|()| Events::new())
    })
}

async fn add_note(posted: Posted, id: web::Path<String>) -> HttpResponse {
    let text = posted.get("text");
    if text.is_empty() {
        return posted.failed(&page_of(&id), "A note needs some text.");
    }
    act(&posted, &page_of(&id), "Note added.", |state, actor| {
        let note = NewNote { text: text.to_owned(), ..NewNote::default() };
        state.add_note(&id, &note, actor).map(|_| Events::new())
    })
}
