//! What others do while a mass move is held, and after: people, Lever, the account itself.

use super::*;
use crate::support::on_both_databases;

on_both_databases!(scene => two_people_press_at_once);
/// Two people press at once: one of them wins, and nobody is invited twice or after Undo.
async fn two_people_press_at_once(scene: Connected) {
    scene.choose(24, 2).await;
    let people = scene.people(4).await;
    scene.move_together(&people, "Assessment").await;
    scene.all(&people, "held").await;
    let path = scene.batch().await.url.path().to_owned();
    let (send, undo) = (format!("{path}/send"), format!("{path}/undo"));
    let admin = &scene.admin;
    futures_util::future::join(admin.post(&send, &[]), admin.post(&undo, &[])).await;
    until("the end of all events", PATIENCE, async || {
        scene.events().await.iter().all(|event| event.finished_at.is_some()).then_some(())
    })
    .await;
    for person in &people {
        assert_eq!(scene.states(person).await, ["cancelled"], "Undo holds, before and after Send now");
        assert!(scene.invitation_mails(person).await.len() <= 1);
    }
}

on_both_databases!(scene => a_disconnected_account_keeps_its_batch);
/// Without access nothing goes out when the time is over, and Undo still works.
async fn a_disconnected_account_keeps_its_batch(scene: Connected) {
    scene.choose(24, 2).await;
    let people = scene.people(3).await;
    scene.move_together(&people, "Assessment").await;
    scene.all(&people, "held").await;
    let gone = scene.admin.post(&format!("{}/disconnect", scene.page()), &[]).await;
    gone.leads_to(&scene.page());
    scene.hold_is_over().await;
    let page = scene.batch().await;
    assert!(page.text(".lead").contains("wait until the account is reconnected"), "{}", page.html);
    scene.press(&page, "undo").await;
    for person in &people {
        assert_eq!(scene.states(person).await, ["cancelled"]);
    }
}

on_both_databases!(scene => only_those_decide_who_may);
/// Another company's batch is not there, an auditor presses nothing, and wrong settings are given back.
async fn only_those_decide_who_may(scene: Connected) {
    use alva_portal::people::Role;
    scene.choose(24, 2).await;
    let people = scene.people(3).await;
    scene.move_together(&people, "Assessment").await;
    scene.all(&people, "held").await;
    let path = scene.batch().await.url.path().to_owned();
    let portal = &scene.portal;
    let other = portal.company("Other Ltd").await;
    portal.person(&other, "eve@other.example", Role::Admin).await;
    portal.person(&scene.company, "rita@acme.example", Role::Auditor).await;
    let eve = portal.signed_in("eve@other.example").await;
    assert_eq!(eve.get(&path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(eve.post(&format!("{path}/undo"), &[]).await.status, StatusCode::NOT_FOUND);
    let rita = portal.signed_in("rita@acme.example").await;
    let seen = rita.get(&path).await;
    assert!(seen.status.is_success() && seen.text("main button").is_empty(), "{}", seen.html);
    assert_eq!(rita.post(&format!("{path}/undo"), &[]).await.status, StatusCode::FORBIDDEN);
    let fields = [("reuse_results", "121"), ("hold_above", "x"), ("hold_for", "0")];
    let refused = scene.admin.post("/settings/company/invitation-policy", &fields).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(refused.text(".error-summary a"), "Reuse results\nHold above\nHold for");
    assert_eq!(refused.attribute("#hold_above", "value").as_deref(), Some("x"));
    assert_eq!(scene.states(&people[0]).await, ["held"]);
}

on_both_databases!(scene => a_revocation_during_the_hold_is_outlived);
/// Access is revoked in Lever while a batch is held: nothing goes out, and once the account is connected
/// again whoever is still in the stage is invited once. Who left it, or was archived, is not.
async fn a_revocation_during_the_hold_is_outlived(scene: Connected) {
    use alva_portal::integrations::{State as Account, store};
    scene.choose(24, 2).await;
    let people = scene.people(5).await;
    scene.move_together(&people, "Assessment").await;
    scene.all(&people, "held").await;
    let there = &scene;
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
    assert!(page.text(".lead").contains("wait until the account is reconnected"), "{}", page.html);
    let id =
        crate::support::lever::consent::grant_again(&there.lever, &there.admin, &there.integration).await;
    assert_eq!(id, there.integration);
    is(Account::Active).await;
    scene.all(&people[2..], "invited").await;
    // The reconciliation after connecting again finds nobody to invite beside them.
    until("the end of the reconciliation", PATIENCE, async || {
        let list = there.admin.get(&format!("{}/reconciliations", scene.page())).await;
        let is_over = !list.html.contains("data-live=");
        let is_quiet = scene.events().await.iter().all(|event| event.finished_at.is_some());
        (is_over && is_quiet).then_some(())
    })
    .await;
    for person in &people[2..] {
        assert_eq!(scene.invitation_mails(person).await.len(), 1, "{}", person["name"]);
        assert_eq!(scene.states(person).await, ["sent"]);
    }
    for person in &people[..2] {
        assert!(scene.invitation_mails(person).await.is_empty(), "{}", person["name"]);
    }
    let outcome = |events: Vec<Event>| events[0].outcome.as_str();
    assert_eq!(outcome(there.worked(&people[0], 1).await), "nothing_to_do");
    assert_eq!(outcome(there.worked(&people[1], 1).await), "archived");
}

on_both_databases!(scene => who_is_archived_during_the_hold_is_not_invited);
/// Whoever is archived while held is not invited, also when no webhook tells of it.
async fn who_is_archived_during_the_hold_is_not_invited(scene: Connected) {
    scene.choose(24, 2).await;
    let people = scene.people(4).await;
    scene.move_together(&people, "Assessment").await;
    scene.all(&people, "held").await;
    let withhold = json!({"target": "deliveries", "kind": "withhold"});
    scene.control(Method::POST, "faults", withhold).await;
    scene.act(&people[0], "archive").await;
    assert_eq!(scene.states(&people[0]).await, ["held"], "nobody told of it");
    let page = scene.batch().await;
    scene.press(&page, "send").await;
    scene.all(&people[1..], "invited").await;
    scene.all(&people[..1], "archived").await;
    assert!(scene.invitation_mails(&people[0]).await.is_empty());
    assert!(scene.states(&people[0]).await.is_empty(), "what was held is forgotten");
    let told = scene.worked(&people[0], 1).await.remove(0);
    assert!(told.reason.to_string().contains("is archived in Lever"), "{}", told.reason);
}

on_both_databases!(scene => applicants_who_are_moved_during_an_outage_are_held);
/// People apply and are moved while Lever does not answer. Their applications are processed first, and are no way around
/// the hold.
async fn applicants_who_are_moved_during_an_outage_are_held(scene: Connected) {
    scene.choose(24, 3).await;
    let outage = json!({"target": "api", "kind": "close_before", "match": "/v1/opportunities"});
    scene.control(Method::POST, "faults", outage).await;
    let mut people = Vec::new();
    for n in 0..5 {
        let fields = json!({"posting": "Data Analyst", "name": format!("Swift {n}"), "email": format!("swift{n}@people.example")});
        let made = scene.control(Method::POST, "apply", fields).await;
        let id = made["data"]["opportunity"]["id"].as_str().or(made["data"]["opportunity"].as_str());
        let id = id.unwrap_or_else(|| panic!("an opportunity: {made}")).to_owned();
        let stage = json!({"stage": "Assessment"});
        scene.control(Method::POST, &format!("opportunities/{id}/move"), stage).await;
        people.push(json!({"id": id, "emails": [format!("swift{n}@people.example")]}));
    }
    // Lever answers again once all of it was delivered.
    until("all events in the queue", PATIENCE, async || (scene.events().await.len() >= 10).then_some(()))
        .await;
    scene.control(Method::DELETE, "faults", Value::Null).await;
    // As long as the pause after a few attempts in vain.
    until("invitations that are held", PATIENCE * 3, async || {
        let mut states = Vec::new();
        for person in &people {
            states.push(scene.states(person).await);
        }
        states.iter().all(|states| states == &["held"]).then_some(())
    })
    .await;
    for person in &people {
        assert!(scene.invitation_mails(person).await.is_empty());
    }
}

on_both_databases!(scene => who_was_brought_back_is_held_with_the_others);
/// People whose invitation ended when they were archived are brought back and moved together: they are held like anybody,
/// Send now mails a new link to each, and Undo takes them back for good.
async fn who_was_brought_back_is_held_with_the_others(scene: Connected) {
    scene.control(Method::POST, "events", json!({"candidateArchiveChange": true})).await;
    let people = scene.people(6).await;
    for person in &people {
        scene.move_to(person, "Assessment").await;
    }
    scene.all(&people, "invited").await;
    for person in &people {
        scene.act(person, "archive").await;
    }
    scene.all(&people, "archived").await;
    for person in &people {
        scene.act(person, "unarchive").await;
        scene.move_to(person, "New applicant").await;
    }
    scene.all(&people, "nothing_to_do").await;
    scene.ten_minutes_pass().await;
    scene.choose(24, 2).await;
    scene.move_together(&people[..3], "Assessment").await;
    scene.all(&people[..3], "held").await;
    for person in &people[..3] {
        assert_eq!(scene.states(person).await, ["held"]);
        assert_eq!(scene.invitation_mails(person).await.len(), 1, "nothing is mailed while it is held");
    }
    let first = scene.invitations(&people[0]).await[0].id;
    scene.press(&scene.batch().await, "send").await;
    scene.all(&people[..3], "invited").await;
    for person in &people[..3] {
        assert_eq!(scene.states(person).await, ["sent"]);
        assert_eq!(scene.invitation_mails(person).await.len(), 2);
    }
    assert_eq!(
        scene.invitations(&people[0]).await[0].id,
        first,
        "it is the same invitation, with its history"
    );
    scene.ten_minutes_pass().await;
    scene.move_together(&people[3..], "Assessment").await;
    scene.all(&people[3..], "held").await;
    scene.press(&scene.batch().await, "undo").await;
    for person in &people[3..] {
        assert_eq!(scene.states(person).await, ["cancelled"]);
        scene.move_to(person, "New applicant").await;
        scene.move_to(person, "Assessment").await;
    }
    scene.all(&people[3..], "already_invited").await;
    for person in &people[3..] {
        assert_eq!(scene.invitation_mails(person).await.len(), 1);
    }
}

on_both_databases!(scene => applicants_whose_moves_are_reported_too_late_are_held);
/// People apply and are moved at once, and the webhooks of the moves come only after the minute for which they are waited
/// for: the applications stand for the moves, and are held together. The reports change nothing any more.
async fn applicants_whose_moves_are_reported_too_late_are_held(scene: Connected) {
    use alva_portal::reasons::Reason;
    scene.choose(24, 3).await;
    let withhold = json!({"target": "deliveries", "kind": "withhold", "match": "candidateStageChange"});
    scene.control(Method::POST, "faults", withhold).await;
    let mut people = Vec::new();
    scene.lease(Some("a test"), Timestamp(i64::MAX)).await;
    for n in 0..5 {
        let email = format!("swift{n}@people.example");
        let fields = json!({"posting": "Data Analyst", "name": format!("Swift {n}"), "email": email});
        let made = scene.control(Method::POST, "apply", fields).await;
        let id = made["data"]["opportunity"]["id"].as_str().or(made["data"]["opportunity"].as_str());
        let id = id.unwrap_or_else(|| panic!("an opportunity: {made}")).to_owned();
        scene.move_to(&id, "Assessment").await;
        people.push(json!({"id": id, "name": format!("Swift {n}"), "emails": [email]}));
    }
    scene.lease(None, Timestamp(0)).await;
    until("all to wait for the reports", PATIENCE, async || {
        let waits = |event: &&Event| matches!(event.reason, Reason::NotYet { .. });
        (scene.events().await.iter().filter(waits).count() == people.len()).then_some(())
    })
    .await;
    scene
        .change(|conn| {
            use schema::events::dsl;
            diesel::update(dsl::events)
                .set((dsl::received_at.eq(dsl::received_at - 61_000), dsl::next_attempt_at.eq(Timestamp(0))))
                .execute(conn)?;
            Ok(())
        })
        .await;
    scene.all(&people, "held").await;
    for person in &people {
        assert_eq!(scene.states(person).await, ["held"]);
        assert!(scene.invitation_mails(person).await.is_empty());
    }
    scene.control(Method::DELETE, "faults", Value::Null).await;
    let withheld = scene.control(Method::GET, "deliveries", Value::Null).await;
    for delivery in withheld["data"].as_array().unwrap() {
        if delivery["event"] == "candidateStageChange" {
            let path = format!("deliveries/{}/resend", delivery["id"].as_str().unwrap());
            scene.control(Method::POST, &path, json!({})).await;
        }
    }
    scene.all(&people, "already_invited").await;
    scene.press(&scene.batch().await, "send").await;
    for person in &people {
        until("the mail", PATIENCE, async || {
            (scene.invitation_mails(person).await.len() == 1 && scene.states(person).await == ["sent"])
                .then_some(())
        })
        .await;
    }
}
