//! When deliveries that no token verifies are somebody's to look at: when nothing was verified for a while, and when a
//! token was changed; from elsewhere, at any other time, they say that a stranger has the address.

use super::*;
use alva_portal::db::schema::{signature_watches, signing_tokens};

const DAY: u64 = 86_400;

impl Door<'_> {
    /// The tokens were added two days ago, and the last delivery was verified so many seconds ago.
    async fn verified_ago(&self, seconds: u64) {
        assert_eq!(self.send_from("203.0.113.9", &signed("the-token", "genuine")).await, StatusCode::OK);
        let (id, now) = (self.integration, Timestamp::now());
        let age = move |conn: &mut Conn| {
            let tokens = signing_tokens::table.filter(signing_tokens::integration_id.eq(id));
            let added = now.minus(Duration::from_secs(2 * DAY));
            diesel::update(tokens).set(signing_tokens::added_at.eq(added)).execute(conn)?;
            let verified = now.minus(Duration::from_secs(seconds));
            diesel::update(signature_watches::table.find(id))
                .set(signature_watches::verified_at.eq(verified))
                .execute(conn)?;
            Ok::<_, DbError>(())
        };
        self.portal.running.db.write(age).await.unwrap();
    }

    async fn fail(&self, numbers: std::ops::Range<usize>) {
        for number in numbers {
            let status = self.send_from("198.51.100.1", &junk(number)).await;
            assert_eq!(status, StatusCode::UNAUTHORIZED);
        }
    }
}

on_both_databases!(Portal::start => a_stranger_alarms_nobody_while_deliveries_are_verified);
async fn a_stranger_alarms_nobody_while_deliveries_are_verified(portal: Portal) {
    let door = Door::of(&portal, State::Active, &["the-token"]).await;
    door.verified_ago(10 * 60).await;
    door.fail(0..40).await;
    assert!(!door.is_alarmed().await, "a delivery was verified ten minutes ago");
}

on_both_databases!(Portal::start => many_failures_after_a_while_of_silence_are_told);
async fn many_failures_after_a_while_of_silence_are_told(portal: Portal) {
    let door = Door::of(&portal, State::Active, &["the-token"]).await;
    door.verified_ago(20 * 60).await;
    door.fail(0..19).await;
    assert!(!door.is_alarmed().await, "nineteen from elsewhere may be a stranger's");
    door.fail(19..20).await;
    assert!(door.is_alarmed().await, "nothing was verified for a quarter of an hour, and twenty failed");
    assert_eq!(door.send_from("203.0.113.9", &signed("the-token", "again")).await, StatusCode::OK);
    assert!(!door.is_alarmed().await);
}

on_both_databases!(Portal::start => failures_for_an_hour_of_silence_are_told);
async fn failures_for_an_hour_of_silence_are_told(portal: Portal) {
    let door = Door::of(&portal, State::Active, &["the-token"]).await;
    door.verified_ago(2 * 3_600).await;
    door.fail(0..2).await;
    assert!(!door.is_alarmed().await, "two within a moment");
    let (id, then) = (door.integration, Timestamp::now().minus(Duration::from_secs(3_700)));
    let age = move |conn: &mut Conn| {
        let watch = diesel::update(signature_watches::table.find(id));
        Ok::<_, DbError>(watch.set(signature_watches::failed_since.eq(then)).execute(conn)?)
    };
    portal.running.db.write(age).await.unwrap();
    door.fail(2..3).await;
    assert!(door.is_alarmed().await, "they have failed for an hour, and nothing was verified");
}

on_both_databases!(Portal::start => failures_beside_a_changed_token_are_told);
async fn failures_beside_a_changed_token_are_told(portal: Portal) {
    let door = Door::of(&portal, State::Active, &["the-token"]).await;
    door.verified_ago(60).await;
    door.fail(0..5).await;
    assert!(!door.is_alarmed().await, "from elsewhere, while deliveries are verified");
    // Somebody saved another token just now.
    let (id, sealer) = (door.integration, portal.sealer());
    let token = SigningToken::new(&id, &SecretString::from("another-token"), &sealer);
    portal.write(move |conn| Ok(tokens::add(conn, &token)?)).await;
    door.fail(5..6).await;
    assert!(door.is_alarmed().await, "a token was changed, and several fail");
}
