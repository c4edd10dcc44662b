//! “Why was this candidate not invited?”

use super::*;
use crate::support::on_both_databases;
use crate::support::proxy::{Change, Proxy};

impl Connected {
    async fn why(&self, text: &str) -> Page {
        let query: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
        let page = self.admin.get(&format!("/candidates/why?q={query}")).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.html);
        page
    }

    async fn says(&self, text: &str, words: &[&str]) {
        let page = self.why(text).await;
        let said = page.text(".banner");
        for words in words {
            assert!(said.contains(words), "{text}: {words:?} is not in {said:?}\n{}", page.html);
        }
    }
}

on_both_databases!(Connected::active => the_rule_that_decided_is_named);
/// Each rule that keeps somebody from being invited is named, with what would change it.
async fn the_rule_that_decided_is_named(working: Connected) {
    let form = working.admin.get(&format!("{}/settings", working.page())).await;
    let saved = working.admin.press_and_agree(&form, "Save", &[("blocked_origins", "agency")]).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.html);
    working.fault(json!({"target": "deliveries", "kind": "withhold"})).await;
    let add = async |body: Value| {
        let made = working.control(Method::POST, "opportunities", body).await;
        let made = if made["data"].is_array() { made["data"][0].clone() } else { made["data"].clone() };
        made["id"].as_str().unwrap().to_owned()
    };
    let elsewhere = add(json!({"name": "Else Where", "email": "else@people.example", "stage": "applicant-new", "origin": "applied"})).await;
    working.says(&elsewhere, &["applicant", "Assessment", "Move the candidate"]).await;
    working.says("else@people.example", &["the trigger stage is"]).await;
    let link = format!("{}/candidates/{elsewhere}", working.lever.url);
    working.says(&link, &["the trigger stage is"]).await;
    let blocked =
        add(json!({"name": "Agnes", "email": "agnes@people.example", "stage": TRIGGER, "origin": "agency"}))
            .await;
    working.says(&blocked, &["agency", "blocked"]).await;
    let nameless = add(json!({"name": "No Mail", "emails": [], "stage": TRIGGER, "origin": "applied"})).await;
    working.says(&nameless, &["no email address", "Add an email address"]).await;
    let archived = add(
        json!({"name": "Archie", "email": "archie@people.example", "stage": TRIGGER, "origin": "applied"}),
    )
    .await;
    working.control(Method::POST, &format!("opportunities/{archived}/archive"), json!({})).await;
    working.says(&archived, &["archived"]).await;
    let lost = add(json!({"name": "Lost Webhook", "email": "lost@people.example", "stage": "applicant-new", "origin": "applied"})).await;
    working.move_to(&lost, TRIGGER).await;
    working.says("lost webhook", &["no webhook reported it", "Sync now"]).await;
    working.sync().await;
    working.mailed("lost@people.example", "invites you").await;
    working.says("lost@people.example", &["was invited"]).await;
    assert!(working.why("nobody@nowhere.example").await.text(".empty").contains("No match"));
}

on_both_databases!(Connected::active => the_time_and_the_company_count);
/// Who sat in the stage before it was chosen, and a company's candidates that are not another's.
async fn the_time_and_the_company_count(working: Connected) {
    use alva_portal::people::Role;
    let person = working.person("Sitting", "Phone interview").await;
    working.save_unseen("Phone interview").await;
    working.says(&person, &["was already there when it was chosen"]).await;
    let portal = &working.portal;
    let other = portal.company("Other Ltd").await;
    portal.person(&other, "eve@other.example", Role::Admin).await;
    let eve = portal.signed_in("eve@other.example").await;
    let page = eve.get(&format!("/candidates/why?q={person}")).await;
    assert!(page.text(".empty").contains("No match"), "{}", page.html);
}

on_both_databases!(Connected::active_behind_proxy => who_is_kept_from_the_portal_gets_one_answer);
/// Lever refuses to show somebody: "Why" says what the event says, also where no event came.
async fn who_is_kept_from_the_portal_gets_one_answer((working, proxy): (Connected, Proxy)) {
    let (moved, silent) =
        (working.person("Moved", "applicant-new").await, working.person("Silent", "applicant-new").await);
    let forbidden = json!({"code": "Forbidden", "message": "Not shown."});
    proxy.change("GET", "/v1/opportunities/", Change::Answer(403, forbidden), 100);
    working.move_to(&moved, TRIGGER).await;
    until("the event", PATIENCE, async || {
        working.events().await.iter().any(|event| event.outcome.as_str() == "confidential").then_some(())
    })
    .await;
    for person in [&moved, &silent] {
        working.says(person, &["does not show this opportunity", "confidential"]).await;
    }
    // Lever is unwell: what is known here is shown, and why it is not more.
    for (status, says) in [(503, "HTTP 503"), (400, "HTTP 400")] {
        proxy.ways().changes.clear();
        let unwell = json!({"code": "Unwell", "message": "Not today."});
        proxy.change("GET", "/v1/opportunities/", Change::Answer(status, unwell), 100);
        let page = working.why(&moved).await;
        let said = page.text(".banner");
        assert!(said.contains("could not ask Lever about this candidate") && said.contains(says), "{said}");
        assert!(page.text("main").contains("What Lever reported"), "{}", page.html);
    }
    // Reported, and not there at all: its event is known, so it is not nobody.
    proxy.ways().changes.clear();
    let nothing = json!({"code": "ResourceNotFound", "message": "No such object."});
    proxy.change("GET", "/v1/opportunities/", Change::Answer(404, nothing), 100);
    working.says(&moved, &["does not know this opportunity"]).await;
    assert!(working.why(&silent).await.text(".empty").contains("No match"));
}
