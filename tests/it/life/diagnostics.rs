//! Diagnostics of tags: what is nearly right is found, named where it mattered, and shown with the remedy.

use super::*;
use crate::support::on_both_databases;

const POSTING: &str = "Backend Engineer";

impl Connected {
    async fn apply(&self, posting: &str, name: &str) {
        let email = format!("{}@people.example", name.to_lowercase());
        self.control(Method::POST, "apply", json!({"posting": posting, "name": name, "email": email})).await;
    }

    /// The timeline of the application, once it is worked.
    async fn application(&self, nth: usize) -> Page {
        let event = until("a worked application", PATIENCE, async || {
            let all = self.events().await;
            let of_them = all.into_iter().filter(|event| event.kind.as_str() == "applicationCreated");
            of_them.filter(|event| event.finished_at.is_some()).nth(nth)
        })
        .await;
        self.admin.get(&format!("/events/{}", event.id)).await
    }

    async fn advice(&self) -> String {
        self.admin.get(&self.page()).await.text("section[aria-labelledby=diagnostics] li")
    }
}

on_both_databases!(Connected::active => a_misspelt_tag_is_named_where_it_mattered);
/// A misspelt tag shows in the event where it mattered, on the page, and among the postings.
async fn a_misspelt_tag_is_named_where_it_mattered(working: Connected) {
    assert!(!working.advice().await.contains("posting"), "nothing is known yet");
    working.posting(POSTING, json!({"tags": ["alva: screening", "Alva Coding Test: Lookup"]})).await;
    working.apply(POSTING, "Nearly").await;
    let timeline = working.application(0).await;
    let words = "the posting carries “alva: screening”, which is not “Alva: Screening”";
    assert!(timeline.html.contains(words), "{}", timeline.html);
    assert!(timeline.html.contains("a test that this portal does not offer"), "{}", timeline.html);
    assert_eq!(working.mails("nearly@", "invites you").await, 0);
    let advice = working.advice().await;
    assert!(advice.contains("“Backend Engineer” carries “alva: screening”"), "{advice}");
    assert!(advice.contains("replace the tag on the posting with “Alva: Screening”"), "{advice}");
    let list = working.admin.get(&format!("{}/postings", working.page())).await;
    assert_eq!(list.text("tbody td[data-label=Posting]"), "Backend Engineer in Lever, in a new tab ↗");
    assert_eq!(list.text("tbody .badge.attention"), "alva: screening\nAlva Coding Test: Lookup");
    // Mended in Lever, it is seen at the next application.
    working.posting(POSTING, json!({"tags": ["Alva: Screening"]})).await;
    working.apply(POSTING, "Exactly").await;
    working.mailed("exactly@people.example", "invites you").await;
    assert!(!working.advice().await.contains("posting"), "{}", working.advice().await);
}

on_both_databases!(Connected::active => all_postings_are_read_by_night_and_on_demand);
/// Every night all postings are read, and on demand; one that became confidential is told of.
async fn all_postings_are_read_by_night_and_on_demand(working: Connected) {
    working.posting("Data Analyst", json!({"tags": ["Alva:Screening"]})).await;
    working.nightly(ChoreKind::Postings).await;
    let path = format!("{}/postings", working.page());
    let all = working.admin.get(&format!("{path}?show=all")).await;
    let titles = all.text("tbody td[data-label=Posting]");
    assert_eq!(titles.lines().count(), 5, "the confidential one is not listed: {titles}");
    let tagged = working.admin.get(&format!("{path}?show=alva")).await;
    let titles = tagged.text("tbody td[data-label=Posting]");
    assert!(titles.contains("Customer Success Manager") && titles.contains("Data Analyst"), "{titles}");
    assert!(working.advice().await.contains("“Data Analyst” carries “Alva:Screening”"));
    // Well tagged, and confidential from now on.
    working.posting("Customer Success Manager", json!({"confidential": true})).await;
    let since = Timestamp::now();
    let list = working.admin.get(&path).await;
    let asked = working.admin.press(&list, "Read from Lever now", &[]).await;
    asked.leads_to(&path);
    working.nightly_done(ChoreKind::Postings, since).await;
    let list = working.admin.get(&path).await;
    assert!(
        list.text("tbody").contains("confidential in Lever, so applicants are not invited"),
        "{}",
        list.html
    );
    let audit = working.audit().await;
    assert!(audit.iter().any(|action| action == "integration.postings_read"), "{audit:?}");
}

on_both_databases!(Connected::active => a_tag_on_a_confidential_posting_is_told_of);
/// A posting that Lever never showed is known by the tag that it left on the opportunity.
async fn a_tag_on_a_confidential_posting_is_told_of(working: Connected) {
    working.posting("Account Executive", json!({"tags": ["Alva: Screening"], "confidential": true})).await;
    working.apply("Account Executive", "Hidden").await;
    let timeline = working.application(0).await;
    let is_told = timeline.html.contains("the posting is confidential in Lever")
        || timeline.html.contains("it is confidential");
    assert!(is_told, "{}", timeline.html);
    assert_eq!(working.mails("hidden@", "invites you").await, 0);
}

on_both_databases!(Connected::active => postings_are_for_the_company_only);
/// Postings are one company's, and forms are for admins.
async fn postings_are_for_the_company_only(working: Connected) {
    use alva_portal::people::Role;
    let portal = &working.portal;
    let other = portal.company("Other Ltd").await;
    portal.person(&other, "eve@other.example", Role::Admin).await;
    let eve = portal.signed_in("eve@other.example").await;
    portal.person(&working.company, "otto@acme.example", Role::Auditor).await;
    let otto = portal.signed_in("otto@acme.example").await;
    for path in ["postings", "completeness"] {
        let path = format!("{}/{path}", working.page());
        assert_eq!(eve.get(&path).await.status, StatusCode::NOT_FOUND);
        let form = [("day", "2026-11-20")];
        assert_eq!(eve.post(&path, &form).await.status, StatusCode::NOT_FOUND);
        assert_eq!(otto.get(&path).await.status, StatusCode::OK);
        assert_eq!(otto.post(&path, &form).await.status, StatusCode::FORBIDDEN);
    }
    // An address that takes forms only leads whoever comes back to it to the page of the form.
    for path in ["preview", "check", "sync", "name"] {
        let page = working.admin.get(&format!("{}/{path}", working.page())).await;
        page.leads_to(&working.page());
    }
}
