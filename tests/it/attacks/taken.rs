//! Who takes results along is written down: with a candidate's link, with a token of the API, and a checkpoint.

use super::written_down::{detail, rows};
use crate::api::{Program, made};
use crate::assessment::invite;
use crate::lists::Tenant;
use crate::support::on_both_databases;
use crate::support::portal::Portal;
use reqwest::StatusCode;

on_both_databases!(Portal::start => what_is_taken_with_a_candidate_s_link_is_written_down);
async fn what_is_taken_with_a_candidate_s_link_is_written_down(portal: Portal) {
    let acme = Tenant::of(&portal, "Acme").await;
    let ada = invite(&portal, &acme.company, &acme.account, "o1").await;
    let reader = portal.visitor();
    for _ in 0..3 {
        let (status, ..) = reader.file(&format!("{}/data.json", ada.path)).await;
        assert_eq!(status, StatusCode::OK);
    }
    let taken = rows(&portal, &acme.company.id, "results.taken_by_candidate").await;
    assert_eq!(taken.len(), 1, "once an hour from one network");
    assert_eq!(
        (taken[0].actor.as_str(), taken[0].subject.as_str()),
        ("not logged in", format!("/candidates/{}", ada.candidate).as_str())
    );
    assert_eq!(detail(&taken[0])["network"], "127.0.0.0/24");
    let code = ada.path.rsplit('/').next().unwrap();
    assert!(!portal.stored_anywhere(code).await, "the link is written nowhere");
    let (status, ..) = reader.file("/assessment/nobodys/data.json").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!(rows(&portal, &acme.company.id, "results.taken_by_candidate").await.len(), 1);
}

on_both_databases!(Portal::start => whose_results_a_program_read_is_written_down);
async fn whose_results_a_program_read_is_written_down(portal: Portal) {
    let acme = Tenant::of(&portal, "Acme").await;
    let candidate = acme.candidate("o1", "Ada Byron", "Cook").await;
    let token = made(&portal, &acme.company.id, &["candidates:read"]).await;
    let program = Program::of(&portal, Some(&token));
    assert_eq!(program.get(&format!("/api/v1/candidates/{candidate}")).await.status, StatusCode::OK);
    program.get("/api/v1/candidates/Cleopatra%20Unmistakable").await;
    program.get("/api/v1/candidates?q=Cleopatra").await.data();
    let called = rows(&portal, &acme.company.id, "api.called").await;
    let subjects: Vec<&str> = called.iter().map(|row| row.subject.as_str()).collect();
    let one = format!("GET /api/v1/candidates/{candidate}");
    assert_eq!(subjects, [one.as_str(), "GET /api/v1/candidates/{id}", "GET /api/v1/candidates"]);
}

on_both_databases!(Portal::start => who_asked_for_a_checkpoint_is_written_down_and_signed_for);
async fn who_asked_for_a_checkpoint_is_written_down_and_signed_for(portal: Portal) {
    let acme = Tenant::of(&portal, "Acme").await;
    let ada = acme.auditor().await;
    ada.post("/audit/checkpoints", &[]).await.leads_to("/audit/checkpoints");
    let asked = rows(&portal, &acme.company.id, "checkpoints.asked").await;
    assert_eq!((asked.len(), asked[0].actor.as_str()), (1, "ada@acme.example"));
    let page = ada.get("/audit/checkpoints").await;
    let file = page.attribute("tbody tr a[download]", "href").expect("a checkpoint");
    let (status, _, _, note) = ada.file(&file).await;
    assert_eq!(status, StatusCode::OK);
    let signed: i64 = String::from_utf8(note).unwrap().lines().nth(1).unwrap().parse().unwrap();
    assert!(signed >= asked[0].seq, "it stands for the row that names who asked: {signed} {}", asked[0].seq);
    // Who takes it along is in the log too.
    let taken = rows(&portal, &acme.company.id, "data.taken").await;
    assert_eq!((taken.len(), taken[0].subject.as_str()), (1, format!("GET {file}").as_str()));
}
