//! Rows of Lever's lists that cannot be read.

use super::*;
use crate::support::on_both_databases;
use crate::support::proxy::{Change, Proxy};
use std::sync::Arc;

on_both_databases!(Connected::active_behind_proxy => rows_that_can_not_be_read_are_named);
/// They cost nobody else the invitation; the report, the list of reports and the account's page say so.
async fn rows_that_can_not_be_read_are_named((working, proxy): (Connected, Proxy)) {
    // No other run is under way that would read these lists.
    working.sync().await;
    working.fault(json!({"target": "deliveries", "kind": "withhold"})).await;
    let person = working.person("Sound", "applicant-new").await;
    working.move_to(&person, TRIGGER).await;
    let odd = Change::Edit(Arc::new(|answer: &mut Value| {
        let rows = answer["data"].as_array_mut().unwrap();
        rows.insert(0, Value::Null);
        rows.push(json!({"id": "odd one", "name": "Odd"}));
    }));
    // The list of the trigger stage, and the one of what changed.
    proxy.change("GET", "/v1/opportunities?", odd, 2);
    let report = working.sync().await;
    working.mailed("sound@people.example", "invites you").await;
    let facts = report.text("dl.facts");
    assert!(
        facts.contains("4 unreadable rows in Lever\u{2019}s lists, skipped: odd one and 2 more"),
        "{facts}"
    );
    assert!(facts.contains("2 more without an id."), "{facts}");
    assert!(report.text("table").contains("Sound"), "{}", report.html);
    // The next run with nothing missed is not called good while a row is left out.
    let odd =
        Change::Edit(Arc::new(|answer: &mut Value| answer["data"].as_array_mut().unwrap().push(Value::Null)));
    proxy.change("GET", "/v1/opportunities?", odd, 1);
    let report = working.sync().await;
    assert!(report.text(".page-head").contains("1 unreadable row"), "{}", report.text(".page-head"));
    assert!(report.text("dl.facts").contains("no id could be read"), "{}", report.text("dl.facts"));
    assert!(!report.html.contains("Nothing was missed"), "{}", report.html);
    let page = working.admin.get(&working.page()).await;
    assert!(page.html.contains("1 unreadable row"), "the account's page says it");
    let list = working.admin.get(&format!("{}/reconciliations", working.page())).await;
    assert!(list.text("tbody").contains("1 unreadable row"), "{}", list.html);
    let report = working.sync().await;
    assert!(
        report.html.contains("Nothing was missed") && !report.html.contains("unreadable"),
        "{}",
        report.html
    );
}

on_both_databases!(Connected::active_behind_proxy => what_is_no_json_costs_its_row_at_most);
/// A control character, `NaN` or `007` that Lever writes by mistake costs nothing; a row that is no JSON at all is
/// left out and named. The candidate's own answer is read alike.
async fn what_is_no_json_costs_its_row_at_most((working, proxy): (Connected, Proxy)) {
    working.sync().await;
    working.fault(json!({"target": "deliveries", "kind": "withhold"})).await;
    let person = working.person("Damaged", "applicant-new").await;
    working.move_to(&person, TRIGGER).await;
    let change = Change::Rewrite(|body| {
        let damage = "{\"x\":\"a\u{1}b\nc\\x41\",\"y\":[NaN,007,],";
        let broken = "[{\"id\":\"broken-row\",\"headline\":\"say \"hi\", then\"},";
        body.replacen("[{\"", &format!("{broken}{damage}\""), 1)
    });
    // The list of the trigger stage, and the one of what changed.
    proxy.change("GET", "/v1/opportunities?", change, 2);
    let change = Change::Rewrite(|body| body.replacen('{', "{\"x\":\"a\u{1}b\",\"y\":NaN,", 1));
    proxy.change("GET", "?expand=applications", change, 1);
    let report = working.sync().await;
    working.mailed("damaged@people.example", "invites you").await;
    let facts = report.text("dl.facts");
    assert!(facts.contains("skipped: broken-row"), "{facts}");
    assert!(report.text("table").contains("Damaged"), "{}", report.html);
}

on_both_databases!(Connected::active_behind_proxy => postings_that_can_not_be_read_are_named);
/// They cost no other posting its place, and what was known of them stays.
async fn postings_that_can_not_be_read_are_named((working, proxy): (Connected, Proxy)) {
    let postings = format!("{}/postings", working.page());
    let read = async |holds: &dyn Fn(&str) -> bool| {
        let page = working.admin.get(&postings).await;
        working.admin.press(&page, "Read from Lever now", &[]).await;
        until("the postings", PATIENCE, async || {
            let page = working.admin.get(&format!("{postings}?show=all")).await;
            (!page.text("main").contains("Reading from Lever") && holds(&page.text("main"))).then_some(page)
        })
        .await
    };
    let all = read(&|text: &str| text.contains("Read from Lever")).await;
    let rows = all.text("tbody");
    assert!(!all.text("main").contains("unreadable"), "{}", all.html);
    let title = Arc::new(std::sync::Mutex::new(String::new()));
    let kept = Arc::clone(&title);
    let odd = Change::Edit(Arc::new(move |answer: &mut Value| {
        let rows = answer["data"].as_array_mut().unwrap();
        let first = rows.remove(0);
        *kept.lock().unwrap() = first["text"].as_str().unwrap().to_owned();
        rows.push(json!({"id": "odd one", "text": first["text"]}));
        rows.push(Value::Null);
    }));
    proxy.change("GET", "/v1/postings?", odd, 1);
    let page = read(&|text: &str| text.contains("unreadable")).await;
    let title = title.lock().unwrap().clone();
    let said = page.text(".banner.attention");
    assert!(said.contains("2 unreadable rows"), "{said}");
    assert!(said.contains("skipped: odd one and 1 more without an id."), "{said}");
    assert!(page.text("tbody").contains(&title), "{title} stays: {}", page.text("tbody"));
    assert_eq!(page.text("tbody"), rows, "no other posting is lost");
    // The next reading is whole again.
    let page = read(&|text: &str| !text.contains("unreadable")).await;
    assert_eq!(page.text("tbody"), rows);
}

on_both_databases!(Connected::active => the_id_of_a_row_goes_with_the_person);
/// Who is deleted in Lever is named in no report.
async fn the_id_of_a_row_goes_with_the_person(working: Connected) {
    let person = working.person("Gone", "applicant-new").await;
    working.move_to(&person, TRIGGER).await;
    working.mailed("gone@people.example", "invites you").await;
    working.sync().await;
    let named = json!([person, "other one", 3]).to_string();
    working
        .portal
        .write(move |conn| {
            use schema::reconciliations::dsl;
            diesel::update(dsl::reconciliations)
                .set((dsl::unreadable.eq(2), dsl::unreadable_ids.eq(named)))
                .execute(conn)
                .map_err(DbError::from)?;
            Ok(())
        })
        .await;
    working.control(Method::DELETE, &format!("opportunities/{person}"), Value::Null).await;
    until("the person to be gone", PATIENCE, async || {
        (!working.portal.stored_anywhere(&person).await).then_some(())
    })
    .await;
    assert!(working.portal.stored_anywhere("other one").await, "only that one");
}
