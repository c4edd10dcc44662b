//! To invite, to send again, to cancel: by the rules of the pages, with a scope of its own, and written down.

use super::{ALL, Program, furnished, made, program};
use crate::lists::Tenant;
use crate::support::lever::Connected;
use crate::support::on_both_databases;
use crate::support::portal::Portal;
use crate::support::wait::{PATIENCE, until};
use alva_portal::db::DbError;
use alva_portal::db::schema::integrations;
use alva_portal::ids::{CandidateId, InvitationId};
use alva_portal::integrations::State;
use alva_portal::invitations::{InvitationState, candidates, withdrawal_marks};
use alva_portal::time::Timestamp;
use diesel::prelude::*;
use reqwest::StatusCode;
use serde_json::{Value, json};

impl Connected {
    /// Somebody in a stage that invites nobody, whom the portal knows: the candidate's id, as a program finds it.
    async fn known(&self, program: &Program, name: &str) -> (Value, String) {
        let person = self.applicant(name, json!({})).await;
        self.move_to(&person, "Recruiter screen").await;
        self.worked(&person, 1).await;
        let found = program.get(&format!("/api/v1/candidates?q={}", name.to_lowercase())).await.data();
        (person, found[0]["id"].as_str().unwrap().to_owned())
    }
}

async fn program_of(working: &Connected) -> Program {
    Program::of(&working.portal, Some(&made(&working.portal, &working.company.id, &ALL).await))
}

on_both_databases!(Connected::active => a_program_invites_sends_again_and_cancels);
async fn a_program_invites_sends_again_and_cancels(working: Connected) {
    let program = program_of(&working).await;
    let (person, candidate) = working.known(&program, "Ada").await;
    let path = format!("/api/v1/candidates/{candidate}/invitations");
    let asked = program.post(&path, &json!({"tests": "personality"})).await;
    assert_eq!(asked.status, StatusCode::ACCEPTED, "{}", asked.text);
    let event = asked.json()["event_id"].as_str().unwrap().to_owned();
    assert_eq!(asked.json(), json!({"candidate_id": candidate, "event_id": event}));
    working.mailed("ada@people.example", "invites you").await;
    let invited = working.invited(&person).await;

    let list = format!("/api/v1/invitations?candidate={candidate}");
    let shown = until("an invitation that was sent", PATIENCE, async || {
        program.get(&list).await.data().into_iter().find(|shown| shown["state"] == "sent")
    })
    .await;
    let address = format!("/api/v1/invitations/{}", invited.id);
    assert_eq!(shown["id"], invited.id.as_str());
    assert_eq!((&shown["event_id"], &shown["tests"]), (&event.as_str().into(), &"personality".into()));
    let hint = &program.token.as_ref().unwrap()[65..];
    let reason = shown["reason"].as_str().unwrap();
    assert!(reason.contains(&format!("manually by api token {hint}")), "{reason}");
    let done = until("the end of its event", PATIENCE, async || {
        let event = program.get(&format!("/api/v1/events/{event}")).await.json();
        event["finished_at"].is_string().then_some(event)
    })
    .await;
    assert_eq!((&done["event"], &done["outcome"]), (&"invited_by_hand".into(), &"invited".into()), "{done}");
    assert_eq!(program.get("/api/v1/invitations?state=sent").await.each("id"), [invited.id.as_str()]);
    assert!(program.get("/api/v1/invitations?state=held").await.data().is_empty());

    let said = program.post(&path, &json!({"tests": "both"})).await.is_problem(409, "invited_already");
    assert!(said.contains("nobody is invited twice"), "{said}");
    let again = program.post(&format!("{address}/resend"), &json!({})).await;
    assert_eq!(again.status, StatusCode::ACCEPTED, "{}", again.text);
    until("a second mail", PATIENCE, async || {
        (working.mails("ada@people.example", "invites you").await == 2).then_some(())
    })
    .await;
    until("the count of it", PATIENCE, async || {
        (program.get(&address).await.json()["resent"] == 1).then_some(())
    })
    .await;
    for _ in 0..2 {
        // Without a body, too; and what is cancelled is cancelled.
        let ended = program.send(&format!("{address}/cancel"), "", &[]).await;
        assert_eq!(ended.status, StatusCode::OK, "{}", ended.text);
        assert_eq!(ended.json()["state"], "cancelled");
        assert_eq!(ended.json()["ended_reason"], format!("cancelled by api token {hint}"));
    }
    let log = working.audit().await;
    for action in ["candidate.invited_by_hand", "invitation.resent", "invitation.cancelled"] {
        assert_eq!(log.iter().filter(|known| *known == action).count(), 1, "{action}: {log:?}");
    }
    let rows = program.get(&format!("/api/v1/audit?who={hint}&limit=100")).await.data();
    let by_token: Vec<&str> = rows.iter().filter_map(|row| row["action"].as_str()).collect();
    assert!(by_token.contains(&"invitation.cancelled") && by_token.contains(&"api.called"), "{by_token:?}");
}

on_both_databases!(Connected::active => lever_is_asked_before_a_program_invites);
async fn lever_is_asked_before_a_program_invites(working: Connected) {
    let program = program_of(&working).await;
    let (person, candidate) = working.known(&program, "Mute").await;
    let contact = person["contact"].as_str().or(person["contact"]["id"].as_str()).unwrap();
    working.api(reqwest::Method::PUT, &format!("contacts/{contact}"), json!({"emails": []})).await;
    let path = format!("/api/v1/candidates/{candidate}/invitations");
    let asked = program.post(&path, &json!({"tests": "both"})).await;
    assert_eq!(asked.status, StatusCode::ACCEPTED, "{}", asked.text);
    let event = format!("/api/v1/events/{}", asked.json()["event_id"].as_str().unwrap());
    let outcome = until("what came of it", PATIENCE, async || {
        let event = program.get(&event).await.json();
        event["finished_at"].is_string().then(|| event["outcome"].as_str().unwrap().to_owned())
    })
    .await;
    assert_eq!(outcome, "no_email");
    assert!(program.get("/api/v1/invitations").await.data().is_empty());
}

/// The candidate of [`furnished`] and the invitation, as the routes name them.
fn addresses(routes: &[(String, &'static str)]) -> (String, String) {
    let of = |scope: &str| {
        let ids = routes.iter().filter(|(path, needed)| *needed == scope && path.matches('/').count() == 4);
        ids.map(|(path, _)| path.clone()).next().unwrap()
    };
    (of("candidates:read"), of("invitations:read"))
}

on_both_databases!(Portal::start => writes_take_their_scope_and_their_company);
async fn writes_take_their_scope_and_their_company(portal: Portal) {
    let (acme, routes) = furnished(&portal, "Acme").await;
    let (other, _) = furnished(&portal, "Other").await;
    let (candidate, invitation) = addresses(&routes);
    let writes =
        [format!("{candidate}/invitations"), format!("{invitation}/resend"), format!("{invitation}/cancel")];
    let body = json!({"tests": "both"});
    let before = portal.rows().await;
    for path in &writes {
        for scope in ALL.iter().filter(|scope| **scope != "invitations:write") {
            let program = Program::of(&portal, Some(&made(&portal, &acme.company.id, &[scope]).await));
            let said = program.post(path, &body).await.is_problem(403, "scope_missing");
            assert!(said.contains("invitations:write"), "{said}");
        }
        Program::of(&portal, None).post(path, &body).await.is_problem(401, "token_missing");
        let theirs = Program::of(&portal, Some(&made(&portal, &other.company.id, &ALL).await));
        let body = if path.ends_with("invitations") { body.clone() } else { json!({}) };
        theirs.post(path, &body).await.is_problem(404, "not_found");
        theirs.post_once(path, "\"k\"", &body).await.is_problem(404, "not_found");
    }
    let after = portal.rows().await;
    for table in ["invitations", "events", "actions", "idempotency_keys"] {
        assert_eq!(before[table], after[table], "{table} was changed");
    }
    let writer = Program::of(&portal, Some(&made(&portal, &acme.company.id, &["invitations:write"]).await));
    writer.get("/api/v1/invitations").await.is_problem(403, "scope_missing");
    assert_eq!(writer.send(&writes[2], "", &[]).await.status, StatusCode::OK);
}

async fn account_is(acme: &Tenant<'_>, state: State) {
    let account = acme.account;
    acme.portal
        .write(move |conn| {
            diesel::update(integrations::table.find(account))
                .set(integrations::state.eq(state))
                .execute(conn)
                .map_err(DbError::from)?;
            Ok(())
        })
        .await;
}

on_both_databases!(Portal::start => what_the_pages_refuse_is_refused_with_a_code);
async fn what_the_pages_refuse_is_refused_with_a_code(portal: Portal) {
    use InvitationState::{Completed, Expired, Held, Pending, Sent, Withdrawn};
    let acme = Tenant::of(&portal, "Acme").await;
    let program = program(&acme).await;
    let of = async |name: &str, state| {
        let candidate = acme.candidate(name, name, "Backend engineer").await;
        (candidate, acme.invitation(&candidate, "p1", state).await)
    };
    for (name, state, resend, cancel) in [
        ("done", Completed, "tests_done", "invitation_over"),
        ("gone", Withdrawn, "candidate_withdrew", "invitation_over"),
        ("late", Expired, "", "invitation_over"),
        ("held", Held, "invitation_held", ""),
        ("soon", Pending, "mail_on_its_way", ""),
        ("sent", Sent, "", ""),
    ] {
        let (_, invitation) = of(name, state).await;
        for (ask, code, good) in [("resend", resend, 202), ("cancel", cancel, 200)] {
            let answer = program.post(&format!("/api/v1/invitations/{invitation}/{ask}"), &json!({})).await;
            match code {
                "" => assert_eq!(answer.status.as_u16(), good, "{name}, {ask}: {}", answer.text),
                code => drop(answer.is_problem(409, code)),
            }
        }
    }
    // Nobody is written to in the name of an account that cannot be asked; to cancel takes no Lever.
    let (_, sent) = of("away", Sent).await;
    let uninvited = acme.candidate("new", "new", "Backend engineer").await;
    let invite = format!("/api/v1/candidates/{uninvited}/invitations");
    let member = acme.member().await;
    for (state, words) in [(State::Disconnected, "has ended"), (State::SettingUp, "is not set up")] {
        account_is(&acme, state).await;
        let said =
            program.post(&invite, &json!({"tests": "both"})).await.is_problem(409, "integration_not_active");
        assert!(said.contains(words), "{said}");
        let again = program.post(&format!("/api/v1/invitations/{sent}/resend"), &json!({})).await;
        assert!(again.is_problem(409, "integration_not_active").contains(words), "{}", again.text);
        // The page says the same.
        let page = format!("/candidates/{uninvited}");
        member.post(&format!("{page}/invite"), &[("tests", "both")]).await.leads_to(&page);
        let said = member.get(&page).await.text(".flash");
        assert!(said.contains("Nobody was invited") && said.contains(words), "{said}");
    }
    let ended = program.post(&format!("/api/v1/invitations/{sent}/cancel"), &json!({})).await;
    assert_eq!(ended.json()["state"], "cancelled", "{}", ended.text);
    account_is(&acme, State::Active).await;

    // Somebody with this address withdrew after having seen a result.
    let marked = mark(&acme, "back").await;
    let invite = format!("/api/v1/candidates/{marked}/invitations");
    program.post(&invite, &json!({"tests": "both"})).await.is_problem(409, "candidate_withdrew");
    let again = json!({"tests": "both", "invite_again": true});
    let asked = program.post(&invite, &again).await;
    assert_eq!(asked.status, StatusCode::ACCEPTED, "{}", asked.text);
    // A second call asks for what is asked for already.
    assert_eq!(program.post(&invite, &again).await.json(), asked.json());
    for (path, body) in [
        (format!("/api/v1/candidates/{}/invitations", CandidateId::new()), again),
        (format!("/api/v1/invitations/{}/resend", InvitationId::new()), json!({})),
        ("/api/v1/invitations/none/cancel".to_owned(), json!({})),
    ] {
        program.post(&path, &body).await.is_problem(404, "not_found");
    }
}

/// Somebody with whose address a candidate withdrew.
async fn mark(acme: &Tenant<'_>, name: &str) -> CandidateId {
    use alva_portal::db::schema::candidates::dsl;
    let candidate = acme.candidate(name, name, "Backend engineer").await;
    acme.portal
        .write(move |conn| {
            let found: candidates::Candidate = dsl::candidates
                .find(candidate)
                .select(candidates::Candidate::as_select())
                .first(conn)
                .map_err(DbError::from)?;
            withdrawal_marks::leave(conn, &found, Timestamp::now())?;
            Ok(())
        })
        .await;
    candidate
}

on_both_databases!(Portal::start => a_body_is_json_of_known_fields_and_bounded);
async fn a_body_is_json_of_known_fields_and_bounded(portal: Portal) {
    let acme = Tenant::of(&portal, "Acme").await;
    let program = program(&acme).await;
    let candidate = acme.candidate("o1", "Ada Byron", "Backend engineer").await;
    let path = format!("/api/v1/candidates/{candidate}/invitations");
    let json = ("content-type", "application/json");
    let good = r#"{"tests": "both"}"#;
    let before = portal.rows().await;
    for headers in [
        vec![],
        vec![("content-type", "text/plain")],
        vec![("content-type", "application/x-www-form-urlencoded")],
        vec![("content-type", "multipart/form-data; boundary=x")],
        vec![json, ("content-encoding", "gzip")],
    ] {
        let answer = program.send(&path, good, &headers).await;
        answer.is_problem(415, "not_json");
        assert_eq!(answer.header("accept"), "application/json");
    }
    let long = format!("{{\"tests\": \"both\"{}}}", " ".repeat(64 * 1024));
    program.send(&path, &long, &[json]).await.is_problem(413, "too_large");
    for broken in ["{", "[]", "null", "\u{0}", "{\"tests\": \"both\"} {}"] {
        program.send(&path, broken, &[json]).await.is_problem(400, "bad_json");
    }
    for (body, field, words) in [
        ("{}", "tests", "tests is one of both, logic, personality."),
        ("", "tests", "tests is one of both"),
        (r#"{"tests": "all"}"#, "tests", "tests is one of both"),
        (r#"{"tests": ["both"]}"#, "tests", "tests is one of both"),
        (r#"{"tests": "both", "test": "logic"}"#, "test", "There is no field test here. Known here: tests"),
        (r#"{"tests": "both", "invite_again": 1}"#, "invite_again", "invite_again is true or false."),
    ] {
        let answer = program.send(&path, body, &[json]).await;
        let said = answer.is_problem(422, "bad_field");
        assert!(said.contains(words), "{body}: {said}");
        assert_eq!(answer.json()["errors"][0]["parameter"], field, "{body}");
    }
    program.send(&format!("{path}?tests=both"), good, &[json]).await.is_problem(400, "bad_parameter");
    let after = portal.rows().await;
    for table in ["events", "event_steps", "idempotency_keys"] {
        assert_eq!(before[table], after[table], "{table} was changed");
    }
    let usual = [("content-type", "application/json; charset=utf-8")];
    assert_eq!(program.send(&path, good, &usual).await.status, StatusCode::ACCEPTED);
}
