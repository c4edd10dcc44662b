//! The proof of completeness: three equal numbers, or the difference by name.

use super::*;
use crate::support::on_both_databases;

impl Connected {
    /// Counts today so far and waits for the end; answers the day's page.
    pub async fn count_today(&self) -> Page {
        let list = self.admin.get(&format!("{}/completeness", self.page())).await;
        let asked = self.admin.press(&list, "Count today so far", &[]).await;
        let path = asked.location.unwrap_or_else(|| panic!("to the day: {}", asked.html));
        until("the counting", PATIENCE, async || {
            let page = self.admin.get(&path).await;
            assert_eq!(page.status, StatusCode::OK, "{}", page.html);
            (!page.html.contains("data-live=")).then_some(page)
        })
        .await
    }

    async fn all_worked(&self, at_least: usize) {
        until("the end of all events", PATIENCE, async || {
            let all = self.events().await;
            (all.len() >= at_least && all.iter().all(|event| event.finished_at.is_some())).then_some(())
        })
        .await;
    }
}

/// The three numbers of the last line.
fn numbers(page: &Page) -> Vec<String> {
    page.text("tbody tr:last-child td.num strong").lines().map(str::to_owned).collect()
}

on_both_databases!(Connected::active => equal_numbers_or_the_difference_by_name);
/// What was told of and worked gives three equal numbers; a lost webhook shows by name, also after a
/// reconciliation has mended it.
async fn equal_numbers_or_the_difference_by_name(working: Connected) {
    let there = &working;
    let (one, two, three) = (
        working.person("First", "applicant-new").await,
        working.person("Second", "applicant-new").await,
        working.person("Third", "applicant-new").await,
    );
    working.move_to(&one, TRIGGER).await;
    working.move_to(&two, "Phone interview").await;
    there.control(Method::POST, &format!("opportunities/{two}/hire"), json!({})).await;
    there.control(Method::DELETE, &format!("opportunities/{three}"), Value::Null).await;
    there.control(Method::POST, "apply", json!({"name": "Fourth", "email": "fourth@people.example"})).await;
    working.mailed("first@people.example", "invites you").await;
    working.all_worked(5).await;
    let page = working.count_today().await;
    assert_eq!(numbers(&page), ["5", "5", "5"], "{}", page.html);
    assert!(page.text(".page-head .badge").contains("complete"));
    assert!(!page.html.contains("Differences by candidate"), "{}", page.html);
    // One is lost on the way.
    working.fault(json!({"target": "deliveries", "kind": "withhold"})).await;
    let lost = working.person("Lost", "applicant-new").await;
    working.move_to(&lost, TRIGGER).await;
    there.control(Method::DELETE, "faults", Value::Null).await;
    let page = working.count_today().await;
    assert_eq!(numbers(&page), ["6", "5", "5"], "{}", page.html);
    let difference = page.text("tbody td[data-label=Candidate], tbody td[data-label=Difference]");
    assert_eq!(difference, "Lost\nno webhook reported it", "{difference}");
    working.sync().await;
    working.mailed("lost@people.example", "invites you").await;
    let page = working.count_today().await;
    assert_eq!(numbers(&page), ["6", "5", "6"], "{}", page.html);
    assert!(
        page.text("td[data-label=Difference]").contains("a reconciliation found it, and it was processed")
    );
    let list = there.admin.get(&format!("{}/completeness", working.page())).await;
    assert!(list.text("tbody").contains("1 found by reconciliation"), "{}", list.html);
    assert!(list.text("tbody").contains("so far"));
    // Whoever is deleted is named no more.
    there.control(Method::DELETE, &format!("opportunities/{lost}"), Value::Null).await;
    until("the erasure", PATIENCE, async || {
        let page = there.admin.get(page.url.path()).await;
        (!page.html.contains("Lost")).then_some(())
    })
    .await;
}

on_both_databases!(Connected::active => what_lever_leaves_out_is_suspected);
/// An origin that a person did not tick in Lever, and a toggle that is off, show in the numbers.
async fn what_lever_leaves_out_is_suspected(working: Connected) {
    let there = &working;
    there.control(Method::POST, "events", json!({"candidateHired": false})).await;
    let hooks = there.control(Method::GET, "webhooks", Value::Null).await;
    let moves = hooks["data"]
        .as_array()
        .unwrap()
        .iter()
        .find(|hook| hook["event"] == "candidateStageChange")
        .unwrap();
    let url = moves["url"].as_str().unwrap().to_owned();
    there.control(Method::DELETE, &format!("webhooks/{}", moves["id"].as_str().unwrap()), Value::Null).await;
    let by_hand = json!({"event": "candidateStageChange", "url": url, "origins": ["applied"]});
    let by_hand = there.control(Method::POST, "webhooks", by_hand).await;
    let token = by_hand["data"]["signatureToken"].as_str().unwrap().to_owned();
    let form = there.admin.get(&format!("{}/webhooks", working.page())).await;
    let saved = there.admin.press(&form, "Save", &[("webhook_signature_token", &token)]).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.html);
    let told = working.person("Told", "applicant-new").await;
    working.move_to(&told, "Phone interview").await;
    for name in ["Agnes", "Agathe"] {
        let body = json!({"name": name, "email": format!("{name}@people.example"), "origin": "agency",
                "stage": "applicant-new", "silent": true});
        let made = there.control(Method::POST, "opportunities", body).await;
        let made = if made["data"].is_array() { made["data"][0].clone() } else { made["data"].clone() };
        let id = made["id"].as_str().unwrap();
        working.move_to(id, "Phone interview").await;
        there.control(Method::POST, &format!("opportunities/{id}/hire"), json!({})).await;
    }
    working.all_worked(1).await;
    let page = working.count_today().await;
    assert_eq!(numbers(&page), ["5", "1", "1"], "{}", page.html);
    let page = there.admin.get(&working.page()).await;
    let advice = page.text("section[aria-labelledby=diagnostics] li");
    assert!(advice.contains("candidates with the origin “agency”"), "{advice}");
    assert!(advice.contains("select every origin there"), "{advice}");
    assert!(advice.contains("that “Candidate Hired” should have reported"), "{advice}");
    assert!(advice.contains("toggle in Lever is probably off"), "{advice}");
}

on_both_databases!(Connected::active => days_are_counted_by_night);
/// Days that have ended are counted by night; what cannot be counted says so.
async fn days_are_counted_by_night(working: Connected) {
    use schema::integrations::dsl;
    let id = working.integration;
    let began = Timestamp::now().minus(std::time::Duration::from_secs(3 * 86_400));
    working
        .portal
        .write(move |conn| {
            let row = diesel::update(dsl::integrations.find(&id));
            row.set(dsl::created_at.eq(began)).execute(conn).map_err(DbError::from)?;
            Ok(())
        })
        .await;
    working.nightly(ChoreKind::Completeness).await;
    let list = until("three counted days", PATIENCE, async || {
        let list = working.admin.get(&format!("{}/completeness", working.page())).await;
        let counted = list.text("tbody .badge").lines().filter(|line| *line != "being counted").count();
        (counted == 3).then_some(list)
    })
    .await;
    assert!(!list.text("tbody").contains("so far"), "{}", list.html);
    let path = format!("{}/completeness", working.page());
    let early = working.admin.post(&path, &[("day", "2020-01-01")]).await;
    early.leads_to(&path);
    assert!(working.admin.get(&path).await.text(".flash").contains("cannot be counted"));
    assert_eq!(working.admin.post(&path, &[("day", "yesterday")]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(working.admin.get(&format!("{path}/2020-01-01")).await.status, StatusCode::NOT_FOUND);
    // Lever is not to be read for good.
    working
        .fault(json!({"target": "api", "kind": "status", "status": 400, "match": "GET /v1/opportunities*"}))
        .await;
    let page = working.count_today().await;
    assert!(page.text(".page-head .badge").contains("could not be counted"), "{}", page.html);
}
