//! Time limits, without waiting for them: a task that is open was shown earlier than it was.

use super::*;
use crate::support::lever::unconnected;
use crate::support::on_both_databases;
use alva_portal::db::schema::sittings;
use alva_portal::integrations::State;
use alva_portal::secrets::Sealed;
use secrecy::ExposeSecret as _;

const OVER: &str = "Time ran out for that task";

/// So many seconds pass for the task that the candidate sees.
pub async fn pass(portal: &Portal, invited: &Invited, seconds: i64) {
    let (id, sealer) = (invited.invitation, portal.sealer());
    portal
        .write(move |conn| {
            let place = format!("sittings.answers:{id}");
            let sealed: Sealed = sittings::table
                .find(&id)
                .select(sittings::answers_sealed)
                .first(conn)
                .map_err(DbError::from)?;
            let json = sealer.open(&sealed, &place).unwrap();
            let mut sitting: serde_json::Value = serde_json::from_str(json.expose_secret()).unwrap();
            let shown = &mut sitting["logic"]["open"]["shown_ms"];
            *shown = (shown.as_i64().expect("a task is open") - seconds * 1000).into();
            let sealed = sealer.seal(&sitting.to_string().into(), &place);
            diesel::update(sittings::table.find(&id))
                .set(sittings::answers_sealed.eq(sealed))
                .execute(conn)
                .map_err(DbError::from)?;
            Ok(())
        })
        .await;
}

pub async fn first_task(portal: &Portal, percent: i32) -> (Visitor, Invited, Page) {
    let acme = portal.company("Acme").await;
    let account = unconnected(portal, &acme, State::Active, &[]).await;
    let ada = invite(portal, &acme, &account, "o1").await;
    let id = ada.invitation;
    portal
        .write(move |conn| {
            diesel::update(invitations::table.find(&id))
                .set(invitations::time_percent.eq(percent))
                .execute(conn)
                .map_err(DbError::from)?;
            Ok(())
        })
        .await;
    let visitor = portal.visitor();
    let ready = up_to_the_clock(&visitor, &ada).await;
    let task = go_on(&visitor, &ada, &ready, "Start the first task", &[]).await;
    (visitor, ada, task)
}

/// Comes back after the time of a task was over: nothing is spent before the button.
pub async fn back(who: &Visitor, invited: &Invited) -> Page {
    let page = who.get(&invited.path).await;
    assert_eq!(page.text("h1"), "Continue your assessment");
    go_on(who, invited, &page, "Go on", &[]).await
}

fn seconds_left(page: &Page) -> u64 {
    page.attribute("[role=timer]", "data-countdown").unwrap().parse().unwrap()
}

on_both_databases!(Portal::start => an_answer_after_the_limit_does_not_count_and_one_on_its_way_does);
async fn an_answer_after_the_limit_does_not_count_and_one_on_its_way_does(portal: Portal) {
    let (visitor, ada, first) = first_task(&portal, 100).await;
    // Four seconds late: the answer was on its way over a slow line.
    pass(&portal, &ada, 124).await;
    let second = go_on(&visitor, &ada, &first, "Answer", &[("choice", "0")]).await;
    assert_eq!(second.text("h1"), "Task 2 of 3");
    assert!(!second.text(".flash").contains(OVER), "{}", second.text(".flash"));
    assert!((100..=120).contains(&seconds_left(&second)), "the next task has its own time");
    // Six seconds late, whatever the page's own clock said.
    pass(&portal, &ada, 126).await;
    let third = go_on(&visitor, &ada, &second, "Answer", &[("choice", "0")]).await;
    assert_eq!(third.text("h1"), "Task 3 of 3");
    assert!(third.text(".flash").contains(OVER), "{}", third.text(".flash"));
    // The one that was too late cannot be answered again.
    go_on(&visitor, &ada, &second, "Answer", &[("choice", "1")]).await;
    assert_eq!(visitor.get(&ada.path).await.text("h1"), "Task 3 of 3");
}

on_both_databases!(Portal::start => extra_time_is_kept_by_the_server_too);
async fn extra_time_is_kept_by_the_server_too(portal: Portal) {
    let (visitor, ada, first) = first_task(&portal, 150).await;
    pass(&portal, &ada, 150).await;
    assert!((10..=30).contains(&seconds_left(&visitor.get(&ada.path).await)));
    let second = go_on(&visitor, &ada, &first, "Answer", &[("choice", "0")]).await;
    assert!(!second.text(".flash").contains(OVER), "three minutes are not over");
    pass(&portal, &ada, 186).await;
    let third = go_on(&visitor, &ada, &second, "Answer", &[("choice", "0")]).await;
    assert!(third.text(".flash").contains(OVER));
}

/// The drawn matrix: another task, another drawing.
fn drawing(page: &Page) -> String {
    let (_, rest) = page.html.split_once("<figure class=\"matrix\"").unwrap();
    rest.split_once("</figure>").unwrap().0.to_owned()
}

on_both_databases!(Portal::start => who_was_away_finds_another_task_twice_with_new_time);
async fn who_was_away_finds_another_task_twice_with_new_time(portal: Portal) {
    let (visitor, ada, first) = first_task(&portal, 100).await;
    let mut seen = vec![drawing(&first)];
    // Within the limit the clock goes on, on any device.
    pass(&portal, &ada, 60).await;
    let other = portal.visitor();
    let again = other.get(&ada.path).await;
    assert!((40..=60).contains(&seconds_left(&again)) && !again.html.contains("You were away"));
    for _ in 0..2 {
        pass(&portal, &ada, 3600).await;
        let again = back(&other, &ada).await;
        assert_eq!(again.text("h1"), "Task 1 of 3");
        let matrix = drawing(&again);
        assert!(!seen.contains(&matrix), "a different task instead");
        seen.push(matrix);
        assert!(again.text(".flash").contains("You were away"));
        assert!((100..=120).contains(&seconds_left(&again)));
    }
    pass(&portal, &ada, 3600).await;
    let next = back(&other, &ada).await;
    assert_eq!(next.text("h1"), "Task 2 of 3", "the third time it counts as not solved");
    assert!(next.text(".flash").contains("counts as not solved"), "and the page says so");
    // The result says so, as a caution and no verdict.
    for task in [2, 3] {
        let page = visitor.get(&ada.path).await;
        assert_eq!(page.text("h1"), format!("Task {task} of 3"));
        go_on(&visitor, &ada, &page, "Answer", &[("choice", "0")]).await;
    }
    for _ in 0..15 {
        let page = visitor.get(&ada.path).await;
        answer_page(&visitor, &ada, &page).await;
    }
    let cautions = visitor.get(&ada.path).await.text("section[aria-labelledby=cautions]");
    assert!(cautions.contains("interrupt") && cautions.contains("not a verdict"), "{cautions}");
}
