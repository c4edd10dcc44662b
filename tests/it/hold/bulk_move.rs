//! Mass moves: held, sent, undone, and everything that happens meanwhile.

use super::*;
use crate::support::on_both_databases;

on_both_databases!(scene => a_mass_move_is_held_and_sent_by_a_person);
/// The first of a bulk move is held like the last; one page shows it, admins get one mail, and Send now
/// invites everybody once.
async fn a_mass_move_is_held_and_sent_by_a_person(scene: Connected) {
    scene.choose(24, 3).await;
    let people = scene.people(5).await;
    scene.move_together(&people, "Assessment").await;
    scene.all(&people, "held").await;
    for person in &people {
        assert_eq!(scene.states(person).await, ["held"]);
        assert!(scene.invitation_mails(person).await.is_empty());
        assert!(!scene.tags(person).await.iter().any(|tag| tag.starts_with("Alva: ")));
    }
    let list = scene.admin.get("/candidates").await;
    let banner = list.text(".banner");
    assert!(banner.contains("5 candidates were moved to “Assessment” at "), "{banner}");
    assert!(banner.contains(" invitations go out at ") && banner.contains("Send now"), "{banner}");
    assert!(banner.contains("Cancel 5 invitations"), "{banner}");
    let page = scene.batch().await;
    assert_eq!(page.text("td[data-label=State]"), "held\nheld\nheld\nheld\nheld");
    until("the mail to the admin", PATIENCE, async || {
        let mails = scene.mails_to("ada@acme.example").await;
        let held = mails.iter().filter(|mail| mail["subject"].to_string().contains("held")).count();
        assert!(held <= 1, "one mail for each batch");
        (held == 1).then_some(())
    })
    .await;
    let event = &scene.worked(&people[0], 1).await[0];
    assert!(event.reason.to_string().contains("more than 3 candidates were moved"), "{}", event.reason);
    let why = people[2]["emails"][0].as_str().unwrap();
    let why = scene.admin.get(&format!("/candidates/why?q={why}")).await;
    assert!(why.text(".banner").contains("the invitation is on hold until"), "{}", why.html);

    let sent = scene.press(&page, "send").await;
    assert!(sent.text(".flash").contains("on their way"), "{}", sent.html);
    scene.all(&people, "invited").await;
    for person in &people {
        assert_eq!(scene.invitation_mails(person).await.len(), 1);
        assert!(scene.tags(person).await.contains(&"Alva: Invited".to_owned()));
    }
    let again = scene.press(&page, "send").await;
    assert!(again.text(".flash").contains("already decided"), "{}", again.html);
    assert!(scene.portal.audit(&scene.company.id).await.contains(&"batch.sent".to_owned()));
}

on_both_databases!(scene => an_undone_move_invites_nobody);
/// Within the hold nobody hears of an undone move, and neither the next move nor a reconciliation
/// invites after it.
async fn an_undone_move_invites_nobody(scene: Connected) {
    scene.choose(24, 2).await;
    let people = scene.people(3).await;
    scene.move_together(&people, "Assessment").await;
    scene.all(&people, "held").await;
    let page = scene.batch().await;
    let undone = scene.press(&page, "undo").await;
    assert!(undone.text(".flash").contains("Cancelled 3 invitations"), "{}", undone.html);
    assert!(undone.text(".lead").contains("were cancelled at"), "{}", undone.html);
    let twice = scene.press(&page, "undo").await;
    assert!(twice.text(".flash").contains("already undone"), "{}", twice.html);
    scene.all(&people, "undone").await;
    scene.move_to(&people[0], "Recruiter screen").await;
    scene.move_to(&people[0], "Assessment").await;
    assert_eq!(scene.outcomes(&people[0], 3).await.last().unwrap(), "already_invited");
    let account = scene.admin.get(&scene.page()).await;
    assert!(!account.text("main").contains("Send now"), "nothing is left to decide");
    let begun = scene.admin.press(&account, "Sync now", &[]).await.location.unwrap();
    until("the end of the reconciliation", PATIENCE, async || {
        (!scene.admin.get(&begun).await.html.contains("data-live=")).then_some(())
    })
    .await;
    for person in &people {
        assert_eq!(scene.states(person).await, ["cancelled"]);
        assert!(scene.invitation_mails(person).await.is_empty());
    }
    let event = &scene.worked(&people[1], 1).await[0];
    let timeline = scene.admin.get(&format!("/events/{}", event.id)).await;
    assert!(
        timeline
            .text("ol.timeline")
            .contains("undone, together with the rest of this move, by ada@acme.example")
    );
    let why = people[2]["emails"][0].as_str().unwrap();
    let why = scene.admin.get(&format!("/candidates/why?q={why}")).await;
    assert!(why.text(".banner").contains("were cancelled at"), "{}", why.html);
    assert!(scene.portal.audit(&scene.company.id).await.contains(&"batch.undone".to_owned()));
}

on_both_databases!(scene => what_was_sent_is_taken_back_with_its_tags);
/// Afterwards, what was mailed is taken back, those invited before the bulk move was noticed included; who
/// began the tests may finish.
async fn what_was_sent_is_taken_back_with_its_tags(scene: Connected) {
    scene.choose(24, 2).await;
    let people = scene.people(4).await;
    // The first two are worked before the others are moved: no bulk move yet.
    for person in &people[..2] {
        scene.move_to(person, "Assessment").await;
        assert_eq!(scene.outcomes(person, 1).await, ["invited"]);
    }
    scene.move_together(&people[2..], "Assessment").await;
    scene.all(&people[2..], "held").await;
    let page = scene.batch().await;
    assert_eq!(page.text("td[data-label=State]").matches("invited").count(), 2, "{}", page.html);
    scene.press(&page, "send").await;
    scene.all(&people, "invited").await;
    let link = async |person: &Value| {
        let mails = scene.invitation_mails(person).await;
        mails[0]["links"][0].as_str().unwrap().to_owned()
    };
    let candidate = scene.portal.visitor();
    let begun = candidate.get(&link(&people[3]).await).await;
    let path = begun.url.path().to_owned();
    candidate.press(&begun, "I agree, begin", &[]).await.leads_to(&path);
    let undone = scene.press(&page, "undo").await;
    let words = undone.text(".flash");
    assert!(words.contains("Cancelled 3 invitations that had been sent"), "{words}");
    for person in &people[..3] {
        let shut = scene.portal.visitor().get(&link(person).await).await;
        assert!(shut.status.is_client_error(), "{}", shut.status);
        until("the tag to be gone", PATIENCE, async || {
            let tags = scene.tags(person).await;
            (!tags.iter().any(|tag| tag.starts_with("Alva: "))).then_some(())
        })
        .await;
        assert_eq!(scene.invitation_mails(person).await.len(), 1);
    }
    assert_eq!(scene.states(&people[3]).await, ["started"]);
    assert_eq!(candidate.get(&path).await.status, StatusCode::OK, "who began may go on");
}

on_both_databases!(scene => what_happened_during_the_hold_counts);
/// Lever is asked again when the hold ends: only who is still meant is invited.
async fn what_happened_during_the_hold_counts(scene: Connected) {
    scene.choose(24, 2).await;
    let people = scene.people(5).await;
    scene.move_together(&people, "Assessment").await;
    scene.all(&people, "held").await;
    scene.move_to(&people[0], "Recruiter screen").await;
    assert_eq!(scene.outcomes(&people[0], 2).await, ["held", "nothing_to_do"], "the queue goes on");
    scene.act(&people[1], "archive").await;
    scene.act(&people[2], "hire").await;
    until("the hire", PATIENCE, async || (scene.states(&people[2]).await == ["cancelled"]).then_some(()))
        .await;
    let deleted = people[3]["id"].as_str().unwrap();
    scene.control(Method::DELETE, &format!("opportunities/{deleted}"), Value::Null).await;
    until("the erasure", PATIENCE, async || scene.states(&people[3]).await.is_empty().then_some(())).await;
    scene.hold_is_over().await;
    scene.all(&people[4..], "invited").await;
    let first = scene.worked(&people[0], 2).await;
    assert_eq!(first[0].outcome.as_str(), "nothing_to_do", "{}", first[0].reason);
    assert!(first[0].reason.to_string().contains("Recruiter screen"), "{}", first[0].reason);
    let archived = scene.worked(&people[1], 1).await;
    // By Lever's answer, or by the webhook that told of it before.
    assert!(["archived", "ended"].contains(&archived[0].outcome.as_str()), "{}", archived[0].reason);
    for person in &people[..3] {
        assert!(scene.invitation_mails(person).await.is_empty());
    }
    assert_eq!(scene.invitation_mails(&people[4]).await.len(), 1);
    let none_says_held = scene.events().await.iter().all(|event| event.outcome.as_str() != "held");
    assert!(none_says_held, "every event has its end");
    // Who had left comes back later, alone: an ordinary move.
    scene.ten_minutes_pass().await;
    scene.move_to(&people[0], "Assessment").await;
    assert_eq!(scene.outcomes(&people[0], 3).await.last().unwrap(), "invited");
}

on_both_databases!(scene => ordinary_moves_are_not_delayed);
/// A lone move after a bulk move is invited at once, though the bulk move is still held; and with 0 nothing is.
async fn ordinary_moves_are_not_delayed(scene: Connected) {
    scene.choose(24, 2).await;
    let people = scene.people(8).await;
    scene.move_together(&people[..3], "Assessment").await;
    scene.all(&people[..3], "held").await;
    scene.ten_minutes_pass().await;
    scene.move_to(&people[3], "Assessment").await;
    assert_eq!(scene.outcomes(&people[3], 1).await, ["invited"]);
    assert_eq!(scene.states(&people[0]).await, ["held"]);
    scene.choose(24, 0).await;
    scene.move_together(&people[4..], "Assessment").await;
    scene.all(&people[4..], "invited").await;
}

on_both_databases!(scene => latecomers_go_the_way_of_their_bulk_move);
/// A move of the same bulk move that is heard of after Undo goes the same way; one made after Undo does not.
async fn latecomers_go_the_way_of_their_bulk_move(scene: Connected) {
    use schema::events::dsl;
    scene.choose(24, 2).await;
    let people = scene.people(5).await;
    scene.move_together(&people[..3], "Assessment").await;
    scene.all(&people[..3], "held").await;
    let moved_at = scene.worked(&people[0], 1).await[0].triggered_at;
    let page = scene.batch().await;
    scene.press(&page, "undo").await;
    // Lever's delivery was late: the move itself was before Undo.
    scene.lease(Some("a test"), Timestamp(i64::MAX)).await;
    scene.move_to(&people[3], "Assessment").await;
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
    scene.move_to(&people[4], "Assessment").await;
    scene.all(&people[4..], "held").await;
}

on_both_databases!(scene => moves_whose_webhooks_come_after_those_of_the_applications_are_held);
/// An import: everybody applies and is moved at once, and the webhooks of the moves come seconds after those of the
/// applications, by which the candidates stand in the trigger stage already.
async fn moves_whose_webhooks_come_after_those_of_the_applications_are_held(scene: Connected) {
    scene.choose(24, 2).await;
    let late = json!({"target": "deliveries", "kind": "delay", "ms": 4000, "match": "candidateStageChange"});
    scene.control(Method::POST, "faults", late).await;
    let fields =
        json!({"count": 4, "stage": "New applicant", "origin": "applied", "posting": "Data Analyst"});
    let people = scene.candidate(fields).await.as_array().unwrap().clone();
    for person in &people {
        scene.move_to(person, "Assessment").await;
    }
    scene.all(&people, "held").await;
    for person in &people {
        assert_eq!(scene.invitation_mails(person).await.len(), 0);
        let outcomes = scene.outcomes(person, 2).await;
        assert_eq!(outcomes, ["nothing_to_do", "held"], "the application left it to the move");
    }
}
