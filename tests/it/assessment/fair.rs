//! Conditions that suit the person: no clock where none is wanted, larger figures, the right people to be compared with; and
//! results that say what they mean.

use super::clock::{first_task, pass};
use super::rights::configure;
use super::*;
use crate::support::browser::{Browser, DESKTOP, Look};
use crate::support::lever::unconnected;
use crate::support::on_both_databases;
use alva_portal::db::Backend;
use alva_portal::integrations::State;
use alva_portal::people::Role;

on_both_databases!(Portal::start => without_a_time_limit_no_clock_runs);
async fn without_a_time_limit_no_clock_runs(portal: Portal) {
    let (visitor, ada, first) = first_task(&portal, 0).await;
    assert_eq!(first.text("h1"), "Task 1 of 3");
    assert!(!first.html.contains("data-countdown") && first.text(".clock").is_empty(), "{}", first.html);
    assert!(first.html.contains("data-count-leaving"), "leaving the page is noted");
    // A day passes: the same task is there, and its answer counts.
    pass(&portal, &ada, 86_400).await;
    let again = visitor.get(&ada.path).await;
    assert_eq!(again.text("h1"), "Task 1 of 3");
    assert!(!again.text("main").contains("You were away"), "{}", again.html);
    let second = go_on(&visitor, &ada, &again, "Answer", &[("choice", "0")]).await;
    assert_eq!(second.text("h1"), "Task 2 of 3");
    assert!(!second.text(".flash").contains("time"), "{}", second.text(".flash"));
    let paused =
        go_on(&visitor, &ada, &second, "Answer and pause", &[("choice", "0"), ("pause", "yes")]).await;
    assert!(paused.text("main").contains("pause at any time"), "{}", paused.html);
    let third = go_on(&visitor, &ada, &paused, "Go on", &[]).await;
    let mut page = go_on(&visitor, &ada, &third, "Answer", &[("choice", "0")]).await;
    for _ in 0..15 {
        page = answer_page(&visitor, &ada, &page).await;
    }
    let cautions = page.text("section[aria-labelledby=cautions]");
    assert!(!cautions.contains("interrupted") && !cautions.contains("time ran out"), "{cautions}");
}

on_both_databases!(Portal::start => a_company_sets_that_there_is_no_time_limit);
async fn a_company_sets_that_there_is_no_time_limit(portal: Portal) {
    let acme = portal.company("Acme").await;
    portal.person(&acme, "max@acme.example", Role::Member).await;
    let account = unconnected(&portal, &acme, State::Active, &[]).await;
    let ada = invite(&portal, &acme, &account, "o1").await;
    let max = portal.signed_in("max@acme.example").await;
    let page = max.get(&format!("/candidates/{}", ada.candidate)).await;
    assert!(page.text("select[name=time] option[value='0']").contains("no time limit"), "{}", page.html);
    let fields = [("invitation", ada.invitation.as_str()), ("time", "0")];
    max.post(&format!("/candidates/{}/time", ada.candidate), &fields)
        .await
        .leads_to(&format!("/candidates/{}", ada.candidate));
    let visitor = portal.visitor();
    for (language, words) in [
        ("en", "without a time limit"),
        ("sv", "utan tidsgräns"),
        ("de", "ohne Zeitbegrenzung"),
        ("da", "uden tidsgrænse"),
        ("nb", "uten tidsgrense"),
    ] {
        choose_language(&visitor, &ada.path, language).await;
        let begin = visitor.get(&ada.path).await.text("form.card");
        assert!(begin.contains(words), "{language}: {begin}");
    }
    choose_language(&visitor, &ada.path, "en").await;
    let ready = up_to_the_clock(&visitor, &ada).await.text("main");
    assert!(ready.contains("at most 3 tasks, without a time limit"), "{ready}");
    let report = max.get("/candidates").await;
    assert!(!report.html.contains("no time limit"), "beside others it is not shown");
}

/// The width of the matrix, and the largest difference of an option's scale from its own.
const DRAWN: &str = "const scale = (svg) => svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
    const matrix = document.querySelector('figure.matrix svg');
    const off = [...document.querySelectorAll('.options svg')].map((svg) => Math.abs(scale(svg) / scale(matrix) - 1));
    return [matrix.getBoundingClientRect().width, Math.max(...off),
        document.documentElement.scrollWidth - document.documentElement.clientWidth];";

async fn drawn(browser: &Browser) -> [f64; 3] {
    let found = browser.run(DRAWN, vec![]).await;
    [0, 1, 2].map(|n| found[n].as_f64().unwrap())
}

/// A box makes figures larger, at once and for the tasks to come, at one scale and within the screen.
#[actix_web::test]
async fn figures_can_be_larger() {
    let portal = Portal::start(Backend::Postgres).await;
    let acme = portal.company("Acme").await;
    let account = unconnected(&portal, &acme, State::Active, &[]).await;
    let ada = invite(&portal, &acme, &account, "o1").await;
    let browser = Browser::open().await;
    browser.goto(portal.running.url.join(&ada.path).unwrap()).await;
    browser.press("I agree, begin").await;
    browser.look(Look { size: (1280, 900), ..DESKTOP }).await;
    browser.sees("Practice 1 of 3").await;
    let [usual, off, beyond] = drawn(&browser).await;
    assert!(off < 0.05 && beyond <= 0.0, "{usual} {off} {beyond}");
    browser.run("document.querySelector('input[name=larger]').click();", vec![]).await;
    let [larger, off, beyond] = drawn(&browser).await;
    assert!(larger > 1.4 * usual && off < 0.05 && beyond <= 0.0, "{usual}, {larger} {off} {beyond}");
    browser.press("Show the answer").await;
    browser.press("Go on").await;
    browser.sees("Practice 2 of 3").await;
    let [kept, ..] = drawn(&browser).await;
    assert_eq!(kept, larger, "it stays so");
    browser.look(Look { size: (320, 900), ..DESKTOP }).await;
    let [_, off, beyond] = drawn(&browser).await;
    assert!(off < 0.05 && beyond <= 0.0, "on a phone: {off} {beyond}");
}

/// Through both tests, agreeing with every statement: each trait comes out in the middle of the answers, 3.0, whatever the
/// order of the statements.
async fn agrees_with_everything(portal: &Portal, invited: &Invited) -> Page {
    let visitor = portal.visitor();
    let mut page = through_logic(&visitor, invited).await;
    while page.text("h1").starts_with("Personality") {
        let names = statements(&page);
        let answers: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "4")).collect();
        page = go_on(&visitor, invited, &page, "Save and go on", &answers).await;
    }
    page
}

// The assumed mean of stability is 3.10 with a standard deviation of 0.68: 3.0 is a score of 5.2. Applicants lie 0.44
// standard deviations higher (Birkeland and others 2006), and beside them it is one of 4.3.
on_both_databases!(Portal::start => applicants_are_compared_with_applicants_where_the_company_wants_it);
async fn applicants_are_compared_with_applicants_where_the_company_wants_it(portal: Portal) {
    let acme = portal.company("Acme").await;
    portal.person(&acme, "dana@acme.example", Role::Admin).await;
    let account = unconnected(&portal, &acme, State::Active, &[]).await;
    let ada = invite(&portal, &acme, &account, "o1").await;
    let grace = invite(&portal, &acme, &account, "o2").await;
    let began = portal.visitor();
    up_to_the_clock(&began, &ada).await;
    configure(&portal, "dana@acme.example", &[("norm_group", "applicants")]).await;
    let dana = portal.signed_in("dana@acme.example").await;
    let settings = dana.get("/settings/company").await;
    assert!(settings.html.contains("value=\"applicants\" checked"), "{}", settings.html);
    let own = agrees_with_everything(&portal, &grace).await.text("main");
    assert!(own.contains("you are compared with applicants"), "the candidate reads it, too: {own}");
    // Who had begun before is compared as was said then.
    let ready = began.get(&ada.path).await;
    let mut page = go_on(&began, &ada, &ready, "Start the first task", &[]).await;
    for _ in 0..3 {
        page = go_on(&began, &ada, &page, "Answer", &[("choice", "0")]).await;
    }
    while page.text("h1").starts_with("Personality") {
        let names = statements(&page);
        let answers: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "4")).collect();
        page = go_on(&began, &ada, &page, "Save and go on", &answers).await;
    }
    assert!(!page.text("main").contains("compared with applicants"), "{}", page.text("main"));
    // Side by side they say who is compared with whom.
    let compared = dana.get("/candidates/compare?posting=p1").await.text("table.compare tbody");
    assert_eq!(compared.matches("Personality: own statements").count(), 2, "{compared}");
    assert_eq!(compared.matches("own statements, compared with applicants").count(), 1, "{compared}");
    for (invited, score, words) in [(&ada, "5", false), (&grace, "4", true)] {
        let report = dana.get(&format!("/candidates/{}", invited.candidate)).await;
        let rows = report.text("section[id^=result] .columns tbody tr");
        let row = rows.lines().find(|row| row.starts_with("Emotional stability")).unwrap_or_default();
        assert!(row.starts_with(&format!("Emotional stability{score}")), "{rows}");
        let said = report.text("section[id^=result]").contains("compared with applicants (Birkeland");
        assert_eq!(said, words, "{}", report.text("section[id^=result]"));
    }
    let fields = [
        ("company_name", "Acme"),
        ("support_contact", "jobs@acme.example"),
        ("time_zone", "UTC"),
        ("retention", "12"),
        ("norm_group", "nobody"),
    ];
    let wrong = dana.post("/settings/company", &fields).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text("#norm_group-error").contains("Choose who to"), "{}", wrong.html);
}

on_both_databases!(Portal::start => results_say_what_the_ends_mean_and_what_to_ask);
async fn results_say_what_the_ends_mean_and_what_to_ask(portal: Portal) {
    let acme = portal.company("Acme").await;
    portal.person(&acme, "max@acme.example", Role::Member).await;
    let account = unconnected(&portal, &acme, State::Active, &[]).await;
    let ada = invite(&portal, &acme, &account, "o1").await;
    let result = agrees_with_everything(&portal, &ada).await;
    let visitor = portal.visitor();
    for (language, low, high) in [
        ("en", "1: lets others lead", "10: takes the lead"),
        ("sv", "1: låter andra leda", "10: tar ledningen"),
        ("de", "1: lässt andere vorangehen", "10: geht voran"),
    ] {
        choose_language(&visitor, &ada.path, language).await;
        let ends = visitor.get(&ada.path).await.text("small.ends");
        assert!(ends.contains(low) && ends.contains(high), "{language}: {ends}");
    }
    assert!(!result.text("main").contains("of 100 people"), "nobody has taken these tests");
    let data = visitor.get(&format!("{}/data.json", ada.path)).await;
    let data: serde_json::Value = serde_json::from_str(&data.html).unwrap();
    assert_eq!(data["statements_version"], 2);
    assert_eq!(data["result"]["personality"]["statements"], 2);

    let max = portal.signed_in("max@acme.example").await;
    let report = max.get(&format!("/candidates/{}", ada.candidate)).await;
    let ends = report.text("section[id^=result] details table");
    assert!(ends.contains("lets others lead; speaks when asked"), "{ends}");
    // The standard profile: logic, conscientiousness, emotional stability; 3.0 is below the middle of both traits.
    let asked = report.text("details[id^=interview]");
    for part in [
        "Conscientiousness: ask about this first",
        "a deadline that was hard to keep",
        "Emotional stability: ask about this first",
        "when several things went wrong at the same time",
        "had never met before",
    ] {
        assert!(asked.contains(part), "{part:?} is not in {asked}");
    }
    assert!(!asked.contains("Openness") && !report.text("section[id^=result]").contains("of 100 people"));
}
