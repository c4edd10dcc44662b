//! Who can apply, or can move candidates in Lever, must not turn the company's mail against others: an integration
//! invites so many in 24 hours, and a person decides about the rest.

use crate::rules::Ruled;
use crate::support::on_both_databases;
use crate::support::visitor::Page;
use crate::support::wait::{PATIENCE, until};
use alva_portal::db::{DbError, schema};
use alva_portal::invitations::InvitationState;
use alva_portal::time::Timestamp;
use diesel::prelude::*;
use serde_json::{Value, json};

/// An hour in milliseconds.
const HOUR: i64 = 3_600_000;

impl Ruled {
    /// The company allows so many invitations in 24 hours.
    async fn allow(&self, daily: &str) -> Page {
        let fields =
            [("reuse_results", "24"), ("hold_above", "0"), ("hold_for", "5"), ("daily_limit", daily)];
        self.admin.post("/settings/company/invitation-policy", &fields).await
    }

    /// Somebody who applies to the posting with the screening tag, as a stranger does in the careers page.
    async fn applies(&self, name: &str) -> Value {
        let (posting, ..) = self.screening();
        let person = self.applicant(name, json!({"posting": posting, "silent": false})).await;
        self.worked(&person, 1).await;
        person
    }

    fn screening(&self) -> &(String, String, Vec<String>) {
        let has_tag = |tags: &[String]| tags.iter().any(|tag| tag == "Alva: Screening");
        self.postings.iter().find(|(.., tags)| has_tag(tags)).expect("a posting with the tag")
    }

    async fn state(&self, person: &Value) -> Option<InvitationState> {
        self.invitations(person).await.pop().map(|invitation| invitation.state)
    }

    async fn mails(&self, person: &Value) -> usize {
        let all = self.mails_to(person["emails"][0].as_str().unwrap()).await;
        all.iter().filter(|mail| mail["subject"].to_string().contains("invites you")).count()
    }

    /// Waits until this candidate is mailed.
    async fn is_mailed(&self, person: &Value) {
        until(&format!("a mail to {}", person["name"]), PATIENCE, async || {
            (self.mails(person).await == 1).then_some(())
        })
        .await;
    }

    /// The page of what is held.
    async fn held(&self) -> Page {
        let account = self.admin.get(&self.page()).await;
        let path = account.attribute(".banner a[href*='/batches/']", "href").expect("what is held");
        self.admin.get(&path).await
    }

    /// What was invited was invited so much earlier, and the clock looks again.
    async fn hours_pass(&self, person: &Value, hours: i64) {
        use schema::{invitations, jobs};
        let opportunity = person["id"].as_str().unwrap().to_owned();
        self.there
            .portal
            .write(move |conn| {
                let of = invitations::table.filter(invitations::opportunity_id.eq(&opportunity));
                diesel::update(of)
                    .set(invitations::created_at.eq(invitations::created_at - hours * HOUR))
                    .execute(conn)
                    .map_err(DbError::from)?;
                diesel::update(jobs::table.filter(jobs::kind.eq("release_bulk_move")))
                    .set(jobs::next_attempt_at.eq(Timestamp(0)))
                    .execute(conn)
                    .map_err(DbError::from)?;
                Ok(())
            })
            .await;
    }
}

on_both_databases!(Ruled::start => applications_above_the_daily_limit_are_held);
/// Whatever brings an invitation about: two are invited, all others are held in one batch. Admins hear of it once;
/// a person sends them at once.
async fn applications_above_the_daily_limit_are_held(ruled: Ruled) {
    assert_eq!(ruled.allow("100001").await.status, 422);
    ruled.allow("2").await.leads_to("/settings/company");
    let first = [ruled.applies("Ada").await, ruled.applies("Bea").await];
    for person in &first {
        ruled.is_mailed(person).await;
    }
    let mut held = vec![ruled.applies("Cleo").await, ruled.applies("Dora").await];
    let moved = ruled.applicant("Eve", json!({})).await;
    ruled.move_to(&moved, "Assessment").await;
    ruled.worked(&moved, 1).await;
    held.push(moved);
    for person in &held {
        assert_eq!(ruled.state(person).await, Some(InvitationState::Held), "{}", person["name"]);
        assert_eq!(ruled.mails(person).await, 0);
    }
    let event = &ruled.worked(&held[0], 1).await[0];
    assert_eq!(event.outcome.as_str(), "held");
    assert!(event.reason.to_string().starts_with("daily limit reached: 2 candidates"), "{}", event.reason);
    let banner = ruled.admin.get("/candidates").await.text(".banner");
    assert!(banner.contains("Daily limit reached: 3 invitations are above the daily limit"), "{banner}");
    let page = ruled.held().await;
    assert_eq!(page.text("h1"), "Daily limit");
    assert_eq!(page.text("td[data-label=State]"), "held\nheld\nheld");
    until("the mail to the admin", PATIENCE, async || {
        let mails = ruled.mails_to("ada@acme.example").await;
        let told = mails.iter().filter(|mail| mail["subject"].to_string().contains("daily limit reached"));
        let count = told.count();
        assert!(count <= 1, "one mail for each batch");
        (count == 1).then_some(())
    })
    .await;
    let why = ruled.admin.get("/candidates/why?q=cleo@people.example").await;
    assert!(why.text(".banner").contains("daily limit is reached"), "{}", why.html);

    let path = page.url.path().to_owned();
    ruled.admin.post(&format!("{path}/send"), &[]).await.leads_to(&path);
    for person in &held {
        ruled.is_mailed(person).await;
    }
    assert!(ruled.portal.audit(&ruled.company.id).await.contains(&"batch.sent".to_owned()));
}

on_both_databases!(Ruled::start => the_clock_lets_go_as_many_as_there_is_room_for);
/// The oldest goes first, one for each that is a day old; a higher limit lets the rest go.
async fn the_clock_lets_go_as_many_as_there_is_room_for(ruled: Ruled) {
    ruled.allow("1").await.leads_to("/settings/company");
    let invited = ruled.applies("Ada").await;
    ruled.is_mailed(&invited).await;
    let mut held = Vec::new();
    for name in ["Bea", "Cleo", "Dora"] {
        held.push(ruled.applies(name).await);
    }
    ruled.hours_pass(&invited, 23).await;
    // Nothing is due: the clock looked, and put its next look off.
    until("the clock's look", PATIENCE, async || {
        use schema::jobs::dsl;
        let due = ruled.portal.running.db.read(|conn| {
            let of = dsl::jobs.filter(dsl::kind.eq("release_bulk_move")).select(dsl::next_attempt_at);
            Ok::<_, DbError>(of.first::<Timestamp>(conn)?)
        });
        (due.await.unwrap() > Timestamp::now()).then_some(())
    })
    .await;
    assert_eq!(ruled.state(&held[0]).await, Some(InvitationState::Held));
    ruled.hours_pass(&invited, 2).await;
    ruled.is_mailed(&held[0]).await;
    assert_eq!(ruled.state(&held[1]).await, Some(InvitationState::Held), "there was room for one");
    assert_eq!(ruled.mails(&held[2]).await, 0);
    ruled.allow("0").await.leads_to("/settings/company");
    ruled.is_mailed(&held[1]).await;
    ruled.is_mailed(&held[2]).await;
}

on_both_databases!(Ruled::start => what_was_taken_back_takes_no_room);
async fn what_was_taken_back_takes_no_room(ruled: Ruled) {
    ruled.allow("1").await.leads_to("/settings/company");
    let invited = ruled.applies("Ada").await;
    ruled.is_mailed(&invited).await;
    let (bea, cleo) = (ruled.applies("Bea").await, ruled.applies("Cleo").await);
    let page = ruled.held().await;
    let path = page.url.path().to_owned();
    ruled.admin.post(&format!("{path}/undo"), &[]).await.leads_to(&path);
    for person in [&bea, &cleo] {
        assert_eq!(ruled.state(person).await, Some(InvitationState::Cancelled));
        assert_eq!(ruled.mails(person).await, 0);
    }
    // What was never sent takes no room.
    ruled.hours_pass(&invited, 25).await;
    let dora = ruled.applies("Dora").await;
    ruled.is_mailed(&dora).await;
}
