//! What asks for the password again. Each form that is not everybody's stands in one of two lists, so that one that is new
//! has to say which.

use super::furnished::Furnished;
use super::table::Least::Public;
use super::table::ROUTES;
use crate::people::confirm::entered;
use crate::support::on_both_databases;
use crate::support::portal::Portal;
use std::collections::BTreeSet;

type Fields = &'static [(&'static str, &'static str)];

/// What asks, filled in so that it does: it lets somebody in, or gives something away for good.
const ASKS: [(&str, Fields); 26] = [
    ("/account/passkeys/begin", &[("passkey_name", "Laptop")]),
    ("/account/passkeys/{id}/remove", &[]),
    ("/account/second-factor/begin", &[]),
    ("/account/second-factor/codes", &[]),
    ("/account/second-factor/off", &[]),
    ("/audit/checkpoints/settings", &[("checkpoint_url", "https://evil.example/heads")]),
    ("/audit/evidence.zip", &[]),
    ("/events/{id}/deletion", &[("decision", "erase")]),
    ("/settings/company", &[("company_name", "Acme"), ("time_zone", "UTC"), ("retention", "1")]),
    ("/settings/company/access", &[("idle_minutes", "15"), ("session_hours", "1")]),
    ("/settings/company/alerts", &[("alert_url", "https://hooks.example/x")]),
    ("/settings/company/alerts/remove", &[]),
    ("/settings/company/alerts/secret", &[]),
    ("/settings/company/api-tokens", &[]),
    ("/settings/company/sso", &[("provider", "okta")]),
    ("/settings/company/sso/remove", &[]),
    ("/settings/company/sso/state", &[("state", "optional")]),
    ("/settings/company/sso/unlink", &[("person", "x")]),
    ("/settings/integrations/{id}", &[("webhook_signature_token", "0123456789abcdef")]),
    ("/settings/integrations/{id}/disconnect", &[]),
    ("/settings/integrations/{id}/webhook-url", &[("answers_for", "0")]),
    ("/settings/team/invite", &[("email", "eve@acme.example"), ("role", "admin")]),
    ("/settings/team/{id}/remove", &[]),
    ("/settings/team/{id}/role", &[("role", "admin")]),
    ("/settings/team/{id}/second-factor/reset", &[]),
    ("/settings/integrations/{id}", &[("remove_token", "x")]),
];

/// What does not: everyday work, what can be undone, and what makes the portal safer.
const PLAIN: [&str; 54] = [
    // What asks, or stands behind a question that was answered.
    "/account/confirm",
    "/account/confirm/passkey",
    "/account/passkeys/new",
    "/account/second-factor/set-up",
    // The password is a field of the form.
    "/account/password",
    "/account/name",
    "/account/passkeys/{id}/rename",
    // Ends what somebody else may use.
    "/account/sessions/end-others",
    "/account/sessions/{name}/end",
    "/settings/company/api-tokens/{id}/revoke",
    "/settings/team/{id}/log-out",
    // Signs what is there; it goes nowhere but where the settings say.
    "/audit/checkpoints",
    // Everyday work with candidates.
    "/candidates/resend",
    "/candidates/{id}/cancel/{invitation}",
    "/candidates/{id}/decline",
    "/candidates/{id}/invite",
    "/candidates/{id}/remind",
    "/candidates/{id}/resend",
    "/candidates/{id}/retake",
    "/candidates/{id}/review",
    "/candidates/{id}/time",
    "/candidates/{id}/verify",
    "/events/{id}/replay",
    "/settings/background-work/{id}/run",
    "/settings/integrations/{id}/batches/{bulk_move}/send",
    "/settings/integrations/{id}/batches/{bulk_move}/undo",
    // Settings that are shown, with whom they would invite, before they are saved.
    "/settings/company/alerts/test",
    "/settings/company/invitation-policy",
    "/settings/integrations/{id}/name",
    "/settings/integrations/{id}/preview",
    "/settings/integrations/{id}/rules",
    "/settings/integrations/{id}/rules/preview",
    "/settings/integrations/{id}/rules/{rule}",
    "/settings/integrations/{id}/rules/{rule}/delete",
    "/settings/mail",
    "/settings/mail/{kind}/{language}",
    "/settings/mail/{kind}/{language}/default",
    "/settings/profiles/default",
    "/settings/profiles/new",
    "/settings/profiles/postings",
    "/settings/profiles/{id}",
    "/settings/profiles/{id}/delete",
    // Lever asks for its own password.
    "/settings/integrations/lever/grant",
    "/settings/integrations/{id}/acting-as",
    // Looks, compares, and does again what was decided.
    "/settings/integrations/{id}/check",
    "/settings/integrations/{id}/completeness",
    "/settings/integrations/{id}/postings",
    "/settings/integrations/{id}/sync",
    "/settings/integrations/{id}/unverified/empty",
    "/settings/integrations/{id}/write-again",
    // Webhooks of the portal's own; a new address of them asks.
    "/settings/integrations/{id}/webhooks",
    "/settings/integrations/{id}/webhooks/test",
    // A log-in at the provider that logs nobody in.
    "/settings/company/sso/test",
    // The same invitation once more, to the same address.
    "/settings/team/{id}/invite",
];

#[test]
fn every_form_says_whether_it_asks() {
    let asks = ASKS.iter().map(|(route, _)| *route);
    let said: BTreeSet<&str> = asks.clone().chain(PLAIN).collect();
    let forms = ROUTES.into_iter().filter(|(method, _, least)| *method == "POST" && *least != Public);
    let forms: BTreeSet<&str> = forms.map(|(_, route, _)| route).collect();
    assert_eq!(said, forms);
    let both: Vec<&str> = asks.filter(|route| PLAIN.contains(route)).collect();
    assert_eq!(both, Vec::<&str>::new(), "one or the other");
}

on_both_databases!(Portal::start => what_asks_does_nothing_before_it_is_answered);
async fn what_asks_does_nothing_before_it_is_answered(portal: Portal) {
    let there = Furnished::of(&portal).await;
    let admin = there.acme.admin().await;
    admin.is_signed_in().await;
    entered(&portal, 601).await;
    let before = super::kept(&portal).await;
    let mut silent = Vec::new();
    for (route, fields) in ASKS {
        let page = admin.post(&there.address(route), fields).await;
        let leads_there = page.location.as_deref().is_some_and(|to| to.starts_with("/account/confirm?next="));
        let does_ask = page.text("h1") == "Confirm that it is you" || leads_there;
        if !does_ask {
            silent.push(format!("{route} {fields:?}: {}", page.status));
        }
    }
    assert_eq!(silent, Vec::<String>::new());
    assert_eq!(super::kept(&portal).await, before, "nothing has changed");
}
