//! Whom a change would invite now, and what is asked before very many are.

use super::*;
use crate::support::on_both_databases;

on_both_databases!(Ruled::start => those_who_are_there_already_follow_once_the_rules_are_saved);
async fn those_who_are_there_already_follow_once_the_rules_are_saved(ruled: Ruled) {
    let phone = ruled.stage("Phone interview").await;
    let person = ruled.applicant("Sitting", json!({"stage": "Phone interview"})).await;
    let form = ruled.admin.get(&ruled.settings()).await;
    let fields = [("trigger_stage", phone.as_str()), ("version", "1"), ("candidate_tag", "Alva: Invite")];
    let preview = ruled.admin.post(&format!("{}/preview", ruled.page()), &fields).await;
    assert!(preview.text("#preview h3").starts_with("1 candidate meets"), "{}", preview.text("#preview"));
    assert!(preview.text("#preview").contains("Sitting"));
    assert!(ruled.invitations(&person).await.is_empty(), "nobody is invited before it is saved");
    ruled
        .admin
        .press_and_agree(&form, "Save", &[("trigger_stage", &phone)])
        .await
        .leads_to(&ruled.settings());
    assert_eq!(ruled.flash(&ruled.page()).await, "Saved. 1 candidate who is already there is invited now.");
    ruled.invited(&person).await;
    ruled.settled().await;
    assert_eq!(ruled.mails_to("sitting@people.example").await.len(), 1);
}

on_both_databases!(Ruled::start => above_the_companys_number_it_asks_again);
async fn above_the_companys_number_it_asks_again(ruled: Ruled) {
    let admin = &ruled.admin;
    let company = admin.get("/settings/company").await;
    admin.press(&company, "Save settings", &[("ask_again_above", "2")]).await.leads_to("/settings/company");
    let (phone, screen) = (ruled.stage("Phone interview").await, ruled.stage("Recruiter screen").await);
    let (id, title, _) = ruled.plain().clone();
    let mut crowd = Vec::new();
    for name in ["Anna", "Berta", "Clara"] {
        crowd.push(ruled.applicant(name, json!({"stage": "Phone interview", "posting": id})).await);
    }
    ruled.applicant("Dora", json!({"stage": "Recruiter screen"})).await;
    let form = admin.get(&ruled.settings()).await;
    let wanted =
        [("trigger_stage", phone.as_str()), ("progression_stage", &screen), ("candidate_tag", "Our tag")];
    let ask = admin.press(&form, "Save", &wanted).await;
    assert_eq!(
        (ask.status, ask.text("h1").as_str()),
        (StatusCode::OK, "Invite 3 candidates?"),
        "{}",
        ask.html
    );
    let who = ask.text("#preview");
    assert!(who.contains(&format!("{title}: 3")) && who.contains("Anna") && !who.contains("Dora"), "{who}");
    let saved = async || {
        let page = admin.get(&ruled.settings()).await;
        (
            page.attribute("#trigger_stage option[selected]", "value"),
            page.attribute("#candidate_tag", "value"),
        )
    };
    assert_ne!(saved().await.0, Some(phone.clone()), "nothing is saved");
    // Back to the form: what was typed stays.
    let back = ask.attribute("button[formaction]", "formaction").unwrap();
    let fields: Vec<(String, String)> = [
        ("version", "version"),
        ("trigger_stage", "trigger_stage"),
        ("progression_stage", "progression_stage"),
        ("candidate_tag", "candidate_tag"),
    ]
    .map(|(name, field)| (name.to_owned(), ask.attribute(&format!("input[name={field}]"), "value").unwrap()))
    .into();
    let typed: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let again = admin.post(&back, &typed).await;
    assert_eq!(again.attribute("#trigger_stage option[selected]", "value"), Some(phone.clone()));
    assert_eq!(again.attribute("#candidate_tag", "value").as_deref(), Some("Our tag"));
    assert!(ruled.settled().await.is_empty());
    // Two more have come meanwhile: another question.
    for name in ["Emma", "Frida"] {
        crowd.push(ruled.applicant(name, json!({"stage": "Phone interview"})).await);
    }
    let more = admin.press(&ask, "Invite 3 candidates and save", &[("confirmed", "3")]).await;
    assert_eq!(more.text("h1"), "Invite 5 candidates?", "{}", more.html);
    // Without the tick that they were looked at, nothing is saved.
    let unticked = admin.press(&more, "Invite 5 candidates and save", &[]).await;
    assert_eq!(unticked.text("h1"), "Invite 5 candidates?", "{}", unticked.html);
    assert_ne!(saved().await.0, Some(phone.clone()), "nothing is saved");
    admin.agree(unticked).await.leads_to(&ruled.settings());
    assert_eq!(saved().await, (Some(phone), Some("Our tag".to_owned())));
    for person in &crowd {
        ruled.invited(person).await;
    }
    ruled.settled().await;
    assert_eq!(ruled.mails_to("@people.example").await.len(), 5);
}

on_both_databases!(Ruled::start => each_change_of_a_rule_is_shown_before_it_is_saved);
async fn each_change_of_a_rule_is_shown_before_it_is_saved(ruled: Ruled) {
    let admin = &ruled.admin;
    let company = admin.get("/settings/company").await;
    admin.press(&company, "Save settings", &[("ask_again_above", "0")]).await.leads_to("/settings/company");
    let (id, title, _) = ruled.plain().clone();
    let about = format!("posting:{id}");
    ruled.added(&[("postings", &about), ("tests", "none")]).await;
    // Entered the account's trigger stage, and was not invited for it.
    let person = ruled.applicant("Waiting", json!({"posting": id})).await;
    ruled.move_to(&person, "Assessment").await;
    assert_eq!(ruled.worked(&person, 1).await[0].outcome.as_str(), "posting_without_tests");
    let link = admin.get(&ruled.rules()).await.attribute("tbody th a", "href").unwrap();
    let form = admin.get(&link).await;
    let stage = ruled.stage("Assessment").await;
    let ask = admin.press(&form, "Save rule", &[("tests", "logic"), ("trigger_stage", &stage)]).await;
    assert_eq!(ask.text("h1"), "Invite 1 candidate?", "{}", ask.html);
    assert!(ask.text("#preview").contains(&title), "{}", ask.html);
    // Deleting the rule invites the same person, and says so before.
    let asked = admin.get(&format!("{link}/delete")).await;
    assert!(asked.text("#preview").contains("Waiting"), "{}", asked.html);
    admin.agree(ask).await.leads_to(&ruled.rules());
    let invitation = ruled.invited(&person).await;
    assert_eq!(invitation.tests.as_str(), "logic");
    assert_eq!(ruled.flash(&ruled.rules()).await, "Saved. 1 candidate who is already there is invited now.");
}
