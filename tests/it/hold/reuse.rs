//! A person's results count for another posting.

mod again;

use super::*;
use crate::assessment::kept::change_result;
use crate::assessment::{Invited, choose_language, through_both};
use crate::support::on_both_databases;

impl Connected {
    /// An application of this person in Lever.
    async fn applies_too(&self, email: &str, posting: usize) -> Value {
        self.applies_as("Zyxwvut Qponmlk", email, posting).await
    }

    /// The same, of another contact in Lever: the address is changed afterwards, because Lever joins who is added
    /// with an address that it knows.
    pub(super) async fn applies_at(&self, name: &str, email: &str, posting: usize) -> Value {
        let own = format!("{}@elsewhere.example", name.to_lowercase().replace([' ', '.'], "-"));
        let made = self.applies_as(name, &own, posting).await;
        let path = format!("contacts/{}", made["contact"].as_str().unwrap());
        self.api(Method::PUT, &path, json!({"name": name, "emails": [email]})).await;
        made
    }

    pub(super) async fn applies_as(&self, name: &str, email: &str, posting: usize) -> Value {
        let postings = self.api(Method::GET, "postings", Value::Null).await;
        let open = postings["data"].as_array().unwrap().iter();
        let mut open =
            open.filter(|p| p["confidentiality"] == "non-confidential" && p["state"] == "published");
        let posting = open.nth(posting).unwrap();
        let fields = json!({"name": name, "email": email, "origin": "applied",
            "posting": posting["id"], "stage": "New applicant", "silent": true});
        let mut made = self.candidate(fields).await;
        made["posting_title"] = posting["text"].clone();
        made
    }

    async fn why_says_that_a_colleague_decides(&self, person: &Value) {
        let why = self.admin.get(&format!("/candidates/why?q={}", person["id"].as_str().unwrap())).await;
        let said = why.text(".banner");
        assert!(said.contains("a colleague has to decide"), "{}", why.html);
        assert!(!said.contains("no webhook") && !said.contains("Sync now"), "{said}");
    }

    pub(super) async fn is(&self, person: &Value, outcome: &str) -> Event {
        self.move_to(person, "Assessment").await;
        let event = self.worked(person, 1).await.remove(0);
        assert_eq!(event.outcome.as_str(), outcome, "{}", event.reason);
        event
    }

    /// Invited, and through the tests; answers the address of the tests.
    pub(super) async fn takes_the_tests(&self, person: &Value) -> String {
        self.is(person, "invited").await;
        let mails = self.invitation_mails(person).await;
        let link: url::Url = mails.last().unwrap()["links"][0].as_str().unwrap().parse().unwrap();
        let path = link.path().to_owned();
        through_both(&self.portal.visitor(), &Invited::at(&path)).await;
        path
    }

    /// Waits until Lever has so many notes of ours on an opportunity; answers its tags, and stage.
    async fn in_lever(&self, person: &Value, notes: usize) -> (Vec<String>, String) {
        let path = format!("opportunities/{}", person["id"].as_str().unwrap());
        until(&format!("{notes} notes"), PATIENCE, async || {
            let all = self.api(Method::GET, &format!("{path}/notes"), Value::Null).await;
            let ours = all["data"].as_array().unwrap().iter().filter(|n| n.to_string().contains("#result-"));
            (ours.count() == notes).then_some(())
        })
        .await;
        let now = self.api(Method::GET, &path, Value::Null).await;
        (self.tags(person).await, now["data"]["stage"].as_str().unwrap_or_default().to_owned())
    }

    pub(super) async fn page_of(&self, person: &Value) -> Page {
        use schema::candidates::dsl;
        let opportunity = person["id"].as_str().unwrap().to_owned();
        let query = move |conn: &mut Conn| {
            let of = dsl::candidates.filter(dsl::opportunity_id.eq(&opportunity));
            Ok::<_, DbError>(of.select(dsl::id).first::<String>(conn)?)
        };
        let id = self.portal.running.db.read(query).await.unwrap();
        self.admin.get(&format!("/candidates/{id}")).await
    }
}

on_both_databases!(scene => a_person_with_results_is_complete_at_once);
/// Complete at once: no mail, and note, link, tag and stage follow in the event's timeline.
async fn a_person_with_results_is_complete_at_once(scene: Connected) {
    let there = &scene;
    let form = there.admin.get(&format!("{}/settings", scene.page())).await;
    let goal = there.stage("Phone interview").await;
    assert!(
        there.admin.press_and_agree(&form, "Save", &[("progression_stage", &goal)]).await.location.is_some()
    );
    let first = scene.applies_too("zyx@people.example", 0).await;
    scene.takes_the_tests(&first).await;
    // Another opportunity of the same address, written otherwise.
    let second = scene.applies_too("ZYX@People.example", 1).await;
    let event = scene.is(&second, "reused").await;
    assert_eq!(scene.states(&second).await, ["completed"]);
    let mails = there.mails_to("people.example").await.len();
    assert_eq!(mails, 1, "only the first was mailed to");
    let (tags, stage) = scene.in_lever(&second, 1).await;
    assert!(tags.contains(&"Alva: Completed".to_owned()), "{tags:?}");
    assert_eq!(stage, goal);
    let timeline = there.admin.get(&format!("/events/{}", event.id)).await.text("ol.timeline");
    let title = first["posting_title"].as_str().unwrap();
    assert!(timeline.contains(&format!("for “{title}” are reused")), "{timeline}");
    for step in
        ["complete without new tests: results of", "note written", "link added", "tag added", "moved to the"]
    {
        assert!(timeline.contains(step), "{step}: {timeline}");
    }
    let page = scene.page_of(&second).await;
    assert!(
        page.text(".facts").contains(&format!("reused from “{title}”; no email was sent")),
        "{}",
        page.html
    );
    assert!(page.text(".card").contains("Reused from"), "{}", page.html);
    let why = there.admin.get(&format!("/candidates/why?q={}", second["id"].as_str().unwrap())).await;
    assert!(why.text(".banner").contains("did not have to take the tests again"), "{}", why.html);
    // Worked again, nothing happens a second time, though the candidate has moved on.
    there.admin.post(&format!("/events/{}/replay", event.id), &[]).await;
    until("the event to be worked again", PATIENCE, async || {
        let all = scene.events().await;
        let again = all.into_iter().find(|known| known.id == event.id)?;
        (again.state == State::Done).then_some(())
    })
    .await;
    scene.in_lever(&second, 1).await;
    assert_eq!(scene.states(&second).await, ["completed"]);
    // Before a change of the settings, the preview knows.
    let third = scene.applies_too("zyx@people.example", 2).await;
    let path = format!("opportunities/{}/stage", third["id"].as_str().unwrap());
    // All from now on: that of the second's own move may still be on its way.
    there.control(Method::POST, "faults", json!({"target": "deliveries", "kind": "withhold"})).await;
    let trigger = there.stage("Assessment").await;
    there.api(Method::PUT, &path, json!({ "stage": trigger })).await;
    let fields = [("trigger_stage", trigger.as_str()), ("version", "0")];
    let preview = there.admin.post(&format!("{}/preview", scene.page()), &fields).await;
    let words = preview.text("#preview");
    assert!(words.contains("1 of these already has results, which are reused"), "{words}");
    assert!(
        preview.text(".help").contains("results from the last 24 months are not asked"),
        "{}",
        preview.html
    );
}

on_both_databases!(scene => results_complete_what_else_the_person_was_invited_to);
/// Who was invited for two postings takes the tests once, whichever link was opened first.
async fn results_complete_what_else_the_person_was_invited_to(scene: Connected) {
    let there = &scene;
    let first = scene.applies_too("zyx@people.example", 0).await;
    let second = scene.applies_too("ZYX@People.example", 1).await;
    let event = scene.is(&first, "invited").await;
    let mails = scene.invitation_mails(&first).await;
    let link: url::Url = mails.last().unwrap()["links"][0].as_str().unwrap().parse().unwrap();
    // Somebody else at the same address, who is another person.
    let other = scene.applies_at("Bertil Bengtsson", "zyx@people.example", 2).await;
    scene.is(&other, "invited").await;
    // Another opportunity of the same address, and the tests are taken there.
    scene.takes_the_tests(&second).await;
    let (tags, _) = scene.in_lever(&first, 1).await;
    assert!(tags.contains(&"Alva: Completed".to_owned()), "{tags:?}");
    assert_eq!(scene.states(&first).await, ["completed"]);
    assert_eq!(scene.states(&other).await, ["sent"], "nobody gets another's results");
    let title = second["posting_title"].as_str().unwrap();
    let timeline = there.admin.get(&format!("/events/{}", event.id)).await.text("ol.timeline");
    assert!(timeline.contains(&format!("for “{title}” are reused")), "{timeline}");
    let facts = scene.page_of(&first).await.text(".facts");
    assert!(facts.contains(&format!("reused from “{title}”")), "{facts}");
    assert!(!facts.contains("no email was sent"), "one was: {facts}");
    let why = there.admin.get(&format!("/candidates/why?q={}", first["id"].as_str().unwrap())).await;
    assert!(!why.text(".banner").contains("did not have to take the tests"), "{}", why.html);
    // The other link leads to what was done, not to the tests.
    let page = there.portal.visitor().get(link.path()).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.html.contains("data.json"), "the results are the candidate's here, too: {}", page.html);
    // What a company does not want to reuse, the candidate is asked for again.
    scene.choose(0, 0).await;
    let third = scene.applies_too("zyx@people.example", 0).await;
    let fourth = scene.applies_too("zyx@people.example", 1).await;
    scene.is(&third, "invited").await;
    scene.takes_the_tests(&fourth).await;
    scene.in_lever(&fourth, 1).await;
    assert_eq!(scene.states(&third).await, ["sent"]);
}

on_both_databases!(scene => the_same_address_is_not_the_same_person);
/// Two people with one address: nobody gets the other's scores unless a colleague says that it is the same person.
async fn the_same_address_is_not_the_same_person(scene: Connected) {
    let there = &scene;
    let anna = scene.applies_as("Anna Andersson", "candidates@agency.example", 0).await;
    scene.takes_the_tests(&anna).await;
    let bertil = scene.applies_at("Bertil Bengtsson", "candidates@agency.example", 1).await;
    scene.is(&bertil, "same_address").await;
    assert!(scene.states(&bertil).await.is_empty(), "a colleague is asked first");
    scene.why_says_that_a_colleague_decides(&bertil).await;
    let page = scene.page_of(&bertil).await;
    let banner = page.text("#same-address");
    assert!(banner.contains("Anna Andersson has the same email address"), "{}", page.html);
    let retake = page.html.contains("Allow retaking");
    assert!(!retake, "her results are not his");
    // Not the same person: he takes the tests himself.
    assert!(there.admin.press(&page, "Invite to tests", &[]).await.location.is_some());
    until("an invitation of his own", PATIENCE, async || {
        (scene.states(&bertil).await == ["sent"]).then_some(())
    })
    .await;
    scene.in_lever(&bertil, 0).await;
    // The same person under another name: the colleague says so.
    let married = scene.applies_as("Anna Berg", "anna@people.example", 1).await;
    scene.takes_the_tests(&married).await;
    let again = scene.applies_at("A. Svensson", "anna@people.example", 2).await;
    scene.is(&again, "same_address").await;
    let page = scene.page_of(&again).await;
    assert!(there.admin.press(&page, "Use these results", &[]).await.location.is_some());
    until("the results to be taken over", PATIENCE, async || {
        (scene.states(&again).await == ["completed"]).then_some(())
    })
    .await;
    scene.in_lever(&again, 1).await;
    // A third name: the address is an agency's, and nobody needs to be asked any more.
    let third = scene.applies_at("Cilla Carlsson", "candidates@agency.example", 2).await;
    scene.is(&third, "invited").await;
    // Somebody of another address cannot be named.
    let stranger = scene.applies_as("Dora Dahl", "dora@people.example", 0).await;
    there.move_to(&stranger, "Phone interview").await;
    there.worked(&stranger, 1).await;
    let page = scene.page_of(&stranger).await;
    let of_anna = scene.page_of(&married).await;
    let id = of_anna.attribute("form[action$='/retake'], a[href$='/retake']", "href").unwrap();
    let id = id.split('/').nth(2).unwrap().to_owned();
    let form = [("results_of", id.as_str())];
    let refused = there.admin.press(&page, "Invite to tests", &form).await;
    assert_eq!(refused.status, reqwest::StatusCode::NOT_FOUND, "{}", refused.html);
}

on_both_databases!(scene => erasing_one_does_not_break_the_other);
/// Erasing one opportunity leaves the other's result alone, and erasing both leaves nothing.
async fn erasing_one_does_not_break_the_other(scene: Connected) {
    let there = &scene;
    let first = scene.applies_too("unique-address@example.org", 0).await;
    scene.takes_the_tests(&first).await;
    let second = scene.applies_too("unique-address@example.org", 1).await;
    scene.is(&second, "reused").await;
    scene.in_lever(&second, 1).await;
    let id = first["id"].as_str().unwrap();
    there.control(Method::DELETE, &format!("opportunities/{id}"), Value::Null).await;
    until("the first to be gone", PATIENCE, async || (!there.portal.stored_anywhere(id).await).then_some(()))
        .await;
    let page = scene.page_of(&second).await;
    assert!(page.text("h2").contains("Result"), "the result stays: {}", page.html);
    assert!(!page.html.contains("Reused from"), "and says nothing of what is gone");
    let other = second["id"].as_str().unwrap();
    there.control(Method::DELETE, &format!("opportunities/{other}"), Value::Null).await;
    for mark in ["unique-address@example.org", "Zyxwvut", other] {
        until(&format!("{mark} to be gone"), PATIENCE, async || {
            (!there.portal.stored_anywhere(mark).await).then_some(())
        })
        .await;
    }
}

on_both_databases!(scene => withdrawing_takes_the_copies_along);
/// A withdrawn result is withdrawn everywhere, and never reused; the company is asked before the person is invited again.
async fn withdrawing_takes_the_copies_along(scene: Connected) {
    let there = &scene;
    let first = scene.applies_too("zyx@people.example", 0).await;
    let path = scene.takes_the_tests(&first).await;
    let second = scene.applies_too("zyx@people.example", 1).await;
    scene.is(&second, "reused").await;
    scene.in_lever(&second, 1).await;
    let candidate = there.portal.visitor();
    let ask = candidate.get(&format!("{path}/withdraw")).await;
    candidate.press(&ask, "Withdraw and erase everything", &[]).await.leads_to(&path);
    assert_eq!(scene.states(&second).await, ["withdrawn"]);
    scene.in_lever(&first, 0).await;
    scene.in_lever(&second, 0).await;
    let mails = scene.invitation_mails(&first).await.len();
    let third = scene.applies_too("zyx@people.example", 2).await;
    let event = scene.is(&third, "asked_the_company").await;
    assert!(event.reason.to_string().contains("after seeing a result"), "{}", event.reason);
    assert_eq!(scene.states(&third).await, Vec::<String>::new());
    scene.why_says_that_a_colleague_decides(&third).await;
    let list = there.admin.get("/candidates").await;
    assert!(list.text("#asking").contains("Zyxwvut Qponmlk"), "{}", list.html);
    let page = scene.page_of(&third).await;
    assert!(page.text("#asked").contains("Invite again?"), "{}", page.html);
    // Without the box nobody is invited; with it they are, and the question is answered.
    let button = "Invite to tests";
    there.admin.press(&page, button, &[("tests", "both")]).await.leads_to(page.url.path());
    let page = scene.page_of(&third).await;
    assert!(page.text(".flash").contains("Nobody was invited"), "{}", page.html);
    there.admin.press(&page, button, &[("tests", "both"), ("again", "yes")]).await.leads_to(page.url.path());
    until("the invitation", PATIENCE, async || {
        (scene.invitation_mails(&third).await.len() == mails + 1).then_some(())
    })
    .await;
    assert_eq!(there.admin.get("/candidates").await.text("#asking"), "");
    // Another person is not asked about; and the mark goes with the last who is known by the address.
    let other = scene.applies_too("somebody.else@people.example", 0).await;
    scene.is(&other, "invited").await;
    let marks = async || {
        let count =
            |conn: &mut Conn| Ok::<i64, DbError>(schema::withdrawal_marks::table.count().get_result(conn)?);
        there.portal.running.db.read(count).await.unwrap()
    };
    let deleted = async |person: &Value| {
        let id = person["id"].as_str().unwrap();
        there.control(Method::DELETE, &format!("opportunities/{id}"), Value::Null).await;
    };
    let is_erased = async |count: usize| {
        until(&format!("{count} to be erased"), PATIENCE, async || {
            let all = scene.events().await;
            (all.iter().filter(|event| event.outcome.as_str() == "deleted").count() == count).then_some(())
        })
        .await;
    };
    deleted(&third).await;
    is_erased(1).await;
    assert_eq!(marks().await, 1, "the person is known by two more opportunities");
    let fourth = scene.applies_too("zyx@people.example", 2).await;
    scene.is(&fourth, "asked_the_company").await;
    for person in [&first, &second, &fourth] {
        deleted(person).await;
    }
    is_erased(4).await;
    assert_eq!(marks().await, 0);
}

on_both_databases!(scene => only_results_that_count_are_reused);
/// With 0 months nothing is reused, nor is what is too old; nor do others have somebody's results.
async fn only_results_that_count_are_reused(scene: Connected) {
    use schema::sittings::dsl;
    let first = scene.applies_too("zyx@people.example", 0).await;
    scene.takes_the_tests(&first).await;
    let other = scene.applies_too("somebody.else@people.example", 1).await;
    scene.is(&other, "invited").await;
    scene.choose(0, 10).await;
    let second = scene.applies_too("zyx@people.example", 1).await;
    scene.is(&second, "invited").await;
    scene.choose(24, 10).await;
    let (old, sealer) = (Timestamp::now().months_back(25).0, scene.portal.sealer());
    scene
        .change(move |conn| {
            let id = dsl::sittings
                .filter(dsl::result_sealed.is_not_null())
                .select(dsl::invitation_id)
                .first(conn)?;
            change_result(conn, &sealer, &id, |result| result["completed_at_ms"] = old.into())
        })
        .await;
    let third = scene.applies_too("zyx@people.example", 2).await;
    scene.is(&third, "invited").await;
}
