//! Access that Lever has just renewed and refuses all the same: of one record, for a moment, or for good.

use super::*;
use crate::support::lever::consent::grant_again;
use crate::support::on_both_databases;
use crate::support::proxy::{Change, Proxy};
use alva_portal::db::schema::lever_accounts;

fn unauthorized() -> Change {
    Change::Answer(401, json!({"code": "Unauthorized", "message": "Unauthorized"}))
}

/// The path of an opportunity, for as long as the test runs.
fn path_of(opportunity: &str) -> &'static str {
    Box::leak(format!("/v1/opportunities/{opportunity}").into_boxed_str())
}

on_both_databases!(Connected::active_behind_proxy => a_moment_of_refusal_ends_no_connection);
/// Lever's API learns of a new token after its sign-in service gave it: a grant that Lever renews was not revoked
/// (Lever's wire notes §2: that is `invalid_grant`).
async fn a_moment_of_refusal_ends_no_connection((there, proxy): (Connected, Proxy)) {
    let ada = there.person("Ada", "applicant-new").await;
    proxy.change("GET", path_of(&ada), unauthorized(), 2);
    proxy.change("GET", "/v1/stages", unauthorized(), 1);
    there.move_to(&ada, TRIGGER).await;
    until("the refusal on the page", PATIENCE, async || {
        let page = there.admin.get(&there.page()).await.text("main");
        let says = "renewed the portal's access and does not accept it yet (HTTP 401: Unauthorized)";
        (page.contains(says) || there.mails("ada@people.example", "invites you").await > 0).then_some(())
    })
    .await;
    there.mailed("ada@people.example", "invites you").await;
    assert_eq!(there.account().await.state, integrations::State::Active);
    assert!(!there.audit().await.contains(&"integration.disconnected".to_owned()));
    there.make_due(Due::Check).await;
    until("a check that went well", PATIENCE, async || {
        (!there.admin.get(&there.page()).await.text("main").contains("does not accept it yet")).then_some(())
    })
    .await;
}

on_both_databases!(Connected::active_behind_proxy => one_record_that_is_refused_costs_only_itself);
async fn one_record_that_is_refused_costs_only_itself((there, proxy): (Connected, Proxy)) {
    let (ada, bea) = (there.person("Ada", "applicant-new").await, there.person("Bea", "applicant-new").await);
    proxy.change("GET", path_of(&ada), unauthorized(), 1_000);
    let renewals = proxy.calls("POST", "/oauth/token").len();
    there.move_to(&ada, TRIGGER).await;
    until("its refusal", PATIENCE, async || (proxy.calls("GET", path_of(&ada)).len() >= 4).then_some(()))
        .await;
    there.move_to(&bea, TRIGGER).await;
    there.mailed("bea@people.example", "invites you").await;
    assert_eq!(there.account().await.state, integrations::State::Active);
    // A token that is new is not renewed because one record is refused.
    assert!(proxy.calls("POST", "/oauth/token").len() <= renewals + 1);
}

on_both_databases!(Connected::active_behind_proxy => what_is_refused_for_minutes_has_ended);
async fn what_is_refused_for_minutes_has_ended((there, proxy): (Connected, Proxy)) {
    proxy.change("GET", "/v1/", unauthorized(), 1_000);
    there.make_due(Due::Check).await;
    let id = there.integration;
    let refused = || async {
        let since = move |conn: &mut alva_portal::db::Conn| {
            Ok(lever_accounts::table
                .find(&id)
                .select(lever_accounts::refused_since)
                .first::<Option<Timestamp>>(conn)
                .map_err(DbError::from)?)
        };
        there.portal.write(since).await
    };
    until("the first refusal", PATIENCE, async || refused().await).await;
    assert_eq!(there.account().await.state, integrations::State::Active);
    let page = there.admin.get(&there.page()).await.text("main");
    assert!(page.contains("does not accept it yet"), "{page}");
    there
        .change(move |conn| {
            let then = Some(Timestamp(Timestamp::now().0 - 11 * 60_000));
            diesel::update(lever_accounts::table.find(&id))
                .set(lever_accounts::refused_since.eq(then))
                .execute(conn)?;
            Ok(())
        })
        .await;
    there.make_due(Due::Check).await;
    until("the end of the connection", PATIENCE, async || {
        (there.account().await.state == integrations::State::Disconnected).then_some(())
    })
    .await;
    let page = there.admin.get(&there.page()).await.text("main");
    assert!(page.contains("Lever no longer accepts the portal's access"), "{page}");
    // Granted again, a moment of refusal is a moment again.
    proxy.ways().changes.clear();
    grant_again(&there.lever, &there.admin, &id).await;
    assert!(refused().await.is_none());
    assert_eq!(there.account().await.state, integrations::State::Active);
}

on_both_databases!(Connected::active_behind_proxy => a_clock_that_is_behind_is_said);
/// Deliveries from the future are refused (Lever's wire notes §6), so a clock that is behind refuses them all.
async fn a_clock_that_is_behind_is_said((there, proxy): (Connected, Proxy)) {
    proxy.ways().ahead = jiff::SignedDuration::from_mins(45);
    there.make_due(Due::Check).await;
    let says = "clock is 45 minutes behind Lever’s, so every event";
    let page = until("the clock on the page", PATIENCE, async || {
        let page = there.admin.get(&there.page()).await.text("main");
        page.contains(says).then_some(page)
    })
    .await;
    assert!(!page.contains("All well"), "{page}");
    let tested = there.admin.post(&format!("{}/check", there.page()), &[]).await.text("main");
    assert!(tested.contains("clock is 45 minutes behind Lever's"), "{tested}");
    assert!(!tested.contains("Everything works"), "{tested}");
    proxy.ways().ahead = jiff::SignedDuration::ZERO;
    there.make_due(Due::Check).await;
    until("a clock that is right", PATIENCE, async || {
        (!there.admin.get(&there.page()).await.text("main").contains(says)).then_some(())
    })
    .await;
}
