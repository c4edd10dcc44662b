//! Answers of Lever's that are lost, odd, or come from another address.

mod made_once;

use super::*;
use crate::support::on_both_databases;
use crate::support::proxy::{Change, Proxy};
use crate::support::wait::{PATIENCE, until};
use std::sync::Arc;
use std::time::Duration;

fn edit(how: impl Fn(&mut Value) + Send + Sync + 'static) -> Change {
    Change::Edit(Arc::new(how))
}

async fn account(there: &Connected) -> Integration {
    let id = there.integration;
    there.portal.running.db.read(move |conn| store::get(conn, &id)).await.unwrap()
}

/// The way to the account, as another process of the portal has it.
fn another_process(there: &Connected, proxy: &Proxy) -> Connections {
    let audience = format!("{}/v1/", there.lever.url);
    let hosts = Hosts::from_settings(&proxy.url, &proxy.url, Some(&audience)).unwrap();
    let app = LeverApp { client_id: "test-client".into(), client_secret: "test-secret".to_owned().into() };
    let base = &there.portal.running.url;
    Connections::new(
        there.portal.running.db.clone(),
        there.portal.sealer(),
        Some(app),
        Some(hosts),
        base,
        &[],
    )
    .unwrap()
}

async fn expire(there: &Connected) {
    let id = there.integration;
    there
        .portal
        .write(move |conn| {
            diesel::update(integrations::table.find(&id))
                .set(integrations::access_expires_at.eq(Timestamp(0)))
                .execute(conn)
                .map_err(DbError::from)?;
            Ok(())
        })
        .await;
}

async fn webhooks(there: &Connected) -> Vec<Value> {
    let listed = control(&there.lever, Method::GET, "webhooks", Value::Null).await;
    listed["data"].as_array().unwrap().clone()
}

/// Each of the portal's events once.
fn kinds(hooks: &[Value]) -> Vec<&str> {
    let mut kinds: Vec<_> = hooks.iter().map(|hook| hook["event"].as_str().unwrap()).collect();
    kinds.sort_unstable();
    kinds
}

const ALL: [&str; 5] = [
    "applicationCreated",
    "candidateArchiveChange",
    "candidateDeleted",
    "candidateHired",
    "candidateStageChange",
];

on_both_databases!(Connected::behind_proxy => a_lost_refresh_answer_is_not_a_revocation);
/// A lost answer to a refresh is told as what it is: nobody revoked access.
async fn a_lost_refresh_answer_is_not_a_revocation((there, proxy): (Connected, Proxy)) {
    let process = another_process(&there, &proxy);
    proxy.change("POST", "/oauth/token", Change::LoseAnswer, 1);
    expire(&there).await;
    let lost = process.token(&there.integration).await.err().unwrap();
    assert!(matches!(lost, AccessError::TryAgain { .. }), "{lost:?}");
    assert!(lost.to_string().contains("Lever may have rotated the token"), "{lost}");
    // Lever did rotate it, and takes the old one no more.
    let gone = process.token(&there.integration).await.err().unwrap();
    assert!(matches!(gone, AccessError::Gone { .. }), "{gone:?}");
    let page = there.admin.get(&format!("/settings/integrations/{}", there.integration)).await;
    let banner = page.text(".banner.failed");
    assert!(banner.contains("answer was lost while access was being renewed"), "{banner}");
    assert!(banner.contains("Nobody revoked access"), "{banner}");
    assert!(!banner.contains("Access was revoked"), "{banner}");
    // **Test it** and the alert say the same.
    let test = format!("/settings/integrations/{}/check", there.integration);
    let report = there.admin.post(&test, &[]).await.text(".banner");
    assert!(report.contains("answer was lost") && report.contains("Reconnect"), "{report}");
    assert!(!report.contains("was revoked"), "{report}");
    until("the mail about it", PATIENCE, async || {
        let mails = there.mails_to("ada@acme.example").await;
        let mails: Vec<String> = mails.iter().map(ToString::to_string).collect();
        assert!(!mails.iter().any(|mail| mail.contains("revoked the portal's access")), "{mails:?}");
        mails.iter().any(|mail| mail.contains("Access to Lever ended")).then_some(())
    })
    .await;
}

on_both_databases!(Connected::behind_proxy => a_refresh_without_a_new_token_is_not_a_revocation);
/// Lever renews access and its answer holds no refresh token: the one before works or not, and nobody revoked anything. Where
/// it worked a second time, Lever keeps it, and what is refused later was revoked.
async fn a_refresh_without_a_new_token_is_not_a_revocation((there, proxy): (Connected, Proxy)) {
    let process = another_process(&there, &proxy);
    let page = format!("/settings/integrations/{}", there.integration);
    for odd in [json!(null), json!(""), json!(7)] {
        proxy.change("POST", "/oauth/token", edit(move |body| body["refresh_token"] = odd.clone()), 1);
        expire(&there).await;
        process.token(&there.integration).await.unwrap();
        expire(&there).await;
        let gone = process.token(&there.integration).await.err().unwrap();
        assert!(matches!(gone, AccessError::Gone { .. }), "{gone:?}");
        let banner = there.admin.get(&page).await.text(".banner.failed");
        assert!(banner.contains("held no new token") && !banner.contains("was revoked"), "{banner}");
        crate::support::lever::consent::grant_again(&there.lever, &there.admin, &there.integration).await;
    }
    // Lever keeps the token, as other authorization servers do, and refuses it later.
    for _ in 0..3 {
        let answer = json!({"access_token": "opaque", "expires_in": 3600, "token_type": "Bearer"});
        proxy.change("POST", "/oauth/token", Change::Answer(200, answer), 1);
        expire(&there).await;
        process.token(&there.integration).await.unwrap();
    }
    let refusal = json!({"error": "invalid_grant", "error_description": "Unknown or invalid refresh token."});
    proxy.change("POST", "/oauth/token", Change::Answer(403, refusal), 1);
    expire(&there).await;
    let gone = process.token(&there.integration).await.err().unwrap();
    assert!(gone.to_string().contains("revoked"), "{gone}");
}

on_both_databases!(Connected::behind_proxy => a_refresh_that_ended_with_its_process_is_not_a_revocation);
/// The process dies between Lever's answer and its own note of it: the next one meets a token that was rotated.
async fn a_refresh_that_ended_with_its_process_is_not_a_revocation((there, proxy): (Connected, Proxy)) {
    use alva_portal::db::schema::lever_accounts;
    let process = another_process(&there, &proxy);
    proxy.change("POST", "/oauth/token", Change::LoseAnswer, 1);
    expire(&there).await;
    process.token(&there.integration).await.err().unwrap();
    let id = there.integration;
    there
        .portal
        .write(move |conn| {
            let nothing_noted = lever_accounts::answer_lost_at.eq(None::<Timestamp>);
            diesel::update(lever_accounts::table).set(nothing_noted).execute(conn).map_err(DbError::from)?;
            diesel::update(integrations::table.find(&id))
                .set(integrations::refresh_claimed_until.eq(Timestamp::now().minus(Duration::from_secs(1))))
                .execute(conn)
                .map_err(DbError::from)?;
            Ok(())
        })
        .await;
    let gone = process.token(&there.integration).await.err().unwrap();
    assert!(matches!(gone, AccessError::Gone { .. }), "{gone:?}");
    let page = there.admin.get(&format!("/settings/integrations/{}", there.integration)).await;
    assert!(page.text(".banner.failed").contains("Nobody revoked access"), "{}", page.text(".banner.failed"));
}

on_both_databases!(Connected::behind_proxy => odd_token_answers_are_read);
/// What is odd in one field of a token answer costs neither the grant nor a permission.
async fn odd_token_answers_are_read((there, proxy): (Connected, Proxy)) {
    let process = another_process(&there, &proxy);
    let before = account(&there).await;
    let odd: [fn(&mut Value); 5] = [
        |body| body["expires_in"] = "3600".into(),
        |body| body["expires_in"] = 3600.0.into(),
        |body| drop(body.as_object_mut().unwrap().remove("token_type")),
        |body| body["scope"] = "openid profile offline_access".into(),
        |body| body["scope"] = json!(["openid"]),
    ];
    for change in odd {
        proxy.change("POST", "/oauth/token", edit(change), 1);
        expire(&there).await;
        process.token(&there.integration).await.unwrap();
    }
    // Rotated, without an access token: the new refresh token counts.
    proxy.change("POST", "/oauth/token", edit(|body| body["access_token"] = Value::Null), 1);
    expire(&there).await;
    let passing = process.token(&there.integration).await.err().unwrap();
    assert!(matches!(passing, AccessError::TryAgain { .. }), "{passing:?}");
    process.token(&there.integration).await.unwrap();
    let after = account(&there).await;
    assert_eq!(after.grant_version, before.grant_version + 6);
    assert_eq!(after.scopes, before.scopes);
    assert_eq!(after.state, State::SettingUp);
}

on_both_databases!(Connected::behind_proxy => token_answers_that_can_hardly_be_read_lose_no_token);
/// Each of these answers holds the one refresh token that Lever still takes: the account stays connected.
async fn token_answers_that_can_hardly_be_read_lose_no_token((there, proxy): (Connected, Proxy)) {
    let process = another_process(&there, &proxy);
    let before = account(&there).await;
    let odd: [fn(String) -> String; 8] = [
        |body| body.replacen('{', "{\"x\":\"a\u{1}b\",", 1),
        |body| body.replacen('{', "{\"x\":NaN,", 1),
        |body| format!("{body}<!-- gateway -->"),
        |body| format!("{{\"data\":{body}}}"),
        |body| format!("[{body}]"),
        |body| body.replacen('{', "{\"x\":\"say \"hi\" to\",", 1),
        |body| {
            let fields: Value = serde_json::from_str(&body).unwrap();
            let text = |name: &str| fields[name].as_str().unwrap().to_owned();
            format!("access_token={}&refresh_token={}", text("access_token"), text("refresh_token"))
        },
        // Only the refresh token: it counts, and the next try is a good one.
        |body| body.replacen("\"access_token\":", "\"n\":0x1,\"other\":", 1),
    ];
    for change in odd {
        proxy.change("POST", "/oauth/token", Change::Rewrite(change), 1);
        expire(&there).await;
        match process.token(&there.integration).await {
            Ok(_) => {}
            Err(AccessError::TryAgain { .. }) => drop(process.token(&there.integration).await.unwrap()),
            Err(other) => panic!("{other:?}"),
        }
    }
    let after = account(&there).await;
    assert_eq!(after.grant_version, before.grant_version + 8);
    assert_eq!(after.state, before.state);
}

on_both_databases!(Connected::behind_proxy => an_application_by_its_id_alone_is_not_no_posting);
/// An application that comes as a bare id is asked for; while Lever does not show it, the event waits.
async fn an_application_by_its_id_alone_is_not_no_posting((there, proxy): (Connected, Proxy)) {
    let there = there.set_up().await;
    let postings = there.api(Method::GET, "postings", Value::Null).await;
    let is_tagged = |posting: &&Value| {
        posting["tags"].to_string().contains("\"Alva: Screening\"")
            && posting["confidentiality"] == "non-confidential"
            && posting["state"] == "published"
    };
    let posting = postings["data"].as_array().unwrap().iter().find(is_tagged).unwrap()["id"].clone();
    let bare = || {
        edit(|body| {
            if let Some(application) = body["data"]["applications"].get(0).map(|it| it["id"].clone()) {
                body["data"]["applications"] = json!([application]);
            }
        })
    };
    proxy.change("GET", "?expand=applications", bare(), 9);
    let applicant = json!({"posting": posting, "name": "Bare", "email": "bare@people.example"});
    there.control(Method::POST, "apply", applicant).await;
    until("the invitation", PATIENCE, async || {
        (there.mails_to("bare@people.example").await.len() == 1).then_some(())
    })
    .await;
    assert!(!proxy.calls("GET", "/applications/").is_empty());

    let refusal = json!({"code": "Forbidden", "message": "not allowed"});
    proxy.change("GET", "/applications/", Change::Answer(403, refusal), 1_000);
    let applicant = json!({"posting": posting, "name": "Hidden", "email": "hidden@people.example"});
    there.control(Method::POST, "apply", applicant).await;
    let event = until("an event that waits", PATIENCE, async || {
        let all = crate::support::lever::events(&there.portal, &there.integration).await;
        all.into_iter().find(|event| event.attempts > 0 && event.finished_at.is_none())
    })
    .await;
    assert!(event.reason.to_string().contains("gives only the id of the application"), "{}", event.reason);
    assert_eq!(there.mails_to("hidden@people.example").await.len(), 0);
}

on_both_databases!(Connected::behind_proxy => redirects_are_followed_or_tried_again);
/// Redirects are followed for reads, writes and tokens; what is left over is tried again.
async fn redirects_are_followed_or_tried_again((there, proxy): (Connected, Proxy)) {
    let there = there.set_up().await;
    let lever = there.lever.url.clone();
    proxy.change("GET", "?expand=applications", Change::Redirect(301, lever.clone()), 1);
    proxy.change("POST", "addTags", Change::Redirect(307, lever.clone()), 1);
    proxy.change("POST", "/oauth/token", Change::Redirect(308, lever.clone()), 1);
    expire(&there).await;
    let fields = json!({"name": "Sent", "email": "sent@people.example", "origin": "applied",
            "stage": "New applicant", "silent": true});
    let person = there.candidate(fields).await;
    there.move_to(&person, "Assessment").await;
    until("the tag in Lever", PATIENCE, async || {
        let path = format!("opportunities/{}", person["id"].as_str().unwrap());
        let now = there.api(Method::GET, &path, Value::Null).await;
        now["data"]["tags"].to_string().contains("Alva: Invited").then_some(())
    })
    .await;
    assert!(proxy.ways().changes.iter().all(|(.., times)| *times == 0), "each was met");

    // To a stranger: not followed, and not given up.
    proxy.change(
        "GET",
        "?expand=applications",
        Change::Redirect(301, "https://lever.example".to_owned()),
        1_000,
    );
    let fields = json!({"name": "Left", "email": "left@people.example", "origin": "applied",
            "stage": "New applicant", "silent": true});
    let person = there.candidate(fields).await;
    there.move_to(&person, "Assessment").await;
    let event = until("an event that waits", PATIENCE, async || {
        let all = crate::support::lever::events(&there.portal, &there.integration).await;
        all.into_iter().find(|event| event.attempts > 0 && event.finished_at.is_none())
    })
    .await;
    assert!(event.reason.to_string().contains("which is not followed"), "{}", event.reason);
}

async fn active_behind_proxy(backend: Backend) -> (Connected, Proxy) {
    let (there, proxy) = Connected::behind_proxy(backend).await;
    (there.set_up().await, proxy)
}

on_both_databases!(active_behind_proxy => a_new_address_reaches_lever_though_lever_refuses_at_first);
/// The webhook URL is replaced while Lever makes no webhooks: the ones there were go on reporting, and the portal
/// makes the new ones by itself as soon as Lever takes them.
async fn a_new_address_reaches_lever_though_lever_refuses_at_first((there, proxy): (Connected, Proxy)) {
    let before = webhooks(&there).await;
    assert_eq!(before.len(), 5);
    let path = format!("/settings/integrations/{}", there.integration);
    let away = || Change::Answer(503, json!({"code": "ServiceUnavailable", "message": "Try again later."}));
    proxy.change("POST", "/v1/webhooks", away(), 2);
    there.admin.post(&format!("{path}/webhook-url"), &[("answers_for", "24")]).await.leads_to(&path);
    let url = account(&there).await.webhook_path();
    until("the webhooks at the new address", PATIENCE, async || {
        let now = webhooks(&there).await;
        let mut kinds: Vec<&str> = now.iter().map(|hook| hook["event"].as_str().unwrap()).collect();
        kinds.sort_unstable();
        kinds.dedup();
        assert_eq!(kinds.len(), 5, "each event is reported at any time: {now:?}");
        let is_new = |hook: &Value| hook["url"].as_str().unwrap().ends_with(&url);
        (now.len() == 5 && now.iter().all(is_new)).then_some(())
    })
    .await;
}

on_both_databases!(Connected::start => making_webhooks_waits_only_for_a_process_that_lives);
/// While webhooks are made, nobody else begins, however long Lever takes. A process that died in the middle is waited for
/// for seconds, and not at all where no other process can be at it.
async fn making_webhooks_waits_only_for_a_process_that_lives(there: Connected) {
    use alva_portal::db::schema::watches;
    use alva_portal::integrations::schedule::watch;
    let id = there.integration;
    let until_when = async || {
        let of_account = watches::table.find(id).select(watches::setup_until);
        there
            .portal
            .running
            .db
            .read(move |conn| Ok::<_, DbError>(of_account.first::<Timestamp>(conn)?))
            .await
            .unwrap()
    };
    let slow =
        json!({"target": "api", "kind": "latency", "value": 8_000, "match": "/v1/webhooks", "next": 1});
    control(&there.lever, Method::POST, "faults", slow).await;
    let set_up = format!("/settings/integrations/{id}/webhooks");
    let press = there.admin.post(&set_up, &[]);
    let renewed = async {
        let first =
            until("the beginning", PATIENCE, async || Some(until_when().await).filter(|at| at.0 > 0)).await;
        assert!(first <= Timestamp::now().plus(Duration::from_secs(20)), "for seconds");
        let second = there.admin.post(&set_up, &[]).await;
        assert_eq!(second.status, StatusCode::SEE_OTHER);
        until("it to be renewed", PATIENCE, async || Some(until_when().await).filter(|at| *at > first)).await;
    };
    let (made, _) = futures_util::join!(press, renewed);
    assert_eq!(made.status, StatusCode::SEE_OTHER);
    assert_eq!(kinds(&webhooks(&there).await), ALL, "each once");
    assert_eq!(until_when().await, Timestamp(0), "given back");

    // What a process leaves that dies in the middle.
    let claimed = move |conn: &mut Conn| watch::claim_setup(conn, &id, Duration::from_secs(20));
    assert!(there.portal.running.db.write(claimed).await.unwrap_or_else(|e: DbError| panic!("{e}")));
    there.portal.running.db.write(alva_portal::jobs::forget_leases).await.unwrap();
    assert_eq!(
        until_when().await,
        Timestamp(0),
        "as a process does when it starts on a file that is its own"
    );
}
