//! The candidate's pages: through the tests, back and forth, and out again.

mod again;
pub mod browser;
mod calibrated;
mod clock;
mod company;
mod drawing;
mod fair;
mod groups;
pub mod kept;
mod late;
mod line;
mod links;
pub mod looking;
mod more_time;
mod paper;
mod pilots;
mod profiles;
mod progress;
mod provider;
mod rights;
mod seen;
mod shades;
mod simulated;
mod steps;
mod there;
mod weight;
mod worded;
mod write_back;

use crate::support::portal::Portal;
use crate::support::visitor::{Page, Visitor};
use alva_portal::db::DbError;
use alva_portal::db::schema::{candidates, invitations};
use alva_portal::ids::{CandidateId, IntegrationId, InvitationId};
use alva_portal::invitations::InvitationState;
use alva_portal::invitations::candidates::Candidate;
use alva_portal::invitations::store::Invitation;
use alva_portal::people::Company;
use alva_portal::reasons::Reason;
use alva_portal::secrets::Code;
use alva_portal::time::Timestamp;
use diesel::prelude::*;
use reqwest::StatusCode;
use std::time::Duration;

/// Somebody who is invited, and the address in the mail.
#[derive(Clone)]
pub struct Invited {
    pub path: String,
    invitation: InvitationId,
    pub candidate: CandidateId,
}

impl Invited {
    /// Whoever has this address; of the rest nothing is known.
    pub fn at(path: &str) -> Self {
        Self { path: path.to_owned(), invitation: InvitationId::new(), candidate: CandidateId::new() }
    }
}

/// Invites Ada Byron, who has this opportunity in Lever.
pub async fn invite(
    portal: &Portal,
    company: &Company,
    account: &IntegrationId,
    opportunity: &str,
) -> Invited {
    let (code, now) = (Code::random(), Timestamp::now());
    let candidate = Candidate {
        id: CandidateId::new(),
        company_id: company.id,
        integration_id: *account,
        opportunity_id: opportunity.to_owned(),
        contact_id: None,
        name: "Ada Byron".to_owned(),
        email: "ada@people.example".to_owned(),
        posting_id: Some("p1".to_owned()),
        posting_title: "Backend engineer".to_owned(),
        stage_id: None,
        origin: "applied".to_owned(),
        lever_url: String::new(),
        search: "ada byron".to_owned(),
        fetched_at: now,
        created_at: now,
        hired_at: None,
    };
    let invitation = Invitation {
        id: InvitationId::new(),
        company_id: company.id,
        integration_id: *account,
        candidate_id: candidate.id,
        opportunity_id: opportunity.to_owned(),
        posting_id: "p1".to_owned(),
        posting_title: "Backend engineer".to_owned(),
        state: InvitationState::Sent,
        reason: Reason::Text("entered the trigger stage".to_owned()),
        event_id: None,
        code_hash: code.hash(),
        code_sealed: None,
        created_at: now,
        expires_at: now.plus(Duration::from_secs(86_400)),
        sent_at: Some(now),
        opened_at: None,
        time_percent: 100,
        tests: alva_portal::invitations::Tests::Both,
        rule_id: None,
        progression_stage_id: None,
    };
    let invited = Invited {
        path: format!("/assessment/{}", code.expose()),
        invitation: invitation.id,
        candidate: candidate.id,
    };
    portal
        .write(move |conn| {
            diesel::insert_into(candidates::table).values(&candidate).execute(conn).map_err(DbError::from)?;
            diesel::insert_into(invitations::table)
                .values(&invitation)
                .execute(conn)
                .map_err(DbError::from)?;
            Ok(())
        })
        .await;
    invited
}

async fn state_of(portal: &Portal, invited: &Invited) -> InvitationState {
    let id = invited.invitation;
    portal
        .write(move |conn| {
            let query = invitations::table.find(&id).select(invitations::state);
            Ok(query.first(conn).map_err(DbError::from)?)
        })
        .await
}

async fn set_state(portal: &Portal, invited: &Invited, state: InvitationState) {
    let id = invited.invitation;
    portal
        .write(move |conn| {
            let query = diesel::update(invitations::table.find(&id)).set(invitations::state.eq(state));
            query.execute(conn).map_err(DbError::from)?;
            Ok(())
        })
        .await;
}

/// Chooses a language on the candidate's page.
pub async fn choose_language(who: &Visitor, path: &str, language: &str) {
    let page = who.get(path).await;
    let path = page.url.path();
    let action = format!("{path}/language");
    let token = page.attribute("input[name=csrf]", "value").expect("a form");
    who.post_as_is(&action, &[("csrf", &token), ("lang", language)]).await.leads_to(path);
}

/// Presses a button that leads back to the candidate's own address, and goes there.
async fn go_on(who: &Visitor, invited: &Invited, page: &Page, button: &str, fields: &[(&str, &str)]) -> Page {
    who.press(page, button, fields).await.leads_to(&invited.path);
    let page = who.get(&invited.path).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.html);
    page
}

/// Agrees and passes practice over: up to the moment before the clock starts.
async fn up_to_the_clock(who: &Visitor, invited: &Invited) -> Page {
    let page = who.get(&invited.path).await;
    let page = go_on(who, invited, &page, "I agree, begin", &[]).await;
    past_practice(who, invited, page).await
}

/// Passes practice over: up to the moment before the clock starts.
async fn past_practice(who: &Visitor, invited: &Invited, mut page: Page) -> Page {
    for number in 1..=3 {
        assert_eq!(page.text("h1"), format!("Practice {number} of 3"));
        page = go_on(who, invited, &page, "Show the answer", &[("pass", "yes")]).await;
        assert_eq!(page.text("h1"), format!("Practice {number} of 3"));
        assert_eq!(page.text(".lead"), "This is how it works:");
        page = go_on(who, invited, &page, "Go on", &[]).await;
    }
    assert_eq!(page.text("h1"), "Practice is over");
    page
}

/// Through the logic test: up to the first page of statements.
async fn through_logic(who: &Visitor, invited: &Invited) -> Page {
    let page = up_to_the_clock(who, invited).await;
    let mut page = go_on(who, invited, &page, "Start the first task", &[]).await;
    for number in 1..=3 {
        assert_eq!(page.text("h1"), format!("Task {number} of 3"));
        page = go_on(who, invited, &page, "Answer", &[("choice", "0")]).await;
    }
    assert_eq!(page.text("h1"), "Personality, page 1 of 15");
    page
}

/// The names of the groups of radio buttons on a page of statements.
fn statements(page: &Page) -> Vec<String> {
    let html = scraper::Html::parse_document(&page.html);
    let select = scraper::Selector::parse("input[type=radio][value='1']").unwrap();
    html.select(&select).map(|input| input.attr("name").unwrap().to_owned()).collect()
}

/// Answers a page of statements with 4, 2, 4, 2 and so on.
async fn answer_page(who: &Visitor, invited: &Invited, page: &Page) -> Page {
    let names = statements(page);
    assert_eq!(names.len(), 6, "{}", page.html);
    let answers = names.iter().enumerate();
    let answers: Vec<(&str, &str)> =
        answers.map(|(n, name)| (name.as_str(), if n % 2 == 0 { "4" } else { "2" })).collect();
    go_on(who, invited, page, "Save and go on", &answers).await
}

/// Through both tests: the result.
pub async fn through_both(who: &Visitor, invited: &Invited) -> Page {
    let mut page = through_logic(who, invited).await;
    for _ in 0..15 {
        page = answer_page(who, invited, &page).await;
    }
    assert_eq!(page.text("h1"), "Your result");
    page
}
