//! What the portal writes to Lever, where Lever lists it in another shape or refuses it: nothing is written twice, one
//! refusal ends nothing, and one that lasts ends with words.

use super::*;
use crate::support::fixture::Fixture;
use crate::support::lever::Connected;
use crate::support::on_both_databases;
use crate::support::proxy::{Change, Proxy};
use crate::support::wait::{PATIENCE, until};
use alva_portal::db::schema::{actions, integrations};
use alva_portal::db::{Backend, Conn};
use alva_portal::integrations::State;
use alva_portal::invitations::actions::{ActionKind, ActionState};
use serde_json::{Value, json};
use std::sync::Arc;

/// Somebody who has done the tests, and whose result is in Lever: note, link, file, stage.
struct Done {
    there: Connected,
    proxy: Proxy,
    ada: Invited,
    opportunity: String,
}

/// What is written of a result, in its order.
const WRITTEN: [ActionKind; 4] =
    [ActionKind::AddNote, ActionKind::AddLink, ActionKind::UploadReport, ActionKind::MoveStage];

impl Done {
    async fn start(backend: Backend) -> Self {
        let (there, proxy) = Fixture::on(backend).behind_proxy().unlimited().granted().await.with_proxy();
        let (account, goal) = (there.integration, there.stage("Phone interview").await);
        there
            .portal
            .write(move |conn| {
                diesel::update(integrations::table.find(&account))
                    .set((
                        integrations::state.eq(State::Active),
                        integrations::progression_stage_id.eq(Some(goal)),
                    ))
                    .execute(conn)
                    .map_err(DbError::from)?;
                Ok(())
            })
            .await;
        let made =
            there.candidate(json!({"name": "Ada Byron", "stage": "New applicant", "silent": true})).await;
        let opportunity = made["id"].as_str().or(made[0]["id"].as_str()).unwrap().to_owned();
        let ada = invite(&there.portal, &there.company, &there.integration, &opportunity).await;
        through_both(&there.portal.visitor(), &ada).await;
        let done = Self { there, proxy, ada, opportunity };
        for kind in WRITTEN {
            done.ended(kind).await;
        }
        done
    }

    /// Of an action of a kind: its state, its attempts, its reason. Those that wait for their next attempt need not wait
    /// for the clock.
    async fn action(&self, kind: ActionKind) -> (ActionState, i32, Reason) {
        let of = self.ada.invitation;
        let hasten = move |conn: &mut Conn| {
            let waiting = actions::table
                .filter(actions::invitation_id.eq(&of).and(actions::state.eq(ActionState::Planned)));
            diesel::update(waiting).set(actions::next_attempt_at.eq(Timestamp(0))).execute(conn)?;
            Ok::<_, DbError>(())
        };
        // PostgreSQL may undo it for the portal's own change of these rows: then it has its turn next time.
        let _ = self.there.portal.running.db.write(hasten).await;
        let asked = move |conn: &mut Conn| {
            Ok::<_, DbError>(
                actions::table
                    .filter(actions::invitation_id.eq(&of).and(actions::kind.eq(kind)))
                    .order(actions::id.desc())
                    .select((actions::state, actions::attempts, actions::reason))
                    .first(conn)?,
            )
        };
        self.there.portal.running.db.read(asked).await.unwrap()
    }

    /// Waits until an action has ended.
    async fn ended(&self, kind: ActionKind) -> (ActionState, i32, Reason) {
        until(&format!("the end of {kind}"), PATIENCE, async || {
            Some(self.action(kind).await).filter(|(state, ..)| *state != ActionState::Planned)
        })
        .await
    }

    /// The actions are to be done again, as after answers that were lost.
    async fn again(&self, kinds: &[ActionKind]) {
        let (of, kinds) = (self.ada.invitation, kinds.to_vec());
        self.there
            .portal
            .write(move |conn| {
                let chosen =
                    actions::table.filter(actions::invitation_id.eq(&of).and(actions::kind.eq_any(kinds)));
                diesel::update(chosen)
                    .set((
                        actions::state.eq(ActionState::Planned),
                        actions::attempts.eq(0),
                        actions::next_attempt_at.eq(Timestamp(0)),
                        actions::finished_at.eq(None::<Timestamp>),
                    ))
                    .execute(conn)
                    .map_err(DbError::from)?;
                Ok(())
            })
            .await;
    }

    async fn lever(&self, path: &str) -> Value {
        let path = format!("opportunities/{}{path}", self.opportunity);
        self.there.api(reqwest::Method::GET, &path, Value::Null).await["data"].take()
    }

    /// How many notes, links and files of the result there are.
    async fn count(&self) -> [usize; 3] {
        let id = self.ada.invitation.to_string();
        let of_us =
            |all: &Value| all.as_array().unwrap().iter().filter(|one| one.to_string().contains(&id)).count();
        let links = self.lever("").await["links"].take();
        let files = self.lever("/files").await.as_array().unwrap().len();
        [of_us(&self.lever("/notes").await), of_us(&links), files]
    }
}

/// Changes what stands in a list of one.
fn listed(how: impl Fn(&mut Value) + Send + Sync + 'static) -> Change {
    Change::Edit(Arc::new(move |body| {
        for one in body["data"].as_array_mut().unwrap() {
            how(one);
        }
    }))
}

on_both_databases!(Done::start => a_report_that_is_listed_in_another_shape_is_not_written_again);
/// Lever shows `name` and `ext` apart (its wire notes, §4), and may clean or cut a name.
async fn a_report_that_is_listed_in_another_shape_is_not_written_again(done: Done) {
    assert_eq!(done.count().await, [1, 1, 1]);
    type Shape = fn(&mut Value, &str);
    let shapes: [(&str, Shape); 9] = [
        ("without ending", |file, name| {
            file["name"] = name.trim_end_matches(".pdf").into();
            file["ext"] = ".pdf".into();
        }),
        ("with underscores", |file, name| file["name"] = name.replace(' ', "_").into()),
        ("percent-encoded", |file, name| file["name"] = name.replace(' ', "%20").into()),
        ("in capitals", |file, name| file["name"] = name.to_uppercase().into()),
        ("with an id before it", |file, name| file["name"] = format!("8f3c-{name}").into()),
        ("numbered", |file, name| file["name"] = name.replace(".pdf", " (1).pdf").into()),
        ("cut in its last part", |file, name| file["name"] = name[..25].into()),
        ("cut before its last part", |file, name| file["name"] = name[..17].into()),
        ("without a name", |file, _| file["name"] = Value::Null),
    ];
    for (shape, how) in shapes {
        let change = listed(move |file| {
            let name = file["name"].as_str().unwrap().to_owned();
            how(file, &name);
        });
        done.proxy.change("GET", "/files", change, 1);
        done.again(&[ActionKind::UploadReport]).await;
        assert_eq!(done.ended(ActionKind::UploadReport).await.0, ActionState::Done, "{shape}");
        assert_eq!(done.proxy.calls("POST", "/files").len(), 1, "a second file: listed {shape}");
    }
    // Another file of the same name, of another invitation, is none of it: by size and time it is not ours.
    let others: [fn(&mut Value); 3] = [
        |file| file["name"] = "Alva test summary 0123456789ab.pdf".into(),
        |file| (file["name"], file["size"]) = ("Alva test summary".into(), 1.into()),
        |file| {
            (file["name"], file["uploadedAt"]) = ("Alva test summary".into(), 1_600_000_000_000_i64.into())
        },
    ];
    for (so_far, other) in (1..).zip(others) {
        done.proxy.change("GET", "/files", listed(other), 1);
        done.again(&[ActionKind::UploadReport]).await;
        done.ended(ActionKind::UploadReport).await;
        assert_eq!(done.proxy.calls("POST", "/files").len(), so_far + 1, "another's file is not ours");
    }

    type InNote = fn(&mut Value);
    let notes: [(&str, InNote); 5] = [
        ("escaped", |note| {
            let text =
                note["fields"][0]["value"].as_str().unwrap().replace('#', "&#35;").replace('/', "&#x2F;");
            note["fields"][0]["value"] = text.into();
        }),
        ("in one line", |note| {
            note["fields"][0]["value"] =
                note["fields"][0]["value"].as_str().unwrap().replace(['\n', '-'], "").into();
        }),
        ("deeper", |note| {
            let text = note["fields"][0]["value"].take();
            note["fields"][0]["value"] = json!({"blocks": [{"content": text}]});
        }),
        ("as the note's text", |note| {
            note["text"] = note["fields"][0]["value"].take();
            note["fields"] = Value::Null;
        }),
        ("cut before the address", |note| {
            let text = note["fields"][0]["value"].as_str().unwrap();
            note["fields"][0]["value"] = format!("{}…", &text[..100]).into();
        }),
    ];
    for (shape, how) in notes {
        done.proxy.change("GET", "/notes", listed(how), 1);
        done.again(&[ActionKind::AddNote]).await;
        assert_eq!(done.ended(ActionKind::AddNote).await.0, ActionState::Done, "{shape}");
        assert_eq!(done.proxy.calls("POST", "/notes").len(), 1, "a second note: listed {shape}");
    }
    // A link that Lever lists in another shape is one, and goes with the result.
    let links = json!({ "links": [format!(
        "{}candidates/{}?ref=lever#result-{}",
        done.there.portal.running.url, done.ada.candidate, done.ada.invitation
    )] });
    let add = format!("opportunities/{}/addLinks", done.opportunity);
    done.there.api(reqwest::Method::POST, &add, links).await;
    assert_eq!(done.count().await[1], 2);
    let visitor = done.there.portal.visitor();
    let ask = visitor.get(&format!("{}/withdraw", done.ada.path)).await;
    visitor.press(&ask, "Withdraw and erase everything", &[]).await.leads_to(&done.ada.path);
    done.ended(ActionKind::RemoveResult).await;
    let [notes, links, _] = done.count().await;
    assert_eq!([notes, links], [0, 0], "{}", done.lever("").await["links"]);
}

on_both_databases!(Done::start => one_refusal_ends_nothing);
/// A moment's refusal of a write, or of the list that it needs, costs a second attempt and nothing else.
async fn one_refusal_ends_nothing(done: Done) {
    const PLACES: [(&str, &str); 6] = [
        ("GET", "/notes"),
        ("POST", "/notes"),
        ("POST", "/addLinks"),
        ("GET", "/files"),
        ("POST", "/files"),
        ("PUT", "/stage"),
    ];
    for status in [400, 403, 404, 410, 413, 422] {
        // Nothing is there yet, and the candidate is where they were.
        for what in ["notes", "files"] {
            for one in done.lever(&format!("/{what}")).await.as_array().unwrap() {
                let id = one["id"].as_str().unwrap();
                let path = format!("opportunities/{}/{what}/{id}?perform_as=", done.opportunity);
                let user = done.there.api(reqwest::Method::GET, "users", Value::Null).await;
                let path = path + user["data"][0]["id"].as_str().unwrap();
                done.there.api(reqwest::Method::DELETE, &path, Value::Null).await;
            }
        }
        done.there.move_to(&json!({ "id": done.opportunity }), "New applicant").await;
        let refusal = json!({"code": "SomeError", "message": "Not now."});
        for (method, part) in PLACES {
            done.proxy.change(method, part, Change::Answer(status, refusal.clone()), 1);
        }
        done.again(&WRITTEN).await;
        for kind in WRITTEN {
            let (state, attempts, why) = done.ended(kind).await;
            assert_eq!(state, ActionState::Done, "HTTP {status}, {kind}: {why:?}");
            assert!(attempts > 1, "HTTP {status}, {kind}: it was refused once");
        }
        assert_eq!(done.count().await, [1, 1, 1], "HTTP {status}");
    }
}

on_both_databases!(Done::start => a_refusal_that_lasts_ends_with_words_and_stops_nothing_else);
/// What Lever goes on to refuse is given up after some attempts; the page says why, and the rest is done.
async fn a_refusal_that_lasts_ends_with_words_and_stops_nothing_else(done: Done) {
    for file in done.lever("/files").await.as_array().unwrap() {
        let users = done.there.api(reqwest::Method::GET, "users", Value::Null).await;
        let path = format!(
            "opportunities/{}/files/{}?perform_as={}",
            done.opportunity,
            file["id"].as_str().unwrap(),
            users["data"][0]["id"].as_str().unwrap()
        );
        done.there.api(reqwest::Method::DELETE, &path, Value::Null).await;
    }
    done.there.move_to(&json!({ "id": done.opportunity }), "New applicant").await;
    let large = json!({"code": "RequestEntityTooLarge", "message": "Too large."});
    done.proxy.change("POST", "/files", Change::Answer(413, large), 1_000);
    done.again(&WRITTEN).await;
    let (state, attempts, why) = done.ended(ActionKind::UploadReport).await;
    assert_eq!((state, attempts), (ActionState::Failed, 4), "{why:?}");
    for kind in [ActionKind::AddNote, ActionKind::AddLink, ActionKind::MoveStage] {
        assert_eq!(done.ended(kind).await.0, ActionState::Done, "{kind}");
    }
    assert_eq!(done.count().await, [1, 1, 0]);
    let page = done.there.admin.get(&format!("/candidates/{}", done.ada.candidate)).await.text("main");
    let unique = done.ada.invitation.as_str().rsplit('-').next().unwrap();
    for part in [
        "Given up after 4 attempts",
        format!("The file Alva test summary {unique}.pdf (").as_str(),
        "kB) is too large for Lever (HTTP 413: RequestEntityTooLarge: Too large.)",
    ] {
        assert!(page.contains(part), "{part} is not in {page}");
    }

    let forbidden = json!({"code": "Forbidden", "message": "Not allowed."});
    done.proxy.change("GET", "/notes", Change::Answer(403, forbidden), 1_000);
    done.again(&[ActionKind::AddNote, ActionKind::AddLink]).await;
    let (state, attempts, why) = done.ended(ActionKind::AddNote).await;
    assert_eq!((state, attempts), (ActionState::Failed, 4), "{why:?}");
    assert!(why.to_string().contains("Lever does not let the portal do this"), "{why}");
    assert_eq!(done.ended(ActionKind::AddLink).await.0, ActionState::Done);
}
