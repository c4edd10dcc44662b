//! Pilot tasks: tried out with those who let their answers improve the tests, and left out of every result.

use super::clock::pass;
use super::rights::{agreed, configure};
use super::*;
use crate::support::lever::unconnected;
use crate::support::on_both_databases;
use alva_portal::db::schema::sittings;
use alva_portal::ids::IntegrationId;
use alva_portal::integrations::State;
use alva_portal::people::Role;
use alva_portal::secrets::Sealed;
use secrecy::ExposeSecret as _;
use serde_json::Value;

async fn acme(portal: &Portal) -> (Company, IntegrationId) {
    let acme = portal.company("Acme").await;
    portal.person(&acme, "dana@acme.example", Role::Admin).await;
    let account = unconnected(portal, &acme, State::Active, &[]).await;
    (acme, account)
}

/// Agrees, and goes through practice: up to the moment before the clock starts.
async fn begin(who: &Visitor, invited: &Invited, fields: &[(&str, &str)]) -> Page {
    let page = who.get(&invited.path).await;
    let page = go_on(who, invited, &page, "I agree, begin", fields).await;
    past_practice(who, invited, page).await
}

/// Answers so many tasks, of which this is the first.
async fn tasks(who: &Visitor, invited: &Invited, ready: &Page, count: usize) -> Page {
    let mut page = go_on(who, invited, ready, "Start the first task", &[]).await;
    for number in 1..=count {
        assert_eq!(page.text("h1"), format!("Task {number} of {count}"));
        page = go_on(who, invited, &page, "Answer", &[("choice", "0")]).await;
    }
    page
}

/// The answers to tasks that are kept.
async fn kept(portal: &Portal, invited: &Invited) -> Vec<Value> {
    let (id, sealer) = (invited.invitation, portal.sealer());
    portal
        .write(move |conn| {
            let query = sittings::table.find(&id).select(sittings::answers_sealed);
            let sealed: Sealed = query.first(conn).map_err(DbError::from)?;
            let json = sealer.open(&sealed, &format!("sittings.answers:{id}")).unwrap();
            let sitting: Value = serde_json::from_str(json.expose_secret()).unwrap();
            Ok(sitting["logic"]["answers"].as_array().unwrap().clone())
        })
        .await
}

on_both_databases!(Portal::start => pilot_tasks_are_announced_mixed_in_and_in_no_result);
async fn pilot_tasks_are_announced_mixed_in_and_in_no_result(portal: Portal) {
    let (acme, account) = acme(&portal).await;
    let ada = invite(&portal, &acme, &account, "o1").await;
    let words = |count| format!("The logic test then has {count} extra tasks among the others.");
    let visitor = portal.visitor();
    let page = visitor.get(&ada.path).await.text("main");
    assert!(
        page.contains("makes no difference to you") && !page.contains("extra tasks"),
        "off unless chosen: {page}"
    );
    configure(&portal, "dana@acme.example", &[("pilot_tasks", "2")]).await;
    let page = visitor.get(&ada.path).await.text("main");
    assert!(page.contains(&words(2)) && page.contains("they do not count"), "{page}");
    assert!(!page.contains("makes no difference to you"), "{page}");
    for (language, text) in [
        ("sv", "2 uppgifter till"),
        ("de", "2 Aufgaben mehr"),
        ("da", "2 opgaver mere"),
        ("nb", "2 oppgaver til"),
    ] {
        choose_language(&visitor, &ada.path, language).await;
        let page = visitor.get(&ada.path).await.text("main");
        assert!(page.contains(text), "{language}: {page}");
    }
    choose_language(&visitor, &ada.path, "en").await;

    let ready = begin(&visitor, &ada, &[("improve", "yes")]).await;
    assert!(ready.text("main").contains("There are at most 5 tasks."), "{}", ready.text("main"));
    assert!(ready.text("main").contains("2 of these tasks are only being tried out and do not count."));
    let (_, text) = agreed(&portal, &ada).await;
    assert!(text.contains("My answers may help") && text.contains(&words(2)), "{text}");
    let mut page = tasks(&visitor, &ada, &ready, 5).await;
    for _ in 0..15 {
        page = answer_page(&visitor, &ada, &page).await;
    }
    assert_eq!(page.text("h1"), "Your result");
    let pilots: Vec<bool> =
        kept(&portal, &ada).await.iter().map(|given| given["pilot"] == Value::Bool(true)).collect();
    assert_eq!((pilots.len(), pilots.iter().filter(|pilot| **pilot).count(), pilots[0]), (5, 2, false));
    let (_, _, _, data) = visitor.file(&format!("{}/data.json", ada.path)).await;
    let data: Value = serde_json::from_slice(&data).unwrap();
    assert_eq!(data["result"]["logic"]["tasks"], 3, "three tasks count");
    let counts: Vec<bool> = data["logic_answers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|task| task["counts"].as_bool().unwrap())
        .collect();
    assert_eq!(counts, pilots.iter().map(|pilot| !pilot).collect::<Vec<_>>());
    let dana = portal.signed_in("dana@acme.example").await;
    let report = dana.get(&format!("/candidates/{}", ada.candidate)).await.html;
    for page in [page.html, report, data["result"].to_string()] {
        for word in ["pilot", "tried out", "of 5 tasks"] {
            assert!(!page.contains(word), "{word:?} is in {page}");
        }
    }
}

on_both_databases!(Portal::start => who_keeps_the_answers_gets_no_pilot_tasks);
async fn who_keeps_the_answers_gets_no_pilot_tasks(portal: Portal) {
    let (acme, account) = acme(&portal).await;
    configure(&portal, "dana@acme.example", &[("pilot_tasks", "3")]).await;
    let ada = invite(&portal, &acme, &account, "o1").await;
    let visitor = portal.visitor();
    let ready = begin(&visitor, &ada, &[]).await;
    assert!(
        ready.text("main").contains("There are at most 3 tasks.") && !ready.text("main").contains("tried")
    );
    assert!(!agreed(&portal, &ada).await.1.contains("tried out"), "what was not agreed to is not kept");
    tasks(&visitor, &ada, &ready, 3).await;
    // Another form begins with practice again, and carries as many.
    let grace = invite(&portal, &acme, &account, "o2").await;
    let visitor = portal.visitor();
    let page = visitor.get(&grace.path).await;
    let page = go_on(&visitor, &grace, &page, "I agree, begin", &[("improve", "yes")]).await;
    let page = go_on(&visitor, &grace, &page, "Show the tasks as words and numbers instead", &[]).await;
    let ready = past_practice(&visitor, &grace, page).await;
    tasks(&visitor, &grace, &ready, 6).await;
}

#[actix_web::test]
async fn a_company_chooses_up_to_three() {
    let portal = Portal::start(alva_portal::db::Backend::Sqlite).await;
    acme(&portal).await;
    let dana = portal.signed_in("dana@acme.example").await;
    for wrong in ["4", "-1", "many", ""] {
        let page = dana.get("/settings/company").await;
        let page = dana.press(&page, "Save settings", &[("pilot_tasks", wrong)]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(page.text("#pilot_tasks-error"), "Enter a whole number from 0 to 3; 0 leaves them out.");
    }
    configure(&portal, "dana@acme.example", &[("pilot_tasks", "3")]).await;
    let page = dana.get("/settings/company").await;
    assert_eq!(page.attribute("#pilot_tasks", "value").as_deref(), Some("3"));
}

on_both_databases!(Portal::start => answers_are_exported_and_calibrated_with_their_marks);
/// Thirty people are the fewest that may be exported; a result that counts for two postings is there once.
async fn answers_are_exported_and_calibrated_with_their_marks(portal: Portal) {
    let (acme, account) = acme(&portal).await;
    configure(&portal, "dana@acme.example", &[("pilot_tasks", "1")]).await;
    let first = through(&portal, &acme, &account, 0).await;
    for number in 1..29 {
        through(&portal, &acme, &account, number).await;
    }
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().to_str().unwrap().to_owned();
    let (done, said) = portal.command(&["assessment", "export", "--to", &to]).await;
    assert!(!done && said.contains("answers from 29 people"), "{said}");
    // A copy for another posting is no thirtieth person.
    let copy = invite(&portal, &acme, &account, "copy").await;
    take_over(&portal, first.invitation, copy.invitation).await;
    let (done, said) = portal.command(&["assessment", "export", "--to", &to]).await;
    assert!(!done && said.contains("answers from 29 people"), "{said}");
    through(&portal, &acme, &account, 29).await;
    let (done, said) = portal.command(&["assessment", "export", "--to", &to]).await;
    assert!(done && said.contains("30 people"), "{said}");
    let table = |name: &str| -> Vec<Vec<String>> {
        let text = std::fs::read_to_string(folder.path().join(name)).unwrap();
        text.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect()
    };
    assert!(!folder.path().join("personality.csv").exists(), "nobody took that test");
    let marks = table("pilots.csv");
    assert_eq!(marks.len(), 31);
    assert_eq!(marks[0], table("logic.csv")[0], "the same columns");
    for line in &marks[1..] {
        let count = |mark: &str| line.iter().skip(1).filter(|cell| *cell == mark).count();
        assert_eq!((count("1"), count("0")), (1, 3), "{line:?}");
    }
    let items = table("items.csv");
    assert_eq!(items[0][6], "pilot");
    assert_eq!(items[1..].iter().map(|line| line[6].parse::<u32>().unwrap()).sum::<u32>(), 30);
    let file = folder.path().join("found.json");
    let arguments = ["assessment", "calibrate", "--to", file.to_str().unwrap(), "--name", "Pilot group"];
    let (done, said) = portal.command(&arguments).await;
    assert!(said.contains("Pilot tasks: ") && said.contains("of them have 200 answers"), "{said}");
    // Thirty replace nothing: there is no file that would call the assumed parameters theirs.
    assert!(!done && said.contains("no file is written") && !file.exists(), "{said}");
    let taken = ["assessment", "calibrate", "--to", folder.path().to_str().unwrap(), "--name", "x"];
    let (done, said) = portal.command(&taken).await;
    assert!(!done && said.contains("is there already"), "{said}");
    let (done, said) = portal.command(&["assessment", "calibrate", "--to", "f.json", "--name", " "]).await;
    assert!(!done && said.contains("the name is empty"), "{said}");
}

/// Somebody takes the logic test, with a pilot task in it.
async fn through(portal: &Portal, acme: &Company, account: &IntegrationId, number: usize) -> Invited {
    let invited = invite(portal, acme, account, &format!("o{number}")).await;
    let (id, candidate, email) = (invited.invitation, invited.candidate, format!("p{number}@people.example"));
    portal
        .write(move |conn| {
            let logic = invitations::tests.eq(alva_portal::invitations::Tests::Logic);
            diesel::update(invitations::table.find(&id)).set(logic).execute(conn).map_err(DbError::from)?;
            diesel::update(candidates::table.find(&candidate))
                .set(candidates::email.eq(email))
                .execute(conn)
                .map_err(DbError::from)?;
            Ok(())
        })
        .await;
    let visitor = portal.visitor();
    let ready = begin(&visitor, &invited, &[("improve", "yes")]).await;
    assert!(ready.text("main").contains("One of these tasks is only being tried out"));
    let mut page = go_on(&visitor, &invited, &ready, "Start the first task", &[]).await;
    for _ in 0..4 {
        // Long enough to have looked.
        pass(portal, &invited, 20).await;
        page = go_on(&visitor, &invited, &page, "Answer", &[("choice", "0")]).await;
    }
    assert_eq!(page.text("h1"), "Your result");
    invited
}

/// The result of one invitation counts for another, too.
async fn take_over(portal: &Portal, from: InvitationId, to: InvitationId) {
    let sealer = portal.sealer();
    portal
        .write(move |conn| {
            let found: (Sealed, Timestamp, Option<Timestamp>, Option<Sealed>, alva_portal::ids::CompanyId) =
                sittings::table
                    .find(&from)
                    .select((
                        sittings::answers_sealed,
                        sittings::started_at,
                        sittings::finished_at,
                        sittings::result_sealed,
                        sittings::company_id,
                    ))
                    .first(conn)
                    .map_err(DbError::from)?;
            let (sealed, started, finished, result, company) = found;
            let json = sealer.open(&sealed, &format!("sittings.answers:{from}")).unwrap();
            let result = result.map(|sealed| {
                let json = sealer.open(&sealed, &format!("sittings.result:{from}")).unwrap();
                sealer.seal(&json, &format!("sittings.result:{to}"))
            });
            let row = (
                sittings::invitation_id.eq(&to),
                sittings::company_id.eq(company),
                sittings::answers_sealed.eq(sealer.seal(&json, &format!("sittings.answers:{to}"))),
                sittings::started_at.eq(started),
                sittings::finished_at.eq(finished),
                sittings::result_sealed.eq(result),
            );
            diesel::insert_into(sittings::table).values(row).execute(conn).map_err(DbError::from)?;
            diesel::update(invitations::table.find(&to))
                .set(invitations::reused_from.eq(Some(&from)))
                .execute(conn)
                .map_err(DbError::from)?;
            Ok(())
        })
        .await;
}
