//! A new password for one who forgot theirs.

use crate::support::on_both_databases;
use crate::support::portal::{PASSWORD, Portal};
use alva_portal::audit::Actor;
use alva_portal::db::DbError;
use alva_portal::people::{self, Email, Role};
use diesel::prelude::*;
use reqwest::StatusCode;

const NEW: &str = "velvet-canyon-otter-77";

on_both_databases!(Portal::start => a_mailed_link_sets_a_new_password_once);
async fn a_mailed_link_sets_a_new_password_once(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "ada@acme.example", Role::Member).await;
    let elsewhere = portal.signed_in("ada@acme.example").await;

    let ada = portal.visitor();
    let known = ada.post("/password/forgot", &[("email", "Ada@acme.example")]).await;
    let unknown = ada.post("/password/forgot", &[("email", "eve@acme.example")]).await;
    assert_eq!((known.status, unknown.status), (StatusCode::OK, StatusCode::OK));
    let said = known.text("main").replace("ada@", "eve@");
    assert_eq!(said, unknown.text("main"), "the answer does not tell who is known");

    let link = portal.mailed_link("ada@acme.example").await;
    assert!(link.starts_with("/password/reset/"));
    let weak = ada.post(&link, &[("password", "acmeacmeacme")]).await;
    assert_eq!(weak.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", weak.html);
    assert!(weak.text("#password-error").contains("easy to guess"));
    assert!(elsewhere.is_signed_in().await, "nothing has changed yet");

    ada.post(&link, &[("password", NEW)]).await.leads_to("/login");
    assert!(ada.get("/login").await.text(".flash").contains("new password is set"));
    assert!(!elsewhere.is_signed_in().await, "sessions elsewhere have ended");
    assert_eq!(ada.log_in("ada@acme.example", PASSWORD).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    ada.log_in("ada@acme.example", NEW).await.leads_to("/settings/integrations");

    let again = portal.visitor();
    assert_eq!(again.get(&link).await.status, StatusCode::GONE);
    assert_eq!(again.post(&link, &[("password", PASSWORD)]).await.status, StatusCode::GONE);
    let letters = portal.letters.lock().unwrap();
    let links = letters.iter().filter(|letter| letter.lines().any(|line| line.starts_with("http"))).count();
    assert_eq!(links, 1, "one link was mailed");
    assert!(letters.iter().all(|letter| letter.contains("ada@acme.example")), "nobody else was written to");
}

on_both_databases!(Portal::start => a_link_is_good_for_an_hour_and_for_its_purpose);
async fn a_link_is_good_for_an_hour_and_for_its_purpose(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "ada@acme.example", Role::Member).await;
    let make = || {
        portal.write(|conn| {
            let ada = Email::parse("ada@acme.example").unwrap();
            Ok(people::begin_reset(conn, &Actor::Portal, &ada, false)?.unwrap().1)
        })
    };
    // Three are good at a time, so that a stranger who asks for more ends none of the owner's.
    let older = make().await;
    let second = make().await;
    let third = make().await;
    let visitor = portal.visitor();
    let path = |code: &alva_portal::secrets::Code| format!("/password/reset/{}", code.expose());
    assert_eq!(visitor.get(&path(&older)).await.status, StatusCode::OK);
    // Once a password is set, none of the others sets another.
    let new = [("password", "a-meadow-of-tin-larks")];
    assert_eq!(visitor.post(&path(&third), &new).await.status, StatusCode::SEE_OTHER);
    for other in [&older, &second, &third] {
        assert_eq!(visitor.get(&path(other)).await.status, StatusCode::GONE);
    }
    let newer = make().await;
    let as_invitation = format!("/invite/{}", newer.expose());
    assert_eq!(visitor.get(&as_invitation).await.status, StatusCode::GONE, "it is no invitation");

    let span: i64 = portal
        .running
        .db
        .write(|conn| {
            use alva_portal::db::schema::codes::dsl::{codes, created_at, expires_at, kind};
            let span: (i64, i64) =
                codes.filter(kind.eq("reset")).select((created_at, expires_at)).first(conn)?;
            diesel::update(codes).set(expires_at.eq(span.0)).execute(conn)?;
            Ok::<_, DbError>(span.1 - span.0)
        })
        .await
        .unwrap();
    assert_eq!(span, 3_600_000);
    assert_eq!(visitor.get(&path(&newer)).await.status, StatusCode::GONE, "the hour is over");
}
