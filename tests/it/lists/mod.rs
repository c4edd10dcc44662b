//! The pages that list what happened: events, candidates, and who did what.

mod audit;
mod browser;
mod candidates;
pub mod checkpoints;
mod dense;
mod events;
mod export;
mod names;
mod old_reasons;
mod one_event;
pub mod slow;

use crate::support::lever::unconnected;
use crate::support::portal::Portal;
use crate::support::visitor::{Page, Visitor};
use alva_portal::db::DbError;
use alva_portal::db::schema;
use alva_portal::events::{Event, EventKind, Outcome, State};
use alva_portal::ids::{CandidateId, CompanyId, EventId, IntegrationId, InvitationId};
use alva_portal::integrations;
use alva_portal::invitations::InvitationState;
use alva_portal::invitations::candidates::{Candidate, search_text};
use alva_portal::invitations::store::Invitation;
use alva_portal::people::{Company, Role};
use alva_portal::reasons::Reason;
use alva_portal::time::Timestamp;
use diesel::prelude::*;
use scraper::{Html, Selector};
use std::time::Duration;

/// A company with an account, an admin `dana@…`, a member `max@…` and an auditor `ada@…`.
pub struct Tenant<'p> {
    pub portal: &'p Portal,
    pub company: Company,
    pub account: IntegrationId,
    domain: String,
}

impl<'p> Tenant<'p> {
    pub async fn of(portal: &'p Portal, name: &str) -> Self {
        let company = portal.company(name).await;
        let domain = format!("{}.example", name.to_lowercase());
        for (who, role) in [("dana", Role::Admin), ("max", Role::Member), ("ada", Role::Auditor)] {
            portal.person(&company, &format!("{who}@{domain}"), role).await;
        }
        let account = unconnected(portal, &company, integrations::State::Active, &["first-secret-c4"]).await;
        Self { portal, company, account, domain }
    }

    pub async fn admin(&self) -> Visitor {
        self.portal.signed_in(&format!("dana@{}", self.domain)).await
    }

    pub async fn member(&self) -> Visitor {
        self.portal.signed_in(&format!("max@{}", self.domain)).await
    }

    pub async fn auditor(&self) -> Visitor {
        self.portal.signed_in(&format!("ada@{}", self.domain)).await
    }

    /// An event that was worked so many seconds ago.
    pub fn event(&self, seconds_ago: u64) -> Event {
        event(&self.company.id, &self.account, Timestamp::now().minus(Duration::from_secs(seconds_ago)))
    }

    pub async fn keep(&self, events: Vec<Event>) {
        self.portal
            .write(move |conn| {
                for event in events {
                    diesel::insert_into(schema::events::table)
                        .values(&event)
                        .execute(conn)
                        .map_err(DbError::from)?;
                }
                Ok(())
            })
            .await;
    }

    /// A candidate of this opportunity, found by what stands in `name` and `posting`.
    pub async fn candidate(&self, opportunity: &str, name: &str, posting: &str) -> CandidateId {
        let candidate = Candidate {
            id: CandidateId::new(),
            company_id: self.company.id,
            integration_id: self.account,
            opportunity_id: opportunity.to_owned(),
            contact_id: Some(format!("contact-of-{opportunity}")),
            name: name.to_owned(),
            email: format!("{opportunity}@people.example"),
            posting_id: Some("p1".to_owned()),
            posting_title: posting.to_owned(),
            stage_id: Some("s2".to_owned()),
            origin: "applied".to_owned(),
            lever_url: format!("https://hire.lever.co/candidates/{opportunity}"),
            search: search_text(name, &format!("{opportunity}@people.example"), posting, opportunity),
            fetched_at: Timestamp::now(),
            created_at: Timestamp::now(),
            hired_at: None,
        };
        let id = candidate.id;
        self.portal
            .write(move |conn| {
                diesel::insert_into(schema::candidates::table)
                    .values(&candidate)
                    .execute(conn)
                    .map_err(DbError::from)?;
                Ok(())
            })
            .await;
        id
    }

    pub async fn invitation(
        &self,
        candidate: &CandidateId,
        posting: &str,
        state: InvitationState,
    ) -> InvitationId {
        let id = InvitationId::new();
        let invitation = Invitation {
            id,
            company_id: self.company.id,
            integration_id: self.account,
            candidate_id: *candidate,
            opportunity_id: format!("of-{candidate}"),
            posting_id: posting.to_owned(),
            posting_title: posting.to_owned(),
            state,
            reason: Reason::Text("entered the trigger stage".to_owned()),
            event_id: None,
            code_hash: format!("hash-{id}"),
            code_sealed: None,
            created_at: Timestamp::now(),
            expires_at: Timestamp::now().plus(Duration::from_secs(86_400)),
            sent_at: None,
            opened_at: None,
            time_percent: 100,
            tests: alva_portal::invitations::Tests::Both,
            rule_id: None,
            progression_stage_id: None,
        };
        self.portal
            .write(move |conn| {
                diesel::insert_into(schema::invitations::table)
                    .values(&invitation)
                    .execute(conn)
                    .map_err(DbError::from)?;
                Ok(())
            })
            .await;
        id
    }
}

/// An event that arrived at that time and was worked, with nothing to do.
fn event(company: &CompanyId, account: &IntegrationId, at: Timestamp) -> Event {
    let id = event_id_at(at);
    Event {
        company_id: *company,
        integration_id: *account,
        dedupe_key: format!("token-{id}"),
        lever_id: None,
        kind: EventKind::CandidateStageChange,
        state: State::Done,
        outcome: Outcome::NothingToDo,
        reason: Reason::None,
        opportunity_id: None,
        contact_id: None,
        from_stage_id: None,
        to_stage_id: None,
        triggered_at: Some(at),
        received_at: at,
        verified_at: Some(at),
        kept_at: at.plus(Duration::from_millis(3)),
        answered_status: 200,
        signing_token_id: None,
        headers: "{}".to_owned(),
        body: b"{}".to_vec(),
        duplicates: 0,
        attempts: 1,
        next_attempt_at: at,
        finished_at: Some(at),
        id,
    }
}

/// An id as one that was made at that time: RFC 9562 puts the time into the first twelve digits.
fn event_id_at(at: Timestamp) -> EventId {
    let fresh = EventId::new();
    let text = format!("{}{}", &at.first_id()[..13], &fresh.as_str()[13..]);
    EventId::parse(&text).unwrap()
}

/// Last part of the addresses that the links in a column of the list lead to.
fn linked(page: &Page, column: &str) -> Vec<String> {
    let html = Html::parse_document(&page.html);
    let links = Selector::parse(&format!("table.list td[data-label={column}] > a")).unwrap();
    let last = |href: &str| href.rsplit('/').next().unwrap().to_owned();
    html.select(&links).map(|link| last(link.attr("href").unwrap())).collect()
}

fn ids<'e>(events: impl IntoIterator<Item = &'e Event>) -> Vec<String> {
    events.into_iter().map(|event| event.id.to_string()).collect()
}

/// The cells of a CSV file: its header, and its rows.
fn cells(page: &Page) -> (Vec<String>, Vec<Vec<String>>) {
    let mut reader = csv::Reader::from_reader(page.html.as_bytes());
    let header = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let rows = reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
    (header, rows)
}
