//! Step by step: what is kept, and what does no harm.

use super::*;
use crate::support::lever::unconnected;
use crate::support::on_both_databases;
use crate::support::wait::{PATIENCE, until};
use alva_portal::audit;
use alva_portal::db::schema::{actions, sittings};
use alva_portal::db::{Backend, Conn, dialect};
use alva_portal::integrations::State;
use alva_portal::invitations::actions::ActionKind;

on_both_databases!(Portal::start => a_candidate_takes_both_tests_and_reads_the_result);
async fn a_candidate_takes_both_tests_and_reads_the_result(portal: Portal) {
    let acme = portal.company("Acme").await;
    let account = unconnected(&portal, &acme, State::Active, &[]).await;
    let ada = invite(&portal, &acme, &account, "o1").await;
    let visitor = portal.visitor();
    let result = through_both(&visitor, &ada).await;
    for part in [
        "Logic",
        "Extraversion",
        "Sense of beauty",
        "no norm sample has taken these tests yet",
        "not a verdict",
    ] {
        assert!(result.html.contains(part), "{part:?} is not in the result");
    }
    assert!(!result.html.to_lowercase().contains("role fit"), "role fit is the company's");
    assert_eq!(state_of(&portal, &ada).await, InvitationState::Completed);
    // On another device the same link shows the result again.
    assert_eq!(portal.visitor().get(&ada.path).await.text("h1"), "Your result");
    // Tag at the beginning; tag, note, link and file at the end. There is no progression stage.
    let wanted = ["add_tag", "add_tag", "add_note", "add_link", "upload_report"];
    assert_eq!(planned(&portal, &ada).await, wanted);
}

async fn planned(portal: &Portal, invited: &Invited) -> Vec<&'static str> {
    let id = invited.invitation;
    let kinds: Vec<ActionKind> = portal
        .write(move |conn| {
            let query = actions::table.filter(actions::invitation_id.eq(&id)).order(actions::id.asc());
            Ok(query.select(actions::kind).load(conn).map_err(DbError::from)?)
        })
        .await;
    kinds.into_iter().map(ActionKind::as_str).collect()
}

on_both_databases!(Portal::start => double_clicks_second_tabs_and_the_back_button_do_no_harm);
async fn double_clicks_second_tabs_and_the_back_button_do_no_harm(portal: Portal) {
    let acme = portal.company("Acme").await;
    let account = unconnected(&portal, &acme, State::Active, &[]).await;
    let ada = invite(&portal, &acme, &account, "o1").await;
    let visitor = portal.visitor();
    let begin = visitor.get(&ada.path).await;
    let practice = go_on(&visitor, &ada, &begin, "I agree, begin", &[]).await;
    // The page of consent, sent again from a second tab.
    go_on(&visitor, &ada, &begin, "I agree, begin", &[("form", "words")]).await;
    assert_eq!(visitor.get(&ada.path).await.text("h1"), "Practice 1 of 3");
    // Every practice task is explained after its answer, right or wrong, row by row, and only once.
    let mut page = practice;
    for number in 1..=3 {
        assert_eq!(page.text("h1"), format!("Practice {number} of 3"));
        let told = go_on(&visitor, &ada, &page, "Check", &[("choice", "0")]).await;
        let lead = told.text(".lead");
        assert!(
            ["Correct. This is how it works:", "Not quite. This is how it works:"].contains(&lead.as_str()),
            "{lead}"
        );
        // What goes by a rule, and what never changes though options differ in it.
        let attributes = told.text(".explained h2").lines().count();
        let rows = told.text(".explained .rows li").lines().count();
        assert!(attributes > 0 && rows == 3 * attributes, "three rows each: {rows} for {attributes}");
        assert!(!told.text(".explained .answer").is_empty());
        // The answered page, sent again.
        go_on(&visitor, &ada, &page, "Check", &[("choice", "1")]).await;
        assert_eq!(visitor.get(&ada.path).await.text(".lead"), lead);
        page = go_on(&visitor, &ada, &told, "Go on", &[]).await;
    }
    assert_eq!(page.text("h1"), "Practice is over");
    let ready = page;
    let first = go_on(&visitor, &ada, &ready, "Start the first task", &[]).await;
    assert_eq!(first.text("h1"), "Task 1 of 3");
    assert!(first.attribute("[role=timer]", "data-countdown").unwrap().parse::<u64>().unwrap() <= 120);

    // Nothing chosen: the same task asks for a choice.
    let empty = visitor.press(&first, "Answer", &[]).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(empty.text(".error-summary").contains("Choose one of the options"));
    // Reloading shows the same task; the other form is no longer to be had.
    assert_eq!(visitor.get(&ada.path).await.text("h1"), "Task 1 of 3");
    visitor.post(&format!("{}/form", ada.path), &[("form", "words")]).await.leads_to(&ada.path);
    assert!(visitor.get(&ada.path).await.html.contains("figure class=\"matrix\""));
    // Answered, and answered again from the kept page, with another choice.
    let second = go_on(&visitor, &ada, &first, "Answer", &[("choice", "3")]).await;
    go_on(&visitor, &ada, &first, "Answer", &[("choice", "4")]).await;
    assert_eq!(visitor.get(&ada.path).await.text("h1"), "Task 2 of 3");
    // A step that no page of ours sends.
    let path = format!("{}/answer", ada.path);
    for (step, choice) in [("99", "0"), ("5", "12")] {
        let sent = visitor.post(&path, &[("step", step), ("choice", choice)]).await;
        assert_eq!(sent.status, StatusCode::CONFLICT, "{step} {choice}");
    }
    // A device whose battery died: another one goes on with the same task.
    let other = portal.visitor();
    let resumed = other.get(&ada.path).await;
    assert_eq!(resumed.text("h1"), "Task 2 of 3");
    assert_eq!(resumed.attribute("input[name=step]", "value"), second.attribute("input[name=step]", "value"));
    let third = go_on(&other, &ada, &resumed, "Skip this task", &[("pass", "yes")]).await;
    go_on(&other, &ada, &third, "Answer", &[("choice", "1")]).await;

    // A page of statements with a gap comes back with what was chosen; an earlier page can be seen.
    let page = visitor.get(&ada.path).await;
    let names = statements(&page);
    let gap = visitor.press(&page, "Save and go on", &[(&names[0], "5"), (&names[1], "1")]).await;
    assert_eq!(gap.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(gap.text(".statement .error").lines().count(), 4);
    assert_eq!(gap.attribute(&format!("input[name={}][checked]", names[0]), "value").as_deref(), Some("5"));
    let next = answer_page(&visitor, &ada, &gap).await;
    assert_eq!(next.text("h1"), "Personality, page 2 of 15");
    let back = visitor.get(&next.attribute("a.button.end", "href").unwrap()).await;
    assert_eq!(back.text("h1"), "Personality, page 1 of 15");
    assert_eq!(back.attribute("input[checked]", "value").as_deref(), Some("4"));
    let ahead = visitor.get(&format!("{}?page=9", ada.path)).await;
    assert_eq!(ahead.text("h1"), "Personality, page 2 of 15");
}

on_both_databases!(Portal::start => the_server_keeps_the_time);
async fn the_server_keeps_the_time(portal: Portal) {
    let acme = portal.company("Acme").await;
    let account = unconnected(&portal, &acme, State::Active, &[]).await;
    let ada = invite(&portal, &acme, &account, "o1").await;
    let id = ada.invitation;
    portal
        .write(move |conn| {
            diesel::update(invitations::table.find(&id))
                .set(invitations::time_percent.eq(150))
                .execute(conn)
                .map_err(DbError::from)?;
            Ok(())
        })
        .await;
    let visitor = portal.visitor();
    let ready = up_to_the_clock(&visitor, &ada).await;
    assert!(ready.text("main").contains("3 minutes"), "the company gave half as much again");
    let task = go_on(&visitor, &ada, &ready, "Start the first task", &[]).await;
    let left: u64 = task.attribute("[role=timer]", "data-countdown").unwrap().parse().unwrap();
    assert!((121..=180).contains(&left), "{left}");
    // The script's word that the time is up is a pass: the task counts as not solved.
    let next = go_on(&visitor, &ada, &task, "Answer", &[("time_up", "yes")]).await;
    assert_eq!(next.text("h1"), "Task 2 of 3");
    assert!(next.text(".flash").contains("Time ran out for that task"));
}

on_both_databases!(Portal::start => words_instead_of_figures);
async fn words_instead_of_figures(portal: Portal) {
    let acme = portal.company("Acme").await;
    let account = unconnected(&portal, &acme, State::Active, &[]).await;
    let ada = invite(&portal, &acme, &account, "o1").await;
    let visitor = portal.visitor();
    let begin = visitor.get(&ada.path).await;
    let practice = go_on(&visitor, &ada, &begin, "I agree, begin", &[("form", "words")]).await;
    assert!(!practice.html.contains("<svg"));
    assert_eq!(practice.text("table.matrix td").lines().count(), 9);
    assert_eq!(practice.text("td.missing"), "missing");
    let drawn = go_on(&visitor, &ada, &practice, "Show the tasks as figures instead", &[]).await;
    assert_eq!(drawn.text("h1"), "Practice 1 of 3");
    assert!(drawn.html.contains("<svg") && drawn.html.len() < 50_000, "{} bytes", drawn.html.len());
}

on_both_databases!(Portal::start => practice_goes_on_as_long_as_it_is_wished);
async fn practice_goes_on_as_long_as_it_is_wished(portal: Portal) {
    let acme = portal.company("Acme").await;
    let account = unconnected(&portal, &acme, State::Active, &[]).await;
    let ada = invite(&portal, &acme, &account, "o1").await;
    let visitor = portal.visitor();
    let mut page = visitor.get(&ada.path).await;
    page = go_on(&visitor, &ada, &page, "I agree, begin", &[]).await;
    for number in 1..=5 {
        assert!(page.text("h1").starts_with(&format!("Practice {number} of")), "{}", page.text("h1"));
        page = go_on(&visitor, &ada, &page, "Check", &[("choice", "0")]).await;
        let (button, fields): (_, &[(&str, &str)]) =
            if number < 3 { ("Go on", &[]) } else { ("Practise more", &[("more", "yes")]) };
        page = go_on(&visitor, &ada, &page, button, fields).await;
    }
    assert_eq!(page.text("h1"), "Practice 6 of 6");
    page = go_on(&visitor, &ada, &page, "Show the answer", &[("pass", "yes")]).await;
    page = go_on(&visitor, &ada, &page, "Go on", &[]).await;
    assert_eq!(page.text("h1"), "Practice is over");
}

on_both_databases!(Portal::start => withdrawing_erases_the_answers);
async fn withdrawing_erases_the_answers(portal: Portal) {
    let acme = portal.company("Acme").await;
    let account = unconnected(&portal, &acme, State::Active, &[]).await;
    let ada = invite(&portal, &acme, &account, "o1").await;
    let visitor = portal.visitor();
    let result = through_both(&visitor, &ada).await;
    let ask = visitor.get(&result.attribute("a[href$=withdraw]", "href").unwrap()).await;
    assert!(ask.text("main").contains("cannot be undone"));
    visitor.press(&ask, "Withdraw and erase everything", &[]).await.leads_to(&ada.path);
    assert_eq!(visitor.get(&ada.path).await.status, StatusCode::GONE);
    assert_eq!(state_of(&portal, &ada).await, InvitationState::Withdrawn);
    let kept: i64 =
        portal.write(move |conn| Ok(sittings::table.count().get_result(conn).map_err(DbError::from)?)).await;
    assert_eq!(kept, 0);
    // Whoever has the link can do it: from where it came is written down.
    let company = acme.id;
    let rows = portal.running.db.read(move |conn| audit::page(conn, &company, None, 100)).await.unwrap();
    let row = rows.iter().find(|row| row.action == "assessment.withdrawn").unwrap();
    let detail: serde_json::Value = serde_json::from_str(&row.detail).unwrap();
    assert_eq!((row.actor.as_str(), &detail["results_removed"]), ("not logged in", &1.into()));
    assert!(detail["network"].is_string(), "{detail}");
}

on_both_databases!(Portal::start => tabs_that_answer_at_the_same_moment_take_turns);
async fn tabs_that_answer_at_the_same_moment_take_turns(portal: Portal) {
    let acme = portal.company("Acme").await;
    let account = unconnected(&portal, &acme, State::Active, &[]).await;
    let ada = invite(&portal, &acme, &account, "o1").await;
    let visitor = portal.visitor();
    let begin = visitor.get(&ada.path).await;
    let at_once =
        futures_util::future::join_all((0..8).map(|_| visitor.press(&begin, "I agree, begin", &[])));
    at_once.await.iter().for_each(|answer| answer.leads_to(&ada.path));
    assert_eq!(planned(&portal, &ada).await, ["add_tag"], "begun once");
    let practice = visitor.get(&ada.path).await;
    let ready = past_practice(&visitor, &ada, practice).await;
    let first = go_on(&visitor, &ada, &ready, "Start the first task", &[]).await;
    let choices: Vec<String> = (0..8).map(|n: u8| n.to_string()).collect();
    let at_once = choices
        .iter()
        .map(|choice| async { visitor.press(&first, "Answer", &[("choice", choice.as_str())]).await });
    futures_util::future::join_all(at_once).await.iter().for_each(|answer| answer.leads_to(&ada.path));
    assert_eq!(visitor.get(&ada.path).await.text("h1"), "Task 2 of 3", "one of them counted");
}

/// Without it two instances on one PostgreSQL could take two answers to one task. SQLite has one writer.
#[actix_web::test]
async fn an_answer_waits_for_its_turn_on_postgres() {
    let portal = Portal::start(Backend::Postgres).await;
    let acme = portal.company("Acme").await;
    let account = unconnected(&portal, &acme, State::Active, &[]).await;
    let ada = invite(&portal, &acme, &account, "o1").await;
    let visitor = portal.visitor();
    let ready = up_to_the_clock(&visitor, &ada).await;
    let first = go_on(&visitor, &ada, &ready, "Start the first task", &[]).await;
    // Somebody else has the candidate's turn, until told to end it.
    let (begun, has_begun) = tokio::sync::oneshot::channel();
    let (end, is_to_end) = std::sync::mpsc::channel::<()>();
    let id = ada.invitation;
    let turn = portal.running.db.write(move |conn| {
        dialect::lock_test_session(conn, &id)?;
        begun.send(()).unwrap();
        is_to_end.recv().unwrap();
        Ok::<_, DbError>(())
    });
    let answer = async {
        has_begun.await.unwrap();
        let sent = visitor.press(&first, "Answer", &[("choice", "0")]);
        let waits = async {
            until("the answer to wait for its turn", PATIENCE, async || {
                let waiting = portal.running.db.read(waiting_for_a_turn).await.unwrap();
                (waiting == 1).then_some(())
            })
            .await;
            end.send(()).unwrap();
        };
        futures_util::future::join(sent, waits).await.0
    };
    let (turn, answer) = futures_util::future::join(turn, answer).await;
    turn.unwrap();
    answer.leads_to(&ada.path);
    assert_eq!(visitor.get(&ada.path).await.text("h1"), "Task 2 of 3");
}

/// So many transactions of this database wait for a lock like that of a turn.
fn waiting_for_a_turn(conn: &mut Conn) -> Result<i64, DbError> {
    #[derive(QueryableByName)]
    struct Waiting {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        count: i64,
    }
    let Conn::Postgres(conn) = conn else { panic!("turns are PostgreSQL's") };
    let asked = diesel::sql_query(
        "SELECT count(*) AS count FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
    );
    Ok(asked.get_result::<Waiting>(conn)?.count)
}
