//! Looks at Lever, the inbox, the log and the database at the end, and says what differs from what the
//! model allows.

use super::candidate::{self, Until};
use super::model::{Invited, Taken};
use super::play::{Person, Play};
use super::world::{Row, World, link_in};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;

/// All that differs, in words; empty when all is well.
pub async fn of(play: &mut Play<'_>) -> Vec<String> {
    let world = play.world;
    let mut wrong = Vec::new();
    came_to(play, &mut wrong).await;
    world.control(Method::POST, "limits", json!({"enabled": false})).await;
    let mails = world.control(Method::GET, "mail", Value::Null).await;
    let mails: Vec<&Value> =
        mails.as_array().unwrap().iter().filter(|mail| !World::is_for_admins(mail)).collect();
    let calls = world.control(Method::GET, "requests", Value::Null).await;
    let (rows, known) = (world.rows().await, world.known().await);
    let deliveries = world.control(Method::GET, "deliveries", Value::Null).await;
    let accepted: Vec<&Value> = deliveries.as_array().unwrap().iter().filter(|d| is_accepted(d)).collect();
    for person in &mut play.people {
        person.facts.looked = looks(&calls, &person.opportunity);
        person.facts.deletion_was_told = accepted.iter().any(|delivery| {
            delivery["event"] == "candidateDeleted"
                && delivery["body"]["data"]["opportunityId"] == person.opportunity.as_str()
        });
    }
    for person in &play.people {
        let seen = Seen::of(world, person, &mails, &rows, &known).await;
        let found = seen.against(person);
        wrong.extend(
            found
                .into_iter()
                .map(|what| format!("{}: {what}\n    {:?}\n    {seen:?}", person.name, person.facts)),
        );
    }
    let addresses: BTreeSet<&str> = play.people.iter().filter_map(|person| person.email.as_deref()).collect();
    for mail in &mails {
        let to = mail["to"].as_str().unwrap_or_default();
        if !addresses.contains(to) {
            wrong.push(format!("a mail to nobody of Lever's: {to}"));
        }
    }
    let all: BTreeSet<&str> = play.people.iter().map(|person| person.opportunity.as_str()).collect();
    for row in rows.iter().filter(|row| !all.contains(row.opportunity.as_str())) {
        wrong.push(format!("an invitation of nobody in Lever: {row:?}"));
    }
    log(world, play, &mut wrong).await;
    secrets(world, &mails, &mut wrong).await;
    let count = |what: fn(&Row) -> bool| rows.iter().filter(|row| what(row)).count();
    play.tally.add("invitations", count(|_| true));
    play.tally.add("calls to Lever", calls.as_array().unwrap().len());
    play.tally.add("kills", world.portal.kills.load(std::sync::atomic::Ordering::Relaxed));
    wrong
}

/// How far candidates came, by their own pages: an answer whose receipt was lost counts, and none that
/// was taken may be lost.
async fn came_to(play: &mut Play<'_>, wrong: &mut Vec<String>) {
    let world = play.world;
    for who in 0..play.people.len() {
        let person = &play.people[who];
        let (true, Some(email)) = (person.link.is_some(), &person.email) else { continue };
        let Some(link) = world.link(email).await else { continue };
        let (before, at) = (person.facts.taken, &person.facts.spells.last().unwrap().standing);
        let is_over = at.deleted || person.facts.may_be_over();
        let came = candidate::go(&link, Until::Opened).await;
        if came < before && !at.deleted && !(is_over && before < Taken::Completed) {
            wrong.push(format!("{}: was {before:?} and is now {came:?}", person.name));
        }
        if came > before {
            play.took(who, came);
        }
    }
}

/// When Lever answered questions about an opportunity.
fn looks(calls: &Value, opportunity: &str) -> Vec<(i64, i64)> {
    let path = format!("/v1/opportunities/{opportunity}");
    let is_look =
        |call: &&Value| call["method"] == "GET" && call["path"] == path.as_str() && call["status"] == 200;
    let time = |call: &Value| {
        let came = call["time"].as_i64().unwrap();
        (came, came + call["duration_ms"].as_i64().unwrap())
    };
    calls.as_array().unwrap().iter().filter(is_look).map(time).collect()
}

/// What there is of one candidate.
#[derive(Debug)]
struct Seen {
    links: BTreeSet<String>,
    rows: Vec<Row>,
    is_known: bool,
    stage: String,
    tags: Vec<String>,
    notes: usize,
    result_links: usize,
    reports: usize,
}

impl Seen {
    async fn of(
        world: &World,
        person: &Person,
        mails: &[&Value],
        rows: &[Row],
        known: &BTreeSet<String>,
    ) -> Self {
        let to = person.email.as_deref().unwrap_or("nobody");
        let of_them = |mail: &&&Value| mail["to"] == to;
        let rows: Vec<Row> =
            rows.iter().filter(|row| row.opportunity == person.opportunity).cloned().collect();
        let mut seen = Self {
            links: mails.iter().filter(of_them).filter_map(|mail| link_in(mail)).collect(),
            rows,
            is_known: known.contains(&person.opportunity),
            stage: String::new(),
            tags: Vec::new(),
            notes: 0,
            result_links: 0,
            reports: 0,
        };
        if person.facts.spells.last().unwrap().standing.deleted {
            return seen;
        }
        let there = world.api(&format!("opportunities/{}", person.opportunity)).await;
        let notes = world.api(&format!("opportunities/{}/notes", person.opportunity)).await;
        let files = world.api(&format!("opportunities/{}/files", person.opportunity)).await;
        seen.reports = files.as_array().unwrap().len();
        let texts = |list: &Value| -> Vec<String> {
            list.as_array().unwrap().iter().filter_map(Value::as_str).map(str::to_owned).collect()
        };
        let stage = world.stages.iter().find(|(_, id)| there["stage"] == id.as_str());
        seen.stage = stage.map_or_else(|| there["stage"].to_string(), |(name, _)| (*name).to_owned());
        seen.tags = texts(&there["tags"]);
        seen.result_links = texts(&there["links"]).iter().filter(|link| link.contains("#result-")).count();
        seen.notes =
            notes.as_array().unwrap().iter().filter(|note| note.to_string().contains("#result-")).count();
        seen
    }

    fn against(&self, person: &Person) -> Vec<String> {
        let facts = &person.facts;
        let mut wrong = Vec::new();
        if self.links.len() > facts.most_links() || self.rows.len() > 1 {
            wrong.push(format!("invited {} times, {} links", self.rows.len(), self.links.len()));
        }
        if facts.spells.last().unwrap().standing.deleted {
            if facts.must_be_erased() && (self.is_known || !self.rows.is_empty()) {
                wrong.push("was deleted in Lever, and is not erased".into());
            }
            if !self.links.is_empty() && facts.invited() == Invited::MustNot {
                wrong.push("was mailed, and must not be invited".into());
            }
            return wrong;
        }
        let is_invited = !self.rows.is_empty();
        match (facts.invited(), is_invited) {
            (Invited::Must, false) => wrong.push("must be invited, and is not".into()),
            (Invited::MustNot, true) => wrong.push("must not be invited, and is".into()),
            _ => {}
        }
        // An invitation that ends before the mail is out is not mailed.
        if is_invited == self.links.is_empty() && !(is_invited && facts.may_be_over()) {
            wrong.push(format!("{} invitation(s), {} mail(s)", self.rows.len(), self.links.len()));
        }
        if let Some(row) = self.rows.first()
            && !facts.states().contains(row.state.as_str())
        {
            wrong.push(format!("the invitation is {}, of {:?}", row.state.as_str(), facts.states()));
        }
        let is_progress = |tag: &&String| tag.starts_with("Alva: ") && !person.tags.contains(tag);
        let progress: Vec<&String> = self.tags.iter().filter(is_progress).collect();
        let now = progress.first().map_or("", |tag| tag.as_str());
        let allowed = self.rows.first().map_or([""].into(), |row| facts.progress_tags(row.state.as_str()));
        if progress.len() > 1 || !allowed.contains(now) {
            wrong.push(format!("progress tags {progress:?}, of {allowed:?}"));
        }
        if let Some(lost) = person.tags.iter().find(|tag| !self.tags.contains(tag)) {
            wrong.push(format!("lost the tag {lost:?}, which is not the portal's"));
        }
        let (least, most) = facts.notes();
        let results = [self.notes, self.result_links, self.reports];
        if results.iter().any(|there| !(least..=most).contains(there)) {
            wrong.push(format!("{results:?} notes, links and files with the result"));
        }
        if !facts.stages().contains(self.stage.as_str()) {
            wrong.push(format!("is in {:?}, of {:?}", self.stage, facts.stages()));
        }
        wrong
    }
}

fn is_accepted(delivery: &Value) -> bool {
    delivery["attempts"].as_array().unwrap().iter().any(|attempt| attempt["status"] == 200)
}

/// Every accepted delivery is in the log once, in a final state; nobody who was deleted is named.
async fn log(world: &World, play: &mut Play<'_>, wrong: &mut Vec<String>) {
    const FINAL: [&str; 3] = ["done", "ignored", "check"];
    let lines = world.log().await;
    let deliveries = world.control(Method::GET, "deliveries", Value::Null).await;
    let mut accepted = 0;
    for delivery in deliveries.as_array().unwrap() {
        let attempts = delivery["attempts"].as_array().unwrap();
        play.tally.add("deliveries attempted", attempts.len());
        if !is_accepted(delivery) {
            continue;
        }
        accepted += 1;
        let body = &delivery["body"];
        let signed = format!("{}{}", body["token"].as_str().unwrap(), body["triggeredAt"]);
        let key = format!("signed:{}", hex::encode(Sha256::digest(signed)));
        let there: Vec<&Value> = lines.iter().filter(|line| line["dedupe_key"] == key.as_str()).collect();
        match there.as_slice() {
            [] => wrong.push(format!("an accepted delivery is not in the log: {delivery}")),
            [one] if FINAL.iter().any(|state| one["state"] == *state) => {}
            [one] => wrong.push(format!("an accepted delivery is in no final state: {one}")),
            more => wrong.push(format!("a delivery is {} times in the log: {}", more.len(), more[0])),
        }
    }
    play.tally.add("deliveries accepted", accepted);
    let failed = lines.iter().filter(|line| line["state"] == "failed" || line["state"] == "queued");
    wrong.extend(failed.map(|line| format!("an event was given up: {line}")));
    for person in &play.people {
        let names = |line: &&Value| {
            let text = line.to_string();
            text.contains(&person.opportunity) || text.contains(&person.name)
        };
        let is_held = |line: &Value| line["outcome"] == "deletion_held";
        if person.facts.may_be_held()
            && lines.iter().any(|line| names(&line))
            && !lines.iter().any(|line| names(&line) && is_held(line))
        {
            wrong.push(format!("the deletion of {} is neither done nor held", person.name));
        }
        if !person.facts.must_be_erased() {
            continue;
        }
        wrong.extend(
            lines.iter().filter(names).map(|line| format!("names the deleted {}: {line}", person.name)),
        );
    }
}

/// No token, no code and no password is in what the portal logged.
async fn secrets(world: &World, mails: &[&Value], wrong: &mut Vec<String>) {
    world.keep_tokens_secret().await;
    let mut secrets = world.secrets.lock().unwrap().clone();
    secrets.insert(super::ground::PASSWORD.to_owned());
    let code = |mail: &&Value| Some(link_in(mail)?.rsplit('/').next()?.to_owned());
    secrets.extend(mails.iter().filter_map(code));
    let text = world.portal.log();
    let shown = secrets.iter().filter(|secret| secret.len() > 8 && text.contains(secret.as_str()));
    wrong.extend(shown.map(|secret| format!("a secret is in the log: {secret}")));
    let panicked = text.lines().filter(|line| line.contains("panicked at"));
    wrong.extend(panicked.map(|line| format!("the portal panicked: {line}")));
}
