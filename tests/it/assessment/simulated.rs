//! `alva-portal assessment …`: what the tests are worth, and the way from answers to parameters.

use super::*;
use crate::support::lever::unconnected;
use crate::support::on_both_databases;
use alva_portal::integrations::State;
use std::process::Stdio;
use tokio::process::Command;

/// Runs the command; answers whether it succeeded, what it said and what it complained of.
async fn run(arguments: &[&str]) -> (bool, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_alva-portal"))
        .args(["assessment"])
        .args(arguments)
        .env_clear()
        .output()
        .await
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.success(), text(output.stdout), text(output.stderr))
}

fn file(dir: &tempfile::TempDir, text: &str) -> String {
    let path = dir.path().join("calibration.json");
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

/// Few takers: whether all is kept is left to chance, but each promise stands there with its figure.
#[actix_web::test]
async fn a_simulation_says_of_each_promise_whether_it_is_kept_and_uses_the_calibration_file() {
    let dir = tempfile::tempdir().unwrap();
    let weak = file(&dir, r#"{"name": "weak tasks", "logic": {"discrimination": 0.5, "bank_size": 200}}"#);
    let few = ["simulate", "--seed", "3", "--takers", "40", "--calibration-file"];
    let (done, said, complained) = run(&[&few[..], &[&weak]].concat()).await;
    assert!(!done && complained.contains("some promises are not kept"), "{complained}");
    for part in ["Scored by: weak tasks", "logic: RMSE at most 0.44 sd", "BROKEN", "kept", "fixed form of 20"]
    {
        assert!(said.contains(part), "{part:?} is not in {said}");
    }
    let wrong = file(&dir, r#"{"bad": 1}"#);
    let (done, said, complained) = run(&[&few[..], &[&wrong]].concat()).await;
    assert!(!done && said.is_empty() && complained.contains("bad"), "{complained}");
}

#[actix_web::test]
async fn a_closed_pipe_does_no_harm() {
    let mut simulation = Command::new(env!("CARGO_BIN_EXE_alva-portal"))
        .args(["assessment", "simulate", "--takers", "10"])
        .env_clear()
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(simulation.stdout.take());
    let output = simulation.wait_with_output().await.unwrap();
    let complained = String::from_utf8(output.stderr).unwrap();
    assert!(!complained.contains("panicked") && !complained.contains("pipe"), "{complained}");
}

on_both_databases!(Portal::start => answers_are_exported_only_of_those_who_agreed);
async fn answers_are_exported_only_of_those_who_agreed(portal: Portal) {
    let acme = portal.company("Acme").await;
    let account = unconnected(&portal, &acme, State::Active, &[]).await;
    for (number, agrees) in [("1", true), ("2", false)] {
        let ada = invite(&portal, &acme, &account, &format!("o{number}")).await;
        let visitor = portal.visitor();
        let page = visitor.get(&ada.path).await;
        let fields: &[(&str, &str)] = if agrees { &[("improve", "yes")] } else { &[] };
        let page = go_on(&visitor, &ada, &page, "I agree, begin", fields).await;
        let mut page = past_practice(&visitor, &ada, page).await;
        page = go_on(&visitor, &ada, &page, "Start the first task", &[]).await;
        for _ in 0..3 {
            page = go_on(&visitor, &ada, &page, "Answer", &[("choice", "0")]).await;
        }
        for _ in 0..15 {
            page = answer_page(&visitor, &ada, &page).await;
        }
        assert_eq!(page.text("h1"), "Your result");
    }
    let sealer = portal.sealer();
    let all = portal
        .write(move |conn| Ok(alva_portal::test_sessions::answers::of_those_who_agreed(conn, &sealer)?))
        .await;
    assert_eq!(all.len(), 1, "one of two agreed");
    assert_eq!((all[0].logic.len(), all[0].personality.len()), (3, 90));
}
