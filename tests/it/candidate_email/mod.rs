//! What candidates are mailed: in whose words and language, again, as a reminder, no more.

mod addresses;
mod bounce;
mod browser;
mod by_hand;
mod reminders;
mod texts;
mod time;

use crate::support::lever::Connected;
use crate::support::portal::Portal;
use crate::support::visitor::Page;
use crate::support::wait::{PATIENCE, until};
use alva_portal::db::schema::{actions, candidates, invitations};
use alva_portal::db::{Backend, DbError};
use alva_portal::ids::{ActionId, CandidateId};
use alva_portal::invitations::InvitationState;
use alva_portal::invitations::actions::{ActionKind, ActionState};
use alva_portal::invitations::store::Invitation;
use alva_portal::reasons::Reason;
use alva_portal::time::Timestamp;
use diesel::prelude::*;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

const DAY: i64 = 86_400_000;

/// Somebody in Lever who is moved to the trigger stage.
async fn invited(there: &Connected, name: &str, email: &str) -> Value {
    let person = there
        .candidate(json!({ "name": name, "email": email, "origin": "applied", "stage": "New applicant",
            "silent": true }))
        .await;
    there.move_to(&person, "Assessment").await;
    there.worked(&person, 1).await;
    person
}

fn id(person: &Value) -> String {
    person["id"].as_str().unwrap().to_owned()
}

async fn invitation(portal: &Portal, person: &Value) -> Invitation {
    let opportunity = id(person);
    let found = move |conn: &mut alva_portal::db::Conn| {
        Ok::<Invitation, DbError>(
            invitations::table
                .filter(invitations::opportunity_id.eq(&opportunity))
                .select(Invitation::as_select())
                .first(conn)?,
        )
    };
    portal.running.db.read(found).await.unwrap()
}

/// Waits until an invitation is in this state.
async fn comes_to(portal: &Portal, person: &Value, state: InvitationState) -> Invitation {
    until(&format!("the state {state}"), PATIENCE, async || {
        Some(invitation(portal, person).await).filter(|invitation| invitation.state == state)
    })
    .await
}

/// The address of the candidate's page.
async fn page_of(portal: &Portal, person: &Value) -> String {
    let opportunity = id(person);
    let found = move |conn: &mut alva_portal::db::Conn| {
        let query =
            candidates::table.filter(candidates::opportunity_id.eq(&opportunity)).select(candidates::id);
        Ok::<CandidateId, DbError>(query.first(conn)?)
    };
    format!("/candidates/{}", portal.running.db.read(found).await.unwrap())
}

/// The actions of a kind of an invitation, oldest first: state, reason, when they are due.
async fn acted(portal: &Portal, of: &Invitation, kind: ActionKind) -> Vec<(ActionState, Reason, Timestamp)> {
    let of = of.id;
    let found = move |conn: &mut alva_portal::db::Conn| {
        Ok::<_, DbError>(
            actions::table
                .filter(actions::invitation_id.eq(&of).and(actions::kind.eq(kind)))
                .order(actions::id.asc())
                .select((actions::state, actions::reason, actions::next_attempt_at))
                .load(conn)?,
        )
    };
    portal.running.db.read(found).await.unwrap()
}

/// Lets days pass: everything that the portal knows of mails is so much longer ago, or so much nearer.
async fn days_pass(portal: &Portal, days: i64) {
    let by = days * DAY;
    portal
        .write(move |conn| {
            diesel::update(invitations::table)
                .set((
                    invitations::sent_at.eq(invitations::sent_at - by),
                    invitations::reminded_at.eq(invitations::reminded_at - by),
                    invitations::expires_at.eq(invitations::expires_at - by),
                ))
                .execute(conn)
                .map_err(DbError::from)?;
            diesel::update(actions::table.filter(actions::state.eq(ActionState::Planned)))
                .set(actions::next_attempt_at.eq(actions::next_attempt_at - by))
                .execute(conn)
                .map_err(DbError::from)?;
            Ok(())
        })
        .await;
}

/// Lever shows somebody as archived to a mail that is due, and again after a while.
async fn is_looked_at_again(there: &Connected, person: &Value) {
    let first = first_look(there, person).await;
    look_again(there, first).await;
}

/// Waits until Lever has shown somebody as archived to a mail that was due; answers which action that was.
async fn first_look(there: &Connected, person: &Value) -> ActionId {
    let of = invitation(&there.portal, person).await;
    let id = until("the first look", PATIENCE, async || {
        let waits = actions::table
            .filter(actions::invitation_id.eq(of.id).and(actions::state.eq(ActionState::Planned)))
            .filter(actions::next_attempt_at.gt(Timestamp::now()))
            .select((actions::id, actions::reason));
        let load =
            move |conn: &mut alva_portal::db::Conn| Ok::<Vec<(ActionId, Reason)>, DbError>(waits.load(conn)?);
        let found = there.portal.running.db.read(load).await.unwrap();
        let found = found.into_iter().find(|(_, why)| why.to_string().contains("archived in Lever"));
        found.map(|(id, _)| id)
    })
    .await;
    let now = invitation(&there.portal, person).await.state;
    assert!(matches!(now, InvitationState::Sent | InvitationState::Opened), "it may be out of date");
    id
}

/// Lets the time pass until Lever is asked again.
async fn look_again(there: &Connected, id: ActionId) {
    there
        .portal
        .write(move |conn| {
            diesel::update(actions::table.find(id))
                .set(actions::next_attempt_at.eq(Timestamp(0)))
                .execute(conn)
                .map_err(DbError::from)?;
            Ok(())
        })
        .await;
}

/// Waits until so many mails went to an address; answers them.
async fn mails(there: &Connected, to: &str, count: usize) -> Vec<Value> {
    until(&format!("{count} mails to {to}"), PATIENCE, async || {
        Some(there.mails_to(to).await).filter(|mails| mails.len() == count)
    })
    .await
}

fn link(mail: &Value) -> String {
    mail["links"][0].as_str().unwrap().to_owned()
}

async fn tags(there: &Connected, person: &Value) -> Vec<String> {
    let found = there.api(Method::GET, &format!("opportunities/{}", id(person)), Value::Null).await;
    let all: Vec<String> = serde_json::from_value(found["data"]["tags"].clone()).unwrap();
    all.into_iter().filter(|tag| tag.starts_with("Alva: ")).collect()
}

/// Waits until Lever shows exactly these progress tags.
async fn tagged(there: &Connected, person: &Value, expected: &[&str]) {
    until(&format!("the tags {expected:?}"), PATIENCE, async || {
        (tags(there, person).await == expected).then_some(())
    })
    .await;
}

#[track_caller]
fn flashed(page: &Page, text: &str) {
    assert!(page.text(".flash").contains(text), "{text:?} is not in {:?}", page.text(".flash"));
}
