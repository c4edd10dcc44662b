//! Who takes a logic test a second time: what was met stays unmet, and what was noticed is said to both.

use super::paper::text_of;
use super::rights::agreed;
use super::*;
use crate::support::fixture::Fixture;
use crate::support::lever::unconnected;
use crate::support::on_both_databases;
use alva_portal::db::schema::{sittings, verifications};
use alva_portal::db::{Backend, Conn};
use alva_portal::integrations::State;
use alva_portal::people::Role;
use alva_portal::secrets::Sealed;
use alva_portal::test_sessions::agreements;
use secrecy::ExposeSecret as _;
use std::collections::BTreeSet;

/// Nine tasks, of which a test shows three.
fn nine() -> String {
    let item = |n: u8| {
        let b = f64::from(n) / 4.0 - 1.0;
        format!(r#"{{"id": "g000000000000000{n}", "a": 1.2, "b": {b}, "c": 0.083}}"#)
    };
    let items = (1..=9).map(item).collect::<Vec<_>>().join(", ");
    format!(
        r#"{{"name": "Nine", "logic": {{"bank_size": 10, "only_items": true, "items": [{items}],
            "stop": {{"min_items": 3, "max_items": 3, "precision": 0.3}}}}}}"#
    )
}

/// The tasks that were answered in what was sealed for this place.
fn answered(portal: &Portal, sealed: &Sealed, place: &str) -> BTreeSet<String> {
    let json = portal.sealer().open(sealed, place).unwrap();
    let kept: serde_json::Value = serde_json::from_str(json.expose_secret()).unwrap();
    let run = if kept["logic"].is_null() { &kept } else { &kept["logic"] };
    let answers = run["answers"].as_array().unwrap();
    answers.iter().map(|given| given["item"].as_str().unwrap().to_owned()).collect()
}

async fn of_first(portal: &Portal, id: InvitationId) -> BTreeSet<String> {
    let read = move |conn: &mut Conn| {
        let sealed = sittings::table.find(&id).select(sittings::answers_sealed);
        Ok(sealed.first(conn).map_err(DbError::from)?)
    };
    let sealed: Sealed = portal.write(read).await;
    answered(portal, &sealed, &format!("sittings.answers:{id}"))
}

async fn of_second(portal: &Portal, id: InvitationId) -> BTreeSet<String> {
    let read = move |conn: &mut Conn| {
        let sealed = verifications::table.find(&id).select(verifications::answers_sealed);
        Ok(sealed.first(conn).map_err(DbError::from)?)
    };
    let sealed: Sealed = portal.write(read).await;
    answered(portal, &sealed, &format!("verifications.answers:{id}"))
}

/// The link of the verification test, which the company asks for.
async fn second_test(portal: &Portal, ada: &Invited) -> url::Url {
    let max = portal.signed_in("max@acme.example").await;
    let report = max.get(&format!("/candidates/{}", ada.candidate)).await;
    max.press(&report, "Verification test", &[]).await.text("#verify-link").parse().unwrap()
}

/// Through the verification test, with these fields beside each answer.
async fn verified(portal: &Portal, link: &url::Url, fields: &[(&str, &str)]) {
    let device = portal.visitor();
    let begin = device.get(link.path()).await;
    device.press(&begin, "Start the first task", &[]).await.leads_to(link.path());
    for _ in 0..3 {
        let page = device.get(link.path()).await;
        let all: Vec<(&str, &str)> = [("choice", "1")].into_iter().chain(fields.iter().copied()).collect();
        device.press(&page, "Answer", &all).await.leads_to(link.path());
    }
}

async fn tasks_that_were_met_do_not_come_again(backend: Backend) {
    let portal = Fixture::on(backend).calibrated(&nine()).alone().await;
    let acme = portal.company("Acme").await;
    portal.person(&acme, "max@acme.example", Role::Admin).await;
    let account = unconnected(&portal, &acme, State::Active, &[]).await;
    let ada = invite(&portal, &acme, &account, "o1").await;
    through_both(&portal.visitor(), &ada).await;
    let first = of_first(&portal, ada.invitation).await;
    let link = second_test(&portal, &ada).await;
    verified(&portal, &link, &[]).await;
    let second = of_second(&portal, ada.invitation).await;
    assert_eq!((first.len(), second.len()), (3, 3));
    assert!(first.is_disjoint(&second), "{first:?} and {second:?}");

    // The results are removed, and with them the answers; that these tasks were met is not.
    let max = portal.signed_in("max@acme.example").await;
    let ask = max.get(&format!("/candidates/{}/retake", ada.candidate)).await;
    let name = [("full_name", "Ada Byron")];
    let done = max.press(&ask, "Remove the results and invite again", &name).await;
    done.leads_to(&format!("/candidates/{}", ada.candidate));
    let candidate = ada.candidate;
    let (id, code): (InvitationId, Sealed) = portal
        .write(move |conn| {
            let of = invitations::table.filter(invitations::candidate_id.eq(&candidate));
            let (id, code): (InvitationId, Option<Sealed>) =
                of.select((invitations::id, invitations::code_sealed)).first(conn).map_err(DbError::from)?;
            Ok((id, code.expect("a link to mail")))
        })
        .await;
    assert_ne!(id, ada.invitation);
    // The link of before says that there is a newer one.
    let former = portal.visitor().get(&ada.path).await;
    assert_eq!((former.status, former.text("h1").as_str()), (StatusCode::GONE, "You were sent a newer link"));
    let code = portal.sealer().open(&code, &format!("invitations.code:{id}")).unwrap();
    let again = Invited { path: format!("/assessment/{}", code.expose_secret()), invitation: id, candidate };
    set_state(&portal, &again, InvitationState::Sent).await;
    let visitor = portal.visitor();
    through_both(&visitor, &again).await;
    let third = of_first(&portal, id).await;
    assert_eq!(third.len(), 3);
    assert!(third.is_disjoint(&first) && third.is_disjoint(&second), "{third:?}");

    // Withdrawing erases that, too.
    let ask = visitor.get(&format!("{}/withdraw", again.path)).await;
    visitor.press(&ask, "Withdraw and erase everything", &[]).await.leads_to(&again.path);
    let met: Option<Sealed> = portal
        .write(move |conn| {
            let met = invitations::table.find(&id).select(invitations::met_sealed);
            Ok(met.first(conn).map_err(DbError::from)?)
        })
        .await;
    assert!(met.is_none());
}

#[actix_web::test]
async fn tasks_that_were_met_do_not_come_again_on_sqlite() {
    tasks_that_were_met_do_not_come_again(Backend::Sqlite).await;
}

#[actix_web::test]
async fn tasks_that_were_met_do_not_come_again_on_postgres() {
    tasks_that_were_met_do_not_come_again(Backend::Postgres).await;
}

on_both_databases!(Portal::start => leaving_the_page_and_haste_are_said_to_both);
async fn leaving_the_page_and_haste_are_said_to_both(portal: Portal) {
    let acme = portal.company("Acme").await;
    portal.person(&acme, "max@acme.example", Role::Member).await;
    let account = unconnected(&portal, &acme, State::Active, &[]).await;
    let ada = invite(&portal, &acme, &account, "o1").await;
    let visitor = portal.visitor();
    let page = up_to_the_clock(&visitor, &ada).await;
    let mut page = go_on(&visitor, &ada, &page, "Start the first task", &[]).await;
    for _ in 0..3 {
        page = go_on(&visitor, &ada, &page, "Answer", &[("choice", "0"), ("left_page", "2")]).await;
    }
    for _ in 0..15 {
        page = answer_page(&visitor, &ada, &page).await;
    }
    let left = "the page was left while tasks were open. (3 of 3)";
    let fast = "tasks were answered faster than they can be looked at. (3 of 3)";
    let own = page.text("main");
    assert!(own.contains(left) && own.contains(fast), "{own}");
    let comment = [("comment", "The line was slow.\nI looked something up.")];
    let page = go_on(&visitor, &ada, &page, "Save the comment", &comment).await;
    assert!(page.text("main").contains("I looked something up."), "{}", page.text("main"));

    let max = portal.signed_in("max@acme.example").await;
    let report = max.get(&format!("/candidates/{}", ada.candidate)).await.text("section[id^=result]");
    assert!(report.contains(left) && report.contains(fast), "{report}");
    let paper = text_of(&max.file(&format!("/candidates/{}/report.pdf", ada.candidate)).await.3);
    for part in [
        left,
        fast,
        "Comment by the candidate The line was slow. I looked something up.",
        "What the ends of each facet mean",
        "Sociability: low: at ease alone",
        "Questions for the interview",
        "no norm sample has taken the tests with their built-in parameters",
    ] {
        assert!(paper.contains(part), "{part:?} is not in {paper}");
    }
    // What was noted is theirs to take along, task by task.
    let data = visitor.get(&format!("{}/data.json", ada.path)).await;
    let data: serde_json::Value = serde_json::from_str(&data.html).unwrap();
    for task in data["logic_answers"].as_array().unwrap() {
        assert_eq!((&task["page_left"], &task["ran_out_of_time"]), (&2.into(), &false.into()), "{task}");
    }
}

on_both_databases!(Portal::start => a_second_test_has_a_text_that_is_kept_and_whom_to_ask);
async fn a_second_test_has_a_text_that_is_kept_and_whom_to_ask(portal: Portal) {
    let acme = portal.company("Acme").await;
    portal.person(&acme, "max@acme.example", Role::Admin).await;
    let account = unconnected(&portal, &acme, State::Active, &[]).await;
    let ada = invite(&portal, &acme, &account, "o1").await;
    let notice = "https://acme.example/privacy";
    super::rights::configure(&portal, "max@acme.example", &[("privacy_notice", notice)]).await;
    through_both(&portal.visitor(), &ada).await;
    let link = second_test(&portal, &ada).await;
    let begin = portal.visitor().get(link.path()).await;
    assert!(begin.text("main").contains("Questions? jobs@acme.example"), "{}", begin.text("main"));
    assert_eq!(begin.attribute("main p.small a", "href").as_deref(), Some(notice));
    verified(&portal, &link, &[("left_page", "1")]).await;
    let max = portal.signed_in("max@acme.example").await;
    let remarks = max.get(&format!("/candidates/{}", ada.candidate)).await.text("#verification-cautions");
    assert!(remarks.contains("the page was left") && remarks.contains("(3 of 3)"), "{remarks}");

    let data = portal.visitor().get(&format!("{}/data.json", ada.path)).await;
    let data: serde_json::Value = serde_json::from_str(&data.html).unwrap();
    let kept = &data["verification"]["agreed"];
    assert_eq!(kept["language"], "en");
    let text = kept["text"].as_str().unwrap();
    for part in ["on your own, without help", "so is leaving the page", "Nobody is rejected", notice] {
        assert!(text.contains(part), "{part:?} is not in {text}");
    }
    assert!(kept["at"].is_string());
    let (version, _) = agreed(&portal, &ada).await;
    assert_ne!(kept["version"], version, "it is another text than that of the first test");
    // As long as the test is kept, so is its text.
    let day = Timestamp::now().plus(Duration::from_secs(86_400));
    assert_eq!(portal.write(move |conn| Ok(agreements::age_out(conn, day)?)).await, 0);
    let visitor = portal.visitor();
    let ask = visitor.get(&format!("{}/withdraw", ada.path)).await;
    visitor.press(&ask, "Withdraw and erase everything", &[]).await.leads_to(&ada.path);
    assert_eq!(portal.write(move |conn| Ok(agreements::age_out(conn, day)?)).await, 2);
}

on_both_databases!(Portal::start => who_had_descriptions_has_them_in_the_second_test);
async fn who_had_descriptions_has_them_in_the_second_test(portal: Portal) {
    let acme = portal.company("Acme").await;
    portal.person(&acme, "max@acme.example", Role::Member).await;
    let account = unconnected(&portal, &acme, State::Active, &[]).await;
    for (opportunity, is_described) in [("o1", true), ("o2", false)] {
        let ada = invite(&portal, &acme, &account, opportunity).await;
        let visitor = portal.visitor();
        let page = visitor.get(&ada.path).await;
        let mut page = go_on(&visitor, &ada, &page, "I agree, begin", &[]).await;
        if is_described {
            page =
                go_on(&visitor, &ada, &page, "Describe the figures in words, for screen readers", &[]).await;
        }
        let page = past_practice(&visitor, &ada, page).await;
        let mut page = go_on(&visitor, &ada, &page, "Start the first task", &[]).await;
        for _ in 0..3 {
            page = go_on(&visitor, &ada, &page, "Answer", &[("choice", "0")]).await;
        }
        for _ in 0..15 {
            page = answer_page(&visitor, &ada, &page).await;
        }
        let link = second_test(&portal, &ada).await;
        let device = portal.visitor();
        let begin = device.get(link.path()).await;
        device.press(&begin, "Start the first task", &[]).await.leads_to(link.path());
        let task = device.get(link.path()).await;
        let has_table = task.attribute("table.visually-hidden", "aria-label").is_some();
        assert_eq!(has_table, is_described, "{}", task.html);
    }
}

on_both_databases!(Portal::start => practice_marks_the_right_option_and_ones_own);
async fn practice_marks_the_right_option_and_ones_own(portal: Portal) {
    let acme = portal.company("Acme").await;
    let account = unconnected(&portal, &acme, State::Active, &[]).await;
    let ada = invite(&portal, &acme, &account, "o1").await;
    let item = assessment::logic::Item::practice(assessment::logic::Form::Figures, 0);
    let (right, wrong) = (item.right(), (item.right() + 5) % 12);
    let visitor = portal.visitor();
    let page = visitor.get(&ada.path).await;
    let page = go_on(&visitor, &ada, &page, "I agree, begin", &[]).await;
    let page = go_on(&visitor, &ada, &page, "Check", &[("choice", &wrong.to_string())]).await;
    let html = scraper::Html::parse_document(&page.html);
    let select = |css: &str| scraper::Selector::parse(css).unwrap();
    let marked = |class: &str| -> Vec<usize> {
        let all = select("ol.options.shown > li");
        let options = html.select(&all).enumerate();
        options.filter(|(_, option)| option.value().classes().any(|c| c == class)).map(|(n, _)| n).collect()
    };
    assert_eq!(html.select(&select("ol.options.shown > li svg")).count(), 12);
    assert_eq!((marked("right"), marked("own")), (vec![right], vec![wrong]));
    assert_eq!(page.text("ol.options.shown > li.right small"), "Correct answer");
    assert_eq!(page.text("ol.options.shown > li.own small"), "Your answer");
}

/// The page itself counts: in a browser, with the script.
async fn the_page_counts_how_often_it_is_left(backend: Backend) {
    let (portal, ada, browser) = super::line::first_task(backend, crate::support::browser::PHONE).await;
    let turn =
        "Object.defineProperty(document, 'visibilityState', { value: arguments[0], configurable: true });
        document.dispatchEvent(new Event('visibilitychange'))";
    for number in 1..=3 {
        browser.sees(&format!("Task {number} of 3")).await;
        for _ in 0..number {
            for state in ["hidden", "visible"] {
                browser.run(turn, vec![state.into()]).await;
            }
        }
        browser.run("document.querySelector('input[name=choice]').click()", vec![]).await;
        browser.press("Answer").await;
    }
    browser.sees("Personality, page 1").await;
    let id = ada.invitation;
    let read = move |conn: &mut Conn| {
        let sealed = sittings::table.find(&id).select(sittings::answers_sealed);
        Ok(sealed.first(conn).map_err(DbError::from)?)
    };
    let sealed: Sealed = portal.write(read).await;
    let json = portal.sealer().open(&sealed, &format!("sittings.answers:{id}")).unwrap();
    let kept: serde_json::Value = serde_json::from_str(json.expose_secret()).unwrap();
    let left =
        kept["logic"]["answers"].as_array().unwrap().iter().map(|given| given["left"].as_u64().unwrap());
    assert_eq!(left.collect::<Vec<_>>(), [1, 2, 3]);
}

#[actix_web::test]
async fn the_page_counts_how_often_it_is_left_on_sqlite() {
    the_page_counts_how_often_it_is_left(Backend::Sqlite).await;
}

#[actix_web::test]
async fn the_page_counts_how_often_it_is_left_on_postgres() {
    the_page_counts_how_often_it_is_left(Backend::Postgres).await;
}
