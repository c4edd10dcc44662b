//! A session is ended, or a password changed, while a request that began before waits for its turn.

use crate::support::on_both_databases;
use crate::support::portal::{PASSWORD, Portal};
use crate::support::visitor::{Page, Visitor};
use crate::support::wait::{PATIENCE, until};
use actix_session::Session;
use actix_web::{App, HttpResponse, test};
use alva_portal::db::schema::{sessions, users};
use alva_portal::db::{Conn, DbError};
use alva_portal::ids::UserId;
use alva_portal::people::{self, Role};
use alva_portal::secrets::{Asker, PasswordChecks};
use alva_portal::web;
use diesel::prelude::*;
use futures_util::future::{BoxFuture, join_all};
use reqwest::StatusCode;
use std::sync::{Arc, Barrier};

/// What happens while the request waits.
#[derive(Clone, Copy, PartialEq)]
enum Change {
    /// The password is another one, and all sessions end: as a change and a reset do.
    Password,
    /// All sessions end, as when an admin logs somebody out.
    Sessions,
    /// The person is taken out of the team.
    Person,
}

async fn change(portal: &Portal, user: UserId, change: Change) {
    let work = move |conn: &mut Conn| {
        let person = users::table.find(user);
        match change {
            // Of a password that nobody knows.
            Change::Password => {
                diesel::update(person).set(users::password_hash.eq("$argon2id$v=19$another")).execute(conn)?
            }
            Change::Person => diesel::update(person).set(users::disabled_at.eq(1)).execute(conn)?,
            Change::Sessions => 0,
        };
        diesel::delete(sessions::table.filter(sessions::user_id.eq(user))).execute(conn)?;
        Ok::<_, DbError>(())
    };
    portal.running.db.write(work).await.unwrap();
}

/// Sends a request whose password is checked only after the change.
async fn through(portal: &Portal, user: UserId, what: Change, request: impl Future<Output = Page>) -> Page {
    let (checks, cores) = (&portal.running.passwords, PasswordChecks::at_once());
    let gate = Arc::new(Barrier::new(cores + 1));
    let busy = (0..cores).map(|_| {
        let gate = Arc::clone(&gate);
        let check: BoxFuture<'_, _> = Box::pin(checks.in_turn(Asker::Stranger, move || gate.wait()));
        check
    });
    let mut busy = Box::pin(join_all(busy));
    assert!(futures_util::poll!(busy.as_mut()).is_pending(), "every core is taken");
    let changed = async {
        until("the request to wait", PATIENCE, async || (checks.known_waiting() == 1).then_some(())).await;
        change(portal, user, what).await;
        let gate = Arc::clone(&gate);
        tokio::task::spawn_blocking(move || gate.wait()).await.unwrap();
    };
    let (answer, _, ()) = futures_util::join!(request, busy, changed);
    answer
}

async fn is_out(visitor: &Visitor) -> bool {
    visitor.get("/settings/team").await.status == StatusCode::SEE_OTHER
}

on_both_databases!(Portal::start => a_log_in_that_waited_through_a_new_password_begins_no_session);
async fn a_log_in_that_waited_through_a_new_password_begins_no_session(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    for (name, what) in [("ada", Change::Password), ("grace", Change::Person)] {
        let email = format!("{name}@acme.example");
        let user = portal.person(&acme, &email, Role::Admin).await;
        let eve = portal.signed_in(&email).await;
        // Her device is known, so she waits where known people do.
        eve.post("/logout", &[]).await;
        let answer = through(&portal, user.id, what, eve.log_in(&email, PASSWORD)).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.html);
        assert!(is_out(&eve).await, "{email}");
    }
    let began = portal.audit(&acme.id).await;
    let began = began.iter().filter(|action| *action == "person.logged_in").count();
    assert_eq!(began, 2, "the first of each; what did not begin is not written down");
}

on_both_databases!(Portal::start => a_session_that_was_ended_does_not_come_back_by_a_confirmation);
async fn a_session_that_was_ended_does_not_come_back_by_a_confirmation(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    for (name, what) in [("ada", Change::Password), ("grace", Change::Sessions), ("hal", Change::Person)] {
        let email = format!("{name}@acme.example");
        let user = portal.person(&acme, &email, Role::Admin).await;
        let eve = portal.signed_in(&email).await;
        let confirm = [("confirm_to", "/settings/team"), ("confirm_password", PASSWORD)];
        let answer = through(&portal, user.id, what, eve.post("/account/confirm", &confirm)).await;
        assert!(
            answer.location.as_deref().is_some_and(|to| to.starts_with("/login")),
            "{name}: {}",
            answer.html
        );
        assert!(is_out(&eve).await, "{email}");
    }
    let confirmed = portal.audit(&acme.id).await;
    assert!(!confirmed.iter().any(|row| row == "person.confirmed"), "{confirmed:?}");
}

on_both_databases!(Portal::start => a_confirmation_renews_the_key_and_keeps_the_session);
async fn a_confirmation_renews_the_key_and_keeps_the_session(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "ada@acme.example", Role::Admin).await;
    let ada = portal.signed_in("ada@acme.example").await;
    let copied = portal.visitor();
    copied.set_cookie(ada.cookie());
    let confirm = [("confirm_to", "/settings/team"), ("confirm_password", PASSWORD)];
    assert_eq!(ada.post("/account/confirm", &confirm).await.status, StatusCode::OK);
    assert_eq!(ada.get("/settings/team").await.status, StatusCode::OK);
    assert!(is_out(&copied).await, "the key of before opens nothing");
    let count = |conn: &mut Conn| Ok::<i64, DbError>(sessions::table.count().get_result(conn)?);
    assert_eq!(portal.running.db.read(count).await.unwrap(), 1, "one session, as before");
}

on_both_databases!(Portal::start => the_row_of_a_session_is_written_only_where_the_session_may_be);
/// The last check is where the row is written, in one transaction: between the two something may change as well.
async fn the_row_of_a_session_is_written_only_where_the_session_may_be(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    let user = portal.person(&acme, "ada@acme.example", Role::Admin).await;
    let rows = async || {
        let count = |conn: &mut Conn| Ok::<i64, DbError>(sessions::table.count().get_result(conn)?);
        portal.running.db.read(count).await.unwrap()
    };
    let (mine, stale) = (people::password_mark(&user), "the mark of a password of before".to_owned());
    let begins =
        |mark: &str| vec![("user", user.id.to_string()), ("name", "one".into()), ("password", mark.into())];
    let goes_on = |held: &str| [begins(&mine), vec![("held", held.to_owned())]].concat();
    for (state, expected) in [(begins(&stale), 0), (goes_on("held by nobody"), 0), (begins(&mine), 1)] {
        let begin = move |session: Session| {
            for (key, value) in &state {
                session.insert(*key, value).unwrap();
            }
            session.renew();
            std::future::ready(HttpResponse::Ok().finish())
        };
        let sessions = web::sessions(portal.running.db.clone(), portal.sealer(), &portal.running.url);
        let app = App::new().wrap(sessions).route("/", actix_web::web::get().to(begin));
        let app = test::init_service(app).await;
        test::call_service(&app, test::TestRequest::get().uri("/").to_request()).await;
        assert_eq!(rows().await, expected);
    }
}

/// A form whose last bytes come when its sender is not what they were any more.
async fn finished_after(
    portal: &Portal,
    visitor: &Visitor,
    path: &str,
    fields: &str,
    change: impl Future,
) -> String {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let body = format!("{fields}&csrf={}", visitor.token().await);
    let (begin, end) = body.split_at(10);
    let url = &portal.running.url;
    let address = format!("{}:{}", url.host_str().unwrap(), url.port().unwrap());
    let mut sender = tokio::net::TcpStream::connect(&address).await.unwrap();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: {address}\r\nCookie: {}\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{begin}",
        visitor.cookie().unwrap(),
        body.len()
    );
    sender.write_all(head.as_bytes()).await.unwrap();
    // What was sent is read before what others send afterwards is answered twice over.
    for _ in 0..3 {
        portal.visitor().get("/healthz").await;
    }
    change.await;
    sender.write_all(end.as_bytes()).await.unwrap();
    let mut answer = String::new();
    sender.read_to_string(&mut answer).await.unwrap();
    answer
}

on_both_databases!(Portal::start => a_form_that_is_finished_after_the_removal_does_nothing);
async fn a_form_that_is_finished_after_the_removal_does_nothing(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "ada@acme.example", Role::Admin).await;
    let mallory = portal.person(&acme, "mallory@acme.example", Role::Admin).await;
    let (ada, eve) =
        (portal.signed_in("ada@acme.example").await, portal.signed_in("mallory@acme.example").await);
    let own = format!("/settings/team/{}", mallory.id);
    // Demoted: they cannot make themselves an admin again.
    let demoted =
        async { ada.post(&format!("{own}/role"), &[("role", "auditor")]).await.leads_to("/settings/team") };
    let answer = finished_after(&portal, &eve, &format!("{own}/role"), "role=admin", demoted).await;
    assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
    ada.post(&format!("{own}/role"), &[("role", "admin")]).await.leads_to("/settings/team");
    // Removed: they invite nobody.
    let removed = async { ada.post(&format!("{own}/remove"), &[]).await.leads_to("/settings/team") };
    let invite = "email=eve%40evil.example&role=admin";
    let answer = finished_after(&portal, &eve, "/settings/team/invite", invite, removed).await;
    assert!(
        answer.starts_with("HTTP/1.1 303") && answer.to_lowercase().contains("location: /login"),
        "{answer}"
    );
    let team = portal.team(&acme.id).await;
    assert_eq!(team, [("ada@acme.example".to_owned(), Role::Admin)]);
}
