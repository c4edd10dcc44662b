//! Where people are logged in, and how it ends: by the person, by an admin, by time.

use crate::support::on_both_databases;
use crate::support::portal::Portal;
use crate::support::visitor::Visitor;
use alva_portal::audit;
use alva_portal::db::DbError;
use alva_portal::db::schema::sessions::dsl;
use alva_portal::people::Role;
use diesel::prelude::*;
use reqwest::StatusCode;
use reqwest::header::COOKIE;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
const SAFARI: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                      Version/18.5 Mobile/15E148 Safari/604.1";

/// Somebody with this browser, who is logged in.
async fn with_browser(portal: &Portal, email: &str, agent: &str) -> Visitor {
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).user_agent(agent);
    let visitor = Visitor::with(portal.running.url.clone(), client.build().unwrap());
    visitor.log_in(email, super::PASSWORD).await.leads_to("/settings/integrations");
    visitor
}

/// Makes all sessions older: so long ago they began, and were used last.
async fn age(portal: &Portal, begun: i64, seen: i64) {
    portal
        .write(move |conn| {
            let older = (dsl::begun_at.eq(dsl::begun_at - begun), dsl::seen_at.eq(dsl::seen_at - seen));
            diesel::update(dsl::sessions).set(older).execute(conn).map_err(DbError::from)?;
            Ok(())
        })
        .await;
}

/// When each session was seen last, and when it ends if nothing happens.
async fn times(portal: &Portal) -> Vec<(i64, i64)> {
    portal
        .write(|conn| {
            let all = dsl::sessions.select((dsl::seen_at, dsl::expires_at)).load(conn);
            Ok(all.map_err(DbError::from)?)
        })
        .await
}

on_both_databases!(Portal::start => a_person_sees_and_ends_their_sessions);
async fn a_person_sees_and_ends_their_sessions(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "ada@acme.example", Role::Member).await;
    portal.person(&acme, "eve@acme.example", Role::Member).await;
    let phone = with_browser(&portal, "ada@acme.example", SAFARI).await;
    let third = portal.signed_in("ada@acme.example").await;
    let eve = portal.signed_in("eve@acme.example").await;
    let ada = with_browser(&portal, "ada@acme.example", FIREFOX).await;
    let page = ada.get("/account").await;
    assert_eq!(
        page.text("tbody tr").lines().count(),
        3,
        "Eve's is not among them: {}",
        page.text("tbody tr")
    );
    let mine = page.text("tbody tr").lines().find(|row| row.contains("(this one)")).unwrap().to_owned();
    assert!(mine.starts_with("Firefox on Linux (this one) 127.0.0.0/24"), "{mine}");
    let row = page.text("tbody tr").lines().find(|row| row.contains("iPhone")).unwrap().to_owned();
    assert!(row.starts_with("Safari on an iPhone 127.0.0.0/24") && row.ends_with("Log out"), "{row}");

    // Nobody ends another person's session, whatever its name.
    let name = "tr:has(button[aria-label*='iPhone']) form";
    let end = page.attribute(name, "action").unwrap();
    assert!(end.starts_with("/account/sessions/") && end.ends_with("/end"), "{end}");
    eve.post(&end, &[]).await.leads_to("/account");
    assert!(phone.is_signed_in().await, "Eve ended nothing");

    ada.post(&end, &[]).await.leads_to("/account");
    let page = ada.get("/account").await;
    assert_eq!(page.text(".flash"), "That browser is now logged out.");
    assert!(!phone.is_signed_in().await && third.is_signed_in().await);
    assert!(!page.text("tbody").contains("iPhone"));
    ada.press(&page, "Log out everywhere else", &[]).await.leads_to("/account");
    let page = ada.get("/account").await;
    assert_eq!(page.text(".flash"), "1 other browser is now logged out.");
    assert!(!page.html.contains("Log out everywhere else"), "there is no other");
    assert!(!third.is_signed_in().await && ada.is_signed_in().await && eve.is_signed_in().await);
    let log = portal.audit(&acme.id).await;
    assert_eq!(log.iter().filter(|action| *action == "person.sessions_ended").count(), 2);
}

on_both_databases!(Portal::start => an_admin_logs_somebody_out);
async fn an_admin_logs_somebody_out(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "dana@acme.example", Role::Admin).await;
    let ada_id = portal.person(&acme, "ada@acme.example", Role::Member).await.id;
    let other = portal.company("Other Ltd").await;
    portal.person(&other, "olga@other.example", Role::Admin).await;
    let (dana, ada) =
        (portal.signed_in("dana@acme.example").await, portal.signed_in("ada@acme.example").await);
    let olga = portal.signed_in("olga@other.example").await;
    let path = format!("/settings/team/{ada_id}");
    assert_eq!(ada.post(&format!("{path}/log-out"), &[]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(olga.post(&format!("{path}/log-out"), &[]).await.status, StatusCode::NOT_FOUND);
    let page = dana.get(&path).await;
    assert!(page.text("main").contains("Logged in on 1 browser, last seen"), "{}", page.text("main"));
    dana.press(&page, "Log out everywhere", &[]).await.leads_to(&path);
    let page = dana.get(&path).await;
    assert_eq!(page.text(".flash"), "ada was logged out everywhere.");
    assert!(page.text("main").contains("Not logged in at the moment."));
    assert!(!ada.is_signed_in().await && dana.is_signed_in().await && olga.is_signed_in().await);
    let log = portal.audit(&acme.id).await;
    assert_eq!(log.iter().filter(|action| *action == "team.logged_out").count(), 1);
    // They can log in again.
    portal.signed_in("ada@acme.example").await;
}

on_both_databases!(Portal::start => a_session_ends_when_nobody_uses_it);
/// Without a choice of the company's: after twelve hours.
async fn a_session_ends_when_nobody_uses_it(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "dana@acme.example", Role::Admin).await;
    let dana = portal.signed_in("dana@acme.example").await;
    age(&portal, 11 * HOUR, 11 * HOUR).await;
    let page = dana.get("/account").await;
    let words = "You are logged out after 12 hours of inactivity, and 7 days after logging in.";
    assert!(page.text("main").contains(words), "{}", page.text("main"));
    let (seen, ends) = times(&portal).await[0];
    assert_eq!(ends, seen + 12 * HOUR, "it was used, and has twelve hours again");

    age(&portal, 12 * HOUR + MINUTE, 12 * HOUR + MINUTE).await;
    dana.get("/settings/company?x=1").await.leads_to("/login?next=%2Fsettings%2Fcompany%3Fx%3D1");
    assert_eq!(times(&portal).await, [], "the server keeps nothing of it");

    // A form that comes too late changes nothing, and says so.
    let dana = portal.signed_in("dana@acme.example").await;
    let open = dana.get("/account").await;
    age(&portal, 13 * HOUR, 13 * HOUR).await;
    let late = dana.press(&open, "Save name", &[("your_name", "Late")]).await;
    assert!(late.location.as_deref().is_some_and(|to| to.starts_with("/login?next=")), "{:?}", late.location);
    assert!(dana.get("/login").await.text(".flash").contains("nothing was saved"));
    // The list of one's own sessions has none that is over.
    let dana = portal.signed_in("dana@acme.example").await;
    age(&portal, 13 * HOUR, 13 * HOUR).await;
    assert!(!dana.is_signed_in().await);
    let again = portal.signed_in("dana@acme.example").await;
    assert_eq!(again.get("/account").await.text("tbody tr").lines().count(), 1);
}

on_both_databases!(Portal::start => a_session_ends_a_week_after_the_log_in);
async fn a_session_ends_a_week_after_the_log_in(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "dana@acme.example", Role::Admin).await;
    let dana = portal.signed_in("dana@acme.example").await;
    age(&portal, 168 * HOUR - 5 * MINUTE, 0).await;
    assert!(dana.is_signed_in().await);
    // However busy it was.
    age(&portal, 5 * MINUTE, 0).await;
    assert!(!dana.is_signed_in().await);
}

on_both_databases!(Portal::start => a_company_chooses_when_sessions_end);
async fn a_company_chooses_when_sessions_end(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    for (who, role) in [("dana", Role::Admin), ("max", Role::Member)] {
        portal.person(&acme, &format!("{who}@acme.example"), role).await;
    }
    let (dana, max) =
        (portal.signed_in("dana@acme.example").await, portal.signed_in("max@acme.example").await);
    let page = dana.get("/settings/company/access").await;
    assert_eq!(page.attribute("#idle_minutes", "value").as_deref(), Some("720"));
    assert_eq!(page.attribute("#session_hours", "value").as_deref(), Some("168"));
    let wrong = dana.press(&page, "Save", &[("idle_minutes", "14"), ("session_hours", "337")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(wrong.text("#idle_minutes-error"), "Enter a whole number of minutes from 15 to 10080.");
    assert_eq!(wrong.text("#session_hours-error"), "Enter a whole number of hours from 1 to 336.");
    assert_eq!(wrong.attribute("#idle_minutes", "value").as_deref(), Some("14"), "what was typed stays");
    let seen = max.get("/settings/company/access").await;
    assert!(seen.text("main").contains("12 hours") && seen.attribute("main form", "action").is_none());
    let form = [("idle_minutes", "15"), ("session_hours", "1")];
    assert_eq!(max.post("/settings/company/access", &form).await.status, StatusCode::FORBIDDEN);

    dana.press(&page, "Save", &[("idle_minutes", "15"), ("session_hours", "2")])
        .await
        .leads_to("/settings/company/access");
    assert!(max.get("/account").await.text("main").contains("after 15 minutes of inactivity"));
    // It counts for sessions that are there: used 16 minutes ago, begun two hours ago.
    age(&portal, 16 * MINUTE, 16 * MINUTE).await;
    assert!(!max.is_signed_in().await);
    let max = portal.signed_in("max@acme.example").await;
    age(&portal, 2 * HOUR, 0).await;
    assert!(!max.is_signed_in().await);
    let log = portal.audit(&acme.id).await;
    assert_eq!(log.iter().filter(|action| *action == "company.configured").count(), 1);
}

on_both_databases!(Portal::start => only_a_person_keeps_a_session_open);
async fn only_a_person_keeps_a_session_open(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "dana@acme.example", Role::Admin).await;
    let dana = portal.signed_in("dana@acme.example").await;
    age(&portal, 10 * MINUTE, 10 * MINUTE).await;
    let before = times(&portal).await;
    // A page that is open asks every two seconds.
    let request = reqwest::Client::new().get(portal.running.url.join("/settings/team").unwrap());
    let answer =
        request.header(COOKIE, dana.cookie().unwrap()).header("x-by-script", "yes").send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(times(&portal).await, before);
    assert!(dana.is_signed_in().await);
    let after = times(&portal).await;
    assert!(after[0].0 - before[0].0 >= 10 * MINUTE, "{before:?} {after:?}");
    // What a page writes into the session makes it no longer.
    dana.post("/account/name", &[("your_name", "Dana")]).await.leads_to("/account");
    assert_eq!(dana.get("/account").await.text(".flash"), "Saved.");
    assert_eq!(times(&portal).await, after);
}

on_both_databases!(Portal::start => a_person_has_twenty_sessions_at_most);
/// One more ends the one that was not used for the longest time, and the audit log says so.
async fn a_person_has_twenty_sessions_at_most(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "ada@acme.example", Role::Member).await;
    portal.person(&acme, "eve@acme.example", Role::Member).await;
    let eve = portal.signed_in("eve@acme.example").await;
    let log_in = async |number: usize| {
        let visitor = portal.visitor();
        let form = [("email", "ada@acme.example"), ("password", super::PASSWORD)];
        let answer = visitor.post_from(&format!("203.0.113.{number}"), "/login", &form).await;
        answer.leads_to("/settings/integrations");
        visitor
    };
    let first = log_in(1).await;
    let mut others = Vec::new();
    for number in 2..=20 {
        others.push(log_in(number).await);
    }
    // All were used hours ago, but the first, which began before them.
    age(&portal, 2 * HOUR, 2 * HOUR).await;
    let page = first.get("/account").await;
    assert_eq!(page.text("tbody tr").lines().count(), 20, "as many as there may be");
    assert!(page.text("main").contains("on 20 browsers at a time"), "{}", page.text("main"));
    log_in(21).await;
    assert!(!others[0].is_signed_in().await, "it was not used for the longest time");
    assert!(first.is_signed_in().await && others[1].is_signed_in().await && eve.is_signed_in().await);
    assert_eq!(first.get("/account").await.text("tbody tr").lines().count(), 20);
    let id = acme.id;
    let rows = portal.running.db.read(move |conn| audit::page(conn, &id, None, 100)).await.unwrap();
    let ended: Vec<_> = rows.iter().filter(|row| row.action == "person.sessions_ended").collect();
    assert_eq!(ended.len(), 1, "{ended:?}");
    let detail: serde_json::Value = serde_json::from_str(&ended[0].detail).unwrap();
    assert_eq!(detail["at_most"], 20, "{detail}");
    assert_eq!(detail["network"], "203.0.113.0/24", "{detail}");
    assert_ne!(detail["ended"], detail["session"], "{detail}");
}
