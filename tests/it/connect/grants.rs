//! Every way in which a grant can go.

use super::*;
use crate::support::on_both_databases;
on_both_databases!(scene => a_grant_connects_the_account);
async fn a_grant_connects_the_account(scene: Beside) {
    let url = scene.ask().await;
    assert_eq!(parameter(&url, "response_type").as_deref(), Some("code"));
    assert_eq!(parameter(&url, "audience").as_deref(), Some(scene.lever.audience.as_str()));
    assert_eq!(parameter(&url, "code_challenge_method").as_deref(), Some("S256"));
    assert_eq!(ScopeSet::parse(&parameter(&url, "scope").unwrap()), ScopeSet::asked());
    let redirect = parameter(&url, "redirect_uri").unwrap();
    assert_eq!(redirect, scene.portal.running.url.join("/oauth/lever/callback").unwrap().as_str());

    let back = scene.decide(&url, "accept").await;
    let arrived = scene.admin.get(&back).await;
    let [account] = <[Integration; 1]>::try_from(scene.accounts().await).expect("one account");
    let path = format!("/settings/integrations/{}", account.id);
    arrived.leads_to(&path);
    assert_eq!(account.state, State::SettingUp);
    assert!(account.webhook_key.len() >= 32, "192 random bits: {}", account.webhook_key);

    let id = account.id;
    let known = scene.portal.running.db.read(move |conn| stages::all(conn, &id)).await.unwrap();
    assert!(known.iter().any(|stage| stage.name == "Assessment"), "{known:?}");

    let page = scene.admin.get(&path).await;
    assert_eq!(page.status, StatusCode::OK);
    let webhook_url = scene.portal.running.url.join(&account.webhook_path()).unwrap();
    assert_eq!(page.attribute("#webhook_url", "value").as_deref(), Some(webhook_url.as_str()));
    let names = page.text("#checklist th[scope=row]");
    assert_eq!(names, "Application Created\nCandidate Stage Change\nCandidate Hired\nCandidate Deleted");
    for label in ["Webhook signature token", "Trigger stage", "Progression stage"] {
        assert!(page.text("label").contains(label), "{label}");
    }
    assert!(page.text("legend").contains("Blocked origins"));
    assert!(scene.portal.audit(&scene.company.id).await.contains(&"integration.connected".to_owned()));
}

on_both_databases!(scene => tokens_are_sealed_at_rest);
async fn tokens_are_sealed_at_rest(scene: Beside) {
    let back = scene.decide(&scene.ask().await, "accept").await;
    scene.admin.get(&back).await;
    let account = scene.accounts().await.remove(0);
    let sealed = account.access_token_sealed.clone().expect("a token");
    let place = store::place("access_token", &account.id);
    let open = scene.portal.sealer().open(&sealed, &place).unwrap();
    let id = account.id;
    let raw: Vec<u8> = scene
        .portal
        .running
        .db
        .read(move |conn| {
            let column = integrations::access_token_sealed.assume_not_null();
            Ok::<_, DbError>(integrations::table.find(&id).select(column).first(conn)?)
        })
        .await
        .unwrap();
    let secret = open.expose_secret().as_bytes();
    assert!(!raw.windows(8).any(|bytes| bytes == &secret[..8]));
}

on_both_databases!(scene => a_refused_consent_connects_nothing);
async fn a_refused_consent_connects_nothing(scene: Beside) {
    let back = scene.decide(&scene.ask().await, "deny").await;
    explains(&scene.admin.get(&back).await, StatusCode::OK, "Access was not granted");
    // What Lever says of it is shown, as text.
    let state = parameter(&scene.ask().await, "state").unwrap();
    let said = "error=access_denied&error_description=<b>Only%20Super%20Admins</b>";
    let page = scene.admin.get(&format!("/oauth/lever/callback?state={state}&{said}")).await;
    explains(&page, StatusCode::OK, "Access was not granted");
    assert!(
        page.text("main").contains("Lever said \u{201c}<b>Only Super Admins</b>\u{201d}"),
        "{}",
        page.html
    );
    assert!(scene.accounts().await.is_empty());
}

on_both_databases!(scene => a_second_click_leads_to_what_came_of_the_first);
async fn a_second_click_leads_to_what_came_of_the_first(scene: Beside) {
    let back = scene.decide(&scene.ask().await, "accept").await;
    let (first, second) = tokio::join!(scene.admin.get(&back), scene.admin.get(&back));
    let third = scene.admin.get(&back).await;
    assert_eq!(scene.accounts().await.len(), 1);
    for page in [first, second, third] {
        page.leads_to(&format!("/settings/integrations/{}", scene.accounts().await[0].id));
    }
}

on_both_databases!(scene => an_answer_is_good_in_its_own_session_only);
async fn an_answer_is_good_in_its_own_session_only(scene: Beside) {
    let back = scene.decide(&scene.ask().await, "accept").await;
    let bea = scene.portal.signed_in("bea@acme.example").await;
    explains(&bea.get(&back).await, StatusCode::FORBIDDEN, "This sign-in was started by someone else");
    let elsewhere = scene.portal.signed_in("ada@acme.example").await;
    explains(&elsewhere.get(&back).await, StatusCode::FORBIDDEN, "This sign-in was started by someone else");
    assert!(scene.accounts().await.is_empty());
    let stranger = scene.portal.visitor().get(&back).await;
    assert!(stranger.location.is_some_and(|path| path.starts_with("/login?next=")));
    assert_eq!(scene.admin.get(&back).await.status, StatusCode::SEE_OTHER, "still good for whoever began");
}

on_both_databases!(scene => an_answer_without_its_parts_is_explained);
async fn an_answer_without_its_parts_is_explained(scene: Beside) {
    let state = parameter(&scene.ask().await, "state").unwrap();
    for (query, status, title) in [
        ("", StatusCode::BAD_REQUEST, "This sign-in has expired or was already used"),
        ("?code=x", StatusCode::BAD_REQUEST, "This sign-in has expired or was already used"),
        ("?code=x&state=made-up", StatusCode::BAD_REQUEST, "This sign-in has expired or was already used"),
        (&format!("?state={state}"), StatusCode::BAD_REQUEST, "Lever's answer is incomplete"),
        (&format!("?state={state}&code=x"), StatusCode::CONFLICT, "This answer was already used"),
    ] {
        if status == StatusCode::CONFLICT {
            // Otherwise it would wait a while for what came of the first.
            scene
                .flows(|conn| {
                    let used = oauth_flows::used_at.eq(Some(Timestamp(0)));
                    diesel::update(oauth_flows::table).set(used).execute(conn)
                })
                .await;
        }
        explains(&scene.admin.get(&format!("/oauth/lever/callback{query}")).await, status, title);
    }
    let state = parameter(&scene.ask().await, "state").unwrap();
    let query = format!("?state={state}&error=server_error&error_description=<b>down</b>");
    let page = scene.admin.get(&format!("/oauth/lever/callback{query}")).await;
    explains(&page, StatusCode::BAD_GATEWAY, "Lever did not grant access");
    assert!(page.text("main").contains("server_error: <b>down</b>"), "Lever's words, escaped");
    assert!(scene.accounts().await.is_empty());
}

on_both_databases!(scene => an_answer_of_another_sign_in_service_is_not_used);
/// Several Levers share one address to come back to: a code of one is never shown to another (RFC 9207).
async fn an_answer_of_another_sign_in_service_is_not_used(scene: Beside) {
    let with_iss = |back: &str, iss: &str| {
        let mut url = scene.portal.running.url.join(back).unwrap();
        url.query_pairs_mut().append_pair("iss", iss);
        url.to_string()
    };
    for other in ["https://auth.lever.co/", "", "https://sandbox-lever.auth0.com"] {
        let back = scene.decide(&scene.ask().await, "accept").await;
        let page = scene.admin.get(&with_iss(&back, other)).await;
        explains(&page, StatusCode::BAD_REQUEST, "This answer came from the wrong sign-in service");
        assert!(scene.accounts().await.is_empty());
    }
    let back = scene.decide(&scene.ask().await, "accept").await;
    let own = format!("{}/", scene.lever.url.trim_end_matches('/'));
    let arrived = scene.admin.get(&with_iss(&back, &own)).await;
    arrived.leads_to(&format!("/settings/integrations/{}", scene.accounts().await[0].id));
}

on_both_databases!(scene => an_answer_comes_too_late_after_ten_minutes);
async fn an_answer_comes_too_late_after_ten_minutes(scene: Beside) {
    let back = scene.decide(&scene.ask().await, "accept").await;
    scene
        .flows(|conn| {
            diesel::update(oauth_flows::table).set(oauth_flows::expires_at.eq(Timestamp::now())).execute(conn)
        })
        .await;
    explains(&scene.admin.get(&back).await, StatusCode::GONE, "That took too long");
    assert!(scene.accounts().await.is_empty());
}

on_both_databases!(scene => a_code_that_lever_refuses_is_explained);
async fn a_code_that_lever_refuses_is_explained(scene: Beside) {
    let state = parameter(&scene.ask().await, "state").unwrap();
    let page = scene.admin.get(&format!("/oauth/lever/callback?state={state}&code=made-up")).await;
    explains(&page, StatusCode::BAD_GATEWAY, "Lever refused the code");
    assert!(page.text("main").contains("invalid_grant"), "{}", page.html);
    assert!(scene.accounts().await.is_empty());
}

on_both_databases!(scene => when_lever_is_down_the_same_answer_can_be_tried_again);
async fn when_lever_is_down_the_same_answer_can_be_tried_again(scene: Beside) {
    let back = scene.decide(&scene.ask().await, "accept").await;
    scene.fault(json!({"target": "oauth", "kind": "status", "status": 503, "match": "/oauth/token"})).await;
    let page = scene.admin.get(&back).await;
    explains(&page, StatusCode::SERVICE_UNAVAILABLE, "Lever did not answer");
    assert!(scene.accounts().await.is_empty());
    scene.control(Method::DELETE, "faults", Value::Null).await;
    let again = page.attribute("main .actions a.primary", "href").expect("a way to try again");
    let arrived = scene.admin.get(&again).await;
    arrived.leads_to(&format!("/settings/integrations/{}", scene.accounts().await[0].id));
}

on_both_databases!(scene => credentials_that_lever_does_not_know_are_explained);
async fn credentials_that_lever_does_not_know_are_explained(scene: Beside) {
    let back = scene.decide(&scene.ask().await, "accept").await;
    scene.fault(json!({"target": "oauth", "kind": "status", "status": 401, "match": "/oauth/token"})).await;
    let page = scene.admin.get(&back).await;
    explains(&page, StatusCode::BAD_GATEWAY, "Lever does not know this portal");
    for name in ["LEVER_CLIENT_ID", "LEVER_CLIENT_SECRET"] {
        assert!(page.text("main").contains(name), "{}", page.html);
    }
    assert!(scene.accounts().await.is_empty());
}

on_both_databases!(scene => a_grant_is_not_lost_when_the_stages_cannot_be_read);
async fn a_grant_is_not_lost_when_the_stages_cannot_be_read(scene: Beside) {
    let back = scene.decide(&scene.ask().await, "accept").await;
    scene.fault(json!({"target": "api", "kind": "close_before"})).await;
    let arrived = scene.admin.get(&back).await;
    let path = format!("/settings/integrations/{}", scene.accounts().await[0].id);
    arrived.leads_to(&path);
    let page = scene.admin.get(&path).await;
    assert!(page.text(".flash").contains("stages could not be read"), "{}", page.text("main"));
    assert!(page.text(".banner").contains("Lever can't be reached"), "{}", page.text("main"));
    let save = scene.admin.post(&path, &[("version", "0")]).await;
    assert!(save.text("#trigger_stage-error").contains("could not be read from Lever yet"));
    scene.control(Method::DELETE, "faults", Value::Null).await;
    assert!(scene.admin.get(&path).await.text("#trigger_stage").contains("Assessment"));
}

on_both_databases!(scene => permissions_that_are_missing_are_named);
async fn permissions_that_are_missing_are_named(scene: Beside) {
    let mut url = scene.ask().await;
    let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    url.query_pairs_mut().clear().extend_pairs(pairs.into_iter().map(|(name, value)| {
        let value = if name == "scope" { value.replace("webhooks:write:admin", "") } else { value };
        (name, value)
    }));
    let back = scene.decide(&url, "accept").await;
    let path = scene.admin.get(&back).await.location.unwrap();
    let page = scene.admin.get(&path).await;
    assert!(page.text(".flash").contains("did not grant: Manage webhooks"), "{}", page.text("main"));
    assert!(page.text(".banner").contains("Webhooks can't be set up or checked for you"));
    assert!(!page.text("button").contains("Set up webhooks for me"), "no button that cannot work");
    assert!(page.text("button").contains("Grant Access again"));
}

on_both_databases!(Portal::start => without_credentials_the_page_says_what_to_set);
async fn without_credentials_the_page_says_what_to_set(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "ada@acme.example", Role::Admin).await;
    let admin = portal.signed_in("ada@acme.example").await;
    for path in ["/settings/integrations", "/settings/integrations/add/lever"] {
        let page = admin.get(path).await;
        let text = page.text("main");
        let callback = portal.running.url.join("/oauth/lever/callback").unwrap();
        for part in ["LEVER_CLIENT_ID", "LEVER_CLIENT_SECRET", callback.as_str()] {
            assert!(text.contains(part), "{path} names {part}: {text}");
        }
        assert!(!page.text("button").contains("Grant Access"), "no dead button");
    }
    let answer = admin.post(GRANT, &[]).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.text("main").contains("LEVER_CLIENT_ID"), "{}", answer.html);
}

on_both_databases!(scene => only_admins_connect_and_only_their_company_sees);
async fn only_admins_connect_and_only_their_company_sees(scene: Beside) {
    let id = grant(&scene.lever, &scene.admin).await;
    let acme = &scene.company;
    let path = format!("/settings/integrations/{id}");
    for (email, role) in [("max@acme.example", Role::Member), ("aud@acme.example", Role::Auditor)] {
        scene.portal.person(acme, email, role).await;
        let person = scene.portal.signed_in(email).await;
        let page = person.get(&path).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.html.contains("Application Created"));
        for part in ["webhooks", "settings", "activity", "rules", "postings"] {
            let page = person.get(&format!("{path}/{part}")).await;
            assert_eq!(page.status, StatusCode::OK, "{part}");
            assert_eq!(page.attribute("main form[method=post]", "action"), None, "{email}: {part}");
            assert_eq!(page.attribute("#webhook_url", "value"), None, "{email}: {part}");
        }
        for button in ["Save", "Disconnect", "Set up webhooks for me", "Rename"] {
            assert!(!page.text("main button, main summary, main a").contains(button), "{email}: {button}");
        }
        assert_eq!(person.get("/settings/integrations/add").await.status, StatusCode::FORBIDDEN);
        for (form, fields) in [
            (GRANT.to_owned(), vec![]),
            (path.clone(), vec![("version", "0")]),
            (format!("{path}/name"), vec![("account_name", "Mine")]),
            (format!("{path}/webhooks"), vec![]),
            (format!("{path}/preview"), vec![]),
            (format!("{path}/disconnect"), vec![]),
        ] {
            assert_eq!(person.post(&form, &fields).await.status, StatusCode::FORBIDDEN, "{email}: {form}");
        }
    }
    let other = scene.portal.company("Other Inc").await;
    scene.portal.person(&other, "eve@other.example", Role::Admin).await;
    let eve = scene.portal.signed_in("eve@other.example").await;
    assert!(!eve.get("/settings/integrations").await.html.contains(id.as_str()));
    for page in ["", "/live", "/disconnect"] {
        assert_eq!(eve.get(&format!("{path}{page}")).await.status, StatusCode::NOT_FOUND, "{page}");
    }
    for form in ["", "/name", "/webhooks", "/preview", "/disconnect"] {
        let fields = [("version", "0"), ("account_name", "Mine")];
        assert_eq!(eve.post(&format!("{path}{form}"), &fields).await.status, StatusCode::NOT_FOUND, "{form}");
    }
    let again = eve.post(GRANT, &[("integration", id.as_str())]).await;
    assert_eq!(again.status, StatusCode::NOT_FOUND);
    assert_eq!(scene.accounts().await[0].state, State::SettingUp, "nothing has changed");
}
