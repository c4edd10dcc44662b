//! The whole test by schedule: kept, told once when it is sure, and once when it is over.

use super::*;
use crate::support::on_both_databases;

on_both_databases!(Connected::active => the_nightly_test_is_kept);
/// The last test stands in the health panel, with how quickly Lever answers.
async fn the_nightly_test_is_kept(working: Connected) {
    let page = working.admin.get(&working.page()).await;
    assert!(page.text("section[aria-labelledby=health] dd").contains("one runs every night"));
    working.nightly(ChoreKind::Heartbeat).await;
    working.make_due(Due::Check).await;
    let page = until("how quickly Lever answers", PATIENCE, async || {
        let page = working.admin.get(&working.page()).await;
        page.text("#state").contains("Lever answers in").then_some(page)
    })
    .await;
    let health = page.text("section[aria-labelledby=health] dd");
    assert!(health.contains("just now: no problems found"), "{health}");
    assert!(page.text("#state").contains(" ms."), "{}", page.text("#state"));
}

on_both_databases!(Connected::active => a_failing_test_is_told_once_and_its_end_once);
/// One failure may be chance; the second is told, and its end.
async fn a_failing_test_is_told_once_and_its_end_once(working: Connected) {
    let hooks = working.control(Method::GET, "webhooks", Value::Null).await;
    let hired =
        hooks["data"].as_array().unwrap().iter().find(|hook| hook["event"] == "candidateHired").unwrap();
    let path = format!("webhooks/{}", hired["id"].as_str().unwrap());
    working.control(Method::DELETE, &path, Value::Null).await;
    working.make_nightly_due(ChoreKind::Heartbeat).await;
    until("the first failure", PATIENCE, async || {
        let id = working.integration;
        let read = move |conn: &mut alva_portal::db::Conn| {
            job_queue::find(conn, JobKind::TestIntegration, id.as_str())
        };
        let job = working.portal.running.db.read(read).await.unwrap().unwrap();
        (job.attempts == 1).then_some(())
    })
    .await;
    assert_eq!(working.mails("ada@acme.example", "nightly test").await, 0, "not sure yet");
    let id = working.integration;
    working
        .portal
        .write(move |conn| {
            let key = schema::jobs::key.eq(id.as_str().to_owned());
            let job =
                schema::jobs::table.filter(schema::jobs::kind.eq(JobKind::TestIntegration.as_str()).and(key));
            let due = schema::jobs::next_attempt_at.eq(Timestamp(0));
            diesel::update(job).set(due).execute(conn).map_err(DbError::from)?;
            Ok(())
        })
        .await;
    working.mailed("ada@acme.example", "The nightly test of the Lever integration failed").await;
    let page = working.admin.get(&working.page()).await;
    assert!(
        page.text("section[aria-labelledby=health]").contains("The nightly test failed"),
        "{}",
        page.html
    );
    assert!(
        page.text("section[aria-labelledby=diagnostics] li").contains("Candidate Hired is not registered")
    );
    let made = working.admin.post(&format!("{}/webhooks", working.page()), &[]).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER);
    working.nightly(ChoreKind::Heartbeat).await;
    working.mailed("ada@acme.example", "passes its test again").await;
    assert_eq!(working.mails("ada@acme.example", "nightly test of the Lever integration failed").await, 1);
}

impl Connected {
    /// The webhooks in Lever at the portal's address, by event, with Lever's ids.
    async fn hooks(&self) -> Vec<(String, String)> {
        let hooks = self.control(Method::GET, "webhooks", Value::Null).await;
        let text = |hook: &Value, field: &str| hook[field].as_str().unwrap().to_owned();
        hooks["data"].as_array().unwrap().iter().map(|hook| (text(hook, "event"), text(hook, "id"))).collect()
    }

    /// As it was before the portal made a webhook for archived candidates.
    async fn without_the_fifth(&self) {
        use schema::lever_webhooks::dsl;
        let hooks = self.hooks().await;
        let fifth = hooks.iter().find(|(event, _)| event == "candidateArchiveChange").unwrap();
        self.control(Method::DELETE, &format!("webhooks/{}", fifth.1), Value::Null).await;
        self.portal
            .write(|conn| {
                let of = dsl::lever_webhooks.filter(dsl::kind.eq("candidateArchiveChange"));
                assert_eq!(diesel::delete(of).execute(conn).map_err(DbError::from)?, 1);
                Ok(())
            })
            .await;
    }
}

on_both_databases!(Connected::active => the_webhook_for_archived_candidates_is_made_by_night);
/// An account that was set up before the portal made a webhook for archived candidates gets it by night;
/// the four others stay as they are.
async fn the_webhook_for_archived_candidates_is_made_by_night(working: Connected) {
    let page = working.admin.get(&format!("{}/webhooks", working.page())).await.text("main");
    assert!(
        page.contains("these four webhooks in Lever, and a fifth, Candidate Archive State Change"),
        "{page}"
    );
    working.without_the_fifth().await;
    let page = working.admin.get(&format!("{}/webhooks", working.page())).await.text("main");
    assert!(
        page.contains("these four webhooks in Lever and saved")
            || page.contains("these four webhooks in Lever, and saved"),
        "{page}"
    );
    assert!(page.contains("Archiving sends no webhook"), "{page}");
    let before = working.hooks().await;
    working.nightly(ChoreKind::Heartbeat).await;
    let after = working.hooks().await;
    assert_eq!(after.len(), 5, "{after:?}");
    assert!(before.iter().all(|hook| after.contains(hook)), "the others are not touched");
    let page = working.admin.get(&format!("{}/webhooks", working.page())).await.text("main");
    assert!(page.contains("and a fifth, Candidate Archive State Change"), "{page}");
    working.nightly(ChoreKind::Heartbeat).await;
    assert_eq!(working.hooks().await.len(), 5, "once");
    // It works: the token is kept.
    working.control(Method::POST, "events", json!({"candidateArchiveChange": true})).await;
    let person = working.person("Archie", "applicant-new").await;
    working.control(Method::POST, &format!("opportunities/{person}/archive"), json!({})).await;
    until("the event", PATIENCE, async || {
        let all = working.events().await;
        all.iter()
            .any(|event| event.kind.as_str() == "candidateArchiveChange" && event.state == State::Done)
            .then_some(())
    })
    .await;
}

on_both_databases!(Connected::active => no_webhook_is_made_beside_a_persons);
/// Where a person made one of the four, the portal makes none by itself.
async fn no_webhook_is_made_beside_a_persons(working: Connected) {
    use schema::lever_webhooks::dsl;
    working.without_the_fifth().await;
    working
        .portal
        .write(|conn| {
            let of = dsl::lever_webhooks.filter(dsl::kind.eq("candidateHired"));
            assert_eq!(diesel::delete(of).execute(conn).map_err(DbError::from)?, 1);
            Ok(())
        })
        .await;
    let before = working.hooks().await;
    working.nightly(ChoreKind::Heartbeat).await;
    assert_eq!(working.hooks().await, before);
}
