//! What a candidate's steps change in Lever.

use super::*;
use crate::support::lever::Connected;
use crate::support::on_both_databases;
use crate::support::proxy::{Change, Proxy};
use crate::support::wait::{PATIENCE, until};
use alva_portal::db::schema::{integrations, lever_stages};
use alva_portal::integrations::State;
use serde_json::{Value, json};
use std::sync::Arc;

async fn api(there: &Connected, path: &str) -> Value {
    there.api(reqwest::Method::GET, path, Value::Null).await
}

/// A file's bytes.
async fn download(there: &Connected, opportunity: &str, file: &str) -> Vec<u8> {
    let url = format!("{}/v1/opportunities/{opportunity}/files/{file}/download", there.lever.url);
    let request = reqwest::Client::new().get(url).basic_auth(&there.lever.api_key, Some(""));
    request.send().await.unwrap().bytes().await.unwrap().to_vec()
}

/// The account is configured: candidates who are done move to this stage.
async fn configure(there: &Connected, progression: &Value) {
    let (id, stage) = (there.integration, progression["id"].as_str().unwrap().to_owned());
    let order: Vec<Value> = api(there, "stages").await["data"].as_array().unwrap().clone();
    there
        .portal
        .write(move |conn| {
            diesel::update(integrations::table.find(&id))
                .set((
                    integrations::state.eq(State::Active),
                    integrations::progression_stage_id.eq(Some(stage)),
                ))
                .execute(conn)
                .map_err(DbError::from)?;
            diesel::delete(lever_stages::table).execute(conn).map_err(DbError::from)?;
            for (place, stage) in (0..).zip(order) {
                diesel::insert_into(lever_stages::table)
                    .values((
                        lever_stages::integration_id.eq(&id),
                        lever_stages::stage_id.eq(stage["id"].as_str().unwrap()),
                        lever_stages::name.eq(stage["text"].as_str().unwrap()),
                        lever_stages::position.eq(place),
                        lever_stages::seen_at.eq(Timestamp::now()),
                    ))
                    .execute(conn)
                    .map_err(DbError::from)?;
            }
            Ok(())
        })
        .await;
}

on_both_databases!(Connected::start => the_result_reaches_lever_once_and_is_taken_back);
async fn the_result_reaches_lever_once_and_is_taken_back(there: Connected) {
    // The test asks Lever far more often than the portal does.
    there.control(reqwest::Method::POST, "limits", json!({"enabled": false})).await;
    let stages = api(&there, "stages").await;
    let named =
        |name: &str| stages["data"].as_array().unwrap().iter().find(|s| s["text"] == name).unwrap().clone();
    let goal = named("Phone interview");
    configure(&there, &goal).await;
    let made = there
        .control(
            reqwest::Method::POST,
            "opportunities",
            json!({"name": "Ada Byron", "stage": "Assessment", "tags": ["ours"], "silent": true}),
        )
        .await;
    let id = made["data"]["id"].as_str().or(made["id"].as_str()).or(made["data"][0]["id"].as_str());
    let id = id.unwrap_or_else(|| panic!("an opportunity: {made}")).to_owned();
    let ada = invite(&there.portal, &there.company, &there.integration, &id).await;
    let tags = async || -> Vec<String> {
        let now = api(&there, &format!("opportunities/{id}")).await;
        serde_json::from_value(now["data"]["tags"].clone()).unwrap()
    };
    let visitor = there.portal.visitor();
    through_logic(&visitor, &ada).await;
    until("the tag of the beginning", PATIENCE, async || {
        tags().await.contains(&"Alva: Started".to_owned()).then_some(())
    })
    .await;

    // Lever writes the note, and the connection closes before it says so: there is no second note. So with
    // the file.
    there
        .control(
            reqwest::Method::POST,
            "faults",
            json!({"target": "api", "kind": "close_after", "match": "POST /v1/opportunities/*/notes", "next": 1}),
        )
        .await;
    there
        .control(
            reqwest::Method::POST,
            "faults",
            json!({"target": "api", "kind": "close_after", "match": "POST /v1/opportunities/*/files", "next": 1}),
        )
        .await;
    for _ in 0..15 {
        let page = visitor.get(&ada.path).await;
        answer_page(&visitor, &ada, &page).await;
    }
    until("the progression stage", PATIENCE, async || {
        let now = api(&there, &format!("opportunities/{id}")).await;
        (now["data"]["stage"] == goal["id"]).then_some(())
    })
    .await;
    // Until then a second note could still come.
    until("both lost answers to be made up for", PATIENCE, async || {
        let rows = there.admin.get(&format!("/candidates/{}", ada.candidate)).await.text("table tbody tr");
        let again = |what: &str| rows.lines().any(|row| row.starts_with(what) && row.contains("done 2"));
        (again("Write the result as a note") && again("Attach the summary")).then_some(())
    })
    .await;
    assert_eq!(tags().await, ["ours", "Alva: Completed"]);
    let link = format!("/candidates/{}#result-{}", ada.candidate, ada.invitation);
    let notes = api(&there, &format!("opportunities/{id}/notes")).await;
    let ours: Vec<String> = notes["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(Value::to_string)
        .filter(|n| n.contains(&link))
        .collect();
    assert_eq!(ours.len(), 1, "{notes}");
    for part in ["Role fit: ", "Logic: ", "Extraversion "] {
        assert!(ours[0].contains(part), "{part} is not in {}", ours[0]);
    }
    assert!(!ours[0].contains("Sociability"), "facets stay in the portal");
    let links = api(&there, &format!("opportunities/{id}")).await["data"]["links"].to_string();
    assert!(links.contains(&link), "{links}");
    let files = api(&there, &format!("opportunities/{id}/files")).await["data"].take();
    let unique = ada.invitation.as_str().rsplit('-').next().unwrap();
    let name = format!("Alva test summary {unique}.pdf");
    let file = files.as_array().unwrap().iter().find(|file| file["name"] == name.as_str());
    let file = file.unwrap_or_else(|| panic!("{name} in {files}"));
    assert_eq!(files.as_array().unwrap().len(), 1, "{files}");
    let row = there.admin.get(&format!("/candidates/{}", ada.candidate)).await.text("table tbody tr");
    let tried = row.lines().find(|row| row.starts_with("Attach the summary")).unwrap_or_default();
    assert!(tried.contains("done 2"), "its answer was lost once: {row}");
    let text = super::paper::text_of(&download(&there, &id, file["id"].as_str().unwrap()).await);
    for part in ["Summary of test results: Ada Byron", "Role fit: ", "Extraversion", link.as_str()] {
        assert!(text.replace(' ', "").contains(&part.replace(' ', "")), "{part} is not in {text}");
    }
    assert!(!text.contains("Sociability"), "facets stay in the portal");

    let ask = visitor.get(&format!("{}/withdraw", ada.path)).await;
    visitor.press(&ask, "Withdraw and erase everything", &[]).await.leads_to(&ada.path);
    until("the result to be no longer in Lever", PATIENCE, async || {
        let notes = api(&there, &format!("opportunities/{id}/notes")).await.to_string();
        let now = api(&there, &format!("opportunities/{id}")).await.to_string();
        let files = api(&there, &format!("opportunities/{id}/files")).await.to_string();
        let is_gone = !notes.contains(&link) && !now.contains(&link) && !files.contains(unique);
        (is_gone && now.contains("Alva: Withdrawn")).then_some(())
    })
    .await;
    assert_eq!(tags().await, ["ours", "Alva: Withdrawn"]);
}

on_both_databases!(Connected::start => without_the_permission_for_files);
// Without the permission for files the rest goes its way, and the page names what is missing.
async fn without_the_permission_for_files(there: Connected) {
    there.control(reqwest::Method::POST, "limits", json!({"enabled": false})).await;
    let stages = api(&there, "stages").await;
    let goal = stages["data"].as_array().unwrap().iter().find(|s| s["text"] == "Phone interview").unwrap();
    configure(&there, goal).await;
    let account = there.integration;
    there
        .portal
        .write(move |conn| {
            let granted: String = integrations::table
                .find(&account)
                .select(integrations::scopes)
                .first(conn)
                .map_err(DbError::from)?;
            let fewer = granted.replace("files:write:admin", "");
            assert_ne!(granted, fewer);
            diesel::update(integrations::table.find(&account))
                .set(integrations::scopes.eq(fewer))
                .execute(conn)
                .map_err(DbError::from)?;
            Ok(())
        })
        .await;
    let fields = json!({"name": "Ada Byron", "stage": "Assessment", "silent": true});
    let made = there.candidate(fields).await;
    let id = made["id"].as_str().or(made[0]["id"].as_str()).unwrap().to_owned();
    let ada = invite(&there.portal, &there.company, &there.integration, &id).await;
    through_both(&there.portal.visitor(), &ada).await;
    until("the progression stage", PATIENCE, async || {
        let now = api(&there, &format!("opportunities/{id}")).await;
        (now["data"]["stage"] == goal["id"]).then_some(())
    })
    .await;
    let files = api(&there, &format!("opportunities/{id}/files")).await;
    assert_eq!(files["data"], json!([]));
    let page = there.admin.get(&format!("/candidates/{}", ada.candidate)).await.text("main");
    assert!(page.contains("files:write:admin was not granted"), "{page}");
    let visitor = there.portal.visitor();
    let ask = visitor.get(&format!("{}/withdraw", ada.path)).await;
    visitor.press(&ask, "Withdraw and erase everything", &[]).await.leads_to(&ada.path);
    until("the note to be gone", PATIENCE, async || {
        let notes = api(&there, &format!("opportunities/{id}/notes")).await.to_string();
        (!notes.contains("#result-")).then_some(())
    })
    .await;
}

on_both_databases!(Connected::active_behind_proxy => a_list_that_is_behind_makes_nothing_twice);
/// Lever writes the note and the file, its answers are lost, and its lists do not show them yet when they are asked.
async fn a_list_that_is_behind_makes_nothing_twice((there, proxy): (Connected, Proxy)) {
    let fields = json!({"name": "Ada Byron", "stage": "New applicant", "silent": true});
    let made = there.control(reqwest::Method::POST, "opportunities", fields).await;
    let id = made["data"]["id"].as_str().or(made["id"].as_str()).or(made["data"][0]["id"].as_str());
    let id = id.unwrap_or_else(|| panic!("an opportunity: {made}")).to_owned();
    let ada = invite(&there.portal, &there.company, &there.integration, &id).await;
    for part in ["/notes", "/files"] {
        let path = format!("POST /v1/opportunities/*{part}");
        let lost = json!({"target": "api", "kind": "close_after", "match": path, "next": 1});
        there.control(reqwest::Method::POST, "faults", lost).await;
        proxy.change("GET", part, Change::Edit(Arc::new(|body| body["data"] = json!([]))), 2);
    }
    through_both(&there.portal.visitor(), &ada).await;
    let page = format!("/candidates/{}", ada.candidate);
    until("both to be there, and known to be", PATIENCE * 3, async || {
        let rows = there.admin.get(&page).await.text("table tbody tr");
        let is_done = |what: &str| rows.lines().any(|row| row.starts_with(what) && row.contains("done 3"));
        (is_done("Write the result as a note") && is_done("Attach the summary")).then_some(())
    })
    .await;
    for part in ["notes", "files"] {
        let listed = api(&there, &format!("opportunities/{id}/{part}")).await;
        assert_eq!(listed["data"].as_array().unwrap().len(), 1, "{listed}");
    }
}
