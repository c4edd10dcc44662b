//! The whole test by schedule: kept, told once when it is sure, and once when it is over.

use super::*;

beside_lever!(
    /// The last test stands in the health panel, with how quickly Lever answers.
    the_nightly_test_is_kept,
    async |working: Working| {
        let page = working.there.admin.get(&working.page()).await;
        assert!(page.text("section[aria-labelledby=health] dd").contains("one is made every night"));
        working.nightly(ChoreKind::Heartbeat).await;
        working.make_due(Due::Check).await;
        let page = until("how quickly Lever answers", PATIENCE, async || {
            let page = working.there.admin.get(&working.page()).await;
            page.text("#state").contains("Lever answers in").then_some(page)
        })
        .await;
        let health = page.text("section[aria-labelledby=health] dd");
        assert!(health.contains("just now: All is well"), "{health}");
        assert!(page.text("#state").contains(" ms."), "{}", page.text("#state"));
    }
);

beside_lever!(
    /// One failure may be chance; the second is told, and its end.
    a_failing_test_is_told_once_and_its_end_once,
    async |working: Working| {
        let hooks = working.there.control(Method::GET, "webhooks", Value::Null).await;
        let hired = hooks["data"].as_array().unwrap().iter().find(|hook| hook["event"] == "candidateHired").unwrap();
        let path = format!("webhooks/{}", hired["id"].as_str().unwrap());
        working.there.control(Method::DELETE, &path, Value::Null).await;
        working.make_nightly_due(ChoreKind::Heartbeat).await;
        until("the first failure", PATIENCE, async || {
            let id = working.there.integration.clone();
            let read = move |conn: &mut alva_portal::db::Conn| chores::of(conn, &id, ChoreKind::Heartbeat);
            let chore = working.there.portal.running.db.read(read).await.unwrap().unwrap();
            (chore.attempts == 1).then_some(())
        })
        .await;
        assert_eq!(working.mails("ada@acme.example", "nightly test").await, 0, "not sure yet");
        use schema::chores::dsl;
        let id = working.there.integration.clone();
        working
            .there
            .portal
            .write(move |conn| {
                diesel::update(dsl::chores.find((&id, ChoreKind::Heartbeat)))
                    .set(dsl::next_at.eq(Timestamp(0)))
                    .execute(conn)
                    .map_err(DbError::from)?;
                Ok(())
            })
            .await;
        working.mailed("ada@acme.example", "The nightly test of the Lever integration failed").await;
        let page = working.there.admin.get(&working.page()).await;
        assert!(page.text("section[aria-labelledby=health]").contains("The nightly test failed"), "{}", page.html);
        assert!(page.text("section[aria-labelledby=doctor] li").contains("Candidate Hired is not registered"));
        let made = working.there.admin.post(&format!("{}/webhooks", working.page()), &[]).await;
        assert_eq!(made.status, StatusCode::SEE_OTHER);
        working.nightly(ChoreKind::Heartbeat).await;
        working.mailed("ada@acme.example", "succeeds again").await;
        assert_eq!(working.mails("ada@acme.example", "nightly test of the Lever integration failed").await, 1);
    }
);
