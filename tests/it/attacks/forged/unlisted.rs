//! Deletions that Lever reports and its list does not have.

use super::*;

/// A proxy in front of a Lever whose list of the deleted leaves out everybody, as it does who is confidential, until
/// the switch is thrown.
async fn with_an_empty_list(backend: Backend) -> (Connected, Proxy, Arc<AtomicBool>) {
    let (working, proxy) = Connected::active_behind_proxy(backend).await;
    let is_complete = Arc::new(AtomicBool::new(false));
    let switch = Arc::clone(&is_complete);
    let empty = Change::Edit(Arc::new(move |answer: &mut Value| {
        if !switch.load(Ordering::Acquire) {
            answer["data"] = json!([]);
        }
    }));
    proxy.change("GET", "/v1/opportunities/deleted", empty, 10_000);
    (working, proxy, is_complete)
}

impl Connected {
    /// Somebody who is invited, and deleted in Lever; the event, once it is held.
    async fn held_deletion(&self) -> (String, Event) {
        let person = self.person("Ada", "applicant-new").await;
        self.move_to(&person, TRIGGER).await;
        self.mailed("ada@people.example", "invites you").await;
        self.control(Method::DELETE, &format!("opportunities/{person}"), Value::Null).await;
        let event = self.ended_event(&person, "candidateDeleted").await;
        assert_eq!(event.outcome.as_str(), "deletion_held", "{}", event.reason);
        (person, event)
    }

    async fn is_gone(&self, person: &str) {
        for mark in [person, "ada@people.example"] {
            until(&format!("{mark} to be gone"), PATIENCE, async || {
                (!self.portal.stored_anywhere(mark).await).then_some(())
            })
            .await;
        }
        let erasures = self.audit().await;
        assert_eq!(erasures.iter().filter(|action| *action == "candidate.erased").count(), 1);
    }
}

on_both_databases!(with_an_empty_list => a_deletion_that_no_list_has_is_done_when_an_admin_says_so);
/// Somebody was confidential when deleted. Meanwhile nobody takes the tests; the admin looks in Lever, and erases.
async fn a_deletion_that_no_list_has_is_done_when_an_admin_says_so(
    (working, _proxy, _): (Connected, Proxy, Arc<AtomicBool>),
) {
    let (person, event) = working.held_deletion().await;
    let link = working.mails_to("ada@people.example").await[0]["links"][0].as_str().unwrap().to_owned();
    let shut = working.portal.visitor().get(&link).await;
    assert!(shut.status.is_client_error(), "the link is closed: {}", shut.status);
    let admin = &working.admin;
    let address = format!("/events/{}", event.id);
    let page = admin.get(&address).await;
    admin.press(&page, "Erase now", &[("decision", "erase")]).await.leads_to(&address);
    working.is_gone(&person).await;
    let page = admin.get(&address).await;
    assert!(page.text("main").contains("erased by the decision of ada@acme.example"), "{}", page.html);
    assert!(page.text("main").contains("Body, erased"), "{}", page.html);
    let row = admin.get("/audit?action=candidate.erased").await.text("main");
    assert!(row.contains("ada") && row.contains("candidateDeleted"), "who asked, and for what: {row}");
}

on_both_databases!(with_an_empty_list => a_deletion_that_waits_stands_on_the_first_page);
/// An admin finds it where people look, and nowhere any more once it is decided.
async fn a_deletion_that_waits_stands_on_the_first_page(
    (working, _proxy, _): (Connected, Proxy, Arc<AtomicBool>),
) {
    let (_, event) = working.held_deletion().await;
    let admin = &working.admin;
    let address = format!("/events/{}", event.id);
    let page = admin.get("/").await;
    let needs = page.text("section[aria-labelledby=needs-you]");
    assert!(needs.contains("1 deletion is waiting for a decision"), "{needs}");
    assert!(page.html.contains(&format!("href=\"{address}\"")), "{}", page.html);
    let list = admin.get("/candidates?state=waiting").await.text("table.list tbody");
    assert!(list.contains("Ada") && list.contains("erase?"), "{list}");
    let page = admin.get(&address).await;
    admin.press(&page, "Keep", &[("decision", "keep")]).await.leads_to(&address);
    assert!(!admin.get("/").await.text("main").contains("waiting for a decision"));
    assert_eq!(admin.get("/candidates?state=waiting").await.text("table.list tbody"), "");
}

on_both_databases!(with_an_empty_list => a_deletion_that_lever_lists_later_is_done_by_replay);
/// What Lever lists after all is proved: to replay the event erases.
async fn a_deletion_that_lever_lists_later_is_done_by_replay(
    (working, _proxy, is_complete): (Connected, Proxy, Arc<AtomicBool>),
) {
    let (person, event) = working.held_deletion().await;
    is_complete.store(true, Ordering::Release);
    let admin = &working.admin;
    let page = admin.get(&format!("/events/{}", event.id)).await;
    admin.press(&page, "Replay", &[]).await.leads_to(&format!("/events/{}", event.id));
    working.is_gone(&person).await;
    let event = working.events().await.into_iter().find(|there| there.id == event.id).unwrap();
    assert_eq!(event.outcome.as_str(), "deleted", "{}", event.reason);
}

on_both_databases!(Connected::active_behind_proxy => what_a_reconciliation_finds_deleted_is_erased_however_long_ago);
/// A deletion that no webhook reported stands in Lever's list under its own time, which may be days back: to have found
/// it there is proof enough.
async fn what_a_reconciliation_finds_deleted_is_erased_however_long_ago(
    (working, proxy): (Connected, Proxy),
) {
    let person = working.person("Ada", "applicant-new").await;
    working.move_to(&person, TRIGGER).await;
    working.mailed("ada@people.example", "invites you").await;
    working.fault(json!({"target": "deliveries", "kind": "withhold"})).await;
    working.control(Method::DELETE, &format!("opportunities/{person}"), Value::Null).await;
    // What is asked for with an end is the time around a delivery: there is nothing.
    let nobody = Change::Edit(Arc::new(|answer: &mut Value| answer["data"] = json!([])));
    proxy.change("GET", "deleted_at_end", nobody, 10_000);
    working.sync().await;
    working.is_gone(&person).await;
}
