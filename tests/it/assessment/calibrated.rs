//! A file of calibrated items and norms in place of the assumed ones.

use super::*;
use crate::support::fixture::Fixture;
use crate::support::lever::unconnected;
use crate::support::on_both_databases;
use alva_portal::db::schema::sittings;
use alva_portal::integrations::State;
use alva_portal::people::Role;
use alva_portal::secrets::Sealed;
use secrecy::ExposeSecret as _;
use std::collections::BTreeSet;

const SPRING: &str = r#"{
    "name": "Norm group spring 2027",
    "logic": {
        "bank_size": 10,
        "only_items": true,
        "items": [
            {"id": "f0000000000000001", "a": 1.2, "b": -1.0, "c": 0.1},
            {"id": "f0000000000000002", "a": 1.2, "b": 0.0, "c": 0.1},
            {"id": "f0000000000000003", "a": 1.2, "b": 1.0, "c": 0.1}
        ],
        "norm": {"mean": -3.0, "sd": 0.5},
        "stop": {"min_items": 3, "max_items": 3, "precision": 0.3}
    }
}"#;

on_both_databases!(|backend| Fixture::on(backend).calibrated(SPRING).alone() => calibrated_items_and_norms_are_what_counts);
async fn calibrated_items_and_norms_are_what_counts(portal: Portal) {
    let acme = portal.company("Acme").await;
    portal.person(&acme, "max@acme.example", Role::Member).await;
    let account = unconnected(&portal, &acme, State::Active, &[]).await;
    let ada = invite(&portal, &acme, &account, "o1").await;
    let visitor = portal.visitor();
    // The file has norms of the logic test, which do not speak for the other.
    let begin = visitor.get(&ada.path).await.text("main");
    assert!(begin.contains("The personality test has not yet been tried on a norm sample"), "{begin}");
    let logic_alone = invite(&portal, &acme, &account, "o2").await;
    let id = logic_alone.invitation;
    portal
        .write(move |conn| {
            let tests = invitations::tests.eq(alva_portal::invitations::Tests::Logic);
            diesel::update(invitations::table.find(&id)).set(tests).execute(conn).map_err(DbError::from)?;
            Ok(())
        })
        .await;
    let begin = portal.visitor().get(&logic_alone.path).await.text("main");
    assert!(
        begin.contains("advised not to decide by the scores alone") && !begin.contains("norm sample"),
        "{begin}"
    );
    let result = through_both(&visitor, &ada).await;
    let read = result.text("main");
    assert!(read.contains("In personality, the averages are assumed"), "{read}");
    assert!(!read.contains("In logic, the averages") && !read.contains("taken these tests yet"), "{read}");
    let result = result.text("section[aria-labelledby=logic]");
    assert!(result.contains("Of 100 people who have taken this test, about 99 score lower"), "{result}");

    // The tasks were those of the file, each once.
    let (id, sealer) = (ada.invitation, portal.sealer());
    let items: BTreeSet<String> = portal
        .write(move |conn| {
            let query = sittings::table.find(&id).select(sittings::answers_sealed);
            let sealed: Sealed = query.first(conn).map_err(DbError::from)?;
            let json = sealer.open(&sealed, &format!("sittings.answers:{id}")).unwrap();
            let sitting: serde_json::Value = serde_json::from_str(json.expose_secret()).unwrap();
            let answers = sitting["logic"]["answers"].as_array().unwrap();
            Ok(answers.iter().map(|given| given["item"].as_str().unwrap().to_owned()).collect())
        })
        .await;
    assert_eq!(Vec::from_iter(items), ["f0000000000000001", "f0000000000000002", "f0000000000000003"]);
    // Whatever Ada answered, she is far above a group of whom nobody solves anything.
    let max = portal.signed_in("max@acme.example").await;
    let report = max.get(&format!("/candidates/{}", ada.candidate)).await;
    let row = report.text("section[id^=result] table tbody tr");
    let logic =
        row.lines().find(|line| line.starts_with("Logic") && line.ends_with("or more")).unwrap_or_default();
    assert!(logic.starts_with("Logic10"), "{row}");
    assert!(report.text("section[id^=result]").contains("Parameters and norms: Norm group spring 2027"));
    // The file has norms of the logic test only.
    let people = report.text("ul[id^=people]");
    assert!(people.starts_with("Logic: about 99 of 100 people score lower; with 95 %"), "{people}");
    assert!(!people.contains("Openness"), "{people}");
    let compared = max.get("/candidates/compare?posting=p1").await.text("main");
    assert!(compared.contains("Parameters and norms: Norm group spring 2027"), "{compared}");
}
