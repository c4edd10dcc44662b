//! Names from outside, as people see them: found however their letters are composed, isolated in their direction,
//! with something to click, and harmless in a spreadsheet.

use super::{Tenant, linked};
use crate::support::on_both_databases;
use crate::support::portal::Portal;
use alva_portal::db::DbError;
use alva_portal::db::schema::candidates;
use diesel::prelude::*;

on_both_databases!(Portal::start => names_are_found_as_they_are_read);
async fn names_are_found_as_they_are_read(portal: Portal) {
    let acme = Tenant::of(&portal, "Acme").await;
    // As Lever says them: composed here, or not, with the marks that people type and that programs choose.
    let mut ids = Vec::new();
    for (number, name) in [
        "Zoe\u{308} Ångström",
        "Sinéad O’Neil",
        "İbrahim Yılmaz",
        "Åsa Öberg",
        "Jean\u{2010}Luc",
        "100% _Ada\\",
    ]
    .iter()
    .enumerate()
    {
        ids.push(acme.candidate(&format!("o{number}"), name, "Engineer").await.to_string());
    }
    let auditor = acme.auditor().await;
    for (typed, found) in [
        ("Zo\u{eb}", 0),
        ("zoe\u{308}", 0),
        ("ANGSTRO\u{308}M", 9),
        ("a\u{30a}ngstro\u{308}m", 0),
        ("o'neil", 1),
        ("O’NEIL", 1),
        ("SINE\u{301}AD", 1),
        ("ibrahim", 2),
        ("İBRAHİM", 2),
        ("öberg åsa", 3),
        ("  asa\u{30a} engineer", 9),
        ("a\u{30a}sa engineer", 3),
        ("jean-luc", 4),
        ("100%", 5),
        ("_ada", 5),
        ("ada\\", 5),
        ("1%%", 9),
    ] {
        let query: String = url::form_urlencoded::byte_serialize(typed.as_bytes()).collect();
        let expected: Vec<String> = ids.get(found).cloned().into_iter().collect();
        let page = auditor.get(&format!("/candidates?q={query}")).await;
        assert_eq!(linked(&page, "Candidate"), expected, "{typed}");
        let page = auditor.get(&format!("/events?q={query}")).await;
        assert_eq!(page.status, 200, "{typed}");
    }
}

on_both_databases!(Portal::start => rows_that_are_kept_already_are_found_too);
async fn rows_that_are_kept_already_are_found_too(portal: Portal) {
    let acme = Tenant::of(&portal, "Acme").await;
    let zoe = acme.candidate("o1", "Zoe", "Engineer").await;
    let oneil = acme.candidate("o2", "O’Neil", "Engineer").await;
    portal
        .write(move |conn| {
            for (id, text) in [(zoe, "zoe\u{308} engineer"), (oneil, "o’neil engineer")] {
                diesel::update(candidates::table.find(&id))
                    .set(candidates::search.eq(text))
                    .execute(conn)
                    .map_err(DbError::from)?;
            }
            Ok(())
        })
        .await;
    let auditor = acme.auditor().await;
    for (query, id) in [("Zo%C3%AB", zoe), ("zoe%CC%88", zoe), ("O%E2%80%99Neil", oneil)] {
        let page = auditor.get(&format!("/candidates?q={query}")).await;
        assert_eq!(linked(&page, "Candidate"), [id.to_string()], "{query}");
    }
}

on_both_databases!(Portal::start => a_name_turns_nothing_and_can_be_clicked);
async fn a_name_turns_nothing_and_can_be_clicked(portal: Portal) {
    let acme = Tenant::of(&portal, "Acme").await;
    let turned = acme.candidate("o1", "\u{202e}gnp.exe adA", "Engineer").await;
    let unseen = acme.candidate("o2", "\u{200b}", "Engineer").await;
    let hebrew = acme.candidate("o3", "\u{5d0}\u{5d3}\u{5d4}", "Engineer").await;
    acme.keep(vec![alva_portal::events::Event { opportunity_id: Some("o2".into()), ..acme.event(1) }]).await;
    let auditor = acme.auditor().await;
    let list = auditor.get("/candidates").await;
    for (id, text) in
        [(turned, "gnp.exe adA"), (unseen, "No name in Lever"), (hebrew, "\u{5d0}\u{5d3}\u{5d4}")]
    {
        let name = list.text(&format!("a[href='/candidates/{id}'] bdi"));
        assert!(name.ends_with(text), "{name:?} is not {text:?}");
        let page = auditor.get(&format!("/candidates/{id}")).await;
        assert_eq!(page.attribute("h1", "dir").as_deref(), Some("auto"));
        assert!(page.text("h1").ends_with(text), "{}", page.text("h1"));
    }
    assert_eq!(auditor.get("/events").await.text("td a bdi"), "No name in Lever");
}

on_both_databases!(Portal::start => a_spreadsheet_opens_it_right_and_runs_nothing);
async fn a_spreadsheet_opens_it_right_and_runs_nothing(portal: Portal) {
    let acme = Tenant::of(&portal, "Acme").await;
    let names =
        ["=1+1", "+46 70", " =1+1", "\u{a0}=1+1", "\u{ff1d}1+1", "\u{200b}=1+1", "\u{ff0b}1", "Åsa Öberg"];
    for (number, name) in names.iter().enumerate() {
        acme.candidate(&format!("o{number}"), name, "Engineer").await;
        let event = acme.event(number as u64 + 1);
        acme.keep(vec![alva_portal::events::Event { opportunity_id: Some(format!("o{number}")), ..event }])
            .await;
    }
    let auditor = acme.auditor().await;
    for path in ["/events.csv", "/audit.csv"] {
        let (_, _, _, bytes) = auditor.file(path).await;
        assert_eq!(bytes[..3], *b"\xef\xbb\xbf", "{path} begins as Excel wants it");
        assert_eq!(String::from_utf8(bytes).unwrap().matches('\u{feff}').count(), 1, "{path}");
    }
    let (_, _, _, bytes) = auditor.file("/events.csv").await;
    let text = String::from_utf8(bytes).unwrap();
    for name in &names[..names.len() - 1] {
        assert!(text.contains(&format!(",'{name},")), "{name:?} is a formula in {text}");
    }
    assert!(text.contains(",Åsa Öberg,"), "{text}");
    let (_, _, _, lines) = auditor.file("/events.ndjson").await;
    assert_eq!(lines[0], b'{', "JSON has no mark before it");
}
