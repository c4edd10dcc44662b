//! `/audit`: who did what, whether the chain holds, and the log as a file.

use super::{Tenant, cells};
use crate::support::portal::Portal;
use crate::support::{on_both_databases, tamper};
use alva_portal::audit::{self, Action, Actor};
use alva_portal::db::DbError;
use alva_portal::db::schema::audit_log;
use alva_portal::ids::UserId;
use alva_portal::integrations;
use alva_portal::people;
use diesel::prelude::*;
use reqwest::StatusCode;
use serde_json::json;

async fn record(
    acme: &Tenant<'_>,
    email: &str,
    action: &'static str,
    subject: &'static str,
    detail: serde_json::Value,
) {
    let action = Action::parse(action).unwrap();
    let (company, actor) = (
        acme.company.id,
        Actor::User { id: UserId::new(), email: email.to_owned(), seen: Default::default() },
    );
    acme.portal.write(move |conn| Ok(audit::record(conn, &company, &actor, action, subject, &detail)?)).await;
}

on_both_databases!(Portal::start => the_log_says_who_changed_what_from_and_to);
async fn the_log_says_who_changed_what_from_and_to(portal: Portal) {
    let acme = Tenant::of(&portal, "Acme").await;
    let other = Tenant::of(&portal, "Other").await;
    let detail = json!({
        "trigger_stage": {"from": null, "to": "Assessment <b>"},
        "blocked_origins": {"from": [], "to": ["agency", "internal"]},
        "role": "admin",
    });
    record(&acme, "dana@acme.example", "integration.configured", "Acme in Lever", detail).await;
    record(&other, "dana@other.example", "integration.configured", "Theirs", json!({})).await;

    for visitor in [acme.auditor().await, acme.admin().await] {
        let page = visitor.get("/audit?action=integration.configured").await;
        assert_eq!(page.status, StatusCode::OK);
        assert_eq!(page.text("td[data-label=Who]"), "dana@acme.example");
        let what = page.text("td[data-label=What]");
        for part in [
            "Changed an integration",
            "integration.configured · Acme in Lever",
            "trigger stage: none → Assessment <b>",
            "blocked origins: none → agency, internal",
            "role: admin",
        ] {
            assert!(what.contains(part), "{part:?} is not in {what:?}");
        }
    }
    let member = acme.member().await;
    for path in ["/audit", "/audit/verify", "/audit.csv"] {
        assert_eq!(member.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
}

on_both_databases!(Portal::start => filters_and_pages_lead_through_the_log);
async fn filters_and_pages_lead_through_the_log(portal: Portal) {
    let acme = Tenant::of(&portal, "Acme").await;
    let auditor = acme.auditor().await;
    for n in 0..70 {
        let action = if n % 2 == 0 { "team.invited" } else { "company.configured" };
        record(&acme, "bo_b@acme.example", action, "x", json!({ "n": n })).await;
    }
    let page = auditor.get("/audit?who=bo_b").await;
    let first: Vec<i64> = page.text("td[data-label=Row]").lines().map(|row| row.parse().unwrap()).collect();
    let older = page.attribute("a[rel=next]", "href").unwrap();
    record(&acme, "bo_b@acme.example", "team.invited", "meanwhile", json!({})).await;
    let page = auditor.get(&older).await;
    let second: Vec<i64> = page.text("td[data-label=Row]").lines().map(|row| row.parse().unwrap()).collect();
    assert_eq!((first.len(), second.len()), (50, 20));
    let rows: Vec<i64> = first.into_iter().chain(second).collect();
    assert!(rows.windows(2).all(|pair| pair[0] == pair[1] + 1), "{rows:?}");
    assert_eq!(page.attribute("a[rel=next]", "href"), None);

    let team = auditor.get("/audit?who=BO_B&action=team").await;
    assert_eq!(team.text("td[data-label=Row]").lines().count(), 36);
    let none = auditor.get("/audit?who=box").await;
    assert!(none.text(".empty").contains("Nothing in the log matches"));
    assert!(auditor.get("/audit?to=2020-01-01").await.text(".empty").contains("Nothing in the log"));
    let bad = auditor.get("/audit?from=soon").await;
    assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!bad.text("#from-error").is_empty());

    let (header, rows) = cells(&auditor.get("/audit.csv?who=bo_b").await);
    assert_eq!(header[..4], ["seq", "at", "actor", "actor_id"]);
    assert_eq!(rows.len(), 71);
    assert!(rows.iter().all(|row| row[2] == "bo_b@acme.example" && row[9].len() == 64));
    assert_eq!(header[10..], ["action_text", "subject_text"]);
    assert_eq!(
        (&*rows[0][4], &*rows[0][10], &*rows[0][11]),
        ("team.invited", "Invited a person", "meanwhile")
    );
}

on_both_databases!(Portal::start => the_page_says_whether_the_chain_holds);
async fn the_page_says_whether_the_chain_holds(portal: Portal) {
    let acme = Tenant::of(&portal, "Acme").await;
    record(&acme, "dana@acme.example", "team.invited", "Ada", json!({})).await;
    let auditor = acme.auditor().await;
    let page = auditor.get("/audit").await;
    assert_eq!(page.attribute(".page-head a[href='/audit/verify']", "class").as_deref(), Some("button"));
    let rows = portal.audit(&acme.company.id).await.len();
    let whole = auditor.get("/audit/verify").await;
    assert!(whole.text(".banner.good").contains(&format!("rows 1 to {rows}")), "{}", whole.text(".banner"));

    let codes = whole.text(".banner.good");
    assert!(codes.contains("Verified 20") && codes.contains("UTC; the last row has the hash "), "{codes}");
    let company = acme.company.id;
    portal
        .write(move |conn| {
            tamper::unguard(conn)?;
            diesel::update(
                audit_log::table.filter(audit_log::company_id.eq(&company).and(audit_log::seq.eq(2))),
            )
            .set(audit_log::subject.eq("somebody else"))
            .execute(conn)
            .map_err(DbError::from)?;
            Ok(())
        })
        .await;
    let broken = auditor.get("/audit/verify").await;
    assert!(broken.text(".banner.failed").contains("breaks at row 2"), "{}", broken.text(".banner"));
}

on_both_databases!(Portal::start => codes_are_shown_in_words_and_old_words_as_they_were);
async fn codes_are_shown_in_words_and_old_words_as_they_were(portal: Portal) {
    let acme = Tenant::of(&portal, "Acme").await;
    let terms = json!({
        "scope": {"code": "tag", "params": "Sales"},
        "trigger": "Assessment",
        "tests": {"code": "company_default", "params": "both"},
        "progression": "Interview",
    });
    let failure = json!({"code": "lever_forbids", "params": {"detail": "HTTP 403: no"}});
    let rows = [
        ("batch.sent", "bulk_move", json!({}), "batch.sent · Mass move"),
        ("batch.sent", "Mass move", json!({}), "batch.sent · Mass move"),
        ("team.joined", "tests", json!({}), "team.joined · tests"),
        ("mail.text_changed", "reminder (sv)", json!({}), "mail.text_changed · Reminder (sv)"),
        (
            "rule.changed",
            "Lever · Acme",
            json!({"rule": {"from": "Every posting → logic", "to": terms}}),
            "rule: Every posting → logic → Postings tagged “Sales” · entering “Assessment” → logic and personality \
             (company default) · then to “Interview”",
        ),
        (
            "integration.reconciliation_failed",
            "Lever · Acme",
            json!({"failure": failure}),
            "failure: Lever does not let the portal do this (HTTP 403: no)",
        ),
        (
            "integration.reconciliation_failed",
            "Lever · Acme",
            json!({"failure": "Lever was away"}),
            "failure: Lever was away",
        ),
        (
            "integration.disconnected",
            "Lever · Acme",
            json!({"reason": "access_revoked"}),
            "reason: Access was revoked in Lever",
        ),
        // A sentence of version 0.1 that a code stands for reads as the code does.
        (
            "candidates.erased",
            "Retention period",
            json!({"why": "Lever lists the candidate as deleted, and no webhook told of it"}),
            "why: Lever lists the candidate as deleted, and no webhook reported it",
        ),
        ("mail.text_changed", "Reminder (de)", json!({}), "mail.text_changed · Reminder (de)"),
    ];
    for (action, subject, detail, _) in rows.clone() {
        record(&acme, "dana@acme.example", action, subject, detail).await;
    }
    let page = acme.auditor().await.get("/audit?who=dana").await;
    let shown = page.text("td[data-label=What]");
    for (.., words) in rows {
        assert!(shown.contains(words), "{words:?} is not in {shown:?}");
    }
}

on_both_databases!(Portal::start => each_row_is_a_sentence_with_a_name_a_time_a_link_and_a_page_of_its_own);
async fn each_row_is_a_sentence_with_a_name_a_time_a_link_and_a_page_of_its_own(portal: Portal) {
    let acme = Tenant::of(&portal, "Acme").await;
    let other = Tenant::of(&portal, "Other").await;
    let (company, account) = (acme.company.id, acme.account);
    let integration = portal.write(move |conn| Ok(integrations::store::get(conn, &account)?)).await;
    let subject = integrations::store::subject(&integration);
    let named = subject.clone();
    portal
        .write(move |conn| {
            let dana = people::user_by_email(conn, "dana@acme.example")?.expect("she is there");
            let actor = Actor::User { id: dana.id, email: dana.email, seen: Default::default() };
            let detail = json!({
                "trigger_stage": {"from": null, "to": "Assessment"},
                "blocked_origins": {"from": [], "to": ["agency"]},
            });
            audit::record(conn, &company, &actor, Action::IntegrationConfigured, &named, &detail)?;
            let words = json!({"trigger_stage": {"from": "Assessment", "to": null}});
            audit::record(conn, &company, &actor, Action::IntegrationConfigured, &named, &words)?;
            let event = json!({"event": "0198c0de-0000-7000-8000-000000000000", "state": {"from": "failed", "to": "queued"}});
            Ok(audit::record(conn, &company, &actor, Action::EventReplayed, "candidateStageChange", &event)?)
        })
        .await;
    let auditor = acme.auditor().await;
    let page = auditor.get("/audit?action=integration.configured").await;
    let sentences = page.text("td[data-label=What] strong");
    assert_eq!(
        sentences.lines().collect::<Vec<_>>(),
        [
            format!("dana changed the trigger stage from Assessment to none ({subject})"),
            format!(
                "dana changed the blocked origins from none to agency and the trigger stage from none to Assessment \
                 ({subject})"
            ),
        ]
    );
    let when = page.text("td[data-label=When]");
    let form = |line: &str| line.len() == "2026-11-23 14:05:12.031 UTC".len() && line.ends_with(" UTC");
    assert!(when.lines().all(form), "exact, with the zone: {when}");
    let link = page.attribute("td[data-label=What] a", "href").unwrap();
    assert_eq!(link, format!("/settings/integrations/{account}"));
    let printed = page.text("thead tr.printed-only");
    assert!(
        printed.starts_with("Acme · audit log · action \u{201c}integration.configured\u{201d} · printed 20"),
        "{printed}"
    );

    // The filters: a person, an object, words inside the changes.
    for (query, rows) in [
        ("who=dana%40acme.example", 3),
        ("object=event", 1),
        ("object=team", 3),
        ("q=TRIGGER+stage", 2),
        ("q=blocked+origins&who=dana%40acme.example", 1),
        ("q=assessment&object=event", 0),
        ("q=100%25", 0),
    ] {
        let found = auditor.get(&format!("/audit?{query}")).await.text("td[data-label=Row]");
        assert_eq!(found.lines().filter(|line| !line.is_empty()).count(), rows, "{query}: {found}");
    }
    let choices = page.text("#who option");
    assert!(choices.contains("dana (dana@acme.example)") && choices.contains("The portal"), "{choices}");
    assert!(!choices.contains("other.example"), "{choices}");
    assert!(page.text("#action option").contains("Replayed an event"));
    assert_eq!(
        page.attribute("#action option[selected]", "value").as_deref(),
        Some("integration.configured")
    );
    let own = auditor.get("/audit?action=team&who=dan").await;
    let chosen = own.attribute("#who option[selected]", "value").unwrap();
    assert_eq!(chosen, "dan", "an address that was made by hand stays as it is");

    // Each row has a page.
    let page = auditor.get("/audit?action=event.replayed").await;
    let row = page.attribute("td[data-label=Row] a", "href").unwrap();
    let one = auditor.get(&row).await;
    assert_eq!(one.status, StatusCode::OK);
    let text = one.text("main");
    for part in [
        "dana replayed an event",
        "state",
        "failed → queued",
        "dana · dana@acme.example",
        "together with the row",
    ] {
        assert!(text.contains(part), "{part:?} is not in {text:?}");
    }
    assert!(one.text(".banner.good").contains("as the portal wrote it"), "{text}");
    assert_eq!(
        one.attribute("dd a", "href").as_deref(),
        Some("/events/0198c0de-0000-7000-8000-000000000000")
    );
    assert!(one.text(".printed-only").starts_with("Acme · row "), "{text}");
    let number: i64 = row.rsplit('/').next().unwrap().parse().unwrap();
    assert_eq!(one.attribute("a[rel=next]", "href"), Some(format!("/audit/rows/{}", number - 1)));
    for nowhere in ["/audit/rows/999", "/audit/rows/x", "/audit/rows/0", "/audit/rows/-1"] {
        assert_eq!(auditor.get(nowhere).await.status, StatusCode::NOT_FOUND, "{nowhere}");
    }
    assert_eq!(acme.member().await.get(&row).await.status, StatusCode::FORBIDDEN);
    assert_eq!(other.auditor().await.get(&row).await.status, StatusCode::NOT_FOUND);
    portal
        .write(move |conn| {
            tamper::unguard(conn)?;
            let changed =
                audit_log::table.filter(audit_log::company_id.eq(&company).and(audit_log::seq.eq(number)));
            diesel::update(changed).set(audit_log::subject.eq("x")).execute(conn).map_err(DbError::from)?;
            Ok(())
        })
        .await;
    assert!(auditor.get(&row).await.text(".banner.failed").contains("changed"), "{row}");
}

on_both_databases!(Portal::start => views_of_results_are_written_down_and_nothing_that_a_link_says);
/// Once an hour for each person and page. What else stands in an address is anybody's who makes a link, and this log
/// forgets nothing.
async fn views_of_results_are_written_down_and_nothing_that_a_link_says(portal: Portal) {
    let acme = Tenant::of(&portal, "Acme").await;
    let candidate = acme.candidate("o1", "Ada Byron", "Backend engineer").await;
    let auditor = acme.auditor().await;
    let (list, one) = ("/candidates".to_owned(), format!("/candidates/{candidate}"));
    for page in [&list, &one] {
        for noise in ["", "?note=Jane+Doe+was+approved", "?after=Jane", "?x=1", "?x=2", "?x=3"] {
            auditor.get(&format!("{page}{noise}")).await;
        }
    }
    let company = acme.company.id;
    let subjects = async |action: &str| {
        let rows = portal.running.db.read(move |conn| audit::page(conn, &company, None, 100)).await.unwrap();
        let rows = rows.into_iter().rev().filter(|row| row.action == action);
        rows.map(|row| row.subject).collect::<Vec<_>>()
    };
    assert_eq!(subjects("results.seen").await, [format!("GET {list}"), format!("GET {one}")]);
    let taken = auditor.get("/audit.csv?note=Jane+Doe&action=person.logged_in&after=x").await;
    assert_eq!(taken.status, StatusCode::OK);
    assert_eq!(subjects("data.taken").await, ["GET /audit.csv?action=person.logged_in"]);
}
