//! The pipeline board, and one stage of it in full.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::html::{Frame, Place, not_found, see_other};
use super::session::SignedIn;
use crate::state::{Key, Opportunity, State};

/// Cards shown per column of the board.
const CARDS: usize = 15;
/// Rows shown per page of one stage.
const ROWS: usize = 100;

pub(super) fn configure(cfg: &mut web::ServiceConfig) {
    cfg.route("/", web::get().to(board))
        .route("/stages/{id}", web::get().to(stage))
        // As the API's `urls` have them.
        .service(web::redirect("/candidates", "/").using_status_code(StatusCode::SEE_OTHER))
        .route("/candidates/{id}", web::get().to(candidate));
}

async fn candidate(id: web::Path<String>) -> HttpResponse {
    see_other(&format!("/opportunities/{id}"))
}

struct Card {
    id: String,
    name: String,
    posting: Option<String>,
    origin: &'static str,
    tags: Vec<String>,
    confidential: bool,
}

impl Card {
    fn of(state: &State, opportunity: &Opportunity) -> Self {
        Self {
            id: opportunity.id.clone(),
            name: name_of(state, opportunity),
            posting: opportunity
                .application
                .as_ref()
                .and_then(|application| state.posting(&application.posting))
                .map(|posting| posting.text.clone()),
            origin: opportunity.origin.as_str(),
            tags: opportunity.tags.clone(),
            confidential: opportunity.confidential,
        }
    }
}

/// What a candidate is called on a page.
pub(super) fn name_of(state: &State, opportunity: &Opportunity) -> String {
    let contact = state.contact_of(opportunity);
    match &contact.name {
        Some(name) => name.clone(),
        None if contact.is_anonymized => "Anonymized candidate".to_owned(),
        None => "Candidate without a name".to_owned(),
    }
}

struct Column {
    id: String,
    name: String,
    total: usize,
    cards: Vec<Card>,
    hidden: usize,
    more: Option<String>,
}

#[derive(Template)]
#[template(path = "board.html")]
struct BoardPage<'a> {
    frame: Frame,
    query: &'a str,
    back: String,
    total: usize,
    columns: Vec<Column>,
}

#[derive(Deserialize)]
struct BoardQuery {
    #[serde(default)]
    q: String,
}

async fn board(me: SignedIn, query: web::Query<BoardQuery>) -> HttpResponse {
    let wanted = query.q.trim();
    let columns: Vec<Column> = {
        let state = me.sandbox.read();
        state
            .stages
            .iter()
            .map(|stage| {
                let mut cards = Vec::new();
                let mut total = 0;
                for opportunity in active(&state, &stage.id, wanted) {
                    total += 1;
                    if cards.len() < CARDS {
                        cards.push(Card::of(&state, opportunity));
                    }
                }
                let hidden = total - cards.len();
                let more = (hidden > 0).then(|| stage_path(&stage.id, wanted, 0));
                Column { id: stage.id.clone(), name: stage.text.clone(), total, cards, hidden, more }
            })
            .collect()
    };
    let page = BoardPage {
        frame: me.frame(Place::Board),
        query: wanted,
        back: if wanted.is_empty() { "/".to_owned() } else { format!("/?q={}", encoded(wanted)) },
        total: columns.iter().map(|column| column.total).sum(),
        columns,
    };
    me.page(&page)
}

#[derive(Template)]
#[template(path = "stage.html")]
struct StagePage<'a> {
    frame: Frame,
    stage: &'a str,
    query: &'a str,
    total: usize,
    cards: Vec<Card>,
    previous: Option<String>,
    next: Option<String>,
}

#[derive(Deserialize)]
struct StageQuery {
    #[serde(default)]
    q: String,
    #[serde(default)]
    page: usize,
}

async fn stage(me: SignedIn, id: web::Path<String>, query: web::Query<StageQuery>) -> HttpResponse {
    let wanted = query.q.trim();
    let state = me.sandbox.read();
    let Some(stage) = state.stage(&id) else {
        return not_found("stage");
    };
    let first = query.page.saturating_mul(ROWS);
    let mut total = 0;
    let mut cards = Vec::new();
    for opportunity in active(&state, &id, wanted) {
        if total >= first && cards.len() < ROWS {
            cards.push(Card::of(&state, opportunity));
        }
        total += 1;
    }
    let page = StagePage {
        frame: me.frame(Place::Board),
        stage: &stage.text,
        query: wanted,
        total,
        previous: query.page.checked_sub(1).map(|before| stage_path(&id, wanted, before)),
        next: (total > first + cards.len()).then(|| stage_path(&id, wanted, query.page + 1)),
        cards,
    };
    me.page(&page)
}

/// The active opportunities of a stage that match the search, newest first.
fn active<'a>(state: &'a State, stage: &str, wanted: &str) -> impl Iterator<Item = &'a Opportunity> {
    let wanted = wanted.to_lowercase();
    state
        .opportunities
        .under(&Key::Stage(stage.to_owned()))
        .filter(|opportunity| opportunity.archived.is_none())
        .filter(move |opportunity| wanted.is_empty() || matches(state, opportunity, &wanted))
}

fn matches(state: &State, opportunity: &Opportunity, wanted: &str) -> bool {
    let contact = state.contact_of(opportunity);
    let has = |text: &str| text.to_lowercase().contains(wanted);
    contact.name.as_deref().is_some_and(has)
        || contact.emails.iter().any(|email| has(email))
        || opportunity.tags.iter().any(|tag| has(tag))
}

fn stage_path(id: &str, wanted: &str, page: usize) -> String {
    format!("/stages/{id}?q={}&page={page}", encoded(wanted))
}

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
