//! Answers of Lever's in another dress, and answers that refuse.

use super::*;
use crate::support::on_both_databases;
use crate::support::proxy::{Change, Proxy};
use crate::support::wait::{PATIENCE, until};
use std::sync::Arc;

fn edit(how: impl Fn(&mut Value) + Send + Sync + 'static) -> Change {
    Change::Edit(Arc::new(how))
}

async fn active_behind_proxy(backend: Backend) -> (Connected, Proxy) {
    let (there, proxy) = Connected::behind_proxy(backend).await;
    (there.set_up().await, proxy)
}

/// A published posting whose tag invites.
async fn screening(there: &Connected) -> String {
    let postings = there.api(Method::GET, "postings", Value::Null).await;
    let is_tagged = |posting: &&Value| {
        posting["tags"].to_string().contains("\"Alva: Screening\"")
            && posting["confidentiality"] == "non-confidential"
            && posting["state"] == "published"
    };
    let posting = postings["data"].as_array().unwrap().iter().find(is_tagged).unwrap();
    posting["id"].as_str().unwrap().to_owned()
}

/// Somebody applies, and is mailed their invitation.
async fn applies_and_is_invited(there: &Connected, posting: &str, name: &str) {
    let email = format!("{name}@people.example");
    let applicant = json!({"posting": posting, "name": name, "email": email});
    there.control(Method::POST, "apply", applicant).await;
    until(&format!("the invitation of {name}"), PATIENCE, async || {
        (there.mails_to(&email).await.len() == 1).then_some(())
    })
    .await;
}

/// What Lever makes of an application, whether it names its posting then, and how.
type Dress = (&'static str, bool, fn(&mut Value));

on_both_databases!(active_behind_proxy => an_application_in_any_dress_is_found);
/// What names the application and not its posting is asked for; a posting that can be read counts whatever the id is.
async fn an_application_in_any_dress_is_found((there, proxy): (Connected, Proxy)) {
    let posting = screening(&there).await;
    let dresses: [Dress; 6] = [
        ("object", true, |all| *all = json!([{"id": all[0]["id"]}])),
        ("text", true, |all| *all = all[0]["id"].clone()),
        ("single", true, |all| *all = json!({"id": all[0]["id"]})),
        ("odd", true, |all| all[0]["posting"] = json!(7)),
        ("nameless", false, |all| all[0]["id"] = json!(7)),
        ("without", false, |all| drop(all[0].as_object_mut().unwrap().remove("id"))),
    ];
    for (name, is_asked_for, dress) in dresses {
        let before = proxy.calls("GET", "/applications/").len();
        let change = edit(move |body| {
            if body["data"]["applications"][0].is_object() {
                dress(&mut body["data"]["applications"]);
            }
        });
        proxy.change("GET", "?expand=applications", change, 1);
        applies_and_is_invited(&there, &posting, name).await;
        let asked = proxy.calls("GET", "/applications/").len() - before;
        assert_eq!(asked > 0, is_asked_for, "{name}");
    }
}

on_both_databases!(active_behind_proxy => a_list_where_one_object_is_meant_is_asked_for_again);
/// Nothing is read out of it by the order of its fields.
async fn a_list_where_one_object_is_meant_is_asked_for_again((there, proxy): (Connected, Proxy)) {
    let posting = screening(&there).await;
    let listed = || edit(|body| body["data"] = json!([body["data"]]));
    for (name, part) in [("candidate", "?expand=applications"), ("posting", "/v1/postings/")] {
        proxy.change("GET", part, listed(), 1);
        applies_and_is_invited(&there, &posting, name).await;
    }
    // As long as it is so, the event says what it is.
    proxy.change("GET", "?expand=applications", listed(), 1_000);
    let applicant = json!({"posting": posting, "name": "Lasting", "email": "lasting@people.example"});
    there.control(Method::POST, "apply", applicant).await;
    let event = until("an event that waits", PATIENCE, async || {
        let all = crate::support::lever::events(&there.portal, &there.integration).await;
        all.into_iter().find(|event| event.attempts > 0 && event.finished_at.is_none())
    })
    .await;
    assert!(event.reason.to_string().contains("could not be read"), "{}", event.reason);
}

on_both_databases!(Connected::behind_proxy => what_refuses_webhooks_is_named_for_what_it_is);
/// Only where nothing answered Lever could not be reached.
async fn what_refuses_webhooks_is_named_for_what_it_is((there, proxy): (Connected, Proxy)) {
    let path = format!("/settings/integrations/{}", there.integration);
    let said = |status: u16| match status {
        404 | 410 => "Lever does not know the address at which webhooks are made (HTTP 4",
        429 => "Lever takes no more calls just now (HTTP 429)",
        503 => "Lever answered HTTP 503: Refused: not now",
        _ => "Lever did not accept the webhooks: Refused: not now",
    };
    for status in [404, 410, 429, 503, 409, 400] {
        let refusal = json!({"code": "Refused", "message": "not now"});
        proxy.change("POST", "/v1/webhooks", Change::Answer(status, refusal), 1_000);
        there.admin.post(&format!("{path}/webhooks"), &[]).await.leads_to(&path);
        let words = there.admin.get(&path).await.text(".flash");
        assert!(words.contains(said(status)), "{status}: {words}");
        assert!(!words.contains("could not be reached"), "{status}: {words}");
        proxy.ways().changes.clear();
    }
}
