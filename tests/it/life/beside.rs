//! A person's webhook beside the portal's, at the same URL, whose token is not saved: Lever's list tells it from a token
//! that was regenerated.

use super::*;
use crate::support::on_both_databases;

const STAGE_CHANGE: &str = "Somebody added a webhook for Candidate Stage Change with this URL in Lever, and \
                            its token is not saved here. Paste its token, or delete that webhook in Lever";

impl Connected {
    /// A person adds a webhook for this event with the portal's URL; answers it.
    async fn added(&self, event: &str) -> Value {
        let url = self.portal.running.url.join(&self.account().await.webhook_path()).unwrap();
        let body = json!({"event": event, "url": url.as_str()});
        self.control(Method::POST, "webhooks", body).await["data"].clone()
    }

    async fn main(&self) -> String {
        self.admin.get(&self.page()).await.text("main")
    }

    async fn pressed(&self, what: &str) -> String {
        self.admin.post(&format!("{}/{what}", self.page()), &[]).await;
        self.admin.get(&self.page()).await.text(".flash")
    }
}

on_both_databases!(Connected::active => a_webhook_that_a_person_added_is_named);
/// Nobody regenerated a token: the pages say who sends, and what to do, and end it when it is done.
async fn a_webhook_that_a_person_added_is_named(working: Connected) {
    let hook = working.added("candidateStageChange").await;
    for name in ["Ada", "Grace", "Linus"] {
        let person = working.person(name, "applicant-new").await;
        working.move_to(&person, TRIGGER).await;
        working.mailed(&format!("{}@people.example", name.to_lowercase()), "invites you").await;
    }
    let main = until("the webhook to be named", PATIENCE, async || {
        Some(working.main().await).filter(|main| main.contains(STAGE_CHANGE))
    })
    .await;
    assert!(!main.contains("probably regenerated") && !main.contains("was regenerated"), "{main}");
    let list = working.admin.get("/settings/integrations").await.text("a.card");
    assert!(list.contains("Needs you") && list.contains(STAGE_CHANGE), "{list}");
    let needs = working.admin.get("/").await.text("section[aria-labelledby=needs-you] li");
    assert!(needs.contains(STAGE_CHANGE), "{needs}");
    let report = working.admin.post(&format!("{}/check", working.page()), &[]).await.text("main");
    assert!(
        report.contains(STAGE_CHANGE) && !report.contains("Paste the token that Lever shows"),
        "{report}"
    );

    // Its token is saved: there is nothing to do any more, and what waited is verified.
    let token = hook["configuration"]["signatureToken"].as_str().or(hook["signatureToken"].as_str());
    let token = token.unwrap_or_else(|| panic!("a token: {hook}"));
    let form = working.admin.get(&format!("{}/webhooks", working.page())).await;
    let saved = working.admin.press(&form, "Save", &[("webhook_signature_token", token)]).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.html);
    // What the last test found stays written as that; the state is another.
    let state = working.admin.get(&working.page()).await.text("#state");
    assert!(state.contains("All well") && !state.contains("Somebody added"), "{state}");
    let quarantined = |event: &Event| event.state == State::Quarantined;
    assert!(!working.events().await.iter().any(quarantined));
}

on_both_databases!(Connected::active => check_webhooks_names_one_that_a_person_added);
/// **Check webhooks** asks Lever, also before anything arrived; and it is over once the webhook is deleted there.
async fn check_webhooks_names_one_that_a_person_added(working: Connected) {
    assert_eq!(working.pressed("webhooks").await, "All webhooks are already there.");
    let hook = working.added("candidateHired").await;
    let flash = working.pressed("webhooks").await;
    assert!(
        flash.starts_with(
            "All webhooks are already there. Somebody added a webhook for Candidate Hired with this URL in \
             Lever"
        ),
        "{flash}"
    );
    assert!(working.main().await.contains("Somebody added a webhook for Candidate Hired"));
    working.control(Method::DELETE, &format!("webhooks/{}", hook["id"].as_str().unwrap()), Value::Null).await;
    // The check of access looks again, by itself.
    working.make_due(Due::Check).await;
    until("the end of it", PATIENCE, async || {
        (!working.main().await.contains("Somebody added a webhook")).then_some(())
    })
    .await;
    assert_eq!(working.pressed("webhooks").await, "All webhooks are already there.");
}

on_both_databases!(Connected::active => where_lever_does_not_list_webhooks_nobody_guesses);
/// Without Lever's list both are named that it may be.
async fn where_lever_does_not_list_webhooks_nobody_guesses(working: Connected) {
    working
        .fault(json!({"target": "api", "kind": "status", "status": 503, "match": "GET /v1/webhooks"}))
        .await;
    working.added("candidateStageChange").await;
    for name in ["Ada", "Grace", "Linus"] {
        let person = working.person(name, "applicant-new").await;
        working.move_to(&person, TRIGGER).await;
    }
    let main = until("that signatures fail", PATIENCE, async || {
        Some(working.main().await).filter(|main| main.contains("Lever's deliveries match no saved token"))
    })
    .await;
    assert!(
        main.contains(
            "Either a signing token was regenerated in Lever, or somebody added a webhook with this URL there"
        ),
        "{main}"
    );
    assert!(!main.contains("probably regenerated"), "{main}");
}
