//! What strangers and colleagues do is written down, and those whom it concerns are told.

use crate::support::on_both_databases;
use crate::support::portal::{PASSWORD, Portal};
use crate::support::visitor::Visitor;
use crate::support::wait::{PATIENCE, until};
use alva_portal::audit::{self, Row, counted};
use alva_portal::ids::CompanyId;
use alva_portal::people::{self, Role};
use alva_portal::time::Timestamp;
use reqwest::StatusCode;
use serde_json::Value;

pub async fn rows(portal: &Portal, company: &CompanyId, action: &str) -> Vec<Row> {
    let id = *company;
    let all = portal.running.db.read(move |conn| audit::page(conn, &id, None, 100)).await.unwrap();
    all.into_iter().rev().filter(|row| row.action == action).collect()
}

pub fn detail(row: &Row) -> Value {
    serde_json::from_str(&row.detail).unwrap()
}

/// Waits until so many log-ins with this address are counted: they are written down beside the answer.
async fn counted_log_ins(portal: &Portal, company: &CompanyId, action: audit::Action, times: i64) {
    let id = *company;
    until(&format!("{times} to be counted"), PATIENCE, async || {
        let count = move |conn: &mut alva_portal::db::Conn| {
            counted::in_this_hour(conn, &id, &[action], "ada@acme.example")
        };
        (portal.running.db.read(count).await.unwrap() == times).then_some(())
    })
    .await;
}

async fn mailed(portal: &Portal, to: &str, subject: &str) -> String {
    until(subject, PATIENCE, async || {
        let letters = portal.letters.lock().unwrap();
        letters.iter().find(|letter| letter.contains(to) && letter.contains(subject)).cloned()
    })
    .await
}

on_both_databases!(Portal::start => wrong_passwords_are_counted_and_the_owner_is_told);
async fn wrong_passwords_are_counted_and_the_owner_is_told(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "ada@acme.example", Role::Admin).await;
    let eve = portal.visitor();
    let guess = [("email", "ada@acme.example"), ("password", "guess")];
    let nobody = [("email", "nobody@acme.example"), ("password", "guess")];
    for _ in 0..10 {
        assert_eq!(
            eve.post_from("192.0.2.7", "/login", &guess).await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
    }
    assert_eq!(eve.post_from("192.0.2.7", "/login", &guess).await.status, StatusCode::TOO_MANY_REQUESTS);
    eve.post_from("198.51.100.1", "/login", &nobody).await;
    let letter = mailed(&portal, "ada@acme.example", "Many failed log-ins").await;
    assert!(letter.contains("192.0.2.0/24"), "{letter}");
    until("the throttled one", PATIENCE, async || {
        (!rows(&portal, &acme.id, "person.log_in_throttled").await.is_empty()).then_some(())
    })
    .await;
    counted_log_ins(&portal, &acme.id, audit::Action::PersonLogInFailed, 10).await;
    let failed = rows(&portal, &acme.id, "person.log_in_failed").await;
    assert_eq!(failed.len(), 1, "one row, however many there are");
    assert_eq!((failed[0].actor.as_str(), failed[0].subject.as_str()), ("not logged in", "ada@acme.example"));
    assert_eq!(detail(&failed[0])["network"], "192.0.2.0/24");
    assert!(detail(&failed[0])["request"].as_str().is_some_and(|id| id.len() > 10));
    // When the hour is over, the others become one row.
    let later = Timestamp::now().plus(std::time::Duration::from_secs(3_600));
    let summed = portal.running.db.write(move |conn| counted::sum_up(conn, later)).await.unwrap();
    assert_eq!(summed, 2, "failed and throttled");
    let failed = rows(&portal, &acme.id, "person.log_in_failed").await;
    assert_eq!((failed.len(), detail(&failed[1])["times"].clone()), (2, 10.into()));
    let again = portal.running.db.write(move |conn| counted::sum_up(conn, later)).await.unwrap();
    assert_eq!(again, 0);
}

on_both_databases!(Portal::start => guesses_from_many_networks_are_one_mail_in_an_hour);
async fn guesses_from_many_networks_are_one_mail_in_an_hour(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "ada@acme.example", Role::Admin).await;
    let eve = portal.visitor();
    let guess = [("email", "ada@acme.example"), ("password", "guess")];
    let guess_from = async |network: usize| {
        for _ in 0..3 {
            eve.post_from(&format!("203.0.{network}.1"), "/login", &guess).await;
        }
    };
    for network in 0..4 {
        guess_from(network).await;
    }
    mailed(&portal, "ada@acme.example", "Many failed log-ins").await;
    for network in 4..12 {
        guess_from(network).await;
    }
    // What is sent later comes later: the mail about a new link shows that no other one was on its way.
    eve.post_from("198.51.100.7", "/password/forgot", &[("email", "ada@acme.example")]).await;
    mailed(&portal, "ada@acme.example", "password").await;
    let letters = portal.letters.lock().unwrap();
    assert_eq!(letters.iter().filter(|letter| letter.contains("Many failed log-ins")).count(), 1);
}

on_both_databases!(Portal::start => strangers_with_many_networks_do_not_fill_the_log);
async fn strangers_with_many_networks_do_not_fill_the_log(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "ada@acme.example", Role::Admin).await;
    let eve = portal.visitor();
    let guess = [("email", "ada@acme.example"), ("password", "guess")];
    for network in 0..30 {
        // Twice from the last: also one that is known among the others is counted.
        for _ in 0..1 + usize::from(network == 29) {
            eve.post_from(&format!("203.0.{network}.1"), "/login", &guess).await;
        }
    }
    let failed = until("all of them", PATIENCE, async || {
        let failed = rows(&portal, &acme.id, "person.log_in_failed").await;
        (failed.len() > 20).then_some(failed)
    })
    .await;
    assert_eq!(failed.len(), 21, "20 networks, and the others");
    let others: Vec<&Row> = failed.iter().filter(|row| detail(row)["network"] == "others").collect();
    assert_eq!(others.len(), 1);
    let later = Timestamp::now().plus(std::time::Duration::from_secs(3_600));
    // None is left out.
    counted_log_ins(&portal, &acme.id, audit::Action::PersonLogInFailed, 31).await;
    portal.running.db.write(move |conn| counted::sum_up(conn, later)).await.unwrap();
    let failed = rows(&portal, &acme.id, "person.log_in_failed").await;
    assert_eq!(failed.len(), 22, "those of one network that came once have their row");
    let summed = detail(&failed[21]);
    assert_eq!((summed["network"].clone(), summed["times"].clone()), ("others".into(), 11.into()));
}

on_both_databases!(Portal::start => who_comes_and_goes_is_written_down);
async fn who_comes_and_goes_is_written_down(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "ada@acme.example", Role::Admin).await;
    let ada = portal.visitor();
    let form = [("email", "ada@acme.example"), ("password", PASSWORD)];
    ada.post_from("203.0.113.9", "/login", &form).await.leads_to("/settings/integrations");
    ada.post_from("203.0.113.9", "/logout", &[]).await.leads_to("/login");
    let (came, left) = (
        rows(&portal, &acme.id, "person.logged_in").await,
        rows(&portal, &acme.id, "person.logged_out").await,
    );
    assert_eq!((came.len(), left.len()), (1, 1));
    assert_eq!(detail(&came[0])["network"], "203.0.113.0/24");
    assert_eq!(detail(&left[0])["network"], "203.0.113.0/24");
    assert!(detail(&left[0])["session"].as_str().is_some_and(|name| name.len() >= 6), "{}", left[0].detail);
    assert_eq!(
        detail(&came[0])["session"],
        detail(&left[0])["session"],
        "the session that began is the one that ended"
    );
    // On the same device nobody is told; on another one the person is.
    ada.post("/login", &form).await.leads_to("/settings/integrations");
    portal.signed_in("ada@acme.example").await;
    mailed(&portal, "ada@acme.example", "New device").await;
    let told = portal.letters.lock().unwrap().iter().filter(|letter| letter.contains("New device")).count();
    assert_eq!(told, 1);
}

on_both_databases!(Portal::start => who_joins_is_written_down_with_the_session_that_begins);
async fn who_joins_is_written_down_with_the_session_that_begins(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "ada@acme.example", Role::Admin).await;
    let ada = portal.signed_in("ada@acme.example").await;
    ada.post("/settings/team/invite", &[("email", "kim@acme.example"), ("role", "member")]).await;
    let link = portal.mailed_link("kim@acme.example").await;
    let kim = portal.visitor();
    let form = [("your_name", "Kim"), ("password", "walrus-lantern-orbit-77")];
    kim.post_from("203.0.113.9", &link, &form).await.leads_to("/settings/integrations");
    kim.post("/logout", &[]).await.leads_to("/login");
    let (joined, left) = (
        rows(&portal, &acme.id, "team.joined").await.pop().unwrap(),
        rows(&portal, &acme.id, "person.logged_out").await.pop().unwrap(),
    );
    assert_eq!(detail(&joined)["network"], "203.0.113.0/24");
    assert_eq!(detail(&joined)["session"], detail(&left)["session"]);
}

on_both_databases!(Portal::start => a_new_password_is_told);
async fn a_new_password_is_told(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "ada@acme.example", Role::Admin).await;
    let visitor = portal.visitor();
    visitor.post_from("203.0.113.9", "/password/forgot", &[("email", "ada@acme.example")]).await;
    let link = portal.mailed_link("ada@acme.example").await;
    visitor
        .post_from("203.0.113.9", &link, &[("password", "walrus-lantern-orbit-77")])
        .await
        .leads_to("/login");
    let letter = mailed(&portal, "ada@acme.example", "New password").await;
    assert!(letter.contains("203.0.113.0/24"), "{letter}");
    for action in ["person.reset_asked", "person.password_set"] {
        let row = rows(&portal, &acme.id, action).await.remove(0);
        assert_eq!(detail(&row)["network"], "203.0.113.0/24", "{action}");
    }
}

on_both_databases!(Portal::start => what_is_refused_and_what_is_taken_is_written_down);
async fn what_is_refused_and_what_is_taken_is_written_down(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "ada@acme.example", Role::Auditor).await;
    let ada = portal.signed_in("ada@acme.example").await;
    for _ in 0..3 {
        let invite = [("email", "new@acme.example"), ("role", "admin")];
        assert_eq!(ada.post("/settings/team/invite", &invite).await.status, StatusCode::FORBIDDEN);
    }
    let refused = rows(&portal, &acme.id, "access.refused").await;
    assert_eq!(refused.len(), 1, "once an hour");
    assert_eq!(
        (refused[0].actor.as_str(), refused[0].subject.as_str()),
        ("ada@acme.example", "/settings/team/invite")
    );
    for path in ["/events.csv?event=candidateHired", "/events.ndjson", "/audit.csv"] {
        assert_eq!(ada.get(path).await.status, StatusCode::OK, "{path}");
        let taken = rows(&portal, &acme.id, "data.taken").await.pop().unwrap();
        assert_eq!(taken.subject, format!("GET {path}"));
        assert!(detail(&taken)["session"].is_string(), "{}", taken.detail);
    }
    // A candidate's name that was searched for must be erasable, and this log is not.
    assert_eq!(ada.get("/events.csv?q=Cleopatra+Unmistakable").await.status, StatusCode::OK);
    let taken = rows(&portal, &acme.id, "data.taken").await.pop().unwrap();
    assert_eq!(taken.subject, "GET /events.csv?q=hidden");
    assert!(!portal.stored_anywhere("Unmistakable").await);
}

on_both_databases!(Portal::start => set_up_says_from_where);
/// Whoever has the code that the server printed owns the installation: from where that was done is written down, and the
/// admin is mailed when somebody logs in elsewhere with their password.
async fn set_up_says_from_where(portal: Portal) {
    let code = portal.running.setup_code.clone().unwrap();
    let client =
        reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).user_agent("Dana/1.0");
    let dana = Visitor::with(portal.running.url.clone(), client.build().unwrap());
    let fields = [
        ("setup_code", code.expose()),
        ("company_name", "Acme Inc"),
        ("your_name", "Dana Smith"),
        ("email", "dana@acme.example"),
        ("password", PASSWORD),
    ];
    dana.post_from("192.0.2.7", "/setup", &fields).await.leads_to("/settings/integrations");
    let acme = portal.running.db.read(people::companies).await.unwrap().remove(0).id;
    let mut sessions = Vec::new();
    for action in ["company.created", "team.added"] {
        let row = rows(&portal, &acme, action).await.remove(0);
        let seen = detail(&row);
        assert_eq!((row.actor.as_str(), seen["network"].as_str()), ("not logged in", Some("192.0.2.0/24")));
        assert_eq!(seen["browser"], "Dana/1.0");
        assert!(seen["request"].as_str().is_some_and(|id| id.len() > 10), "{seen}");
        sessions.push(seen["session"].as_str().unwrap().to_owned());
    }
    dana.post("/logout", &[]).await;
    let out = detail(&rows(&portal, &acme, "person.logged_out").await.remove(0));
    assert!(sessions.iter().all(|session| out["session"] == session.as_str()), "{sessions:?} {out}");
    portal.signed_in("dana@acme.example").await;
    mailed(&portal, "dana@acme.example", "New device").await;
}
