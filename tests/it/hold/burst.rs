//! Mass moves: held, sent, undone, and everything that happens meanwhile.

use super::*;

impl Scene {
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
        self.there.control(Method::POST, &path, json!({})).await;
    }
}

active!(
    /// The first of a burst is held like the last; one page shows it, admins get one mail, and Send now
    /// invites everybody once.
    a_mass_move_is_held_and_sent_by_a_person,
    async |scene: Scene| {
        scene.choose(24, 3).await;
        let people = scene.people(5).await;
        scene.move_together(&people, "Assessment").await;
        scene.all(&people, "held").await;
        for person in &people {
            assert_eq!(scene.states(person).await, ["held"]);
            assert!(scene.mails(person).await.is_empty());
            assert!(!scene.tags(person).await.iter().any(|tag| tag.starts_with("Alva: ")));
        }
        let list = scene.there.admin.get("/candidates").await;
        let banner = list.text(".banner");
        assert!(banner.contains("5 candidates were moved to “Assessment” at "), "{banner}");
        assert!(banner.contains("Their invitations go out at ") && banner.contains("Send now"), "{banner}");
        assert!(banner.contains("Undo: never send 5 invitations"), "{banner}");
        let page = scene.batch().await;
        assert_eq!(page.text("td[data-label=State]"), "held\nheld\nheld\nheld\nheld");
        until("the mail to the admin", PATIENCE, async || {
            let mails = scene.there.mails_to("ada@acme.example").await;
            let held = mails.iter().filter(|mail| mail["subject"].to_string().contains("held")).count();
            assert!(held <= 1, "one mail for each batch");
            (held == 1).then_some(())
        })
        .await;
        let event = &scene.there.worked(&people[0], 1).await[0];
        assert!(event.reason.to_string().contains("more than 3 candidates were moved"), "{}", event.reason);
        let why = people[2]["emails"][0].as_str().unwrap();
        let why = scene.there.admin.get(&format!("/candidates/why?q={why}")).await;
        assert!(why.text(".banner").contains("the invitation is held until"), "{}", why.html);

        let sent = scene.press(&page, "send").await;
        assert!(sent.text(".flash").contains("on their way"), "{}", sent.html);
        scene.all(&people, "invited").await;
        for person in &people {
            assert_eq!(scene.mails(person).await.len(), 1);
            assert!(scene.tags(person).await.contains(&"Alva: Invited".to_owned()));
        }
        let again = scene.press(&page, "send").await;
        assert!(again.text(".flash").contains("decided on before"), "{}", again.html);
        assert!(scene.there.portal.audit(&scene.there.company.id).await.contains(&"batch.sent".to_owned()));
    }
);

active!(
    /// Within the hold nobody hears of an undone move, and neither the next move nor a reconciliation
    /// invites after it.
    an_undone_move_invites_nobody,
    async |scene: Scene| {
        scene.choose(24, 2).await;
        let people = scene.people(3).await;
        scene.move_together(&people, "Assessment").await;
        scene.all(&people, "held").await;
        let page = scene.batch().await;
        let undone = scene.press(&page, "undo").await;
        assert!(undone.text(".flash").contains("3 invitations are never sent"), "{}", undone.html);
        assert!(undone.text(".lead").contains("were taken back at"), "{}", undone.html);
        let twice = scene.press(&page, "undo").await;
        assert!(twice.text(".flash").contains("undone before"), "{}", twice.html);
        scene.all(&people, "undone").await;
        scene.there.move_to(&people[0], "Recruiter screen").await;
        scene.there.move_to(&people[0], "Assessment").await;
        assert_eq!(scene.outcomes(&people[0], 3).await.last().unwrap(), "already_invited");
        let account = scene.there.admin.get(&scene.account()).await;
        assert!(!account.text("main").contains("Send now"), "nothing is left to decide");
        let begun = scene.there.admin.press(&account, "Sync now", &[]).await.location.unwrap();
        until("the end of the reconciliation", PATIENCE, async || {
            (!scene.there.admin.get(&begun).await.html.contains("data-live=")).then_some(())
        })
        .await;
        for person in &people {
            assert_eq!(scene.states(person).await, ["cancelled"]);
            assert!(scene.mails(person).await.is_empty());
        }
        let event = &scene.there.worked(&people[1], 1).await[0];
        let timeline = scene.there.admin.get(&format!("/events/{}", event.id)).await;
        assert!(timeline.text("ol.timeline").contains("taken back with the others of this move by ada@acme.example"));
        let why = people[2]["emails"][0].as_str().unwrap();
        let why = scene.there.admin.get(&format!("/candidates/why?q={why}")).await;
        assert!(why.text(".banner").contains("were taken back at"), "{}", why.html);
        assert!(scene.there.portal.audit(&scene.there.company.id).await.contains(&"batch.undone".to_owned()));
    }
);

active!(
    /// Afterwards, what was mailed is taken back, those invited before the burst was noticed included; who
    /// began the tests may finish.
    what_was_sent_is_taken_back_with_its_tags,
    async |scene: Scene| {
        scene.choose(24, 2).await;
        let people = scene.people(4).await;
        // The first two are worked before the others are moved: no burst yet.
        for person in &people[..2] {
            scene.there.move_to(person, "Assessment").await;
            assert_eq!(scene.outcomes(person, 1).await, ["invited"]);
        }
        scene.move_together(&people[2..], "Assessment").await;
        scene.all(&people[2..], "held").await;
        let page = scene.batch().await;
        assert_eq!(page.text("td[data-label=State]").matches("invited").count(), 2, "{}", page.html);
        scene.press(&page, "send").await;
        scene.all(&people, "invited").await;
        let link = async |person: &Value| {
            let mails = scene.mails(person).await;
            mails[0]["links"][0].as_str().unwrap().to_owned()
        };
        let candidate = scene.there.portal.visitor();
        let begun = candidate.get(&link(&people[3]).await).await;
        let path = begun.url.path().to_owned();
        candidate.press(&begun, "I agree, begin", &[]).await.leads_to(&path);
        let undone = scene.press(&page, "undo").await;
        let words = undone.text(".flash");
        assert!(words.contains("0 invitations are never sent, and 3 that were sent are taken back"), "{words}");
        for person in &people[..3] {
            let shut = scene.there.portal.visitor().get(&link(person).await).await;
            assert!(shut.status.is_client_error(), "{}", shut.status);
            until("the tag to be gone", PATIENCE, async || {
                let tags = scene.tags(person).await;
                (!tags.iter().any(|tag| tag.starts_with("Alva: "))).then_some(())
            })
            .await;
            assert_eq!(scene.mails(person).await.len(), 1);
        }
        assert_eq!(scene.states(&people[3]).await, ["started"]);
        assert_eq!(candidate.get(&path).await.status, StatusCode::OK, "who began may go on");
    }
);

active!(
    /// Lever is asked again when the hold ends: only who is still meant is invited.
    what_happened_during_the_hold_counts,
    async |scene: Scene| {
        scene.choose(24, 2).await;
        let people = scene.people(5).await;
        scene.move_together(&people, "Assessment").await;
        scene.all(&people, "held").await;
        scene.there.move_to(&people[0], "Recruiter screen").await;
        assert_eq!(scene.outcomes(&people[0], 2).await, ["held", "nothing_to_do"], "the queue goes on");
        scene.act(&people[1], "archive").await;
        scene.act(&people[2], "hire").await;
        until("the hire", PATIENCE, async || {
            (scene.states(&people[2]).await == ["cancelled"]).then_some(())
        })
        .await;
        let deleted = people[3]["id"].as_str().unwrap();
        scene.there.control(Method::DELETE, &format!("opportunities/{deleted}"), Value::Null).await;
        until("the erasure", PATIENCE, async || scene.states(&people[3]).await.is_empty().then_some(())).await;
        scene.hold_is_over().await;
        scene.all(&people[4..], "invited").await;
        let first = scene.there.worked(&people[0], 2).await;
        assert_eq!(first[0].outcome.as_str(), "nothing_to_do", "{}", first[0].reason);
        assert!(first[0].reason.to_string().contains("Recruiter screen"), "{}", first[0].reason);
        let archived = scene.there.worked(&people[1], 1).await;
        // By Lever's answer, or by the webhook that told of it before.
        assert!(["archived", "ended"].contains(&archived[0].outcome.as_str()), "{}", archived[0].reason);
        for person in &people[..3] {
            assert!(scene.mails(person).await.is_empty());
        }
        assert_eq!(scene.mails(&people[4]).await.len(), 1);
        let none_says_held = scene.events().await.iter().all(|event| event.outcome.as_str() != "held");
        assert!(none_says_held, "every event has its end");
        // Who had left comes back later, alone: an ordinary move.
        scene.ten_minutes_pass().await;
        scene.there.move_to(&people[0], "Assessment").await;
        assert_eq!(scene.outcomes(&people[0], 3).await.last().unwrap(), "invited");
    }
);

active!(
    /// A lone move after a burst is invited at once, though the burst is still held; and with 0 nothing is.
    ordinary_moves_are_not_delayed,
    async |scene: Scene| {
        scene.choose(24, 2).await;
        let people = scene.people(8).await;
        scene.move_together(&people[..3], "Assessment").await;
        scene.all(&people[..3], "held").await;
        scene.ten_minutes_pass().await;
        scene.there.move_to(&people[3], "Assessment").await;
        assert_eq!(scene.outcomes(&people[3], 1).await, ["invited"]);
        assert_eq!(scene.states(&people[0]).await, ["held"]);
        scene.choose(24, 0).await;
        scene.move_together(&people[4..], "Assessment").await;
        scene.all(&people[4..], "invited").await;
    }
);

active!(
    /// A move of the same burst that is heard of after Undo goes the same way; one made after Undo does not.
    latecomers_go_the_way_of_their_burst,
    async |scene: Scene| {
        use schema::events::dsl;
        scene.choose(24, 2).await;
        let people = scene.people(5).await;
        scene.move_together(&people[..3], "Assessment").await;
        scene.all(&people[..3], "held").await;
        let moved_at = scene.there.worked(&people[0], 1).await[0].triggered_at;
        let page = scene.batch().await;
        scene.press(&page, "undo").await;
        // Lever's delivery was late: the move itself was before Undo.
        scene.lease(Some("a test"), Timestamp(i64::MAX)).await;
        scene.there.move_to(&people[3], "Assessment").await;
        let late = people[3]["id"].as_str().unwrap().to_owned();
        until("the late move", PATIENCE, async || {
            scene.events().await.iter().any(|e| e.opportunity_id.as_deref() == Some(&late)).then_some(())
        })
        .await;
        scene
            .change(move |conn| {
                let of = diesel::update(dsl::events.filter(dsl::opportunity_id.eq(&late)));
                of.set(dsl::triggered_at.eq(moved_at)).execute(conn)?;
                Ok(())
            })
            .await;
        scene.lease(None, Timestamp(0)).await;
        scene.all(&people[3..4], "undone").await;
        assert_eq!(scene.states(&people[3]).await, ["cancelled"]);
        scene.there.move_to(&people[4], "Assessment").await;
        scene.all(&people[4..], "held").await;
    }
);

active!(
    /// Two people press at once: one of them wins, and nobody is invited twice or after Undo.
    two_people_press_at_once,
    async |scene: Scene| {
        scene.choose(24, 2).await;
        let people = scene.people(4).await;
        scene.move_together(&people, "Assessment").await;
        scene.all(&people, "held").await;
        let path = scene.batch().await.url.path().to_owned();
        let (send, undo) = (format!("{path}/send"), format!("{path}/undo"));
        let admin = &scene.there.admin;
        futures_util::future::join(admin.post(&send, &[]), admin.post(&undo, &[])).await;
        until("the end of all events", PATIENCE, async || {
            scene.events().await.iter().all(|event| event.finished_at.is_some()).then_some(())
        })
        .await;
        for person in &people {
            assert_eq!(scene.states(person).await, ["cancelled"], "Undo holds, before and after Send now");
            assert!(scene.mails(person).await.len() <= 1);
        }
    }
);

active!(
    /// Without access nothing goes out when the time is over, and Undo still works.
    a_disconnected_account_keeps_its_batch,
    async |scene: Scene| {
        scene.choose(24, 2).await;
        let people = scene.people(3).await;
        scene.move_together(&people, "Assessment").await;
        scene.all(&people, "held").await;
        let gone = scene.there.admin.post(&format!("{}/disconnect", scene.account()), &[]).await;
        gone.leads_to(&scene.account());
        scene.hold_is_over().await;
        let page = scene.batch().await;
        assert!(page.text(".lead").contains("wait until the account is connected again"), "{}", page.html);
        scene.press(&page, "undo").await;
        for person in &people {
            assert_eq!(scene.states(person).await, ["cancelled"]);
        }
    }
);

active!(
    /// Another company's batch is not there, an auditor presses nothing, and wrong settings are given back.
    only_those_decide_who_may,
    async |scene: Scene| {
        use alva_portal::people::Role;
        scene.choose(24, 2).await;
        let people = scene.people(3).await;
        scene.move_together(&people, "Assessment").await;
        scene.all(&people, "held").await;
        let path = scene.batch().await.url.path().to_owned();
        let portal = &scene.there.portal;
        let other = portal.company("Other Ltd").await;
        portal.person(&other, "eve@other.example", Role::Admin).await;
        portal.person(&scene.there.company, "rita@acme.example", Role::Auditor).await;
        let eve = portal.signed_in("eve@other.example").await;
        assert_eq!(eve.get(&path).await.status, StatusCode::NOT_FOUND);
        assert_eq!(eve.post(&format!("{path}/undo"), &[]).await.status, StatusCode::NOT_FOUND);
        let rita = portal.signed_in("rita@acme.example").await;
        let seen = rita.get(&path).await;
        assert!(seen.status.is_success() && seen.text("main button").is_empty(), "{}", seen.html);
        assert_eq!(rita.post(&format!("{path}/undo"), &[]).await.status, StatusCode::FORBIDDEN);
        let fields = [("reuse_results", "121"), ("hold_above", "x"), ("hold_for", "0")];
        let refused = scene.there.admin.post("/settings/company/habits", &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(refused.text(".error-summary a"), "Reuse results\nHold above\nHold for");
        assert_eq!(refused.attribute("#hold_above", "value").as_deref(), Some("x"));
        assert_eq!(scene.states(&people[0]).await, ["held"]);
    }
);

active!(
    /// Access is revoked in Lever while a batch is held: nothing goes out, and once the account is connected
    /// again whoever is still in the stage is invited once. Who left it, or was archived, is not.
    a_revocation_during_the_hold_is_outlived,
    async |scene: Scene| {
        use alva_portal::integrations::{State as Account, store};
        scene.choose(24, 2).await;
        let people = scene.people(5).await;
        scene.move_together(&people, "Assessment").await;
        scene.all(&people, "held").await;
        let there = &scene.there;
        there.control(Method::POST, "revoke", json!({"client_id": "test-client"})).await;
        scene
            .change(|conn| {
                use schema::jobs::dsl;
                diesel::update(dsl::jobs.filter(dsl::kind.eq("check_access")))
                    .set(dsl::next_attempt_at.eq(Timestamp(0)))
                    .execute(conn)?;
                Ok(())
            })
            .await;
        let is = async |state: Account| {
            until(&format!("the account to be {state}"), PATIENCE, async || {
                let id = there.integration;
                let account = there.portal.running.db.read(move |conn| store::get(conn, &id)).await.unwrap();
                (account.state == state).then_some(())
            })
            .await;
        };
        is(Account::Disconnected).await;
        // Lever's deliveries are answered 410: nobody tells of these two.
        there.move_to(&people[0], "Recruiter screen").await;
        scene.act(&people[1], "archive").await;
        scene.hold_is_over().await;
        let page = scene.batch().await;
        assert!(page.text(".lead").contains("wait until the account is connected again"), "{}", page.html);
        let id = crate::support::lever::grant_again(&there.lever, &there.admin, &there.integration).await;
        assert_eq!(id, there.integration);
        is(Account::Active).await;
        scene.all(&people[2..], "invited").await;
        // The reconciliation after connecting again finds nobody to invite beside them.
        until("the end of the reconciliation", PATIENCE, async || {
            let list = there.admin.get(&format!("{}/reconciliations", scene.account())).await;
            let is_over = !list.html.contains("data-live=");
            let is_quiet = scene.events().await.iter().all(|event| event.finished_at.is_some());
            (is_over && is_quiet).then_some(())
        })
        .await;
        for person in &people[2..] {
            assert_eq!(scene.mails(person).await.len(), 1, "{}", person["name"]);
            assert_eq!(scene.states(person).await, ["sent"]);
        }
        for person in &people[..2] {
            assert!(scene.mails(person).await.is_empty(), "{}", person["name"]);
        }
        let outcome = |events: Vec<Event>| events[0].outcome.as_str();
        assert_eq!(outcome(there.worked(&people[0], 1).await), "nothing_to_do");
        assert_eq!(outcome(there.worked(&people[1], 1).await), "archived");
    }
);

active!(
    /// Whoever is archived while held is not invited, also when no webhook tells of it.
    who_is_archived_during_the_hold_is_not_invited,
    async |scene: Scene| {
        scene.choose(24, 2).await;
        let people = scene.people(4).await;
        scene.move_together(&people, "Assessment").await;
        scene.all(&people, "held").await;
        let withhold = json!({"target": "deliveries", "kind": "withhold"});
        scene.there.control(Method::POST, "faults", withhold).await;
        scene.act(&people[0], "archive").await;
        assert_eq!(scene.states(&people[0]).await, ["held"], "nobody told of it");
        let page = scene.batch().await;
        scene.press(&page, "send").await;
        scene.all(&people[1..], "invited").await;
        scene.all(&people[..1], "archived").await;
        assert!(scene.mails(&people[0]).await.is_empty());
        assert!(scene.states(&people[0]).await.is_empty(), "what was held is forgotten");
        let told = scene.there.worked(&people[0], 1).await.remove(0);
        assert!(told.reason.to_string().contains("is archived in Lever"), "{}", told.reason);
    }
);
