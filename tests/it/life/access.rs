//! Access that is revoked in Lever is noticed without a call from anybody, told once, and mended by
//! connecting again.

use super::*;
use crate::support::lever::consent::grant_again;
use crate::support::on_both_databases;
use crate::support::portal::PASSWORD;
use alva_portal::people::Role;
use alva_portal::reasons::Reason;

const REVOKED: &str = "Access was revoked in Lever";

impl Connected {
    async fn revoke(&self) {
        self.control(Method::POST, "revoke", json!({"client_id": "test-client"})).await;
    }

    async fn is_disconnected(&self) {
        until("the end of the connection", PATIENCE, async || {
            (self.account().await.state == integrations::State::Disconnected).then_some(())
        })
        .await;
    }

    pub(super) async fn reconnect(&self) {
        let there = &self;
        let id = grant_again(&there.lever, &there.admin, &there.integration).await;
        assert_eq!(id, there.integration);
        assert_eq!(self.account().await.state, integrations::State::Active, "the configuration is kept");
    }

    async fn delivered(&self) -> reqwest::StatusCode {
        let url = self.portal.running.url.join(&self.account().await.webhook_path()).unwrap();
        reqwest::Client::new().post(url).body("{}").send().await.unwrap().status()
    }
}

on_both_databases!(Connected::active => revoked_access_is_noticed_by_the_check);
/// The check notices, every admin is told once, and webhooks are answered 410.
async fn revoked_access_is_noticed_by_the_check(working: Connected) {
    let portal = &working.portal;
    portal.person(&working.company, "grace@acme.example", Role::Admin).await;
    portal.person(&working.company, "max@acme.example", Role::Member).await;
    working.revoke().await;
    working.make_due(Due::Check).await;
    working.is_disconnected().await;
    assert_eq!(working.account().await.state_reason, Reason::AccessRevoked);
    for admin in ["ada@acme.example", "grace@acme.example"] {
        working.mailed(admin, REVOKED).await;
    }
    assert_eq!(working.delivered().await, 410);
    let page = working.admin.get(&working.page()).await;
    assert!(page.text(".banner").contains(REVOKED), "{}", page.text(".banner"));
    working.reconnect().await;
    for admin in ["ada@acme.example", "grace@acme.example"] {
        working.mailed(admin, "Connected to Lever again").await;
        assert_eq!(working.mails(admin, REVOKED).await, 1, "told once");
    }
    assert_eq!(working.mails("max@", REVOKED).await, 0, "members are not told");
    let audit = working.audit().await;
    for action in
        ["integration.alert", "integration.disconnected", "integration.reconnected", "integration.recovered"]
    {
        assert_eq!(audit.iter().filter(|there| *there == action).count(), 1, "{action}: {audit:?}");
    }
    assert!(
        portal
            .signed_in("grace@acme.example")
            .await
            .log_in("grace@acme.example", PASSWORD)
            .await
            .status
            .is_redirection()
    );
}

on_both_databases!(Connected::active => events_wait_for_access_and_go_on);
/// An event that found access gone waits, without being tried in vain, and goes on afterwards.
async fn events_wait_for_access_and_go_on(working: Connected) {
    let person = working.person("Waiting", "applicant-new").await;
    working.revoke().await;
    working.move_to(&person, TRIGGER).await;
    working.is_disconnected().await;
    working.mailed("ada@acme.example", REVOKED).await;
    let waiting = working.events().await;
    assert_eq!(waiting.iter().filter(|event| event.state == State::Queued).count(), 1);
    let steps = |working: &Connected| {
        use alva_portal::db::schema::event_steps::dsl;
        let (db, id) = (working.portal.running.db.clone(), waiting[0].id);
        async move {
            let count = move |conn: &mut alva_portal::db::Conn| {
                Ok::<i64, DbError>(dsl::event_steps.filter(dsl::event_id.eq(&id)).count().get_result(conn)?)
            };
            db.read(count).await.unwrap()
        }
    };
    let before = steps(&working).await;
    assert!(before <= 3, "not tried in vain: {before} steps");
    working.reconnect().await;
    working.mailed("waiting@people.example", "invites you").await;
    assert_eq!(working.invitations(&person).await.len(), 1);
}

on_both_databases!(Connected::active => moves_during_a_disconnection_are_found_after_it);
/// Whoever was moved while the account was disconnected is invited after reconnecting.
async fn moves_during_a_disconnection_are_found_after_it(working: Connected) {
    let person = working.person("Meanwhile", "applicant-new").await;
    working.revoke().await;
    working.make_due(Due::Check).await;
    working.is_disconnected().await;
    working.fault(json!({"target": "deliveries", "kind": "withhold"})).await;
    working.move_to(&person, TRIGGER).await;
    working.reconnect().await;
    working.mailed("meanwhile@people.example", "invites you").await;
    assert_eq!(working.invitations(&person).await.len(), 1);
}
