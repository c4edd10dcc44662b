//! Tests that somebody else gives: what is heard late, and when nobody asks any more.

use super::provider::*;
use super::*;
use crate::support::on_both_databases;
use crate::support::wait::{PATIENCE, until};
use alva_portal::db::schema::{actions, test_orders};
use alva_portal::invitations::actions::{ActionKind, ActionState};
use alva_portal::invitations::test_orders::{State as OrderState, TestOrder};
use assessment::http_provider::callback::SigningSecret;
use reqwest::Method;
use serde_json::{Value, json};

const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(86_400);

impl WithProvider {
    /// The link of an invitation ran out so long ago.
    async fn ran_out(&self, order: &str, ago: Duration) {
        let (id, then) = (order.to_owned(), Timestamp::now().minus(ago));
        self.connected
            .portal
            .write(move |conn| {
                diesel::update(invitations::table.find(&id))
                    .set(invitations::expires_at.eq(then))
                    .execute(conn)
                    .map_err(DbError::from)?;
                Ok(())
            })
            .await;
    }

    async fn order(&self, order: &str) -> TestOrder {
        let id = order.to_owned();
        let find = move |conn: &mut alva_portal::db::Conn| {
            Ok(test_orders::table
                .find(&id)
                .select(TestOrder::as_select())
                .first(conn)
                .map_err(DbError::from)?)
        };
        self.connected.portal.write(find).await
    }

    /// Asked now; answers how long it waits for the next time, none when it is done.
    async fn asked(&self, order: &str) -> Option<Duration> {
        let path = format!("GET /orders/{order}");
        let before = self.elsewhere.asked(&path);
        ask_now(&self.connected.portal, order).await;
        until("the order to have had its turn", PATIENCE, async || {
            let next = next_at(&self.connected.portal, order).await.expect("the order is known");
            let known = self.order(order).await;
            // Read after it was planned, so that the wait is not found longer than it is.
            let now = Timestamp::now();
            let is_asked = self.elsewhere.asked(&path) > before;
            // Longer than a claim.
            let waits = next.since(now) > 300_000;
            let wait = Duration::from_millis(next.since(now).unsigned_abs());
            match known.state {
                OrderState::Done if is_asked => Some(None),
                OrderState::Open if is_asked && waits => Some(Some(wait)),
                _ => None,
            }
        })
        .await
    }

    async fn calls_back(&self, order: &str, id: &str) {
        let body = json!({"type": "order.changed", "reference": order}).to_string();
        let secret = SigningSecret::parse(&SECRET.to_owned().into()).unwrap();
        let signature = secret.sign(id, now_s(), body.as_bytes());
        let status = call_back(&self.connected.portal, id, now_s(), &signature, &body).await;
        assert_eq!(status, StatusCode::NO_CONTENT);
    }

    /// Waits until Lever shows this progress tag, and no other.
    async fn tagged(&self, opportunity: &str, tag: &str) {
        until(&format!("the tag {tag}"), PATIENCE, async || {
            let now =
                self.connected.api(Method::GET, &format!("opportunities/{opportunity}"), Value::Null).await;
            let tags: Vec<String> = serde_json::from_value(now["data"]["tags"].clone()).unwrap();
            let ours: Vec<&String> = tags.iter().filter(|tag| tag.starts_with("Alva: ")).collect();
            (ours == [tag]).then_some(())
        })
        .await;
    }

    async fn notes(&self, opportunity: &str) -> String {
        self.connected
            .api(Method::GET, &format!("opportunities/{opportunity}/notes"), Value::Null)
            .await
            .to_string()
    }

    /// Waits until so many mails went to somebody; answers the first link of the last.
    async fn mailed(&self, name: &str, count: usize) -> String {
        let address = format!("{}@people.example", name.to_lowercase());
        let mails = until(&format!("{count} mails"), PATIENCE, async || {
            Some(self.connected.mails_to(&address).await).filter(|mails| mails.len() == count)
        })
        .await;
        // The inbox shows the newest first.
        let links: Vec<&str> = mails.iter().map(|mail| mail["links"][0].as_str().unwrap()).collect();
        assert!(links.iter().all(|link| *link == links[0]), "the same link every time: {links:?}");
        links[0].to_owned()
    }

    async fn page_of(&self, name: &str) -> String {
        let list = self.connected.admin.get(&format!("/candidates?q={name}")).await;
        list.attribute("td[data-label=Candidate] a", "href").unwrap()
    }
}

on_both_databases!(WithProvider::active => who_began_in_time_is_heard_of_late);
/// The callback was lost, and the invitation expired here before the portal asked.
async fn who_began_in_time_is_heard_of_late(there: WithProvider) {
    let portal = &there.connected.portal;
    let (ada, order) = invited(&there.connected, &there.elsewhere, "Ada").await;
    there.ran_out(&order, Duration::from_secs(1)).await;
    is_in(portal, &order, InvitationState::Expired).await;
    there.tagged(&ada, "Alva: Expired").await;
    there.elsewhere.set(&order, "started");
    ask_now(portal, &order).await;
    is_in(portal, &order, InvitationState::Started).await;
    there.tagged(&ada, "Alva: Started").await;
    // Once the link has run out, once an hour is enough.
    let wait = there.asked(&order).await.expect("who began may finish");
    assert!(wait > HOUR - Duration::from_secs(60) && wait <= HOUR, "{wait:?}");
    there.elsewhere.set(&order, "completed");
    ask_now(portal, &order).await;
    is_in(portal, &order, InvitationState::Completed).await;
    there.tagged(&ada, "Alva: Completed").await;

    // Of another nothing is heard before the result is there.
    let (grace, order) = invited(&there.connected, &there.elsewhere, "Grace").await;
    there.ran_out(&order, Duration::from_secs(1)).await;
    is_in(portal, &order, InvitationState::Expired).await;
    there.elsewhere.set(&order, "completed");
    ask_now(portal, &order).await;
    is_in(portal, &order, InvitationState::Completed).await;
    there.tagged(&grace, "Alva: Completed").await;
    until("the note", PATIENCE, async || there.notes(&grace).await.contains("Logic: 7 of 10").then_some(()))
        .await;
}

on_both_databases!(WithProvider::active => nobody_is_asked_about_for_ever);
/// Asking ends some time after the link ran out; a callback is heard even then.
async fn nobody_is_asked_about_for_ever(there: WithProvider) {
    let portal = &there.connected.portal;
    let (_, order) = invited(&there.connected, &there.elsewhere, "Ada").await;
    let wait = there.asked(&order).await.expect("the link is good");
    assert!(wait <= Duration::from_secs(600), "{wait:?}");
    // Not begun: for a day, as often as before.
    there.ran_out(&order, DAY - HOUR).await;
    let wait = there.asked(&order).await.expect("the clocks may differ");
    assert!(wait <= Duration::from_secs(600), "{wait:?}");
    there.ran_out(&order, DAY + HOUR).await;
    assert_eq!(there.asked(&order).await, None, "nobody can begin any more");
    // Begun: for 90 days.
    let (grace, order) = invited(&there.connected, &there.elsewhere, "Grace").await;
    there.elsewhere.set(&order, "started");
    there.ran_out(&order, 89 * DAY).await;
    assert!(there.asked(&order).await.is_some());
    there.ran_out(&order, 91 * DAY).await;
    assert_eq!(there.asked(&order).await, None);
    // One that never answers again is given up, too.
    let (_, silent) = invited(&there.connected, &there.elsewhere, "Hedy").await;
    there.ran_out(&silent, 91 * DAY).await;
    *there.elsewhere.unwell.lock().unwrap() = 1;
    assert_eq!(there.asked(&silent).await, None);

    there.elsewhere.set(&order, "completed");
    there.calls_back(&order, "late").await;
    is_in(portal, &order, InvitationState::Completed).await;
    there.tagged(&grace, "Alva: Completed").await;
    // Withdrawn after the end: taken back everywhere.
    until("the order to be done", PATIENCE, async || {
        (there.order(&order).await.state == OrderState::Done).then_some(())
    })
    .await;
    until("the note", PATIENCE, async || there.notes(&grace).await.contains("Logic: 7 of 10").then_some(()))
        .await;
    there.elsewhere.set(&order, "withdrawn");
    there.calls_back(&order, "later").await;
    is_in(portal, &order, InvitationState::Withdrawn).await;
    there.tagged(&grace, "Alva: Withdrawn").await;
    until("the note to go", PATIENCE, async || {
        (!there.notes(&grace).await.contains("Logic: 7 of 10")).then_some(())
    })
    .await;
}

on_both_databases!(WithProvider::active => mails_hold_the_providers_link);
/// The link is the provider's, and it gives the same one again: reminders and resending need none of ours.
async fn mails_hold_the_providers_link(there: WithProvider) {
    let portal = &there.connected.portal;
    let (_, order) = invited(&there.connected, &there.elsewhere, "Ada").await;
    let link = format!("http://tests.example/take/{order}");
    is_in(portal, &order, InvitationState::Sent).await;
    let id = order.clone();
    let past = Timestamp::now().minus(2 * HOUR);
    portal
        .write(move |conn| {
            diesel::update(invitations::table.find(&id))
                .set((
                    invitations::code_sealed.eq(None::<alva_portal::secrets::Sealed>),
                    invitations::sent_at.eq(Some(past)),
                ))
                .execute(conn)
                .map_err(DbError::from)?;
            // The first planned reminder is due.
            diesel::update(actions::table.filter(actions::kind.eq(ActionKind::MailReminder)))
                .filter(actions::state.eq(ActionState::Planned))
                .set(actions::next_attempt_at.eq(Timestamp::now()))
                .execute(conn)
                .map_err(DbError::from)?;
            Ok(())
        })
        .await;
    assert_eq!(there.mailed("Ada", 2).await, link);
    until("the reminder to be written down", PATIENCE, async || {
        let id = order.clone();
        let at = portal
            .write(move |conn| {
                let query = invitations::table.find(&id).select(invitations::reminded_at);
                Ok(query.first::<Option<Timestamp>>(conn).map_err(DbError::from)?)
            })
            .await;
        at.map(|_| ())
    })
    .await;
    // By hand, an hour later.
    let id = order.clone();
    portal
        .write(move |conn| {
            diesel::update(invitations::table.find(&id))
                .set(invitations::reminded_at.eq(Some(past)))
                .execute(conn)
                .map_err(DbError::from)?;
            Ok(())
        })
        .await;
    let path = there.page_of("Ada").await;
    let admin = &there.connected.admin;
    admin.press(&admin.get(&path).await, "Send reminder", &[]).await.leads_to(&path);
    assert_eq!(there.mailed("Ada", 3).await, link);
    // Begun there, and sent again: it stays begun, and is no second test.
    there.elsewhere.set(&order, "started");
    ask_now(portal, &order).await;
    is_in(portal, &order, InvitationState::Started).await;
    admin.press(&admin.get(&path).await, "Resend invitation", &[]).await.leads_to(&path);
    assert_eq!(there.mailed("Ada", 4).await, link);
    assert_eq!(state(portal, &order).await, Some(InvitationState::Started));
    // Taken back, erased there, and sent again after all: ordered anew where it was.
    admin.post(&format!("{path}/cancel/{order}"), &[]).await.leads_to(&path);
    until("the order to be erased", PATIENCE, async || there.elsewhere.of(&order).is_none().then_some(()))
        .await;
    until("nothing to be left of it", PATIENCE, async || {
        next_at(portal, &order).await.is_none().then_some(())
    })
    .await;
    admin.press(&admin.get(&path).await, "Resend invitation", &[]).await.leads_to(&path);
    assert_eq!(there.mailed("Ada", 5).await, link);
    assert!(there.elsewhere.of(&order).is_some(), "ordered again");
}

on_both_databases!(WithProvider::active => the_order_says_in_which_language_to_begin);
/// The candidate's language goes along with the order, and again when the order changes.
async fn the_order_says_in_which_language_to_begin(there: WithProvider) {
    let admin = &there.connected.admin;
    let (_, order) = invited(&there.connected, &there.elsewhere, "Ada").await;
    assert_eq!(there.elsewhere.of(&order).unwrap().order["language"], "en");
    let page = admin.get("/settings/mail").await;
    admin.press(&page, "Save settings", &[("language", "sv")]).await.leads_to("/settings/mail");
    let (_, order) = invited(&there.connected, &there.elsewhere, "Astrid").await;
    assert_eq!(there.elsewhere.of(&order).unwrap().order["language"], "sv");
    let mail = there.connected.mails_to("astrid@people.example").await;
    assert!(mail[0]["subject"].as_str().unwrap().contains("bjuder in dig"), "{mail:?}");
    // Another default afterwards is for those who are invited then.
    let page = admin.get("/settings/mail").await;
    admin.press(&page, "Save settings", &[("language", "en")]).await.leads_to("/settings/mail");
    let path = there.page_of("Astrid").await;
    let time = [("invitation", order.as_str()), ("time", "150")];
    admin.post(&format!("{path}/time"), &time).await.leads_to(&path);
    let known = until("the order to be told again", PATIENCE, async || {
        there.elsewhere.of(&order).filter(|known| known.orders == 2)
    })
    .await;
    assert_eq!((&known.order["language"], &known.order["plan"]["extra_time"]), (&json!("sv"), &json!(150)));
}
