//! Connecting an account: every way in which a grant can go, refreshing, revoking, disconnecting.

use crate::support::lever::{Connected, grant};
use crate::support::portal::{Portal, both};
use crate::support::visitor::{Page, Visitor};
use alva_portal::config::LeverApp;
use alva_portal::db::schema::{integrations, oauth_flows};
use alva_portal::db::{Backend, Conn, DbError};
use alva_portal::ids::{CompanyId, IntegrationId};
use alva_portal::integrations::access::{self, AccessError};
use alva_portal::integrations::{Connections, Integration, State, stages, store, tokens};
use alva_portal::lever::{Hosts, ScopeSet};
use alva_portal::people::Role;
use alva_portal::time::Timestamp;
use diesel::prelude::*;
use reqwest::{Method, StatusCode};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use url::Url;

const GRANT: &str = "/settings/integrations/lever/grant";

/// A portal beside a Lever, with an admin of a company; nothing is connected yet.
struct Scene {
    portal: Portal,
    lever: lever_sandbox::Running,
    company: CompanyId,
    admin: Visitor,
}

impl Scene {
    async fn set(backend: Backend) -> Self {
        let (portal, lever) = Portal::with_lever(backend, lever_sandbox::Options::default()).await;
        let company = portal.company("Acme Inc").await;
        portal.person(&company, "ada@acme.example", Role::Admin).await;
        portal.person(&company, "bea@acme.example", Role::Admin).await;
        let admin = portal.signed_in("ada@acme.example").await;
        Self { portal, lever, company: company.id, admin }
    }

    /// **Grant Access**: where the browser is sent.
    async fn ask(&self) -> Url {
        let answer = self.admin.post(GRANT, &[]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.html);
        answer.location.unwrap().parse().unwrap()
    }

    /// Logs in at Lever and decides; answers where Lever sends the browser back to.
    async fn decide(&self, url: &Url, decision: &str) -> String {
        let dana = Visitor::of(self.lever.url.parse().unwrap());
        let mut page = dana.get(url.as_str()).await;
        if let Some(login) = &page.location {
            page = dana.get(login).await;
        }
        let (email, password) = (self.lever.admin_email.as_str(), self.lever.admin_password.as_str());
        let done = dana.press(&page, "Log in", &[("email", email), ("password", password)]).await;
        let consent = dana.get(&done.location.expect("on to the consent page")).await;
        let back = dana.press(&consent, "Accept", &[("decision", decision)]).await;
        back.location.unwrap_or_else(|| panic!("back to the portal: {}", back.html))
    }

    async fn accounts(&self) -> Vec<Integration> {
        let company = self.company.clone();
        self.portal.running.db.read(move |conn| store::list(conn, &company)).await.unwrap()
    }

    /// Changes the flows that were begun.
    async fn flows(&self, change: impl FnOnce(&mut Conn) -> QueryResult<usize> + Send + 'static) {
        self.portal.write(move |conn| Ok(change(conn).map_err(DbError::from)?)).await;
    }

    async fn control(&self, method: Method, path: &str, body: Value) -> Value {
        control(&self.lever, method, path, body).await
    }

    async fn fault(&self, fault: Value) {
        self.control(Method::POST, "faults", fault).await;
    }
}

async fn control(lever: &lever_sandbox::Running, method: Method, path: &str, body: Value) -> Value {
    let url = format!("{}/sandbox/{path}", lever.url);
    let answer = reqwest::Client::new().request(method, url).json(&body).send().await.unwrap();
    assert!(answer.status().is_success(), "{path}: {}", answer.text().await.unwrap());
    serde_json::from_str(&answer.text().await.unwrap()).unwrap_or(Value::Null)
}

/// So many successful calls of Lever's token endpoint.
async fn token_calls(lever: &lever_sandbox::Running) -> usize {
    let log = control(lever, Method::GET, "requests", Value::Null).await;
    let log = log["data"].as_array().cloned().unwrap_or_default();
    log.iter().filter(|call| call["path"] == "/oauth/token").count()
}

/// A way to a page that says what happened and how to go on.
#[track_caller]
fn explains(page: &Page, status: StatusCode, title: &str) {
    assert_eq!((page.status, page.text("h1").as_str()), (status, title), "{}", page.html);
    assert!(page.text("main a").contains("Grant Access"), "a way to begin again: {}", page.html);
}

async fn of_lever<F: Future<Output = ()>>(backend: Backend, test: impl Fn(Scene) -> F) {
    test(Scene::set(backend).await).await;
}

/// Runs a test beside a Lever, on both databases.
macro_rules! beside_lever {
    ($name:ident, $test:expr) => {
        mod $name {
            use super::*;

            #[actix_web::test]
            async fn sqlite() {
                of_lever(Backend::Sqlite, $test).await;
            }

            #[actix_web::test]
            async fn postgres() {
                of_lever(Backend::Postgres, $test).await;
            }
        }
    };
}

fn parameter(url: &Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

beside_lever!(a_grant_connects_the_account, async |scene: Scene| {
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

    let id = account.id.clone();
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
    assert!(scene.portal.audit(&scene.company).await.contains(&"integration.connected".to_owned()));
});

beside_lever!(tokens_are_sealed_at_rest, async |scene: Scene| {
    let back = scene.decide(&scene.ask().await, "accept").await;
    scene.admin.get(&back).await;
    let account = scene.accounts().await.remove(0);
    let sealed = account.access_token_sealed.clone().expect("a token");
    let place = store::place("access_token", &account.id);
    let open = scene.portal.sealer().open(&sealed, &place).unwrap();
    let id = account.id.clone();
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
});

beside_lever!(a_refused_consent_connects_nothing, async |scene: Scene| {
    let back = scene.decide(&scene.ask().await, "deny").await;
    explains(&scene.admin.get(&back).await, StatusCode::OK, "Access was not granted");
    assert!(scene.accounts().await.is_empty());
});

beside_lever!(a_second_click_leads_to_what_came_of_the_first, async |scene: Scene| {
    let back = scene.decide(&scene.ask().await, "accept").await;
    let (first, second) = tokio::join!(scene.admin.get(&back), scene.admin.get(&back));
    let third = scene.admin.get(&back).await;
    assert_eq!(scene.accounts().await.len(), 1);
    for page in [first, second, third] {
        page.leads_to(&format!("/settings/integrations/{}", scene.accounts().await[0].id));
    }
});

beside_lever!(an_answer_is_good_in_its_own_session_only, async |scene: Scene| {
    let back = scene.decide(&scene.ask().await, "accept").await;
    let bea = scene.portal.signed_in("bea@acme.example").await;
    explains(&bea.get(&back).await, StatusCode::FORBIDDEN, "This was begun by someone else");
    let elsewhere = scene.portal.signed_in("ada@acme.example").await;
    explains(&elsewhere.get(&back).await, StatusCode::FORBIDDEN, "This was begun by someone else");
    assert!(scene.accounts().await.is_empty());
    let stranger = scene.portal.visitor().get(&back).await;
    assert!(stranger.location.is_some_and(|path| path.starts_with("/login?next=")));
    assert_eq!(scene.admin.get(&back).await.status, StatusCode::SEE_OTHER, "still good for whoever began");
});

beside_lever!(an_answer_without_its_parts_is_explained, async |scene: Scene| {
    let state = parameter(&scene.ask().await, "state").unwrap();
    for (query, status, title) in [
        ("", StatusCode::BAD_REQUEST, "This answer belongs to no request"),
        ("?code=x", StatusCode::BAD_REQUEST, "This answer belongs to no request"),
        ("?code=x&state=made-up", StatusCode::BAD_REQUEST, "This answer belongs to no request"),
        (&format!("?state={state}"), StatusCode::BAD_REQUEST, "Lever's answer is incomplete"),
        (&format!("?state={state}&code=x"), StatusCode::CONFLICT, "This answer was used before"),
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
});

beside_lever!(an_answer_comes_too_late_after_ten_minutes, async |scene: Scene| {
    let back = scene.decide(&scene.ask().await, "accept").await;
    scene
        .flows(|conn| {
            diesel::update(oauth_flows::table).set(oauth_flows::expires_at.eq(Timestamp::now())).execute(conn)
        })
        .await;
    explains(&scene.admin.get(&back).await, StatusCode::GONE, "That took too long");
    assert!(scene.accounts().await.is_empty());
});

beside_lever!(a_code_that_lever_refuses_is_explained, async |scene: Scene| {
    let state = parameter(&scene.ask().await, "state").unwrap();
    let page = scene.admin.get(&format!("/oauth/lever/callback?state={state}&code=made-up")).await;
    explains(&page, StatusCode::BAD_GATEWAY, "Lever refused the code");
    assert!(page.text("main").contains("invalid_grant"), "{}", page.html);
    assert!(scene.accounts().await.is_empty());
});

beside_lever!(when_lever_is_down_the_same_answer_can_be_tried_again, async |scene: Scene| {
    let back = scene.decide(&scene.ask().await, "accept").await;
    scene.fault(json!({"target": "oauth", "kind": "status", "status": 503, "match": "/oauth/token"})).await;
    let page = scene.admin.get(&back).await;
    explains(&page, StatusCode::SERVICE_UNAVAILABLE, "Lever did not answer");
    assert!(scene.accounts().await.is_empty());
    scene.control(Method::DELETE, "faults", Value::Null).await;
    let again = page.attribute("main .actions a.primary", "href").expect("a way to try again");
    let arrived = scene.admin.get(&again).await;
    arrived.leads_to(&format!("/settings/integrations/{}", scene.accounts().await[0].id));
});

beside_lever!(a_grant_is_not_lost_when_the_stages_cannot_be_read, async |scene: Scene| {
    let back = scene.decide(&scene.ask().await, "accept").await;
    scene.fault(json!({"target": "api", "kind": "close_before"})).await;
    let arrived = scene.admin.get(&back).await;
    let path = format!("/settings/integrations/{}", scene.accounts().await[0].id);
    arrived.leads_to(&path);
    let page = scene.admin.get(&path).await;
    assert!(page.text(".flash").contains("stages could not be read"), "{}", page.text("main"));
    assert!(page.text(".banner").contains("Lever cannot be reached just now"), "{}", page.text("main"));
    let save = scene.admin.post(&path, &[("version", "0")]).await;
    assert!(save.text("#trigger_stage-error").contains("could not be read from Lever yet"));
    scene.control(Method::DELETE, "faults", Value::Null).await;
    assert!(scene.admin.get(&path).await.text("#trigger_stage").contains("Assessment"));
});

beside_lever!(permissions_that_are_missing_are_named, async |scene: Scene| {
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
});

both!(without_credentials_the_page_says_what_to_set, async |portal: Portal| {
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
});

beside_lever!(only_admins_connect_and_only_their_company_sees, async |scene: Scene| {
    let id = grant(&scene.portal, &scene.lever, &scene.admin).await;
    let acme = scene.portal.running.db.read({
        let company = scene.company.clone();
        move |conn| alva_portal::people::company(conn, &company)
    });
    let acme = acme.await.unwrap();
    let path = format!("/settings/integrations/{id}");
    for (email, role) in [("max@acme.example", Role::Member), ("aud@acme.example", Role::Auditor)] {
        scene.portal.person(&acme, email, role).await;
        let person = scene.portal.signed_in(email).await;
        let page = person.get(&path).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.html.contains("Application Created"));
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
});

async fn connected<F: Future<Output = ()>>(backend: Backend, test: impl Fn(Connected) -> F) {
    test(Connected::start(backend).await).await;
}

/// Runs a test with a connected account, on both databases.
macro_rules! when_connected {
    ($name:ident, $test:expr) => {
        mod $name {
            use super::*;

            #[actix_web::test]
            async fn sqlite() {
                connected(Backend::Sqlite, $test).await;
            }

            #[actix_web::test]
            async fn postgres() {
                connected(Backend::Postgres, $test).await;
            }
        }
    };
}

/// The way to the account, as another process of the portal has it.
fn another_process(there: &Connected) -> Connections {
    let hosts = Hosts::from_settings(&there.lever.url, &there.lever.url, None).unwrap();
    let app = LeverApp { client_id: "test-client".into(), client_secret: "test-secret".to_owned().into() };
    let base = &there.portal.running.url;
    Connections::new(there.portal.running.db.clone(), there.portal.sealer(), Some(app), Some(hosts), base)
        .unwrap()
}

async fn account(there: &Connected) -> Integration {
    let id = there.integration.clone();
    there.portal.running.db.read(move |conn| store::get(conn, &id)).await.unwrap()
}

/// The access token runs out in so many seconds.
async fn let_expire(there: &Connected, seconds: i64) {
    let id = there.integration.clone();
    let at = Timestamp(Timestamp::now().0 + seconds * 1000);
    there
        .portal
        .write(move |conn| {
            diesel::update(integrations::table.find(&id))
                .set(integrations::access_expires_at.eq(Some(at)))
                .execute(conn)
                .map_err(DbError::from)?;
            Ok(())
        })
        .await;
}

when_connected!(one_refresh_serves_everyone_who_waits_in_all_processes, async |there: Connected| {
    let before = account(&there).await;
    let_expire(&there, 59).await;
    let calls = token_calls(&there.lever).await;
    let processes = [another_process(&there), another_process(&there)];
    let asking = (0..16).map(|n| access::token(&processes[n % 2], &there.integration));
    let answers = futures_util::future::join_all(asking).await;
    let mut secrets: Vec<String> =
        answers.into_iter().map(|token| token.unwrap().access.expose_secret().to_owned()).collect();
    secrets.dedup();
    assert_eq!(secrets.len(), 1, "everyone has the same new token");
    assert_eq!(token_calls(&there.lever).await, calls + 1);
    let after = account(&there).await;
    assert_eq!(after.grant_version, before.grant_version + 1);
    assert_ne!(after.refresh_token_sealed, before.refresh_token_sealed);
    // Lever gives a refresh token once: the next refresh shows that the new one was kept.
    let_expire(&there, -1).await;
    access::token(&processes[0], &there.integration).await.unwrap();
    assert_eq!(account(&there).await.state, State::SettingUp);
});

when_connected!(
    a_token_that_lever_refuses_is_refreshed_once_by_whoever_is_first,
    async |there: Connected| {
        let process = another_process(&there);
        let refused = access::token(&process, &there.integration).await.unwrap();
        let calls = token_calls(&there.lever).await;
        let (one, two) = tokio::join!(
            access::renewed(&process, &there.integration, refused.version),
            access::renewed(&process, &there.integration, refused.version),
        );
        assert_eq!(one.unwrap().version, two.unwrap().version);
        assert_eq!(token_calls(&there.lever).await, calls + 1);
    }
);

when_connected!(lever_being_down_ends_no_connection, async |there: Connected| {
    let process = another_process(&there);
    there.control(Method::POST, "faults", json!({"target": "oauth", "kind": "status", "status": 500})).await;
    let_expire(&there, 30).await;
    access::token(&process, &there.integration).await.expect("the old one is good for 30 s still");
    let_expire(&there, -1).await;
    let failure = access::token(&process, &there.integration).await.err();
    assert!(matches!(failure, Some(AccessError::TryAgain { .. })), "{failure:?}");
    assert_eq!(account(&there).await.state, State::SettingUp);
    there.control(Method::DELETE, "faults", Value::Null).await;
    access::token(&process, &there.integration).await.expect("works again at once");
});

/// Webhooks made by the portal, a trigger stage, a blocked origin: active.
async fn configure(there: &Connected) -> String {
    let path = format!("/settings/integrations/{}", there.integration);
    there.admin.post(&format!("{path}/webhooks"), &[]).await.leads_to(&path);
    let stage = there.admin.get(&path).await;
    let stage = stage.attribute("#trigger_stage option:nth-child(7)", "value").unwrap();
    let fields = [("version", "0"), ("trigger_stage", &stage), ("blocked_origins", "internal")];
    there.admin.post(&path, &fields).await.leads_to(&path);
    assert_eq!(account(there).await.state, State::Active);
    path
}

when_connected!(a_revocation_in_lever_is_noticed_and_mended_by_reconnecting, async |there: Connected| {
    let path = configure(&there).await;
    let before = account(&there).await;
    there.control(Method::POST, "revoke", json!({})).await;
    let process = another_process(&there);
    let failure = process.call(&there.integration, |api| async move { api.users().await }).await.err();
    assert!(failure.is_some_and(|failure| failure.to_string().contains("revoked")));
    let page = there.admin.get(&path).await;
    assert!(
        page.text(".banner.failed").contains("Disconnected: Access was revoked in Lever"),
        "{}",
        page.html
    );
    assert!(!page.text("button").contains("Preview"), "the form is gone");
    let log = there.portal.audit(&there.company.id).await;
    assert_eq!(log.iter().filter(|action| *action == "integration.disconnected").count(), 1);
    let webhook = there.portal.running.url.join(&before.webhook_path()).unwrap();
    let answer = reqwest::Client::new().post(webhook).body("{}").send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::GONE);

    let to_lever = there.admin.press(&page, "Reconnect", &[]).await;
    let scene =
        Scene { portal: there.portal, lever: there.lever, company: there.company.id, admin: there.admin };
    let back = scene.decide(&to_lever.location.unwrap().parse().unwrap(), "accept").await;
    scene.admin.get(&back).await.leads_to(&path);
    let [after] = <[Integration; 1]>::try_from(scene.accounts().await).expect("still one account");
    assert_eq!(after.id, before.id);
    assert_eq!(after.state, State::Active);
    assert_eq!(after.state_reason, "");
    assert_eq!(after.webhook_key, before.webhook_key);
    assert_eq!(after.trigger_stage_id, before.trigger_stage_id);
    assert_eq!(after.blocked_origins, "internal");
    assert!(scene.portal.audit(&scene.company).await.contains(&"integration.reconnected".to_owned()));
});

async fn webhooks_in_lever(lever: &lever_sandbox::Running) -> Vec<Value> {
    let listed = control(lever, Method::GET, "webhooks", Value::Null).await;
    listed["data"].as_array().unwrap().clone()
}

when_connected!(webhooks_are_set_up_once_and_removed_on_disconnect, async |there: Connected| {
    let path = configure(&there).await;
    let row = account(&there).await;
    let url = there.portal.running.url.join(&row.webhook_path()).unwrap();
    let by_hand = json!({"event": "candidateHired", "url": url.as_str()});
    there.control(Method::POST, "webhooks", by_hand).await;
    there.admin.post(&format!("{path}/webhooks"), &[]).await.leads_to(&path);
    let hooks = webhooks_in_lever(&there.lever).await;
    let made: Vec<_> = hooks.iter().filter(|hook| hook["madeBy"] == "api").collect();
    let mut kinds: Vec<_> = made.iter().map(|hook| hook["event"].as_str().unwrap()).collect();
    kinds.sort_unstable();
    let expected = ["applicationCreated", "candidateDeleted", "candidateHired", "candidateStageChange"];
    assert_eq!(kinds, expected);
    for hook in &made {
        assert_eq!(hook["url"], url.as_str());
        if hook["event"] != "candidateDeleted" {
            assert_eq!(hook["origins"].as_array().unwrap().len(), 6, "all origins: {hook}");
        }
    }
    let page = there.admin.get(&format!("{path}/disconnect")).await;
    assert!(page.text("main").contains("Nobody is invited from this Lever account any more"));
    let button = page.text("main button");
    there.admin.press(&page, &button, &[]).await.leads_to(&path);
    let left = webhooks_in_lever(&there.lever).await;
    assert_eq!(left.len(), 1, "only the one made by a person: {left:?}");
    assert_eq!(left[0]["madeBy"], "person");
    let ended = account(&there).await;
    assert_eq!(ended.state, State::Disconnected);
    assert!(ended.access_token_sealed.is_none() && ended.refresh_token_sealed.is_none());
    let id: IntegrationId = there.integration.clone();
    assert!(there.portal.running.db.read(move |conn| tokens::valid(conn, &id)).await.unwrap().is_empty());
    let log = control(&there.lever, Method::GET, "requests", Value::Null).await;
    let log = log["data"].as_array().unwrap();
    assert!(
        log.iter().any(|call| call["path"] == "/oauth/revoke" && call["status"] == 200),
        "Lever was told"
    );
    assert!(there.admin.get(&path).await.text(".flash").contains("no access to Lever any more"));
});

when_connected!(disconnecting_works_when_lever_is_down, async |there: Connected| {
    let path = configure(&there).await;
    for target in ["api", "oauth"] {
        there.control(Method::POST, "faults", json!({"target": target, "kind": "close_before"})).await;
    }
    there.admin.post(&format!("{path}/disconnect"), &[]).await.leads_to(&path);
    assert_eq!(account(&there).await.state, State::Disconnected);
    let page = there.admin.get(&path).await;
    assert!(page.text(".flash").contains("Lever could not be told"), "{}", page.text("main"));
});
