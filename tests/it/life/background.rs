//! Background work: what fails for a reason of its own stops nothing else, and the page says why.

use super::*;
use crate::support::on_both_databases;
use alva_portal::db::Conn;
use alva_portal::job_queue::{JobErrorCode, JobRow, JobState, NewJob};
use alva_portal::people::Role;
use diesel::connection::SimpleConnection;

const PAGE: &str = "/settings/background-work";

impl Connected {
    async fn job(&self, kind: JobKind) -> Option<JobRow> {
        let id = self.integration;
        self.portal.running.db.read(move |conn| job_queue::find(conn, kind, id.as_str())).await.unwrap()
    }

    /// Changes the row of a job behind the portal's back.
    async fn damage(&self, kind: JobKind, payload: &'static str) {
        use schema::jobs::dsl;
        let key = self.integration.as_str().to_owned();
        self.portal
            .write(move |conn| {
                let row = dsl::jobs.filter(dsl::kind.eq(kind.as_str()).and(dsl::key.eq(key)));
                let changed = diesel::update(row)
                    .set((
                        dsl::payload.eq(payload),
                        dsl::state.eq(JobState::Waiting),
                        dsl::next_attempt_at.eq(Timestamp(0)),
                    ))
                    .execute(conn)
                    .map_err(DbError::from)?;
                assert_eq!(changed, 1, "there is such a job");
                Ok(())
            })
            .await;
    }

    /// The database refuses to store a candidate of this name from now on.
    async fn refuse(&self, name: &str) {
        let sqlite = format!(
            "CREATE TRIGGER refused BEFORE INSERT ON candidates WHEN NEW.name = '{name}' BEGIN SELECT RAISE(ABORT, \
             'refused for the test'); END"
        );
        let postgres = format!(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.name = '{name}' THEN RAISE \
             EXCEPTION 'refused for the test'; END IF; RETURN NEW; END $$; CREATE TRIGGER refused BEFORE INSERT ON \
             candidates FOR EACH ROW EXECUTE FUNCTION refuse()"
        );
        self.portal
            .write(move |conn| {
                let statement = if matches!(conn, Conn::Sqlite(_)) { sqlite } else { postgres };
                conn.batch_execute(&statement).map_err(DbError::from)?;
                Ok(())
            })
            .await;
    }

    async fn event_of(&self, opportunity: &str) -> Event {
        until("the event", PATIENCE, async || {
            self.events().await.into_iter().find(|event| event.opportunity_id.as_deref() == Some(opportunity))
        })
        .await
    }
}

on_both_databases!(Connected::active => a_refused_statement_stops_only_its_own_event);
/// A statement that the database refuses counts as an attempt of that event, with a wait, and ends it in words.
/// Other candidates, follow-ups and jobs of the integration go on.
async fn a_refused_statement_stops_only_its_own_event(working: Connected) {
    working.refuse("Refused").await;
    let refused = working.person("Refused", "applicant-new").await;
    let good = working.person("Good", "applicant-new").await;
    working.move_to(&refused, TRIGGER).await;
    working.event_of(&refused).await;
    working.move_to(&good, TRIGGER).await;
    working.mailed("good@people.example", "invites you").await;
    working.nightly(ChoreKind::Completeness).await;

    let waiting = until("an attempt that counts", PATIENCE, async || {
        Some(working.event_of(&refused).await).filter(|event| event.attempts > 0)
    })
    .await;
    assert_eq!(waiting.state, State::Queued);
    assert!(
        waiting.reason.to_string().contains("the database refused a statement: refused for the test"),
        "{}",
        waiting.reason
    );
    assert!(waiting.next_attempt_at > Timestamp::now().minus(std::time::Duration::from_secs(60)), "it waits");

    // After the last attempt it is given up, in words.
    use schema::events::dsl;
    let id = waiting.id;
    working
        .portal
        .write(move |conn| {
            diesel::update(dsl::events.find(&id))
                .set((dsl::attempts.eq(19), dsl::next_attempt_at.eq(Timestamp(0))))
                .execute(conn)
                .map_err(DbError::from)?;
            Ok(())
        })
        .await;
    let failed = until("the event's end", PATIENCE, async || {
        Some(working.event_of(&refused).await).filter(|event| event.state == State::Failed)
    })
    .await;
    assert!(failed.reason.to_string().starts_with("Given up after 20 attempts."), "{}", failed.reason);
    assert!(failed.reason.to_string().contains("refused for the test"), "{}", failed.reason);
}

on_both_databases!(Connected::active => a_job_that_cannot_be_read_fails_alone_and_is_run_again);
/// A job that cannot be read fails at once, the others go on, and the page says why. Once it is repaired, an admin
/// runs it; auditors look, members do neither.
async fn a_job_that_cannot_be_read_fails_alone_and_is_run_again(working: Connected) {
    let admin = &working.admin;
    let (portal, company) = (&working.portal, &working.company);
    working.damage(JobKind::CheckAccess, "not JSON").await;
    let failed = until("the job to fail", PATIENCE, async || {
        working.job(JobKind::CheckAccess).await.filter(|job| job.state == JobState::Failed)
    })
    .await;
    assert_eq!(failed.error_code, JobErrorCode::UnreadablePayload.as_str());
    working.nightly(ChoreKind::Completeness).await;
    let person = working.person("Good", "applicant-new").await;
    working.move_to(&person, TRIGGER).await;
    working.mailed("good@people.example", "invites you").await;

    let page = admin.get(PAGE).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.html);
    assert!(page.text("nav[aria-label=\"Main\"] a[aria-current]").contains("Background work"));
    let row = page.text("tbody tr");
    assert!(row.contains("Check access to Lever") && row.contains("The stored job cannot be read."), "{row}");
    assert!(page.text("nav.views").contains("Failed (1)"), "{}", page.html);
    let metrics = admin.get("/metrics").await.html;
    assert!(metrics.contains("alva_jobs_failed{kind=\"check_access\"} 1"), "{metrics}");

    portal.person(company, "audrey@acme.example", Role::Auditor).await;
    let auditor = portal.signed_in("audrey@acme.example").await;
    let seen = auditor.get(PAGE).await;
    assert!(seen.text("tbody tr").contains("The stored job cannot be read."), "{}", seen.html);
    assert!(!seen.html.contains("Run now"), "auditors change nothing");
    let run = format!("{PAGE}/{}/run", failed.id);
    assert_eq!(auditor.post(&run, &[]).await.status, StatusCode::FORBIDDEN);
    portal.person(company, "mel@acme.example", Role::Member).await;
    let member = portal.signed_in("mel@acme.example").await;
    assert_eq!(member.get(PAGE).await.status, StatusCode::FORBIDDEN);
    assert_eq!(admin.post_as_is(&run, &[]).await.status, StatusCode::FORBIDDEN, "without the form's token");

    // Another company's admin reaches nothing of it.
    let other = portal.company("Other Inc").await;
    portal.person(&other, "olga@other.example", Role::Admin).await;
    let stranger = portal.signed_in("olga@other.example").await;
    let empty = stranger.get(PAGE).await;
    assert!(empty.text(".empty").contains("Nothing is waiting"), "{}", empty.html);
    stranger.post(&run, &[]).await.leads_to(PAGE);
    assert_eq!(working.job(JobKind::CheckAccess).await.unwrap().state, JobState::Failed);

    use schema::jobs::dsl;
    let id = failed.id;
    portal
        .write(move |conn| {
            diesel::update(dsl::jobs.find(&id))
                .set(dsl::payload.eq("{}"))
                .execute(conn)
                .map_err(DbError::from)?;
            Ok(())
        })
        .await;
    admin.press(&page, "Run now", &[]).await.leads_to(PAGE);
    until("the job to succeed", PATIENCE, async || {
        let job = working.job(JobKind::CheckAccess).await.unwrap();
        (job.state == JobState::Waiting
            && job.error_code.is_empty()
            && job.next_attempt_at > Timestamp::now())
        .then_some(())
    })
    .await;
    assert!(working.audit().await.contains(&"background_work.run".to_owned()));
    let page = admin.get(&format!("{PAGE}?show=failed")).await;
    assert!(page.text(".empty").contains("Nothing failed"), "{}", page.html);
}

on_both_databases!(Connected::active => many_jobs_are_listed_page_by_page);
/// A page holds fifty, newest first, and leads to the others and back.
async fn many_jobs_are_listed_page_by_page(working: Connected) {
    let (company, admin) = (working.company.id, &working.admin);
    let other = working.portal.company("Other Inc").await.id;
    working
        .portal
        .write(move |conn| {
            for number in 0..55 {
                for company in [company, other] {
                    // Nobody runs it: it needs an outside provider of tests, and there is none.
                    let key = format!("{company}/{number}");
                    let (kind, due) = (JobKind::PollTestOrder, Timestamp::now());
                    let job = NewJob { company, integration: None, kind, key, payload: json!({}), due };
                    job_queue::add(conn, job)?;
                }
            }
            Ok(())
        })
        .await;
    let total = |page: &Page| page.html.matches("Ask the test provider for progress</strong>").count();
    let first = admin.get(&format!("{PAGE}?show=waiting")).await;
    assert_eq!(total(&first), 50, "{}", first.html);
    let older = first.attribute("a[rel=next]", "href").expect("older ones");
    let second = admin.get(&older).await;
    assert_eq!(total(&second), 5, "{}", second.html);
    assert!(second.text("tbody").contains("Check access to Lever"), "those of the integration are older");
    let newer = second.attribute("a[rel=prev]", "href").expect("newer ones");
    assert_eq!(total(&admin.get(&newer).await), 50);
}
