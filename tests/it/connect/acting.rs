//! In whose name the portal writes to Lever, which demands a user for every change below an opportunity.

use super::*;
use crate::support::on_both_databases;
use crate::support::proxy::{Change, Proxy};
use crate::support::wait::{PATIENCE, until};
use std::sync::Arc;

/// A portal whose Lever demands a user; `claims` says whether access tokens name the granter.
async fn demanding(backend: Backend, claims: bool) -> (Connected, Proxy, Vec<Value>) {
    let there = Fixture::on(backend).behind_proxy().beside_lever().await;
    let found = users(&there.lever).await;
    let proxy = there.proxy.as_ref().expect("a proxy");
    proxy.ways().demands_user = true;
    if claims {
        proxy.claims("account-1", id(&found[0]));
    } else {
        proxy.ways().is_opaque = true;
    }
    let (there, proxy) = there.granted().await.with_proxy();
    (there, proxy, found)
}

/// Lever's active users.
async fn users(lever: &lever_sandbox::Running) -> Vec<Value> {
    let request = reqwest::Client::new().get(format!("{}/v1/users", lever.url));
    let answer: Value =
        request.basic_auth(&lever.api_key, Some("")).send().await.unwrap().json().await.unwrap();
    answer["data"].as_array().unwrap().clone()
}

fn id(user: &Value) -> &str {
    user["id"].as_str().unwrap()
}

/// Somebody new is moved to the trigger stage, and invited.
async fn invite(there: &Connected, name: &str) -> Value {
    let email = format!("{}@people.example", name.to_lowercase());
    let fields =
        json!({"name": name, "email": email, "origin": "applied", "stage": "New applicant", "silent": true});
    let person = there.candidate(fields).await;
    there.move_to(&person, "Assessment").await;
    until("an invitation", PATIENCE, async || (!there.mails_to(&email).await.is_empty()).then_some(())).await;
    person
}

/// Waits until the person carries the tag in Lever.
async fn tagged(there: &Connected, person: &Value) {
    let path = format!("opportunities/{}", id(person));
    until("the tag in Lever", PATIENCE, async || {
        let now = there.api(Method::GET, &path, Value::Null).await;
        now["data"]["tags"].to_string().contains("Alva: Invited").then_some(())
    })
    .await;
}

async fn page(there: &Connected) -> Page {
    there.admin.get(&format!("/settings/integrations/{}", there.integration)).await
}

on_both_databases!(|backend| demanding(backend, true) => the_granting_user_is_named_with_every_change);
/// The access token names who granted access: every change is made in that user's name.
async fn the_granting_user_is_named_with_every_change((there, proxy, users): (Connected, Proxy, Vec<Value>)) {
    let there = there.set_up().await;
    let person = invite(&there, "Named").await;
    tagged(&there, &person).await;
    let writes = proxy.calls("POST", "/v1/opportunities/");
    assert!(!writes.is_empty());
    let named = format!("perform_as={}", id(&users[0]));
    assert!(writes.iter().all(|path| path.contains(&named)), "{writes:?}");
    assert!(proxy.calls("POST", "/v1/webhooks").iter().all(|path| !path.contains("perform_as")));
    let lead = page(&there).await.text(".lead");
    let words = format!("writes as {}", users[0]["name"].as_str().unwrap());
    assert!(lead.contains(&words), "{lead}");
}

on_both_databases!(|backend| demanding(backend, false) => the_user_with_the_granting_admins_address_is_found);
/// A token that says nothing: the user of Lever with the granting admin's address is meant.
async fn the_user_with_the_granting_admins_address_is_found(
    (there, proxy, users): (Connected, Proxy, Vec<Value>),
) {
    let there = there.set_up().await;
    let user = users[1].clone();
    let known = json!([{"id": id(&user), "name": "Ada of Acme", "email": "ADA@acme.example"}]);
    let edit: Arc<dyn Fn(&mut Value) + Send + Sync> = Arc::new(move |body| body["data"] = known.clone());
    proxy.change("GET", "/v1/users?email=ada%40acme.example", Change::Edit(edit), 9);
    let person = invite(&there, "Addressed").await;
    tagged(&there, &person).await;
    assert!(page(&there).await.text(".lead").contains("writes as Ada of Acme"));
}

on_both_databases!(|backend| demanding(backend, true) => another_active_user_takes_over_from_one_who_was_deactivated);
/// The user is deactivated in Lever: another active one takes over, those who may do most first.
async fn another_active_user_takes_over_from_one_who_was_deactivated(
    (there, proxy, users): (Connected, Proxy, Vec<Value>),
) {
    let there = there.set_up().await;
    proxy.ways().refused_users.insert(id(&users[0]).to_owned());
    // A list that names who is deactivated, too: the first by role and name, and of no use.
    let gone = json!({"id": "gone", "name": "Aaron", "accessRole": "super admin", "deactivatedAt": 1_700_000_000_000_i64});
    let with_gone = move |answer: &mut Value| {
        if let Some(rows) = answer["data"].as_array_mut() {
            rows.insert(0, gone.clone());
        }
    };
    proxy.change("GET", "/v1/users", Change::Edit(Arc::new(with_gone)), 100);
    let person = invite(&there, "Taken").await;
    tagged(&there, &person).await;
    let lead = page(&there).await.text(".lead");
    assert!(lead.contains("writes as"), "{lead}");
    assert!(!lead.contains(users[0]["name"].as_str().unwrap()), "{lead}");
    let last = proxy.calls("POST", "addTags").pop().unwrap();
    assert!(!last.contains(id(&users[0])) && !last.contains("=gone"), "{last}");
    // A refresh of the token, which names the granter still, changes nothing.
    let before = lead;
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
    let person = invite(&there, "Later").await;
    tagged(&there, &person).await;
    assert_eq!(page(&there).await.text(".lead"), before);
}

on_both_databases!(|backend| demanding(backend, true) => a_user_who_may_do_more_takes_over_from_one_whose_role_was_changed);
/// The user's role is changed in Lever, which then refuses every change in that name: a user who may do more takes over.
async fn a_user_who_may_do_more_takes_over_from_one_whose_role_was_changed(
    (there, proxy, users): (Connected, Proxy, Vec<Value>),
) {
    let there = there.set_up().await;
    let (first, other) = (id(&users[0]).to_owned(), id(&users[1]).to_owned());
    proxy.ways().demoted_users.insert(first.clone());
    let roles = move |answer: &mut Value| {
        let role = |user: &mut Value| {
            let (is_first, is_other) = (user["id"] == first.as_str(), user["id"] == other.as_str());
            user["accessRole"] = if is_other {
                "admin"
            } else if is_first {
                "limited team member"
            } else {
                "interviewer"
            }
            .into();
        };
        match &mut answer["data"] {
            Value::Array(rows) => rows.iter_mut().for_each(role),
            one => role(one),
        }
    };
    proxy.change("GET", "/v1/users", Change::Edit(Arc::new(roles)), 100);
    let person = invite(&there, "Promoted").await;
    tagged(&there, &person).await;
    let lead = page(&there).await.text(".lead");
    assert!(lead.contains(users[1]["name"].as_str().unwrap()), "{lead}");
    let last = proxy.calls("POST", "addTags").pop().unwrap();
    assert!(last.contains(id(&users[1])), "{last}");

    // Refused in that name too, it is about the opportunity: nobody else takes over, and Lever is not asked for ever.
    let before = (lead, proxy.calls("POST", "addTags").len());
    proxy.ways().demoted_users.extend(users.iter().map(|user| id(user).to_owned()));
    invite(&there, "Refused").await;
    until("the attempts to end", PATIENCE, async || {
        let integration = there.integration;
        // Without the waits between the attempts.
        let failed = move |conn: &mut Conn| {
            use alva_portal::db::schema::{actions, events};
            diesel::update(events::table.filter(events::state.eq("queued")))
                .set(events::next_attempt_at.eq(Timestamp(0)))
                .execute(conn)?;
            let of = actions::table
                .filter(actions::integration_id.eq(integration).and(actions::state.eq("failed")));
            Ok::<i64, DbError>(of.count().get_result(conn)?)
        };
        (there.portal.running.db.write(failed).await.unwrap() == 1).then_some(())
    })
    .await;
    assert_eq!(page(&there).await.text(".lead"), before.0);
    assert!(proxy.calls("POST", "addTags").len() <= before.1 + 4, "{:?}", proxy.calls("POST", "addTags"));

    // The integration says so, and a button tries again what was refused.
    let shown = page(&there).await;
    assert!(shown.html.contains("Lever refused 1 change in the last 7 days"), "{}", shown.html);
    assert!(shown.html.contains("You do not have permission to do this"), "{}", shown.html);
    proxy.ways().demoted_users.clear();
    there.admin.press(&shown, "Write again", &[]).await;
    until("the tag", PATIENCE, async || (proxy.calls("POST", "addTags").len() > before.1 + 4).then_some(()))
        .await;
    until("the verdict to be good", PATIENCE, async || {
        (!page(&there).await.html.contains("Lever refused")).then_some(())
    })
    .await;
    assert!(there.portal.audit(&there.company.id).await.contains(&"integration.written_again".to_owned()));
}

on_both_databases!(|backend| demanding(backend, true) => with_nobody_left_it_waits_until_somebody_is_chosen);
/// Nobody is left: candidates are invited, what is to be written waits and says so, and goes on once
/// somebody was chosen.
async fn with_nobody_left_it_waits_until_somebody_is_chosen(
    (there, proxy, users): (Connected, Proxy, Vec<Value>),
) {
    let there = there.set_up().await;
    proxy.ways().refused_users.extend(users.iter().map(|user| id(user).to_owned()));
    let person = invite(&there, "Waiting").await;
    let banner = until("words on the page", PATIENCE, async || {
        let banner = page(&there).await.text(".banner.attention");
        banner.contains("Nothing can be written to Lever").then_some(banner)
    })
    .await;
    assert!(banner.contains("candidates are invited anyway"), "{banner}");
    let path = format!("/settings/integrations/{}/acting-as", there.integration);
    let form = there.admin.get(&path).await;
    assert!(form.text("option").contains(users[1]["name"].as_str().unwrap()), "{}", form.html);
    let wrong = there.admin.post(&path, &[("user", "nobody")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text("main").contains("not active in Lever"), "{}", wrong.html);

    proxy.ways().refused_users.remove(id(&users[1]));
    let saved = there.admin.press(&form, "Save", &[("user", id(&users[1]))]).await;
    saved.leads_to(&format!("/settings/integrations/{}/settings", there.integration));
    tagged(&there, &person).await;
    let shown = page(&there).await;
    assert!(!shown.text(".banner.attention").contains("Nothing can be written"), "{}", shown.html);
    assert!(shown.text(".lead").contains(users[1]["name"].as_str().unwrap()));
    assert!(there.portal.audit(&there.company.id).await.contains(&"integration.acts_as".to_owned()));
}

#[actix_web::test]
async fn only_admins_of_the_company_choose() {
    let (there, _proxy, users) = demanding(Backend::Sqlite, true).await;
    let path = format!("/settings/integrations/{}/acting-as", there.integration);
    let other = there.portal.company("Other Ltd").await;
    there.portal.person(&other, "eve@other.example", Role::Admin).await;
    let eve = there.portal.signed_in("eve@other.example").await;
    assert_eq!(eve.get(&path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(eve.post(&path, &[("user", id(&users[1]))]).await.status, StatusCode::NOT_FOUND);
    there.portal.person(&there.company, "mel@acme.example", Role::Member).await;
    let mel = there.portal.signed_in("mel@acme.example").await;
    assert_eq!(mel.post(&path, &[("user", id(&users[1]))]).await.status, StatusCode::FORBIDDEN);
}
