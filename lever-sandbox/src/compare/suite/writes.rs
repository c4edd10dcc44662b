//! The write half: an opportunity and a webhook of our own, and what becomes of them.
//!
//! Nothing that was there before is touched. The opportunity can't be deleted through
//! Lever's API; it ends archived. Nothing can reach the webhook's address: names below
//! `.invalid` don't exist (RFC 2606).

use reqwest::Method;
use serde_json::{Value, json};

use super::lists::UNKNOWN;
use super::{ANSWERED, Asker, CREATED, NOTE_ANSWERED, WEBHOOK_ANSWERED, id};
use crate::compare::CompareError;
use crate::compare::client::{Answer, Call};
use crate::compare::seen::single;

/// What everything that is made is called.
const NAME: &str = "lever-sandbox compare";
const ADDRESS: &str = "compare@lever-sandbox.invalid";
const URL: &str = "https://lever-sandbox.invalid/compare";

/// 1 January 2100, in milliseconds.
const IN_2100: i64 = 4_102_444_800_000;

/// Calls that clearing up may take beyond the number that was allowed.
const TO_CLEAR_UP: u32 = 20;

/// What was made and must go again.
#[derive(Debug, Default)]
struct Made {
    opportunities: Vec<String>,
    webhooks: Vec<String>,
}

/// Writes, and clears up whatever happens.
pub(super) async fn ask(asker: &mut Asker) -> Result<(), CompareError> {
    let mut made = Made::default();
    let Some(user) = performer(asker) else {
        asker.left.push("nothing was written: the account shows no active user".to_owned());
        return Ok(());
    };
    let written = write(asker, &user, &mut made).await;
    asker.client.clear_up(TO_CLEAR_UP);
    let cleared = clear_up(asker, &user, &made).await;
    written.and(cleared)
}

/// A user to act for: a Super Admin, who may do everything, before any other.
fn performer(asker: &Asker) -> Option<String> {
    let mut active = asker.account.users.iter().filter(|user| user["deactivatedAt"].is_null());
    let first = active.clone().next();
    active.find(|user| user["accessRole"] == "super admin").or(first).and_then(id).map(str::to_owned)
}

async fn write(asker: &mut Asker, user: &str, made: &mut Made) -> Result<(), CompareError> {
    let Some(opportunity) = create(asker, user, made).await? else { return Ok(()) };
    edits(asker, user, &opportunity).await?;
    notes(asker, user, &opportunity).await?;
    files(asker, user, &opportunity).await?;
    contact(asker, &opportunity).await?;
    pipeline(asker, user, &opportunity).await?;
    webhooks(asker, made).await
}

/// A call below our opportunity.
fn below(method: Method, path: &str, opportunity: &str) -> Call {
    Call::new(method, &format!("/opportunities/{{id}}{path}"), &[opportunity])
}

/// The object of an answer, taken in as one of its kind.
fn take(asker: &mut Asker, call: &Call, kind: &'static str, answer: Option<&Answer>) -> Option<Value> {
    let answer = answer.filter(|answer| answer.is_success())?;
    let object = single(answer.json())?;
    asker.seen.object(kind, &call.name, object);
    Some(object.clone())
}

async fn create(asker: &mut Asker, user: &str, made: &mut Made) -> Result<Option<String>, CompareError> {
    let body = json!({
        "name": NAME,
        "headline": NAME,
        "emails": [ADDRESS],
        "phones": [{"value": "+46 70 174 06 05"}],
        "links": [URL],
        "tags": [NAME],
        "sources": [NAME],
        "origin": "sourced",
    });
    let path = || Call::new(Method::POST, "/opportunities", &[]);
    let mut first = None;
    for call in [path(), path().of("perform_as", user)] {
        let call = call.json(body.clone());
        let answer = asker.ask(&call).await?;
        let object = take(asker, &call, CREATED, answer.as_ref());
        if let Some(id) = object.as_ref().and_then(id) {
            made.opportunities.push(id.to_owned());
            first = Some(id.to_owned());
        }
    }
    for body in [json!({"emails": "no list"}), json!({"origin": "nowhere"})] {
        let what = if body["emails"].is_string() { "emails that are no list" } else { "an unknown origin" };
        let call = path().of("perform_as", user).json(body).note(what);
        let answer = asker.ask(&call).await?;
        if let Some(id) = answer.and_then(|answer| single(answer.json()).and_then(id).map(str::to_owned)) {
            made.opportunities.push(id);
        }
    }
    Ok(first)
}

async fn edits(asker: &mut Asker, user: &str, opportunity: &str) -> Result<(), CompareError> {
    let edits = [
        ("/addTags", "tags", "lever-sandbox compare, a tag", ANSWERED),
        ("/removeTags", "tags", "lever-sandbox compare, a tag", ANSWERED),
        ("/addSources", "sources", "lever-sandbox compare, a source", ANSWERED),
        ("/removeSources", "sources", "lever-sandbox compare, a source", ANSWERED),
        ("/addLinks", "links", "https://lever-sandbox.invalid/a-link", CREATED),
        ("/removeLinks", "links", "https://lever-sandbox.invalid/a-link", CREATED),
    ];
    for (path, field, value, kind) in edits {
        let call =
            below(Method::POST, path, opportunity).of("perform_as", user).json(json!({field: [value]}));
        let answer = asker.ask(&call).await?;
        take(asker, &call, kind, answer.as_ref());
    }
    let tags = || below(Method::POST, "/addTags", opportunity);
    asker.ask(&tags().json(json!({"tags": [NAME]}))).await?;
    asker.ask(&tags().of("perform_as", user).json(json!({})).note("an empty object")).await?;
    asker.ask(&tags().of("perform_as", user).form(vec![("tags[]", NAME.to_owned())])).await?;
    asker
        .ask(&tags().of("perform_as", UNKNOWN).json(json!({"tags": [NAME]})).note("an unknown user"))
        .await?;
    let unknown = Call::new(Method::POST, "/opportunities/{unknown}/addTags", &[UNKNOWN]);
    asker.ask(&unknown.of("perform_as", user).json(json!({"tags": [NAME]}))).await?;
    Ok(())
}

async fn notes(asker: &mut Asker, user: &str, opportunity: &str) -> Result<(), CompareError> {
    let post = || below(Method::POST, "/notes", opportunity);
    let with_user = || post().of("perform_as", user);
    // Those that should be refused come with the others: what is taken all the same must go.
    let calls = [
        with_user().json(json!({"value": NAME})),
        post().json(json!({"value": NAME})),
        with_user().form(vec![("value", NAME.to_owned())]),
        with_user().json(json!({"value": ""})).note("an empty text"),
        with_user().json(json!({"value": NAME, "createdAt": IN_2100})).note("a time in the future"),
    ];
    let mut notes = Vec::new();
    for call in calls {
        let answer = asker.ask(&call).await?;
        let note = take(asker, &call, NOTE_ANSWERED, answer.as_ref());
        notes.extend(note.as_ref().and_then(id).map(str::to_owned));
    }
    asker.list(&below(Method::GET, "/notes", opportunity), "note").await?;

    for (nth, note) in notes.iter().enumerate() {
        let one = |method| Call::new(method, "/opportunities/{id}/notes/{id}", &[opportunity, note]);
        if nth == 0 {
            asker.one(&one(Method::GET), "note").await?;
            asker.ask(&one(Method::PUT).of("perform_as", user).json(json!({"value": NAME}))).await?;
        }
        asker.ask(&one(Method::DELETE).of("perform_as", user)).await?;
        if nth == 0 {
            asker.ask(&one(Method::DELETE).of("perform_as", user).note("again")).await?;
        }
    }
    Ok(())
}

async fn files(asker: &mut Asker, user: &str, opportunity: &str) -> Result<(), CompareError> {
    let post = || below(Method::POST, "/files", opportunity);
    let mut files = Vec::new();
    let calls = [
        post().file("compare.txt", b"lever-sandbox compare\n"),
        post().of("perform_as", user).file("compare.txt", b"lever-sandbox compare\n"),
        post()
            .of("perform_as", user)
            .file("compare.exe", b"lever-sandbox compare\n")
            .note("a file of no known kind"),
    ];
    for call in calls {
        let answer = asker.ask(&call).await?;
        let file = take(asker, &call, "file", answer.as_ref());
        files.extend(file.as_ref().and_then(id).map(str::to_owned));
    }
    asker.list(&below(Method::GET, "/files", opportunity), "file").await?;
    for (nth, file) in files.iter().enumerate() {
        let one = |method| Call::new(method, "/opportunities/{id}/files/{id}", &[opportunity, file]);
        if nth == 0 {
            asker.one(&one(Method::GET), "file").await?;
            asker.ask(&one(Method::DELETE)).await?;
        }
        asker.ask(&one(Method::DELETE).of("perform_as", user)).await?;
    }
    Ok(())
}

async fn contact(asker: &mut Asker, opportunity: &str) -> Result<(), CompareError> {
    let read = asker.one(&below(Method::GET, "", opportunity), "opportunity").await?;
    let Some(contact) = read.as_ref().and_then(|row| row["contact"].as_str()) else { return Ok(()) };
    let call = Call::new(Method::PUT, "/contacts/{id}", &[contact]).json(json!({"headline": NAME}));
    let answer = asker.ask(&call).await?;
    take(asker, &call, "contact", answer.as_ref());
    Ok(())
}

async fn pipeline(asker: &mut Asker, user: &str, opportunity: &str) -> Result<(), CompareError> {
    let put = |path| below(Method::PUT, path, opportunity);
    let stage = asker.account.stages.get(1).or(asker.account.stages.first()).and_then(id).map(str::to_owned);
    if let Some(stage) = stage {
        let body = json!({ "stage": stage });
        let call = put("/stage").of("perform_as", user).json(body.clone());
        let answer = asker.ask(&call).await?;
        take(asker, &call, ANSWERED, answer.as_ref());
        asker.ask(&put("/stage").json(body)).await?;
    }
    for (body, what) in [(json!({"stage": UNKNOWN}), "an unknown stage"), (json!({}), "no stage")] {
        asker.ask(&put("/stage").of("perform_as", user).json(body).note(what)).await?;
    }
    if let Some(reason) = no_hire(asker) {
        for (reason, what) in [(json!(reason), "a reason"), (Value::Null, "null: back again")] {
            let call = put("/archived").of("perform_as", user).json(json!({"reason": reason})).note(what);
            let answer = asker.ask(&call).await?;
            take(asker, &call, ANSWERED, answer.as_ref());
        }
    }
    let unknown = put("/archived").of("perform_as", user).json(json!({"reason": UNKNOWN}));
    asker.ask(&unknown.note("an unknown reason")).await?;
    Ok(())
}

/// An archive reason that is no hire.
fn no_hire(asker: &Asker) -> Option<String> {
    let mut reasons = asker.account.reasons.iter();
    reasons.find(|reason| reason["type"] != "hired").and_then(id).map(str::to_owned)
}

async fn webhooks(asker: &mut Asker, made: &mut Made) -> Result<(), CompareError> {
    let bodies = [
        (json!({"event": "candidateStageChange", "url": URL}), "an event"),
        (json!({"event": "nothing", "url": URL}), "an unknown event"),
        (json!({"event": "candidateStageChange", "url": "no URL"}), "no URL"),
        (json!({"event": "candidateStageChange", "url": "http://lever-sandbox.invalid/"}), "no https"),
    ];
    for (body, what) in bodies {
        let call = Call::new(Method::POST, "/webhooks", &[]).json(body).note(what);
        let answer = asker.ask(&call).await?;
        let webhook = take(asker, &call, WEBHOOK_ANSWERED, answer.as_ref());
        made.webhooks.extend(webhook.as_ref().and_then(id).map(str::to_owned));
    }
    asker.list(&Call::get("/webhooks").note("with one of ours"), "webhook").await?;
    asker.ask(&Call::new(Method::DELETE, "/webhooks/{unknown}", &[UNKNOWN])).await?;
    Ok(())
}

/// Removes webhooks and archives opportunities; says what stays.
async fn clear_up(asker: &mut Asker, user: &str, made: &Made) -> Result<(), CompareError> {
    let mut failure = None;
    for webhook in &made.webhooks {
        let call = Call::new(Method::DELETE, "/webhooks/{id}", &[webhook]);
        match asker.ask(&call).await {
            Ok(Some(answer)) if answer.is_success() => {}
            Ok(_) => asker.left.push(format!("a webhook to {URL} that could not be removed")),
            Err(error) => failure = Some(error),
        }
    }
    let reason = no_hire(asker);
    for opportunity in &made.opportunities {
        let body = json!({ "reason": reason });
        let call = below(Method::PUT, "/archived", opportunity).of("perform_as", user).json(body);
        let archived = match asker.ask(&call.note("at the end")).await {
            Ok(answer) => reason.is_some() && answer.is_some_and(|answer| answer.is_success()),
            Err(error) => {
                failure = Some(error);
                false
            }
        };
        let state = if archived { "archived" } else { "not archived" };
        asker.left.push(format!("an opportunity named “{NAME}”, {state}"));
    }
    match failure {
        Some(error) => Err(error),
        None => Ok(()),
    }
}
