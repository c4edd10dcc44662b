//! Which tests: the company's default, in the mail, on the candidate's pages and in the note.

use super::*;
use crate::support::on_both_databases;
use crate::support::visitor::Visitor;

/// Through the logic test and its practice, whatever is right.
async fn through_logic(visitor: &Visitor, path: &str) -> Page {
    for _ in 0..30 {
        let page = visitor.get(path).await;
        if page.html.contains(&format!("{path}/clock")) {
            visitor.post(&format!("{path}/clock"), &[]).await;
        } else if page.text(".lead") == "This is how it works:" {
            visitor.press(&page, "Go on", &[]).await;
        } else if page.html.contains(&format!("{path}/answer")) {
            let step = page.attribute("input[name=step]", "value").unwrap();
            let answer = [("step", step.as_str()), ("pass", "yes")];
            visitor.post(&format!("{path}/answer"), &answer).await;
        } else {
            return page;
        }
    }
    panic!("the logic test never ends: {}", visitor.get(path).await.html)
}

on_both_databases!(Ruled::start => the_companys_default_is_what_candidates_are_invited_to);
async fn the_companys_default_is_what_candidates_are_invited_to(ruled: Ruled) {
    let admin = &ruled.admin;
    let company = admin.get("/settings/company").await;
    assert!(company.attribute("input[name=default_tests][value=both]", "checked").is_some());
    let wrong = admin
        .press(&company, "Save settings", &[("default_tests", "none"), ("ask_again_above", "many")])
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text("#default_tests-error").contains("at least one test"));
    assert!(wrong.text("#ask_again_above-error").contains("whole number"));
    admin
        .press(&company, "Save settings", &[("default_tests", "personality")])
        .await
        .leads_to("/settings/company");
    let person = ruled.applicant("Persona", json!({})).await;
    ruled.move_to(&person, "Assessment").await;
    assert_eq!(ruled.invited(&person).await.tests.as_str(), "personality");
    ruled.settled().await;
    let mail = ruled.mails_to("persona@people.example").await[0].clone();
    assert!(mail["subject"].as_str().unwrap().contains("a short personality test"), "{mail}");
    assert!(!mail.to_string().contains("logic"), "{mail}");
    let link = url::Url::parse(mail["links"][0].as_str().unwrap()).unwrap();
    let visitor = ruled.portal.visitor();
    let begin = visitor.get(link.path()).await;
    assert!(begin.text(".lead").contains("a short test"), "{}", begin.text("main"));
    assert!(!begin.text("main").contains("Logic") && begin.attribute("input[name=form]", "value").is_none());
    visitor.post(&format!("{}/begin", link.path()), &[]).await;
    let first = visitor.get(link.path()).await;
    assert!(first.text("h1").contains("Personality, page 1"), "{}", first.text("main"));
    assert!(first.text(".banner").contains("no time limit") && !first.text(".banner").contains("logic"));
}

on_both_databases!(Ruled::start => one_test_alone_is_complete_and_written_back_as_one);
async fn one_test_alone_is_complete_and_written_back_as_one(ruled: Ruled) {
    let admin = &ruled.admin;
    let company = admin.get("/settings/company").await;
    admin.press(&company, "Save settings", &[("default_tests", "logic")]).await.leads_to("/settings/company");
    let person = ruled.applicant("Logica", json!({})).await;
    ruled.move_to(&person, "Assessment").await;
    ruled.invited(&person).await;
    ruled.settled().await;
    let mail = ruled.mails_to("logica@people.example").await[0].clone();
    let link = url::Url::parse(mail["links"][0].as_str().unwrap()).unwrap();
    let visitor = ruled.portal.visitor();
    visitor.post(&format!("{}/begin", link.path()), &[("form", "words")]).await;
    let done = through_logic(&visitor, link.path()).await;
    assert!(done.text("main").contains("now has your result"), "{}", done.text("main"));
    assert!(!done.text("main").contains("Extraversion"));
    let notes = format!("opportunities/{}/notes", person["id"].as_str().unwrap());
    let note = until("the note in Lever", PATIENCE, async || {
        let notes = ruled.api(Method::GET, &notes, Value::Null).await;
        notes["data"].as_array().unwrap().first().map(ToString::to_string)
    })
    .await;
    assert!(note.contains("Alva: test completed") && note.contains("Logic: "), "{note}");
    assert!(!note.contains("Personality"), "{note}");
}
