//! The event log as files.

use super::{Tenant, cells, event, ids};
use crate::support::on_both_databases;
use crate::support::portal::Portal;
use alva_portal::db::DbError;
use alva_portal::db::schema::{lever_stages, signing_tokens};
use alva_portal::events::{Event, Outcome, State};
use alva_portal::ids::SigningTokenId;
use alva_portal::reasons::Reason;
use alva_portal::time::Timestamp;
use diesel::prelude::*;
use reqwest::StatusCode;
use serde_json::Value;

on_both_databases!(Portal::start => a_line_has_what_an_auditor_needs);
async fn a_line_has_what_an_auditor_needs(portal: Portal) {
    let acme = Tenant::of(&portal, "Acme").await;
    acme.candidate("o1", "=HYPERLINK(\"http://evil.example\",\"x\")", "Engineer, \"backend\"\nBerlin").await;
    let account = acme.account;
    let token: SigningTokenId = portal
        .write(move |conn| {
            diesel::insert_into(lever_stages::table)
                .values((
                    lever_stages::integration_id.eq(&account),
                    lever_stages::stage_id.eq("s2"),
                    lever_stages::name.eq("Assessment"),
                    lever_stages::position.eq(1),
                    lever_stages::seen_at.eq(Timestamp::now()),
                ))
                .execute(conn)
                .map_err(DbError::from)?;
            Ok(signing_tokens::table
                .filter(signing_tokens::integration_id.eq(&account))
                .select(signing_tokens::id)
                .first(conn)
                .map_err(DbError::from)?)
        })
        .await;
    let at = Timestamp(1_700_000_000_000);
    let kept = Event {
        lever_id: Some("lever-1".into()),
        dedupe_key: "+41".into(),
        state: State::Failed,
        outcome: Outcome::None,
        reason: Reason::Text("@Lever answered\t500".into()),
        opportunity_id: Some("o1".into()),
        contact_id: Some("c1".into()),
        from_stage_id: Some("lead-new".into()),
        to_stage_id: Some("s2".into()),
        triggered_at: Some(Timestamp(at.0 - 1)),
        finished_at: None,
        signing_token_id: Some(token),
        duplicates: 2,
        attempts: 5,
        ..event(&acme.company.id, &acme.account, at)
    };
    acme.keep(vec![kept.clone()]).await;
    let auditor = acme.auditor().await;

    let file = auditor.get("/events.csv").await;
    assert_eq!(file.status, StatusCode::OK);
    let (header, rows) = cells(&file);
    let cell = |name: &str| rows[0][header.iter().position(|known| known == name).expect(name)].clone();
    let expected = [
        ("id", kept.id.as_str()),
        ("received_at", "2023-11-14T22:13:20.000Z"),
        ("triggered_at", "2023-11-14T22:13:19.999Z"),
        ("finished_at", ""),
        ("event", "candidateStageChange"),
        ("state", "failed"),
        ("outcome", ""),
        ("reason_code", ""),
        ("reason_params", ""),
        ("reason", "'@Lever answered\t500"),
        ("integration_id", acme.account.as_str()),
        ("integration", "Acme in Lever"),
        ("opportunity_id", "o1"),
        ("contact_id", "c1"),
        ("candidate", "'=HYPERLINK(\"http://evil.example\",\"x\")"),
        ("posting", "Engineer, \"backend\"\nBerlin"),
        ("from_stage_id", "lead-new"),
        ("from_stage", ""),
        ("to_stage_id", "s2"),
        ("to_stage", "Assessment"),
        ("lever_id", "lever-1"),
        ("dedupe_key", "'+41"),
        ("answered_status", "200"),
        ("signing_token_id", token.as_str()),
        ("duplicates", "2"),
        ("attempts", "5"),
    ];
    for (name, value) in expected {
        assert_eq!(cell(name), value, "{name}");
    }
    assert_eq!(header.len(), expected.len());

    // The same for programs, where nothing needs an apostrophe.
    let lines = auditor.get("/events.ndjson").await.html;
    let line: Value = serde_json::from_str(lines.trim_end()).unwrap();
    assert_eq!(line["candidate"], "=HYPERLINK(\"http://evil.example\",\"x\")");
    assert_eq!(line["dedupe_key"], "+41");
    assert_eq!((&line["finished_at"], &line["duplicates"]), (&Value::Null, &Value::from(2)));
    let mut names: Vec<&String> = line.as_object().unwrap().keys().collect();
    let mut columns: Vec<&String> = header.iter().collect();
    names.sort();
    columns.sort();
    assert_eq!(names, columns);
}

on_both_databases!(Portal::start => a_file_has_every_event_of_the_selection_once);
async fn a_file_has_every_event_of_the_selection_once(portal: Portal) {
    let acme = Tenant::of(&portal, "Acme").await;
    let other = Tenant::of(&portal, "Other").await;
    other.keep(vec![other.event(1)]).await;
    let begin = Timestamp::now().0 - 600_000;
    let mut kept: Vec<Event> = (0..1203)
        .map(|n| {
            let kind = if n % 2 == 0 { "applicationCreated" } else { "candidateHired" };
            let event = event(&acme.company.id, &acme.account, Timestamp(begin + n / 5));
            Event { kind: kind.into(), ..event }
        })
        .collect();
    acme.keep(kept.clone()).await;
    kept.sort_by_key(|event| std::cmp::Reverse(event.id));
    let auditor = acme.auditor().await;

    let (_, rows) = cells(&auditor.get("/events.csv").await);
    assert_eq!(rows.iter().map(|row| row[0].clone()).collect::<Vec<_>>(), ids(&kept));
    kept.retain(|event| event.kind.as_str() == "candidateHired");
    let lines = auditor.get("/events.ndjson?event=candidateHired").await.html;
    let exported: Vec<String> = lines
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(exported, ids(&kept));
}

on_both_databases!(Portal::start => a_file_of_nothing_has_its_header);
async fn a_file_of_nothing_has_its_header(portal: Portal) {
    let acme = Tenant::of(&portal, "Acme").await;
    let auditor = acme.auditor().await;
    let (header, rows) = cells(&auditor.get("/events.csv").await);
    assert_eq!((header[0].as_str(), rows.len()), ("id", 0));
    assert_eq!(auditor.get("/events.ndjson").await.html, "");
}
