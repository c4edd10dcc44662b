//! What becomes of an invitation instead of a mail at once: results that are reused, and mass moves
//! that are held.

mod browser;
mod bulk_move;
mod decisions;
mod meanwhile;
mod reuse;

use crate::support::fixture::Fixture;
use crate::support::lever::Connected;
use crate::support::visitor::Page;
use crate::support::wait::{PATIENCE, until};
use alva_portal::db::{Backend, Conn, DbError, schema};
use alva_portal::events::{Event, State};
use alva_portal::time::Timestamp;
use diesel::prelude::*;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

/// Active; its tests ask Lever far more often than the portal does.
async fn scene(backend: Backend) -> Connected {
    Fixture::on(backend).unlimited().active().await
}

impl Connected {
    /// What the company chooses: months of reuse, and above how many moves are held.
    async fn choose(&self, months: u32, above: u32) {
        let (months, above) = (months.to_string(), above.to_string());
        let fields = [("reuse_results", months.as_str()), ("hold_above", &above), ("hold_for", "5")];
        self.admin.post("/settings/company/invitation-policy", &fields).await.leads_to("/settings/company");
    }

    /// Moves them so that all events wait in the queue before the first is worked.
    async fn move_together(&self, people: &[Value], stage: &str) {
        self.lease(Some("a test"), Timestamp(i64::MAX)).await;
        let known = self.events().await.len();
        for person in people {
            self.move_to(person, stage).await;
        }
        until("all moves in the queue", PATIENCE, async || {
            (self.events().await.len() >= known + people.len()).then_some(())
        })
        .await;
        self.lease(None, Timestamp(0)).await;
    }

    async fn lease(&self, owner: Option<&'static str>, until: Timestamp) {
        use schema::integrations::dsl;
        let id = self.integration;
        self.change(move |conn| {
            diesel::update(dsl::integrations.find(&id))
                .set((dsl::lease_owner.eq(owner), dsl::lease_until.eq(until)))
                .execute(conn)?;
            Ok(())
        })
        .await;
    }

    /// The outcomes of somebody's events, once there are so many and all are final.
    async fn outcomes(&self, person: &Value, at_least: usize) -> Vec<String> {
        self.worked(person, at_least).await.into_iter().map(|event| event.outcome.to_string()).collect()
    }

    /// Waits until every one of these has this as the outcome of the last event.
    async fn all(&self, people: &[Value], outcome: &str) {
        for person in people {
            until(&format!("{outcome}: {}", person["name"]), PATIENCE, async || {
                let id = person["id"].as_str()?;
                let all = self.events().await;
                let last = all.iter().rfind(|event| event.opportunity_id.as_deref() == Some(id))?;
                (last.state == State::Done && last.outcome.as_str() == outcome).then_some(())
            })
            .await;
        }
    }

    async fn invitation_mails(&self, person: &Value) -> Vec<Value> {
        let address = person["emails"][0].as_str().unwrap();
        let all = self.mails_to(address).await;
        all.into_iter().filter(|mail| mail["subject"].to_string().contains("invites you")).collect()
    }

    /// The page of the newest mass move, from the banner or the link on the account's page.
    async fn batch(&self) -> Page {
        let page = self.admin.get(&self.page()).await;
        let path = page.attribute("a[href*='/batches/']", "href");
        let path = path.unwrap_or_else(|| panic!("a mass move: {}", page.html));
        let page = self.admin.get(&path).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.html);
        page
    }

    /// Presses the button whose name begins so, on a page about a mass move.
    async fn press(&self, page: &Page, action: &str) -> Page {
        let path = page.url.path().to_owned();
        let done = self.admin.post(&format!("{path}/{action}"), &[]).await;
        done.leads_to(&path);
        self.admin.get(&path).await
    }

    /// The states of somebody's invitations.
    async fn states(&self, person: &Value) -> Vec<String> {
        self.invitations(person).await.into_iter().map(|invitation| invitation.state.to_string()).collect()
    }

    /// The time of the hold is over.
    async fn hold_is_over(&self) {
        use schema::jobs::dsl;
        self.change(|conn| {
            diesel::update(dsl::jobs.filter(dsl::kind.eq("release_bulk_move")))
                .set(dsl::next_attempt_at.eq(Timestamp(0)))
                .execute(conn)?;
            Ok(())
        })
        .await;
    }

    /// All that happened so far happened ten minutes earlier.
    async fn ten_minutes_pass(&self) {
        use schema::{batches, events};
        const TEN: i64 = 600_000;
        self.change(|conn| {
            diesel::update(events::table)
                .set(events::triggered_at.eq(events::triggered_at - Some(TEN)))
                .execute(conn)?;
            diesel::update(batches::table)
                .set((
                    batches::first_at.eq(batches::first_at - TEN),
                    batches::last_at.eq(batches::last_at - TEN),
                ))
                .execute(conn)?;
            Ok(())
        })
        .await;
    }

    async fn act(&self, person: &Value, what: &str) {
        let path = format!("opportunities/{}/{what}", person["id"].as_str().unwrap());
        self.control(Method::POST, &path, json!({})).await;
    }
}
