//! The table of rules, and what they cause.

use super::*;
use crate::support::on_both_databases;
use alva_portal::people::Role;

on_both_databases!(Ruled::start => the_most_specific_rule_decides_and_the_event_names_it);
async fn the_most_specific_rule_decides_and_the_event_names_it(ruled: Ruled) {
    let (id, title, tags) = ruled.plain().clone();
    let (phone, onsite) = (ruled.stage("Phone interview").await, ruled.stage("On-site interview").await);
    let by_tag = format!("tag:{}", tags[0]);
    ruled
        .added(&[
            ("postings", &by_tag),
            ("tests", "logic"),
            ("trigger_stage", &phone),
            ("progression_stage", &onsite),
        ])
        .await;
    let list = ruled.admin.get(&ruled.rules()).await;
    let rows = list.text("tbody tr");
    let lines: Vec<&str> = rows.lines().collect();
    assert!(
        lines[0].contains(&format!("Postings tagged “{}” Phone interview logic On-site interview", tags[0])),
        "{rows}"
    );
    assert!(lines[1].contains("Every other posting") && lines[1].contains("Assessment"), "{rows}");
    // The posting's candidates follow the rule, and the account's trigger stage no more.
    let person = ruled.applicant("Grace", json!({"posting": id})).await;
    ruled.move_to(&person, "Assessment").await;
    let events = ruled.worked(&person, 1).await;
    assert_eq!(events[0].outcome.as_str(), "nothing_to_do", "{}", events[0].reason);
    assert!(
        events[0].reason.to_string().contains(&format!("the rule for postings tagged “{}”", tags[0])),
        "{}",
        events[0].reason
    );
    ruled.move_to(&person, "Phone interview").await;
    let events = ruled.worked(&person, 2).await;
    let last = events.iter().find(|event| event.outcome.as_str() == "invited").expect("invited by the rule");
    let page = ruled.admin.get(&format!("/events/{}", last.id)).await;
    assert!(
        page.text(".timeline").contains(&format!(
            "invite to logic: is in the trigger stage “Phone interview” (the rule for postings tagged “{}”)",
            tags[0]
        )),
        "{}",
        page.text(".timeline")
    );
    let invitation = ruled.invited(&person).await;
    assert_eq!(invitation.tests.as_str(), "logic");
    assert_eq!(invitation.progression_stage_id.as_deref(), Some(onsite.as_str()));
    let mail = &ruled.mails_to("grace@people.example").await[0];
    assert!(mail["subject"].as_str().unwrap().contains("invites you to a short logic test"), "{mail}");
    // A rule for the posting itself goes before its tags: no tests at all.
    ruled.added(&[("postings", &format!("posting:{id}")), ("tests", "none")]).await;
    let list = ruled.admin.get(&ruled.rules()).await;
    let rows = list.text("tbody tr");
    assert!(
        rows.lines().next().unwrap().contains(&format!("The posting “{title}” any stage no tests not moved")),
        "{rows}"
    );
    let other = ruled.applicant("Ina", json!({"posting": id})).await;
    ruled.move_to(&other, "Phone interview").await;
    let events = ruled.worked(&other, 1).await;
    assert_eq!(events[0].outcome.as_str(), "posting_without_tests", "{}", events[0].reason);
    assert!(
        events[0].reason.to_string().contains(&format!("the rule for the posting “{title}”")),
        "{}",
        events[0].reason
    );
    let why = ruled.admin.get(&format!("/candidates/why?q={}", other["id"].as_str().unwrap())).await;
    assert!(why.text("main").contains("belongs to a posting without tests"), "{}", why.text("main"));
    let log = ruled.portal.audit(&ruled.company.id).await;
    assert_eq!(log.iter().filter(|action| *action == "rule.added").count(), 2);
}

on_both_databases!(Ruled::start => a_candidate_who_is_done_goes_where_the_rule_says_now);
async fn a_candidate_who_is_done_goes_where_the_rule_says_now(ruled: Ruled) {
    use alva_portal::invitations::follow_up;
    let (id, ..) = ruled.plain().clone();
    let (phone, onsite) = (ruled.stage("Phone interview").await, ruled.stage("On-site interview").await);
    let check = ruled.stage("Reference check").await;
    let about = format!("posting:{id}");
    ruled.added(&[("postings", &about), ("trigger_stage", &phone), ("progression_stage", &onsite)]).await;
    let person = ruled.applicant("Goal", json!({"posting": id})).await;
    ruled.move_to(&person, "Phone interview").await;
    let invitation = ruled.invited(&person).await;
    let goal = async || {
        let invitation = invitation.clone();
        ruled
            .portal
            .running
            .db
            .read(move |conn| follow_up::progression_stage(conn, &invitation))
            .await
            .unwrap()
    };
    assert_eq!(goal().await, Some(onsite.clone()));
    // Mended later: who is at the tests goes to the new stage.
    let link = ruled.admin.get(&ruled.rules()).await.attribute("tbody th a", "href").unwrap();
    let form = ruled.admin.get(&link).await;
    ruled
        .admin
        .press_and_agree(&form, "Save rule", &[("progression_stage", &check)])
        .await
        .leads_to(&ruled.rules());
    assert_eq!(goal().await, Some(check));
    // Deleted: to the stage that was promised when the candidate was invited.
    let asked = ruled.admin.get(&format!("{link}/delete")).await;
    let deleted = ruled.admin.press(&asked, "Delete rule", &[]).await;
    deleted.leads_to(&ruled.rules());
    assert_eq!(ruled.flash(&ruled.rules()).await, "Deleted.");
    assert_eq!(goal().await, Some(onsite));
    let again = ruled.admin.press(&asked, "Delete rule", &[]).await;
    again.leads_to(&ruled.rules());
    assert!(ruled.flash(&ruled.rules()).await.contains("Nothing was deleted"));
}

on_both_databases!(Ruled::start => what_is_wrong_is_said_and_what_was_typed_stays);
async fn what_is_wrong_is_said_and_what_was_typed_stays(ruled: Ruled) {
    let (id, ..) = ruled.plain().clone();
    let (phone, about) = (ruled.stage("Phone interview").await, format!("posting:{id}"));
    for (fields, field, words) in [
        (vec![("postings", "")], "postings", "Choose the postings"),
        (
            vec![("postings", "posting:nothing-like-that")],
            "postings",
            "does not belong to this Lever account",
        ),
        (vec![("postings", "every"), ("tests", "none")], "postings", "would invite nobody"),
        (vec![("postings", &about), ("tests", "everything")], "tests", "Choose which tests"),
        (vec![("postings", &about), ("trigger_stage", "")], "trigger_stage", "Choose the stage"),
        (vec![("postings", &about), ("trigger_stage", "gone")], "trigger_stage", "no longer exists"),
        (
            vec![("postings", &about), ("trigger_stage", &phone), ("progression_stage", &phone)],
            "progression_stage",
            "candidates are already in that one",
        ),
    ] {
        let page = ruled.add(&fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{fields:?}");
        assert!(page.text(&format!("#{field}-error")).contains(words), "{fields:?}: {}", page.text("main"));
    }
    let kept = ruled.add(&[("postings", &about), ("tests", "logic"), ("trigger_stage", "gone")]).await;
    assert_eq!(
        kept.attribute("#postings option[selected]", "value"),
        Some(about.clone()),
        "what was typed stays"
    );
    assert!(kept.attribute("input[name=tests][value=logic]", "checked").is_some());
    ruled.added(&[("postings", &about), ("trigger_stage", &phone)]).await;
    let twice = ruled.add(&[("postings", &about), ("trigger_stage", &phone)]).await;
    assert!(
        twice.text("#trigger_stage-error").contains("There is already a rule for these postings"),
        "{}",
        twice.text("main")
    );
    let none = ruled.add(&[("postings", &about), ("tests", "none")]).await;
    assert!(
        none.text("#tests-error").contains("can't be combined with one without tests"),
        "{}",
        none.text("main")
    );
}

on_both_databases!(Ruled::start => two_people_at_once_lose_nothing);
async fn two_people_at_once_lose_nothing(ruled: Ruled) {
    let phone = ruled.stage("Phone interview").await;
    let about = format!("posting:{}", ruled.plain().0);
    let first = ruled.admin.get(&format!("{}/new", ruled.rules())).await;
    ruled.added(&[("postings", "every"), ("tests", "logic"), ("trigger_stage", &phone)]).await;
    let late = ruled.admin.press(&first, "Save rule", &[("postings", &about), ("tests", "none")]).await;
    assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.html);
    let told = late.text(".error-summary");
    assert!(told.contains("Every posting · entering “Phone interview” → logic"), "{told}");
    assert_eq!(late.attribute("#postings option[selected]", "value"), Some(about));
    ruled.admin.press_and_agree(&late, "Save rule", &[]).await.leads_to(&ruled.rules());
    let rows = ruled.admin.get(&ruled.rules()).await.text("tbody tr");
    assert_eq!(rows.lines().count(), 3, "{rows}");
}

on_both_databases!(Ruled::start => rules_are_their_companys_and_their_admins);
async fn rules_are_their_companys_and_their_admins(ruled: Ruled) {
    let portal = &ruled.portal;
    ruled.added(&[("postings", "every"), ("trigger_stage", &ruled.stage("Offer").await)]).await;
    let link = ruled.admin.get(&ruled.rules()).await.attribute("tbody th a", "href").unwrap();
    let other = portal.company("Other Ltd").await;
    portal.person(&other, "eve@other.example", Role::Admin).await;
    portal.person(&ruled.company, "max@acme.example", Role::Member).await;
    let (eve, max) =
        (portal.signed_in("eve@other.example").await, portal.signed_in("max@acme.example").await);
    for path in [ruled.rules(), link.clone(), format!("{link}/delete"), format!("{}/new", ruled.rules())] {
        assert_eq!(eve.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let fields = [("version", "1"), ("postings", "every"), ("trigger_stage", "offer"), ("tests", "logic")];
    for path in [ruled.rules(), link.clone(), format!("{}/preview", ruled.rules())] {
        assert_eq!(eve.post(&path, &fields).await.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(max.post(&path, &fields).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    assert_eq!(max.post(&format!("{link}/delete"), &[("version", "2")]).await.status, StatusCode::FORBIDDEN);
    eve.post(&format!("{link}/delete"), &[("version", "2")]).await;
    let seen = max.get(&ruled.rules()).await;
    assert_eq!((seen.status, seen.text("tbody tr").lines().count()), (StatusCode::OK, 2));
    assert!(!seen.html.contains("Add rule"), "a member sees the rules and changes none");
}

on_both_databases!(Ruled::start => postings_can_be_chosen_while_lever_is_away);
async fn postings_can_be_chosen_while_lever_is_away(ruled: Ruled) {
    let (id, title, tags) = ruled.plain().clone();
    let new = format!("{}/new", ruled.rules());
    // Lever was never asked yet, and is away: that is said.
    let away = json!({"target": "api", "kind": "status", "status": 503, "match": "/v1/postings*"});
    ruled.control(Method::POST, "faults", away.clone()).await;
    let page = ruled.admin.get(&new).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(
        page.text(".banner").contains("You can only choose postings and tags that rules already use"),
        "{}",
        page.html
    );
    ruled.control(Method::DELETE, "faults", Value::Null).await;
    // What Lever lists is offered and kept.
    let page = ruled.admin.get(&new).await;
    assert!(page.text("#postings").contains(&title) && page.text(".banner").is_empty(), "{}", page.html);
    for fault in [away, json!({"target": "api", "kind": "latency", "ms": 30_000, "match": "/v1/postings*"})] {
        ruled.control(Method::POST, "faults", fault).await;
        let page = ruled.admin.get(&new).await;
        assert!(page.text(".banner").contains("were last read just now"), "{}", page.text(".banner"));
        let offered = page.text("#postings");
        assert!(offered.contains(&title) && offered.contains(&tags[0]), "{offered}");
        ruled.control(Method::DELETE, "faults", Value::Null).await;
    }
    // A rule about one of them can be saved meanwhile, and its title is known.
    ruled
        .control(
            Method::POST,
            "faults",
            json!({"target": "api", "kind": "status", "status": 503, "match": "/v1/postings*"}),
        )
        .await;
    let stage = ruled.stage("Phone interview").await;
    ruled
        .added(&[("postings", &format!("posting:{id}")), ("tests", "logic"), ("trigger_stage", &stage)])
        .await;
    assert!(ruled.admin.get(&ruled.rules()).await.text("tbody").contains(&title));
    ruled.control(Method::DELETE, "faults", Value::Null).await;
    // One that was renamed in Lever meanwhile is offered by its new name at once.
    let other = &ruled.postings.iter().find(|(other, ..)| *other != id).unwrap().0;
    ruled.control(Method::POST, &format!("postings/{other}"), json!({"tags": ["A brand-new tag"]})).await;
    let page = ruled.admin.get(&new).await;
    assert!(page.text("#postings").contains("A brand-new tag"), "{}", page.text("#postings"));
}
