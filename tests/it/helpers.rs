//! The tests' own helpers do what the tests believe they do.

use crate::support::axe;
use crate::support::browser::{Browser, DESKTOP, Look, PHONE};
use crate::support::chromedriver::Chromedriver;
use crate::support::{postgres, wait};
use actix_web::http::header::CONTENT_SECURITY_POLICY;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use diesel::prelude::*;
use fantoccini::Locator;
use fantoccini::key::Key;
use futures_util::FutureExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::Duration;

/// A small page with the portal's kind of policy; answers `/answer` with its query.
fn serve() -> String {
    let asset = |kind: &'static str, content: &'static str| {
        move || async move {
            HttpResponse::Ok()
                .content_type(kind)
                .insert_header((CONTENT_SECURITY_POLICY, "default-src 'self'"))
                .body(content)
        }
    };
    let server = HttpServer::new(move || {
        let answer = async |request: HttpRequest| {
            HttpResponse::Ok().content_type("text/html").body(request.query_string().to_owned())
        };
        App::new()
            .route(
                "/",
                web::get().to(asset("text/html; charset=utf-8", include_str!("../assets/helpers.html"))),
            )
            .route("/helpers.css", web::get().to(asset("text/css", include_str!("../assets/helpers.css"))))
            .route(
                "/helpers.js",
                web::get().to(asset("text/javascript", include_str!("../assets/helpers.js"))),
            )
            // Browsers ask for it by themselves and complain when there is none.
            .route("/favicon.ico", web::get().to(HttpResponse::NoContent))
            .route("/answer", web::get().to(answer))
    })
    .workers(1)
    .bind(("127.0.0.1", 0))
    .unwrap();
    let address = server.addrs()[0];
    actix_web::rt::spawn(server.run());
    format!("http://{address}")
}

#[actix_web::test]
async fn a_form_is_filled_as_a_person_does() {
    let url = serve();
    let browser = Browser::open().await;
    browser.goto(&url).await;
    browser.sees("Helpers").await;
    browser.sees_no("Nobody sees this").await;
    assert_eq!(browser.value("Email").await, "old@example.com");
    assert_eq!(browser.options("Trigger stage").await, ["Choose", "Applicant", "Assessment"]);

    browser.fill("Email", "ada@example.com").await;
    browser.fill("Note", "two\nlines").await;
    browser.fill("Day", "2026-02-28").await;
    browser.choose("Trigger stage", "Assessment").await;
    browser.choose("Environment", "Sandbox").await;
    browser.check("internal").await;
    browser.uncheck("agency").await;
    browser.check("referred").await;
    assert!(browser.is_checked("internal").await);
    browser.press("Send").await;

    browser.is_at("/answer").await;
    let expected = "email=ada%40example.com&note=two%0D%0Alines&day=2026-02-28&stage=s2\
                    &environment=s&origin=internal&origin=referred";
    assert_eq!(browser.url().await.query(), Some(expected));
}

#[actix_web::test]
async fn of_several_buttons_the_nearest_is_pressed_and_a_dialog_hides_the_rest() {
    let url = serve();
    let browser = Browser::open().await;
    browser.goto(&url).await;
    browser.press_at("Lever", "Add").await;
    browser.sees("added=lever").await;

    browser.back().await;
    browser.press("Open").await;
    browser.press("Send").await;
    browser.sees("Closed again").await;
    browser.press("Open").await;
    browser.sees("Sure?").await;
    browser.key(Key::Escape).await;
    browser.sees_no("Sure?").await;
    browser.press("Copy").await;
    assert_eq!(browser.clipboard().await, "copied");

    let tab = browser.new_tab().await;
    browser.goto(format!("{url}/answer?second")).await;
    browser.turn_to(tab).await;
    browser.sees("Closed again").await;
}

#[actix_web::test]
async fn size_colours_and_scripts_are_as_asked() {
    let url = serve();
    let browser = Browser::with(PHONE).await;
    browser.goto(&url).await;
    assert_eq!(browser.run("return [innerWidth, innerHeight]", vec![]).await, serde_json::json!([390, 844]));
    let dark = "return matchMedia('(prefers-color-scheme: dark)').matches";
    assert_eq!(browser.run(dark, vec![]).await, false);

    browser.look(Look { dark: true, scripts: false, ..DESKTOP }).await;
    browser.reload().await;
    assert_eq!(browser.run(dark, vec![]).await, true);
    browser.sees("Scripts are off").await;
    browser.fill("Email", "grace@example.com").await;
    let picture = tempfile::tempdir().unwrap();
    let picture = picture.path().join("new folder/page.png");
    browser.screenshot(&picture).await;
    assert_eq!(std::fs::read(picture).unwrap()[..8], *b"\x89PNG\r\n\x1a\n");
    browser.press("Send").await;
    browser.sees("email=grace%40example.com").await;
}

#[actix_web::test]
async fn what_is_not_accessible_is_named() {
    let url = serve();
    let browser = Browser::open().await;
    browser.goto(&url).await;
    axe::assert_accessible(&browser).await;
    assert_eq!(browser.complaints().await, [""; 0]);

    browser.run("document.querySelector('h1').className = 'bad'", vec![]).await;
    let violations = axe::violations(&browser).await;
    assert_eq!(violations.len(), 1);
    assert_eq!(violations[0].id, "color-contrast");
    assert!(violations[0].to_string().contains(r#"at "h1""#), "{}", violations[0]);

    let breach = "const s = document.createElement('script'); s.textContent = '1'; document.body.append(s)";
    browser.run(breach, vec![]).await;
    let complaints = browser.complaints().await;
    assert!(complaints.iter().any(|it| it.contains("Content Security Policy")), "{complaints:?}");
}

#[actix_web::test]
async fn a_failure_says_what_was_there_instead() {
    let url = serve();
    let browser = Browser::open().await;
    browser.goto(&url).await;
    assert_eq!(browser.title().await, "Helpers");
    assert_eq!(browser.client().find_all(Locator::Css("main")).await.unwrap().len(), 1);
    let failure = AssertUnwindSafe(browser.fail("a miracle")).catch_unwind().await.unwrap_err();
    let report = failure.downcast::<String>().unwrap();
    for part in ["wanted a miracle", &url, "Save (disabled)", "Trigger stage (required)", "Environment"] {
        assert!(report.contains(part), "no {part:?} in {report}");
    }
    let (_, picture) = report.split_once("picture: ").unwrap();
    std::fs::remove_file(picture.lines().next().unwrap()).unwrap();
}

#[actix_web::test]
async fn waiting_ends_with_the_condition_or_says_what_did_not_come() {
    let mut attempts = 0;
    let third = wait::until("the third attempt", wait::PATIENCE, async || {
        attempts += 1;
        (attempts == 3).then_some("there")
    });
    assert_eq!(third.await, "there");

    let never = wait::until("a blue moon", Duration::from_millis(1), async || None::<()>);
    let failure = AssertUnwindSafe(never).catch_unwind().await.unwrap_err();
    let message = failure.downcast::<String>().unwrap();
    assert!(message.contains("for a blue moon (tests/it/helpers.rs:"), "{message}");
}

#[test]
fn a_failing_test_leaves_no_browser_behind() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut folder = String::new();
    let failed = catch_unwind(AssertUnwindSafe(|| {
        runtime.block_on(async {
            let (driver, client) = Chromedriver::start().await;
            client.goto("about:blank").await.unwrap();
            folder = driver.folder().display().to_string();
            assert!(!processes(&folder).is_empty());
            panic!("as a failing test does");
        })
    }));
    assert!(failed.is_err());
    assert_eq!(processes(&folder), [""; 0]);
    assert!(!Path::new(&folder).exists());
}

/// The command lines that name this folder.
fn processes(folder: &str) -> Vec<String> {
    std::fs::read_dir("/proc")
        .unwrap()
        .flatten()
        .filter_map(|process| std::fs::read_to_string(process.path().join("cmdline")).ok())
        .filter(|line| line.contains(folder))
        .collect()
}

#[test]
fn a_database_lives_as_long_as_its_test() {
    let database = postgres::create();
    let url = database.url.clone();
    let mut connection = PgConnection::establish(&url).unwrap();
    diesel::sql_query("CREATE TABLE mark (id int)").execute(&mut connection).unwrap();
    let other = postgres::create();
    let mut elsewhere = PgConnection::establish(&other.url).unwrap();
    assert!(diesel::sql_query("SELECT * FROM mark").execute(&mut elsewhere).is_err());

    drop(database);
    assert!(PgConnection::establish(&url).is_err());
}
